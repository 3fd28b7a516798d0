//! Certifications as the API shows them.

use super::CERTIFY;
use super::error::CertificationError;
use super::model::{BY_HAND, Certification, Kind, Line, LineState, Silence, State};
use super::operations::{may_answer, reason};
use super::still::Still;
use super::store;
use crate::packs;
use crate::people::{MemberName, Names, roles};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{AsProblem, Versioned};
use crate::platform::ids::{CertificationId, CertificationLineId, DepartmentId, InstructionId};
use chrono::NaiveDate;
use policy_model::calendar::civil_day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A list of who has what.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CertificationView {
    /// Its id.
    pub id: CertificationId,
    /// Of which quarter, `2026-Q2`; absent where somebody began it by hand.
    pub quarter: Option<String>,
    /// Where it stands.
    state: State,
    /// Since when.
    started_at: Ts,
    /// Who began it; absent where the quarter did.
    started_by: Option<MemberName>,
    /// The last day on which it may be answered.
    pub due_on: NaiveDate,
    /// When that day is over.
    ends_at: Ts,
    /// Working days after today until then; absent once it is over.
    pub working_days_left: Option<u32>,
    /// When its last line was settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Ts>,
    /// How many lines stand where.
    pub lines: LineCounts,
    /// Its version.
    version: i64,
}

impl Versioned for CertificationView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// How many lines stand where.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CertificationLineCounts)]
pub struct LineCounts {
    /// In all.
    pub all: i64,
    /// Nobody has answered.
    pub waiting: i64,
    /// Needed.
    kept: i64,
    /// Taken away.
    revoked: i64,
    /// Taken away since nobody answered.
    lapsed: i64,
    /// Raised to a person since nobody answered.
    raised: i64,
    /// Ended otherwise.
    ended: i64,
    /// Never answered; on the next list.
    carried: i64,
}

/// A line.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CertificationLine)]
pub struct LineView {
    /// Its id.
    id: CertificationLineId,
    /// What it is about.
    kind: Kind,
    /// The role's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// Over the people of which department, and of those below it; absent where it is for all of the organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    department_id: Option<DepartmentId>,
    /// The instruction that grants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction_id: Option<InstructionId>,
    /// Who has it.
    member: MemberName,
    /// Since when.
    since: Ts,
    /// Until when, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Ts>,
    /// Who gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_by: Option<MemberName>,
    /// What becomes of it if nobody answers.
    silence: Silence,
    /// Where it stands.
    state: LineState,
    /// When it was settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Ts>,
    /// By whom; absent where nobody answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<MemberName>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Whether the caller may answer for it.
    answer: May,
}

/// Whether, and why not.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CertificationMay)]
struct May {
    /// Whether.
    allowed: bool,
    /// The code of the reason why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl CertificationView {
    /// One list as it stands now.
    pub fn of(tx: &mut TenantTx<'_>, c: &Certification) -> Result<Self, CertificationError> {
        Self::of_all(tx, std::slice::from_ref(c))?.pop().ok_or(CertificationError::Unknown)
    }

    /// Lists as they stand now, in their order.
    pub(super) fn of_all(tx: &mut TenantTx<'_>, all: &[Certification]) -> Stored<Vec<Self>> {
        let names = Names::of(tx, all.iter().filter_map(|c| c.started_by).collect::<Vec<_>>(), [])?;
        let mut counts = store::counts_of(tx, &all.iter().map(|c| c.id).collect::<Vec<_>>())?;
        let (now, calendar) = (tx.now(), packs::calendar()?);
        let today = civil_day(*now, packs::time_zone(tx)?);
        let views = all.iter().map(|c| {
            let is_open = c.state == State::Open && now < c.ends_at;
            let left = is_open.then(|| calendar.working_days_between(today, c.due_on));
            Self::with(c, &names, &counts.remove(&c.id).unwrap_or_default(), left)
        });
        Ok(views.collect())
    }

    fn with(c: &Certification, names: &Names, counts: &BTreeMap<LineState, i64>, left: Option<u32>) -> Self {
        let of = |state: LineState| counts.get(&state).copied().unwrap_or(0);
        Self {
            id: c.id,
            quarter: (c.period != BY_HAND).then(|| c.period.clone()),
            state: c.state,
            started_at: c.started_at,
            started_by: c.started_by.map(|id| names.member(id)),
            due_on: c.due_on,
            ends_at: c.ends_at,
            working_days_left: left,
            closed_at: c.closed_at,
            lines: LineCounts {
                all: counts.values().sum(),
                waiting: of(LineState::Waiting),
                kept: of(LineState::Kept),
                revoked: of(LineState::Revoked),
                lapsed: of(LineState::Lapsed),
                raised: of(LineState::Raised),
                ended: of(LineState::Ended),
                carried: of(LineState::Carried),
            },
            version: c.version,
        }
    }
}

/// Lines in their order. One whose matter has ended since is shown so, though nobody has settled it yet.
pub(super) fn lines(
    tx: &mut TenantTx<'_>,
    certification: &Certification,
    lines: Vec<Line>,
) -> Result<Vec<LineView>, CertificationError> {
    let still = Still::of(tx, &lines)?;
    let members = lines.iter().flat_map(|l| [Some(l.membership_id), l.given_by, l.decided_by]).flatten();
    let names = Names::of(tx, members.collect::<Vec<_>>(), [])?;
    let certifies = tx.may(CERTIFY);
    let assignments: Vec<_> = lines.iter().filter_map(|l| l.assignment_id).collect();
    let departments = roles::departments_of(tx, &assignments)?;
    let mut views = Vec::with_capacity(lines.len());
    for mut line in lines {
        if LineState::UNANSWERED.contains(&line.state) && !still.has(&line) {
            line.state = LineState::Ended;
        }
        let answer = match may_answer(tx, certification, &line) {
            Ok(()) if certifies => May { allowed: true, why: None },
            Ok(()) => May { allowed: false, why: Some("power.missing".into()) },
            Err(e) => May { allowed: false, why: Some(e.problem().code().to_owned()) },
        };
        let reason = reason(tx, &line)?;
        views.push(LineView {
            id: line.id,
            kind: line.kind,
            role: Some(line.role).filter(|role| !role.is_empty()),
            department_id: line.assignment_id.and_then(|id| departments.get(&id).copied()),
            instruction_id: line.instruction_id,
            member: names.member(line.membership_id),
            since: line.since,
            until: line.until,
            given_by: line.given_by.map(|id| names.member(id)),
            silence: line.silence,
            state: line.state,
            decided_at: line.decided_at,
            decided_by: line.decided_by.map(|id| names.member(id)),
            reason,
            answer,
        });
    }
    Ok(views)
}

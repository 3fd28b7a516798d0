//! Cases as the API shows them.

use super::error::CaseError;
use super::model::{Case, Kind, Scope, State};
use super::operations::{matter, outcome, scope_of};
use crate::people::{MemberName, Names, SubjectName};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::http::Versioned;
use crate::platform::ids::{CaseId, InstructionId};
use serde::{Deserialize, Serialize};

/// A case.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CaseView {
    /// Its id.
    id: CaseId,
    /// What it is about.
    kind: Kind,
    /// Where it stands.
    state: State,
    /// Whose data it opens.
    about: SubjectName,
    /// To whom.
    assignee: MemberName,
    /// Who opened it.
    opened_by: MemberName,
    /// What it opens.
    scope: Scope,
    /// What it is about, in words.
    matter: String,
    /// The instruction that permits, while it is open.
    instruction_id: InstructionId,
    /// When it was opened.
    opened_at: Ts,
    /// When what it opens ends by itself.
    until: Ts,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Ts>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_by: Option<MemberName>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    /// What the caller may do.
    can: Can,
    /// Its version.
    version: i64,
}

impl Versioned for CaseView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// What the caller may do with a case.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CaseCan)]
struct Can {
    /// Close it.
    close: May,
    /// Give it to somebody else, or prolong it.
    assign: May,
}

/// Whether, and why not.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CaseMay)]
struct May {
    /// Whether.
    allowed: bool,
    /// The code of the reason why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Views of cases, in their order.
pub(super) fn views(tx: &mut TenantTx<'_>, cases: &[Case]) -> Result<Vec<CaseView>, CaseError> {
    let members = cases.iter().flat_map(|case| [case.assignee_id, case.opened_by].into_iter().chain(case.closed_by));
    let names = Names::of(tx, members.collect::<Vec<_>>(), cases.iter().map(|case| case.subject_id))?;
    let manages = tx.may("cases.manage");
    cases.iter().map(|case| view(tx, case, &names, manages)).collect()
}

pub(super) fn view_of(tx: &mut TenantTx<'_>, case: &Case) -> Result<CaseView, CaseError> {
    views(tx, std::slice::from_ref(case))?.pop().ok_or(CaseError::Unknown)
}

fn view(tx: &mut TenantTx<'_>, case: &Case, names: &Names, manages: bool) -> Result<CaseView, CaseError> {
    let is_own = tx.actor().subject() == Some(case.assignee_subject_id);
    Ok(CaseView {
        id: case.id,
        kind: case.kind,
        state: case.state,
        about: names.subject(case.subject_id),
        assignee: names.member(case.assignee_id),
        opened_by: names.member(case.opened_by),
        scope: scope_of(case)?,
        matter: matter(tx, case)?,
        instruction_id: case.instruction_id,
        opened_at: case.opened_at,
        until: case.until,
        closed_at: case.closed_at,
        closed_by: case.closed_by.map(|id| names.member(id)),
        outcome: outcome(tx, case)?,
        can: Can {
            close: may(case, manages || is_own, "power.missing"),
            assign: may(case, manages && !is_own, if is_own { "cases.own" } else { "power.missing" }),
        },
        version: case.version,
    })
}

fn may(case: &Case, allowed: bool, otherwise: &str) -> May {
    match (case.state, allowed) {
        (State::Closed, _) => May { allowed: false, why: Some("cases.closed".into()) },
        (State::Open, true) => May { allowed: true, why: None },
        (State::Open, false) => May { allowed: false, why: Some(otherwise.into()) },
    }
}

//! Opening, assigning, prolonging and closing a case.

use super::error::CaseError;
use super::model::{Case, Kind, Scope, State};
use super::store;
use crate::instructions::{self, Draft, InstructionError, Kind as InstructionKind};
use crate::people::{self, MembershipState};
use crate::platform::db::{StoreError, Stored, TenantTx, Ts};
use crate::platform::ids::{CaseId, InstructionId, MembershipId, SubjectId};
use crate::platform::keyring::Aad;
use crate::platform::record::Record;
use crate::platform::vault;
use chrono::Duration;
use policy_model::instruction::Action;

/// Where an instruction comes from that a case brought.
const ORIGIN: &str = "case";
const MATTER: Aad = Aad::new("cases.matter");
const OUTCOME: Aad = Aad::new("cases.outcome");
/// Why the instruction of a case is taken back.
const WITHDRAWN: &str = "案件已关闭、转交或延长";
/// What a case opens ends after this time, unless somebody prolongs it (gbt35273-7.1-d).
const LONGEST: Duration = Duration::days(30);

/// A case to be opened.
#[derive(Debug, Clone)]
pub(super) struct NewCase {
    pub kind: Kind,
    pub subject: SubjectId,
    pub assignee: MembershipId,
    pub scope: Scope,
    pub matter: String,
    pub until: Option<Ts>,
}

/// Opens a case and with it, to its assignee alone, what it says.
pub(super) fn open(tx: &mut TenantTx<'_>, new: &NewCase) -> Result<Case, CaseError> {
    let (opened_by, opened_by_subject_id) = person(tx)?;
    text("matter", &new.matter)?;
    let assignee_subject_id = assignable(tx, new.assignee, new.subject)?;
    let id: CaseId = tx.new_id();
    let until = until(tx, new.until)?;
    let scope = serde_json::to_string(&new.scope).map_err(StoreError::from)?;
    let sealed_matter = vault::seal_secret(tx, &MATTER.row(id), new.matter.as_bytes())?;
    let mut case = Case {
        id,
        kind: new.kind,
        state: State::Open,
        subject_id: new.subject,
        assignee_id: new.assignee,
        assignee_subject_id,
        opened_by,
        opened_by_subject_id,
        scope,
        sealed_matter,
        instruction_id: tx.new_id(),
        opened_at: tx.now(),
        until,
        closed_at: None,
        closed_by: None,
        sealed_outcome: None,
        version: 1,
    };
    case.instruction_id = permit(tx, &case, &new.matter)?;
    store::insert(tx, &case)?;
    tx.record(about("cases.manage", &case, "open"));
    Ok(case)
}

/// Gives a case to somebody else: what it opened to the one is closed, and opened to the other.
pub(super) fn assign(tx: &mut TenantTx<'_>, id: CaseId, to: MembershipId) -> Result<Case, CaseError> {
    let mut case = opened(tx, id)?;
    person(tx)?;
    let subject = assignable(tx, to, case.subject_id)?;
    if case.assignee_id == to {
        return Ok(case);
    }
    withdraw(tx, &case)?;
    (case.assignee_id, case.assignee_subject_id) = (to, subject);
    let matter = matter(tx, &case)?;
    case.instruction_id = permit(tx, &case, &matter)?;
    store::save(tx, &mut case)?;
    tx.record(about("cases.manage", &case, "assign"));
    Ok(case)
}

/// Prolongs what a case opens, which somebody other than its assignee does.
pub(super) fn prolong(tx: &mut TenantTx<'_>, id: CaseId, to: Option<Ts>) -> Result<Case, CaseError> {
    let mut case = opened(tx, id)?;
    let (_, by) = person(tx)?;
    if by == case.assignee_subject_id {
        return Err(CaseError::OwnCase);
    }
    case.until = until(tx, to)?;
    withdraw(tx, &case)?;
    let matter = matter(tx, &case)?;
    case.instruction_id = permit(tx, &case, &matter)?;
    store::save(tx, &mut case)?;
    tx.record(about("cases.manage", &case, "prolong").with("until", case.until.rfc3339()));
    Ok(case)
}

/// Closes a case, and with it what it opened. Its assignee may do that, and whoever may manage cases.
pub(super) fn close(tx: &mut TenantTx<'_>, id: CaseId, outcome: &str, own: bool) -> Result<Case, CaseError> {
    let (by, by_subject) = person(tx)?;
    text("outcome", outcome)?;
    let mut case = opened(tx, id)?;
    if own && case.assignee_subject_id != by_subject {
        return Err(CaseError::Unknown);
    }
    withdraw(tx, &case)?;
    case.state = State::Closed;
    (case.closed_at, case.closed_by) = (Some(tx.now()), Some(by));
    case.sealed_outcome = Some(vault::seal_secret(tx, &OUTCOME.row(id), outcome.as_bytes())?);
    store::save(tx, &mut case)?;
    let act = if own { "self.cases" } else { "cases.manage" };
    tx.record(about(act, &case, "close"));
    Ok(case)
}

/// What a case is about, in words.
pub(super) fn matter(tx: &mut TenantTx<'_>, case: &Case) -> Stored<String> {
    let opened = vault::open_secret(tx, &MATTER.row(case.id), case.sealed_matter.clone())?;
    Ok(String::from_utf8_lossy(&opened).into_owned())
}

/// What came of it, in words.
pub(super) fn outcome(tx: &mut TenantTx<'_>, case: &Case) -> Stored<Option<String>> {
    match case.sealed_outcome.clone() {
        None => Ok(None),
        Some(sealed) => {
            let opened = vault::open_secret(tx, &OUTCOME.row(case.id), sealed)?;
            Ok(Some(String::from_utf8_lossy(&opened).into_owned()))
        }
    }
}

pub(super) fn scope_of(case: &Case) -> Stored<Scope> {
    Ok(serde_json::from_str(&case.scope)?)
}

fn opened(tx: &mut TenantTx<'_>, id: CaseId) -> Result<Case, CaseError> {
    let case = store::find(tx, id)?.ok_or(CaseError::Unknown)?;
    match case.state {
        State::Open => Ok(case),
        State::Closed => Err(CaseError::Closed),
    }
}

fn person(tx: &TenantTx<'_>) -> Result<(MembershipId, SubjectId), CaseError> {
    tx.actor().membership().zip(tx.actor().subject()).ok_or(CaseError::NotAPerson)
}

fn text(field: &'static str, words: &str) -> Result<(), CaseError> {
    if words.trim().is_empty() || words.chars().count() > 2_000 { Err(CaseError::Text(field)) } else { Ok(()) }
}

/// Whoever it is assigned to works here, and is neither whom it is about nor who assigns it.
fn assignable(tx: &mut TenantTx<'_>, to: MembershipId, about: SubjectId) -> Result<SubjectId, CaseError> {
    let found = people::find_membership(tx, to)?.filter(|m| m.state != MembershipState::Departed);
    let assignee = found.ok_or(CaseError::NoMember)?.subject_id;
    if assignee == about {
        return Err(CaseError::AboutThemselves);
    }
    if tx.actor().subject() == Some(assignee) {
        return Err(CaseError::OwnCase);
    }
    Ok(assignee)
}

fn until(tx: &TenantTx<'_>, wanted: Option<Ts>) -> Result<Ts, CaseError> {
    let latest = Ts(*tx.now() + LONGEST);
    match wanted {
        None => Ok(latest),
        Some(until) if tx.now() < until && until <= latest => Ok(until),
        Some(_) => Err(CaseError::Until),
    }
}

/// The instruction that a case is: it names its assignee and its subject, and nobody else.
fn permit(tx: &mut TenantTx<'_>, case: &Case, matter: &str) -> Result<InstructionId, CaseError> {
    let Scope { classes, operations, purpose } = scope_of(case)?;
    let draft = Draft {
        kind: InstructionKind::Exceptional,
        action: Action::Case,
        purpose,
        scope: instructions::Scope {
            classes,
            operations,
            members: vec![case.assignee_id],
            subjects: vec![case.subject_id],
            ..instructions::Scope::default()
        },
        reason: matter.to_owned(),
        until: Some(case.until),
        holdings: 0,
        executor: None,
        author: None,
        drawn_by: None,
        origin: (ORIGIN, Some(case.id)),
    };
    Ok(instructions::propose(tx, draft)?.id)
}

/// What it opened is closed, unless its time was over already.
fn withdraw(tx: &mut TenantTx<'_>, case: &Case) -> Result<(), CaseError> {
    match instructions::revoke(tx, case.instruction_id, WITHDRAWN) {
        Ok(_) | Err(InstructionError::Ended(_)) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

fn about(act: &'static str, case: &Case, did: &str) -> Record {
    Record::of(act)
        .on("case", case.id)
        .about(case.subject_id)
        .under(case.instruction_id)
        .with("did", did)
        .with("kind", case.kind.as_str())
        .with("assignee", case.assignee_id.to_string())
        .citing(["gbt35273-7.1-e"])
}

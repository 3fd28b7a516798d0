//! What becomes of instructions: found, revoked, lapsed, carried out; and the one way to the capability that destructive
//! work needs, [`in_force`].

use super::error::InstructionError;
use super::model::{Instruction, Kind, Scope, State};
use super::own_roles::OWN_ROLE;
use super::store;
use crate::people::own_roles;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{CaseId, InstructionId, SubjectId};
use crate::platform::record::{Outcome as Ended, Record};
use chrono::NaiveDate;
use policy_model::instruction::{Action, Step};

/// Takes an instruction back: what it permits is not permitted from this commit on.
pub fn revoke(tx: &mut TenantTx<'_>, id: InstructionId, reason: &str) -> Result<Instruction, InstructionError> {
    let mut i = store::find(tx, id)?.ok_or(InstructionError::Unknown)?;
    advance(&mut i, Step::Revoke, tx.now())?;
    store::save(tx, &mut i)?;
    announce(tx, &i)?;
    let scope = scope_of(&i)?;
    let mut record = about(Record::of("instructions.revoke"), &i, &scope);
    if let Some(subject) = tx.actor().subject() {
        record = record.personal("reason", subject, reason);
    }
    tx.record(record);
    Ok(i)
}

/// Takes back a request that waits, by whoever made it: nobody has to say no to what nobody wants any more.
pub(super) fn withdraw(
    tx: &mut TenantTx<'_>,
    id: InstructionId,
    reason: &str,
) -> Result<Instruction, InstructionError> {
    let i = find(tx, id)?;
    if i.author_id.is_none() || i.author_id != tx.actor().membership() {
        return Err(InstructionError::NotTheAuthor);
    }
    if i.state != State::Pending {
        return Err(InstructionError::Ended(i.state.as_str()));
    }
    revoke(tx, id, reason)
}

/// Ends a request that nobody answered in time. Idempotent: called by its job and before anything looks at it.
pub fn expire_lapsed(tx: &mut TenantTx<'_>) -> Result<usize, InstructionError> {
    let now = tx.now();
    let lapsed = store::lapsed(tx, now)?;
    for mut i in lapsed.iter().cloned() {
        advance(&mut i, Step::Lapse, now)?;
        store::save(tx, &mut i)?;
        announce(tx, &i)?;
        let scope = scope_of(&i)?;
        tx.record(about(Record::of("instructions.expire"), &i, &scope).ended(Ended::Refused, "instructions.expired"));
    }
    Ok(lapsed.len())
}

/// Moves an instruction on by the rules' table of legal moves.
pub(super) fn advance(i: &mut Instruction, step: Step, now: Ts) -> Result<(), InstructionError> {
    i.state = i.state.after(step, i.kind).ok_or(InstructionError::Ended(i.state.as_str()))?;
    match i.state {
        State::InForce => i.in_force_at = Some(now),
        State::Pending => {}
        State::Refused | State::Expired | State::Revoked | State::CarriedOut => i.ended_at = Some(now),
    }
    Ok(())
}

/// An instruction of this tenant.
pub fn find(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<Instruction, InstructionError> {
    store::find(tx, id)?.ok_or(InstructionError::Unknown)
}

/// All instructions of a case.
pub fn of_origin(tx: &mut TenantTx<'_>, case: CaseId) -> Stored<Vec<Instruction>> {
    store::of_origin(tx, case)
}

/// Everything standing or exceptional that permits something now, with its scope.
pub fn permitting(tx: &mut TenantTx<'_>) -> Stored<Vec<(Instruction, Scope)>> {
    let now = tx.now();
    let all = store::permitting(tx)?.into_iter().filter(|i| i.until.is_none_or(|until| now < until));
    all.map(|i| scope_of(&i).map(|scope| (i, scope))).collect()
}

/// The time in which an order in force could be carried out is over.
pub fn lapse(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<(), InstructionError> {
    let mut i = find(tx, id)?;
    if i.state != State::InForce {
        return Ok(());
    }
    advance(&mut i, Step::Lapse, tx.now())?;
    store::save(tx, &mut i)?;
    announce(tx, &i)?;
    let scope = scope_of(&i)?;
    tx.record(about(Record::of("instructions.expire"), &i, &scope).ended(Ended::Failed, "instructions.expired"));
    Ok(())
}

/// Lets the orders of an instruction end one after the other: of two that end at once, each would find the other still open
/// and leave the end of the whole to it.
pub fn one_at_a_time(tx: &mut TenantTx<'_>, id: InstructionId) -> Stored<()> {
    store::take(tx, id)
}

/// The order was carried out to its end.
pub fn carried_out(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<(), InstructionError> {
    let mut i = find(tx, id)?;
    if i.state == State::CarriedOut {
        return Ok(());
    }
    advance(&mut i, Step::CarryOut, tx.now())?;
    store::save(tx, &mut i)?;
    Ok(())
}

/// An instruction that is in force, proved by having been read so in this transaction. What deletes, hands over or
/// exports takes one, and nothing but [`in_force`] makes one.
///
/// ```compile_fail
/// let order = tenure::instructions::InForce { id: todo!() };
/// ```
#[derive(Debug, Clone)]
pub struct InForce {
    id: InstructionId,
    action: Action,
    purpose: String,
    executor: Option<SubjectId>,
    scope: Scope,
}

impl InForce {
    /// The instruction's id, which every order and record cites.
    pub fn id(&self) -> InstructionId {
        self.id
    }
    /// What it orders.
    pub fn action(&self) -> Action {
        self.action
    }
    /// Who takes over.
    pub fn successor(&self) -> Option<SubjectId> {
        self.scope.successor
    }
    /// Kept until when.
    pub fn retain_until(&self) -> Option<NaiveDate> {
        self.scope.retain_until
    }
    /// For what purpose.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }
    /// Who carries it out, where that is a person.
    pub fn executor(&self) -> Option<SubjectId> {
        self.executor
    }
    /// To whom copies go.
    pub fn recipient(&self) -> Option<&str> {
        self.scope.recipient.as_deref()
    }
    /// What it is about.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// Reads an instruction and proves that it is in force now.
pub fn in_force(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<InForce, InstructionError> {
    let i = find(tx, id)?;
    let over = i.until.is_some_and(|until| until <= tx.now());
    if i.state != State::InForce || over {
        return Err(InstructionError::NotInForce(if over { "over" } else { i.state.as_str() }));
    }
    let action = i.action().ok_or_else(|| InstructionError::NoRule(format!("no action `{}`", i.action)))?;
    let scope = scope_of(&i)?;
    Ok(InForce { id, action, purpose: i.purpose, executor: i.executor_subject_id, scope })
}

pub(super) fn about(record: Record, i: &Instruction, scope: &Scope) -> Record {
    let record = record
        .on("instruction", i.id)
        .purpose(&i.purpose)
        .with("kind", i.kind.as_str())
        .with("action", i.action.clone())
        .with("classes", scope.classes.clone());
    let record = match &scope.recipient {
        Some(recipient) => record.with("recipient", recipient.clone()),
        None => record,
    };
    let record = match i.executor_subject_id {
        Some(executor) => record.with("executor", executor.to_string()),
        None => record,
    };
    scope.subjects.iter().take(100).fold(record, |r, s| r.about(*s))
}

/// What an instruction is about and whom it permits.
pub fn scope_of(i: &Instruction) -> Stored<Scope> {
    Ok(serde_json::from_str(&i.scope)?)
}

/// The case that an order came from hears that it is settled, one way or the other; and a role of the organisation's own is
/// one as long as its definition is in force.
pub(super) fn announce(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<()> {
    match i.kind {
        Kind::Standing if i.origin_kind == OWN_ROLE => own_roles::settled(tx, i.id, i.state == State::InForce),
        Kind::Standing | Kind::Exceptional => Ok(()),
        Kind::Order => {
            let payload = serde_json::json!({ "instruction": i.id, "origin": i.origin_kind, "case": i.origin_id });
            tx.run_at(tx.now(), super::SETTLED, &i.id.to_string(), &payload)
        }
    }
}

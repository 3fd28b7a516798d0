//! Instructions as the API shows them, with what the caller may do: from the functions that would refuse it.

use super::decide::{SAID, may_decide, waiting_roles};
use super::error::InstructionError;
use super::model::{ApprovalView, Can, Instruction, InstructionView, May, State};
use super::propose::REASON;
use super::store;
use crate::platform::db::{Stored, TenantTx};
use crate::platform::keyring::Aad;
use crate::platform::vault;

/// Views of instructions, in their order.
pub fn views(tx: &mut TenantTx<'_>, instructions: &[Instruction]) -> Stored<Vec<InstructionView>> {
    instructions.iter().map(|i| view(tx, i)).collect()
}

fn view(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<InstructionView> {
    let (waiting_for, nobody_available) = waiting_roles(tx, i)?;
    let mut approvals = Vec::new();
    for said in store::approvals_of(tx, i.id)? {
        approvals.push(ApprovalView {
            approver_id: said.approver_id,
            role: said.role,
            decision: said.decision,
            reason: reason(tx, SAID.row(i.id).row(said.approver_id), said.sealed_reason)?,
            decided_at: said.decided_at,
        });
    }
    Ok(InstructionView {
        id: i.id,
        kind: i.kind,
        action: i.action.clone(),
        state: i.state,
        purpose: i.purpose.clone(),
        scope: serde_json::from_str(&i.scope)?,
        reason: reason(tx, REASON.row(i.id), i.sealed_reason.clone())?,
        author_id: i.author_id,
        executor_subject_id: i.executor_subject_id,
        sensitive: i.sensitive,
        subjects: i.subjects,
        holdings: i.holdings,
        approval_rules: i.approval_rule.split_whitespace().map(Into::into).collect(),
        waiting_for,
        nobody_available,
        origin: i.origin_kind.clone(),
        origin_id: i.origin_id,
        created_at: i.created_at,
        expires_at: i.expires_at,
        in_force_at: i.in_force_at,
        until: i.until,
        approvals,
        can: can(tx, i)?,
        version: i.version,
    })
}

fn can(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<Can> {
    let decide = match may_decide(tx, i) {
        Ok(_) => May { allowed: true, why: None },
        Err(InstructionError::Store(e)) => return Err(e),
        Err(why) => May { allowed: false, why: Some(why.code().into()) },
    };
    let revoke = match i.state {
        State::Pending | State::InForce => May { allowed: true, why: None },
        State::Refused | State::Expired | State::Revoked | State::CarriedOut => {
            May { allowed: false, why: Some("instructions.ended".into()) }
        }
    };
    Ok(Can { decide, revoke })
}

fn reason(tx: &mut TenantTx<'_>, place: Aad, sealed: Option<Vec<u8>>) -> Stored<Option<String>> {
    match sealed {
        None => Ok(None),
        Some(bytes) => Ok(Some(String::from_utf8_lossy(&vault::open_secret(tx, &place, bytes)?).into_owned())),
    }
}

//! Instructions as the API shows them, with what the caller may do: from the functions that would refuse it.

use super::decide::{SAID, may_decide, waiting_roles};
use super::error::InstructionError;
use super::model::{Approval, ApprovalView, Can, Instruction, InstructionView, May, Scope, State, Used};
use super::operations::scope_of;
use super::propose::REASON;
use super::store;
use crate::ledger::{self, Uses};
use crate::people::Names;
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::{InstructionId, MembershipId};
use crate::platform::keyring::Aad;
use crate::platform::vault;

/// People that a view names at most: a scope may have ten thousand.
const NAMED: usize = 100;

/// Views of instructions, in their order.
pub fn views(tx: &mut TenantTx<'_>, instructions: &[Instruction]) -> Stored<Vec<InstructionView>> {
    let mut all = Vec::with_capacity(instructions.len());
    for i in instructions {
        all.push((i, scope_of(i)?, store::approvals_of(tx, i.id)?));
    }
    let ids: Vec<InstructionId> = instructions.iter().map(|i| i.id).collect();
    let uses = ledger::uses_of(tx, &ids)?;
    let users = uses.values().filter_map(last_member);
    let members = all.iter().flat_map(|(i, scope, said)| {
        let approvers = said.iter().map(|a| a.approver_id);
        i.author_id.into_iter().chain(scope.members.iter().take(NAMED).copied()).chain(approvers)
    });
    let members = members.chain(users);
    let subjects =
        all.iter().flat_map(|(_, scope, _)| scope.subjects.iter().take(NAMED).copied().chain(scope.successor));
    let names = Names::of(tx, members, subjects)?;
    all.into_iter()
        .map(|(i, scope, said)| {
            let used = uses.get(&i.id).map(|uses| used(uses, &names)).unwrap_or_default();
            Ok(InstructionView { used, ..view(tx, i, scope, (said, &names))? })
        })
        .collect()
}

fn last_member(uses: &Uses) -> Option<MembershipId> {
    uses.last.as_ref().filter(|last| last.actor_kind == "member").and_then(|last| last.actor_id.parse().ok())
}

fn used(uses: &Uses, names: &Names) -> Used {
    let last_by = last_member(uses).map(|id| names.member(id));
    let kind = uses.last.as_ref().map(|last| last.actor_kind.clone()).filter(|_| last_by.is_none());
    Used {
        times: uses.times,
        more: uses.more,
        last_at: uses.last.as_ref().map(|last| last.at),
        last_by,
        last_actor_kind: kind,
    }
}

fn view(
    tx: &mut TenantTx<'_>,
    i: &Instruction,
    scope: Scope,
    (said, names): (Vec<Approval>, &Names),
) -> Stored<InstructionView> {
    let (waiting_for, nobody_available) = waiting_roles(tx, i)?;
    let mut approvals = Vec::new();
    for said in said {
        approvals.push(ApprovalView {
            approver_id: said.approver_id,
            approver: names.member(said.approver_id),
            role: said.role,
            decision: said.decision,
            reason: opened(tx, SAID.row(i.id).row(said.approver_id), said.sealed_reason)?,
            decided_at: said.decided_at,
        });
    }
    Ok(InstructionView {
        id: i.id,
        kind: i.kind,
        action: i.action.clone(),
        state: i.state,
        purpose: i.purpose.clone(),
        author: i.author_id.map(|id| names.member(id)),
        permits: scope.members.iter().take(NAMED).map(|id| names.member(*id)).collect(),
        about: scope.subjects.iter().take(NAMED).map(|id| names.subject(*id)).collect(),
        successor: scope.successor.map(|id| names.subject(id)),
        scope,
        reason: opened(tx, REASON.row(i.id), i.sealed_reason.clone())?,
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
        used: Used::default(),
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

/// A reason, opened.
pub(super) fn opened(tx: &mut TenantTx<'_>, place: Aad, sealed: Option<Vec<u8>>) -> Stored<Option<String>> {
    match sealed {
        None => Ok(None),
        Some(bytes) => Ok(Some(String::from_utf8_lossy(&vault::open_secret(tx, &place, bytes)?).into_owned())),
    }
}

//! The tables of instructions and approvals, and every query on them.

use super::model::{Approval, Decision, Instruction, Kind, State};
use crate::platform::current::Touch;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts, Turn, lost_race};
use crate::platform::http::Cursor;
use crate::platform::ids::{CaseId, InstructionId, MembershipId, SubjectId};
use diesel::prelude::*;
use policy_model::instruction::Action;
use std::collections::HashMap;

tenant_table! {
    instructions (id) decides Law {
        id -> SqlUid, kind -> Text, action -> Text, state -> Text, purpose -> Text, scope -> Text,
        sealed_reason -> Nullable<Binary>, author_id -> Nullable<SqlUid>, author_subject_id -> Nullable<SqlUid>,
        executor_subject_id -> Nullable<SqlUid>, drawn_by_subject_id -> Nullable<SqlUid>, sensitive -> Bool, subjects -> BigInt, holdings -> BigInt,
        approval_rule -> Text, needs -> Text, origin_kind -> Text, origin_id -> Nullable<SqlUid>, created_at -> SqlTs,
        submitted_at -> Nullable<SqlTs>, expires_at -> Nullable<SqlTs>, in_force_at -> Nullable<SqlTs>,
        until -> Nullable<SqlTs>, ended_at -> Nullable<SqlTs>, version -> BigInt,
    }
}
tenant_table! {
    approvals (instruction_id, approver_subject_id) {
        instruction_id -> SqlUid, approver_id -> SqlUid, approver_subject_id -> SqlUid, role -> Text, decision -> Text,
        sealed_reason -> Nullable<Binary>, decided_at -> SqlTs,
    }
}

pub(super) fn insert(tx: &mut TenantTx<'_>, instruction: &Instruction) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.touching(touch(instruction), |tx| tx.add(instructions::table, instruction))
}

/// An order permits nothing by itself, and neither does what waits for a yes or never got one.
fn touch(i: &Instruction) -> Touch<'static> {
    match i.kind {
        Kind::Standing | Kind::Exceptional if i.in_force_at.is_some() => Touch::Law,
        Kind::Standing | Kind::Exceptional | Kind::Order => Touch::Nothing,
    }
}

pub(super) fn find(tx: &mut TenantTx<'_>, id: InstructionId) -> Stored<Option<Instruction>> {
    tx.first(instructions::table, |rows| rows.filter(instructions::id.eq(id)).select(Instruction::as_select()))
}

/// Moves an instruction on when it is still at the version that was read.
pub(super) fn save(tx: &mut TenantTx<'_>, i: &mut Instruction) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    let before = i.version;
    i.version += 1;
    let now = i.clone();
    let changed = tx.touching(touch(i), |tx| {
        tx.change(instructions::table, |rows| {
            diesel::update(rows.filter(instructions::id.eq(now.id)).filter(instructions::version.eq(before))).set((
                instructions::state.eq(now.state),
                instructions::in_force_at.eq(now.in_force_at),
                instructions::ended_at.eq(now.ended_at),
                instructions::expires_at.eq(now.expires_at),
                instructions::version.eq(now.version),
            ))
        })
    })?;
    if changed == 1 { Ok(()) } else { Err(lost_race()) }
}

/// Takes the instruction's row until the end of this transaction: whoever else wants it waits, and then sees what was done.
pub(super) fn take(tx: &mut TenantTx<'_>, id: InstructionId) -> Stored<()> {
    tx.touching(Touch::Nothing, |tx| {
        tx.change(instructions::table, |rows| {
            diesel::update(rows.filter(instructions::id.eq(id)))
                .set(instructions::version.eq(instructions::version + 1))
        })
    })?;
    Ok(())
}

pub(super) fn of_origin(tx: &mut TenantTx<'_>, origin: CaseId) -> Stored<Vec<Instruction>> {
    tx.load(instructions::table, |rows| {
        rows.filter(instructions::origin_id.eq(origin))
            .order(instructions::id)
            .limit(2_000)
            .select(Instruction::as_select())
    })
}

/// Instructions of a kind of case that are pending or in force.
pub(super) fn open_of_kind(tx: &mut TenantTx<'_>, origin: &str, action: &str) -> Stored<Vec<Instruction>> {
    let (origin, action) = (origin.to_owned(), action.to_owned());
    tx.load(instructions::table, |rows| {
        rows.filter(instructions::state.eq_any([State::Pending, State::InForce]))
            .filter(instructions::origin_kind.eq(origin))
            .filter(instructions::action.eq(action))
            .order(instructions::id)
            .limit(10_000)
            .select(Instruction::as_select())
    })
}

/// Orders that ask for one of these actions and wait for an answer, the newest first.
pub(super) fn pending_orders(tx: &mut TenantTx<'_>, actions: &[Action]) -> Stored<Vec<Instruction>> {
    let actions: Vec<&'static str> = actions.iter().map(|a| a.as_str()).collect();
    tx.load(instructions::table, |rows| {
        rows.filter(instructions::state.eq(State::Pending))
            .filter(instructions::kind.eq(Kind::Order))
            .filter(instructions::action.eq_any(actions))
            .order(instructions::id.desc())
            .limit(2_000)
            .select(Instruction::as_select())
    })
}

/// What permits anything now: the source of the casbin policy.
pub(super) fn permitting(tx: &mut TenantTx<'_>) -> Stored<Vec<Instruction>> {
    let now = tx.now();
    tx.load(instructions::table, |rows| {
        rows.filter(instructions::state.eq(State::InForce))
            .filter(instructions::kind.eq_any([Kind::Standing, Kind::Exceptional]))
            .filter(instructions::until.is_null().or(instructions::until.gt(now)))
            .order(instructions::id)
            .select(Instruction::as_select())
    })
}

pub(super) fn list(
    tx: &mut TenantTx<'_>,
    state: Option<State>,
    kind: Option<Kind>,
    before: Option<Cursor>,
    limit: i64,
) -> Stored<Vec<Instruction>> {
    tx.load(instructions::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(state) = state {
            query = query.filter(instructions::state.eq(state));
        }
        if let Some(kind) = kind {
            query = query.filter(instructions::kind.eq(kind));
        }
        if let Some(c) = before {
            let (at, id) = (c.at(), InstructionId::from(c.id));
            query = query.filter(
                instructions::created_at.lt(at).or(instructions::created_at.eq(at).and(instructions::id.lt(id))),
            );
        }
        query
            .order((instructions::created_at.desc(), instructions::id.desc()))
            .limit(limit + 1)
            .select(Instruction::as_select())
    })
}

/// Requests whose time to be answered is over within this time.
pub(super) fn lapsing(tx: &mut TenantTx<'_>, since: Ts, until: Ts, limit: i64) -> Stored<Vec<Instruction>> {
    tx.load(instructions::table, |rows| {
        rows.filter(instructions::state.eq(State::Pending))
            .filter(instructions::expires_at.ge(since))
            .filter(instructions::expires_at.lt(until))
            .order((instructions::expires_at, instructions::id))
            .limit(limit)
            .select(Instruction::as_select())
    })
}

/// Instructions in force that end within this time.
pub(super) fn over(tx: &mut TenantTx<'_>, since: Ts, until: Ts, limit: i64) -> Stored<Vec<Instruction>> {
    tx.load(instructions::table, |rows| {
        rows.filter(instructions::state.eq(State::InForce))
            .filter(instructions::until.ge(since))
            .filter(instructions::until.lt(until))
            .order((instructions::until, instructions::id))
            .limit(limit)
            .select(Instruction::as_select())
    })
}

/// Requests whose time to be answered is over.
pub(super) fn lapsed(tx: &mut TenantTx<'_>, now: Ts) -> Stored<Vec<Instruction>> {
    tx.load(instructions::table, |rows| {
        rows.filter(instructions::state.eq(State::Pending))
            .filter(instructions::expires_at.le(now))
            .order(instructions::id)
            .limit(200)
            .select(Instruction::as_select())
    })
}

/// Pending instructions in the order in which they lapse, from after a row on.
pub(super) fn pending(
    tx: &mut TenantTx<'_>,
    author: Option<MembershipId>,
    after: Option<(Ts, InstructionId)>,
    limit: i64,
) -> Stored<Vec<Instruction>> {
    tx.load(instructions::table, |rows| {
        let mut query = rows
            .filter(instructions::state.eq(State::Pending))
            .filter(instructions::expires_at.is_not_null())
            .into_boxed::<MultiBackend>();
        if let Some(author) = author {
            query = query.filter(instructions::author_id.eq(author));
        }
        if let Some((at, id)) = after {
            let later = instructions::expires_at.gt(at);
            query = query.filter(later.or(instructions::expires_at.eq(at).and(instructions::id.gt(id))));
        }
        query.order((instructions::expires_at, instructions::id)).limit(limit).select(Instruction::as_select())
    })
}

/// What one member said since an instant, the newest first.
pub(super) fn said_by(
    tx: &mut TenantTx<'_>,
    approver: MembershipId,
    since: Ts,
    limit: i64,
) -> Stored<Vec<(Approval, Instruction)>> {
    let said: Vec<Approval> = tx.load(approvals::table, |rows| {
        rows.filter(approvals::approver_id.eq(approver))
            .filter(approvals::decided_at.gt(since))
            .order((approvals::decided_at.desc(), approvals::instruction_id.desc()))
            .limit(limit)
            .select(Approval::as_select())
    })?;
    let ids: Vec<InstructionId> = said.iter().map(|a| a.instruction_id).collect();
    let found: Vec<Instruction> = tx
        .load(instructions::table, |rows| rows.filter(instructions::id.eq_any(ids)).select(Instruction::as_select()))?;
    let mut found: HashMap<InstructionId, Instruction> = found.into_iter().map(|i| (i.id, i)).collect();
    Ok(said.into_iter().filter_map(|a| found.remove(&a.instruction_id).map(|i| (a, i))).collect())
}

pub(super) fn insert_approval(tx: &mut TenantTx<'_>, approval: &Approval) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.add(approvals::table, approval)
}

/// Who said yes to these, each with their instruction.
pub(super) fn approvers_of(tx: &mut TenantTx<'_>, ids: &[InstructionId]) -> Stored<Vec<(InstructionId, SubjectId)>> {
    let mut all = Vec::new();
    for some in ids.chunks(500) {
        let some = some.to_vec();
        let found: Vec<(InstructionId, SubjectId)> = tx.load(approvals::table, |rows| {
            rows.filter(approvals::instruction_id.eq_any(some))
                .filter(approvals::decision.eq(Decision::Approve))
                .select((approvals::instruction_id, approvals::approver_subject_id))
        })?;
        all.extend(found);
    }
    Ok(all)
}

pub(super) fn approvals_of(tx: &mut TenantTx<'_>, id: InstructionId) -> Stored<Vec<Approval>> {
    tx.load(approvals::table, |rows| {
        rows.filter(approvals::instruction_id.eq(id))
            .order((approvals::decided_at, approvals::approver_subject_id))
            .limit(100)
            .select(Approval::as_select())
    })
}

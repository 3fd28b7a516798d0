//! The table of cases and every query on it.

use super::model::{Case, State};
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, lost_race};
use crate::platform::http::Cursor;
use crate::platform::ids::{CaseId, MembershipId};
use diesel::prelude::*;

tenant_table! {
    cases (id) {
        id -> SqlUid, kind -> Text, state -> Text, subject_id -> SqlUid, assignee_id -> SqlUid,
        assignee_subject_id -> SqlUid, opened_by -> SqlUid, opened_by_subject_id -> SqlUid, scope -> Text,
        sealed_matter -> Binary, instruction_id -> SqlUid, opened_at -> SqlTs, until -> SqlTs,
        closed_at -> Nullable<SqlTs>, closed_by -> Nullable<SqlUid>, sealed_outcome -> Nullable<Binary>, version -> BigInt,
    }
}

pub(super) fn insert(tx: &mut TenantTx<'_>, case: &Case) -> Stored<()> {
    tx.add(cases::table, case)
}

pub(super) fn find(tx: &mut TenantTx<'_>, id: CaseId) -> Stored<Option<Case>> {
    tx.first(cases::table, |rows| rows.filter(cases::id.eq(id)).select(Case::as_select()))
}

/// Writes a case back when it is still at the version that was read.
pub(super) fn save(tx: &mut TenantTx<'_>, case: &mut Case) -> Stored<()> {
    let before = case.version;
    case.version += 1;
    let now = case.clone();
    let changed = tx.change(cases::table, |rows| {
        diesel::update(rows.filter(cases::id.eq(now.id)).filter(cases::version.eq(before))).set((
            cases::state.eq(now.state),
            cases::assignee_id.eq(now.assignee_id),
            cases::assignee_subject_id.eq(now.assignee_subject_id),
            cases::instruction_id.eq(now.instruction_id),
            cases::until.eq(now.until),
            cases::closed_at.eq(now.closed_at),
            cases::closed_by.eq(now.closed_by),
            cases::sealed_outcome.eq(now.sealed_outcome),
            cases::version.eq(now.version),
        ))
    })?;
    if changed == 1 { Ok(()) } else { Err(lost_race()) }
}

/// Newest first.
pub(super) fn list(
    tx: &mut TenantTx<'_>,
    state: Option<State>,
    assignee: Option<MembershipId>,
    before: Option<Cursor>,
    limit: i64,
) -> Stored<Vec<Case>> {
    tx.load(cases::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(state) = state {
            query = query.filter(cases::state.eq(state));
        }
        if let Some(assignee) = assignee {
            query = query.filter(cases::assignee_id.eq(assignee));
        }
        if let Some(before) = before {
            query = query.filter(cases::id.lt(CaseId::from(before.id)));
        }
        query.order(cases::id.desc()).limit(limit + 1).select(Case::as_select())
    })
}

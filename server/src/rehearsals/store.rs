//! The table of rehearsals and every query on it.

use super::model::{Rehearsal, State};
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{Stored, TenantTx, Ts, lost_race};
use crate::platform::ids::RehearsalId;
use diesel::prelude::*;

tenant_table! {
    rehearsals (id) {
        id -> SqlUid, kind -> Text, about -> Text, change -> Text, state -> Text, days -> Integer, law -> BigInt,
        people -> BigInt, position -> BigInt, progress -> Text, requested_by -> Nullable<SqlUid>, started_at -> SqlTs,
        finished_at -> Nullable<SqlTs>, expires_at -> SqlTs,
    }
}

pub(super) fn insert(tx: &mut TenantTx<'_>, rehearsal: &Rehearsal) -> Stored<()> {
    tx.add(rehearsals::table, rehearsal)
}

pub(super) fn find(tx: &mut TenantTx<'_>, id: RehearsalId) -> Stored<Option<Rehearsal>> {
    tx.first(rehearsals::table, |rows| rows.filter(rehearsals::id.eq(id)).select(Rehearsal::as_select()))
}

/// Writes how far it has come; one that was replaced meanwhile goes no further.
pub(super) fn save(tx: &mut TenantTx<'_>, rehearsal: &Rehearsal) -> Stored<()> {
    let now = rehearsal.clone();
    let changed = tx.change(rehearsals::table, |rows| {
        diesel::update(rows.filter(rehearsals::id.eq(now.id)).filter(rehearsals::state.eq(State::Running))).set((
            rehearsals::state.eq(now.state),
            rehearsals::progress.eq(now.progress),
            rehearsals::finished_at.eq(now.finished_at),
        ))
    })?;
    if changed == 1 { Ok(()) } else { Err(lost_race()) }
}

/// The rehearsals of these things' changes of one kind.
pub(super) fn of(tx: &mut TenantTx<'_>, kind: &'static str, about: Vec<String>) -> Stored<Vec<Rehearsal>> {
    tx.load(rehearsals::table, |rows| {
        rows.filter(rehearsals::kind.eq(kind))
            .filter(rehearsals::about.eq_any(about))
            .order(rehearsals::id.desc())
            .limit(1_000)
            .select(Rehearsal::as_select())
    })
}

/// Lets go of what a new one of the same change replaces, and of what nobody has looked at for long.
pub(super) fn clear(tx: &mut TenantTx<'_>, kind: &'static str, about: &str, expired_before: Ts) -> Stored<()> {
    let about = about.to_owned();
    if !about.is_empty() {
        tx.change(rehearsals::table, |rows| {
            diesel::delete(rows.filter(rehearsals::kind.eq(kind)).filter(rehearsals::about.eq(about)))
        })?;
    }
    tx.change(rehearsals::table, |rows| {
        diesel::delete(rows.filter(rehearsals::expires_at.lt(expired_before)).filter(rehearsals::about.eq("")))
    })?;
    Ok(())
}

/// How many go on.
pub(super) fn running(tx: &mut TenantTx<'_>) -> Stored<i64> {
    let found = tx.first(rehearsals::table, |rows| {
        rows.filter(rehearsals::state.eq(State::Running)).select(diesel::dsl::count(rehearsals::id))
    })?;
    Ok(found.unwrap_or(0))
}

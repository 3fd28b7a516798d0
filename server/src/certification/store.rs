//! The tables of certifications and every query on them.

use super::model::{Certification, Kind, Line, LineState, State};
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Turn, lost_race};
use crate::platform::http::Cursor;
use crate::platform::ids::{CertificationId, CertificationLineId, MembershipId};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

tenant_table! {
    certifications (id) {
        id -> SqlUid, period -> Text, state -> Text, started_at -> SqlTs, started_by -> Nullable<SqlUid>,
        due_on -> Date, ends_at -> SqlTs, closed_at -> Nullable<SqlTs>, version -> BigInt,
    }
}
tenant_table! {
    certification_lines (id) {
        id -> SqlUid, certification_id -> SqlUid, kind -> Text, assignment_id -> Nullable<SqlUid>,
        instruction_id -> Nullable<SqlUid>, membership_id -> SqlUid, subject_id -> SqlUid, role -> Text,
        since -> SqlTs, until -> Nullable<SqlTs>, given_by -> Nullable<SqlUid>, silence -> Text, state -> Text,
        decided_at -> Nullable<SqlTs>, decided_by -> Nullable<SqlUid>, sealed_reason -> Nullable<Binary>,
    }
}

/// Two lists must not begin beside each other: whoever begins one has the tenant's turn.
pub(super) fn insert(tx: &mut TenantTx<'_>, certification: &Certification) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.add(certifications::table, certification)
}

pub(super) fn insert_lines(tx: &mut TenantTx<'_>, lines: &[Line]) -> Stored<()> {
    tx.add_all::<certification_lines::table, Line>(certification_lines::table, lines)
}

pub(super) fn find(tx: &mut TenantTx<'_>, id: CertificationId) -> Stored<Option<Certification>> {
    tx.first(certifications::table, |rows| rows.filter(certifications::id.eq(id)).select(Certification::as_select()))
}

/// Writes a list back when it is still at the version that was read.
pub(super) fn save(tx: &mut TenantTx<'_>, certification: &mut Certification) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    let before = certification.version;
    certification.version += 1;
    let now = certification.clone();
    let changed = tx.change(certifications::table, |rows| {
        diesel::update(rows.filter(certifications::id.eq(now.id)).filter(certifications::version.eq(before))).set((
            certifications::state.eq(now.state),
            certifications::closed_at.eq(now.closed_at),
            certifications::version.eq(now.version),
        ))
    })?;
    if changed == 1 { Ok(()) } else { Err(lost_race()) }
}

/// Those that stand there. There is one open list at a time, and at most one whose time is over.
pub(super) fn standing(tx: &mut TenantTx<'_>, states: &[State]) -> Stored<Vec<Certification>> {
    let states = states.to_vec();
    tx.load(certifications::table, |rows| {
        rows.filter(certifications::state.eq_any(states))
            .order(certifications::id)
            .limit(20)
            .select(Certification::as_select())
    })
}

/// The list of a quarter, if there was one.
pub(super) fn of_period(tx: &mut TenantTx<'_>, period: &str) -> Stored<Option<CertificationId>> {
    let period = period.to_owned();
    tx.first(certifications::table, |rows| rows.filter(certifications::period.eq(period)).select(certifications::id))
}

/// Newest first.
pub(super) fn list(tx: &mut TenantTx<'_>, before: Option<Cursor>, limit: i64) -> Stored<Vec<Certification>> {
    tx.load(certifications::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(before) = before {
            query = query.filter(certifications::id.lt(CertificationId::from(before.id)));
        }
        query.order(certifications::id.desc()).limit(limit + 1).select(Certification::as_select())
    })
}

/// Which lines are wanted.
#[derive(Debug, Clone, Default)]
pub(super) struct Which {
    pub state: Option<LineState>,
    pub kind: Option<Kind>,
    pub role: Option<String>,
}

pub(super) fn lines(
    tx: &mut TenantTx<'_>,
    of: CertificationId,
    which: &Which,
    after: Option<CertificationLineId>,
    limit: i64,
) -> Stored<Vec<Line>> {
    let which = which.clone();
    tx.load(certification_lines::table, |rows| {
        let mut query = rows.filter(certification_lines::certification_id.eq(of)).into_boxed::<MultiBackend>();
        if let Some(state) = which.state {
            query = query.filter(certification_lines::state.eq(state));
        }
        if let Some(kind) = which.kind {
            query = query.filter(certification_lines::kind.eq(kind));
        }
        if let Some(role) = which.role {
            query = query.filter(certification_lines::role.eq(role));
        }
        if let Some(after) = after {
            query = query.filter(certification_lines::id.gt(after));
        }
        query.order(certification_lines::id).limit(limit).select(Line::as_select())
    })
}

/// Those of these lines that are on the list.
pub(super) fn some_lines(tx: &mut TenantTx<'_>, of: CertificationId, ids: &[CertificationLineId]) -> Stored<Vec<Line>> {
    let ids = ids.to_vec();
    tx.load(certification_lines::table, |rows| {
        rows.filter(certification_lines::certification_id.eq(of))
            .filter(certification_lines::id.eq_any(ids))
            .order(certification_lines::id)
            .select(Line::as_select())
    })
}

/// How many lines of each list stand where.
pub(super) fn counts_of(
    tx: &mut TenantTx<'_>,
    lists: &[CertificationId],
) -> Stored<HashMap<CertificationId, BTreeMap<LineState, i64>>> {
    let lists = lists.to_vec();
    let counted: Vec<(CertificationId, LineState, i64)> = tx.load(certification_lines::table, |rows| {
        rows.filter(certification_lines::certification_id.eq_any(lists))
            .group_by((certification_lines::certification_id, certification_lines::state))
            .select((certification_lines::certification_id, certification_lines::state, diesel::dsl::count_star()))
    })?;
    let mut counts: HashMap<CertificationId, BTreeMap<LineState, i64>> = HashMap::new();
    for (list, state, count) in counted {
        counts.entry(list).or_default().insert(state, count);
    }
    Ok(counts)
}

/// How many lines stand where.
pub(super) fn counts(tx: &mut TenantTx<'_>, of: CertificationId) -> Stored<BTreeMap<LineState, i64>> {
    Ok(counts_of(tx, &[of])?.remove(&of).unwrap_or_default())
}

/// Whether anything waits for somebody's answer that is not about themselves.
pub(super) fn waits_for(
    tx: &mut TenantTx<'_>,
    of: CertificationId,
    other_than: crate::platform::ids::SubjectId,
) -> Stored<bool> {
    let first: Option<CertificationLineId> = tx.first(certification_lines::table, |rows| {
        rows.filter(certification_lines::certification_id.eq(of))
            .filter(certification_lines::state.eq(LineState::Waiting))
            .filter(certification_lines::subject_id.ne(other_than))
            .select(certification_lines::id)
    })?;
    Ok(first.is_some())
}

/// Settles a line that nobody has answered yet.
pub(super) fn settle(
    tx: &mut TenantTx<'_>,
    id: CertificationLineId,
    state: LineState,
    (by, sealed_reason): (Option<MembershipId>, Option<Vec<u8>>),
) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    let now = tx.now();
    let changed = tx.change(certification_lines::table, |rows| {
        diesel::update(
            rows.filter(certification_lines::id.eq(id))
                .filter(certification_lines::state.eq_any(LineState::UNANSWERED)),
        )
        .set((
            certification_lines::state.eq(state),
            certification_lines::decided_at.eq(Some(now)),
            certification_lines::decided_by.eq(by),
            certification_lines::sealed_reason.eq(sealed_reason),
        ))
    })?;
    if changed == 1 { Ok(()) } else { Err(lost_race()) }
}

//! The tables of departures and every query on them.

use super::model::{Departure, LineRow, LineState, State};
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts, Turn, lost_race};
use crate::platform::http::Cursor;
use crate::platform::ids::{DepartureId, LineId, MembershipId};
use diesel::prelude::*;

tenant_table! {
    departures (id) {
        id -> SqlUid, membership_id -> SqlUid, subject_id -> SqlUid, state -> Text, last_day -> Date,
        effective_at -> SqlTs, reason -> Nullable<Text>, successor_id -> Nullable<SqlUid>,
        planned_by -> Nullable<SqlUid>, planned_by_subject -> Nullable<SqlUid>, access_ended_at -> Nullable<SqlTs>,
        opened_at -> SqlTs, submitted_at -> Nullable<SqlTs>, approved_at -> Nullable<SqlTs>,
        finished_at -> Nullable<SqlTs>, supplements -> Nullable<SqlUid>, certificate_id -> Nullable<SqlUid>, version -> BigInt,
    }
}
tenant_table! {
    departure_lines (id) {
        id -> SqlUid, departure_id -> SqlUid, position -> Integer, group_key -> Text, class -> Text, controller -> Text,
        settled -> Bool, connector_id -> Nullable<SqlUid>, disposition -> Text, successor_id -> Nullable<SqlUid>,
        retain_until -> Nullable<Date>, then_disposition -> Nullable<Text>, then_on -> Nullable<Date>,
        hidden_from_leaver -> Bool, other_sides -> BigInt, destructive -> Bool, needs_approval -> Bool,
        holdings -> BigInt, items -> BigInt, bytes -> BigInt, first_at -> Nullable<SqlTs>, last_at -> Nullable<SqlTs>,
        holds -> Text, rules -> Text, clauses -> Text, reason_zh -> Text, reason_en -> Text, changeable_to -> Text,
        instruction_id -> Nullable<SqlUid>, order_id -> Nullable<SqlUid>, state -> Text,
        changed_by -> Nullable<SqlUid>, changed_at -> Nullable<SqlTs>, version -> BigInt,
    }
}
tenant_table! {
    certificates (id) { id -> SqlUid, departure_id -> SqlUid, document -> Text, created_at -> SqlTs, }
}

pub(super) fn insert(tx: &mut TenantTx<'_>, departure: &Departure) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.add(departures::table, departure)
}

pub(super) fn find(tx: &mut TenantTx<'_>, id: DepartureId) -> Stored<Option<Departure>> {
    tx.first(departures::table, |rows| rows.filter(departures::id.eq(id)).select(Departure::as_select()))
}

/// The case of a membership's end that is still to be decided or done; supplements come after it and are none.
pub(super) fn find_open(tx: &mut TenantTx<'_>, membership: MembershipId) -> Stored<Option<Departure>> {
    tx.first(departures::table, |rows| {
        rows.filter(departures::membership_id.eq(membership))
            .filter(departures::state.eq_any(State::OPEN))
            .filter(departures::supplements.is_null())
            .select(Departure::as_select())
    })
}

/// Any case of a membership that is still to be decided or done, a supplement too.
pub(super) fn open_case(tx: &mut TenantTx<'_>, membership: MembershipId) -> Stored<Option<Departure>> {
    tx.first(departures::table, |rows| {
        rows.filter(departures::membership_id.eq(membership))
            .filter(departures::state.eq_any(State::OPEN))
            .select(Departure::as_select())
    })
}

/// The case of a membership that was completed last.
pub(super) fn last_completed(tx: &mut TenantTx<'_>, membership: MembershipId) -> Stored<Option<Departure>> {
    tx.first(departures::table, |rows| {
        rows.filter(departures::membership_id.eq(membership))
            .filter(departures::state.eq(State::Completed))
            .order((departures::finished_at.desc(), departures::id.desc()))
            .select(Departure::as_select())
    })
}

pub(super) fn save(tx: &mut TenantTx<'_>, d: &mut Departure) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    let before = d.version;
    d.version += 1;
    let now = d.clone();
    let changed = tx.change(departures::table, |rows| {
        diesel::update(rows.filter(departures::id.eq(now.id)).filter(departures::version.eq(before))).set((
            departures::state.eq(now.state),
            departures::last_day.eq(now.last_day),
            departures::effective_at.eq(now.effective_at),
            departures::reason.eq(now.reason),
            departures::successor_id.eq(now.successor_id),
            departures::planned_by.eq(now.planned_by),
            departures::planned_by_subject.eq(now.planned_by_subject),
            departures::access_ended_at.eq(now.access_ended_at),
            departures::submitted_at.eq(now.submitted_at),
            departures::approved_at.eq(now.approved_at),
            departures::finished_at.eq(now.finished_at),
            departures::certificate_id.eq(now.certificate_id),
            departures::version.eq(now.version),
        ))
    })?;
    if changed == 1 { Ok(()) } else { Err(lost_race()) }
}

pub(super) fn list(
    tx: &mut TenantTx<'_>,
    (state, membership): (Option<State>, Option<MembershipId>),
    before: Option<Cursor>,
    limit: i64,
) -> Stored<Vec<Departure>> {
    tx.load(departures::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(state) = state {
            query = query.filter(departures::state.eq(state));
        }
        if let Some(membership) = membership {
            query = query.filter(departures::membership_id.eq(membership));
        }
        if let Some(c) = before {
            let (at, id) = (c.at(), DepartureId::from(c.id));
            query = query
                .filter(departures::effective_at.lt(at).or(departures::effective_at.eq(at).and(departures::id.lt(id))));
        }
        query
            .order((departures::effective_at.desc(), departures::id.desc()))
            .limit(limit + 1)
            .select(Departure::as_select())
    })
}

/// Departures that stand in one state, the earliest instant first, from after a row on.
pub(super) fn next_in(
    tx: &mut TenantTx<'_>,
    state: State,
    after: Option<(Ts, DepartureId)>,
    limit: i64,
) -> Stored<Vec<Departure>> {
    tx.load(departures::table, |rows| {
        let mut query = rows.filter(departures::state.eq(state)).into_boxed::<MultiBackend>();
        if let Some((at, id)) = after {
            query = query
                .filter(departures::effective_at.gt(at).or(departures::effective_at.eq(at).and(departures::id.gt(id))));
        }
        query.order((departures::effective_at, departures::id)).limit(limit).select(Departure::as_select())
    })
}

/// What a member handed in and others have still to answer.
pub(super) fn submitted_by(tx: &mut TenantTx<'_>, planner: MembershipId, limit: i64) -> Stored<Vec<Departure>> {
    tx.load(departures::table, |rows| {
        rows.filter(departures::state.eq(State::Submitted))
            .filter(departures::planned_by.eq(planner))
            .order((departures::effective_at, departures::id))
            .limit(limit)
            .select(Departure::as_select())
    })
}

pub(super) fn load(tx: &mut TenantTx<'_>, ids: &[DepartureId]) -> Stored<Vec<Departure>> {
    tx.load(departures::table, |rows| rows.filter(departures::id.eq_any(ids.to_vec())).select(Departure::as_select()))
}

/// The cases of these memberships, the latest first.
pub(super) fn of_memberships(tx: &mut TenantTx<'_>, ids: &[MembershipId]) -> Stored<Vec<Departure>> {
    tx.load(departures::table, |rows| {
        rows.filter(departures::membership_id.eq_any(ids.to_vec()))
            .order((departures::effective_at.desc(), departures::id.desc()))
            .limit(100)
            .select(Departure::as_select())
    })
}

pub(super) fn insert_lines(tx: &mut TenantTx<'_>, lines: &[LineRow]) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    for line in lines {
        tx.add(departure_lines::table, line)?;
    }
    Ok(())
}

/// A plan has a line a group: some dozens, never a line a holding.
pub(super) fn lines(tx: &mut TenantTx<'_>, departure: DepartureId) -> Stored<Vec<LineRow>> {
    tx.load(departure_lines::table, |rows| {
        rows.filter(departure_lines::departure_id.eq(departure))
            .order((departure_lines::position, departure_lines::id))
            .limit(5_000)
            .select(LineRow::as_select())
    })
}

/// What the completed cases of a membership decided, the first case first: of two lines about one group the later holds.
pub(super) fn decided_lines(tx: &mut TenantTx<'_>, membership: MembershipId) -> Stored<Vec<LineRow>> {
    let cases: Vec<DepartureId> = tx.load(departures::table, |rows| {
        rows.filter(departures::membership_id.eq(membership))
            .filter(departures::state.eq(State::Completed))
            .order((departures::finished_at, departures::id))
            .limit(1_000)
            .select(departures::id)
    })?;
    let mut all = Vec::new();
    for case in cases {
        all.extend(lines(tx, case)?);
    }
    Ok(all)
}

pub(super) fn departure_of_line(tx: &mut TenantTx<'_>, id: LineId) -> Stored<Option<DepartureId>> {
    tx.first(departure_lines::table, |rows| {
        rows.filter(departure_lines::id.eq(id)).select(departure_lines::departure_id)
    })
}

pub(super) fn find_line(tx: &mut TenantTx<'_>, departure: DepartureId, id: LineId) -> Stored<Option<LineRow>> {
    tx.first(departure_lines::table, |rows| {
        rows.filter(departure_lines::id.eq(id))
            .filter(departure_lines::departure_id.eq(departure))
            .select(LineRow::as_select())
    })
}

pub(super) fn remove_lines(tx: &mut TenantTx<'_>, departure: DepartureId) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.change(departure_lines::table, |rows| diesel::delete(rows.filter(departure_lines::departure_id.eq(departure))))?;
    Ok(())
}

/// Replaces what a line says, when it is still at the version that was read and was not handed in meanwhile.
pub(super) fn replace_line(tx: &mut TenantTx<'_>, before: i64, line: &LineRow) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    let (id, now) = (line.id, line.clone());
    let removed = tx.change(departure_lines::table, |rows| {
        diesel::delete(
            rows.filter(departure_lines::id.eq(id))
                .filter(departure_lines::version.eq(before))
                .filter(departure_lines::instruction_id.is_null()),
        )
    })?;
    if removed != 1 {
        return Err(lost_race());
    }
    tx.add(departure_lines::table, &now)
}

/// Moves a line on, when it still says what was read: what is ordered is what the line says.
pub(super) fn move_line(tx: &mut TenantTx<'_>, line: &mut LineRow, state: LineState) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    line.state = state;
    let now = line.clone();
    let moved = tx.change(departure_lines::table, |rows| {
        let same = rows.filter(departure_lines::id.eq(now.id)).filter(departure_lines::version.eq(now.version));
        diesel::update(same).set((
            departure_lines::state.eq(now.state),
            departure_lines::instruction_id.eq(now.instruction_id),
            departure_lines::order_id.eq(now.order_id),
        ))
    })?;
    if moved == 1 { Ok(()) } else { Err(lost_race()) }
}

pub(super) fn replace_certificate(tx: &mut TenantTx<'_>, departure: DepartureId, document: &str) -> Stored<()> {
    let at: Ts = tx.now();
    tx.change(certificates::table, |rows| diesel::delete(rows.filter(certificates::departure_id.eq(departure))))?;
    tx.add(
        certificates::table,
        (
            certificates::id.eq(departure),
            certificates::departure_id.eq(departure),
            certificates::document.eq(document.to_owned()),
            certificates::created_at.eq(at),
        ),
    )
}

pub(super) fn certificate(tx: &mut TenantTx<'_>, departure: DepartureId) -> Stored<Option<String>> {
    tx.first(certificates::table, |rows| {
        rows.filter(certificates::departure_id.eq(departure)).select(certificates::document)
    })
}

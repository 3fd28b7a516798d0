//! They stay after all: undone as far as it has not been carried out.

use super::error::DepartureError;
use super::model::{Departure, LineState, State};
use super::submit::case;
use super::{operations, store, submit};
use crate::holdings;
use crate::instructions;
use crate::orders;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{DepartureId, MembershipId};
use crate::platform::record::Record;

/// Rescinds the open departure of a membership, if there is one.
pub fn rescind_of(tx: &mut TenantTx<'_>, membership: MembershipId) -> Result<(), DepartureError> {
    match store::find_open(tx, membership)? {
        None => Ok(()),
        Some(d) => rescind(tx, d).map(drop),
    }
}

/// Whether the departure of a membership is still to be decided or done.
pub fn is_open(tx: &mut TenantTx<'_>, membership: MembershipId) -> Stored<bool> {
    Ok(store::find_open(tx, membership)?.is_some())
}

/// Rescinds by an admin's word; the membership stays as well.
pub(super) fn by_admin(tx: &mut TenantTx<'_>, id: DepartureId) -> Result<Departure, DepartureError> {
    let d = store::find(tx, id)?.ok_or(DepartureError::Unknown)?;
    may_rescind(tx, &d)?;
    if let Some(m) = crate::people::find_membership(tx, d.membership_id)? {
        // HR's clock may be a little ahead; an admin's word is later than what they read.
        let after = |said: Ts| Ts(said.0 + chrono::Duration::microseconds(1));
        let now = m.leaving_at.map_or(tx.now(), |said| after(said).max(tx.now()));
        crate::people::rescind_leaving(tx, m, now)?;
    }
    rescind(tx, d)
}

/// Whether the caller may call it off: what `can.rescind` shows.
pub(super) fn may_rescind(tx: &TenantTx<'_>, d: &Departure) -> Result<(), DepartureError> {
    submit::refuse_own(tx, d)?;
    if !State::OPEN.contains(&d.state) {
        return Err(DepartureError::State(d.state));
    }
    if d.supplements.is_some() { Err(DepartureError::Supplement) } else { Ok(()) }
}

fn rescind(tx: &mut TenantTx<'_>, mut d: Departure) -> Result<Departure, DepartureError> {
    operations::cancel_the_day(tx, d.id)?;
    let own = instructions::of_origin(tx, case(d.id))?;
    for i in &own {
        if matches!(i.state, instructions::State::Pending | instructions::State::InForce) {
            instructions::revoke(tx, i.id, "the departure was rescinded")?;
        }
    }
    let (mut cancelled, mut reversed, mut gone) = (0, 0, 0);
    for mut line in store::lines(tx, d.id)? {
        match (line.state, line.disposition.as_str()) {
            (LineState::LeftAlone, _) => continue,
            (LineState::Planned | LineState::Instructed, _) => cancelled += line.holdings,
            (state, "delete" | "anonymise") => {
                // What is gone stays gone, and the line goes on saying so. One that still runs ends with its order, and
                // says then how far it had come.
                let done = match line.order_id.filter(|_| state == LineState::Running) {
                    Some(order) => orders::find(tx, order)?.done,
                    None => line.holdings,
                };
                gone += done;
                cancelled += (line.holdings - done).max(0);
                continue;
            }
            (_, _) => reversed += line.holdings,
        }
        store::move_line(tx, &mut line, LineState::Undone)?;
    }
    let under: Vec<_> = own.iter().map(|i| i.id).collect();
    let restored = holdings::restore(tx, d.subject_id, &under)?;
    d.state = State::Rescinded;
    d.finished_at = Some(tx.now());
    store::save(tx, &mut d)?;
    crate::attention::resolve_about(tx, "departure", &d.id.to_string(), "rescinded")?;
    tx.record(
        Record::of("departures.rescind")
            .on("departure", d.id)
            .about(d.subject_id)
            .with("cancelled", cancelled)
            .with("reversed", reversed)
            .with("sides_restored", restored)
            .with("gone", gone),
    );
    Ok(d)
}

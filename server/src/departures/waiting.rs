//! Departures that wait for somebody, for the list of everything that does.

use super::error::DepartureError;
use super::model::{Departure, State};
use super::view::{DepartureView, views};
use super::{store, submit};
use crate::instructions::Decision;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{DepartureId, LineId, MembershipId};
use std::collections::HashMap;

/// Plans that are to be checked and handed in, the earliest last day first: each with the instant at which access ends.
pub fn to_check(tx: &mut TenantTx<'_>, after: Option<(Ts, DepartureId)>, most: i64) -> Stored<Vec<(DepartureId, Ts)>> {
    Ok(store::next_in(tx, State::Planned, after, most)?.into_iter().map(|d| (d.id, d.effective_at)).collect())
}

/// Whether a plan is to be checked and handed in.
pub fn is_planned(tx: &mut TenantTx<'_>, id: DepartureId) -> Stored<bool> {
    Ok(store::find(tx, id)?.is_some_and(|d| d.state == State::Planned))
}

/// Plans that a member handed in and that wait for others.
pub fn submitted_by(tx: &mut TenantTx<'_>, planner: MembershipId, most: i64) -> Stored<Vec<DepartureId>> {
    Ok(store::submitted_by(tx, planner, most)?.into_iter().map(|d| d.id).collect())
}

/// Views of departures by id.
pub fn views_of(tx: &mut TenantTx<'_>, ids: &[DepartureId]) -> Stored<HashMap<DepartureId, DepartureView>> {
    let found = store::load(tx, ids)?;
    Ok(views(tx, &found)?.into_iter().map(|view| (view.id, view)).collect())
}

/// Whether the caller may say yes or no to what of a departure waits for them.
pub fn may_decide(tx: &mut TenantTx<'_>, id: DepartureId) -> Result<(), DepartureError> {
    let d = store::find(tx, id)?.ok_or(DepartureError::Unknown)?;
    submit::may_approve(tx, &d)
}

/// One person's yes or no to everything of a departure that waits for them.
pub fn decide(
    tx: &mut TenantTx<'_>,
    id: DepartureId,
    decision: Decision,
    reason: Option<&str>,
) -> Result<Departure, DepartureError> {
    match decision {
        Decision::Approve => submit::approve(tx, id, reason),
        Decision::Refuse => submit::refuse(tx, id, reason.unwrap_or_default()),
    }
}

/// The departure whose line something was raised about.
pub fn of_line(tx: &mut TenantTx<'_>, line: &str) -> Stored<Option<DepartureId>> {
    match line.parse::<LineId>() {
        Ok(id) => store::departure_of_line(tx, id),
        // What is not an id of ours leads nowhere.
        Err(_) => Ok(None),
    }
}

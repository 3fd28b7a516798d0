//! Data that came after a departure was completed, about the membership that it ended. The certificate stands as it is; what
//! came late gets a case of its own, planned and approved like any other, and somebody is told.

use super::error::DepartureError;
use super::model::{Departure, State};
use super::{operations, store};
use crate::attention;
use crate::holdings;
use crate::people::{self, MembershipState};
use crate::platform::db::TenantTx;
use crate::platform::ids::MembershipId;
use crate::platform::record::Record;
use serde_json::json;

/// Something about a membership that has ended was registered. A case that is still planned gets lines for it, one that
/// runs finds it when it is completed; after the last of them a supplement is opened. A repeat changes nothing.
pub fn came_late(tx: &mut TenantTx<'_>, membership: MembershipId) -> Result<(), DepartureError> {
    let Some(m) = people::find_membership(tx, membership)? else { return Ok(()) };
    if m.state != MembershipState::Departed {
        return Ok(());
    }
    match store::open_case(tx, membership)? {
        Some(mut d) if d.state == State::Planned => {
            // Whoever hands the plan in meanwhile hears that it has grown: a line that nobody ordered would never end.
            store::save(tx, &mut d)?;
            operations::add_missing(tx, &d).map(drop)
        }
        Some(_) => Ok(()),
        None => match store::last_completed(tx, membership)? {
            Some(last) if has_news(tx, &last)? => open(tx, last),
            Some(_) | None => Ok(()),
        },
    }
}

/// Whether anything came since a case had begun: what it left undone then is not news.
fn has_news(tx: &mut TenantTx<'_>, last: &Departure) -> Result<bool, DepartureError> {
    let since = last.access_ended_at.max(last.approved_at).unwrap_or(last.opened_at);
    Ok(holdings::has_open_since(tx, last.subject_id, last.membership_id, since)?)
}

fn open(tx: &mut TenantTx<'_>, last: Departure) -> Result<(), DepartureError> {
    let mut d = Departure {
        id: tx.new_id(),
        state: State::Planned,
        supplements: last.supplements.or(Some(last.id)),
        planned_by: None,
        planned_by_subject: None,
        opened_at: tx.now(),
        submitted_at: None,
        approved_at: None,
        finished_at: None,
        certificate_id: None,
        version: 1,
        ..last
    };
    store::insert(tx, &d)?;
    tx.record(
        Record::of("departures.supplement")
            .on("departure", d.id)
            .about(d.subject_id)
            .with("supplements", d.supplements.map(|id| id.to_string()).unwrap_or_default()),
    );
    operations::replan(tx, &mut d)?;
    Ok(attention::raise(
        tx,
        "departure.supplement",
        ("departure", d.id.to_string()),
        "departures.data-came-late",
        "Data about somebody who has left came to be known after the departure was completed. It is planned; submit the plan.",
    )?)
}

/// Looks again when a case is completed: something may have come while its orders ran.
pub(super) fn look_again(tx: &mut TenantTx<'_>, d: &Departure) -> Result<(), DepartureError> {
    let payload = json!({ "membership": d.membership_id });
    Ok(tx.run_at(tx.now(), holdings::CAME_LATE, &d.membership_id.to_string(), &payload)?)
}

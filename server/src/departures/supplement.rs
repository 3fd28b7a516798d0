//! Data that came after a departure was completed, about the membership that it ended. The certificate stands as it is; what
//! came late gets a case of its own, planned and approved like any other, and somebody is told.

use super::error::DepartureError;
use super::model::{Departure, LineState, State};
use super::{operations, store};
use crate::attention;
use crate::holdings;
use crate::people::{self, MembershipState};
use crate::platform::db::{StoreError, TenantTx};
use crate::platform::ids::MembershipId;
use crate::platform::record::Record;
use serde_json::json;
use std::collections::HashMap;

/// Something about a membership that has ended was registered. A case that is still planned gets lines for it, one that
/// runs finds it when it is completed; after the last of them a supplement is opened. A repeat changes nothing.
pub fn came_late(tx: &mut TenantTx<'_>, membership: MembershipId) -> Result<(), DepartureError> {
    let Some(m) = people::find_membership(tx, membership)? else { return Ok(()) };
    if m.state != MembershipState::Departed {
        return Ok(());
    }
    match store::open_case(tx, membership)? {
        Some(mut d) if d.state == State::Planned => {
            if !operations::add_missing(tx, &d)?.is_empty() {
                // Whoever looks at the plan hears that it has grown.
                store::save(tx, &mut d)?;
            }
            Ok(())
        }
        Some(_) => Ok(()),
        None => match store::last_completed(tx, membership)? {
            Some(last) if has_news(tx, &last)? => open(tx, last),
            Some(_) | None => Ok(()),
        },
    }
}

/// Whether there is anything that no case has decided about. What came since the last one had begun is news, and so is what
/// lies open in a group that was never planned, or that was carried out: it came while the orders ran, whatever its clock
/// says. What a case left undone or alone is not.
fn has_news(tx: &mut TenantTx<'_>, last: &Departure) -> Result<bool, DepartureError> {
    let since = last.access_ended_at.max(last.approved_at).unwrap_or(last.opened_at);
    if holdings::has_open_since(tx, last.subject_id, last.membership_id, since)? {
        return Ok(true);
    }
    let decided: HashMap<String, LineState> =
        store::decided_lines(tx, last.membership_id)?.into_iter().map(|l| (l.group_key, l.state)).collect();
    for key in holdings::fold_groups(tx, last.subject_id, last.membership_id)?.keys().filter(|key| !key.unclear) {
        let text = serde_json::to_string(key).map_err(StoreError::from)?;
        match decided.get(&text) {
            Some(LineState::Undone | LineState::LeftAlone | LineState::DoneWithFailures) => {}
            Some(LineState::Planned | LineState::Instructed | LineState::Running | LineState::Done) | None => {
                return Ok(true);
            }
        }
    }
    Ok(false)
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

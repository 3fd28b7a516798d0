//! Forgetting: when the last that was held about somebody who has left is gone, or when the privacy officer orders it, the
//! keys of their name and of personal texts in records are erased. Proofs hold all the same: a record keeps only a commitment
//! to such a text (docs/decisions/0005).

mod error;
pub mod routes;

pub use error::ForgettingError;

use crate::departures;
use crate::holdings;
use crate::intake;
use crate::packs;
use crate::people::{self, MembershipState};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::SubjectId;
use crate::platform::jobs::{self, JobError, Registry, Step};
use crate::platform::record::Record;
use policy_model::calendar::start_of_day;
use serde_json::{Value, json};

/// Looks whether somebody is to be forgotten.
pub const LOOK: &str = "forgetting.look";

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    registry.inside(LOOK, step);
}

/// Something of a subject has gone: it may have been the last.
pub fn look_at(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<()> {
    tx.run_at(tx.now(), LOOK, &subject.to_string(), &json!({ "subject": subject }))
}

/// Why somebody is not forgotten, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stays {
    /// They work here.
    Member,
    /// Their departure is still to be decided or done.
    Departure,
    /// A hold covers what is known of them.
    Held,
}

fn what_keeps(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Option<Stays>> {
    for membership in people::memberships_of_subject(tx, subject)? {
        if membership.state != MembershipState::Departed {
            return Ok(Some(Stays::Member));
        }
        if departures::is_open(tx, membership.id)? {
            return Ok(Some(Stays::Departure));
        }
    }
    Ok((!holdings::holds_on(tx, subject)?.is_empty()).then_some(Stays::Held))
}

/// Forgets a subject of whom nothing is left. A hold puts it off; an open departure looks again when it ends.
fn step(tx: &mut TenantTx<'_>, payload: &Value) -> Result<Step, JobError> {
    let subject: SubjectId = jobs::id(&payload["subject"])?;
    if holdings::has_anything(tx, subject)? {
        return Ok(Step::Done);
    }
    match what_keeps(tx, subject)? {
        Some(Stays::Member | Stays::Departure) => Ok(Step::Done),
        Some(Stays::Held) => Ok(Step::WaitUntil(tomorrow(tx)?, payload.clone())),
        None => {
            forget(tx, subject, Cause::NothingLeft)?;
            Ok(Step::Done)
        }
    }
}

fn tomorrow(tx: &mut TenantTx<'_>) -> Stored<Ts> {
    let tz = packs::time_zone(tx)?;
    let today = tx.now().with_timezone(&tz).date_naive();
    Ok(Ts::from(start_of_day(today.succ_opt().unwrap_or(today), tz)))
}

/// Forgets on the privacy officer's order, though something is still held: what a successor has took, what others are
/// entitled to. What is kept until a day is kept to be found by name, so that day comes first.
fn order(tx: &mut TenantTx<'_>, subject: SubjectId, reason: &str) -> Result<(), ForgettingError> {
    if people::memberships_of_subject(tx, subject)?.is_empty() {
        return Err(ForgettingError::Unknown);
    }
    if reason.trim().is_empty() || reason.chars().count() > 2_000 {
        return Err(ForgettingError::NoReason);
    }
    match what_keeps(tx, subject)? {
        None => {}
        Some(Stays::Member) => return Err(ForgettingError::Member),
        Some(Stays::Departure) => return Err(ForgettingError::Departure),
        Some(Stays::Held) => return Err(ForgettingError::Held),
    }
    let tz = packs::time_zone(tx)?;
    let today = tx.now().with_timezone(&tz).date_naive();
    if let Some(day) = holdings::kept_through(tx, subject)?.filter(|day| today <= *day) {
        return Err(ForgettingError::Kept(day));
    }
    Ok(forget(tx, subject, Cause::Ordered(reason))?)
}

/// Why somebody is forgotten.
enum Cause<'r> {
    /// Nothing of them is held any more.
    NothingLeft,
    /// The privacy officer ordered it, for this reason.
    Ordered(&'r str),
}

fn forget(tx: &mut TenantTx<'_>, subject: SubjectId, cause: Cause<'_>) -> Stored<()> {
    if !people::forget(tx, subject)? {
        return Ok(());
    }
    let messages = intake::forget(tx, subject)?;
    let record = Record::of("subjects.forget").on("subject", subject).about(subject).citing(["gbt35273-6.1-b"]);
    let record = record.with("messages", messages);
    let record = match cause {
        Cause::NothingLeft => record.with("cause", "nothing-left"),
        // The reason may name whom it is about: it is the officer's text, under the officer's key.
        Cause::Ordered(reason) => match tx.actor().subject() {
            Some(officer) => record.with("cause", "ordered").personal("reason", officer, reason),
            None => record.with("cause", "ordered"),
        },
    };
    tx.record(record);
    Ok(())
}

//! Beginning a rehearsal, and finding the latest.

use super::change::Worlds;
use super::error::RehearsalError;
use super::model::{Change, MOST_DAYS, Progress, Rehearsal, State, USUAL_DAYS};
use super::view::{RehearsalView, views};
use super::{run, store};
use crate::instructions::{self, Policies};
use crate::ledger;
use crate::platform::current;
use crate::platform::db::{StoreError, Stored, TenantTx, Ts};
use crate::platform::ids::InstructionId;
use crate::platform::record::Record;
use chrono::Duration;
use std::collections::HashMap;

/// How long a rehearsal is worth anything, whatever the law does: who asks for what has changed by then.
const GOOD_FOR: Duration = Duration::days(7);
/// How long one that belongs to nothing is kept after that.
const KEPT_FOR: Duration = Duration::days(30);
/// Rehearsals of one organisation that go on at once.
const MOST_RUNNING: i64 = 50;

/// Begins to rehearse a change.
///
/// # Errors
/// Whatever the change itself would be refused by.
pub(super) fn begin(
    tx: &mut TenantTx<'_>,
    policies: &Policies,
    change: &Change,
    days: Option<i32>,
) -> Result<Rehearsal, RehearsalError> {
    let days = days.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(RehearsalError::Days(days));
    }
    if store::running(tx)? >= MOST_RUNNING {
        return Err(RehearsalError::Busy);
    }
    let worlds = Worlds::of(tx, policies, change)?;
    let (versions, now) = (current::versions(tx)?, tx.now());
    let ends = Ts(*now + GOOD_FOR);
    let (kind, about) = change.key();
    store::clear(tx, kind, &about, Ts(*now - KEPT_FOR))?;
    let rehearsal = Rehearsal {
        id: tx.new_id(),
        kind: kind.to_owned(),
        about,
        change: serde_json::to_string(change).map_err(StoreError::from)?,
        state: State::Running,
        days,
        law: versions.law,
        people: versions.people,
        position: ledger::length(tx)?,
        progress: serde_json::to_string(&Progress::default()).map_err(StoreError::from)?,
        requested_by: tx.actor().membership(),
        started_at: now,
        finished_at: None,
        // What ends by itself changes what is permitted without anybody's doing.
        expires_at: worlds.before.policy.stale_at().map_or(ends, |at| at.min(ends)),
    };
    store::insert(tx, &rehearsal)?;
    run::enqueue(tx, rehearsal.id)?;
    tx.record(Record::of("rehearsals.run").on("rehearsal", rehearsal.id).with("kind", kind).with("days", days));
    Ok(rehearsal)
}

/// Whoever says yes to something that would permit sees what it would do, whether its author looked or not.
pub fn begin_for_approval(
    tx: &mut TenantTx<'_>,
    policies: &Policies,
    instruction: InstructionId,
) -> Result<(), RehearsalError> {
    match begin(tx, policies, &Change::Approval { instruction }, None) {
        Ok(_) => Ok(()),
        // It was decided before anybody could look; or very many wait at once, and each can be rehearsed by hand.
        Err(RehearsalError::Nothing(_) | RehearsalError::Instruction(_) | RehearsalError::Busy) => Ok(()),
        Err(e) => Err(e),
    }
}

/// The latest rehearsal of each of these that wait for a yes.
pub fn latest_for_approval(
    tx: &mut TenantTx<'_>,
    ids: &[InstructionId],
) -> Stored<HashMap<InstructionId, RehearsalView>> {
    let found = store::of(tx, "approval", ids.iter().map(ToString::to_string).collect())?;
    let views = views(tx, &found)?;
    let about = found.iter().filter_map(|r| r.about.parse().ok());
    Ok(about.zip(views).collect())
}

/// The latest rehearsals of an instruction: of the yes that it waits or waited for, and of its end.
pub(super) fn of_instruction(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<Vec<RehearsalView>, RehearsalError> {
    instructions::find(tx, id)?;
    let about = vec![id.to_string()];
    let mut found = store::of(tx, "approval", about.clone())?;
    found.extend(store::of(tx, "revocation", about)?);
    Ok(views(tx, &found)?)
}

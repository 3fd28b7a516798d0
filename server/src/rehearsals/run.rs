//! The job of a rehearsal: a stretch of decisions or of the inventory a step, kept with the step, so that a kill loses nothing
//! and nobody waits behind it.

use super::change::Worlds;
use super::error::RehearsalError;
use super::model::{Rehearsal, State};
use super::{reach, replay, store};
use crate::instructions::Policies;
use crate::platform::current;
use crate::platform::db::{StoreError, TenantTx};
use crate::platform::ids::RehearsalId;
use crate::platform::jobs::{self, JobError, Registry, Step};
use crate::platform::record::{Outcome, Record};
use serde_json::json;
use std::sync::Arc;

/// The job's kind.
pub(super) const RUN: &str = "rehearsals.go-on";
/// The act of the record that says what was read.
const FINISHED: &str = "rehearsals.finish";

/// Tells the workers how.
pub fn register(registry: &mut Registry, policies: Arc<Policies>) {
    registry.inside(RUN, move |tx, payload| step(tx, &policies, jobs::id(&payload["rehearsal"])?));
}

/// Sees to it that a rehearsal goes on.
pub(super) fn enqueue(tx: &mut TenantTx<'_>, id: RehearsalId) -> Result<(), StoreError> {
    tx.run_at(tx.now(), RUN, &id.to_string(), &json!({ "rehearsal": id }))
}

fn step(tx: &mut TenantTx<'_>, policies: &Policies, id: RehearsalId) -> Result<Step, JobError> {
    let Some(mut r) = store::find(tx, id)?.filter(|r| r.state == State::Running) else { return Ok(Step::Done) };
    let change = r.change()?;
    let versions = current::versions(tx)?;
    let has_moved = versions.law != r.law || (change.is_of_people() && versions.people != r.people);
    let worlds = match Worlds::of(tx, policies, &change) {
        Ok(worlds) if !has_moved => worlds,
        Err(RehearsalError::Store(e)) => return Err(e.into()),
        // What it was about is decided, or cannot be done any more.
        Ok(_) | Err(_) => return end(tx, r, State::Overtaken),
    };
    let mut progress = r.progress()?;
    if !progress.replay.is_done {
        replay::step(tx, &worlds, &r, &mut progress.replay)?;
    } else {
        reach::step(tx, &worlds, &mut progress.reach)?;
    }
    let is_done = progress.replay.is_done && progress.reach.is_done;
    r.progress = serde_json::to_string(&progress).map_err(StoreError::from)?;
    if is_done {
        return end(tx, r, State::Done);
    }
    store::save(tx, &r)?;
    Ok(Step::Again(json!({ "rehearsal": id, "looked_at": progress.replay.looked_at + progress.reach.looked_at })))
}

/// The end, with the record of what was read for it.
fn end(tx: &mut TenantTx<'_>, mut r: Rehearsal, state: State) -> Result<Step, JobError> {
    r.state = state;
    r.finished_at = Some(tx.now());
    store::save(tx, &r)?;
    let progress = r.progress()?;
    let record = Record::of(FINISHED)
        .on("rehearsal", r.id)
        .with("kind", r.kind.clone())
        .with("decisions", progress.replay.looked_at)
        .with("sides", progress.reach.looked_at)
        .with("since", r.since().rfc3339())
        .with("position", r.position)
        .with("law", r.law)
        .citing(["gbt35273-7.1-a"]);
    let record = match r.requested_by {
        Some(by) => record.with("for", by.to_string()),
        None => record,
    };
    let record = if r.about.is_empty() { record } else { record.with("about", r.about.clone()) };
    tx.record(match state {
        State::Overtaken => record.ended(Outcome::Failed, "rehearsals.overtaken"),
        State::Running | State::Done => record,
    });
    Ok(Step::Done)
}

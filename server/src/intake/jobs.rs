//! Applying messages in the background, in the order they came.

use super::apply::{apply, keep_aside};
use super::store;
use crate::platform::http::AsProblem;
use crate::platform::jobs::{JobError, Outside, Registry, Step};
use serde_json::{Value, json};

/// Applies what was received.
pub const APPLY: &str = "intake.apply";

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    registry.outward(APPLY, step);
}

/// One message. What it changes and its own state commit together; when it cannot be applied, what it had begun is rolled
/// back and its reason is kept in a second transaction.
fn step(outside: &Outside<'_>, _: &Value) -> Result<Step, JobError> {
    let Some(id) = outside.tx(store::next_received)? else { return Ok(Step::Done) };
    match outside.tx(|tx| apply(tx, id)) {
        Ok(_) => {}
        // The database's trouble is not the message's: the job is tried again.
        Err(e) if e.problem().status().is_server_error() || e.problem().lost_a_race() => return Err(e.into()),
        Err(why) => outside.tx(|tx| keep_aside(tx, id, &why))?,
    }
    Ok(Step::Again(json!({})))
}

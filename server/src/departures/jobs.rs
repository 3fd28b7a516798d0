//! The background work of departures: the day itself.

use super::operations;
use crate::platform::jobs::{self, Registry, Step};

/// Ends access at the effective instant.
pub const END_ACCESS: &str = "departures.end-access";

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    registry.inside(END_ACCESS, |tx, payload| {
        operations::end_access(tx, jobs::id(&payload["departure"])?)?;
        Ok(Step::Done)
    });
}

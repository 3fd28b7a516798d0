//! The background work of departures: the day itself, and following the orders.

use super::operations;
use crate::orders;
use crate::platform::ids::DepartureId;
use crate::platform::jobs::{JobError, Registry, Step};
use serde_json::Value;

/// Ends access at the effective instant.
pub const END_ACCESS: &str = "departures.end-access";

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    registry.inside(END_ACCESS, |tx, payload| {
        operations::end_access(tx, id(&payload["departure"])?)?;
        Ok(Step::Done)
    });
    registry.inside(orders::FINISHED, |tx, payload| {
        if !payload["case"].is_null() {
            operations::follow(tx, id(&payload["case"])?)?;
        }
        Ok(Step::Done)
    });
}

fn id(value: &Value) -> Result<DepartureId, JobError> {
    serde_json::from_value(value.clone()).map_err(|e| JobError::of(e.to_string()))
}

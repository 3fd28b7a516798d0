//! The background work of orders.

use super::{deliver, operations};
use crate::platform::jobs::Registry;

/// Takes an order's batches.
pub const CARRY_OUT: &str = "orders.carry-out";
/// Sends a delivery.
pub const DELIVER: &str = "orders.deliver";
/// Announces that an order has finished; the case it came from picks it up.
pub const FINISHED: &str = "orders.finished";

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    registry.inside(CARRY_OUT, |tx, payload| Ok(operations::step(tx, payload)?));
    registry.outward(DELIVER, deliver::step);
}

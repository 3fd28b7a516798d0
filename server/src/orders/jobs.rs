//! The background work of orders.

use super::{by_hand, deliver, operations, package};
use crate::platform::jobs::{self, Registry, Step};

/// Takes an order's batches.
pub const CARRY_OUT: &str = "orders.carry-out";
/// Sends a delivery.
pub const DELIVER: &str = "orders.deliver";
/// Divides an instruction by hand into orders.
pub const PLAN: &str = "orders.plan";
/// Ends the orders whose package was fetched.
pub const PACKAGE_DONE: &str = "orders.package-done";
/// Ends the time in which a package can be fetched.
pub const PACKAGE_ENDS: &str = "orders.package-ends";
/// Announces that an order has finished; the case it came from picks it up.
pub const FINISHED: &str = "orders.finished";

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    registry.inside(CARRY_OUT, |tx, payload| Ok(operations::step(tx, payload)?));
    registry.inside(PLAN, |tx, payload| Ok(by_hand::plan(tx, payload)?));
    registry.inside(PACKAGE_DONE, package::finish);
    registry.inside(PACKAGE_ENDS, |tx, payload| {
        by_hand::end_package(tx, jobs::id(&payload["instruction"])?)?;
        Ok(Step::Done)
    });
    registry.outward(DELIVER, deliver::step);
}

//! The background work of holdings.

use super::{inventory, questions};
use crate::platform::jobs::Registry;

/// Brings what is there already to how its question was settled.
pub const SETTLE: &str = "holdings.settle";

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    inventory::register(registry);
    registry.inside(SETTLE, questions::step);
}

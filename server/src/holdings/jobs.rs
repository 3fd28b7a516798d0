//! The background work of holdings.

use super::{anew, contested, inventory, questions};
use crate::platform::jobs::Registry;

/// Brings what is there already to how its question was settled.
pub const SETTLE: &str = "holdings.settle";

/// Rules anew what was there before the facts changed.
pub const RULE_ANEW: &str = "holdings.rule-anew";

/// Brings what is there to what the privacy officer found when it was contested.
pub const UPHOLD: &str = "holdings.uphold";

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    inventory::register(registry);
    registry.inside(SETTLE, questions::step);
    registry.inside(RULE_ANEW, anew::step);
    registry.inside(UPHOLD, contested::step);
}

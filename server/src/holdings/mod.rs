//! Holdings: what is held about people, where it lives, and who controls each side of it.
//!
//! A holding is in the vault (sealed under its subject's key) or external (a connector and a locator). One may stand for
//! many items and have several subjects; each subject has a *side* with a ruling of its own (design §5).

mod aim;
mod anew;
mod carry_out;
mod connector_routes;
mod connectors;
mod consent_routes;
mod consents;
mod contested;
mod corrections;
mod error;
mod explain;
mod explain_routes;
mod groups;
mod holds;
mod inventory;
mod jobs;
mod lists;
mod model;
mod ndjson;
mod operations;
mod overview;
mod own;
mod questions;
mod register;
mod reveal;
pub mod routes;
mod rule;
mod ruling_routes;
mod store;
mod tenure;
mod weighed;

pub use aim::{Reach, Target, places, reach, reach_of_grant};
pub use anew::{
    Change, Moves, Supposed, is_under_way as is_ruled_anew, preview as preview_rulings, start as rule_anew,
};
pub use carry_out::{CarriedOut, carry_out};
pub use connectors::{Connector, CreatedConnector, connector, create_connector, list_connectors, speaks_for};
pub use consents::{ConsentKind, Given, given_by};
pub use contested::{Contested, Effect, Found, look as look_at_contested, uphold};
pub use corrections::{
    Correction, Fitting, check_corrections, corrected_holdings, corrections_by_locator, forget_corrections,
    keep_corrections,
};
pub use error::HoldingError;
pub use groups::{GroupKey, Selector, SideGroup, due_for_disposal, fold_groups, has_open_since, next_sides, restore};
pub use holds::{Hold, ORIGIN as HOLD_ORIGIN, end_hold_under, holds_on, is_held, place_hold};
pub use inventory::inventory_of;
pub use jobs::register;
pub use model::{Holding, HoldingState, Side, SideState};
pub use operations::{
    Copied, Deposit, copy_out, has_anything, holdings_by_id, ids_of_locator, kept_through, locators, put_in_vault,
    read_from_vault,
};
pub use own::{OwnClass, OwnGroup, OwnHolding, OwnSide, copy_of_own, own_groups, own_holdings};
pub use register::{Registration, RegistrationReport, RejectedLine, register_line_by_line};
pub use weighed::{data_of, data_supposing, sides_in_use, some_holdings};

/// Told when something came to be, or came to be known, under a membership that has ended.
pub const CAME_LATE: &str = "holdings.came-late";

//! Rehearsals (预演): what a change of an instruction, a role, the pack or its features would do, before anybody makes it.
//!
//! ```text
//! change.rs   what would be otherwise: a second law, somebody's other roles, data ruled otherwise
//! replay.rs   the decisions of the last days, put again under both
//! reach.rs    today's inventory, under both
//! run.rs      the job: a stretch a step, so that nothing waits behind it
//! ```
//!
//! Both answers come from the function that answers applications, asked of two compiled policies. What always holds: what is
//! not put again is counted as that; a rehearsal names the law and the ledger that it rests on, and says so itself once
//! either the law has moved on or too many days have passed.

mod change;
mod error;
mod model;
mod operations;
mod reach;
mod replay;
pub mod routes;
mod run;
mod store;
mod view;

pub use error::RehearsalError;
pub use operations::{begin_for_approval, latest_for_approval};
pub use run::register;
pub use view::{RehearsalSummary, RehearsalView};

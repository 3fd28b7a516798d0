//! Orders (处理任务): the execution of an instruction, holding by holding, resumable.
//!
//! In the vault an order is carried out at once, batch by batch. For external holdings it becomes signed deliveries to the
//! connector, which acknowledges and reports; what is not acknowledged is retried with growing pauses and then raised to
//! a person. What is done to a holding and the record of it commit together.

mod again;
mod by_hand;
mod deliver;
mod error;
mod jobs;
mod model;
mod operations;
mod package;
mod propose_routes;
mod report;
pub mod routes;
mod runs;
mod store;

pub use by_hand::{ORIGIN as BY_HAND, settled as settled_by_hand};
pub use error::OrderError;
pub use jobs::{CARRY_OUT, DELIVER, FINISHED, register};
pub use model::{Order, OrderState};
pub use operations::{Start, carried_out_by, find, of_case, start, stop_under};
pub use report::{Report, ReportItem, Reported};

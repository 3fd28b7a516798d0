//! Departures (离职处置): the case opened when a membership ends. It plans what becomes of everything about the person, has
//! the plan approved, ends access at the effective instant before any order runs, follows the orders, and certifies.
//!
//! A departure only issues instructions and follows their orders: there is one engine, not one per feature (design §6).

mod certify;
mod error;
mod facts;
mod jobs;
mod model;
mod operations;
mod own;
mod paper;
mod progress;
mod rescind;
pub mod routes;
mod store;
mod submit;
mod supplement;
mod view;
mod waiting;

pub use certify::store_certificate;
pub use error::DepartureError;
pub use jobs::{END_ACCESS, register};
pub use model::{Departure, LineState, State};
pub use operations::{follow, open, successor_came, without_successor};
pub use own::{OwnDeparture, OwnLine, of_leaver};
pub use rescind::{is_open, rescind_of};
pub use submit::settled;
pub use supplement::came_late;
pub use view::DepartureView;
pub use waiting::{decide, is_planned, may_decide, of_line, submitted_by, to_check, views_of};

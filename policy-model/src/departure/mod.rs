//! The day somebody leaves: what becomes of everything that is about them.

mod rule;

pub use rule::{DepartureRule, Disposition, SuccessorRule};

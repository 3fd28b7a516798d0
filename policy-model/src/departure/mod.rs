//! The day somebody leaves: what becomes of everything that is about them (design §6).
//!
//! [`plan`] looks at each group of holdings with the pack's rules for it and says what becomes of it, when it finally goes,
//! who has to agree, and what it could be changed to. [`may_change`] changes a line within those bounds; [`rescind`] says
//! what can still be undone.

mod case;
mod facts;
mod line;
mod plan;
mod rescind;
mod rule;
mod why_not;

pub use facts::{Group, Location, PlanFacts, Successor};
pub use line::{Change, Ending, Lane, Line, Permission};
pub use plan::{AccountFate, Count, Plan, PlanFault, Summary, may_change, plan};
pub use rescind::{Rescinded, rescind};
pub use rule::{DepartureRule, Disposition, SuccessorRule};
pub use why_not::WhyNot;

#[cfg(test)]
mod tests;

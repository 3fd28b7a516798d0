//! Civil time: working days, public holidays, and the instants at which civil days begin.
//!
//! A deadline is a civil date in the tenant's time zone; an instant is UTC. The calendar is a file that the tenant can
//! edit, because holidays are announced year by year.

use serde::{Deserialize, Serialize};

/// The answer times that a pack promises: `[deadlines]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// Calendar days to answer a person's request; 30 at most (gbt35273-8.7-a).
    pub request_days: u32,
    /// Working days to close an account; 15 at most (gbt35273-8.5-b).
    pub closure_working_days: u32,
    /// The clauses that they rest on.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
}

//! Setting an organisation up: what has to be there before the first departure, and what is missing.
//!
//! Nearly all of it shows by itself: who holds which role, which HR system has been heard of, who has come in. What does
//! not, somebody confirms.

mod guide;
pub mod routes;
mod store;

//! My data (我的数据): what an organisation holds about somebody, told to that somebody, and what they can do about it.
//!
//! ```text
//! data.rs       whose what is, by which rule, until when; holdings of a group; what rests on consent
//! accesses.rs   who used my data, from the ledger
//! notice.rs     what the organisation does with data like mine, from what is in force; contact.rs: whom to turn to
//! contests.rs   my word against a ruling, and the privacy officer's answer
//! left.rs       after leaving: what became of what
//! download.rs   a copy of what is mine, as a ZIP archive
//! ```
//!
//! Whoever asks is the person it is about: every route takes an `OwnAttempt`, which members can make and those who have left
//! (docs/decisions/0022). What a rule hides from leavers is in no answer to them. Nobody decides about their own contest.

mod accesses;
mod contact;
mod contests;
mod data;
mod download;
mod error;
mod left;
mod notice;
mod officer;
pub mod routes;
mod words;
mod zip;

pub use error::MyError;

//! Access: the door at which applications ask before they process, in the words of the OpenID AuthZEN Authorization API 1.0.
//!
//! ```text
//! question.rs    what was asked, as far as it can be read
//! known.rs       who and what the questions speak of, looked up once
//! operations.rs  the answers, each with its record
//! search.rs      who may, what may be read, what may be done
//! ```
//!
//! What always holds: a question that cannot be read or speaks of nobody we know is answered with a no; every answer
//! leaves a record; an application asks with a key of one organisation and hears of no other.

mod answer;
mod error;
mod known;
mod operations;
mod question;
pub mod routes;
mod search;

pub use error::AccessError;

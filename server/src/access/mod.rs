//! Access: the door at which applications ask before they process, in the words of the OpenID AuthZEN Authorization API 1.0.
//!
//! ```text
//! question.rs    what was asked, as far as it can be read
//! known.rs       who and what the questions speak of, looked up once
//! picture.rs     what was looked up for a tenant, kept for as long as it holds
//! desk.rs        from memory where all of it is there and holds, else from the database; never without its record
//! operations.rs  the answers, each with its record
//! measured.rs    the same without a database, for the bench
//! request.rs     from a refusal to a request, in one call
//! search.rs      who may, what may be read, what may be done
//! overview.rs    who sees this, what does this person see: for people, with the instructions that it rests on
//! overview_rows.rs its rows
//! ```
//!
//! What always holds: a question that cannot be read or speaks of nobody we know is answered with a no; every answer
//! leaves a record; an application asks with a key of one organisation and hears of no other.

mod answer;
mod desk;
mod error;
mod known;
pub mod measured;
mod operations;
mod overview;
mod overview_rows;
mod picture;
mod question;
mod request;
mod request_routes;
pub mod routes;
mod search;

pub use desk::Desk;
pub use error::AccessError;
pub use picture::Pictures;
pub use request_routes::routes as request_routes;

//! Cases (案件): a complaint, an HR case, an incident opens one person's data to whom it is assigned, and closes it with itself
//! (gbt35273-7.1-e).
//!
//! What a case permits is an instruction of its own: it names the assignee and the person, and decisions and records see nothing
//! else. What always holds: nobody opens a case for themselves or is assigned one about themselves; the instruction is taken
//! back in the commit that closes the case or gives it to somebody else; and it ends by itself after thirty days at most.

mod error;
mod model;
mod operations;
pub mod routes;
mod store;
mod view;

pub use error::CaseError;

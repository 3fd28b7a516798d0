//! Certification (权限核定) of who has what: once a quarter, or when somebody wants it, a list with one line for each role and
//! each grant beyond a role. Somebody else keeps or revokes it, with a reason (gbt35273-7.1-a, gbt35273-7.1-a-op).
//!
//! ```text
//! operations.rs  the list is begun; lines are kept or revoked; what was raised is carried to the next list
//! silence.rs     the deadline: what nobody answered for ends or is raised to a person
//! still.rs       what the lines are about, as it stands now
//! ```
//!
//! What always holds: nobody answers for their own; what is revoked is revoked in that commit, by the operations that end
//! roles and instructions anyway; every answer, and every silence, is a record; and neither leaves an organisation without
//! anybody who could appoint somebody.

mod error;
mod model;
mod operations;
pub mod routes;
mod silence;
mod still;
mod store;
mod view;

pub use error::CertificationError;
pub use model::Certification;
pub use operations::{begin_when_due, waiting_for_caller};
pub use silence::register;
pub use view::CertificationView;

/// The power to certify.
pub const CERTIFY: &str = "roles.certify";

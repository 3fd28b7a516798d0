//! The ledger (审计账本): every record of a tenant, in order, sealed in a Merkle tree under signed checkpoints.
//!
//! ```text
//! append.rs   the last work of every transaction: its records get their places, and are written for good (columnwise.rs)
//! seal.rs     a moment later, a job: the tree grows over them, and its root is signed
//! search.rs   after them, a job: what records are searched by, block by block
//! keys.rs     who signs: one key a tenant, the old ones still listed
//! nodes.rs    the tree's hashes, for whoever proves something
//! volume.rs   how much happened when, for a chart; uses.rs: how often under one instruction
//! about.rs    what its records say about one person, for that person
//! asked.rs    decisions, read as questions that can be put again
//! export.rs   records out, as a stream, each with its proof
//! tail.rs     records as they are committed, for whoever watches
//! certify.rs  the certificate of a case: a summary and the records it rests on, in one document
//! ```
//!
//! What always holds: a place in the ledger is given under the lock of the tenant's head, so places have the order of
//! commits and no gaps; what is sealed never changes (gbt35273-11.7-d); nothing personal stands in a record in the clear.

mod about;
mod append;
mod asked;
mod certify;
mod columnwise;
mod error;
mod export;
mod keys;
mod model;
mod nodes;
pub mod routes;
mod seal;
mod search;
mod store;
mod tail;
#[cfg(test)]
mod tests;
mod uses;
mod volume;

pub use about::{Told, told_about};
pub use append::LedgerSink;
pub use asked::{AskedBefore, asked_before, length};
pub use certify::{Case, certify};
pub use error::{ExportFailure, LedgerError};
pub use export::{Export, Personal, Wanted, announce};
pub use keys::rotate;
pub use model::{CheckpointView, RecordFilter, RecordView};
pub use seal::seal_now;
pub use tail::Tails;
pub use uses::{LastUse, Uses, uses_of};

use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::DepartureId;
use crate::platform::jobs::Registry;

/// What becomes of the certificate of a departure: the slice it belongs to keeps the document, byte for byte.
pub type KeepCertificate = fn(&mut TenantTx<'_>, DepartureId, &str) -> Stored<()>;

/// The jobs of this slice.
pub fn register(registry: &mut Registry, keep_certificate: KeepCertificate) {
    seal::register(registry);
    search::register(registry);
    certify::register(registry, keep_certificate);
}

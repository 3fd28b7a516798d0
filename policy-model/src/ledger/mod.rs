//! The ledger: every record of a tenant, sealed in order, so that a stranger with a public key can tell whether
//! one of them was changed, removed, inserted or moved — offline, in one pass, in constant memory.
//!
//! ```text
//! record.rs      what one record says, in bytes that can be written in one way only (canonical.rs)
//! tree.rs        those bytes as leaves of a Merkle tree (RFC 9162)
//! path.rs        the proof that goes with each exported record, and only what the earlier ones did not prove
//! blocks.rs      where a server gets the tree's nodes from without keeping them all
//! checkpoint.rs  the signature over size and root (C2SP signed note)
//! export.rs      a file of records, written one by one; line.rs and csv.rs say how a line of it is written and read
//! certificate.rs a summary of one departure, sealed by one of the records that prove it
//! verify.rs      reads all of these; diagnosis.rs tells a removed record from a moved one, finding.rs puts it in words
//! ```
//!
//! What always holds: a record is proved by itself against the signed root, so the first one that was tampered with
//! is named exactly, whatever else was recomputed around it (gbt35273-11.7).

pub mod blocks;
mod canonical;
pub mod certificate;
pub mod checkpoint;
mod csv;
mod diagnosis;
pub mod export;
pub mod finding;
mod line;
pub mod note;
pub mod path;
pub mod record;
pub mod tree;
pub mod verify;

pub use blocks::{BLOCK, BlockRoots, BlockedNodes, NodesError};
pub use canonical::instant;
pub use certificate::{CERTIFICATE_HASH, CERTIFY, CertificateBuilder, certificate_hash};
pub use checkpoint::{Checkpoint, CheckpointError, origin_of};
pub use csv::{AlteredColumn, COLUMNS};
pub use export::{ExportError, ExportWriter, Header, HeaderError, Range};
pub use finding::{Fault, Finding, Verified, VerifiedKind};
pub use line::Format;
pub use note::{KeyError, NoteError, SignerKey, VerifierKey};
pub use path::{PathError, PathFault, PathReader, PathWriter};
pub use record::{Actor, ActorKind, Object, Opened, OpenedText, Outcome, PersonalText, RecordBody, Salt, Version};
pub use tree::{EMPTY_ROOT, Frontier, Hash, NotAHash, Span, consistency_proof, is_consistent, subtree_root};
pub use verify::verify;

#[cfg(test)]
mod tests;

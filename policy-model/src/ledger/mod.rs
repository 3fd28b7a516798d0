//! The ledger: every record of a tenant, sealed in order, so that a stranger with a public key can tell whether
//! one of them was changed, removed, inserted or moved — offline, in one pass, in constant memory.
//!
//! ```text
//! record.rs      what one record says, in bytes that can be written in one way only
//! tree.rs        those bytes as leaves of a Merkle tree (RFC 9162)
//! path.rs        the proof that goes with each exported record, and only what the earlier ones did not prove
//! blocks.rs      where a server gets the tree's nodes from without keeping them all
//! checkpoint.rs  the signature over size and root (C2SP signed note)
//! export.rs      NDJSON, CSV and the certificate, written record by record
//! verify.rs      reads any of the three and says what it found
//! ```
//!
//! What always holds: a record is proved by itself against the signed root, so the first one that was tampered with
//! is named exactly, whatever else was recomputed around it (gbt35273-11.7).

pub mod blocks;
pub mod checkpoint;
pub mod path;
pub mod record;
pub mod tree;

pub use blocks::{BlockRoots, BlockedNodes, NodesError, BLOCK};
pub use checkpoint::{Checkpoint, CheckpointError, KeyError, SignerKey, VerifierKey};
pub use path::{PathError, PathFault, PathReader, PathWriter};
pub use record::{Actor, ActorKind, Object, Opened, OpenedText, Outcome, PersonalText, RecordBody, Version};
pub use tree::{Frontier, Hash, Span, EMPTY_ROOT};

//! Cryptography at rest: three layers of keys, each wrapped by the one above it.
//!
//! ```text
//! master key          a file of 32 bytes, outside the database
//!  ├─ platform key    sign-in identifiers and secrets that belong to no tenant
//!  └─ tenant key      a tenant's secrets and its people search
//!      └─ subject key payloads about one subject; erased, they are gone from backups too
//! ```
//!
//! Deleting a subject's wrapped key is deletion that reaches every copy of what it sealed. Nothing but wrapped keys and
//! sealed bytes ever reaches a database, and none of this knows one: who stores them is the caller.
//!
//! What always holds:
//!
//! - A key knows whose it is. It adds tenant and subject to what is authenticated, so nobody has to remember to, and a
//!   ciphertext that was moved to another tenant, subject, purpose or row does not open.
//! - A root key is never used as it is: every use and every algorithm has a key of its own, derived by HKDF-SHA-256.
//! - Each ciphertext names its algorithm (gbt35273-6.3-a-n). New ones take the tenant's choice, old ones stay readable.
//! - Failure closes: whatever cannot be authenticated is an error, and no error says what a key or a text was.
//!
//! Keys and nonces come from the operating system and nowhere else, tests included: GCM loses all its strength with the
//! first repeated nonce, so there is no argument through which a predictable source could come in.
//!
//! ```
//! use tenure::platform::ids::{HoldingId, SubjectId, TenantId};
//! use tenure::platform::keyring::{Aad, Algorithm, Compartment, MasterKey, TenantKey};
//! # use uuid::Uuid;
//! # fn main() -> Result<(), tenure::platform::keyring::KeyringError> {
//! # let (tenant, subject, holding) = (TenantId::from(Uuid::from_u128(1)), SubjectId::from(Uuid::from_u128(2)), HoldingId::from(Uuid::from_u128(3)));
//! let master = MasterKey::generate()?;
//! let tenant_key = TenantKey::generate(tenant, Algorithm::Sm4Gcm)?;
//! let stored = master.wrap_tenant(&tenant_key)?; // what the tenant's row keeps
//!
//! let subject_key = master.open_tenant(tenant, &stored)?.new_subject_key(subject, Compartment::Vault)?;
//! let place = Aad::new("holdings.payload").row(holding);
//! let sealed = subject_key.seal(&place, "工资卡 6222 …".as_bytes())?;
//! assert_eq!(subject_key.open(&place, &sealed)?.as_slice(), "工资卡 6222 …".as_bytes());
//! # Ok(())
//! # }
//! ```

mod aad;
mod algorithm;
mod blind_index;
mod envelope;
mod identifier;
mod keys;
mod master;
mod root;

pub use aad::Aad;
pub use algorithm::Algorithm;
pub use blind_index::{BlindIndex, BlindIndexKey};
pub use envelope::{Sealed, Wrapped};
pub use identifier::{Identifier, IdentifierKind};
pub use keys::{Compartment, PlatformKey, SubjectKey, TenantKey};
pub use master::MasterKey;

use std::path::PathBuf;

/// What was opened; wiped from memory when it goes out of scope.
pub type Opened = zeroize::Zeroizing<Vec<u8>>;

/// Why the keyring refused. No variant carries key material, plaintext or a person's identifier.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// Wrong key, wrong place or changed bytes. Which of them is not known, and would help only an attacker.
    #[error("the ciphertext does not open: it was changed, moved, or sealed under another key")]
    DoesNotOpen,
    /// The bytes are no ciphertext of ours.
    #[error("{found} bytes are too few for a ciphertext; at least {least} are needed")]
    TooShort {
        /// Bytes found.
        found: usize,
        /// Bytes needed.
        least: usize,
    },
    /// Written by a newer version, or no ciphertext of ours.
    #[error("ciphertext format {0} is not known; this version reads format 1")]
    UnknownFormat(u8),
    /// The algorithm byte of a ciphertext is not known.
    #[error("algorithm number {0} is not known; 1 is aes-256-gcm, 2 is sm4-gcm")]
    UnknownAlgorithm(u8),
    /// The name of an algorithm is not known.
    #[error("algorithm {0:?} is not known; use aes-256-gcm or sm4-gcm")]
    UnknownAlgorithmName(String),
    /// GCM seals at most 2³⁶ − 32 bytes at once.
    #[error("the payload is too large to seal at once")]
    TooLarge,
    /// An e-mail address, phone number or staff number that is none.
    #[error("this is not {expected}")]
    NotAnIdentifier {
        /// What would be right, in words.
        expected: &'static str,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {0}")]
    NoRandomness(#[from] rand::rngs::SysError),
    /// The master key's file is missing, and may not be made.
    #[error(
        "the master key file {0} does not exist; restore it from its backup, without it nothing stored can be read"
    )]
    MasterKeyMissing(PathBuf),
    /// The master key's file cannot be read or written.
    #[error("the master key file {path} cannot be used: {source}")]
    MasterKeyFile {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// Others than its owner may read the master key.
    #[error("the master key file {path} has mode {mode:03o}: others may read it; run chmod 600 {path}")]
    MasterKeyExposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file does not hold exactly 32 bytes.
    #[error("the master key file {path} does not hold exactly 32 bytes; restore it from its backup")]
    MasterKeyLength {
        /// The file.
        path: PathBuf,
    },
}

//! Two databases behind one connection type. The bare connection never leaves the platform: slices get a `TenantTx` or,
//! rarely, a `PlatformTx`, and reach rows only through them.
//!
//! Why a `MultiConnection`: one binary, backend chosen by configuration. Why our own connection manager: the generated
//! `establish` falls over from PostgreSQL to SQLite with the same string, and would write a file named after the password.

mod embedded;
mod migrate;
mod pool;
mod turn;
pub mod tx;
mod types;

pub use embedded::keep_checkpoints;
pub use migrate::{MigrateError, migrate};
pub use pool::{DbTarget, Pool};
pub use turn::Turn;
pub(in crate::platform) use turn::{Turns, Work};
pub use tx::{PlatformTable, PlatformTx, TenantTable, TenantTx};
pub(crate) use types::multi;
pub use types::{SqlTs, SqlUid, Ts};

pub use any::{AnyConnection, MultiBackend};

#[allow(missing_docs, reason = "the derive writes public items without documentation")]
mod any {
    /// Either database.
    #[derive(diesel::MultiConnection)]
    pub enum AnyConnection {
        /// For more than one node.
        Pg(diesel::PgConnection),
        /// The embedded default.
        Sqlite(diesel::SqliteConnection),
    }
}

/// Runs the same body on the concrete connection of either backend; all of diesel works inside.
macro_rules! on_each {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::platform::db::AnyConnection::Pg($c) => $body,
            $crate::platform::db::AnyConnection::Sqlite($c) => $body,
        }
    };
}
pub(crate) use on_each;

/// PostgreSQL says it in the language of the database, and the driver passes no code on: in English, Chinese, German,
/// French, Japanese. In another one a deadlock is a failure instead of a second run.
const DEADLOCK: [&str; 6] = ["deadlock detected", "死锁", "死結", "Verklemmung", "interblocage", "デッドロック"];

/// What can go wrong between an operation and its rows. Never shown to a caller in words: it becomes a 500 or 503.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or failed.
    #[error("database: {0}")]
    Database(#[from] diesel::result::Error),
    /// No connection was free in time.
    #[error("no database connection: {0}")]
    NoConnection(String),
    /// A row holds what no version of this program wrote.
    #[error("stored data is not readable: {0}")]
    Unreadable(String),
    /// A key could not be opened or a ciphertext does not fit its place.
    #[error("keyring: {0}")]
    Keyring(String),
}

impl StoreError {
    /// Whether the whole attempt may be run again: another transaction won, and nothing of ours was kept.
    pub fn is_conflict(&self) -> bool {
        use diesel::result::{DatabaseErrorKind as Kind, Error};
        match self {
            Self::Database(Error::DatabaseError(kind, info)) => {
                matches!(kind, Kind::SerializationFailure | Kind::UniqueViolation)
                    || DEADLOCK.iter().any(|word| info.message().contains(word))
                    || info.message().contains("database is locked")
            }
            Self::Database(_) | Self::NoConnection(_) | Self::Unreadable(_) | Self::Keyring(_) => false,
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(e: serde_json::Error) -> Self {
        Self::Unreadable(e.to_string())
    }
}

/// The answer of every store function.
pub type Stored<T> = Result<T, StoreError>;

/// The error of an update that found another version than the one it read: the attempt is run again.
pub fn lost_race() -> StoreError {
    StoreError::Database(diesel::result::Error::DatabaseError(
        diesel::result::DatabaseErrorKind::SerializationFailure,
        Box::new("the row changed since it was read".to_owned()),
    ))
}

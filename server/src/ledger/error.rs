//! Why something asked of the ledger was refused or could not be finished.

use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};
use policy_model::ledger::{ExportError, NodesError};
use std::io;

/// Why a question to the ledger has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There is no record of that number.
    #[error("there is no such record")]
    UnknownRecord,
    /// There is no such organisation, or it has no ledger yet.
    #[error("there is no such ledger")]
    UnknownLedger,
    /// No such growth can be proved.
    #[error("from {from} to {to} is no growth within the {size} records that are sealed")]
    NoGrowth {
        /// The size asked from.
        from: u64,
        /// The size asked to.
        to: u64,
        /// Records that are sealed.
        size: u64,
    },
    /// An outcome that no record has.
    #[error("`{0}` is no outcome")]
    UnknownOutcome(String),
    /// An actor that no record can have.
    #[error("`{0}` is nobody who acts here")]
    UnknownActor(String),
    /// More time than is counted at once.
    #[error("more than {days} days are not counted at once")]
    TooWide {
        /// Days at most.
        days: i64,
    },
    /// Too many streams of records are open.
    #[error("too many streams of records are open")]
    TooManyStreams,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for LedgerError {
    fn problem(&self) -> Problem {
        match self {
            Self::UnknownRecord => Problem::not_found("record"),
            Self::UnknownLedger => Problem::not_found("ledger"),
            Self::NoGrowth { size, .. } => Problem::invalid("ledger.no-growth")
                .at("/from")
                .detail(self.to_string())
                .help(format!("Send 0 <= from <= to <= {size}.")),
            Self::UnknownOutcome(_) => Problem::invalid("records.unknown-outcome")
                .at("/outcome")
                .detail(self.to_string())
                .help("Send done, permitted, refused or failed."),
            Self::UnknownActor(_) => Problem::invalid("records.unknown-actor")
                .at("/actor")
                .detail(self.to_string())
                .help("Send the id of a member, a key, a connector or a source, or the kind of a job."),
            Self::TooWide { days } => Problem::invalid("records.too-wide")
                .at("/since")
                .detail(self.to_string())
                .help(format!("Send a since and an until that are at most {days} days apart.")),
            Self::TooManyStreams => Problem::too_many("records.too-many-streams", 30)
                .detail("This session, or the server as a whole, has as many open as it may.")
                .help("Close one, or ask for `/records` every few seconds instead."),
            Self::Store(e) => Problem::store(e),
        }
    }
}

impl From<NodesError<StoreError>> for LedgerError {
    fn from(e: NodesError<StoreError>) -> Self {
        Self::Store(missing_nodes(e))
    }
}

/// An export stopped half way. What was written has no end line, so whoever reads it notices.
#[derive(Debug, thiserror::Error)]
pub enum ExportFailure {
    /// Nobody takes what is written any more, or the disk is full.
    #[error("the export could not be written: {0}")]
    Io(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ExportError<NodesError<StoreError>>> for ExportFailure {
    fn from(e: ExportError<NodesError<StoreError>>) -> Self {
        match e {
            ExportError::Io(e) => Self::Io(e),
            ExportError::Path(e) => Self::Store(StoreError::Unreadable(e.to_string())),
            ExportError::NotARecord(why) => Self::Store(StoreError::Unreadable(why)),
        }
    }
}

/// Hashes that are not stored where they must be, as a failure of the store.
pub(super) fn missing_nodes(e: NodesError<StoreError>) -> StoreError {
    match e {
        NodesError::Load(e) => e,
        NodesError::Incomplete(_) => StoreError::Unreadable(e.to_string()),
    }
}

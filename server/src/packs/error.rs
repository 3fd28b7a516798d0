//! What can be wrong with a question about packs.

use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};

/// Why a question about packs was refused.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The facts could not be read.
    #[error("{0}")]
    Facts(String),
    /// A setting cannot be so.
    #[error("{what}")]
    Invalid {
        /// What was found.
        what: String,
        /// The field.
        pointer: &'static str,
    },
    /// Somebody else changed the settings meanwhile.
    #[error("the settings are at version {0} now")]
    Stale(i64),
    /// There is no such pack.
    #[error("there is no pack `{0}`")]
    Unknown(String),
    /// There is no such clause.
    #[error("there is no clause `{0}`")]
    UnknownClause(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for PackError {
    fn problem(&self) -> Problem {
        match self {
            Self::Facts(why) => Problem::invalid("packs.facts")
                .detail(why.clone())
                .help("config/schema/facts.schema.json documents the shape."),
            Self::Invalid { pointer, .. } => {
                Problem::invalid("organisation.settings").detail(self.to_string()).at(*pointer)
            }
            Self::Stale(_) => {
                Problem::stale("organisation.stale").detail(self.to_string()).help("Read it again and repeat.")
            }
            Self::Unknown(_) => Problem::not_found("pack"),
            Self::UnknownClause(_) => Problem::not_found("clause"),
            Self::Store(e) => Problem::store(e),
        }
    }
}

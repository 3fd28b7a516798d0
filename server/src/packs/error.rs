//! What can be wrong with a question about packs.

use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};

/// Why a question about packs was refused.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The facts could not be read.
    #[error("{0}")]
    Facts(String),
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
            Self::Unknown(_) => Problem::not_found("pack"),
            Self::UnknownClause(_) => Problem::not_found("clause"),
            Self::Store(e) => Problem::store(e),
        }
    }
}

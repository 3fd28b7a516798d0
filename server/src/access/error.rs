//! What can be wrong with a request as a whole. What is wrong with one question is an answer, and that answer is no.

use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};

/// Questions of one request at most.
pub const MOST_QUESTIONS: usize = 10_000;

/// Why a request is not answered.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// It is not the JSON that the specification describes.
    #[error("the request cannot be read: {what}")]
    Unreadable {
        /// Where.
        pointer: &'static str,
        /// What is wrong there.
        what: String,
    },
    /// It asks too much at once.
    #[error("{0} questions in one request; at most {MOST_QUESTIONS} are answered")]
    TooMany(usize),
    /// The token belongs to another search.
    #[error("the page token belongs to another search")]
    OtherSearch,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for AccessError {
    fn problem(&self) -> Problem {
        let detail = self.to_string();
        match self {
            Self::Unreadable { pointer, .. } => Problem::malformed("access.unreadable")
                .at(*pointer)
                .detail(detail)
                .help("Send the JSON object that the AuthZEN Authorization API 1.0 describes; /api/openapi.json shows it."),
            Self::TooMany(_) => Problem::malformed("access.too-many")
                .at("/evaluations")
                .detail(detail)
                .help("Ask in several requests."),
            Self::OtherSearch => Problem::malformed("access.other-search")
                .at("/page/token")
                .detail(detail)
                .help("Send everything but the token as it was in the request before, or leave the token out to begin again."),
            Self::Store(e) => Problem::store(e),
        }
    }
}

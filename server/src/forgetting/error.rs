//! Why somebody is not forgotten.

use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};
use chrono::NaiveDate;

/// Why an order to forget was refused.
#[derive(Debug, thiserror::Error)]
pub enum ForgettingError {
    /// There is no such subject in this tenant.
    #[error("no such subject")]
    Unknown,
    /// An order needs a reason.
    #[error("a reason has 1 to 2,000 characters")]
    NoReason,
    /// They work here.
    #[error("they are a member")]
    Member,
    /// The case is open.
    #[error("their departure is still to be decided or done")]
    Departure,
    /// A hold covers them.
    #[error("a hold covers what is known of them")]
    Held,
    /// Something has to be found by name until then.
    #[error("something of theirs is kept through {0}")]
    Kept(NaiveDate),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for ForgettingError {
    fn problem(&self) -> Problem {
        let words = self.to_string();
        match self {
            Self::Unknown => Problem::not_found("subject"),
            Self::NoReason => Problem::invalid("forgetting.reason").detail(words).at("/reason").help("Say why."),
            Self::Member => Problem::conflict("forgetting.member").detail(words).help("Their membership ends first."),
            Self::Departure => {
                Problem::conflict("forgetting.departure").detail(words).help("It is completed or rescinded first.")
            }
            Self::Held => {
                Problem::conflict("forgetting.held").detail(words).help("The hold ends first.").clause("dingtalk-5.1-4")
            }
            Self::Kept(_) => Problem::conflict("forgetting.kept")
                .detail(words)
                .help("After that day it is deleted, and they are forgotten with it.")
                .clause("gbt35273-6.1-a"),
            Self::Store(e) => Problem::store(e),
        }
    }
}

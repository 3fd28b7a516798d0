//! Why somebody could not do something about their own data, or the privacy officer about a contest.

use crate::holdings::HoldingError;
use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum MyError {
    /// The organisation controls nothing of that class, or not that holding, as far as the caller can see.
    #[error("the organisation controls nothing of that which you could contest")]
    NothingToContest,
    /// There is an open one already.
    #[error("you have contested this already, and it is not answered yet")]
    ContestedAlready,
    /// No reason, or too long a one.
    #[error("a reason has 1 to 2,000 characters")]
    NoReason,
    /// There is no such contest.
    #[error("no such contest")]
    UnknownContest,
    /// It is answered.
    #[error("this contest was answered before")]
    Decided,
    /// It is the caller's own.
    #[error("nobody decides about their own contest")]
    OwnContest,
    /// The contact is empty or too long.
    #[error("{0}")]
    Contact(&'static str),
    /// Somebody changed it meanwhile.
    #[error("the contact was changed meanwhile")]
    Stale(i64),
    /// What holdings said.
    #[error(transparent)]
    Holding(#[from] HoldingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MyError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NothingToContest => "contests.nothing-to-contest",
            Self::ContestedAlready => "contests.open-already",
            Self::NoReason => "contests.reason",
            Self::UnknownContest => "contest.not-found",
            Self::Decided => "contests.decided",
            Self::OwnContest => "contests.own",
            Self::Contact(_) => "notice.contact",
            Self::Stale(_) => "notice.stale",
            Self::Holding(e) => e.code(),
            Self::Store(_) => "server.failed",
        }
    }
}

impl AsProblem for MyError {
    fn problem(&self) -> Problem {
        let problem = match self {
            Self::UnknownContest => return Problem::not_found("contest"),
            Self::Holding(e) => return e.problem(),
            Self::Store(e) => return Problem::store(e),
            Self::NothingToContest => Problem::conflict(self.code())
                .help("GET /api/v1/my/data shows what the organisation controls; name one of those classes."),
            Self::ContestedAlready => {
                Problem::conflict(self.code()).help("The answer will stand at GET /api/v1/my/contests.")
            }
            Self::NoReason => Problem::invalid(self.code()).at("/reason").help("Say why, in your own words."),
            Self::Decided => Problem::conflict(self.code()).help("The person can contest it again."),
            Self::OwnContest => {
                Problem::refused(self.code()).help("Another privacy officer answers it.").clause("gbt35273-11.1-e")
            }
            Self::Contact(_) => {
                Problem::invalid(self.code()).at("/contact").help("Say how to reach the privacy officer.")
            }
            Self::Stale(version) => {
                Problem::stale(self.code()).help(format!("It is at version {version} now: read it again."))
            }
        };
        problem.detail(format!("{self}."))
    }
}

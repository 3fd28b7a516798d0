//! What can be wrong with a request as a whole. What is wrong with one question is an answer, and that answer is no.

use crate::instructions::InstructionError;
use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};
use policy_model::decision::Reason;

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
    /// Only a person asks for themselves.
    #[error("only a person asks for access, and for themselves")]
    NotAPerson,
    /// It asks for too short or too long a time.
    #[error("access is asked for 15 to 10,080 minutes")]
    Minutes,
    /// It may be done already.
    #[error("it is permitted; nothing has to be asked for")]
    Permitted,
    /// Nobody could permit it.
    #[error("no request opens the way: {}", .0.texts().1)]
    NotRequestable(Reason),
    /// There is no such request of the caller's.
    #[error("no such request of yours")]
    NoRequest,
    /// Neither whom nor what it is about was said.
    #[error("say whom or what it is about")]
    NothingAsked,
    /// There is no such member.
    #[error("no such member")]
    UnknownMember,
    /// There is no such holding.
    #[error("no such holding")]
    UnknownHolding,
    /// The pack has no such class.
    #[error("the pack has no class `{0}`")]
    UnknownClass(String),
    /// There is no such operation.
    #[error("there is no operation `{0}`")]
    UnknownOperation(String),
    /// The instruction that it would be does not hold together.
    #[error(transparent)]
    Instruction(#[from] InstructionError),
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
            Self::NotAPerson => Problem::refused("access.not-a-person")
                .detail(detail)
                .help("Sign in, or have the person sign in.")
                .clause("gbt35273-7.1-d"),
            Self::Minutes => Problem::invalid("access.minutes").at("/minutes").detail(detail).help("Ask again when it is over."),
            Self::Permitted => Problem::conflict("access.permitted").detail(detail).help("Do it."),
            Self::NotRequestable(reason) => Problem::conflict("access.not-requestable")
                .detail(detail)
                .help(format!("The reason is `{}`; docs/reasons.md says what opens the way.", reason.code()))
                .clause(reason.clause()),
            Self::NothingAsked => {
                Problem::invalid("access.nothing-asked").detail(detail).help("Send `class`, `holding` or `member`.")
            }
            Self::UnknownMember => Problem::not_found("membership"),
            Self::UnknownHolding => Problem::not_found("holding"),
            Self::UnknownClass(_) => Problem::invalid("access.unknown-class").at("/class").detail(detail),
            Self::UnknownOperation(_) => Problem::invalid("access.unknown-operation").at("/operation").detail(detail),
            Self::NoRequest => Problem::not_found("request"),
            Self::Instruction(e) => e.problem(),
            Self::Store(e) => Problem::store(e),
        }
    }
}

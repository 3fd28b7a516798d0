//! Why something about a case was refused.

use crate::instructions::InstructionError;
use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};

/// Why something about a case was refused.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// There is no such case in this tenant, or it is not the caller's.
    #[error("no such case")]
    Unknown,
    /// Only a person opens, assigns and closes.
    #[error("only a person opens, assigns and closes a case")]
    NotAPerson,
    /// It would open data to whoever opens it.
    #[error("whoever opens or assigns a case cannot be assigned it")]
    OwnCase,
    /// It would open their own data to them, as if it were somebody else's.
    #[error("a case is not assigned to the person whom it is about")]
    AboutThemselves,
    /// The assignee does not work here.
    #[error("the assignee is not a member now")]
    NoMember,
    /// It says what it opens, and the rules do not have it so.
    #[error(transparent)]
    Instruction(#[from] InstructionError),
    /// A text is missing or too long.
    #[error("{0} has 1 to 2,000 characters")]
    Text(&'static str),
    /// It ends before it begins, or too late.
    #[error("what a case opens ends within 30 days")]
    Until,
    /// It is closed.
    #[error("the case is closed")]
    Closed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for CaseError {
    fn problem(&self) -> Problem {
        let words = self.to_string();
        match self {
            Self::Unknown => Problem::not_found("case"),
            Self::NotAPerson => Problem::refused("cases.not-a-person").detail(words).clause("gbt35273-7.1-e"),
            Self::OwnCase => Problem::refused("cases.own")
                .detail(words)
                .at("/assignee")
                .help("Assign it to somebody else, or have somebody else open it.")
                .clause("gbt35273-7.1-b"),
            Self::AboutThemselves => {
                Problem::refused("cases.about-themselves").detail(words).at("/assignee").clause("gbt35273-7.1-e")
            }
            Self::NoMember => {
                Problem::invalid("cases.assignee").detail(words).at("/assignee").help("GET /api/v1/members lists them.")
            }
            Self::Instruction(e) => e.problem(),
            Self::Text(field) => {
                Problem::invalid("cases.text").detail(words).at(format!("/{field}")).help("Say it in words.")
            }
            Self::Until => Problem::invalid("cases.until")
                .detail(words)
                .at("/until")
                .help("Prolong the case when it takes longer.")
                .clause("gbt35273-7.1-d"),
            Self::Closed => Problem::conflict("cases.closed").detail(words).help("Open another one."),
            Self::Store(e) => Problem::store(e),
        }
    }
}

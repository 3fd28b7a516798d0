//! Why something about a certification was refused.

use crate::instructions::InstructionError;
use crate::people::PeopleError;
use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};

/// Why something about a certification was refused.
#[derive(Debug, thiserror::Error)]
pub enum CertificationError {
    /// There is no such list in this tenant.
    #[error("no such certification")]
    Unknown,
    /// There is no such line on this list.
    #[error("a line is not on this list")]
    UnknownLine,
    /// Only a person certifies.
    #[error("only a person certifies")]
    NotAPerson,
    /// A list is being answered already.
    #[error("a list is being answered already")]
    AlreadyOpen,
    /// It is the caller's own.
    #[error("nobody certifies what they have themselves")]
    Own,
    /// Somebody has answered it, or it has ended.
    #[error("the line is settled: {0}")]
    Settled(&'static str),
    /// The time to answer is over.
    #[error("the time to answer is over")]
    Over,
    /// Too few or too many lines at once.
    #[error("1 to {0} different lines are answered at once")]
    Count(usize),
    /// Several lines are kept together where they are alike, and revoked one by one.
    #[error("several lines are answered together only to keep them, and only of one role")]
    NotAlike,
    /// Nobody could appoint anybody any more.
    #[error("nobody would be left who can appoint somebody")]
    LastWhoAppoints,
    /// A reason is missing or too long.
    #[error("a reason has 1 to 2,000 characters")]
    Reason,
    /// What ends the role refused.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// What ends the grant refused.
    #[error(transparent)]
    Instruction(#[from] InstructionError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for CertificationError {
    fn problem(&self) -> Problem {
        let words = self.to_string();
        match self {
            Self::Unknown => Problem::not_found("certification"),
            Self::UnknownLine => Problem::invalid("certification.unknown-line").detail(words).at("/lines"),
            Self::NotAPerson => {
                Problem::refused("certification.not-a-person").detail(words).clause("gbt35273-7.1-a-op")
            }
            Self::AlreadyOpen => Problem::conflict("certification.already-open")
                .detail(words)
                .help("Answer its lines, or wait until its time is over."),
            Self::Own => Problem::refused("certification.own")
                .detail(words)
                .help("Another person who may certify can answer it.")
                .clause("gbt35273-7.1-b"),
            Self::Settled(_) => Problem::conflict("certification.settled").detail(words),
            Self::Over => Problem::conflict("certification.over")
                .detail(words)
                .help("What was not answered ends or is raised within moments; read the list again."),
            Self::Count(_) => Problem::invalid("certification.count").detail(words).at("/lines"),
            Self::NotAlike => Problem::invalid("certification.not-alike")
                .detail(words)
                .at("/lines")
                .help("Answer the lines of each role apart, and revoke one by one."),
            Self::LastWhoAppoints => Problem::refused("certification.last-who-appoints")
                .detail(words)
                .help("Have somebody else appointed first.")
                .clause("gbt35273-7.1-c"),
            Self::Reason => Problem::invalid("request.reason").detail(words).at("/reason"),
            Self::People(e) => e.problem(),
            Self::Instruction(e) => e.problem(),
            Self::Store(e) => Problem::store(e),
        }
    }
}

//! Why a change is not rehearsed.

use super::model::MOST_DAYS;
use crate::instructions::InstructionError;
use crate::packs::PackError;
use crate::people::PeopleError;
use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};

/// Why a change is not rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// There is no such rehearsal in this tenant.
    #[error("no such rehearsal")]
    Unknown,
    /// It would change nothing that is permitted.
    #[error("there is no change to rehearse: {0}")]
    Nothing(&'static str),
    /// Too few or too many days of decisions.
    #[error("{0} days of decisions are not looked at; 1 to {MOST_DAYS} are")]
    Days(i32),
    /// Too many go on already.
    #[error("too many rehearsals go on already")]
    Busy,
    /// The instruction would be refused.
    #[error(transparent)]
    Instruction(#[from] InstructionError),
    /// The role would be refused.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The settings would be refused.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for RehearsalError {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::not_found("rehearsal"),
            Self::Nothing(_) => Problem::conflict("rehearsals.nothing").detail(self.to_string()).help(
                "Rehearse what waits for a yes before it has one, and a revocation while what it ends is in force.",
            ),
            Self::Days(_) => Problem::invalid("rehearsals.days")
                .detail(self.to_string())
                .at("/days")
                .help("Send 30, or leave it out."),
            Self::Busy => {
                Problem::conflict("rehearsals.busy").detail(self.to_string()).help("Wait until some are done.")
            }
            Self::Instruction(e) => e.problem(),
            Self::People(e) => e.problem(),
            Self::Pack(e) => e.problem(),
            Self::Store(e) => Problem::store(e),
        }
    }
}

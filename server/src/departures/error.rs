//! What can be wrong with a departure or with what somebody wants to do to one.

use super::model::State;
use crate::instructions::InstructionError;
use crate::orders::OrderError;
use crate::people::PeopleError;
use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};
use policy_model::departure::{PlanFault, WhyNot};

/// Why an operation on a departure was refused.
#[derive(Debug, thiserror::Error)]
pub enum DepartureError {
    /// There is no such departure in this tenant.
    #[error("no such departure")]
    Unknown,
    /// There is no such line in this departure.
    #[error("no such line")]
    UnknownLine,
    /// It stands where this cannot be done.
    #[error("the departure is {}", .0.as_str())]
    State(State),
    /// Nothing may be changed to that.
    #[error("{}", .0.reason_en())]
    WhyNot(WhyNot),
    /// The line is no longer the one that was read.
    #[error("somebody changed this line meanwhile")]
    Stale {
        /// The version it has now.
        version: i64,
    },
    /// No such disposition.
    #[error("`{0}` is no disposition")]
    UnknownDisposition(String),
    /// The successor is nobody who works here.
    #[error("the successor does not work here")]
    UnknownSuccessor,
    /// The successor is who leaves.
    #[error("nobody takes over from themselves")]
    SuccessorLeaves,
    /// Whoever was to take over has left meanwhile.
    #[error("a line hands something over to somebody who does not work here any more")]
    SuccessorGone,
    /// A change that the caller's approval does not reach.
    #[error("none of the instructions of this departure waits for you")]
    NothingToDecide,
    /// The facts contradict each other.
    #[error(transparent)]
    Fault(#[from] PlanFault),
    /// It is the caller's own.
    #[error("nobody plans, submits or calls off their own departure")]
    Own,
    /// The caller would receive what is handed over.
    #[error("a line hands something over to the person who plans it")]
    OwnHandover,
    /// A supplement deals with what came after the end, which nothing undoes.
    #[error("a supplement cannot be called off: the membership has ended")]
    Supplement,
    /// There is no certificate yet.
    #[error("the certificate is made when the departure is completed")]
    NoCertificate,
    /// What it says about people cannot be.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// What it orders cannot be.
    #[error(transparent)]
    Instruction(#[from] InstructionError),
    /// What it executes cannot be.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for DepartureError {
    fn problem(&self) -> Problem {
        let words = self.to_string();
        match self {
            Self::Unknown => Problem::not_found("departure"),
            Self::UnknownLine => Problem::not_found("line"),
            Self::State(state) => Problem::conflict("departures.state")
                .detail(words)
                .with("state", state.as_str())
                .help("Read it again: `can` says what may be done now."),
            Self::WhyNot(why) => {
                let problem = Problem::refused("departures.not-allowed")
                    .at("/disposition")
                    .detail(words)
                    .with("reason_zh", why.reason_zh())
                    .help("`changeable_to` lists what this line can be changed to.");
                why.clauses().into_iter().fold(problem, |p, c| p.clause(c))
            }
            Self::Stale { version } => Problem::stale("departures.line-changed")
                .detail(words)
                .with("version", *version)
                .help("Read the line again and repeat."),
            Self::UnknownDisposition(_) => Problem::invalid("departures.unknown-disposition")
                .detail(words)
                .at("/disposition")
                .help("retain, hand_over, hide, release, detach, anonymise or delete."),
            Self::UnknownSuccessor => Problem::invalid("departures.unknown-successor")
                .detail(words)
                .at("/successor")
                .help("Send the staff number of a present member."),
            Self::SuccessorLeaves => Problem::invalid("departures.successor-leaves")
                .detail(words)
                .at("/successor")
                .help("Send the staff number of a present member who stays."),
            Self::SuccessorGone => Problem::conflict("departures.successor-gone")
                .detail(words)
                .help("Name another successor for that line, or change what becomes of it."),
            Self::NothingToDecide => Problem::refused("departures.nothing-to-decide")
                .detail(words)
                .help("`waiting_for` on its instructions says whose yes is missing.")
                .clause("gbt35273-7.1-b"),
            Self::Fault(PlanFault::LeavesBeforeJoining { first, .. }) => {
                Problem::invalid("departures.leaves-before-joining")
                    .detail(words)
                    .at("/last_day")
                    .help(format!("Send {first} or later, or correct the first day."))
            }
            Self::Own => Problem::refused("departures.own-departure")
                .detail(words)
                .help("Another HR admin does it; the primary admin can appoint one.")
                .clause("gbt35273-7.1-b"),
            Self::OwnHandover => Problem::refused("departures.own-handover")
                .detail(words)
                .at("/successor")
                .help("Name another successor, or have another HR admin submit the plan.")
                .clause("gbt35273-7.1-b"),
            Self::Supplement => Problem::conflict("departures.supplement")
                .detail(words)
                .help("Change its lines, submit it, and it is carried out."),
            Self::Fault(PlanFault::GroupTwice(_)) => Problem::internal(),
            Self::NoCertificate => Problem::not_found("certificate").detail(words),
            Self::People(e) => e.problem(),
            Self::Instruction(e) => e.problem(),
            Self::Order(e) => e.problem(),
            Self::Store(e) => Problem::store(e),
        }
    }
}

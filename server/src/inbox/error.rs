//! Why something in the inbox was not decided.

use super::card::Likeness;
use crate::departures::DepartureError;
use crate::instructions::InstructionError;
use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};
use serde_json::{Value, json};

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// Nothing was named, or too much.
    #[error("a decision is about 1 to {} cards", super::decide::MOST)]
    Count,
    /// A card that nobody decides.
    #[error("`{0}` is no card with a yes or no")]
    NoDecision(String),
    /// Cards that differ in reason or risk.
    #[error("the cards differ in reason or risk")]
    NotAlike(Vec<(String, Likeness)>),
    /// Some of them cannot be decided now; nothing was.
    #[error("some of the cards cannot be decided, so none was")]
    NotAll(Vec<(String, Problem)>),
    /// The page is of another list.
    #[error("the page or its bound is not right")]
    Page(Problem),
    /// An instruction refused.
    #[error(transparent)]
    Instruction(#[from] InstructionError),
    /// A departure refused.
    #[error(transparent)]
    Departure(#[from] DepartureError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for InboxError {
    fn problem(&self) -> Problem {
        match self {
            Self::Count => Problem::invalid("inbox.count").at("/cards").detail(self.to_string()),
            Self::NoDecision(_) => Problem::invalid("inbox.no-decision")
                .at("/cards")
                .detail(self.to_string())
                .help("Send cards of the kind `approval`."),
            Self::NotAlike(cards) => Problem::invalid("inbox.not-alike")
                .at("/cards")
                .detail("Only what is alike in reason and risk is decided together.")
                .help("Decide what differs by itself.")
                .with("cards", cards.iter().map(|(id, alike)| json!({ "id": id, "alike": alike })).collect::<Value>()),
            Self::NotAll(cards) => Problem::conflict("inbox.not-all")
                .at("/cards")
                .detail("Some of these cannot be decided now. Nothing was decided.")
                .help("Leave them out, or look at them one by one.")
                .with(
                    "cards",
                    cards.iter().map(|(id, why)| json!({ "id": id, "why": why.to_json() })).collect::<Value>(),
                ),
            Self::Page(problem) => problem.clone(),
            Self::Instruction(e) => e.problem(),
            Self::Departure(e) => e.problem(),
            Self::Store(e) => Problem::store(e),
        }
    }
}

//! What can be wrong with what is said about holdings.

use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};

/// Why an operation on holdings was refused.
#[derive(Debug, thiserror::Error)]
pub enum HoldingError {
    /// The pack has no such class.
    #[error("the pack has no data class `{0}`")]
    UnknownClass(String),
    /// No subject was named.
    #[error("no subject is named")]
    NoSubject,
    /// More subjects than a holding may have.
    #[error("{0} subjects are more than a holding may have (5,000)")]
    TooManySubjects(usize),
    /// Nobody here has this staff number.
    #[error("nobody here has the staff number `{0}`")]
    UnknownSubject(String),
    /// The subject of a hold is nobody of this tenant.
    #[error("the subject is nobody here")]
    NobodyHere,
    /// A line is no text.
    #[error("the line is not UTF-8: byte {0} is none of a character")]
    NotText(usize),
    /// A count or size is negative, a date range is upside down, a locator is empty or too long.
    #[error("{0}")]
    Invalid(String),
    /// The facts could not be read.
    #[error("facts: {0}")]
    Facts(String),
    /// The vault does not take this class in.
    #[error("the vault does not take `{class}` in: {why}")]
    Refused {
        /// The class.
        class: String,
        /// Why.
        why: String,
        /// The clause.
        clause: &'static str,
    },
    /// What was deleted or anonymised came again, and nobody under whom it could be held anew works here.
    #[error("what has this locator was {0}, and nothing that was deleted returns")]
    Returned(&'static str),
    /// There is no such holding in this tenant.
    #[error("no such holding")]
    Unknown,
    /// The content is gone.
    #[error("the content of this holding is gone")]
    Gone,
    /// What is held is no record, or has no such field.
    #[error("what is held has no field `{0}`")]
    NoField(String),
    /// A reveal says why, in words that fit.
    #[error("a reveal says why, in 1 to 2,000 characters")]
    NoReason,
    /// There is no such connector in this tenant.
    #[error("no such connector")]
    UnknownConnector,
    /// A connector spoke for another.
    #[error("this key belongs to another connector")]
    ForeignConnector,
    /// A connector of that name exists.
    #[error("a connector of this name exists")]
    NameTaken,
    /// The address cannot be called.
    #[error("callback_url: {0}")]
    CallbackUrl(String),
    /// There is no such inventory.
    #[error("no such inventory")]
    UnknownInventory,
    /// It was compared already.
    #[error("the inventory is closed; ask for a new one")]
    InventoryClosed,
    /// There is no such consent.
    #[error("no such consent")]
    UnknownConsent,
    /// There is no such question.
    #[error("no such question")]
    UnknownQuestion,
    /// There is no such hold.
    #[error("no such hold")]
    UnknownHold,
    /// The instruction does not hold.
    #[error(transparent)]
    Instruction(#[from] crate::instructions::InstructionError),
    /// The decision said no.
    #[error(transparent)]
    Denied(#[from] crate::decisions::Denied),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HoldingError {
    /// The stable code, for problems and for the lines of a bulk report.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownClass(_) => "holdings.unknown-class",
            Self::NoSubject => "holdings.no-subject",
            Self::TooManySubjects(_) => "holdings.too-many-subjects",
            Self::UnknownSubject(_) => "holdings.unknown-subject",
            Self::NobodyHere => "holds.unknown-subject",
            Self::NotText(_) => "holdings.not-text",
            Self::Invalid(_) => "holdings.invalid",
            Self::Facts(_) => "holdings.facts",
            Self::Refused { .. } => "holdings.class-refused",
            Self::Returned(_) => "holdings.returned",
            Self::Unknown => "holding.not-found",
            Self::NoField(_) => "holdings.field",
            Self::NoReason => "holdings.reveal-reason",
            Self::Gone => "holdings.content-gone",
            Self::UnknownConnector => "connector.not-found",
            Self::ForeignConnector => "connectors.foreign",
            Self::NameTaken => "connectors.name-taken",
            Self::CallbackUrl(_) => "connectors.callback-url",
            Self::UnknownInventory => "inventory.not-found",
            Self::InventoryClosed => "inventory.closed",
            Self::UnknownQuestion => "question.not-found",
            Self::UnknownConsent => "consent.not-found",
            Self::UnknownHold => "hold.not-found",
            Self::Instruction(e) => e.code(),
            Self::Denied(_) => "decision.denied",
            Self::Store(_) => "server.failed",
        }
    }

    /// Which field was wrong, as a JSON pointer.
    pub fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::UnknownClass(_) | Self::Refused { .. } => Some("/class"),
            Self::NoSubject | Self::TooManySubjects(_) | Self::UnknownSubject(_) => Some("/subjects"),
            Self::NobodyHere => Some("/subject_id"),
            Self::Facts(_) => Some("/facts"),
            Self::CallbackUrl(_) => Some("/callback_url"),
            Self::NameTaken => Some("/name"),
            Self::Returned(_) => Some("/locator"),
            Self::NoField(_) => Some("/field"),
            Self::NoReason => Some("/reason"),
            Self::Invalid(_)
            | Self::NotText(_)
            | Self::Unknown
            | Self::Gone
            | Self::UnknownConnector
            | Self::ForeignConnector
            | Self::UnknownInventory
            | Self::InventoryClosed
            | Self::UnknownHold
            | Self::UnknownQuestion
            | Self::UnknownConsent
            | Self::Instruction(_)
            | Self::Denied(_)
            | Self::Store(_) => None,
        }
    }

    /// What would be right.
    fn help(&self) -> &'static str {
        match self {
            Self::UnknownClass(_) => "GET /api/v1/packs/current lists the classes.",
            Self::NoSubject | Self::UnknownSubject(_) => "Send staff numbers of members or former members.",
            Self::NobodyHere => "GET /api/v1/members shows each member's subject_id.",
            Self::TooManySubjects(_) => "Register it in parts.",
            Self::Facts(_) => "config/schema/facts.schema.json documents the shape.",
            Self::Refused { .. } => "Keep only what the clause allows, such as an irreversible template.",
            Self::CallbackUrl(_) => {
                "Send an https address, or have the operator allow this one in `allow_internal_addresses`."
            }
            Self::ForeignConnector => "Use the API key that was issued with this connector.",
            Self::Gone => "It was deleted or anonymised; the record of that is in the ledger.",
            Self::NotText(_) => "Send JSON lines in UTF-8.",
            Self::NameTaken => "Choose another name.",
            Self::NoField(_) => {
                "Name one field, its parts with dots between: `home.address`; or none, to reveal all of it."
            }
            Self::NoReason => "Say why it has to be seen in full.",
            Self::Returned(_) => {
                "Remove it there too. What came to be after a return is registered with its own `occurred_at`."
            }
            Self::Invalid(_)
            | Self::Unknown
            | Self::UnknownConnector
            | Self::UnknownInventory
            | Self::InventoryClosed
            | Self::UnknownHold
            | Self::UnknownQuestion
            | Self::UnknownConsent
            | Self::Instruction(_)
            | Self::Denied(_)
            | Self::Store(_) => "",
        }
    }
}

impl AsProblem for HoldingError {
    fn problem(&self) -> Problem {
        let problem = match self {
            Self::Unknown => return Problem::not_found("holding"),
            Self::UnknownConnector => return Problem::not_found("connector"),
            Self::UnknownInventory => return Problem::not_found("inventory"),
            Self::UnknownHold => return Problem::not_found("hold"),
            Self::UnknownQuestion => return Problem::not_found("question"),
            Self::UnknownConsent => return Problem::not_found("consent"),
            Self::Denied(denied) => return denied.problem(),
            Self::Instruction(e) => return e.problem(),
            Self::Store(e) => return Problem::store(e),
            Self::Refused { clause, .. } => Problem::refused(self.code()).clause(*clause),
            Self::ForeignConnector => Problem::refused(self.code()),
            Self::Gone | Self::Returned(_) | Self::NameTaken | Self::InventoryClosed => Problem::conflict(self.code()),
            Self::UnknownClass(_)
            | Self::NoSubject
            | Self::TooManySubjects(_)
            | Self::UnknownSubject(_)
            | Self::NobodyHere
            | Self::NotText(_)
            | Self::Invalid(_)
            | Self::NoField(_)
            | Self::NoReason
            | Self::Facts(_)
            | Self::CallbackUrl(_) => Problem::invalid(self.code()),
        };
        let problem = problem.detail(self.to_string());
        let problem = if self.help().is_empty() { problem } else { problem.help(self.help()) };
        match self.pointer() {
            Some(pointer) => problem.at(pointer),
            None => problem,
        }
    }
}

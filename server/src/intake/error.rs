//! What can be wrong with a message from an HR system.

use crate::departures::DepartureError;
use crate::people::PeopleError;
use crate::platform::db::{StoreError, Ts};
use crate::platform::http::{AsProblem, Problem};
use crate::platform::standard_webhooks::WebhookError;

/// Why a message was refused, kept aside, or not applied.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// There is no such source.
    #[error("no such source")]
    UnknownSource,
    /// The signature, age or headers are wrong: nothing was kept.
    #[error(transparent)]
    Signature(#[from] WebhookError),
    /// Larger than a message may be.
    #[error("the message has more than {0} bytes")]
    TooLarge(usize),
    /// Not JSON, or not of the shape of an event.
    #[error("the message cannot be read: {0}")]
    Unreadable(String),
    /// A kind of event we do not know.
    #[error(
        "`{0}` is no event; there are member.joined, member.changed, member.leaving, member.left, member.rescinded"
    )]
    UnknownEvent(String),
    /// A field that this kind of event needs.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field that is there and empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A field that is too long.
    #[error("{pointer} has more than {most} characters")]
    TooLong {
        /// The field.
        pointer: &'static str,
        /// The bound.
        most: usize,
    },
    /// A staff number that cannot be looked up.
    #[error("/data/staff_number is no staff number of 1 to 64 characters without control characters")]
    NoStaffNumber,
    /// A date that no calendar of ours reaches.
    #[error("{0} lies outside the years 1900 to 2999")]
    OutOfRange(&'static str),
    /// Said at an instant that has not come.
    #[error("it says that it was said at {}, more than {} seconds from now", .said_at.rfc3339(), .most.as_secs())]
    FromTheFuture {
        /// When.
        said_at: Ts,
        /// The most that is allowed.
        most: std::time::Duration,
    },
    /// The same message id came with another body.
    #[error("this message id was used for another message")]
    IdReused,
    /// There is no such message in this tenant.
    #[error("no such message")]
    UnknownMessage,
    /// It was applied; replaying it would do it again.
    #[error("the message was applied already")]
    Applied,
    /// Whom it was about was forgotten, and what it said with them.
    #[error("whom the message was about was forgotten, and what it said with them")]
    Forgotten,
    /// It needs somebody who has not joined yet.
    #[error("nobody here has this staff number yet")]
    Waiting,
    /// A source of that name is not possible.
    #[error("{0}")]
    Invalid(String),
    /// What it says about people cannot be.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// What it says about a departure cannot be.
    #[error(transparent)]
    Departure(#[from] DepartureError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl IntakeError {
    /// The stable code: a message that was kept aside shows it.
    pub fn code(&self) -> String {
        self.problem().code().to_owned()
    }
}

impl AsProblem for IntakeError {
    fn problem(&self) -> Problem {
        let words = self.to_string();
        match self {
            Self::UnknownSource => Problem::not_found("source"),
            Self::Signature(e) => signature_problem(e),
            Self::TooLarge(_) => Problem::too_large("intake.too-large").detail(words).by_nobody_known(),
            Self::Unreadable(_) => Problem::malformed("intake.unreadable").detail(words).help(
                "Send one JSON object {type, timestamp, data}; it is kept and can be replayed after a correction.",
            ),
            Self::UnknownEvent(_) => Problem::invalid("intake.unknown-event").detail(words).at("/type"),
            Self::Missing(pointer) => Problem::invalid("intake.missing").detail(words.clone()).at(*pointer),
            Self::Empty(pointer) => Problem::invalid("intake.empty").detail(words.clone()).at(*pointer),
            Self::TooLong { pointer, .. } => Problem::invalid("intake.too-long").detail(words.clone()).at(*pointer),
            Self::NoStaffNumber => Problem::invalid("intake.staff-number").detail(words).at("/data/staff_number"),
            Self::OutOfRange(pointer) => Problem::invalid("intake.out-of-range").detail(words.clone()).at(*pointer),
            Self::FromTheFuture { .. } => Problem::invalid("intake.from-the-future")
                .detail(words)
                .at("/timestamp")
                .help("Send when it was said, not from when on it holds. It is kept, and can be replayed when that time has come."),
            Self::IdReused => Problem::conflict("intake.id-reused")
                .detail(words)
                .help("Give every message an id of its own, and the same one only to its repeats."),
            Self::UnknownMessage => Problem::not_found("message"),
            Self::Applied => Problem::conflict("intake.applied").detail(words),
            Self::Forgotten => Problem::conflict("intake.forgotten").detail(words),
            Self::Waiting => Problem::conflict("intake.waiting")
                .detail(words)
                .help("It is kept and applied when the joining arrives."),
            Self::Invalid(_) => Problem::invalid("intake.invalid").detail(words),
            Self::People(e) => e.problem(),
            Self::Departure(e) => e.problem(),
            Self::Store(e) => Problem::store(e),
        }
    }
}

fn signature_problem(e: &WebhookError) -> Problem {
    match e {
        WebhookError::TooOld { .. } | WebhookError::TooEarly { .. } => Problem::malformed("intake.stale")
            .detail(e.to_string())
            .help("Sign every try anew, with the instant of that try."),
        _ => Problem::unauthenticated("intake.signature").detail(e.to_string()).by_nobody_known(),
    }
}

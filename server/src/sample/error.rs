//! Why the sample was not made. Each is a fault of this program or its surroundings, never of a user's input.

use crate::holdings::{HoldingError, RegistrationReport};
use crate::intake::IntakeError;
use crate::organisations::OrganisationError;
use crate::people::PeopleError;
use crate::platform::db::StoreError;
use crate::platform::keyring::KeyringError;
use crate::platform::sign_in::SignInError;

/// Why the sample was not made.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// A table of the sample lacks something.
    #[error("the sample's table {0} lacks something that another one names")]
    Table(&'static str),
    /// A table of the sample cannot be read.
    #[error("the sample's tables: {0}")]
    Csv(#[from] csv::Error),
    /// A table of the sample cannot be read.
    #[error("the sample's tables: {0}")]
    Json(#[from] serde_json::Error),
    /// A holding of the sample was not accepted.
    #[error("the sample's holdings: line {line}: {reason}", line = .0.line, reason = .0.reason)]
    Rejected(crate::holdings::RejectedLine),
    /// The organisation was not made.
    #[error(transparent)]
    Organisation(#[from] OrganisationError),
    /// Somebody could not be hired, or not given their role.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// A holding was not accepted.
    #[error(transparent)]
    Holding(#[from] HoldingError),
    /// The source was not made.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// An account was not made.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// An address or number is none.
    #[error(transparent)]
    Identifier(#[from] KeyringError),
    /// What is shown only once could not be kept.
    #[error("the secrets of the sample cannot be kept: {0}")]
    Keep(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SampleError {
    /// The first line that was rejected, if any was.
    pub(super) fn of_report(report: RegistrationReport) -> Result<(), Self> {
        report.rejected.into_iter().next().map_or(Ok(()), |line| Err(Self::Rejected(line)))
    }
}

//! What can go wrong with an order or a report on one.

use crate::instructions::InstructionError;
use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};

/// Why an operation on orders was refused.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// There is no such order in this tenant.
    #[error("no such order")]
    Unknown,
    /// There is no such delivery for this connector.
    #[error("no such delivery")]
    UnknownDelivery,
    /// Everything of the delivery is settled.
    #[error("nothing of this delivery is open and nothing of it has failed, or its order was taken back")]
    Reported,
    /// A report on something that was not in the delivery.
    #[error("the delivery holds no `{0}`")]
    UnknownLocator(String),
    /// A report that is too large.
    #[error("a report has at most {0} items")]
    TooMany(usize),
    /// A key spoke for another connector.
    #[error(transparent)]
    Connector(#[from] crate::holdings::HoldingError),
    /// The instruction does not hold.
    #[error(transparent)]
    Instruction(#[from] InstructionError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for OrderError {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::not_found("order"),
            Self::UnknownDelivery => Problem::not_found("delivery"),
            Self::Reported => Problem::conflict("orders.reported").detail(self.to_string()),
            Self::UnknownLocator(_) => Problem::invalid("orders.unknown-locator")
                .detail(self.to_string())
                .at("/items")
                .help("Report on the locators of the delivery, and on no others."),
            Self::TooMany(_) => Problem::too_large("orders.report-too-large").detail(self.to_string()),
            Self::Connector(e) => e.problem(),
            Self::Instruction(e) => e.problem(),
            Self::Store(e) => Problem::store(e),
        }
    }
}

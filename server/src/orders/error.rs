//! What can go wrong with an order or a report on one.

use crate::holdings::Reach;
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
    /// An order by hand that would touch nothing.
    #[error("this order would touch nothing")]
    ReachesNothing(Box<Reach>),
    /// The instruction takes no copies out of the vault.
    #[error("this instruction has no package")]
    NoPackage,
    /// Somebody else is named.
    #[error("this instruction names somebody else to carry it out")]
    OtherExecutor,
    /// It is still being gathered.
    #[error("the package is not ready yet")]
    PackageNotReady,
    /// Too late.
    #[error("the time in which the package could be fetched is over")]
    PackageOver,
    /// There is no such person or department.
    #[error(transparent)]
    People(#[from] crate::people::PeopleError),
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
            Self::ReachesNothing(reach) => {
                let left_out =
                    reach.left_out.iter().map(|(why, n)| format!("{n} {}", why.as_str())).collect::<Vec<_>>();
                Problem::conflict("orders.reaches-nothing")
                    .detail(if left_out.is_empty() {
                        "Nothing of these classes is held about these people.".into()
                    } else {
                        format!("Everything that fits is left out: {}.", left_out.join(", "))
                    })
                    .help("POST /api/v1/instructions/preview says what an order would touch.")
            }
            Self::NoPackage => Problem::not_found("package"),
            Self::OtherExecutor => Problem::refused("orders.other-executor")
                .detail(self.to_string())
                .help("Whoever the instruction names can fetch it.")
                .clause("gbt35273-7.1-b"),
            Self::PackageNotReady => {
                Problem::conflict("orders.package-not-ready").detail(self.to_string()).help("Try again in a moment.")
            }
            Self::PackageOver => {
                Problem::conflict("orders.package-over").detail(self.to_string()).help("Propose the instruction again.")
            }
            Self::People(e) => e.problem(),
            Self::Connector(e) => e.problem(),
            Self::Instruction(e) => e.problem(),
            Self::Store(e) => Problem::store(e),
        }
    }
}

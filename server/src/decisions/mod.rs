//! Decisions: may this person do this to that data, for this purpose, and by what authority?
//!
//! ```text
//! standing.rs   who would do it: membership, roles, until when
//! weigh.rs      the data, the question, what is in force; handed to the rules (policy_model::decision), which answer
//! ```
//!
//! The answer leaves a record, yes or no. Where Tenure itself reads the vault, a yes is a [`Permit`] that the one call it was
//! made for uses up; an application that asked gets the answer and its obligations.

mod standing;
mod weigh;

pub use standing::{Standing, standing, standings};
pub use weigh::{Asked, Data, Law, law, record, weigh, weigh_all, weigh_if_granted};

use crate::instructions::{InForce, Policies};
use crate::packs;
use crate::platform::attempt::Own;
use crate::platform::db::{StoreError, TenantTx};
use crate::platform::http::{AsProblem, Problem};
use crate::platform::ids::{HoldingId, SubjectId};
use crate::platform::record::{Outcome, Record};
use policy_model::class::Mask;
use policy_model::decision::{self, Agreement, Answer, Control, Reason, Remedy, Restriction, Separation};

/// A yes, for one holding's one side, once. Nothing but [`decide`] makes one.
///
/// ```compile_fail
/// let permit = tenure::decisions::Permit { holding: todo!(), subject: todo!(), mask: todo!() };
/// ```
#[derive(Debug)]
pub struct Permit {
    holding: HoldingId,
    subject: SubjectId,
    mask: Mask,
}

impl Permit {
    /// Uses the permit up: which holding, whose side, and through which mask it is seen.
    pub(crate) fn into_target(self) -> (HoldingId, SubjectId, Mask) {
        (self.holding, self.subject, self.mask)
    }
}

/// The first reason why not.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// A rule says no, or not yet.
    #[error("{}", .0.texts().1)]
    Because(Reason),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for Denied {
    fn problem(&self) -> Problem {
        match self {
            Self::Store(e) => Problem::store(e),
            Self::Because(reason) => {
                let problem = Problem::refused(reason.code()).detail(self.to_string()).clause(reason.clause());
                match help(reason.remedy()) {
                    Some(help) => problem.help(help),
                    None => problem,
                }
            }
        }
    }
}

fn help(remedy: Remedy) -> Option<&'static str> {
    match remedy {
        Remedy::None => None,
        Remedy::Instruction => Some("A security admin can propose a standing instruction for this."),
        Remedy::Exceptional => Some("Ask for an exceptional instruction that names you, this person and the purpose."),
        Remedy::Order => Some("Have it approved as an order first."),
        Remedy::Person => Some("Ask the person."),
    }
}

/// Decides about one side of a holding for the transaction's actor, and leaves the record of it either way.
///
/// A refusal's record stands in the caller's transaction; a caller that rolls back on a refusal has the attempt's own
/// record of it, so that no refused try goes unrecorded.
pub fn decide(tx: &mut TenantTx<'_>, policies: &Policies, data: &Data, asked: &Asked<'_>) -> Result<Permit, Denied> {
    let caller = match tx.actor().membership() {
        Some(membership) => standing(tx, membership)?,
        None => None,
    };
    let law = law(tx, policies)?;
    let (answer, by) = match &caller {
        Some(caller) if !tx.platform().clock().is_sure() => (Answer::Deny(Reason::ClockUnsure), Some(caller)),
        Some(caller) => (weigh(&law, caller, data, asked, tx.now()), Some(caller)),
        None => (Answer::Deny(Reason::UnknownSubject), None),
    };
    tx.record(record("decide", by, std::iter::once(data), asked, &answer));
    match (answer, data.holding, data.subject) {
        (Answer::Permit { mask, .. }, Some(holding), Some(subject)) => Ok(Permit { holding, subject, mask }),
        (answer, ..) => Err(Denied::Because(answer.reason())),
    }
}

/// Decides on a copy for the person whose side it is: the transaction's actor, member or not any more. Leaves the record
/// either way; the caller goes on with the next holding.
pub fn decide_own(tx: &mut TenantTx<'_>, own: Own, data: &Data) -> Result<Permit, Denied> {
    let (Some(holding), true) = (data.holding, data.subject == Some(own.subject())) else {
        return Err(Denied::Because(Reason::UnknownResource));
    };
    let reason = decision::own_copy(data.control, data.restriction);
    let record = Record::of("decide")
        .on("holding", holding)
        .about(own.subject())
        .class(&data.class)
        .under("subject")
        .with("operation", "export")
        .with("rule", data.rule.clone());
    if reason.permits() {
        tx.record(record.ended(Outcome::Permitted, reason.code()));
        return Ok(Permit { holding, subject: own.subject(), mask: Mask::None });
    }
    tx.record(record.ended(Outcome::Refused, reason.code()).citing([reason.clause()]));
    Err(Denied::Because(reason))
}

/// Decides on copying one holding out under an order that names who carries it out, and asks nothing that its approvers were
/// not asked: a claim or a duty reaches what takes no part in everyday business, but neither what is the person's own nor
/// what is gone. Leaves the record either way; the caller goes on with the next holding.
pub fn decide_under(tx: &mut TenantTx<'_>, order: &InForce, data: &Data) -> Result<Permit, Denied> {
    let (Some(holding), Some(subject)) = (data.holding, data.subject) else {
        return Err(Denied::Because(Reason::UnknownResource));
    };
    let is_named = order.executor().is_some() && order.executor() == tx.actor().subject();
    let standing = match tx.actor().membership() {
        Some(membership) => standing(tx, membership)?,
        None => None,
    };
    let pack = packs::in_force(tx)?;
    let is_kept = standing.is_some_and(|who| weigh::separation(&pack, &who) == Separation::KeptFromData);
    let reason = match (is_named, data.control, data.restriction) {
        (false, ..) => Reason::NoInstruction,
        (true, ..) if is_kept => Reason::KeptFromData,
        (true, Control::Person, _) => Reason::PersonsOwn,
        (true, Control::Unsettled, _) => Reason::Unsettled,
        (true, Control::ByConsent(Agreement::Missing), _) => Reason::NoConsent,
        (true, _, Restriction::Gone) => Reason::Gone,
        (true, _, Restriction::LetGo) => Reason::LetGo,
        (true, _, Restriction::None | Restriction::KeptByLaw | Restriction::SubjectLeft) => Reason::Permitted,
    };
    let record = Record::of("decide")
        .on("holding", holding)
        .about(subject)
        .class(&data.class)
        .purpose(order.purpose())
        .under(order.id())
        .with("operation", order.action().as_str())
        .with("rule", data.rule.clone());
    if reason.permits() {
        tx.record(record.ended(Outcome::Permitted, reason.code()));
        return Ok(Permit { holding, subject, mask: Mask::None });
    }
    tx.record(record.ended(Outcome::Refused, reason.code()).citing([reason.clause()]));
    Err(Denied::Because(reason))
}

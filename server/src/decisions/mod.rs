//! Decisions: may this caller do this to that person's data, for this purpose, and by what authority?
//!
//! casbin permits role × class × operation × purpose → the ruling says organisation → no restriction stands against it →
//! a sensitive class is opened by a task of the caller's own (gbt35273-7.1-e). The answer leaves a record, yes or no, and a yes is a
//! [`Permit`] that the one call it was made for uses up.

use crate::holdings::{Holding, HoldingState, Side, SideState};
use crate::instructions::{Policies, names_of_caller};
use crate::packs;
use crate::platform::db::{StoreError, Stored, TenantTx};
use crate::platform::http::{AsProblem, Problem};
use crate::platform::ids::{HoldingId, SubjectId};
use crate::platform::record::{Outcome, Record};

/// A yes, for one holding's one side, once. Nothing but [`decide`] makes one.
///
/// ```compile_fail
/// let permit = tenure::decisions::Permit { holding: todo!(), subject: todo!() };
/// ```
#[derive(Debug)]
pub struct Permit {
    holding: HoldingId,
    subject: SubjectId,
}

impl Permit {
    /// Uses the permit up.
    pub(crate) fn into_target(self) -> (HoldingId, SubjectId) {
        (self.holding, self.subject)
    }
}

/// What is asked.
#[derive(Debug)]
pub struct Ask<'a> {
    /// To what.
    pub holding: &'a Holding,
    /// To whose side of it.
    pub side: &'a Side,
    /// What: `read`, `correct` …
    pub operation: &'a str,
    /// For what purpose.
    pub purpose: &'a str,
}

/// The first reason why not.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// No instruction in force permits it.
    #[error("no instruction in force permits `{operation}` of `{class}` for `{purpose}`")]
    NoInstruction {
        /// The operation.
        operation: String,
        /// The class.
        class: String,
        /// The purpose.
        purpose: String,
    },
    /// The data is the person's own.
    #[error("this data is the person's own; the organisation does not process it")]
    PersonsOwn {
        /// By which rule.
        rule: String,
    },
    /// A sensitive class without a task of the caller's own.
    #[error("this class is sensitive; it needs a task of your own on this person's data")]
    NoTask,
    /// It is kept by law only, hidden, handed over or gone.
    #[error("this data is {0} and takes no part in everyday business")]
    Restricted(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Denied {
    fn code(&self) -> &'static str {
        match self {
            Self::NoInstruction { .. } => "decision.no-instruction",
            Self::PersonsOwn { .. } => "decision.persons-own",
            Self::NoTask => "decision.no-task",
            Self::Restricted(_) => "decision.restricted",
            Self::Store(_) => "server.failed",
        }
    }

    fn clause(&self) -> &'static str {
        match self {
            Self::NoInstruction { .. } => "dingtalk-3.6.2-instruct",
            Self::PersonsOwn { .. } => "dingtalk-def-12",
            Self::NoTask => "gbt35273-7.1-e",
            Self::Restricted(_) => "gbt35273-8.5-f",
            Self::Store(_) => "",
        }
    }
}

impl AsProblem for Denied {
    fn problem(&self) -> Problem {
        if let Self::Store(e) = self {
            return Problem::store(e);
        }
        let help = match self {
            Self::NoInstruction { .. } => "A security admin can propose a standing instruction for this.",
            Self::PersonsOwn { .. } => "Ask the person.",
            Self::NoTask => "Ask for an exceptional instruction that names you, this person and the purpose.",
            Self::Restricted(_) => "The privacy officer can tell why it is kept and until when.",
            Self::Store(_) => "",
        };
        Problem::refused(self.code()).detail(self.to_string()).help(help).clause(self.clause())
    }
}

/// Decides, and leaves the record of it either way.
///
/// A refusal's record stands in the caller's transaction; a caller that rolls back on a refusal has the attempt's own
/// record of it, so that no refused try goes unrecorded.
pub fn decide(tx: &mut TenantTx<'_>, policies: &Policies, ask: &Ask<'_>) -> Result<Permit, Denied> {
    let record = Record::of("decide")
        .on("holding", ask.holding.id)
        .about(ask.side.subject_id)
        .class(&ask.holding.class)
        .purpose(ask.purpose)
        .with("operation", ask.operation);
    match authority(tx, policies, ask) {
        Ok(rests_on) => {
            tx.record(record.under(rests_on).ended(Outcome::Permitted, "decision.permitted"));
            Ok(Permit { holding: ask.holding.id, subject: ask.side.subject_id })
        }
        Err(Denied::Store(e)) => Err(e.into()),
        Err(denied) => {
            tx.record(record.ended(Outcome::Refused, denied.code()).citing([denied.clause()]));
            Err(denied)
        }
    }
}

/// What a yes rests on, or the first reason why not.
fn authority(tx: &mut TenantTx<'_>, policies: &Policies, ask: &Ask<'_>) -> Result<String, Denied> {
    if tx.actor().subject() == Some(ask.side.subject_id) && own_sight(ask) {
        return Ok("subject".into());
    }
    if ask.side.controller != "organisation" {
        return Err(Denied::PersonsOwn { rule: ask.side.rule.clone() });
    }
    restriction(ask)?;
    let names = names_of_caller(tx)?;
    let policy = policies.of(tx)?;
    let Some(source) = policy.permits(&names, &ask.holding.class, ask.operation, ask.purpose) else {
        return Err(Denied::NoInstruction {
            operation: ask.operation.into(),
            class: ask.holding.class.clone(),
            purpose: ask.purpose.into(),
        });
    };
    if is_sensitive(tx, &ask.holding.class)? && !crate::instructions::is_own_task(tx, &source, ask.side.subject_id)? {
        return Err(Denied::NoTask);
    }
    Ok(source)
}

/// People see their own data: what is theirs, and what the organisation has not hidden from them (gbt35273-8.1).
fn own_sight(ask: &Ask<'_>) -> bool {
    ask.operation == "read"
        && ask.holding.state == HoldingState::Held
        && match ask.side.state {
            SideState::Active | SideState::Released | SideState::Detached => true,
            SideState::Hidden | SideState::HandedOver | SideState::Retained | SideState::Ended => false,
        }
}

fn restriction(ask: &Ask<'_>) -> Result<(), Denied> {
    if ask.holding.state != HoldingState::Held {
        return Err(Denied::Restricted("gone"));
    }
    match ask.side.state {
        SideState::Active | SideState::HandedOver | SideState::Hidden | SideState::Released => Ok(()),
        SideState::Retained => Err(Denied::Restricted("kept by law only")),
        SideState::Detached => Err(Denied::Restricted("let go of")),
        SideState::Ended => Err(Denied::Restricted("gone")),
    }
}

fn is_sensitive(tx: &mut TenantTx<'_>, class: &str) -> Stored<bool> {
    Ok(packs::in_force(tx)?.class(class).is_none_or(|c| c.sensitive))
}

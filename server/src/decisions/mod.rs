//! Decisions: may this caller do this to that person's data, for this purpose, and by what authority?
//!
//! casbin permits role × class × operation × purpose → the ruling says organisation → no restriction stands against it →
//! a sensitive class is opened by a task of the caller's own (gbt35273-7.1-e). The answer leaves a record, yes or no, and a yes is a
//! [`Permit`] that the one call it was made for uses up.

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

/// What is asked, in terms that need no table: who keeps the data states what stands against it.
#[derive(Debug)]
pub struct Ask<'a> {
    /// To what.
    pub holding: HoldingId,
    /// To whose side of it.
    pub subject: SubjectId,
    /// Of which class.
    pub class: &'a str,
    /// Whether the ruling says organisation.
    pub is_organisations: bool,
    /// By which rule.
    pub rule: &'a str,
    /// What keeps it out of everyday business, if anything does.
    pub restriction: Option<&'static str>,
    /// Whether its subject may see it.
    pub is_visible_to_subject: bool,
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
        .on("holding", ask.holding)
        .about(ask.subject)
        .class(ask.class)
        .purpose(ask.purpose)
        .with("operation", ask.operation);
    match authority(tx, policies, ask) {
        Ok(rests_on) => {
            tx.record(record.under(rests_on).ended(Outcome::Permitted, "decision.permitted"));
            Ok(Permit { holding: ask.holding, subject: ask.subject })
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
    // People see their own data: what is theirs, and what the organisation has not hidden from them (gbt35273-8.1-a).
    if tx.actor().subject() == Some(ask.subject) && ask.operation == "read" && ask.is_visible_to_subject {
        return Ok("subject".into());
    }
    if !ask.is_organisations {
        return Err(Denied::PersonsOwn { rule: ask.rule.to_owned() });
    }
    if let Some(restriction) = ask.restriction {
        return Err(Denied::Restricted(restriction));
    }
    let names = names_of_caller(tx)?;
    let policy = policies.of(tx)?;
    let Some(source) = policy.permits(&names, ask.subject, ask.class, ask.operation, ask.purpose) else {
        return Err(Denied::NoInstruction {
            operation: ask.operation.into(),
            class: ask.class.to_owned(),
            purpose: ask.purpose.into(),
        });
    };
    if is_sensitive(tx, ask.class)? && !crate::instructions::is_own_task(tx, &source, ask.subject)? {
        return Err(Denied::NoTask);
    }
    Ok(source)
}

fn is_sensitive(tx: &mut TenantTx<'_>, class: &str) -> Stored<bool> {
    Ok(packs::in_force(tx)?.class(class).is_none_or(|c| c.sensitive))
}

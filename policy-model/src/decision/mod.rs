//! Decisions: may this be done to that data? Facts go in; a yes with its obligations, or the first reason why not, comes out.
//!
//! The steps are read in their order (design §3), and [`reason`] has every answer that they can give. What always holds:
//! a fact that nobody knows never permits, and a stricter fact never turns a no into a yes.

pub mod reason;
pub mod rehearsal;
pub mod table;

use crate::approval::ApprovalRule;
use crate::class::Mask;
use crate::instruction::Action;
use crate::ruling::Controller;

pub use reason::{Reason, Remedy, Step};
pub use table::{Authority, Line, Question, Reach, Table};

/// What can be done to data, beside what orders do ([`Action`]).
pub const OPERATIONS: [&str; 2] = ["read", "reveal"];

/// Whether there is such an operation at all.
pub fn is_operation(word: &str) -> bool {
    OPERATIONS.contains(&word) || Action::ALL.iter().any(|action| action.as_str() == word && !is_grant(*action))
}

fn is_grant(action: Action) -> bool {
    matches!(action, Action::Standing | Action::Exceptional | Action::Case)
}

/// Whose data it is, seen from who would read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It is the caller's own, and nothing hides it from them.
    OwnAndVisible,
    /// It is another's, or hidden from its subject.
    Others,
}

/// Whether the caller belongs to the organisation now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenure {
    /// They do.
    Stands,
    /// It has ended (gbt35273-11.6-c).
    Ended,
}

/// Whether the caller's roles are kept apart from working with data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separation {
    /// None is.
    Free,
    /// One is (gbt35273-7.1-c).
    KeptFromData,
}

/// What the ruling says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// The organisation controls it, whatever the person says.
    Organisation,
    /// The organisation controls it because the person agreed.
    ByConsent(Agreement),
    /// It is the person's.
    Person,
    /// Nobody has settled it.
    Unsettled,
}

impl Control {
    /// From a ruling's words.
    pub fn of(controller: Controller, is_settled: bool) -> Self {
        match (controller, is_settled) {
            (Controller::Organisation, _) => Self::Organisation,
            (Controller::Person, true) => Self::Person,
            (Controller::Person, false) => Self::Unsettled,
        }
    }
}

/// Whether the consent that control rests on is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// It was given expressly and not taken back.
    InForce,
    /// It was never given, or was taken back.
    Missing,
}

/// What keeps data out of everyday business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restriction {
    /// Nothing does.
    None,
    /// A law has it kept, and that is all (gbt35273-8.5-f).
    KeptByLaw,
    /// The organisation has let go of it.
    LetGo,
    /// It was deleted.
    Gone,
    /// Its subject has left, and it is not said which of their data is meant.
    SubjectLeft,
}

/// How many people's data at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Volume {
    /// So many.
    pub people: u32,
    /// From so many on it takes an approval.
    pub threshold: Option<u32>,
}

impl Volume {
    /// One person's data, whatever the threshold.
    pub const ONE: Self = Self { people: 1, threshold: None };
}

/// From how many people on an operation takes an approval of its own. Reading many is a copy of many (gbt35273-7.1-b).
pub fn threshold(rules: &[ApprovalRule], operation: &str) -> Option<u32> {
    let word = if OPERATIONS.contains(&operation) { Action::Export.as_str() } else { operation };
    let counts = |rule: &&ApprovalRule| {
        rule.subjects_from > 1 && !rule.approvers.is_empty() && rule.actions.iter().any(|a| a.as_str() == word)
    };
    rules.iter().filter(counts).map(|rule| rule.subjects_from).min()
}

/// Everything that a decision looks at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'f> {
    /// Whether the caller belongs to the organisation.
    pub tenure: Tenure,
    /// Whether one of their roles keeps them from data.
    pub separation: Separation,
    /// Whose data it is, seen from the caller.
    pub relation: Relation,
    /// What would be done.
    pub operation: &'f str,
    /// What for; empty when nobody said.
    pub purpose: &'f str,
    /// What the policy in force says.
    pub authority: Authority<'f>,
    /// What the ruling says.
    pub control: Control,
    /// Whether the class is sensitive for this person.
    pub sensitive: Sensitive,
    /// The case that opens this person's data to the caller, if one is open.
    pub case: Option<&'f str>,
    /// What keeps the data out of everyday business.
    pub restriction: Restriction,
    /// How much at once.
    pub volume: Volume,
    /// How the class is shown to those who need not see all of it.
    pub mask: Mask,
}

/// Whether a class is sensitive (gbt35273-3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitive {
    /// It is, or nobody has looked at it yet.
    Yes,
    /// It is not.
    No,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'f> {
    /// It may be done.
    Permit {
        /// Why: an instruction, or that it is one's own.
        reason: Reason,
        /// What it rests on: an instruction's id, a case's, `subject`.
        rests_on: &'f str,
        /// How what is read has to be shown.
        mask: Mask,
    },
    /// It may not be done.
    Deny(Reason),
    /// It may be done once that has been approved.
    NeedsApproval(Reason),
}

impl Answer<'_> {
    /// The reason, whichever answer it is.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Permit { reason, .. } | Self::Deny(reason) | Self::NeedsApproval(reason) => *reason,
        }
    }
}

/// Decides.
pub fn decide<'f>(facts: &Facts<'f>) -> Answer<'f> {
    if facts.tenure == Tenure::Stands && facts.relation == Relation::OwnAndVisible && facts.operation == "read" {
        // People see their own data: what is theirs, and what the organisation has not hidden from them.
        return Answer::Permit { reason: Reason::OwnData, rests_on: "subject", mask: Mask::None };
    }
    match rests_on(facts) {
        Ok(rests_on) => Answer::Permit { reason: Reason::Permitted, rests_on, mask: mask(facts) },
        Err(reason @ Reason::NeedsApproval) => Answer::NeedsApproval(reason),
        Err(reason) => Answer::Deny(reason),
    }
}

/// Whether somebody may take a copy of data that is their own side: what is theirs by its ruling, or treated as theirs while
/// nobody settled it, as long as it is there. It takes no membership and no instruction: what is a person's own stays theirs
/// when they leave (gbt35273-8.6-a). What is the organisation's is not copied out this way, whoever it is about.
pub fn own_copy(control: Control, restriction: Restriction) -> Reason {
    match (control, restriction) {
        (_, Restriction::Gone) => Reason::Gone,
        (Control::Person | Control::Unsettled, _) => Reason::OwnData,
        (Control::Organisation | Control::ByConsent(_), _) => Reason::NoInstruction,
    }
}

/// What a yes rests on, or the first reason why not.
fn rests_on<'f>(facts: &Facts<'f>) -> Result<&'f str, Reason> {
    if facts.tenure == Tenure::Ended {
        return Err(Reason::CallerLeft);
    }
    if facts.separation == Separation::KeptFromData {
        return Err(Reason::KeptFromData);
    }
    let (authority, task) = instruction(facts)?;
    ruling(facts.control)?;
    purpose(facts, authority)?;
    consent(facts.control)?;
    let rests_on = opened(facts, authority, task)?;
    restriction(facts.restriction, task.or(facts.case))?;
    volume(facts.volume)?;
    Ok(rests_on)
}

/// The line that permits, if its purpose fits, and the task among the lines.
type Permitting<'f> = (Option<&'f str>, Option<&'f str>);

fn instruction<'f>(facts: &Facts<'f>) -> Result<Permitting<'f>, Reason> {
    match (facts.authority, facts.case) {
        (Authority::Permits { source, task }, _) => Ok((Some(source), task)),
        // A case is an instruction of its own kind: it opens one person's data to whom it was given.
        (_, Some(case)) => Ok((Some(case), Some(case))),
        (Authority::OtherPurpose, None) => Ok((None, None)),
        (Authority::OwnApproval, None) => Err(Reason::OwnApproval),
        (Authority::OutsideDepartment, None) => Err(Reason::OutsideDepartment),
        (Authority::Nothing, None) => Err(Reason::NoInstruction),
    }
}

fn ruling(control: Control) -> Result<(), Reason> {
    match control {
        Control::Organisation | Control::ByConsent(_) => Ok(()),
        Control::Person => Err(Reason::PersonsOwn),
        Control::Unsettled => Err(Reason::Unsettled),
    }
}

fn purpose(facts: &Facts<'_>, source: Option<&str>) -> Result<(), Reason> {
    match (facts.purpose.trim().is_empty(), source) {
        (true, _) => Err(Reason::NoPurpose),
        (false, None) => Err(Reason::OtherPurpose),
        (false, Some(_)) => Ok(()),
    }
}

fn consent(control: Control) -> Result<(), Reason> {
    match control {
        Control::ByConsent(Agreement::Missing) => Err(Reason::NoConsent),
        Control::ByConsent(Agreement::InForce) | Control::Organisation | Control::Person | Control::Unsettled => Ok(()),
    }
}

/// What a permit rests on: for a sensitive class, the task or the case that opens it.
fn opened<'f>(facts: &Facts<'f>, source: Option<&'f str>, task: Option<&'f str>) -> Result<&'f str, Reason> {
    match facts.sensitive {
        Sensitive::Yes => task.or(facts.case).ok_or(Reason::NoTask),
        Sensitive::No => source.ok_or(Reason::OtherPurpose),
    }
}

/// What a law has kept is out of everyday business; a task or a case about this very person is none.
fn restriction(restriction: Restriction, task: Option<&str>) -> Result<(), Reason> {
    match restriction {
        Restriction::None => Ok(()),
        Restriction::KeptByLaw => task.map(drop).ok_or(Reason::KeptByLaw),
        Restriction::LetGo => Err(Reason::LetGo),
        Restriction::Gone => Err(Reason::Gone),
        Restriction::SubjectLeft => Err(Reason::SubjectLeft),
    }
}

fn volume(volume: Volume) -> Result<(), Reason> {
    match volume.threshold {
        Some(threshold) if volume.people >= threshold => Err(Reason::NeedsApproval),
        Some(_) | None => Ok(()),
    }
}

/// Whoever may reveal a field sees it; everybody else sees the class's mask (gbt35273-7.2).
fn mask(facts: &Facts<'_>) -> Mask {
    if facts.operation == "reveal" { Mask::None } else { facts.mask }
}

#[cfg(test)]
mod tests;

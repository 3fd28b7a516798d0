//! Approvals: whose yes an instruction needs, who may say it, and what follows from what was said.
//!
//! This file answers *whose yes is needed*, from the rules of the pack; [`decision`] answers the rest. Every rule that
//! fits binds. The first that fits was tried and given up: a pack that lists its rules in an unlucky order would then let
//! a larger or more sensitive instruction pass with less. What always holds: asking for more never needs less, and an
//! instruction that no rule fits is refused, not let through.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::instruction::Action;

pub mod decision;

pub use decision::{Candidate, Decision, MayNot, Outcome, Request, Verdict, may_decide, may_execute, outcome};

/// The role without whose yes no exceptional grant is in force, whatever a pack says (gbt35273-7.1-d).
pub const PRIVACY_OFFICER: &str = "privacy_officer";

/// What approvals an instruction needs: `[[approval]]`.
///
/// Every rule that fits an instruction binds it, so rules add up: a rule for sensitive data or for many people comes on
/// top of the rule for all. An action that needs no approval has a rule that says so, with `approvers = []`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// The rule's name, unique in the pack.
    pub id: String,
    /// The actions it is about.
    pub actions: Vec<Action>,
    /// From which sensitivity on.
    #[serde(default)]
    pub sensitivity: Sensitivity,
    /// From how many people on whose data it touches.
    #[serde(default)]
    pub subjects_from: u32,
    /// Whose yes it takes, all of them. Written `[{ role = "privacy_officer" }, { role = "hr_admin", count = 2 }]`.
    pub approvers: Vec<Need>,
    /// Working days after which the request lapses unanswered.
    pub expires_after_working_days: NonZeroU32,
    /// The clauses that it rests on.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
}

/// The sensitivity from which an approval rule binds. There is no rule for ordinary data alone: who touches sensitive
/// data needs at least what ordinary data needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Any data.
    #[default]
    Any,
    /// Sensitive data only.
    Sensitive,
}

/// So many people of a role.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The role.
    pub role: String,
    /// How many different people of it; one if nothing is said.
    #[serde(default = "one")]
    pub count: NonZeroU32,
}

fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// What an instruction is about, as far as approval rules look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ask {
    /// What it asks for.
    pub action: Action,
    /// Whether any of the data is sensitive.
    pub sensitive: bool,
    /// On how many people's data it touches.
    pub subjects: u32,
}

/// What all the rules that fit an instruction demand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement<'r> {
    /// The rules, in the order of the pack.
    pub rules: Vec<&'r ApprovalRule>,
    /// Whose yes it takes, by role; nobody's if it is empty. Of two rules that name a role, the greater count stands.
    pub needs: Vec<Need>,
    /// Working days after which the request lapses: the shortest that any of the rules says.
    pub expires_after_working_days: NonZeroU32,
}

impl Requirement<'_> {
    /// Whether the instruction is in force as soon as it is proposed.
    pub fn is_free(&self) -> bool {
        self.needs.is_empty()
    }

    /// How many people of a role must say yes.
    pub fn count_of(&self, role: &str) -> u32 {
        self.needs.iter().find(|need| need.role == role).map_or(0, |need| need.count.get())
    }

    /// Every clause that the rules rest on, each once.
    pub fn clauses(&self) -> Vec<&str> {
        let clauses: BTreeSet<&str> = self.rules.iter().flat_map(|rule| &rule.clauses).map(String::as_str).collect();
        clauses.into_iter().collect()
    }
}

/// No approval rule fits. A pack that passed its checks leaves no such gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no approval rule fits `{}` of {} people; add one, with `approvers = []` if nobody need agree", .0.action.as_str(), .0.subjects)]
pub struct NoRule(pub Ask);

/// Whose yes an instruction needs.
///
/// # Errors
/// If no rule of the pack fits it.
pub fn required<'r>(rules: &'r [ApprovalRule], ask: &Ask) -> Result<Requirement<'r>, NoRule> {
    let rules: Vec<&ApprovalRule> = rules.iter().filter(|rule| rule.binds(ask)).collect();
    let expires_after_working_days =
        rules.iter().map(|rule| rule.expires_after_working_days).min().ok_or(NoRule(*ask))?;
    let mut counts: BTreeMap<&str, NonZeroU32> = BTreeMap::new();
    for need in rules.iter().flat_map(|rule| &rule.approvers) {
        let count = counts.entry(&need.role).or_insert(need.count);
        *count = need.count.max(*count);
    }
    if ask.action == Action::Exceptional {
        counts.entry(PRIVACY_OFFICER).or_insert(one());
    }
    let needs = counts.into_iter().map(|(role, count)| Need { role: role.to_owned(), count }).collect();
    Ok(Requirement { rules, needs, expires_after_working_days })
}

/// The actions for which some instruction, however small and ordinary, would find no rule.
pub fn uncovered(rules: &[ApprovalRule]) -> Vec<Action> {
    let least = |action| Ask { action, sensitive: false, subjects: 0 };
    Action::ALL.iter().copied().filter(|action| !rules.iter().any(|rule| rule.binds(&least(*action)))).collect()
}

impl ApprovalRule {
    /// Whether this rule has a say in an instruction.
    pub fn binds(&self, ask: &Ask) -> bool {
        let is_sensitive_enough = match self.sensitivity {
            Sensitivity::Any => true,
            Sensitivity::Sensitive => ask.sensitive,
        };
        self.actions.contains(&ask.action) && is_sensitive_enough && ask.subjects >= self.subjects_from
    }
}

#[cfg(test)]
mod tests;

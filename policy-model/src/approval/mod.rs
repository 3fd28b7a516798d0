//! Approvals: whose yes an instruction needs, who may say it, and what follows from what was said.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::instruction::Action;

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

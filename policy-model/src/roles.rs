//! Roles, what they may do with Tenure itself, and which of them one human being may never hold together.
//!
//! 角色分离 (gbt35273-7.1-c) is about people, not accounts: who has two accounts, or came by a role through a delegation,
//! an exceptional grant or an import, is still one person. Every way to a role therefore goes through [`may_hold`], which
//! is told all roles that the *person* holds in the tenant. What always holds: whatever is given and taken, in whatever
//! order, nobody ever has an excluded pair.

use serde::{Deserialize, Serialize};

/// A role of a pack: `[[role]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The key that other sections name it by, such as `auditor`.
    pub key: String,
    /// What it is called in Chinese.
    pub name_zh: String,
    /// What it is called in English.
    pub name_en: String,
}

/// Two roles that nobody may hold together: `[[exclusion]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The rule's name, unique in the pack.
    pub id: String,
    /// The two roles. Their order means nothing.
    pub roles: [String; 2],
    /// The clauses that it rests on.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
}

/// What a role may do with Tenure itself: `[[power]]`. Data is not reached by powers, only by instructions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Power {
    /// The rule's name, unique in the pack.
    pub id: String,
    /// The role that has it.
    pub role: String,
    /// The acts that it covers, such as `departures.approve`.
    pub acts: Vec<String>,
    /// The clauses that it rests on, where a document says who is to do it.
    #[serde(rename = "clause", default)]
    pub clauses: Vec<String>,
}

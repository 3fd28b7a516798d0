//! The tables that the sample is made of, as they stand beside this file.

use super::error::SampleError;
use crate::people::AccountKind;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// All of them.
pub(super) struct Tables {
    pub departments: Vec<DepartmentRow>,
    pub people: Vec<PersonRow>,
    pub vault: Vec<VaultRow>,
    pub suite: Vec<SuiteRow>,
    pub groups: Vec<GroupRow>,
}

/// A department, its parent above it in the table.
#[derive(Deserialize)]
pub(super) struct DepartmentRow {
    pub organisation: String,
    #[serde(rename = "ref")]
    pub key: String,
    pub name: String,
    pub parent: Option<String>,
}

/// A member. The first of an organisation is its first admin; managers come before those who report to them.
#[derive(Clone, Deserialize)]
pub(super) struct PersonRow {
    pub organisation: String,
    pub number: String,
    pub name: String,
    pub latin: String,
    pub department: String,
    pub position: String,
    pub manager: Option<String>,
    pub account: AccountKind,
    /// How many days ago they joined.
    pub days: i64,
    pub phone: Option<String>,
    /// A role's key, or why else they can sign in.
    pub badge: Option<String>,
}

impl PersonRow {
    /// An enterprise account has the organisation's address, a personal one its owner's.
    pub fn email(&self) -> String {
        match self.account {
            AccountKind::Enterprise => format!("{}@{}.example", self.latin, self.organisation),
            AccountKind::Personal => format!("{}@mail.example", self.latin),
        }
    }
}

/// How often something is there, and for whom.
#[derive(Deserialize)]
pub(super) struct Spread {
    /// For every so-manieth member; for all when absent.
    #[serde(default = "one")]
    pub every: usize,
    /// So many for each.
    #[serde(default = "one")]
    pub copies: usize,
    /// Days between one and the next older one.
    #[serde(default)]
    pub days_apart: i64,
}

fn one() -> usize {
    1
}

/// Something in the vault.
#[derive(Deserialize)]
pub(super) struct VaultRow {
    pub class: String,
    pub facts: Map<String, Value>,
    #[serde(flatten)]
    pub spread: Spread,
    pub content: String,
}

/// Something of one member in the office suite.
#[derive(Deserialize)]
pub(super) struct SuiteRow {
    pub locator: String,
    pub class: String,
    pub facts: Map<String, Value>,
    #[serde(flatten)]
    pub spread: Spread,
    pub items: i64,
    pub bytes_each: i64,
}

/// A group of several members in the office suite.
#[derive(Deserialize)]
pub(super) struct GroupRow {
    pub organisation: String,
    pub locator: String,
    pub class: String,
    pub facts: Map<String, Value>,
    /// All members of these departments and those below them.
    pub departments: Vec<String>,
    /// And these.
    #[serde(default)]
    pub people: Vec<String>,
    /// Who agreed expressly that the organisation controls it.
    #[serde(default)]
    pub consenting: Vec<String>,
    pub items: i64,
}

impl Tables {
    pub fn read() -> Result<Self, SampleError> {
        Ok(Self {
            departments: csv(include_str!("departments.csv"))?,
            people: csv(include_str!("people.csv"))?,
            vault: lines(include_str!("vault.jsonl"))?,
            suite: lines(include_str!("suite.jsonl"))?,
            groups: lines(include_str!("groups.jsonl"))?,
        })
    }

    /// These departments with all below them.
    pub fn below<'t>(&'t self, organisation: &str, tops: &'t [String]) -> HashSet<&'t str> {
        let mut found: HashSet<&str> = tops.iter().map(String::as_str).collect();
        for d in self.departments.iter().filter(|d| d.organisation == organisation) {
            if d.parent.as_deref().is_some_and(|parent| found.contains(parent)) {
                found.insert(&d.key);
            }
        }
        found
    }
}

fn csv<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, SampleError> {
    Ok(csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect::<Result<_, _>>()?)
}

fn lines<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, SampleError> {
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_model::roles::may_hold;

    #[test]
    fn the_tables_name_only_what_is_there() {
        let tables = Tables::read().unwrap();
        for slug in super::super::slugs() {
            let people: Vec<_> = tables.people.iter().filter(|p| p.organisation == slug).collect();
            let mut above = HashSet::new();
            for person in &people {
                let manager_is_above = person.manager.as_deref().is_none_or(|m| above.contains(m));
                assert!(manager_is_above, "{} reports to somebody further down", person.number);
                assert!(above.insert(person.number.as_str()), "{} is there twice", person.number);
                let known = |d: &&DepartmentRow| d.organisation == slug && d.key == person.department;
                assert!(tables.departments.iter().any(|d| known(&d)), "no department {}", person.department);
            }
            for group in tables.groups.iter().filter(|g| g.organisation == slug) {
                assert!(group.people.iter().chain(&group.consenting).all(|n| above.contains(n.as_str())));
            }
        }
    }

    #[test]
    fn every_role_is_filled_and_nobody_holds_two() {
        let tables = Tables::read().unwrap();
        for slug in super::super::slugs() {
            let pack = crate::packs::by_name("gbt-35273").unwrap();
            for role in pack.roles().iter().filter(|r| r.key != "employee") {
                let holders = tables.people.iter().filter(|p| p.organisation == slug);
                let holders: Vec<_> = holders.filter(|p| p.badge.as_deref() == Some(&role.key)).collect();
                assert_eq!(holders.len(), 1, "{slug}: {}", role.key);
                assert!(may_hold([], &role.key, pack.exclusions()).is_ok());
            }
        }
    }
}

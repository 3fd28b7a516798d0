//! What is known about somebody who leaves. Gathered once; the plan is computed from nothing else.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::approval::ApprovalRule;
use crate::calendar::civil_day;
use crate::departure::DepartureRule;
use crate::facts::Account;
use crate::ruling::Controller;
use crate::schedule::{Milestones, Schedule};

/// Everything a plan is computed from.
#[derive(Debug, Clone, Copy)]
pub struct PlanFacts<'a> {
    /// The first day of the membership.
    pub first_day: NaiveDate,
    /// Its last day.
    pub last_day: NaiveDate,
    /// The instant at which access ends; usually the end of the last day.
    pub effective_at: DateTime<Utc>,
    /// The tenant's time zone, in which days are counted.
    pub tz: Tz,
    /// The account that the membership was lived with.
    pub account: Account,
    /// Who could take over.
    pub successor: Successor,
    /// What there is about the person, in groups of one class, one ruling and one place each.
    pub groups: &'a [Group],
    /// The pack's schedules.
    pub schedules: &'a [Schedule],
    /// The pack's departure rules.
    pub rules: &'a [DepartureRule],
    /// The pack's approval rules.
    pub approvals: &'a [ApprovalRule],
}

/// Who could take over, the best there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Successor {
    /// Somebody whom HR named.
    Named,
    /// Nobody was named, but the leaver has a manager.
    Manager,
    /// Neither.
    Nobody,
}

/// The leaver's sides of some holdings that are alike in everything that matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What identifies it in this departure.
    pub key: String,
    /// The class's key.
    pub class: String,
    /// Whether it is sensitive, by class or by the person's age (gbt35273-3.2-n1).
    pub sensitive: bool,
    /// Whether it is a biometric identifier.
    pub biometric: bool,
    /// Who controls it, by its ruling.
    pub controller: Controller,
    /// Whether the ruling is settled.
    pub settled: bool,
    /// The control rule that decided; none if a rule was missing.
    pub ruling_rule: Option<String>,
    /// The clauses that the ruling rests on.
    pub ruling_clauses: Vec<String>,
    /// Whether the ruling says that the person stops seeing it on leaving.
    pub hidden_from_leaver: bool,
    /// Where it is kept.
    pub location: Location,
    /// Whether nobody can tell if it belongs to this membership or to another one of the person that still stands.
    pub unclear_tenure: bool,
    /// The holds that cover it.
    pub holds: Vec<String>,
    /// How many others are still entitled to the same content: the other members of a chat, another organisation.
    pub other_sides: u32,
    /// How many holdings it is.
    pub holdings: u64,
    /// For how many items they stand.
    pub items: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// When the oldest item came to be.
    pub first_at: Option<DateTime<Utc>>,
    /// When the newest item came to be.
    pub last_at: Option<DateTime<Utc>>,
    /// When anything of it was last used.
    pub last_activity_at: Option<DateTime<Utc>>,
    /// When the newest transaction in it was completed; none if one is still open, or it has none.
    pub transaction_completed_at: Option<DateTime<Utc>>,
}

/// Where a group is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Location {
    /// In Tenure's own vault.
    Vault,
    /// In an external system, reached by signed orders.
    Connector,
}

impl Group {
    /// Whose it is for the purposes of a departure: what is not settled counts as the person's.
    pub fn treated_as(&self) -> Controller {
        match (self.controller, self.settled) {
            (Controller::Organisation, true) => Controller::Organisation,
            (Controller::Organisation, false) | (Controller::Person, _) => Controller::Person,
        }
    }

    /// The days from which its schedule may count. It is disposed of as one, so its newest item decides; where a day is not
    /// known, the last day stands in, because what a membership brought forth was there by then. An open transaction has
    /// no such stand-in.
    pub(super) fn milestones(&self, facts: &PlanFacts<'_>) -> Milestones {
        let day = |at: DateTime<Utc>| civil_day(at, facts.tz);
        let created = self.last_at.map_or(facts.last_day, day);
        Milestones {
            departure: Some(facts.last_day),
            creation: Some(created),
            last_activity: Some(self.last_activity_at.map_or(created, |at| day(at).max(created))),
            transaction_completion: self.transaction_completed_at.map(day),
        }
    }
}

impl PlanFacts<'_> {
    /// The civil day on which access has ended and the orders run.
    pub fn acts_on(&self) -> NaiveDate {
        civil_day(self.effective_at, self.tz)
    }
}

//! The plan of a departure.
//!
//! A pure function of its facts: the same facts in any order give the same plan. What always holds: nothing is lost (every
//! group has exactly one line), nothing under a hold is destroyed or planned to be, nothing goes before its statutory
//! floor has passed, and what is the person's is only ever let go of.

use chrono::NaiveDate;
use serde::Serialize;

use crate::departure::case::Case;
use crate::departure::line::{Lane, Line};
use crate::departure::{Disposition, PlanFacts, WhyNot};
use crate::facts::Account;

/// What becomes of everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The civil day on which access has ended and the orders run.
    pub acts_on: NaiveDate,
    /// What becomes of the account.
    pub account: AccountFate,
    /// A line for each group, by class and key.
    pub lines: Vec<Line>,
}

/// What becomes of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountFate {
    /// An enterprise account is closed and taken back (dingtalk-def-17).
    TakenBack,
    /// A personal account stays the person's and is no longer bound to the organisation (gbt35273-8.5-d).
    Unbound,
}

/// Facts from which no plan can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// The dates are the wrong way round.
    #[error("last day {last} is before first day {first}")]
    LeavesBeforeJoining {
        /// The first day of the membership.
        first: NaiveDate,
        /// Its last day.
        last: NaiveDate,
    },
    /// Two groups have one key.
    #[error("two groups are called `{0}`")]
    GroupTwice(String),
}

/// Plans a departure.
///
/// # Errors
/// If the facts contradict each other.
pub fn plan(facts: &PlanFacts<'_>) -> Result<Plan, PlanFault> {
    if facts.last_day < facts.first_day {
        return Err(PlanFault::LeavesBeforeJoining { first: facts.first_day, last: facts.last_day });
    }
    let mut keys: Vec<&str> = facts.groups.iter().map(|group| group.key.as_str()).collect();
    keys.sort_unstable();
    if let Some(twice) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(PlanFault::GroupTwice(twice[0].to_owned()));
    }
    let mut lines: Vec<Line> = facts.groups.iter().map(|group| Case::of(facts, group).planned()).collect();
    lines.sort_by(|one, other| (&one.class, &one.group).cmp(&(&other.class, &other.group)));
    let account = match facts.account {
        Account::Enterprise => AccountFate::TakenBack,
        Account::Personal => AccountFate::Unbound,
    };
    Ok(Plan { acts_on: facts.acts_on(), account, lines })
}

/// The line as it would be if somebody changed it, within what the law and the pack allow.
///
/// # Errors
/// Why it may not be changed to that.
pub fn may_change(line: &Line, wanted: Disposition, facts: &PlanFacts<'_>) -> Result<Line, WhyNot> {
    let group = facts.groups.iter().find(|group| group.key == line.group);
    let group = group.ok_or_else(|| WhyNot::NoSuchGroup(line.group.clone()))?;
    Case::of(facts, group).changed(wanted)
}

/// How much goes where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// To the successor.
    pub successor: Count,
    /// Back to the person.
    pub person: Count,
    /// Kept by the organisation.
    pub kept: Count,
    /// Destroyed on the effective day.
    pub destroyed: Count,
    /// The last day on which the organisation keeps any of what is kept or handed over, where that can be said.
    pub kept_until: Option<NaiveDate>,
    /// Lines that wait for somebody's yes.
    pub lines_needing_approval: u64,
    /// Lines whose ruling the privacy officer has to settle.
    pub lines_unsettled: u64,
    /// Lines that a hold covers.
    pub lines_held: u64,
}

/// How much goes one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Count {
    /// Lines of the plan.
    pub lines: u64,
    /// Holdings.
    pub holdings: u64,
    /// Items.
    pub items: u64,
    /// Bytes.
    pub bytes: u64,
}

impl Summary {
    /// Adds up lines, as they were planned or as they were changed.
    pub fn of<'l>(lines: impl IntoIterator<Item = &'l Line>) -> Self {
        let mut summary = Self::default();
        for line in lines {
            let lane = match line.lane() {
                Lane::Successor => &mut summary.successor,
                Lane::Person => &mut summary.person,
                Lane::Kept => &mut summary.kept,
                Lane::Destroyed => &mut summary.destroyed,
            };
            lane.add(line);
            summary.kept_until = summary.kept_until.max(line.retain_until);
            summary.lines_needing_approval += u64::from(line.needs_approval);
            summary.lines_unsettled += u64::from(!line.settled);
            summary.lines_held += u64::from(!line.holds.is_empty());
        }
        summary
    }
}

impl Count {
    fn add(&mut self, line: &Line) {
        self.lines += 1;
        self.holdings = self.holdings.saturating_add(line.holdings);
        self.items = self.items.saturating_add(line.items);
        self.bytes = self.bytes.saturating_add(line.bytes);
    }
}

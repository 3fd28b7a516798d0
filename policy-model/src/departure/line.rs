//! A line of the plan: what becomes of one group, why, and what it could be changed to.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use crate::departure::{DepartureRule, Disposition, Location, Successor, WhyNot};
use crate::ruling::Controller;
use crate::schedule::Then;

/// What becomes of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The group's key.
    pub group: String,
    /// The group's class.
    pub class: String,
    /// Whose it is treated as.
    pub controller: Controller,
    /// Whether that is settled.
    pub settled: bool,
    /// Where it is kept.
    pub location: Location,
    /// What becomes of it on the effective day.
    pub disposition: Disposition,
    /// Who takes it over, where it is handed over.
    pub successor: Option<Successor>,
    /// The last day on which the organisation keeps it; none if it keeps nothing, or nobody can say yet.
    pub retain_until: Option<NaiveDate>,
    /// What happens after that.
    pub and_then: Option<Ending>,
    /// Whether the person stops seeing it.
    pub hidden_from_leaver: bool,
    /// How many others remain entitled to the content. Only the leaver's side goes; theirs stay.
    pub other_sides: u32,
    /// Whether the disposition destroys the leaver's side at once.
    pub destructive: bool,
    /// Whether somebody has to agree before it is carried out.
    pub needs_approval: bool,
    /// How many holdings.
    pub holdings: u64,
    /// How many items.
    pub items: u64,
    /// How many bytes.
    pub bytes: u64,
    /// The holds that cover it.
    pub holds: Vec<String>,
    /// Why it is not what the pack's rule says.
    pub instead: Option<WhyNot>,
    /// The departure rule.
    pub departure_rule: Option<String>,
    /// The schedule.
    pub schedule: Option<String>,
    /// The control rule that said whose it is.
    pub ruling_rule: Option<String>,
    /// Every clause that the line rests on, each once.
    pub clauses: Vec<String>,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// Every other disposition, and whether it could be that.
    pub changeable_to: Vec<Change>,
}

/// The end of something that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ending {
    /// The day on which it falls due.
    pub on: NaiveDate,
    /// In what way it goes.
    pub how: Then,
}

/// Something a line could be changed to, or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The disposition.
    pub to: Disposition,
    /// Whether.
    pub permission: Permission,
}

/// Whether a change is permitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// It is.
    Allowed,
    /// It is not, for this reason.
    NotAllowed(WhyNot),
}

/// Where a line goes, as the plan is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// To the successor.
    Successor,
    /// Back to the person.
    Person,
    /// Kept by the organisation until a day.
    Kept,
    /// Destroyed on the effective day.
    Destroyed,
}

impl Line {
    /// Where it goes.
    pub fn lane(&self) -> Lane {
        match self.disposition {
            Disposition::HandOver => Lane::Successor,
            Disposition::Release | Disposition::Detach => Lane::Person,
            Disposition::Retain | Disposition::Hide => Lane::Kept,
            Disposition::Anonymise | Disposition::Delete => Lane::Destroyed,
        }
    }

    /// The day on which it is destroyed, at once or in the end, if the plan is carried out on this day.
    pub fn destroyed_on(&self, acts_on: NaiveDate) -> Option<NaiveDate> {
        if self.destructive { Some(acts_on) } else { self.and_then.map(|ending| ending.on) }
    }

    /// Whether nothing is done with it: the line says that it is there, and why it is left alone.
    pub fn is_left_alone(&self) -> bool {
        self.instead == Some(WhyNot::OtherTenure)
    }

    pub(super) fn cite(&mut self, rules: &[&[String]]) {
        let mut clauses: BTreeSet<&str> = rules.iter().copied().flatten().map(String::as_str).collect();
        clauses.extend(self.instead.iter().flat_map(WhyNot::clauses));
        self.clauses = clauses.into_iter().map(str::to_owned).collect();
    }

    pub(super) fn give_reasons(&mut self, rule: Option<&DepartureRule>) {
        let reasons = self.reasons(rule);
        self.reason_zh = reasons.iter().map(|(zh, _)| zh.trim_end_matches('。')).collect::<Vec<_>>().join("；");
        self.reason_en = reasons.iter().map(|(_, en)| en.as_str()).collect::<Vec<_>>().join("; ");
    }

    /// The reasons in the order in which somebody would ask for them: Chinese, English.
    fn reasons(&self, rule: Option<&DepartureRule>) -> Vec<(String, String)> {
        let mut reasons = Vec::new();
        if self.is_left_alone() {
            return vec![(WhyNot::OtherTenure.reason_zh(), WhyNot::OtherTenure.reason_en())];
        }
        match rule {
            Some(rule) => reasons.push((rule.reason_zh.clone(), rule.reason_en.clone())),
            None => reasons.push((WhyNot::NoRule.reason_zh(), WhyNot::NoRule.reason_en())),
        }
        if let Some(why) = &self.instead {
            let (zh, en) = self.disposition.names();
            reasons.push((format!("因此{zh}：{}", why.reason_zh()), format!("therefore {en}: {}", why.reason_en())));
        } else if !self.settled {
            reasons.push((WhyNot::Unsettled.reason_zh(), WhyNot::Unsettled.reason_en()));
        }
        if let (Some(until), Some(ending)) = (self.retain_until, self.and_then) {
            let (zh, en) = ending.how.names();
            reasons.push((
                format!("留存至 {until}，{} {zh}", ending.on),
                format!("kept through {until}, {en} on {}", ending.on),
            ));
        }
        if self.hidden_from_leaver && self.instead != Some(WhyNot::HiddenFromLeaver) {
            reasons.push((WhyNot::HiddenFromLeaver.reason_zh(), WhyNot::HiddenFromLeaver.reason_en()));
        }
        if !self.holds.is_empty() && !matches!(self.instead, Some(WhyNot::Held(_))) {
            let held = WhyNot::Held(self.holds.clone());
            reasons.push((held.reason_zh(), held.reason_en()));
        }
        if self.other_sides > 0 && self.destructive {
            let others = self.other_sides;
            let zh = format!("只去除本人一方，另有 {others} 方仍保有内容");
            reasons.push((zh, format!("only the leaver's side goes; {others} other sides keep the content")));
        }
        reasons
    }
}

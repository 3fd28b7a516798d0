//! Retention schedules: how long a class of data stays, counted from what, and what happens then.
//!
//! Every schedule is finite and states its ground (gbt35273-6.1-a). A statutory floor keeps data even where somebody may
//! otherwise delete it sooner. What always holds: a longer period never ends earlier, a hold suspends the end, and where
//! the start is not known nothing falls due.

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::class::ClassPattern;

/// How long data of some classes stays: `[[schedule]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The rule's name, unique in the pack.
    pub id: String,
    /// The classes it is about. Of several schedules that fit a class, the narrowest pattern decides.
    pub classes: Vec<ClassPattern>,
    /// How long the data stays, written `{ years = 2 }` or `{ months = 6, days = 15 }`.
    pub keep: Period,
    /// The event from which the period runs.
    pub from: CountedFrom,
    /// What happens when it has run.
    pub then: Then,
    /// How long a statute demands that it stays, counted from the same event. Nothing shortens it.
    #[serde(default)]
    pub floor: Option<Period>,
    /// By which of the permitted criteria the period was set (dingtalk-5.1-criteria).
    pub criterion: Criterion,
    /// The ground, in Chinese.
    pub ground_zh: String,
    /// The ground, in English.
    pub ground_en: String,
    /// The clauses that it rests on.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
}

/// A length of civil time. Years and months are counted first, then days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Period {
    /// Whole years.
    pub years: u32,
    /// Whole months.
    pub months: u32,
    /// Days.
    pub days: u32,
}

/// The event from which a period runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedFrom {
    /// The last day of the membership.
    Departure,
    /// The day the data came to be.
    Creation,
    /// The day it was last used.
    LastActivity,
    /// The day the transaction was completed (dingtalk-5.1-3y).
    TransactionCompletion,
}

/// What happens when a period has run (gbt35273-6.1-b).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// 删除
    Delete,
    /// 匿名化
    Anonymise,
}

impl Then {
    /// What people read: Chinese, English.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Delete => ("删除", "deleted"),
            Self::Anonymise => ("匿名化", "anonymised"),
        }
    }
}

/// Why a period is as long as it is: the permitted criteria of dingtalk-5.1-criteria.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// To complete transactions and to answer queries and complaints about them.
    Transaction,
    /// For the safety and quality of the service.
    ServiceQuality,
    /// The person agreed to a longer time.
    Consent,
    /// Until claims can no longer be brought.
    Limitation,
    /// A special agreement or a law says so.
    AgreementOrLaw,
}

/// The civil days from which a period can run, in the tenant's time zone; absent while they have not come or are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Milestones {
    /// The last day of the membership.
    pub departure: Option<NaiveDate>,
    /// The day the data came to be; of many items, the newest one's.
    pub creation: Option<NaiveDate>,
    /// The day it was last used.
    pub last_activity: Option<NaiveDate>,
    /// The day the transaction was completed; of many, the newest one's.
    pub transaction_completion: Option<NaiveDate>,
}

/// How long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The event from which the period runs has not come, so nothing falls due.
    NotCounting,
    /// Through this day. It falls due when the next one begins.
    Through {
        /// The last day of the period or of the floor, whichever is later.
        last_day: NaiveDate,
        /// The last day of the statutory floor, if there is one.
        floor: Option<NaiveDate>,
    },
}

/// Whether something lies under a hold (dingtalk-5.1-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// At least one hold covers it.
    Yes,
    /// None does.
    No,
}

/// How something stands under its schedule on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its period has not begun.
    NotCounting,
    /// It is kept through this day.
    Kept(NaiveDate),
    /// It has been due since this day.
    Overdue(NaiveDate),
    /// It would be due, but a hold suspends that.
    Suspended,
}

/// The schedule of a class: the one with the narrowest pattern that fits, and of equally narrow ones the first.
pub fn schedule_for<'s>(schedules: &'s [Schedule], class: &str) -> Option<&'s Schedule> {
    narrowest(schedules, class, |schedule| &schedule.classes)
}

/// Of the rules that fit a class, the one with the narrowest pattern; of equally narrow ones the first.
pub(crate) fn narrowest<'r, R>(
    rules: impl IntoIterator<Item = &'r R>,
    class: &str,
    patterns: impl Fn(&'r R) -> &'r [ClassPattern],
) -> Option<&'r R> {
    let mut best: Option<(u32, &R)> = None;
    for rule in rules {
        let fitting = patterns(rule).iter().filter(|pattern| pattern.matches(class));
        let Some(narrowness) = fitting.map(ClassPattern::specificity).max() else { continue };
        if best.is_none_or(|(so_far, _)| narrowness > so_far) {
            best = Some((narrowness, rule));
        }
    }
    best.map(|(_, rule)| rule)
}

impl Schedule {
    /// How long something is kept to which this happened.
    pub fn kept(&self, milestones: &Milestones) -> Kept {
        let start = match self.from {
            CountedFrom::Departure => milestones.departure,
            CountedFrom::Creation => milestones.creation,
            CountedFrom::LastActivity => milestones.last_activity,
            CountedFrom::TransactionCompletion => milestones.transaction_completion,
        };
        let Some(start) = start else { return Kept::NotCounting };
        let floor = self.floor.map(|floor| floor.after(start));
        let end = self.keep.after(start);
        Kept::Through { last_day: floor.map_or(end, |floor| floor.max(end)), floor }
    }

    /// How something stands on a day.
    pub fn standing(&self, milestones: &Milestones, today: NaiveDate, held: Held) -> Standing {
        match (self.kept(milestones), held) {
            (Kept::NotCounting, _) => Standing::NotCounting,
            (Kept::Through { last_day, .. }, _) if today <= last_day => Standing::Kept(last_day),
            (Kept::Through { .. }, Held::Yes) => Standing::Suspended,
            (Kept::Through { last_day, .. }, Held::No) => Standing::Overdue(day_after(last_day)),
        }
    }

    /// Whether the period may be shorter than the statute demands, which no pack may say.
    pub fn is_under_its_floor(&self) -> bool {
        self.floor.is_some_and(|floor| !self.keep.is_surely_as_long_as(floor))
    }
}

impl Period {
    /// The last day of the period that runs from the end of `start`. A month that lacks the day ends on its own last day,
    /// as the law counts (31 January and a month: 28 February). What lies beyond all dates ends on the last of them.
    pub fn after(self, start: NaiveDate) -> NaiveDate {
        let months = self.years.saturating_mul(12).saturating_add(self.months);
        start
            .checked_add_months(Months::new(months))
            .and_then(|day| day.checked_add_days(Days::new(self.days.into())))
            .unwrap_or(NaiveDate::MAX)
    }

    /// Whether this period is never shorter than another, wherever both begin. `730 days` is not surely two years.
    pub fn is_surely_as_long_as(self, other: Self) -> bool {
        let months = |period: Self| u64::from(period.years) * 12 + u64::from(period.months);
        let (ours, theirs) = (months(self), months(other));
        let shared = ours.min(theirs);
        // A month is at least 28 days, twelve of them are at most 366.
        let least = (ours - shared) * 28 + u64::from(self.days);
        let most = (theirs - shared) / 12 * 366 + (theirs - shared) % 12 * 31 + u64::from(other.days);
        least >= most
    }
}

/// The next civil day; the last of all days is followed by itself.
pub fn day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn period(years: u32, months: u32, days: u32) -> Period {
        Period { years, months, days }
    }

    fn schedule(id: &str, classes: &[&str], keep: Period, floor: Option<Period>) -> Schedule {
        Schedule {
            id: id.to_owned(),
            classes: classes.iter().map(|class| class.parse().unwrap()).collect(),
            keep,
            from: CountedFrom::Departure,
            then: Then::Delete,
            floor,
            criterion: Criterion::AgreementOrLaw,
            ground_zh: "法律规定".to_owned(),
            ground_en: "A law says so".to_owned(),
            clauses: vec!["gbt35273-6.1-a".to_owned()],
        }
    }

    fn left(on: &str) -> Milestones {
        Milestones { departure: Some(day(on)), ..Milestones::default() }
    }

    #[test]
    fn the_last_day_of_a_period() {
        let cases = [
            (period(2, 0, 0), "2026-03-31", "2028-03-31"),
            (period(0, 6, 0), "2025-08-31", "2026-02-28"),
            (period(0, 6, 0), "2027-08-31", "2028-02-29"),
            (period(1, 0, 0), "2028-02-29", "2029-02-28"),
            (period(0, 0, 15), "2026-12-20", "2027-01-04"),
            (period(0, 1, 1), "2026-01-31", "2026-03-01"),
            (period(0, 0, 0), "2026-03-31", "2026-03-31"),
        ];
        for (period, start, end) in cases {
            assert_eq!(period.after(day(start)), day(end), "{period:?} after {start}");
        }
        assert_eq!(period(u32::MAX, u32::MAX, u32::MAX).after(day("2026-01-01")), NaiveDate::MAX);
    }

    #[test]
    fn the_narrowest_schedule_decides() {
        let year = period(1, 0, 0);
        let schedules = [
            schedule("all", &["*"], year, None),
            schedule("hr", &["hr.*", "log.*"], year, None),
            schedule("payroll", &["hr.salary_bank_account"], year, None),
            schedule("payroll again", &["hr.salary_bank_account"], year, None),
        ];
        let cases =
            [("hr.salary_bank_account", "payroll"), ("hr.name", "hr"), ("log.device", "hr"), ("chat.group", "all")];
        for (class, expected) in cases {
            assert_eq!(schedule_for(&schedules, class).map(|found| found.id.as_str()), Some(expected), "{class}");
        }
        assert_eq!(schedule_for(&schedules[2..], "hr.name"), None);
    }

    #[test]
    fn how_something_stands() {
        let payroll = schedule("payroll", &["*"], period(2, 0, 0), Some(period(2, 0, 0)));
        let until = day("2028-03-31");
        let cases = [
            (Milestones::default(), "2099-01-01", Held::No, Standing::NotCounting),
            (left("2026-03-31"), "2028-03-31", Held::No, Standing::Kept(until)),
            (left("2026-03-31"), "2028-04-01", Held::No, Standing::Overdue(day("2028-04-01"))),
            (left("2026-03-31"), "2028-04-01", Held::Yes, Standing::Suspended),
        ];
        for (milestones, today, held, expected) in cases {
            assert_eq!(payroll.standing(&milestones, day(today), held), expected, "{today} {held:?}");
        }
    }

    #[test]
    fn a_period_under_its_floor_is_seen() {
        let cases = [
            (period(2, 0, 0), Some(period(2, 0, 0)), false),
            (period(0, 24, 0), Some(period(2, 0, 0)), false),
            (period(0, 0, 730), Some(period(2, 0, 0)), true),
            (period(0, 0, 732), Some(period(2, 0, 0)), false),
            (period(0, 6, 0), Some(period(2, 0, 0)), true),
            (period(0, 0, 1), None, false),
        ];
        for (keep, floor, expected) in cases {
            assert_eq!(schedule("any", &["*"], keep, floor).is_under_its_floor(), expected, "{keep:?} {floor:?}");
        }
    }

    #[test]
    fn a_pack_writes_it_like_this() {
        let text = r#"
            id = "payroll"
            classes = ["hr.salary_bank_account"]
            keep = { years = 2 }
            from = "departure"
            then = "delete"
            floor = { years = 2 }
            criterion = "agreement_or_law"
            ground_zh = "劳动合同文本至少保存二年备查"
            ground_en = "Labour records are kept for two years after the contract ended"
            clause = ["gbt35273-intro-law"]
        "#;
        let read: Schedule = toml::from_str(text).unwrap();
        assert_eq!(
            (read.keep, read.floor, read.from),
            (period(2, 0, 0), Some(period(2, 0, 0)), CountedFrom::Departure)
        );
        assert!(toml::from_str::<Schedule>(&text.replace("years", "year")).is_err(), "an unknown key");
        assert!(
            toml::from_str::<Schedule>(&text.replace("criterion", "#")).is_err(),
            "no criterion (dingtalk-5.1-criteria)"
        );
    }

    fn any_period() -> impl Strategy<Value = Period> {
        (0..4u32, 0..30u32, 0..800u32).prop_map(|(years, months, days)| period(years, months, days))
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0..20_000u64).prop_map(|days| day("2000-01-01") + Days::new(days))
    }

    proptest! {
        #[test]
        fn a_longer_period_never_ends_earlier(one in any_period(), more in any_period(), start in any_day()) {
            let longer = period(one.years + more.years, one.months + more.months, one.days + more.days);
            prop_assert!(longer.is_surely_as_long_as(one));
            prop_assert!(longer.after(start) >= one.after(start));
        }

        #[test]
        fn surely_as_long_means_as_long_from_whatever_day(one in any_period(), other in any_period(), start in any_day()) {
            if one.is_surely_as_long_as(other) {
                prop_assert!(one.after(start) >= other.after(start));
            }
        }

        #[test]
        fn a_later_start_never_ends_earlier(period in any_period(), one in any_day(), other in any_day()) {
            let (earlier, later) = (one.min(other), one.max(other));
            prop_assert!(period.after(earlier) <= period.after(later));
        }

        #[test]
        fn nothing_is_overdue_within_its_floor_or_under_a_hold(keep in any_period(), floor in any_period(), start in any_day(), today in any_day()) {
            let schedule = schedule("any", &["*"], keep, Some(floor));
            let milestones = Milestones { departure: Some(start), ..Milestones::default() };
            if let Standing::Overdue(_) = schedule.standing(&milestones, today, Held::No) {
                prop_assert!(today > floor.after(start));
            }
            let held = schedule.standing(&milestones, today, Held::Yes);
            prop_assert!(!matches!(held, Standing::Overdue(_)));
        }
    }
}

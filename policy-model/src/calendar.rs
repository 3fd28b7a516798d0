//! Civil time: working days, public holidays, and the instants at which civil days begin.
//!
//! A deadline is a civil date in the tenant's time zone; an instant is UTC. The calendar is a file that a tenant can
//! replace by its own, because holidays are announced year by year. Where a year has not been announced yet only weekends
//! are free, so that a deadline comes out too early rather than too late.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::schedule::day_after;

/// The answer times that a pack promises: `[deadlines]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// Calendar days to answer a person's request; 30 at most (gbt35273-8.7-a).
    pub request_days: u32,
    /// Working days to close an account; 15 at most (gbt35273-8.5-b).
    pub closure_working_days: u32,
    /// Working days to certify who has what, each quarter; 40 at most, so that it is over before the next.
    #[serde(default = "Deadlines::usual_certification")]
    pub certification_working_days: u32,
    /// The clauses that they rest on.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
}

/// A promise that is longer than the national standard permits, or that nobody can keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` is {found}; 1 to {most} ({clause})")]
pub struct NoDeadline {
    /// The setting.
    pub key: &'static str,
    /// What it says.
    pub found: u32,
    /// The most it may say.
    pub most: u32,
    /// The clause that limits it.
    pub clause: &'static str,
}

impl Deadlines {
    /// What a pack that says nothing gives a certification: two weeks.
    fn usual_certification() -> u32 {
        10
    }

    /// The promises that are too long, and those to have answered before anybody asked; all of them.
    pub fn unfit(&self) -> Vec<NoDeadline> {
        let limits = [
            ("request_days", self.request_days, 30, "gbt35273-8.7-a"),
            ("closure_working_days", self.closure_working_days, 15, "gbt35273-8.5-b"),
            ("certification_working_days", self.certification_working_days, 40, "gbt35273-7.1-a-op"),
        ];
        let unfit = limits.into_iter().filter(|(_, found, most, _)| !(1..=*most).contains(found));
        unfit.map(|(key, found, most, clause)| NoDeadline { key, found, most, clause }).collect()
    }

    /// The last day on which a request that came in on this day is answered in time.
    pub fn request_due(&self, received: NaiveDate) -> NaiveDate {
        received.checked_add_days(Days::new(self.request_days.into())).unwrap_or(NaiveDate::MAX)
    }

    /// The last day on which a closure that was asked for on this day is finished in time.
    pub fn closure_due(&self, received: NaiveDate, calendar: &Calendar) -> NaiveDate {
        calendar.add_working_days(received, self.closure_working_days)
    }

    /// The last day on which a certification that began on this day is answered in time.
    pub fn certification_due(&self, began: NaiveDate, calendar: &Calendar) -> NaiveDate {
        calendar.add_working_days(began, self.certification_working_days)
    }
}

/// Which days are worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    title_zh: String,
    title_en: String,
    weekend: Vec<Weekday>,
    years: BTreeSet<i32>,
    holidays: BTreeMap<NaiveDate, Holiday>,
    made_up: BTreeSet<NaiveDate>,
}

/// What a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day<'c> {
    /// Worked as usual.
    Working,
    /// 调休上班: a weekend day that is worked to make up for a holiday.
    MadeUp,
    /// Free as every week.
    Weekend,
    /// A public holiday, or one of the tenant's own.
    Holiday(&'c Holiday),
}

/// A holiday of one or more days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub through: NaiveDate,
    /// What it is called in Chinese.
    pub name_zh: String,
    /// What it is called in English.
    pub name_en: String,
}

/// What is wrong with a calendar's text.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalendarError {
    /// It cannot be read. The message names line and column.
    #[error("{0}")]
    Unreadable(#[from] toml::de::Error),
    /// No day would ever be worked.
    #[error("every day of the week is in `weekend`; leave at least one to work on")]
    NoWorkingDay,
    /// A year is there twice.
    #[error("the year {0} is listed twice; join the two")]
    YearTwice(i32),
    /// A holiday ends before it begins, or lasts for ever.
    #[error("{name} runs from {from} through {through}; a holiday has 1 to {MOST_DAYS} days")]
    Length {
        /// Its name.
        name: String,
        /// Its first day.
        from: NaiveDate,
        /// Its last day.
        through: NaiveDate,
    },
    /// A date has nothing to do with the year under which it stands.
    #[error("{date} stands under the year {year}; a holiday may reach over New Year, no further")]
    OtherYear {
        /// The date.
        date: NaiveDate,
        /// The year.
        year: i32,
    },
    /// Two holidays share a day.
    #[error("{0} belongs to two holidays; make them one, with both names")]
    HolidayTwice(NaiveDate),
    /// A day cannot make up for anything.
    #[error(
        "{0} is in `working_days`, but it would be worked anyway or is a holiday; list only weekend days that are worked"
    )]
    NothingToMakeUp(NaiveDate),
}

/// The longest holiday. Longer ones are slips of the pen.
const MOST_DAYS: i64 = 31;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title_zh: String,
    title_en: String,
    weekend: Vec<Weekday>,
    #[serde(default, rename = "year")]
    years: Vec<Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i32,
    /// Where the days were announced; read by people only.
    #[serde(rename = "source")]
    _source: String,
    holidays: Vec<Holiday>,
    working_days: Vec<NaiveDate>,
}

impl Calendar {
    /// Reads a calendar as `config/calendars/cn.toml` is written.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let File { title_zh, title_en, weekend, years } = toml::from_str(text)?;
        let is_free = |offset: u8| Weekday::try_from(offset).is_ok_and(|weekday| weekend.contains(&weekday));
        if (0..7).all(is_free) {
            return Err(CalendarError::NoWorkingDay);
        }
        let mut calendar = Self {
            title_zh,
            title_en,
            weekend,
            years: BTreeSet::new(),
            holidays: BTreeMap::new(),
            made_up: BTreeSet::new(),
        };
        let mut working_days = Vec::new();
        for year in years {
            working_days.extend(year.working_days.iter().map(|date| (year.year, *date)));
            calendar.take_in(year)?;
        }
        // Only now: a day may make up for a holiday that another year lists.
        for (year, date) in working_days {
            calendar.make_up(year, date)?;
        }
        Ok(calendar)
    }

    /// What it is called: Chinese, English.
    pub fn titles(&self) -> (&str, &str) {
        (&self.title_zh, &self.title_en)
    }

    /// Whether the holidays of a year are known. If not, deadlines that reach into it may come out early.
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// What a day is.
    pub fn day(&self, date: NaiveDate) -> Day<'_> {
        if let Some(holiday) = self.holidays.get(&date) {
            return Day::Holiday(holiday);
        }
        match (self.made_up.contains(&date), self.weekend.contains(&date.weekday())) {
            (true, _) => Day::MadeUp,
            (false, true) => Day::Weekend,
            (false, false) => Day::Working,
        }
    }

    /// Whether a day is worked.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        match self.day(date) {
            Day::Working | Day::MadeUp => true,
            Day::Weekend | Day::Holiday(_) => false,
        }
    }

    /// The `count`th working day after a date, which itself does not count; the date itself for none.
    pub fn add_working_days(&self, date: NaiveDate, count: u32) -> NaiveDate {
        let mut day = date;
        for _ in 0..count {
            day = self.next_working_day(day);
            if day == NaiveDate::MAX {
                break;
            }
        }
        day
    }

    /// How many working days lie after `from`, up to and including `through`.
    pub fn working_days_between(&self, from: NaiveDate, through: NaiveDate) -> u32 {
        let days = from.iter_days().skip(1).take_while(|day| *day <= through);
        days.filter(|day| self.is_working_day(*day)).fold(0, |count: u32, _| count.saturating_add(1))
    }

    fn next_working_day(&self, date: NaiveDate) -> NaiveDate {
        let mut day = day_after(date);
        while day != NaiveDate::MAX && !self.is_working_day(day) {
            day = day_after(day);
        }
        day
    }

    fn take_in(&mut self, year: Year) -> Result<(), CalendarError> {
        if !self.years.insert(year.year) {
            return Err(CalendarError::YearTwice(year.year));
        }
        for holiday in year.holidays {
            let length = (holiday.through - holiday.from).num_days() + 1;
            if !(1..=MOST_DAYS).contains(&length) {
                let (from, through) = (holiday.from, holiday.through);
                return Err(CalendarError::Length { name: holiday.name_zh, from, through });
            }
            if holiday.from.year() != year.year && holiday.through.year() != year.year {
                return Err(CalendarError::OtherYear { date: holiday.from, year: year.year });
            }
            for day in holiday.from.iter_days().take_while(|day| *day <= holiday.through) {
                if self.holidays.insert(day, holiday.clone()).is_some() {
                    return Err(CalendarError::HolidayTwice(day));
                }
            }
        }
        Ok(())
    }

    fn make_up(&mut self, year: i32, date: NaiveDate) -> Result<(), CalendarError> {
        if (date.year() - year).abs() > 1 {
            return Err(CalendarError::OtherYear { date, year });
        }
        match self.day(date) {
            Day::Weekend => {
                self.made_up.insert(date);
                Ok(())
            }
            Day::Working | Day::MadeUp | Day::Holiday(_) => Err(CalendarError::NothingToMakeUp(date)),
        }
    }
}

/// The first instant of a civil day. Where clocks skip midnight it is the instant to which they skip; where they show
/// midnight twice it is the first of the two.
///
/// In the first and the last year that dates can express, where some zones' midnights cannot be, it is UTC's.
pub fn start_of_day(date: NaiveDate, tz: Tz) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    if date.year() <= NaiveDate::MIN.year() || date.year() >= NaiveDate::MAX.year() {
        return midnight.and_utc();
    }
    match tz.from_local_datetime(&midnight) {
        LocalResult::Single(start) | LocalResult::Ambiguous(start, _) => start.to_utc(),
        LocalResult::None => {
            // Clocks run from before midnight to after it somewhere within a day of UTC's midnight. Before that instant
            // they show the day before, after it this day or a later one (Samoa once skipped a whole day).
            let has_begun = |seconds: i64| {
                let instant = midnight.and_utc() + TimeDelta::seconds(seconds);
                instant.with_timezone(&tz).naive_local() >= midnight
            };
            let (mut before, mut after) = (-SECONDS_OF_TWO_DAYS, SECONDS_OF_TWO_DAYS);
            while after - before > 1 {
                let middle = before + (after - before) / 2;
                if has_begun(middle) { after = middle } else { before = middle }
            }
            midnight.and_utc() + TimeDelta::seconds(after)
        }
    }
}

/// The instant at which a civil day is over: the start of the next.
pub fn end_of_day(date: NaiveDate, tz: Tz) -> DateTime<Utc> {
    start_of_day(day_after(date), tz)
}

/// The civil day of an instant. Beyond the last day that dates can express it is UTC's.
pub fn civil_day(at: DateTime<Utc>, tz: Tz) -> NaiveDate {
    let utc = at.naive_utc();
    utc.checked_add_offset(tz.offset_from_utc_datetime(&utc).fix()).unwrap_or(utc).date()
}

const SECONDS_OF_TWO_DAYS: i64 = 2 * 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const CHINA: &str = include_str!("../../config/calendars/cn.toml");
    static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::parse(CHINA).unwrap());

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_days_are_worked_in_china() {
        let cases = [
            ("2025-01-01", false),
            ("2025-01-26", true),
            ("2025-02-04", false),
            ("2025-02-05", true),
            ("2025-10-08", false),
            ("2025-10-11", true),
            ("2026-01-04", true),
            ("2026-02-13", true),
            ("2026-02-14", true),
            ("2026-02-16", false),
            ("2026-02-24", true),
            ("2026-03-31", true),
            ("2026-04-06", false),
            ("2026-09-20", true),
            ("2026-09-26", false),
            ("2026-10-07", false),
            ("2026-10-10", true),
            ("2026-10-11", false),
        ];
        for (date, worked) in cases {
            assert_eq!(CALENDAR.is_working_day(day(date)), worked, "{date} {:?}", CALENDAR.day(day(date)));
        }
        assert!(matches!(CALENDAR.day(day("2026-02-17")), Day::Holiday(holiday) if holiday.name_zh == "春节"));
    }

    #[test]
    fn each_listed_year_has_the_statutory_days_and_makes_up_for_the_rest() {
        // 13 statutory days; every other weekday that is free is worked on a weekend.
        for year in [2025, 2026] {
            assert!(CALENDAR.knows(year));
            let days = day(&format!("{year}-01-01")).iter_days().take_while(|day| day.year() == year);
            let weekdays_free = days
                .clone()
                .filter(|day| day.weekday().num_days_from_monday() < 5 && !CALENDAR.is_working_day(*day))
                .count();
            let weekends_worked = days.filter(|day| CALENDAR.day(*day) == Day::MadeUp).count();
            assert!(weekdays_free - weekends_worked <= 13, "{year}: {weekdays_free} - {weekends_worked}");
        }
        assert!(!CALENDAR.knows(2030));
    }

    #[test]
    fn fifteen_working_days_step_over_spring_festival() {
        let deadlines =
            Deadlines { request_days: 30, closure_working_days: 15, certification_working_days: 10, clauses: vec![] };
        let cases = [("2026-02-12", "2026-03-11"), ("2026-03-31", "2026-04-22"), ("2026-09-24", "2026-10-22")];
        for (received, due) in cases {
            assert_eq!(deadlines.closure_due(day(received), &CALENDAR), day(due), "{received}");
        }
        assert_eq!(deadlines.request_due(day("2026-02-12")), day("2026-03-14"));
    }

    #[test]
    fn a_promise_that_is_too_long_or_none_is_seen() {
        let deadlines =
            Deadlines { request_days: 31, closure_working_days: 16, certification_working_days: 0, clauses: vec![] };
        let found: Vec<String> = deadlines.unfit().iter().map(ToString::to_string).collect();
        let expected = [
            "`request_days` is 31; 1 to 30 (gbt35273-8.7-a)",
            "`closure_working_days` is 16; 1 to 15 (gbt35273-8.5-b)",
            "`certification_working_days` is 0; 1 to 40 (gbt35273-7.1-a-op)",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let with = |weekend: &str, holidays: &str, working_days: &str| {
            let head = format!("title_zh = \"公司\"\ntitle_en = \"Company\"\nweekend = [{weekend}]\n");
            let year = format!(
                "[[year]]\nyear = 2026\nsource = \"x\"\nholidays = [{holidays}]\nworking_days = [{working_days}]"
            );
            Calendar::parse(&(head + &year)).map_err(|error| error.to_string())
        };
        let holiday = |from: &str, through: &str| {
            format!("{{ from = \"{from}\", through = \"{through}\", name_zh = \"节\", name_en = \"feast\" }}")
        };
        let week = "\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"";
        let twice = format!("{}, {}", holiday("2026-01-01", "2026-01-03"), holiday("2026-01-03", "2026-01-04"));
        let sunday = "\"sun\"";
        let cases = [
            (with(week, "", ""), "every day of the week"),
            (with(sunday, &holiday("2026-05-05", "2026-05-01"), ""), "1 to 31 days"),
            (with(sunday, &holiday("2026-01-01", "2099-01-01"), ""), "1 to 31 days"),
            (with(sunday, &holiday("2027-01-01", "2027-01-01"), ""), "under the year 2026"),
            (with(sunday, &twice, ""), "2026-01-03 belongs to two"),
            (with(sunday, "", "\"2026-03-31\""), "2026-03-31 is in `working_days`"),
            (with("\"someday\"", "", ""), "someday"),
        ];
        for (found, expected) in cases {
            let message = found.unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
        assert!(with(sunday, &holiday("2025-12-31", "2026-01-01"), "").is_ok(), "over New Year");
    }

    #[test]
    fn days_begin_when_the_clocks_say_so() {
        let cases = [
            ("Asia/Shanghai", "2026-04-01", "2026-03-31T16:00:00Z"),
            ("UTC", "2026-04-01", "2026-04-01T00:00:00Z"),
            ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"),
            // Clocks went from 23:59:59 to 01:00.
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
            // 00:00 came twice.
            ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
            // The clocks went from 23:30 to 00:30.
            ("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z"),
            // There was no such day.
            ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
        ];
        for (tz, date, start) in cases {
            let start: DateTime<Utc> = start.parse().unwrap();
            assert_eq!(start_of_day(day(date), tz.parse().unwrap()), start, "{tz} {date}");
        }
        let shanghai = chrono_tz::Asia::Shanghai;
        assert_eq!(end_of_day(day("2026-03-31"), shanghai), start_of_day(day("2026-04-01"), shanghai));
    }

    #[test]
    fn the_ends_of_time_are_no_trap() {
        for tz in [chrono_tz::Asia::Shanghai, chrono_tz::America::Sao_Paulo] {
            for date in [NaiveDate::MIN, NaiveDate::MAX] {
                assert!(end_of_day(date, tz) >= start_of_day(date, tz));
            }
            assert_eq!(civil_day(DateTime::<Utc>::MAX_UTC, tz).year(), NaiveDate::MAX.year());
            assert_eq!(civil_day(DateTime::<Utc>::MIN_UTC, tz).year(), NaiveDate::MIN.year());
        }
        assert_eq!(CALENDAR.add_working_days(NaiveDate::MAX, 3), NaiveDate::MAX);
        assert_eq!(CALENDAR.working_days_between(NaiveDate::MAX, NaiveDate::MAX), 0);
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0..2000u64).prop_map(|days| day("2024-06-01") + Days::new(days))
    }

    proptest! {
        #[test]
        fn counting_undoes_adding(date in any_day(), count in 0..200u32) {
            let due = CALENDAR.add_working_days(date, count);
            prop_assert_eq!(CALENDAR.working_days_between(date, due), count);
            prop_assert!(count == 0 || CALENDAR.is_working_day(due));
        }

        #[test]
        fn more_days_end_later(date in any_day(), count in 0..200u32) {
            prop_assert!(CALENDAR.add_working_days(date, count) < CALENDAR.add_working_days(date, count + 1));
        }

        #[test]
        fn the_first_instant_of_a_day_is_its_first(date in (0..40_000u64).prop_map(|days| day("1920-01-01") + Days::new(days)), tz in select(&chrono_tz::TZ_VARIANTS[..])) {
            let start = start_of_day(date, tz);
            prop_assert!(start.with_timezone(&tz).date_naive() >= date);
            prop_assert!((start - TimeDelta::seconds(1)).with_timezone(&tz).date_naive() < date);
            prop_assert!(end_of_day(date, tz) >= start && civil_day(start, tz) >= date);
        }
    }
}

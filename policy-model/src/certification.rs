//! Certification of who has what: once a quarter somebody else looks at every role and every grant beyond a role, and says
//! whether it is still needed (gbt35273-7.1-a, gbt35273-7.1-a-op).
//!
//! Silence is an answer: where a role reaches data or gives others reach, it ends; where a role watches over the others, it
//! stays and is put before a person, since nobody may get rid of whoever watches by looking away. And it never leaves an
//! organisation without anybody who could appoint somebody.

use chrono::{Datelike, NaiveDate};

use crate::pack::Pack;

/// The act of giving and taking roles.
pub const APPOINTS: &str = "roles.assign";

/// A quarter of a civil year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    year: i32,
    number: u32,
}

impl Quarter {
    /// The one that a day is in.
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), number: day.month0() / 3 + 1 }
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, (self.number - 1) * 3 + 1, 1).unwrap_or(NaiveDate::MAX)
    }
}

impl std::fmt::Display for Quarter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-Q{}", self.year, self.number)
    }
}

/// What is certified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What<'w> {
    /// That somebody holds a role.
    Role(&'w str),
    /// That an exceptional instruction lets somebody do more than their role (gbt35273-7.1-d).
    Exceptional,
}

/// What becomes of something that nobody answered for in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// It ends.
    Ends,
    /// It stays, and is put before a person until somebody answers.
    IsRaised,
}

/// What silence means.
pub fn on_silence(pack: &Pack, what: What<'_>) -> Silence {
    match what {
        What::Exceptional => Silence::Ends,
        What::Role(role) if pack.is_sensitive_role(role) => Silence::Ends,
        What::Role(_) => Silence::IsRaised,
    }
}

/// Whether a role lets its holder appoint others.
pub fn appoints(pack: &Pack, role: &str) -> bool {
    pack.powers().iter().any(|power| power.role == role && power.acts.iter().any(|act| act == APPOINTS))
}

/// What becomes of something that nobody answered for, when so many people could still appoint somebody at this moment: the
/// last of them stays.
pub fn end_of_silence(pack: &Pack, what: What<'_>, who_appoint: usize) -> Silence {
    match (on_silence(pack, what), what) {
        (Silence::Ends, What::Role(role)) if appoints(pack, role) && who_appoint <= 1 => Silence::IsRaised,
        (silence, _) => silence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_named_and_begins_on_its_first_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (of, name, first) in [
            ("2026-01-01", "2026-Q1", "2026-01-01"),
            ("2026-03-31", "2026-Q1", "2026-01-01"),
            ("2026-04-01", "2026-Q2", "2026-04-01"),
            ("2027-12-31", "2027-Q4", "2027-10-01"),
        ] {
            let quarter = Quarter::of(day(of));
            assert_eq!((quarter.to_string().as_str(), quarter.first_day()), (name, day(first)));
        }
    }
}

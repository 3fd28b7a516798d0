//! Under which tenure something came to be, when one person has had several: one after the other, or two at a time.
//!
//! Pure: the tenures, the day, and what was said about the side go in; the tenures that it may belong to come out. More
//! than one means that nobody can tell, and whoever would destroy something has to leave it alone.

use chrono::NaiveDate;

use crate::facts::Account;

/// One tenure of a person, as far as this question looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenure {
    /// The first day.
    pub first_day: NaiveDate,
    /// The last day, once it is known.
    pub last_day: Option<NaiveDate>,
    /// The account that it is lived with.
    pub account: Account,
    /// Whether the side was registered under this tenure's own staff number.
    pub is_named: bool,
}

impl Tenure {
    fn covers(&self, day: NaiveDate) -> bool {
        self.first_day <= day && self.last_day.is_none_or(|last| day <= last)
    }
}

/// Which of the tenures something of this day may belong to, by their places in the list: one, where it can be told.
///
/// Those that cover the day; of these, those under whose staff number it was registered; of these, those that were lived
/// with the account that was stated. What came to be on no day of any of them belongs to the one that had begun last, and
/// what came to be before all of them (an application) to the first. Empty only for no tenures.
pub fn of_moment(tenures: &[Tenure], day: NaiveDate, account: Option<Account>) -> Vec<usize> {
    let mut found: Vec<usize> = (0..tenures.len()).filter(|n| tenures[*n].covers(day)).collect();
    if found.is_empty() {
        found = beside(tenures, day);
    }
    narrow(&mut found, |n| tenures[n].is_named);
    if let Some(account) = account {
        narrow(&mut found, |n| tenures[n].account == account);
    }
    found
}

/// The nearest ones to a day that none of them covers.
fn beside(tenures: &[Tenure], day: NaiveDate) -> Vec<usize> {
    let first_days = || tenures.iter().map(|tenure| tenure.first_day);
    let nearest = first_days().filter(|first| *first <= day).max().or(first_days().min());
    (0..tenures.len()).filter(|n| Some(tenures[*n].first_day) == nearest).collect()
}

/// Keeps those of which something is true, where there are such.
fn narrow(found: &mut Vec<usize>, is_so: impl Fn(usize) -> bool) {
    if found.iter().any(|n| is_so(*n)) {
        found.retain(|n| is_so(*n));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn tenure(first: &str, last: Option<&str>, account: Account) -> Tenure {
        Tenure { first_day: day(first), last_day: last.map(day), account, is_named: false }
    }

    fn named(tenure: Tenure) -> Tenure {
        Tenure { is_named: true, ..tenure }
    }

    #[test]
    fn each_moment_belongs_to_the_tenure_that_can_be_told() {
        use Account::{Enterprise, Personal};
        let old = tenure("2024-05-01", Some("2026-03-31"), Personal);
        let new = tenure("2026-04-01", None, Personal);
        let beside = tenure("2025-01-06", None, Enterprise);
        type Case<'a> = (&'a [Tenure], &'a str, Option<Account>, &'a [usize]);
        let cases: [Case<'_>; 10] = [
            (&[old, new], "2025-06-01", None, &[0]),
            (&[old, new], "2026-04-01", None, &[1]),
            (&[old, new], "2020-01-01", None, &[0]),
            (&[old], "2026-05-01", None, &[0]),
            (&[old, beside], "2025-06-01", None, &[0, 1]),
            (&[named(old), beside], "2025-06-01", None, &[0]),
            (&[old, beside], "2025-06-01", Some(Enterprise), &[1]),
            (&[named(old), beside], "2025-06-01", Some(Enterprise), &[0]),
            // The number of a tenure that is over does not draw what came to be under one that stands.
            (&[named(old), beside], "2026-05-01", None, &[1]),
            (&[], "2025-06-01", None, &[]),
        ];
        for (n, (tenures, at, account, expected)) in cases.iter().enumerate() {
            assert_eq!(of_moment(tenures, day(at), *account), *expected, "case {n}");
        }
    }

    #[test]
    fn who_leaves_and_joins_on_one_day_has_a_day_of_which_nobody_can_tell() {
        let old = named(tenure("2024-05-01", Some("2026-03-31"), Account::Personal));
        let new = named(tenure("2026-03-31", None, Account::Personal));
        assert_eq!(of_moment(&[old, new], day("2026-03-31"), None), [0, 1]);
    }
}

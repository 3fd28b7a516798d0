//! What an instruction covers: which data, what may be done with it, by whom, for what purpose and for how long.

use chrono::{DateTime, TimeDelta, Utc};

use super::Kind;
use crate::class::ClassPattern;

/// What an instruction covers. `P` names a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope<P> {
    /// Which data.
    pub classes: Vec<ClassPattern>,
    /// What may be done with it, such as `read`. An order's action says it, so an order may leave this empty.
    pub operations: Vec<String>,
    /// For what purpose.
    pub purpose: String,
    /// By whom.
    pub holders: Holders<P>,
    /// Whose data.
    pub subjects: Subjects<P>,
    /// From which instant on.
    pub from: DateTime<Utc>,
    /// Until which instant, itself no longer included; without end if there is none.
    pub until: Option<DateTime<Utc>>,
}

/// Whom an instruction permits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holders<P> {
    /// Whoever has one of these roles.
    Roles(Vec<String>),
    /// These people, by name.
    People(Vec<P>),
}

/// Whose data an instruction reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subjects<P> {
    /// Everybody's in the tenant.
    Everybody,
    /// These people's.
    People(Vec<P>),
}

/// The shortest exceptional grant.
pub const SHORTEST_EXCEPTION: TimeDelta = TimeDelta::minutes(1);

/// The longest exceptional grant: limited in time means that somebody asks again each month (gbt35273-7.1-d).
pub const LONGEST_EXCEPTION: TimeDelta = TimeDelta::days(30);

/// What is wrong with a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScopeFault {
    /// It names no data.
    #[error("no class is named; name at least one class or family")]
    NoClass,
    /// It does not say what for.
    #[error("no purpose is given; say what the data is used for")]
    NoPurpose,
    /// It permits nothing.
    #[error("no operation is named; say what is permitted, such as `read`")]
    NoOperation,
    /// It permits nobody.
    #[error("nobody is permitted; name roles or people")]
    Nobody,
    /// It reaches nobody's data.
    #[error("nobody's data is named; name people, or say everybody")]
    NoSubject,
    /// It is over before it begins.
    #[error("it ends before it begins")]
    EndsBeforeItBegins,
    /// A standing grant to somebody by name would outlast their task unseen.
    #[error("a standing instruction permits roles; for people named, propose an exceptional one")]
    StandingForPeople,
    /// An exceptional grant to a role would be a change of roles by another name.
    #[error("an exceptional grant names people, not roles")]
    ExceptionForRole,
    /// An exceptional grant for ever would be a role by another name.
    #[error("an exceptional grant lasts from one minute to 30 days")]
    ExceptionTooLong,
}

impl ScopeFault {
    /// The clause that asks for it to be otherwise.
    pub fn clause(self) -> &'static str {
        match self {
            Self::NoClass | Self::Nobody | Self::NoSubject => "gbt35273-7.1-a",
            Self::NoOperation => "gbt35273-7.1-a-op",
            Self::StandingForPeople | Self::ExceptionForRole | Self::ExceptionTooLong => "gbt35273-7.1-d",
            Self::NoPurpose | Self::EndsBeforeItBegins => "dingtalk-3.6.2-instruct",
        }
    }
}

/// In what an operation would go beyond what was approved (gbt35273-7.1-b).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Exceeds {
    /// Other data.
    #[error("it reaches data that was not approved")]
    Classes,
    /// Other operations.
    #[error("it does what was not approved")]
    Operations,
    /// Another purpose.
    #[error("it serves a purpose that was not approved")]
    Purpose,
    /// Other people.
    #[error("it is done by somebody who was not approved")]
    Holders,
    /// Other people's data.
    #[error("it reaches people whose data was not approved")]
    Subjects,
    /// Another time.
    #[error("it reaches beyond the time that was approved")]
    Time,
}

impl<P: PartialEq> Scope<P> {
    /// Everything that is wrong with it, for an instruction of this kind.
    pub fn faults(&self, kind: Kind) -> Vec<ScopeFault> {
        let is_nobody = match &self.holders {
            Holders::Roles(roles) => roles.is_empty(),
            Holders::People(people) => people.is_empty(),
        };
        let grants = match kind {
            Kind::Standing | Kind::Exceptional => true,
            Kind::Order => false,
        };
        let is_for_no_one = match &self.subjects {
            Subjects::Everybody => false,
            Subjects::People(people) => people.is_empty(),
        };
        let checks = [
            (self.classes.is_empty(), ScopeFault::NoClass),
            (self.purpose.trim().is_empty(), ScopeFault::NoPurpose),
            (grants && self.operations.is_empty(), ScopeFault::NoOperation),
            (grants && is_nobody, ScopeFault::Nobody),
            (
                kind == Kind::Standing && !is_nobody && matches!(self.holders, Holders::People(_)),
                ScopeFault::StandingForPeople,
            ),
            (is_for_no_one, ScopeFault::NoSubject),
            (self.until.is_some_and(|until| until <= self.from), ScopeFault::EndsBeforeItBegins),
        ];
        let exceptions = match kind {
            Kind::Exceptional => self.exception_faults(),
            Kind::Standing | Kind::Order => vec![],
        };
        checks.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, fault)| fault).chain(exceptions).collect()
    }

    /// Whether an operation of the other scope stays within this one, which was approved.
    ///
    /// # Errors
    /// The first respect in which it does not.
    pub fn covers(&self, other: &Self) -> Result<(), Exceeds> {
        let classes = other.classes.iter().all(|theirs| self.classes.iter().any(|ours| ours.covers(theirs)));
        let holders = match (&self.holders, &other.holders) {
            (Holders::Roles(ours), Holders::Roles(theirs)) => contains_all(ours, theirs),
            (Holders::People(ours), Holders::People(theirs)) => contains_all(ours, theirs),
            // Whether a person has the role is not for a scope to say.
            (Holders::Roles(_), Holders::People(_)) | (Holders::People(_), Holders::Roles(_)) => false,
        };
        let subjects = match (&self.subjects, &other.subjects) {
            (Subjects::Everybody, _) => true,
            (Subjects::People(ours), Subjects::People(theirs)) => contains_all(ours, theirs),
            (Subjects::People(_), Subjects::Everybody) => false,
        };
        let ends_in_time = match (self.until, other.until) {
            (None, _) => true,
            (Some(ours), Some(theirs)) => theirs <= ours,
            (Some(_), None) => false,
        };
        let checks = [
            (classes, Exceeds::Classes),
            (contains_all(&self.operations, &other.operations), Exceeds::Operations),
            (self.purpose == other.purpose, Exceeds::Purpose),
            (holders, Exceeds::Holders),
            (subjects, Exceeds::Subjects),
            (ends_in_time && other.from >= self.from, Exceeds::Time),
        ];
        checks.into_iter().find(|(is_within, _)| !is_within).map_or(Ok(()), |(_, exceeds)| Err(exceeds))
    }

    /// Whether it is the time for it.
    pub fn is_open_at(&self, now: DateTime<Utc>) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }

    fn exception_faults(&self) -> Vec<ScopeFault> {
        let mut faults = Vec::new();
        match &self.holders {
            Holders::Roles(_) => faults.push(ScopeFault::ExceptionForRole),
            Holders::People(_) => {}
        }
        let lasts = self.until.map(|until| until - self.from);
        if !lasts.is_some_and(|lasts| (SHORTEST_EXCEPTION..=LONGEST_EXCEPTION).contains(&lasts)) {
            faults.push(ScopeFault::ExceptionTooLong);
        }
        faults
    }
}

fn contains_all<T: PartialEq>(ours: &[T], theirs: &[T]) -> bool {
    theirs.iter().all(|one| ours.contains(one))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::subsequence;

    use super::*;

    fn minute(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn payroll() -> Scope<u32> {
        Scope {
            classes: vec!["attendance.*".parse().unwrap()],
            operations: vec!["read".to_owned()],
            purpose: "payroll".to_owned(),
            holders: Holders::Roles(vec!["hr_admin".to_owned()]),
            subjects: Subjects::Everybody,
            from: minute(0),
            until: None,
        }
    }

    fn exception(minutes: i64) -> Scope<u32> {
        Scope { holders: Holders::People(vec![1]), until: Some(minute(minutes)), ..payroll() }
    }

    #[test]
    fn what_is_wrong_with_a_scope() {
        use ScopeFault as F;
        let month = 30 * 24 * 60;
        let cases: [(&str, Kind, Scope<u32>, &[F]); 12] = [
            ("a standing grant", Kind::Standing, payroll(), &[]),
            ("a grant of an hour", Kind::Exceptional, exception(60), &[]),
            ("of thirty days", Kind::Exceptional, exception(month), &[]),
            ("of a minute more", Kind::Exceptional, exception(month + 1), &[F::ExceptionTooLong]),
            ("of no time", Kind::Exceptional, exception(0), &[F::EndsBeforeItBegins, F::ExceptionTooLong]),
            ("for ever", Kind::Exceptional, Scope { until: None, ..exception(60) }, &[F::ExceptionTooLong]),
            ("to a role", Kind::Exceptional, Scope { until: Some(minute(60)), ..payroll() }, &[F::ExceptionForRole]),
            ("to nobody", Kind::Exceptional, Scope { holders: Holders::People(vec![]), ..exception(60) }, &[F::Nobody]),
            (
                "a standing grant to somebody",
                Kind::Standing,
                Scope { holders: Holders::People(vec![1]), ..payroll() },
                &[F::StandingForPeople],
            ),
            ("for no purpose", Kind::Standing, Scope { purpose: " ".to_owned(), ..payroll() }, &[F::NoPurpose]),
            ("to do nothing", Kind::Standing, Scope { operations: vec![], ..payroll() }, &[F::NoOperation]),
            (
                "an order about nobody",
                Kind::Order,
                Scope { subjects: Subjects::People(vec![]), operations: vec![], ..payroll() },
                &[F::NoSubject],
            ),
        ];
        for (what, kind, scope, expected) in cases {
            assert_eq!(scope.faults(kind), expected, "{what}");
        }
    }

    #[test]
    fn what_is_carried_out_stays_within_what_was_approved() {
        let approved = Scope { subjects: Subjects::People(vec![1, 2]), ..exception(60) };
        let cases = [
            (approved.clone(), Ok(())),
            (Scope { subjects: Subjects::People(vec![2]), ..approved.clone() }, Ok(())),
            (Scope { classes: vec!["attendance.card".parse().unwrap()], ..approved.clone() }, Ok(())),
            (Scope { until: Some(minute(30)), ..approved.clone() }, Ok(())),
            (Scope { classes: vec!["*".parse().unwrap()], ..approved.clone() }, Err(Exceeds::Classes)),
            (Scope { operations: vec!["export".to_owned()], ..approved.clone() }, Err(Exceeds::Operations)),
            (Scope { purpose: "curiosity".to_owned(), ..approved.clone() }, Err(Exceeds::Purpose)),
            (Scope { holders: Holders::People(vec![1, 7]), ..approved.clone() }, Err(Exceeds::Holders)),
            (Scope { subjects: Subjects::Everybody, ..approved.clone() }, Err(Exceeds::Subjects)),
            (Scope { until: Some(minute(61)), ..approved.clone() }, Err(Exceeds::Time)),
            (Scope { until: None, ..approved.clone() }, Err(Exceeds::Time)),
        ];
        for (wanted, expected) in cases {
            assert_eq!(approved.covers(&wanted), expected, "{wanted:?}");
        }
    }

    fn any_scope() -> impl Strategy<Value = Scope<u32>> {
        let patterns = ["*", "hr.*", "hr.name", "mail.*"].map(|pattern| pattern.parse::<ClassPattern>().unwrap());
        let classes = subsequence(patterns.to_vec(), 1..=2);
        let operations = subsequence(vec!["read".to_owned(), "export".to_owned(), "correct".to_owned()], 0..=2);
        let holders = prop_oneof![
            subsequence(vec![1, 2], 0..=2).prop_map(Holders::People),
            subsequence(vec!["hr_admin".to_owned(), "auditor".to_owned()], 0..=2).prop_map(Holders::Roles),
        ];
        let subjects =
            prop_oneof![Just(Subjects::Everybody), subsequence(vec![1, 2, 3], 0..=3).prop_map(Subjects::People)];
        let time = (0..3i64, prop::option::of(0..5i64));
        (classes, operations, holders, subjects, time).prop_map(
            |(classes, operations, holders, subjects, (from, until))| Scope {
                classes,
                operations,
                holders,
                subjects,
                purpose: "payroll".to_owned(),
                from: minute(from),
                until: until.map(minute),
            },
        )
    }

    proptest! {
        #[test]
        fn a_scope_covers_itself_and_covering_carries_on(a in any_scope(), b in any_scope(), c in any_scope(), now in 0..6i64) {
            prop_assert_eq!(a.covers(&a), Ok(()));
            if a.covers(&b).is_ok() {
                prop_assert!(!b.is_open_at(minute(now)) || a.is_open_at(minute(now)));
                prop_assert!(b.covers(&c).is_err() || a.covers(&c).is_ok());
            }
        }
    }
}

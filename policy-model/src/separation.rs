//! Whether two roles that exclude each other ever met in one person: looked up in the history of who held what, for the
//! rules that were in force then (gbt35273-7.1-c).
//!
//! [`crate::roles::may_hold`] keeps excluded pairs apart when a role is given; this is the other half, which trusts nobody:
//! it takes what is stored and finds every moment at which a pair was held all the same, to the instant. What always holds:
//! a moment is reported exactly when the rules of that moment exclude two roles that one person held then.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::calendar::civil_day;
use crate::roles::Exclusion;

/// From an instant on, until another; still so when there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub until: Option<DateTime<Utc>>,
}

/// The exclusions of one pack, and when they were in force.
#[derive(Debug, Clone, Copy)]
pub struct InForce<'r> {
    /// What may not be held together.
    pub exclusions: &'r [Exclusion],
    /// When that was so.
    pub time: Time,
}

/// A role that somebody held for a time, by whatever way they came by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// The role's key.
    pub role: String,
    /// When they held it.
    pub time: Time,
}

/// A time in which one person held both roles of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap<P> {
    /// Who.
    pub person: P,
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when; still so when there is none.
    pub until: Option<DateTime<Utc>>,
}

/// What was found about one excluded pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked<P> {
    /// The rule as it was last in force.
    pub exclusion: Exclusion,
    /// When some rule kept the two apart, in order and without overlap.
    pub times: Vec<Time>,
    /// How many civil days that is.
    pub days: usize,
    /// How many times of holding one of the two roles were looked at.
    pub spells: usize,
    /// By how many people.
    pub people: usize,
    /// Where both were held by one person: none, if nobody got round the rules.
    pub overlaps: Vec<Overlap<P>>,
    /// How many there are in all; the first [`MOST_SHOWN`] are listed.
    pub overlaps_in_all: usize,
}

/// Overlaps of one pair that are listed. More say nothing that these do not.
pub const MOST_SHOWN: usize = 200;

/// A pair of roles whose order means nothing.
type Pair = [String; 2];
/// Half-open times in order, none touching the next.
type Times = Vec<(DateTime<Utc>, DateTime<Utc>)>;

/// An examination: told the rules, then person by person what they held.
#[derive(Debug)]
pub struct Examination<P> {
    through: DateTime<Utc>,
    tz: Tz,
    pairs: BTreeMap<Pair, (Exclusion, Times)>,
    found: BTreeMap<Pair, Found<P>>,
}

#[derive(Debug)]
struct Found<P> {
    spells: usize,
    people: usize,
    overlaps: Vec<Overlap<P>>,
    in_all: usize,
}

impl<P: Clone> Examination<P> {
    /// Examines the past until an instant, by the rules in force at each moment; days are those of a time zone.
    pub fn through(through: DateTime<Utc>, tz: Tz, rules: &[InForce<'_>]) -> Self {
        let mut pairs: BTreeMap<Pair, (Exclusion, Times)> = BTreeMap::new();
        for rule in rules {
            for exclusion in rule.exclusions {
                let times = clipped(rule.time, through);
                let known = pairs.entry(pair(exclusion)).or_insert_with(|| (exclusion.clone(), Times::new()));
                known.0 = exclusion.clone();
                known.1.extend(times);
            }
        }
        for (_, times) in pairs.values_mut() {
            *times = merged(std::mem::take(times));
        }
        Self { through, tz, pairs, found: BTreeMap::new() }
    }

    /// Looks at everything that one person ever held, through whatever membership.
    pub fn person(&mut self, person: &P, held: &[Spell]) {
        for (pair, (_, in_force)) in &self.pairs {
            let of = |role: &str| -> (usize, Times) {
                let times = held.iter().filter(|spell| spell.role == role).flat_map(|s| clipped(s.time, self.through));
                let looked_at: Times = times.filter(|time| !common(&[*time], in_force).is_empty()).collect();
                (looked_at.len(), merged(looked_at))
            };
            let ((n, one), (m, other)) = (of(&pair[0]), of(&pair[1]));
            if n + m == 0 {
                continue;
            }
            let found = self.found.entry(pair.clone()).or_insert_with(|| Found {
                spells: 0,
                people: 0,
                overlaps: Vec::new(),
                in_all: 0,
            });
            found.spells += n + m;
            found.people += 1;
            for (from, until) in common(&common(&one, &other), in_force) {
                found.in_all += 1;
                if found.overlaps.len() < MOST_SHOWN {
                    let until = (until < self.through).then_some(until);
                    found.overlaps.push(Overlap { person: person.clone(), from, until });
                }
            }
        }
    }

    /// What was found, pair by pair.
    pub fn finish(mut self) -> Vec<Checked<P>> {
        let mut all = Vec::with_capacity(self.pairs.len());
        for (pair, (exclusion, times)) in self.pairs {
            let found = self.found.remove(&pair);
            let (spells, people) = found.as_ref().map_or((0, 0), |f| (f.spells, f.people));
            let (overlaps, overlaps_in_all) = found.map_or((Vec::new(), 0), |f| (f.overlaps, f.in_all));
            let days = days(&times, self.tz);
            let open = |until| (until < self.through).then_some(until);
            let times = times.into_iter().map(|(from, until)| Time { from, until: open(until) }).collect();
            all.push(Checked { exclusion, times, days, spells, people, overlaps, overlaps_in_all });
        }
        all
    }
}

fn pair(exclusion: &Exclusion) -> Pair {
    let mut pair = exclusion.roles.clone();
    pair.sort();
    pair
}

/// What of a time lies before an instant; nothing of one that was over when it began.
fn clipped(time: Time, through: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let until = time.until.map_or(through, |until| until.min(through));
    (time.from < until).then_some((time.from, until))
}

/// The same times in order, those that touch made one.
fn merged(mut times: Times) -> Times {
    times.sort();
    let mut all: Times = Vec::with_capacity(times.len());
    for (from, until) in times {
        match all.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            Some(_) | None => all.push((from, until)),
        }
    }
    all
}

/// When both are so.
fn common(one: &[(DateTime<Utc>, DateTime<Utc>)], other: &[(DateTime<Utc>, DateTime<Utc>)]) -> Times {
    let both = |a: &(DateTime<Utc>, DateTime<Utc>), b: &(DateTime<Utc>, DateTime<Utc>)| {
        let (from, until) = (a.0.max(b.0), a.1.min(b.1));
        (from < until).then_some((from, until))
    };
    one.iter().flat_map(|a| other.iter().filter_map(move |b| both(a, b))).collect()
}

/// The civil days that these times touch, each counted once.
fn days(times: &Times, tz: Tz) -> usize {
    let mut counted: BTreeSet<NaiveDate> = BTreeSet::new();
    let mut whole = 0;
    for (from, until) in times {
        let (first, last) = (civil_day(*from, tz), civil_day(*until - TimeDelta::nanoseconds(1), tz));
        // Two times may share the days at their ends, and no other.
        whole += usize::try_from((last - first).num_days() - 1).unwrap_or(0);
        counted.extend([first, last]);
    }
    whole + counted.len()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::roles::{conflicts, may_hold};

    const ROLES: [&str; 4] = ["auditor", "data_operator", "primary_admin", "security_admin"];

    fn exclusion(a: &str, b: &str) -> Exclusion {
        Exclusion {
            id: format!("{a}-{b}"),
            roles: [a.to_owned(), b.to_owned()],
            clauses: vec!["gbt35273-7.1-c".to_owned()],
            reason_zh: "角色分离".to_owned(),
            reason_en: "roles are separated".to_owned(),
        }
    }

    fn at(hour: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 1, 16, 0, 0).unwrap() + TimeDelta::hours(hour)
    }

    fn time(from: i64, until: Option<i64>) -> Time {
        Time { from: at(from), until: until.map(at) }
    }

    fn spell(role: &str, from: i64, until: Option<i64>) -> Spell {
        Spell { role: role.to_owned(), time: time(from, until) }
    }

    const SHANGHAI: Tz = chrono_tz::Asia::Shanghai;

    #[test]
    fn a_pair_that_never_met_is_counted_and_one_that_met_is_shown_to_the_instant() {
        let rules = [exclusion("auditor", "security_admin"), exclusion("auditor", "data_operator")];
        let in_force = [InForce { exclusions: &rules, time: time(0, None) }];
        let mut all = Examination::through(at(72), SHANGHAI, &in_force);
        // One after the other, without a gap.
        all.person(&1, &[spell("auditor", 0, Some(10)), spell("security_admin", 10, None)]);
        // A delegation into the other's time; given twice, it is one overlap.
        all.person(
            &2,
            &[spell("auditor", 0, None), spell("data_operator", 30, Some(40)), spell("data_operator", 35, Some(50))],
        );
        let found = all.finish();
        let of = |id: &str| found.iter().find(|c| c.exclusion.id == id).unwrap();
        let (met, apart) = (of("auditor-data_operator"), of("auditor-security_admin"));
        assert_eq!((apart.days, apart.spells, apart.people, apart.overlaps_in_all), (3, 3, 2, 0));
        assert_eq!((met.spells, met.people), (4, 2));
        assert_eq!(met.overlaps, [Overlap { person: 2, from: at(30), until: Some(at(50)) }]);
    }

    #[test]
    fn only_the_rules_of_that_time_count() {
        let (before, after) = ([], [exclusion("auditor", "security_admin")]);
        let in_force = [
            InForce { exclusions: &before, time: time(0, Some(20)) },
            InForce { exclusions: &after, time: time(20, None) },
        ];
        let mut all = Examination::through(at(48), SHANGHAI, &in_force);
        all.person(&1, &[spell("auditor", 0, None), spell("security_admin", 5, None)]);
        let found = all.finish();
        assert_eq!(found[0].times, [time(20, None)]);
        assert_eq!(found[0].overlaps, [Overlap { person: 1, from: at(20), until: None }]);
        assert_eq!(found[0].days, 2, "the two civil days that twenty-eight hours from eight in the evening touch");
    }

    fn any_rules() -> impl Strategy<Value = Vec<(Vec<Exclusion>, Time)>> {
        let some = prop::collection::vec((select(&ROLES[..]), select(&ROLES[..])), 0..4).prop_map(|pairs| {
            pairs.into_iter().filter(|(a, b)| a != b).map(|(a, b)| exclusion(a, b)).collect::<Vec<_>>()
        });
        prop::collection::vec((some, 0..40i64, prop::option::of(0..40i64)), 1..3)
            .prop_map(|rules| rules.into_iter().map(|(e, from, until)| (e, time(from, until))).collect())
    }

    fn any_spells() -> impl Strategy<Value = Vec<Spell>> {
        let one = (select(&ROLES[..]), 0..40i64, prop::option::of(0..40i64));
        prop::collection::vec(one, 0..6)
            .prop_map(|all| all.into_iter().map(|(role, from, until)| spell(role, from, until)).collect())
    }

    fn is_at(time: Time, now: DateTime<Utc>) -> bool {
        time.from <= now && time.until.is_none_or(|until| now < until)
    }

    proptest! {
        #[test]
        fn a_moment_is_reported_exactly_when_its_rules_exclude_what_was_held_then(
            rules in any_rules(), people in prop::collection::vec(any_spells(), 0..4), through in 1..40i64,
        ) {
            let in_force: Vec<InForce<'_>> =
                rules.iter().map(|(exclusions, time)| InForce { exclusions, time: *time }).collect();
            let mut all = Examination::through(at(through), SHANGHAI, &in_force);
            people.iter().enumerate().for_each(|(person, held)| all.person(&person, held));
            let found = all.finish();
            for hour in 0..through {
                let now = at(hour);
                for (person, held) in people.iter().enumerate() {
                    let roles: Vec<&str> =
                        held.iter().filter(|s| is_at(s.time, now)).map(|s| s.role.as_str()).collect();
                    let of_then: Vec<Exclusion> = rules.iter().filter(|(_, time)| is_at(*time, now))
                        .flat_map(|(exclusions, _)| exclusions.iter().cloned()).collect();
                    let met: BTreeSet<Pair> = conflicts(&roles, &of_then).iter().map(|c| pair(c.by)).collect();
                    let said: BTreeSet<Pair> = found.iter()
                        .filter(|c| c.overlaps.iter().any(|o| o.person == person && o.from <= now
                            && o.until.is_none_or(|until| now < until)))
                        .map(|c| pair(&c.exclusion)).collect();
                    prop_assert_eq!(met, said, "hour {} person {}", hour, person);
                }
            }
        }

        #[test]
        fn whoever_was_only_given_what_they_may_hold_is_never_found(
            pairs in prop::collection::vec((select(&ROLES[..]), select(&ROLES[..])), 0..5),
            asked in prop::collection::vec((select(&ROLES[..]), 0..40i64, prop::option::of(1..20i64)), 0..12),
        ) {
            let rules: Vec<Exclusion> =
                pairs.into_iter().filter(|(a, b)| a != b).map(|(a, b)| exclusion(a, b)).collect();
            let mut asked = asked;
            asked.sort_by_key(|(_, from, _)| *from);
            let mut held: Vec<Spell> = Vec::new();
            for (role, from, length) in asked {
                let now: Vec<&str> =
                    held.iter().filter(|s| is_at(s.time, at(from))).map(|s| s.role.as_str()).collect();
                if may_hold(now, role, &rules).is_ok() {
                    held.push(spell(role, from, length.map(|length| from + length)));
                }
            }
            let in_force = [InForce { exclusions: &rules, time: time(0, None) }];
            let mut all = Examination::through(at(50), SHANGHAI, &in_force);
            all.person(&1, &held);
            prop_assert!(all.finish().iter().all(|c| c.overlaps_in_all == 0));
        }
    }
}

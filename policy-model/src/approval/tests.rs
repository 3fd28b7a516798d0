//! The cases of approval as tables, and its laws as properties.

#![allow(clippy::type_complexity, reason = "a table of cases reads best with its type spelt out once, where it stands")]

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;

const ROLES: [&str; 4] = ["auditor", "hr_admin", "privacy_officer", "security_admin"];

fn need(role: &str, count: u32) -> Need {
    Need { role: role.to_owned(), count: NonZeroU32::new(count).unwrap() }
}

fn rule(id: &str, action: Action, sensitivity: Sensitivity, subjects_from: u32, approvers: Vec<Need>) -> ApprovalRule {
    ApprovalRule {
        id: id.to_owned(),
        actions: vec![action],
        sensitivity,
        subjects_from,
        approvers,
        expires_after_working_days: NonZeroU32::new(5).unwrap(),
        clauses: vec!["gbt35273-7.1-b".to_owned()],
        reason_zh: "重要操作须经审批".to_owned(),
        reason_en: "Important operations need approval".to_owned(),
    }
}

fn minute(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
}

/// Requests in these tests lapse at minute 100.
const LAPSES: i64 = 100;

fn says<'a>(person: u32, roles: &[&'a str], verdict: Verdict, at: i64) -> Decision<'a, u32> {
    Decision { person, roles: roles.to_vec(), verdict, at: minute(at) }
}

fn yes<'a>(person: u32, roles: &[&'a str]) -> Decision<'a, u32> {
    says(person, roles, Verdict::Yes, 1)
}

/// Person 0 is the author and person 1 the executor of every request here; it is about person 8 and hands over to person 9.
fn request<'a>(needs: &'a [Need], decided: &'a [Decision<'a, u32>]) -> Request<'a, u32> {
    Request {
        author: 0,
        executor: Some(1),
        concerned: &[8],
        receivers: &[9],
        needs,
        decided,
        expires_at: minute(LAPSES),
    }
}

#[test]
fn rules_add_up() {
    let rules = [
        rule("any", Action::Export, Sensitivity::Any, 0, vec![need("security_admin", 1)]),
        rule("sensitive", Action::Export, Sensitivity::Sensitive, 0, vec![need("privacy_officer", 1)]),
        rule("bulk", Action::Export, Sensitivity::Any, 100, vec![need("security_admin", 2)]),
        rule("free", Action::Retain, Sensitivity::Any, 0, vec![]),
    ];
    let cases: [(Action, bool, u32, &[(&str, u32)]); 5] = [
        (Action::Export, false, 1, &[("security_admin", 1)]),
        (Action::Export, true, 1, &[("privacy_officer", 1), ("security_admin", 1)]),
        (Action::Export, false, 100, &[("security_admin", 2)]),
        (Action::Export, true, 5000, &[("privacy_officer", 1), ("security_admin", 2)]),
        (Action::Retain, true, 5000, &[]),
    ];
    for (action, sensitive, subjects, expected) in cases {
        let requirement = required(&rules, &Ask { action, sensitive, subjects }).unwrap();
        let found: Vec<(&str, u32)> = requirement.needs.iter().map(|need| (&*need.role, need.count.get())).collect();
        assert_eq!(found, expected, "{action:?} {sensitive} {subjects}");
        assert_eq!(requirement.is_free(), expected.is_empty());
    }
}

#[test]
fn what_no_rule_fits_is_refused() {
    let rules = [rule("bulk", Action::Export, Sensitivity::Any, 100, vec![need("security_admin", 1)])];
    let ask = Ask { action: Action::Export, sensitive: true, subjects: 99 };
    assert_eq!(required(&rules, &ask), Err(NoRule(ask)));
    assert_eq!(uncovered(&rules), Action::ALL, "a rule for many people covers no action");
}

#[test]
fn no_pack_can_grant_more_than_a_role_without_the_privacy_officer() {
    let rules = [rule("lax", Action::Exceptional, Sensitivity::Any, 0, vec![])];
    let ask = Ask { action: Action::Exceptional, sensitive: false, subjects: 1 };
    assert_eq!(required(&rules, &ask).unwrap().needs, [need(PRIVACY_OFFICER, 1)]);
}

#[test]
fn who_may_decide() {
    let needs = [need("privacy_officer", 1), need("hr_admin", 1)];
    let decided = [yes(5, &["hr_admin"])];
    let lacking = MayNot::LacksRole(vec!["privacy_officer".to_owned(), "hr_admin".to_owned()]);
    let cases: [(&str, u32, &[&str], i64, Result<(), MayNot>); 8] = [
        ("a privacy officer", 2, &["privacy_officer"], 2, Ok(())),
        ("another hr admin, who may still say no", 3, &["hr_admin"], 2, Ok(())),
        ("the author", 0, &["privacy_officer"], 2, Err(MayNot::OwnRequest)),
        ("the executor", 1, &["privacy_officer"], 2, Err(MayNot::Executor)),
        ("again, through another role", 5, &["privacy_officer"], 2, Err(MayNot::AlreadyDecided)),
        ("an auditor", 4, &["auditor"], 2, Err(lacking)),
        ("just in time", 2, &["privacy_officer"], LAPSES - 1, Ok(())),
        ("too late", 2, &["privacy_officer"], LAPSES, Err(MayNot::Expired(minute(LAPSES)))),
    ];
    for (who, person, roles, at, expected) in cases {
        let candidate = Candidate { person, roles: roles.to_vec() };
        assert_eq!(may_decide(&request(&needs, &decided), &candidate, minute(at)), expected, "{who}");
    }
}

#[test]
fn what_decisions_add_up_to() {
    let two_kinds = [need("hr_admin", 1), need("privacy_officer", 1)];
    let no = |person, roles: &[&'static str]| says(person, roles, Verdict::No, 1);
    let late = says(3, &["privacy_officer"], Verdict::Yes, LAPSES);
    let cases: [(&str, Vec<Decision<'_, u32>>, i64, Outcome); 10] = [
        ("silence", vec![], 2, Outcome::Waiting(two_kinds.to_vec())),
        ("silence for too long", vec![], LAPSES, Outcome::Expired),
        ("one of two", vec![yes(2, &["hr_admin"])], 2, Outcome::Waiting(vec![need("privacy_officer", 1)])),
        ("both", vec![yes(2, &["hr_admin"]), yes(3, &["privacy_officer"])], 2, Outcome::InForce),
        (
            "both, read long afterwards",
            vec![yes(2, &["hr_admin"]), yes(3, &["privacy_officer"])],
            999,
            Outcome::InForce,
        ),
        ("the second too late", vec![yes(2, &["hr_admin"]), late], 999, Outcome::Expired),
        ("one person in both roles", vec![yes(2, &["hr_admin", "privacy_officer"])], 2, {
            Outcome::Waiting(vec![need("privacy_officer", 1)])
        }),
        ("a no among the yeses", vec![yes(2, &["hr_admin"]), yes(3, &["privacy_officer"]), no(6, &["hr_admin"])], 2, {
            Outcome::Refused
        }),
        ("the no of somebody who has no say", vec![no(6, &["auditor"])], 2, Outcome::Waiting(two_kinds.to_vec())),
        ("the author's and the executor's yes", vec![yes(0, &["hr_admin"]), yes(1, &["privacy_officer"])], 2, {
            Outcome::Waiting(two_kinds.to_vec())
        }),
    ];
    let available: Vec<Candidate<'_, u32>> =
        (0..9).map(|person| Candidate { person, roles: vec!["hr_admin", "privacy_officer"] }).collect();
    for (story, decided, now, expected) in cases {
        assert_eq!(outcome(&request(&two_kinds, &decided), &available, minute(now)), expected, "{story}");
    }
}

#[test]
fn it_waits_and_says_so_when_nobody_is_left_to_ask() {
    let needs = [need("privacy_officer", 2)];
    let officers = |people: &[u32]| -> Vec<Candidate<'_, u32>> {
        people.iter().map(|person| Candidate { person: *person, roles: vec!["privacy_officer"] }).collect()
    };
    let decided = [yes(2, &["privacy_officer"])];
    let missing = vec![need("privacy_officer", 1)];
    let asked = |people: &[u32]| outcome(&request(&needs, &decided), &officers(people), minute(2));
    assert_eq!(asked(&[2, 3]), Outcome::Waiting(missing.clone()));
    assert_eq!(asked(&[2]), Outcome::NobodyAvailable(missing.clone()), "who has spoken cannot speak again");
    assert_eq!(asked(&[0, 1, 2]), Outcome::NobodyAvailable(missing), "nor can author and executor");
}

#[test]
fn whoever_holds_two_roles_fills_the_place_that_nobody_else_can() {
    let needs = [need("hr_admin", 1), need("privacy_officer", 1)];
    let decided = [yes(2, &["hr_admin", "privacy_officer"]), yes(3, &["hr_admin"])];
    assert_eq!(outcome(&request(&needs, &decided), &[], minute(2)), Outcome::InForce);
}

#[test]
fn who_approved_does_not_execute() {
    let needs = [need("privacy_officer", 1)];
    let decided = [yes(2, &["privacy_officer"])];
    let request = Request { executor: None, ..request(&needs, &decided) };
    assert_eq!(may_execute(&request, 2, minute(5)), Err(MayNot::Executor));
    assert_eq!(may_execute(&request, 3, minute(5)), Ok(()));
    assert_eq!(may_execute(&Request { decided: &[], ..request }, 3, minute(5)), Err(MayNot::NotInForce));
}

fn any_rule() -> impl Strategy<Value = ApprovalRule> {
    let sensitivity = select(vec![Sensitivity::Any, Sensitivity::Sensitive]);
    let actions = select(vec![Action::Export, Action::Delete, Action::Exceptional]);
    (actions, sensitivity, 0..4u32, any_needs(), 1..9u32).prop_map(|(action, sensitivity, from, needs, days)| {
        let expires_after_working_days = NonZeroU32::new(days).unwrap();
        ApprovalRule { expires_after_working_days, ..rule("any", action, sensitivity, from, needs) }
    })
}

fn any_needs() -> impl Strategy<Value = Vec<Need>> {
    subsequence(ROLES.to_vec(), 0..=3).prop_flat_map(|roles| {
        roles.into_iter().map(|role| (1..3u32).prop_map(move |n| need(role, n))).collect::<Vec<_>>()
    })
}

fn any_decision() -> impl Strategy<Value = Decision<'static, u32>> {
    let verdict = prop::sample::select(vec![Verdict::Yes, Verdict::Yes, Verdict::Yes, Verdict::No]);
    (0..7u32, subsequence(ROLES.to_vec(), 0..=2), verdict, 0..LAPSES + 20)
        .prop_map(|(person, roles, verdict, at)| says(person, &roles, verdict, at))
}

/// Whether the needs can be met by different people, tried the slow and obvious way.
fn can_be_met(needs: &[Need], people: &BTreeMap<u32, Vec<&str>>) -> bool {
    let places: Vec<&str> = needs.iter().flat_map(|need| vec![&*need.role; need.count.get() as usize]).collect();
    fn place(places: &[&str], people: &BTreeMap<u32, Vec<&str>>) -> bool {
        let Some((role, rest)) = places.split_first() else { return true };
        people.iter().filter(|(_, roles)| roles.contains(role)).any(|(person, _)| {
            let mut others = people.clone();
            others.remove(person);
            place(rest, &others)
        })
    }
    place(&places, people)
}

proptest! {
    #[test]
    fn asking_for_more_never_needs_less(rules in prop::collection::vec(any_rule(), 1..7), subjects in 0..5u32, more in 0..5u32, sensitive: bool) {
        for action in [Action::Export, Action::Delete, Action::Exceptional] {
            let small = Ask { action, sensitive: false, subjects };
            let large = Ask { action, sensitive, subjects: subjects + more };
            if let Ok(less) = required(&rules, &small) {
                let more = required(&rules, &large).unwrap();
                for need in &less.needs {
                    prop_assert!(more.count_of(&need.role) >= need.count.get());
                }
                prop_assert!(more.expires_after_working_days <= less.expires_after_working_days);
            }
        }
    }

    #[test]
    fn the_order_of_the_rules_means_nothing(rules in prop::collection::vec(any_rule(), 1..7).prop_shuffle(), subjects in 0..5u32, sensitive: bool) {
        let ask = Ask { action: Action::Export, sensitive, subjects };
        let mut turned = rules.clone();
        turned.reverse();
        let needs = |rules| required(rules, &ask).map(|found| (found.needs.clone(), found.expires_after_working_days));
        prop_assert_eq!(needs(&rules), needs(&turned));
    }

    #[test]
    fn it_is_in_force_exactly_if_enough_different_people_agreed_in_time(
        needs in any_needs(), decided in prop::collection::vec(any_decision(), 0..7), now in 0..LAPSES + 50,
    ) {
        let heard: Vec<_> = decided.iter()
            .filter(|said| said.person > 1 && said.at < minute(LAPSES))
            .filter(|said| said.roles.iter().any(|role| needs.iter().any(|need| need.role == *role)))
            .collect();
        let mut agreed: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for said in heard.iter().filter(|said| said.verdict == Verdict::Yes) {
            agreed.entry(said.person).or_default().extend(&said.roles);
        }
        let is_refused = heard.iter().any(|said| said.verdict == Verdict::No);
        let expected = !is_refused && can_be_met(&needs, &agreed);
        let found = outcome(&request(&needs, &decided), &[], minute(now));
        prop_assert_eq!(found == Outcome::InForce, expected, "{:?}", found);
    }

    #[test]
    fn the_order_of_decisions_does_not_matter(
        needs in any_needs(),
        (decided, shuffled) in prop::collection::vec(any_decision(), 0..7).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        now in 0..LAPSES + 50,
    ) {
        let people: Vec<_> = (0..9).map(|person| Candidate { person, roles: vec![ROLES[person as usize % 4]] }).collect();
        let found = outcome(&request(&needs, &decided), &people, minute(now));
        prop_assert_eq!(found, outcome(&request(&needs, &shuffled), &people, minute(now)));
    }

    #[test]
    fn what_has_lapsed_never_comes_into_force(
        needs in any_needs(), decided in prop::collection::vec(any_decision(), 0..4), later in prop::collection::vec(any_decision(), 0..5),
    ) {
        if outcome(&request(&needs, &decided), &[], minute(LAPSES)) == Outcome::Expired {
            let after = later.into_iter().map(|said| Decision { at: said.at + TimeDelta::minutes(LAPSES), ..said });
            let all: Vec<_> = decided.into_iter().chain(after).collect();
            prop_assert_eq!(outcome(&request(&needs, &all), &[], minute(999)), Outcome::Expired);
        }
    }

    #[test]
    fn whoever_passes_the_door_is_neither_author_nor_executor_nor_heard_twice(
        needs in any_needs(), attempts in prop::collection::vec(any_decision(), 0..12),
    ) {
        let mut decided: Vec<Decision<'_, u32>> = Vec::new();
        for attempt in attempts {
            let candidate = Candidate { person: attempt.person, roles: attempt.roles.clone() };
            if may_decide(&request(&needs, &decided), &candidate, attempt.at).is_ok() {
                decided.push(attempt);
            }
        }
        for (index, said) in decided.iter().enumerate() {
            prop_assert!(said.person > 1 && said.at < minute(LAPSES));
            prop_assert!(decided[..index].iter().all(|earlier| earlier.person != said.person));
        }
    }
}

#[test]
fn whom_it_concerns_and_who_receives_it_have_no_say() {
    let needs = [need("privacy_officer", 1)];
    for (person, why) in [(8, MayNot::Concerned), (9, MayNot::Receiver)] {
        let candidate = Candidate { person, roles: vec!["privacy_officer"] };
        assert_eq!(may_decide(&request(&needs, &[]), &candidate, minute(1)), Err(why.clone()));
        assert_eq!(why.clause(), Some("gbt35273-7.1-b"));
        let said = [yes(person, &["privacy_officer"])];
        let unheard = Outcome::NobodyAvailable(needs.to_vec());
        assert_eq!(outcome(&request(&needs, &said), &[candidate], minute(2)), unheard, "person {person}");
    }
}

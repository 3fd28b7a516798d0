//! The cases of departures as tables, and their laws as properties.

#![allow(clippy::type_complexity, reason = "a table of cases reads best with its type spelt out once, where it stands")]

use std::num::NonZeroU32;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::approval::{ApprovalRule, Need, PRIVACY_OFFICER, Sensitivity};
use crate::facts::Account;
use crate::instruction::Action;
use crate::ruling::Controller;
use crate::schedule::{CountedFrom, Criterion, Period, Schedule, Then};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn rule(class: &str, controller: Controller, disposition: Disposition, allowed: &[Disposition]) -> DepartureRule {
    DepartureRule {
        id: format!("{class}-{}", controller.as_str()),
        classes: vec![class.parse().unwrap()],
        controller,
        disposition,
        allowed: allowed.to_vec(),
        successor: SuccessorRule::Manager,
        reason_zh: "规则".to_owned(),
        reason_en: "the rule".to_owned(),
        clauses: vec!["dingtalk-3.6.2-instruct".to_owned()],
    }
}

fn schedule(class: &str, keep_years: u32, from: CountedFrom, floor_years: Option<u32>) -> Schedule {
    let years = |years| Period { years, ..Period::default() };
    Schedule {
        id: format!("{class}-schedule"),
        classes: vec![class.parse().unwrap()],
        keep: years(keep_years),
        from,
        then: Then::Anonymise,
        floor: floor_years.map(years),
        criterion: Criterion::AgreementOrLaw,
        ground_zh: "法律规定".to_owned(),
        ground_en: "A law says so".to_owned(),
        clauses: vec!["gbt35273-intro-law".to_owned()],
    }
}

fn approval(actions: &[Action], approvers: Vec<Need>) -> ApprovalRule {
    ApprovalRule {
        id: "approval".to_owned(),
        actions: actions.to_vec(),
        sensitivity: Sensitivity::Any,
        subjects_from: 0,
        approvers,
        expires_after_working_days: NonZeroU32::MIN,
        clauses: vec!["gbt35273-7.1-b".to_owned()],
        reason_zh: "须审批".to_owned(),
        reason_en: "needs approval".to_owned(),
    }
}

fn organisations(class: &str) -> Group {
    Group {
        key: class.to_owned(),
        class: class.to_owned(),
        sensitive: false,
        biometric: false,
        controller: Controller::Organisation,
        settled: true,
        ruling_rule: Some("ruled".to_owned()),
        ruling_clauses: vec!["dingtalk-3.6.1-1".to_owned()],
        hidden_from_leaver: false,
        location: Location::Vault,
        unclear_tenure: false,
        holds: vec![],
        other_sides: 0,
        holdings: 1,
        items: 10,
        bytes: 1000,
        first_at: Some(at("2024-01-01T00:00:00Z")),
        last_at: Some(at("2026-03-30T18:00:00Z")),
        last_activity_at: None,
        transaction_completed_at: None,
    }
}

fn persons(class: &str) -> Group {
    Group { controller: Controller::Person, ..organisations(class) }
}

fn held(group: Group) -> Group {
    Group { holds: vec!["hold-2".to_owned(), "hold-1".to_owned()], ..group }
}

/// The rules of an organisation, from which a story is told.
#[derive(Debug)]
struct Story {
    account: Account,
    successor: Successor,
    schedules: Vec<Schedule>,
    rules: Vec<DepartureRule>,
    approvals: Vec<ApprovalRule>,
}

impl Story {
    fn new() -> Self {
        use Disposition as D;
        let (organisation, person) = (Controller::Organisation, Controller::Person);
        Self {
            account: Account::Personal,
            successor: Successor::Manager,
            schedules: vec![
                schedule("*", 1, CountedFrom::Departure, None),
                schedule("hr.*", 2, CountedFrom::Departure, Some(2)),
                schedule("order.*", 3, CountedFrom::TransactionCompletion, Some(3)),
                schedule("log.*", 1, CountedFrom::Creation, None),
            ],
            rules: vec![
                rule("*", organisation, D::Retain, &[D::Delete]),
                rule("*", person, D::Detach, &[D::Release, D::Retain]),
                rule("mail.*", organisation, D::HandOver, &[D::Retain, D::Delete]),
                rule("hr.*", organisation, D::Delete, &[]),
                rule("order.*", organisation, D::Delete, &[]),
                rule("bio.*", organisation, D::Delete, &[D::HandOver]),
                rule("note.*", organisation, D::Release, &[D::Detach]),
            ],
            approvals: vec![
                approval(&[Action::Retain, Action::Hide, Action::Detach, Action::Release], vec![]),
                approval(&[Action::HandOver], vec![Need { role: PRIVACY_OFFICER.to_owned(), count: NonZeroU32::MIN }]),
                approval(&[Action::Delete, Action::Anonymise], vec![]),
            ],
        }
    }

    /// Somebody who leaves on 31 March 2026 in Shanghai.
    fn facts<'a>(&'a self, groups: &'a [Group]) -> PlanFacts<'a> {
        PlanFacts {
            first_day: day("2022-07-01"),
            last_day: day("2026-03-31"),
            effective_at: at("2026-03-31T16:00:00Z"),
            tz: Shanghai,
            account: self.account,
            successor: self.successor,
            groups,
            schedules: &self.schedules,
            rules: &self.rules,
            approvals: &self.approvals,
        }
    }

    fn line(&self, group: Group) -> Line {
        plan(&self.facts(&[group])).unwrap().lines.remove(0)
    }

    fn may_change(&self, group: Group, wanted: Disposition) -> Result<Disposition, &'static str> {
        let line = self.line(group.clone());
        let groups = [group];
        may_change(&line, wanted, &self.facts(&groups)).map(|line| line.disposition).map_err(|why| why.code())
    }
}

#[test]
fn what_becomes_of_what() {
    use Disposition as D;
    let story = Story::new();
    let alone = Story { successor: Successor::Nobody, ..Story::new() };
    let enterprise = Story { account: Account::Enterprise, ..Story::new() };
    let hidden = |class| Group { hidden_from_leaver: true, ..organisations(class) };
    let unsettled = |class| Group { settled: false, ..persons(class) };
    let paid = Group { transaction_completed_at: Some(at("2022-12-31T16:30:00Z")), ..organisations("order.item") };
    // In Shanghai it is already 1 April, so the floor of three years lasts through the very day of leaving.
    let just_paid = Group { transaction_completed_at: Some(at("2023-03-31T16:30:00Z")), ..organisations("order.item") };
    let old_log = Group { last_at: Some(at("2023-01-01T00:00:00Z")), ..organisations("log.device") };
    let biometric = |class| Group { biometric: true, ..organisations(class) };
    let cases: [(&str, &Story, Group, D, Option<&str>, Option<&str>); 21] = [
        ("kept, then anonymised", &story, organisations("chat.group"), D::Retain, None, Some("2027-04-01")),
        ("to the manager", &story, organisations("mail.box"), D::HandOver, None, Some("2027-04-01")),
        (
            "nobody to hand it to",
            &alone,
            organisations("mail.box"),
            D::Retain,
            Some("no-successor"),
            Some("2027-04-01"),
        ),
        ("chat with colleagues", &story, hidden("chat.direct"), D::Hide, None, Some("2027-04-01")),
        (
            "a copy of what one may not see",
            &story,
            hidden("note.work"),
            D::Hide,
            Some("hidden-from-leaver"),
            Some("2027-04-01"),
        ),
        (
            "under a statute, then gone",
            &story,
            organisations("hr.contract"),
            D::Retain,
            Some("under-floor"),
            Some("2028-04-01"),
        ),
        ("an open transaction", &story, organisations("order.item"), D::Retain, Some("floor-not-begun"), None),
        ("three years after completion", &story, paid, D::Delete, None, Some("2026-04-01")),
        ("on the last day of the floor", &story, just_paid, D::Retain, Some("under-floor"), Some("2026-04-02")),
        ("due long since", &story, old_log, D::Retain, None, Some("2026-04-01")),
        ("a template of a face", &story, biometric("bio.face"), D::Delete, None, Some("2026-04-01")),
        ("a template of a face under a hold", &story, held(biometric("bio.face")), D::Retain, Some("held"), None),
        ("a mailbox under a hold", &story, held(organisations("mail.box")), D::HandOver, None, None),
        (
            "biometric data that a rule hands over",
            &story,
            biometric("mail.voice"),
            D::Retain,
            Some("biometric"),
            Some("2027-04-01"),
        ),
        ("counted from its newest item", &story, organisations("log.device"), D::Retain, None, Some("2027-04-01")),
        ("a friend's chat", &story, persons("chat.direct"), D::Detach, None, None),
        ("not settled", &story, unsettled("chat.group"), D::Detach, None, None),
        ("not settled, under a hold", &story, held(unsettled("hr.contract")), D::Detach, None, None),
        (
            "ruled the organisation's, contested",
            &story,
            Group { settled: false, ..organisations("mail.box") },
            D::Detach,
            None,
            None,
        ),
        ("a copy of work notes", &story, organisations("note.work"), D::Release, None, Some("2027-04-01")),
        (
            "notes of an enterprise account",
            &enterprise,
            organisations("note.work"),
            D::Retain,
            Some("enterprise-account"),
            Some("2027-04-01"),
        ),
    ];
    for (what, story, group, disposition, instead, destroyed_on) in cases {
        let line = story.line(group);
        let found = (line.disposition, line.instead.as_ref().map(WhyNot::code), line.destroyed_on(day("2026-04-01")));
        assert_eq!(found, (disposition, instead, destroyed_on.map(day)), "{what}");
    }
}

#[test]
fn what_a_line_may_be_changed_to() {
    use Disposition as D;
    let story = Story::new();
    let alone = Story { successor: Successor::Nobody, ..Story::new() };
    let cases: [(&str, &Story, Group, D, Result<D, &str>); 13] = [
        ("as it is", &story, organisations("mail.box"), D::HandOver, Ok(D::HandOver)),
        ("within the rule", &story, organisations("mail.box"), D::Delete, Ok(D::Delete)),
        ("outside the rule", &story, organisations("mail.box"), D::Release, Err("not-in-rule")),
        ("under a hold", &story, held(organisations("mail.box")), D::Delete, Err("held")),
        ("under a statute", &story, organisations("hr.contract"), D::Delete, Err("under-floor")),
        ("with nobody to take it", &alone, organisations("mail.box"), D::HandOver, Err("no-successor")),
        ("a person's, given back", &story, persons("chat.direct"), D::Release, Ok(D::Release)),
        ("a person's, kept", &story, persons("chat.direct"), D::Retain, Err("persons-own")),
        ("a person's, deleted", &story, persons("chat.direct"), D::Delete, Err("persons-own")),
        ("not settled, deleted", &story, Group { settled: false, ..persons("a.b") }, D::Delete, Err("unsettled")),
        (
            "biometric, handed over",
            &story,
            Group { biometric: true, ..organisations("bio.face") },
            D::HandOver,
            Err("biometric"),
        ),
        ("cut off, as the rule allows", &story, organisations("note.work"), D::Detach, Ok(D::Detach)),
        ("cut off under a hold", &story, held(organisations("note.work")), D::Detach, Err("held")),
    ];
    for (what, story, group, wanted, expected) in cases {
        assert_eq!(story.may_change(group, wanted), expected, "{what}");
    }
}

#[test]
fn a_class_without_rules_is_kept_and_says_what_is_missing() {
    let story = Story { rules: vec![], schedules: vec![], ..Story::new() };
    let line = story.line(organisations("new.kind"));
    assert_eq!((line.disposition, line.and_then), (Disposition::Retain, None));
    assert_eq!(line.reason_en, "the pack has no departure rule for this class; add one");
    assert_eq!(story.line(persons("new.kind")).disposition, Disposition::Detach);
    assert_eq!(story.may_change(organisations("new.kind"), Disposition::Delete), Err("no-schedule"));
    assert_eq!(story.may_change(organisations("new.kind"), Disposition::Hide), Err("no-rule"));
}

#[test]
fn a_line_says_why_in_both_languages() {
    let line = Story::new().line(organisations("hr.contract"));
    let en = "the rule; therefore retain: a statute keeps it through 2028-03-31; until then it can neither be destroyed nor cut off; \
              kept through 2028-03-31, deleted on 2028-04-01";
    let zh = "规则；因此留存：法定最短留存期至 2028-03-31，届满前不得删除、匿名化或解除关联；留存至 2028-03-31，2028-04-01 删除";
    assert_eq!((line.reason_en.as_str(), line.reason_zh.as_str()), (en, zh));
    assert_eq!(line.clauses, ["dingtalk-3.6.1-1", "dingtalk-3.6.2-instruct", "gbt35273-intro-law"]);
}

#[test]
fn deleting_a_side_leaves_the_others() {
    let line = Story::new().line(Group { other_sides: 2, biometric: true, ..organisations("bio.meeting") });
    assert_eq!((line.disposition, line.other_sides), (Disposition::Delete, 2));
    assert!(
        line.reason_en.ends_with("only the leaver's side goes; 2 other sides keep the content"),
        "{}",
        line.reason_en
    );
}

#[test]
fn who_has_to_agree() {
    let story = Story::new();
    let cases = [("mail.box", true), ("chat.group", false), ("bio.face", true)];
    for (class, expected) in cases {
        assert_eq!(story.line(organisations(class)).needs_approval, expected, "{class}");
    }
    let silent = Story { approvals: vec![], ..Story::new() };
    assert!(silent.line(organisations("chat.group")).needs_approval, "no rule is no permission");
}

#[test]
fn an_enterprise_account_is_taken_back() {
    let fate = |account| plan(&Story { account, ..Story::new() }.facts(&[])).unwrap().account;
    assert_eq!(fate(Account::Enterprise), AccountFate::TakenBack);
    assert_eq!(fate(Account::Personal), AccountFate::Unbound);
}

#[test]
fn facts_that_contradict_each_other_make_no_plan() {
    let story = Story::new();
    let late = PlanFacts { first_day: day("2026-04-01"), ..story.facts(&[]) };
    let fault = PlanFault::LeavesBeforeJoining { first: day("2026-04-01"), last: day("2026-03-31") };
    assert_eq!(plan(&late), Err(fault));
    let twins = [organisations("mail.box"), persons("mail.box")];
    assert_eq!(plan(&story.facts(&twins)), Err(PlanFault::GroupTwice("mail.box".to_owned())));
}

#[test]
fn what_can_be_undone() {
    use Disposition as D;
    let nothing = Rescinded::default();
    let cases = [
        (D::Delete, 0, Rescinded { cancelled: 10, ..nothing }),
        (D::Delete, 4, Rescinded { cancelled: 6, gone: 4, ..nothing }),
        (D::Anonymise, 99, Rescinded { gone: 10, ..nothing }),
        (D::Hide, 10, Rescinded { reversed: 10, ..nothing }),
        (D::HandOver, 3, Rescinded { cancelled: 7, reversed: 3, ..nothing }),
        (D::Release, 3, Rescinded { cancelled: 7, with_the_person: 3, ..nothing }),
        (D::Retain, 10, Rescinded { cancelled: 10, ..nothing }),
    ];
    for (disposition, done, expected) in cases {
        let line = Line { disposition, ..Story::new().line(organisations("chat.group")) };
        assert_eq!(rescind(&line, done), expected, "{disposition:?} {done}");
    }
}

const CLASSES: [&str; 5] = ["mail.box", "mail.sent", "hr.contract", "order.item", "chat.group"];

fn any_group() -> impl Strategy<Value = Group> {
    let ruling = (select(vec![Controller::Organisation, Controller::Person]), prop::bool::weighted(0.8), any::<bool>());
    let kind = (select(CLASSES.to_vec()), any::<bool>(), prop::bool::weighted(0.2));
    let held = prop::bool::weighted(0.25);
    let ages = (prop::option::of(0..4000i64), prop::option::of(0..4000i64), prop::option::of(0..4000i64));
    (ruling, kind, held, ages, 0..1000u64, 0..3u32).prop_map(|(ruling, kind, is_held, ages, items, other_sides)| {
        let ago = |days: Option<i64>| days.map(|days| at("2026-03-31T00:00:00Z") - TimeDelta::days(days));
        let (controller, settled, hidden_from_leaver) = ruling;
        let (class, sensitive, biometric) = kind;
        let (last_at, last_activity_at, transaction_completed_at) = (ago(ages.0), ago(ages.1), ago(ages.2));
        let holds = if is_held { vec!["hold".to_owned()] } else { vec![] };
        Group {
            controller,
            settled,
            hidden_from_leaver,
            sensitive,
            biometric,
            holds,
            items,
            other_sides,
            last_at,
            last_activity_at,
            transaction_completed_at,
            ..organisations(class)
        }
    })
}

fn any_groups() -> impl Strategy<Value = Vec<Group>> {
    prop::collection::vec(any_group(), 0..8).prop_map(|groups| {
        let named = |(number, group): (usize, Group)| Group { key: format!("group {number}"), ..group };
        groups.into_iter().enumerate().map(named).collect()
    })
}

fn any_story() -> impl Strategy<Value = Story> {
    let patterns = vec!["*", "mail.*", "mail.box", "hr.*", "order.*"];
    let from = vec![
        CountedFrom::Departure,
        CountedFrom::Creation,
        CountedFrom::LastActivity,
        CountedFrom::TransactionCompletion,
    ];
    let schedules = (select(patterns.clone()), 0..6u32, select(from), prop::option::of(0..6u32))
        .prop_map(|(class, keep, from, floor)| schedule(class, keep, from, floor));
    let controllers = vec![Controller::Organisation, Controller::Person];
    let dispositions = subsequence(Disposition::ALL.to_vec(), 0..=7);
    let rules = (select(patterns), select(controllers), select(Disposition::ALL.to_vec()), dispositions)
        .prop_map(|(class, controller, disposition, allowed)| rule(class, controller, disposition, &allowed));
    let accounts = select(vec![Account::Personal, Account::Enterprise]);
    let successors = select(vec![Successor::Named, Successor::Manager, Successor::Nobody]);
    let lists = (prop::collection::vec(schedules, 0..6), prop::collection::vec(rules, 0..8));
    (accounts, successors, lists).prop_map(|(account, successor, (schedules, rules))| Story {
        account,
        successor,
        schedules,
        rules,
        approvals: Story::new().approvals,
    })
}

/// Every line that can be reached: as planned, and as changed in every permitted way.
fn reachable(facts: &PlanFacts<'_>) -> Vec<(Group, Line)> {
    let planned = plan(facts).unwrap().lines;
    let group_of = |line: &Line| facts.groups.iter().find(|group| group.key == line.group).unwrap().clone();
    let changed =
        planned.iter().flat_map(|line| Disposition::ALL.into_iter().filter_map(|to| may_change(line, to, facts).ok()));
    changed.chain(planned.iter().cloned()).map(|line| (group_of(&line), line)).collect()
}

proptest! {
    #[test]
    fn nothing_is_lost(story in any_story(), groups in any_groups()) {
        let lines = plan(&story.facts(&groups)).unwrap().lines;
        let summary = Summary::of(&lines);
        let counts = [summary.successor, summary.person, summary.kept, summary.destroyed];
        prop_assert_eq!(counts.iter().map(|count| count.items).sum::<u64>(), groups.iter().map(|group| group.items).sum::<u64>());
        prop_assert_eq!(counts.iter().map(|count| count.lines).sum::<u64>(), groups.len() as u64);
    }

    #[test]
    fn what_is_held_is_never_destroyed_nor_planned_to_be(story in any_story(), groups in any_groups()) {
        for (group, line) in reachable(&story.facts(&groups)) {
            if !group.holds.is_empty() {
                prop_assert_eq!(line.destroyed_on(day("2026-04-01")), None, "{:?}", line);
            }
        }
    }

    #[test]
    fn nothing_goes_before_its_floor(story in any_story(), groups in any_groups()) {
        let facts = story.facts(&groups);
        for (group, line) in reachable(&facts) {
            let Some(gone) = line.destroyed_on(facts.acts_on()) else { continue };
            let schedule = crate::schedule::schedule_for(&story.schedules, &group.class);
            prop_assert!(schedule.is_some(), "nothing goes without a schedule");
            let Some(floor) = schedule.and_then(|schedule| schedule.floor.map(|floor| (schedule.from, floor))) else { continue };
            let civil = |at: DateTime<Utc>| at.with_timezone(&Shanghai).date_naive();
            let start = match floor.0 {
                CountedFrom::Departure => Some(facts.last_day),
                CountedFrom::Creation | CountedFrom::LastActivity => group.last_at.map(civil),
                CountedFrom::TransactionCompletion => Some(civil(group.transaction_completed_at.unwrap())),
            };
            prop_assert!(start.is_none_or(|start| gone > floor.1.after(start)), "{:?}", line);
        }
    }

    #[test]
    fn what_is_the_persons_or_not_settled_is_only_let_go_of(story in any_story(), groups in any_groups()) {
        for (group, line) in reachable(&story.facts(&groups)) {
            if group.controller == Controller::Person || !group.settled {
                prop_assert_eq!(line.lane(), Lane::Person);
                prop_assert_eq!((line.retain_until, line.and_then), (None, None));
            }
        }
    }

    #[test]
    fn what_an_enterprise_account_holds_for_the_organisation_never_goes_to_the_person(story in any_story(), groups in any_groups()) {
        for (group, line) in reachable(&story.facts(&groups)) {
            if story.account == Account::Enterprise && group.treated_as() == Controller::Organisation {
                prop_assert_ne!(line.lane(), Lane::Person);
            }
        }
    }

    #[test]
    fn what_the_leaver_may_not_see_is_hidden_and_no_copy_goes_out(story in any_story(), groups in any_groups()) {
        for (group, line) in reachable(&story.facts(&groups)) {
            if group.hidden_from_leaver && group.treated_as() == Controller::Organisation {
                prop_assert!(line.hidden_from_leaver && line.lane() != Lane::Person && line.disposition != Disposition::Retain);
            }
        }
    }

    #[test]
    fn a_stricter_schedule_never_ends_anything_earlier(story in any_story(), groups in any_groups(), keep in 0..4u32, floor in 0..8u32) {
        let stricter = Story {
            schedules: story.schedules.iter().cloned().map(|mut schedule| {
                schedule.keep.years += keep;
                schedule.floor = schedule.floor.max_by_years(floor);
                schedule
            }).collect(),
            rules: story.rules.clone(),
            approvals: story.approvals.clone(),
            ..story
        };
        let lax = plan(&story.facts(&groups)).unwrap();
        let strict = plan(&stricter.facts(&groups)).unwrap();
        for (lax_line, strict_line) in lax.lines.iter().zip(&strict.lines) {
            let (lax_end, strict_end) = (lax_line.destroyed_on(lax.acts_on), strict_line.destroyed_on(strict.acts_on));
            if let (Some(lax_end), Some(strict_end)) = (lax_end, strict_end) {
                prop_assert!(strict_end >= lax_end, "{:?} {:?}", lax_line, strict_line);
            }
            prop_assert!(!strict_line.destructive || lax_line.destructive);
        }
    }

    #[test]
    fn the_order_of_groups_means_nothing((groups, shuffled) in any_groups().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())), story in any_story()) {
        prop_assert_eq!(plan(&story.facts(&groups)), plan(&story.facts(&shuffled)));
    }

    #[test]
    fn a_change_is_possible_exactly_if_the_line_says_so(story in any_story(), groups in any_groups()) {
        let facts = story.facts(&groups);
        for line in plan(&facts).unwrap().lines {
            prop_assert_eq!(line.changeable_to.len(), Disposition::ALL.len() - 1);
            for change in &line.changeable_to {
                let answer = may_change(&line, change.to, &facts);
                prop_assert_eq!(change.permission == Permission::Allowed, answer.is_ok());
                if let Ok(changed) = answer {
                    prop_assert_eq!(changed.disposition, change.to);
                    prop_assert_eq!(changed.items, line.items);
                }
            }
        }
    }

    #[test]
    fn what_may_be_another_tenures_is_left_alone(story in any_story(), groups in any_groups()) {
        let groups: Vec<Group> = groups.into_iter().map(|group| Group { unclear_tenure: true, ..group }).collect();
        for (_, line) in reachable(&story.facts(&groups)) {
            prop_assert!(line.is_left_alone() && !line.destructive && !line.needs_approval && !line.hidden_from_leaver);
            prop_assert_eq!((line.retain_until, line.and_then), (None, None));
            prop_assert!(line.changeable_to.iter().all(|change| change.permission != Permission::Allowed));
        }
    }

    #[test]
    fn whatever_destroys_needs_a_yes(story in any_story(), groups in any_groups()) {
        for (_, line) in reachable(&story.facts(&groups)) {
            prop_assert!(line.needs_approval || !line.destructive);
        }
    }

    #[test]
    fn undoing_accounts_for_every_item(story in any_story(), groups in any_groups(), done in 0..1200u64) {
        for (_, line) in reachable(&story.facts(&groups)) {
            let undone = rescind(&line, done);
            prop_assert_eq!(undone.cancelled + undone.reversed + undone.with_the_person + undone.gone, line.items);
            prop_assert!(undone.gone == 0 || line.destructive);
        }
    }
}

trait MaxByYears {
    fn max_by_years(self, years: u32) -> Self;
}

impl MaxByYears for Option<Period> {
    /// A floor of at least so many years; none only if there was none and none is added.
    fn max_by_years(self, years: u32) -> Self {
        let at_least = Period { years: self.map_or(0, |floor| floor.years).max(years), ..Period::default() };
        (self.is_some() || years > 0).then_some(at_least)
    }
}

#[test]
fn the_effective_day_is_the_tenants_day() {
    let story = Story::new();
    assert_eq!(story.facts(&[]).acts_on(), day("2026-03-31") + Days::new(1));
}

//! Schedules and departure rules: every class has an end and a fate, and no rule asks for what another forbids.

use crate::class::ClassPattern;
use crate::departure::{DepartureRule, Disposition, SuccessorRule};
use crate::pack::entry::Entry;
use crate::pack::problem::{Located, PackProblem, Place};
use crate::pack::sections::Sections;
use crate::ruling::Controller;
use crate::schedule::{Period, Schedule};

/// Checks schedules, departure rules and deadlines.
pub fn check(sections: &Sections, start: &Place, problems: &mut Vec<PackProblem>) {
    check_every_class_is_covered(sections, problems);
    for schedule in &sections.schedules {
        problems.extend(floor_above_ceiling(schedule));
        problems.extend(no_classes(schedule));
        problems.extend(beyond_reason(schedule));
    }
    for rule in &sections.departures {
        problems.extend(not_for_the_persons_own(rule));
        problems.extend(handed_to_nobody(rule));
        problems.extend(no_classes(rule));
    }
    check_repeated(&sections.schedules, |_, _| true, problems);
    check_repeated(&sections.departures, |one, other| one.controller == other.controller, problems);
    match &sections.deadlines {
        None => {
            let help =
                "Add `[deadlines]` with request_days, closure_working_days and clause, or extend a pack that has them.";
            problems.push(start.problem("deadlines.missing", "the pack has no answer times", help));
        }
        Some(deadlines) => problems.extend(deadlines.entry.unfit().into_iter().map(|unfit| {
            let help = format!("Write 1 to {}.", unfit.most);
            deadlines.at(unfit.key).problem("deadlines.unfit", unfit.to_string(), help)
        })),
    }
}

/// A finite period for every class (gbt35273-6.1-a), and for both controllers an answer to what becomes of it.
fn check_every_class_is_covered(sections: &Sections, problems: &mut Vec<PackProblem>) {
    for class in &sections.classes {
        let key = class.entry.key.as_str();
        if !sections.schedules.iter().any(|rule| speaks_of(&rule.entry.classes, key)) {
            let help = "Add a `[[schedule]]` for it or for its family.";
            problems.push(class.at("key").problem(
                "class.no-schedule",
                format!("no schedule says how long `{key}` stays"),
                help,
            ));
        }
        for controller in [Controller::Organisation, Controller::Person] {
            let is_answered = |rule: &DepartureRule| rule.controller == controller && speaks_of(&rule.classes, key);
            if !sections.departures.iter().any(|rule| is_answered(&rule.entry)) {
                let whose = controller.as_str();
                let message = format!("no departure rule says what becomes of `{key}` when it is the {whose}'s");
                let help = format!("Add a `[[departure]]` with controller = \"{whose}\" for it or for its family.");
                problems.push(class.at("key").problem("class.no-departure-rule", message, help));
            }
        }
    }
}

fn speaks_of(patterns: &[ClassPattern], key: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(key))
}

/// A period that no calendar can count is a way of keeping data for ever (gbt35273-6.1-a).
fn beyond_reason(schedule: &Located<Schedule>) -> Option<PackProblem> {
    const YEARS: u64 = 200;
    let Period { years, months, days } = schedule.entry.keep;
    let counted = u64::from(years) + u64::from(months) / 12 + u64::from(days) / 365;
    (counted > YEARS).then(|| {
        let message = format!("schedule `{}` keeps data for {counted} years", schedule.entry.id);
        let help = format!("Name a period of at most {YEARS} years: data has an end.");
        schedule.at("keep").problem("schedule.endless", message, help)
    })
}

fn floor_above_ceiling(schedule: &Located<Schedule>) -> Option<PackProblem> {
    let floor = schedule.entry.floor.filter(|floor| !surely_lasts(schedule.entry.keep, *floor))?;
    let message = format!(
        "schedule `{}` keeps data for {} although a statute demands {}",
        schedule.entry.id,
        in_words(schedule.entry.keep),
        in_words(floor)
    );
    Some(schedule.at("keep").problem("schedule.below-floor", message, "Keep it at least as long as the floor."))
}

/// Whether `keep` is at least as long as `floor` from whatever date they run, months having 28 to 31 days.
fn surely_lasts(keep: Period, floor: Period) -> bool {
    let months = |period: Period| i64::from(period.years) * 12 + i64::from(period.months);
    let more = months(keep) - months(floor);
    let days_of_more = if more >= 0 { more * 28 } else { more * 31 };
    days_of_more + i64::from(keep.days) >= i64::from(floor.days)
}

fn in_words(period: Period) -> String {
    let parts = [(period.years, "years"), (period.months, "months"), (period.days, "days")];
    let words: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if words.is_empty() { "no time".to_owned() } else { words.join(" ") }
}

/// What is the person's is not the organisation's to keep, hide, hand over or destroy.
fn not_for_the_persons_own(rule: &Located<DepartureRule>) -> Option<PackProblem> {
    let DepartureRule { id, controller, disposition, allowed, .. } = &rule.entry;
    let is_fit = |disposition: &Disposition| matches!(disposition, Disposition::Release | Disposition::Detach);
    if *controller == Controller::Organisation {
        return None;
    }
    let key = if is_fit(disposition) { "allowed" } else { "disposition" };
    let unfit = [disposition].into_iter().chain(allowed).find(|disposition| !is_fit(disposition))?;
    let message = format!("departure `{id}` would {} what is the person's own", unfit.names().1);
    Some(rule.at(key).problem(
        "departure.not-the-organisations",
        message,
        "The person's own data is detached or released.",
    ))
}

fn handed_to_nobody(rule: &Located<DepartureRule>) -> Option<PackProblem> {
    let DepartureRule { id, disposition, allowed, successor, .. } = &rule.entry;
    let hands_over = [disposition].into_iter().chain(allowed).any(|disposition| *disposition == Disposition::HandOver);
    (hands_over && *successor == SuccessorRule::None).then(|| {
        let message = format!("departure `{id}` hands over, but to nobody");
        rule.at("successor").problem(
            "departure.no-successor",
            message,
            "Write `successor = \"manager\"` or `\"named\"`.",
        )
    })
}

fn no_classes<T: Entry>(rule: &Located<T>) -> Option<PackProblem> {
    rule.entry.patterns().is_empty().then(|| {
        let message = format!("{} `{}` speaks of no class", T::SECTION, rule.entry.id());
        rule.at("classes").problem("class.none-named", message, "Name the classes it is about.")
    })
}

/// Of two rules of one file for the same pattern only the first would ever be followed.
fn check_repeated<T: Entry>(rules: &[Located<T>], competes: fn(&T, &T) -> bool, problems: &mut Vec<PackProblem>) {
    for (number, rule) in rules.iter().enumerate() {
        let earlier = rules[..number]
            .iter()
            .filter(|other| other.place.file == rule.place.file && competes(&other.entry, &rule.entry));
        for other in earlier {
            for pattern in rule.entry.patterns().iter().filter(|pattern| other.entry.patterns().contains(pattern)) {
                let (section, id, line) = (T::SECTION, rule.entry.id(), other.place.line);
                let message =
                    format!("{section} `{id}` speaks of `{pattern}`, as does `{}` in line {line}", other.entry.id());
                let help = "Decide which of the two is meant and take the pattern out of the other.";
                problems.push(rule.at("classes").problem("class.two-rules", message, help));
            }
        }
    }
}

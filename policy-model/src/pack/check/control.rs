//! Control rules: the names they ask for must exist, and each must be able to decide something.

use std::collections::BTreeSet;

use crate::class::ClassPattern;
use crate::pack::control::{AnyOf, ControlRule};
use crate::pack::entry::Entry;
use crate::pack::mask::{BITS_FOR_NAMES, Layout};
use crate::pack::problem::{Located, PackProblem, nearest};
use crate::pack::region::Region;
use crate::pack::sections::Sections;

/// Checks the control rules of a pack.
pub fn check(sections: &Sections, problems: &mut Vec<PackProblem>) {
    check_names(sections, problems);
    match layout(sections) {
        Some(layout) => check_reach(sections, &layout, problems),
        None => problems.extend(too_many_names(sections)),
    }
}

/// The bits for the names that a pack declares; none if they are too many.
pub fn layout(sections: &Sections) -> Option<Layout> {
    let services = sections.services.iter().map(|located| located.entry.0.key.clone()).collect();
    let features = sections.features.iter().map(|located| located.entry.0.key.clone()).collect();
    Layout::new(services, features)
}

/// The applications and features that control rules name must be declared: a mistyped one would never be on.
fn check_names(sections: &Sections, problems: &mut Vec<PackProblem>) {
    let services: Vec<&str> = sections.services.iter().map(|located| located.entry.id()).collect();
    let features: Vec<&str> = sections.features.iter().map(|located| located.entry.id()).collect();
    for rule in &sections.controls {
        let when = &rule.entry.when;
        check_declared(rule, "service", &when.service, &services, problems);
        check_declared(rule, "feature", &when.feature_on, &features, problems);
        check_declared(rule, "feature", &when.feature_off, &features, problems);
    }
}

fn check_declared(
    rule: &Located<ControlRule>,
    kind: &str,
    named: &AnyOf<String>,
    declared: &[&str],
    problems: &mut Vec<PackProblem>,
) {
    for name in named.iter().filter(|name| !declared.contains(&name.as_str())) {
        let help = match nearest(name, declared.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("Declare it as a `[[{kind}]]` with its names in Chinese and English."),
        };
        let message = format!("control `{}` names {kind} `{name}`, which the pack does not declare", rule.entry.id);
        problems.push(rule.at("when").problem("control.unknown-name", message, help));
    }
}

fn too_many_names(sections: &Sections) -> Option<PackProblem> {
    let last = sections.features.last().map(|located| &located.place);
    let place = last.or(sections.services.last().map(|located| &located.place))?;
    let message = format!("{} services and {} features are declared", sections.services.len(), sections.features.len());
    let help = format!("Services, plus one, plus twice the features may be at most {BITS_FOR_NAMES}.");
    Some(place.problem("control.too-many-names", message, help))
}

/// Every rule of a file must be able to decide something that the rules above it in the same file leave to it.
/// Rules of a base may well be covered by the pack that extends it: that is what extending is for.
fn check_reach(sections: &Sections, layout: &Layout, problems: &mut Vec<PackProblem>) {
    let rows = layout.rows();
    for (number, rule) in sections.controls.iter().enumerate() {
        let above: Vec<&Located<ControlRule>> =
            sections.controls[..number].iter().filter(|other| other.place.file == rule.place.file).collect();
        if let Some(twin) = above.iter().find(|other| is_same_condition(layout, &other.entry, &rule.entry)) {
            problems.push(same_condition(rule, twin));
        } else if let Some(covering) = covered_by(&rows, layout, rule, &above) {
            problems.push(never_decides(rule, &covering));
        }
    }
}

fn is_same_condition(layout: &Layout, one: &ControlRule, other: &ControlRule) -> bool {
    let patterns = |rule: &ControlRule| units(rule).into_iter().collect::<BTreeSet<_>>();
    layout.allowed(&one.when) == layout.allowed(&other.when) && patterns(one) == patterns(other)
}

/// The rules above that together take everything from this one; none if something is left for it.
fn covered_by<'r>(
    rows: &[u128],
    layout: &Layout,
    rule: &Located<ControlRule>,
    above: &[&'r Located<ControlRule>],
) -> Option<BTreeSet<&'r str>> {
    let mut covering = BTreeSet::new();
    for unit in units(&rule.entry) {
        let mut left = Region::of(rows, layout.allowed(&rule.entry.when));
        for other in above.iter().filter(|other| units(&other.entry).iter().any(|wide| wide.covers(&unit))) {
            if left.take_out(layout.allowed(&other.entry.when)) {
                covering.insert(other.entry.id.as_str());
            }
        }
        if !left.is_empty() {
            return None;
        }
    }
    Some(covering)
}

/// The class patterns of a rule; everything if it names none.
fn units(rule: &ControlRule) -> Vec<ClassPattern> {
    if rule.when.class.is_any() { vec![ClassPattern::every()] } else { rule.when.class.iter().cloned().collect() }
}

fn same_condition(rule: &Located<ControlRule>, twin: &Located<ControlRule>) -> PackProblem {
    let (id, other, line) = (&rule.entry.id, &twin.entry.id, twin.place.line);
    let place = rule.at("when");
    if rule.entry.controller == twin.entry.controller {
        let message = format!("control `{id}` has the same conditions as `{other}` in line {line}");
        return place.problem("control.twice", message, "Keep one of the two.");
    }
    let message =
        format!("control `{id}` contradicts `{other}` in line {line}: the same conditions, another controller");
    place.problem("control.contradiction", message, "Decide which of the two is meant and remove the other.")
}

fn never_decides(rule: &Located<ControlRule>, covering: &BTreeSet<&str>) -> PackProblem {
    let place = rule.at("when");
    if covering.is_empty() {
        let message = format!("control `{}` asks for what cannot be: its conditions exclude each other", rule.entry.id);
        return place.problem("control.never-decides", message, "Correct its conditions.");
    }
    let others: Vec<String> = covering.iter().map(|id| format!("`{id}`")).collect();
    let message =
        format!("control `{}` can never decide: {} above it cover everything", rule.entry.id, others.join(", "));
    place.problem("control.never-decides", message, "Put it above them, narrow them, or remove it.")
}

//! Roles, exclusions, powers and approvals: every role named exists, every act has somebody who may do it, and every
//! action a rule that says whose yes it takes.

use crate::approval::ApprovalRule;
use crate::class::Class;
use crate::instruction::Action;
use crate::mask::by_role::{MaskRule, never_deciding};
use crate::pack::problem::{Located, PackProblem, Place, nearest};
use crate::pack::sections::Sections;
use crate::roles::Power;
use std::collections::BTreeSet;

/// Checks what the sections say about people.
pub fn check(sections: &Sections, start: &Place, problems: &mut Vec<PackProblem>) {
    check_roles(sections, problems);
    check_masks(sections, problems);
    check_acts(sections, problems);
    check_every_action_is_covered(sections, start, problems);
}

fn check_roles(sections: &Sections, problems: &mut Vec<PackProblem>) {
    let roles: Vec<&str> = sections.roles.iter().map(|role| role.entry.key.as_str()).collect();
    for rule in &sections.exclusions {
        let [one, other] = &rule.entry.roles;
        if one == other {
            let message = format!("exclusion `{}` excludes `{one}` from itself", rule.entry.id);
            problems.push(rule.at("roles").problem("exclusion.of-itself", message, "Name two different roles."));
        }
        for role in [one, other] {
            problems.extend(unknown_role(rule, "exclusion", &rule.entry.id, "roles", role, &roles));
        }
    }
    for rule in &sections.powers {
        problems.extend(unknown_role(rule, "power", &rule.entry.id, "role", &rule.entry.role, &roles));
    }
    for rule in &sections.approvals {
        for need in &rule.entry.approvers {
            problems.extend(unknown_role(rule, "approval", &rule.entry.id, "approvers", &need.role, &roles));
            problems.extend(powerless(sections, rule, &need.role));
        }
    }
}

/// Who is asked for a yes and may not say any would let every request lapse.
fn powerless(sections: &Sections, rule: &Located<ApprovalRule>, role: &str) -> Option<PackProblem> {
    let says_yes = |power: &Power| power.role == role && power.acts.iter().any(|act| act == "instructions.approve");
    let is_known = sections.roles.iter().any(|known| known.entry.key == role);
    if !is_known || sections.powers.iter().any(|power| says_yes(&power.entry)) {
        return None;
    }
    let message = format!("approval `{}` waits for `{role}`, who may not approve anything", rule.entry.id);
    let help = "Name a role that has `instructions.approve`, or give it that with a `[[power]]`.".to_owned();
    Some(rule.at("approvers").problem("approval.powerless", message, help))
}

fn unknown_role<T>(
    rule: &Located<T>,
    section: &str,
    id: &str,
    key: &str,
    role: &str,
    roles: &[&str],
) -> Option<PackProblem> {
    if roles.contains(&role) {
        return None;
    }
    let help = match nearest(role, roles.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!("The roles are: {}.", roles.join(", ")),
    };
    Some(rule.at(key).problem(
        "role.unknown",
        format!("{section} `{id}` names role `{role}`, which does not exist"),
        help,
    ))
}

/// A mask of a role that nobody can hold would protect nothing, and one that opens what is sensitive would protect nobody.
fn check_masks(sections: &Sections, problems: &mut Vec<PackProblem>) {
    let roles: Vec<&str> = sections.roles.iter().map(|role| role.entry.key.as_str()).collect();
    for rule in &sections.masks {
        if rule.entry.roles.is_empty() {
            let message = format!("mask `{}` names no role", rule.entry.id);
            problems.push(rule.at("roles").problem("mask.no-role", message, "Name at least one role."));
        }
        for role in &rule.entry.roles {
            problems.extend(unknown_role(rule, "mask", &rule.entry.id, "roles", role, &roles));
        }
        if let Some(class) = sections.classes.iter().find(|class| rule.entry.unmasks(&class.entry)) {
            let message =
                format!("mask `{}` would show all of `{}`, which is sensitive", rule.entry.id, class.entry.key);
            let help = "Choose a mask that hides some of it: the rest is revealed with a reason (gbt35273-7.2).";
            problems.push(rule.at("mask").problem("mask.unmasks-sensitive", message, help));
        }
    }
    // A pack may speak before all that the one it extends says; within one file a rule that never decides is a mistake.
    let classes: Vec<&Class> = sections.classes.iter().map(|class| &class.entry).collect();
    for file in sections.masks.iter().map(|rule| &rule.place.file).collect::<BTreeSet<_>>() {
        let own: Vec<&Located<MaskRule>> = sections.masks.iter().filter(|rule| rule.place.file == *file).collect();
        let rules: Vec<&MaskRule> = own.iter().map(|rule| &rule.entry).collect();
        for rule in never_deciding(&rules, &classes).into_iter().filter_map(|n| own.get(n)) {
            let message = format!("mask `{}` never decides: earlier ones speak of all that it does", rule.entry.id);
            problems.push(rule.at("id").problem("mask.never-decides", message, "Move it up, or leave it out."));
        }
    }
}

/// A mistyped act would silently be nobody's; an act that is nobody's could never be done.
fn check_acts(sections: &Sections, problems: &mut Vec<PackProblem>) {
    let acts: Vec<&str> = sections.acts.iter().map(|act| act.entry.key.as_str()).collect();
    for power in &sections.powers {
        for act in power.entry.acts.iter().filter(|act| !acts.contains(&act.as_str())) {
            let help = match nearest(act, acts.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Declare it as an `[[act]]` with its names in Chinese and English.".to_owned(),
            };
            let message = format!("power `{}` gives `{act}`, which is no declared act", power.entry.id);
            problems.push(power.at("acts").problem("act.unknown", message, help));
        }
    }
    for act in &sections.acts {
        let key = &act.entry.key;
        if !sections.powers.iter().any(|power| power.entry.acts.contains(key)) {
            let message = format!("no role may do `{key}`");
            problems.push(act.at("key").problem("act.nobodys", message, "Give it to a role with a `[[power]]`."));
        }
    }
    for act in sections.acts.iter().filter(|act| act.entry.separates) {
        problems.extend(united(sections, &act.entry.key));
    }
}

/// Roles that exclude each other would be one in all but name if both had what separates them (gbt35273-7.1-c). The power of
/// the pack that came last is at fault: what it extends was sound.
fn united(sections: &Sections, act: &str) -> Option<PackProblem> {
    let powers = || sections.powers.iter().filter(|power| power.entry.acts.iter().any(|one| one == act));
    let meeting = |power: &Located<Power>| {
        let own = power.entry.role.as_str();
        let apart = |role: &str| role != own && sections.exclusions.iter().any(|rule| rule.entry.is_between(own, role));
        powers().map(|other| other.entry.role.clone()).find(|role| apart(role))
    };
    let (power, other) = powers().find_map(|power| Some((power, meeting(power)?)))?;
    let Power { id, role, .. } = &power.entry;
    let message = format!("power `{id}` gives `{act}` to `{role}`, and `{other}`, which `{role}` excludes, has it too");
    let help = format!("Leave `{act}` out, or give it to a role that no `[[exclusion]]` keeps apart from `{other}`.");
    Some(power.at("acts").problem("act.separates", message, help))
}

/// Approval rules add up, so each action needs one that binds whatever the data and however many the people.
fn check_every_action_is_covered(sections: &Sections, start: &Place, problems: &mut Vec<PackProblem>) {
    for action in Action::ALL {
        let covers_all = sections.approvals.iter().any(|rule| {
            let rule = &rule.entry;
            rule.actions.contains(action)
                && rule.sensitivity == crate::approval::Sensitivity::Any
                && rule.subjects_from <= 1
        });
        if !covers_all {
            let action = action.as_str();
            let message = format!("no approval rule says whose yes `{action}` takes for ordinary data of one person");
            let help =
                format!("Add an `[[approval]]` with actions = [\"{action}\"]; `approvers = []` if it takes nobody's.");
            problems.push(start.problem("approval.missing", message, help));
        }
    }
}

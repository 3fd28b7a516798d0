//! What the entries of all list sections have in common: an id, the clauses they cite, the classes they speak of.

use crate::approval::{ApprovalRule, Need, Sensitivity};
use crate::class::{Class, ClassPattern};
use crate::departure::DepartureRule;
use crate::mask::by_role::MaskRule;
use crate::pack::control::ControlRule;
use crate::pack::sections::{ActName, FeatureName, ServiceName};
use crate::roles::{Exclusion, Power, Role};
use crate::schedule::{Period, Schedule};

/// What every entry of a list section has.
pub trait Entry: serde::de::DeserializeOwned {
    /// The section's name.
    const SECTION: &'static str;
    /// The key that identifies an entry.
    const ID_KEY: &'static str = "id";

    /// What identifies the entry among its section.
    fn id(&self) -> &str;

    /// Whether it is a rule, which rests on a clause.
    const RULES: bool = false;

    /// The clauses it cites.
    fn clauses(&self) -> &[String] {
        &[]
    }

    /// The classes it speaks of.
    fn patterns(&self) -> &[ClassPattern] {
        &[]
    }

    /// Why it may not take the place of `base`, the entry of the same id in the pack that it extends.
    fn may_not_replace(&self, _base: &Self) -> Option<Weaker> {
        None
    }
}

/// An entry that would protect less than the one it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weaker {
    /// The key whose value is at fault.
    pub key: &'static str,
    /// What was found.
    pub message: String,
    /// What would be right.
    pub help: String,
}

/// Writes out [`Entry`]: the section, the key that identifies an entry, and where its clauses and classes stand.
macro_rules! entries {
    ($( $entry:ty, $section:literal, $id_key:literal => $($id:tt).+
        $(, rule: $rule:literal)? $(, clauses: $clauses:ident)? $(, patterns: $($patterns:ident).+)? $(, guard: $guard:ident)?; )+) => {
        $(
            impl Entry for $entry {
                const SECTION: &'static str = $section;
                const ID_KEY: &'static str = $id_key;

                fn id(&self) -> &str {
                    self.$($id).+.as_ref()
                }

                $( const RULES: bool = $rule;)?

                $( fn clauses(&self) -> &[String] {
                    &self.$clauses
                } )?

                $( fn patterns(&self) -> &[ClassPattern] {
                    self.$($patterns).+.as_ref()
                } )?

                $( fn may_not_replace(&self, base: &Self) -> Option<Weaker> {
                    $guard(self, base)
                } )?
            }
        )+
    };
}

entries! {
    Class, "class", "key" => key, clauses: clauses, guard: lowered_class;
    ServiceName, "service", "key" => 0.key;
    FeatureName, "feature", "key" => 0.key;
    ControlRule, "control", "id" => id, rule: true, clauses: clauses, patterns: when.class;
    Schedule, "schedule", "id" => id, rule: true, clauses: clauses, patterns: classes, guard: lowered_floor;
    DepartureRule, "departure", "id" => id, rule: true, clauses: clauses, patterns: classes;
    ApprovalRule, "approval", "id" => id, rule: true, clauses: clauses, guard: eased_approval;
    Role, "role", "key" => key, guard: lowered_role;
    Exclusion, "exclusion", "id" => id, rule: true, clauses: clauses, guard: lifted_exclusion;
    ActName, "act", "key" => key, guard: united_act;
    Power, "power", "id" => id, rule: true, clauses: clauses;
    MaskRule, "mask", "id" => id, rule: true, clauses: clauses, patterns: classes;
}

fn lowered_class(own: &Class, base: &Class) -> Option<Weaker> {
    let key = own.lowers(base)?;
    Some(Weaker {
        key,
        message: format!("class `{}` would be less protected than in the pack it extends: `{key}`", own.key),
        help: "A class may be raised, never lowered (gbt35273-3.2, yongchang-def-sensitive).".to_owned(),
    })
}

/// What a statute demands stays demanded of every class that it was demanded of.
fn lowered_floor(own: &Schedule, base: &Schedule) -> Option<Weaker> {
    let floor = base.floor?;
    let counts = |period: Period| (period.years * 12 + period.months, period.days);
    let is_kept = own.floor.is_some_and(|own| counts(own) >= counts(floor)) && own.from == base.from;
    let uncovered = base.classes.iter().find(|class| !own.classes.iter().any(|own| own.covers(class)));
    let (key, message) = match (is_kept, uncovered) {
        (false, _) => ("floor", format!("schedule `{}` would keep data for less than a statute demands", own.id)),
        (true, Some(class)) => ("classes", format!("schedule `{}` would let go of `{class}`", own.id)),
        (true, None) => return None,
    };
    let help =
        "Keep the floor of the pack that it extends, from the same event and for all of its classes, or a longer one.";
    Some(Weaker { key, message, help: help.to_owned() })
}

/// Whose yes it took, it still takes, for as much as it did.
fn eased_approval(own: &ApprovalRule, base: &ApprovalRule) -> Option<Weaker> {
    let asks = |need: &Need| own.approvers.iter().any(|mine| mine.role == need.role && mine.count >= need.count);
    let (key, what) = if !base.approvers.iter().all(asks) {
        ("approvers", "take fewer people's yes")
    } else if !base.actions.iter().all(|action| own.actions.contains(action)) {
        ("actions", "be about fewer actions")
    } else if own.subjects_from > base.subjects_from {
        ("subjects_from", "begin with more people")
    } else if own.sensitivity == Sensitivity::Sensitive && base.sensitivity == Sensitivity::Any {
        ("sensitivity", "leave out ordinary data")
    } else {
        return None;
    };
    Some(Weaker {
        key,
        message: format!("approval `{}` would {what}, unlike in the pack it extends", own.id),
        help: "An approval may be made stricter, never easier (gbt35273-7.1-b). Add a rule of your own beside it."
            .to_owned(),
    })
}

/// Who was kept apart stays apart.
fn lifted_exclusion(own: &Exclusion, base: &Exclusion) -> Option<Weaker> {
    let [one, other] = &base.roles;
    (!own.is_between(one, other)).then(|| Weaker {
        key: "roles",
        message: format!("exclusion `{}` would no longer keep `{one}` and `{other}` apart", own.id),
        help: "Exclusions may be added, never lifted (gbt35273-7.1-c). Give one of your own another id.".to_owned(),
    })
}

/// What kept roles apart still does.
fn united_act(own: &ActName, base: &ActName) -> Option<Weaker> {
    (base.separates && !own.separates).then(|| Weaker {
        key: "separates",
        message: format!("act `{}` would no longer separate roles, unlike in the pack it extends", own.key),
        help: "Say `separates = true`: roles that exclude each other never both have it (gbt35273-7.1-c).".to_owned(),
    })
}

fn lowered_role(own: &Role, base: &Role) -> Option<Weaker> {
    if base.works_with_data && !own.works_with_data {
        return Some(Weaker {
            key: "works_with_data",
            message: format!("role `{}` would not count as working with data, unlike in the pack it extends", own.key),
            help: "Say `works_with_data = true`: those who exclude it are kept from data by it (gbt35273-7.1-c)."
                .to_owned(),
        });
    }
    (base.sensitive && !own.sensitive).then(|| Weaker {
        key: "sensitive",
        message: format!("role `{}` would be held on without anybody's word, unlike in the pack it extends", own.key),
        help: "A role may be made sensitive, never the other way round (gbt35273-7.1-a-op).".to_owned(),
    })
}

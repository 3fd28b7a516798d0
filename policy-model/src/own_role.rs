//! Roles that an organisation defines for itself.
//!
//! Such a role is given data, never a power over Tenure itself. What it does with data is the work of a role that the pack
//! has: who works with data does what a data operator does, who works with access records does what an auditor does. It
//! inherits whom they may not be (gbt35273-7.1-c), and one that would do the work of two who exclude each other is refused.
//! What always holds: nobody comes by a new name to what they could not come by under the old one.

use std::collections::BTreeSet;

use crate::class::ClassPattern;
use crate::pack::Pack;
use crate::roles::Exclusion;

/// The role that works with data.
const WORKS_WITH_DATA: &str = "data_operator";
/// The role that audits how it was worked with.
const AUDITS: &str = "auditor";
/// The classes that only an audit looks at: access records.
const AUDITED: &str = "ledger.";

/// A role of the organisation's own, as far as the separation of roles is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRole {
    /// Its key.
    pub key: String,
    /// The roles of the pack whose work it does.
    pub works_as: BTreeSet<String>,
    /// Roles that it shall exclude beyond that.
    pub excludes: BTreeSet<String>,
}

/// It would do the work of two roles that nobody holds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it would do the work of `{}` and of `{}`, which exclude each other ({}): {}", .0.roles[0], .0.roles[1], .0.id, .0.reason_en)]
pub struct Combines<'p>(pub &'p Exclusion);

/// The roles of the pack whose work it is to process these classes.
///
/// # Errors
/// When two of them exclude each other.
pub fn works_as<'p>(pack: &'p Pack, classes: &[ClassPattern]) -> Result<BTreeSet<String>, Combines<'p>> {
    let touched = pack.classes().iter().filter(|class| classes.iter().any(|c| c.matches(class.key.as_str())));
    let work = touched.map(|class| if class.key.as_str().starts_with(AUDITED) { AUDITS } else { WORKS_WITH_DATA });
    let all: BTreeSet<String> = work.map(str::to_owned).collect();
    let combined = pack.exclusions().iter().find(|e| e.roles.iter().all(|role| all.contains(role)));
    match combined {
        Some(exclusion) => Err(Combines(exclusion)),
        None => Ok(all),
    }
}

/// The exclusions of a pack, and those that follow from them for roles of the organisation's own.
pub fn exclusions(of_pack: &[Exclusion], own: &[OwnRole]) -> Vec<Exclusion> {
    let mut all = of_pack.to_vec();
    for rule in of_pack {
        let [a, b] = &rule.roles;
        for one in who_work_as(own, a) {
            for other in who_work_as(own, b).into_iter().filter(|other| (one, *other) != (a.as_str(), b.as_str())) {
                let id = format!("{}+{one}+{other}", rule.id);
                all.push(Exclusion { id, roles: [one.to_owned(), other.to_owned()], ..rule.clone() });
            }
        }
    }
    for role in own {
        all.extend(role.excludes.iter().map(|other| Exclusion {
            id: format!("own+{}+{other}", role.key),
            roles: [role.key.clone(), other.clone()],
            clauses: vec!["gbt35273-7.1-c".to_owned()],
            reason_zh: "组织在定义该角色时规定两者不得由同一人担任。".to_owned(),
            reason_en: "The organisation said so when it defined the role.".to_owned(),
        }));
    }
    all
}

/// A role of the pack, and whoever does its work.
fn who_work_as<'r>(own: &'r [OwnRole], role: &'r str) -> Vec<&'r str> {
    let same = own.iter().filter(|own| own.works_as.contains(role)).map(|own| own.key.as_str());
    std::iter::once(role).chain(same).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    use super::*;
    use crate::roles::may_hold;

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

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn any_rules() -> impl Strategy<Value = Vec<Exclusion>> {
        prop::collection::vec((select(&ROLES[..]), select(&ROLES[..])), 0..6)
            .prop_map(|pairs| pairs.into_iter().filter(|(a, b)| a != b).map(|(a, b)| exclusion(a, b)).collect())
    }

    fn any_own() -> impl Strategy<Value = Vec<OwnRole>> {
        let one = (subsequence(ROLES.to_vec(), 0..=2), subsequence(ROLES.to_vec(), 0..=2));
        prop::collection::vec(one, 0..4).prop_map(|all| {
            let numbered = all.into_iter().enumerate();
            numbered
                .map(|(n, (works, excludes))| OwnRole {
                    key: format!("own.r{n}"),
                    works_as: set(&works),
                    excludes: set(&excludes),
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn a_new_name_leads_to_nothing_that_the_old_one_did_not(rules in any_rules(), own in any_own()) {
            let all = exclusions(&rules, &own);
            // Whatever may be held together may be held together by the roles whose work it is.
            let works = |role: &str| -> Vec<String> {
                match own.iter().find(|o| o.key == role) {
                    Some(own) => own.works_as.iter().cloned().collect(),
                    None => vec![role.to_owned()],
                }
            };
            let names: Vec<&str> = ROLES.into_iter().chain(own.iter().map(|o| o.key.as_str())).collect();
            for one in &names {
                for other in names.iter().filter(|other| *other != one) {
                    if may_hold([*one], other, &all).is_err() { continue }
                    for a in works(one) {
                        for b in works(other) {
                            prop_assert!(a == b || may_hold([a.as_str()], &b, &rules).is_ok(), "{} {}", one, other);
                        }
                    }
                }
            }
        }

        #[test]
        fn what_the_pack_forbids_stays_forbidden(rules in any_rules(), own in any_own(), a in select(&ROLES[..]), b in select(&ROLES[..])) {
            if may_hold([a], b, &rules).is_err() {
                prop_assert!(may_hold([a], b, &exclusions(&rules, &own)).is_err());
            }
        }
    }
}

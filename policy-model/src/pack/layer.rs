//! A pack on top of the pack that it extends.
//!
//! The extending pack's entries come first, so its control rules are read before the base's. An entry takes the place of
//! one of the same id only if it says so with `overrides = "<the other pack>"`: two authors who happen on the same id
//! shall not replace each other's rules unawares.

use crate::pack::problem::{Located, PackProblem};
use crate::pack::sections::Entry;

/// One section of a pack on top of the same section of its base.
pub fn layer<T: Entry>(own: Vec<Located<T>>, base: Vec<Located<T>>, problems: &mut Vec<PackProblem>) -> Vec<Located<T>> {
    for located in &own {
        let replaced = base.iter().find(|other| other.entry.id() == located.entry.id());
        problems.extend(objection(located, replaced));
    }
    let is_replaced = |other: &Located<T>| own.iter().any(|located| located.entry.id() == other.entry.id());
    let inherited: Vec<Located<T>> = base.into_iter().filter(|other| !is_replaced(other)).collect();
    own.into_iter().chain(inherited).collect()
}

/// What is wrong with an entry, given the one of the same id further down, if any.
fn objection<T: Entry>(located: &Located<T>, replaced: Option<&Located<T>>) -> Option<PackProblem> {
    let id = located.entry.id();
    let section = T::SECTION;
    let place = located.at(T::ID_KEY);
    match (replaced, &located.overrides) {
        (None, None) => None,
        (None, Some(pack)) => Some(place.problem(
            "override.of-nothing",
            format!("{section} `{id}` overrides `{pack}`, which has no entry of this id"),
            "Leave `overrides` out, or correct the id.",
        )),
        (Some(other), None) => Some(place.problem(
            "override.not-stated",
            format!("{section} `{id}` is already in {}", other.place),
            format!("Give it another id, or add `overrides = \"{}\"` to replace that entry.", pack_of(other)),
        )),
        (Some(other), Some(pack)) if pack != pack_of(other) => Some(place.problem(
            "override.of-another-pack",
            format!("{section} `{id}` says it overrides `{pack}`, but the entry of this id is in {}", other.place),
            format!("Write `overrides = \"{}\"`.", pack_of(other)),
        )),
        (Some(other), Some(_)) => {
            let weaker = located.entry.may_not_replace(&other.entry)?;
            Some(located.at(weaker.key).problem("override.weaker", weaker.message, weaker.help))
        }
    }
}

fn pack_of<T>(located: &Located<T>) -> &str {
    located.place.file.trim_end_matches(".toml")
}

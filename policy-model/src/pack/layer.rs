//! A pack on top of the pack that it extends.
//!
//! The extending pack's entries come first, so its control rules are read before the base's. An entry takes the place of
//! one of the same id only if it says so with `overrides = "<the other pack>"`: two authors who happen on the same id
//! shall not replace each other's rules unawares.

use crate::calendar::Deadlines;
use crate::pack::entry::Entry;
use crate::pack::problem::{Located, PackProblem};

/// One section of a pack on top of the same section of its base.
pub fn layer<T: Entry>(
    own: Vec<Located<T>>,
    base: Vec<Located<T>>,
    problems: &mut Vec<PackProblem>,
) -> Vec<Located<T>> {
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

/// The deadlines of a pack on those of its base. They may be shortened, not lengthened: the base's are the law's.
pub fn layer_deadlines(
    own: Option<Located<Deadlines>>,
    base: Option<Located<Deadlines>>,
    problems: &mut Vec<PackProblem>,
) -> Option<Located<Deadlines>> {
    let (Some(own), Some(base)) = (&own, &base) else { return own.or(base) };
    let pairs = [
        ("request_days", own.entry.request_days, base.entry.request_days),
        ("closure_working_days", own.entry.closure_working_days, base.entry.closure_working_days),
        ("certification_working_days", own.entry.certification_working_days, base.entry.certification_working_days),
    ];
    // One that no pack may have is said to be that.
    let is_unfit = |key: &str| own.entry.unfit().iter().any(|unfit| unfit.key == key);
    for (key, found, longest) in pairs.into_iter().filter(|(key, found, longest)| found > longest && !is_unfit(key)) {
        let message = format!("`{key}` is {found}, but the pack it extends allows {longest}");
        problems.push(own.at(key).problem("override.weaker", message, format!("Write {longest} or less.")));
    }
    Some(own.clone())
}

//! Roles, what they may do with Tenure itself, and which of them one human being may never hold together.
//!
//! 角色分离 (gbt35273-7.1-c) is about people, not accounts: who has two accounts, or came by a role through a delegation,
//! an exceptional grant or an import, is still one person. Every way to a role therefore goes through [`may_hold`], which
//! is told all roles that the *person* holds in the tenant. What always holds: whatever is given and taken, in whatever
//! order, nobody ever has an excluded pair.

use serde::{Deserialize, Serialize};

/// A role of a pack: `[[role]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The key that other sections name it by, such as `auditor`.
    pub key: String,
    /// What it is called in Chinese.
    pub name_zh: String,
    /// What it is called in English.
    pub name_en: String,
    /// Whether it reaches data or lets others reach it: held no longer than somebody says that it is needed.
    #[serde(default)]
    pub sensitive: bool,
    /// Whether it works with people's data. A role that excludes such a one is kept from data: no instruction opens any to
    /// whoever holds it, by its name or by theirs (gbt35273-7.1-c).
    #[serde(default)]
    pub works_with_data: bool,
}

/// Two roles that nobody may hold together: `[[exclusion]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The rule's name, unique in the pack.
    pub id: String,
    /// The two roles. Their order means nothing.
    pub roles: [String; 2],
    /// The clauses that it rests on.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
}

/// What a role may do with Tenure itself: `[[power]]`. Data is not reached by powers, only by instructions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Power {
    /// The rule's name, unique in the pack.
    pub id: String,
    /// The role that has it.
    pub role: String,
    /// The acts that it covers, such as `departures.approve`.
    pub acts: Vec<String>,
    /// The clauses that it rests on, where a document says who is to do it.
    #[serde(rename = "clause", default)]
    pub clauses: Vec<String>,
}

/// A role may not be given to somebody, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{wanted}` and `{held}` exclude each other ({}): {}", .by.id, .by.reason_en)]
pub struct Excluded<'r> {
    /// The role that was to be given.
    pub wanted: &'r str,
    /// The role that the person already has.
    pub held: &'r str,
    /// The rule that keeps them apart.
    pub by: &'r Exclusion,
}

/// How somebody comes by a role. It changes nothing about what may be held; it is here so that no way can be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// An admin gave it.
    Assignment,
    /// Somebody who has it passed it on for a while.
    Delegation,
    /// An exceptional instruction grants what the role may do (gbt35273-7.1-d).
    ExceptionalInstruction,
    /// It came with a file or from a directory.
    Import,
}

/// A role that a person has. `P` names a person, never an account or a membership.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant<P> {
    /// Whose it is.
    pub person: P,
    /// The role's key.
    pub role: String,
    /// The way they came by it. Whoever came by a role in two ways has it until both have ended.
    pub via: Via,
}

impl Exclusion {
    /// Whether these two are the roles that it keeps apart, in whatever order.
    pub fn is_between(&self, one: &str, other: &str) -> bool {
        let [a, b] = &self.roles;
        (a == one && b == other) || (a == other && b == one)
    }
}

/// What keeps a role from data: the first exclusion between it and a role that works with data. Who may not hold the role that
/// does the work may not be given the work without the role either.
pub fn kept_from_data<'r>(role: &str, roles: &[Role], exclusions: &'r [Exclusion]) -> Option<&'r Exclusion> {
    let works = |key: &str| roles.iter().any(|role| role.key == key && role.works_with_data);
    exclusions.iter().find(|by| match &by.roles {
        [a, b] if a == role => works(b),
        [a, b] if b == role => works(a),
        [_, _] => false,
    })
}

/// Whether a person who holds these roles may hold one more. Having a role twice is nothing new.
///
/// # Errors
/// The first rule of the pack that forbids it, and the role that is in the way.
pub fn may_hold<'r>(
    held: impl IntoIterator<Item = &'r str>,
    wanted: &'r str,
    exclusions: &'r [Exclusion],
) -> Result<(), Excluded<'r>> {
    let held: Vec<&str> = held.into_iter().filter(|held| *held != wanted).collect();
    let meets = |by: &'r Exclusion| held.iter().find(|held| by.is_between(held, wanted)).map(|held| (*held, by));
    match exclusions.iter().find_map(meets) {
        Some((held, by)) => Err(Excluded { wanted, held, by }),
        None => Ok(()),
    }
}

/// Whether a grant may be added to those that a tenant has, by whatever way it comes.
///
/// # Errors
/// As [`may_hold`].
pub fn may_grant<'r, P: PartialEq>(
    grants: &'r [Grant<P>],
    wanted: &'r Grant<P>,
    exclusions: &'r [Exclusion],
) -> Result<(), Excluded<'r>> {
    may_hold(roles_of(grants, &wanted.person), &wanted.role, exclusions)
}

/// Sorts the rows of an import, or of any other batch, into those that may be granted and those that may not. Each row is
/// judged together with the rows before it, so a batch cannot smuggle in a pair that two requests could not.
pub fn admit<'r, P: PartialEq>(
    grants: &'r [Grant<P>],
    batch: &'r [Grant<P>],
    exclusions: &'r [Exclusion],
) -> Vec<Result<&'r Grant<P>, Excluded<'r>>> {
    let mut admitted: Vec<&Grant<P>> = Vec::new();
    let mut answers = Vec::with_capacity(batch.len());
    for row in batch {
        let before = admitted.iter().filter(|grant| grant.person == row.person).map(|grant| grant.role.as_str());
        let answer = may_hold(roles_of(grants, &row.person).chain(before), &row.role, exclusions);
        if answer.is_ok() {
            admitted.push(row);
        }
        answers.push(answer.map(|()| row));
    }
    answers
}

/// The pairs that a person holds against the rules, as when a pack with stricter rules takes effect. Each is to be ended
/// by a person; none is ended silently.
pub fn conflicts<'r>(held: &[&'r str], exclusions: &'r [Exclusion]) -> Vec<Excluded<'r>> {
    let pair = |by: &'r Exclusion| {
        let [a, b] = &by.roles;
        let both = a != b && held.contains(&a.as_str()) && held.contains(&b.as_str());
        both.then_some(Excluded { wanted: a, held: b, by })
    };
    exclusions.iter().filter_map(pair).collect()
}

/// The roles that a person has in a tenant, through whatever account and in whatever way.
pub fn roles_of<'g, P: PartialEq>(grants: &'g [Grant<P>], person: &P) -> impl Iterator<Item = &'g str> {
    grants.iter().filter(move |grant| grant.person == *person).map(|grant| grant.role.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const ROLES: [&str; 6] =
        ["primary_admin", "security_admin", "data_operator", "auditor", "hr_admin", "privacy_officer"];

    fn exclusion(a: &str, b: &str) -> Exclusion {
        Exclusion {
            id: format!("{a}-{b}"),
            roles: [a.to_owned(), b.to_owned()],
            clauses: vec!["gbt35273-7.1-c".to_owned()],
            reason_zh: "角色分离".to_owned(),
            reason_en: "roles are separated".to_owned(),
        }
    }

    fn separated() -> Vec<Exclusion> {
        vec![
            exclusion("security_admin", "data_operator"),
            exclusion("security_admin", "auditor"),
            exclusion("data_operator", "auditor"),
            exclusion("primary_admin", "data_operator"),
        ]
    }

    fn grant(person: u32, role: &str, via: Via) -> Grant<u32> {
        Grant { person, role: role.to_owned(), via }
    }

    #[test]
    fn what_may_be_held_together() {
        let cases: [(&[&str], &str, bool); 7] = [
            (&[], "auditor", true),
            (&["auditor"], "auditor", true),
            (&["security_admin"], "auditor", false),
            (&["auditor"], "security_admin", false),
            (&["hr_admin"], "privacy_officer", true),
            (&["hr_admin", "primary_admin"], "data_operator", false),
            (&["primary_admin"], "security_admin", true),
        ];
        let rules = separated();
        for (held, wanted, allowed) in cases {
            let answer = may_hold(held.iter().copied(), wanted, &rules);
            assert_eq!(answer.is_ok(), allowed, "{held:?} + {wanted}");
        }
    }

    #[test]
    fn a_refusal_names_the_role_in_the_way_and_the_rule() {
        let rules = separated();
        let refusal = may_hold(["hr_admin", "auditor"], "data_operator", &rules).unwrap_err();
        assert_eq!((refusal.held, refusal.by.id.as_str()), ("auditor", "data_operator-auditor"));
        let text = "`data_operator` and `auditor` exclude each other (data_operator-auditor): roles are separated";
        assert_eq!(refusal.to_string(), text);
    }

    #[test]
    fn no_way_to_a_role_leads_around_the_rule() {
        let rules = separated();
        let has = [grant(1, "auditor", Via::Assignment)];
        for via in [Via::Assignment, Via::Delegation, Via::ExceptionalInstruction, Via::Import] {
            assert!(may_grant(&has, &grant(1, "data_operator", via), &rules).is_err(), "{via:?}");
            assert!(may_grant(&has, &grant(2, "data_operator", via), &rules).is_ok(), "{via:?}");
        }
    }

    #[test]
    fn a_batch_is_judged_with_its_own_earlier_rows() {
        let rules = separated();
        let batch = [
            grant(1, "auditor", Via::Import),
            grant(1, "security_admin", Via::Import),
            grant(2, "security_admin", Via::Import),
            grant(1, "hr_admin", Via::Import),
        ];
        let admitted: Vec<bool> = admit(&[], &batch, &rules).iter().map(Result::is_ok).collect();
        assert_eq!(admitted, [true, false, true, true]);
    }

    #[test]
    fn a_stricter_pack_shows_whom_it_catches() {
        let rules = separated();
        assert_eq!(conflicts(&["hr_admin", "auditor"], &rules), []);
        let caught = conflicts(&["auditor", "hr_admin", "security_admin"], &rules);
        assert_eq!(caught.iter().map(|pair| pair.by.id.as_str()).collect::<Vec<_>>(), ["security_admin-auditor"]);
    }

    /// One thing that happens to a tenant's roles.
    #[derive(Debug, Clone)]
    enum Event {
        Give(Grant<u32>),
        Import(Vec<Grant<u32>>),
        TakeBack(Grant<u32>),
    }

    fn any_grant() -> impl Strategy<Value = Grant<u32>> {
        let via = select(vec![Via::Assignment, Via::Delegation, Via::ExceptionalInstruction, Via::Import]);
        (0..3u32, select(ROLES.to_vec()), via).prop_map(|(person, role, via)| grant(person, role, via))
    }

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            3 => any_grant().prop_map(Event::Give),
            1 => prop::collection::vec(any_grant(), 0..6).prop_map(Event::Import),
            2 => any_grant().prop_map(Event::TakeBack),
        ]
    }

    fn any_exclusions() -> impl Strategy<Value = Vec<Exclusion>> {
        prop::collection::vec((select(ROLES.to_vec()), select(ROLES.to_vec())), 0..6)
            .prop_map(|pairs| pairs.into_iter().map(|(a, b)| exclusion(a, b)).collect())
    }

    proptest! {
        #[test]
        fn whatever_happens_nobody_ever_has_an_excluded_pair(rules in any_exclusions(), events in prop::collection::vec(any_event(), 0..40)) {
            let mut grants: Vec<Grant<u32>> = Vec::new();
            for event in events {
                match event {
                    Event::Give(wanted) => if may_grant(&grants, &wanted, &rules).is_ok() { grants.push(wanted) },
                    Event::Import(batch) => {
                        let admitted: Vec<_> = admit(&grants, &batch, &rules).into_iter().flatten().cloned().collect();
                        grants.extend(admitted);
                    }
                    Event::TakeBack(gone) => grants.retain(|grant| *grant != gone),
                }
                for person in 0..3 {
                    let held: Vec<&str> = roles_of(&grants, &person).collect();
                    prop_assert_eq!(conflicts(&held, &rules), vec![]);
                }
            }
        }

        #[test]
        fn exclusion_is_symmetric(rules in any_exclusions(), a in select(ROLES.to_vec()), b in select(ROLES.to_vec())) {
            prop_assert_eq!(may_hold([a], b, &rules).is_ok(), may_hold([b], a, &rules).is_ok());
        }

        #[test]
        fn more_rules_never_permit_more(rules in any_exclusions(), more in any_exclusions(), held in prop::collection::vec(select(ROLES.to_vec()), 0..4), wanted in select(ROLES.to_vec())) {
            let stricter: Vec<Exclusion> = rules.iter().chain(&more).cloned().collect();
            if may_hold(held.iter().copied(), wanted, &stricter).is_ok() {
                prop_assert!(may_hold(held.iter().copied(), wanted, &rules).is_ok());
            }
        }
    }
}

//! The notice that applies (gbt35273-5.5-a): who the controller is, what is done with data like mine and what for, how long it is
//! kept, who has it, what I can do, whom I can turn to. It is made from what is in force, so it says nothing that is not so
//! (gbt35273-5.5-b), and says of one's own data what concerns one's own data.

use super::contact::{self, Contact};
use super::data::connector_names;
use super::words::{self, ClassName, Keeping, RoleName};
use crate::holdings;
use crate::instructions::{self, Kind, Scope};
use crate::packs::{self, ClauseView};
use crate::people::{self, roles};
use crate::platform::attempt::Own;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::InstructionId;
use policy_model::class::ClassPattern;
use policy_model::schedule::Milestones;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The clauses that say what a notice has to say, part by part; and what a person can do, right by right.
const PARTS: [(&str, &[&str]); 6] = [
    ("controller", &["gbt35273-5.5-a-1"]),
    ("purposes", &["gbt35273-5.5-a-2", "gbt35273-8.1-b"]),
    ("keeping", &["gbt35273-5.5-a-3", "gbt35273-6.1-a"]),
    ("recipients", &["gbt35273-5.5-a-4", "gbt35273-8.1-c"]),
    ("safety", &["gbt35273-5.5-a-7"]),
    ("contact", &["gbt35273-5.5-a-8", "gbt35273-11.1-d-8"]),
];
const RIGHTS: [(&str, &[&str]); 7] = [
    ("access", &["gbt35273-8.1-a"]),
    ("copy", &["gbt35273-8.6-a", "gbt35273-8.6-b"]),
    ("contest", &["gbt35273-8.8"]),
    ("correct", &["gbt35273-8.2"]),
    ("delete", &["gbt35273-8.3-a-1", "gbt35273-8.3-a-2"]),
    ("withdraw", &["gbt35273-8.4-a", "gbt35273-8.4-n"]),
    ("answer", &["gbt35273-8.7-a", "gbt35273-8.7-f"]),
];

/// The notice.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Notice {
    /// The organisation: the controller of what it controls.
    pub controller: String,
    /// The pack that it lives by, in Chinese.
    pub pack_zh: String,
    /// The pack, in English.
    pub pack_en: String,
    /// The pack's version.
    pub pack_version: String,
    /// The privacy officers, by name, while they are known; for somebody who has left, none.
    pub officers: Vec<String>,
    /// How they are reached, and who decides outside.
    pub contact: Contact,
    /// What is permitted now on data like mine, by purpose.
    pub purposes: Vec<Purpose>,
    /// How long each class of my data is kept that the organisation controls.
    pub keeping: Vec<ClassKeeping>,
    /// The systems that keep data about me, by name.
    pub kept_at: Vec<String>,
    /// How what lies in the vault is sealed: `aes-256-gcm`, `sm4-gcm`.
    pub algorithm: String,
    /// Days within which a request is answered.
    pub answer_within_days: u32,
    /// The parts of a notice and what a person can do, each with its clauses.
    pub clauses: BTreeMap<String, Vec<String>>,
    /// What a person can do, in order; explained by the console.
    pub rights: Vec<String>,
    /// The clauses that are cited, each with what it asks.
    pub cited: Vec<ClauseView>,
}

/// What is permitted for one purpose.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NoticePurpose)]
pub struct Purpose {
    /// The instruction that permits it.
    pub instruction: InstructionId,
    /// Standing or exceptional.
    pub kind: Kind,
    /// The purpose, in the organisation's words.
    pub purpose: String,
    /// What is permitted: `read` …
    pub operations: Vec<String>,
    /// To which roles.
    pub roles: Vec<RoleName>,
    /// On which classes of my data.
    pub classes: Vec<ClassName>,
    /// Since when.
    pub in_force_at: Option<Ts>,
    /// Until when.
    pub until: Option<Ts>,
}

/// How long one class is kept.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClassKeeping {
    /// The class.
    pub class: ClassName,
    /// How long; absent where the pack has no schedule for it.
    pub keeping: Option<Keeping>,
}

/// The notice for one person, as of now.
pub fn of(tx: &mut TenantTx<'_>, own: Own) -> Stored<Notice> {
    let (pack, tenant) = (packs::in_force(tx)?, packs::tenant(tx)?);
    let groups = holdings::own_groups(tx, own)?;
    let held: BTreeSet<&str> =
        groups.keys().filter(|g| g.controller == "organisation").map(|g| g.class.as_str()).collect();
    let last_day = people::memberships_of_subject(tx, own.subject())?.last().and_then(|m| m.last_day);
    let milestones = Milestones { departure: last_day, ..Milestones::default() };
    let keeping: Vec<ClassKeeping> = held
        .iter()
        .map(|key| ClassKeeping {
            class: words::class_name(&pack, key),
            keeping: words::keeping(&pack, key, &milestones),
        })
        .collect();
    let own_roles = people::own_roles::all(tx)?;
    let mut purposes = Vec::new();
    for (i, scope) in instructions::permitting(tx)? {
        let classes: Vec<ClassName> =
            held.iter().filter(|key| reaches(&scope, own, key)).map(|key| words::class_name(&pack, key)).collect();
        if !classes.is_empty() {
            purposes.push(Purpose {
                instruction: i.id,
                kind: i.kind,
                purpose: i.purpose,
                operations: scope.operations,
                roles: scope.roles.iter().map(|role| words::role_name(&pack, &own_roles, role)).collect(),
                classes,
                in_force_at: i.in_force_at,
                until: i.until,
            });
        }
    }
    let names = connector_names(tx)?;
    let kept_at: BTreeSet<String> =
        groups.values().flat_map(|g| &g.connectors).filter_map(|id| names.get(id).cloned()).collect();
    let clauses: BTreeMap<String, Vec<String>> = PARTS
        .iter()
        .chain(&RIGHTS)
        .map(|(part, ids)| ((*part).to_owned(), ids.iter().map(|id| (*id).to_owned()).collect()))
        .collect();
    let grounds = keeping.iter().filter_map(|k| k.keeping.as_ref()).flat_map(|k| &k.why.clauses);
    let cited = packs::cited(clauses.values().flatten().chain(grounds).map(String::as_str));
    Ok(Notice {
        controller: tenant.name,
        pack_zh: pack.header().title_zh.clone(),
        pack_en: pack.header().title_en.clone(),
        pack_version: pack.header().version.clone(),
        officers: if own.has_left() { Vec::new() } else { officers(tx)? },
        contact: contact::contact(tx)?,
        purposes,
        keeping,
        kept_at: kept_at.into_iter().collect(),
        algorithm: tenant.algorithm,
        answer_within_days: pack.deadlines().request_days,
        clauses,
        rights: RIGHTS.iter().map(|(right, _)| (*right).to_owned()).collect(),
        cited,
    })
}

fn reaches(scope: &Scope, own: Own, class: &str) -> bool {
    let is_mine = scope.subjects.is_empty() || scope.subjects.contains(&own.subject());
    is_mine && scope.classes.iter().any(|p| p.parse::<ClassPattern>().is_ok_and(|p| p.matches(class)))
}

fn officers(tx: &mut TenantTx<'_>) -> Stored<Vec<String>> {
    let subjects: Vec<_> = roles::acting(tx, "privacy_officer")?.into_iter().map(|(_, subject)| subject).collect();
    let names = people::names(tx, &subjects)?;
    let found: BTreeSet<String> = subjects.iter().filter_map(|id| names.get(id).cloned()).collect();
    Ok(found.into_iter().collect())
}

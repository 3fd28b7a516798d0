//! Roles that the organisation defines for itself. What one permits is an instruction that names it and nothing else
//! (`instructions/own_roles.rs`); here stands who it is, when it is one, and whom it excludes.

use super::error::PeopleError;
use super::store;
use crate::packs;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, StoreError, Stored, TenantTx, Ts, Turn};
use crate::platform::ids::{InstructionId, OwnRoleId};
use crate::platform::record::Record;
use crate::text_enum;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::class::ClassPattern;
use policy_model::own_role::{self, OwnRole};
use policy_model::pack::Pack;
use policy_model::roles::Exclusion;
use std::collections::BTreeSet;

tenant_table! {
    own_roles (id) {
        id -> SqlUid, key -> Text, name_zh -> Text, name_en -> Text, scope -> Text, excludes -> Text,
        works_as -> Text, instruction_id -> SqlUid, state -> Text, created_at -> SqlTs, in_force_at -> Nullable<SqlTs>,
        ended_at -> Nullable<SqlTs>,
    }
}

/// What the keys of an organisation's own roles begin with: no pack has such a key.
pub const PREFIX: &str = "own.";
/// Roles of one organisation, ended ones included.
const MOST: usize = 200;

text_enum! {
    /// Where a role of the organisation's own stands.
    OwnRoleState {
        /// Its definition waits for approval.
        Pending = "pending",
        /// Somebody may hold it.
        InForce = "in_force",
        /// It was not approved, or was taken back; nobody holds it.
        Ended = "ended",
    }
}

/// A role of the organisation's own.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = own_roles, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct OwnRoleRow {
    /// Its id.
    pub id: OwnRoleId,
    /// Its key, `own.payroll`.
    pub key: String,
    /// What it is called in Chinese.
    pub name_zh: String,
    /// What it is called in English.
    pub name_en: String,
    /// What it may be given, as JSON.
    pub scope: String,
    /// Roles that it excludes beyond those that follow, as JSON.
    pub excludes: String,
    /// The roles of the pack whose work it does, as JSON.
    pub works_as: String,
    /// The instruction that defines it.
    pub instruction_id: InstructionId,
    /// Where it stands.
    pub state: OwnRoleState,
    /// When it was proposed.
    pub created_at: Ts,
    /// Since when somebody may hold it.
    pub in_force_at: Option<Ts>,
    /// When it ended.
    pub ended_at: Option<Ts>,
}

impl OwnRoleRow {
    fn rule(&self) -> Stored<OwnRole> {
        Ok(OwnRole {
            key: self.key.clone(),
            works_as: serde_json::from_str(&self.works_as)?,
            excludes: serde_json::from_str(&self.excludes)?,
        })
    }
}

/// A role in the making.
#[derive(Debug, Clone)]
pub struct NewOwnRole {
    /// Its key, with [`PREFIX`].
    pub key: String,
    /// What it is called: Chinese, English.
    pub names: (String, String),
    /// What it may be given, as JSON.
    pub scope: String,
    /// The classes among it.
    pub classes: Vec<ClassPattern>,
    /// Roles that it excludes beyond those that follow.
    pub excludes: Vec<String>,
}

/// What may be held, and what not together: by the pack and by the organisation's own definitions.
#[derive(Debug, Clone)]
pub struct RoleRules {
    /// Every role that somebody may be given now.
    pub keys: Vec<String>,
    /// What excludes what.
    pub exclusions: Vec<Exclusion>,
}

/// The rules in force now.
pub fn rules(tx: &mut TenantTx<'_>, pack: &Pack) -> Stored<RoleRules> {
    let mut own = all(tx)?;
    own.retain(|role| role.state == OwnRoleState::InForce);
    let rules = own.iter().map(OwnRoleRow::rule).collect::<Stored<Vec<_>>>()?;
    let keys = pack.roles().iter().map(|role| role.key.clone()).chain(own.into_iter().map(|role| role.key));
    Ok(RoleRules { keys: keys.collect(), exclusions: own_role::exclusions(pack.exclusions(), &rules) })
}

/// What followed from a definition, and when.
pub(super) struct Followed {
    pub exclusions: Vec<Exclusion>,
    pub from: Ts,
    pub until: Option<Ts>,
}

/// What follows from each definition that ever was in force, under a pack; with the time in which it was.
pub(super) fn exclusions_ever(tx: &mut TenantTx<'_>, pack: &Pack) -> Stored<Vec<Followed>> {
    let own = all(tx)?;
    let mut ever = Vec::new();
    for (place, role) in own.iter().enumerate() {
        let Some(from) = role.in_force_at else { continue };
        // With those of its time: what the two do may exclude each other.
        let overlaps = |other: &&OwnRoleRow| {
            other.in_force_at.is_some_and(|at| role.ended_at.is_none_or(|end| at < end))
                && other.ended_at.is_none_or(|end| from < end)
        };
        let beside: Vec<&OwnRoleRow> = own[..=place].iter().filter(overlaps).collect();
        let rules = beside.iter().map(|role| role.rule()).collect::<Stored<Vec<_>>>()?;
        let mut exclusions = own_role::exclusions(pack.exclusions(), &rules);
        exclusions.retain(|exclusion| exclusion.roles.contains(&role.key));
        ever.push(Followed { exclusions, from, until: role.ended_at });
    }
    Ok(ever)
}

/// Every role of the organisation's own, the oldest first.
pub fn all(tx: &mut TenantTx<'_>) -> Stored<Vec<OwnRoleRow>> {
    tx.load(own_roles::table, |rows| {
        rows.order(own_roles::id).limit(i64::try_from(MOST).unwrap_or(i64::MAX)).select(OwnRoleRow::as_select())
    })
}

/// Notes a role whose definition is proposed by this instruction.
pub fn add(
    tx: &mut TenantTx<'_>,
    new: NewOwnRole,
    id: OwnRoleId,
    instruction: InstructionId,
) -> Result<OwnRoleRow, PeopleError> {
    let pack = packs::in_force(tx)?;
    let works_as = check(tx, &pack, &new)?;
    let row = OwnRoleRow {
        id,
        key: new.key,
        name_zh: new.names.0.trim().to_owned(),
        name_en: new.names.1.trim().to_owned(),
        scope: new.scope,
        excludes: serde_json::to_string(&new.excludes).map_err(StoreError::from)?,
        works_as: serde_json::to_string(&works_as).map_err(StoreError::from)?,
        instruction_id: instruction,
        state: OwnRoleState::Pending,
        created_at: tx.now(),
        in_force_at: None,
        ended_at: None,
    };
    tx.needs(Turn::Alone)?;
    tx.add(own_roles::table, &row)?;
    Ok(row)
}

/// Whether it can be a role at all; the roles of the pack whose work it would do.
fn check(tx: &mut TenantTx<'_>, pack: &Pack, new: &NewOwnRole) -> Result<BTreeSet<String>, PeopleError> {
    let invalid = |what: String| Err(PeopleError::OwnRoleInvalid(what));
    let word = new.key.strip_prefix(PREFIX).unwrap_or_default();
    let is_plain = word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.len() <= 40
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_plain {
        return invalid(format!("a key is `{PREFIX}` and 1 to 40 small letters, digits and `_`"));
    }
    let known = all(tx)?;
    if known.len() >= MOST {
        return invalid(format!("there are {MOST} roles of your own, and no more"));
    }
    if known.iter().any(|role| role.key == new.key) {
        return Err(PeopleError::OwnRoleTaken(new.key.clone()));
    }
    for name in [&new.names.0, &new.names.1] {
        if name.trim().is_empty() || name.chars().count() > 60 {
            return invalid("a name has 1 to 60 characters, in both languages".into());
        }
    }
    let is_role =
        |key: &String| pack.roles().iter().any(|role| role.key == *key && role.key != super::roles::EVERYBODY);
    if let Some(unknown) = new.excludes.iter().find(|key| !is_role(key)) {
        return invalid(format!("`{}` is no role of the pack", unknown.chars().take(60).collect::<String>()));
    }
    own_role::works_as(pack, &new.classes).map_err(|own_role::Combines(e)| PeopleError::Combines {
        roles: e.roles.clone(),
        reason: e.reason_en.clone(),
        clauses: e.clauses.clone(),
    })
}

/// Its definition is in force, or has ended: then nobody holds it any more.
pub fn settled(tx: &mut TenantTx<'_>, instruction: InstructionId, is_in_force: bool) -> Stored<()> {
    let found: Option<OwnRoleRow> = tx.first(own_roles::table, |rows| {
        rows.filter(own_roles::instruction_id.eq(instruction)).select(OwnRoleRow::as_select())
    })?;
    let Some(role) = found else { return Ok(()) };
    let now = tx.now();
    let (state, in_force_at, ended_at) = if is_in_force {
        (OwnRoleState::InForce, Some(now), None)
    } else {
        (OwnRoleState::Ended, role.in_force_at, Some(now))
    };
    tx.needs(Turn::Alone)?;
    tx.change(own_roles::table, |rows| {
        diesel::update(rows.filter(own_roles::id.eq(role.id))).set((
            own_roles::state.eq(state),
            own_roles::in_force_at.eq(in_force_at),
            own_roles::ended_at.eq(ended_at),
        ))
    })?;
    if state == OwnRoleState::Ended {
        end_with(tx, &role.key)?;
    }
    Ok(())
}

/// With a role ends whatever was given of it.
fn end_with(tx: &mut TenantTx<'_>, role: &str) -> Stored<()> {
    loop {
        let held = store::holders(tx, role)?;
        if held.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = held.iter().map(|assignment| assignment.id).collect();
        let by = tx.actor().membership();
        store::revoke_assignments(tx, &ids, by)?;
        for assignment in held {
            tx.record(
                Record::of("roles.revoke")
                    .on("membership", assignment.membership_id)
                    .about(assignment.subject_id)
                    .with("role", role),
            );
        }
    }
}

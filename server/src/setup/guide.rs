//! The steps, each with whether it is done and what is missing.

use super::store;
use crate::intake::{self, MessageState};
use crate::packs;
use crate::people::{self, MemberName, Names, roles};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::SourceId;
use crate::platform::sign_in;
use serde::Serialize;

/// The step that is confirmed.
pub(super) const ORGANISATION: &str = "organisation";
/// Holders of a role that the guide names at most.
const NAMED: usize = 10;

/// Where the set-up stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SetupGuide {
    /// Whether all of it is done.
    pub done: bool,
    /// Name, time zone, language and pack are right.
    pub organisation: OrganisationStep,
    /// The roles that are kept apart are held, each by somebody.
    pub roles: RolesStep,
    /// An HR system has been heard of.
    pub source: SourceStep,
    /// Others than the first admin have come in.
    pub members: MembersStep,
}

/// Somebody has looked at the settings.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OrganisationStep {
    /// Whether they were confirmed.
    pub done: bool,
    /// When.
    pub confirmed_at: Option<Ts>,
    /// By whom.
    pub confirmed_by: Option<MemberName>,
}

/// Who holds what.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RolesStep {
    /// Whether every role is held.
    pub done: bool,
    /// The roles that nobody holds.
    pub missing: Vec<String>,
    /// All of them, in the pack's order.
    pub roles: Vec<RoleToFill>,
}

/// A role of the pack.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RoleToFill {
    /// Its key.
    pub role: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// Roles that whoever holds it cannot hold.
    pub excludes: Vec<String>,
    /// How many hold it.
    pub holders: usize,
    /// They by name; the first ten.
    pub held_by: Vec<MemberName>,
}

/// What was heard of HR systems.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SourceStep {
    /// Whether a signed message came.
    pub done: bool,
    /// The sources.
    pub sources: Vec<SourceHeard>,
}

/// A source, and what was last heard of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SourceHeard {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Where it posts to, below this server's own address.
    pub path: String,
    /// When the last message came whose signature was right.
    pub last_received_at: Option<Ts>,
    /// What kind of event that was, once it could be read.
    pub last_event: Option<String>,
    /// Where that message stands.
    pub last_state: Option<MessageState>,
}

/// How far the members have come.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MembersStep {
    /// Whether somebody beside the first admin has come in.
    pub done: bool,
    /// Memberships that stand.
    pub members: i64,
    /// Set-up links that were given out.
    pub invited: i64,
    /// People who used theirs.
    pub confirmed: i64,
}

/// Where the set-up stands now.
pub(super) fn guide(tx: &mut TenantTx<'_>) -> Stored<SetupGuide> {
    let (organisation, roles, source, members) = (organisation(tx)?, roles(tx)?, source(tx)?, members(tx)?);
    let done = organisation.done && roles.done && source.done && members.done;
    Ok(SetupGuide { done, organisation, roles, source, members })
}

fn organisation(tx: &mut TenantTx<'_>) -> Stored<OrganisationStep> {
    let confirmed = store::confirmed(tx, ORGANISATION)?;
    let by = confirmed.and_then(|(_, by)| by);
    let names = Names::of(tx, by, [])?;
    Ok(OrganisationStep {
        done: confirmed.is_some(),
        confirmed_at: confirmed.map(|(at, _)| at),
        confirmed_by: by.map(|id| names.member(id)),
    })
}

/// Every role that has a power which not every employee has.
fn roles(tx: &mut TenantTx<'_>) -> Stored<RolesStep> {
    let pack = packs::in_force(tx)?;
    let mut all = Vec::new();
    for role in pack.roles().iter().filter(|r| r.key != "employee" && pack.powers().iter().any(|p| p.role == r.key)) {
        let holders = roles::acting(tx, &role.key)?;
        let some: Vec<_> = holders.iter().take(NAMED).map(|(membership, _)| *membership).collect();
        let names = Names::of(tx, some.iter().copied(), [])?;
        let pairs = pack.exclusions().iter().filter(|e| e.roles.contains(&role.key));
        let excludes = pairs.flat_map(|e| e.roles.iter()).filter(|other| **other != role.key).cloned();
        all.push(RoleToFill {
            role: role.key.clone(),
            name_zh: role.name_zh.clone(),
            name_en: role.name_en.clone(),
            excludes: excludes.collect(),
            holders: holders.len(),
            held_by: some.into_iter().map(|id| names.member(id)).collect(),
        });
    }
    let missing: Vec<String> = all.iter().filter(|r| r.holders == 0).map(|r| r.role.clone()).collect();
    Ok(RolesStep { done: missing.is_empty(), missing, roles: all })
}

fn source(tx: &mut TenantTx<'_>) -> Stored<SourceStep> {
    let heard = |status: intake::SourceStatus| SourceHeard {
        id: status.id,
        name: status.name,
        path: status.path,
        last_received_at: status.last.as_ref().map(|m| m.received_at),
        last_event: status.last.as_ref().and_then(|m| m.event.clone()),
        last_state: status.last.as_ref().map(|m| m.state),
    };
    let sources: Vec<SourceHeard> = intake::statuses(tx)?.into_iter().map(heard).collect();
    Ok(SourceStep { done: sources.iter().any(|s| s.last_received_at.is_some()), sources })
}

fn members(tx: &mut TenantTx<'_>) -> Stored<MembersStep> {
    let (members, tenant) = (people::count_present(tx)?, tx.tenant());
    let invited = tx.as_platform(|p| sign_in::invited(p, tenant))?;
    Ok(MembersStep {
        done: members > 1 && invited.confirmed > 1,
        members,
        invited: invited.given,
        confirmed: invited.confirmed,
    })
}

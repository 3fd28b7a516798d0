//! Who holds which role. Roles that exclude each other never meet in one person, by whatever path they come: appointment,
//! delegation, import, a second membership (gbt35273-7.1-c). casbin knows no such constraint; this is where it is kept.

use super::error::PeopleError;
use super::model::{Membership, MembershipState, RoleAssignment, Via};
use super::own_roles::{self, RoleRules};
use super::{store, within};
use crate::packs;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{DepartmentId, MembershipId, RoleAssignmentId, SubjectId};
use crate::platform::record::Record;
use chrono::NaiveDate;
use policy_model::calendar::start_of_day;
use policy_model::pack::Pack;
use policy_model::roles::may_hold;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Roles that are taken away for another one in one call; a pack has a handful.
const MOST_TAKEN_AWAY: usize = 16;

/// The role of everybody who works here; nobody is appointed to it.
pub const EVERYBODY: &str = "employee";

/// Whether somebody may be given a role, as far as the roles that they hold say.
pub(super) fn may_assign(
    tx: &TenantTx<'_>,
    rules: &RoleRules,
    to: &Membership,
    role: &str,
    held: &[RoleAssignment],
) -> Result<(), PeopleError> {
    if to.state == MembershipState::Departed {
        return Err(PeopleError::Departed);
    }
    if tx.actor().subject() == Some(to.subject_id) {
        return Err(PeopleError::OwnRole);
    }
    excluded(rules, role, held)
}

fn excluded(rules: &RoleRules, role: &str, held: &[RoleAssignment]) -> Result<(), PeopleError> {
    may_hold(held.iter().map(|a| a.role.as_str()), role, &rules.exclusions).map_err(|e| PeopleError::Excluded {
        wanted: role.to_owned(),
        held: e.held.to_owned(),
        reason: e.by.reason_en.clone(),
        clauses: e.by.clauses.clone(),
    })
}

/// What a role is given for: all of the organisation and for good, unless said otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds {
    /// Until when.
    pub until: Option<Ts>,
    /// Over the people of which department and of those below it.
    pub department: Option<DepartmentId>,
}

/// A bound is for a role that reaches data: one that is kept from data has nothing that a department could bound.
fn check_department(
    tx: &mut TenantTx<'_>,
    pack: &Pack,
    role: &str,
    department: Option<DepartmentId>,
) -> Result<(), PeopleError> {
    let Some(department) = department else { return Ok(()) };
    if role == EVERYBODY || pack.kept_from_data(role).is_some() {
        return Err(PeopleError::Invalid(format!(
            "/department_id: `{role}` works with nobody's data, so there is nothing for a department to bound"
        )));
    }
    let is_known = store::all_departments(tx)?.iter().any(|known| known.id == department);
    is_known.then_some(()).ok_or_else(|| PeopleError::Invalid("/department_id: there is no such department".into()))
}

/// Gives a role. Every path comes through here.
pub fn assign(
    tx: &mut TenantTx<'_>,
    to: &Membership,
    role: &str,
    via: Via,
    bounds: Bounds,
) -> Result<RoleAssignment, PeopleError> {
    let Bounds { until, department } = bounds;
    let pack = packs::in_force(tx)?;
    let rules = own_roles::rules(tx, &pack)?;
    if !rules.keys.iter().any(|key| key == role) {
        return Err(PeopleError::UnknownRole(role.to_owned()));
    }
    if to.state == MembershipState::Departed {
        return Err(PeopleError::Departed);
    }
    if until.is_some_and(|until| until <= tx.now()) {
        return Err(PeopleError::Invalid("/until: a delegation ends in the future".into()));
    }
    if via != Via::Setup && tx.actor().subject() == Some(to.subject_id) {
        return Err(PeopleError::OwnRole);
    }
    check_department(tx, &pack, role, department)?;
    lock_subject(tx, to)?;
    let held = store::roles_of_subject(tx, to.subject_id)?;
    let is_same = |a: &&RoleAssignment| (a.membership_id, a.until, a.department_id) == (to.id, until, department);
    if let Some(same) = held.iter().filter(is_same).find(|a| a.role == role) {
        return Ok(same.clone());
    }
    excluded(&rules, role, &held)?;
    let assignment = RoleAssignment {
        id: tx.new_id(),
        membership_id: to.id,
        subject_id: to.subject_id,
        role: role.to_owned(),
        department_id: department,
        via,
        granted_by: tx.actor().membership(),
        granted_at: tx.now(),
        until,
        revoked_at: None,
        revoked_by: None,
    };
    store::insert_assignment(tx, &assignment)?;
    let record = Record::of("roles.assign")
        .on("membership", to.id)
        .about(to.subject_id)
        .with("role", role)
        .with("via", via.as_str())
        .citing(["gbt35273-7.1-c"]);
    tx.record(match department {
        None => record,
        Some(department) => record.with("department", department.to_string()).citing(["dingtalk-4.1-admin"]),
    });
    Ok(assignment)
}

/// Two assignments to one person at the same moment must not each see only the other's absence: the subject's memberships
/// are the lock that both databases know.
fn lock_subject(tx: &mut TenantTx<'_>, to: &Membership) -> Result<(), PeopleError> {
    for mut membership in store::memberships_of_subject(tx, to.subject_id)? {
        store::save_membership(tx, &mut membership)?;
    }
    Ok(())
}

/// Whether the caller may take a role away.
pub(super) fn may_revoke(tx: &TenantTx<'_>, assignment: &RoleAssignment) -> Result<(), PeopleError> {
    if tx.actor().subject() == Some(assignment.subject_id) {
        return Err(PeopleError::OwnRole);
    }
    if assignment.revoked_at.is_some() || assignment.until.is_some_and(|until| until <= tx.now()) {
        return Err(PeopleError::RoleNotHeld);
    }
    Ok(())
}

/// Takes away what stands in the way of another role: nobody else's. The caller gives that role in the same transaction, so
/// that there is no moment in which both are held, and none in which neither is.
pub(super) fn take_away(
    tx: &mut TenantTx<'_>,
    from: &Membership,
    these: &[RoleAssignmentId],
) -> Result<(), PeopleError> {
    if these.len() > MOST_TAKEN_AWAY {
        return Err(PeopleError::Invalid(format!("/instead_of: at most {MOST_TAKEN_AWAY}")));
    }
    for id in these {
        let held = store::find_assignment(tx, *id)?.filter(|a| a.subject_id == from.subject_id);
        held.ok_or(PeopleError::RoleNotHeld)?;
        revoke(tx, *id)?;
    }
    Ok(())
}

/// Takes a role away.
pub fn revoke(tx: &mut TenantTx<'_>, id: RoleAssignmentId) -> Result<RoleAssignment, PeopleError> {
    let assignment = store::find_assignment(tx, id)?.ok_or(PeopleError::RoleNotHeld)?;
    may_revoke(tx, &assignment)?;
    let by = tx.actor().membership();
    if store::revoke_assignments(tx, &[id], by)? == 0 {
        return Err(PeopleError::RoleNotHeld);
    }
    tx.record(
        Record::of("roles.revoke")
            .on("membership", assignment.membership_id)
            .about(assignment.subject_id)
            .with("role", assignment.role.clone()),
    );
    store::find_assignment(tx, id)?.ok_or(PeopleError::RoleNotHeld)
}

/// With a membership its roles end. Returns how many.
pub(super) fn fall_with(tx: &mut TenantTx<'_>, m: &Membership) -> Stored<usize> {
    let held: Vec<_> = store::roles_of_subject(tx, m.subject_id)?
        .into_iter()
        .filter(|a| a.membership_id == m.id)
        .map(|a| a.id)
        .collect();
    if held.is_empty() { Ok(0) } else { store::revoke_assignments(tx, &held, None) }
}

/// Whether a membership is over now. Its last day decides, not whether the work of that day has been done already: access
/// ends at the effective instant even when the server was down and the job is late (gbt35273-11.6-c).
pub(super) fn has_ended(tx: &mut TenantTx<'_>, m: &Membership) -> Stored<bool> {
    if m.state == MembershipState::Departed {
        return Ok(true);
    }
    Ok(ends_at(tx, m)?.is_some_and(|end| tx.now() >= end))
}

/// The instant at which access ends, once a last day is known: the one that everybody was told, whatever has become of the
/// organisation's time zone since.
pub fn ends_at(tx: &mut TenantTx<'_>, m: &Membership) -> Stored<Option<Ts>> {
    match (m.last_day, m.ends_at) {
        (Some(_), Some(told)) => Ok(Some(told)),
        (last_day, _) => end_of(tx, last_day),
    }
}

/// The instant at which a last day is over.
pub(super) fn end_of(tx: &mut TenantTx<'_>, last_day: Option<NaiveDate>) -> Stored<Option<Ts>> {
    let Some(over) = last_day.and_then(|last| last.succ_opt()) else { return Ok(None) };
    let tz = packs::time_zone(tx)?;
    Ok(Some(Ts::from(start_of_day(over, tz))))
}

/// What a membership acts with.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// The roles for all of the organisation, sorted; none once the membership has ended.
    pub roles: Vec<String>,
    /// Those that were given for the people of a department alone: they open data, and give no power.
    pub within: Vec<Within>,
    /// Until when that is so, if nothing is changed before.
    pub until: Option<Ts>,
}

/// A role over the people of one department and of those below it.
#[derive(Debug, Clone)]
pub struct Within {
    /// The role.
    pub role: String,
    /// Whom it reaches.
    pub people: Arc<HashSet<SubjectId>>,
}

/// What a membership acts with now: its own roles, and only while it stands.
pub fn held_by(tx: &mut TenantTx<'_>, m: &Membership) -> Stored<Held> {
    Ok(held_by_all(tx, std::slice::from_ref(m))?.pop().unwrap_or_default())
}

/// What many memberships act with now, in their order.
pub fn held_by_all(tx: &mut TenantTx<'_>, memberships: &[Membership]) -> Stored<Vec<Held>> {
    let subjects: Vec<SubjectId> = memberships.iter().map(|m| m.subject_id).collect();
    let assigned = store::roles_of_subjects(tx, &subjects)?;
    let reached = reached(tx, &assigned)?;
    let mut all = Vec::with_capacity(memberships.len());
    for m in memberships {
        all.push(if has_ended(tx, m)? { Held::default() } else { held(m, &assigned, &reached, ends_at(tx, m)?) });
    }
    Ok(all)
}

/// Whom roles that were given for a department reach, each department once.
fn reached(tx: &mut TenantTx<'_>, assigned: &[RoleAssignment]) -> Stored<Reached> {
    let mut reached = Reached::new();
    for department in assigned.iter().filter_map(|a| a.department_id) {
        if let Entry::Vacant(unknown) = reached.entry(department) {
            unknown.insert(Arc::new(within::reached_from(tx, department)?));
        }
    }
    Ok(reached)
}

type Reached = HashMap<DepartmentId, Arc<HashSet<SubjectId>>>;

fn held(m: &Membership, assigned: &[RoleAssignment], reached: &Reached, ends_at: Option<Ts>) -> Held {
    let own = || assigned.iter().filter(|a| a.membership_id == m.id);
    let mut roles: Vec<String> = own().filter(|a| a.department_id.is_none()).map(|a| a.role.clone()).collect();
    roles.push(EVERYBODY.into());
    roles.sort();
    roles.dedup();
    let bounded = |a: &RoleAssignment| {
        let people = reached.get(&a.department_id?)?.clone();
        Some(Within { role: a.role.clone(), people })
    };
    let within = own().filter_map(bounded).collect();
    Held { roles, within, until: own().filter_map(|a| a.until).chain(ends_at).min() }
}

/// The roles a membership acts with now.
pub fn of_membership(tx: &mut TenantTx<'_>, id: MembershipId) -> Stored<Vec<String>> {
    let Some(m) = store::find_membership(tx, id)? else { return Ok(Vec::new()) };
    Ok(held_by(tx, &m)?.roles)
}

/// As [`of_membership`], of many.
pub(super) fn of_memberships(
    tx: &mut TenantTx<'_>,
    members: &[Membership],
) -> Stored<HashMap<MembershipId, Vec<String>>> {
    let subjects: Vec<SubjectId> = members.iter().map(|m| m.subject_id).collect();
    let held = store::roles_of_subjects(tx, &subjects)?;
    let mut all = HashMap::with_capacity(members.len());
    for m in members {
        let mut roles = Vec::new();
        if !has_ended(tx, m)? {
            let own = held.iter().filter(|a| a.membership_id == m.id && a.department_id.is_none());
            roles.extend(own.map(|a| a.role.clone()));
            roles.push(EVERYBODY.into());
            roles.sort();
            roles.dedup();
        }
        all.insert(m.id, roles);
    }
    Ok(all)
}

/// Every role in force now, in the order in which they were given, from after one on.
pub fn all_held(tx: &mut TenantTx<'_>, after: Option<RoleAssignmentId>, most: i64) -> Stored<Vec<RoleAssignment>> {
    store::all_held(tx, after, most)
}

/// Those of these assignments that are in force now.
pub fn held_of(tx: &mut TenantTx<'_>, ids: &[RoleAssignmentId]) -> Stored<HashSet<RoleAssignmentId>> {
    store::held_of(tx, ids)
}

/// The departments for which some of these assignments were given.
pub fn departments_of(
    tx: &mut TenantTx<'_>,
    ids: &[RoleAssignmentId],
) -> Stored<HashMap<RoleAssignmentId, DepartmentId>> {
    let all = store::bounded_assignments(tx, ids)?;
    Ok(all.into_iter().filter_map(|a| Some((a.id, a.department_id?))).collect())
}

/// Who would hold what, were a role given to somebody or taken away.
#[derive(Debug, Clone)]
pub struct WouldHold {
    /// Whose roles.
    pub membership: Membership,
    /// Which role is given or taken away.
    pub role: String,
    /// What they would act with.
    pub held: Held,
}

/// What somebody would act with, were they given this role, for all of the organisation or for a department.
///
/// # Errors
/// Whatever [`assign`] would refuse.
pub fn if_assigned(
    tx: &mut TenantTx<'_>,
    id: MembershipId,
    role: &str,
    department: Option<DepartmentId>,
) -> Result<WouldHold, PeopleError> {
    let membership = store::find_membership(tx, id)?.ok_or(PeopleError::UnknownMembership)?;
    let pack = packs::in_force(tx)?;
    let rules = own_roles::rules(tx, &pack)?;
    if role == EVERYBODY || !rules.keys.iter().any(|key| key == role) {
        return Err(PeopleError::UnknownRole(role.to_owned()));
    }
    check_department(tx, &pack, role, department)?;
    let assigned = store::roles_of_subject(tx, membership.subject_id)?;
    may_assign(tx, &rules, &membership, role, &assigned)?;
    let mut held = held_by(tx, &membership)?;
    match department {
        None => held.roles.push(role.to_owned()),
        Some(department) => {
            let people = Arc::new(within::reached_from(tx, department)?);
            held.within.push(Within { role: role.to_owned(), people });
        }
    }
    Ok(WouldHold { membership, role: role.to_owned(), held })
}

/// What somebody would act with, were this assignment taken away.
///
/// # Errors
/// Whatever [`revoke`] would refuse.
pub fn if_revoked(tx: &mut TenantTx<'_>, id: RoleAssignmentId) -> Result<WouldHold, PeopleError> {
    let assignment = store::find_assignment(tx, id)?.ok_or(PeopleError::RoleNotHeld)?;
    may_revoke(tx, &assignment)?;
    let membership = store::find_membership(tx, assignment.membership_id)?.ok_or(PeopleError::UnknownMembership)?;
    let mut others = store::roles_of_subject(tx, membership.subject_id)?;
    others.retain(|a| a.id != id);
    let held = match has_ended(tx, &membership)? {
        true => Held::default(),
        false => held(&membership, &others, &reached(tx, &others)?, ends_at(tx, &membership)?),
    };
    Ok(WouldHold { membership, role: assignment.role, held })
}

/// Nobody appoints more than this.
const MOST_HELD: i64 = 20_000;

/// Which roles are held together: every combination that somebody acts with now, and that of whoever has no role of their own.
pub fn combinations(tx: &mut TenantTx<'_>) -> Stored<BTreeSet<Vec<String>>> {
    let mut by_member: HashMap<MembershipId, BTreeSet<String>> = HashMap::new();
    for assignment in store::all_held(tx, None, MOST_HELD)?.into_iter().filter(|a| a.department_id.is_none()) {
        by_member.entry(assignment.membership_id).or_default().insert(assignment.role);
    }
    let everybody = || EVERYBODY.to_owned();
    let held = by_member.into_values().map(|mut roles| {
        roles.insert(everybody());
        roles.into_iter().collect()
    });
    Ok(held.chain([vec![everybody()]]).collect())
}

/// Every role that one of these people holds now, in any membership of theirs, once and sorted.
pub fn of_subjects(tx: &mut TenantTx<'_>, subjects: &[SubjectId]) -> Stored<Vec<String>> {
    let mut roles: Vec<String> = store::roles_of_subjects(tx, subjects)?.into_iter().map(|a| a.role).collect();
    roles.sort();
    roles.dedup();
    Ok(roles)
}

/// Everybody who holds a role now, for all of the organisation or for a department: membership and person.
pub fn holders(tx: &mut TenantTx<'_>, role: &str) -> Stored<Vec<(MembershipId, SubjectId)>> {
    Ok(store::holders(tx, role)?.into_iter().map(|a| (a.membership_id, a.subject_id)).collect())
}

/// Whoever acts in a role for all of the organisation, and so has its powers.
pub fn acting(tx: &mut TenantTx<'_>, role: &str) -> Stored<Vec<(MembershipId, SubjectId)>> {
    let unbounded = store::holders(tx, role)?.into_iter().filter(|a| a.department_id.is_none());
    Ok(unbounded.map(|a| (a.membership_id, a.subject_id)).collect())
}

//! What happens to memberships: changes and the end of access, and how people are found. Joining and leaving have files of
//! their own.
//!
//! HR events may arrive in any order. Each carries the instant it was said; of two words about the same thing the later
//! one holds, so that any order of the same events ends the same.

use super::error::PeopleError;
use super::joining::refuse_overlap;
use super::model::{AccountKind, Department, Membership, MembershipState};
use super::said::{Said, holds, holds_over};
use super::{roles, store};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{AccountId, DepartmentId, MembershipId, PersonId, SubjectId};
use crate::platform::keyring::{Aad, Identifier, IdentifierKind};
use crate::platform::record::Record;
use crate::platform::sign_in::{Memberships, Present, SignInError, Standing, accounts};
use crate::platform::vault::{self, Drawer};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

/// Where a subject's sealed name lives.
const NAME: Aad = Aad::new("subjects.name");

/// What an HR system says of somebody's place in the organisation.
#[derive(Debug, Clone, Default)]
pub struct HrFacts {
    /// Their name.
    pub name: Option<String>,
    /// Their department.
    pub department: Option<DepartmentId>,
    /// Their position.
    pub position: Option<String>,
    /// Whom they report to, by staff number.
    pub manager: Option<String>,
    /// Their first day of work, where it is corrected.
    pub first_day: Option<NaiveDate>,
    /// What they sign in with. The organisation changes these of its own accounts only.
    pub sign_in_names: Vec<Identifier>,
}

pub(super) fn keep_contacts(tx: &mut TenantTx<'_>, membership: MembershipId, contacts: &[Identifier]) -> Stored<()> {
    let key = vault::tenant_key(tx)?.blind_index_key();
    contacts.iter().try_for_each(|contact| store::add_contact(tx, membership, key.index(contact).as_bytes()))
}

/// What became of a word about somebody's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Whether anything of it holds; otherwise something newer was said about all of it.
    pub is_taken: bool,
    /// Whether anything is different now: a word that says what is known already is taken, and moves nothing.
    pub moved: bool,
    /// Whether it named a sign-in name that is not the account's, which is the person's own to change.
    pub names_are_the_persons: bool,
}

/// Applies what the HR system says, thing by thing, unless something newer was said about that thing.
pub fn apply_change(
    tx: &mut TenantTx<'_>,
    m: &mut Membership,
    facts: &HrFacts,
    said_at: Ts,
) -> Result<Change, PeopleError> {
    let before = m.clone();
    let mut said = Said::of(m)?;
    if let Some(department) = facts.department
        && holds_over(&mut said.department, said_at, &key_of(tx, Some(department))?, &key_of(tx, m.department_id)?)
    {
        m.department_id = Some(department);
    }
    if let Some(position) = &facts.position
        && holds_over(&mut said.position, said_at, position, &m.position)
    {
        m.position.clone_from(position);
    }
    if facts.manager.is_some() && holds_over(&mut said.manager, said_at, &facts.manager, &m.manager_number) {
        m.manager_id = manager(tx, facts)?;
        m.manager_number.clone_from(&facts.manager);
    }
    let mut renamed = false;
    if facts.name.is_some()
        && !is_forgotten(tx, m)?
        && holds_over(&mut said.name, said_at, &facts.name, &name_of(tx, m.subject_id)?)
        && let Some(name) = &facts.name
    {
        renamed = rename_unless_later(tx, m.subject_id, Some(m.id), name, said_at)?;
    }
    if let Some(day) = facts.first_day
        && holds_over(&mut said.first_day, said_at, &m.first_day, &day)
        && day != m.first_day
    {
        if let Some(last) = m.last_day.filter(|last| *last < day) {
            return Err(PeopleError::LeavesBeforeJoining { first: day, last });
        }
        refuse_overlap(&store::by_staff_number(tx, &m.staff_number)?, m, day)?;
        m.first_day = day;
    }
    let (names_are_the_persons, names_changed) = change_names(tx, m, &mut said, facts, said_at)?;
    if said == Said::of(&before)? && *m == before && !renamed && !names_changed {
        return Ok(Change { is_taken: false, moved: false, names_are_the_persons });
    }
    let moved = *m != before || renamed || names_changed;
    m.said = said.text()?;
    m.facts_at = m.facts_at.max(said_at);
    store::save_membership(tx, m)?;
    tx.record(
        Record::of("members.change")
            .on("membership", m.id)
            .about(m.subject_id)
            .with("department_changed", m.department_id != before.department_id)
            .with("position_changed", m.position != before.position)
            .with("first_day_changed", m.first_day != before.first_day)
            .with("sign_in_names_changed", names_changed),
    );
    Ok(Change { is_taken: true, moved, names_are_the_persons })
}

/// E-mail and phone of an enterprise account are the organisation's to change; those of a personal account are the
/// person's own, whatever an organisation says (docs/decisions/0009). Who has left has none here any more.
fn change_names(
    tx: &mut TenantTx<'_>,
    m: &Membership,
    said: &mut Said,
    facts: &HrFacts,
    said_at: Ts,
) -> Result<(bool, bool), PeopleError> {
    let (Some(account), false) = (m.account_id, facts.sign_in_names.is_empty()) else { return Ok((false, false)) };
    if m.account_kind == AccountKind::Personal {
        let own = tx.as_platform(|p| accounts::identifiers_of(p, account))?;
        return Ok((facts.sign_in_names.iter().any(|name| !own.contains(name)), false));
    }
    let mut changed = false;
    for name in facts.sign_in_names.iter().filter(|_| m.state != MembershipState::Departed) {
        let last = match name.kind() {
            IdentifierKind::Email => &mut said.email,
            IdentifierKind::Phone | IdentifierKind::StaffNumber => &mut said.phone,
        };
        if holds(last, said_at) {
            changed |= tx.as_platform(|p| accounts::replace_identifier(p, account, name)).map_err(|e| match e {
                SignInError::Store(e) => PeopleError::Store(e),
                SignInError::IdentifierTaken => PeopleError::IdentifierTaken(name.kind().as_str()),
                other => PeopleError::Invalid(other.to_string()),
            })?;
            keep_contacts(tx, m.id, std::slice::from_ref(name))?;
        }
    }
    Ok((false, changed))
}

/// A person has one name here, whatever memberships they have: the last word about any of them holds.
pub(super) fn rename_unless_later(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    but: Option<MembershipId>,
    name: &str,
    said_at: Ts,
) -> Result<bool, PeopleError> {
    for m in store::memberships_of_subject(tx, subject)?.iter().filter(|m| Some(m.id) != but) {
        if Said::of(m)?.name.is_some_and(|later| later > said_at) {
            return Ok(false);
        }
    }
    rename(tx, subject, name)
}

/// Whether a membership is over and whose it was has been forgotten since: from then on only who comes back gets a name.
fn is_forgotten(tx: &mut TenantTx<'_>, m: &Membership) -> Stored<bool> {
    Ok(m.state == MembershipState::Departed && vault::was_erased(tx, m.subject_id, Drawer::Identity)?)
}

/// By what the HR system calls a department: ours has another id wherever the words came in another order.
fn key_of(tx: &mut TenantTx<'_>, department: Option<DepartmentId>) -> Stored<Option<String>> {
    match department {
        None => Ok(None),
        Some(id) => Ok(store::find_department(tx, id)?.and_then(|d| d.external_ref)),
    }
}

/// A manager who is not known yet is left open rather than refused: HR systems send people in any order. The staff number is
/// kept, and whoever joins with it is the manager.
pub(super) fn manager(tx: &mut TenantTx<'_>, facts: &HrFacts) -> Stored<Option<MembershipId>> {
    match &facts.manager {
        None => Ok(None),
        Some(number) => Ok(active_by_staff_number(tx, number)?.map(|m| m.id)),
    }
}

/// Access ends: the membership is over, its roles fall, its sessions end, all in the caller's transaction
/// (gbt35273-11.6-c: before the first order runs, so that nobody reads on while a long deletion runs).
pub fn end_access(tx: &mut TenantTx<'_>, id: MembershipId) -> Result<Membership, PeopleError> {
    let mut m = store::find_membership(tx, id)?.ok_or(PeopleError::UnknownMembership)?;
    if m.state == MembershipState::Departed {
        return Ok(m);
    }
    m.state = MembershipState::Departed;
    store::save_membership(tx, &mut m)?;
    let fallen = roles::fall_with(tx, &m)?;
    let sessions = crate::platform::sign_in::end_sessions_of_membership(tx, id, "membership.ended")?;
    tx.record(
        Record::of("members.end-access")
            .on("membership", id)
            .about(m.subject_id)
            .with("roles_ended", fallen)
            .with("sessions_ended", sessions)
            .citing(["gbt35273-11.6-c"]),
    );
    Ok(m)
}

/// Those whose leaving named this staff number as whoever takes over.
pub fn succeeded_by(tx: &mut TenantTx<'_>, staff_number: &str) -> Stored<Vec<Membership>> {
    store::succeeded_by(tx, staff_number)
}

/// Whether everybody who ever had this staff number has left and was forgotten.
pub fn is_number_of_forgotten(tx: &mut TenantTx<'_>, staff_number: &str) -> Stored<bool> {
    let all = store::by_staff_number(tx, staff_number)?;
    for m in &all {
        if !is_forgotten(tx, m)? {
            return Ok(false);
        }
    }
    Ok(!all.is_empty())
}

/// The newest membership with this staff number that has not ended.
pub fn active_by_staff_number(tx: &mut TenantTx<'_>, staff_number: &str) -> Stored<Option<Membership>> {
    let all = store::by_staff_number(tx, staff_number)?;
    Ok(all.into_iter().find(|m| m.state != MembershipState::Departed))
}

/// Whether somebody works here now: a membership of theirs stands, and its last day has not passed.
pub fn works_here(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<bool> {
    for m in store::memberships_of_subject(tx, subject)? {
        if !roles::has_ended(tx, &m)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The staff number by which a person is known now: of a membership that stands, else of the last one.
pub fn staff_number_of(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Option<String>> {
    let all = store::memberships_of_subject(tx, subject)?;
    let standing = all.iter().rev().find(|m| m.state != MembershipState::Departed);
    Ok(standing.or(all.last()).map(|m| m.staff_number.clone()))
}

/// Every membership with this staff number, newest first.
pub fn with_staff_number(tx: &mut TenantTx<'_>, staff_number: &str) -> Stored<Vec<Membership>> {
    store::by_staff_number(tx, staff_number)
}

/// The newest membership with this staff number, ended or not.
pub fn newest_by_staff_number(tx: &mut TenantTx<'_>, staff_number: &str) -> Stored<Option<Membership>> {
    Ok(store::by_staff_number(tx, staff_number)?.into_iter().next())
}

/// Whose subject has this staff number, now or formerly.
pub fn subject_of(tx: &mut TenantTx<'_>, staff_number: &str) -> Stored<Option<SubjectId>> {
    Ok(newest_by_staff_number(tx, staff_number)?.map(|m| m.subject_id))
}

/// How many memberships stand.
pub fn count_present(tx: &mut TenantTx<'_>) -> Stored<i64> {
    store::count_present(tx)
}

/// Whether each of these is a person of this tenant.
pub fn are_subjects(tx: &mut TenantTx<'_>, ids: &[SubjectId]) -> Stored<bool> {
    for some in ids.chunks(500) {
        let known: HashSet<SubjectId> = store::load_subjects(tx, some)?.into_iter().map(|s| s.id).collect();
        if some.iter().any(|id| !known.contains(id)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Many memberships at once, by id.
pub fn memberships_by_id(tx: &mut TenantTx<'_>, ids: &[MembershipId]) -> Stored<HashMap<MembershipId, Membership>> {
    Ok(store::load_memberships(tx, ids)?.into_iter().map(|m| (m.id, m)).collect())
}

/// The department with the HR system's key, made or renamed as it says, unless something newer was said; refuses to put one
/// above itself.
pub fn upsert_department(
    tx: &mut TenantTx<'_>,
    external_ref: &str,
    name: Option<&str>,
    parent_ref: Option<Option<&str>>,
    said_at: Ts,
) -> Result<Placed, PeopleError> {
    let mut now = department_with(tx, external_ref)?;
    let before = now.clone();
    if let Some(name) = name
        && holds(&mut now.name_at, said_at)
    {
        name.clone_into(&mut now.name);
    }
    if let Some(parent) = parent_ref
        && holds(&mut now.parent_at, said_at)
    {
        let above = parent.map(|parent| department_with(tx, parent)).transpose()?.map(|above| above.id);
        refuse_loop(tx, now.id, above)?;
        now.parent_id = above;
    }
    let moved = now.name != before.name || now.parent_id != before.parent_id;
    if now != before {
        let id = now.id;
        store::change_department(tx, now)?;
        tx.record(Record::of("departments.change").on("department", id));
    }
    Ok(Placed { id: before.id, moved })
}

/// A department that something was said about.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    /// Which.
    pub id: DepartmentId,
    /// Whether its name or its place in the tree is different now.
    pub moved: bool,
}

/// The department of this key; one that nothing was said about yet is called by its key.
fn department_with(tx: &mut TenantTx<'_>, external_ref: &str) -> Result<Department, PeopleError> {
    if let Some(known) = store::find_department_by_ref(tx, external_ref)? {
        return Ok(known);
    }
    let department = Department {
        id: tx.new_id(),
        parent_id: None,
        name: external_ref.to_owned(),
        external_ref: Some(external_ref.to_owned()),
        name_at: None,
        parent_at: None,
        created_at: tx.now(),
        version: 1,
    };
    store::insert_department(tx, &department)?;
    tx.record(Record::of("departments.add").on("department", department.id));
    Ok(department)
}

/// Walks up from the new parent: whoever meets the department itself has found a loop.
fn refuse_loop(tx: &mut TenantTx<'_>, id: DepartmentId, parent: Option<DepartmentId>) -> Result<(), PeopleError> {
    let mut above = parent;
    while let Some(up) = above {
        if up == id {
            return Err(PeopleError::DepartmentLoop);
        }
        above = store::find_department(tx, up)?.and_then(|d| d.parent_id);
    }
    Ok(())
}

/// The whole tree.
pub fn departments_of(tx: &mut TenantTx<'_>) -> Stored<Vec<Department>> {
    store::all_departments(tx)
}

fn rename(tx: &mut TenantTx<'_>, subject: SubjectId, name: &str) -> Result<bool, PeopleError> {
    if name_of(tx, subject)?.as_deref() == Some(name) {
        return Ok(false);
    }
    let key = vault::key(tx, subject, Drawer::Identity)?;
    let sealed = vault::seal_text(&key, &NAME.row(subject), name)?;
    store::set_name(tx, subject, sealed)?;
    Ok(true)
}

/// One subject's name; `None` when it is not known or was erased.
pub fn name_of(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Option<String>> {
    Ok(names(tx, &[subject])?.remove(&subject))
}

/// Names of many subjects. Those whose key was erased have none any more.
pub fn names(tx: &mut TenantTx<'_>, subjects: &[SubjectId]) -> Stored<HashMap<SubjectId, String>> {
    let keys = vault::existing_keys(tx, subjects, Drawer::Identity)?;
    let mut names = HashMap::new();
    for subject in store::load_subjects(tx, subjects)? {
        let (Some(sealed), Some(key)) = (subject.sealed_name, keys.get(&subject.id)) else { continue };
        names.insert(subject.id, vault::open_text(key, &NAME.row(subject.id), sealed)?);
    }
    Ok(names)
}

/// The names of departments.
pub fn department_names(
    tx: &mut TenantTx<'_>,
    ids: impl IntoIterator<Item = DepartmentId>,
) -> Stored<HashMap<DepartmentId, String>> {
    let ids: HashSet<DepartmentId> = ids.into_iter().collect();
    let found = store::load_departments(tx, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(found.into_iter().map(|d| (d.id, d.name)).collect())
}

/// Answers the platform's question "who is a member?".
pub struct PlatformAnswers;

impl Memberships for PlatformAnswers {
    fn standing(&self, tx: &mut TenantTx<'_>, person: PersonId, account: AccountId) -> Stored<Option<Standing>> {
        let Some(subject) = store::find_subject_of_person(tx, person)? else { return Ok(None) };
        let all = store::memberships_of_subject(tx, subject)?;
        let with_account = || all.iter().rev().filter(|m| m.account_id == Some(account));
        let Some(m) = with_account().find(|m| m.state != MembershipState::Departed).or(with_account().next()) else {
            return Ok(None);
        };
        let roles = roles::of_membership(tx, m.id)?;
        let lets_in = !roles::has_ended(tx, m)?;
        Ok(Some(Standing { membership: m.id, subject, lets_in, roles }))
    }

    fn present(&self, tx: &mut TenantTx<'_>, membership: MembershipId) -> Stored<Option<Present>> {
        let Some(m) = store::find_membership(tx, membership)? else { return Ok(None) };
        let roles = roles::of_membership(tx, m.id)?;
        Ok(Some(Present { name: name_of(tx, m.subject_id)?, staff_number: m.staff_number, roles }))
    }
}

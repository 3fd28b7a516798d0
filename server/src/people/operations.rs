//! What happens to memberships: joining, changing, leaving, staying after all, the end of access.
//!
//! HR events may arrive in any order. Each carries the instant it was said; of two words about the same thing the later
//! one holds, so that any order of the same events ends the same.

use super::error::PeopleError;
use super::model::{AccountKind, Department, Membership, MembershipState};
use super::{roles, store};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{AccountId, DepartmentId, MembershipId, PersonId, SubjectId};
use crate::platform::keyring::{Aad, Identifier};
use crate::platform::record::Record;
use crate::platform::sign_in::{Memberships, Present, Standing};
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
}

/// Somebody joins.
#[derive(Debug, Clone)]
pub struct Joining {
    /// The human being, found by the account's identifiers or new.
    pub person: PersonId,
    /// The account they will act with.
    pub account: AccountId,
    /// Whose account that is.
    pub account_kind: AccountKind,
    /// 工号.
    pub staff_number: String,
    /// Their first day of work.
    pub first_day: NaiveDate,
    /// By what the organisation knows them: e-mail addresses and phone numbers. Kept as a keyed index alone.
    pub contacts: Vec<Identifier>,
    /// Everything else.
    pub facts: HrFacts,
    /// When the HR system said so.
    pub said_at: Ts,
}

/// Opens a membership. A repeat of the same joining returns the one that is open; coming back after a last day opens a new
/// one for the same subject, and nothing that was deleted returns.
pub fn hire(tx: &mut TenantTx<'_>, joining: &Joining) -> Result<Membership, PeopleError> {
    let before = store::by_staff_number(tx, &joining.staff_number)?;
    let known = store::find_subject_of_person(tx, joining.person)?;
    let is_repeat = |m: &&Membership| {
        m.first_day == joining.first_day && m.state != MembershipState::Departed && known == Some(m.subject_id)
    };
    if let Some(same) = before.iter().find(is_repeat) {
        let mut same = same.clone();
        apply_change(tx, &mut same, &joining.facts, joining.said_at)?;
        keep_contacts(tx, same.id, &joining.contacts)?;
        return Ok(same);
    }
    if let Some(open) = before.iter().find(|m| still_there(m, joining.first_day)) {
        return Err(PeopleError::AlreadyMember { since: open.first_day });
    }
    let subject = subject_for(tx, joining.person)?;
    let membership = Membership {
        id: tx.new_id(),
        subject_id: subject,
        account_id: Some(joining.account),
        account_kind: joining.account_kind,
        staff_number: joining.staff_number.clone(),
        department_id: joining.facts.department,
        position: joining.facts.position.clone().unwrap_or_default(),
        manager_id: manager(tx, &joining.facts)?,
        first_day: joining.first_day,
        last_day: None,
        leave_reason: None,
        state: MembershipState::Employed,
        facts_at: joining.said_at,
        leaving_at: None,
        created_at: tx.now(),
        version: 1,
    };
    store::insert_membership(tx, &membership)?;
    keep_contacts(tx, membership.id, &joining.contacts)?;
    if let Some(name) = &joining.facts.name {
        rename(tx, subject, name)?;
    }
    tx.record(
        Record::of("members.join")
            .on("membership", membership.id)
            .about(subject)
            .with("first_day", membership.first_day.to_string())
            .with("account", membership.account_kind.as_str())
            .with("again", before.iter().any(|m| m.subject_id == subject)),
    );
    Ok(membership)
}

fn keep_contacts(tx: &mut TenantTx<'_>, membership: MembershipId, contacts: &[Identifier]) -> Stored<()> {
    let key = vault::tenant_key(tx)?.blind_index_key();
    contacts.iter().try_for_each(|contact| store::add_contact(tx, membership, key.index(contact).as_bytes()))
}

/// Whether a membership still stands on `day`, so that no second one can begin then.
fn still_there(m: &Membership, day: NaiveDate) -> bool {
    match (m.state, m.last_day) {
        (MembershipState::Departed, _) => false,
        (MembershipState::Employed | MembershipState::Leaving, Some(last)) => last > day,
        (MembershipState::Employed | MembershipState::Leaving, None) => true,
    }
}

/// The subject of a person, known or new.
fn subject_for(tx: &mut TenantTx<'_>, person: PersonId) -> Result<SubjectId, PeopleError> {
    if let Some(known) = store::find_subject_of_person(tx, person)? {
        return Ok(known);
    }
    let subject = store::Subject { id: tx.new_id(), person_id: person, sealed_name: None, created_at: tx.now() };
    store::insert_subject(tx, &subject)?;
    Ok(subject.id)
}

/// Applies what the HR system says, unless something newer was applied already. Returns whether anything changed.
pub fn apply_change(
    tx: &mut TenantTx<'_>,
    m: &mut Membership,
    facts: &HrFacts,
    said_at: Ts,
) -> Result<bool, PeopleError> {
    if said_at < m.facts_at {
        return Ok(false);
    }
    let before = m.clone();
    if let Some(department) = facts.department {
        m.department_id = Some(department);
    }
    if let Some(position) = &facts.position {
        m.position.clone_from(position);
    }
    if facts.manager.is_some() {
        m.manager_id = manager(tx, facts)?;
    }
    m.facts_at = said_at;
    if let Some(name) = &facts.name {
        rename(tx, m.subject_id, name)?;
    }
    if *m == before && facts.name.is_none() {
        return Ok(false);
    }
    store::save_membership(tx, m)?;
    tx.record(
        Record::of("members.change")
            .on("membership", m.id)
            .about(m.subject_id)
            .with("department_changed", m.department_id != before.department_id)
            .with("position_changed", m.position != before.position),
    );
    Ok(true)
}

/// A manager who is not known yet is left open rather than refused: HR systems send people in any order.
fn manager(tx: &mut TenantTx<'_>, facts: &HrFacts) -> Stored<Option<MembershipId>> {
    match &facts.manager {
        None => Ok(None),
        Some(number) => Ok(active_by_staff_number(tx, number)?.map(|m| m.id)),
    }
}

/// The membership gets its last day, or another one. `None` when something newer was said already.
pub fn start_leaving(
    tx: &mut TenantTx<'_>,
    mut m: Membership,
    last_day: NaiveDate,
    reason: Option<&str>,
    said_at: Ts,
) -> Result<Option<Membership>, PeopleError> {
    if last_day < m.first_day {
        return Err(PeopleError::LeavesBeforeJoining { first: m.first_day, last: last_day });
    }
    if m.leaving_at.is_some_and(|newer| said_at < newer) {
        return Ok(None);
    }
    m.last_day = Some(last_day);
    m.leave_reason = reason.map(str::to_owned).or(m.leave_reason);
    m.leaving_at = Some(said_at);
    if m.state == MembershipState::Employed {
        m.state = MembershipState::Leaving;
    }
    store::save_membership(tx, &mut m)?;
    tx.record(
        Record::of("members.leave").on("membership", m.id).about(m.subject_id).with("last_day", last_day.to_string()),
    );
    Ok(Some(m))
}

/// The last day moves. The same rule as [`start_leaving`]; a name of its own because an admin says it, not the HR system.
pub fn change_last_day(tx: &mut TenantTx<'_>, m: Membership, last_day: NaiveDate) -> Result<Membership, PeopleError> {
    let now = tx.now();
    let reason = m.leave_reason.clone();
    start_leaving(tx, m, last_day, reason.as_deref(), now)?.ok_or(PeopleError::UnknownMembership)
}

/// They stay after all. `None` when something newer was said already.
pub fn rescind_leaving(
    tx: &mut TenantTx<'_>,
    mut m: Membership,
    said_at: Ts,
) -> Result<Option<Membership>, PeopleError> {
    if m.leaving_at.is_some_and(|newer| said_at < newer) {
        return Ok(None);
    }
    m.leaving_at = Some(said_at);
    m.last_day = None;
    m.leave_reason = None;
    m.state = MembershipState::Employed;
    store::save_membership(tx, &mut m)?;
    tx.record(Record::of("members.stay").on("membership", m.id).about(m.subject_id));
    Ok(Some(m))
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

/// The newest membership with this staff number that has not ended.
pub fn active_by_staff_number(tx: &mut TenantTx<'_>, staff_number: &str) -> Stored<Option<Membership>> {
    let all = store::by_staff_number(tx, staff_number)?;
    Ok(all.into_iter().find(|m| m.state != MembershipState::Departed))
}

/// The newest membership with this staff number, ended or not.
pub fn newest_by_staff_number(tx: &mut TenantTx<'_>, staff_number: &str) -> Stored<Option<Membership>> {
    Ok(store::by_staff_number(tx, staff_number)?.into_iter().next())
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

/// The department with the HR system's key, made or renamed as it says; refuses to put one above itself.
pub fn upsert_department(
    tx: &mut TenantTx<'_>,
    external_ref: &str,
    name: Option<&str>,
    parent_ref: Option<&str>,
) -> Result<DepartmentId, PeopleError> {
    let parent = match parent_ref {
        None => None,
        Some(parent) => Some(match store::find_department_by_ref(tx, parent)? {
            Some(known) => known.id,
            None => add_department(tx, parent, parent, None)?,
        }),
    };
    match store::find_department_by_ref(tx, external_ref)? {
        None => add_department(tx, external_ref, name.unwrap_or(external_ref), parent),
        Some(known) => {
            refuse_loop(tx, known.id, parent)?;
            let (name, parent) = (name.unwrap_or(&known.name), parent.or(known.parent_id));
            if name != known.name || parent != known.parent_id {
                store::change_department(tx, known.id, name, parent)?;
                tx.record(Record::of("departments.change").on("department", known.id));
            }
            Ok(known.id)
        }
    }
}

fn add_department(
    tx: &mut TenantTx<'_>,
    external_ref: &str,
    name: &str,
    parent_id: Option<DepartmentId>,
) -> Result<DepartmentId, PeopleError> {
    let department = Department {
        id: tx.new_id(),
        parent_id,
        name: name.to_owned(),
        external_ref: Some(external_ref.to_owned()),
        created_at: tx.now(),
        version: 1,
    };
    store::insert_department(tx, &department)?;
    tx.record(Record::of("departments.add").on("department", department.id));
    Ok(department.id)
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

fn rename(tx: &mut TenantTx<'_>, subject: SubjectId, name: &str) -> Result<(), PeopleError> {
    if name_of(tx, subject)?.as_deref() == Some(name) {
        return Ok(());
    }
    let key = vault::key(tx, subject, Drawer::Identity)?;
    let sealed = vault::seal_text(&key, &NAME.row(subject), name)?;
    store::set_name(tx, subject, sealed)?;
    Ok(())
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

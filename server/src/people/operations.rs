//! What happens to memberships: joining, changing, leaving, staying after all, the end of access.
//!
//! HR events may arrive in any order. Each carries the instant it was said; of two words about the same thing the later
//! one holds, so that any order of the same events ends the same.

use super::error::PeopleError;
use super::model::{AccountKind, Department, Membership, MembershipState};
use super::said::{Said, holds};
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
    /// What they sign in with. The organisation changes these of its own accounts only.
    pub sign_in_names: Vec<Identifier>,
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

/// Opens a membership. A repeat of the same joining returns the one that there is; coming back after a last day opens a new
/// one for the same subject, and nothing that was deleted returns. One that began before another with this staff number may
/// arrive after it.
pub fn hire(tx: &mut TenantTx<'_>, joining: &Joining) -> Result<Membership, PeopleError> {
    let before = store::by_staff_number(tx, &joining.staff_number)?;
    let known = store::find_subject_of_person(tx, joining.person)?;
    let is_repeat = |m: &&Membership| m.first_day == joining.first_day && known == Some(m.subject_id);
    if let Some(same) = before.iter().find(is_repeat) {
        let mut same = same.clone();
        same.joined_at = Some(same.joined_at.unwrap_or(same.created_at).min(joining.said_at));
        let facts = HrFacts { sign_in_names: Vec::new(), ..joining.facts.clone() };
        keep_contacts(tx, same.id, &joining.contacts)?;
        if !apply_change(tx, &mut same, &facts, joining.said_at)?.is_taken {
            store::save_membership(tx, &mut same)?;
        }
        return Ok(same);
    }
    if let Some(open) = before.iter().find(|m| still_there(m, joining.first_day)) {
        return Err(PeopleError::AlreadyMember { since: open.first_day });
    }
    let subject = subject_for(tx, joining.person)?;
    let facts = &joining.facts;
    let at = |is_said: bool| is_said.then_some(joining.said_at);
    let said = Said {
        name: at(facts.name.is_some()),
        department: at(facts.department.is_some()),
        position: at(facts.position.is_some()),
        manager: at(facts.manager.is_some()),
        email: Some(joining.said_at),
        phone: Some(joining.said_at),
        ..Said::default()
    };
    if let Some(name) = &facts.name {
        rename_unless_later(tx, subject, None, name, joining.said_at)?;
    }
    let membership = Membership {
        id: tx.new_id(),
        subject_id: subject,
        account_id: Some(joining.account),
        account_kind: joining.account_kind,
        staff_number: joining.staff_number.clone(),
        department_id: facts.department,
        position: facts.position.clone().unwrap_or_default(),
        manager_id: manager(tx, facts)?,
        first_day: joining.first_day,
        last_day: None,
        leave_reason: None,
        state: MembershipState::Employed,
        facts_at: joining.said_at,
        leaving_at: None,
        joined_at: Some(joining.said_at),
        said: said.text()?,
        created_at: tx.now(),
        version: 1,
    };
    store::insert_membership(tx, &membership)?;
    keep_contacts(tx, membership.id, &joining.contacts)?;
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

/// Whether a membership with the same staff number stands on `day`, so that no other one can begin then. One that begins
/// later stands in nobody's way.
fn still_there(m: &Membership, day: NaiveDate) -> bool {
    m.first_day <= day && m.last_day.is_none_or(|last| last > day)
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

/// What became of a word about somebody's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Whether anything of it holds; otherwise something newer was said about all of it.
    pub is_taken: bool,
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
        && holds(&mut said.department, said_at)
    {
        m.department_id = Some(department);
    }
    if let Some(position) = &facts.position
        && holds(&mut said.position, said_at)
    {
        m.position.clone_from(position);
    }
    if facts.manager.is_some() && holds(&mut said.manager, said_at) {
        m.manager_id = manager(tx, facts)?;
    }
    if let Some(name) = &facts.name
        && holds(&mut said.name, said_at)
    {
        rename_unless_later(tx, m.subject_id, Some(m.id), name, said_at)?;
    }
    let (names_are_the_persons, names_changed) = change_names(tx, m, &mut said, facts, said_at)?;
    if said == Said::of(&before)? && !names_changed {
        return Ok(Change { is_taken: false, names_are_the_persons });
    }
    m.said = said.text()?;
    m.facts_at = m.facts_at.max(said_at);
    store::save_membership(tx, m)?;
    tx.record(
        Record::of("members.change")
            .on("membership", m.id)
            .about(m.subject_id)
            .with("department_changed", m.department_id != before.department_id)
            .with("position_changed", m.position != before.position)
            .with("sign_in_names_changed", names_changed),
    );
    Ok(Change { is_taken: true, names_are_the_persons })
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
fn rename_unless_later(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    but: Option<MembershipId>,
    name: &str,
    said_at: Ts,
) -> Result<(), PeopleError> {
    for m in store::memberships_of_subject(tx, subject)?.iter().filter(|m| Some(m.id) != but) {
        if Said::of(m)?.name.is_some_and(|later| later > said_at) {
            return Ok(());
        }
    }
    rename(tx, subject, name)
}

/// A manager who is not known yet is left open rather than refused: HR systems send people in any order.
fn manager(tx: &mut TenantTx<'_>, facts: &HrFacts) -> Stored<Option<MembershipId>> {
    match &facts.manager {
        None => Ok(None),
        Some(number) => Ok(active_by_staff_number(tx, number)?.map(|m| m.id)),
    }
}

/// Somebody leaves.
#[derive(Debug, Clone, Copy)]
pub struct Leaving<'a> {
    /// The last day of work.
    pub last_day: NaiveDate,
    /// Why, as a code.
    pub reason: Option<&'a str>,
    /// Whether it was said who takes over.
    pub names_successor: bool,
    /// When it was said.
    pub said_at: Ts,
}

/// What of a word about leaving holds; of the rest something newer was said.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The membership as it is now.
    pub membership: Membership,
    /// Whether the day, or the staying, holds.
    pub day: bool,
    /// Whether what it says, or takes back, about a successor holds.
    pub successor: bool,
    /// Whether its reason holds.
    pub reason: bool,
}

/// The membership gets its last day, or another one, thing by thing as far as nothing newer was said.
pub fn start_leaving(tx: &mut TenantTx<'_>, mut m: Membership, leaving: Leaving<'_>) -> Result<Taken, PeopleError> {
    let Leaving { last_day, reason, names_successor, said_at } = leaving;
    if last_day < m.first_day {
        return Err(PeopleError::LeavesBeforeJoining { first: m.first_day, last: last_day });
    }
    let mut said = Said::of(&m)?;
    let takes_reason = reason.is_some() && holds(&mut said.reason, said_at);
    if takes_reason {
        m.leave_reason = reason.map(str::to_owned);
    }
    let successor = names_successor && holds(&mut said.successor, said_at);
    let day = holds(&mut m.leaving_at, said_at);
    if day {
        m.last_day = Some(last_day);
        if m.state == MembershipState::Employed {
            m.state = MembershipState::Leaving;
        }
    }
    if day || successor || takes_reason {
        m.said = said.text()?;
        store::save_membership(tx, &mut m)?;
        let record = Record::of("members.leave").on("membership", m.id).about(m.subject_id);
        tx.record(record.with("last_day", m.last_day.map(|day| day.to_string()).unwrap_or_default()));
    }
    Ok(Taken { membership: m, day, successor, reason: takes_reason })
}

/// They stay after all: the day, the reason and the successor that were said before are taken back.
pub fn rescind_leaving(tx: &mut TenantTx<'_>, mut m: Membership, said_at: Ts) -> Result<Taken, PeopleError> {
    let mut said = Said::of(&m)?;
    let reason = holds(&mut said.reason, said_at);
    if reason {
        m.leave_reason = None;
    }
    let successor = holds(&mut said.successor, said_at);
    let day = holds(&mut m.leaving_at, said_at);
    if day {
        m.last_day = None;
        m.state = MembershipState::Employed;
        tx.record(Record::of("members.stay").on("membership", m.id).about(m.subject_id));
    }
    if day || reason || successor {
        m.said = said.text()?;
        store::save_membership(tx, &mut m)?;
    }
    Ok(Taken { membership: m, day, successor, reason })
}

/// Takes back what was said after an instant: it turned out to be about a later membership. Returns whether a word about
/// leaving was among it. What has ended is not begun again.
pub fn rewind(tx: &mut TenantTx<'_>, m: &mut Membership, after: Ts) -> Result<bool, PeopleError> {
    let mut said = Said::of(m)?;
    let before = said.clone();
    let late = |last: &mut Option<Ts>| last.take_if(|at| *at > after).is_some();
    if late(&mut said.department) {
        m.department_id = None;
    }
    if late(&mut said.position) {
        m.position.clear();
    }
    if late(&mut said.manager) {
        m.manager_id = None;
    }
    if late(&mut said.reason) {
        m.leave_reason = None;
    }
    late(&mut said.successor);
    let leaving = late(&mut m.leaving_at);
    if leaving {
        m.last_day = None;
        m.state = MembershipState::Employed;
    }
    if leaving || said != before {
        m.said = said.text()?;
        store::save_membership(tx, m)?;
    }
    Ok(leaving)
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
    parent_ref: Option<&str>,
    said_at: Ts,
) -> Result<DepartmentId, PeopleError> {
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
        let above = department_with(tx, parent)?.id;
        refuse_loop(tx, now.id, Some(above))?;
        now.parent_id = Some(above);
    }
    if now != before {
        let id = now.id;
        store::change_department(tx, now)?;
        tx.record(Record::of("departments.change").on("department", id));
    }
    Ok(before.id)
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

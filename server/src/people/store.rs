//! The tables of people and every query on them.

use super::model::{Department, Membership, MembershipState, RoleAssignment};
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts, Turn};
use crate::platform::http::Cursor;
use crate::platform::ids::{AccountId, DepartmentId, Id, MembershipId, PersonId, RoleAssignmentId, SubjectId};
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use std::collections::{HashMap, HashSet};

tenant_table! {
    departments (id) decides People {
        id -> SqlUid, parent_id -> Nullable<SqlUid>, name -> Text, external_ref -> Nullable<Text>,
        name_at -> Nullable<SqlTs>, parent_at -> Nullable<SqlTs>,
        created_at -> SqlTs, version -> BigInt,
    }
}
tenant_table! {
    subjects (id) {
        id -> SqlUid, person_id -> SqlUid, sealed_name -> Nullable<Binary>, created_at -> SqlTs, changed_at -> SqlTs,
        changes -> BigInt,
    }
}
tenant_table! {
    member_contacts (blind_index, membership_id) { blind_index -> Binary, membership_id -> SqlUid, }
}
tenant_table! {
    memberships (id) decides People {
        id -> SqlUid, subject_id -> SqlUid, account_id -> Nullable<SqlUid>, account_kind -> Text, staff_number -> Text,
        department_id -> Nullable<SqlUid>, position -> Text, manager_id -> Nullable<SqlUid>, manager_number -> Nullable<Text>,
        successor_number -> Nullable<Text>, first_day -> Date,
        last_day -> Nullable<Date>, ends_at -> Nullable<SqlTs>, leave_reason -> Nullable<Text>, state -> Text, facts_at -> SqlTs,
        leaving_at -> Nullable<SqlTs>, joined_at -> Nullable<SqlTs>, said -> Nullable<Text>, created_at -> SqlTs, version -> BigInt,
    }
}
tenant_table! {
    role_assignments (id) decides People {
        id -> SqlUid, membership_id -> SqlUid, subject_id -> SqlUid, role -> Text, department_id -> Nullable<SqlUid>,
        via -> Text, granted_by -> Nullable<SqlUid>, granted_at -> SqlTs, until -> Nullable<SqlTs>,
        revoked_at -> Nullable<SqlTs>, revoked_by -> Nullable<SqlUid>,
    }
}

/// A person of this tenant. The name is sealed under the subject's key.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = subjects, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Subject {
    pub id: SubjectId,
    pub person_id: PersonId,
    pub sealed_name: Option<Vec<u8>>,
    pub created_at: Ts,
}

pub(super) fn insert_subject(tx: &mut TenantTx<'_>, subject: &Subject) -> Stored<()> {
    tx.add(subjects::table, subject)
}

pub(super) fn find_subject_of_person(tx: &mut TenantTx<'_>, person: PersonId) -> Stored<Option<SubjectId>> {
    tx.first(subjects::table, |rows| rows.filter(subjects::person_id.eq(person)).select(subjects::id))
}

pub(super) fn load_subjects(tx: &mut TenantTx<'_>, ids: &[SubjectId]) -> Stored<Vec<Subject>> {
    tx.load(subjects::table, |rows| rows.filter(subjects::id.eq_any(ids.to_vec())).select(Subject::as_select()))
}

pub(super) fn set_name(tx: &mut TenantTx<'_>, id: SubjectId, sealed: Vec<u8>) -> Stored<()> {
    tx.change(subjects::table, |rows| {
        diesel::update(rows.filter(subjects::id.eq(id))).set(subjects::sealed_name.eq(Some(sealed)))
    })?;
    note_change(tx, id)
}

/// Says that a person's name or one of their memberships is another one now; see `directory`.
fn note_change(tx: &mut TenantTx<'_>, id: SubjectId) -> Stored<()> {
    let now = tx.now();
    tx.change(subjects::table, |rows| {
        diesel::update(rows.filter(subjects::id.eq(id)))
            .set((subjects::changed_at.eq(now), subjects::changes.eq(subjects::changes + 1)))
    })?;
    Ok(())
}

/// Who changed after an instant, or everybody, with a stamp that no two changes share; in the order of these instants,
/// from after a row on.
pub(super) fn stamps(
    tx: &mut TenantTx<'_>,
    since: Option<Ts>,
    after: Option<(Ts, SubjectId)>,
    most: usize,
) -> Stored<Vec<(SubjectId, (Ts, i64))>> {
    tx.load(subjects::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(since) = since {
            query = query.filter(subjects::changed_at.gt(since));
        }
        if let Some((at, id)) = after {
            let later = subjects::changed_at.gt(at);
            query = query.filter(later.or(subjects::changed_at.eq(at).and(subjects::id.gt(id))));
        }
        query
            .order((subjects::changed_at, subjects::id))
            .limit(i64::try_from(most).unwrap_or(i64::MAX))
            .select((subjects::id, (subjects::changed_at, subjects::changes)))
    })
}

/// All tenures of many people.
pub(super) fn memberships_of_subjects(tx: &mut TenantTx<'_>, ids: &[SubjectId]) -> Stored<Vec<Membership>> {
    tx.load(memberships::table, |rows| {
        rows.filter(memberships::subject_id.eq_any(ids.to_vec()))
            .order((memberships::subject_id, memberships::first_day, memberships::id))
            .select(Membership::as_select())
    })
}

/// Keeps by what the organisation knows a member. A repeat changes nothing.
pub(super) fn add_contact(tx: &mut TenantTx<'_>, membership: MembershipId, index: &[u8]) -> Stored<()> {
    if with_contact(tx, index)?.contains(&membership) {
        return Ok(());
    }
    tx.add(
        member_contacts::table,
        (member_contacts::blind_index.eq(index.to_vec()), member_contacts::membership_id.eq(membership)),
    )
}

/// Whom the organisation knows by this.
pub(super) fn with_contact(tx: &mut TenantTx<'_>, index: &[u8]) -> Stored<Vec<MembershipId>> {
    let index = index.to_vec();
    tx.load(member_contacts::table, |rows| {
        rows.filter(member_contacts::blind_index.eq(index))
            .order(member_contacts::membership_id)
            .limit(200)
            .select(member_contacts::membership_id)
    })
}

pub(super) fn clear_name(tx: &mut TenantTx<'_>, id: SubjectId) -> Stored<()> {
    tx.change(subjects::table, |rows| {
        diesel::update(rows.filter(subjects::id.eq(id))).set(subjects::sealed_name.eq(None::<Vec<u8>>))
    })?;
    note_change(tx, id)?;
    // Nor is anybody found by an address or number of theirs any more.
    let theirs: Vec<MembershipId> = memberships_of_subject(tx, id)?.into_iter().map(|m| m.id).collect();
    tx.change(member_contacts::table, |rows| {
        diesel::delete(rows.filter(member_contacts::membership_id.eq_any(theirs)))
    })?;
    Ok(())
}

pub(super) fn insert_membership(tx: &mut TenantTx<'_>, membership: &Membership) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.add(memberships::table, membership)?;
    note_change(tx, membership.subject_id)
}

/// A membership of this tenant.
pub fn find_membership(tx: &mut TenantTx<'_>, id: MembershipId) -> Stored<Option<Membership>> {
    tx.first(memberships::table, |rows| rows.filter(memberships::id.eq(id)).select(Membership::as_select()))
}

/// All tenures of one person here, oldest first.
pub fn memberships_of_subject(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Vec<Membership>> {
    tx.load(memberships::table, |rows| {
        rows.filter(memberships::subject_id.eq(subject))
            .order((memberships::first_day, memberships::id))
            .select(Membership::as_select())
    })
}

pub(super) fn load_memberships(tx: &mut TenantTx<'_>, ids: &[MembershipId]) -> Stored<Vec<Membership>> {
    tx.load(memberships::table, |rows| {
        rows.filter(memberships::id.eq_any(ids.to_vec())).select(Membership::as_select())
    })
}

pub(super) fn by_staff_number(tx: &mut TenantTx<'_>, staff_number: &str) -> Stored<Vec<Membership>> {
    let staff_number = staff_number.to_owned();
    tx.load(memberships::table, |rows| {
        rows.filter(memberships::staff_number.eq(staff_number))
            .order((memberships::first_day.desc(), memberships::id.desc()))
            .limit(20)
            .select(Membership::as_select())
    })
}

/// Which memberships a list has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Which<'a> {
    pub state: Option<MembershipState>,
    pub departments: Option<&'a [DepartmentId]>,
    pub subject: Option<SubjectId>,
    /// Only these.
    pub only: Option<&'a [MembershipId]>,
}

pub(super) fn list_memberships(
    tx: &mut TenantTx<'_>,
    which: Which<'_>,
    after: Option<Cursor>,
    limit: i64,
) -> Stored<Vec<Membership>> {
    tx.load(memberships::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(state) = which.state {
            query = query.filter(memberships::state.eq(state));
        }
        if let Some(departments) = which.departments {
            query = query
                .filter(memberships::department_id.eq_any(departments.iter().copied().map(Some).collect::<Vec<_>>()));
        }
        if let Some(subject) = which.subject {
            query = query.filter(memberships::subject_id.eq(subject));
        }
        if let Some(only) = which.only {
            query = query.filter(memberships::id.eq_any(only.to_vec()));
        }
        if let Some(after) = after {
            query = query.filter(memberships::id.gt(MembershipId::from(after.id)));
        }
        query.order(memberships::id).limit(limit + 1).select(Membership::as_select())
    })
}

/// How many stand.
pub(super) fn count_present(tx: &mut TenantTx<'_>) -> Stored<i64> {
    let count = tx.first(memberships::table, |rows| {
        rows.filter(memberships::state.eq_any([MembershipState::Employed, MembershipState::Leaving])).count()
    })?;
    Ok(count.unwrap_or(0))
}

/// How many stand in each department itself; those that are in none are left out.
pub(super) fn count_by_department(tx: &mut TenantTx<'_>) -> Stored<HashMap<DepartmentId, i64>> {
    let counted: Vec<(Option<DepartmentId>, i64)> = tx.load(memberships::table, |rows| {
        rows.filter(memberships::state.eq_any([MembershipState::Employed, MembershipState::Leaving]))
            .group_by(memberships::department_id)
            .select((memberships::department_id, diesel::dsl::count_star()))
    })?;
    Ok(counted.into_iter().filter_map(|(id, n)| id.map(|id| (id, n))).collect())
}

/// Whoever was said to report to this staff number before anybody had it reports to this membership.
pub(super) fn report_to(tx: &mut TenantTx<'_>, manager: &Membership) -> Stored<()> {
    let (id, number) = (manager.id, manager.staff_number.clone());
    tx.change(memberships::table, |rows| {
        diesel::update(
            rows.filter(memberships::manager_number.eq(number))
                .filter(memberships::manager_number.is_not_null())
                .filter(memberships::manager_id.is_null())
                .filter(memberships::id.ne(id)),
        )
        .set((memberships::manager_id.eq(Some(id)), memberships::version.eq(memberships::version + 1)))
    })?;
    Ok(())
}

/// Those of whom it was said that this staff number takes over.
pub(super) fn succeeded_by(tx: &mut TenantTx<'_>, staff_number: &str) -> Stored<Vec<Membership>> {
    let number = staff_number.to_owned();
    tx.load(memberships::table, |rows| {
        rows.filter(memberships::successor_number.eq(number))
            .filter(memberships::successor_number.is_not_null())
            .filter(memberships::state.ne(MembershipState::Departed))
            .order(memberships::id)
            .limit(1_000)
            .select(Membership::as_select())
    })
}

/// Writes a membership back when it is still at the version that was read; otherwise somebody else was faster.
pub(super) fn save_membership(tx: &mut TenantTx<'_>, m: &mut Membership) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    let before = m.version;
    m.version += 1;
    let now = m.clone();
    let changed = tx.change(memberships::table, |rows| {
        diesel::update(rows.filter(memberships::id.eq(now.id)).filter(memberships::version.eq(before))).set((
            memberships::account_id.eq(now.account_id),
            memberships::department_id.eq(now.department_id),
            memberships::position.eq(now.position),
            memberships::manager_id.eq(now.manager_id),
            memberships::manager_number.eq(now.manager_number),
            memberships::successor_number.eq(now.successor_number),
            memberships::first_day.eq(now.first_day),
            memberships::last_day.eq(now.last_day),
            memberships::ends_at.eq(now.ends_at),
            memberships::leave_reason.eq(now.leave_reason),
            memberships::state.eq(now.state),
            memberships::facts_at.eq(now.facts_at),
            memberships::leaving_at.eq(now.leaving_at),
            memberships::joined_at.eq(now.joined_at),
            memberships::said.eq(now.said),
            memberships::version.eq(now.version),
        ))
    })?;
    if changed == 1 { note_change(tx, m.subject_id) } else { Err(crate::platform::db::lost_race()) }
}

pub(super) fn find_department_by_ref(tx: &mut TenantTx<'_>, external_ref: &str) -> Stored<Option<Department>> {
    let external_ref = external_ref.to_owned();
    tx.first(departments::table, |rows| {
        rows.filter(departments::external_ref.eq(external_ref)).select(Department::as_select())
    })
}

pub(super) fn find_department(tx: &mut TenantTx<'_>, id: DepartmentId) -> Stored<Option<Department>> {
    tx.first(departments::table, |rows| rows.filter(departments::id.eq(id)).select(Department::as_select()))
}

pub(super) fn load_departments(tx: &mut TenantTx<'_>, ids: &[DepartmentId]) -> Stored<Vec<Department>> {
    tx.load(departments::table, |rows| {
        rows.filter(departments::id.eq_any(ids.to_vec())).select(Department::as_select())
    })
}

pub(super) fn insert_department(tx: &mut TenantTx<'_>, department: &Department) -> Stored<()> {
    tx.add(departments::table, department)
}

pub(super) fn change_department(tx: &mut TenantTx<'_>, now: Department) -> Stored<()> {
    tx.change(departments::table, |rows| {
        diesel::update(rows.filter(departments::id.eq(now.id))).set((
            departments::name.eq(now.name),
            departments::parent_id.eq(now.parent_id),
            departments::name_at.eq(now.name_at),
            departments::parent_at.eq(now.parent_at),
            departments::version.eq(departments::version + 1),
        ))
    })?;
    Ok(())
}

/// The whole tree: departments number in the hundreds, and a tree is of use only as a whole.
pub(super) fn all_departments(tx: &mut TenantTx<'_>) -> Stored<Vec<Department>> {
    tx.load(departments::table, |rows| rows.order(departments::id).limit(20_000).select(Department::as_select()))
}

/// Whoever has or had a membership in one of these departments.
pub(super) fn subjects_of_departments(tx: &mut TenantTx<'_>, ids: &[DepartmentId]) -> Stored<HashSet<SubjectId>> {
    let ids: Vec<Option<DepartmentId>> = ids.iter().copied().map(Some).collect();
    let found: Vec<SubjectId> = tx.load(memberships::table, |rows| {
        rows.filter(memberships::department_id.eq_any(ids)).select(memberships::subject_id)
    })?;
    Ok(found.into_iter().collect())
}

pub(super) fn insert_assignment(tx: &mut TenantTx<'_>, assignment: &RoleAssignment) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.add(role_assignments::table, assignment)
}

/// Roles in force now, of one person in all their memberships.
pub(super) fn roles_of_subject(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Vec<RoleAssignment>> {
    roles_of_subjects(tx, &[subject])
}

/// Roles in force now, of many people in all their memberships.
pub(super) fn roles_of_subjects(tx: &mut TenantTx<'_>, subjects: &[SubjectId]) -> Stored<Vec<RoleAssignment>> {
    let (now, subjects) = (tx.now(), subjects.to_vec());
    tx.load(role_assignments::table, |rows| {
        rows.filter(role_assignments::subject_id.eq_any(subjects))
            .filter(role_assignments::revoked_at.is_null())
            .filter(role_assignments::until.is_null().or(role_assignments::until.gt(now)))
            .order(role_assignments::id)
            .select(RoleAssignment::as_select())
    })
}

/// The newest tenure that is acted in with this account.
pub fn newest_by_account(tx: &mut TenantTx<'_>, account: AccountId) -> Stored<Option<Membership>> {
    tx.first(memberships::table, |rows| {
        rows.filter(memberships::account_id.eq(account))
            .order((memberships::first_day.desc(), memberships::id.desc()))
            .select(Membership::as_select())
    })
}

/// Some tenures, in order of their ids.
pub fn some_memberships(tx: &mut TenantTx<'_>, after: Option<MembershipId>, most: i64) -> Stored<Vec<Membership>> {
    tx.load(memberships::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(memberships::id.gt(after));
        }
        query.order(memberships::id).limit(most).select(Membership::as_select())
    })
}

/// Everybody who holds `role` now.
pub(super) fn holders(tx: &mut TenantTx<'_>, role: &str) -> Stored<Vec<RoleAssignment>> {
    let (now, role) = (tx.now(), role.to_owned());
    tx.load(role_assignments::table, |rows| {
        rows.filter(role_assignments::role.eq(role))
            .filter(role_assignments::revoked_at.is_null())
            .filter(role_assignments::until.is_null().or(role_assignments::until.gt(now)))
            .order(role_assignments::id)
            .limit(500)
            .select(RoleAssignment::as_select())
    })
}

/// Every role in force now, in order of the ids.
pub(super) fn all_held(
    tx: &mut TenantTx<'_>,
    after: Option<RoleAssignmentId>,
    most: i64,
) -> Stored<Vec<RoleAssignment>> {
    let now = tx.now();
    tx.load(role_assignments::table, |rows| {
        let mut query = rows
            .filter(role_assignments::revoked_at.is_null())
            .filter(role_assignments::until.is_null().or(role_assignments::until.gt(now)))
            .into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(role_assignments::id.gt(after));
        }
        query.order(role_assignments::id).limit(most).select(RoleAssignment::as_select())
    })
}

/// Those of these assignments that are in force now.
pub(super) fn held_of(tx: &mut TenantTx<'_>, ids: &[RoleAssignmentId]) -> Stored<HashSet<RoleAssignmentId>> {
    let (now, ids) = (tx.now(), ids.to_vec());
    let held: Vec<RoleAssignmentId> = tx.load(role_assignments::table, |rows| {
        rows.filter(role_assignments::id.eq_any(ids))
            .filter(role_assignments::revoked_at.is_null())
            .filter(role_assignments::until.is_null().or(role_assignments::until.gt(now)))
            .select(role_assignments::id)
    })?;
    Ok(held.into_iter().collect())
}

/// Those of these assignments that were given for a department, held or over.
pub(super) fn bounded_assignments(tx: &mut TenantTx<'_>, ids: &[RoleAssignmentId]) -> Stored<Vec<RoleAssignment>> {
    let ids = ids.to_vec();
    tx.load(role_assignments::table, |rows| {
        rows.filter(role_assignments::id.eq_any(ids))
            .filter(role_assignments::department_id.is_not_null())
            .select(RoleAssignment::as_select())
    })
}

/// Every role that anybody ever held, person by person, from after a row on.
pub(super) fn ever_held(
    tx: &mut TenantTx<'_>,
    after: Option<(SubjectId, RoleAssignmentId)>,
    most: i64,
) -> Stored<Vec<RoleAssignment>> {
    tx.load(role_assignments::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some((subject, id)) = after {
            let same = role_assignments::subject_id.eq(subject).and(role_assignments::id.gt(id));
            query = query.filter(role_assignments::subject_id.gt(subject).or(same));
        }
        query
            .order((role_assignments::subject_id, role_assignments::id))
            .limit(most)
            .select(RoleAssignment::as_select())
    })
}

/// Which assignments a list has.
#[derive(Debug, Clone, Default)]
pub(super) struct Assigned {
    pub membership: Option<MembershipId>,
    pub role: Option<String>,
    /// Only those in force now, or only those that are over.
    pub held: Option<bool>,
}

pub(super) fn list_assignments(
    tx: &mut TenantTx<'_>,
    which: &Assigned,
    after: Option<Cursor>,
    limit: i64,
) -> Stored<Vec<RoleAssignment>> {
    let (now, which) = (tx.now(), which.clone());
    tx.load(role_assignments::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(membership) = which.membership {
            query = query.filter(role_assignments::membership_id.eq(membership));
        }
        if let Some(role) = which.role {
            query = query.filter(role_assignments::role.eq(role));
        }
        match which.held {
            Some(true) => {
                query = query
                    .filter(role_assignments::revoked_at.is_null())
                    .filter(role_assignments::until.is_null().or(role_assignments::until.gt(now)));
            }
            Some(false) => {
                query = query.filter(role_assignments::revoked_at.is_not_null().or(role_assignments::until.le(now)));
            }
            None => {}
        }
        if let Some(after) = after {
            query = query.filter(role_assignments::id.gt(RoleAssignmentId::from(after.id)));
        }
        query.order(role_assignments::id).limit(limit + 1).select(RoleAssignment::as_select())
    })
}

pub(super) fn find_assignment(tx: &mut TenantTx<'_>, id: RoleAssignmentId) -> Stored<Option<RoleAssignment>> {
    tx.first(role_assignments::table, |rows| {
        rows.filter(role_assignments::id.eq(id)).select(RoleAssignment::as_select())
    })
}

pub(super) fn revoke_assignments(
    tx: &mut TenantTx<'_>,
    which: &[RoleAssignmentId],
    by: Option<MembershipId>,
) -> Stored<usize> {
    tx.needs(Turn::Alone)?;
    let (now, which) = (tx.now(), which.to_vec());
    tx.change(role_assignments::table, |rows| {
        diesel::update(rows.filter(role_assignments::id.eq_any(which)).filter(role_assignments::revoked_at.is_null()))
            .set((role_assignments::revoked_at.eq(Some(now)), role_assignments::revoked_by.eq(by)))
    })
}

/// Keyset cursor of a list that is sorted by id alone.
pub(super) fn by_id(id: impl Id) -> Cursor {
    Cursor::numbered(0, id.uuid())
}

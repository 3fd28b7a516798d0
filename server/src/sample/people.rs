//! The sample's people: accounts, departments, memberships, roles.

use super::SampleAccount;
use super::error::SampleError;
use super::tables::{PersonRow, Tables};
use crate::people::{self, AccountKind, HrFacts, Joining, Membership, Via, roles};
use crate::platform::db::{PlatformTx, TenantTx, Ts};
use crate::platform::ids::{DepartmentId, MembershipId, PersonId, SubjectId, TenantId};
use crate::platform::keyring::Identifier;
use crate::platform::sign_in::{Owner, accounts};
use chrono::{Duration, NaiveDate};
use std::collections::HashMap;

/// Somebody, as they were hired.
pub(super) struct Member {
    pub row: PersonRow,
    pub department: String,
    pub person: PersonId,
    pub membership: Membership,
}

impl Member {
    pub fn subject(&self) -> SubjectId {
        self.membership.subject_id
    }
}

/// Everybody of one organisation, in the table's order.
pub(super) struct Crowd(pub Vec<Member>);

impl Crowd {
    pub fn members(&self) -> Vec<(String, MembershipId)> {
        self.0.iter().map(|m| (m.row.number.clone(), m.membership.id)).collect()
    }

    /// Those who can sign in.
    pub fn badges(&self) -> Vec<SampleAccount> {
        let account = |m: &Member| {
            Some(SampleAccount {
                badge: m.row.badge.clone()?,
                name: m.row.name.clone(),
                staff_number: m.row.number.clone(),
                identifier: m.row.email(),
                account: m.membership.account_id?,
            })
        };
        self.0.iter().filter_map(account).collect()
    }
}

/// The accounts of the rows, found or made: one human being once, so the neighbour's shared person is found by the number.
pub(super) fn accounts(
    p: &mut PlatformTx<'_>,
    tenant: TenantId,
    rows: &[&PersonRow],
) -> Result<Vec<accounts::Found>, SampleError> {
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let owner = match row.account {
            AccountKind::Personal => Owner::Person,
            AccountKind::Enterprise => Owner::Tenant(tenant),
        };
        let found = accounts::find_or_create(p, owner, &contacts(row)?)?;
        accounts::note_membership(p, found.person, tenant)?;
        all.push(found);
    }
    Ok(all)
}

fn contacts(row: &PersonRow) -> Result<Vec<Identifier>, SampleError> {
    let mut contacts = vec![Identifier::email(&row.email())?];
    if let Some(phone) = &row.phone {
        contacts.push(Identifier::phone(phone)?);
    }
    Ok(contacts)
}

/// A password leads into an organisation only once the organisation has made sure of its holder.
pub(super) fn confirm_those_with_a_badge(
    p: &mut PlatformTx<'_>,
    tenant: TenantId,
    crowd: &Crowd,
) -> Result<(), SampleError> {
    for member in crowd.0.iter().filter(|m| m.row.badge.is_some()) {
        accounts::confirm(p, member.person, tenant)?;
    }
    Ok(())
}

/// A department's id and name, by its key.
pub(super) type Departments = HashMap<String, (DepartmentId, String)>;

/// The tree, from the top.
pub(super) fn departments(tx: &mut TenantTx<'_>, tables: &Tables, slug: &str) -> Result<Departments, SampleError> {
    let (mut all, now) = (HashMap::new(), tx.now());
    for row in tables.departments.iter().filter(|row| row.organisation == slug) {
        let id = people::upsert_department(tx, &row.key, Some(&row.name), row.parent.as_deref().map(Some), now)?.id;
        all.insert(row.key.clone(), (id, row.name.clone()));
    }
    Ok(all)
}

/// Hires everybody and gives the roles. The first is a member already: the organisation began with them.
pub(super) fn hire_all(
    tx: &mut TenantTx<'_>,
    rows: &[&PersonRow],
    departments: &Departments,
    accounts: &[accounts::Found],
) -> Result<Crowd, SampleError> {
    let roles: Vec<String> = crate::packs::in_force(tx)?.roles().iter().map(|r| r.key.clone()).collect();
    let mut crowd = Vec::with_capacity(rows.len());
    for (row, found) in rows.iter().zip(accounts) {
        let (department, name) = departments.get(&row.department).ok_or(SampleError::Table("departments.csv"))?;
        let membership = match people::active_by_staff_number(tx, &row.number)? {
            Some(first_admin) => settle_in(tx, first_admin, row, *department)?,
            None => hire(tx, row, *department, found)?,
        };
        // The first admin has the role since the organisation began; the badges that are no roles only let people in.
        let role = row.badge.as_deref().filter(|b| roles.iter().any(|r| r == b) && *b != "employee");
        if let Some(role) = role {
            roles::assign(tx, &membership, role, Via::Setup, roles::Bounds::default())?;
        }
        let person = found.person;
        crowd.push(Member { row: (*row).clone(), department: name.clone(), person, membership });
    }
    Ok(Crowd(crowd))
}

fn facts(row: &PersonRow, department: DepartmentId) -> HrFacts {
    HrFacts {
        name: Some(row.name.clone()),
        department: Some(department),
        position: Some(row.position.clone()),
        manager: row.manager.clone(),
        first_day: None,
        sign_in_names: Vec::new(),
    }
}

fn settle_in(
    tx: &mut TenantTx<'_>,
    mut first_admin: Membership,
    row: &PersonRow,
    department: DepartmentId,
) -> Result<Membership, SampleError> {
    let now = tx.now();
    people::apply_change(tx, &mut first_admin, &facts(row, department), now)?;
    Ok(first_admin)
}

fn hire(
    tx: &mut TenantTx<'_>,
    row: &PersonRow,
    department: DepartmentId,
    found: &accounts::Found,
) -> Result<Membership, SampleError> {
    let joined_at = Ts(*tx.now() - Duration::days(row.days));
    let joining = Joining {
        person: found.person,
        account: found.account,
        account_kind: row.account,
        staff_number: row.number.clone(),
        first_day: first_day(joined_at),
        last_day: None,
        contacts: contacts(row)?,
        facts: facts(row, department),
        said_at: joined_at,
    };
    Ok(people::hire(tx, &joining)?)
}

/// The civil day in the sample's time zone.
fn first_day(at: Ts) -> NaiveDate {
    at.with_timezone(&chrono_tz::Asia::Shanghai).date_naive()
}

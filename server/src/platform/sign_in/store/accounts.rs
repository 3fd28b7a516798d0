//! Persons, accounts, what they are found by, and which tenants know them.

use super::links;
use crate::platform::db::tx::platform_table;
use crate::platform::db::{PlatformTx, Stored, Ts};
use crate::platform::ids::{AccountId, PersonId, TenantId};
use crate::platform::keyring::BlindIndex;
use crate::platform::sign_in::model::{Account, AccountState, Organisation, Owner};
use diesel::prelude::*;

platform_table! {
    persons (id) { id -> SqlUid, created_at -> SqlTs, }
}
platform_table! {
    accounts (id) {
        id -> SqlUid, person_id -> SqlUid, kind -> Text, tenant_id -> Nullable<SqlUid>, state -> Text,
        password_hash -> Nullable<Text>, failed_attempts -> Integer, locked_until -> Nullable<SqlTs>,
        created_at -> SqlTs,
    }
}
platform_table! {
    account_identifiers (blind_index) { blind_index -> Binary, account_id -> SqlUid, kind -> Text, sealed -> Binary, }
}
platform_table! {
    /// Which tenants may know a person: so that sign-in asks these and not all.
    person_tenants (person_id, tenant_id) {
        person_id -> SqlUid, tenant_id -> SqlUid, linked_at -> SqlTs, confirmed_at -> Nullable<SqlTs>,
    }
}
platform_table! {
    /// What sign-in shows of a tenant.
    tenants (id) { id -> SqlUid, name -> Text, slug -> Text, time_zone -> Text, locale -> Text, pack -> Text, }
}

pub fn add_person(p: &mut PlatformTx<'_>) -> Stored<PersonId> {
    let id: PersonId = p.new_id();
    p.add(persons::table, (persons::id.eq(id), persons::created_at.eq(p.now())))?;
    Ok(id)
}

pub fn add_account(p: &mut PlatformTx<'_>, person: PersonId, owner: Owner) -> Stored<AccountId> {
    let id: AccountId = p.new_id();
    p.add(
        accounts::table,
        (
            accounts::id.eq(id),
            accounts::person_id.eq(person),
            accounts::kind.eq(owner.kind()),
            accounts::tenant_id.eq(owner.tenant()),
            accounts::state.eq(AccountState::Open),
            accounts::created_at.eq(p.now()),
        ),
    )?;
    Ok(id)
}

pub fn find_account(p: &mut PlatformTx<'_>, id: AccountId) -> Stored<Option<Account>> {
    p.first(accounts::table, |all| all.filter(accounts::id.eq(id)).select(Account::as_select()))
}

pub fn find_account_by_index(p: &mut PlatformTx<'_>, index: &BlindIndex) -> Stored<Option<Account>> {
    let index = index.as_bytes().to_vec();
    let found: Option<AccountId> = p.first(account_identifiers::table, |all| {
        all.filter(account_identifiers::blind_index.eq(index)).select(account_identifiers::account_id)
    })?;
    found.map_or(Ok(None), |id| find_account(p, id))
}

/// The open account of a person that belongs to `owner`: there is at most one.
pub fn find_account_of(p: &mut PlatformTx<'_>, person: PersonId, owner: Owner) -> Stored<Option<Account>> {
    let open: Vec<Account> = p.load(accounts::table, |all| {
        all.filter(accounts::person_id.eq(person))
            .filter(accounts::state.eq(AccountState::Open))
            .filter(accounts::kind.eq(owner.kind()))
            .select(Account::as_select())
    })?;
    Ok(open.into_iter().find(|account| account.tenant_id == owner.tenant()))
}

pub fn add_identifier(
    p: &mut PlatformTx<'_>,
    account: AccountId,
    kind: &'static str,
    index: &BlindIndex,
    sealed: Vec<u8>,
) -> Stored<()> {
    p.add(
        account_identifiers::table,
        (
            account_identifiers::blind_index.eq(index.as_bytes().to_vec()),
            account_identifiers::account_id.eq(account),
            account_identifiers::kind.eq(kind),
            account_identifiers::sealed.eq(sealed),
        ),
    )
}

/// Takes away what an account is found by, of one kind.
pub fn remove_identifiers(p: &mut PlatformTx<'_>, account: AccountId, kind: &'static str) -> Stored<()> {
    p.change(account_identifiers::table, |all| {
        diesel::delete(
            all.filter(account_identifiers::account_id.eq(account)).filter(account_identifiers::kind.eq(kind)),
        )
    })?;
    Ok(())
}

/// Kind and sealed text of each.
pub fn identifiers(p: &mut PlatformTx<'_>, account: AccountId) -> Stored<Vec<(String, Vec<u8>)>> {
    p.load(account_identifiers::table, |all| {
        all.filter(account_identifiers::account_id.eq(account))
            .order(account_identifiers::kind)
            .select((account_identifiers::kind, account_identifiers::sealed))
    })
}

/// Sets the password and forgets all failures.
pub fn set_password(p: &mut PlatformTx<'_>, id: AccountId, hash: String) -> Stored<()> {
    p.change(accounts::table, |all| {
        diesel::update(all.filter(accounts::id.eq(id))).set((
            accounts::password_hash.eq(Some(hash)),
            accounts::failed_attempts.eq(0),
            accounts::locked_until.eq(None::<Ts>),
        ))
    })?;
    Ok(())
}

/// Sets the password of an account that has none. `false` when it has one.
pub fn set_first_password(p: &mut PlatformTx<'_>, id: AccountId, hash: String) -> Stored<bool> {
    let set = p.change(accounts::table, |all| {
        diesel::update(all.filter(accounts::id.eq(id)).filter(accounts::password_hash.is_null()))
            .set(accounts::password_hash.eq(Some(hash)))
    })?;
    Ok(set == 1)
}

/// Lets somebody pass who gave the right password, and forgets their failures. `false` when the account is locked: asked
/// of the row itself, so that of many guesses sent at once none slips through after the one that locked it.
pub fn pass(p: &mut PlatformTx<'_>, id: AccountId) -> Stored<bool> {
    let now = p.now();
    let passed = p.change(accounts::table, |all| {
        diesel::update(
            all.filter(accounts::id.eq(id)).filter(accounts::locked_until.is_null().or(accounts::locked_until.le(now))),
        )
        .set((accounts::failed_attempts.eq(0), accounts::locked_until.eq(None::<Ts>)))
    })?;
    Ok(passed == 1)
}

/// Counts a wrong password, and locks the account with the last one allowed. Returns whether it did.
pub fn count_failure(p: &mut PlatformTx<'_>, id: AccountId, allowed: u32, until: Ts) -> Stored<bool> {
    p.change(accounts::table, |all| {
        diesel::update(all.filter(accounts::id.eq(id))).set(accounts::failed_attempts.eq(accounts::failed_attempts + 1))
    })?;
    let allowed = i32::try_from(allowed).unwrap_or(i32::MAX);
    let locked = p.change(accounts::table, |all| {
        diesel::update(all.filter(accounts::id.eq(id)).filter(accounts::failed_attempts.ge(allowed)))
            .set((accounts::failed_attempts.eq(0), accounts::locked_until.eq(Some(until))))
    })?;
    Ok(locked > 0)
}

/// Closes for good: no password, no identifiers, no links.
pub fn close_account(p: &mut PlatformTx<'_>, id: AccountId) -> Stored<()> {
    p.change(accounts::table, |all| {
        diesel::update(all.filter(accounts::id.eq(id)))
            .set((accounts::state.eq(AccountState::Closed), accounts::password_hash.eq(None::<String>)))
    })?;
    p.change(account_identifiers::table, |all| diesel::delete(all.filter(account_identifiers::account_id.eq(id))))?;
    links::delete_all(p, id)?;
    Ok(())
}

/// `None` when the person is not linked to the tenant, else whether the link is confirmed.
pub fn find_link(p: &mut PlatformTx<'_>, person: PersonId, tenant: TenantId) -> Stored<Option<bool>> {
    let found: Option<Option<Ts>> = p.first(person_tenants::table, |all| {
        all.filter(person_tenants::person_id.eq(person))
            .filter(person_tenants::tenant_id.eq(tenant))
            .select(person_tenants::confirmed_at)
    })?;
    Ok(found.map(|confirmed| confirmed.is_some()))
}

/// How many people a tenant has made sure of.
pub fn count_confirmed(p: &mut PlatformTx<'_>, tenant: TenantId) -> Stored<i64> {
    let count = p.first(person_tenants::table, |all| {
        all.filter(person_tenants::tenant_id.eq(tenant)).filter(person_tenants::confirmed_at.is_not_null()).count()
    })?;
    Ok(count.unwrap_or(0))
}

pub fn add_link(p: &mut PlatformTx<'_>, person: PersonId, tenant: TenantId) -> Stored<()> {
    p.add(
        person_tenants::table,
        (
            person_tenants::person_id.eq(person),
            person_tenants::tenant_id.eq(tenant),
            person_tenants::linked_at.eq(p.now()),
            person_tenants::confirmed_at.eq(None::<Ts>),
        ),
    )
}

pub fn confirm_link(p: &mut PlatformTx<'_>, person: PersonId, tenant: TenantId) -> Stored<()> {
    let now = p.now();
    p.change(person_tenants::table, |all| {
        diesel::update(
            all.filter(person_tenants::person_id.eq(person))
                .filter(person_tenants::tenant_id.eq(tenant))
                .filter(person_tenants::confirmed_at.is_null()),
        )
        .set(person_tenants::confirmed_at.eq(Some(now)))
    })?;
    Ok(())
}

/// At most `limit` tenants that a person is linked to, each with whether it is confirmed. In the order of their ids: all
/// that lock several ledgers do so in this order, and never wait for each other in a circle.
pub fn links(p: &mut PlatformTx<'_>, person: PersonId, limit: i64) -> Stored<Vec<(TenantId, bool)>> {
    let found: Vec<(TenantId, Option<Ts>)> = p.load(person_tenants::table, |all| {
        all.filter(person_tenants::person_id.eq(person))
            .order(person_tenants::tenant_id)
            .limit(limit)
            .select((person_tenants::tenant_id, person_tenants::confirmed_at))
    })?;
    Ok(found.into_iter().map(|(tenant, confirmed)| (tenant, confirmed.is_some())).collect())
}

pub fn find_tenant_by_slug(p: &mut PlatformTx<'_>, slug: &str) -> Stored<Option<TenantId>> {
    let slug = slug.to_owned();
    p.first(tenants::table, |all| all.filter(tenants::slug.eq(slug)).select(tenants::id))
}

/// A tenant as its members see it.
pub fn find_organisation(p: &mut PlatformTx<'_>, id: TenantId) -> Stored<Option<Organisation>> {
    p.first(tenants::table, |all| all.filter(tenants::id.eq(id)).select(Organisation::as_select()))
}

/// Id, slug and name of each.
pub fn tenant_names(p: &mut PlatformTx<'_>, ids: &[TenantId]) -> Stored<Vec<(TenantId, String, String)>> {
    let ids = ids.to_vec();
    p.load(tenants::table, |all| {
        all.filter(tenants::id.eq_any(ids)).order(tenants::name).select((tenants::id, tenants::slug, tenants::name))
    })
}

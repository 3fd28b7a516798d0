//! Set-up links: found by the hash of their token, used once.

use crate::platform::db::tx::platform_table;
use crate::platform::db::{PlatformTx, Stored, Ts};
use crate::platform::ids::{AccountId, TenantId};
use diesel::prelude::*;

platform_table! {
    setup_links (token_hash) {
        token_hash -> Binary, account_id -> SqlUid, tenant_id -> SqlUid, expires_at -> SqlTs, used_at -> Nullable<SqlTs>,
    }
}

pub fn add(
    p: &mut PlatformTx<'_>,
    (account, tenant): (AccountId, TenantId),
    token_hash: Vec<u8>,
    expires_at: Ts,
) -> Stored<()> {
    p.add(
        setup_links::table,
        (
            setup_links::token_hash.eq(token_hash),
            setup_links::account_id.eq(account),
            setup_links::tenant_id.eq(tenant),
            setup_links::expires_at.eq(expires_at),
        ),
    )
}

/// Takes back the links that this tenant gave out for the account and that nobody used.
pub fn delete_unused(p: &mut PlatformTx<'_>, account: AccountId, tenant: TenantId) -> Stored<()> {
    p.change(setup_links::table, |all| {
        diesel::delete(
            all.filter(setup_links::account_id.eq(account))
                .filter(setup_links::tenant_id.eq(tenant))
                .filter(setup_links::used_at.is_null()),
        )
    })?;
    Ok(())
}

/// The account and tenant of a link that can still be used.
pub fn find(p: &mut PlatformTx<'_>, token_hash: &[u8]) -> Stored<Option<(AccountId, TenantId)>> {
    let (now, token_hash) = (p.now(), token_hash.to_vec());
    p.first(setup_links::table, |all| {
        all.filter(setup_links::token_hash.eq(token_hash))
            .filter(setup_links::used_at.is_null())
            .filter(setup_links::expires_at.gt(now))
            .select((setup_links::account_id, setup_links::tenant_id))
    })
}

/// How many links a tenant gave out that were used or still can be.
pub fn count_of(p: &mut PlatformTx<'_>, tenant: TenantId) -> Stored<i64> {
    let count = p.first(setup_links::table, |all| all.filter(setup_links::tenant_id.eq(tenant)).count())?;
    Ok(count.unwrap_or(0))
}

/// Uses a link up. `false` when somebody was faster.
pub fn use_up(p: &mut PlatformTx<'_>, token_hash: &[u8]) -> Stored<bool> {
    let (now, token_hash) = (p.now(), token_hash.to_vec());
    let used = p.change(setup_links::table, |all| {
        diesel::update(all.filter(setup_links::token_hash.eq(token_hash)).filter(setup_links::used_at.is_null()))
            .set(setup_links::used_at.eq(Some(now)))
    })?;
    Ok(used == 1)
}

/// Takes back every link of an account.
pub fn delete_all(p: &mut PlatformTx<'_>, account: AccountId) -> Stored<()> {
    p.change(setup_links::table, |all| diesel::delete(all.filter(setup_links::account_id.eq(account))))?;
    Ok(())
}

/// Deletes links that were too old by `before`.
pub fn forget_before(p: &mut PlatformTx<'_>, before: Ts) -> Stored<usize> {
    p.change(setup_links::table, |all| diesel::delete(all.filter(setup_links::expires_at.lt(before))))
}

//! Machines' keys, and the keys that sign access tokens.

use crate::platform::Platform;
use crate::platform::db::tx::platform_table;
use crate::platform::db::{MultiBackend, PlatformTx, Stored, Ts};
use crate::platform::http::Cursor;
use crate::platform::ids::{ApiKeyId, TenantId};
use crate::platform::sign_in::model::{ApiKey, SigningKey};
use diesel::prelude::*;

platform_table! {
    api_keys (id) decides Law {
        id -> SqlUid, tenant_id -> SqlUid, token_hash -> Binary, name -> Text, prefix -> Text, scopes -> Text,
        connector_id -> Nullable<SqlUid>, created_by -> Nullable<SqlUid>, created_at -> SqlTs, expires_at -> SqlTs,
        revoked_at -> Nullable<SqlTs>, last_used_at -> Nullable<SqlTs>,
    }
}
platform_table! {
    /// The private half is sealed under the platform's key.
    signing_keys (kid) {
        kid -> Text, sealed_private -> Binary, public_key -> Binary, created_at -> SqlTs, signs_from -> SqlTs,
        retires_at -> Nullable<SqlTs>,
    }
}

pub fn add_api_key(p: &mut PlatformTx<'_>, key: &ApiKey, token_hash: Vec<u8>) -> Stored<()> {
    p.add(
        api_keys::table,
        (
            api_keys::id.eq(key.id),
            api_keys::tenant_id.eq(key.tenant_id),
            api_keys::token_hash.eq(token_hash),
            api_keys::name.eq(key.name.clone()),
            api_keys::prefix.eq(key.prefix.clone()),
            api_keys::scopes.eq(key.scopes.clone()),
            api_keys::connector_id.eq(key.connector_id),
            api_keys::created_by.eq(key.created_by),
            api_keys::created_at.eq(key.created_at),
            api_keys::expires_at.eq(key.expires_at),
        ),
    )
}

pub fn find_api_key(p: &mut PlatformTx<'_>, tenant: TenantId, id: ApiKeyId) -> Stored<Option<ApiKey>> {
    p.first(api_keys::table, |all| {
        all.filter(api_keys::tenant_id.eq(tenant)).filter(api_keys::id.eq(id)).select(ApiKey::as_select())
    })
}

/// Whether a key of this name is in use.
pub fn has_live_key_named(p: &mut PlatformTx<'_>, tenant: TenantId, name: &str) -> Stored<bool> {
    let (now, name) = (p.now(), name.to_owned());
    let found: Option<ApiKeyId> = p.first(api_keys::table, |all| {
        all.filter(api_keys::tenant_id.eq(tenant))
            .filter(api_keys::name.eq(name))
            .filter(api_keys::revoked_at.is_null())
            .filter(api_keys::expires_at.gt(now))
            .select(api_keys::id)
    })?;
    Ok(found.is_some())
}

/// Newest first, one more than a page holds.
pub fn page_of_api_keys(
    p: &mut PlatformTx<'_>,
    tenant: TenantId,
    limit: i64,
    after: Option<Cursor>,
) -> Stored<Vec<ApiKey>> {
    p.load(api_keys::table, |all| {
        let mut rows = all
            .filter(api_keys::tenant_id.eq(tenant))
            .order((api_keys::created_at.desc(), api_keys::id.desc()))
            .limit(limit + 1)
            .select(ApiKey::as_select())
            .into_boxed::<MultiBackend>();
        if let Some(last) = after {
            let (at, id) = (last.at(), ApiKeyId::from(last.id));
            rows = rows.filter(api_keys::created_at.lt(at).or(api_keys::created_at.eq(at).and(api_keys::id.lt(id))));
        }
        rows
    })
}

/// Takes a key back. `false` when it was taken back before.
pub fn revoke_api_key(p: &mut PlatformTx<'_>, tenant: TenantId, id: ApiKeyId) -> Stored<bool> {
    let now = p.now();
    let revoked = p.change(api_keys::table, |all| {
        diesel::update(
            all.filter(api_keys::tenant_id.eq(tenant))
                .filter(api_keys::id.eq(id))
                .filter(api_keys::revoked_at.is_null()),
        )
        .set(api_keys::revoked_at.eq(Some(now)))
    })?;
    Ok(revoked == 1)
}

/// The key with this hash, read outside any transaction, for every request that brings one.
pub fn find_api_key_by_hash(platform: &Platform, token_hash: &[u8]) -> Stored<Option<ApiKey>> {
    let mut conn = platform.pool().get()?;
    let found = api_keys::table
        .filter(api_keys::token_hash.eq(token_hash.to_vec()))
        .select(ApiKey::as_select())
        .first(&mut *conn)
        .optional()?;
    Ok(found)
}

/// Notes that a key was used.
pub fn touch_api_key(platform: &Platform, id: ApiKeyId, now: Ts) -> Stored<()> {
    let mut conn = platform.pool().get()?;
    diesel::update(api_keys::table.filter(api_keys::id.eq(id)))
        .set(api_keys::last_used_at.eq(Some(now)))
        .execute(&mut *conn)?;
    Ok(())
}

pub fn add_signing_key(p: &mut PlatformTx<'_>, key: &SigningKey) -> Stored<()> {
    p.add(signing_keys::table, key)
}

/// All whose tokens may still be about, the one that signs last at the end.
pub fn published_signing_keys(p: &mut PlatformTx<'_>) -> Stored<Vec<SigningKey>> {
    let now = p.now();
    p.load(signing_keys::table, |all| {
        all.filter(signing_keys::retires_at.is_null().or(signing_keys::retires_at.gt(now)))
            .order((signing_keys::signs_from, signing_keys::kid))
            .select(SigningKey::as_select())
    })
}

/// Lets every key that has no end yet retire at `at`.
pub fn retire_signing_keys(p: &mut PlatformTx<'_>, at: Ts) -> Stored<usize> {
    p.change(signing_keys::table, |all| {
        diesel::update(all.filter(signing_keys::retires_at.is_null())).set(signing_keys::retires_at.eq(Some(at)))
    })
}

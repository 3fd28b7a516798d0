//! The tenants' own rows: name, time zone, pack. A platform table: its key is the tenant itself.

use crate::platform::db::tx::platform_table;
use crate::platform::db::{MultiBackend, PlatformTx, StoreError, Stored, TenantTx, Ts};
use crate::platform::ids::TenantId;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};

platform_table! {
    tenants (id) decides Law {
        id -> SqlUid, name -> Text, slug -> Text, time_zone -> Text, locale -> Text, pack -> Text, algorithm -> Text,
        state -> Text, created_at -> SqlTs, version -> BigInt,
    }
}

/// An organisation.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = tenants, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct TenantRow {
    /// Its id.
    pub id: TenantId,
    /// Its name, as its people write it.
    pub name: String,
    /// Its short name in addresses.
    pub slug: String,
    /// IANA time zone of its civil deadlines.
    pub time_zone: String,
    /// The language of what it is sent.
    pub locale: String,
    /// The pack it lives by.
    pub pack: String,
    /// The algorithm of what it seals from now on.
    pub algorithm: String,
    /// `active`.
    pub state: String,
    /// When it was made.
    pub created_at: Ts,
    /// Grows with every change of its settings.
    pub version: i64,
}

/// Makes a tenant's row.
pub fn insert_tenant(p: &mut PlatformTx<'_>, row: &TenantRow) -> Stored<()> {
    p.add(tenants::table, row)
}

/// A tenant by id.
pub fn find_tenant(p: &mut PlatformTx<'_>, id: TenantId) -> Stored<Option<TenantRow>> {
    p.first(tenants::table, |all| all.filter(tenants::id.eq(id)).select(TenantRow::as_select()))
}

/// A tenant by its short name.
pub fn find_tenant_by_slug(p: &mut PlatformTx<'_>, slug: &str) -> Stored<Option<TenantRow>> {
    let slug = slug.to_owned();
    p.first(tenants::table, |all| all.filter(tenants::slug.eq(slug)).select(TenantRow::as_select()))
}

/// All tenants after `after`, for the operator and the scheduler.
pub fn list_tenants(p: &mut PlatformTx<'_>, after: Option<TenantId>, limit: i64) -> Stored<Vec<TenantRow>> {
    p.load(tenants::table, |all| {
        let mut query = all.into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(tenants::id.gt(after));
        }
        query.order(tenants::id).limit(limit).select(TenantRow::as_select())
    })
}

/// This transaction's own tenant.
pub fn tenant(tx: &mut TenantTx<'_>) -> Stored<TenantRow> {
    let id = tx.tenant();
    tx.as_platform(|p| find_tenant(p, id))?.ok_or_else(|| StoreError::Unreadable("the tenant has no row".into()))
}

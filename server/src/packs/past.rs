//! Which pack was in force when: what somebody held is judged by the rules of that day.

use super::store::tenant;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts};
use crate::platform::ids::PackChangeId;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::Serialize;

tenant_table! {
    pack_changes (id) { id -> SqlUid, pack_before -> Text, pack_after -> Text, changed_at -> SqlTs, }
}

/// One change from one pack to another.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = pack_changes, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
struct PackChange {
    id: PackChangeId,
    pack_before: String,
    pack_after: String,
    changed_at: Ts,
}

/// A time in which a pack was in force.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PackPeriod {
    /// Its name.
    pub pack: String,
    /// Since when.
    pub from: Ts,
    /// Until when; still in force when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Ts>,
}

/// Notes that another pack is in force from this instant on.
pub(super) fn note(tx: &mut TenantTx<'_>, before: &str, after: &str) -> Stored<()> {
    let change = PackChange {
        id: tx.new_id(),
        pack_before: before.to_owned(),
        pack_after: after.to_owned(),
        changed_at: tx.now(),
    };
    tx.add(pack_changes::table, &change)
}

/// Every pack that was in force since the organisation is here, the oldest first. Packs are changed rarely.
pub fn pack_periods(tx: &mut TenantTx<'_>) -> Stored<Vec<PackPeriod>> {
    let row = tenant(tx)?;
    let changes: Vec<PackChange> = tx.load(pack_changes::table, |rows| {
        rows.order((pack_changes::changed_at, pack_changes::id)).limit(10_000).select(PackChange::as_select())
    })?;
    let mut periods = Vec::with_capacity(changes.len() + 1);
    let mut from = row.created_at;
    for change in changes {
        periods.push(PackPeriod { pack: change.pack_before, from, until: Some(change.changed_at) });
        from = change.changed_at;
    }
    periods.push(PackPeriod { pack: row.pack, from, until: None });
    Ok(periods)
}

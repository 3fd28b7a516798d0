//! Inventories: a connector is asked for everything it has, and what it names is held against what is known: there and
//! not known, known and not there.

use super::connectors::connector;
use super::error::HoldingError;
use super::store;
use crate::attention;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, StoreError, Stored, TenantTx, Ts};
use crate::platform::http::Cursor;
use crate::platform::ids::{ConnectorId, Id, InventoryId};
use crate::platform::jobs::{JobError, Outside, Registry, Step};
use crate::platform::record::Record;
use crate::platform::standard_webhooks;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;

tenant_table! {
    inventories (id) {
        id -> SqlUid, connector_id -> SqlUid, asked_at -> SqlTs, closed_at -> Nullable<SqlTs>, known -> BigInt,
        seen -> BigInt, state -> Text, missing_there -> BigInt, unknown_here -> BigInt,
    }
}
tenant_table! {
    inventory_findings (inventory_id, kind, locator) { inventory_id -> SqlUid, kind -> Text, locator -> Text, }
}
tenant_table! {
    inventory_seen (inventory_id, locator) { inventory_id -> SqlUid, locator -> Text, }
}

/// Known and not there.
pub(super) const MISSING_THERE: &str = "missing_there";
/// There and not known.
pub(super) const UNKNOWN_HERE: &str = "unknown_here";

/// Asks a connector for its inventory.
pub const ASK: &str = "holdings.ask-inventory";

/// One asking.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, utoipa::ToSchema)]
#[diesel(table_name = inventories, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Inventory {
    /// Its id.
    pub id: InventoryId,
    /// Who was asked.
    pub connector_id: ConnectorId,
    /// When.
    pub asked_at: Ts,
    /// When everything had been compared.
    pub closed_at: Option<Ts>,
    /// Holdings known here.
    pub known: i64,
    /// Locators that the connector named.
    pub seen: i64,
    /// `asked`, `counting` or `closed`.
    pub state: String,
    /// Locators that are known and were not named.
    pub missing_there: i64,
    /// Locators that were named and are not known.
    pub unknown_here: i64,
}

/// Something that one side has and the other has not.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, utoipa::ToSchema)]
#[diesel(table_name = inventory_findings, treat_none_as_default_value = false,
         check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Finding {
    #[serde(skip, default = "nobody")]
    inventory_id: InventoryId,
    /// `unknown_here`: there and not known. `missing_there`: known and not there.
    pub kind: String,
    /// How the connector calls it.
    pub locator: String,
}

fn nobody() -> InventoryId {
    uuid::Uuid::nil().into()
}

#[derive(Insertable)]
#[diesel(table_name = inventory_seen)]
struct Seen {
    inventory_id: InventoryId,
    locator: String,
}

/// Opens an inventory and asks the connector, in the background.
pub(super) fn ask(tx: &mut TenantTx<'_>, id: ConnectorId) -> Result<Inventory, HoldingError> {
    connector(tx, id)?.ok_or(HoldingError::UnknownConnector)?;
    let inventory = Inventory {
        id: tx.new_id(),
        connector_id: id,
        asked_at: tx.now(),
        closed_at: None,
        known: 0,
        seen: 0,
        state: "asked".into(),
        missing_there: 0,
        unknown_here: 0,
    };
    tx.add(inventories::table, &inventory)?;
    tx.record(Record::of("connectors.ask-inventory").on("connector", id));
    let payload = json!({ "connector": id, "inventory": inventory.id, "attempt": 0 });
    tx.run_at(tx.now(), ASK, &inventory.id.to_string(), &payload)?;
    Ok(inventory)
}

/// What a connector was asked, newest first; one more than the limit where there is more.
pub(super) fn list(
    tx: &mut TenantTx<'_>,
    of: ConnectorId,
    before: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Inventory>, HoldingError> {
    connector(tx, of)?.ok_or(HoldingError::UnknownConnector)?;
    Ok(tx.load(inventories::table, |rows| {
        let mut query = rows.filter(inventories::connector_id.eq(of)).into_boxed::<MultiBackend>();
        if let Some(c) = before {
            let (at, id) = (c.at(), InventoryId::from(c.id));
            query =
                query.filter(inventories::asked_at.lt(at).or(inventories::asked_at.eq(at).and(inventories::id.lt(id))));
        }
        query
            .order((inventories::asked_at.desc(), inventories::id.desc()))
            .limit(limit + 1)
            .select(Inventory::as_select())
    })?)
}

/// Whose inventory this is; nobody's where there is none under this id.
pub fn inventory_of(tx: &mut TenantTx<'_>, id: &str) -> Stored<Option<ConnectorId>> {
    let Ok(id) = id.parse::<InventoryId>() else { return Ok(None) };
    tx.first(inventories::table, |rows| rows.filter(inventories::id.eq(id)).select(inventories::connector_id))
}

pub(super) fn find(tx: &mut TenantTx<'_>, of: ConnectorId, id: InventoryId) -> Result<Inventory, HoldingError> {
    let found: Option<Inventory> = tx.first(inventories::table, |rows| {
        rows.filter(inventories::id.eq(id)).filter(inventories::connector_id.eq(of)).select(Inventory::as_select())
    })?;
    found.ok_or(HoldingError::UnknownInventory)
}

/// Takes a part of what the connector names. A locator that comes twice counts once.
pub(super) fn take(tx: &mut TenantTx<'_>, inventory: &Inventory, locators: Vec<String>) -> Stored<()> {
    let mut new: HashSet<String> = locators.into_iter().collect();
    let asked: Vec<String> = new.iter().cloned().collect();
    let id = inventory.id;
    for some in asked.chunks(256) {
        let some = some.to_vec();
        let before: Vec<String> = tx.load(inventory_seen::table, |rows| {
            rows.filter(inventory_seen::inventory_id.eq(id))
                .filter(inventory_seen::locator.eq_any(some))
                .select(inventory_seen::locator)
        })?;
        for known in before {
            new.remove(&known);
        }
    }
    let rows: Vec<Seen> = new.into_iter().map(|locator| Seen { inventory_id: id, locator }).collect();
    tx.add_all::<inventory_seen::table, Seen>(inventory_seen::table, &rows)?;
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    tx.change(inventories::table, |all| {
        diesel::update(all.filter(inventories::id.eq(id)))
            .set((inventories::seen.eq(inventories::seen + count), inventories::state.eq("counting")))
    })?;
    Ok(())
}

const PAGE: i64 = 1_000;

/// Everything was named: both sorted lists are walked side by side, a page at a time.
pub(super) fn close(tx: &mut TenantTx<'_>, inventory: &Inventory) -> Stored<Inventory> {
    let (mut known_after, mut seen_after) = (String::new(), String::new());
    let mut known = std::collections::VecDeque::new();
    let mut seen = std::collections::VecDeque::new();
    let (mut count, mut missing, mut unknown) = (0, 0, 0);
    let mut findings = Vec::new();
    loop {
        if known.is_empty() {
            known.extend(store::held_locators(tx, inventory.connector_id, &known_after, PAGE)?);
            known_after = known.back().cloned().unwrap_or(known_after);
        }
        if seen.is_empty() {
            seen.extend(seen_locators(tx, inventory.id, &seen_after)?);
            seen_after = seen.back().cloned().unwrap_or(seen_after);
        }
        let finding = |kind: &str, locator: String| Finding { inventory_id: inventory.id, kind: kind.into(), locator };
        match (known.front(), seen.front()) {
            (None, None) => break,
            (Some(k), Some(s)) if k == s => {
                known.pop_front();
                seen.pop_front();
                count += 1;
            }
            (Some(k), s) if s.is_none_or(|s| k < s) => {
                findings.extend(known.pop_front().map(|l| finding(MISSING_THERE, l)));
                count += 1;
                missing += 1;
            }
            (_, _) => {
                findings.extend(seen.pop_front().map(|l| finding(UNKNOWN_HERE, l)));
                unknown += 1;
            }
        }
        if findings.len() >= 512 {
            tx.add_all::<inventory_findings::table, Finding>(inventory_findings::table, &findings)?;
            findings.clear();
        }
    }
    tx.add_all::<inventory_findings::table, Finding>(inventory_findings::table, &findings)?;
    let (id, now) = (inventory.id, tx.now());
    tx.change(inventory_seen::table, |rows| diesel::delete(rows.filter(inventory_seen::inventory_id.eq(id))))?;
    tx.change(inventories::table, |rows| {
        diesel::update(rows.filter(inventories::id.eq(id))).set((
            inventories::state.eq("closed"),
            inventories::closed_at.eq(Some(now)),
            inventories::known.eq(count),
            inventories::missing_there.eq(missing),
            inventories::unknown_here.eq(unknown),
        ))
    })?;
    tx.record(
        Record::of("connectors.inventory")
            .on("connector", inventory.connector_id)
            .with("known", count)
            .with("missing_there", missing)
            .with("unknown_here", unknown),
    );
    if missing + unknown > 0 {
        attention::raise(
            tx,
            "inventory.differs",
            ("inventory", id.to_string()),
            "connectors.inventory-differs",
            &format!("{missing} are known here and not there, {unknown} are there and not known here"),
        )?;
    }
    Ok(Inventory {
        state: "closed".into(),
        closed_at: Some(now),
        known: count,
        missing_there: missing,
        unknown_here: unknown,
        ..inventory.clone()
    })
}

fn seen_locators(tx: &mut TenantTx<'_>, id: InventoryId, after: &str) -> Stored<Vec<String>> {
    let after = after.to_owned();
    tx.load(inventory_seen::table, |rows| {
        rows.filter(inventory_seen::inventory_id.eq(id))
            .filter(inventory_seen::locator.gt(after))
            .order(inventory_seen::locator)
            .limit(PAGE)
            .select(inventory_seen::locator)
    })
}

/// What was found of one kind, in order of the locators, after one.
pub(super) fn findings(
    tx: &mut TenantTx<'_>,
    id: InventoryId,
    kind: &str,
    after: &str,
    limit: i64,
) -> Stored<Vec<Finding>> {
    let (kind, after) = (kind.to_owned(), after.to_owned());
    tx.load(inventory_findings::table, |rows| {
        rows.filter(inventory_findings::inventory_id.eq(id))
            .filter(inventory_findings::kind.eq(kind))
            .filter(inventory_findings::locator.gt(after))
            .order(inventory_findings::locator)
            .limit(limit)
            .select(Finding::as_select())
    })
}

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    registry.outward(ASK, ask_step);
}

/// One try at asking; with the deliveries' pauses in between.
fn ask_step(outside: &Outside<'_>, payload: &Value) -> Result<Step, JobError> {
    let id: ConnectorId =
        serde_json::from_value(payload["connector"].clone()).map_err(|e| JobError::of(e.to_string()))?;
    let inventory = payload["inventory"].as_str().unwrap_or_default().to_owned();
    let prepared = outside.tx(|tx| {
        let Some(c) = connector(tx, id)? else { return Ok(None) };
        let secret = c.secret(tx)?;
        Ok::<_, StoreError>(Some((c.callback_url, secret, tx.now(), tx.tenant())))
    })?;
    let Some((url, secret, at, tenant)) = prepared else { return Ok(Step::Done) };
    let body = json!({
        "specversion": "1.0",
        "type": "tenure.inventory-requested",
        "id": inventory,
        "source": format!("tenure/{tenant}"),
        "time": at.rfc3339(),
        "data": { "inventory_id": inventory, "connector_id": id.uuid() },
    })
    .to_string();
    let signature = standard_webhooks::sign(&[secret], &inventory, at.timestamp(), body.as_bytes())
        .map_err(|e| JobError::of(e.to_string()))?;
    let headers = [
        ("Content-Type", "application/cloudevents+json"),
        ("webhook-id", inventory.as_str()),
        ("webhook-timestamp", &at.timestamp().to_string()),
        ("webhook-signature", &signature),
    ];
    let sent = outside.platform().outbound().post(&url, &headers, body.as_bytes());
    if sent.is_ok_and(|reply| reply.is_success()) {
        return Ok(Step::Done);
    }
    let attempt = payload["attempt"].as_u64().unwrap_or(0);
    let pauses = &outside.platform().config().delivery.retry_after;
    match usize::try_from(attempt).ok().and_then(|n| pauses.get(n)) {
        Some(pause) => {
            let due = Ts(*at + chrono::Duration::from_std(*pause).unwrap_or(chrono::Duration::hours(1)));
            let next = json!({ "connector": id, "inventory": inventory, "attempt": attempt + 1 });
            Ok(Step::WaitUntil(due, next))
        }
        None => {
            outside.tx(|tx| {
                attention::raise(
                    tx,
                    "inventory.unanswered",
                    ("connector", id.to_string()),
                    "connectors.not-acknowledged",
                    "the connector does not take the request for its inventory",
                )
            })?;
            Ok(Step::Done)
        }
    }
}

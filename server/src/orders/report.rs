//! What a connector reports on a delivery. A report may come in parts, and more than once: an item is settled once.

use super::error::OrderError;
use super::model::{DeliveryState, ItemState};
use super::operations::finish_if_complete;
use super::store;
use crate::attention;
use crate::holdings;
use crate::instructions::{self, InstructionError};
use crate::platform::db::TenantTx;
use crate::platform::ids::{ConnectorId, DeliveryId, HoldingId, OrderId};
use crate::platform::record::Record;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

const MAX_ITEMS: usize = 5_000;

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemOutcome {
    /// It is as ordered.
    Done,
    /// It was not there any more; for a deletion that is as ordered.
    NotFound,
    /// It could not be done.
    Failed,
}

/// One line of a report.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportItem {
    /// How the connector calls it.
    pub locator: String,
    /// What became of it.
    pub outcome: ItemOutcome,
    /// Why not, for the person who looks at it.
    #[serde(default)]
    pub detail: Option<String>,
}

/// A connector's report on a delivery.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Which delivery.
    pub delivery_id: DeliveryId,
    /// What became of its items.
    pub items: Vec<ReportItem>,
}

/// What a report changed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reported {
    /// Items settled by it.
    pub settled: usize,
    /// Items that had been settled before.
    pub repeated: usize,
    /// Items of the delivery that are still open.
    pub open: usize,
}

/// Takes a report: effects on our side, counts, and the order's end all commit together.
pub(super) fn take(tx: &mut TenantTx<'_>, connector: ConnectorId, report: &Report) -> Result<Reported, OrderError> {
    if report.items.len() > MAX_ITEMS {
        return Err(OrderError::TooMany(MAX_ITEMS));
    }
    let mut delivery = store::find_delivery(tx, report.delivery_id)?
        .filter(|d| d.connector_id == connector)
        .ok_or(OrderError::UnknownDelivery)?;
    let mut order = store::find(tx, delivery.order_id)?.ok_or(OrderError::Unknown)?;
    let items = store::items_of_delivery(tx, delivery.id)?;
    let mut open: HashMap<HoldingId, ItemState> = items.iter().map(|i| (i.holding_id, i.state)).collect();
    let ids: Vec<HoldingId> = open.keys().copied().collect();
    let by_locator: HashMap<String, HoldingId> =
        holdings::locators(tx, &ids)?.into_iter().map(|(id, locator)| (locator, id)).collect();
    let (mut done, mut failed, mut repeated) = (Vec::new(), Vec::new(), 0);
    for item in &report.items {
        let Some(&id) = by_locator.get(&item.locator) else {
            // What failed goes out again with a later delivery, while the report on the first may still be repeated.
            if is_of_order(tx, connector, order.id, &item.locator)? {
                repeated += 1;
                continue;
            }
            return Err(OrderError::UnknownLocator(item.locator.clone()));
        };
        let (settled, state) = match item.outcome {
            ItemOutcome::Done | ItemOutcome::NotFound => (&mut done, ItemState::Done),
            ItemOutcome::Failed => (&mut failed, ItemState::Failed),
        };
        // Of an item that stands twice in one report, the first word counts.
        match open.get_mut(&id) {
            Some(before @ ItemState::Sent) => {
                *before = state;
                settled.push(id);
            }
            Some(ItemState::Done | ItemState::Failed) | None => repeated += 1,
        }
    }
    let in_force = match order.finished_at {
        None => match instructions::in_force(tx, order.instruction_id) {
            Ok(in_force) => Some(in_force),
            // The connector was faster than the word that took it back: what it says is kept, and a person hears of it.
            Err(InstructionError::NotInForce(_)) => None,
            Err(e) => return Err(e.into()),
        },
        Some(_) => None,
    };
    if let Some(in_force) = &in_force {
        holdings::carry_out(tx, in_force, order.subject_id, &done)?;
    }
    order.done += i64::try_from(store::settle_items(tx, order.id, &done, ItemState::Done, "done")?).unwrap_or(0);
    order.failed +=
        i64::try_from(store::settle_items(tx, order.id, &failed, ItemState::Failed, "failed")?).unwrap_or(0);
    let settled = done.len() + failed.len();
    let still_open = open.values().filter(|s| **s == ItemState::Sent).count();
    if !failed.is_empty() {
        attention::raise(
            tx,
            "order.failed",
            ("order", order.id.to_string()),
            "orders.items-failed",
            &format!("{} items could not be done", failed.len()),
        )?;
    }
    if still_open == 0 && delivery.state != DeliveryState::Reported {
        delivery.state = DeliveryState::Reported;
        delivery.acknowledged_at.get_or_insert(tx.now());
        delivery.reported_at = Some(tx.now());
        store::save_delivery(tx, &delivery)?;
        attention::resolve_about(tx, "delivery", &delivery.id.to_string(), "reported")?;
    }
    tx.record(
        Record::of("orders.report")
            .on("order", order.id)
            .about(order.subject_id)
            .under(order.instruction_id)
            .with("delivery", delivery.id.to_string())
            .with("done", done.len())
            .with("failed", failed.len())
            .with("repeated", repeated),
    );
    match &in_force {
        Some(in_force) => finish_if_reported(tx, order, in_force)?,
        None => came_late(tx, &mut order, done.len())?,
    }
    Ok(Reported { settled, repeated, open: still_open })
}

/// Whether the order is about what the connector calls so, whatever delivery that is in now.
fn is_of_order(
    tx: &mut TenantTx<'_>,
    connector: ConnectorId,
    order: OrderId,
    locator: &str,
) -> Result<bool, OrderError> {
    let ids = holdings::ids_of_locator(tx, connector, locator)?;
    Ok(store::has_items(tx, order, &ids)?)
}

/// The order was taken back and the connector did it all the same: our side stays as it is, and a person sees to it.
fn came_late(tx: &mut TenantTx<'_>, order: &mut super::model::Order, done: usize) -> Result<(), OrderError> {
    if done == 0 {
        return Ok(());
    }
    store::save(tx, order)?;
    Ok(attention::raise(
        tx,
        "order.done-after-all",
        ("order", order.id.to_string()),
        "orders.done-after-all",
        &format!("{done} items were done although the order had been taken back. Ask the connector for its inventory."),
    )?)
}

/// An order that is still taking batches goes on by its own job; one that awaits may be over now.
fn finish_if_reported(
    tx: &mut TenantTx<'_>,
    mut order: super::model::Order,
    in_force: &instructions::InForce,
) -> Result<(), OrderError> {
    use super::model::OrderState;
    match order.state {
        OrderState::Awaiting => finish_if_complete(tx, order, in_force),
        OrderState::Running | OrderState::Done | OrderState::DoneWithFailures | OrderState::Cancelled => {
            Ok(store::save(tx, &mut order)?)
        }
    }
}

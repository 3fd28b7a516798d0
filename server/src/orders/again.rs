//! What a connector could not do, done again: the failed items of a delivery go out in a new one, and their order, which had
//! finished with failures, goes on until they are as ordered.

use super::error::OrderError;
use super::model::{Delivery, ItemState, OrderState};
use super::{operations, store};
use crate::holdings::Selector;
use crate::instructions;
use crate::platform::db::{StoreError, TenantTx};
use crate::platform::ids::{DeliveryId, HoldingId};
use crate::platform::record::Record;

/// Sends the failed items of a delivery once more. Under the same instruction, which stays in force as long as something of
/// it has failed: whoever gives up revokes it.
pub(super) fn do_again(tx: &mut TenantTx<'_>, delivery: &Delivery) -> Result<DeliveryId, OrderError> {
    let items = store::items_of_delivery(tx, delivery.id)?;
    let failed: Vec<HoldingId> = items.iter().filter(|i| i.state == ItemState::Failed).map(|i| i.holding_id).collect();
    if failed.is_empty() {
        return Err(OrderError::Reported);
    }
    let mut order = store::find(tx, delivery.order_id)?.ok_or(OrderError::Unknown)?;
    let in_force = instructions::in_force(tx, order.instruction_id)?;
    match order.state {
        OrderState::Running | OrderState::Awaiting => {}
        OrderState::DoneWithFailures => {
            order.state = OrderState::Awaiting;
            order.finished_at = None;
        }
        OrderState::Done | OrderState::Cancelled => return Err(OrderError::Reported),
    }
    let selector: Selector = serde_json::from_str(&order.selector).map_err(StoreError::from)?;
    let new = operations::deliver(tx, &order, &in_force, delivery.connector_id, &failed)?;
    let again = store::send_items_again(tx, order.id, &failed, new)?;
    order.failed -= i64::try_from(again).unwrap_or(i64::MAX);
    store::save(tx, &mut order)?;
    tx.record(
        Record::of("orders.retry")
            .on("delivery", delivery.id)
            .about(order.subject_id)
            .class(selector.class())
            .under(order.instruction_id)
            .with("order", order.id.to_string())
            .with("new_delivery", new.to_string())
            .with("holdings", again),
    );
    Ok(new)
}

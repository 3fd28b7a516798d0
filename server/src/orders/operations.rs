//! Starting orders, taking their batches, finishing them.

use super::error::OrderError;
use super::jobs::{CARRY_OUT, DELIVER, FINISHED};
use super::model::{Delivery, DeliveryState, Item, ItemState, Order, OrderState};
use super::{package, runs, store};
use crate::attention;
use crate::holdings::{self, Selector};
use crate::instructions::{self, InForce, InstructionError};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{CaseId, ConnectorId, DeliveryId, HoldingId, InstructionId, LineId, OrderId, SubjectId};
use crate::platform::jobs::Step;
use crate::platform::record::Record;
use policy_model::instruction::Action;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Locators a delivery.
const DELIVERY_ITEMS: usize = 500;
/// How often an order that a hold suspends looks whether the hold is still there.
pub(super) const LOOK_AGAIN_MINUTES: i64 = 10;

/// The attention that a suspended order asks for ends with it; what it could not do stays for a person to see.
const HELD: &str = "held-order";

/// An order in the making.
#[derive(Debug, Clone)]
pub struct Start {
    /// The instruction to execute.
    pub instruction: InstructionId,
    /// Whose sides.
    pub subject: SubjectId,
    /// Which holdings.
    pub selector: Selector,
    /// What case it came from.
    pub origin: (&'static str, Option<CaseId>, Option<LineId>),
}

/// The cursor of an order's job.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    order: OrderId,
    after: Option<HoldingId>,
}

/// Starts an order. Refused when its instruction is not in force.
pub fn start(tx: &mut TenantTx<'_>, start: &Start) -> Result<Order, OrderError> {
    let in_force = instructions::in_force(tx, start.instruction)?;
    let order = Order {
        id: tx.new_id(),
        instruction_id: in_force.id(),
        action: in_force.action().as_str().into(),
        subject_id: start.subject,
        state: OrderState::Running,
        selector: serde_json::to_string(&start.selector).map_err(crate::platform::db::StoreError::from)?,
        total: 0,
        done: 0,
        failed: 0,
        origin_kind: start.origin.0.into(),
        origin_id: start.origin.1,
        line_id: start.origin.2,
        created_at: tx.now(),
        started_at: None,
        finished_at: None,
        version: 1,
    };
    store::insert(tx, &order)?;
    tx.record(
        Record::of("orders.start")
            .on("order", order.id)
            .about(order.subject_id)
            .class(start.selector.class())
            .under(order.instruction_id)
            .with("action", order.action.clone()),
    );
    let cursor = Cursor { order: order.id, after: None };
    tx.run_at(tx.now(), CARRY_OUT, &order.id.to_string(), &to_value(&cursor)?)?;
    Ok(order)
}

fn to_value(cursor: &Cursor) -> Stored<Value> {
    Ok(serde_json::to_value(cursor)?)
}

/// One batch: read at most a page of the subject's holdings, do what is in the vault, send what is elsewhere.
pub(super) fn step(tx: &mut TenantTx<'_>, payload: &Value) -> Result<Step, OrderError> {
    let cursor: Cursor = serde_json::from_value(payload.clone()).map_err(crate::platform::db::StoreError::from)?;
    let mut order = store::find(tx, cursor.order)?.ok_or(OrderError::Unknown)?;
    let in_force = match instructions::in_force(tx, order.instruction_id) {
        Ok(in_force) => in_force,
        Err(InstructionError::NotInForce(_)) => return cancel(tx, order),
        Err(e) => return Err(e.into()),
    };
    let selector: Selector = serde_json::from_str(&order.selector).map_err(crate::platform::db::StoreError::from)?;
    if in_force.action().takes_away() && holdings::is_held(tx, order.subject_id, selector.class())? {
        return wait_for_hold(tx, &order, payload);
    }
    let (batch, last) = holdings::next_sides(tx, order.subject_id, cursor.after, &selector)?;
    order.started_at.get_or_insert(tx.now());
    order.total += i64::try_from(batch.len()).unwrap_or(i64::MAX);
    if !batch.is_empty() {
        match selector.connector() {
            None if in_force.action().takes_copies_out() => {
                package::set_out(tx, &order, &in_force, &batch, selector.class())?;
            }
            None => carry_out(tx, &mut order, &in_force, &batch, selector.class())?,
            Some(connector) => send(tx, &order, &in_force, connector, &batch)?,
        }
    }
    match last {
        Some(last) => {
            store::save(tx, &mut order)?;
            Ok(Step::Again(to_value(&Cursor { order: order.id, after: Some(last) })?))
        }
        None => {
            finish_if_complete(tx, order, &in_force)?;
            Ok(Step::Done)
        }
    }
}

/// A hold suspends what was approved before it, too (dingtalk-5.1-4). The order waits where it is and looks again.
fn wait_for_hold(tx: &mut TenantTx<'_>, order: &Order, payload: &Value) -> Result<Step, OrderError> {
    attention::raise(
        tx,
        "order.held",
        (HELD, order.id.to_string()),
        "orders.held",
        "A hold covers this data. The order waits until the hold is ended, or its instruction is revoked.",
    )?;
    Ok(Step::WaitUntil(Ts(*tx.now() + chrono::Duration::minutes(LOOK_AGAIN_MINUTES)), payload.clone()))
}

/// The instruction was taken back: what was done stays done and is counted, the rest is left alone.
fn cancel(tx: &mut TenantTx<'_>, mut order: Order) -> Result<Step, OrderError> {
    if order.finished_at.is_some() {
        return Ok(Step::Done);
    }
    order.state = OrderState::Cancelled;
    order.finished_at = Some(tx.now());
    store::save(tx, &mut order)?;
    tx.record(
        Record::of("orders.cancel")
            .on("order", order.id)
            .about(order.subject_id)
            .under(order.instruction_id)
            .with("done", order.done),
    );
    announce(tx, &order)?;
    Ok(Step::Done)
}

/// Ends the orders of an instruction that is no longer in force: those that wait for a connector too, so that nothing more
/// is sent and the case can go on.
pub fn stop_under(tx: &mut TenantTx<'_>, instruction: InstructionId) -> Result<(), OrderError> {
    match instructions::in_force(tx, instruction) {
        Ok(_) => return Ok(()),
        Err(InstructionError::NotInForce(_)) => {}
        Err(e) => return Err(e.into()),
    }
    let mut after = None;
    loop {
        let some = store::page_under(tx, instruction, after, 200)?;
        let Some(last) = some.last() else { return Ok(()) };
        after = Some(last.id);
        for order in some {
            cancel(tx, order)?;
        }
    }
}

/// Whether a hold suspends an order.
pub(super) fn is_suspended(tx: &mut TenantTx<'_>, order: &Order, action: Action) -> Stored<bool> {
    let selector: Selector = serde_json::from_str(&order.selector)?;
    Ok(action.takes_away() && holdings::is_held(tx, order.subject_id, selector.class())?)
}

/// The case that the order came from hears that it is over.
fn announce(tx: &mut TenantTx<'_>, order: &Order) -> Stored<()> {
    attention::resolve_about(tx, HELD, &order.id.to_string(), "the order is over")?;
    let payload = json!({ "order": order.id, "origin": order.origin_kind, "case": order.origin_id });
    tx.run_at(tx.now(), FINISHED, &order.id.to_string(), &payload)
}

/// The vault's part: effect, count and record together.
fn carry_out(
    tx: &mut TenantTx<'_>,
    order: &mut Order,
    in_force: &InForce,
    batch: &[HoldingId],
    class: &str,
) -> Result<(), OrderError> {
    let done = holdings::carry_out(tx, in_force, order.subject_id, batch)?;
    order.done += i64::try_from(batch.len()).unwrap_or(i64::MAX);
    tx.record(
        Record::of("orders.carry-out")
            .on("order", order.id)
            .about(order.subject_id)
            .class(class)
            .under(in_force.id())
            .with("action", order.action.clone())
            .with("holdings", batch.len())
            .with("contents_gone", done.contents_gone)
            .with("keys_erased", done.keys_erased),
    );
    Ok(())
}

/// The connector's part: deliveries of bounded size, each with an id by which a repeat is recognised.
fn send(
    tx: &mut TenantTx<'_>,
    order: &Order,
    in_force: &InForce,
    connector: ConnectorId,
    batch: &[HoldingId],
) -> Result<(), OrderError> {
    for some in batch.chunks(DELIVERY_ITEMS) {
        let id = deliver(tx, order, in_force, connector, some)?;
        let items: Vec<Item> = some
            .iter()
            .map(|holding| Item {
                order_id: order.id,
                holding_id: *holding,
                state: ItemState::Sent,
                delivery_id: Some(id),
                outcome: None,
                done_at: None,
            })
            .collect();
        store::insert_items(tx, &items)?;
    }
    Ok(())
}

/// One delivery about some holdings, on its way with the end of this transaction.
pub(super) fn deliver(
    tx: &mut TenantTx<'_>,
    order: &Order,
    in_force: &InForce,
    connector: ConnectorId,
    some: &[HoldingId],
) -> Result<DeliveryId, OrderError> {
    let id: DeliveryId = tx.new_id();
    let locators = holdings::locators(tx, some)?;
    let named: Vec<&String> = some.iter().filter_map(|h| locators.get(h)).collect();
    let body = body(tx, order, in_force, id, &named)?;
    store::insert_delivery(
        tx,
        &Delivery {
            id,
            connector_id: connector,
            order_id: order.id,
            body,
            state: DeliveryState::Sending,
            attempts: 0,
            last_status: None,
            created_at: tx.now(),
            sent_at: None,
            acknowledged_at: None,
            reported_at: None,
        },
    )?;
    tx.run_at(tx.now(), DELIVER, &id.to_string(), &json!({ "delivery": id }))?;
    Ok(id)
}

/// A CloudEvents 1.0 body.
fn body(
    tx: &mut TenantTx<'_>,
    order: &Order,
    in_force: &InForce,
    id: DeliveryId,
    locators: &[&String],
) -> Stored<String> {
    let successor = match in_force.successor() {
        None => None,
        Some(subject) => crate::people::staff_number_of(tx, subject)?,
    };
    // The number of the tenure that ends: the same person may have another one that goes on.
    let selector: Selector = serde_json::from_str(&order.selector)?;
    let own = selector.membership().map_or(Ok(None), |id| crate::people::find_membership(tx, id))?;
    let subject = match own {
        Some(m) => Some(m.staff_number),
        None => crate::people::staff_number_of(tx, order.subject_id)?,
    };
    let event = json!({
        "specversion": "1.0",
        "type": "tenure.order",
        "id": id,
        "source": format!("tenure/{}", tx.tenant()),
        "time": tx.now().rfc3339(),
        "datacontenttype": "application/json",
        "data": {
            "order_id": order.id,
            "instruction_id": order.instruction_id,
            "action": order.action,
            "subject": subject,
            "successor": successor,
            "retain_until": in_force.retain_until(),
            "recipient": in_force.recipient(),
            "purpose": in_force.purpose(),
            "locators": locators,
        },
    });
    Ok(event.to_string())
}

/// Ends an order whose batches are all taken and whose deliveries are all reported, and announces it.
pub(super) fn finish_if_complete(
    tx: &mut TenantTx<'_>,
    mut order: Order,
    in_force: &InForce,
) -> Result<(), OrderError> {
    let to_fetch = store::vault_item_states(tx, order.id)?.iter().any(|(state, _)| *state == ItemState::Sent);
    if to_fetch || store::open_deliveries(tx, order.id)? > 0 {
        order.state = OrderState::Awaiting;
        store::save(tx, &mut order)?;
        return Ok(());
    }
    order.state = if order.failed == 0 { OrderState::Done } else { OrderState::DoneWithFailures };
    order.finished_at = Some(tx.now());
    store::save(tx, &mut order)?;
    if in_force.action() == Action::Anonymise {
        store::forget_items(tx, order.id)?;
    }
    if order.state == OrderState::Done {
        attention::resolve_about(tx, "order", &order.id.to_string(), "every holding is as ordered")?;
    }
    instructions::one_at_a_time(tx, order.instruction_id)?;
    // One instruction may have an order for each place where the data lives; it is carried out with the last of them. As
    // long as something has failed it stays in force, so that it can be done again.
    if package::is_by_hand(&order) {
        runs::settle(tx, order.instruction_id)?;
    } else if store::undone(tx, order.instruction_id)? == 0 {
        instructions::carried_out(tx, order.instruction_id)?;
    }
    tx.record(
        Record::of("orders.finish")
            .on("order", order.id)
            .about(order.subject_id)
            .under(order.instruction_id)
            .with("state", order.state.as_str())
            .with("holdings", order.total)
            .with("done", order.done)
            .with("failed", order.failed),
    );
    Ok(announce(tx, &order)?)
}

/// The instruction that an order carries out, or the order that a delivery belongs to; by what was raised about it.
pub fn carried_out_by(tx: &mut TenantTx<'_>, kind: &str, id: &str) -> Stored<Option<InstructionId>> {
    let order = match (kind, id.parse::<OrderId>(), id.parse::<DeliveryId>()) {
        ("delivery", _, Ok(id)) => store::find_delivery(tx, id)?.map(|d| d.order_id),
        (_, Ok(id), _) => Some(id),
        (_, Err(_), _) => None,
    };
    match order {
        Some(id) => Ok(store::find(tx, id)?.map(|order| order.instruction_id)),
        None => Ok(None),
    }
}

/// An order of this tenant.
pub fn find(tx: &mut TenantTx<'_>, id: OrderId) -> Result<Order, OrderError> {
    store::find(tx, id)?.ok_or(OrderError::Unknown)
}

/// All orders of a case.
pub fn of_case(tx: &mut TenantTx<'_>, case: CaseId) -> Stored<Vec<Order>> {
    store::of_case(tx, case)
}

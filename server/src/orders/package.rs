//! The package of an order that takes copies out: NDJSON, a line a vault holding, read and recorded one decision at a time,
//! by the person whom the instruction names, as often as it takes until its time is over. It is made while it is fetched and
//! lies nowhere.

use super::by_hand::ORIGIN;
use super::error::OrderError;
use super::jobs::PACKAGE_DONE;
use super::model::{ItemState, Order, OrderState};
use super::operations::finish_if_complete;
use super::runs::{self, Run, RunState};
use super::store;
use crate::holdings;
use crate::instructions::{self, InForce, InstructionError};
use crate::people;
use crate::platform::db::TenantTx;
use crate::platform::ids::{HoldingId, InstructionId, OrderId};
use crate::platform::jobs::{self, JobError, Step};
use crate::platform::record::Record;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Holdings read in one transaction.
const HOLDINGS_A_CHUNK: i64 = 50;
/// Orders finished in one step.
const ORDERS_A_STEP: i64 = 50;

/// Where the reading has got to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    order: OrderId,
    after: Option<HoldingId>,
}

/// Some lines, and where to go on; nowhere when these were the last.
#[derive(Debug)]
pub(super) struct Chunk {
    pub lines: Vec<String>,
    pub next: Option<Place>,
}

/// What was handed over, as it was counted on the way out.
#[derive(Debug, Clone)]
pub(super) struct Handed {
    pub lines: i64,
    pub bytes: i64,
    pub sha256: String,
}

/// Whether the caller may fetch the package now: named in the instruction, in its time, everything gathered.
fn may_fetch(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<(InForce, Run), OrderError> {
    let in_force = instructions::in_force(tx, id)?;
    if in_force.executor().is_none() {
        return Err(OrderError::NoPackage);
    }
    if in_force.executor() != tx.actor().subject() {
        return Err(OrderError::OtherExecutor);
    }
    let run = runs::find(tx, id)?.filter(|r| r.state != RunState::Planning).ok_or(OrderError::PackageNotReady)?;
    if run.package_until.is_some_and(|until| until <= tx.now()) {
        return Err(OrderError::PackageOver);
    }
    if store::states_under(tx, id)?.iter().any(|(state, ..)| *state == OrderState::Running) {
        return Err(OrderError::PackageNotReady);
    }
    Ok((in_force, run))
}

/// The first line says what the package is.
pub(super) fn header(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<String, OrderError> {
    let (in_force, run) = may_fetch(tx, id)?;
    if !store::has_package(tx, id)? {
        return Err(OrderError::NoPackage);
    }
    tx.record(
        Record::of("orders.fetch")
            .on("instruction", id)
            .under(id)
            .purpose(in_force.purpose())
            .with("action", in_force.action().as_str())
            .with("again", run.fetched_at.is_some()),
    );
    Ok(json!({
        "kind": "tenure.package/1",
        "instruction": id,
        "action": in_force.action().as_str(),
        "purpose": in_force.purpose(),
        "recipient": in_force.recipient(),
        "made_at": tx.now().rfc3339(),
    })
    .to_string())
}

/// The next lines. Each holding is decided on and recorded by itself; one that may not be read is left out.
pub(super) fn chunk(tx: &mut TenantTx<'_>, id: InstructionId, from: Option<Place>) -> Result<Chunk, OrderError> {
    let (in_force, _) = may_fetch(tx, id)?;
    let Some(order) = store::vault_order_from(tx, id, from.map(|p| p.order))? else {
        return Ok(Chunk { lines: Vec::new(), next: None });
    };
    let after = from.filter(|p| p.order == order.id).and_then(|p| p.after);
    let items = store::package_items(tx, order.id, after, HOLDINGS_A_CHUNK)?;
    let subject = people::memberships_of_subject(tx, order.subject_id)?.last().map(|m| m.staff_number.clone());
    let (mut lines, mut taken, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for item in &items {
        match holdings::copy_out(tx, &in_force, order.subject_id, item.holding_id)? {
            None => refused.push(item.holding_id),
            Some(copied) => {
                taken.push(item.holding_id);
                lines.push(
                    json!({
                        "holding": item.holding_id,
                        "subject": subject,
                        "class": copied.class,
                        "occurred_at": copied.occurred_at.rfc3339(),
                        "content_base64": STANDARD.encode(&copied.content),
                    })
                    .to_string(),
                );
            }
        }
    }
    store::settle_items(tx, order.id, &taken, ItemState::Done, "fetched")?;
    store::settle_items(tx, order.id, &refused, ItemState::Failed, "refused")?;
    let is_last = i64::try_from(items.len()).unwrap_or(0) < HOLDINGS_A_CHUNK;
    let next = match items.last() {
        Some(last) if !is_last => Some(Place { order: order.id, after: Some(last.holding_id) }),
        _ => store::vault_order_after(tx, id, order.id)?.map(|o| Place { order: o.id, after: None }),
    };
    Ok(Chunk { lines, next })
}

/// Everything went out: what it was is on record, and the orders end.
pub(super) fn handed_over(tx: &mut TenantTx<'_>, id: InstructionId, handed: &Handed) -> Result<(), OrderError> {
    let (in_force, mut run) = may_fetch(tx, id)?;
    run.package_lines = Some(handed.lines);
    run.package_bytes = Some(handed.bytes);
    run.package_sha256 = Some(handed.sha256.clone());
    run.fetched_at = Some(tx.now());
    runs::save(tx, &mut run)?;
    let mut record = Record::of("orders.handed-over")
        .on("instruction", id)
        .under(id)
        .purpose(in_force.purpose())
        .with("action", in_force.action().as_str())
        .with("holdings", handed.lines)
        .with("bytes", handed.bytes)
        .with("sha256", handed.sha256.clone())
        .citing(["gbt35273-7.1-b"]);
    if let Some(recipient) = in_force.recipient() {
        record = record.with("recipient", recipient).citing(["gbt35273-9.2-b"]);
    }
    for subject in in_force.scope().subjects.iter().take(100) {
        record = record.about(*subject);
    }
    tx.record(record);
    Ok(tx.run_at(tx.now(), PACKAGE_DONE, &id.to_string(), &json!({ "instruction": id }))?)
}

/// Ends the orders whose holdings were all handed over, some at a time.
pub(super) fn finish(tx: &mut TenantTx<'_>, payload: &Value) -> Result<Step, JobError> {
    let id: InstructionId = jobs::id(&payload["instruction"])?;
    let after: Option<OrderId> = match &payload["after"] {
        Value::Null => None,
        some => Some(jobs::id(some)?),
    };
    let in_force = match instructions::in_force(tx, id) {
        Ok(in_force) => in_force,
        Err(InstructionError::NotInForce(_)) => return Ok(Step::Done), // Its orders were ended with it.
        Err(e) => return Err(e.into()),
    };
    let some = store::awaiting_orders(tx, id, after, ORDERS_A_STEP)?;
    for order in &some {
        finish_one(tx, order.clone(), &in_force)?;
    }
    match some.last() {
        Some(last) => Ok(Step::Again(json!({ "instruction": id, "after": last.id }))),
        None => Ok(Step::Done),
    }
}

fn finish_one(tx: &mut TenantTx<'_>, mut order: Order, in_force: &InForce) -> Result<(), OrderError> {
    let counts = store::vault_item_states(tx, order.id)?;
    let count = |wanted| counts.iter().filter(|(state, _)| *state == wanted).map(|(_, n)| n).sum::<i64>();
    if counts.is_empty() || count(ItemState::Sent) > 0 {
        return Ok(());
    }
    order.done = count(ItemState::Done);
    order.failed = count(ItemState::Failed);
    finish_if_complete(tx, order, in_force)
}

/// The vault's part of an order that takes copies out: the holdings wait to be fetched.
pub(super) fn set_out(
    tx: &mut TenantTx<'_>,
    order: &Order,
    in_force: &InForce,
    batch: &[HoldingId],
    class: &str,
) -> Result<(), OrderError> {
    store::insert_items(tx, &super::model::Item::waiting(order.id, batch))?;
    tx.record(
        Record::of("orders.carry-out")
            .on("order", order.id)
            .about(order.subject_id)
            .class(class)
            .under(in_force.id())
            .with("action", order.action.clone())
            .with("set_out", batch.len()),
    );
    Ok(())
}

/// Whether an order came from an admin's hand.
pub(super) fn is_by_hand(order: &Order) -> bool {
    order.origin_kind == ORIGIN
}

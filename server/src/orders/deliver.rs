//! Sending deliveries: signed, retried with growing pauses, then raised to a person. The connector knows a repeat by the
//! delivery's id, so sending twice does nothing twice.

use super::error::OrderError;
use super::model::{Delivery, DeliveryState};
use super::operations::{LOOK_AGAIN_MINUTES, is_suspended};
use super::{again, store};
use crate::attention;
use crate::holdings;
use crate::instructions::{self, InstructionError};
use crate::platform::db::{StoreError, TenantTx, Ts};
use crate::platform::ids::DeliveryId;
use crate::platform::jobs::{JobError, Outside, Step};
use crate::platform::record::{Outcome, Record};
use crate::platform::standard_webhooks::{self, Secret};
use policy_model::instruction::Action;
use serde_json::{Value, json};

/// How long a connector that acknowledged has for its report before it is reminded.
const REPORT_WITHIN_SECONDS: i64 = 6 * 3600;

/// What is needed to send, read in a transaction that is closed before anything is sent.
struct Prepared {
    delivery: Delivery,
    url: String,
    secret: Secret,
    at: Ts,
}

/// What a try comes to.
enum Next {
    Send(Box<Prepared>),
    Later(Ts),
    Nothing,
}

/// One try.
pub(super) fn step(outside: &Outside<'_>, payload: &Value) -> Result<Step, JobError> {
    let id: DeliveryId =
        serde_json::from_value(payload["delivery"].clone()).map_err(|e| JobError::of(e.to_string()))?;
    let prepared = match outside.tx(|tx| prepare(tx, id))? {
        Next::Send(prepared) => prepared,
        Next::Later(at) => return Ok(Step::WaitUntil(at, payload.clone())),
        Next::Nothing => return Ok(Step::Done),
    };
    let result = send(outside, &prepared);
    Ok(outside.tx(|tx| settle(tx, &prepared.delivery, &result, payload))?)
}

fn prepare(tx: &mut TenantTx<'_>, id: DeliveryId) -> Result<Next, OrderError> {
    let Some(mut delivery) = store::find_delivery(tx, id)? else { return Ok(Next::Nothing) };
    match delivery.state {
        DeliveryState::Reported | DeliveryState::Raised | DeliveryState::Withdrawn => return Ok(Next::Nothing),
        DeliveryState::Sending | DeliveryState::Acknowledged => {}
    }
    let order = store::find(tx, delivery.order_id)?.ok_or(OrderError::Unknown)?;
    // Asked before every try: between two of them an instruction may be taken back, or a hold placed.
    match instructions::in_force(tx, order.instruction_id) {
        Ok(in_force) if is_suspended(tx, &order, in_force.action())? => {
            return Ok(Next::Later(Ts(*tx.now() + chrono::Duration::minutes(LOOK_AGAIN_MINUTES))));
        }
        Ok(in_force) if in_force.action() == Action::Correct => with_corrections(tx, &mut delivery, &in_force)?,
        Ok(_) => {}
        Err(InstructionError::NotInForce(_)) => {
            if delivery.state == DeliveryState::Sending {
                delivery.state = DeliveryState::Withdrawn;
                store::save_delivery(tx, &delivery)?;
            }
            return Ok(Next::Nothing);
        }
        Err(e) => return Err(e.into()),
    }
    let Some(connector) = holdings::connector(tx, delivery.connector_id)? else { return Ok(Next::Nothing) };
    let secret = connector.secret(tx)?;
    Ok(Next::Send(Box::new(Prepared { url: connector.callback_url, secret, delivery, at: tx.now() })))
}

/// Field and value are read for the moment of sending: they are personal, and no delivery at rest holds them.
fn with_corrections(
    tx: &mut TenantTx<'_>,
    delivery: &mut Delivery,
    in_force: &instructions::InForce,
) -> Result<(), OrderError> {
    let items = store::items_of_delivery(tx, delivery.id)?;
    let ids: Vec<_> = items.iter().map(|i| i.holding_id).collect();
    let mut body: Value = serde_json::from_str(&delivery.body).map_err(StoreError::from)?;
    body["data"]["corrections"] = holdings::corrections_by_locator(tx, in_force.id(), &ids)?.into();
    delivery.body = body.to_string();
    Ok(())
}

fn send(outside: &Outside<'_>, p: &Prepared) -> Result<(), String> {
    let (id, at) = (p.delivery.id.to_string(), p.at.timestamp());
    let body = p.delivery.body.as_bytes();
    let signature =
        standard_webhooks::sign(std::slice::from_ref(&p.secret), &id, at, body).map_err(|e| e.to_string())?;
    let headers = [
        ("Content-Type", "application/cloudevents+json"),
        ("webhook-id", id.as_str()),
        ("webhook-timestamp", &at.to_string()),
        ("webhook-signature", &signature),
    ];
    let reply = outside.platform().outbound().post(&p.url, &headers, body).map_err(|e| e.to_string())?;
    if reply.is_success() { Ok(()) } else { Err(format!("HTTP {}", reply.status)) }
}

fn settle(
    tx: &mut TenantTx<'_>,
    sent: &Delivery,
    result: &Result<(), String>,
    payload: &Value,
) -> Result<Step, OrderError> {
    // The report may have overtaken the acknowledgement.
    let Some(mut d) = store::find_delivery(tx, sent.id)? else { return Ok(Step::Done) };
    if d.state == DeliveryState::Reported {
        return Ok(Step::Done);
    }
    d.attempts += 1;
    d.sent_at = Some(tx.now());
    let pauses = &tx.platform().config().delivery.retry_after;
    let pause = usize::try_from(d.attempts - 1).ok().and_then(|n| pauses.get(n)).copied();
    let next = match (result, pause) {
        (Ok(()), pause) => {
            d.state = DeliveryState::Acknowledged;
            d.acknowledged_at.get_or_insert(tx.now());
            d.last_status = Some("acknowledged".into());
            // Reminded as often as an unacknowledged one is retried; then a person hears of it, and a report still counts.
            if pause.is_none() {
                raise(tx, &d, "orders.not-reported")?;
            }
            pause.map(|_| chrono::Duration::seconds(REPORT_WITHIN_SECONDS))
        }
        (Err(why), Some(pause)) => {
            d.last_status = Some(why.chars().take(300).collect());
            Some(chrono::Duration::from_std(pause).unwrap_or(chrono::Duration::hours(1)))
        }
        (Err(why), None) => {
            d.last_status = Some(why.chars().take(300).collect());
            d.state = DeliveryState::Raised;
            raise(tx, &d, "orders.not-acknowledged")?;
            None
        }
    };
    store::save_delivery(tx, &d)?;
    record(tx, &d, result);
    Ok(match next {
        Some(pause) => Step::WaitUntil(Ts(*tx.now() + pause), payload.clone()),
        None => Step::Done,
    })
}

fn raise(tx: &mut TenantTx<'_>, d: &Delivery, reason: &str) -> Result<(), OrderError> {
    attention::raise(
        tx,
        "delivery.unacknowledged",
        ("delivery", d.id.to_string()),
        reason,
        &format!("after {} tries; the last said: {}", d.attempts, d.last_status.as_deref().unwrap_or("nothing")),
    )?;
    Ok(())
}

fn record(tx: &mut TenantTx<'_>, d: &Delivery, result: &Result<(), String>) {
    let record = Record::of("orders.deliver")
        .on("delivery", d.id)
        .with("order", d.order_id.to_string())
        .with("attempt", d.attempts)
        .with("state", d.state.as_str());
    tx.record(match result {
        Ok(()) => record,
        Err(_) => record.ended(Outcome::Failed, "orders.not-acknowledged"),
    });
}

/// Sends again what of a delivery is open; where nothing is, does again what of it failed. Returns the delivery that goes out.
pub(super) fn send_again(tx: &mut TenantTx<'_>, id: DeliveryId) -> Result<DeliveryId, OrderError> {
    let mut d = store::find_delivery(tx, id)?.ok_or(OrderError::UnknownDelivery)?;
    match d.state {
        DeliveryState::Reported => return again::do_again(tx, &d),
        DeliveryState::Withdrawn => return Err(OrderError::Reported),
        DeliveryState::Sending | DeliveryState::Acknowledged | DeliveryState::Raised => {}
    }
    d.state = DeliveryState::Sending;
    d.attempts = 0;
    store::save_delivery(tx, &d)?;
    attention::resolve_about(tx, "delivery", &id.to_string(), "sent again")?;
    tx.run_at(tx.now(), super::jobs::DELIVER, &id.to_string(), &json!({ "delivery": id }))?;
    Ok(id)
}

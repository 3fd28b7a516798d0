//! Orders over HTTP: where they stand, what connectors report, sending one again.

use super::error::OrderError;
use super::model::Order;
use super::report::{self, Report, Reported};
use super::{deliver, operations};
use crate::holdings;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{Answer, Answered};
use crate::platform::ids::{ConnectorId, DeliveryId, OrderId};
use actix_web::{get, post, web};
use serde_json::{Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(get_order).service(report_on_delivery).service(send_delivery_again);
}

/// One order.
#[utoipa::path(tag = "orders", responses((status = 200, body = Order)))]
#[get("/orders/{id}")]
async fn get_order(at: Attempt, id: web::Path<OrderId>) -> Answer<Order> {
    let id = id.into_inner();
    at.run(Act::on("orders.read", "order", id), move |tx| operations::find(tx, id)).await.map(Answered::ok)
}

/// What a connector reports on a delivery. It may come in parts and more than once.
#[utoipa::path(tag = "connectors", request_body = Report, responses((status = 200, body = Reported)))]
#[post("/connectors/{id}/reports")]
async fn report_on_delivery(at: Attempt, id: web::Path<ConnectorId>, body: web::Json<Report>) -> Answer<Reported> {
    let (id, report) = (id.into_inner(), body.into_inner());
    at.run(Act::on("connectors.report", "connector", id), move |tx| {
        holdings::speaks_for(tx, id)?;
        report::take(tx, id, &report)
    })
    .await
    .map(Answered::ok)
}

/// Sends a delivery again that nobody acknowledged.
#[utoipa::path(tag = "orders", responses((status = 201, body = Object)))]
#[post("/deliveries/{id}/retry")]
async fn send_delivery_again(at: Attempt, id: web::Path<DeliveryId>) -> Answer<Value> {
    let id = id.into_inner();
    at.once(Act::on("orders.retry", "delivery", id), id, |tx, id| {
        deliver::send_again(tx, *id)?;
        Ok::<_, OrderError>(json!({ "id": id, "state": "sending" }))
    })
    .await
}

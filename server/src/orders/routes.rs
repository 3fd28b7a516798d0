//! Orders over HTTP: where they stand, what connectors report, sending one again.

use super::error::OrderError;
use super::model::{Delivery, DeliveryState, ItemState, Order};
use super::report::{self, Report, Reported};
use super::{deliver, operations, store};
use crate::holdings;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery};
use crate::platform::ids::{ConnectorId, DeliveryId, Id, OrderId};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    super::propose_routes::routes(cfg);
    cfg.service(get_order).service(list_deliveries).service(report_on_delivery).service(send_delivery_again);
}

/// One order.
#[utoipa::path(tag = "orders", responses((status = 200, body = Order)))]
#[get("/orders/{id}")]
async fn get_order(at: Attempt, id: web::Path<OrderId>) -> Answer<Order> {
    let id = id.into_inner();
    at.run(Act::on("orders.read", "order", id), move |tx| operations::find(tx, id)).await.map(Answered::ok)
}

/// A delivery of an order to a connector.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct DeliveryView {
    /// Its id, by which the connector knows a repeat.
    id: DeliveryId,
    /// To whom.
    connector_id: ConnectorId,
    /// Where it stands.
    state: DeliveryState,
    /// How often it was sent.
    attempts: i32,
    /// What came of the last try.
    last_status: Option<String>,
    /// Items that the connector has still to report on.
    open: i64,
    /// Items that are as ordered.
    done: i64,
    /// Items that could not be done; sending the delivery again does these again.
    failed: i64,
    /// When it was made.
    created_at: Ts,
    /// When the connector took it.
    acknowledged_at: Option<Ts>,
    /// When the connector had reported on all of it.
    reported_at: Option<Ts>,
}

fn delivery_views(tx: &mut TenantTx<'_>, deliveries: Vec<Delivery>) -> Stored<Vec<DeliveryView>> {
    let ids: Vec<DeliveryId> = deliveries.iter().map(|d| d.id).collect();
    let counts = store::item_states(tx, &ids)?;
    let count = |id, wanted| counts.iter().filter(|c| (c.0, c.1) == (Some(id), wanted)).map(|c| c.2).sum();
    Ok(deliveries
        .into_iter()
        .map(|d| DeliveryView {
            id: d.id,
            connector_id: d.connector_id,
            state: d.state,
            attempts: d.attempts,
            last_status: d.last_status,
            open: count(d.id, ItemState::Sent),
            done: count(d.id, ItemState::Done),
            failed: count(d.id, ItemState::Failed),
            created_at: d.created_at,
            acknowledged_at: d.acknowledged_at,
            reported_at: d.reported_at,
        })
        .collect())
}

/// The deliveries of an order to its connector, oldest first, each with what became of its items.
#[utoipa::path(tag = "orders", params(PageQuery), responses((status = 200, body = Page<DeliveryView>)))]
#[get("/orders/{id}/deliveries")]
async fn list_deliveries(
    at: Attempt,
    id: web::Path<OrderId>,
    page: web::Query<PageQuery>,
) -> Answer<Page<DeliveryView>> {
    let (id, limit, cursor) = (id.into_inner(), page.limit()?, page.cursor()?);
    at.run(Act::on("orders.read", "order", id), move |tx| {
        operations::find(tx, id)?;
        let rows = store::deliveries_of(tx, id, cursor.map(|c| c.id.into()), limit)?;
        let page = Page::cut(rows, limit, |d: &Delivery| Cursor::numbered(0, d.id.uuid()));
        Ok::<_, OrderError>(Page { items: delivery_views(tx, page.items)?, next: page.next })
    })
    .await
    .map(Answered::ok)
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

/// Sends a delivery again: what of it is open, and when nothing is, what of it failed, in a new delivery whose id is answered.
#[utoipa::path(tag = "orders", responses((status = 201, body = Object)))]
#[post("/deliveries/{id}/retry")]
async fn send_delivery_again(at: Attempt, id: web::Path<DeliveryId>) -> Answer<Value> {
    let id = id.into_inner();
    at.once(Act::on("orders.retry", "delivery", id), id, |tx, id| {
        let sent = deliver::send_again(tx, *id)?;
        Ok::<_, OrderError>(json!({ "id": sent, "state": "sending" }))
    })
    .await
}

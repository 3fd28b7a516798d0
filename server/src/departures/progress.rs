//! How far the orders of a departure have come: small enough to be asked for every few seconds.

use super::error::DepartureError;
use super::model::{LineState, State};
use super::{store, submit};
use crate::orders::{self, Order, OrderState};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::ids::{DepartureId, LineId, OrderId};
use serde::Serialize;
use std::collections::HashMap;

/// A departure on its way.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DepartureProgress {
    /// Where it stands.
    pub state: State,
    /// When access ended.
    pub access_ended_at: Option<Ts>,
    /// Whether the certificate can be fetched.
    pub certified: bool,
    /// The departure's version: another one means that it is worth reading anew.
    pub version: i64,
    /// Its lines, in their order.
    pub lines: Vec<LineProgress>,
}

/// A line on its way.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LineProgress {
    /// Its id.
    pub id: LineId,
    /// Where it stands.
    pub state: LineState,
    /// Holdings that it is about.
    pub holdings: i64,
    /// The order that carries it out.
    pub order_id: Option<OrderId>,
    /// Where that stands.
    pub order_state: Option<OrderState>,
    /// Holdings that the order has taken.
    pub taken: i64,
    /// Of them as ordered.
    pub done: i64,
    /// Of them failed.
    pub failed: i64,
}

/// How far it has come.
pub(super) fn progress(tx: &mut TenantTx<'_>, id: DepartureId) -> Result<DepartureProgress, DepartureError> {
    let d = store::find(tx, id)?.ok_or(DepartureError::Unknown)?;
    let orders = orders::of_case(tx, submit::case(id))?;
    let orders: HashMap<OrderId, Order> = orders.into_iter().map(|order| (order.id, order)).collect();
    let line = |l: super::model::LineRow| {
        let order = l.order_id.and_then(|id| orders.get(&id));
        LineProgress {
            id: l.id,
            state: l.state,
            holdings: l.holdings,
            order_id: l.order_id,
            order_state: order.map(|o| o.state),
            taken: order.map_or(0, |o| o.total),
            done: order.map_or(0, |o| o.done),
            failed: order.map_or(0, |o| o.failed),
        }
    };
    let lines = store::lines(tx, id)?.into_iter().map(line).collect();
    let certified = d.certificate_id.is_some();
    Ok(DepartureProgress { state: d.state, access_ended_at: d.access_ended_at, certified, version: d.version, lines })
}

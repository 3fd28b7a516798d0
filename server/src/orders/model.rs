//! Orders, their items, and deliveries to connectors.

use super::store::{deliveries, order_items, orders};
use crate::platform::db::{MultiBackend, Ts};
use crate::platform::ids::{CaseId, ConnectorId, DeliveryId, HoldingId, InstructionId, LineId, OrderId, SubjectId};
use crate::text_enum;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};

text_enum! {
    /// Where an order stands.
    OrderState {
        /// Batches are being taken.
        Running = "running",
        /// Everything was handed to connectors; their reports are awaited.
        Awaiting = "awaiting",
        /// Every holding is as ordered.
        Done = "done",
        /// Finished, but some holdings could not be done; a person was told.
        DoneWithFailures = "done_with_failures",
        /// Its instruction was taken back; what had not been done stays undone.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// Where one holding of an order stands.
    ItemState {
        /// With the connector, or waiting to be fetched by whoever the instruction names.
        Sent = "sent",
        /// As ordered.
        Done = "done",
        /// The connector could not.
        Failed = "failed",
    }
}

text_enum! {
    /// Where a delivery stands.
    DeliveryState {
        /// On its way, perhaps for the n-th time.
        Sending = "sending",
        /// The connector has it.
        Acknowledged = "acknowledged",
        /// The connector has reported on every item.
        Reported = "reported",
        /// Every retry failed; a person was told.
        Raised = "raised",
        /// Its instruction was taken back before the connector had it: it is not sent any more.
        Withdrawn = "withdrawn",
    }
}

/// The execution of one instruction for one subject.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize, Deserialize, utoipa::ToSchema)]
#[diesel(table_name = orders, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The instruction it executes.
    pub instruction_id: InstructionId,
    /// The instruction's action.
    pub action: String,
    /// Whose sides.
    pub subject_id: SubjectId,
    /// Where it stands.
    pub state: OrderState,
    /// Which holdings, as JSON.
    #[serde(skip)]
    #[diesel(column_name = selector)]
    pub selector: String,
    /// Holdings taken so far.
    pub total: i64,
    /// Of them as ordered.
    pub done: i64,
    /// Of them failed.
    pub failed: i64,
    /// What case it came from: `departure`, `retention`.
    pub origin_kind: String,
    /// Which one.
    pub origin_id: Option<CaseId>,
    /// Which line of it.
    pub line_id: Option<LineId>,
    /// When it was made.
    pub created_at: Ts,
    /// When its first batch ran.
    pub started_at: Option<Ts>,
    /// When it finished.
    pub finished_at: Option<Ts>,
    /// Its version.
    pub version: i64,
}

/// One external holding of an order.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_items, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Item {
    /// Of which order.
    pub order_id: OrderId,
    /// Which holding.
    pub holding_id: HoldingId,
    /// Where it stands.
    pub state: ItemState,
    /// With which delivery it went.
    pub delivery_id: Option<DeliveryId>,
    /// What the connector said.
    pub outcome: Option<String>,
    /// When it was finished.
    pub done_at: Option<Ts>,
}

impl Item {
    /// Vault holdings that wait to be fetched.
    pub fn waiting(order_id: OrderId, batch: &[HoldingId]) -> Vec<Self> {
        let waits = |holding: &HoldingId| Self {
            order_id,
            holding_id: *holding,
            state: ItemState::Sent,
            delivery_id: None,
            outcome: None,
            done_at: None,
        };
        batch.iter().map(waits).collect()
    }
}

/// An order on its way to a connector.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = deliveries, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Delivery {
    /// Its id, by which the connector knows a repeat.
    pub id: DeliveryId,
    /// To whom.
    pub connector_id: ConnectorId,
    /// Of which order.
    pub order_id: OrderId,
    /// The CloudEvents body, byte for byte as it is signed.
    pub body: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: i32,
    /// What came of the last try.
    pub last_status: Option<String>,
    /// When it was made.
    pub created_at: Ts,
    /// When it was last sent.
    pub sent_at: Option<Ts>,
    /// When the connector took it.
    pub acknowledged_at: Option<Ts>,
    /// When the connector had reported on all of it.
    pub reported_at: Option<Ts>,
}

//! Messages as they were received.

use super::store::messages;
use crate::platform::db::{MultiBackend, Ts};
use crate::platform::ids::{MessageId, SourceId};
use crate::text_enum;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};

text_enum! {
    /// Where a message stands.
    MessageState {
        /// Kept, not yet applied.
        Received = "received",
        /// Applied.
        Applied = "applied",
        /// Nothing to do: something newer was applied before.
        Superseded = "superseded",
        /// It needs somebody who has not joined yet, or had not when it was said.
        Waiting = "waiting",
        /// It cannot be applied; it stands here with its reason, is tried again with the next word about the same person, and
        /// can be replayed.
        Rejected = "rejected",
    }
}

/// A message without its body.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize, utoipa::ToSchema)]
#[diesel(table_name = messages, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Message {
    /// Its id here.
    pub id: MessageId,
    /// From where.
    pub source_id: SourceId,
    /// Its id there.
    pub message_id: String,
    /// When it says it was sent.
    pub sent_at: Ts,
    /// When it was received.
    pub received_at: Ts,
    /// What kind of event, once it could be read.
    pub event: Option<String>,
    /// Where it stands.
    pub state: MessageState,
    /// Why it stands there, or what of it was not done: the stable code, and what was found.
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was applied.
    pub applied_at: Option<Ts>,
}

//! Receiving: check the signature over the raw bytes, keep the message encrypted, enqueue. Nothing is parsed before it is kept.

use super::error::IntakeError;
use super::model::{Message, MessageState};
use super::store::{self, NewMessage};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{MessageId, SourceId};
use crate::platform::keyring::Aad;
use crate::platform::record::Record;
use crate::platform::standard_webhooks::{self, Headers};
use crate::platform::vault;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

const BODY: Aad = Aad::new("messages.body");

/// What came in: raw bytes and the three headers.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    pub body: Vec<u8>,
}

/// What the HR system is told.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Receipt {
    /// The message's id here.
    pub id: MessageId,
    /// Where it stands: `received`, or what had become of it when this was a repeat.
    pub state: MessageState,
    /// Whether the same message had come before; then nothing was changed.
    pub duplicate: bool,
}

/// Takes a message in.
pub(super) fn receive(tx: &mut TenantTx<'_>, source: SourceId, incoming: &Incoming) -> Result<Receipt, IntakeError> {
    let source = store::find_source(tx, source)?.ok_or(IntakeError::UnknownSource)?;
    let secrets = source.secrets(tx)?;
    let headers = Headers { id: &incoming.id, timestamp: &incoming.timestamp, signature: &incoming.signature };
    let tolerance = tx.platform().config().webhooks.tolerance_seconds;
    standard_webhooks::verify(&secrets, headers, &incoming.body, tx.now().timestamp(), tolerance)?;
    let body_hash = Sha256::digest(&incoming.body).to_vec();
    if let Some((before, hash)) = store::earlier(tx, source.id, &incoming.id)? {
        if hash != body_hash {
            return Err(IntakeError::IdReused);
        }
        return Ok(Receipt { id: before.id, state: before.state, duplicate: true });
    }
    let id: MessageId = tx.new_id();
    let sent_at = incoming.timestamp.parse().ok().and_then(|s| chrono::DateTime::from_timestamp(s, 0));
    let message = NewMessage {
        id,
        source_id: source.id,
        message_id: incoming.id.clone(),
        sent_at: sent_at.map_or(tx.now(), Ts::from),
        received_at: tx.now(),
        body_hash,
        sealed_body: sealed(tx, id, &incoming.body)?,
        state: MessageState::Received,
        attempts: 0,
    };
    store::insert_message(tx, &message)?;
    tx.record(Record::of("intake.receive").on("message", id).with("bytes", incoming.body.len()));
    enqueue(tx)?;
    Ok(Receipt { id, state: MessageState::Received, duplicate: false })
}

/// A body as it is kept.
pub(super) fn sealed(tx: &mut TenantTx<'_>, id: MessageId, body: &[u8]) -> Stored<Vec<u8>> {
    vault::seal_secret(tx, &BODY.row(id), body)
}

/// One job a tenant applies messages in the order they came.
pub(super) fn enqueue(tx: &mut TenantTx<'_>) -> Stored<()> {
    tx.run_at(tx.now(), super::jobs::APPLY, "messages", &json!({}))
}

/// The body of a message, opened.
pub(super) fn body(tx: &mut TenantTx<'_>, id: MessageId) -> Result<Vec<u8>, IntakeError> {
    let sealed = store::sealed_body(tx, id)?.ok_or(IntakeError::UnknownMessage)?;
    if sealed.is_empty() {
        return Err(IntakeError::Forgotten);
    }
    Ok(vault::open_secret(tx, &BODY.row(id), sealed)?)
}

/// Tries a message again, because somebody corrected what kept it.
pub(super) fn replay(tx: &mut TenantTx<'_>, id: MessageId) -> Result<Message, IntakeError> {
    let message = store::find_message(tx, id)?.ok_or(IntakeError::UnknownMessage)?;
    match message.state {
        MessageState::Applied | MessageState::Superseded => return Err(IntakeError::Applied),
        MessageState::Received | MessageState::Waiting | MessageState::Rejected => {}
    }
    if store::sealed_body(tx, id)?.is_none_or(|sealed| sealed.is_empty()) {
        return Err(IntakeError::Forgotten);
    }
    store::to_received(tx, id)?;
    tx.record(Record::of("messages.replay").on("message", id));
    enqueue(tx)?;
    store::find_message(tx, id)?.ok_or(IntakeError::UnknownMessage)
}

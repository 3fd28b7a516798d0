//! Seeing one field in full: with a reason, for some minutes, on record (gbt35273-7.2).

use super::error::HoldingError;
use super::operations;
use super::weighed::data_of;
use crate::decisions::{self, Asked};
use crate::instructions::Policies;
use crate::people;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::http::{Answer, Answered, AsProblem, Problem};
use crate::platform::ids::HoldingId;
use crate::platform::record::Record;
use actix_web::{post, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// For how many minutes a console shows what was revealed.
const MINUTES: i64 = 5;

/// What has to be seen in full, and why.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reveal {
    /// One field of a record, its parts with dots between; all of what is held when absent.
    #[serde(default)]
    field: Option<String>,
    /// For what purpose.
    purpose: String,
    /// Why it has to be seen in full, in words; they are sealed.
    reason: String,
}

/// What was revealed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Revealed {
    /// The text, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The bytes in base64, where it is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// When it is to be hidden again.
    hide_at: Ts,
    /// So many seconds from now: for whoever's clock goes differently.
    seconds: i64,
    /// What is shown across it, so that a picture of the screen says whose it was.
    watermark: String,
}

/// Reveals one field without its mask. Needs an instruction or a case that permits `reveal`; leaves a record with its reason.
#[utoipa::path(tag = "holdings", request_body = Reveal, responses(
    (status = 200, body = Revealed),
    (status = 403, description = "No, with the first reason"),
))]
#[post("/holdings/{id}/reveal")]
pub(super) async fn reveal_content(
    at: Attempt,
    id: web::Path<HoldingId>,
    body: web::Json<Reveal>,
    policies: web::Data<Policies>,
) -> Answer<Revealed> {
    let (id, asked, policies) = (id.into_inner(), body.into_inner(), policies.into_inner());
    // Not once for a key: the answer would have to be kept, and each look is on record by itself.
    at.run(Act::on("self.reveal", "holding", id), move |tx| reveal(tx, &policies, id, &asked)).await.map(Answered::ok)
}

fn reveal(tx: &mut TenantTx<'_>, policies: &Policies, id: HoldingId, asked: &Reveal) -> Result<Revealed, Problem> {
    if asked.reason.trim().is_empty() || asked.reason.chars().count() > 2_000 {
        return Err(HoldingError::NoReason.problem());
    }
    let sides = data_of(tx, &[id])?.remove(&id);
    let data = sides.and_then(|sides| sides.into_iter().next()).ok_or_else(|| HoldingError::Unknown.problem())?;
    let question = Asked { operation: "reveal", purpose: &asked.purpose, people: 1 };
    let permit = decisions::decide(tx, policies, &data, &question).map_err(|e| e.problem())?;
    let content = operations::read_from_vault(tx, permit).map_err(|e| e.problem())?;
    let content = operations::field_of(content, asked.field.as_deref()).map_err(|e| e.problem())?;
    let mut record = Record::of("self.reveal").on("holding", id).class(&data.class).purpose(&asked.purpose);
    if let Some(subject) = data.subject {
        record = record.about(subject);
    }
    if let Some(field) = &asked.field {
        record = record.with("field", field.clone());
    }
    if let Some(own) = tx.actor().subject() {
        record = record.personal("reason", own, asked.reason.clone());
    }
    tx.record(record.with("minutes", MINUTES).citing(["gbt35273-7.2"]));
    let (text, base64) = match String::from_utf8(content) {
        Ok(text) => (Some(text), None),
        Err(e) => (None, Some(BASE64.encode(e.as_bytes()))),
    };
    Ok(Revealed {
        text,
        base64,
        hide_at: Ts(*tx.now() + Duration::minutes(MINUTES)),
        seconds: MINUTES * 60,
        watermark: watermark(tx)?,
    })
}

/// Who looks, and when.
fn watermark(tx: &mut TenantTx<'_>) -> Result<String, Problem> {
    let member = match tx.actor().membership() {
        Some(own) => people::find_membership(tx, own)?.map(|m| m.staff_number),
        None => None,
    };
    Ok(format!("{} {}", member.unwrap_or_default(), tx.now().rfc3339()))
}

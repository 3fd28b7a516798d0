//! Forgetting over HTTP.

use super::{ForgettingError, order};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::Answer;
use crate::platform::ids::SubjectId;
use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(forget_subject);
}

/// Why somebody is to be forgotten.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ForgettingOrder {
    /// The reason.
    reason: String,
}

/// Somebody who was forgotten.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct Forgotten {
    /// Whom records go on naming by this id alone.
    subject_id: SubjectId,
}

/// Erases the name of somebody who has left, and personal texts about them in records. Nothing brings it back; proofs hold.
#[utoipa::path(tag = "people", request_body = ForgettingOrder, responses((status = 201, body = Forgotten)))]
#[post("/subjects/{id}/forget")]
async fn forget_subject(at: Attempt, id: web::Path<SubjectId>, body: web::Json<ForgettingOrder>) -> Answer<Forgotten> {
    let id = id.into_inner();
    at.once(Act::on("subjects.forget", "subject", id), (id, body.into_inner()), |tx, (id, asked)| {
        order(tx, *id, &asked.reason)?;
        Ok::<_, ForgettingError>(Forgotten { subject_id: *id })
    })
    .await
}

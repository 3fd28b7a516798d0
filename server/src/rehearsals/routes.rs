//! Rehearsals over HTTP.

use super::error::RehearsalError;
use super::model::Change;
use super::operations;
use super::store;
use super::view::{RehearsalView, views};
use crate::instructions::Policies;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{Answer, Answered};
use crate::platform::ids::{InstructionId, RehearsalId};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(begin_rehearsal).service(get_rehearsal).service(list_of_instruction);
}

/// A change to be rehearsed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRehearsal {
    /// What would be otherwise.
    change: Change,
    /// Days of decisions to look at: 1 to 180; 30 when absent.
    #[serde(default)]
    days: Option<i32>,
}

/// Begins to rehearse a change: what the decisions of the last days would have been, and whose data would come within reach.
/// Whatever would refuse the change refuses its rehearsal.
#[utoipa::path(tag = "rehearsals", request_body = NewRehearsal, responses(
    (status = 201, body = RehearsalView),
    (status = 409, description = "`rehearsals.nothing`: it would change nothing that is permitted"),
))]
#[post("/rehearsals")]
async fn begin_rehearsal(
    at: Attempt,
    policies: web::Data<Policies>,
    body: web::Json<NewRehearsal>,
) -> Answer<RehearsalView> {
    let policies = policies.into_inner();
    at.once(Act::named("rehearsals.run"), body.into_inner(), move |tx, new| {
        let begun = operations::begin(tx, &policies, &new.change, new.days)?;
        views(tx, &[begun])?.pop().ok_or(RehearsalError::Unknown)
    })
    .await
}

/// One rehearsal, as far as it has come.
#[utoipa::path(tag = "rehearsals", responses((status = 200, body = RehearsalView)))]
#[get("/rehearsals/{id}")]
async fn get_rehearsal(at: Attempt, id: web::Path<RehearsalId>) -> Answer<RehearsalView> {
    let id = id.into_inner();
    at.run(Act::on("rehearsals.read", "rehearsal", id).polled(), move |tx| {
        let found = store::find(tx, id)?.ok_or(RehearsalError::Unknown)?;
        views(tx, &[found])?.pop().ok_or(RehearsalError::Unknown)
    })
    .await
    .map(Answered::ok)
}

/// The latest rehearsals of an instruction: of the yes that it waits or waited for, and of its end.
#[utoipa::path(tag = "rehearsals", responses((status = 200, body = Vec<RehearsalView>)))]
#[get("/instructions/{id}/rehearsals")]
async fn list_of_instruction(at: Attempt, id: web::Path<InstructionId>) -> Answer<Vec<RehearsalView>> {
    let id = id.into_inner();
    at.run(Act::on("rehearsals.read", "instruction", id).polled(), move |tx| operations::of_instruction(tx, id))
        .await
        .map(Answered::ok)
}

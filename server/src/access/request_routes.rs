//! What people ask about access over HTTP: to be given it, and who has it.

use super::overview::{self, OverviewQuery};
use super::overview_rows::AccessOverview;
use super::request::{self, NewRequest, Request};
use crate::instructions::Policies;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{Answer, Answered};
use crate::platform::ids::InstructionId;
use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes below `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(raise_request).service(get_request).service(access_overview);
}

/// Asks, for oneself, for what was refused. Approved, it permits for some minutes; whether it does is asked anew.
#[utoipa::path(tag = "access", request_body = NewRequest, responses(
    (status = 201, body = Request),
    (status = 409, description = "It is permitted already, or nothing that could be requested opens the way"),
))]
#[post("/access-requests")]
async fn raise_request(at: Attempt, body: web::Json<NewRequest>, policies: web::Data<Policies>) -> Answer<Request> {
    let policies = policies.into_inner();
    at.once(Act::named("self.request"), body.into_inner(), move |tx, new| request::raise(tx, &policies, new)).await
}

/// How a request of one's own stands, and what its question is answered now.
#[utoipa::path(tag = "access", responses((status = 200, body = Request)))]
#[get("/access-requests/{id}")]
async fn get_request(at: Attempt, id: web::Path<InstructionId>, policies: web::Data<Policies>) -> Answer<Request> {
    let (id, policies) = (id.into_inner(), policies.into_inner());
    at.run(Act::on("self.request", "instruction", id), move |tx| request::find(tx, &policies, id))
        .await
        .map(Answered::ok)
}

/// Who can see this, and what can this person see? One row for each instruction, operation and purpose, with the people, as
/// decisions would answer now.
#[utoipa::path(tag = "access", params(OverviewQuery), responses(
    (status = 200, body = AccessOverview),
    (status = 422, description = "`access.nothing-asked`, `access.unknown-class`, `access.unknown-operation`"),
))]
#[get("/access-overview")]
async fn access_overview(
    at: Attempt,
    query: web::Query<OverviewQuery>,
    policies: web::Data<Policies>,
) -> Answer<AccessOverview> {
    let (query, policies) = (query.into_inner(), policies.into_inner());
    let act = match (&query.holding, &query.class, &query.member) {
        (Some(holding), ..) => Act::on("decisions.search", "holding", holding),
        (None, Some(class), _) => Act::on("decisions.search", "class", class.chars().take(100).collect::<String>()),
        (None, None, Some(member)) => Act::on("decisions.search", "membership", member),
        (None, None, None) => Act::named("decisions.search"),
    };
    at.run(act, move |tx| overview::overview(tx, &policies, &query)).await.map(Answered::ok)
}

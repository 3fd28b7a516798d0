//! Packs over HTTP: the one in force as it reads, and what it would rule.

use super::view::{PackView, RolesView};
use super::{PackError, in_force};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::StoreError;
use crate::platform::http::{Answer, Answered};
use actix_web::{get, post, web};
use policy_model::facts::Facts;
use serde_json::{Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(current_pack).service(roles).service(try_ruling);
}

/// The pack in force: classes, control rules in their order, schedules, departure rules, approvals, deadlines.
#[utoipa::path(tag = "packs", responses((status = 200, body = PackView)))]
#[get("/packs/current")]
async fn current_pack(at: Attempt) -> Answer<PackView> {
    let pack = at
        .run(Act::named("packs.read"), |tx| {
            let pack = in_force(tx)?;
            Ok::<_, PackError>(PackView::of(&pack).map_err(StoreError::from)?)
        })
        .await?;
    Ok(Answered::ok(pack))
}

/// The roles of the pack, and which exclude each other.
#[utoipa::path(tag = "people", responses((status = 200, body = RolesView)))]
#[get("/roles")]
async fn roles(at: Attempt) -> Answer<RolesView> {
    let roles = at
        .run(Act::named("packs.read"), |tx| {
            let PackView { roles, exclusions, .. } = PackView::of(&*in_force(tx)?).map_err(StoreError::from)?;
            Ok::<_, PackError>(RolesView { roles, exclusions })
        })
        .await?;
    Ok(Answered::ok(roles))
}

/// Who would control data with these facts, and why: every rule that was read until one decided.
#[utoipa::path(tag = "packs", request_body = Object, responses((status = 200, body = Object)))]
#[post("/rulings/try")]
async fn try_ruling(at: Attempt, body: web::Json<Value>) -> Answer<Value> {
    let facts = body.into_inner();
    let ruling = at
        .run(Act::named("packs.read"), move |tx| {
            let facts: Facts = serde_json::from_value(facts.clone()).map_err(|e| PackError::Facts(e.to_string()))?;
            let pack = in_force(tx)?;
            let explanation = pack.explain(&facts);
            Ok::<_, PackError>(json!({ "ruling": explanation.ruling.line(1), "read": explanation.read }))
        })
        .await?;
    Ok(Answered::ok(ruling))
}

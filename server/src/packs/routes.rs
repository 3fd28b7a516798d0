//! Packs over HTTP: the one in force as it reads, and what it would rule.

use super::view::{ClauseView, PackView, RolesView, ShelfView};
use super::{PackError, by_name, clause, in_force, on_shelf};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::StoreError;
use crate::platform::http::{Answer, Answered};
use actix_web::{get, post, web};
use policy_model::facts::Facts;
use serde_json::{Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_packs)
        .service(current_pack)
        .service(read_pack)
        .service(read_clause)
        .service(roles)
        .service(try_ruling);
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

/// The packs on the shelf.
#[utoipa::path(tag = "packs", responses((status = 200, body = Vec<ShelfView>)))]
#[get("/packs")]
async fn list_packs(at: Attempt) -> Answer<Vec<ShelfView>> {
    let shelf = at
        .run(Act::named("packs.read"), |tx| {
            let name = in_force(tx)?.header().name.clone();
            let views = on_shelf()?.map(|pack| ShelfView::of(&pack, pack.header().name == name));
            Ok::<_, PackError>(views.collect::<Result<_, _>>().map_err(StoreError::from)?)
        })
        .await?;
    Ok(Answered::ok(shelf))
}

/// One pack on the shelf, to be compared with the one in force.
#[utoipa::path(tag = "packs", responses((status = 200, body = PackView)))]
#[get("/packs/{name}")]
async fn read_pack(at: Attempt, name: web::Path<String>) -> Answer<PackView> {
    let name = name.into_inner();
    let pack = at
        .run(Act::named("packs.read"), move |_| {
            let pack = by_name(&name).ok_or_else(|| PackError::Unknown(name.clone()))?;
            Ok::<_, PackError>(PackView::of(&pack).map_err(StoreError::from)?)
        })
        .await?;
    Ok(Answered::ok(pack))
}

/// What a clause asks, in our own sentence, and its place in its source document.
#[utoipa::path(tag = "packs", responses((status = 200, body = ClauseView)))]
#[get("/clauses/{id}")]
async fn read_clause(at: Attempt, id: web::Path<String>) -> Answer<ClauseView> {
    let id = id.into_inner();
    let found = at
        .run(Act::named("packs.read"), move |_| {
            clause(&id).map(ClauseView::of).ok_or_else(|| PackError::UnknownClause(id.clone()))
        })
        .await?;
    Ok(Answered::ok(found))
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

//! What waits, over HTTP.

use super::{Attention, list, resolve};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery};
use crate::platform::ids::{AttentionId, Id};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_attention).service(resolve_attention);
}

/// `?open=false` shows what was settled too.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct Filter {
    /// Only what still waits; true when absent.
    open: Option<bool>,
}

/// What somebody says when they settle something.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Resolution {
    /// What was done about it. No names: it is stored in the clear.
    note: String,
}

/// What waits for a person, newest first.
#[utoipa::path(tag = "attention", params(Filter, PageQuery), responses((status = 200, body = Page<Attention>)))]
#[get("/attention")]
async fn list_attention(
    at: Attempt,
    filter: web::Query<Filter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<Attention>> {
    let (limit, cursor, open) = (page.limit()?, page.cursor()?, filter.open.unwrap_or(true));
    let rows = at.run(Act::named("attention.read"), move |tx| list(tx, open, cursor, limit)).await?;
    Ok(Answered::ok(Page::cut(rows, limit, |a| Cursor::after(a.raised_at, a.id.uuid()))))
}

/// Settles something that waited.
#[utoipa::path(tag = "attention", request_body = Resolution, responses((status = 200, body = Attention)))]
#[post("/attention/{id}/resolve")]
async fn resolve_attention(at: Attempt, id: web::Path<AttentionId>, body: web::Json<Resolution>) -> Answer<Attention> {
    let (id, note) = (id.into_inner(), body.into_inner().note.chars().take(500).collect::<String>());
    let act = Act::on("attention.resolve", "attention", id);
    at.run(act, move |tx| resolve(tx, id, &note)).await.map(Answered::ok)
}

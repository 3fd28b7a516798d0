//! Departures over HTTP.

use super::error::DepartureError;
use super::model::{Departure, State};
use super::operations::{self, Adjustment};
use super::progress::{DepartureProgress, progress};
use super::view::{DepartureView, LineView, line_views, views};
use super::{paper, rescind, store, submit};
use crate::instructions::routes::{Word, word};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::TenantTx;
use crate::platform::http::{Answer, Answered, Cursor, OptionalJson, Page, PageQuery, Problem, unless_known};
use crate::platform::ids::{DepartureId, Id, LineId, MembershipId};
use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_departures)
        .service(get_departure)
        .service(get_progress)
        .service(list_lines)
        .service(adjust_line)
        .service(submit_departure)
        .service(approve_departure)
        .service(refuse_departure)
        .service(rescind_departure)
        .service(get_certificate)
        .service(print_certificate);
}

fn shown(tx: &mut TenantTx<'_>, d: &Departure) -> Result<DepartureView, DepartureError> {
    views(tx, std::slice::from_ref(d))?.pop().ok_or(DepartureError::Unknown)
}

/// `?state=submitted`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct Filter {
    /// Only those that stand there.
    state: Option<State>,
    /// Only those of this membership.
    membership: Option<MembershipId>,
}

/// Departures, the latest effective instant first. A list that is kept in view asks again and again: a session's reads within a
/// minute have one record.
#[utoipa::path(tag = "departures", params(Filter, PageQuery), responses((status = 200, body = Page<DepartureView>)))]
#[get("/departures")]
async fn list_departures(
    at: Attempt,
    filter: web::Query<Filter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<DepartureView>> {
    let (limit, cursor, Filter { state, membership }) = (page.limit()?, page.cursor()?, filter.into_inner());
    let page = at
        .run(Act::named("departures.read").polled(), move |tx| {
            let rows = store::list(tx, (state, membership), cursor, limit)?;
            let page = Page::cut(rows, limit, |d: &Departure| Cursor::after(d.effective_at, d.id.uuid()));
            let items = views(tx, &page.items)?;
            Ok::<_, DepartureError>(Page { items, next: page.next })
        })
        .await?;
    Ok(Answered::ok(page))
}

/// One departure.
#[utoipa::path(tag = "departures", responses((status = 200, body = DepartureView)))]
#[get("/departures/{id}")]
async fn get_departure(at: Attempt, id: web::Path<DepartureId>) -> Answer<DepartureView> {
    let id = id.into_inner();
    let view = at
        .run(Act::on("departures.read", "departure", id).polled(), move |tx| {
            let d = store::find(tx, id)?.ok_or(DepartureError::Unknown)?;
            shown(tx, &d)
        })
        .await?;
    Ok(Answered::ok(view).versioned())
}

/// How far its orders have come. Cheap to ask for again: with the ETag of the last answer in `If-None-Match`, what has not
/// changed is answered with 304.
#[utoipa::path(tag = "departures", responses(
    (status = 200, body = DepartureProgress),
    (status = 304, description = "As it was"),
))]
#[get("/departures/{id}/progress")]
async fn get_progress(req: HttpRequest, at: Attempt, id: web::Path<DepartureId>) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let act = Act::on("departures.read", "departure", id).polled();
    unless_known(&req, &at.run(act, move |tx| progress(tx, id)).await?)
}

/// Its lines: what becomes of what, why, and what it could be changed to.
#[utoipa::path(tag = "departures", responses((status = 200, body = Vec<LineView>)))]
#[get("/departures/{id}/lines")]
async fn list_lines(at: Attempt, id: web::Path<DepartureId>) -> Answer<Vec<LineView>> {
    let id = id.into_inner();
    let lines = at
        .run(Act::on("departures.read", "departure", id).polled(), move |tx| {
            store::find(tx, id)?.ok_or(DepartureError::Unknown)?;
            let lines = store::lines(tx, id)?;
            Ok::<_, DepartureError>(line_views(tx, lines)?)
        })
        .await?;
    Ok(Answered::ok(lines))
}

/// What a line is to become.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct LineChange {
    /// `retain`, `hand_over`, `hide`, `release`, `detach`, `anonymise` or `delete`.
    disposition: String,
    /// Who takes over, by staff number.
    #[serde(default)]
    successor: Option<String>,
}

/// Changes a line within what schedules and law allow. Needs `If-Match` with the line's version.
#[utoipa::path(tag = "departures", request_body = LineChange, responses(
    (status = 200, body = LineView),
    (status = 403, description = "Not allowed, with the reason and its clause"),
    (status = 412, description = "Somebody changed the line meanwhile"),
))]
#[patch("/departures/{id}/lines/{line}")]
async fn adjust_line(
    at: Attempt,
    path: web::Path<(DepartureId, LineId)>,
    body: web::Json<LineChange>,
) -> Answer<LineView> {
    let ((id, line), version) = (path.into_inner(), at.version()?);
    let LineChange { disposition, successor } = body.into_inner();
    let wanted = Adjustment { disposition, successor };
    let act = Act::on("departures.plan", "departure", id);
    let line = at
        .run(act, move |tx| {
            let line = operations::adjust(tx, id, line, version, &wanted)?;
            line_views(tx, vec![line])?.pop().ok_or(DepartureError::Unknown)
        })
        .await?;
    Ok(Answered::ok(line).versioned())
}

/// Asks for approval of the plan as it stands.
#[utoipa::path(tag = "departures", responses((status = 201, body = DepartureView)))]
#[post("/departures/{id}/submit")]
async fn submit_departure(at: Attempt, id: web::Path<DepartureId>) -> Answer<DepartureView> {
    let id = id.into_inner();
    at.once(Act::on("departures.submit", "departure", id), id, |tx, id| {
        let d = submit::submit(tx, *id)?;
        shown(tx, &d)
    })
    .await
}

/// Says yes to every line that waits for the caller.
#[utoipa::path(tag = "departures", request_body = Word, responses((status = 201, body = DepartureView)))]
#[post("/departures/{id}/approve")]
async fn approve_departure(at: Attempt, id: web::Path<DepartureId>, body: OptionalJson<Word>) -> Answer<DepartureView> {
    let (id, reason) = (id.into_inner(), word(body)?);
    at.once(Act::on("departures.approve", "departure", id), (id, reason), |tx, (id, reason)| {
        let d = submit::approve(tx, *id, reason.as_deref())?;
        shown(tx, &d)
    })
    .await
}

/// Says no: the plan goes back to be adjusted.
#[utoipa::path(tag = "departures", request_body = Word, responses((status = 201, body = DepartureView)))]
#[post("/departures/{id}/refuse")]
async fn refuse_departure(at: Attempt, id: web::Path<DepartureId>, body: OptionalJson<Word>) -> Answer<DepartureView> {
    let (id, reason) = (id.into_inner(), word(body)?.unwrap_or_default());
    at.once(Act::on("departures.approve", "departure", id), (id, reason), |tx, (id, reason)| {
        let d = submit::refuse(tx, *id, reason)?;
        shown(tx, &d)
    })
    .await
}

/// They stay: undone as far as it has not been carried out.
#[utoipa::path(tag = "departures", responses((status = 201, body = DepartureView)))]
#[post("/departures/{id}/rescind")]
async fn rescind_departure(at: Attempt, id: web::Path<DepartureId>) -> Answer<DepartureView> {
    let id = id.into_inner();
    at.once(Act::on("departures.rescind", "departure", id), id, |tx, id| {
        let d = rescind::by_admin(tx, *id)?;
        shown(tx, &d)
    })
    .await
}

/// The certificate with its proofs; `tenure verify` checks it offline.
#[utoipa::path(tag = "departures", responses((status = 200, body = Object)))]
#[get("/departures/{id}/certificate")]
async fn get_certificate(at: Attempt, id: web::Path<DepartureId>) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let document = at
        .run(Act::on("departures.read", "departure", id), move |tx| {
            store::find(tx, id)?.ok_or(DepartureError::Unknown)?;
            store::certificate(tx, id)?.ok_or(DepartureError::NoCertificate)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(("Content-Disposition", format!("attachment; filename=\"certificate-{id}.json\"")))
        .content_type("application/json")
        .body(document))
}

/// The certificate as a PDF file in both languages, with the document that proves it attached.
#[utoipa::path(tag = "departures", responses(
    (status = 200, description = "The file, the same for as long as the certificate is", content_type = "application/pdf"),
))]
#[get("/departures/{id}/certificate.pdf")]
async fn print_certificate(at: Attempt, id: web::Path<DepartureId>) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let paper = at
        .run(Act::on("departures.read", "departure", id), move |tx| {
            store::find(tx, id)?.ok_or(DepartureError::Unknown)?;
            let document = store::certificate(tx, id)?.ok_or(DepartureError::NoCertificate)?;
            paper::of(&document).map_err(DepartureError::from)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(("Content-Disposition", format!("attachment; filename=\"certificate-{id}.pdf\"")))
        .content_type("application/pdf")
        .body(paper))
}

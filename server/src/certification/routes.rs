//! Certifications over HTTP.

use super::CERTIFY;
use super::error::CertificationError;
use super::model::{Certification, Kind, Line, LineState, Verdict};
use super::operations::{self, Said};
use super::store::{self, Which};
use super::view::{self, CertificationView, LineView};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::TenantTx;
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery};
use crate::platform::ids::{CertificationId, CertificationLineId, Id};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_certifications)
        .service(begin_certification)
        .service(get_certification)
        .service(list_certification_lines)
        .service(decide_certification_lines);
}

/// Lists of who had what, newest first.
#[utoipa::path(tag = "people", params(PageQuery), responses((status = 200, body = Page<CertificationView>)))]
#[get("/certifications")]
async fn list_certifications(at: Attempt, page: web::Query<PageQuery>) -> Answer<Page<CertificationView>> {
    let (limit, cursor) = (page.limit()?, page.cursor()?);
    at.run(Act::named("members.read"), move |tx| {
        let rows = store::list(tx, cursor, limit)?;
        let page = Page::cut(rows, limit, |c: &Certification| Cursor::numbered(0, c.id().uuid()));
        let items = CertificationView::of_all(tx, &page.items)?;
        Ok::<_, CertificationError>(Page { items, next: page.next })
    })
    .await
    .map(Answered::ok)
}

/// Begins a list of who has what now, between the quarters.
#[utoipa::path(tag = "people", responses(
    (status = 201, body = CertificationView),
    (status = 409, description = "`certification.already-open`"),
))]
#[post("/certifications")]
async fn begin_certification(at: Attempt) -> Answer<CertificationView> {
    at.once(Act::named(CERTIFY), (), |tx, ()| {
        let certification = operations::begin_by_hand(tx)?;
        CertificationView::of(tx, &certification)
    })
    .await
}

fn found(tx: &mut TenantTx<'_>, id: CertificationId) -> Result<Certification, CertificationError> {
    store::find(tx, id)?.ok_or(CertificationError::Unknown)
}

/// One list, and how far it is.
#[utoipa::path(tag = "people", responses((status = 200, body = CertificationView)))]
#[get("/certifications/{id}")]
async fn get_certification(at: Attempt, id: web::Path<CertificationId>) -> Answer<CertificationView> {
    let id = id.into_inner();
    let view = at
        .run(Act::on("members.read", "certification", id), move |tx| {
            let certification = found(tx, id)?;
            CertificationView::of(tx, &certification)
        })
        .await?;
    Ok(Answered::ok(view).versioned())
}

/// `?state=waiting&role=auditor`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct LineFilter {
    /// Only those that stand there.
    state: Option<LineState>,
    /// Only those about this.
    kind: Option<Kind>,
    /// Only those of this role.
    role: Option<String>,
}

/// The lines of a list.
#[utoipa::path(tag = "people", params(LineFilter, PageQuery), responses((status = 200, body = Page<LineView>)))]
#[get("/certifications/{id}/lines")]
async fn list_certification_lines(
    at: Attempt,
    id: web::Path<CertificationId>,
    filter: web::Query<LineFilter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<LineView>> {
    let (id, limit, cursor) = (id.into_inner(), page.limit()?, page.cursor()?);
    let LineFilter { state, kind, role } = filter.into_inner();
    let which = Which { state, kind, role };
    at.run(Act::on("members.read", "certification", id), move |tx| {
        let certification = found(tx, id)?;
        let after = cursor.map(|cursor| CertificationLineId::from(cursor.id));
        let rows = store::lines(tx, id, &which, after, limit + 1)?;
        let page = Page::cut(rows, limit, |line: &Line| Cursor::numbered(0, line.id.uuid()));
        Ok::<_, CertificationError>(Page { items: view::lines(tx, &certification, page.items)?, next: page.next })
    })
    .await
    .map(Answered::ok)
}

/// What somebody says of some lines.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CertificationDecision {
    /// One line, or up to 200 of one role that are kept.
    lines: Vec<CertificationLineId>,
    /// Keep or revoke.
    verdict: Verdict,
    /// Why, in words; they are sealed.
    reason: String,
}

/// The list and the lines after an answer.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct CertificationDecided {
    /// How far the list is.
    certification: CertificationView,
    /// The lines that were answered, or had ended by themselves.
    lines: Vec<LineView>,
}

/// Keeps lines of one role, or revokes one: what is revoked permits nothing from this answer on.
#[utoipa::path(tag = "people", request_body = CertificationDecision, responses(
    (status = 201, body = CertificationDecided),
    (status = 403, description = "`certification.own`, `certification.last-who-appoints`"),
    (status = 409, description = "`certification.settled`, `certification.over`"),
    (status = 422, description = "`certification.not-alike`, `certification.count`"),
))]
#[post("/certifications/{id}/decisions")]
async fn decide_certification_lines(
    at: Attempt,
    id: web::Path<CertificationId>,
    body: web::Json<CertificationDecision>,
) -> Answer<CertificationDecided> {
    let id = id.into_inner();
    at.once(Act::on(CERTIFY, "certification", id), (id, body.into_inner()), |tx, (id, asked)| {
        let said = Said { lines: asked.lines.clone(), verdict: asked.verdict, reason: asked.reason.clone() };
        let (certification, answered) = operations::decide(tx, *id, &said)?;
        let lines = view::lines(tx, &certification, answered)?;
        Ok::<_, CertificationError>(CertificationDecided {
            certification: CertificationView::of(tx, &certification)?,
            lines,
        })
    })
    .await
}

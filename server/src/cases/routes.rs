//! Cases over HTTP: those of everybody for whoever manages them, one's own for their assignee.

use super::error::CaseError;
use super::model::{Case, Kind, Scope, State};
use super::operations::{self, NewCase};
use super::store;
use super::view::{CaseView, view_of, views};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery};
use crate::platform::ids::{CaseId, Id, MembershipId, SubjectId};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_cases)
        .service(own_cases)
        .service(get_case)
        .service(open_case)
        .service(assign_case)
        .service(prolong_case)
        .service(close_case)
        .service(close_own_case);
}

/// `?state=open`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct CaseFilter {
    /// Only those that stand there.
    state: Option<State>,
}

fn listed(
    tx: &mut TenantTx<'_>,
    state: Option<State>,
    assignee: Option<MembershipId>,
    (limit, cursor): (i64, Option<Cursor>),
) -> Result<Page<CaseView>, CaseError> {
    let rows = store::list(tx, state, assignee, cursor, limit)?;
    let page = Page::cut(rows, limit, |case: &Case| Cursor::numbered(0, case.id.uuid()));
    Ok(Page { items: views(tx, &page.items)?, next: page.next })
}

/// Cases, newest first.
#[utoipa::path(tag = "cases", params(CaseFilter, PageQuery), responses((status = 200, body = Page<CaseView>)))]
#[get("/cases")]
async fn list_cases(
    at: Attempt,
    filter: web::Query<CaseFilter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<CaseView>> {
    let (state, limits) = (filter.state, (page.limit()?, page.cursor()?));
    at.run(Act::named("cases.read"), move |tx| listed(tx, state, None, limits)).await.map(Answered::ok)
}

/// Cases assigned to the caller, newest first.
#[utoipa::path(tag = "cases", params(CaseFilter, PageQuery), responses((status = 200, body = Page<CaseView>)))]
#[get("/me/cases")]
async fn own_cases(at: Attempt, filter: web::Query<CaseFilter>, page: web::Query<PageQuery>) -> Answer<Page<CaseView>> {
    let (state, limits) = (filter.state, (page.limit()?, page.cursor()?));
    at.run(Act::named("self.read"), move |tx| match tx.actor().membership() {
        Some(own) => listed(tx, state, Some(own), limits),
        None => Err(CaseError::NotAPerson),
    })
    .await
    .map(Answered::ok)
}

/// One case.
#[utoipa::path(tag = "cases", responses((status = 200, body = CaseView)))]
#[get("/cases/{id}")]
async fn get_case(at: Attempt, id: web::Path<CaseId>) -> Answer<CaseView> {
    let id = id.into_inner();
    let view = at
        .run(Act::on("cases.read", "case", id), move |tx| {
            let case = store::find(tx, id)?.ok_or(CaseError::Unknown)?;
            view_of(tx, &case)
        })
        .await?;
    Ok(Answered::ok(view).versioned())
}

/// A case to be opened.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NewCase)]
#[serde(deny_unknown_fields)]
struct Opening {
    /// What it is about.
    kind: Kind,
    /// Whose data it opens.
    subject_id: SubjectId,
    /// To whom: a membership.
    assignee: MembershipId,
    /// What it opens.
    scope: Scope,
    /// What it is about, in words; they are sealed.
    matter: String,
    /// When what it opens ends by itself; in 30 days when absent.
    #[serde(default)]
    until: Option<Ts>,
}

/// Opens a case: from now on its assignee may see what it says, of the one person whom it is about.
#[utoipa::path(tag = "cases", request_body = Opening, responses((status = 201, body = CaseView)))]
#[post("/cases")]
async fn open_case(at: Attempt, body: web::Json<Opening>) -> Answer<CaseView> {
    at.once(Act::named("cases.manage"), body.into_inner(), |tx, asked| {
        let new = NewCase {
            kind: asked.kind,
            subject: asked.subject_id,
            assignee: asked.assignee,
            scope: asked.scope.clone(),
            matter: asked.matter.clone(),
            until: asked.until,
        };
        let case = operations::open(tx, &new)?;
        view_of(tx, &case)
    })
    .await
}

/// Who goes on with a case.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CaseAssignment {
    /// A membership.
    assignee: MembershipId,
}

/// Gives a case to somebody else; who had it sees nothing more by it.
#[utoipa::path(tag = "cases", request_body = CaseAssignment, responses((status = 201, body = CaseView)))]
#[post("/cases/{id}/assign")]
async fn assign_case(at: Attempt, id: web::Path<CaseId>, body: web::Json<CaseAssignment>) -> Answer<CaseView> {
    let id = id.into_inner();
    at.once(Act::on("cases.manage", "case", id), (id, body.into_inner()), |tx, (id, asked)| {
        let case = operations::assign(tx, *id, asked.assignee)?;
        view_of(tx, &case)
    })
    .await
}

/// Until when a case opens what it does.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CaseProlonging {
    /// In 30 days when absent.
    #[serde(default)]
    until: Option<Ts>,
}

/// Prolongs what a case opens.
#[utoipa::path(tag = "cases", request_body = CaseProlonging, responses((status = 201, body = CaseView)))]
#[post("/cases/{id}/prolong")]
async fn prolong_case(at: Attempt, id: web::Path<CaseId>, body: web::Json<CaseProlonging>) -> Answer<CaseView> {
    let id = id.into_inner();
    at.once(Act::on("cases.manage", "case", id), (id, body.into_inner()), |tx, (id, asked)| {
        let case = operations::prolong(tx, *id, asked.until)?;
        view_of(tx, &case)
    })
    .await
}

/// What came of a case.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CaseOutcome {
    /// In words; they are sealed.
    outcome: String,
}

/// Closes a case, and with it what it opened.
#[utoipa::path(tag = "cases", request_body = CaseOutcome, responses((status = 201, body = CaseView)))]
#[post("/cases/{id}/close")]
async fn close_case(at: Attempt, id: web::Path<CaseId>, body: web::Json<CaseOutcome>) -> Answer<CaseView> {
    let id = id.into_inner();
    at.once(Act::on("cases.manage", "case", id), (id, body.into_inner()), |tx, (id, asked)| {
        let case = operations::close(tx, *id, &asked.outcome, false)?;
        view_of(tx, &case)
    })
    .await
}

/// Closes a case that is assigned to the caller.
#[utoipa::path(tag = "cases", request_body = CaseOutcome, responses((status = 201, body = CaseView)))]
#[post("/me/cases/{id}/close")]
async fn close_own_case(at: Attempt, id: web::Path<CaseId>, body: web::Json<CaseOutcome>) -> Answer<CaseView> {
    let id = id.into_inner();
    at.once(Act::on("self.cases", "case", id), (id, body.into_inner()), |tx, (id, asked)| {
        let case = operations::close(tx, *id, &asked.outcome, true)?;
        view_of(tx, &case)
    })
    .await
}

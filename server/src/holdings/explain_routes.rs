//! What is held about a person by class, and the two questions about one holding, over HTTP.

use super::error::HoldingError;
use super::explain::{self, KeptView, Wanted, WhyView};
use super::overview::{self, HeldClass};
use crate::instructions::Policies;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{Answer, Answered};
use crate::platform::ids::{HoldingId, MembershipId, SubjectId};
use actix_web::{get, web};
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

/// These routes. They come before `/holdings/{id}`, which would take their words for an id.
pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(held_by_class).service(why).service(kept);
}

/// `?subject=…`
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfSubject {
    /// Whose.
    subject: SubjectId,
}

/// What is held about one person, class by class: counts, sizes, rulings.
#[utoipa::path(tag = "holdings", params(OfSubject), responses((status = 200, body = Vec<HeldClass>)))]
#[get("/holdings/classes")]
async fn held_by_class(at: Attempt, of: web::Query<OfSubject>) -> Answer<Vec<HeldClass>> {
    let subject = of.subject;
    let act = Act::on("holdings.read", "subject", subject);
    at.run(act, move |tx| overview::by_class(tx, subject)).await.map(Answered::ok)
}

/// What would be done, by whom, what for.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct WhyQuery {
    /// Whose side.
    subject: SubjectId,
    /// Who would do it; the caller when absent.
    member: Option<MembershipId>,
    /// What: `read` when absent.
    operation: Option<String>,
    /// What for.
    purpose: Option<String>,
}

/// May the caller, or another member, do this to that side, and by what? What would decide answers, and leaves the record of
/// its answer.
#[utoipa::path(tag = "holdings", params(WhyQuery), responses((status = 200, body = WhyView)))]
#[get("/holdings/{id}/why")]
async fn why(
    at: Attempt,
    id: web::Path<HoldingId>,
    query: web::Query<WhyQuery>,
    policies: web::Data<Policies>,
) -> Answer<WhyView> {
    let (id, query) = (id.into_inner(), query.into_inner());
    at.run(Act::on("holdings.read", "holding", id), move |tx| {
        let purpose = query.purpose.as_deref().unwrap_or_default();
        if purpose.chars().count() > 200 {
            return Err(HoldingError::Invalid("purpose: at most 200 characters".into()));
        }
        let operation = query.operation.as_deref().unwrap_or("read");
        explain::why(tx, &policies, id, &Wanted { subject: query.subject, member: query.member, operation, purpose })
    })
    .await
    .map(Answered::ok)
}

/// Why is that side still there, and until when? Or since when is it gone, and under which instruction?
#[utoipa::path(tag = "holdings", params(OfSubject), responses((status = 200, body = KeptView)))]
#[get("/holdings/{id}/kept")]
async fn kept(at: Attempt, id: web::Path<HoldingId>, of: web::Query<OfSubject>) -> Answer<KeptView> {
    let (id, subject) = (id.into_inner(), of.subject);
    at.run(Act::on("holdings.read", "holding", id), move |tx| explain::kept(tx, id, subject)).await.map(Answered::ok)
}

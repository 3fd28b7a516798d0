//! What the source documents leave open, over HTTP: listed, settled, and how it was settled before.

use super::error::HoldingError;
use super::lists;
use super::questions::{self, Question, QuestionState};
use crate::people::{MemberName, Names};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery};
use crate::platform::ids::{Id, MembershipId, QuestionId, SettlementId};
use actix_web::{get, post, web};
use policy_model::ruling::Controller;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of rulings.
pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_questions).service(get_question).service(settle_question);
}

/// Something that the source documents leave open, for all that is like it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct QuestionView {
    /// Its id.
    id: QuestionId,
    /// The data class.
    class: String,
    /// The rule that leaves it open.
    rule: String,
    /// The pack it was read in.
    pack: String,
    /// The facts that all of its like have in common.
    #[schema(value_type = Object)]
    facts: Value,
    /// Sides of holdings that wait on it, or were settled by it.
    sides: i64,
    /// How it was settled: `organisation` or `person`; open when absent, and treated as the person's.
    controller: Option<String>,
    /// Since when it stands open.
    opened_at: Ts,
    /// When it was last settled.
    settled_at: Option<Ts>,
    /// How it was settled, newest first.
    settlements: Vec<SettlementView>,
}

/// One settlement.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct SettlementView {
    /// Its id, which rulings cite.
    id: SettlementId,
    /// `organisation` or `person`.
    controller: String,
    /// Why.
    reason: String,
    /// By whom.
    settled_by: Option<MembershipId>,
    /// By whom, by name.
    settler: Option<MemberName>,
    /// When.
    settled_at: Ts,
}

fn views(tx: &mut TenantTx<'_>, all: Vec<Question>) -> Stored<Vec<QuestionView>> {
    let ids: Vec<QuestionId> = all.iter().map(|q| q.id).collect();
    let counts = lists::sides_by_question(tx, &ids)?;
    let mut views = Vec::with_capacity(all.len());
    for q in all {
        let history = questions::history(tx, q.id)?;
        let names = Names::of(tx, history.iter().filter_map(|(s, _)| s.settled_by), [])?;
        let settlements = history
            .into_iter()
            .map(|(s, reason)| SettlementView {
                id: s.id,
                controller: s.controller,
                reason,
                settled_by: s.settled_by,
                settler: s.settled_by.map(|id| names.member(id)),
                settled_at: s.settled_at,
            })
            .collect();
        views.push(QuestionView {
            id: q.id,
            class: q.class,
            rule: q.rule,
            pack: q.pack,
            facts: serde_json::from_str(&q.facts)?,
            sides: counts.get(&q.id).copied().unwrap_or(0),
            controller: q.controller,
            opened_at: q.opened_at,
            settled_at: q.settled_at,
            settlements,
        });
    }
    Ok(views)
}

/// `?state=open`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct QuestionFilter {
    /// Only those that are open, or only those that are settled.
    #[param(inline)]
    state: Option<QuestionState>,
}

/// What the source documents leave open, each with how many sides wait on it.
#[utoipa::path(tag = "rulings", params(QuestionFilter, PageQuery),
               responses((status = 200, body = Page<QuestionView>)))]
#[get("/rulings/unsettled")]
async fn list_questions(
    at: Attempt,
    filter: web::Query<QuestionFilter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<QuestionView>> {
    let (limit, cursor, state) = (page.limit()?, page.cursor()?, filter.state);
    at.run(Act::named("rulings.read"), move |tx| {
        let rows = questions::list(tx, state, cursor, limit)?;
        let page = Page::cut(rows, limit, |q: &Question| Cursor::numbered(0, q.id.uuid()));
        Ok::<_, HoldingError>(Page { items: views(tx, page.items)?, next: page.next })
    })
    .await
    .map(Answered::ok)
}

/// One question with its history.
#[utoipa::path(tag = "rulings", responses((status = 200, body = QuestionView)))]
#[get("/rulings/unsettled/{id}")]
async fn get_question(at: Attempt, id: web::Path<QuestionId>) -> Answer<QuestionView> {
    let id = id.into_inner();
    at.run(Act::on("rulings.read", "question", id), move |tx| {
        let question = questions::find(tx, id)?.ok_or(HoldingError::UnknownQuestion)?;
        views(tx, vec![question])?.pop().ok_or(HoldingError::UnknownQuestion)
    })
    .await
    .map(Answered::ok)
}

/// A reasoned decision.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSettlement {
    /// `organisation` or `person`.
    #[schema(value_type = String)]
    controller: Controller,
    /// Why; rulings cite it.
    reason: String,
}

/// Settles a question for all that is like it, present and future. It can be settled otherwise later; the history stays.
#[utoipa::path(tag = "rulings", request_body = NewSettlement, responses((status = 201, body = QuestionView)))]
#[post("/rulings/unsettled/{id}/settle")]
async fn settle_question(
    at: Attempt,
    id: web::Path<QuestionId>,
    body: web::Json<NewSettlement>,
) -> Answer<QuestionView> {
    let id = id.into_inner();
    at.once(Act::on("rulings.settle", "question", id), (id, body.into_inner()), |tx, (id, new)| {
        let question = questions::settle(tx, *id, new.controller, &new.reason)?;
        views(tx, vec![question])?.pop().ok_or(HoldingError::UnknownQuestion)
    })
    .await
}

//! Holdings and holds over HTTP.

use super::connectors;
use super::error::HoldingError;
use super::holds::{self, Hold};
use super::lists::{self, Filter};
use super::model::{Holding, RulingView, Side, SideState};
use super::operations::{self, Deposit};
use super::store;
use crate::decisions;
use crate::instructions::{self, InstructionView, Policies};
use crate::people::{self, MemberName, Names, SubjectName};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery, Problem};
use crate::platform::ids::{ConnectorId, HoldId, HoldingId, Id, InstructionId, MembershipId, QuestionId, SubjectId};
use actix_web::{HttpResponse, get, post, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    super::connector_routes::routes(cfg);
    super::ruling_routes::routes(cfg);
    super::consent_routes::routes(cfg);
    super::explain_routes::routes(cfg);
    cfg.service(list_holdings)
        .service(get_holding)
        .service(deposit)
        .service(read_content)
        .service(super::reveal::reveal_content)
        .service(list_holds)
        .service(place_hold)
        .service(end_hold);
}

/// One side of a holding, with the holding.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct SideView {
    /// The holding.
    holding_id: HoldingId,
    /// Whose side.
    subject_id: SubjectId,
    /// The data class.
    class: String,
    /// Where it is kept; none for the vault.
    connector_id: Option<ConnectorId>,
    /// How many items it stands for.
    items: i64,
    /// How large they are.
    bytes: i64,
    /// The oldest item.
    first_at: Option<Ts>,
    /// The newest item.
    last_at: Option<Ts>,
    /// `organisation` or `person`.
    controller: String,
    /// The rule that decided; empty when a rule is missing.
    rule: String,
    /// Whether the source documents settle it, or the privacy officer has.
    settled: bool,
    /// Of what the documents leave open: the question it belongs to, at `/rulings/unsettled/{id}`.
    question_id: Option<QuestionId>,
    /// What has become of this side.
    state: SideState,
    /// What has become of the holding.
    holding_state: String,
    /// Kept through which day.
    retain_until: Option<chrono::NaiveDate>,
    /// Who has it now.
    successor_id: Option<SubjectId>,
    /// Under which membership it came to be; none where that cannot be told.
    membership_id: Option<MembershipId>,
}

impl SideView {
    fn of((side, holding): (Side, Holding)) -> Self {
        Self {
            holding_id: side.holding_id,
            subject_id: side.subject_id,
            class: holding.class,
            connector_id: holding.connector_id,
            items: holding.items,
            bytes: holding.bytes,
            first_at: holding.first_at,
            last_at: holding.last_at,
            controller: side.controller,
            rule: side.rule,
            settled: side.settled,
            question_id: side.question_id,
            state: side.state,
            holding_state: holding.state.as_str().into(),
            retain_until: side.retain_until,
            successor_id: side.successor_id,
            membership_id: side.membership_id,
        }
    }
}

/// `?subject=…&class=…&controller=organisation&state=active`
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
struct HoldingFilter {
    /// Whose.
    subject: Option<SubjectId>,
    /// Which class.
    class: Option<String>,
    /// Whose control.
    controller: Option<String>,
    /// What has become of the side.
    state: Option<SideState>,
}

/// Holdings, side by side: counts and rulings, never content.
#[utoipa::path(tag = "holdings", params(HoldingFilter, PageQuery), responses((status = 200, body = Page<SideView>)))]
#[get("/holdings")]
async fn list_holdings(
    at: Attempt,
    filter: web::Query<HoldingFilter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<SideView>> {
    let (limit, cursor) = (page.limit()?, page.cursor()?);
    let HoldingFilter { subject, class, controller, state } = filter.into_inner();
    let filter = Filter { subject, class, controller, state };
    let rows = at.run(Act::named("holdings.read"), move |tx| lists::list_sides(tx, &filter, cursor, limit)).await?;
    let page = Page::cut(rows, limit, |(side, _)| Cursor::pair(side.holding_id.uuid(), side.subject_id.uuid()));
    Ok(Answered::ok(page.map(SideView::of)))
}

/// A holding with every side and each side's rulings, newest first.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct HoldingView {
    /// The sides.
    sides: Vec<SideView>,
    /// Whose they are, by name as far as the caller may see it, in the order of the sides; and who took them over.
    people: Vec<SubjectName>,
    /// The name of the system that keeps it; none for the vault.
    connector: Option<String>,
    /// How that system calls it.
    locator: String,
    /// The moment whose facts rule it.
    occurred_at: Ts,
    /// When it was registered.
    created_at: Ts,
    /// When it last changed.
    updated_at: Ts,
    /// Their rulings, by subject.
    #[schema(value_type = HashMap<String, Vec<RulingView>>)]
    rulings: HashMap<SubjectId, Vec<RulingView>>,
}

/// One holding: who controls which side of it, by which rule and clause, and who did before.
#[utoipa::path(tag = "holdings", responses((status = 200, body = HoldingView)))]
#[get("/holdings/{id}")]
async fn get_holding(at: Attempt, id: web::Path<HoldingId>) -> Answer<HoldingView> {
    let id = id.into_inner();
    at.run(Act::on("holdings.read", "holding", id), move |tx| view(tx, id)).await.map(Answered::ok)
}

fn view(tx: &mut TenantTx<'_>, id: HoldingId) -> Result<HoldingView, HoldingError> {
    let holding = store::find(tx, id)?.ok_or(HoldingError::Unknown)?;
    let (mut sides, mut rulings) = (Vec::new(), HashMap::new());
    for side in store::sides_of(tx, &[id])? {
        let history: Stored<Vec<RulingView>> = lists::history(tx, id, side.subject_id)?
            .into_iter()
            .map(|r| {
                Ok(RulingView {
                    controller: r.controller,
                    rule: r.rule,
                    pack: r.pack,
                    clauses: serde_json::from_str(&r.clauses)?,
                    facts: serde_json::from_str(&r.facts)?,
                    cause: r.cause,
                    settlement_id: r.settlement_id,
                    ruled_at: r.ruled_at,
                })
            })
            .collect();
        rulings.insert(side.subject_id, history?);
        sides.push(SideView::of((side, holding.clone())));
    }
    let subjects: Vec<SubjectId> =
        sides.iter().map(|s: &SideView| s.subject_id).chain(sides.iter().filter_map(|s| s.successor_id)).collect();
    let names = Names::of(tx, [], subjects.iter().copied())?;
    let connector = match holding.connector_id {
        Some(id) => connectors::connector(tx, id)?.map(|c| c.name),
        None => None,
    };
    Ok(HoldingView {
        people: subjects.into_iter().map(|id| names.subject(id)).collect(),
        sides,
        connector,
        locator: holding.locator,
        occurred_at: holding.occurred_at,
        created_at: holding.created_at,
        updated_at: holding.updated_at,
        rulings,
    })
}

/// Something for the vault.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHolding {
    /// The data class's key.
    class: String,
    /// Whose, by staff number.
    subject: String,
    /// The content, base64.
    content_base64: String,
    /// When it came to be; now when absent.
    #[serde(default)]
    occurred_at: Option<Ts>,
    /// Facts, without `class`: `config/schema/facts.schema.json`.
    #[serde(default)]
    #[schema(value_type = Object)]
    facts: Map<String, Value>,
    /// The law that requires keeping an original biometric sample, where there is one.
    #[serde(default)]
    legal_ground: Option<String>,
}

/// A new holding's id.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct Deposited {
    /// Its id.
    id: HoldingId,
}

/// Puts one item into the vault. What is about several people is registered by the system that keeps it.
#[utoipa::path(tag = "holdings", request_body = NewHolding, responses((status = 201, body = Deposited)))]
#[post("/holdings")]
async fn deposit(at: Attempt, body: web::Json<NewHolding>) -> Answer<Deposited> {
    at.once(Act::named("holdings.register"), body.into_inner(), |tx, new| {
        let subject =
            people::subject_of(tx, &new.subject)?.ok_or_else(|| HoldingError::UnknownSubject(new.subject.clone()))?;
        let content =
            STANDARD.decode(&new.content_base64).map_err(|e| HoldingError::Invalid(format!("content_base64: {e}")))?;
        let deposit = Deposit {
            class: new.class.clone(),
            subject,
            staff_number: Some(new.subject.clone()),
            occurred_at: new.occurred_at,
            facts: new.facts.clone(),
            legal_ground: new.legal_ground.as_ref().is_some_and(|law| !law.trim().is_empty()),
            content,
        };
        let ids = operations::put_in_vault(tx, &[deposit])?;
        ids.into_iter().next().map(|id| Deposited { id }).ok_or(HoldingError::Unknown)
    })
    .await
}

/// `?purpose=payroll`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct Purpose {
    /// What it is read for (gbt35273-7.3).
    purpose: String,
}

/// Reads a vault holding. Needs an instruction in force that permits it; leaves a record either way.
#[utoipa::path(tag = "holdings", params(Purpose), responses(
    (status = 200, description = "The content", content_type = "application/octet-stream"),
    (status = 403, description = "No, with the first reason"),
))]
#[get("/holdings/{id}/content")]
async fn read_content(
    at: Attempt,
    id: web::Path<HoldingId>,
    query: web::Query<Purpose>,
    policies: web::Data<Policies>,
) -> Result<HttpResponse, Problem> {
    let (id, purpose) = (id.into_inner(), query.into_inner().purpose);
    let content = at
        .run(Act::on("self.read", "holding", id), move |tx| {
            let sides = super::weighed::data_of(tx, &[id])?.remove(&id);
            let data = sides.and_then(|sides| sides.into_iter().next()).ok_or(HoldingError::Unknown)?;
            let asked = decisions::Asked { operation: "read", purpose: &purpose, people: 1 };
            let permit = decisions::decide(tx, &policies, &data, &asked)?;
            operations::read_from_vault(tx, permit)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(("Cache-Control", "no-store"))
        .body(content))
}

/// A hold, with the names of those that it concerns.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct HoldView {
    /// Whose data, by name; everybody's when absent.
    subject: Option<SubjectName>,
    /// Who placed it, by name.
    placer: Option<MemberName>,
    /// The instruction that asks for its end and waits for a yes.
    ending: Option<InstructionId>,
    /// The hold.
    #[serde(flatten)]
    hold: Hold,
}

/// Holds in force.
#[utoipa::path(tag = "holdings", responses((status = 200, body = Vec<HoldView>)))]
#[get("/holds")]
async fn list_holds(at: Attempt) -> Answer<Vec<HoldView>> {
    at.run(Act::named("holds.read"), hold_views).await.map(Answered::ok)
}

fn hold_views(tx: &mut TenantTx<'_>) -> Stored<Vec<HoldView>> {
    let all = holds::list(tx)?;
    let names = Names::of(tx, all.iter().filter_map(|h| h.placed_by), all.iter().filter_map(|h| h.subject_id))?;
    let ending = holds::endings(tx)?;
    let view = |hold: Hold| HoldView {
        subject: hold.subject_id.map(|id| names.subject(id)),
        placer: hold.placed_by.map(|id| names.member(id)),
        ending: ending.get(&hold.id).copied(),
        hold,
    };
    Ok(all.into_iter().map(view).collect())
}

/// A hold to be placed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHold {
    /// Whose data; everybody's when absent.
    #[serde(default)]
    subject_id: Option<SubjectId>,
    /// Which classes; all when absent.
    #[serde(default)]
    class_pattern: Option<String>,
    /// The matter: a case number, never a name.
    reason: String,
}

/// Suspends every deletion and anonymisation it covers.
#[utoipa::path(tag = "holdings", request_body = NewHold, responses((status = 201, body = Hold)))]
#[post("/holds")]
async fn place_hold(at: Attempt, body: web::Json<NewHold>) -> Answer<Hold> {
    at.once(Act::named("holds.manage"), body.into_inner(), |tx, new| {
        holds::place_hold(tx, new.subject_id, new.class_pattern.as_deref(), &new.reason, None)
    })
    .await
}

/// Why a hold is to end.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct HoldEnding {
    /// The reason, for those who approve.
    reason: String,
}

/// Asks for the end of a hold. It takes the yeses that the pack demands, and ends with the last of them.
#[utoipa::path(tag = "holdings", request_body = HoldEnding, responses((status = 201, body = InstructionView)))]
#[post("/holds/{id}/end")]
async fn end_hold(at: Attempt, id: web::Path<HoldId>, body: web::Json<HoldEnding>) -> Answer<InstructionView> {
    let (id, reason) = (id.into_inner(), body.into_inner().reason);
    at.once(Act::on("holds.manage", "hold", id), (id, reason), |tx, (id, reason)| {
        let instruction = holds::ask_to_end(tx, *id, reason)?;
        instructions::views(tx, &[instruction])?.pop().ok_or(HoldingError::UnknownHold)
    })
    .await
}

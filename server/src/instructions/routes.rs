//! Instructions over HTTP: read, decided on, taken back. They are proposed where their orders are known, in `orders`.

use super::decide::decide;
use super::error::InstructionError;
use super::model::{Decision, Instruction, InstructionView, Kind, State};
use super::operations;
use super::policy::{Policies, names_of_caller};
use super::{store, views};
use crate::packs;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::TenantTx;
use crate::platform::http::{Answer, Answered, Cursor, OptionalJson, Page, PageQuery, Problem};
use crate::platform::ids::{Id, InstructionId};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    super::looking::routes(cfg);
    super::own_roles::routes(cfg);
    cfg.service(list_instructions)
        .service(get_instruction)
        .service(approve_instruction)
        .service(refuse_instruction)
        .service(revoke_instruction)
        .service(withdraw_instruction)
        .service(my_powers);
}

fn shown(tx: &mut TenantTx<'_>, i: &Instruction) -> Result<InstructionView, InstructionError> {
    views(tx, std::slice::from_ref(i))?.pop().ok_or(InstructionError::Unknown)
}

/// `?state=in_force&kind=standing`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct Filter {
    /// Only those that stand there.
    state: Option<State>,
    /// Only this kind.
    kind: Option<Kind>,
}

/// Instructions, newest first.
#[utoipa::path(tag = "instructions", params(Filter, PageQuery),
               responses((status = 200, body = Page<InstructionView>)))]
#[get("/instructions")]
async fn list_instructions(
    at: Attempt,
    filter: web::Query<Filter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<InstructionView>> {
    let (limit, cursor, state, kind) = (page.limit()?, page.cursor()?, filter.state, filter.kind);
    let page = at
        .run(Act::named("instructions.read"), move |tx| {
            let rows = store::list(tx, state, kind, cursor, limit)?;
            let page = Page::cut(rows, limit, |i: &Instruction| Cursor::after(i.created_at, i.id.uuid()));
            Ok::<_, InstructionError>(Page { items: views(tx, &page.items)?, next: page.next })
        })
        .await?;
    Ok(Answered::ok(page))
}

/// One instruction.
#[utoipa::path(tag = "instructions", responses((status = 200, body = InstructionView)))]
#[get("/instructions/{id}")]
async fn get_instruction(at: Attempt, id: web::Path<InstructionId>) -> Answer<InstructionView> {
    let id = id.into_inner();
    let view = at
        .run(Act::on("instructions.read", "instruction", id), move |tx| {
            let i = operations::find(tx, id)?;
            shown(tx, &i)
        })
        .await?;
    Ok(Answered::ok(view).versioned())
}

/// Why somebody says yes or no, or takes it back.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// The reason; needed for a no and for taking back.
    #[serde(default)]
    reason: Option<String>,
}

/// The reason in a body, which may be missing altogether.
pub fn word(OptionalJson(body): OptionalJson<Word>) -> Result<Option<String>, Problem> {
    match body.and_then(|b| b.reason) {
        Some(reason) if reason.chars().count() > 2_000 => {
            Err(Problem::invalid("request.reason").at("/reason").detail("A reason has at most 2,000 characters."))
        }
        reason => Ok(reason),
    }
}

/// Says yes.
#[utoipa::path(tag = "instructions", request_body = Word, responses((status = 201, body = InstructionView)))]
#[post("/instructions/{id}/approve")]
async fn approve_instruction(
    at: Attempt,
    id: web::Path<InstructionId>,
    body: OptionalJson<Word>,
) -> Answer<InstructionView> {
    let (id, reason) = (id.into_inner(), word(body)?);
    at.once(Act::on("instructions.approve", "instruction", id), (id, reason), |tx, (id, reason)| {
        let i = decide(tx, *id, Decision::Approve, reason.as_deref())?;
        shown(tx, &i)
    })
    .await
}

/// Says no.
#[utoipa::path(tag = "instructions", request_body = Word, responses((status = 201, body = InstructionView)))]
#[post("/instructions/{id}/refuse")]
async fn refuse_instruction(
    at: Attempt,
    id: web::Path<InstructionId>,
    body: OptionalJson<Word>,
) -> Answer<InstructionView> {
    let (id, reason) = (id.into_inner(), word(body)?);
    at.once(Act::on("instructions.approve", "instruction", id), (id, reason), |tx, (id, reason)| {
        let i = decide(tx, *id, Decision::Refuse, reason.as_deref())?;
        shown(tx, &i)
    })
    .await
}

/// Takes an instruction back: what it permits is not permitted from then on.
#[utoipa::path(tag = "instructions", request_body = Word, responses((status = 201, body = InstructionView)))]
#[post("/instructions/{id}/revoke")]
async fn revoke_instruction(
    at: Attempt,
    id: web::Path<InstructionId>,
    body: OptionalJson<Word>,
) -> Answer<InstructionView> {
    let (id, reason) = (id.into_inner(), needed(word(body)?)?);
    at.once(Act::on("instructions.revoke", "instruction", id), (id, reason), |tx, (id, reason)| {
        let i = operations::revoke(tx, *id, reason)?;
        shown(tx, &i)
    })
    .await
}

/// Takes back one's own request, as long as it waits.
#[utoipa::path(tag = "instructions", request_body = Word, responses(
    (status = 201, body = InstructionView),
    (status = 403, description = "`instructions.not-the-author`: somebody else asked for it"),
    (status = 409, description = "`instructions.ended`: it waits no more"),
))]
#[post("/instructions/{id}/withdraw")]
async fn withdraw_instruction(
    at: Attempt,
    id: web::Path<InstructionId>,
    body: OptionalJson<Word>,
) -> Answer<InstructionView> {
    let (id, reason) = (id.into_inner(), needed(word(body)?)?);
    at.once(Act::on("instructions.propose", "instruction", id), (id, reason), |tx, (id, reason)| {
        let i = operations::withdraw(tx, *id, reason)?;
        shown(tx, &i)
    })
    .await
}

fn needed(reason: Option<String>) -> Result<String, Problem> {
    reason.filter(|r| !r.trim().is_empty()).ok_or_else(|| {
        Problem::invalid("instructions.reason").at("/reason").detail("Taking an instruction back needs a reason.")
    })
}

/// What the caller may do with Tenure itself.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct Powers {
    /// The acts, as packs name them: `departures.read`.
    acts: Vec<String>,
}

/// What the caller's roles empower them to: a console shows what somebody may do, and nothing else.
#[utoipa::path(tag = "people", responses((status = 200, body = Powers)))]
#[get("/me/powers")]
async fn my_powers(at: Attempt, policies: web::Data<Policies>) -> Answer<Powers> {
    let policies = policies.into_inner();
    let acts = at
        .run(Act::named("self.read"), move |tx| {
            let pack = packs::in_force(tx)?;
            let (names, policy) = (names_of_caller(tx)?, policies.of(tx)?);
            Ok::<_, InstructionError>(policy.powers(&names, pack.acts().iter().map(|act| act.key.as_str())))
        })
        .await?;
    Ok(Answered::ok(Powers { acts }))
}

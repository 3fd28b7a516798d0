//! What the privacy officer does: answers contests with a reason, and publishes how she is reached.

use super::contact::{self, Contact};
use super::contests::{self, Contest, ContestState};
use super::data::may;
use super::error::MyError;
use super::words::{self, ClassName};
use crate::instructions::May;
use crate::packs::{self, ClauseView};
use crate::people::{MemberName, Names, SubjectName};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery};
use crate::platform::ids::{ContestId, HoldingId, Id};
use actix_web::{get, patch, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this file.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_contests)
        .service(read_contest)
        .service(decide_contest)
        .service(read_contact)
        .service(publish_contact);
}

/// A contest, as the privacy officer sees it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct ContestView {
    /// Its id.
    id: ContestId,
    /// Whose.
    by: SubjectName,
    /// The class that it is about.
    class: ClassName,
    /// One holding alone, where it is about one.
    holding_id: Option<HoldingId>,
    /// The rules that made it the organisation's.
    rules: Vec<ContestedRule>,
    /// Why, in the person's words; absent once they were forgotten.
    reason: Option<String>,
    /// Where it stands.
    state: ContestState,
    /// The answer.
    answer: Option<String>,
    /// Who answered.
    decided_by: Option<MemberName>,
    /// When it was said.
    opened_at: Ts,
    /// By when it is to be answered.
    due_on: NaiveDate,
    /// When it was answered.
    decided_at: Option<Ts>,
    /// Of this person's holdings: how many become theirs when it is upheld.
    would_move: i64,
    /// Sides of everybody's holdings that are alike and were left open by the documents: they follow too.
    would_settle: i64,
    /// What the caller may do about it.
    can: ContestCan,
    /// The clauses that are cited, each with what it asks.
    cited: Vec<ClauseView>,
}

/// A rule that is contested.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct ContestedRule {
    /// Its id.
    id: String,
    /// Why, in Chinese.
    reason_zh: String,
    /// Why, in English.
    reason_en: String,
    /// The clauses it rests on.
    clauses: Vec<String>,
}

/// What can be done about a contest.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct ContestCan {
    /// Answer it.
    decide: May,
}

fn views(tx: &mut TenantTx<'_>, all: Vec<Contest>) -> Result<Vec<ContestView>, MyError> {
    let pack = packs::in_force(tx)?;
    let names = Names::of(tx, all.iter().filter_map(|c| c.decided_by), all.iter().map(|c| c.subject_id))?;
    let has_power = tx.may("contests.decide");
    let mut views = Vec::with_capacity(all.len());
    for c in all {
        let effect = match c.state {
            ContestState::Open => c.contested().effect(tx)?,
            ContestState::Upheld | ContestState::Rejected => crate::holdings::Effect::default(),
        };
        let decide = match has_power {
            true => may(contests::may_decide(tx, &c)),
            false => May { allowed: false, why: Some("power.missing".into()) },
        };
        let rules: Vec<ContestedRule> = c
            .rule
            .split_whitespace()
            .filter_map(|id| pack.control_rules().iter().find(|r| r.id == id))
            .map(|r| ContestedRule {
                id: r.id.clone(),
                reason_zh: r.reason_zh.clone(),
                reason_en: r.reason_en.clone(),
                clauses: r.clauses.clone(),
            })
            .collect();
        let cited = packs::cited(rules.iter().flat_map(|r| &r.clauses).map(String::as_str));
        views.push(ContestView {
            id: c.id,
            by: names.subject(c.subject_id),
            class: words::class_name(&pack, &c.class),
            holding_id: c.holding_id,
            rules,
            reason: c.reason(tx)?,
            state: c.state,
            answer: c.answer(tx)?,
            decided_by: c.decided_by.map(|id| names.member(id)),
            opened_at: c.opened_at,
            due_on: c.due_on,
            decided_at: c.decided_at,
            would_move: effect.ruled,
            would_settle: effect.settled,
            can: ContestCan { decide },
            cited,
        });
    }
    Ok(views)
}

/// `?state=open`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ContestFilter {
    /// Only those that stand there.
    state: Option<ContestState>,
}

/// Contests, the latest first.
#[utoipa::path(tag = "my", params(ContestFilter, PageQuery), responses((status = 200, body = Page<ContestView>)))]
#[get("/contests")]
async fn list_contests(
    at: Attempt,
    filter: web::Query<ContestFilter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<ContestView>> {
    let (limit, cursor, state) = (page.limit()?, page.cursor()?, filter.state);
    at.run(Act::named("contests.read"), move |tx| {
        let rows = contests::list(tx, state, cursor, limit)?;
        let page = Page::cut(rows, limit, |c: &Contest| Cursor::numbered(0, c.id.uuid()));
        Ok::<_, MyError>(Page { items: views(tx, page.items)?, next: page.next })
    })
    .await
    .map(Answered::ok)
}

/// One contest.
#[utoipa::path(tag = "my", responses((status = 200, body = ContestView)))]
#[get("/contests/{id}")]
async fn read_contest(at: Attempt, id: web::Path<ContestId>) -> Answer<ContestView> {
    let id = id.into_inner();
    at.run(Act::on("contests.read", "contest", id), move |tx| {
        let contest = contests::find(tx, id)?;
        views(tx, vec![contest])?.pop().ok_or(MyError::UnknownContest)
    })
    .await
    .map(Answered::ok)
}

/// The answer to a contest.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ContestAnswer {
    /// Whether the data is the person's.
    upheld: bool,
    /// Why; the person reads it.
    reason: String,
}

/// Answers a contest, with a reason that the person reads. Upheld, the data becomes the person's; what the documents had left
/// open is settled so for all that is alike. Nobody answers their own.
#[utoipa::path(tag = "my", request_body = ContestAnswer, responses((status = 201, body = ContestView)))]
#[post("/contests/{id}/decide")]
async fn decide_contest(at: Attempt, id: web::Path<ContestId>, body: web::Json<ContestAnswer>) -> Answer<ContestView> {
    let id = id.into_inner();
    at.once(Act::on("contests.decide", "contest", id), (id, body.into_inner()), |tx, (id, answer)| {
        let contest = contests::decide(tx, *id, answer.upheld, &answer.reason)?;
        views(tx, vec![contest])?.pop().ok_or(MyError::UnknownContest)
    })
    .await
}

/// How the privacy officer is reached, as it is published.
#[utoipa::path(tag = "my", responses((status = 200, body = Contact)))]
#[get("/notice/contact")]
async fn read_contact(at: Attempt) -> Answer<Contact> {
    let read = at.run(Act::named("self.read"), |tx| Ok::<_, MyError>(contact::contact(tx)?)).await?;
    Ok(Answered::ok(read).versioned())
}

/// How the privacy officer is to be reached.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewContact {
    /// An address, a number, a room: of the office, never a person's own.
    contact: String,
    /// Who decides disputes outside, and how to reach them.
    #[serde(default)]
    authority: String,
}

/// Publishes how the privacy officer is reached.
#[utoipa::path(tag = "my", request_body = NewContact, responses((status = 200, body = Contact)))]
#[patch("/notice/contact")]
async fn publish_contact(at: Attempt, body: web::Json<NewContact>) -> Answer<Contact> {
    let (version, new) = (at.version()?, body.into_inner());
    let published = at
        .run(Act::named("notice.write"), move |tx| contact::publish(tx, version, &new.contact, &new.authority))
        .await?;
    Ok(Answered::ok(published).versioned())
}

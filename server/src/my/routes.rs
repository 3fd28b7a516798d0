//! My data over HTTP. Every route here takes an `OwnAttempt`: it is about whoever asks.

use super::accesses::{self, MyAccess};
use super::contests::{self, Contest, ContestState};
use super::data::{self, MyData, MyHolding};
use super::download;
use super::error::MyError;
use super::left::{self, MyDepartures};
use super::notice::{self, Notice};
use super::words::{self, ClassName};
use crate::holdings::OwnSide;
use crate::packs;
use crate::platform::attempt::{Act, OwnAttempt};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery, Problem, stream};
use crate::platform::ids::{ContestId, HoldingId, Id};
use actix_web::{HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(my_data)
        .service(my_holdings)
        .service(my_accesses)
        .service(my_notice)
        .service(my_departures)
        .service(my_contests)
        .service(open_contest)
        .service(download_mine);
    super::officer::routes(cfg);
}

/// What is held about the caller: whose it is, by which rule and clause, in plain words, and until when.
#[utoipa::path(tag = "my", responses((status = 200, body = MyData)))]
#[get("/my/data")]
async fn my_data(at: OwnAttempt) -> Answer<MyData> {
    // Asked again while it says that it is being ruled anew.
    at.run(Act::named("self.read").polled(), data::all).await.map(Answered::ok)
}

/// One group of what is held.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct GroupQuery {
    /// The class's key.
    class: String,
    /// `organisation` or `person`; both when absent.
    controller: Option<String>,
    /// The rule that decided; any when absent.
    rule: Option<String>,
}

/// The holdings of a group: counts and dates, never content.
#[utoipa::path(tag = "my", params(GroupQuery, PageQuery), responses((status = 200, body = Page<MyHolding>)))]
#[get("/my/data/holdings")]
async fn my_holdings(
    at: OwnAttempt,
    of: web::Query<GroupQuery>,
    page: web::Query<PageQuery>,
) -> Answer<Page<MyHolding>> {
    let (limit, cursor) = (page.limit()?, page.cursor()?);
    let GroupQuery { class, controller, rule } = of.into_inner();
    let of = OwnSide { class, controller, rule };
    let rows = at
        .run(Act::named("self.read"), move |tx, own| {
            let after = cursor.map(|c| HoldingId::from(c.id));
            Ok::<_, MyError>(data::holdings_of(tx, own, &of, after, limit)?)
        })
        .await?;
    Ok(Answered::ok(Page::cut(rows, limit, |h| Cursor::numbered(0, h.id.uuid()))))
}

/// Who used the caller's data, for what purpose, under which instruction; the newest first.
#[utoipa::path(tag = "my", params(PageQuery), responses((status = 200, body = Page<MyAccess>)))]
#[get("/my/accesses")]
async fn my_accesses(at: OwnAttempt, page: web::Query<PageQuery>) -> Answer<Page<MyAccess>> {
    let (limit, cursor) = (page.limit()?, page.cursor()?);
    let rows = at
        .run(Act::named("self.read"), move |tx, own| {
            Ok::<_, MyError>(accesses::page(tx, own, cursor.map(|c| c.key), limit)?)
        })
        .await?;
    Ok(Answered::ok(Page::cut(rows, limit, |a: &MyAccess| Cursor::numbered(a.seq, a.id))))
}

/// The notice that applies to the caller's data, made from what is in force.
#[utoipa::path(tag = "my", responses((status = 200, body = Notice)))]
#[get("/my/notice")]
async fn my_notice(at: OwnAttempt) -> Answer<Notice> {
    at.run(Act::named("self.read"), |tx, own| Ok::<_, MyError>(notice::of(tx, own)?)).await.map(Answered::ok)
}

/// The caller's departures, once access has ended: what was kept, handed over, deleted, given back, and why.
#[utoipa::path(tag = "my", responses((status = 200, body = MyDepartures)))]
#[get("/my/departures")]
async fn my_departures(at: OwnAttempt) -> Answer<MyDepartures> {
    at.run(Act::named("self.read"), |tx, own| Ok::<_, MyError>(left::of(tx, own)?)).await.map(Answered::ok)
}

/// A contest, as the person who made it sees it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MyContest {
    /// Its id.
    pub id: ContestId,
    /// The class that it is about.
    pub class: ClassName,
    /// One holding alone, where it is about one.
    pub holding_id: Option<HoldingId>,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// Where it stands.
    pub state: ContestState,
    /// The privacy officer's answer.
    pub answer: Option<String>,
    /// When it was said.
    pub opened_at: Ts,
    /// By when it is answered.
    pub due_on: NaiveDate,
    /// When it was answered.
    pub decided_at: Option<Ts>,
}

fn view(tx: &mut TenantTx<'_>, contest: &Contest) -> Stored<MyContest> {
    let pack = packs::in_force(tx)?;
    Ok(MyContest {
        id: contest.id,
        class: words::class_name(&pack, &contest.class),
        holding_id: contest.holding_id,
        reason: contest.reason(tx)?,
        state: contest.state,
        answer: contest.answer(tx)?,
        opened_at: contest.opened_at,
        due_on: contest.due_on,
        decided_at: contest.decided_at,
    })
}

/// The caller's contests, the latest first.
#[utoipa::path(tag = "my", responses((status = 200, body = Vec<MyContest>)))]
#[get("/my/contests")]
async fn my_contests(at: OwnAttempt) -> Answer<Vec<MyContest>> {
    at.run(Act::named("self.contest"), |tx, own| {
        let all = contests::of_subject(tx, own.subject())?;
        Ok::<_, MyError>(all.iter().map(|c| view(tx, c)).collect::<Stored<Vec<_>>>()?)
    })
    .await
    .map(Answered::ok)
}

/// What is contested, and why.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewContest {
    /// The class that the organisation controls.
    class: String,
    /// One holding of it alone.
    #[serde(default)]
    holding_id: Option<HoldingId>,
    /// Why it should be the person's.
    reason: String,
}

/// Contests a ruling. It stands on the privacy officer's list until she answers it with a reason.
#[utoipa::path(tag = "my", request_body = NewContest, responses((status = 201, body = MyContest)))]
#[post("/my/contests")]
async fn open_contest(at: OwnAttempt, body: web::Json<NewContest>) -> Answer<MyContest> {
    at.once(Act::named("self.contest"), body.into_inner(), |tx, own, new| {
        let contest = contests::open(tx, own, &new.class, new.holding_id, &new.reason)?;
        Ok::<_, MyError>(view(tx, &contest)?)
    })
    .await
}

/// A copy of what is the caller's own, as a ZIP archive: a file for each item in the vault, and `index.json`, which also names
/// what lies elsewhere. Each holding is decided on and recorded by itself.
#[utoipa::path(tag = "my", responses((status = 200, description = "The archive", content_type = "application/zip")))]
#[get("/my/download")]
async fn download_mine(at: OwnAttempt) -> Result<HttpResponse, Problem> {
    let at = Arc::new(at);
    let asking = at.clone();
    // Before anything is answered: a refusal is a problem document, not a broken download.
    let parts = web::block(move || asking.run_here(&download::act(), download::begin))
        .await
        .map_err(|_| Problem::unavailable("server.busy"))??;
    let (writer, body) = stream::body();
    let breaker = writer.breaker();
    tokio::task::spawn_blocking(move || {
        if let Err(why) = download::write(&at, &parts, writer) {
            tracing::warn!(code = "my.download-broken-off", error = %why);
            breaker.break_off();
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header(("Content-Disposition", "attachment; filename=\"my-data.zip\""))
        .insert_header(("Cache-Control", "no-store"))
        .body(body))
}

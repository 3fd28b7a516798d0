//! The inbox over HTTP.

use super::card::{Counts, InboxPage, Tab};
use super::error::InboxError;
use super::{decide, gather, show};
use crate::instructions::Decision;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{Stored, TenantTx};
use crate::platform::http::{Answer, Answered, Cursor, PageQuery, Problem};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// How far cards are counted.
const COUNTED_TO: usize = 200;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(inbox).service(decide_cards);
}

/// `?tab=open`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct InboxQuery {
    /// `open` when absent.
    tab: Option<Tab>,
}

/// Everything that waits for me, that I asked for, or that I decided lately. What lapses first comes first; what is done,
/// the newest first.
#[utoipa::path(tag = "inbox", params(InboxQuery, PageQuery), responses((status = 200, body = InboxPage)))]
#[get("/inbox")]
async fn inbox(at: Attempt, query: web::Query<InboxQuery>, page: web::Query<PageQuery>) -> Answer<InboxPage> {
    let (limit, cursor, tab) = (page.limit()?, page.cursor()?, query.tab.unwrap_or(Tab::Open));
    let page = at
        .run(Act::named("inbox.read").polled(), move |tx| read(tx, tab, cursor, limit).map_err(InboxError::from))
        .await?;
    Ok(Answered::ok(page))
}

fn read(tx: &mut TenantTx<'_>, tab: Tab, cursor: Option<Cursor>, limit: i64) -> Stored<InboxPage> {
    let limit = usize::try_from(limit).unwrap_or(1);
    let most = if cursor.is_none() { COUNTED_TO.max(limit + 1) } else { limit + 1 };
    let mut entries = gather::entries(tx, tab, cursor, most)?;
    let counts = match cursor {
        Some(_) => None,
        None => Some(counts(tx, tab, entries.len())?),
    };
    let is_last = entries.len() <= limit;
    entries.truncate(limit);
    let last = entries.last().filter(|_| !is_last);
    let next = last.map(|e| Cursor::numbered(e.key, e.id).encode());
    Ok(InboxPage { tab, items: show::cards(tx, tab, entries)?, next, counts })
}

fn counts(tx: &mut TenantTx<'_>, shown: Tab, of_shown: usize) -> Stored<Counts> {
    let mut count = |tab: Tab| -> Stored<u32> {
        let found = if tab == shown { of_shown } else { gather::entries(tx, tab, None, COUNTED_TO)?.len() };
        Ok(u32::try_from(found.min(COUNTED_TO)).unwrap_or(u32::MAX))
    };
    Ok(Counts {
        open: count(Tab::Open)?,
        waiting: count(Tab::Waiting)?,
        done: count(Tab::Done)?,
        counted_to: u32::try_from(COUNTED_TO).unwrap_or(u32::MAX),
    })
}

/// One word to several cards.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CardsDecision {
    /// Their ids: 1 to 100, with the same `alike`.
    cards: Vec<String>,
    /// Yes or no.
    decision: Decision,
    /// Why; needed for a no.
    #[serde(default)]
    reason: Option<String>,
}

/// What was decided.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct CardsDecided {
    /// The cards.
    decided: Vec<String>,
}

/// Says yes or no to several cards at once: to all of them, or to none.
#[utoipa::path(tag = "inbox", request_body = CardsDecision, responses(
    (status = 201, description = "All were decided", body = CardsDecided),
    (status = 409, description = "`inbox.not-all`: some cannot be decided, each is named, and none was"),
    (status = 422, description = "`inbox.not-alike`: they differ in reason or risk; `inbox.no-decision`, `inbox.count`"),
))]
#[post("/inbox/decide")]
async fn decide_cards(at: Attempt, body: web::Json<CardsDecision>) -> Answer<CardsDecided> {
    let body = body.into_inner();
    if body.reason.as_ref().is_some_and(|reason| reason.chars().count() > 2_000) {
        return Err(Problem::invalid("request.reason").at("/reason").detail("A reason has at most 2,000 characters."));
    }
    let act = Act::named(decide::power_for(&body.cards));
    at.once(act, body, |tx, body| {
        let decided = decide::decide(tx, &body.cards, body.decision, body.reason.as_deref())?;
        Ok::<_, InboxError>(CardsDecided { decided })
    })
    .await
}

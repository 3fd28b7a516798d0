//! Connectors over HTTP: made, fed in bulk, asked for what they have.

use super::connectors::{self, Connector, CreatedConnector, speaks_for};
use super::error::HoldingError;
use super::inventory::{self, Finding, Inventory};
use super::ndjson::Lines;
use super::register::{CHUNK_LINES, RegistrationReport, check_locator, register_line_by_line};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery, Problem};
use crate::platform::ids::{ConnectorId, Id, InventoryId};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of connectors.
pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_connectors)
        .service(add_connector)
        .service(rotate_connector)
        .service(register)
        .service(ask_inventory)
        .service(take_inventory)
        .service(list_inventories)
        .service(get_inventory);
}

/// The systems that keep external holdings.
#[utoipa::path(tag = "connectors", responses((status = 200, body = Vec<Connector>)))]
#[get("/connectors")]
async fn list_connectors(at: Attempt) -> Answer<Vec<Connector>> {
    at.run(Act::named("connectors.manage"), connectors::list_connectors).await.map(Answered::ok)
}

/// A connector to be made.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConnector {
    /// Its name.
    name: String,
    /// Where orders go.
    callback_url: String,
}

/// Makes a connector and shows its secret and key, once.
#[utoipa::path(tag = "connectors", request_body = NewConnector, responses((status = 201, body = CreatedConnector)))]
#[post("/connectors")]
async fn add_connector(at: Attempt, body: web::Json<NewConnector>) -> Answer<CreatedConnector> {
    at.once(Act::named("connectors.manage"), body.into_inner(), |tx, new| {
        connectors::create_connector(tx, &new.name, &new.callback_url)
    })
    .await
}

/// Gives a connector a new secret and a new key, shown once. Its older keys stay good until they end or are revoked.
#[utoipa::path(tag = "connectors", responses((status = 201, body = CreatedConnector)))]
#[post("/connectors/{id}/rotate")]
async fn rotate_connector(at: Attempt, id: web::Path<ConnectorId>) -> Answer<CreatedConnector> {
    let id = id.into_inner();
    at.once(Act::on("connectors.manage", "connector", id), id, |tx, id| connectors::rotate(tx, *id)).await
}

/// Registers holdings in bulk: NDJSON, one holding a line, upsert by locator. Bad lines are named; the others go in.
#[utoipa::path(tag = "connectors", request_body(content = String, content_type = "application/x-ndjson"),
               responses((status = 200, body = RegistrationReport)))]
#[post("/connectors/{id}/holdings")]
async fn register(at: Attempt, id: web::Path<ConnectorId>, body: web::Payload) -> Answer<RegistrationReport> {
    let id = id.into_inner();
    let at = std::sync::Arc::new(at);
    let mut report = RegistrationReport::default();
    let mut lines = Lines::new(body, at.limits().import_line_bytes);
    loop {
        let chunk = lines.next_chunk(CHUNK_LINES).await?;
        let (at, last) = (at.clone(), chunk.len() < CHUNK_LINES);
        let (good, bad) = apart(chunk);
        let part = web::block(move || {
            at.run_here(&Act::on("holdings.register", "connector", id), |tx| {
                speaks_for(tx, id)?;
                connectors::connector(tx, id)?.ok_or(HoldingError::UnknownConnector)?;
                register_line_by_line(tx, id, &good)
            })
        })
        .await
        .map_err(|_| Problem::unavailable("server.busy"))??;
        report.absorb(part);
        bad.into_iter().for_each(|(number, at)| report.reject(number, &HoldingError::NotText(at)));
        if last {
            return Ok(Answered::ok(report.in_order()));
        }
    }
}

/// Lines that are text, and those that are none with the place where they stop being it.
type Apart = (Vec<(u64, String)>, Vec<(u64, usize)>);

fn apart(lines: Vec<(u64, Result<String, usize>)>) -> Apart {
    let (mut good, mut bad) = (Vec::with_capacity(lines.len()), Vec::new());
    for (number, line) in lines {
        match line {
            Ok(text) => good.push((number, text)),
            Err(at) => bad.push((number, at)),
        }
    }
    (good, bad)
}

/// Asks a connector for everything it has.
#[utoipa::path(tag = "connectors", responses((status = 201, body = Inventory)))]
#[post("/connectors/{id}/inventory")]
async fn ask_inventory(at: Attempt, id: web::Path<ConnectorId>) -> Answer<Inventory> {
    let id = id.into_inner();
    at.once(Act::on("connectors.manage", "connector", id), id, |tx, id| inventory::ask(tx, *id)).await
}

/// What a connector was asked for, and what came of it, newest first.
#[utoipa::path(tag = "connectors", params(PageQuery), responses((status = 200, body = Page<Inventory>)))]
#[get("/connectors/{id}/inventories")]
async fn list_inventories(
    at: Attempt,
    id: web::Path<ConnectorId>,
    page: web::Query<PageQuery>,
) -> Answer<Page<Inventory>> {
    let (id, limit, cursor) = (id.into_inner(), page.limit()?, page.cursor()?);
    let act = Act::on("connectors.manage", "connector", id).polled();
    let rows = at.run(act, move |tx| inventory::list(tx, id, cursor, limit)).await?;
    Ok(Answered::ok(Page::cut(rows, limit, |i| Cursor::after(i.asked_at, i.id.uuid()))))
}

/// One line of an inventory.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    locator: String,
}

/// What a connector has: NDJSON, one `{"locator": …}` a line. At its end the comparison is made.
#[utoipa::path(tag = "connectors", request_body(content = String, content_type = "application/x-ndjson"),
               responses((status = 200, body = Inventory)))]
#[post("/connectors/{id}/inventories/{inventory}")]
async fn take_inventory(
    at: Attempt,
    path: web::Path<(ConnectorId, InventoryId)>,
    body: web::Payload,
) -> Answer<Inventory> {
    let (id, inventory) = path.into_inner();
    let at = std::sync::Arc::new(at);
    let mut lines = Lines::new(body, at.limits().import_line_bytes);
    loop {
        let chunk = lines.next_chunk(CHUNK_LINES).await?;
        let (at, last) = (at.clone(), chunk.len() < CHUNK_LINES);
        let done = web::block(move || {
            at.run_here(&Act::on("connectors.inventory", "connector", id), |tx| {
                speaks_for(tx, id)?;
                let known = inventory::find(tx, id, inventory)?;
                if known.closed_at.is_some() {
                    return Err(HoldingError::InventoryClosed);
                }
                let mut locators = Vec::with_capacity(chunk.len());
                for (number, line) in &chunk {
                    let line = line.as_ref().map_err(|at| HoldingError::NotText(*at))?;
                    let named: Named =
                        serde_json::from_str(line).map_err(|e| HoldingError::Invalid(format!("line {number}: {e}")))?;
                    check_locator(&named.locator)?;
                    locators.push(named.locator);
                }
                inventory::take(tx, &known, locators)?;
                let known = inventory::find(tx, id, inventory)?;
                if last { Ok(inventory::close(tx, &known)?) } else { Ok::<_, HoldingError>(known) }
            })
        })
        .await
        .map_err(|_| Problem::unavailable("server.busy"))??;
        if last {
            return Ok(Answered::ok(done));
        }
    }
}

/// An inventory with what was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct InventoryView {
    /// The inventory.
    #[serde(flatten)]
    inventory: Inventory,
    /// What was found: the first 2,500 of each kind, or a page of the one that was asked for.
    findings: Vec<Finding>,
}

/// `?kind=unknown_here&after=mail/lin`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct WhichFindings {
    /// `missing_there` or `unknown_here`; some of both when absent.
    kind: Option<String>,
    /// Only what comes after this locator, of the kind that is asked for.
    after: Option<String>,
}

const FINDINGS: i64 = 2_500;

/// What an inventory found: there and not known, known and not there. Its totals say how much there is; go on with `after`,
/// the last locator of the page before.
#[utoipa::path(tag = "connectors", params(WhichFindings), responses((status = 200, body = InventoryView)))]
#[get("/connectors/{id}/inventories/{inventory}")]
async fn get_inventory(
    at: Attempt,
    path: web::Path<(ConnectorId, InventoryId)>,
    which: web::Query<WhichFindings>,
) -> Answer<InventoryView> {
    let ((id, inventory), which) = (path.into_inner(), which.into_inner());
    at.run(Act::on("connectors.manage", "connector", id), move |tx| {
        let found = inventory::find(tx, id, inventory)?;
        let (kinds, after) = match which.kind.as_deref() {
            None => (vec![inventory::MISSING_THERE, inventory::UNKNOWN_HERE], ""),
            Some(kind) => (vec![kind], which.after.as_deref().unwrap_or_default()),
        };
        let mut findings = Vec::new();
        for kind in kinds {
            findings.extend(inventory::findings(tx, inventory, kind, after, FINDINGS)?);
        }
        Ok::<_, HoldingError>(InventoryView { inventory: found, findings })
    })
    .await
    .map(Answered::ok)
}

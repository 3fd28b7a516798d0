//! Holdings, connectors and holds over HTTP.

use super::connectors::{self, Connector, CreatedConnector, speaks_for};
use super::error::HoldingError;
use super::holds::{self, Hold};
use super::inventory::{self, Finding, Inventory, InventoryId};
use super::model::{Holding, RulingView, Side, SideState};
use super::operations::{self, Deposit};
use super::register::{CHUNK_LINES, MAX_LINE_BYTES, RegistrationReport, register_line_by_line};
use super::store::{self, Filter};
use crate::decisions;
use crate::instructions::Policies;
use crate::people;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery, Problem};
use crate::platform::ids::{ConnectorId, HoldId, HoldingId, Id, SubjectId};
use actix_web::{HttpResponse, delete, get, post, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_holdings)
        .service(get_holding)
        .service(deposit)
        .service(read_content)
        .service(list_connectors)
        .service(add_connector)
        .service(register)
        .service(ask_inventory)
        .service(take_inventory)
        .service(get_inventory)
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
    /// Whether the source documents settle it.
    settled: bool,
    /// What has become of this side.
    state: SideState,
    /// What has become of the holding.
    holding_state: String,
    /// Kept through which day.
    retain_until: Option<chrono::NaiveDate>,
    /// Who has it now.
    successor_id: Option<SubjectId>,
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
            state: side.state,
            holding_state: holding.state.as_str().into(),
            retain_until: side.retain_until,
            successor_id: side.successor_id,
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
    let rows =
        at.run(Act::named("holdings.read"), move |tx| store::list_sides(tx, &filter, cursor, limit)).await?;
    let page = Page::cut(rows, limit, |(side, _)| Cursor { key: 0, id: side.holding_id.uuid() });
    Ok(Answered::ok(page.map(SideView::of)))
}

/// A holding with every side and each side's rulings, newest first.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct HoldingView {
    /// The sides.
    sides: Vec<SideView>,
    /// Their rulings, by subject.
    #[schema(value_type = Object)]
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
        let history: Stored<Vec<RulingView>> = store::history(tx, id, side.subject_id)?
            .into_iter()
            .map(|r| {
                Ok(RulingView {
                    controller: r.controller,
                    rule: r.rule,
                    pack: r.pack,
                    clauses: serde_json::from_str(&r.clauses)?,
                    facts: serde_json::from_str(&r.facts)?,
                    cause: r.cause,
                    ruled_at: r.ruled_at,
                })
            })
            .collect();
        rulings.insert(side.subject_id, history?);
        sides.push(SideView::of((side, holding.clone())));
    }
    Ok(HoldingView { sides, rulings })
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
        let subject = people::subject_of(tx, &new.subject)?
            .ok_or_else(|| HoldingError::UnknownSubject(new.subject.clone()))?;
        let content = STANDARD
            .decode(&new.content_base64)
            .map_err(|e| HoldingError::Invalid(format!("content_base64: {e}")))?;
        let deposit = Deposit {
            class: new.class.clone(),
            subject,
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
            let holding = store::find(tx, id)?.ok_or(HoldingError::Unknown)?;
            let side = store::sides_of(tx, &[id])?.into_iter().next().ok_or(HoldingError::Unknown)?;
            let permit = decisions::decide(tx, &policies, &operations::ask(&holding, &side, "read", &purpose))?;
            operations::read_from_vault(tx, permit)
        })
        .await?;
    Ok(HttpResponse::Ok().content_type("application/octet-stream").insert_header(("Cache-Control", "no-store")).body(content))
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

/// Registers holdings in bulk: NDJSON, one holding a line, upsert by locator. Bad lines are named; the others go in.
#[utoipa::path(tag = "connectors", request_body(content = String, content_type = "application/x-ndjson"),
               responses((status = 200, body = RegistrationReport)))]
#[post("/connectors/{id}/holdings")]
async fn register(at: Attempt, id: web::Path<ConnectorId>, body: web::Payload) -> Answer<RegistrationReport> {
    let id = id.into_inner();
    let at = std::sync::Arc::new(at);
    let mut report = RegistrationReport::default();
    let mut lines = Lines::new(body);
    loop {
        let chunk = lines.next_chunk(CHUNK_LINES).await?;
        let (at, last) = (at.clone(), chunk.len() < CHUNK_LINES);
        let part = web::block(move || {
            at.run_here(&Act::on("holdings.register", "connector", id), |tx| {
                speaks_for(tx, id)?;
                connectors::connector(tx, id)?.ok_or(HoldingError::UnknownConnector)?;
                register_line_by_line(tx, id, &chunk)
            })
        })
        .await
        .map_err(|_| Problem::unavailable("server.busy"))??;
        report.absorb(part);
        if last {
            return Ok(Answered::ok(report));
        }
    }
}

/// Numbered lines out of a body, without ever holding more than a chunk of them.
struct Lines {
    body: web::Payload,
    rest: Vec<u8>,
    number: u64,
    ended: bool,
}

impl Lines {
    fn new(body: web::Payload) -> Self {
        Self { body, rest: Vec::new(), number: 0, ended: false }
    }

    async fn next_chunk(&mut self, most: usize) -> Result<Vec<(u64, String)>, Problem> {
        let mut lines = Vec::new();
        while lines.len() < most {
            if let Some(end) = self.rest.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                self.keep(&mut lines, &line[..line.len() - 1]);
            } else if self.ended {
                let line = std::mem::take(&mut self.rest);
                self.keep(&mut lines, &line);
                break;
            } else {
                self.read().await?;
            }
        }
        Ok(lines)
    }

    fn keep(&mut self, lines: &mut Vec<(u64, String)>, line: &[u8]) {
        self.number += 1;
        if !line.iter().all(u8::is_ascii_whitespace) {
            lines.push((self.number, String::from_utf8_lossy(line).into_owned()));
        }
    }

    async fn read(&mut self) -> Result<(), Problem> {
        let next =
            std::future::poll_fn(|cx| futures_core::Stream::poll_next(std::pin::Pin::new(&mut self.body), cx)).await;
        match next {
            None => self.ended = true,
            Some(Ok(bytes)) => self.rest.extend_from_slice(&bytes),
            Some(Err(e)) => {
                return Err(Problem::malformed("request.body-broken").detail(e.to_string())
                    .help("Send the whole again: what went in is recognised by its locator."));
            }
        }
        if self.rest.len() > MAX_LINE_BYTES * 4 && !self.rest.contains(&b'\n') {
            return Err(Problem::too_large("holdings.line-too-long")
                .detail(format!("Line {} has more than {MAX_LINE_BYTES} bytes.", self.number + 1))
                .help("Send one holding a line, and register large groups in parts."));
        }
        Ok(())
    }
}

/// Asks a connector for everything it has.
#[utoipa::path(tag = "connectors", responses((status = 201, body = Inventory)))]
#[post("/connectors/{id}/inventory")]
async fn ask_inventory(at: Attempt, id: web::Path<ConnectorId>) -> Answer<Inventory> {
    let id = id.into_inner();
    at.once(Act::on("connectors.manage", "connector", id), id, |tx, id| inventory::ask(tx, *id)).await
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
    let mut lines = Lines::new(body);
    loop {
        let chunk = lines.next_chunk(CHUNK_LINES).await?;
        let (at, last) = (at.clone(), chunk.len() < CHUNK_LINES);
        let done = web::block(move || {
            at.run_here(&Act::on("connectors.inventory", "connector", id), |tx| {
                speaks_for(tx, id)?;
                let known = inventory::find(tx, id, inventory)?;
                let mut locators = Vec::with_capacity(chunk.len());
                for (number, line) in &chunk {
                    let named: Named = serde_json::from_str(line)
                        .map_err(|e| HoldingError::Invalid(format!("line {number}: {e}")))?;
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
    /// The first 5,000 findings.
    findings: Vec<Finding>,
}

/// What an inventory found: there and not known, known and not there.
#[utoipa::path(tag = "connectors", responses((status = 200, body = InventoryView)))]
#[get("/connectors/{id}/inventories/{inventory}")]
async fn get_inventory(at: Attempt, path: web::Path<(ConnectorId, InventoryId)>) -> Answer<InventoryView> {
    let (id, inventory) = path.into_inner();
    at.run(Act::on("connectors.manage", "connector", id), move |tx| {
        let found = inventory::find(tx, id, inventory)?;
        Ok::<_, HoldingError>(InventoryView { findings: inventory::findings(tx, inventory, 5_000)?, inventory: found })
    })
    .await
    .map(Answered::ok)
}

/// Holds in force.
#[utoipa::path(tag = "holdings", responses((status = 200, body = Vec<Hold>)))]
#[get("/holds")]
async fn list_holds(at: Attempt) -> Answer<Vec<Hold>> {
    at.run(Act::named("holds.read"), holds::list).await.map(Answered::ok)
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

/// Ends a hold; not by the person who placed it.
#[utoipa::path(tag = "holdings", responses((status = 200, body = Hold)))]
#[delete("/holds/{id}")]
async fn end_hold(at: Attempt, id: web::Path<HoldId>) -> Answer<Hold> {
    let id = id.into_inner();
    at.run(Act::on("holds.manage", "hold", id), move |tx| holds::end_hold(tx, id)).await.map(Answered::ok)
}

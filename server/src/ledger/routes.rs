//! The ledger, over HTTP: lists of records, the export, and what an outsider needs to check it.

use super::error::LedgerError;
use super::export::{self, Export, Personal, Wanted};
use super::model::{CheckpointView, RecordFilter, RecordView, views};
use super::tail::{Tail, Tails};
use super::{keys, nodes, store, volume};
use crate::packs;
use crate::platform::Platform;
use crate::platform::attempt::{Act, Attempt, across_tenants};
use crate::platform::caller::Actor;
use crate::platform::db::TenantTx;
use crate::platform::http::{Answer, Answered, AsProblem, Cursor, Page, PageQuery, Problem, events, stream};
use crate::platform::ids::Id;
use actix_web::{HttpRequest, HttpResponse, get, web};
use policy_model::ledger::{BlockedNodes, Format, Span, consistency_proof};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice under `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    // Before the single record, whose number they are not.
    cfg.service(list_records)
        .service(export_records)
        .service(volume::route)
        .service(stream_records)
        .service(read_record);
    cfg.service(read_checkpoint).service(prove_consistency);
}

/// The route of this slice that needs nobody signed in, outside `/api/v1`.
pub fn public_routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(verifier_keys);
}

/// Access records, newest first.
#[utoipa::path(tag = "ledger", params(RecordFilter, PageQuery), responses((status = 200, body = Page<RecordView>)))]
#[get("/records")]
async fn list_records(
    at: Attempt,
    filter: web::Query<RecordFilter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<RecordView>> {
    let (limit, cursor, filter) = (page.limit()?, page.cursor()?, filter.into_inner());
    let page = at
        .run(Act::named("records.read"), move |tx| {
            filter.check()?;
            let rows = store::newest(tx, &filter, cursor.map(|c| c.key), limit + 1)?;
            let sealed = store::head(tx)?.map_or(0, |head| head.sealed);
            let page = Page::cut(rows, limit, |row| Cursor::numbered(row.seq, row.id.uuid()));
            Ok::<_, LedgerError>(Page { items: views(tx, &page.items, sealed)?, next: page.next })
        })
        .await?;
    Ok(Answered::ok(page))
}

/// Access records as they are committed, as server-sent events: `record` (its id is its place), now and then `head`
/// (`records`, `sealed`), and `end` with a problem document when the session or the power to read has ended. Goes on after
/// `Last-Event-ID`; without one, begins with the next record.
#[utoipa::path(tag = "ledger", params(RecordFilter, ("Last-Event-ID" = Option<i64>, Header, description = "The last id seen")),
    responses(
        (status = 200, description = "Events, until one side ends it", body = String, content_type = "text/event-stream"),
        (status = 429, description = "`records.too-many-streams`"),
    ))]
#[get("/records/stream")]
async fn stream_records(
    req: HttpRequest,
    at: Attempt,
    filter: web::Query<RecordFilter>,
    platform: web::Data<Platform>,
    tails: web::Data<Tails>,
) -> Result<HttpResponse, Problem> {
    let last_seen = req.headers().get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let (filter, most) = (filter.into_inner(), platform.config().limits.live_views);
    let view = at.open_view(Act::named("records.read")).await?;
    let tail = web::block(move || Tail::open(&tails, view, filter, (last_seen, most)));
    let tail = tail.await.map_err(|_| Problem::unavailable("server.busy"))??;
    let (events, response) = events();
    actix_web::rt::spawn(tail.flow(platform.into_inner(), events));
    Ok(response)
}

/// One access record.
#[utoipa::path(tag = "ledger", responses((status = 200, body = RecordView)))]
#[get("/records/{seq}")]
async fn read_record(at: Attempt, seq: web::Path<i64>) -> Answer<RecordView> {
    let seq = seq.into_inner();
    at.run(Act::on("records.read", "record", seq), move |tx| {
        let record = store::find(tx, seq)?.ok_or(LedgerError::UnknownRecord)?;
        let sealed = store::head(tx)?.map_or(0, |head| head.sealed);
        views(tx, &[record], sealed)?.pop().ok_or(LedgerError::UnknownRecord)
    })
    .await
    .map(Answered::ok)
}

/// The form of an export.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum ExportFormat {
    /// A JSON object a line.
    #[default]
    Ndjson,
    /// For spreadsheets.
    Csv,
}

/// How records are exported.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `ndjson` (when absent) or `csv`.
    #[param(inline)]
    format: Option<ExportFormat>,
    /// With personal texts opened, as far as they were not forgotten; false when absent.
    include_personal: Option<bool>,
}

/// Access records with checkpoint and proofs, oldest first, as a stream. `tenure verify` reads it offline.
#[utoipa::path(
    tag = "ledger",
    params(RecordFilter, ExportQuery),
    responses((status = 200, content((String = "application/x-ndjson"), (String = "text/csv"))))
)]
#[get("/records/export")]
async fn export_records(
    at: Attempt,
    platform: web::Data<Platform>,
    filter: web::Query<RecordFilter>,
    how: web::Query<ExportQuery>,
) -> Result<HttpResponse, Problem> {
    let format = match how.format.unwrap_or_default() {
        ExportFormat::Ndjson => Format::Ndjson,
        ExportFormat::Csv => Format::Csv,
    };
    let personal = if how.include_personal == Some(true) { Personal::Opened } else { Personal::Closed };
    let wanted = Wanted { filter: filter.into_inner(), format, personal };
    let caller = at.caller().clone();
    let announced = wanted.clone();
    at.run(Act::named("records.export"), move |tx| export::announce(tx, &announced)).await?;
    let export = web::block(move || Export::begin(platform.into_inner(), caller, wanted))
        .await
        .map_err(|_| Problem::unavailable("server.busy"))??;
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(export.content_type())
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{}\"", export.file_name())))
        .insert_header(("Cache-Control", "no-store"));
    Ok(answer.body(streamed(export)))
}

/// Writes the export on a thread of its own, as fast as the reader takes it.
fn streamed(export: Export) -> stream::ChunkBody {
    let (writer, body) = stream::body();
    let breaker = writer.breaker();
    tokio::task::spawn_blocking(move || {
        if let Err(e) = export.write(writer) {
            tracing::warn!(code = "ledger.export-broken-off", error = %e);
            breaker.break_off();
        }
    });
    body
}

/// The latest signed state of the ledger.
#[utoipa::path(tag = "ledger", responses((status = 200, body = CheckpointView)))]
#[get("/ledger/checkpoint")]
async fn read_checkpoint(at: Attempt) -> Answer<CheckpointView> {
    at.run(Act::named("records.read"), checkpoint_view).await.map(Answered::ok)
}

fn checkpoint_view(tx: &mut TenantTx<'_>) -> Result<CheckpointView, LedgerError> {
    let next_seq = store::head(tx)?.map_or(0, |head| head.next_seq);
    let Some(row) = store::latest_checkpoint(tx)? else {
        return Ok(CheckpointView { size: 0, unsealed: next_seq, note: None, at: None, key: None });
    };
    let key = Some(keys::verifier(tx, &row.key_id)?.to_string());
    let unsealed = next_seq - row.size;
    Ok(CheckpointView { size: row.size, unsealed, note: Some(row.note), at: Some(row.at), key })
}

/// Two sizes of the ledger.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Growth {
    /// The smaller size.
    from: u64,
    /// The greater size; the latest that is sealed when absent.
    to: Option<u64>,
}

/// The proof that a ledger only grew (RFC 9162, 2.1.4).
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ConsistencyView {
    /// The smaller size.
    from: u64,
    /// The greater size.
    to: u64,
    /// The root over the first `from` records, in base64.
    from_root: String,
    /// The root over the first `to` records, in base64.
    to_root: String,
    /// The hashes that lead from one to the other, in base64.
    proof: Vec<String>,
}

/// Proves that the ledger of one size is the beginning of the ledger of another.
#[utoipa::path(tag = "ledger", params(Growth), responses((status = 200, body = ConsistencyView)))]
#[get("/ledger/consistency")]
async fn prove_consistency(at: Attempt, growth: web::Query<Growth>) -> Answer<ConsistencyView> {
    let growth = growth.into_inner();
    at.run(Act::named("records.read"), move |tx| consistency(tx, growth)).await.map(Answered::ok)
}

fn consistency(tx: &mut TenantTx<'_>, growth: Growth) -> Result<ConsistencyView, LedgerError> {
    let size = store::unsigned(store::head(tx)?.map_or(0, |head| head.sealed))?;
    let (from, to) = (growth.from, growth.to.unwrap_or(size));
    if from > to || to > size {
        return Err(LedgerError::NoGrowth { from, to, size });
    }
    let roots = nodes::block_roots(tx, size)?;
    let mut tree = BlockedNodes::new(&roots, size, |block| nodes::leaves(tx, size, block));
    let mut root =
        |leaves| if leaves == 0 { Ok(policy_model::ledger::EMPTY_ROOT) } else { tree.node(Span::new(0, leaves)) };
    let (from_root, to_root) = (root(from)?.to_string(), root(to)?.to_string());
    let proof = consistency_proof(from, to, |span| tree.node(span))?;
    Ok(ConsistencyView { from, to, from_root, to_root, proof: proof.iter().map(ToString::to_string).collect() })
}

/// The public keys that sign an organisation's ledger, one a line, the one in use first (C2SP verifier keys).
#[utoipa::path(tag = "ledger", responses((status = 200, body = String, content_type = "text/plain")))]
#[get("/.well-known/tenure-ledger/{slug}")]
async fn verifier_keys(platform: web::Data<Platform>, slug: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found = web::block(move || published_keys(&platform, &slug)).await;
    let keys = found.map_err(|_| Problem::unavailable("server.busy"))?.map_err(|e| e.problem())?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(keys.join("\n") + "\n"))
}

fn published_keys(platform: &Platform, slug: &str) -> Result<Vec<String>, LedgerError> {
    across_tenants(platform, |p| {
        let tenant = packs::find_tenant_by_slug(p, slug)?.ok_or(LedgerError::UnknownLedger)?;
        let keys = p.in_tenant(tenant.id, Actor::Anonymous, |tx| keys::verifiers(tx).map_err(LedgerError::from))?;
        if keys.is_empty() { Err(LedgerError::UnknownLedger) } else { Ok(keys) }
    })
}

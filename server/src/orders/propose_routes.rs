//! Proposing instructions over HTTP, seeing before what they would touch, and fetching what an order takes out.

use super::by_hand::{self, NewInstruction};
use super::error::OrderError;
use super::model::Order;
use super::package::{self, Chunk, Handed};
use super::runs::{self, RunState};
use super::store;
use crate::holdings::Reach;
use crate::instructions::{self, Instruction, InstructionView};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Cursor, Page, PageQuery, Problem, stream};
use crate::platform::ids::{Id, InstructionId};
use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::Arc;
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of instructions that need to know what orders reach.
pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(preview_instruction)
        .service(propose_instruction)
        .service(get_execution)
        .service(list_orders)
        .service(fetch_package);
}

fn shown(tx: &mut TenantTx<'_>, i: &Instruction) -> Result<InstructionView, OrderError> {
    instructions::views(tx, std::slice::from_ref(i))?.pop().ok_or(OrderError::Unknown)
}

/// Proposes an instruction and asks for the approvals that the pack demands.
#[utoipa::path(tag = "instructions", request_body = NewInstruction, responses((status = 201, body = InstructionView)))]
#[post("/instructions")]
async fn propose_instruction(at: Attempt, body: web::Json<NewInstruction>) -> Answer<InstructionView> {
    at.once(Act::named("instructions.propose"), body.into_inner(), |tx, new| {
        let instruction = by_hand::draw_up(tx, new)?.propose(tx)?;
        shown(tx, &instruction)
    })
    .await
}

/// What an instruction would be and touch, before anybody is asked.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct Preview {
    /// The instruction as it would stand: whose yes it takes, and of which roles nobody is there. Its id is nobody's.
    instruction: InstructionView,
    /// What it would touch, and what it would leave out.
    reach: Reach,
}

/// Says what an instruction would touch and whose yes it would take. Nothing is kept but the record that it was asked.
#[utoipa::path(tag = "instructions", request_body = NewInstruction, responses((status = 200, body = Preview)))]
#[post("/instructions/preview")]
async fn preview_instruction(at: Attempt, body: web::Json<NewInstruction>) -> Answer<Preview> {
    let new = body.into_inner();
    at.run(Act::named("instructions.propose"), move |tx| {
        let drawn_up = by_hand::draw_up(tx, &new)?;
        let reach = drawn_up.reach.clone();
        let instruction = drawn_up.instruction(tx)?;
        Ok::<_, OrderError>(Preview { instruction: shown(tx, &instruction)?, reach })
    })
    .await
    .map(Answered::ok)
}

/// How far an order by hand has come.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct Execution {
    /// Where it stands.
    state: RunState,
    /// Orders it was divided into.
    orders: i64,
    /// Holdings taken so far.
    holdings: i64,
    /// Of them as ordered.
    done: i64,
    /// Of them failed.
    failed: i64,
    /// Its package, where it takes copies out of the vault.
    package: Option<PackageView>,
    /// When it began.
    created_at: Ts,
    /// When it ended.
    finished_at: Option<Ts>,
}

/// The package of an order that takes copies out.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct PackageView {
    /// Until when it can be fetched.
    until: Ts,
    /// When it was last handed over whole.
    fetched_at: Option<Ts>,
    /// How many holdings it held then.
    holdings: Option<i64>,
    /// How large it was.
    bytes: Option<i64>,
    /// What it was, byte for byte.
    sha256: Option<String>,
}

/// How far an order by hand has come; not found before it is in force.
#[utoipa::path(tag = "instructions", responses((status = 200, body = Execution)))]
#[get("/instructions/{id}/execution")]
async fn get_execution(at: Attempt, id: web::Path<InstructionId>) -> Answer<Execution> {
    let id = id.into_inner();
    at.run(Act::on("instructions.read", "instruction", id), move |tx| execution(tx, id)).await.map(Answered::ok)
}

fn execution(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<Execution, OrderError> {
    let run = runs::find(tx, id)?.ok_or(OrderError::Unknown)?;
    let states = store::states_under(tx, id)?;
    Ok(Execution {
        state: run.state,
        orders: run.orders,
        holdings: states.iter().map(|s| s.1).sum(),
        done: states.iter().map(|s| s.2).sum(),
        failed: states.iter().map(|s| s.3).sum(),
        package: run.package_until.map(|until| PackageView {
            until,
            fetched_at: run.fetched_at,
            holdings: run.package_lines,
            bytes: run.package_bytes,
            sha256: run.package_sha256.clone(),
        }),
        created_at: run.created_at,
        finished_at: run.finished_at,
    })
}

/// The orders that carry an instruction out, in order.
#[utoipa::path(tag = "orders", params(PageQuery), responses((status = 200, body = Page<Order>)))]
#[get("/instructions/{id}/orders")]
async fn list_orders(at: Attempt, id: web::Path<InstructionId>, page: web::Query<PageQuery>) -> Answer<Page<Order>> {
    let (id, limit, cursor) = (id.into_inner(), page.limit()?, page.cursor()?);
    let rows = at
        .run(Act::on("orders.read", "instruction", id), move |tx| {
            instructions::find(tx, id)?;
            Ok::<_, OrderError>(store::page_under(tx, id, cursor.map(|c| c.id.into()), limit + 1)?)
        })
        .await?;
    Ok(Answered::ok(Page::cut(rows, limit, |o: &Order| Cursor::numbered(0, o.id.uuid()))))
}

/// The package of an order that takes copies out of the vault: NDJSON, a header, a line a holding, a line that counts them. For
/// whoever the instruction names, until its time is over; each holding is decided on and recorded by itself.
#[utoipa::path(tag = "instructions", responses(
    (status = 200, description = "The package", content_type = "application/x-ndjson"),
    (status = 403, description = "Somebody else is named"),
))]
#[get("/instructions/{id}/package")]
async fn fetch_package(at: Attempt, id: web::Path<InstructionId>) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let at = Arc::new(at);
    let asking = at.clone();
    // The first lines before anything is answered: a refusal is a problem document, not a broken download.
    let (header, first) = web::block(move || {
        let header = asking.run_here(&act(id), |tx| package::header(tx, id))?;
        let first = asking.run_here(&act(id), |tx| package::chunk(tx, id, None))?;
        Ok::<_, Problem>((header, first))
    })
    .await
    .map_err(|_| Problem::unavailable("server.busy"))??;
    let (writer, body) = stream::body();
    let breaker = writer.breaker();
    tokio::task::spawn_blocking(move || {
        if let Err(why) = hand_over(&at, id, &header, first, writer) {
            tracing::warn!(code = "orders.package-broken-off", instruction = %id, error = %why);
            breaker.break_off();
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"package-{id}.ndjson\"")))
        .insert_header(("Cache-Control", "no-store"))
        .body(body))
}

/// Everybody may try; whether it is theirs is the instruction's to say.
fn act(id: InstructionId) -> Act {
    Act::on("self.read", "instruction", id)
}

/// Why a package was broken off: codes, never content.
type BrokenOff = Box<dyn std::error::Error + Send + Sync>;

fn hand_over(
    at: &Attempt,
    id: InstructionId,
    header: &str,
    first: Chunk,
    mut out: stream::ChunkWriter,
) -> Result<(), BrokenOff> {
    let (mut hash, mut bytes, mut lines) = (Sha256::new(), 0_i64, 0_i64);
    let mut put = |out: &mut stream::ChunkWriter, line: &str| -> std::io::Result<()> {
        let line = format!("{line}\n");
        hash.update(&line);
        bytes += i64::try_from(line.len()).unwrap_or(0);
        out.write_all(line.as_bytes())
    };
    put(&mut out, header)?;
    let mut chunk = first;
    loop {
        for line in &chunk.lines {
            put(&mut out, line)?;
            lines += 1;
        }
        let Some(next) = chunk.next else { break };
        chunk = at.run_here(&act(id), |tx| package::chunk(tx, id, Some(next))).map_err(|e| e.code().to_owned())?;
    }
    put(&mut out, &serde_json::json!({ "end": true, "holdings": lines }).to_string())?;
    let sha256 = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    let handed = Handed { lines, bytes, sha256 };
    // Before the last bytes go out: who has them whole has them on record.
    at.run_here(&act(id), |tx| package::handed_over(tx, id, &handed)).map_err(|e| e.code().to_owned())?;
    Ok(out.flush()?)
}

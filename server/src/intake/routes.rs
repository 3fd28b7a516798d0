//! Intake over HTTP: the webhook itself, sources, and the messages that were received.

use super::error::IntakeError;
use super::model::{Message, MessageState};
use super::operations::{self, Incoming, Receipt};
use super::sources::{self, CreatedSource, Source, create_source};
use super::store;
use crate::platform::Platform;
use crate::platform::attempt::{Act, Attempt, across_tenants};
use crate::platform::caller::Actor;
use crate::platform::http::{Answer, Answered, AsProblem, Cursor, Page, PageQuery, Problem};
use crate::platform::ids::{Id, MessageId, SourceId};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice below `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(super::import::import_members)
        .service(list_sources)
        .service(add_source)
        .service(rotate_source)
        .service(test_source)
        .service(list_messages)
        .service(get_message)
        .service(replay_message);
}

/// Receives a signed message from an HR system (Standard Webhooks).
#[utoipa::path(tag = "intake", responses(
    (status = 202, description = "Kept; it is applied in the background", body = Receipt),
    (status = 200, description = "A repeat: nothing was changed", body = Receipt),
    (status = 401, description = "The signature does not fit"),
    (status = 400, description = "The signature fits but is too old or too early"),
    (status = 413, description = "Larger than a message may be"),
))]
#[post("/hooks/{source}")]
pub async fn receive(
    req: HttpRequest,
    slug: web::Path<String>,
    mut body: web::Payload,
    platform: web::Data<Platform>,
) -> Result<HttpResponse, Problem> {
    let platform = platform.into_inner();
    let slug = slug.into_inner();
    let lookup = platform.clone();
    let found = web::block(move || across_tenants(&lookup, |p| store::route(p, &slug)))
        .await
        .map_err(|_| Problem::unavailable("server.busy"))??;
    let (tenant, source) = found.ok_or_else(|| IntakeError::UnknownSource.problem())?;
    let attempt = Attempt::by(platform.clone(), tenant, Actor::Source(source));
    let act = Act::on("intake.receive", "source", source);
    let bytes = match read(&mut body, platform.config().limits.webhook_body_bytes).await {
        Ok(bytes) => bytes,
        // Too large is refused before it is known who sent it; the attempt still leaves its record.
        Err(most) => {
            attempt.run(act, move |_| Err::<(), _>(IntakeError::TooLarge(most))).await?;
            return Err(IntakeError::TooLarge(most).problem());
        }
    };
    let header = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let incoming = Incoming {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: bytes,
    };
    let receipt = attempt.run(act, move |tx| operations::receive(tx, source, &incoming)).await?;
    let status = if receipt.duplicate { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok(HttpResponse::build(status).json(receipt))
}

/// Reads at most `most` bytes; the error is the bound that was passed.
async fn read(body: &mut web::Payload, most: usize) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::new();
    while let Some(chunk) =
        std::future::poll_fn(|cx| futures_core::Stream::poll_next(std::pin::Pin::new(body), cx)).await
    {
        let chunk = chunk.map_err(|_| most)?;
        if bytes.len() + chunk.len() > most {
            return Err(most);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A source to be made.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSource {
    /// Its name.
    name: String,
}

/// Where HR events come from.
#[utoipa::path(tag = "intake", responses((status = 200, body = Vec<Source>)))]
#[get("/sources")]
async fn list_sources(at: Attempt) -> Answer<Vec<Source>> {
    at.run(Act::named("sources.manage"), store::list_sources).await.map(Answered::ok)
}

/// Makes a source and shows its secret, once.
#[utoipa::path(tag = "intake", request_body = NewSource, responses((status = 201, body = CreatedSource)))]
#[post("/sources")]
async fn add_source(at: Attempt, body: web::Json<NewSource>) -> Answer<CreatedSource> {
    at.once(Act::named("sources.manage"), body.into_inner(), |tx, new| create_source(tx, &new.name)).await
}

/// Gives a source a new secret; the old one is accepted for a day.
#[utoipa::path(tag = "intake", responses((status = 201, body = CreatedSource)))]
#[post("/sources/{id}/rotate")]
async fn rotate_source(at: Attempt, id: web::Path<SourceId>) -> Answer<CreatedSource> {
    let id = id.into_inner();
    at.once(Act::on("sources.manage", "source", id), id, |tx, id| sources::rotate(tx, *id)).await
}

/// Sends a test message in this source's name: signed with its secret, and taken in by the way that real ones come.
#[utoipa::path(tag = "intake", responses((status = 201, description = "It was accepted", body = Receipt)))]
#[post("/sources/{id}/test")]
async fn test_source(at: Attempt, id: web::Path<SourceId>) -> Answer<Receipt> {
    let id = id.into_inner();
    at.once(Act::on("sources.manage", "source", id), id, |tx, id| sources::test(tx, *id)).await
}

/// `?state=rejected`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct MessageFilter {
    /// Only those that stand there.
    state: Option<MessageState>,
}

/// What was received, newest first.
#[utoipa::path(tag = "intake", params(MessageFilter, PageQuery), responses((status = 200, body = Page<Message>)))]
#[get("/messages")]
async fn list_messages(
    at: Attempt,
    filter: web::Query<MessageFilter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<Message>> {
    let (limit, cursor, state) = (page.limit()?, page.cursor()?, filter.state);
    let rows = at.run(Act::named("messages.read"), move |tx| store::list(tx, state, cursor, limit)).await?;
    Ok(Answered::ok(Page::cut(rows, limit, |m| Cursor::after(m.received_at, m.id.uuid()))))
}

/// One message that was received.
#[utoipa::path(tag = "intake", responses((status = 200, body = Message)))]
#[get("/messages/{id}")]
async fn get_message(at: Attempt, id: web::Path<MessageId>) -> Answer<Message> {
    let id = id.into_inner();
    let act = Act::on("messages.read", "message", id).polled();
    at.run(act, move |tx| store::find_message(tx, id)?.ok_or(IntakeError::UnknownMessage)).await.map(Answered::ok)
}

/// Tries a message again that waits or was rejected.
#[utoipa::path(tag = "intake", responses((status = 201, body = Message)))]
#[post("/messages/{id}/replay")]
async fn replay_message(at: Attempt, id: web::Path<MessageId>) -> Answer<Message> {
    let id = id.into_inner();
    at.once(Act::on("messages.replay", "message", id), id, |tx, id| operations::replay(tx, *id)).await
}

//! The AuthZEN Authorization API 1.0 over HTTP.

use super::answer::Decision;
use super::desk::{Desk, Form};
use super::error::AccessError;
use super::question;
use super::search::{self, Found, Kind, Search};
use crate::instructions::Policies;
use crate::platform::Platform;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{AsProblem, Problem, body};
use crate::platform::sign_in;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{FromRequest, HttpRequest, HttpResponse, get, post};
use policy_model::decision::Reason;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

/// Ten thousand questions of a kilobyte each.
const LARGEST_BODY: usize = 10 << 20;

/// The routes at the root.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(evaluation)
        .service(evaluations)
        .service(search_subject)
        .service(search_resource)
        .service(search_action)
        .service(configuration);
}

/// The body, once it is known to be JSON of a size that is taken.
async fn read(request: &HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Problem::malformed("request.content-type")
            .detail("The body is not marked as JSON.")
            .help("Send `Content-Type: application/json`."));
    }
    let too_large = || Problem::too_large("request.too-large").detail("The body is larger than this route takes.");
    let bytes = payload.to_bytes_limited(LARGEST_BODY).await.map_err(|_| too_large())?;
    let bytes = bytes.map_err(|e| Problem::malformed("request.unreadable").detail(e.to_string()))?;
    if body::holds_nul(&bytes) {
        return Err(Problem::malformed("request.nul")
            .detail("The request holds a NUL character.")
            .help("Leave it out."));
    }
    Ok(bytes)
}

fn answered<T: Serialize>(body: &T) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(body)
}

/// Several answers, in the order of the questions.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AccessDecisions)]
struct Decisions {
    /// The answers.
    evaluations: Vec<Decision>,
}

/// May this person do this to that data, for this purpose? AuthZEN access evaluation.
#[utoipa::path(
    post, path = "/access/v1/evaluation", tag = "access", request_body = Object,
    responses((status = 200, description = "Yes or no, with the reason", body = Decision),
              (status = 400, description = "The request cannot be read")),
)]
#[post("/access/v1/evaluation")]
async fn evaluation(request: HttpRequest, payload: Payload, desk: Data<Desk>) -> Result<HttpResponse, Problem> {
    let (_, mut decisions) = decided(&request, payload, &desk, question::one).await?;
    decisions.pop().map(|decision| answered(&decision)).ok_or_else(Problem::internal)
}

/// Up to 10,000 questions at once. AuthZEN access evaluations: `execute_all`, `deny_on_first_deny`,
/// `permit_on_first_permit`.
#[utoipa::path(
    post, path = "/access/v1/evaluations", tag = "access", request_body = Object,
    responses((status = 200, description = "The answers in order", body = Decisions),
              (status = 400, description = "The request cannot be read, or asks too much")),
)]
#[post("/access/v1/evaluations")]
async fn evaluations(request: HttpRequest, payload: Payload, desk: Data<Desk>) -> Result<HttpResponse, Problem> {
    let (is_one, mut evaluations) = decided(&request, payload, &desk, question::many).await?;
    match (is_one, evaluations.pop()) {
        (true, Some(decision)) => Ok(answered(&decision)),
        (_, last) => {
            evaluations.extend(last);
            Ok(answered(&Decisions { evaluations }))
        }
    }
}

/// From memory as long as that is sure to be what is in force; from the database otherwise. Nobody's body is read before it is
/// known who asks.
async fn decided(
    request: &HttpRequest,
    payload: Payload,
    desk: &Desk,
    form: Form,
) -> Result<(bool, Vec<Decision>), Problem> {
    let key = sign_in::key_shown(request);
    let asker = key.and_then(|key| desk.asker(&key));
    let is_sure = desk.is_sure().await;
    let Some(asker) = asker else {
        if !is_sure {
            return Err(not_current());
        }
        let at = Attempt::extract(request).await?;
        return desk.asks_the_database(at, key, read(request, payload).await, form).await;
    };
    let body = read(request, payload).await;
    if !is_sure {
        return desk.refuses(&asker, &body?, form);
    }
    if let Ok(body) = &body
        && let Some(decided) = desk.answers(asker, request, body.clone(), form).await
    {
        return decided;
    }
    let at = Attempt::extract(request).await?;
    desk.asks_the_database(at, key, body, form).await
}

fn not_current() -> Problem {
    let (_, detail) = Reason::NotCurrent.texts();
    Problem::unavailable(Reason::NotCurrent.code()).detail(detail).help("Ask another node, or this one in a moment.")
}

async fn searched(
    kind: Kind,
    at: Attempt,
    body: Result<Bytes, Problem>,
    policies: Data<Policies>,
) -> Result<HttpResponse, Problem> {
    let found = at
        .run(Act::named("decisions.search"), move |tx| {
            let asked = Search::read(kind, body.as_ref().map_err(Clone::clone)?).map_err(|e| e.problem())?;
            search::search(tx, &policies, kind, &asked).map_err(|e: AccessError| e.problem())
        })
        .await?;
    Ok(answered(&found))
}

/// Who may do this to that data? AuthZEN subject search.
#[utoipa::path(
    post, path = "/access/v1/search/subject", tag = "access", request_body = Object,
    responses((status = 200, description = "A page of subjects", body = Found)),
)]
#[post("/access/v1/search/subject")]
async fn search_subject(
    at: Attempt,
    request: HttpRequest,
    payload: Payload,
    policies: Data<Policies>,
) -> Result<HttpResponse, Problem> {
    searched(Kind::Subject, at, read(&request, payload).await, policies).await
}

/// To which data may this person do this? AuthZEN resource search.
#[utoipa::path(
    post, path = "/access/v1/search/resource", tag = "access", request_body = Object,
    responses((status = 200, description = "A page of resources", body = Found)),
)]
#[post("/access/v1/search/resource")]
async fn search_resource(
    at: Attempt,
    request: HttpRequest,
    payload: Payload,
    policies: Data<Policies>,
) -> Result<HttpResponse, Problem> {
    searched(Kind::Resource, at, read(&request, payload).await, policies).await
}

/// What may this person do to that data? AuthZEN action search.
#[utoipa::path(
    post, path = "/access/v1/search/action", tag = "access", request_body = Object,
    responses((status = 200, description = "The actions", body = Found)),
)]
#[post("/access/v1/search/action")]
async fn search_action(
    at: Attempt,
    request: HttpRequest,
    payload: Payload,
    policies: Data<Policies>,
) -> Result<HttpResponse, Problem> {
    searched(Kind::Action, at, read(&request, payload).await, policies).await
}

/// Where this decision point answers.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AccessConfiguration)]
struct Configuration {
    /// The decision point's own address.
    policy_decision_point: String,
    /// One question.
    access_evaluation_endpoint: String,
    /// Several.
    access_evaluations_endpoint: String,
    /// Who may.
    search_subject_endpoint: String,
    /// To which data.
    search_resource_endpoint: String,
    /// What.
    search_action_endpoint: String,
}

/// The AuthZEN discovery document.
#[utoipa::path(get, path = "/.well-known/authzen-configuration", tag = "access",
               responses((status = 200, description = "Where to ask", body = Configuration)))]
#[get("/.well-known/authzen-configuration")]
async fn configuration(request: HttpRequest, platform: Data<Platform>) -> HttpResponse {
    let base = match &platform.config().public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => {
            let seen = request.connection_info();
            format!("{}://{}", seen.scheme(), seen.host())
        }
    };
    let at = |path: &str| format!("{base}/access/v1/{path}");
    HttpResponse::Ok().json(Configuration {
        access_evaluation_endpoint: at("evaluation"),
        access_evaluations_endpoint: at("evaluations"),
        search_subject_endpoint: at("search/subject"),
        search_resource_endpoint: at("search/resource"),
        search_action_endpoint: at("search/action"),
        policy_decision_point: base,
    })
}

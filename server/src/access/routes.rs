//! The AuthZEN Authorization API 1.0 over HTTP.

use super::answer::Decision;
use super::error::AccessError;
use super::operations::{ASK, evaluate};
use super::question::{self, Asked};
use super::search::{self, Found, Kind, Search};
use crate::instructions::Policies;
use crate::platform::Platform;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{AsProblem, Problem, body};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
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
async fn evaluation(
    at: Attempt,
    request: HttpRequest,
    payload: Payload,
    policies: Data<Policies>,
) -> Result<HttpResponse, Problem> {
    let body = read(&request, payload).await;
    let mut decisions = at
        .run(Act::named(ASK), move |tx| {
            let asked =
                Asked::One(Box::new(question::one(body.as_ref().map_err(Clone::clone)?).map_err(|e| e.problem())?));
            evaluate(tx, &policies, &asked).map_err(Problem::from)
        })
        .await?;
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
async fn evaluations(
    at: Attempt,
    request: HttpRequest,
    payload: Payload,
    policies: Data<Policies>,
) -> Result<HttpResponse, Problem> {
    let body = read(&request, payload).await;
    let (is_one, mut evaluations) = at
        .run(Act::named(ASK), move |tx| {
            let asked = question::many(body.as_ref().map_err(Clone::clone)?).map_err(|e| e.problem())?;
            let is_one = matches!(asked, Asked::One(_));
            evaluate(tx, &policies, &asked).map(|decisions| (is_one, decisions)).map_err(Problem::from)
        })
        .await?;
    match (is_one, evaluations.pop()) {
        (true, Some(decision)) => Ok(answered(&decision)),
        (_, last) => {
            evaluations.extend(last);
            Ok(answered(&Decisions { evaluations }))
        }
    }
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

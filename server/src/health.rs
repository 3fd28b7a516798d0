//! Health, readiness, metrics, and the API's own description.

use crate::platform::Platform;
use crate::platform::http::Problem;
use crate::platform::jobs;
use actix_web::{HttpResponse, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes at the root.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(healthz).service(readyz).service(metrics).service(document).service(problems);
}

/// The test's hands on the clock, in a test build; nothing in a released one, and never in the API's description.
pub fn test_routes(_cfg: &mut web::ServiceConfig) {
    #[cfg(feature = "test-clock")]
    _cfg.service(test_clock::set).service(test_clock::settled);
}

/// The API's description, rendered once.
pub struct Document(String);

impl Document {
    /// Renders it.
    pub fn of(api: utoipa::openapi::OpenApi) -> Self {
        Self(api.to_pretty_json().unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}")))
    }
}

/// Names the API and how to sign in.
pub fn describe(api: &mut utoipa::openapi::OpenApi) {
    use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
    api.info = utoipa::openapi::Info::new("Tenure", env!("CARGO_PKG_VERSION"));
    let mut license = utoipa::openapi::License::new(env!("CARGO_PKG_LICENSE"));
    license.identifier = Some(env!("CARGO_PKG_LICENSE").into());
    api.info.license = Some(license);
    api.info.description = Some(
        "Governs the data an organisation controls about its people. Problems are RFC 9457 documents; lists are pages \
         with cursors; POSTs that create or execute take an Idempotency-Key; what can be edited has an ETag."
            .into(),
    );
    let components = api.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let cookie = ApiKeyValue::with_description(
        "tenure",
        "A browser's session, opened by `POST /api/v1/session`; `__Host-tenure` over https. What changes something needs \
         the session's own `X-CSRF-Token`, too.",
    );
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let either = ["bearer", "cookie"].map(|name| SecurityRequirement::new::<_, [&str; 0], &str>(name, []));
    api.security = Some(either.into());
    crate::platform::http::description::complete(api);
}

/// The process is alive.
#[utoipa::path(tag = "operations", responses((status = 200, description = "Alive")))]
#[get("/healthz")]
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The process can serve: the database answers.
#[utoipa::path(tag = "operations", responses((status = 200, description = "Ready"), (status = 503, description = "Not ready")))]
#[get("/readyz")]
async fn readyz(platform: web::Data<Platform>) -> Result<HttpResponse, Problem> {
    web::block(move || platform.pool().ping())
        .await
        .map_err(|_| Problem::unavailable("server.busy"))?
        .map_err(|_| Problem::unavailable("server.database-unavailable").detail("The database does not answer."))?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n"))
}

/// Prometheus metrics.
#[utoipa::path(tag = "operations", responses((status = 200, description = "Text for Prometheus")))]
#[get("/metrics")]
async fn metrics(platform: web::Data<Platform>) -> Result<HttpResponse, Problem> {
    let text = web::block(move || {
        if let Ok((due, failing)) = jobs::backlog(&platform) {
            platform.metrics().jobs_due.set(due);
            platform.metrics().jobs_failing.set(failing);
        }
        platform.metrics().render()
    })
    .await
    .map_err(|_| Problem::unavailable("server.busy"))?
    .map_err(|_| Problem::internal())?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text))
}

/// The OpenAPI 3.1 document.
#[utoipa::path(tag = "operations", responses((status = 200, description = "OpenAPI 3.1")))]
#[get("/api/openapi.json")]
async fn document(document: web::Data<Document>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.0.clone())
}

/// The table of problem codes, to which the `type` of every problem document leads. One table in the repository, so that
/// what is read here is what stands there.
#[utoipa::path(tag = "operations", responses((status = 200, description = "Every problem's code", content_type = "text/html")))]
#[get("/problems")]
async fn problems() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(as_page(&[PROBLEMS, REASONS].concat()))
}

const PROBLEMS: &str = include_str!("../../docs/guide/problems.md");
/// A refusal to read has the reason of the decision as its code.
const REASONS: &str = include_str!("../../docs/reasons.md");

/// The tables of a document as a list, each entry's anchor being the code that it begins with.
fn as_page(tables: &str) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('`', "");
    let mut page =
        String::from("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Tenure · problems · 问题代码</title>\n");
    for line in tables.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            page += &format!("<h2>{}</h2>\n", escaped(heading));
        } else if let Some((code, words)) = line.strip_prefix("| `").and_then(|row| row.split_once("` | ")) {
            let words: Vec<String> = words.trim_end_matches(" |").split(" | ").map(escaped).collect();
            page += &format!("<dt id=\"{code}\">{code}</dt><dd>{}</dd>\n", words.join(" · "));
        }
    }
    page
}

#[cfg(feature = "test-clock")]
mod test_clock {
    //! The test's hands on the clock. This module is not compiled into a released binary.

    use crate::platform::Platform;
    use crate::platform::http::Problem;
    use crate::platform::jobs;
    use actix_web::{HttpResponse, get, put, web};
    use chrono::{DateTime, FixedOffset, Utc};
    use serde::{Deserialize, Serialize};

    #[derive(Deserialize, Serialize)]
    struct Now {
        now: DateTime<FixedOffset>,
    }

    /// Moves the clock.
    #[put("/test/clock")]
    pub async fn set(platform: web::Data<Platform>, body: web::Json<Now>) -> HttpResponse {
        platform.clock().set(body.now.with_timezone(&Utc));
        platform.jobs_wake().notify();
        HttpResponse::Ok().json(body.into_inner())
    }

    /// Whether no job is due.
    #[get("/test/settled")]
    pub async fn settled(platform: web::Data<Platform>) -> Result<HttpResponse, Problem> {
        let (due, failing) = web::block(move || jobs::backlog(&platform))
            .await
            .map_err(|_| Problem::unavailable("server.busy"))?
            .map_err(|e| Problem::store(&e))?;
        let body = serde_json::json!({ "due": due, "failing": failing });
        Ok(if due == 0 { HttpResponse::Ok().json(body) } else { HttpResponse::Conflict().json(body) })
    }
}

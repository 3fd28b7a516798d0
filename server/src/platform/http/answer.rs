//! An answer: a body, its status, and the ETag of what can be edited.

use super::Problem;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// What a handler returns.
pub type Answer<T> = Result<Answered<T>, Problem>;

/// Something with a version, which becomes its ETag.
pub trait Versioned {
    /// The version that an `If-Match` must name, if this can be edited.
    fn version(&self) -> Option<i64>;
}

/// A body on its way out.
#[derive(Debug)]
pub struct Answered<T> {
    status: StatusCode,
    body: T,
    etag: Option<i64>,
}

impl<T> Answered<T> {
    /// 200 with a body.
    pub fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, body, etag: None }
    }
    /// 201 with a body.
    pub fn created(body: T) -> Self {
        Self { status: StatusCode::CREATED, body, etag: None }
    }
    /// 202 with a body: accepted, work goes on.
    pub fn accepted(body: T) -> Self {
        Self { status: StatusCode::ACCEPTED, body, etag: None }
    }
}

/// 200 with a body and its ETag, or 304 where the caller has that body already: for pages that ask again and again.
///
/// # Errors
/// When the body cannot be written.
pub fn unless_known<T: Serialize>(req: &HttpRequest, body: &T) -> Result<HttpResponse, Problem> {
    let text = serde_json::to_string(body).map_err(|e| Problem::store(&e.into()))?;
    let hash: String = Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{hash}\"");
    let known = req.headers().get(IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut answer = HttpResponse::Ok();
    answer.insert_header((ETAG, tag.clone())).insert_header((CACHE_CONTROL, "private, no-cache"));
    if known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag) {
        return Ok(answer.status(StatusCode::NOT_MODIFIED).finish());
    }
    Ok(answer.content_type("application/json").body(text))
}

impl<T: Versioned> Answered<T> {
    /// With the body's version as ETag.
    #[must_use]
    pub fn versioned(mut self) -> Self {
        self.etag = self.body.version();
        self
    }
}

impl<T: Serialize> Responder for Answered<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        if let Some(version) = self.etag {
            answer.insert_header(("ETag", format!("\"{version}\"")));
        }
        answer.insert_header(("Cache-Control", "no-store"));
        answer.json(self.body)
    }
}

//! An answer: a body, its status, and the ETag of what can be edited.

use super::Problem;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

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

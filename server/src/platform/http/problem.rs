//! The one place that knows RFC 9457. A slice's error says which problem it is; this file says how it looks.
//!
//! `code` is stable: it is the translation key, the reason in the record, and the anchor of its explanation.

use crate::platform::db::StoreError;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A refusal or failure that a caller can act on.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: String,
    pointer: Option<String>,
    help: Option<String>,
    clauses: Vec<String>,
    more: Map<String, Value>,
    retry_after_seconds: Option<u64>,
    conflict: bool,
    by_nobody_known: bool,
}

/// What a slice's error enum implements.
pub trait AsProblem: std::error::Error {
    /// The problem this error is.
    fn problem(&self) -> Problem;

    /// Whether nothing is wrong but the moment: another transaction won, and the same work may simply be run again.
    fn lost_a_race(&self) -> bool {
        self.problem().lost_a_race()
    }
}

impl AsProblem for StoreError {
    fn problem(&self) -> Problem {
        Problem::store(self)
    }

    fn lost_a_race(&self) -> bool {
        self.is_conflict()
    }
}

impl Problem {
    fn new(status: StatusCode, code: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code: code.into(),
            detail: String::new(),
            pointer: None,
            help: None,
            clauses: Vec::new(),
            more: Map::new(),
            retry_after_seconds: None,
            conflict: false,
            by_nobody_known: false,
        }
    }

    /// 400: the request could not be read.
    pub fn malformed(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code)
    }
    /// 401: nobody we know.
    pub fn unauthenticated(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code)
    }
    /// 403: a rule says no.
    pub fn refused(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code)
    }
    /// 404: not there, or another tenant's, which is the same answer.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what}.not-found")).detail(format!("There is no such {what}."))
    }
    /// 405: the address is right, the method is none of those that it takes.
    pub fn method(allowed: impl Iterator<Item = &'static str>) -> Self {
        let allowed = allowed.collect::<Vec<_>>().join(", ");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "request.method")
            .detail(format!("This address takes {allowed}."))
            .with("allow", allowed)
    }
    /// 409: the state of things does not allow it now.
    pub fn conflict(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code)
    }
    /// 412: somebody else changed it meanwhile.
    pub fn stale(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, code)
    }
    /// 413: over a bound.
    pub fn too_large(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, code)
    }
    /// 422: understood, but a value is wrong.
    pub fn invalid(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code)
    }
    /// 428: an `If-Match` is needed.
    pub fn precondition_required() -> Self {
        Self::new(StatusCode::PRECONDITION_REQUIRED, "request.if-match-required")
            .detail("Changing this needs an If-Match header with the ETag you read.")
    }
    /// 429: too often.
    pub fn too_many(code: impl Into<Cow<'static, str>>, retry_after_seconds: u64) -> Self {
        Self { retry_after_seconds: Some(retry_after_seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, code) }
    }
    /// 500: ours.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server.failed")
            .detail("Nothing was changed. The request id finds the cause in the server's log.")
    }
    /// 503: try again.
    pub fn unavailable(code: impl Into<Cow<'static, str>>) -> Self {
        Self { retry_after_seconds: Some(2), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, code) }
    }

    /// The database's trouble as a caller may see it; logged here, once.
    pub fn store(e: &StoreError) -> Self {
        if e.is_conflict() {
            return Self {
                conflict: true,
                ..Self::conflict("request.concurrent-change")
                    .detail("Somebody else changed this at the same moment.")
                    .help("Read it again and repeat.")
            };
        }
        tracing::error!(code = "server.failed", error = %e, "a store function failed");
        match e {
            StoreError::NoConnection(_) => Self::unavailable("server.database-unavailable")
                .detail("The database does not answer. Nothing was changed."),
            StoreError::Database(_) | StoreError::Unreadable(_) | StoreError::Keyring(_) => Self::internal(),
        }
    }

    /// What was found and why it is wrong, for people.
    #[must_use]
    pub fn detail(mut self, text: impl Into<String>) -> Self {
        self.detail = text.into();
        self
    }
    /// The field, as a JSON pointer (RFC 6901).
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }
    /// What would be right, or who can do it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
    /// The clause that this rests on.
    #[must_use]
    pub fn clause(mut self, id: impl Into<String>) -> Self {
        self.clauses.push(id.into());
        self
    }
    /// A further member of the document.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.more.insert(key.to_owned(), value.into());
        self
    }

    /// Who sent it was not proved: its record names nobody, whatever the request claimed.
    #[must_use]
    pub fn by_nobody_known(mut self) -> Self {
        self.by_nobody_known = true;
        self
    }
    /// Whether who sent it was not proved.
    pub fn is_by_nobody_known(&self) -> bool {
        self.by_nobody_known
    }

    /// The field that it is about.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// What would be right.
    pub fn helping(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.code
    }
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }
    /// The clauses cited.
    pub fn clauses(&self) -> &[String] {
        &self.clauses
    }
    /// Whether the attempt lost a race and may simply be run again.
    pub fn lost_a_race(&self) -> bool {
        self.conflict
    }

    /// The document's members.
    pub fn to_json(&self) -> Value {
        let mut doc = json!({
            "type": format!("/problems#{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Problem"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        if let Some(doc) = doc.as_object_mut() {
            if let Some(pointer) = &self.pointer {
                doc.insert("pointer".into(), pointer.clone().into());
            }
            if let Some(help) = &self.help {
                doc.insert("help".into(), help.clone().into());
            }
            if !self.clauses.is_empty() {
                doc.insert("clauses".into(), self.clauses.clone().into());
            }
            doc.extend(self.more.clone());
        }
        doc
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)?;
        if let Some(help) = &self.help {
            write!(f, " {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

impl AsProblem for Problem {
    fn problem(&self) -> Problem {
        self.clone()
    }
}

impl From<StoreError> for Problem {
    fn from(e: StoreError) -> Self {
        Self::store(&e)
    }
}

impl actix_web::ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after_seconds {
            answer.insert_header(("Retry-After", seconds.to_string()));
        }
        if let Some(Value::String(allowed)) = self.more.get("allow") {
            answer.insert_header(("Allow", allowed.as_str()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            answer.insert_header(("WWW-Authenticate", "Bearer"));
        }
        answer.content_type("application/problem+json").body(self.to_json().to_string())
    }
}

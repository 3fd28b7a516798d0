//! Bodies before they are read: one that may be left out, and one that holds a character no database keeps.
//!
//! What was sent and cannot be read is never taken for nothing: a garbled word of refusal must not become a yes.

use super::Problem;
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;

/// A JSON body that may be left out.
#[derive(Debug)]
pub struct OptionalJson<T>(pub Option<T>);

impl<T: DeserializeOwned + 'static> FromRequest for OptionalJson<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = web::Bytes::from_request(req, payload);
        Box::pin(async move {
            let bytes = bytes.await.map_err(|_| too_large())?;
            if bytes.iter().all(u8::is_ascii_whitespace) {
                return Ok(Self(None));
            }
            serde_json::from_slice(&bytes).map(|read| Self(Some(read))).map_err(|e| {
                Problem::malformed("request.unreadable")
                    .detail(e.to_string())
                    .help("Send JSON of the documented shape, or no body at all.")
            })
        })
    }
}

fn too_large() -> Problem {
    Problem::too_large("request.too-large").detail("The body is larger than this route takes.")
}

/// Refuses a NUL character in a JSON body, the path or the query: PostgreSQL cannot store one, and on both databases a
/// request means the same.
///
/// # Errors
/// `request.nul`, or that the body is too large.
pub async fn refuse_nul<B: MessageBody>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if req.path().contains("%00") || req.query_string().contains("%00") {
        return Err(nul().into());
    }
    let kind = req.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // A connector's streams are looked at line by line, webhooks keep even what they cannot read, and decisions take longer
    // bodies and look at them themselves.
    let is_left_alone =
        ["/hooks/", "/api/v1/connectors/", "/access/"].iter().any(|begin| req.path().starts_with(begin));
    if kind.starts_with("application/json") && !is_left_alone {
        let bytes = req.extract::<web::Bytes>().await.map_err(|_| too_large())?;
        if holds_nul(&bytes) {
            return Err(nul().into());
        }
        req.set_payload(actix_web::dev::Payload::from(bytes));
    }
    next.call(req).await
}

fn nul() -> Problem {
    Problem::malformed("request.nul").detail("The request holds a NUL character.").help("Leave it out.")
}

/// Whether JSON text holds a NUL character, plain or escaped. `\\\\u0000`, a backslash and five characters, is none.
pub fn holds_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = memchr::memchr2(0, b'\\', rest) {
        if rest[at] == 0 || rest[at..].starts_with(br"\u0000") {
            return true;
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_seen_plain_and_escaped_and_nowhere_else() {
        for text in [&b"{\"a\":\"\0\"}"[..], br#"{"a":"x\u0000"}"#, br#"{"a":"\\\u0000"}"#] {
            assert!(holds_nul(text), "{}", String::from_utf8_lossy(text));
        }
        for text in [&b"{}"[..], br#"{"a":"\\u0000"}"#, br#"{"a":"\u00001"}"#.get(..9).unwrap(), br#"\"#] {
            assert!(!holds_nul(text), "{}", String::from_utf8_lossy(text));
        }
    }
}

//! What is seen of every request: an id across log lines and records, a duration, a count. Never a body, a query or a name.

use crate::platform::Platform;
use crate::platform::ids::RequestId;
use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;
use std::time::Instant;

/// Gives the request its id, counts it, and logs it by route pattern.
pub async fn watch<B: MessageBody>(req: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, actix_web::Error> {
    let begun = Instant::now();
    let platform = req.app_data::<web::Data<Platform>>().cloned();
    let id: Option<RequestId> = platform.as_ref().map(|p| p.new_id(p.now()));
    if let Some(id) = id {
        req.extensions_mut().insert(id);
    }
    let method = req.method().to_string();
    let echoed = given_id(&req);
    let mut answer = next.call(req).await?;
    let route = answer.request().match_pattern().unwrap_or_else(|| "unmatched".into());
    let status = answer.status().as_u16();
    let seconds = begun.elapsed().as_secs_f64();
    if let Some(platform) = &platform {
        platform.metrics().requests.with_label_values(&[&route, &method, &status.to_string()]).inc();
        platform.metrics().request_seconds.with_label_values(&[&route]).observe(seconds);
    }
    let headers = answer.headers_mut();
    if let Some(id) = id
        && let Ok(own) = HeaderValue::from_str(&id.to_string())
    {
        headers.insert(HeaderName::from_static("x-request-id"), echoed.unwrap_or(own));
        let millis = seconds * 1000.0;
        if is_on_record(&route) && status == 200 {
            tracing::debug!(request = %id, method, route, status, millis, "request");
        } else {
            tracing::info!(request = %id, method, route, status, millis, "request");
        }
    }
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer"));
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    }
    Ok(answer)
}

/// Questions come by the thousand a second, and every answer is in the ledger under the same id.
fn is_on_record(route: &str) -> bool {
    route.starts_with("/access/v1/evaluation")
}

/// The id that an application gave its question: AuthZEN wants it back. Elsewhere a request has the id that we give it.
fn given_id(req: &ServiceRequest) -> Option<HeaderValue> {
    let id = req.headers().get("x-request-id").filter(|_| req.path().starts_with("/access/"))?;
    (!id.is_empty() && id.len() <= 255).then(|| id.clone())
}

//! The console's files, as the web build left them in `web-admin/dist`: embedded in a release build, read from there in a
//! debug build. A build without them works, and says how to make them.
//!
//! What has a hash in its name never changes and is kept by browsers for a year. Everything else that a person's browser asks
//! for and nobody else answers is a page of the console: it gets `index.html`, and the console reads the address.

use crate::platform::db::StoreError;
use crate::platform::http::Problem;
use crate::platform::http::description::{Addresses, Taken};
use actix_web::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, HeaderMap, HeaderName,
    IF_NONE_MATCH, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::TryRng;
use rand::rngs::SysRng;
use rust_embed::{Embed, EmbeddedFile};
use std::borrow::Cow;

/// What `make` says of the console in `web-admin/dist`. Only so that a release build notices when it came or went: what is
/// in it, the compiler follows by itself.
#[cfg(not(debug_assertions))]
const _: Option<&str> = option_env!("TENURE_CONSOLE");

#[derive(Embed)]
#[folder = "../web-admin/dist"]
#[allow_missing = true]
struct Dist;

/// What begins one of these addresses is never a page of the console: a wrong address of the API is a problem, for a
/// browser, too.
const NOT_PAGES: [&str; 9] =
    ["/api", "/hooks", "/.well-known", "/access", "/scim", "/metrics", "/healthz", "/readyz", "/test"];
const HASHED: &str = "assets/";
const INDEX: &str = "index.html";
/// Stands in `index.html` wherever this answer's nonce belongs.
const NONCE: &str = "__CSP_NONCE__";
const NOT_BUILT: &str = include_str!("../../config/console-not-built.html");

type Files = fn(&str) -> Option<EmbeddedFile>;

/// Answers whatever no route answers.
///
/// # Errors
/// `address.not-found`, `request.method`.
pub async fn serve(req: HttpRequest) -> Result<HttpResponse, Problem> {
    let addresses = req.app_data::<web::Data<Addresses>>();
    let not_answered = || match addresses.map_or(&[] as &[Taken], |known| known.at(req.path())) {
        [] => Problem::not_found("address"),
        taken => Problem::method(taken.iter().map(|one| one.method)),
    };
    answer(&req, Dist::get, not_answered)
}

fn answer(req: &HttpRequest, files: Files, not_answered: impl Fn() -> Problem) -> Result<HttpResponse, Problem> {
    let path = req.path();
    let is_read = matches!(*req.method(), Method::GET | Method::HEAD);
    if !is_read || NOT_PAGES.iter().any(|begin| is_below(path, begin)) {
        return Err(not_answered());
    }
    let name = path.trim_start_matches('/');
    if name != INDEX && !name.is_empty() && !name.split('/').any(|part| part.starts_with('.')) {
        if let Some(file) = files(name) {
            return Ok(asset(req.headers(), name, &file, files));
        }
        if name.starts_with(HASHED) || !accepts_html(req.headers()) {
            return Err(Problem::not_found("address"));
        }
    }
    page(files)
}

fn is_below(path: &str, begin: &str) -> bool {
    path.strip_prefix(begin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `index.html`, with a nonce that no other answer has.
fn page(files: Files) -> Result<HttpResponse, Problem> {
    let nonce = nonce()?;
    let (status, text) = match files(INDEX) {
        Some(index) => (StatusCode::OK, String::from_utf8_lossy(&index.data).into_owned()),
        None => (StatusCode::NOT_FOUND, NOT_BUILT.to_owned()),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    );
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .insert_header((
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ))
        .body(text.replace(NONCE, &nonce)))
}

fn asset(headers: &HeaderMap, name: &str, file: &EmbeddedFile, files: Files) -> HttpResponse {
    let tag = file.metadata.sha256_hash()[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let tag = format!("\"{tag}\"");
    let kept = if name.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CACHE_CONTROL, kept))
        .insert_header((ETAG, tag.clone()))
        .insert_header((VARY, "accept-encoding"));
    if headers.get(IF_NONE_MATCH).and_then(|v| v.to_str().ok()).is_some_and(|known| known.contains(&tag)) {
        return answer.status(StatusCode::NOT_MODIFIED).finish();
    }
    answer.content_type(kind_of(name));
    let small = if accepts_brotli(headers) { files(&format!("{name}.br")) } else { None };
    match small {
        Some(small) => answer.insert_header((CONTENT_ENCODING, "br")).body(bytes(small.data)),
        None => answer.body(bytes(file.data.clone())),
    }
}

/// Embedded bytes go out without being copied.
fn bytes(data: Cow<'static, [u8]>) -> actix_web::web::Bytes {
    match data {
        Cow::Borrowed(embedded) => actix_web::web::Bytes::from_static(embedded),
        Cow::Owned(read) => read.into(),
    }
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        Some(_) | None => "application/octet-stream",
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|kinds| kinds.contains("text/html"))
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let said = headers.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    said.split(',')
        .filter_map(|one| {
            let (name, quality) = one.split_once(';').unwrap_or((one, ""));
            (name.trim() == "br").then(|| quality.replace(' ', ""))
        })
        .any(|quality| !matches!(quality.as_str(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
}

fn nonce() -> Result<String, Problem> {
    let mut random = [0; 16];
    SysRng.try_fill_bytes(&mut random).map_err(|e| Problem::store(&StoreError::Keyring(e.to_string())))?;
    Ok(STANDARD.encode(random))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;
    use rust_embed::Metadata;

    const ASSET: &str = "/assets/main-3f9a.js";

    fn built(name: &str) -> Option<EmbeddedFile> {
        let text = match name {
            "index.html" => "<meta content=\"__CSP_NONCE__\"><script nonce=\"__CSP_NONCE__\">",
            "assets/main-3f9a.js" => "a long script",
            "assets/main-3f9a.js.br" => "short",
            "icon.svg" => "<svg/>",
            ".env" => "a secret",
            _ => return None,
        };
        Some(EmbeddedFile { data: text.as_bytes().into(), metadata: Metadata::__rust_embed_new([7; 32], None, None) })
    }

    fn get(path: &str, headers: &[(&str, &str)], files: Files) -> Result<HttpResponse, String> {
        let mut asked = TestRequest::get().uri(path);
        for header in headers {
            asked = asked.insert_header(*header);
        }
        answer(&asked.to_http_request(), files, || Problem::not_found("address")).map_err(|e| e.code().to_owned())
    }

    fn header(answer: &HttpResponse, name: &str) -> String {
        answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    async fn body(answer: HttpResponse) -> String {
        String::from_utf8(to_bytes(answer.into_body()).await.unwrap().to_vec()).unwrap()
    }

    #[actix_web::test]
    async fn every_page_has_a_nonce_of_its_own_in_policy_and_text() {
        let mut seen = std::collections::BTreeSet::new();
        for path in ["/", "/index.html", "/departures/01890a5d-ac96-774b-bcce-b302099a8057", "/api-like", "/testing"] {
            let page = get(path, &[("accept", "text/html,*/*;q=0.8")], built).unwrap();
            let policy = header(&page, "content-security-policy");
            let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"), "{policy}");
            assert_eq!(header(&page, "cache-control"), "no-cache");
            assert_eq!(body(page).await, format!("<meta content=\"{nonce}\"><script nonce=\"{nonce}\">"));
            assert!(seen.insert(nonce));
        }
    }

    #[actix_web::test]
    async fn what_has_a_hash_is_kept_for_a_year_and_small_where_the_browser_can_unpack_it() {
        for (said, packed) in
            [("gzip, deflate, br", true), ("br;q=0, gzip", false), ("gzip", false), ("br;q=0.5", true)]
        {
            let asset = get(ASSET, &[("accept-encoding", said)], built).unwrap();
            assert_eq!(header(&asset, "cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(header(&asset, "content-encoding"), if packed { "br" } else { "" }, "{said}");
            assert_eq!(header(&asset, "content-type"), "text/javascript; charset=utf-8");
            assert_eq!(body(asset).await, if packed { "short" } else { "a long script" });
        }
    }

    #[actix_web::test]
    async fn what_has_no_hash_is_asked_for_again_and_not_sent_again() {
        let icon = get("/icon.svg", &[], built).unwrap();
        assert_eq!(
            (header(&icon, "cache-control").as_str(), header(&icon, "content-type").as_str()),
            ("no-cache", "image/svg+xml")
        );
        let again = get("/icon.svg", &[("if-none-match", &header(&icon, "etag"))], built).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[actix_web::test]
    async fn a_wrong_address_is_a_problem_and_not_a_page() {
        for path in ["/api", "/api/v1/nothing", "/hooks/x/y", "/metrics/x", "/scim/v2/Users", "/assets/gone-1.js"] {
            assert_eq!(get(path, &[("accept", "text/html")], built).unwrap_err(), "address.not-found", "{path}");
        }
        assert_eq!(get("/departures", &[("accept", "application/json")], built).unwrap_err(), "address.not-found");
        let sent = TestRequest::post().uri("/departures").insert_header(("accept", "text/html")).to_http_request();
        assert!(answer(&sent, built, || Problem::not_found("address")).is_err());
        // No hidden file is a file of the console, whatever lies in the folder.
        assert_ne!(body(get("/.env", &[("accept", "text/html")], built).unwrap()).await, "a secret");
    }

    #[actix_web::test]
    async fn without_the_console_its_page_says_how_to_build_it() {
        let page = get("/", &[], |_| None).unwrap();
        assert_eq!(page.status(), StatusCode::NOT_FOUND);
        assert!(body(page).await.contains("make web"));
    }
}

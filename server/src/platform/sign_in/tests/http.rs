//! The routes: what they take, what they answer, and what they never do.

use super::world::{PASSWORD, World};
use crate::platform::db::tx::platform_tx;
use crate::platform::sign_in::{Owner, accounts, routes, well_known};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use actix_web::{App, Error, body::MessageBody};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use utoipa_actix_web::{AppExt, scope};

/// A server over `w`: anything that turns a request into an answer.
macro_rules! serve {
    ($w:expr) => {{
        let app = App::new().app_data($w.platform.clone()).into_utoipa_app();
        let app = app.service(scope("/api/v1").configure(routes)).configure(well_known).into_app();
        init_service(app).await
    }};
}

/// Status and body of the answer to a request.
macro_rules! ask {
    ($server:expr, $request:expr) => {
        answer(&$server, $request.to_request()).await
    };
}

/// The request's own type has no public name, so it is whatever the server takes.
async fn answer<S, R, B>(server: &S, request: R) -> (StatusCode, Value)
where
    S: Service<R, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let answer = call_service(server, request).await;
    let status = answer.status();
    let body = if status == StatusCode::NO_CONTENT { Value::Null } else { read_body_json(answer).await };
    (status, body)
}

fn post(path: &str, body: &Value) -> TestRequest {
    TestRequest::post().uri(path).set_json(body)
}

fn bearer(request: TestRequest, token: &Value) -> TestRequest {
    request.insert_header(("Authorization", format!("Bearer {}", token.as_str().unwrap())))
}

#[actix_web::test]
async fn from_the_link_to_the_sign_out() {
    let w = World::new();
    let acme = w.organisation("acme");
    let lin = w.hires(acme, Owner::Person, "lin@acme.cn");
    let server = serve!(w);

    let link = w.link(acme, lin.account);
    let set_up = json!({"token": link.expose(), "password": PASSWORD});
    let (status, body) = ask!(server, post("/api/v1/auth/setup", &set_up));
    assert_eq!((status, body), (StatusCode::OK, json!({"tenant": "acme"})));
    let (status, body) = ask!(server, post("/api/v1/auth/setup", &set_up));
    assert_eq!((status, &body["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("setup.link-invalid")));

    let credentials = json!({"identifier": "lin@acme.cn", "password": PASSWORD});
    let (status, tokens) = ask!(server, post("/api/v1/auth/sign-in", &credentials));
    assert_eq!((status, &tokens["tenant"], &tokens["expires_in"]), (StatusCode::OK, &json!("acme"), &json!(900)));
    let (status, next) = ask!(server, post("/api/v1/auth/refresh", &json!({"refresh_token": tokens["refresh_token"]})));
    assert_eq!(status, StatusCode::OK);

    let list = || TestRequest::get().uri("/api/v1/auth/sessions");
    let (status, sessions) = ask!(server, bearer(list(), &next["access_token"]));
    assert_eq!((status, &sessions["items"][0]["is_this_one"]), (StatusCode::OK, &json!(true)));
    let (status, _) = ask!(server, bearer(post("/api/v1/auth/sign-out", &json!({})), &next["access_token"]));
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, body) = ask!(server, bearer(list(), &next["access_token"]));
    assert_eq!((status, &body["code"]), (StatusCode::UNAUTHORIZED, &json!("session.ended")));
}

#[actix_web::test]
async fn who_is_unknown_and_who_is_wrong_wait_alike() {
    let w = World::new();
    let acme = w.organisation("acme");
    w.settles_in(acme, Owner::Person, "lin@acme.cn");
    let server = serve!(w);
    let mut answers = Vec::new();
    for name in ["lin@acme.cn", "nobody@acme.cn"] {
        let began = Instant::now();
        let credentials = json!({"identifier": name, "password": "wrong password"});
        answers.push(ask!(server, post("/api/v1/auth/sign-in", &credentials)));
        assert!(began.elapsed() >= Duration::from_millis(250));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn who_is_in_two_organisations_is_asked_which() {
    let w = World::new();
    for slug in ["acme", "other"] {
        let tenant = w.organisation(slug);
        let lin = w.hires(tenant, Owner::Person, "lin@acme.cn");
        platform_tx(&w.platform, |p| accounts::confirm(p, lin.person, tenant)).unwrap();
        accounts::set_password(&w.platform, lin.account, PASSWORD).unwrap();
    }
    let server = serve!(w);
    let mut credentials = json!({"identifier": "lin@acme.cn", "password": PASSWORD});
    let (status, body) = ask!(server, post("/api/v1/auth/sign-in", &credentials));
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body,
        json!({"choose": [
            {"tenant": "acme", "name": "acme 公司", "reach": "member"},
            {"tenant": "other", "name": "other 公司", "reach": "member"},
        ]})
    );
    credentials["tenant"] = json!("other");
    let (_, body) = ask!(server, post("/api/v1/auth/sign-in", &credentials));
    assert_eq!(body["tenant"], "other");
    credentials["tenant"] = json!("a\u{0}b");
    let (status, body) = ask!(server, post("/api/v1/auth/sign-in", &credentials));
    assert_eq!((status, &body["code"]), (StatusCode::FORBIDDEN, &json!("sign-in.no-membership")));
}

#[actix_web::test]
async fn a_machine_gets_its_key_once_and_has_no_session() {
    let w = World::new();
    let acme = w.organisation("acme");
    w.settles_in(acme, Owner::Person, "lin@acme.cn");
    let server = serve!(w);
    let credentials = json!({"identifier": "lin@acme.cn", "password": PASSWORD});
    let (_, tokens) = ask!(server, post("/api/v1/auth/sign-in", &credentials));
    let admin = &tokens["access_token"];

    let expires_at = *w.platform.now() + chrono::Duration::days(30);
    let wanted = json!({"name": "mail", "scopes": ["holdings.register"], "expires_at": expires_at});
    let (status, made) = ask!(server, bearer(post("/api/v1/api-keys", &wanted), admin));
    assert_eq!((status, &made["name"]), (StatusCode::CREATED, &json!("mail")));
    let (_, listed) = ask!(server, bearer(TestRequest::get().uri("/api/v1/api-keys"), admin));
    assert_eq!(listed["items"][0].get("token"), None);

    let (status, body) = ask!(server, bearer(TestRequest::get().uri("/api/v1/auth/sessions"), &made["token"]));
    assert_eq!((status, &body["code"]), (StatusCode::FORBIDDEN, &json!("session.none")));
    let path = format!("/api/v1/api-keys/{}", made["id"].as_str().unwrap());
    let (status, _) = ask!(server, bearer(TestRequest::delete().uri(&path), admin));
    assert_eq!(status, StatusCode::OK);
    let (status, _) = ask!(server, bearer(TestRequest::get().uri("/api/v1/api-keys"), &made["token"]));
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn the_public_keys_are_there_for_everybody() {
    let w = World::new();
    let server = serve!(w);
    let (status, body) = ask!(server, TestRequest::get().uri("/.well-known/jwks.json"));
    assert_eq!((status, &body["keys"][0]["crv"]), (StatusCode::OK, &json!("Ed25519")));
}

#[test]
fn every_route_describes_itself() {
    let (_, api) = App::new()
        .into_utoipa_app()
        .service(scope("/api/v1").configure(routes))
        .configure(well_known)
        .split_for_parts();
    let paths: Vec<_> = api.paths.paths.keys().cloned().collect();
    assert_eq!(
        paths,
        [
            "/.well-known/jwks.json",
            "/api/v1/api-keys",
            "/api/v1/api-keys/{id}",
            "/api/v1/auth/refresh",
            "/api/v1/auth/sessions",
            "/api/v1/auth/sessions/{id}",
            "/api/v1/auth/setup",
            "/api/v1/auth/setup/look",
            "/api/v1/auth/sign-in",
            "/api/v1/auth/sign-out",
            "/api/v1/auth/sign-out-everywhere",
            "/api/v1/session",
            "/api/v1/session/organisations",
            "/api/v1/session/switch",
        ]
    );
}

//! Who gets in, and who does not any more.

use chrono::TimeDelta;
use scenarios::scenario;
use serde_json::{Value, json};

scenario!(a_wrong_password_and_an_unknown_account_get_the_same_answer, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let wrong = lin.signs_in_with("not the password").is_refused("sign-in.refused");
    let unknown = json!({ "identifier": "nobody@example.com", "password": "not the password", "tenant": acme.slug() });
    let unknown = acme.anonymous().post("/auth/sign-in", &unknown).is_refused("sign-in.refused");
    assert_eq!(wrong, unknown);
});

scenario!(after_too_many_wrong_passwords_the_right_one_waits_too, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    for _ in 0..8 {
        lin.signs_in_with("not the password");
    }
    let locked = lin.signs_in();
    assert!([401, 429].contains(&locked.status), "{locked}");
    t.clock().passes(TimeDelta::minutes(16));
    lin.signs_in().ok();
});

scenario!(a_refresh_token_is_good_once_and_a_stolen_one_ends_the_session, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let first = lin.signs_in().ok();
    let refresh = |token: &Value| acme.anonymous().post("/auth/refresh", &json!({ "refresh_token": token }));
    let second = refresh(&first["refresh_token"]).ok();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    // Somebody uses the old one again: nobody knows who of the two is the thief.
    refresh(&first["refresh_token"]).is_status(401);
    refresh(&second["refresh_token"]).is_status(401);
    let token = second["access_token"].as_str().expect("an access token");
    acme.anonymous().bearing(token).get("/me").is_status(401);
});

scenario!(signing_out_everywhere_ends_every_session_at_once, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let sessions = [lin.signs_in().ok(), lin.signs_in().ok()];
    let caller = |n: usize| acme.anonymous().bearing(sessions[n]["access_token"].as_str().expect("a token"));
    caller(0).get("/me").ok();
    caller(1).post("/auth/sign-out-everywhere", &json!({})).ok();
    caller(0).get("/me").is_status(401);
    caller(1).get("/me").is_status(401);
});

scenario!(a_token_is_good_for_minutes_not_for_days, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let caller = lin.caller();
    caller.get("/me").ok();
    t.clock().passes(TimeDelta::minutes(16));
    caller.get("/me").is_status(401);
});

scenario!(a_leavers_open_session_ends_with_the_membership, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    t.clock().reaches("2026-03-31T23:59:30+08:00");
    let (open, tokens) = (lin.caller(), lin.signs_in().ok());
    open.get("/me").ok();
    t.clock().reaches("2026-04-01T00:00+08:00");
    open.get("/me").is_refused("membership.ended");
    t.settles();
    assert!([401, 403].contains(&open.get("/me").status));
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    let refreshed = acme.anonymous().post("/auth/refresh", &refresh);
    assert!([401, 403].contains(&refreshed.status), "{refreshed}");
});

scenario!(a_set_up_link_works_once_and_there_is_no_default_password, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let asked = ["tenant", "create", "--name", "新公司", "--slug", "xin", "--admin-email", "new@example.com"];
    let said = t.cli(asked).ok();
    let token = said.lines().find_map(|line| line.strip_prefix("set-up token")).expect("a token").trim();
    let try_it = |password: &str| {
        let body = json!({ "token": token, "password": password });
        acme.anonymous().post("/auth/setup", &body)
    };
    for guess in ["admin", "password", "123456"] {
        let body = json!({ "identifier": "new@example.com", "password": guess, "tenant": "xin" });
        assert!(acme.anonymous().post("/auth/sign-in", &body).status >= 400);
    }
    try_it("short").is_status(422);
    try_it("a long enough sentence 1").ok();
    try_it("another long sentence 22").is_refused("setup.link-invalid");
    t.log_may_be_personal();
});

scenario!(keys_are_published_and_a_rotated_one_is_good_until_its_last_token_has_expired, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let keys = || {
        let set = t.stranger().send("GET", "/.well-known/jwks.json", &[], None).ok();
        set["keys"].as_array().expect("keys").iter().map(|k| k["kid"].clone()).collect::<Vec<_>>()
    };
    let (before, caller) = (keys(), lin.caller());
    t.cli(["key", "rotate"]).ok();
    assert!(keys().len() > before.len(), "the new key is published beside the old one");
    caller.get("/me").ok();
});

scenario!(an_api_key_does_what_it_was_made_for_until_it_is_revoked, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let security = acme.member_with("security_admin");
    let asked = json!({ "name": "报表", "scopes": ["members.read"], "expires_at": "2026-12-31T00:00:00Z" });
    let made = security.posts("/api-keys", &asked).ok();
    let key = acme.anonymous().bearing(made["token"].as_str().expect("the key, once"));
    key.get("/members").ok();
    key.get("/departures").is_status(403);
    security.caller().delete(&format!("/api-keys/{}", made["id"].as_str().expect("an id"))).ok();
    t.clock().passes(TimeDelta::seconds(10));
    key.get("/members").is_status(401);
});

scenario!(nobody_gets_in_without_a_token_or_with_somebody_elses_signature, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    acme.anonymous().get("/members").is_refused("sign-in.required");
    for token in ["", "x", "tk_abc_def", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."] {
        acme.anonymous().bearing(token).get("/members").is_status(401);
    }
});

//! Who is in by a browser: the cookie, what goes with it, and how it ends.

use chrono::TimeDelta;
use scenarios::person::PASSWORD;
use scenarios::{Organisation, scenario};
use serde_json::{Value, json};

scenario!(a_browser_signs_in_by_a_cookie_that_no_script_can_read_and_learns_who_it_is_for, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let browser = acme.browser();
    browser.get("/session").is_refused("sign-in.required");
    let answer = browser.signs_in(&lin, None);
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.starts_with("tenure="), "{cookie}");
    for word in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(word), "{word}: {cookie}");
    }
    let token = cookie.split(['=', ';']).nth(1).expect("a token");
    assert!(!answer.body.contains(token), "the cookie's token is nowhere but in the cookie");
    let said = answer.ok();
    assert_eq!(said["name"], "林晓");
    assert_eq!(said["staff_number"], lin.staff_number);
    assert_eq!(said["membership_id"], lin.membership);
    assert_eq!(said["roles"], json!(["employee"]));
    assert_eq!(said["account"]["kind"], "personal");
    assert_eq!((&said["tenant"]["slug"], &said["tenant"]["name"]), (&json!(acme.slug()), &json!("远山科技")));
    assert_eq!((&said["tenant"]["time_zone"], &said["tenant"]["pack"]), (&json!("Asia/Shanghai"), &json!("dingtalk")));
    for member in ["id", "subject_id", "csrf_token", "expires_at", "ends_at"] {
        assert!(said[member].is_string(), "{member}: {said}");
    }
    let again = browser.get("/session").ok();
    assert_eq!(said, again);
    assert_eq!(browser.get("/me").ok()["member"]["name"], "林晓");
    // What is stored opens nothing.
    for file in t.server().files() {
        let stored = std::fs::read(&file).expect("it can be read");
        let found = stored.windows(token.len()).any(|some| some == token.as_bytes());
        assert!(!found, "{} holds the cookie's token", file.display());
    }
});

scenario!(what_changes_something_comes_from_our_own_page_with_the_sessions_own_token, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let admin = acme.first_admin();
    let browser = acme.browser_of(admin);
    let (csrf, origin) = (browser.csrf().expect("a token"), t.server().base_url());
    let other = acme.browser_of(admin).csrf().expect("a token");
    let body = json!({ "name": "人事系统二" });
    let sends = |headers: &[(&str, &str)]| browser.sends("POST", "/sources", headers, Some(&body));
    sends(&[("origin", &origin)]).is_refused("csrf.token");
    sends(&[("origin", &origin), ("x-csrf-token", &other)]).is_refused("csrf.token");
    sends(&[("origin", "https://evil.example"), ("x-csrf-token", &csrf)]).is_refused("csrf.origin");
    sends(&[("x-csrf-token", &csrf)]).is_refused("csrf.origin");
    sends(&[("sec-fetch-site", "same-site"), ("origin", &origin), ("x-csrf-token", &csrf)]).is_refused("csrf.origin");
    assert_eq!(acme.first_admin().gets("/sources").items(), [] as [Value; 0]);
    sends(&[("sec-fetch-site", "same-origin"), ("x-csrf-token", &csrf)]).ok();
    browser.post("/sources", &json!({ "name": "人事系统三" })).ok();
    // A token in the header goes before the cookie, and is no browser's business.
    let token = admin.signs_in().ok()["access_token"].as_str().map(|t| format!("Bearer {t}")).expect("a token");
    sends(&[("authorization", &token)]).ok();
    browser.sends("GET", "/me", &[("authorization", "Bearer nonsense")], None).is_refused("sign-in.required");
    // Whose browser somebody tried to use, the organisation can see.
    let tries = acme.auditor().records("act=session.use");
    assert_eq!(tries.len(), 5, "{tries:?}");
    assert!(tries.iter().all(|r| r["outcome"] == "refused"), "{tries:?}");
    // Nobody is signed in by another site's page.
    let signs_in = json!({ "identifier": admin.email, "password": PASSWORD });
    let foreign = [("origin", "https://evil.example")];
    acme.browser().sends("POST", "/session", &foreign, Some(&signs_in)).is_refused("csrf.origin");
});

scenario!(a_browsers_session_ends_with_the_meeting_or_the_day_and_says_so, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let browser = acme.browser_of(&lin);
    for _ in 0..3 {
        t.clock().passes(TimeDelta::minutes(50));
        browser.get("/session").ok();
    }
    t.clock().passes(TimeDelta::minutes(61));
    browser.get("/session").is_refused("session.expired");
    browser.get("/me").is_refused("session.expired");
    browser.post("/auth/sign-out-everywhere", &json!({})).is_refused("session.expired");
    acme.browser().get("/session").is_refused("sign-in.required");
    // Use prolongs it, but not beyond the day.
    browser.signs_in(&lin, None).ok();
    for _ in 0..14 {
        t.clock().passes(TimeDelta::minutes(50));
        browser.get("/session").ok();
    }
    t.clock().passes(TimeDelta::minutes(50));
    browser.get("/session").is_refused("session.expired");
});

scenario!(requests_sent_at_the_same_time_do_not_race_for_the_cookie, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let browser = acme.browser_of(acme.first_admin());
    t.clock().passes(TimeDelta::minutes(10));
    let copies: Vec<_> = (0..4).map(|_| browser.copied()).collect();
    for copy in &copies {
        copy.get("/session").ok();
        copy.get("/members").ok();
    }
    browser.get("/session").ok();
});

scenario!(sessions_of_both_kinds_are_listed_ended_one_by_one_and_all_at_once, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let (desk, phone) = (acme.browser_of(&lin), acme.browser_of(&lin));
    let program = lin.caller();
    let listed = desk.get("/auth/sessions").items();
    let kinds: Vec<_> = listed.iter().map(|s| s["kind"].as_str().unwrap_or_default()).collect();
    assert_eq!(kinds.iter().filter(|k| **k == "browser").count(), 2, "{listed:?}");
    assert!(kinds.contains(&"token"), "{listed:?}");
    let own: Vec<_> = listed.iter().filter(|s| s["is_this_one"] == true).collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["id"], desk.get("/session").ok()["id"]);
    let phones = phone.get("/session").ok()["id"].as_str().expect("an id").to_owned();
    // Not by anybody else, though they know its id.
    let zhao = acme.browser_of(&acme.hires("赵敏"));
    zhao.delete(&format!("/auth/sessions/{phones}")).is_refused("session.not-found");
    desk.delete(&format!("/auth/sessions/{phones}")).is_status(204);
    phone.get("/session").is_refused("session.ended");
    desk.get("/session").ok();
    desk.post("/auth/sign-out-everywhere", &json!({})).ok();
    desk.get("/session").is_refused("session.ended");
    program.get("/me").is_refused("session.ended");
    zhao.get("/session").ok();
});

scenario!(signing_out_takes_the_cookie_away_and_ends_the_session_behind_it, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let browser = acme.browser_of(&lin);
    let thief = browser.copied();
    browser.sends("DELETE", "/session", &[("origin", "https://evil.example")], None).is_refused("csrf.origin");
    browser.get("/session").ok();
    let gone = browser.delete("/session");
    assert_eq!(gone.status, 204);
    assert!(gone.header("set-cookie").is_some_and(|c| c.contains("Max-Age=0")), "{gone}");
    browser.get("/session").is_refused("sign-in.required");
    thief.get("/session").is_refused("session.ended");
    thief.delete("/session").is_status(204);
});

scenario!(a_leavers_browser_is_shut_out_at_the_instant_and_a_lost_role_counts_at_once, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let role = acme.appoints(&lin, "hr_admin").ok();
    acme.hr_system().says_leaving(&lin, "2026-03-02").ok();
    t.settles();
    let browser = acme.browser_of(&lin);
    browser.get("/departures").ok();
    acme.first_admin().caller().delete(&format!("/role-assignments/{}", role["id"].as_str().expect("an id"))).ok();
    assert_eq!(browser.get("/departures").status, 403);
    assert_eq!(browser.get("/session").ok()["roles"], json!(["employee"]));
    t.clock().reaches("2026-03-02T23:30:00+08:00");
    let browser = acme.browser_of(&lin);
    t.clock().reaches("2026-03-03T00:00:00+08:00");
    t.settles();
    browser.get("/session").is_refused("membership.ended");
    browser.get("/me").is_refused("membership.ended");
    acme.browser().signs_in(&lin, None).is_refused("membership.ended");
});

scenario!(somebody_in_two_organisations_goes_over_and_neither_hears_of_the_other, |t| {
    let (acme, other) = (t.organisation("远山科技").pack("dingtalk"), t.organisation("近水科技").pack("gbt-35273"));
    let here = acme.hires("林晓");
    let there = other.takes_on_too(&here, "S1");
    // At nobody's door: what one organisation's people hear must hold no id of another.
    let browser = scenarios::browser::Browser::new(&t.stranger(), &t.server().base_url());
    let choose = browser.signs_in(&here, None).ok();
    assert_eq!(choose["choose"].as_array().map(Vec::len), Some(2), "{choose}");
    browser.get("/session").is_refused("sign-in.required");
    let first = browser.signs_in(&here, Some(acme.slug())).ok();
    assert_eq!((&first["tenant"]["slug"], &first["membership_id"]), (&json!(acme.slug()), &json!(here.membership)));
    assert_eq!(browser.get("/session/organisations").ok()["items"].as_array().map(Vec::len), Some(2));
    let old = browser.copied();
    let second = browser.post("/session/switch", &json!({ "tenant": other.slug() })).ok();
    assert_eq!((&second["tenant"]["slug"], &second["membership_id"]), (&json!(other.slug()), &json!(there.membership)));
    assert_eq!(second["ends_at"], first["ends_at"], "going over prolongs nothing");
    assert_eq!(browser.get("/me").ok()["member"]["id"], there.membership);
    old.get("/me").is_refused("session.ended");
    browser.post("/session/switch", &json!({ "tenant": "nowhere" })).is_refused("sign-in.no-membership");
    browser.get("/me").ok();
    let who_was_left = |o: &Organisation| {
        let records = o.auditor().person().gets("/records?limit=200").items();
        records.iter().map(ToString::to_string).collect::<String>()
    };
    assert!(!who_was_left(&acme).contains(other.slug()) && !who_was_left(&acme).contains("switch"));
    assert!(!who_was_left(&other).contains(acme.slug()) && !who_was_left(&other).contains("switch"));
    // With an access token there is no cookie to change.
    let body = json!({ "tenant": other.slug() });
    acme.first_admin().posts("/session/switch", &body).is_refused("session.no-cookie");
    t.log_may_be_personal();
});

scenario!(a_set_up_link_is_looked_at_used_and_leads_straight_in, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let asked = ["tenant", "create", "--name", "新公司", "--slug", "xin", "--admin-email", "new@example.com"];
    let said = t.cli(asked).ok();
    let token = said.lines().find_map(|line| line.strip_prefix("set-up token")).expect("a token").trim().to_owned();
    let browser = scenarios::browser::Browser::new(&t.stranger(), &t.server().base_url());
    let seen = browser.post("/auth/setup/look", &json!({ "token": token })).ok();
    assert_eq!(seen["tenant"]["name"], "新公司");
    assert_eq!((&seen["has_password"], &seen["identifiers"]), (&json!(false), &json!(["n**@example.com"])));
    let uses =
        |password: &str| browser.post("/auth/setup", &json!({ "token": token, "password": password, "sign_in": true }));
    uses("short").is_refused("password.too-short");
    let inside = uses("a long enough sentence 1").ok();
    assert_eq!((&inside["tenant"], &inside["session"]["tenant"]["slug"]), (&json!("xin"), &json!("xin")));
    assert_eq!(inside["session"]["roles"], json!(["employee", "primary_admin"]));
    browser.post("/sources", &json!({ "name": "人事系统" })).ok();
    uses("a long enough sentence 1").is_refused("setup.link-invalid");
    browser.post("/auth/setup/look", &json!({ "token": token })).is_refused("setup.link-invalid");
    assert_eq!(acme.anonymous().get("/session").status, 401);
    t.log_may_be_personal();
});

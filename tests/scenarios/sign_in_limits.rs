//! Guessing is slow, a lock outlives the process, and what was taken back stays taken back.

use chrono::TimeDelta;
use scenarios::scenario;
use serde_json::{Value, json};

scenario!(a_locked_account_stays_locked_over_a_restart_and_opens_when_its_time_is_over, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    for _ in 0..8 {
        lin.signs_in_with("not the password").is_refused("sign-in.refused");
    }
    let locked = lin.signs_in();
    locked.is_refused("sign-in.locked");
    assert!(locked.header("retry-after").is_some(), "{locked}");
    t.is_killed();
    t.starts_again();
    // What the process counted is forgotten; the lock is not, and tells nobody that the password was right.
    lin.signs_in().is_refused("sign-in.refused");
    t.clock().passes(TimeDelta::minutes(16));
    lin.signs_in().ok();
    let refused: Vec<Value> = acme
        .auditor()
        .verifies_offline()
        .into_iter()
        .filter(|record| record["act"] == "sign-in" && record["outcome"] == "refused")
        .collect();
    let locks: Vec<&Value> = refused.iter().map(|record| &record["detail"]["locked"]).collect();
    assert_eq!(locks.len(), 9, "each try left a record: {refused:#?}");
    assert!(locks[..7].iter().all(|locked| **locked == json!(false)) && *locks[7] == json!(true), "{locks:?}");
});

scenario!(one_wrong_guess_less_than_the_limit_locks_nobody, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    for _ in 0..2 {
        for _ in 0..7 {
            lin.signs_in_with("not the password").is_refused("sign-in.refused");
        }
        lin.signs_in().ok();
    }
});

scenario!(guesses_at_set_up_links_are_counted_too, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    t.operator_changes_settings(|before| before.replace("rate_per_minute = 600", "rate_per_minute = 5"));
    let guess = |n: usize| {
        let body = json!({ "token": format!("{n:043}"), "password": "a long enough sentence 1" });
        acme.anonymous().post("/auth/setup", &body)
    };
    for n in 0..5 {
        guess(n).is_refused("setup.link-invalid");
    }
    guess(5).is_refused("sign-in.too-many");
    t.clock().passes(TimeDelta::minutes(2));
    guess(6).is_refused("setup.link-invalid");
    t.clock().passes(TimeDelta::minutes(2));
});

scenario!(an_enterprise_account_is_taken_back_on_the_last_day, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires_with("林晓", json!({ "account": "enterprise" }));
    let tokens = lin.signs_in().ok();
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    // It leads nowhere from the end of access on, and stays theirs to find until the departure is completed.
    lin.signs_in().is_refused("membership.ended");
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    acme.anonymous().post("/auth/refresh", &refresh).is_status(401);
    let link = format!("/members/{}/setup-link", lin.membership);
    let refused = acme.first_admin().posts(&link, &json!({}));
    assert!((400..500).contains(&refused.status), "a link back in: {refused}");
    // With the departure completed the account itself is gone, and says nothing any more.
    acme.departure_of(&lin).is_agreed();
    t.settles();
    lin.signs_in().is_refused("sign-in.refused");
    // Who comes back gets an account of their own again, and the old password opens nothing.
    let again = json!({
        "staff_number": "B0001", "name": lin.name, "email": lin.email, "account": "enterprise", "first_day": "2026-04-06",
    });
    acme.hr_system().says_joined(again).ok();
    t.settles();
    lin.signs_in().is_refused("sign-in.refused");
});

scenario!(a_refresh_token_that_comes_twice_ends_the_session_and_leaves_a_record, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let (stolen, other) = (lin.signs_in().ok(), lin.signs_in().ok());
    let refresh = |token: &Value| acme.anonymous().post("/auth/refresh", &json!({ "refresh_token": token }));
    let next = refresh(&stolen["refresh_token"]).ok();
    refresh(&stolen["refresh_token"]).is_refused("session.token-reused");
    refresh(&next["refresh_token"]).is_refused("session.ended");
    let caller = acme.anonymous().bearing(next["access_token"].as_str().expect("a token"));
    caller.get("/me").is_status(401);
    // The other session was opened by itself and goes on.
    refresh(&other["refresh_token"]).ok();
    let records = acme.auditor().verifies_offline();
    let ended = records.iter().filter(|r| r["act"] == "sign-out" && r["reason"] == "token.reused");
    assert_eq!(ended.map(|r| r["outcome"].clone()).collect::<Vec<_>>(), ["refused"]);
});

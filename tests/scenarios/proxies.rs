//! Behind proxies: who is counted, and who is recorded.

use scenarios::http::Answer;
use scenarios::person::PASSWORD;
use scenarios::{Organisation, Person, Tenure, scenario};
use serde_json::{Value, json};

/// Somebody tries to sign in, and a proxy, or a liar, says where they come from.
fn tries(acme: &Organisation, identifier: &str, password: &str, header: (&str, &str)) -> Answer {
    let body = json!({ "identifier": identifier, "password": password, "tenant": acme.slug() }).to_string();
    let headers = [("content-type", "application/json"), header];
    acme.anonymous().send("POST", "/api/v1/auth/sign-in", &headers, Some(body.as_bytes()))
}

fn guesses(acme: &Organisation, n: usize, header: (&str, &str)) -> Answer {
    tries(acme, &format!("nobody-{n}@example.com"), "not the password", header)
}

/// Five guesses a minute, and perhaps a proxy on this machine.
fn on_guard(t: &Tenure, http: &str) -> (Organisation, Person) {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let http = http.to_owned();
    t.operator_changes_settings(|before| before.replace("rate_per_minute = 600", "rate_per_minute = 5") + &http);
    (acme, lin)
}

/// Where the newest sign-in came from, as whoever may open it reads it.
fn recorded(acme: &Organisation, lin: &Person) -> Vec<Value> {
    let subject = acme.member(lin)["subject_id"].clone();
    let path = format!(
        "/records/export?format=ndjson&act=sign-in&include_personal=true&subject={}",
        subject.as_str().expect("an id")
    );
    let export = acme.auditor().person().gets(&path);
    let lines = export.is_status(200).body.lines().filter(|line| line.starts_with("{\"record\""));
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.map(|line| line["opened"]["address"]["text"].clone()).collect()
}

const BEHIND_A_PROXY: &str = "\n[http]\ntrusted_proxies = [\"127.0.0.1\"]\n";

scenario!(behind_a_trusted_proxy_the_limit_counts_the_client_that_it_names, |t| {
    let (acme, lin) = on_guard(t, BEHIND_A_PROXY);
    let named = |client: &'static str| ("x-forwarded-for", client);
    for n in 0..5 {
        guesses(&acme, n, named("203.0.113.7")).is_refused("sign-in.refused");
    }
    let waits = guesses(&acme, 5, named("203.0.113.7"));
    waits.is_refused("sign-in.too-many");
    assert!(waits.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()), "{waits}");
    guesses(&acme, 6, named("198.51.100.1, 203.0.113.7")).is_refused("sign-in.too-many");
    guesses(&acme, 7, named("203.0.113.7, 127.0.0.1")).is_refused("sign-in.too-many");
    tries(&acme, &lin.email, PASSWORD, named("203.0.113.8")).ok();
});

scenario!(who_is_no_trusted_proxy_changes_nothing_by_naming_others, |t| {
    let (acme, lin) = on_guard(t, "");
    for n in 0..5 {
        let made_up = format!("203.0.113.{n}");
        guesses(&acme, n, ("x-forwarded-for", &made_up)).is_refused("sign-in.refused");
    }
    guesses(&acme, 5, ("x-forwarded-for", "203.0.113.99")).is_refused("sign-in.too-many");
    guesses(&acme, 6, ("forwarded", "for=203.0.113.99")).is_refused("sign-in.too-many");
    t.clock().passes(chrono::TimeDelta::minutes(2));
    tries(&acme, &lin.email, PASSWORD, ("x-forwarded-for", "203.0.113.99")).ok();
    assert_eq!(recorded(&acme, &lin).last(), Some(&json!("127.0.0.1")));
});

scenario!(records_say_from_where_somebody_signed_in_to_whoever_may_open_it, |t| {
    let (acme, lin) = on_guard(t, BEHIND_A_PROXY);
    tries(&acme, &lin.email, PASSWORD, ("x-forwarded-for", "198.51.100.1, 203.0.113.8")).ok();
    tries(&acme, &lin.email, "not the password", ("x-forwarded-for", "203.0.113.66")).is_refused("sign-in.refused");
    // RFC 7239 is not what this proxy was said to write, so a client may have written it.
    tries(&acme, &lin.email, PASSWORD, ("forwarded", "for=203.0.113.99")).ok();
    assert_eq!(recorded(&acme, &lin), ["203.0.113.8", "203.0.113.66", "127.0.0.1"]);
    for record in acme.auditor().verifies_offline() {
        assert!(!record.to_string().contains("203.0.113."), "an address in the clear: {record}");
    }
});

scenario!(a_proxy_that_follows_the_standard_is_read_where_the_operator_says_so, |t| {
    let (acme, lin) = on_guard(t, &format!("{BEHIND_A_PROXY}forwarded_header = \"Forwarded\"\n"));
    tries(&acme, &lin.email, PASSWORD, ("forwarded", "for=198.51.100.1, for=\"203.0.113.8:4711\";proto=https")).ok();
    assert_eq!(recorded(&acme, &lin), ["203.0.113.8"]);
});

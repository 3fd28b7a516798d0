//! What is shown as it happens.

use chrono::TimeDelta;
use scenarios::events::{Event, Watching};
use scenarios::{Organisation, Person, Tenure, scenario};
use serde_json::json;

/// Watches records as somebody who is signed in by a browser.
fn watches(t: &Tenure, acme: &Organisation, who: &Person, query: &str, last_seen: Option<&str>) -> Watching {
    let browser = acme.browser_of(who);
    let cookie = browser.cookie().expect("a cookie");
    let mut headers = vec![("cookie", cookie.as_str())];
    headers.extend(last_seen.map(|id| ("last-event-id", id)));
    Watching::opened(&format!("{}/api/v1/records/stream{query}", t.server().base_url()), &headers)
}

fn is_of(act: &'static str) -> impl Fn(&Event) -> bool {
    move |event| event.name == "record" && event.data["act"] == act
}

scenario!(records_are_seen_as_they_are_committed_and_a_watcher_who_comes_back_misses_none, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let auditor = acme.auditor().person().clone();
    let all = watches(t, &acme, &auditor, "", None);
    let joins = watches(t, &acme, &auditor, "?act=members.join", None);
    all.sees("the head", |event| event.name == "head");
    joins.sees("the head", |event| event.name == "head");
    acme.hires("林晓");
    let joined = all.sees("the joining", is_of("members.join"));
    assert_eq!(joined.data["about"][0]["name"], "林晓");
    assert_eq!(joined.id, Some(joined.data["seq"].to_string()));
    joins.sees("the joining", is_of("members.join"));
    let others = joins.so_far().into_iter().filter(|e| e.name == "record" && e.data["act"] != "members.join").count();
    assert_eq!(others, 0, "a filter lets nothing else through");
    acme.hires("赵敏");
    // Back after a while: what came meanwhile comes now, once.
    let back = watches(t, &acme, &auditor, "?act=members.join", joined.id.as_deref());
    let missed = back.sees("what was missed", is_of("members.join"));
    assert_eq!(missed.data["about"][0]["name"], "赵敏");
    let places: Vec<_> = all.so_far().iter().filter(|e| e.name == "record").map(|e| e.data["seq"].as_u64()).collect();
    assert!(places.windows(2).all(|two| two[0] < two[1]), "in order, none twice: {places:?}");
    let bare = acme.anonymous().get("/records/stream");
    bare.is_refused("sign-in.required");
    acme.hr_admin().gets("/records/stream").is_refused("power.missing");
    // Watching leaves one record, not one for each look.
    assert!(acme.auditor().records("act=records.read").len() < 12);
});

scenario!(a_stream_ends_with_the_power_to_read_and_with_the_session, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let role = acme.appoints(&lin, "auditor").ok();
    let stream = watches(t, &acme, &lin, "", None);
    stream.sees("the head", |event| event.name == "head");
    acme.first_admin().caller().delete(&format!("/role-assignments/{}", role["id"].as_str().expect("an id"))).ok();
    assert_eq!(stream.sees("the end", |event| event.name == "end").data["code"], "power.missing");
    let auditor = acme.auditor().person().clone();
    let stream = watches(t, &acme, &auditor, "", None);
    stream.sees("the head", |event| event.name == "head");
    t.clock().passes(TimeDelta::minutes(61));
    assert_eq!(stream.sees("the end", |event| event.name == "end").data["code"], "session.expired");
});

scenario!(no_session_keeps_more_streams_open_than_it_can_look_at, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let auditor = acme.auditor().person().clone();
    let browser = acme.browser_of(&auditor);
    let cookie = browser.cookie().expect("a cookie");
    let url = format!("{}/api/v1/records/stream", t.server().base_url());
    let open: Vec<_> = (0..4).map(|_| Watching::opened(&url, &[("cookie", &cookie)])).collect();
    browser.get("/records/stream").is_refused("records.too-many-streams");
    assert_eq!(open.len(), 4);
    // Another browser of the same person has its own.
    watches(t, &acme, &auditor, "", None).sees("the head", |event| event.name == "head");
});

scenario!(how_far_a_departure_has_come_is_cheap_to_ask_again, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (hr, lin) = (acme.hr_admin(), acme.hires("林晓"));
    acme.holds("biometric.fingerprint_features").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    let path = format!("/departures/{}/progress", departure.id);
    let asks = |known: &str| hr.caller().send("GET", &format!("/api/v1{path}"), &[("if-none-match", known)], None);
    let first = hr.gets(&path);
    assert_eq!((&first.ok()["state"], &first.ok()["lines"][0]["done"]), (&json!("planned"), &json!(0)));
    assert_eq!(asks(&first.etag()).status, 304);
    departure.is_agreed();
    let second = asks(&first.etag());
    assert_eq!(second.status, 200, "{second}");
    t.clock().reaches("2026-04-01T00:00:00+08:00");
    t.settles();
    let last = hr.gets(&path).ok();
    assert_eq!((&last["state"], &last["certified"]), (&json!("completed"), &json!(true)));
    for line in last["lines"].as_array().expect("lines") {
        assert_eq!((&line["state"], &line["order_state"]), (&json!("done"), &json!("done")), "{line}");
    }
    acme.anonymous().get(&path).is_refused("sign-in.required");
});

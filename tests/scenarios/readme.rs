//! The README's five minutes, typed as they stand there; and the demo, from which a script goes on.

use scenarios::newcomer::Newcomer;
use scenarios::{scenario, second_opinion, signature};
use serde_json::{Value, json};
use std::collections::BTreeSet;

scenario!(the_readmes_five_minutes_lead_to_a_verified_export_and_a_changed_one_is_refused, |t| {
    t.is_killed();
    let _sample = t.server().sample();
    let newcomer = Newcomer::beside(t.server());
    let said = newcomer.follows("README.md").ok();
    for step in [
        "contacts.emergency is the organisation's: retain",
        "changed: 200",
        "submitted: 201",
        "\"code\":\"power.missing\"",
        "approved: 201",
        "line 3: record 1 was changed",
        "as it should be: refused",
        "\"controller\":\"organisation\"",
    ] {
        assert!(said.contains(step), "the walk should say {step}:\n{said}");
    }
    assert_eq!(said.matches("/ Verified\n").count(), 2, "certificate and export: {said}");
    assert_eq!(said.matches("/ Not verified\n").count(), 1, "the changed one: {said}");
    // Whoever shares no code with the program comes to the same.
    let export = newcomer.file("records.ndjson");
    let header: Value = serde_json::from_str(export.lines().next().expect("a header")).expect("JSON");
    let key = header["key"].as_str().expect("a key");
    let records = second_opinion::of(&export, key).expect("the export verifies");
    let certificate: Value = serde_json::from_str(&newcomer.file("certificate.json")).expect("JSON");
    assert_eq!(certificate["kind"], "tenure.certificate/1");
    assert!(records.iter().any(|r| r["act"] == "departures.certify" && r["outcome"] == "done"));
    assert!(second_opinion::of(&newcomer.file("changed.ndjson"), key).is_err());
});

scenario!(a_script_goes_on_from_what_the_demo_says, |t| {
    let demo = t.server().demo();
    let said = demo.said.clone();
    let text =
        |pointer: &str| said.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}: {said:#}"));
    let base = text("/base_url");
    let organisations = said["organisations"].as_array().expect("organisations");
    assert_eq!(organisations.len(), 2);
    let ask = |method: &str, url: &str, token: &str| t.stranger().bearing(token).calls(method, url, &[], None);
    for organisation in organisations {
        let tokens = organisation["tokens"].as_object().expect("tokens");
        let roles = ["primary_admin", "hr_admin", "privacy_officer", "security_admin", "data_operator", "auditor"];
        for role in roles {
            let token = tokens.get(role).and_then(Value::as_str).unwrap_or_else(|| panic!("no token of a {role}"));
            let me = ask("GET", &format!("{base}/api/v1/me"), token).ok();
            assert_eq!(me["tenant_id"], organisation["tenant_id"], "{role}: {me}");
            let held: BTreeSet<&str> =
                me["member"]["roles"].as_array().expect("roles").iter().filter_map(Value::as_str).collect();
            assert!(held.contains(role), "{role}: {me}");
        }
        for (badge, token) in tokens {
            ask("GET", &format!("{base}/api/v1/me"), token.as_str().unwrap_or_else(|| panic!("{badge}"))).ok();
        }
        let members = organisation["members"].as_object().expect("members");
        let hr = tokens["hr_admin"].as_str().expect("a token");
        let (number, id) = members.iter().next_back().expect("somebody");
        let member = ask("GET", &format!("{base}/api/v1/members/{}", id.as_str().expect("an id")), hr).ok();
        assert_eq!(member["staff_number"], number.as_str());
        let connector = &organisation["connector"];
        let holdings = format!("{base}/api/v1/connectors/{}/holdings", connector["id"].as_str().expect("an id"));
        let lines = [("content-type", "application/x-ndjson")];
        let key = connector["api_key"].as_str().expect("a key");
        t.stranger().bearing(key).calls("POST", &holdings, &lines, Some(b"\n")).ok();
    }
    let hr = organisations[0]["tokens"]["hr_admin"].as_str().expect("a token");
    let departure = ask("GET", &format!("{base}/api/v1/departures/{}", text("/departure/id")), hr).ok();
    assert_eq!(
        (&departure["state"], &departure["membership_id"]),
        (&json!("completed"), &said["departure"]["membership_id"])
    );

    // The webhook's address and secret are good: it hears of the next who leaves.
    let webhook = &organisations[0]["webhook"];
    let now = t.clock().now();
    let body = json!({
        "type": "member.leaving", "timestamp": now.to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "data": { "staff_number": "A0021", "last_day": "2026-03-31", "reason": "resignation", "successor": "A0012" },
    })
    .to_string();
    let (id, at) = ("msg-demo-1", now.timestamp().to_string());
    let secret = webhook["secret"].as_str().expect("a secret");
    let signed = signature::sign(secret, id, now.timestamp(), body.as_bytes());
    let headers = [("webhook-id", id), ("webhook-timestamp", &at), ("webhook-signature", &signed)];
    let url = webhook["url"].as_str().expect("an address");
    t.stranger().calls("POST", url, &headers, Some(body.as_bytes())).is_status(202);
    let departures = format!("{base}/api/v1/departures?limit=200");
    t.waits_until("the departure is opened", || {
        ask("GET", &departures, hr).items().iter().any(|departure| departure["staff_number"] == "A0021")
    });

    for (file, key) in
        [("/export_path", "/verifier_key"), ("/departure/certificate_path", "/organisations/0/verifier_key")]
    {
        t.server().cli(["verify", text(file), "--key", text(key)]).ok();
    }
    let data_dir = std::path::PathBuf::from(text("/data_dir"));
    assert!(std::path::Path::new(text("/export_path")).starts_with(&data_dir));
    assert_eq!(demo.ends(), "", "one object on standard output, and nothing else");
});

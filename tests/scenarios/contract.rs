//! What a program that is written against the API can rely on.

use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const NOBODYS_ID: &str = "0198f3a2-0000-7000-8000-000000000000";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Each path, method and operation of a description.
fn operations(described: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = described["paths"].as_object().expect("paths").iter();
    paths
        .flat_map(|(path, item)| {
            let item = item.as_object().expect("a path item");
            item.iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .collect()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

scenario!(the_description_is_sound_openapi_3_1, |t| {
    let described = t.stranger().send("GET", "/api/openapi.json", &[], None).ok();
    assert!(text(&described, "openapi").starts_with("3.1."));
    assert_eq!((text(&described["info"], "title"), &described["info"]["contact"]), ("Tenure", &Value::Null));
    assert_eq!(text(&described["info"]["license"], "identifier"), "Apache-2.0");
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&described) {
        let at = format!("{method} {path}");
        assert!(path.starts_with('/') && METHODS.contains(&method), "{at}");
        assert!(ids.insert(text(operation, "operationId").to_owned()), "{at}: its operationId is another's too");
        let answers = operation["responses"].as_object().expect("answers");
        assert!(!answers.is_empty(), "{at}");
        for (status, answer) in answers {
            let is_status = status.parse::<u16>().is_ok_and(|status| (100..600).contains(&status));
            assert!(is_status || status == "default", "{at}: {status}");
            assert!(!text(answer, "description").is_empty(), "{at}: {status}");
        }
        let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
        let named: BTreeSet<(&str, &str)> = parameters.iter().map(|p| (text(p, "in"), text(p, "name"))).collect();
        assert_eq!(named.len(), parameters.len(), "{at}: a parameter twice");
        for parameter in &parameters {
            assert!(parameter["schema"].is_object(), "{at}: {parameter}");
            assert!(parameter["in"] != "path" || parameter["required"] == true, "{at}: {parameter}");
        }
        let in_path: BTreeSet<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        let told: BTreeSet<&str> = named.iter().filter(|(place, _)| *place == "path").map(|(_, name)| *name).collect();
        assert_eq!(told, in_path, "{at}: what stands in the path");
        let creates = method == "post" && answers.contains_key("201");
        assert_eq!(named.contains(&("header", "Idempotency-Key")), creates, "{at}");
        assert_eq!(named.contains(&("header", "If-Match")), method == "patch", "{at}");
    }
    for reference in references(&described) {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads outside"));
        assert!(described.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
});

/// Every `$ref`, and on the way: 3.1 knows no `nullable`, and types are those of JSON.
fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(members) => {
            assert!(!members.contains_key("nullable"), "`nullable` is of OpenAPI 3.0: {value}");
            let own = members.get("$ref").and_then(Value::as_str);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

scenario!(every_route_that_is_described_is_there, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let described = t.stranger().send("GET", "/api/openapi.json", &[], None).ok();
    let signed_in = acme.first_admin().caller();
    for (path, method, _) in operations(&described) {
        // These end the session that asks.
        if path.starts_with("/api/v1/auth/sign-out") {
            continue;
        }
        let filled = path.replace("{slug}", "nobody").replace("{source}", "nobody").replace("{seq}", "0");
        let filled: String = filled
            .split('{')
            .map(|part| part.split_once('}').map_or(part.to_owned(), |(_, rest)| format!("{NOBODYS_ID}{rest}")))
            .collect();
        let answer =
            signed_in.send(&method.to_uppercase(), &filled, &[("content-type", "application/json")], Some(b"{}"));
        assert_ne!(answer.status, 405, "{answer}");
        assert!(answer.status < 500, "{answer}");
        if answer.status >= 400 {
            let code = answer.json()["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}")).to_owned();
            assert_ne!(code, "address.not-found", "{answer}");
        }
    }
    signed_in.send("GET", "/api/v1/no-such-thing", &[], None).is_refused("address.not-found");
});

scenario!(a_word_in_a_query_that_a_route_does_not_know_is_refused_and_not_passed_over, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let auditor = acme.auditor();
    let auditor = auditor.person();
    let refused = auditor.gets("/records?instrution=x").is_refused("request.query");
    assert_eq!(refused["detail"], "There is no query parameter `instrution` here.");
    assert!(refused["help"].as_str().is_some_and(|help| help.contains("instruction")), "{refused}");
    auditor.gets("/packs?limit=1").is_refused("request.query");
    auditor.gets("/records/export?format=ndjson&actor=junk").is_refused("records.unknown-actor");
    let of_job = auditor.gets("/records?actor=ledger.seal").is_status(200).items();
    assert!(of_job.iter().all(|record| record["actor"]["kind"] == "job"), "{of_job:?}");
});

scenario!(the_type_of_a_problem_leads_to_its_explanation, |t| {
    let problem = t.stranger().get("/members").is_refused("sign-in.required");
    let (page, anchor) = text(&problem, "type").split_once('#').expect("an anchor");
    let page = t.stranger().send("GET", page, &[], None);
    assert!(page.is_status(200).body.contains(&format!("id=\"{anchor}\"")), "{page}");
    assert!(page.body.contains("需要有效的访问令牌"), "in both languages: {page}");
});

/// The same request twice under one key; then something else under it.
#[track_caller]
fn twice(who: &Person, path: &str, body: &Value) -> Value {
    let (caller, key) = (who.caller(), format!("once-{path}"));
    let first = caller.post_again(path, body, &key);
    let again = caller.post_again(path, body, &key);
    assert_eq!(first.status, 201, "{first}");
    assert_eq!((again.status, again.json()), (201, first.json()), "a repeat gets the first answer: {again}");
    first.json()
}

fn count(acme: &Organisation, list: &str) -> usize {
    acme.first_admin().gets(list).items().len()
}

scenario!(a_repeat_under_the_same_key_gets_the_first_answer_and_does_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, zhao) = (acme.hires("林晓"), acme.hires("赵敏"));
    let (admin, officer, hr) = (acme.first_admin().clone(), acme.privacy_officer(), acme.hr_admin());
    let security = acme.member_with("security_admin");
    acme.keeps("mail/lin", "mail.message").about(&lin);
    acme.holds("biometric.fingerprint_features").about(&lin);

    let before = (count(&acme, "/sources"), count(&acme, "/connectors"), count(&acme, "/role-assignments?limit=200"));
    let source = twice(&admin, "/sources", &json!({ "name": "第二人事系统" }));
    twice(&admin, &format!("/sources/{}/rotate", text(&source, "id")), &json!({}));
    let url = acme.connector().callback_url();
    let connector = twice(&admin, "/connectors", &json!({ "name": "考勤", "callback_url": url }));
    twice(&admin, &format!("/connectors/{}/rotate", text(&connector, "id")), &json!({}));
    twice(&admin, &format!("/connectors/{}/inventory", text(&connector, "id")), &json!({}));
    twice(&admin, "/role-assignments", &json!({ "membership_id": zhao.membership, "role": "data_operator" }));
    twice(&admin, &format!("/members/{}/setup-link", zhao.membership), &json!({}));
    let after = (count(&acme, "/sources"), count(&acme, "/connectors"), count(&acme, "/role-assignments?limit=200"));
    assert_eq!(after, (before.0 + 1, before.1 + 1, before.2 + 1));

    let key = json!({ "name": "报表", "scopes": ["members.read"], "expires_at": "2026-12-31T00:00:00Z" });
    let made = twice(&security, "/api-keys", &key);
    acme.anonymous().bearing(text(&made, "token")).get("/members").ok();
    let payroll = json!({
        "class": "hr.salary_bank_account", "subject": lin.staff_number, "content_base64": "AAAA",
        "occurred_at": "2026-01-15T02:00:00Z",
        "facts": { "account": "personal", "capacity": "member", "membership": "employed", "source": "organisation" },
    });
    twice(&acme.data_operator(), "/holdings", &payroll);
    let subject = acme.member(&zhao)["subject_id"].clone();
    let hold = json!({ "subject_id": subject, "class_pattern": "hr.*", "reason": "(2026)京仲案字第0001号" });
    let hold = twice(&officer, "/holds", &hold);
    twice(&officer, &format!("/holds/{}/end", text(&hold, "id")), &json!({ "reason": "结案" }));

    let standing = |purpose: &str| {
        json!({
            "kind": "standing", "purpose": purpose, "reason": "每月核算工资",
            "scope": { "classes": ["attendance.*"], "operations": ["read"], "roles": ["data_operator"] },
        })
    };
    let says = |word: &str, instruction: &Value| {
        twice(&officer, &format!("/instructions/{}/{word}", text(instruction, "id")), &json!({ "reason": "已核对" }))
    };
    let (kept, refused) = (
        twice(&security, "/instructions", &standing("payroll")),
        security.posts("/instructions", &standing("audit")).ok(),
    );
    assert_eq!(says("approve", &kept)["state"], "in_force");
    says("revoke", &kept);
    says("refuse", &refused);
    let reused = security.caller().post_again("/instructions", &standing("other"), "once-/instructions");
    reused.is_refused("request.idempotency-key-reused");

    for person in [&lin, &zhao] {
        acme.hr_system().says_leaving(person, "2026-03-31").ok();
    }
    t.settles();
    let (departure, other) = (acme.departure_of(&lin).id, acme.departure_of(&zhao).id);
    twice(&hr, &format!("/departures/{departure}/submit"), &json!({}));
    twice(&officer, &format!("/departures/{departure}/approve"), &json!({ "reason": "同意" }));
    twice(&hr, &format!("/departures/{other}/rescind"), &json!({}));
    t.settles();
    let approvals = acme.auditor().verifies_offline();
    let approvals =
        approvals.iter().filter(|r| r["act"] == "departures.approve" && r["object"]["id"] == departure.as_str());
    assert_eq!(
        approvals.filter(|r| r["outcome"] == "done").count(),
        2,
        "the approval, and the repeat that was answered"
    );
});

scenario!(a_key_that_cannot_be_read_is_not_taken_for_none, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let admin = acme.first_admin().caller();
    let body = json!({ "name": "人事" }).to_string();
    for key in ["", "人事", &"x".repeat(256)] {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        admin.send("POST", "/api/v1/sources", &headers, Some(body.as_bytes())).is_refused("request.idempotency-key");
    }
});

scenario!(a_change_names_the_version_that_was_read_and_gets_the_next, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.keeps("mail/lin", "mail.message").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    let line = departure.line("mail.message");
    let path = format!("/departures/{}/lines/{}", departure.id, text(&line, "id"));
    let hr = acme.hr_admin().caller();
    let change = |etag: &str, to: &str| hr.patch(&path, etag, &json!({ "disposition": to }));
    let read = format!("\"{}\"", line["version"]);
    let changed = change(&read, "retain");
    changed.ok();
    assert_ne!(changed.etag(), read, "the next version");
    change(&read, "delete").is_status(412).is_refused("departures.line-changed");
    assert_eq!(departure.line("mail.message")["disposition"], "retain", "who came second changed nothing");
    change("\"not one of ours\"", "delete").is_refused("request.if-match");
    change(&changed.etag(), "hand_over");
});

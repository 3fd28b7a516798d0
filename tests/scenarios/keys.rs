//! Keys: those of machines, those that sign access tokens, and the cipher that an organisation chose.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use scenarios::holdings::CONTENT;
use scenarios::{Tenure, scenario};
use serde_json::{Value, json};

fn published(t: &Tenure) -> Vec<String> {
    let set = t.stranger().send("GET", "/.well-known/jwks.json", &[], None).ok();
    let keys = set["keys"].as_array().expect("keys").iter();
    keys.map(|key| {
        assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
        assert!(key["d"].is_null(), "a private key is published");
        key["kid"].as_str().expect("a name").to_owned()
    })
    .collect()
}

/// Which key signed a token, as its header says.
fn signer(token: &Value) -> String {
    let header = token.as_str().and_then(|token| token.split('.').next()).expect("a token");
    let header: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).expect("base64")).expect("JSON");
    assert_eq!(header["alg"], "EdDSA");
    header["kid"].as_str().expect("a key's name").to_owned()
}

scenario!(a_rotated_key_is_published_before_it_signs_and_the_old_one_until_its_last_token_is_over, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let tokens = || lin.signs_in().ok()["access_token"].clone();
    let calls = |token: &Value| acme.anonymous().bearing(token.as_str().expect("a token")).get("/me").status;
    let old = published(t);
    t.cli(["key", "rotate"]).ok();
    let both = published(t);
    let new = both.iter().find(|kid| !old.contains(kid)).expect("the new key is published at once").clone();
    assert_eq!(both.len(), old.len() + 1);
    assert_eq!(signer(&tokens()), old[0], "whoever caches the list does not know the new key yet");
    t.clock().passes(TimeDelta::minutes(11));
    t.is_killed();
    t.starts_again();
    let last_of_old = tokens();
    assert_eq!(signer(&last_of_old), new);
    assert_eq!(calls(&last_of_old), 200);
    assert!(published(t).contains(&old[0]), "tokens of the old key are still about");
    t.clock().passes(TimeDelta::minutes(16));
    assert_eq!(published(t), [new]);
});

scenario!(a_token_signed_with_a_key_of_somebodys_own_opens_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let token = lin.signs_in().ok()["access_token"].as_str().expect("a token").to_owned();
    let parts: Vec<&str> = token.split('.').collect();
    let claims: Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1]).expect("base64")).expect("JSON");
    let longer = claims.to_string().replace(&claims["exp"].to_string(), "4102444800");
    let encoded = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    for forged in [
        format!("{}.{}.{}", parts[0], encoded(&longer), parts[2]),
        format!("{}.{}.", encoded(r#"{"alg":"none","typ":"JWT"}"#), parts[1]),
        format!("{}.{}.{}", encoded(r#"{"alg":"HS256","typ":"JWT","kid":"x"}"#), parts[1], parts[2]),
    ] {
        acme.anonymous().bearing(&forged).get("/me").is_refused("sign-in.required");
    }
    acme.anonymous().bearing(&token).get("/me").ok();
});

scenario!(an_api_key_ends_at_its_time_and_does_only_what_it_was_made_for, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let security = acme.member_with("security_admin");
    let asked = |name: &str, scopes: Value, until: &str| {
        security.posts("/api-keys", &json!({ "name": name, "scopes": scopes, "expires_at": until }))
    };
    let made = asked("报表", json!(["members.read"]), "2026-03-03T00:00:00Z").ok();
    let token = made["token"].as_str().expect("the key, once");
    let key = acme.anonymous().bearing(token);
    key.get("/members").ok();
    for (method, path) in [("GET", "/departures"), ("GET", "/records"), ("POST", "/holds"), ("POST", "/api-keys")] {
        let path = format!("/api/v1{path}");
        key.send(method, &path, &[("content-type", "application/json")], Some(b"{}")).is_status(match method {
            "GET" => 403,
            _ => 400,
        });
    }
    let listed = security.gets("/api-keys");
    assert!(!listed.is_status(200).body.contains(token), "the key itself is shown once");
    t.clock().reaches("2026-03-03T08:00:01+08:00");
    key.get("/members").is_refused("sign-in.required");
    let security = acme.member_with("security_admin");
    let asked = |name: &str, scopes: Value, until: &str| {
        security.posts("/api-keys", &json!({ "name": name, "scopes": scopes, "expires_at": until }))
    };
    asked("过期", json!(["members.read"]), "2026-03-02T00:00:00Z").is_refused("keys.expiry");
    asked("太久", json!(["members.read"]), "2027-06-01T00:00:00Z").is_refused("keys.expiry");
    asked("无范围", json!([]), "2026-12-31T00:00:00Z").is_refused("keys.scopes");
    asked("不归己", json!(["records.export"]), "2026-12-31T00:00:00Z").is_refused("keys.scope-not-yours");
    // What takes a person is given to no key, though the person may do it: calling a departure off, say, may be their own.
    acme.appoints(&security, "hr_admin").ok();
    asked("会撤回", json!(["departures.rescind"]), "2026-12-31T00:00:00Z").is_refused("keys.scope-not-yours");
});

scenario!(an_organisation_that_chose_sm4_has_everything_sealed_with_it_and_loses_nothing, |t| {
    let acme = t.organisation("国密单位").sealed_with("sm4-gcm").pack("dingtalk");
    let lin = acme.hires("林晓");
    let clock_in = acme.holds("attendance.clock_in").about(&lin);
    let payroll = acme.holds("hr.salary_bank_account").about(&lin);
    let standing = json!({
        "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
        "scope": { "classes": ["attendance.*"], "operations": ["read"], "roles": ["data_operator"] },
    });
    let asked = acme.member_with("security_admin").posts("/instructions", &standing).ok();
    let approve = format!("/instructions/{}/approve", asked["id"].as_str().expect("an id"));
    acme.privacy_officer().posts(&approve, &json!({ "reason": "同意" })).ok();
    let read = || acme.data_operator().gets(&format!("/holdings/{}/content?purpose=payroll", clock_in.id));
    assert_eq!(read().is_status(200).body, CONTENT);
    let ciphers = "SELECT DISTINCT h.algorithm AS name FROM holdings h JOIN tenants t ON t.id = h.tenant_id \
                   WHERE h.payload IS NOT NULL AND t.slug = '{slug}'";
    assert_eq!(t.server().names(&ciphers.replace("{slug}", acme.slug())), ["sm4-gcm"]);
    t.is_killed();
    t.starts_again();
    assert_eq!(read().is_status(200).body, CONTENT, "also by a process that has to open the keys anew");

    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&lin).is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    assert_eq!(acme.departure_of(&lin).state(), "completed");
    assert_eq!(payroll.state(), "held");
    let auditor = acme.auditor();
    auditor.verifies(&acme.departure_of(&lin).certificate()).ok();
    auditor.verifies_offline();
});

scenario!(another_master_key_opens_everything_and_the_one_before_opens_nothing_any_more, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let held = acme.holds("attendance.clock_in").about(&lin);
    let (new, now) = (t.server().file("master-2.key"), t.server().data_dir().join("master.key"));
    let to = new.to_string_lossy().into_owned();
    let rotate = ["key", "rotate-master", "--to", &to];
    if t.database() == scenarios::Database::Sqlite {
        assert_ne!(t.cli(rotate).status, 0, "a server is running");
    }
    t.is_killed();
    let said = t.cli(rotate).ok();
    assert!(said.contains(&to), "{said}");
    assert_ne!(t.cli(rotate).status, 0, "a key that is there is not written over");
    let refused = t.cli(["tenant", "list"]);
    assert_ne!(refused.status, 0, "the old key opens nothing any more");
    let names = |part: &str| assert!(refused.err.contains(part), "it should say {part}: {}", refused.err);
    ["TENURE_MASTER_KEY_FILE", &now.to_string_lossy(), "does not open this database"].into_iter().for_each(names);
    std::fs::copy(&new, &now).expect("the operator puts it in place");
    t.starts_again();
    assert_eq!(lin.gets(&format!("/holdings/{}/content?purpose=own", held.id)).is_status(200).body, CONTENT);
    assert_eq!(acme.member(&lin)["name"], "林晓");
    acme.auditor().verifies_offline();
});

scenario!(a_ledger_under_a_new_key_still_proves_what_the_old_one_signed, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let auditor = acme.auditor();
    let (before, old) = (auditor.exports("ndjson"), auditor.verifier_key());
    auditor.verifies(&before).ok();
    t.clock().passes(TimeDelta::minutes(1));
    let said = t.cli(["key", "rotate-ledger", "--tenant", acme.slug()]).ok();
    let new = auditor.verifier_key();
    assert!(old != new && said.contains(&new), "{said}");
    auditor.verifies_offline();
    let file = t.server().file("before.export");
    std::fs::write(&file, &before).expect("it is ours");
    t.cli(["verify", &file.to_string_lossy(), "--key", &old]).ok();
    assert_ne!(t.cli(["verify", &file.to_string_lossy(), "--key", &new]).status, 0, "the new key did not sign it");
    let published = t.stranger().send("GET", &format!("/.well-known/tenure-ledger/{}", acme.slug()), &[], None).body;
    assert!(published.contains(&old) && published.contains(&new), "{published}");
    assert_ne!(t.cli(["key", "rotate-ledger", "--tenant", "nobody-here"]).status, 0);
});

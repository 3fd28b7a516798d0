//! From the first admin's link to an organisation that can see its people off.

use scenarios::scenario;
use serde_json::json;

scenario!(the_guide_says_what_is_done_and_what_is_missing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let admin = acme.first_admin();
    let guide = || admin.gets("/setup").ok();
    let first = guide();
    assert_eq!(first["done"], false);
    assert_eq!((&first["organisation"]["done"], &first["source"]["sources"]), (&json!(false), &json!([])));
    let missing = first["roles"]["missing"].as_array().expect("roles").clone();
    for role in ["security_admin", "data_operator", "auditor", "hr_admin", "privacy_officer"] {
        assert!(missing.contains(&json!(role)), "{role} in {missing:?}");
    }
    let auditor = first["roles"]["roles"].as_array().expect("roles").iter().find(|r| r["role"] == "auditor").cloned();
    let excludes = auditor.expect("the auditor")["excludes"].clone();
    assert!(excludes.as_array().is_some_and(|all| all.contains(&json!("data_operator"))), "{excludes}");
    // Confirmed once, by somebody.
    let confirmed = admin.posts("/setup/organisation/confirm", &json!({})).ok();
    assert_eq!(confirmed["organisation"]["confirmed_by"]["id"], admin.membership.as_str());
    let again = admin.posts("/setup/organisation/confirm", &json!({})).ok();
    assert_eq!(again["organisation"]["confirmed_at"], confirmed["organisation"]["confirmed_at"]);
    for role in ["security_admin", "data_operator", "auditor", "hr_admin", "privacy_officer"] {
        acme.member_with(role);
    }
    let last = guide();
    assert_eq!((&last["done"], &last["roles"]["missing"]), (&json!(true), &json!([])), "{last}");
    assert_eq!(last["source"]["sources"][0]["last_event"], "member.joined");
    assert_eq!((&last["members"]["members"], &last["members"]["confirmed"]), (&json!(6), &json!(6)));
    let hr = last["roles"]["roles"].as_array().expect("roles").iter().find(|r| r["role"] == "hr_admin").cloned();
    assert_eq!(hr.expect("the HR admin")["held_by"][0]["name"], acme.hr_admin().name.as_str());
    acme.hr_admin().gets("/setup").is_refused("power.missing");
});

scenario!(a_test_event_takes_the_real_way_and_changes_nobody, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let admin = acme.first_admin();
    let source = admin.posts("/sources", &json!({ "name": "人事系统" })).ok();
    let id = source["id"].as_str().expect("an id");
    let receipt = admin.posts(&format!("/sources/{id}/test"), &json!({})).ok();
    assert_eq!((&receipt["state"], &receipt["duplicate"]), (&json!("received"), &json!(false)));
    t.settles();
    let message = admin.gets(&format!("/messages/{}", receipt["id"].as_str().expect("an id"))).ok();
    assert_eq!((&message["event"], &message["state"]), (&json!("tenure.test"), &json!("applied")));
    assert_eq!(admin.gets("/messages").items().len(), 1);
    assert_eq!(admin.gets("/members").items().len(), 1);
    assert_eq!(admin.gets("/attention").items(), [] as [serde_json::Value; 0]);
    let heard = admin.gets("/setup").ok()["source"].clone();
    assert_eq!((&heard["done"], &heard["sources"][0]["last_event"]), (&json!(true), &json!("tenure.test")));
    // An HR system may send one by itself, and after a rotation the present secret counts.
    acme.hr_system().says("tenure.test", json!({})).sent().ok();
    admin.posts(&format!("/sources/{id}/rotate"), &json!({})).ok();
    admin.posts(&format!("/sources/{id}/test"), &json!({})).ok();
    t.settles();
    let events: Vec<_> = admin.gets("/messages").items().iter().map(|m| m["state"].clone()).collect();
    assert_eq!(events, ["applied", "applied", "applied"]);
    let nowhere = "/sources/01890a5d-ac96-774b-bcce-b302099a8057/test";
    admin.posts(nowhere, &json!({})).is_status(404);
    acme.privacy_officer().posts(&format!("/sources/{id}/test"), &json!({})).is_refused("power.missing");
});

//! Who controls what is held when the documents leave it open, and when the facts change afterwards.

use scenarios::holdings::Holding;
use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

/// Voice messages whose conversation nobody stated: the policy does not say whose these are.
fn voice(acme: &Organisation, locator: &str, person: &Person) -> Holding {
    acme.keeps(locator, "im.voice_message").with("account", "personal").about(person)
}

fn open_question(acme: &Organisation, class: &str) -> Value {
    let open = acme.hr_admin().gets("/rulings/unsettled?state=open").items();
    let found = open.iter().find(|q| q["class"] == class);
    found.unwrap_or_else(|| panic!("no question about {class} in {open:#?}")).clone()
}

fn settles(who: &Person, question: &Value, controller: &str, reason: &str) -> scenarios::http::Answer {
    let id = question["id"].as_str().expect("an id");
    who.posts(&format!("/rulings/unsettled/{id}/settle"), &json!({ "controller": controller, "reason": reason }))
}

/// The rulings of the only side of a holding, newest first: controller and cause.
fn history(holding: &Holding) -> Vec<(String, String)> {
    let view = holding.view();
    let subject = view["sides"][0]["subject_id"].as_str().expect("a subject").to_owned();
    let all = view["rulings"][&subject].as_array().expect("rulings").clone();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    all.iter().map(|r| (text(&r["controller"]), text(&r["cause"]))).collect()
}

fn ruled(controller: &str, cause: &str) -> (String, String) {
    (controller.to_owned(), cause.to_owned())
}

scenario!(what_the_documents_leave_open_is_settled_once_for_all_that_is_alike, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    let first = [voice(&acme, "voice/1", &lin), voice(&acme, "voice/2", &lin), voice(&acme, "voice/3", &chen)];
    let unlike = acme.keeps("place/1", "im.shared_location").with("account", "personal").about(&lin);
    let question = open_question(&acme, "im.voice_message");
    assert_eq!((&question["rule"], &question["sides"]), (&json!("dingtalk.conversation-not-stated"), &json!(3)));
    assert_eq!(first[0].side("controller"), "person", "as long as it is open it is the person's");

    settles(&acme.data_operator(), &question, "organisation", "都是工作语音").is_refused("power.missing");
    settles(&acme.privacy_officer(), &question, "organisation", "  ").is_refused("holdings.invalid");
    settles(&acme.privacy_officer(), &question, "organisation", "工作手机上的语音, 已向员工说明").ok();
    t.settles();
    for holding in &first {
        assert_eq!(history(holding), [ruled("organisation", "settled"), ruled("person", "registered")]);
        assert_eq!(holding.view()["sides"][0]["settled"], json!(true));
    }
    assert_eq!((unlike.side("controller").as_str(), &unlike.view()["sides"][0]["settled"]), ("person", &json!(false)));

    let later = voice(&acme, "voice/4", &chen);
    assert_eq!(history(&later), [ruled("organisation", "registered")], "it holds for what comes, too");
    let settled = acme.hr_admin().gets("/rulings/unsettled?state=settled").items();
    assert_eq!((&settled[0]["id"], &settled[0]["sides"]), (&question["id"], &json!(4)));

    settles(&acme.privacy_officer(), &question, "person", "员工提出异议, 复核后改判").ok();
    t.settles();
    assert_eq!(
        history(&first[0]),
        [ruled("person", "settled"), ruled("organisation", "settled"), ruled("person", "registered")]
    );
    let path = format!("/rulings/unsettled/{}", question["id"].as_str().expect("an id"));
    let now = acme.hr_admin().gets(&path).ok();
    let reasons: Vec<_> =
        now["settlements"].as_array().expect("settlements").iter().map(|s| s["reason"].clone()).collect();
    assert_eq!(reasons, [json!("员工提出异议, 复核后改判"), json!("工作手机上的语音, 已向员工说明")]);
    let records = acme.auditor().verifies_offline();
    assert_eq!(records.iter().filter(|r| r["act"] == "rulings.settle" && r["outcome"] == "done").count(), 2);
});

//! Orders to external systems: signed, acknowledged, reported back; retried with backoff, then raised to a person.

use chrono::TimeDelta;
use scenarios::connector::Mood;
use scenarios::{Organisation, Person, Tenure, scenario};
use serde_json::{Value, json};

/// 林晓's mailbox goes to her manager on the day.
fn handing_over(t: &Tenure) -> (Organisation, Person) {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (chen, lin) = (acme.hires("陈立"), acme.hires("林晓"));
    acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "manager": chen.staff_number })).ok();
    acme.keeps("mail/lin", "mail.message").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&lin).is_agreed();
    (acme, lin)
}

scenario!(a_connector_that_fails_a_few_times_is_asked_again, |t| {
    let (acme, lin) = handing_over(t);
    acme.connector().is(Mood::Failing(3));
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    assert_eq!(acme.connector().shelf().deeds(), [] as [String; 0]);
    for _ in 0..4 {
        t.clock().passes(TimeDelta::hours(3));
        t.settles();
    }
    assert_eq!(acme.connector().shelf().deeds(), ["hand_over mail/lin"]);
    assert_eq!(acme.departure_of(&lin).state(), "completed");
});

scenario!(a_connector_that_stays_down_is_raised_to_a_person, |t| {
    let (acme, lin) = handing_over(t);
    acme.connector().is(Mood::Down);
    t.clock().reaches("2026-04-01T00:00+08:00");
    for _ in 0..12 {
        t.settles();
        t.clock().passes(TimeDelta::hours(25));
    }
    t.settles();
    let waiting = acme.hr_admin().gets("/attention").items();
    let raised = waiting.iter().find(|a| a["kind"] == "delivery.unacknowledged");
    assert!(raised.is_some(), "{waiting:#?}");
    assert_ne!(acme.departure_of(&lin).state(), "completed");
    let line = acme.departure_of(&lin).line("mail.message");
    assert_eq!(
        leads_to(&acme, "delivery.unacknowledged"),
        json!({ "kind": "instruction", "id": line["instruction_id"] })
    );
});

scenario!(a_report_that_comes_late_answers_what_was_raised, |t| {
    let (acme, lin) = handing_over(t);
    acme.connector().is(Mood::Silent);
    t.clock().reaches("2026-04-01T00:00+08:00");
    let raised = || {
        let waiting = acme.hr_admin().gets("/attention").items();
        waiting.into_iter().find(|a| a["kind"] == "delivery.unacknowledged")
    };
    for _ in 0..12 {
        t.settles();
        t.clock().passes(TimeDelta::hours(25));
    }
    t.settles();
    let delivery = raised().expect("somebody is asked to look")["object_id"].as_str().expect("an id").to_owned();
    let report = json!({ "delivery_id": delivery, "items": [{ "locator": "mail/lin", "outcome": "done" }] });
    let connector = acme.connector().credentials().id;
    acme.as_connector().post(&format!("/connectors/{connector}/reports"), &report).ok();
    t.settles();
    assert_eq!(raised(), None);
    assert_eq!(acme.departure_of(&lin).state(), "completed");
});

scenario!(what_a_connector_could_not_do_is_raised_and_stands_in_the_certificate, |t| {
    let (acme, lin) = handing_over(t);
    acme.connector().is(Mood::Unable);
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    let waiting = acme.hr_admin().gets("/attention").items();
    let line = acme.departure_of(&lin).line("mail.message");
    assert!(waiting.iter().any(|a| a["kind"] == "order.failed"), "{waiting:#?}\n{line:#}");
    assert_ne!(acme.departure_of(&lin).line("mail.message")["state"], "done");
    assert_eq!(leads_to(&acme, "order.failed"), json!({ "kind": "instruction", "id": line["instruction_id"] }));
});

/// Where a card of the inbox leads whoever opens it.
fn leads_to(acme: &Organisation, what: &str) -> Value {
    let cards = acme.hr_admin().gets("/inbox?limit=200").items();
    let card = cards.iter().find(|card| card["action"] == what);
    card.unwrap_or_else(|| panic!("no card says {what}: {cards:#?}"))["leads_to"].clone()
}

/// The only delivery of the order behind a departure's line that is not wholly done.
fn failed_delivery(acme: &Organisation, line: &Value) -> String {
    let order = line["order_id"].as_str().expect("an order");
    let all = acme.hr_admin().gets(&format!("/orders/{order}/deliveries")).items();
    let failed = all.iter().find(|d| d["failed"].as_i64() > Some(0)).unwrap_or_else(|| panic!("none failed: {all:#?}"));
    failed["id"].as_str().expect("an id").to_owned()
}

scenario!(what_a_connector_could_not_do_can_be_done_again_and_counts_once, |t| {
    let (acme, lin) = handing_over(t);
    acme.keeps("mail/lin-old", "mail.message").about(&lin);
    acme.connector().is(Mood::Unable);
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    let line = acme.departure_of(&lin).line("mail.message");
    assert_eq!(line["state"], "done_with_failures");
    let before = acme.departure_of(&lin).certificate();
    let retry = format!("/deliveries/{}/retry", failed_delivery(&acme, &line));

    acme.connector().is(Mood::Willing);
    acme.hr_admin().posts(&retry, &json!({})).is_refused("power.missing");
    let sent = acme.data_operator().posts(&retry, &json!({})).ok();
    assert_ne!(retry, format!("/deliveries/{}/retry", sent["id"].as_str().expect("a delivery of its own")));
    acme.data_operator().posts(&retry, &json!({})).is_refused("orders.reported");
    t.settles();
    // A connector repeats its report until it has heard that it arrived.
    let first = retry.split('/').nth(2).expect("an id");
    let items = ["mail/lin", "mail/lin-old"].map(|locator| json!({ "locator": locator, "outcome": "failed" }));
    let report = json!({ "delivery_id": first, "items": items });
    let at = format!("/connectors/{}/reports", acme.connector().credentials().id);
    let repeated = acme.as_connector().post(&at, &report).ok();
    assert_eq!((&repeated["settled"], &repeated["repeated"]), (&json!(0), &json!(2)), "{repeated:#}");

    assert_eq!(acme.connector().shelf().deeds().len(), 2, "{:?}", acme.connector().shelf().deeds());
    let order = acme.hr_admin().gets(&format!("/orders/{}", line["order_id"].as_str().expect("an order"))).ok();
    assert_eq!(
        (&order["state"], &order["done"], &order["failed"]),
        (&json!("done"), &json!(2), &json!(0)),
        "{order:#}"
    );
    assert_eq!(acme.departure_of(&lin).line("mail.message")["state"], "done");
    let raised = acme.hr_admin().gets("/attention").items();
    assert!(!raised.iter().any(|a| a["kind"] == "order.failed"), "it is settled: {raised:#?}");
    let after = acme.departure_of(&lin).certificate();
    let says = |document: &str| {
        let document: Value = serde_json::from_str(document).expect("it is JSON");
        document["certificate"]["lines"][0]["state"]
            .as_str()
            .unwrap_or_else(|| panic!("no line in {document:#}"))
            .to_owned()
    };
    assert_eq!((says(&before).as_str(), says(&after).as_str()), ("done_with_failures", "done"));
    acme.auditor().verifies(&before).ok();
    acme.auditor().verifies(&after).ok();
    acme.auditor().verifies_offline();
});

scenario!(what_failed_again_can_be_done_yet_again_until_somebody_gives_up, |t| {
    let (acme, lin) = handing_over(t);
    acme.connector().is(Mood::Unable);
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    let line = acme.departure_of(&lin).line("mail.message");
    for _ in 0..2 {
        let retry = format!("/deliveries/{}/retry", failed_delivery(&acme, &line));
        acme.data_operator().posts(&retry, &json!({})).ok();
        t.settles();
        assert_eq!(acme.departure_of(&lin).line("mail.message")["state"], "done_with_failures");
    }
    let revoke = format!("/instructions/{}/revoke", line["instruction_id"].as_str().expect("an instruction"));
    acme.privacy_officer().posts(&revoke, &json!({ "reason": "邮箱已由厂商处理" })).ok();
    t.settles();
    let retry = format!("/deliveries/{}/retry", failed_delivery(&acme, &line));
    acme.data_operator().posts(&retry, &json!({})).is_refused("instructions.not-in-force");
    assert_eq!(acme.connector().shelf().deeds(), [] as [String; 0]);
});

scenario!(what_is_not_there_any_more_needs_no_deleting, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let face = acme.keeps("door/lin", "biometric.face_features").about(&lin);
    acme.connector().shelf().lose("door/lin");
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&lin).is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    assert_eq!(face.state(), "deleted");
    assert_eq!(acme.departure_of(&lin).state(), "completed");
});

scenario!(a_report_that_nobody_asked_for_changes_nothing, |t| {
    let (acme, _) = handing_over(t);
    let connector = acme.connector().credentials().id;
    let forged = json!({
        "delivery_id": "0198f3a2-0000-7000-8000-000000000000",
        "items": [{ "locator": "mail/lin", "outcome": "done" }],
    });
    acme.as_connector().post(&format!("/connectors/{connector}/reports"), &forged).is_status(404);
    acme.connector().is(Mood::Forging);
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    let held = acme.hr_admin().gets("/holdings?class=mail.message").items();
    let view = acme.hr_admin().gets(&format!("/holdings/{}", held[0]["holding_id"].as_str().expect("an id"))).ok();
    assert_eq!(view["sides"][0]["state"], "active", "a report with a forged key settles nothing: {view:#}");
});

scenario!(every_order_is_signed_and_says_what_it_is, |t| {
    let (acme, _) = handing_over(t);
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    let orders = acme.connector().shelf().orders();
    assert_eq!(acme.connector().turned_away(), 0);
    let [order] = orders.as_slice() else { panic!("one order: {orders:#?}") };
    assert_eq!((&order["specversion"], &order["type"]), (&json!("1.0"), &json!("tenure.order")));
    assert_eq!(order["data"]["action"], "hand_over");
    assert_eq!(order["data"]["locators"], json!(["mail/lin"]));
    assert!(!order.to_string().contains("林晓"), "an order names things, not people: {order}");
});

scenario!(an_order_that_was_taken_back_is_not_sent_and_its_case_goes_on, |t| {
    let (acme, lin) = handing_over(t);
    acme.connector().is(Mood::Down);
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    let instruction = acme.departure_of(&lin).line("mail.message")["instruction_id"].clone();
    let revoke = format!("/instructions/{}/revoke", instruction.as_str().expect("an id"));
    acme.privacy_officer().posts(&revoke, &json!({ "reason": "先不交接" })).ok();
    acme.connector().is(Mood::Willing);
    t.clock().passes(TimeDelta::hours(25));
    t.settles();
    assert_eq!(acme.connector().shelf().orders(), [] as [serde_json::Value; 0]);
    assert_eq!(acme.departure_of(&lin).line("mail.message")["state"], "undone");
    assert_eq!(acme.departure_of(&lin).state(), "completed");
});

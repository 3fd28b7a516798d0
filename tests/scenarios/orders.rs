//! Orders to external systems: signed, acknowledged, reported back; retried with backoff, then raised to a person.

use chrono::TimeDelta;
use scenarios::connector::Mood;
use scenarios::{Organisation, Person, Tenure, scenario};
use serde_json::json;

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

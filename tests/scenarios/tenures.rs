//! One person with more than one membership: the departure of one touches nothing that came to be under another.

use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

/// The same person is hired a second time, under another staff number.
fn also_hired_as(acme: &Organisation, who: &Person, staff_number: &str, first_day: &str, more: Value) -> Person {
    let mut data = json!({
        "staff_number": staff_number, "name": who.name, "email": who.email, "account": "personal", "first_day": first_day,
    });
    data.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    acme.hr_system().says_joined(data).ok();
    acme.settles();
    let members = acme.first_admin().gets("/members?limit=200").items();
    let found = members.iter().find(|m| m["staff_number"] == staff_number).expect("a second membership");
    let mut second = who.clone();
    second.staff_number = staff_number.to_owned();
    second.membership = found["id"].as_str().expect("an id").to_owned();
    assert_eq!(acme.member(&second)["subject_id"], acme.member(who)["subject_id"], "it is the same person");
    second
}

/// Something that the connector keeps about whoever has these staff numbers.
fn registered(acme: &Organisation, locator: &str, class: &str, subjects: &[&str], at: &str) {
    acme.connector().shelf().put(locator, &json!({ "class": class, "holder": subjects }));
    let facts =
        json!({ "account": "enterprise", "capacity": "member", "membership": "employed", "source": "produced" });
    let line = json!({
        "locator": locator, "class": class, "subjects": subjects, "occurred_at": at, "last_at": at, "facts": facts,
    });
    let report = acme.registers(&format!("{line}\n")).ok();
    assert_eq!(report["rejected"], json!([]), "{report}");
}

/// The state of a person's side of what has this class.
fn side(acme: &Organisation, class: &str) -> Vec<String> {
    let held = acme.hr_admin().gets(&format!("/holdings?class={class}&limit=200")).items();
    held.iter().map(|side| side["state"].as_str().unwrap_or_default().to_owned()).collect()
}

const JANUARY: &str = "2026-01-15T02:00:00Z";

scenario!(of_two_memberships_at_a_time_the_departure_of_one_leaves_the_others_data_alone, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let second = also_hired_as(&acme, &lin, "B9001", "2025-06-02", json!({}));
    registered(&acme, "door/1", "biometric.face_features", &[&lin.staff_number], JANUARY);
    registered(&acme, "gate/1", "biometric.fingerprint_features", &[&second.staff_number], JANUARY);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    let classes: Vec<_> = departure.lines().iter().map(|line| line["class"].clone()).collect();
    assert_eq!(classes, ["biometric.face_features"], "the plan covers the data of the membership that ends");
    departure.is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    assert_eq!(departure.state(), "completed");
    assert_eq!(acme.connector().shelf().deeds(), ["delete door/1"]);
    assert_eq!(side(&acme, "biometric.fingerprint_features"), ["active"]);
    second.signs_in().ok();
});

scenario!(what_may_be_another_memberships_is_left_alone_and_says_so_until_that_one_ends, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let second = also_hired_as(&acme, &lin, "B9001", "2025-06-02", json!({}));
    // The connector knows this face by both numbers.
    let both = [lin.staff_number.as_str(), second.staff_number.as_str()];
    registered(&acme, "door/1", "biometric.face_features", &both, JANUARY);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let first = acme.departure_of(&lin);
    let line = first.line("biometric.face_features");
    assert_eq!((&line["state"], &line["destructive"]), (&json!("left_alone"), &json!(false)), "{line:#}");
    assert!(line["reason_zh"].as_str().is_some_and(|why| why.contains("另一段任职")), "{line:#}");
    assert!(line["reason_en"].as_str().is_some_and(|why| why.contains("another one still stands")), "{line:#}");
    first.changed_by(&acme.hr_admin(), "biometric.face_features", "delete").is_refused("departures.not-allowed");
    first.is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    assert_eq!(first.state(), "completed");
    assert_eq!(side(&acme, "biometric.face_features"), ["active"]);

    acme.hr_system().says_leaving(&second, "2026-04-30").ok();
    t.settles();
    let last = acme.departure_of(&second);
    assert_eq!(last.line("biometric.face_features")["disposition"], "delete");
    last.is_agreed();
    acme.certifies();
    t.clock().reaches("2026-05-01T00:00+08:00");
    t.settles();
    assert_eq!(side(&acme, "biometric.face_features"), ["ended"]);
});

scenario!(of_the_day_on_which_somebody_left_and_joined_again_nothing_is_destroyed, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&lin).is_agreed();
    let again =
        json!({ "staff_number": lin.staff_number, "name": lin.name, "email": lin.email, "first_day": "2026-03-31" });
    acme.hr_system().says_joined(again).ok();
    t.settles();
    registered(&acme, "door/1", "biometric.face_features", &[&lin.staff_number], "2026-03-30T02:00:00Z");
    registered(&acme, "gate/1", "biometric.fingerprint_features", &[&lin.staff_number], "2026-03-31T02:00:00Z");
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    let departure = acme.departure_of(&lin);
    assert_eq!(departure.line("biometric.fingerprint_features")["state"], "left_alone");
    departure.approved_by(&acme.privacy_officer()).ok();
    t.settles();
    assert_eq!(acme.connector().shelf().deeds(), ["delete door/1"]);
    assert_eq!(side(&acme, "biometric.fingerprint_features"), ["active"]);
});

scenario!(data_that_comes_after_a_completed_departure_is_planned_and_raised, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    registered(&acme, "door/1", "biometric.face_features", &[&lin.staff_number], JANUARY);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    departure.is_agreed();
    t.clock().reaches("2026-04-02T09:00+08:00");
    t.settles();
    assert_eq!(departure.state(), "completed");

    registered(&acme, "door/late", "biometric.face_features", &[&lin.staff_number], "2026-03-20T02:00:00Z");
    t.settles();
    let all = acme.hr_admin().gets("/departures?limit=200").items();
    let late = all.iter().find(|d| d["supplements"] == departure.id.as_str()).expect("a supplement is planned");
    let waiting = acme.hr_admin().gets("/attention").items();
    let told = waiting.iter().any(|a| a["kind"] == "departure.supplement" && a["object_id"] == late["id"]);
    assert!(told, "somebody must be told: {waiting:#?}");
    assert_eq!(late["can"]["rescind"]["why"], "departures.supplement");
    let late = scenarios::departure::Departure::with_id(&acme, late["id"].as_str().expect("an id"));
    late.is_agreed();
    t.settles();
    assert_eq!(late.state(), "completed");
    assert_eq!(acme.connector().shelf().deeds(), ["delete door/1", "delete door/late"]);
    acme.auditor().verifies(&late.certificate()).ok();
    assert_eq!(acme.hr_admin().gets("/departures?limit=200").items().len(), 2, "and that is the end of it");
    assert_eq!(acme.member(&lin)["state"], "departed");
});

scenario!(what_was_deleted_does_not_return_unless_its_person_does, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    registered(&acme, "door/1", "biometric.face_features", &[&lin.staff_number], JANUARY);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&lin).is_agreed();
    t.clock().reaches("2026-04-02T09:00+08:00");
    t.settles();
    assert_eq!(side(&acme, "biometric.face_features"), ["ended"]);

    let line = |at: &str| {
        json!({
            "locator": "door/1", "class": "biometric.face_features", "subjects": [lin.staff_number], "occurred_at": at,
            "facts": { "account": "enterprise", "capacity": "member", "source": "produced" },
        })
    };
    let again = acme.registers(&format!("{}\n", line(JANUARY))).ok();
    assert_eq!(again["rejected"][0]["code"], "holdings.returned", "{again}");
    assert_eq!(again["rejected"][0]["pointer"], "/locator", "{again}");
    let waiting = acme.hr_admin().gets("/attention").items();
    let told = waiting.iter().find(|a| a["kind"] == "holding.returned").expect("somebody is told");
    // Whoever is told finds in the records of that very holding what became of it.
    let path = format!("/records?object={}", told["object_id"].as_str().expect("an id"));
    let records = acme.auditor().person().gets(&path).items();
    assert!(records.iter().any(|r| r["object"]["kind"] == "holding"), "{records:#?}");
    assert_eq!(side(&acme, "biometric.face_features"), ["ended"]);

    let back =
        json!({ "staff_number": lin.staff_number, "name": lin.name, "email": lin.email, "first_day": "2026-04-02" });
    acme.hr_system().says_joined(back).ok();
    t.settles();
    let old = acme.registers(&format!("{}\n", line(JANUARY))).ok();
    assert_eq!(old["rejected"][0]["code"], "holdings.returned", "the old face does not return with its person: {old}");
    let new = acme.registers(&format!("{}\n", line("2026-04-02T01:00:00Z"))).ok();
    assert_eq!(new["added"], 1, "{new}");
    assert_eq!(side(&acme, "biometric.face_features"), ["ended", "active"]);
});

scenario!(who_stays_after_all_finds_their_enterprise_account_as_it_was, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires_with("林晓", json!({ "account": "enterprise" }));
    registered(&acme, "door/1", "biometric.face_features", &[&lin.staff_number], JANUARY);
    let before = lin.caller();
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    t.clock().reaches("2026-04-01T09:00+08:00");
    t.settles();
    lin.signs_in().is_refused("membership.ended");
    acme.hr_system().says_rescinded(&lin).ok();
    t.settles();
    assert_eq!(acme.member(&lin)["state"], "employed");
    before.get("/me").is_status(401);
    lin.signs_in().ok();

    acme.hr_system().says_leaving(&lin, "2026-04-30").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    departure.is_agreed();
    acme.certifies();
    t.clock().reaches("2026-05-01T09:00+08:00");
    t.settles();
    assert_eq!(departure.state(), "completed");
    lin.signs_in().is_status(401);
});

scenario!(an_enterprise_account_that_another_membership_lives_with_stays_open, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires_with("林晓", json!({ "account": "enterprise" }));
    let second = also_hired_as(&acme, &lin, "B9001", "2025-06-02", json!({ "account": "enterprise" }));
    for (who, last_day, then) in [(&lin, "2026-03-31", "2026-04-01"), (&second, "2026-04-30", "2026-05-01")] {
        lin.signs_in().ok();
        acme.hr_system().says_leaving(who, last_day).ok();
        t.settles();
        acme.departure_of(who).is_agreed();
        acme.certifies();
        t.clock().reaches(&format!("{then}T09:00+08:00"));
        t.settles();
        assert_eq!(acme.departure_of(who).state(), "completed");
    }
    lin.signs_in().is_status(401);
});

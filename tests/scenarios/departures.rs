//! The main road: somebody leaves, and everything about them goes where it should.

use chrono::TimeDelta;
use scenarios::scenario;
use serde_json::json;

scenario!(a_leaver_loses_access_at_once_and_payroll_keeps_its_records, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let payroll = acme.holds("hr.salary_bank_account").about(&lin);

    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    lin.signs_in().ok();
    acme.departure_of(&lin).is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");

    lin.signs_in().is_refused("membership.ended");
    t.settles();
    assert_eq!(payroll.state(), "held");
    assert_eq!(payroll.side("state"), "retained");
    acme.auditor().verifies_offline();
});

scenario!(the_whole_road_from_webhook_to_verified_export, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (chen, lin) = (acme.hires("陈立"), acme.hires("林晓"));
    acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "manager": chen.staff_number })).ok();
    let mailbox = acme.keeps("mail/lin", "mail.message").items(1_200).about(&lin);
    let fingerprint = acme.holds("biometric.fingerprint_features").about(&lin);

    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    assert_eq!(departure.line("mail.message")["disposition"], "hand_over");
    assert_eq!(departure.line("biometric.fingerprint_features")["disposition"], "delete");
    departure.is_agreed();
    assert_eq!(acme.connector().shelf().deeds(), [] as [String; 0], "nothing happens before the day");

    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    assert_eq!(acme.connector().shelf().deeds(), ["hand_over mail/lin"]);
    assert_eq!(mailbox.side("state"), "handed_over");
    assert_eq!(fingerprint.state(), "deleted");
    assert_eq!(departure.state(), "completed");

    let auditor = acme.auditor();
    auditor.verifies(&departure.certificate()).ok();
    let acts: Vec<_> = auditor.verifies_offline().iter().map(|r| r["act"].as_str().unwrap_or("").to_owned()).collect();
    let place =
        |act: &str| acts.iter().position(|a| a == act).unwrap_or_else(|| panic!("no record of {act} in {acts:?}"));
    assert!(
        place("departures.end-access") < place("orders.deliver"),
        "nobody reads on while the orders run (gbt35273-11.6-c)"
    );
    assert!(place("orders.report") < place("departures.certify"));
});

scenario!(every_line_says_why_with_its_clause, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.holds("hr.salary_bank_account").about(&lin);
    acme.holds("work.education_history").with("source", "person").with("capacity", "private").about(&lin);
    acme.keeps("mail/lin", "mail.message").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let lines = acme.departure_of(&lin).lines();
    assert!(lines.len() >= 3, "{lines:#?}");
    for line in lines {
        let has = |member: &str| line[member].as_str().is_some_and(|text| !text.is_empty());
        assert!(has("reason_zh") && has("reason_en"), "{line:#}");
        assert_ne!(line["clauses"], json!([]), "{line:#}");
    }
    // Two years after the last day: the Labour Contract Law keeps payroll that long.
    assert_eq!(acme.departure_of(&lin).line("hr.salary_bank_account")["retain_until"], "2028-03-31");
});

scenario!(what_is_the_persons_own_goes_with_them_and_is_not_kept, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let own = acme.holds("work.education_history").with("source", "person").with("capacity", "private").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    assert_eq!(departure.line("work.education_history")["disposition"], "release");
    departure.changed_by(&acme.hr_admin(), "work.education_history", "delete").is_refused("departures.not-allowed");
    departure.is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    assert_eq!(own.side("controller"), "person");
    assert!(["released", "detached"].contains(&own.side("state").as_str()));
});

scenario!(nobody_approves_the_plan_they_submitted, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    // HR and privacy may be one person in a small house; the plan still needs two.
    let both = acme.hr_admin();
    acme.appoints(&both, "privacy_officer").ok();
    acme.holds("biometric.fingerprint_features").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    departure.submitted_by(&both).ok();
    departure.approved_by(&both).is_refused("instructions.own-request");
    assert_eq!(departure.state(), "submitted");
    let another = acme.hires("孙宁");
    acme.appoints(&another, "privacy_officer").ok();
    departure.approved_by(&another).ok();
    assert_eq!(departure.state(), "approved");
});

scenario!(nobody_decides_about_their_own_departure, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (hr, officer) = (acme.hr_admin(), acme.privacy_officer());
    acme.holds("biometric.fingerprint_features").about(&officer);
    acme.hr_system().says_leaving(&officer, "2026-03-31").ok();
    acme.hr_system().says_leaving(&hr, "2026-04-30").ok();
    t.settles();

    let departure = acme.departure_of(&officer);
    let submitted = departure.submitted_by(&hr).ok();
    assert_eq!(submitted["state"], "submitted");
    departure.approved_by(&officer).is_refused("instructions.own-data");
    assert_eq!(departure.seen_by(&officer)["can"]["approve"]["why"], "instructions.own-data");
    let pending = officer.gets("/instructions?state=pending").items();
    assert_eq!(pending[0]["nobody_available"], json!(["privacy_officer"]), "it waits and says for whom");
    let another = acme.hires("孙宁");
    acme.appoints(&another, "privacy_officer").ok();
    departure.approved_by(&another).ok();
    assert_eq!(departure.state(), "approved");

    let own = acme.departure_of(&hr);
    own.submitted_by(&hr).is_refused("departures.own-departure");
    own.rescinded_by(&hr).is_refused("departures.own-departure");
    let can = own.seen_by(&hr)["can"].clone();
    for act in ["adjust", "submit", "rescind"] {
        assert_eq!(can[act]["why"], "departures.own-departure", "{can:#}");
    }
    let other_hr = acme.hires("周敏");
    acme.appoints(&other_hr, "hr_admin").ok();
    own.submitted_by(&other_hr).ok();
});

scenario!(nobody_plans_or_approves_what_is_handed_over_to_themselves, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (hr, officer, lin) = (acme.hr_admin(), acme.privacy_officer(), acme.hires("林晓"));
    acme.keeps("mail/lin", "mail.message").about(&lin);
    let leaving = |successor: &str, last_day: &str| {
        let data = json!({ "staff_number": lin.staff_number, "last_day": last_day, "successor": successor });
        acme.hr_system().says("member.leaving", data).sent().ok();
        t.settles();
    };
    leaving(&hr.staff_number, "2026-03-31");
    let departure = acme.departure_of(&lin);
    assert_eq!(departure.line("mail.message")["disposition"], "hand_over");
    departure.submitted_by(&hr).is_refused("departures.own-handover");
    assert_eq!(departure.view()["can"]["submit"]["why"], "departures.own-handover");

    leaving(&officer.staff_number, "2026-04-15");
    assert_eq!(departure.submitted_by(&hr).ok()["state"], "submitted");
    departure.approved_by(&officer).is_refused("instructions.receiver");
    let another = acme.hires("孙宁");
    acme.appoints(&another, "privacy_officer").ok();
    departure.approved_by(&another).ok();
    assert_eq!(departure.state(), "approved");
});

scenario!(without_approval_access_ends_all_the_same_and_nothing_is_destroyed, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let fingerprint = acme.holds("biometric.fingerprint_features").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    lin.signs_in().is_refused("membership.ended");
    assert_eq!(fingerprint.state(), "held");
    let waiting = acme.hr_admin().gets("/attention").items();
    let about_it = waiting.iter().any(|a| a["object_kind"] == "departure");
    assert!(about_it, "somebody must be told that it waits: {waiting:#?}");

    acme.departure_of(&lin).is_agreed();
    t.settles();
    assert_eq!(fingerprint.state(), "deleted");
});

scenario!(a_hold_keeps_what_would_have_been_deleted, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let fingerprint = acme.holds("biometric.fingerprint_features").about(&lin);
    let subject = acme.member(&lin)["subject_id"].clone();
    let hold = json!({ "subject_id": subject, "class_pattern": "biometric.*", "reason": "(2026)京仲案字第0001号" });
    acme.privacy_officer().posts("/holds", &hold).ok();
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    assert_eq!(acme.departure_of(&lin).line("biometric.fingerprint_features")["disposition"], "retain");
    acme.departure_of(&lin).is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    assert_eq!(fingerprint.state(), "held");
});

scenario!(a_departure_called_off_before_its_day_leaves_everything_as_it_was, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let mailbox = acme.keeps("mail/lin", "mail.message").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&lin).is_agreed();
    t.clock().reaches("2026-03-30T18:00+08:00");
    acme.hr_system().says_rescinded(&lin).ok();
    t.settles();
    t.clock().reaches("2026-04-02T09:00+08:00");
    t.settles();
    lin.signs_in().ok();
    assert_eq!(mailbox.side("state"), "active");
    assert_eq!(acme.connector().shelf().deeds(), [] as [String; 0]);
    assert_eq!(acme.departure_of(&lin).state(), "rescinded");
});

scenario!(who_comes_back_years_later_finds_a_new_membership_and_nothing_that_was_deleted, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let fingerprint = acme.holds("biometric.fingerprint_features").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&lin).is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    acme.certifies();
    t.clock().passes(TimeDelta::days(3 * 365));
    let again = json!({
        "staff_number": "B0001", "name": lin.name, "email": lin.email, "account": "personal", "first_day": "2029-04-02",
    });
    acme.hr_system().says_joined(again).ok();
    t.settles();
    lin.signs_in().ok();
    assert_eq!(fingerprint.state(), "deleted");
    let members = acme.first_admin().gets("/members?limit=200").items();
    let came_back = members.iter().find(|m| m["staff_number"] == "B0001").expect("a new membership");
    assert_ne!(came_back["id"], lin.membership.as_str());
});

scenario!(what_was_kept_by_law_goes_when_its_time_is_over, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let payroll = acme.holds("hr.salary_bank_account").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&lin).is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    acme.certifies();
    t.clock().reaches("2028-03-30T12:00+08:00");
    t.settles();
    assert_eq!(payroll.state(), "held", "two years are not over");
    t.clock().reaches("2028-04-02T12:00+08:00");
    t.settles();
    assert_eq!(payroll.state(), "held", "nothing is destroyed without somebody's yes, whoever proposes it");
    let waiting = acme.privacy_officer().gets("/instructions?state=pending").items();
    let [disposal] = waiting.as_slice() else { panic!("one disposal is proposed: {waiting:#?}") };
    assert_eq!((&disposal["action"], &disposal["origin"]), (&json!("delete"), &json!("retention")));
    let approve = format!("/instructions/{}/approve", disposal["id"].as_str().expect("an id"));
    acme.privacy_officer().posts(&approve, &json!({})).ok();
    t.settles();
    assert_eq!(payroll.state(), "deleted");
    acme.auditor().verifies_offline();
});

scenario!(what_came_to_be_after_a_return_is_not_the_old_departures, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let before = acme.holds("biometric.face_features").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.clock().reaches("2026-04-01T09:00+08:00");
    t.settles();
    let departure = acme.departure_of(&lin);
    let again =
        json!({ "staff_number": lin.staff_number, "name": "林晓", "email": lin.email, "first_day": "2026-04-01" });
    acme.hr_system().says_joined(again).ok();
    t.settles();
    let since = json!({
        "locator": "door/lin", "class": "biometric.face_features", "subjects": [lin.staff_number],
        "occurred_at": "2026-04-01T02:00:00Z", "facts": { "account": "enterprise", "source": "produced" },
    });
    assert_eq!(acme.registers(&format!("{since}\n")).ok()["added"], 1);
    departure.is_agreed();
    t.settles();
    assert_eq!(before.state(), "deleted");
    let held = acme.hr_admin().gets("/holdings?class=biometric.face_features").items();
    let still: Vec<_> = held.iter().filter(|side| side["state"] == "active").collect();
    assert_eq!(still.len(), 1, "what came to be after the return stays: {held:#?}");
});

scenario!(nothing_is_handed_over_to_somebody_who_has_left, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (chen, zhou, lin) = (acme.hires("陈立"), acme.hires("周敏"), acme.hires("林晓"));
    acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "manager": zhou.staff_number })).ok();
    acme.keeps("mail/lin", "mail.message").about(&lin);
    let leaving = json!({
        "staff_number": lin.staff_number, "last_day": "2026-03-31", "successor": chen.staff_number,
    });
    acme.hr_system().says("member.leaving", leaving).sent().ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    assert_eq!(departure.line("mail.message")["successor_id"], acme.member(&chen)["subject_id"]);

    // The successor goes first, before the plan is handed in …
    acme.hr_system().says_left(&chen, "2026-02-27").ok();
    t.settles();
    departure.submitted_by(&acme.hr_admin()).is_refused("departures.successor-gone");
    assert_eq!(departure.view()["can"]["submit"]["why"], "departures.successor-gone");
    departure
        .changed_to(
            &acme.hr_admin(),
            "mail.message",
            &json!({ "disposition": "hand_over", "successor": chen.staff_number }),
        )
        .is_refused("departures.unknown-successor");
    departure
        .changed_to(
            &acme.hr_admin(),
            "mail.message",
            &json!({ "disposition": "hand_over", "successor": lin.staff_number }),
        )
        .is_refused("departures.successor-leaves");
    // … and whoever is named instead after it was approved.
    departure
        .changed_to(
            &acme.hr_admin(),
            "mail.message",
            &json!({ "disposition": "hand_over", "successor": zhou.staff_number }),
        )
        .ok();
    departure.is_agreed();
    acme.hr_system().says_left(&zhou, "2026-02-27").ok();
    t.settles();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    lin.signs_in().is_refused("membership.ended");
    assert_eq!(departure.state(), "planned", "it goes back to be adjusted");
    assert_eq!(acme.connector().shelf().deeds(), [] as [String; 0]);
    let waiting = acme.hr_admin().gets("/attention").items();
    assert!(waiting.iter().any(|a| a["reason"] == "departures.successor-gone"), "{waiting:#?}");
    let sun = acme.hires("孙宁");
    departure
        .changed_to(
            &acme.hr_admin(),
            "mail.message",
            &json!({ "disposition": "hand_over", "successor": sun.staff_number }),
        )
        .ok();
    departure.is_agreed();
    t.settles();
    assert_eq!(acme.connector().shelf().deeds(), ["hand_over mail/lin"]);
    assert_eq!(departure.state(), "completed");
});

scenario!(whoever_made_of_a_line_what_it_is_does_not_agree_to_it, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.holds("contacts.emergency").about(&lin);
    let both = acme.hires("孙宁");
    acme.appoints(&both, "hr_admin").ok();
    acme.appoints(&both, "privacy_officer").ok();
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    departure.changed_by(&both, "contacts.emergency", "delete").ok();
    let another_hr = acme.hires("周敏");
    acme.appoints(&another_hr, "hr_admin").ok();
    departure.submitted_by(&another_hr).ok();
    departure.approved_by(&both).is_refused("instructions.own-request");
    assert_eq!(departure.seen_by(&both)["can"]["approve"]["why"], "instructions.own-request");
    let another = acme.hires("郑华");
    acme.appoints(&another, "privacy_officer").ok();
    departure.approved_by(&another).ok();
    assert_eq!(departure.state(), "approved");
});

scenario!(a_change_of_the_time_zone_does_not_move_the_instant_that_everybody_was_told, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let told = acme.departure_of(&lin).view()["effective_at"].clone();
    let settings = acme.first_admin().gets("/organisation");
    acme.first_admin().caller().patch("/organisation", &settings.etag(), &json!({ "time_zone": "Asia/Tokyo" })).ok();
    t.settles();
    assert_eq!(acme.departure_of(&lin).view()["effective_at"], told);
    t.clock().reaches("2026-03-31T23:30+08:00");
    t.settles();
    lin.signs_in().ok();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    lin.signs_in().is_refused("membership.ended");
});

scenario!(what_ran_when_a_departure_was_called_off_ends_and_says_how_far_it_came, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.keeps("door/lin", "biometric.face_features").about(&lin);
    acme.hr_system().says_left(&lin, "2026-02-27").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    acme.connector().is(scenarios::connector::Mood::Silent);
    departure.is_agreed();
    t.settles();
    assert_eq!(departure.line("biometric.face_features")["state"], "running");
    departure.rescinded_by(&acme.hr_admin()).ok();
    t.settles();
    assert_eq!(departure.state(), "rescinded");
    assert_eq!(
        departure.line("biometric.face_features")["state"],
        "undone",
        "its order was stopped before anything was reported"
    );
});

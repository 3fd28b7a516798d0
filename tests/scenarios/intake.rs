//! What an HR system's webhook may send, and what bad input gets: a defined answer, and nothing lost.

use chrono::TimeDelta;
use scenarios::http::Answer;
use scenarios::{Organisation, Tenure, scenario};
use serde_json::json;

fn messages(acme: &Organisation, state: &str) -> Vec<serde_json::Value> {
    acme.hr_admin().gets(&format!("/messages?limit=200&state={state}")).items()
}

/// Kept, encrypted, with its reason, to be replayed: never lost, never half applied.
fn is_kept_with_its_reason(t: &Tenure, acme: &Organisation, sent: &Answer, code: &str) {
    sent.is_status(202);
    t.settles();
    let kept = messages(acme, "rejected");
    let [message] = kept.as_slice() else { panic!("one message is kept aside, not {kept:#?}") };
    let reason = message["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with(code), "the reason should be {code}: {message:#}");
    let waiting = acme.hr_admin().gets("/attention").items();
    assert!(waiting.iter().any(|a| a["object_id"] == message["id"]), "somebody must be told: {waiting:#?}");
}

scenario!(a_message_with_a_bad_signature_changes_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let hr = acme.hr_system();
    let before = acme.hr_admin().gets("/messages?limit=200").items();
    hr.leaving(&lin, "2026-03-31").with_signature("").sent().is_status(401);
    hr.leaving(&lin, "2026-03-31").with_signature("v1,bm90IGEgc2lnbmF0dXJl").sent().is_status(401);
    hr.signing_with("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").says_leaving(&lin, "2026-03-31").is_status(401);
    t.settles();
    assert_eq!(acme.hr_admin().gets("/messages?limit=200").items(), before);
    assert_eq!(acme.member(&lin)["state"], "employed");
    let refused = acme.auditor().verifies_offline();
    let tries: Vec<_> = refused.iter().filter(|r| r["reason"] == "intake.signature").collect();
    assert_eq!(tries.len(), 3, "each try left a record");
    for tried in tries {
        assert_eq!(
            tried["actor"]["kind"], "anonymous",
            "whoever it was, it was not proved to be the source: {tried:#}"
        );
    }
});

scenario!(a_message_that_is_too_old_or_too_early_changes_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let hr = acme.hr_system();
    hr.leaving(&lin, "2026-03-31").signed_seconds_ago(301).sent().is_refused("intake.stale");
    hr.leaving(&lin, "2026-03-31").signed_seconds_ago(-400).sent().is_refused("intake.stale");
    hr.leaving(&lin, "2026-03-31").signed_seconds_ago(240).sent().is_status(202);
    t.settles();
    assert_eq!(acme.member(&lin)["last_day"], "2026-03-31");
});

scenario!(a_message_that_is_too_large_is_refused_before_it_is_kept, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let hr = acme.hr_system();
    hr.sends(vec![b' '; 1_048_577]).sent().is_refused("intake.too-large");
    hr.sends("{}").sent().is_status(202);
    let records = acme.auditor().verifies_offline();
    let refused = records.iter().find(|r| r["reason"] == "intake.too-large").expect("a record of the refusal");
    assert_eq!(refused["actor"]["kind"], "anonymous", "nothing was read, so nothing was proved: {refused:#}");
});

scenario!(a_repeated_message_is_answered_and_changes_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let leaving = acme.hr_system().leaving(&lin, "2026-03-31");
    leaving.sent_again().is_status(202);
    t.settles();
    let departure = acme.departure_of(&lin).view();
    let repeat = leaving.sent_again();
    assert_eq!(repeat.is_status(200).json()["duplicate"], true);
    t.settles();
    assert_eq!(acme.departure_of(&lin).view(), departure);
});

scenario!(a_message_id_used_for_something_else_is_refused, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let hr = acme.hr_system();
    let first = hr.leaving(&lin, "2026-03-31");
    first.sent_again().ok();
    hr.leaving(&lin, "2026-04-30").numbered(&first.id).sent().is_refused("intake.id-reused");
    t.settles();
    assert_eq!(acme.member(&lin)["last_day"], "2026-03-31");
});

scenario!(a_message_that_is_no_json_is_kept_with_its_reason, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let sent = acme.hr_system().sends("{\"type\":\"member.joi").sent();
    is_kept_with_its_reason(t, &acme, &sent, "intake.unreadable");
});

scenario!(a_message_that_is_no_text_is_kept_with_its_reason, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let body =
        b"{\"type\":\"member.changed\",\"timestamp\":\"2026-03-02T00:00:00Z\",\"data\":{\"staff_number\":\"A\xff1\"}}";
    let sent = acme.hr_system().sends(body.to_vec()).sent();
    is_kept_with_its_reason(t, &acme, &sent, "intake.unreadable");
});

scenario!(a_message_of_an_unknown_kind_is_kept_with_its_reason, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let sent = acme.hr_system().says("member.promoted", json!({ "staff_number": "A0001" })).sent();
    is_kept_with_its_reason(t, &acme, &sent, "intake.unknown-event");
});

scenario!(a_message_with_a_mistyped_field_is_kept_with_its_reason, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let data = json!({ "staff_number": lin.staff_number, "lastday": "2026-03-31", "last_day": "2026-03-31" });
    let sent = acme.hr_system().says("member.leaving", data).sent();
    is_kept_with_its_reason(t, &acme, &sent, "intake.unreadable");
    assert_eq!(acme.member(&lin)["last_day"], json!(null));
});

scenario!(a_joining_without_a_first_day_is_kept_with_its_reason, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let sent = acme.hr_system().says_joined(json!({ "staff_number": "Z1", "name": "无期", "email": "z1@example.com" }));
    is_kept_with_its_reason(t, &acme, &sent, "intake.missing");
});

scenario!(a_rejected_message_can_be_replayed_once_its_cause_is_mended, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    // Two days of one departure: the second is before the first day of work, so it waits for a person.
    let sent = acme.hr_system().says_leaving(&lin, "2024-04-30");
    is_kept_with_its_reason(t, &acme, &sent, "people.leaves-before-joining");
    let message = &messages(&acme, "rejected")[0];
    let replayed = acme.hr_admin().posts(&format!("/messages/{}/replay", message["id"].as_str().unwrap()), &json!({}));
    replayed.ok();
    t.settles();
    assert_eq!(messages(&acme, "rejected").len(), 1, "its cause is not mended: it is kept again, not lost");
});

scenario!(the_old_secret_is_good_for_a_day_after_a_rotation, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, old) = (acme.hires("林晓"), acme.hr_system());
    let rotated = acme.first_admin().posts(&format!("/sources/{}/rotate", old.id), &json!({})).ok();
    let new = old.signing_with(rotated["secret"].as_str().expect("a new secret"));
    old.says_changed(json!({ "staff_number": lin.staff_number, "position": "高级工程师" })).is_status(202);
    new.says_changed(json!({ "staff_number": lin.staff_number, "position": "架构师" })).is_status(202);
    t.clock().passes(TimeDelta::hours(25));
    let late = acme.hr_system();
    late.says_changed(json!({ "staff_number": lin.staff_number, "position": "组长" })).is_status(401);
});

scenario!(an_address_that_does_not_exist_tells_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let headers = [("webhook-id", "msg_1"), ("webhook-timestamp", "1772413200"), ("webhook-signature", "v1,AAAA")];
    let answer = acme.anonymous().send("POST", "/hooks/hr-0000", &headers, Some(b"{}"));
    answer.is_refused("source.not-found");
});

scenario!(a_message_that_can_never_be_applied_holds_up_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let hr = acme.hr_system();
    for odd in [
        json!({ "staff_number": "A\u{1}1", "last_day": "2026-03-31" }),
        json!({ "staff_number": lin.staff_number, "last_day": "+262142-12-31" }),
    ] {
        hr.says("member.leaving", odd).sent().is_status(202);
    }
    let early = r#"{"type":"member.changed","timestamp":"-262143-01-01T00:00:00Z","data":{"staff_number":"A1"}}"#;
    hr.sends(early).sent().is_status(202);
    hr.says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    assert_eq!(messages(&acme, "rejected").len(), 3);
    assert_eq!(acme.member(&lin)["last_day"], "2026-03-31");
});

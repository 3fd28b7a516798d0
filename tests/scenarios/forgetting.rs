//! Forgetting somebody of whom nothing is left: nobody can name them here any more, and every proof still holds.

use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

fn leaves(t: &scenarios::Tenure, acme: &Organisation, person: &Person) {
    acme.hr_system().says_leaving(person, "2026-03-31").ok();
    t.settles();
    acme.departure_of(person).is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    assert_eq!(acme.departure_of(person).state(), "completed");
}

fn name(acme: &Organisation, person: &Person) -> Value {
    acme.member(person)["name"].clone()
}

fn forgets(acme: &Organisation, who: &Person, person: &Person) -> scenarios::http::Answer {
    let subject = acme.member(person)["subject_id"].clone();
    let path = format!("/subjects/{}/forget", subject.as_str().expect("a subject"));
    who.posts(&path, &json!({ "reason": "本人要求, 已核实身份" }))
}

fn opened(acme: &Organisation) -> String {
    let answer = acme.auditor().person().gets("/records/export?format=ndjson&include_personal=true");
    answer.is_status(200);
    answer.body
}

scenario!(with_the_last_of_their_data_somebody_who_left_is_forgotten_and_proofs_hold, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.appoints(&lin, "privacy_officer").ok();
    let face = acme.holds("biometric.face_features").about(&lin);
    let asked = json!({
        "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
        "scope": { "classes": ["attendance.*"], "operations": ["read"], "roles": ["data_operator"] },
    });
    let instruction = acme.member_with("security_admin").posts("/instructions", &asked).ok();
    let revoke = format!("/instructions/{}/revoke", instruction["id"].as_str().expect("an id"));
    lin.posts(&revoke, &json!({ "reason": "我家里有事, 先不审批" })).ok();
    assert!(opened(&acme).contains("我家里有事"), "as long as they are known it can be read by whoever may");
    let before = acme.auditor().exports("ndjson");

    leaves(t, &acme, &lin);
    assert_eq!(face.state(), "deleted");
    assert_eq!(name(&acme, &lin), Value::Null);
    let after = opened(&acme);
    assert!(!after.contains("我家里有事"), "the text is unreadable");
    acme.auditor().verifies(&after).ok();
    acme.auditor().verifies(&before).ok();
    let records = acme.auditor().verifies_offline();
    let forgotten = records.iter().find(|r| r["act"] == "subjects.forget").expect("a record of it");
    assert_eq!(forgotten["detail"]["cause"], "nothing-left");
});

scenario!(who_left_something_behind_is_forgotten_by_order_and_not_before_what_must_be_kept, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let chen = acme.hires("陈立");
    let lin = acme.hires("林晓");
    let zhao = acme.hires("赵敏");
    acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "manager": chen.staff_number })).ok();
    acme.keeps("mail/lin", "mail.message").about(&lin);
    acme.holds("hr.salary_bank_account").about(&zhao);
    let officer = acme.privacy_officer();
    forgets(&acme, &officer, &lin).is_refused("forgetting.member");
    acme.hr_system().says_leaving(&zhao, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&zhao).is_agreed();
    leaves(t, &acme, &lin);
    assert_eq!(name(&acme, &lin), "林晓", "a successor has their mail: they are still known");

    forgets(&acme, &acme.hr_admin(), &lin).is_refused("power.missing");
    forgets(&acme, &officer, &zhao).is_refused("forgetting.kept");
    forgets(&acme, &officer, &lin).ok();
    assert_eq!((name(&acme, &lin), name(&acme, &zhao)), (Value::Null, json!("赵敏")));
    forgets(&acme, &officer, &lin).ok();
    let records = acme.auditor().verifies_offline();
    let forgotten = records
        .iter()
        .filter(|r| r["act"] == "subjects.forget" && r["outcome"] == "done" && !r["detail"]["cause"].is_null());
    assert_eq!(forgotten.count(), 1, "once");
});

scenario!(a_hold_puts_forgetting_off_and_whoever_comes_back_is_named_anew, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.holds("biometric.face_features").about(&lin);
    let hold =
        json!({ "subject_id": acme.member(&lin)["subject_id"], "class_pattern": "mail.*", "reason": "案件 2026-17" });
    let hold = acme.privacy_officer().posts("/holds", &hold).ok();
    leaves(t, &acme, &lin);
    assert_eq!(name(&acme, &lin), "林晓");
    let end = format!("/holds/{}/end", hold["id"].as_str().expect("an id"));
    let ending = acme.privacy_officer().posts(&end, &json!({ "reason": "案件已结" })).ok();
    let second = acme.hires("周宁");
    acme.appoints(&second, "privacy_officer").ok();
    let approve = format!("/instructions/{}/approve", ending["id"].as_str().expect("an id"));
    second.posts(&approve, &json!({})).ok();
    acme.first_admin().posts(&approve, &json!({})).ok();
    t.settles();
    t.clock().reaches("2026-04-02T01:00+08:00");
    t.settles();
    assert_eq!(name(&acme, &lin), Value::Null);
    let again = json!({
        "staff_number": lin.staff_number, "name": "林晓", "email": lin.email, "account": "personal",
        "first_day": "2026-04-02", "position": "工程师",
    });
    acme.hr_system().says_joined(again).ok();
    t.settles();
    let members = acme.first_admin().gets("/members?limit=200").items();
    let back = members.iter().rev().find(|m| m["staff_number"] == lin.staff_number.as_str()).expect("back");
    assert_eq!(back["name"], "林晓");
    acme.auditor().verifies_offline();
});

scenario!(what_hr_said_of_somebody_goes_with_them_and_names_them_no_more, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.holds("biometric.face_features").about(&lin);
    acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "position": "组长" })).ok();
    leaves(t, &acme, &lin);
    assert_eq!(name(&acme, &lin), Value::Null);
    let emptied = || {
        let kept = "SELECT CAST(count(*) AS TEXT) AS name FROM messages m WHERE length(m.sealed_body) = 0";
        t.server().names(kept).remove(0)
    };
    assert_eq!(emptied(), "3", "their joining, their change and their leaving");
    // An HR system that goes on speaking of them is heard, and brings no name back.
    let late = json!({ "staff_number": lin.staff_number, "name": lin.name, "position": "顾问" });
    acme.hr_system().says_changed(late).ok();
    t.settles();
    assert_eq!(name(&acme, &lin), Value::Null);
    assert_eq!(emptied(), "4");
    let records = acme.auditor().verifies_offline();
    let forgotten = records.iter().find(|r| r["act"] == "subjects.forget").expect("a record of it");
    assert_eq!(forgotten["detail"]["messages"], 3);
    let message = acme.hr_admin().gets("/messages?limit=200").items();
    assert!(message.iter().all(|m| m["state"] != "rejected"), "{message:#?}");
});

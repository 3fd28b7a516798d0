//! 自定义角色: a role that an organisation defines is what was approved, and inherits whom its holder may not be.

use crate::access::{application, asks, is_no, is_yes, question};
use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

fn definition(key: &str, classes: &[&str]) -> Value {
    json!({
        "key": key, "name_zh": "考勤专员", "name_en": "Attendance clerk", "excludes": ["hr_admin"], "reason": "核对工时",
        "scope": { "classes": classes, "operations": ["read"], "purposes": ["payroll", "audit"] },
    })
}

fn for_purpose(who: &Person, holding: &str, purpose: &str) -> Value {
    let mut asked = question(who, "read", holding);
    asked["context"]["purpose"] = purpose.into();
    asked
}

#[track_caller]
fn approved(acme: &Organisation, role: &Value) {
    let path = format!("/instructions/{}/approve", role["instruction_id"].as_str().expect("an id"));
    acme.privacy_officer().posts(&path, &json!({})).ok();
}

scenario!(a_role_of_ones_own_is_what_was_approved_and_inherits_whom_its_holder_may_not_be, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (security, officer) = (acme.member_with("security_admin"), acme.privacy_officer());
    let (lin, clerk) = (acme.hires("林晓"), acme.hires("吴凡"));
    let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
    let app = application(&acme, "2026-12-01T00:00:00Z");
    let define = |key: &str, classes: &[&str]| security.posts("/own-roles", &definition(key, classes));

    // It is a role once somebody else has said yes.
    let role = define("own.attendance_clerk", &["attendance.*"]).ok();
    assert_eq!((&role["state"], &role["works_as"]), (&json!("pending"), &json!(["data_operator"])), "{role:#}");
    acme.appoints(&clerk, "own.attendance_clerk").is_refused("people.unknown-role");
    approved(&acme, &role);
    acme.appoints(&clerk, "own.attendance_clerk").ok();
    for purpose in ["payroll", "audit"] {
        is_yes(&asks(&app, "evaluation", &for_purpose(&clerk, &clock_in, purpose)).ok());
    }
    is_no(&asks(&app, "evaluation", &for_purpose(&clerk, &clock_in, "sport")).ok(), "decision.other-purpose");

    // Whose work it does, their exclusions it has, and those that were declared.
    for (other, held) in [("auditor", true), ("security_admin", true), ("hr_admin", true), ("privacy_officer", false)] {
        let answer = acme.appoints(&acme.hires(&format!("兼{other}")), "own.attendance_clerk").ok();
        let body = json!({ "membership_id": answer["membership_id"], "role": other });
        let both = acme.first_admin().posts("/role-assignments", &body);
        if held { drop(both.is_refused("people.roles-exclude")) } else { drop(both.ok()) }
    }
    acme.appoints(acme.auditor().person(), "own.attendance_clerk").is_refused("people.roles-exclude");
    let offers = acme.first_admin().gets(&format!("/members/{}/roles", acme.hr_admin().membership)).items();
    let offer = offers.iter().find(|o| o["role"] == "own.attendance_clerk").expect("it is offered");
    assert_eq!(offer["excluded_by"], "hr_admin", "{offer:#}");

    // It stands in certification and in the proof about excluded roles.
    let list = officer.posts("/certifications", &json!({})).ok();
    let path = format!("/certifications/{}/lines?role=own.attendance_clerk", list["id"].as_str().expect("an id"));
    let lines = officer.gets(&path).items();
    assert!(lines.len() == 5 && lines.iter().all(|line| line["silence"] == "ends"), "{lines:#?}");
    let proof = acme.auditor().person().gets("/role-separation").ok();
    let pairs = proof["pairs"].as_array().expect("pairs");
    let own =
        pairs.iter().filter(|p| p["roles"].as_array().is_some_and(|r| r.contains(&json!("own.attendance_clerk"))));
    assert_eq!((own.count(), &proof["holds"]), (4, &json!(true)), "{proof:#}");

    // No other instruction widens it.
    let wider = json!({
        "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
        "scope": { "classes": ["hr.*"], "operations": ["read"], "roles": ["own.attendance_clerk"] },
    });
    security.posts("/instructions", &wider).is_refused("instructions.invalid");

    // Taken back, it is nobody's, and its key is never another's.
    let path = format!("/instructions/{}/revoke", role["instruction_id"].as_str().expect("an id"));
    officer.posts(&path, &json!({ "reason": "不再需要" })).ok();
    is_no(&asks(&app, "evaluation", &for_purpose(&clerk, &clock_in, "payroll")).ok(), "decision.no-instruction");
    let held = acme.first_admin().gets("/role-assignments?role=own.attendance_clerk&held=true").items();
    assert_eq!(held, [] as [Value; 0]);
    acme.appoints(&clerk, "own.attendance_clerk").is_refused("people.unknown-role");
    define("own.attendance_clerk", &["attendance.*"]).is_refused("people.own-role-taken");
});

scenario!(a_role_of_ones_own_never_combines_what_is_kept_apart, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let security = acme.member_with("security_admin");
    let define = |asked: &Value| security.posts("/own-roles", asked);
    for classes in [&["ledger.*", "hr.name"][..], &["*"]] {
        let refused = define(&definition("own.everything", classes)).is_refused("people.own-role-combines");
        assert!(refused["clauses"].as_array().is_some_and(|c| c.contains(&json!("gbt35273-7.1-c"))), "{refused}");
    }
    // Whoever only looks at access records does an auditor's work.
    let role = define(&definition("own.record_reader", &["ledger.*"])).ok();
    assert_eq!(role["works_as"], json!(["auditor"]), "{role:#}");
    approved(&acme, &role);
    let operator = acme.data_operator();
    acme.appoints(&operator, "own.record_reader").is_refused("people.roles-exclude");

    for key in ["payroll", "own.", "own.Pay", "own.pay-roll", "own.1st"] {
        define(&definition(key, &["hr.name"])).is_refused("people.own-role-invalid");
    }
    let mut wrong = definition("own.clerk", &["hr.name"]);
    wrong["excludes"] = json!(["boss"]);
    define(&wrong).is_refused("people.own-role-invalid");
    wrong["excludes"] = json!([]);
    wrong["name_en"] = " ".into();
    define(&wrong).is_refused("people.own-role-invalid");
    wrong["name_en"] = "Clerk".into();
    wrong["scope"]["purposes"] = json!([]);
    define(&wrong).is_refused("instructions.invalid");
    wrong["scope"]["purposes"] = json!(["payroll"]);
    wrong["scope"]["classes"] = json!(["no.such"]);
    define(&wrong).is_refused("instructions.invalid");
    acme.hires("林晓").posts("/own-roles", &definition("own.mine", &["hr.name"])).is_refused("power.missing");
    assert_eq!(security.gets("/own-roles").ok()["roles"].as_array().map(Vec::len), Some(1));
});

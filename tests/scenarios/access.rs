//! Ask before you process: applications ask in the words of the AuthZEN Authorization API 1.0.

use chrono::TimeDelta;
use scenarios::http::{Answer, Caller};
use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

/// An application of the organisation, with a key to ask.
pub fn application(acme: &Organisation, until: &str) -> Caller {
    let body = json!({ "name": "考勤应用", "scopes": ["decisions.ask", "decisions.search"], "expires_at": until });
    let key = acme.member_with("security_admin").posts("/api-keys", &body).ok();
    acme.anonymous().bearing(key["token"].as_str().expect("a token"))
}

/// 常设指令: this role may do this to these classes, for payroll.
pub fn permits(acme: &Organisation, role: &str, class: &str, operation: &str) -> Value {
    let asked = json!({
        "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
        "scope": { "classes": [class], "operations": [operation], "roles": [role] },
    });
    let instruction = acme.member_with("security_admin").posts("/instructions", &asked).ok();
    let id = instruction["id"].as_str().expect("an id");
    acme.privacy_officer().posts(&format!("/instructions/{id}/approve"), &json!({})).ok()
}

pub fn asks(app: &Caller, path: &str, body: &Value) -> Answer {
    let json = [("content-type", "application/json")];
    app.send("POST", &format!("/access/v1/{path}"), &json, Some(body.to_string().as_bytes()))
}

pub fn question(who: &Person, operation: &str, holding: &str) -> Value {
    json!({
        "subject": { "type": "staff_number", "id": who.staff_number },
        "action": { "name": operation },
        "resource": { "type": "holding", "id": holding },
        "context": { "purpose": "payroll" },
    })
}

#[track_caller]
pub fn is_no(answer: &Value, reason: &str) {
    assert_eq!((&answer["decision"], &answer["context"]["reason"]), (&json!(false), &json!(reason)), "{answer:#}");
}

#[track_caller]
pub fn is_yes(answer: &Value) {
    assert_eq!(answer["decision"], true, "{answer:#}");
}

scenario!(an_application_asks_and_every_answer_explains_itself_and_is_on_record, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
    let (operator, app) = (acme.data_operator(), application(&acme, "2026-12-01T00:00:00Z"));
    let asked = question(&operator, "read", &clock_in);

    let no = asks(&app, "evaluation", &asked).ok();
    is_no(&no, "decision.no-instruction");
    let request = json!({ "what": "instruction", "approvers": ["privacy_officer"], "at": "/api/v1/access-requests" });
    assert_eq!(no["context"]["request"], request, "{no:#}");
    assert!(no["context"]["message"]["zh-CN"].is_string(), "{no:#}");

    let instruction = permits(&acme, "data_operator", "attendance.*", "read");
    let yes = asks(&app, "evaluation", &asked).ok();
    is_yes(&yes);
    assert_eq!(yes["context"]["instruction"], instruction["id"], "{yes:#}");
    assert_eq!(yes["context"]["ruling"]["controller"], "organisation", "{yes:#}");

    let mut other = asked.clone();
    other["context"]["purpose"] = "curiosity".into();
    is_no(&asks(&app, "evaluation", &other).ok(), "decision.other-purpose");
    other["context"] = json!({});
    is_no(&asks(&app, "evaluation", &other).ok(), "decision.no-purpose");
    is_no(&asks(&app, "evaluation", &question(&operator, "export", &clock_in)).ok(), "decision.no-instruction");
    // Anybody may see what is their own.
    is_yes(&asks(&app, "evaluation", &question(&lin, "read", &clock_in)).ok());

    let records = acme.auditor().verifies_offline();
    let of = |outcome: &str| {
        records.iter().filter(|r| r["act"] == "decisions.ask" && r["outcome"] == outcome).collect::<Vec<_>>()
    };
    assert_eq!((of("permitted").len(), of("refused").len()), (2, 4));
    assert_eq!(of("permitted")[0]["instruction"], instruction["id"]);
    assert_eq!(of("permitted")[0]["actor"]["kind"], "api_key");
    assert_eq!(of("refused")[0]["reason"], "decision.no-instruction");
});

scenario!(many_questions_are_answered_in_order_until_enough_is_known, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, operator) = (acme.hires("林晓"), acme.data_operator());
    let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
    let app = application(&acme, "2026-12-01T00:00:00Z");
    permits(&acme, "data_operator", "attendance.*", "read");
    let mut asked = question(&operator, "read", &clock_in);
    asked["evaluations"] = json!([
        {},
        { "action": { "name": "export" } },
        { "context": { "purpose": "payroll", "count": 100 } },
        { "subject": 7 },
        {},
    ]);
    let answers = |semantic: &str| {
        let mut asked = asked.clone();
        asked["options"] = json!({ "evaluations_semantic": semantic });
        let answers = asks(&app, "evaluations", &asked).ok();
        let reasons =
            answers["evaluations"].as_array().expect("answers").iter().map(|a| a["context"]["reason"].clone());
        reasons.collect::<Vec<_>>()
    };
    let all = [
        "decision.permitted",
        "decision.no-instruction",
        "decision.needs-approval",
        "decision.unreadable",
        "decision.permitted",
    ];
    assert_eq!(answers("execute_all"), all);
    assert_eq!(answers("deny_on_first_deny"), all[..2]);
    assert_eq!(answers("permit_on_first_permit"), all[..1]);
    asked["options"] = json!({ "evaluations_semantic": "guess" });
    asks(&app, "evaluations", &asked).is_refused("access.unreadable");
    // Without questions of its own, it is one.
    asked["evaluations"] = json!([]);
    asked["options"] = Value::Null;
    is_yes(&asks(&app, "evaluations", &asked).ok());
});

scenario!(what_cannot_be_understood_is_never_permitted_and_always_on_record, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
    let (operator, app) = (acme.data_operator(), application(&acme, "2026-03-03T00:00:00Z"));
    permits(&acme, "data_operator", "attendance.*", "read");
    let asked = question(&operator, "read", &clock_in);
    is_yes(&asks(&app, "evaluation", &asked).ok());
    let with = |pointer: &str, value: Value| {
        let mut other = asked.clone();
        *other.pointer_mut(pointer).expect("it is there") = value;
        asks(&app, "evaluation", &other)
    };
    let nos = [
        ("/subject/id", json!("Z9999"), "decision.unknown-subject"),
        ("/subject/type", json!("astronaut"), "decision.unknown-subject"),
        ("/subject", json!({ "type": "membership", "id": "7" }), "decision.unknown-subject"),
        ("/resource/id", json!("01890000-0000-7000-8000-000000000000"), "decision.unknown-resource"),
        ("/resource/type", json!("planet"), "decision.unknown-resource"),
        ("/resource", json!({ "type": "class", "id": "attendance.clock_in" }), "decision.unknown-resource"),
        (
            "/resource",
            json!({ "type": "class", "id": "hr.x", "properties": { "subject": lin.staff_number } }),
            "decision.unknown-class",
        ),
        ("/action/name", json!("peek"), "decision.unknown-action"),
        ("/context/purpose", json!("林晓"), "decision.other-purpose"),
    ];
    for (pointer, value, reason) in &nos {
        is_no(&with(pointer, value.clone()).ok(), reason);
    }
    for (pointer, value) in
        [("/subject/id", json!(7)), ("/action", Value::Null), ("/resource", json!([1])), ("/context", json!("x"))]
    {
        with(pointer, value).is_refused("access.unreadable");
    }
    let many = json!({ "evaluations": vec![asked.clone(); 10_001] });
    asks(&app, "evaluations", &many).is_refused("access.too-many");
    let garbled =
        app.send("POST", "/access/v1/evaluation", &[("content-type", "application/json")], Some(b"{\"subject\": "));
    garbled.is_refused("access.unreadable");

    // Another organisation's application hears nothing of it.
    let other = t.organisation("近水公司").pack("dingtalk");
    let theirs = application(&other, "2026-12-01T00:00:00Z");
    let stranger = other.hires("陈立");
    is_no(&asks(&theirs, "evaluation", &question(&stranger, "read", &clock_in)).ok(), "decision.unknown-resource");

    // A key that was not made for it, and one whose time is over.
    let body = json!({ "name": "别的", "scopes": ["members.read"], "expires_at": "2026-12-01T00:00:00Z" });
    let key = acme.member_with("security_admin").posts("/api-keys", &body).ok();
    let wrong = acme.anonymous().bearing(key["token"].as_str().expect("a token"));
    asks(&wrong, "evaluation", &asked).is_refused("key.scope");
    t.clock().passes(TimeDelta::days(2));
    asks(&app, "evaluation", &asked).is_status(401);
    asks(&acme.anonymous(), "evaluation", &asked).is_status(401);

    let records = acme.auditor().verifies_offline();
    let reasons: Vec<&str> =
        records.iter().filter(|r| r["act"] == "decisions.ask").filter_map(|r| r["reason"].as_str()).collect();
    for (_, _, reason) in nos {
        assert!(reasons.contains(&reason), "{reason} in {reasons:?}");
    }
    for code in ["access.unreadable", "access.too-many", "key.scope"] {
        assert!(reasons.contains(&code), "{code} in {reasons:?}");
    }
    assert!(!format!("{records:?}").contains("林晓"), "a record holds what an application wrote");
});

scenario!(a_search_finds_what_an_evaluation_permits, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    let (operator, app) = (acme.data_operator(), application(&acme, "2026-12-01T00:00:00Z"));
    let mut clock_ins: Vec<String> = (0..3).map(|_| acme.holds("attendance.clock_in").about(&lin).id).collect();
    clock_ins.push(acme.holds("attendance.clock_in").about(&chen).id);
    let contact = acme.holds("hr.email").about(&lin).id;
    permits(&acme, "data_operator", "attendance.*", "read");

    let mut who = question(&operator, "read", &clock_ins[0]);
    who["subject"] = json!({ "type": "staff_number" });
    let found = asks(&app, "search/subject", &who).ok();
    let mut numbers: Vec<&str> =
        found["results"].as_array().expect("results").iter().filter_map(|r| r["id"].as_str()).collect();
    numbers.sort_unstable();
    let mut expected = [operator.staff_number.as_str(), lin.staff_number.as_str()];
    expected.sort_unstable();
    assert_eq!(numbers, expected, "the operator, and she whose it is");

    // What is found is permitted; page by page, each once.
    let mut what = question(&operator, "read", "");
    what["resource"] = json!({ "type": "holding" });
    what["page"] = json!({ "limit": 3 });
    let mut all = Vec::new();
    loop {
        let page = asks(&app, "search/resource", &what).ok();
        all.extend(
            page["results"].as_array().expect("results").iter().map(|r| r["id"].as_str().expect("an id").to_owned()),
        );
        let token = page["page"]["next_token"].as_str().expect("a token").to_owned();
        if token.is_empty() {
            break;
        }
        what["page"] = json!({ "token": token });
        let mut changed = what.clone();
        changed["action"]["name"] = "export".into();
        asks(&app, "search/resource", &changed).is_refused("access.other-search");
    }
    all.sort();
    clock_ins.sort();
    assert_eq!(all, clock_ins);
    assert!(!all.contains(&contact));

    let actions = asks(&app, "search/action", &question(&operator, "", &clock_ins[0])).ok();
    assert_eq!(actions["results"], json!([{ "name": "read" }]), "{actions:#}");
    let mut classes = question(&operator, "read", "");
    classes["resource"] = json!({ "type": "class", "properties": {
        "subject": lin.staff_number, "facts": { "source": "organisation", "capacity": "member" },
    } });
    let found = asks(&app, "search/resource", &classes).ok();
    let found: Vec<&str> =
        found["results"].as_array().expect("results").iter().filter_map(|r| r["id"].as_str()).collect();
    assert!(found.contains(&"attendance.clock_in") && !found.contains(&"hr.email"), "{found:?}");
});

scenario!(a_decision_point_says_where_it_answers_and_gives_back_the_id_of_a_question, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let app = application(&acme, "2026-12-01T00:00:00Z");
    let said = t.stranger().send("GET", "/.well-known/authzen-configuration", &[], None).ok();
    assert_eq!(
        said["access_evaluation_endpoint"],
        format!("{}/access/v1/evaluation", said["policy_decision_point"].as_str().expect("it"))
    );
    for key in
        ["access_evaluations_endpoint", "search_subject_endpoint", "search_resource_endpoint", "search_action_endpoint"]
    {
        assert!(said[key].is_string(), "{said:#}");
    }
    let headers = [("content-type", "application/json"), ("x-request-id", "bfe9eb29-ab87")];
    let answer = app.send("POST", "/access/v1/evaluation", &headers, Some(b"{}"));
    assert_eq!(answer.header("x-request-id"), Some("bfe9eb29-ab87"));
    let elsewhere = app.send("GET", "/api/v1/me", &headers, None);
    assert_ne!(elsewhere.header("x-request-id"), Some("bfe9eb29-ab87"));
});

scenario!(a_role_sees_through_the_mask_that_the_pack_gives_it_and_everybody_else_through_the_class_s, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let name = acme.holds("hr.name").saying("林晓").about(&lin);
    let (operator, hr) = (acme.data_operator(), acme.hr_admin());
    let app = application(&acme, "2026-12-01T00:00:00Z");
    permits(&acme, "data_operator", "hr.name", "read");
    permits(&acme, "hr_admin", "hr.name", "read");
    let masked = asks(&app, "evaluation", &question(&operator, "read", &name.id)).ok();
    is_yes(&masked);
    let obligation = json!([{ "type": "mask", "class": "hr.name", "mask": "name_keep_first" }]);
    assert_eq!(masked["context"]["obligations"], obligation, "{masked:#}");
    let open = asks(&app, "evaluation", &question(&hr, "read", &name.id)).ok();
    is_yes(&open);
    assert_eq!(open["context"]["obligations"], Value::Null, "{open:#}");
    // Which rule that is stands in the pack, for everybody to read.
    let pack = acme.hr_admin().gets("/packs/current").ok();
    let rule = pack["masks"].as_array().expect("rules").iter().find(|m| m["id"] == "hr-reaches-people-at-work");
    assert_eq!(rule.expect("it is there")["roles"], json!(["hr_admin"]));
});

scenario!(a_role_for_one_department_opens_the_data_of_its_people_and_gives_no_power, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let below = json!({ "department": { "ref": "south", "name": "华南组", "parent": "sales" } });
    let sales = json!({ "department": { "ref": "sales", "name": "销售部" } });
    let (wang, lin) = (acme.hires_with("王立", sales), acme.hires_with("林晓", below));
    let lab = json!({ "department": { "ref": "lab", "name": "研究院" } });
    let (zhao, deputy) = (acme.hires_with("赵敏", lab.clone()), acme.hires_with("孙立", lab));
    let holds = |who: &Person| acme.holds("attendance.clock_in").about(who).id;
    let (of_lin, of_zhao) = (holds(&lin), holds(&zhao));
    permits(&acme, "data_operator", "attendance.*", "read");
    let app = application(&acme, "2026-12-01T00:00:00Z");
    let department = acme.member(&wang)["department_id"].clone();

    let mut given = json!({ "membership_id": deputy.membership, "role": "data_operator", "department_id": department });
    let first = acme.first_admin();
    assert_eq!(first.posts("/role-assignments", &given).is_status(201).json()["department_id"], department);
    let asked = |holding: &str| asks(&app, "evaluation", &question(&deputy, "read", holding)).ok();
    is_yes(&asked(&of_lin));
    let no = asked(&of_zhao);
    is_no(&no, "decision.outside-department");
    assert_eq!(no["context"]["request"]["what"], "exceptional", "{no:#}");
    deputy.gets("/holdings").is_refused("power.missing");

    // It follows the tree: who moves away is out of reach, who comes is within.
    acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "department": { "ref": "lab" } })).ok();
    acme.hr_system().says_changed(json!({ "staff_number": zhao.staff_number, "department": { "ref": "south" } })).ok();
    t.settles();
    is_no(&asked(&of_lin), "decision.outside-department");
    is_yes(&asked(&of_zhao));

    // Roles that exclude each other do so whatever they are given for, and what is kept from data has no bounds to be given.
    given["role"] = "auditor".into();
    first.posts("/role-assignments", &given).is_refused("people.invalid");
    given["department_id"] = Value::Null;
    first.posts("/role-assignments", &given).is_refused("people.roles-exclude");
    let of = format!("/role-assignments?held=true&limit=200&membership={}", deputy.membership);
    let held = first.gets(&of).items();
    assert_eq!(held.len(), 1, "{held:#?}");
    given["department_id"] = "00000000-0000-7000-8000-000000000000".into();
    given["role"] = "data_operator".into();
    first.posts("/role-assignments", &given).is_refused("people.invalid");
});

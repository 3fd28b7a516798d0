//! 权限核定: once a quarter somebody looks at who has what; and that excluded roles never met is computed, not believed.

use crate::access::{application, asks, is_no, is_yes, permits, question};
use scenarios::http::Answer;
use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

#[track_caller]
fn open_list(acme: &Organisation) -> Value {
    let lists = acme.first_admin().gets("/certifications").items();
    lists.into_iter().find(|list| list["state"] == "open").expect("an open list")
}

fn at(list: &Value) -> String {
    format!("/certifications/{}", list["id"].as_str().expect("an id"))
}

#[track_caller]
fn lines(acme: &Organisation, list: &Value, filter: &str) -> Vec<Value> {
    acme.auditor().person().gets(&format!("{}/lines?limit=200&{filter}", at(list))).items()
}

#[track_caller]
fn line_of(acme: &Organisation, list: &Value, who: &Person) -> Value {
    let all = lines(acme, list, "");
    all.into_iter().find(|l| l["member"]["id"] == who.membership.as_str()).expect("a line")
}

fn says(who: &Person, list: &Value, verdict: &str, lines: &[&Value]) -> Answer {
    let ids: Vec<&Value> = lines.iter().map(|line| &line["id"]).collect();
    who.posts(&format!("{}/decisions", at(list)), &json!({ "lines": ids, "verdict": verdict, "reason": "岗位仍需" }))
}

scenario!(each_quarter_every_role_is_kept_or_revoked_and_silence_ends_the_sensitive_ones, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (officer, hr, auditor) = (acme.privacy_officer(), acme.hr_admin(), acme.auditor());
    let (one, other, silent) = (acme.hires("吴凡"), acme.hires("周敏"), acme.hires("郑直"));
    for operator in [&one, &other, &silent] {
        acme.appoints(operator, "data_operator").ok();
    }
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();

    // The quarter began the list: one line for each role, ten working days, and a card for whoever may answer.
    let list = open_list(&acme);
    assert_eq!((&list["quarter"], &list["due_on"]), (&json!("2026-Q2"), &json!("2026-04-16")), "{list:#}");
    assert_eq!(lines(&acme, &list, "").len(), 7, "{list:#}");
    let cards = officer.gets("/inbox").items();
    let card = cards.iter().find(|card| card["kind"] == "certification").expect("a card");
    assert_eq!((&card["object"]["id"], &card["facts"]["waiting"]), (&list["id"], &json!(7)), "{card:#}");
    assert!(hr.gets("/inbox").items().iter().all(|card| card["kind"] != "certification"), "she may not certify");

    // Those that are alike are kept together; nobody answers for their own, nor without the power.
    let operators = lines(&acme, &list, "role=data_operator");
    let of = |who: &Person| line_of(&acme, &list, who);
    says(&officer, &list, "keep", &[&of(&one), &of(&auditor.person().clone())]).is_refused("certification.not-alike");
    says(&officer, &list, "revoke", &[&of(&one), &of(&other)]).is_refused("certification.not-alike");
    says(&officer, &list, "keep", &[&of(&officer)]).is_refused("certification.own");
    says(&hr, &list, "keep", &[&of(&one)]).is_refused("power.missing");
    says(&officer, &list, "keep", &[]).is_refused("certification.count");
    let kept = says(&officer, &list, "keep", &[&of(&one), &of(&other)]).ok();
    assert_eq!(kept["certification"]["lines"]["kept"], 2, "{kept:#}");
    says(&officer, &list, "keep", &[&of(&one)]).is_refused("certification.settled");
    assert_eq!(operators.len(), 3);

    // A role that is revoked permits nothing any more; the last who can appoint stays.
    says(acme.first_admin(), &list, "revoke", &[&of(&hr)]).ok();
    hr.gets("/departures").is_refused("power.missing");
    says(&officer, &list, "revoke", &[&of(acme.first_admin())]).is_refused("certification.last-who-appoints");

    // Nobody says anything more. What reaches data ends, who watches stays and is raised.
    silent.gets("/holdings").ok();
    t.clock().reaches("2026-04-17T00:00+08:00");
    t.settles();
    silent.gets("/holdings").is_refused("power.missing");
    one.gets("/holdings").ok();
    let list = officer.gets(&at(&list)).ok();
    let counted: Vec<&Value> = ["kept", "revoked", "lapsed", "raised"].iter().map(|s| &list["lines"][*s]).collect();
    assert_eq!((counted, &list["state"]), (vec![&json!(2), &json!(1), &json!(1), &json!(3)], &json!("overdue")));
    let raised = acme.first_admin().gets("/inbox").items();
    assert!(raised.iter().any(|card| card["action"] == "certification.unanswered"), "{raised:#?}");

    // Until somebody answers; with the last answer the list is closed.
    says(acme.first_admin(), &list, "keep", &[&of(&officer)]).ok();
    says(&officer, &list, "keep", &[&of(auditor.person())]).ok();
    says(&officer, &list, "keep", &[&of(acme.first_admin())]).ok();
    assert_eq!(officer.gets(&at(&list)).ok()["state"], "closed");
    let raised = acme.first_admin().gets("/inbox").items();
    assert!(raised.iter().all(|card| card["action"] != "certification.unanswered"), "{raised:#?}");

    let records = auditor.verifies_offline();
    let did = |word: &str| {
        records.iter().filter(|r| r["object"]["kind"] == "certification" && r["detail"]["did"] == word).count()
    };
    assert_eq!(
        [did("begin"), did("keep"), did("revoke"), did("lapsed"), did("raised"), did("close")],
        [1, 5, 1, 1, 3, 1]
    );
    assert!(!format!("{records:?}").contains("岗位仍需"), "a record holds a reason in the clear");
});

scenario!(a_list_begun_by_hand_has_grants_beyond_a_role_too_and_revoking_one_binds_decisions_at_once, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, operator, officer) = (acme.hires("林晓"), acme.data_operator(), acme.privacy_officer());
    let card = acme.holds("hr.id_card").saying("11010519491231002X").about(&lin).id;
    let grant = json!({
        "kind": "exceptional", "purpose": "payroll", "reason": "核对工资卡", "until": "2026-03-20T00:00:00Z",
        "scope": { "classes": ["hr.id_card"], "operations": ["read"], "members": [operator.membership],
                   "subjects": [acme.member(&lin)["subject_id"]] },
    });
    let asked = acme.member_with("security_admin").posts("/instructions", &grant).ok();
    let id = asked["id"].as_str().expect("an id");
    officer.posts(&format!("/instructions/{id}/approve"), &json!({})).ok();
    let app = application(&acme, "2026-12-01T00:00:00Z");
    is_yes(&asks(&app, "evaluation", &question(&operator, "read", &card)).ok());

    let list = officer.posts("/certifications", &json!({})).ok();
    assert_eq!((&list["quarter"], &list["state"]), (&Value::Null, &json!("open")), "{list:#}");
    acme.first_admin().posts("/certifications", &json!({})).is_refused("certification.already-open");
    operator.posts("/certifications", &json!({})).is_refused("power.missing");
    let grants = lines(&acme, &list, "kind=exceptional");
    assert_eq!((grants.len(), &grants[0]["instruction_id"]), (1, &asked["id"]), "{grants:#?}");
    let mut wordless = json!({ "lines": [grants[0]["id"]], "verdict": "revoke", "reason": " " });
    officer.posts(&format!("{}/decisions", at(&list)), &wordless).is_refused("request.reason");
    wordless["reason"] = "x".repeat(2_001).into();
    officer.posts(&format!("{}/decisions", at(&list)), &wordless).is_refused("request.reason");
    says(&officer, &list, "revoke", &[&grants[0]]).ok();
    is_no(&asks(&app, "evaluation", &question(&operator, "read", &card)).ok(), "decision.no-instruction");

    // What ended otherwise needs nobody's answer.
    acme.hr_system().says_leaving(&operator, "2026-03-04").ok();
    t.clock().reaches("2026-03-05T00:00+08:00");
    t.settles();
    assert_eq!(line_of(&acme, &list, &operator)["state"], "ended");
});

scenario!(that_no_excluded_pair_ever_met_is_computed_from_what_is_stored_and_finds_whoever_got_round_it, |t| {
    let acme = t.organisation("远山科技").pack("gbt-35273");
    let auditor = acme.auditor();
    let proof = || auditor.person().gets("/role-separation").ok();
    // One after the other is no overlap, whatever way the role came by.
    let deputy = acme.hires("赵敏");
    let body = json!({ "membership_id": deputy.membership, "role": "auditor", "until": "2026-03-09T00:00:00Z" });
    acme.first_admin().posts("/role-assignments", &body).ok();
    t.clock().reaches("2026-03-09T08:00+08:00");
    acme.appoints(&deputy, "security_admin").ok();
    t.clock().reaches("2026-03-12T09:00+08:00");
    let clean = proof();
    assert_eq!((&clean["holds"], &clean["days"], &clean["assignments"]), (&json!(true), &json!(11), &json!(4)));
    let pair = |proof: &Value| {
        let pairs = proof["pairs"].as_array().expect("pairs").clone();
        pairs.into_iter().find(|p| p["id"] == "security-admin-or-auditor").expect("the pair")
    };
    let checked = pair(&clean);
    assert_eq!((&checked["days"], &checked["people"]), (&json!(11), &json!(2)), "{checked:#}");
    assert_eq!(checked["assignments"], 3, "{checked:#}");

    // The rules of each day are those of its pack.
    let settings = acme.first_admin().gets("/organisation");
    let change = json!({ "pack": "dingtalk" });
    let headers = [("content-type", "application/json"), ("if-match", &*settings.etag())];
    let caller = acme.first_admin().caller();
    let changed = caller.send("PATCH", "/api/v1/organisation", &headers, Some(change.to_string().as_bytes()));
    changed.ok();
    let after = proof();
    let packs: Vec<&Value> = after["packs"].as_array().expect("packs").iter().map(|p| &p["pack"]).collect();
    assert_eq!(packs, ["gbt-35273", "dingtalk"], "{after:#}");

    // Somebody writes past the program, into the database.
    let sql = "UPDATE role_assignments SET until = NULL WHERE role = 'auditor' AND until IS NOT NULL";
    t.server().tampers(sql).expect("an administrator may");
    let caught = proof();
    let overlaps = pair(&caught)["overlaps"].clone();
    assert_eq!((&caught["holds"], overlaps.as_array().map(Vec::len)), (&json!(false), Some(1)), "{overlaps:#}");
    assert_eq!(overlaps[0]["who"]["staff_number"], deputy.staff_number.as_str(), "{overlaps:#}");
    assert!(overlaps[0]["from"].as_str().is_some_and(|at| at.starts_with("2026-03-09T00:00:0")), "{overlaps:#}");
    let file = auditor.person().gets("/role-separation/export");
    assert!(file.header("content-disposition").is_some_and(|h| h.contains("attachment")), "{file}");
    assert_eq!(file.ok()["pairs"], caught["pairs"]);
    acme.hires("林晓").gets("/role-separation").is_refused("power.missing");
});

scenario!(who_can_see_this_and_what_can_this_person_see_say_what_decisions_say, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, operator, hr, auditor) = (acme.hires("林晓"), acme.data_operator(), acme.hr_admin(), acme.auditor());
    let auditor = auditor.person();
    let handler = acme.hires("周敏");
    let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
    let card = acme.holds("hr.id_card").saying("11010519491231002X").about(&lin).id;
    let standing = permits(&acme, "data_operator", "attendance.*", "read");
    permits(&acme, "hr_admin", "hr.*", "read");
    let case = json!({
        "kind": "complaint", "subject_id": acme.member(&lin)["subject_id"], "assignee": handler.membership,
        "matter": "投诉编号 2026-17", "scope": { "classes": ["hr.*"], "operations": ["read"], "purpose": "payroll" },
    });
    let case = acme.privacy_officer().posts("/cases", &case).ok();

    // Of a holding and of a class: who, through which role, by which instruction.
    let overview = |query: &str| auditor.gets(&format!("/access-overview?{query}")).ok();
    let rows = |found: &Value, permitted: bool| -> Vec<Value> {
        let rows = found["rows"].as_array().expect("rows").iter();
        rows.filter(|row| row["permitted"] == permitted).cloned().collect()
    };
    let sees = rows(&overview(&format!("holding={clock_in}")), true);
    assert_eq!(sees.len(), 1, "{sees:#?}");
    assert_eq!((&sees[0]["instruction"]["id"], &sees[0]["roles"]), (&standing["id"], &json!(["data_operator"])));
    assert_eq!((&sees[0]["people"][0]["id"], &sees[0]["purpose"]), (&json!(operator.membership), &json!("payroll")));
    assert!(sees[0]["instruction"]["clauses"].as_array().is_some_and(|c| !c.is_empty()), "{sees:#?}");
    let of_class = overview("class=hr.id_card");
    let named = rows(&of_class, true);
    assert_eq!((named.len(), &named[0]["instruction"]["id"]), (1, &case["instruction_id"]), "{of_class:#}");
    assert_eq!(named[0]["about"]["staff_number"], lin.staff_number.as_str(), "{of_class:#}");
    let withheld = rows(&of_class, false);
    assert_eq!((withheld.len(), &withheld[0]["reason"]), (1, &json!("decision.no-task")), "{of_class:#}");

    // Of a person: which classes, by which instruction.
    let of_operator = rows(&overview(&format!("member={}", operator.membership)), true);
    assert_eq!(of_operator.len(), 1, "{of_operator:#?}");
    let classes = of_operator[0]["classes"].as_array().expect("classes");
    assert!(classes.iter().any(|c| c["class"] == "attendance.clock_in"), "{classes:#?}");
    assert!(classes.iter().all(|c| c["class"].as_str().is_some_and(|c| c.starts_with("attendance."))), "{classes:#?}");

    // Whoever the query names gets a yes from a decision, and nobody else does.
    let app = application(&acme, "2026-12-01T00:00:00Z");
    for holding in [&clock_in, &card] {
        let found = rows(&overview(&format!("holding={holding}&operation=read&purpose=payroll")), true);
        for who in [&operator, &hr, &handler, auditor] {
            let names = |row: &Value| {
                row["people"].as_array().is_some_and(|p| p.iter().any(|p| p["id"] == who.membership.as_str()))
            };
            let decided = asks(&app, "evaluation", &question(who, "read", holding)).ok();
            assert_eq!(decided["decision"], json!(found.iter().any(names)), "{} {found:#?}", who.name);
        }
    }

    // An instruction that is taken back shows nobody any more; nor does a role that was.
    let path = format!("/instructions/{}/revoke", standing["id"].as_str().expect("an id"));
    acme.privacy_officer().posts(&path, &json!({ "reason": "不再需要" })).ok();
    assert_eq!(rows(&overview(&format!("holding={clock_in}")), true), [] as [Value; 0]);
    auditor.gets("/access-overview").is_refused("access.nothing-asked");
    auditor.gets("/access-overview?class=no.such").is_refused("access.unknown-class");
    auditor.gets("/access-overview?class=hr.name&operation=look").is_refused("access.unknown-operation");
    auditor.gets(&format!("/access-overview?member={clock_in}")).is_refused("membership.not-found");
    lin.gets("/access-overview?class=hr.name").is_refused("power.missing");
});

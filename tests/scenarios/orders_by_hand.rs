//! What admins order by hand: counted before anybody is asked, agreed by others, carried out holding by holding.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::TimeDelta;
use scenarios::holdings::CONTENT;
use scenarios::http::Answer;
use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn subject(acme: &Organisation, person: &Person) -> String {
    let member = acme.member(person);
    member["subject_id"].as_str().unwrap_or_else(|| panic!("no subject in {member}")).to_owned()
}

/// An order about one person's data of a class.
fn order(acme: &Organisation, action: &str, class: &str, about: &Person) -> Value {
    json!({
        "kind": "order", "action": action, "purpose": "clean-up", "reason": "项目结束",
        "scope": { "classes": [class], "subjects": [subject(acme, about)] },
    })
}

fn with(mut order: Value, more: Value) -> Value {
    for (key, value) in more.as_object().expect("members") {
        match value.as_object().filter(|_| key == "scope") {
            Some(scope) => scope.iter().for_each(|(k, v)| order["scope"][k] = v.clone()),
            None => order[key] = value.clone(),
        }
    }
    order
}

fn says(who: &Person, word: &str, instruction: &Value) -> Answer {
    let id = instruction["id"].as_str().expect("an id");
    who.posts(&format!("/instructions/{id}/{word}"), &json!({ "reason": "已核对" }))
}

fn at(instruction: &Value, rest: &str) -> String {
    format!("/instructions/{}{rest}", instruction["id"].as_str().expect("an id"))
}

fn state(acme: &Organisation, instruction: &Value) -> String {
    let now = acme.hr_admin().gets(&at(instruction, "")).ok();
    now["state"].as_str().unwrap_or_else(|| panic!("no state in {now}")).to_owned()
}

scenario!(an_order_says_what_it_would_touch_before_anybody_is_asked_and_then_does_just_that, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    let gone = [acme.holds("drive.file").about(&lin), acme.holds("drive.file").about(&lin)];
    let far = acme.keeps("drive/lin", "drive.file").items(40).about(&lin);
    let own = acme.holds("drive.file").with("capacity", "private").with("source", "person").about(&lin);
    let other = acme.holds("drive.file").about(&chen);
    let asked = order(&acme, "delete", "drive.*", &lin);

    let preview = acme.data_operator().posts("/instructions/preview", &asked).ok();
    let reach = &preview["reach"];
    assert_eq!(
        (&reach["subjects"], &reach["holdings"], &reach["items"]),
        (&json!(1), &json!(3), &json!(42)),
        "{reach:#}"
    );
    assert_eq!(reach["left_out"], json!({ "persons_own": 1 }));
    assert_eq!(preview["instruction"]["waiting_for"], json!(["privacy_officer"]));
    assert_eq!(acme.hr_admin().gets("/instructions").items(), [] as [Value; 0], "a preview keeps nothing");

    let instruction = acme.data_operator().posts("/instructions", &asked).ok();
    assert_eq!((&instruction["subjects"], &instruction["holdings"]), (&json!(1), &json!(3)));
    t.settles();
    assert_eq!(gone[0].state(), "held", "nothing happens before the yes");
    says(&acme.privacy_officer(), "approve", &instruction).ok();
    t.settles();
    for holding in &gone {
        assert_eq!(holding.state(), "deleted");
    }
    assert_eq!(far.state(), "deleted");
    assert_eq!(acme.connector().shelf().deeds(), ["delete drive/lin"]);
    assert_eq!((own.state().as_str(), other.state().as_str()), ("held", "held"));
    let run = acme.hr_admin().gets(&at(&instruction, "/execution")).ok();
    assert_eq!(
        (&run["state"], &run["holdings"], &run["done"], &run["failed"]),
        (&json!("done"), &json!(3), &json!(3), &json!(0)),
        "{run:#}"
    );
    assert_eq!(acme.hr_admin().gets(&at(&instruction, "/orders")).items().len(), 2, "one for each place");
    assert_eq!(state(&acme, &instruction), "carried_out");
    let records = acme.auditor().verifies_offline();
    let complete = records.iter().find(|r| r["act"] == "orders.complete").expect("a record of what it came to");
    assert_eq!((&complete["detail"]["done"], &complete["instruction"]), (&json!(3), &instruction["id"]));
});

scenario!(sharing_takes_two_roles_waits_where_nobody_is_and_the_copies_go_to_whoever_is_named, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, zhao) = (acme.hires("林晓"), acme.hires("赵敏"));
    let held = acme.holds("attendance.clock_in").about(&lin);
    acme.holds("attendance.clock_in").about(&lin);
    acme.keeps("clock/lin", "attendance.clock_in").about(&lin);
    let asked = with(
        order(&acme, "share", "attendance.clock_in", &lin),
        json!({ "executor": zhao.membership, "scope": { "recipient": "社保经办机构" } }),
    );
    acme.data_operator()
        .posts("/instructions", &with(asked.clone(), json!({ "executor": null })))
        .is_refused("instructions.invalid");
    let instruction = acme.data_operator().posts("/instructions", &asked).ok();
    assert_eq!(instruction["waiting_for"], json!(["primary_admin", "privacy_officer"]));
    assert_eq!(instruction["nobody_available"], json!(["privacy_officer"]), "it waits and says for whom");

    says(acme.first_admin(), "approve", &instruction).ok();
    acme.appoints(&zhao, "privacy_officer").ok();
    says(&zhao, "approve", &instruction).is_refused("instructions.executor");
    zhao.gets(&at(&instruction, "/package")).is_refused("instructions.not-in-force");
    says(&acme.privacy_officer(), "approve", &instruction).ok();
    t.settles();

    acme.data_operator().gets(&at(&instruction, "/package")).is_refused("orders.other-executor");
    acme.privacy_officer().gets(&at(&instruction, "/package")).is_refused("orders.other-executor");
    let package = zhao.gets(&at(&instruction, "/package"));
    package.is_status(200);
    let lines: Vec<Value> = package.body.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(lines[0]["recipient"], "社保经办机构");
    assert_eq!(lines.last().map(|l| l["holdings"].clone()), Some(json!(2)));
    let content =
        |line: &Value| BASE64_STANDARD.decode(line["content_base64"].as_str().expect("content")).expect("base64");
    assert_eq!(
        (lines[1]["subject"].as_str(), content(&lines[1])),
        (Some(lin.staff_number.as_str()), CONTENT.as_bytes().to_vec())
    );
    t.settles();

    let orders = acme.connector().shelf().orders();
    assert_eq!(
        (&orders[0]["data"]["action"], &orders[0]["data"]["recipient"]),
        (&json!("share"), &json!("社保经办机构"))
    );
    let run = acme.hr_admin().gets(&at(&instruction, "/execution")).ok();
    let sum: String = Sha256::digest(package.body.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(
        (&run["state"], &run["done"], &run["package"]["sha256"]),
        (&json!("done"), &json!(3), &json!(sum)),
        "{run:#}"
    );
    assert_eq!(held.state(), "held", "sharing takes nothing away");
    zhao.gets(&at(&instruction, "/package")).is_status(200);
    t.clock().passes(TimeDelta::days(8));
    t.settles();
    assert_eq!(state(&acme, &instruction), "carried_out");
    zhao.gets(&at(&instruction, "/package")).is_refused("instructions.not-in-force");

    let records = acme.auditor().verifies_offline();
    let read: Vec<_> =
        records.iter().filter(|r| r["act"] == "decide" && r["object"]["id"] == held.id.as_str()).collect();
    assert_eq!(read.len(), 2, "each reading of each holding: {read:#?}");
    assert!(read.iter().all(|r| r["instruction"] == instruction["id"] && r["outcome"] == "permitted"));
    assert!(records.iter().any(|r| r["act"] == "orders.handed-over" && r["detail"]["sha256"] == json!(sum)));
});

scenario!(a_package_that_nobody_fetches_lapses_and_nothing_is_handed_out_late, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, zhao) = (acme.hires("林晓"), acme.hires("赵敏"));
    acme.holds("attendance.clock_in").about(&lin);
    let asked = with(order(&acme, "export", "attendance.clock_in", &lin), json!({ "executor": zhao.membership }));
    let instruction = acme.data_operator().posts("/instructions", &asked).ok();
    says(&acme.privacy_officer(), "approve", &instruction).ok();
    t.settles();
    t.clock().passes(TimeDelta::days(8));
    t.settles();
    assert_eq!(state(&acme, &instruction), "expired");
    assert_eq!(acme.hr_admin().gets(&at(&instruction, "/execution")).ok()["state"], "stopped");
    zhao.gets(&at(&instruction, "/package")).is_refused("instructions.not-in-force");
});

scenario!(an_order_that_nobody_answers_expires_and_does_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let held = acme.holds("drive.file").about(&lin);
    let instruction = acme.data_operator().posts("/instructions", &order(&acme, "delete", "drive.file", &lin)).ok();
    t.clock().passes(TimeDelta::days(30));
    t.settles();
    assert_eq!(state(&acme, &instruction), "expired");
    assert!((400..500).contains(&says(&acme.privacy_officer(), "approve", &instruction).status));
    t.settles();
    assert_eq!(held.state(), "held");
    acme.hr_admin().gets(&at(&instruction, "/execution")).is_status(404);
});

scenario!(a_correction_puts_new_content_in_the_vault_and_tells_a_connector_field_and_value, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let card = acme.holds("attendance.clock_in").about(&lin);
    let far = acme.keeps("clock/lin", "attendance.clock_in").about(&lin);
    let asked = json!({
        "kind": "order", "action": "correct", "purpose": "correction", "reason": "本人申请更正", "scope": {},
        "corrections": [
            { "holding_id": card.id, "content_base64": BASE64_STANDARD.encode("09:02") },
            { "holding_id": far.id, "field": "arrived", "value": "09:02" },
        ],
    });
    let unfit = with(
        asked.clone(),
        json!({ "corrections": [{ "holding_id": card.id, "field": "arrived", "value": "09:02" }] }),
    );
    acme.data_operator().posts("/instructions", &unfit).is_refused("holdings.invalid");
    let instruction = acme.data_operator().posts("/instructions", &asked).ok();
    assert_eq!(instruction["state"], "in_force", "single corrections take nobody's yes");
    t.settles();
    assert_eq!(lin.gets(&format!("/holdings/{}/content?purpose=own", card.id)).is_status(200).body, "09:02");
    assert_eq!(acme.connector().shelf().item("clock/lin").expect("it is there")["arrived"], "09:02");
    assert_eq!(state(&acme, &instruction), "carried_out");
});

scenario!(a_hold_suspends_an_order_by_hand_and_what_is_the_persons_is_no_order_s_business, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let held = acme.holds("drive.file").about(&lin);
    acme.keeps("drive/private", "im.unaffiliated_group_message")
        .with("account", "personal")
        .with("capacity", "private")
        .about(&lin);
    acme.data_operator()
        .posts("/instructions", &order(&acme, "delete", "im.*", &lin))
        .is_refused("orders.reaches-nothing");
    acme.data_operator()
        .posts("/instructions", &order(&acme, "hold", "drive.*", &lin))
        .is_refused("instructions.invalid");

    acme.holds("attendance.clock_in").about(&lin);
    let by_law =
        acme.data_operator().posts("/instructions/preview", &order(&acme, "delete", "attendance.*", &lin)).ok();
    assert_eq!(by_law["reach"]["left_out"], json!({ "must_be_kept": 1 }), "the law keeps attendance for two years");

    let hold = json!({ "subject_id": subject(&acme, &lin), "class_pattern": "drive.*", "reason": "案件 2026-17" });
    acme.privacy_officer().posts("/holds", &hold).ok();
    let asked = order(&acme, "delete", "drive.file", &lin);
    let preview = acme.data_operator().posts("/instructions/preview", &asked).ok();
    assert_eq!(preview["reach"]["held"], json!(1));
    let instruction = acme.data_operator().posts("/instructions", &asked).ok();
    says(&acme.privacy_officer(), "approve", &instruction).ok();
    t.settles();
    assert_eq!(held.state(), "held");
    let raised = acme.hr_admin().gets("/attention").items();
    assert!(raised.iter().any(|a| a["kind"] == "order.held"), "{raised:#?}");
    says(&acme.privacy_officer(), "revoke", &instruction).ok();
    t.clock().passes(TimeDelta::hours(1));
    t.settles();
    assert_eq!(held.state(), "held");
    assert_eq!(acme.hr_admin().gets(&at(&instruction, "/execution")).ok()["state"], "stopped");
});

scenario!(an_order_about_a_department_survives_a_kill_and_does_nothing_twice, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let in_sales = json!({ "department": { "ref": "sales-east", "name": "华东销售部", "parent": "sales" } });
    let people: Vec<Person> = ["林晓", "陈立", "赵敏"].iter().map(|n| acme.hires_with(n, in_sales.clone())).collect();
    let outside = acme.hires("周宁");
    for person in people.iter().chain([&outside]) {
        acme.keeps(&format!("drive/{}", person.staff_number), "drive.file").about(person);
    }
    let sales = acme.first_admin().gets("/departments").items().into_iter().find(|d| d["external_ref"] == "sales");
    let asked = json!({
        "kind": "order", "action": "delete", "purpose": "clean-up", "reason": "项目结束",
        "scope": { "classes": ["drive.file"], "departments": [sales.expect("the department above")["id"]] },
    });
    let instruction = acme.data_operator().posts("/instructions", &asked).ok();
    assert_eq!((&instruction["subjects"], &instruction["holdings"]), (&json!(3), &json!(3)));
    says(&acme.privacy_officer(), "approve", &instruction).ok();
    t.is_killed();
    t.starts_again();
    t.clock().passes(TimeDelta::minutes(5));
    t.settles();
    let mut deeds = acme.connector().shelf().deeds();
    deeds.sort();
    let expected: Vec<String> = people.iter().map(|p| format!("delete drive/{}", p.staff_number)).collect();
    assert_eq!(deeds, expected);
    assert_eq!(state(&acme, &instruction), "carried_out");
});

//! Cases, requests from a refusal, and what is seen of data behind its mask.

use crate::access::{application, asks, is_no, is_yes, question};
use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

const UNTIL: &str = "2026-12-01T00:00:00Z";
const CARD: &str = "11010519491231002X";

fn opens(acme: &Organisation, about: &Person, to: &Person) -> Value {
    acme.privacy_officer().posts("/cases", &case(acme, about, to)).ok()
}

fn case(acme: &Organisation, about: &Person, to: &Person) -> Value {
    json!({
        "kind": "complaint", "subject_id": acme.member(about)["subject_id"], "assignee": to.membership, "matter": "投诉编号 2026-17",
        "scope": { "classes": ["hr.*"], "operations": ["read", "reveal"], "purpose": "complaint" },
    })
}

fn about_complaint(who: &Person, operation: &str, holding: &str) -> Value {
    let mut asked = question(who, operation, holding);
    asked["context"]["purpose"] = "complaint".into();
    asked
}

scenario!(a_case_opens_one_persons_data_to_its_assignee_and_closes_it_with_itself, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen, handler, other) = (acme.hires("林晓"), acme.hires("陈立"), acme.hires("周敏"), acme.hires("吴凡"));
    let card = acme.holds("hr.id_card").saying(CARD).about(&lin).id;
    let cards = acme.holds("hr.id_card").saying("130503670401001").about(&chen).id;
    let app = application(&acme, UNTIL);
    let (own, others) = (about_complaint(&handler, "read", &card), about_complaint(&handler, "read", &cards));
    is_no(&asks(&app, "evaluation", &own).ok(), "decision.no-instruction");

    let opened = opens(&acme, &lin, &handler);
    assert_eq!((&opened["state"], &opened["matter"]), (&json!("open"), &json!("投诉编号 2026-17")), "{opened:#}");
    let yes = asks(&app, "evaluation", &own).ok();
    is_yes(&yes);
    assert_eq!(yes["context"]["instruction"], opened["instruction_id"], "{yes:#}");
    assert_eq!(yes["context"]["obligations"][0]["mask"], "id_card_keep_6_4", "{yes:#}");
    // Only to them, only of her, only for what it is about.
    is_no(&asks(&app, "evaluation", &others).ok(), "decision.no-instruction");
    is_no(&asks(&app, "evaluation", &about_complaint(&other, "read", &card)).ok(), "decision.no-instruction");
    is_no(&asks(&app, "evaluation", &question(&handler, "read", &card)).ok(), "decision.other-purpose");

    // Given to somebody else, it is closed to the first.
    let path = format!("/cases/{}", opened["id"].as_str().expect("an id"));
    let officer = acme.privacy_officer();
    officer.posts(&format!("{path}/assign"), &json!({ "assignee": other.membership })).ok();
    is_no(&asks(&app, "evaluation", &own).ok(), "decision.no-instruction");
    is_yes(&asks(&app, "evaluation", &about_complaint(&other, "read", &card)).ok());

    // Its assignee closes it; with it goes what it opened.
    let listed = other.gets("/me/cases?state=open").items();
    assert_eq!(listed.len(), 1, "{listed:#?}");
    let close = format!("/me{path}/close");
    handler.posts(&close, &json!({ "outcome": "不属实" })).is_refused("case.not-found");
    other.posts(&close, &json!({ "outcome": "已答复" })).ok();
    is_no(&asks(&app, "evaluation", &about_complaint(&other, "read", &card)).ok(), "decision.no-instruction");
    officer.posts(&format!("{path}/close"), &json!({ "outcome": "again" })).is_refused("cases.closed");
    let closed = officer.gets(&path).ok();
    assert_eq!((&closed["state"], &closed["outcome"]), (&json!("closed"), &json!("已答复")));
    assert_eq!(closed["can"]["assign"], json!({ "allowed": false, "why": "cases.closed" }));

    let records = acme.auditor().verifies_offline();
    let did: Vec<&Value> =
        records.iter().filter(|r| r["object"]["kind"] == "case").map(|r| &r["detail"]["did"]).collect();
    assert!(["open", "assign", "close"].iter().all(|word| did.contains(&&json!(word))), "{did:?}");
    assert!(!format!("{records:?}").contains("2026-17"), "a record holds what a case is about");
});

scenario!(nobody_opens_a_case_for_themselves_or_about_its_assignee, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, officer, handler) = (acme.hires("林晓"), acme.privacy_officer(), acme.hires("周敏"));
    officer.posts("/cases", &case(&acme, &lin, &officer)).is_refused("cases.own");
    officer.posts("/cases", &case(&acme, &lin, &lin)).is_refused("cases.about-themselves");
    handler.posts("/cases", &case(&acme, &lin, &handler)).is_refused("power.missing");
    let mut late = case(&acme, &lin, &handler);
    late["until"] = "2026-06-01T00:00:00Z".into();
    officer.posts("/cases", &late).is_refused("cases.until");
    let mut nothing = case(&acme, &lin, &handler);
    nothing["scope"]["classes"] = json!(["nothing.here"]);
    officer.posts("/cases", &nothing).is_refused("instructions.invalid");

    // What it opens ends by itself; whoever has it does not prolong it.
    let opened = opens(&acme, &lin, &handler);
    let card = acme.holds("hr.id_card").saying(CARD).about(&lin).id;
    let app = application(&acme, UNTIL);
    let asked = about_complaint(&handler, "read", &card);
    is_yes(&asks(&app, "evaluation", &asked).ok());
    t.clock().reaches("2026-04-02T00:00:00+08:00");
    is_no(&asks(&app, "evaluation", &asked).ok(), "decision.no-instruction");
    let path = format!("/cases/{}/prolong", opened["id"].as_str().expect("an id"));
    officer.posts(&path, &json!({})).ok();
    is_yes(&asks(&app, "evaluation", &asked).ok());
});

scenario!(what_is_read_is_masked_and_revealed_only_with_a_reason_and_on_record, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, handler) = (acme.hires("林晓"), acme.hires("周敏"));
    let card = acme.holds("hr.id_card").saying(CARD).about(&lin).id;
    opens(&acme, &lin, &handler);
    let content = |who: &Person, purpose: &str| {
        who.gets(&format!("/holdings/{card}/content?purpose={purpose}")).is_status(200).body.clone()
    };
    assert_eq!(content(&handler, "complaint"), "110105********002X");
    // Her own she sees in full.
    assert_eq!(content(&lin, "own"), CARD);

    let reveal = |who: &Person, body: Value| who.posts(&format!("/holdings/{card}/reveal"), &body);
    reveal(&handler, json!({ "purpose": "complaint", "reason": " " })).is_refused("holdings.reveal-reason");
    let stranger = acme.hires("吴凡");
    let asked = json!({ "purpose": "complaint", "reason": "核对投诉人提供的证件" });
    reveal(&stranger, asked.clone()).is_refused("decision.no-instruction");
    let revealed = reveal(&handler, asked).ok();
    assert_eq!(revealed["text"], CARD);
    assert!(revealed["watermark"].as_str().is_some_and(|mark| mark.contains(&handler.staff_number)), "{revealed:#}");
    let mut no_record = json!({ "purpose": "complaint", "reason": "核对", "field": "number" });
    reveal(&handler, no_record.take()).is_refused("holdings.field");

    let records = acme.auditor().verifies_offline();
    let done: Vec<&Value> = records.iter().filter(|r| r["act"] == "self.reveal" && r["outcome"] == "done").collect();
    assert_eq!(done.len(), 1, "{done:#?}");
    assert_eq!(done[0]["detail"]["minutes"], 5);
    assert!(!format!("{records:?}").contains("核对投诉人"), "the reason stands in the clear");
});

scenario!(whoever_is_refused_asks_for_it_in_one_call_and_a_yes_is_evaluated_anew, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, operator) = (acme.hires("林晓"), acme.data_operator());
    let card = acme.holds("hr.id_card").saying(CARD).about(&lin).id;
    let app = application(&acme, UNTIL);
    let asked = question(&operator, "read", &card);
    let no = asks(&app, "evaluation", &asked).ok();
    is_no(&no, "decision.no-instruction");
    assert_eq!(no["context"]["request"]["at"], "/api/v1/access-requests", "{no:#}");

    let request = json!({
        "holding": card, "operation": "read", "purpose": "payroll", "reason": "核对工资卡开户证件", "minutes": 30,
    });
    let mut wrong = request.clone();
    wrong["minutes"] = 20_000.into();
    operator.posts("/access-requests", &wrong).is_refused("access.minutes");
    let raised = operator.posts("/access-requests", &request).ok();
    assert_eq!(
        (&raised["state"], &raised["decision"], &raised["waiting_for"]),
        (&json!("pending"), &json!(false), &json!(["privacy_officer"])),
        "{raised:#}"
    );
    let id = raised["id"].as_str().expect("an id");
    let officer = acme.privacy_officer();
    let shown = officer.gets(&format!("/instructions/{id}")).ok();
    assert_eq!((&shown["kind"], &shown["scope"]["members"]), (&json!("exceptional"), &json!([operator.membership])));
    officer.posts(&format!("/instructions/{id}/approve"), &json!({})).ok();

    // The refusal stands; the question is answered anew.
    let own = operator.gets(&format!("/access-requests/{id}")).ok();
    assert_eq!((&own["state"], &own["decision"]), (&json!("in_force"), &json!(true)), "{own:#}");
    let yes = asks(&app, "evaluation", &asked).ok();
    is_yes(&yes);
    assert_eq!(yes["context"]["instruction"], id);
    operator.posts("/access-requests", &request).is_refused("access.permitted");
    lin.gets(&format!("/access-requests/{id}")).is_refused("request.not-found");
    // It ends by itself, and is on the register of all of them.
    t.clock().reaches("2026-03-02T09:40:00+08:00");
    is_no(&asks(&app, "evaluation", &asked).ok(), "decision.no-instruction");
    let register = acme.auditor().person().gets("/instructions?kind=exceptional").items();
    assert!(register.iter().any(|entry| entry["id"] == id && entry["purpose"] == "payroll"), "{register:#?}");

    // What is a person's own nobody in the organisation can permit.
    let private = acme.holds("work.work_history").with("capacity", "private").about(&lin).id;
    let mut own = request.clone();
    own["holding"] = private.into();
    operator.posts("/access-requests", &own).is_refused("access.not-requestable");
});

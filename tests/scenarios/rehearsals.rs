//! Rehearsals: what a change would do is told before it is made, and it does that.

use crate::access::{application, asks, is_no, is_yes, permits, question};
use chrono::TimeDelta;
use scenarios::http::Answer;
use scenarios::{Organisation, Person, Tenure, scenario};
use serde_json::{Value, json};

const UNTIL: &str = "2026-12-01T00:00:00Z";

fn begins(who: &Person, change: &Value) -> Answer {
    who.posts("/rehearsals", &json!({ "change": change }))
}

/// Begins a rehearsal and looks when it is done.
#[track_caller]
fn rehearses(t: &Tenure, who: &Person, change: &Value) -> Value {
    let begun = begins(who, change).ok();
    t.settles();
    let done = who.gets(&format!("/rehearsals/{}", begun["id"].as_str().expect("an id"))).ok();
    assert_eq!((&done["state"], &done["stale"]), (&json!("done"), &Value::Null), "{done:#}");
    done
}

/// Newly permitted, newly refused; people opened and closed.
fn moves(r: &Value) -> [u64; 4] {
    let (decisions, inventory) = (&r["decisions"], &r["inventory"]);
    [
        &decisions["newly_permitted"],
        &decisions["newly_refused"],
        &inventory["people_opened"],
        &inventory["people_closed"],
    ]
    .map(|n| n.as_u64().unwrap_or_else(|| panic!("no number in {r:#}")))
}

fn standing(role: &str, class: &str) -> Value {
    json!({
        "kind": "standing", "purpose": "payroll",
        "scope": { "classes": [class], "operations": ["read"], "roles": [role] },
    })
}

fn of_instruction(who: &Person, instruction: &Value) -> Vec<Value> {
    let path = format!("/instructions/{}/rehearsals", instruction["id"].as_str().expect("an id"));
    who.gets(&path).ok().as_array().expect("a list").clone()
}

fn says(who: &Person, word: &str, instruction: &Value) -> Value {
    let path = format!("/instructions/{}/{word}", instruction["id"].as_str().expect("an id"));
    who.posts(&path, &json!({ "reason": "已核对" })).ok()
}

fn with_reason(mut instruction: Value) -> Value {
    instruction["reason"] = "每月核算工资".into();
    instruction
}

fn assignment_of(acme: &Organisation, person: &Person, role: &str) -> Value {
    let path = format!("/role-assignments?membership={}&role={role}&held=true", person.membership);
    acme.first_admin().gets(&path).items()[0]["id"].clone()
}

scenario!(what_an_instruction_and_its_end_would_do_is_told_before_and_then_happens, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    let (operator, hr) = (acme.data_operator(), acme.hr_admin());
    let (author, officer) = (acme.member_with("security_admin"), acme.privacy_officer());
    let clock_ins = [&lin, &chen].map(|of| acme.holds("attendance.clock_in").about(of).id);
    acme.holds("hr.id_card").about(&lin);
    let app = application(&acme, UNTIL);
    let permitted = permits(&acme, "data_operator", "attendance.*", "read");
    for clock_in in &clock_ins {
        is_yes(&asks(&app, "evaluation", &question(&operator, "read", clock_in)).ok());
        is_no(&asks(&app, "evaluation", &question(&hr, "read", clock_in)).ok(), "decision.no-instruction");
        is_yes(&asks(&app, "evaluation", &question(&lin, "read", &clock_ins[0])).ok());
    }
    // A purpose that no instruction names leaves no word in a record.
    let mut other = question(&hr, "read", &clock_ins[0]);
    other["context"]["purpose"] = "festival-gifts".into();
    is_no(&asks(&app, "evaluation", &other).ok(), "decision.no-instruction");

    // While it is written: nothing is kept but what was found.
    let draft = standing("hr_admin", "attendance.*");
    let found = rehearses(t, &author, &json!({ "kind": "draft", "instruction": draft }));
    assert_eq!(moves(&found), [2, 0, 2, 0], "{found:#}");
    let decisions = &found["decisions"];
    assert_eq!((&decisions["looked_at"], &decisions["is_all"]), (&json!(7), &json!(true)), "{found:#}");
    assert_eq!((&decisions["asked"], &decisions["permitted"]), (&json!(7), &json!(4)), "{found:#}");
    let moved = &decisions["moved"][0];
    assert_eq!(
        (&moved["effect"], &moved["class"], &moved["before"]["code"], &moved["times"]),
        (&json!("newly_permitted"), &json!("attendance.clock_in"), &json!("decision.no-instruction"), &json!(2)),
        "{found:#}"
    );
    let for_gifts = json!({ "purpose": "festival-gifts" });
    let mut gifts = draft.clone();
    gifts["purpose"] = for_gifts["purpose"].clone();
    let found = rehearses(t, &author, &json!({ "kind": "draft", "instruction": gifts }));
    assert_eq!((moves(&found), &found["decisions"]["if_for_this_purpose"]), ([0, 0, 2, 0], &json!(1)), "{found:#}");
    // Of a sensitive class it opens nothing by itself, and says why.
    let sensitive = standing("hr_admin", "hr.id_card");
    let found = rehearses(t, &author, &json!({ "kind": "draft", "instruction": sensitive }));
    assert_eq!(moves(&found), [0, 0, 0, 0], "{found:#}");
    let kept = &found["inventory"]["kept_closed"][0];
    assert_eq!((&kept["reason"]["code"], &kept["sides"]), (&json!("decision.no-task"), &json!(1)), "{found:#}");

    // Whoever says yes sees it, whether anybody looked before or not; and it does what was told.
    let proposed = author.posts("/instructions", &with_reason(draft)).ok();
    t.settles();
    let for_approval = of_instruction(&officer, &proposed);
    assert_eq!(moves(&for_approval[0]), [2, 0, 2, 0], "{for_approval:#?}");
    assert_eq!(for_approval[0]["change"], json!({ "kind": "approval", "instruction": proposed["id"] }));
    let cards = officer.gets("/inbox").items();
    let card = cards.iter().find(|card| card["object"]["id"] == proposed["id"]).expect("it waits");
    assert_eq!(card["rehearsal"]["newly_permitted"], 2, "{card:#}");
    assert_eq!(card["rehearsal"]["people_opened"], 2, "{card:#}");
    says(&officer, "approve", &proposed);
    for clock_in in &clock_ins {
        is_yes(&asks(&app, "evaluation", &question(&hr, "read", clock_in)).ok());
    }
    assert_eq!(of_instruction(&officer, &proposed)[0]["stale"], "moved");

    // Taking one back.
    let end = json!({ "kind": "revocation", "instruction": permitted["id"] });
    let found = rehearses(t, &officer, &end);
    assert_eq!(moves(&found), [0, 2, 0, 2], "{found:#}");
    says(&officer, "revoke", &permitted);
    is_no(&asks(&app, "evaluation", &question(&operator, "read", &clock_ins[0])).ok(), "decision.no-instruction");
    begins(&officer, &end).is_refused("rehearsals.nothing");
    begins(&officer, &json!({ "kind": "approval", "instruction": proposed["id"] })).is_refused("rehearsals.nothing");

    // What was read for it is on record.
    let records = acme.auditor().verifies_offline();
    let read: Vec<&Value> = records.iter().filter(|r| r["act"] == "rehearsals.finish").collect();
    // Both that waited for a yes, three drafts, one end.
    assert_eq!(read.len(), 6, "{read:#?}");
    assert_eq!(read[5]["detail"]["decisions"], 9, "{read:#?}");
    assert_eq!(records.iter().filter(|r| r["act"] == "rehearsals.run" && r["outcome"] == "done").count(), 6);
});

scenario!(what_a_role_and_other_settings_would_do_is_told_before_and_then_happens, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    let admin = acme.first_admin();
    let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
    let app = application(&acme, UNTIL);
    permits(&acme, "hr_admin", "attendance.*", "read");
    let asked = question(&chen, "read", &clock_in);
    is_no(&asks(&app, "evaluation", &asked).ok(), "decision.no-instruction");

    let given = json!({ "kind": "assignment", "membership_id": chen.membership, "role": "hr_admin" });
    let found = rehearses(t, admin, &given);
    assert_eq!(moves(&found), [1, 0, 1, 0], "{found:#}");
    acme.appoints(&chen, "hr_admin").ok();
    is_yes(&asks(&app, "evaluation", &asked).ok());
    let taken = json!({ "kind": "removal", "assignment": assignment_of(&acme, &chen, "hr_admin") });
    let found = rehearses(t, admin, &taken);
    assert_eq!(moves(&found), [0, 2, 0, 1], "{found:#}");
    // What would be refused is not rehearsed.
    let excluded = json!({ "kind": "assignment", "membership_id": acme.data_operator().membership, "role": "auditor" });
    begins(admin, &excluded).is_refused("people.roles-exclude");

    let before = acme.first_admin().gets("/organisation").ok();
    let same = json!({ "kind": "settings", "pack": before["pack"], "features": before["features"] });
    begins(admin, &same).is_refused("rehearsals.nothing");
    let other = json!({ "kind": "settings", "pack": "nothing-of-ours" });
    begins(admin, &other).is_refused("pack.not-found");
    let on = json!({ "kind": "settings", "features": ["dedicated_security"] });
    let found = rehearses(t, admin, &on);
    // No rule lets it reach back, so of what is held and was asked nothing would be otherwise.
    assert_eq!((moves(&found), &found["decisions"]["asked"]), ([0, 0, 0, 0], &json!(2)), "{found:#}");
    assert_eq!(found["inventory"]["looked_at"], 1, "{found:#}");
});

scenario!(a_rehearsal_says_itself_when_it_is_not_true_any_more, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.holds("attendance.clock_in").about(&lin);
    let author = acme.member_with("security_admin");
    acme.privacy_officer();
    acme.data_operator();
    let draft = json!({ "kind": "draft", "instruction": standing("data_operator", "attendance.*") });
    let found = rehearses(t, &author, &draft);
    let path = format!("/rehearsals/{}", found["id"].as_str().expect("an id"));
    // Asking for a yes moves nothing that is permitted.
    let proposed = author.posts("/instructions", &with_reason(standing("hr_admin", "attendance.*"))).ok();
    t.settles();
    assert_eq!(author.gets(&path).ok()["stale"], Value::Null);
    t.clock().passes(TimeDelta::days(8));
    t.settles();
    assert_eq!(author.gets(&path).ok()["stale"], "old");
    permits(&acme, "data_operator", "drive.*", "read");
    assert_eq!(author.gets(&path).ok()["stale"], "moved");

    // Orders permit nothing; days are bounded; what is not there is not found, whoever's it is.
    let days = json!({ "change": draft, "days": 181 });
    author.posts("/rehearsals", &days).is_refused("rehearsals.days");
    lin.gets(&path).is_refused("power.missing");
    lin.posts("/rehearsals", &json!({ "change": draft })).is_refused("power.missing");
    let other = t.organisation("近水公司").pack("dingtalk");
    other.member_with("security_admin").gets(&path).is_refused("rehearsal.not-found");
    let theirs = json!({ "kind": "approval", "instruction": proposed["id"] });
    begins(&other.member_with("security_admin"), &theirs).is_refused("instruction.not-found");
    let mut order = standing("data_operator", "attendance.*");
    order["kind"] = "order".into();
    begins(&author, &json!({ "kind": "draft", "instruction": order })).is_refused("rehearsals.nothing");
});

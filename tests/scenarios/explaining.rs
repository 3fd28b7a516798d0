//! Why may I see this, why was it not deleted: the engine's own answers, and what is held about somebody at a glance.

use crate::access::permits;
use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

fn subject_of(acme: &Organisation, person: &Person) -> String {
    acme.member(person)["subject_id"].as_str().expect("a subject").to_owned()
}

fn reasons(kept: &Value) -> Vec<&str> {
    kept["reasons"].as_array().expect("reasons").iter().map(|r| r["by"].as_str().expect("a word")).collect()
}

scenario!(what_is_held_about_somebody_is_counted_by_class_and_shows_no_content, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    acme.holds("hr.salary_bank_account").about(&lin);
    acme.keeps("mail/lin", "mail.message").items(1_200).about(&lin);
    acme.keeps("mail/lin-2", "mail.message").items(300).about(&lin);
    acme.keeps("mail/chen", "mail.message").items(7).about(&chen);
    let subject = subject_of(&acme, &lin);
    let classes = acme.hr_admin().gets(&format!("/holdings/classes?subject={subject}")).ok();
    let of = |class: &str| classes.as_array().unwrap().iter().find(|c| c["class"] == class).cloned();
    let mail = of("mail.message").expect("mail is held");
    assert_eq!((&mail["holdings"], &mail["items"], &mail["gone"]), (&json!(2), &json!(1_500), &json!(0)));
    assert_eq!(mail["rulings"][0]["controller"], "organisation");
    assert!(!mail["rulings"][0]["rule"].as_str().unwrap().is_empty(), "{mail}");
    assert!(of("hr.salary_bank_account").is_some());
    assert!(of("chat.group").is_none());
    assert!(!classes.to_string().contains("6222"));
    // The neighbour's person is nobody here: nothing is held of a stranger.
    let stranger = "01900000-0000-7000-8000-000000000000";
    assert_eq!(acme.hr_admin().gets(&format!("/holdings/classes?subject={stranger}")).ok(), json!([]));
    acme.first_admin().gets(&format!("/holdings/classes?subject={subject}")).is_refused("power.missing");
});

scenario!(why_somebody_may_see_something_is_answered_by_what_would_decide, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let clock_in = acme.holds("attendance.clock_in").about(&lin);
    let subject = subject_of(&acme, &lin);
    let asks = |who: &Person, more: &str| {
        who.gets(&format!("/holdings/{}/why?subject={subject}&purpose=payroll{more}", clock_in.id)).ok()
    };
    let hr = acme.hr_admin();
    let no = asks(&hr, "");
    assert_eq!((&no["answer"], &no["reason"]), (&json!("deny"), &json!("decision.no-instruction")), "{no}");
    assert_eq!(no["remedy"], "instruction");
    assert!(no["sees_by"].as_str().unwrap().ends_with("#hr-admin"), "{no}");
    assert!(!no["clause"].as_str().unwrap().is_empty());

    let instruction = permits(&acme, "hr_admin", "attendance.*", "read");
    let id = instruction["id"].as_str().expect("an id");
    let yes = asks(&hr, "");
    assert_eq!((&yes["answer"], &yes["rests_on"]), (&json!("permit"), &json!(id)), "{yes}");
    let other = asks(&hr, &format!("&member={}", lin.membership));
    assert_eq!(other["answer"], "permit", "they see what is their own: {other}");
    assert_eq!(other["rests_on"], "subject");
    assert_eq!(other["sees_by"], Value::Null);
    let listed = hr.gets(&format!("/instructions/permitting?class=attendance.clock_in&subject={subject}")).items();
    assert_eq!(listed.iter().map(|i| &i["id"]).collect::<Vec<_>>(), [&json!(id)]);
    assert_eq!(hr.gets("/instructions/permitting?class=mail.message").items(), [] as [Value; 0]);
    let to_hr = hr.gets(&format!("/instructions/permitting?member={}", hr.membership)).items();
    assert_eq!(to_hr.len(), 1);

    // Each answer left its record, about the person and under the instruction.
    let path = format!("/records?object={}&act=decisions.ask", clock_in.id);
    let records = acme.privacy_officer().gets(&path).items();
    assert_eq!(records.len(), 3, "{records:#?}");
    assert_eq!(records[1]["instruction"], json!(id));
    hr.gets(&format!("/holdings/{}/why?subject={subject}&operation=fly", clock_in.id)).is_refused("holdings.invalid");
});

scenario!(why_something_was_not_deleted_names_hold_law_and_schedule, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let payroll = acme.holds("hr.salary_bank_account").about(&lin);
    let subject = subject_of(&acme, &lin);
    let asks = || acme.hr_admin().gets(&format!("/holdings/{}/kept?subject={subject}", payroll.id)).ok();
    let kept = asks();
    assert!(reasons(&kept).contains(&"in_use"), "{kept}");
    assert!(!reasons(&kept).contains(&"hold"), "{kept}");

    let hold = json!({ "subject_id": subject, "class_pattern": "hr.*", "reason": "（2026）民初 12 号" });
    let placed = acme.hr_admin().posts("/holds", &hold).ok();
    let kept = asks();
    assert_eq!(reasons(&kept)[0], "hold", "{kept}");
    assert_eq!(kept["reasons"][0]["hold"]["id"], placed["id"]);
    let listed = acme.hr_admin().gets("/holds").items();
    assert_eq!(listed[0]["subject"]["name"], "林晓");
    assert_eq!(listed[0]["ending"], Value::Null);
    let id = placed["id"].as_str().expect("an id");
    let end = acme.hr_admin().posts(&format!("/holds/{id}/end"), &json!({ "reason": "已结案" })).ok();
    assert_eq!(acme.hr_admin().gets("/holds").items()[0]["ending"], end["id"], "its end is asked for");
    let classes = acme.hr_admin().gets(&format!("/holdings/classes?subject={subject}")).items();
    assert_eq!(classes[0]["held"], json!(true));

    let stranger = "01900000-0000-7000-8000-000000000000";
    let asked = format!("/holdings/{}/kept?subject={stranger}", payroll.id);
    acme.hr_admin().gets(&asked).is_status(404);
});

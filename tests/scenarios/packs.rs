//! Packs and rulings: who controls what, by which rule, citing which clause; and what a pack's author is told.

use scenarios::{Tenure, scenario};
use serde_json::{Value, json};

/// `tenure pack rule dingtalk`, one ruling for each line of facts.
fn ruled(t: &Tenure, pack: &str, facts: &[Value]) -> Vec<Value> {
    let lines: String = facts.iter().map(|f| format!("{f}\n")).collect();
    let said = t.server().cli_reading(["pack", "rule", pack], &lines).ok();
    said.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
}

fn member(class: &str, more: Value) -> Value {
    let mut facts = json!({
        "class": class, "account": "personal", "capacity": "member", "membership": "employed",
        "service": { "name": "im", "opened_by": "organisation" }, "source": "produced", "certification": "certified",
    });
    facts.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    facts
}

scenario!(everything_under_an_enterprise_account_is_the_organisations, |t| {
    let classes = ["mail.message", "drive.file", "im.noncolleague_direct_chat", "hr.id_card", "biometric.voiceprint"];
    let facts: Vec<Value> = classes.iter().map(|class| json!({ "class": class, "account": "enterprise" })).collect();
    for ruling in ruled(t, "dingtalk", &facts) {
        assert_eq!(ruling["controller"], "organisation", "{ruling}");
        assert_eq!(ruling["settled"], true, "{ruling}");
    }
});

scenario!(a_chat_between_colleagues_needs_the_security_service_and_is_hidden_from_who_leaves, |t| {
    let chat = |more: Value| member("im.colleague_direct_chat", more);
    let facts = [
        chat(json!({ "conversation": "direct_colleague", "features": ["dedicated_security"] })),
        chat(json!({ "conversation": "direct_colleague" })),
        chat(json!({ "conversation": "direct_former_colleague", "features": ["dedicated_security"] })),
    ];
    let rulings = ruled(t, "dingtalk", &facts);
    let controllers: Vec<_> = rulings.iter().map(|r| r["controller"].as_str().unwrap()).collect();
    assert_eq!(controllers, ["organisation", "person", "person"], "{rulings:#?}");
    assert_eq!(rulings[0]["conditions"], json!(["hidden_from_leaver"]));
});

scenario!(in_an_ordinary_group_a_person_speaks_for_themselves, |t| {
    let group = |conversation: &str| member("im.internal_group_message", json!({ "conversation": conversation }));
    let ours = ["all_staff_group", "internal_group", "cooperation_group", "service_group", "secret_group"];
    let mut facts: Vec<Value> = ours.iter().map(|conversation| group(conversation)).collect();
    facts.push(member(
        "im.unaffiliated_group_message",
        json!({ "conversation": "ordinary_group", "capacity": "private" }),
    ));
    let controllers: Vec<_> =
        ruled(t, "dingtalk", &facts).iter().map(|r| r["controller"].as_str().unwrap().to_owned()).collect();
    assert_eq!(controllers, ["organisation", "organisation", "organisation", "organisation", "organisation", "person"]);
});

scenario!(every_ruling_of_every_pack_cites_a_clause_and_speaks_both_languages, |t| {
    let facts = [
        member("hr.name", json!({ "source": "organisation" })),
        member("mail.message", json!({})),
        json!({ "class": "work.education_history", "account": "personal" }),
    ];
    for pack in ["dingtalk", "aliyun-office-security", "yongchang", "coremail", "gbt-35273"] {
        for ruling in ruled(t, pack, &facts) {
            let says = |member: &str| ruling[member].as_str().is_some_and(|text| !text.is_empty());
            assert!(says("reason_zh") && says("reason_en"), "{pack}: {ruling}");
            let cites = ruling["clauses"].as_array().is_some_and(|clauses| !clauses.is_empty());
            assert!(cites || ruling["rule_missing"] == true, "{pack}: {ruling}");
        }
    }
});

scenario!(facts_with_a_mistyped_key_are_named_with_their_line, |t| {
    let lines = "{\"class\":\"hr.name\",\"account\":\"personal\"}\n{\"class\":\"hr.name\",\"acount\":\"personal\"}\n";
    let said = t.server().cli_reading(["pack", "rule", "dingtalk"], lines);
    assert_ne!(said.status, 0);
    let words = said.out + &said.err;
    assert!(words.contains('2') && words.contains("acount"), "{words}");
});

scenario!(a_pack_with_mistakes_is_refused_with_file_line_and_what_would_be_right, |t| {
    let file = t.server().file("ours.toml");
    let pack = r#"extends = "gbt-35273"

[pack]
name = "ours"
title_zh = "本单位"
title_en = "Ours"
version = "1"
source = "ours"
colour = "blue"

[[control]]
id = "ours.mail"
when = { class = "mail.messages" }
controller = "organisation"
clause = ["dingtalk-9.9.9"]
reason_zh = "邮件"
reason_en = "Mail"
"#;
    std::fs::write(&file, pack).unwrap();
    let said = t.cli(["pack", "check", &file.to_string_lossy()]);
    assert_ne!(said.status, 0);
    let words = said.out + &said.err;
    for part in ["ours.toml:9", "colour", "ours.toml:13", "mail.messages", "ours.toml:15", "dingtalk-9.9.9"] {
        assert!(words.contains(part), "it should say {part}:\n{words}");
    }
});

scenario!(a_class_that_no_rule_covers_is_the_persons_and_the_ruling_says_that_a_rule_is_missing, |t| {
    let facts = [json!({ "class": "health.medical_history", "account": "personal" })];
    let ruling = &ruled(t, "gbt-35273", &facts)[0];
    assert_eq!(ruling["controller"], "person", "{ruling}");
});

scenario!(an_admin_can_try_a_ruling_before_anything_is_held, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let facts = json!({ "class": "mail.message", "account": "enterprise" });
    let tried = acme.privacy_officer().posts("/rulings/try", &facts).ok();
    assert_eq!(tried["ruling"]["controller"], "organisation", "{tried}");
    let pack = acme.privacy_officer().gets("/packs/current").ok();
    assert_eq!(pack["pack"]["name"], "dingtalk", "{}", pack["pack"]);
});

scenario!(the_pack_in_force_is_compared_with_the_others_and_each_clause_says_what_it_asks, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let auditor = acme.auditor();
    let shelf = auditor.person().gets("/packs").ok();
    let shelf = shelf.as_array().expect("packs");
    let in_force: Vec<&Value> = shelf.iter().filter(|p| p["in_force"] == true).map(|p| &p["pack"]["name"]).collect();
    assert_eq!((shelf.len(), in_force), (5, vec![&json!("dingtalk")]));
    let base = auditor.person().gets("/packs/gbt-35273").ok();
    assert_eq!(base["pack"]["name"], "gbt-35273");
    let clause = base["approvals"][0]["clause"][0].as_str().expect("a clause").to_owned();
    let said = auditor.person().gets(&format!("/clauses/{clause}")).ok();
    for of in ["clause", "title_zh", "requirement_zh", "requirement_en"] {
        assert!(said[of].as_str().is_some_and(|text| !text.is_empty()), "{of} in {said:#}");
    }
    auditor.person().gets("/packs/nobodys").is_refused("pack.not-found");
    auditor.person().gets("/clauses/nobodys").is_refused("clause.not-found");
});

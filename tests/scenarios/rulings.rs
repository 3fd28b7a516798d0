//! Who controls what is held when the documents leave it open, and when the facts change afterwards.

use scenarios::holdings::Holding;
use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

/// Voice messages whose conversation nobody stated: the policy does not say whose these are.
fn voice(acme: &Organisation, locator: &str, person: &Person) -> Holding {
    acme.keeps(locator, "im.voice_message").with("account", "personal").about(person)
}

fn open_question(acme: &Organisation, class: &str) -> Value {
    let open = acme.hr_admin().gets("/rulings/unsettled?state=open").items();
    let found = open.iter().find(|q| q["class"] == class);
    found.unwrap_or_else(|| panic!("no question about {class} in {open:#?}")).clone()
}

fn settles(who: &Person, question: &Value, controller: &str, reason: &str) -> scenarios::http::Answer {
    let id = question["id"].as_str().expect("an id");
    who.posts(&format!("/rulings/unsettled/{id}/settle"), &json!({ "controller": controller, "reason": reason }))
}

/// The rulings of the only side of a holding, newest first: controller and cause.
fn history(holding: &Holding) -> Vec<(String, String)> {
    let view = holding.view();
    let subject = view["sides"][0]["subject_id"].as_str().expect("a subject").to_owned();
    let all = view["rulings"][&subject].as_array().expect("rulings").clone();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    all.iter().map(|r| (text(&r["controller"]), text(&r["cause"]))).collect()
}

fn ruled(controller: &str, cause: &str) -> (String, String) {
    (controller.to_owned(), cause.to_owned())
}

scenario!(what_the_documents_leave_open_is_settled_once_for_all_that_is_alike, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    let first = [voice(&acme, "voice/1", &lin), voice(&acme, "voice/2", &lin), voice(&acme, "voice/3", &chen)];
    let unlike = acme.keeps("place/1", "im.shared_location").with("account", "personal").about(&lin);
    let question = open_question(&acme, "im.voice_message");
    assert_eq!((&question["rule"], &question["sides"]), (&json!("dingtalk.conversation-not-stated"), &json!(3)));
    assert_eq!(first[0].side("controller"), "person", "as long as it is open it is the person's");

    settles(&acme.data_operator(), &question, "organisation", "都是工作语音").is_refused("power.missing");
    settles(&acme.privacy_officer(), &question, "organisation", "  ").is_refused("holdings.invalid");
    settles(&acme.privacy_officer(), &question, "organisation", "工作手机上的语音, 已向员工说明").ok();
    t.settles();
    for holding in &first {
        assert_eq!(history(holding), [ruled("organisation", "settled"), ruled("person", "registered")]);
        assert_eq!(holding.view()["sides"][0]["settled"], json!(true));
    }
    assert_eq!((unlike.side("controller").as_str(), &unlike.view()["sides"][0]["settled"]), ("person", &json!(false)));

    let later = voice(&acme, "voice/4", &chen);
    assert_eq!(history(&later), [ruled("organisation", "registered")], "it holds for what comes, too");
    let settled = acme.hr_admin().gets("/rulings/unsettled?state=settled").items();
    assert_eq!((&settled[0]["id"], &settled[0]["sides"]), (&question["id"], &json!(4)));

    settles(&acme.privacy_officer(), &question, "person", "员工提出异议, 复核后改判").ok();
    t.settles();
    assert_eq!(
        history(&first[0]),
        [ruled("person", "settled"), ruled("organisation", "settled"), ruled("person", "registered")]
    );
    let path = format!("/rulings/unsettled/{}", question["id"].as_str().expect("an id"));
    let now = acme.hr_admin().gets(&path).ok();
    let reasons: Vec<_> =
        now["settlements"].as_array().expect("settlements").iter().map(|s| s["reason"].clone()).collect();
    assert_eq!(reasons, [json!("员工提出异议, 复核后改判"), json!("工作手机上的语音, 已向员工说明")]);
    let records = acme.auditor().verifies_offline();
    assert_eq!(records.iter().filter(|r| r["act"] == "rulings.settle" && r["outcome"] == "done").count(), 2);
});

/// A colleague's chat, registered with these facts.
pub fn chat(acme: &Organisation, locator: &str, person: &Person) -> Holding {
    acme.keeps(locator, "im.colleague_direct_chat")
        .with("account", "personal")
        .with("conversation", "direct_colleague")
        .about(person)
}

/// What the connector says of an item, in its own words.
fn line(locator: &str, class: &str, person: &Person, at: &str, more: Value) -> String {
    let mut line = json!({
        "locator": locator, "class": class, "subjects": [person.staff_number], "items": 3, "bytes": 900,
        "last_at": at, "facts": {
            "account": "personal", "capacity": "member", "membership": "employed", "source": "produced",
            "service": { "name": "im", "opened_by": "organisation" },
        },
    });
    for (key, value) in more.as_object().expect("members") {
        match value.as_object() {
            Some(facts) => facts.iter().for_each(|(k, v)| line[key][k] = v.clone()),
            None => line[key] = value.clone(),
        }
    }
    format!("{line}\n")
}

/// Registers a line and returns the holding that it is about.
fn registers(acme: &Organisation, line: &str) -> Value {
    let report = acme.registers(line).ok();
    assert_eq!(report["rejected"], json!([]), "{report}");
    let said: Value = serde_json::from_str(line).expect("JSON");
    let held = acme.hr_admin().gets(&format!("/holdings?class={}&limit=200", said["class"].as_str().expect("a class")));
    held.items().last().expect("it is held").clone()
}

fn rulings_of(acme: &Organisation, holding: &Value) -> Vec<(String, String)> {
    let id = holding["holding_id"].as_str().expect("an id");
    let view = acme.hr_admin().gets(&format!("/holdings/{id}")).ok();
    let subject = holding["subject_id"].as_str().expect("a subject");
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let all = view["rulings"][subject].as_array().expect("rulings").clone();
    all.iter().map(|r| (text(&r["controller"]), text(&r["cause"]))).collect()
}

fn changes(acme: &Organisation, change: &Value) -> scenarios::http::Answer {
    let admin = acme.first_admin().caller();
    let etag = admin.get("/organisation").etag();
    admin.patch("/organisation", &etag, change)
}

scenario!(an_express_consent_reaches_back_and_so_does_its_withdrawal, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    let (before, of_chen) = (chat(&acme, "chat/1", &lin), chat(&acme, "chat/2", &chen));
    assert_eq!(before.side("controller"), "person");

    let own = lin.posts("/me/consents", &json!({ "class_pattern": "im.colleague_direct_chat" })).ok();
    t.settles();
    let after = chat(&acme, "chat/3", &lin);
    assert_eq!(history(&before), [ruled("organisation", "consent-changed"), ruled("person", "registered")]);
    assert_eq!(history(&after), [ruled("organisation", "registered")]);
    assert_eq!(of_chen.side("controller"), "person", "one person's consent is nobody else's");

    let withdraw = format!("/me/consents/{}/withdraw", own["id"].as_str().expect("an id"));
    chen.posts(&withdraw, &json!({})).is_refused("consent.not-found");
    lin.posts(&withdraw, &json!({})).ok();
    t.settles();
    assert_eq!(history(&before)[0], ruled("person", "consent-changed"));
    assert_eq!(history(&after), [ruled("person", "consent-changed"), ruled("organisation", "registered")]);

    let form = json!({
        "subject": chen.staff_number, "class_pattern": "im.*", "kind": "explicit", "evidence": "同意书 2026-031",
    });
    acme.data_operator().posts("/consents", &form).is_refused("power.missing");
    let continued =
        json!({ "subject": chen.staff_number, "class_pattern": "im.*", "kind": "continued_use", "evidence": "-" });
    assert!(
        (400..500).contains(&acme.hr_admin().posts("/consents", &continued).status),
        "going on using is no consent"
    );
    let recorded = acme.hr_admin().posts("/consents", &form).ok();
    assert_eq!(recorded["evidence"], "同意书 2026-031");
    t.settles();
    assert_eq!(history(&of_chen)[0], ruled("organisation", "consent-changed"));
    acme.auditor().verifies_offline();
});

scenario!(a_feature_decides_about_what_comes_while_it_is_on, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let direct = json!({ "facts": { "conversation": "direct_colleague" } });
    let said = |locator: &str, at: &str| line(locator, "im.colleague_direct_chat", &lin, at, direct.clone());
    let before = registers(&acme, &said("chat/1", "2026-02-27T09:30:00Z"));
    changes(&acme, &json!({ "features": ["dedicated_securty"] })).is_refused("organisation.settings");
    acme.hr_admin().caller().patch("/organisation", "\"1\"", &json!({ "features": [] })).is_refused("power.missing");
    // What it would rule anew is told before: nothing, as no rule lets the service reach back.
    let preview = json!({ "features": ["dedicated_security"] });
    let would = acme.first_admin().posts("/organisation/preview", &preview).ok();
    let counted = (&would["looked_at"], &would["ruled_anew"], &would["is_all"]);
    assert_eq!(counted, (&json!(1), &json!(0), &json!(true)));
    acme.hr_admin().posts("/organisation/preview", &preview).is_refused("power.missing");
    let on = changes(&acme, &json!({ "features": ["dedicated_security"] })).ok();
    assert_eq!(on["features"], json!(["dedicated_security"]));
    assert_eq!(on["feature_periods"][0]["feature"], "dedicated_security");
    acme.first_admin()
        .caller()
        .patch("/organisation", "\"1\"", &json!({ "name": "别名" }))
        .is_refused("organisation.stale");
    t.clock().reaches("2026-03-10T09:00+08:00");
    t.settles();
    let under_it = registers(&acme, &said("chat/2", "2026-03-09T02:00:00Z"));
    let late = registers(&acme, &said("chat/3", "2026-02-27T09:30:00Z"));
    assert_eq!(rulings_of(&acme, &under_it), [ruled("organisation", "registered")]);
    assert_eq!(rulings_of(&acme, &late), [ruled("person", "registered")], "facts hold for the moment it came to be");
    assert_eq!(rulings_of(&acme, &before), [ruled("person", "registered")], "no rule lets the service reach back");

    changes(&acme, &json!({ "features": [] })).ok();
    t.clock().reaches("2026-03-20T09:00+08:00");
    t.settles();
    let after = registers(&acme, &said("chat/4", "2026-03-19T02:00:00Z"));
    assert_eq!(rulings_of(&acme, &after), [ruled("person", "registered")]);
    assert_eq!(
        rulings_of(&acme, &under_it),
        [ruled("organisation", "registered")],
        "a service that lapses takes nothing back"
    );
});

scenario!(colleagues_talk_only_while_both_are_employed_whatever_the_connector_says, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    changes(&acme, &json!({ "features": ["dedicated_security"] })).ok();
    let (lin, chen, han) = (acme.hires("林晓"), acme.hires("陈立"), acme.hires("韩梅"));
    acme.hr_system().says_left(&chen, "2026-03-05").ok();
    t.clock().reaches("2026-03-10T09:00+08:00");
    t.settles();
    let talk = |locator: &str, with: &scenarios::Person, at: &str| {
        let line = json!({
            "locator": locator, "class": "im.colleague_direct_chat", "subjects": [lin.staff_number, with.staff_number],
            "facts": { "account": "personal", "capacity": "member", "source": "produced", "conversation": "direct_colleague" },
            "occurred_at": at,
        });
        let report = acme.registers(&format!("{line}\n")).ok();
        assert_eq!(report["added"], 1, "{report}");
        let subject = acme.member(&lin)["subject_id"].as_str().expect("an id").to_owned();
        let held =
            acme.hr_admin().gets(&format!("/holdings?class=im.colleague_direct_chat&subject={subject}&limit=50"));
        held.items().pop().expect("her side")["controller"].clone()
    };
    assert_eq!(talk("chat/han", &han, "2026-03-04T02:00:00Z"), "organisation");
    assert_eq!(talk("chat/chen", &chen, "2026-03-04T02:00:00Z"), "organisation");
    assert_eq!(talk("chat/chen-later", &chen, "2026-03-09T02:00:00Z"), "person");
});

scenario!(a_group_made_internal_decides_about_what_comes_and_a_mistake_can_be_put_right, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let at = "2026-02-27T09:30:00Z";
    let group = |kind: &str, corrected: bool| {
        let more = json!({ "facts": { "conversation": kind }, "corrected": corrected });
        line("group/1", "im.group_file", &lin, at, more)
    };
    registers(&acme, &group("ordinary_group", false));
    let held = registers(&acme, &group("internal_group", false));
    assert_eq!(rulings_of(&acme, &held), [ruled("person", "registered")], "what was said before stays as it was ruled");
    registers(&acme, &group("internal_group", true));
    assert_eq!(rulings_of(&acme, &held), [ruled("organisation", "corrected"), ruled("person", "registered")]);

    let voice = |more: Value| line("voice/1", "im.voice_message", &lin, at, more);
    registers(&acme, &voice(json!({})));
    let held = registers(&acme, &voice(json!({ "facts": { "conversation": "internal_group" } })));
    assert_eq!(
        rulings_of(&acme, &held),
        [ruled("organisation", "facts-changed"), ruled("person", "registered")],
        "what had no answer gets one when the missing fact is said"
    );
});

scenario!(another_pack_rules_what_comes_and_leaves_what_was_ruled, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let at = "2026-02-27T09:30:00Z";
    let said = |locator: &str| {
        line(locator, "im.group_file", &lin, at, json!({ "facts": { "conversation": "internal_group" } }))
    };
    let before = registers(&acme, &said("group/1"));
    changes(&acme, &json!({ "pack": "unheard-of" })).is_status(404);
    let now = changes(&acme, &json!({ "pack": "coremail", "time_zone": "Asia/Urumqi", "name": "远山科技集团" })).ok();
    assert_eq!(
        (&now["pack"], &now["time_zone"], &now["name"]),
        (&json!("coremail"), &json!("Asia/Urumqi"), &json!("远山科技集团"))
    );
    changes(&acme, &json!({ "time_zone": "Asia/Nowhere" })).is_refused("organisation.settings");
    t.settles();
    let after = registers(&acme, &said("group/2"));
    assert_eq!(rulings_of(&acme, &before).len(), 1, "no rule of the new pack reaches back");
    let packs = |holding: &Value| {
        let view = acme.hr_admin().gets(&format!("/holdings/{}", holding["holding_id"].as_str().expect("an id"))).ok();
        view["rulings"][holding["subject_id"].as_str().expect("a subject")][0]["pack"].clone()
    };
    assert_eq!((packs(&before), packs(&after)), (json!("dingtalk"), json!("coremail")));
    let said = t.cli(["tenant", "show", acme.slug()]).ok();
    assert!(said.contains("远山科技集团") && said.contains("coremail") && said.contains("Asia/Urumqi"), "{said}");
    t.cli(["tenant", "set", acme.slug(), "--pack", "dingtalk", "--feature", "dedicated_security"]).ok();
    let again = acme.first_admin().gets("/organisation").ok();
    assert_eq!((&again["pack"], &again["features"]), (&json!("dingtalk"), &json!(["dedicated_security"])));
    assert_ne!(t.cli(["tenant", "set", acme.slug(), "--pack", "unheard-of"]).status, 0);
    acme.auditor().verifies_offline();
});

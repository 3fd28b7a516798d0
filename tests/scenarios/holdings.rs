//! What is held about people, where, and who controls it.

use scenarios::connector::ExampleConnector;
use scenarios::crowd::Crowd;
use scenarios::scenario;
use serde_json::{Value, json};

scenario!(of_many_lines_the_good_ones_go_in_and_every_bad_one_is_named, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let good = |n: usize| json!({ "locator": format!("drive/{n}"), "class": "drive.file", "subjects": [lin.staff_number], "facts": { "account": "enterprise" } });
    let mut lines: Vec<String> = (0..700).map(|n| good(n).to_string()).collect();
    let changed = |change: Value| {
        let mut line = good(9_999);
        line.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        line.to_string()
    };
    lines[2] = "{\"locator\":".to_owned();
    lines[10] = changed(json!({ "class": "drive.unheard_of" }));
    lines[20] = changed(json!({ "subjects": ["Z9999"] }));
    lines[30] = changed(json!({ "subjects": [] }));
    lines[35] = good(35).to_string().replace(&lin.staff_number, &format!(" {} ", lin.staff_number));
    lines[40] = changed(json!({ "facts": { "account": "enterprise", "consnt": "explicit" } }));
    lines[650] = changed(json!({ "items": -1 }));
    let report = acme.registers(&(lines.join("\n") + "\n")).ok();
    let rejected = report["rejected"].as_array().expect("rejected");
    let named: Vec<_> = rejected.iter().map(|r| (r["line"].as_u64().unwrap(), r["code"].as_str().unwrap())).collect();
    assert_eq!(
        named,
        [
            (3, "holdings.invalid"),
            (11, "holdings.unknown-class"),
            (21, "holdings.unknown-subject"),
            (31, "holdings.no-subject"),
            (41, "holdings.facts"),
            (651, "holdings.invalid"),
        ]
    );
    assert_eq!(report["added"], 694);

    let good_ones: String = lines.iter().filter(|l| l.contains("\"drive/")).map(|l| format!("{l}\n")).collect();
    let again = acme.registers(&good_ones.replace("9999", "0")).ok();
    assert_eq!(again["added"], 0, "a second time changes nothing: {again}");
});

scenario!(the_same_locators_sent_many_times_at_once_are_held_once, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let line = |n: usize| json!({ "locator": format!("drive/{n}"), "class": "drive.file", "subjects": [lin.staff_number], "facts": { "account": "enterprise" } });
    let lines: String = (0..20).map(|n| format!("{}\n", line(n))).collect();
    let connector = acme.connector().credentials();
    let url = format!("{}/api/v1/connectors/{}/holdings", t.server().base_url(), connector.id);
    let crowd = Crowd::of(6, &url, &connector.api_key, &lines);
    t.waits_until("each was answered", || crowd.heard() >= 12);
    crowd.goes_home();
    let held = acme.hr_admin().gets("/holdings?class=drive.file&limit=200").items();
    assert_eq!(held.len(), 20, "{held:#?}");
    let twice = acme.registers(&format!("{0}\n{0}\n", line(30))).ok();
    assert_eq!((&twice["added"], &twice["repeated"]), (&json!(1), &json!(1)), "every line is counted: {twice}");
});

scenario!(a_line_that_was_about_somebody_else_is_corrected, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, zhao) = (acme.hires("林晓"), acme.hires("赵敏"));
    let line = |who: &str, corrected: bool| json!({ "locator": "mail/7", "class": "mail.message", "subjects": [who], "facts": { "account": "enterprise" }, "corrected": corrected });
    acme.registers(&format!("{}\n", line(&lin.staff_number, false))).ok();
    let corrected = acme.registers(&format!("{}\n", line(&zhao.staff_number, true))).ok();
    assert_eq!((&corrected["updated"], &corrected["unchanged"]), (&json!(1), &json!(0)), "{corrected}");
    let held = acme.hr_admin().gets("/holdings?class=mail.message&limit=200").items();
    let whose: Vec<&Value> = held.iter().map(|side| &side["subject_id"]).collect();
    assert_eq!(whose, [&acme.member(&zhao)["subject_id"]], "{held:#?}");
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let lines = acme.hr_admin().gets(&acme.departure_of(&lin).path("/lines")).items();
    assert!(!lines.iter().any(|line| line["class"] == "mail.message"), "somebody else's mailbox: {lines:#?}");
    let again = acme.registers(&format!("{}\n", line(&zhao.staff_number, true))).ok();
    assert_eq!(again["unchanged"], 1, "{again}");
});

scenario!(of_more_bad_lines_than_are_explained_each_is_named_all_the_same, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let mut lines = vec!["{".to_owned(); 10_040];
    let stranger = json!({ "locator": "x", "class": "drive.unheard_of", "subjects": [lin.staff_number], "facts": {} });
    lines[10_019] = stranger.to_string();
    let report = acme.registers(&(lines.join("\n") + "\n")).ok();
    assert_eq!((&report["refused"], report["rejected"].as_array().map(Vec::len)), (&json!(10_040), Some(10_000)));
    let further = json!([
        { "code": "holdings.invalid", "lines": [{ "first": 10_001, "last": 10_019 }, { "first": 10_021, "last": 10_040 }] },
        { "code": "holdings.unknown-class", "lines": [{ "first": 10_020, "last": 10_020 }] },
    ]);
    assert_eq!(report["further"], further);
});

scenario!(an_inventory_tells_what_is_there_and_unknown_and_what_is_known_and_gone, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.keeps("mail/lin", "mail.message").about(&lin);
    // Names that a dictionary sorts otherwise than bytes do.
    for locator in ["drive/Lin", "drive/lin", "drive/_x", "drive/林", "drive/ä", "drive/z"] {
        acme.keeps(locator, "drive.file").about(&lin);
    }
    acme.connector().shelf().lose("drive/Lin");
    acme.connector().shelf().put("drive/_forgotten", &json!({ "class": "drive.file" }));
    let connector = acme.connector().credentials().id;
    let asked = acme.first_admin().posts(&format!("/connectors/{connector}/inventory"), &json!({})).ok();
    t.settles();
    let inventory = asked["id"].as_str().expect("an id");
    let done = acme.first_admin().gets(&format!("/connectors/{connector}/inventories/{inventory}")).ok();
    assert_eq!(done["state"], "closed", "{done}");
    let findings = done["findings"].as_array().expect("findings").iter();
    let found: Vec<_> = findings.map(|f| (f["kind"].as_str().unwrap(), f["locator"].as_str().unwrap())).collect();
    assert_eq!(found, [("missing_there", "drive/Lin"), ("unknown_here", "drive/_forgotten")]);
    assert_eq!((&done["missing_there"], &done["unknown_here"]), (&json!(1), &json!(1)));
    let of = |rest: &str| {
        let path = format!("/connectors/{connector}/inventories/{inventory}?kind=unknown_here{rest}");
        acme.first_admin().gets(&path).ok()["findings"].clone()
    };
    assert_eq!(of("").as_array().map(Vec::len), Some(1));
    assert_eq!(of("&after=drive/_forgotten"), json!([]));
    let waiting = acme.hr_admin().gets("/attention").items();
    assert!(waiting.iter().any(|a| a["kind"] == "inventory.differs"), "somebody is told: {waiting:#?}");
    // The card that tells them opens the connector, where every inventory of it stands.
    let cards = acme.first_admin().gets("/inbox").items();
    let told = cards.iter().find(|card| card["action"] == "inventory.differs").expect("a card");
    assert_eq!(told["leads_to"], json!({ "kind": "connector", "id": connector }), "{told:#}");
    assert_eq!(told["object"], json!({ "kind": "inventory", "id": inventory }), "{told:#}");
    let path = format!("/connectors/{connector}/inventories");
    acme.first_admin().posts(&format!("/connectors/{connector}/inventory"), &json!({})).ok();
    t.settles();
    let page = acme.first_admin().gets(&format!("{path}?limit=1")).ok();
    let rest = acme.first_admin().gets(&format!("{path}?cursor={}", page["next"].as_str().expect("more"))).items();
    assert_eq!(
        rest.iter().map(|i| &i["id"]).collect::<Vec<_>>(),
        [&json!(inventory)],
        "the newest comes first: {page:#}"
    );
    let nobodys = format!("/connectors/{inventory}/inventories");
    acme.first_admin().gets(&nobodys).is_refused("connector.not-found");
});

scenario!(the_vault_takes_no_original_of_a_face, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let photo = json!({
        "class": "biometric.face_base_image", "subject": lin.staff_number, "content_base64": "AAAA",
        "occurred_at": "2026-01-15T02:00:00Z", "facts": { "account": "enterprise" },
    });
    acme.data_operator().posts("/holdings", &photo).is_refused("holdings.class-refused");
});

scenario!(in_a_chat_each_side_is_ruled_by_itself, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    let line = json!({
        "locator": "chat/1", "class": "im.noncolleague_direct_chat", "subjects": [lin.staff_number, chen.staff_number],
        "facts": { "account": "enterprise" }, "sides": { chen.staff_number.clone(): { "account": "personal" } },
    });
    assert_eq!(acme.registers(&format!("{line}\n")).ok()["added"], 1);
    let held = acme.hr_admin().gets("/holdings?class=im.noncolleague_direct_chat").items();
    let view = acme.hr_admin().gets(&format!("/holdings/{}", held[0]["holding_id"].as_str().expect("an id"))).ok();
    let controllers: Vec<_> =
        view["sides"].as_array().expect("sides").iter().map(|s| s["controller"].clone()).collect();
    assert!(controllers.contains(&json!("organisation")) && controllers.contains(&json!("person")), "{view:#}");
});

scenario!(every_ruling_names_its_rule_and_its_clause, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let payroll = acme.holds("hr.salary_bank_account").about(&lin);
    let view = payroll.view();
    let side = &view["sides"][0];
    assert_eq!(side["controller"], "organisation");
    assert!(side["rule"].as_str().is_some_and(|rule| !rule.is_empty()), "{view:#}");
    let text = view.to_string();
    assert!(text.contains("dingtalk-3.6.1"), "the clause is cited: {view:#}");
});

scenario!(a_connectors_key_speaks_for_no_other_connector, |t| {
    let (acme, other) = (t.organisation("远山科技").pack("dingtalk"), t.organisation("近水科技").pack("dingtalk"));
    let theirs = other.connector().credentials().id;
    let line = "{\"locator\":\"x\",\"class\":\"drive.file\",\"subjects\":[\"A0001\"],\"facts\":{\"account\":\"enterprise\"}}\n";
    acme.as_connector().post_lines(&format!("/connectors/{theirs}/holdings"), line).is_refused("connectors.foreign");
    let second = json!({ "name": "考勤", "callback_url": acme.connector().callback_url() });
    let second = acme.first_admin().posts("/connectors", &second).ok();
    let path = format!("/connectors/{}/holdings", second["id"].as_str().expect("an id"));
    acme.as_connector().post_lines(&path, line).is_refused("connectors.foreign");
});

scenario!(calls_go_only_to_addresses_that_the_operator_allows, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    // 127.0.0.1 is allowed in these stories; this one listens next door.
    let next_door = ExampleConnector::start("127.0.0.2:0", &t.server().file("next-door"), "").expect("it listens");
    for (n, url) in [next_door.callback_url(), "http://169.254.169.254/latest".to_owned()].iter().enumerate() {
        let made = json!({ "name": format!("偷看{n}"), "callback_url": url });
        let made = acme.first_admin().posts("/connectors", &made).ok();
        let path = format!("/connectors/{}/inventory", made["id"].as_str().expect("an id"));
        acme.first_admin().posts(&path, &json!({})).ok();
    }
    t.settles();
    assert_eq!(next_door.turned_away() + next_door.shelf().orders().len(), 0, "it was called");
    for url in ["ftp://127.0.0.1/", "http://user:word@127.0.0.1/", "no address"] {
        let asked = json!({ "name": "乱写", "callback_url": url });
        acme.first_admin().posts("/connectors", &asked).is_refused("connectors.callback-url");
    }
});

scenario!(a_chat_that_lies_across_the_end_of_a_page_shows_every_side, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let people: Vec<_> = ["林晓", "陈立", "赵敏"].iter().map(|name| acme.hires(name)).collect();
    acme.keeps("chat/1", "mail.message").about_all(&people.iter().collect::<Vec<_>>());
    let hr = acme.hr_admin();
    let (mut seen, mut next) = (0, String::new());
    loop {
        let page = hr.gets(&format!("/holdings?class=mail.message&limit=1{next}")).ok();
        seen += page["items"].as_array().map_or(0, Vec::len);
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(seen, 3);
});

scenario!(a_line_that_is_no_text_is_named_and_never_guessed, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let line = |locator: &[u8]| {
        let tail = format!(
            "\",\"class\":\"drive.file\",\"subjects\":[\"{}\"],\"facts\":{{\"account\":\"enterprise\"}}}}\n",
            lin.staff_number
        );
        [b"{\"locator\":\"".as_slice(), locator, tail.as_bytes()].concat()
    };
    let body = [line(b"drive/1"), line(b"drive/\xb9\xa4\xd7\xca"), line("drive/工资".as_bytes())].concat();
    let id = acme.connector().credentials().id;
    let path = format!("/api/v1/connectors/{id}/holdings");
    let sent = acme.as_connector().send("POST", &path, &[("content-type", "application/x-ndjson")], Some(&body));
    let report = sent.ok();
    assert_eq!((&report["added"], &report["rejected"][0]["line"]), (&json!(2), &json!(2)), "{report}");
    assert_eq!(report["rejected"][0]["code"], "holdings.not-text", "{report}");
    let asked = acme.first_admin().posts(&format!("/connectors/{id}/inventory"), &json!({})).ok();
    let path = format!("/api/v1/connectors/{id}/inventories/{}", asked["id"].as_str().expect("an id"));
    let named = acme.as_connector().send("POST", &path, &[], Some(b"{\"locator\":\"\xff\"}\n"));
    assert!((400..500).contains(&named.status), "{named}");
});

scenario!(the_vault_takes_no_class_that_the_pack_does_not_know, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let odd = json!({
        "class": "hr.unheard_of", "subject": lin.staff_number, "content_base64": "AAAA", "facts": { "account": "enterprise" },
    });
    let refused = acme.data_operator().posts("/holdings", &odd).is_refused("holdings.unknown-class");
    assert_eq!(refused["pointer"], "/class", "{refused:#}");
    let nobody =
        json!({ "class": "hr.salary_bank_account", "subject": "Z9999", "content_base64": "AAAA", "facts": {} });
    acme.data_operator().posts("/holdings", &nobody).is_refused("holdings.unknown-subject");
});

//! 待办: the one list of what waits for somebody.

use chrono::TimeDelta;
use scenarios::http::Answer;
use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

/// What `who` sees in a tab.
#[track_caller]
fn tab(who: &Person, tab: &str) -> Vec<Value> {
    who.gets(&format!("/inbox?tab={tab}&limit=200")).items()
}

#[track_caller]
fn only(cards: &[Value]) -> &Value {
    assert_eq!(cards.len(), 1, "{cards:#?}");
    &cards[0]
}

fn id_of(card: &Value) -> &str {
    card["id"].as_str().expect("an id")
}

fn asks(author: &Person, classes: &str, purpose: &str) -> Value {
    let scope = json!({ "classes": [classes], "operations": ["read"], "roles": ["data_operator"] });
    let asked = json!({ "kind": "standing", "purpose": purpose, "reason": "每月核算工资", "scope": scope });
    author.posts("/instructions", &asked).ok()
}

fn decides(who: &Person, decision: &str, cards: &[&str]) -> Answer {
    who.posts("/inbox/decide", &json!({ "cards": cards, "decision": decision, "reason": "已核对" }))
}

fn with_a_destructive_departure(acme: &Organisation, name: &str) -> Person {
    let leaver = acme.hires(name);
    for class in ["biometric.fingerprint_features", "biometric.face_features"] {
        acme.holds(class).about(&leaver);
    }
    acme.hr_system().says_leaving(&leaver, "2026-03-31").ok();
    leaver
}

scenario!(an_approval_says_who_asks_what_why_and_what_follows, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (security, officer) = (acme.member_with("security_admin"), acme.privacy_officer());
    let instruction = asks(&security, "attendance.*", "payroll");
    let cards = tab(&officer, "open");
    let card = only(&cards);
    assert_eq!(
        (&card["kind"], &card["action"], &card["purpose"]),
        (&json!("approval"), &json!("standing"), &json!("payroll"))
    );
    assert_eq!(card["object"], json!({ "kind": "instruction", "id": instruction["id"] }));
    assert_eq!(card["asked_by"]["name"], security.name.as_str());
    assert_eq!((&card["classes"], &card["reason"]), (&json!(["attendance.*"]), &json!("每月核算工资")));
    assert!(card["clauses"].as_array().is_some_and(|c| !c.is_empty()), "{card}");
    assert_eq!(card["on_no"]["code"], "instruction.refused");
    assert_eq!(
        (&card["on_silence"]["code"], &card["on_silence"]["with"]["at"]),
        (&json!("request.lapses"), &card["expires_at"])
    );
    assert_eq!(card["can"]["decide"]["allowed"], true);
    // The author sees it among what they wait for, and cannot say yes.
    assert_eq!(tab(&security, "open"), [] as [Value; 0]);
    let waiting = tab(&security, "waiting");
    let own = only(&waiting);
    assert_eq!(own["id"], card["id"]);
    assert_eq!((&own["can"]["decide"]["allowed"], &own["waiting_for"]), (&json!(false), &card["waiting_for"]));
    // The clock goes by working days: a weekend costs none.
    let left = card["working_days_left"].as_u64().expect("days");
    t.clock().reaches("2026-03-03T09:00:00+08:00");
    assert_eq!(only(&tab(&officer, "open"))["working_days_left"], left - 1);
    decides(&officer, "approve", &[id_of(card)]).ok();
    assert_eq!(tab(&officer, "open"), [] as [Value; 0]);
    let done = tab(&officer, "done");
    let done = only(&done);
    assert_eq!((&done["id"], &done["said"]["decision"]), (&card["id"], &json!("approve")));
    assert_eq!((&done["said"]["reason"], &done["said"]["state"]), (&json!("已核对"), &json!("in_force")));
    let counts = officer.gets("/inbox").ok()["counts"].clone();
    assert_eq!((&counts["open"], &counts["waiting"], &counts["done"]), (&json!(0), &json!(0), &json!(1)));
});

scenario!(a_card_names_whom_it_permits_and_to_whom_copies_go, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (security, operator, officer) =
        (acme.member_with("security_admin"), acme.data_operator(), acme.privacy_officer());
    let (lin, zhao) = (acme.hires("林晓"), acme.hires("赵敏"));
    acme.holds("attendance.clock_in").about(&lin);
    let scope = json!({ "classes": ["hr.*"], "operations": ["read"], "members": [operator.membership] });
    let grant = json!({
        "kind": "exceptional", "purpose": "audit", "reason": "专项核查", "until": "2026-04-01T00:00:00Z", "scope": scope,
    });
    security.posts("/instructions", &grant).ok();
    let share = json!({
        "kind": "order", "action": "share", "purpose": "社保稽核", "reason": "来函", "executor": zhao.membership,
        "scope": { "classes": ["attendance.clock_in"], "subjects": [acme.member(&lin)["subject_id"]], "recipient": "社保经办机构" },
    });
    operator.posts("/instructions", &share).ok();
    let cards = tab(&officer, "open");
    let of = |action: &str| cards.iter().find(|c| c["action"] == action).expect("a card").clone();
    let facts = of("exceptional")["facts"].clone();
    assert_eq!((&facts["members"][0]["name"], &facts["members_in_all"]), (&json!(operator.name), &json!(1)));
    let facts = of("share")["facts"].clone();
    assert_eq!((&facts["recipient"], &facts["executor"]["name"]), (&json!("社保经办机构"), &json!(zhao.name)));
});

scenario!(whoever_asked_takes_the_request_back_and_nobody_else, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (security, officer) = (acme.member_with("security_admin"), acme.privacy_officer());
    let asked = asks(&security, "attendance.*", "payroll");
    let path = format!("/instructions/{}/withdraw", asked["id"].as_str().expect("an id"));
    let why = json!({ "reason": "不再需要" });
    officer.posts(&path, &why).is_refused("instructions.not-the-author");
    let waiting = tab(&security, "waiting");
    assert_eq!(only(&waiting)["can"]["withdraw"]["allowed"], true);
    security.posts(&path, &json!({})).is_status(422);
    assert_eq!(security.posts(&path, &why).ok()["state"], "revoked");
    assert_eq!((tab(&security, "waiting").len(), tab(&officer, "open").len()), (0, 0));
    // What waits no more is not taken back: it is revoked, by those who may.
    security.posts(&path, &why).is_refused("instructions.ended");
});

scenario!(a_departure_is_one_card_from_the_check_to_the_decision, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (hr, officer) = (acme.hr_admin(), acme.privacy_officer());
    let lin = with_a_destructive_departure(&acme, "林晓");
    t.settles();
    let cards = tab(&hr, "open");
    let check = only(&cards);
    assert_eq!((&check["kind"], &check["about"]["name"]), (&json!("departure"), &json!("林晓")));
    assert_eq!(check["facts"]["last_day"], "2026-03-31");
    assert_eq!((&check["holdings"], &check["can"]["submit"]["allowed"]), (&json!(2), &json!(true)));
    assert_eq!(check["on_silence"]["code"], "departure.access-ends-and-nothing-is-done");
    assert_eq!(check["working_days_left"], 21);
    assert_eq!(tab(&officer, "open"), [] as [Value; 0]);
    let departure = acme.departure_of(&lin);
    departure.submitted_by(&hr).ok();
    let waiting = tab(&hr, "waiting");
    assert_eq!(only(&waiting)["about"]["staff_number"], lin.staff_number.as_str());
    let cards = tab(&officer, "open");
    let card = only(&cards);
    assert_eq!(card["id"], format!("departure:{}", departure.id));
    assert_eq!((&card["kind"], &card["asked_by"]["name"]), (&json!("approval"), &json!(hr.name)));
    assert_eq!((&card["sensitive"], &card["people"]), (&json!(true), &json!(1)));
    assert_eq!(card["on_no"]["code"], "departure.plan-returns");
    let classes: Vec<_> = card["classes"].as_array().expect("classes").iter().filter_map(Value::as_str).collect();
    assert!(classes.iter().all(|c| c.starts_with("biometric.")), "{classes:?}");
    decides(&officer, "approve", &[id_of(card)]).ok();
    assert_ne!(departure.state(), "submitted");
    let done = tab(&officer, "done");
    assert_eq!(only(&done)["object"], json!({ "kind": "departure", "id": departure.id }));
    assert_eq!(tab(&hr, "waiting"), [] as [Value; 0]);
});

scenario!(a_refused_plan_comes_back_to_whoever_checks_it, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (hr, officer) = (acme.hr_admin(), acme.privacy_officer());
    let lin = with_a_destructive_departure(&acme, "林晓");
    t.settles();
    acme.departure_of(&lin).submitted_by(&hr).ok();
    decides(&officer, "refuse", &[id_of(only(&tab(&officer, "open")))]).ok();
    t.settles();
    let cards = tab(&hr, "open");
    assert_eq!((&only(&cards)["kind"], &cards[0]["can"]["submit"]["allowed"]), (&json!("departure"), &json!(true)));
    assert_eq!(only(&tab(&officer, "done"))["said"]["decision"], "refuse");
});

scenario!(a_message_that_waits_is_in_the_list_until_it_is_settled, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let hr = acme.hr_admin();
    acme.hr_system().says_leaving("X9999", "2026-03-31").ok();
    t.settles();
    let cards = tab(&hr, "open");
    let card = only(&cards);
    assert_eq!((&card["kind"], &card["action"]), (&json!("message"), &json!("message.waiting")));
    assert_eq!(
        (&card["can"]["replay"]["allowed"], &card["on_silence"]["code"]),
        (&json!(true), &json!("raised.stays"))
    );
    decides(&hr, "approve", &[id_of(card)]).is_status(403);
    let raised = id_of(card).strip_prefix("attention:").expect("an attention's");
    hr.posts(&format!("/attention/{raised}/resolve"), &json!({ "note": "测试消息" })).ok();
    assert_eq!(tab(&hr, "open"), [] as [Value; 0]);
    assert_eq!(only(&tab(&hr, "done"))["said"]["reason"], "测试消息");
});

scenario!(alike_cards_are_decided_together_and_all_or_none, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (security, officer) = (acme.member_with("security_admin"), acme.privacy_officer());
    let ordinary = ["hr.landline", "hr.position", "hr.department"];
    for class in ordinary {
        asks(&security, class, "payroll");
    }
    asks(&security, "hr.mobile_phone", "payroll");
    asks(&security, "hr.landline", "planning");
    let cards = tab(&officer, "open");
    assert_eq!(cards.len(), 5, "{cards:#?}");
    let of = |class: &str, purpose: &str| {
        let fits = |c: &&Value| c["purpose"] == purpose && c["classes"] == json!([class]);
        id_of(cards.iter().find(fits).expect("a card")).to_owned()
    };
    let [one, two, three] = ordinary.map(|class| of(class, "payroll"));
    let (sensitive, elsewhere) = (of("hr.mobile_phone", "payroll"), of("hr.landline", "planning"));
    let differ = decides(&officer, "approve", &[&one, &sensitive]).is_refused("inbox.not-alike");
    let alike = |at: usize| &differ["cards"][at]["alike"];
    assert_ne!(alike(0)["sensitive"], alike(1)["sensitive"]);
    assert_eq!((&alike(0)["kind"], &alike(0)["purposes"]), (&json!("instruction"), &json!(["payroll"])));
    // Another reason is another decision, whatever the risk.
    decides(&officer, "approve", &[&one, &elsewhere]).is_refused("inbox.not-alike");
    decides(&officer, "approve", &[&elsewhere]).ok();
    decides(&officer, "approve", &[&three]).ok();
    let named = decides(&officer, "approve", &[&one, &two, &three]).is_refused("inbox.not-all");
    assert_eq!(only(named["cards"].as_array().expect("cards"))["id"], three.as_str());
    assert_eq!(tab(&officer, "open").len(), 3, "nothing was decided");
    decides(&officer, "approve", &[&one, &two]).ok();
    assert_eq!(only(&tab(&officer, "open"))["id"], sensitive.as_str());
    decides(&officer, "approve", &[]).is_refused("inbox.count");
    decides(&officer, "approve", &["instruction:nonsense"]).is_refused("inbox.no-decision");
    let nowhere = "instruction:01890a5d-ac96-774b-bcce-b302099a8057";
    decides(&officer, "approve", &[nowhere]).is_status(404);
    let without = json!({ "cards": [sensitive], "decision": "refuse" });
    officer.posts("/inbox/decide", &without).is_status(422);
    decides(&security, "approve", &[&sensitive]).is_refused("inbox.not-all");
});

scenario!(a_long_list_comes_in_pages_without_gap_or_repeat, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (security, officer) = (acme.member_with("security_admin"), acme.privacy_officer());
    for purpose in ["a", "b", "c", "d", "e"] {
        asks(&security, "attendance.*", purpose);
    }
    for name in ["林晓", "赵敏"] {
        let leaver = with_a_destructive_departure(&acme, name);
        t.settles();
        acme.departure_of(&leaver).submitted_by(&acme.hr_admin()).ok();
    }
    let whole: Vec<_> = tab(&officer, "open").iter().map(|c| c["id"].clone()).collect();
    assert_eq!(whole.len(), 7);
    let (mut ids, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = officer.gets(&format!("/inbox?limit=2{cursor}")).ok();
        assert_eq!(page["counts"].is_null(), pages > 0);
        ids.extend(page["items"].as_array().expect("items").iter().map(|c| c["id"].clone()));
        pages += 1;
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!((ids, pages), (whole, 4));
});

scenario!(a_page_that_is_left_open_leaves_one_record_a_minute, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let browser = acme.browser_of(&lin);
    for _ in 0..3 {
        let page = browser.get("/inbox").ok();
        assert_eq!(page["items"], json!([]));
        t.clock().passes(TimeDelta::seconds(5));
    }
    assert_eq!(acme.auditor().records("act=inbox.read").len(), 1);
    t.clock().passes(TimeDelta::seconds(60));
    browser.get("/inbox").ok();
    assert_eq!(acme.auditor().records("act=inbox.read").len(), 2);
});

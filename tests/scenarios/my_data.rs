//! People and their own data: what is whose and why, who used it, contests, consent, a copy; and what is left of it after
//! leaving, for those who have left.

use scenarios::http::{Answer, Caller};
use scenarios::{Organisation, Person, Tenure, scenario};
use serde_json::{Value, json};

/// What lies in the vault and is the person's own.
fn own(acme: &Organisation, person: &Person) {
    acme.holds("work.education_history").with("source", "person").with("capacity", "private").about(person);
}

fn group(who: &Caller, class: &str) -> Value {
    let data = who.get("/my/data").ok();
    let groups = data["groups"].as_array().expect("groups").clone();
    groups.into_iter().find(|g| g["class"]["key"] == class).unwrap_or_else(|| panic!("no {class} in {data:#}"))
}

fn has_group(who: &Caller, class: &str) -> bool {
    let data = who.get("/my/data").ok();
    data["groups"].as_array().expect("groups").iter().any(|g| g["class"]["key"] == class)
}

fn leaves(t: &Tenure, acme: &Organisation, person: &Person) {
    acme.hr_system().says_leaving(person, "2026-03-31").ok();
    t.settles();
    acme.departure_of(person).is_agreed();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
}

/// Signs in where the membership has ended.
fn comes_back(acme: &Organisation, person: &Person) -> Answer {
    let body = json!({
        "identifier": person.email, "password": scenarios::person::PASSWORD, "tenant": acme.slug(), "own_data": true,
    });
    acme.anonymous().post("/auth/sign-in", &body)
}

fn as_leaver(acme: &Organisation, person: &Person) -> Caller {
    let tokens = comes_back(acme, person).ok();
    assert_eq!(tokens["reach"], "own_data");
    acme.anonymous().bearing(tokens["access_token"].as_str().expect("a token"))
}

fn contests(who: &Caller, class: &str, reason: &str) -> Answer {
    who.post("/my/contests", &json!({ "class": class, "reason": reason }))
}

fn answers(who: &Person, contest: &Value, upheld: bool, reason: &str) -> Answer {
    let path = format!("/contests/{}/decide", contest["id"].as_str().expect("an id"));
    who.posts(&path, &json!({ "upheld": upheld, "reason": reason }))
}

scenario!(an_employee_sees_whose_their_data_is_why_and_until_when, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    acme.holds("hr.salary_bank_account").about(&lin);
    let mailbox = acme.keeps("mail/lin", "mail.message").items(1_200).about(&lin);
    own(&acme, &lin);
    acme.holds("hr.id_card").about(&chen);

    let me = lin.caller();
    let salary = group(&me, "hr.salary_bank_account");
    assert_eq!((&salary["controller"], &salary["holdings"]), (&json!("organisation"), &json!(1)));
    let says = |g: &Value, member: &str| g["why"][member].as_str().is_some_and(|text| !text.is_empty());
    assert!(says(&salary, "zh") && says(&salary, "en") && salary["why"]["clauses"] != json!([]), "{salary:#}");
    assert_eq!((&salary["keeping"]["from"], &salary["keeping"]["until"]), (&json!("departure"), &Value::Null));
    assert_eq!(salary["class"]["sensitive"], true);
    assert_eq!(salary["can"]["contest"]["allowed"], true);
    let mail = group(&me, "mail.message");
    assert_eq!((&mail["items"], &mail["kept_at"]), (&json!(1_200), &json!(["邮件与网盘"])));
    let mine = group(&me, "work.education_history");
    assert_eq!(
        (&mine["controller"], &mine["can"]["contest"]["why"]),
        (&json!("person"), &json!("contests.nothing-to-contest"))
    );
    assert!(!has_group(&me, "hr.id_card"), "a colleague's data is not mine");
    let cited = me.get("/my/data").ok()["cited"].clone();
    assert!(cited.as_array().is_some_and(|c| c.iter().all(|c| c["title_zh"] != "")), "{cited:#}");

    let page = me.get("/my/data/holdings?class=mail.message&limit=1").ok();
    assert_eq!(page["items"][0]["id"], mailbox.view()["sides"][0]["holding_id"]);
    me.get("/my/data/holdings?class=mail.message&cursor=nonsense").is_refused("request.cursor");
    assert_eq!(me.get("/my/data/holdings?class=hr.id_card").items(), [] as [Value; 0]);
    acme.as_connector().get("/my/data").is_refused("session.none");
    acme.auditor().verifies_offline();
});

scenario!(a_person_learns_who_used_their_data_for_what_and_under_which_instruction, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let month = acme.holds("attendance.clock_in").about(&lin);
    let asked = json!({
        "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
        "scope": { "classes": ["attendance.*"], "operations": ["read"], "roles": ["data_operator"] },
    });
    let instruction = acme.member_with("security_admin").posts("/instructions", &asked).ok();
    let id = instruction["id"].as_str().expect("an id").to_owned();
    acme.privacy_officer().posts(&format!("/instructions/{id}/approve"), &json!({ "reason": "已核对" })).ok();
    let holding = month.view()["sides"][0]["holding_id"].as_str().expect("an id").to_owned();
    acme.data_operator().gets(&format!("/holdings/{holding}/content?purpose=payroll")).is_status(200);
    lin.gets(&format!("/holdings/{holding}/content?purpose=self")).is_status(200);

    let seen = lin.gets("/my/accesses").items();
    assert_eq!(seen.len(), 1, "what I did myself is not in it: {seen:#?}");
    let one = &seen[0];
    assert_eq!((&one["what"], &one["purpose"]), (&json!("read"), &json!("payroll")));
    assert_eq!(
        (&one["by"]["name"], &one["by"]["roles"][0]["key"]),
        (&json!("担任data_operator"), &json!("data_operator"))
    );
    assert_eq!((&one["instruction"]["id"], &one["class"]["key"]), (&json!(id), &json!("attendance.clock_in")));

    let notice = lin.gets("/my/notice").ok();
    assert_eq!((&notice["controller"], &notice["purposes"][0]["purpose"]), (&json!("远山科技"), &json!("payroll")));
    assert_eq!(notice["contact"]["version"], 0);
    let contact = json!({ "contact": "privacy@example.com", "authority": "市网信办 12377" });
    let officer = acme.privacy_officer().caller();
    let put = |who: &Caller, etag: &str| who.patch("/notice/contact", etag, &contact);
    put(&lin.caller(), "\"0\"").is_refused("power.missing");
    put(&officer, "\"0\"").ok();
    put(&officer, "\"0\"").is_refused("notice.stale");
    assert_eq!(lin.gets("/my/notice").ok()["contact"]["contact"], "privacy@example.com");
    acme.auditor().verifies_offline();
});

scenario!(one_entry_is_contested_by_itself_and_the_others_of_its_kind_stay, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let officer = acme.privacy_officer();
    acme.holds("hr.id_card").about(&lin);
    acme.holds("hr.id_card").about(&lin);
    own(&acme, &lin);
    let me = lin.caller();
    let entries = || me.get("/my/data/holdings?class=hr.id_card&controller=organisation").items();
    let [one, other] = <[Value; 2]>::try_from(entries()).expect("two");
    assert_eq!((&one["can"]["contest"]["allowed"], &one["contest"]), (&json!(true), &Value::Null));
    let asked = json!({ "class": "hr.id_card", "holding_id": one["id"], "reason": "这一份是我自己存的" });
    let contest = me.post("/my/contests", &asked).ok();
    me.post("/my/contests", &asked).is_refused("contests.open-already");
    let contested = entries().into_iter().find(|e| e["id"] == one["id"]).expect("it is there");
    assert_eq!(
        (&contested["contest"], &contested["can"]["contest"]["why"]),
        (&contest["id"], &json!("contests.open-already"))
    );
    assert_eq!(group(&me, "hr.id_card")["can"]["contest"]["allowed"], true, "the kind as a whole is another matter");
    answers(&officer, &contest, true, "确系本人存放").ok();
    t.settles();
    let left: Vec<Value> = entries().into_iter().map(|e| e["id"].clone()).collect();
    assert_eq!(left, [other["id"].clone()]);
    assert_eq!(me.get("/my/data").ok()["following"], false);
});

scenario!(a_contest_is_answered_with_a_reason_and_never_by_the_one_who_made_it, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
    let card = acme.holds("hr.id_card").about(&lin);
    let salary = acme.holds("hr.salary_bank_account").about(&lin);
    let of_chen = acme.holds("hr.id_card").about(&chen);
    let officer = acme.privacy_officer();
    let officers_own = acme.holds("hr.id_card").about(&officer);
    own(&acme, &lin);
    let me = lin.caller();

    contests(&me, "hr.id_card", "  ").is_refused("contests.reason");
    contests(&me, "work.education_history", "本来就是我的").is_refused("contests.nothing-to-contest");
    contests(&me, "no.such-class", "没有").is_refused("contests.nothing-to-contest");
    let foreign = of_chen.view()["sides"][0]["holding_id"].clone();
    let forged = json!({ "class": "hr.id_card", "holding_id": foreign, "reason": "不是我的" });
    me.post("/my/contests", &forged).is_refused("contests.nothing-to-contest");
    let contest = contests(&me, "hr.id_card", "入职时以个人名义提交").ok();
    assert_eq!((&contest["state"], &contest["due_on"]), (&json!("open"), &json!("2026-03-17")));
    contests(&me, "hr.id_card", "再说一次").is_refused("contests.open-already");
    assert_eq!(group(&me, "hr.id_card")["can"]["contest"]["why"], "contests.open-already");
    let raised = officer.gets("/attention").items();
    assert!(raised.iter().any(|a| a["object_kind"] == "contest" && a["object_id"] == contest["id"]), "{raised:#?}");
    let cards = officer.gets("/inbox").items();
    assert!(cards.iter().any(|c| c["object"]["id"] == contest["id"]), "{cards:#?}");

    lin.gets("/contests").is_refused("power.missing");
    answers(&lin, &contest, true, "我说了算").is_refused("power.missing");
    answers(&officer, &contest, true, " ").is_refused("contests.reason");
    let listed = officer.gets("/contests?state=open").items();
    assert_eq!((&listed[0]["by"]["name"], &listed[0]["would_move"]), (&json!("林晓"), &json!(1)));
    assert_eq!(listed[0]["reason"], "入职时以个人名义提交");
    let upheld = answers(&officer, &contest, true, "确系本人自愿提交, 非组织收集").ok();
    assert_eq!(upheld["state"], "upheld");
    t.settles();
    assert_eq!(card.side("controller"), "person");
    assert_eq!(of_chen.side("controller"), "organisation", "another's is ruled as it was");
    let told = me.get("/my/contests").items();
    assert_eq!((&told[0]["state"], &told[0]["answer"]), (&json!("upheld"), &json!("确系本人自愿提交, 非组织收集")));
    assert_eq!(group(&me, "hr.id_card")["settled_by"], "privacy_officer");
    answers(&officer, &contest, false, "改主意了").is_refused("contests.decided");
    assert!(
        officer
            .gets("/attention")
            .items()
            .iter()
            .all(|a| a["object_id"] != contest["id"] || !a["resolved_at"].is_null())
    );

    let second = contests(&me, "hr.salary_bank_account", "这是我的银行卡").ok();
    answers(&officer, &second, false, "工资支付记录依法由组织留存").ok();
    t.settles();
    assert_eq!(salary.side("controller"), "organisation");
    let told = me.get("/my/contests").items();
    assert_eq!((&told[0]["state"], &told[0]["answer"]), (&json!("rejected"), &json!("工资支付记录依法由组织留存")));

    let of_officer = contests(&officer.caller(), "hr.id_card", "我的也是").ok();
    answers(&officer, &of_officer, true, "当然").is_refused("contests.own");
    assert_eq!(officer.gets("/contests?state=open").items()[0]["can"]["decide"]["why"], "contests.own");
    let another = acme.hires("孙宁");
    acme.appoints(&another, "privacy_officer").ok();
    answers(&another, &of_officer, true, "同前例").ok();
    t.settles();
    assert_eq!(officers_own.side("controller"), "person");
    acme.auditor().verifies_offline();
});

scenario!(
    what_the_documents_left_open_is_settled_anew_by_an_upheld_contest_and_later_facts_change_no_upheld_ruling,
    |t| {
        let acme = t.organisation("远山科技").pack("dingtalk");
        let (lin, chen) = (acme.hires("林晓"), acme.hires("陈立"));
        let voice = |locator: &str, who: &Person| {
            acme.keeps(locator, "im.voice_message").with("account", "personal").about(who)
        };
        let (of_lin, of_chen) = (voice("voice/1", &lin), voice("voice/2", &chen));
        let officer = acme.privacy_officer();
        let open = officer.gets("/rulings/unsettled?state=open").items();
        let question = open.iter().find(|q| q["class"] == "im.voice_message").expect("a question");
        let settle = format!("/rulings/unsettled/{}/settle", question["id"].as_str().expect("an id"));
        officer.posts(&settle, &json!({ "controller": "organisation", "reason": "工作语音" })).ok();
        t.settles();
        assert_eq!(of_lin.side("controller"), "organisation");
        let contest = contests(&lin.caller(), "im.voice_message", "是和家人的语音").ok();
        assert_eq!(officer.gets("/contests").items()[0]["would_settle"], 2);
        answers(&officer, &contest, true, "并非工作语音").ok();
        t.settles();
        assert_eq!((of_lin.side("controller"), of_chen.side("controller")), ("person".into(), "person".into()));

        let mail = acme.keeps("mail/lin", "mail.message").about(&lin);
        assert_eq!(mail.side("controller"), "organisation");
        let contest = contests(&lin.caller(), "mail.message", "私人邮箱误接入").ok();
        answers(&officer, &contest, true, "确系私人邮箱").ok();
        t.settles();
        assert_eq!(mail.side("controller"), "person");
        let admin = acme.first_admin().caller();
        let etag = admin.get("/organisation").etag();
        admin.patch("/organisation", &etag, &json!({ "pack": "coremail" })).ok();
        t.settles();
        assert_eq!(mail.side("controller"), "person", "another pack leaves what the privacy officer found");
    }
);

scenario!(a_consent_is_given_and_withdrawn_from_now_on, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let chat = acme
        .keeps("chat/1", "im.colleague_direct_chat")
        .with("account", "personal")
        .with("conversation", "direct_colleague")
        .items(40)
        .about(&lin);
    let me = lin.caller();
    let consents = |who: &Caller| who.get("/my/data").ok()["consents"].as_array().expect("consents").clone();
    let possible = consents(&me);
    assert_eq!((&possible[0]["consent"], &possible[0]["holdings"]), (&Value::Null, &json!(1)), "{possible:#?}");
    assert_eq!((&possible[0]["give"]["allowed"], &possible[0]["withdraw"]["allowed"]), (&json!(true), &json!(false)));
    let given = me.post("/me/consents", &json!({ "class_pattern": possible[0]["class_pattern"] })).ok();
    t.settles();
    assert_eq!(chat.side("controller"), "organisation");
    let in_force = consents(&me);
    assert_eq!((&in_force[0]["consent"], &in_force[0]["items"]), (&given["id"], &json!(40)), "{in_force:#?}");
    me.post(&format!("/me/consents/{}/withdraw", given["id"].as_str().expect("an id")), &json!({})).ok();
    t.settles();
    assert_eq!(chat.side("controller"), "person");
    assert_eq!(consents(&me)[0]["give"]["allowed"], true);
});

scenario!(somebody_who_has_left_reaches_their_own_data_and_nothing_else, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (chen, lin) = (acme.hires("陈立"), acme.hires("林晓"));
    acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "manager": chen.staff_number })).ok();
    acme.holds("hr.salary_bank_account").about(&lin);
    acme.holds("biometric.fingerprint_features").about(&lin);
    acme.keeps("mail/lin", "mail.message").items(1_200).about(&lin);
    let admin = acme.first_admin().caller();
    let etag = admin.get("/organisation").etag();
    admin.patch("/organisation", &etag, &json!({ "features": ["dedicated_security"] })).ok();
    t.clock().reaches("2026-03-10T09:00+08:00");
    t.settles();
    let line = json!({
        "locator": "chat/hidden", "class": "im.colleague_direct_chat", "subjects": [lin.staff_number, chen.staff_number],
        "items": 77, "bytes": 900, "occurred_at": "2026-03-09T02:00:00Z", "last_at": "2026-03-09T02:00:00Z",
        "facts": {
            "account": "personal", "capacity": "member", "membership": "employed", "source": "produced",
            "conversation": "direct_colleague", "service": { "name": "im", "opened_by": "organisation" },
        },
    });
    assert_eq!(acme.registers(&format!("{line}\n")).ok()["rejected"], json!([]));
    own(&acme, &lin);
    assert!(has_group(&lin.caller(), "im.colleague_direct_chat"), "while she works there she sees that it is there");
    comes_back(&acme, &chen).ok();
    let as_member = comes_back(&acme, &lin).ok();
    assert_eq!(as_member["reach"], "member", "who works there signs in to work");
    leaves(t, &acme, &lin);

    lin.signs_in().is_refused("membership.ended");
    let me = as_leaver(&acme, &lin);
    for closed in [
        "/me",
        "/members",
        "/holdings",
        "/records",
        "/inbox",
        "/packs/current",
        "/departures",
        "/attention",
        "/roles",
        "/clauses/gbt35273-7.1-b",
        "/instructions",
        "/contests",
        "/notice/contact",
        "/organisation",
        "/ledger/checkpoint",
    ] {
        me.get(closed).is_refused("membership.ended");
    }
    me.post("/me/consents", &json!({ "class_pattern": "im.*" })).is_refused("membership.ended");
    let grant = json!({
        "kind": "standing", "purpose": "payroll", "reason": "想看看",
        "scope": { "classes": ["hr.*"], "operations": ["read"], "roles": ["employee"] },
    });
    me.post("/instructions", &grant).is_refused("membership.ended");

    let data = me.get("/my/data").ok();
    assert_eq!(data["has_left"], true);
    assert!(!data.to_string().contains("im.colleague_direct_chat"), "nothing of what is hidden: {data:#}");
    assert!(data["hidden"].as_array().is_some_and(|h| !h.is_empty()), "but that a rule hides something");
    assert_eq!(me.get("/my/data/holdings?class=im.colleague_direct_chat").items(), [] as [Value; 0]);
    let kept = group(&me, "hr.salary_bank_account");
    assert_eq!((&kept["retain_until"], &kept["states"]["retained"]), (&json!("2028-03-31"), &json!(1)));
    assert_eq!(kept["keeping"]["until"], "2028-03-31");

    let left = me.get("/my/departures").ok();
    let lines = left["items"][0]["lines"].as_array().expect("lines").clone();
    let becomes = |class: &str| {
        lines.iter().find(|l| l["class"]["key"] == class).map_or(Value::Null, |l| l["disposition"].clone())
    };
    assert_eq!(becomes("hr.salary_bank_account"), "retain");
    assert_eq!(becomes("mail.message"), "hand_over");
    assert_eq!(becomes("biometric.fingerprint_features"), "delete");
    assert_eq!(becomes("work.education_history"), "release");
    assert_eq!(becomes("im.colleague_direct_chat"), Value::Null);
    for told in [&left, &data, &me.get("/my/accesses").ok(), &me.get("/my/notice").ok()] {
        let text = told.to_string();
        assert!(!text.contains("陈立") && !text.contains(&chen.membership), "nobody else is named: {text}");
    }

    let archive = me.get("/my/download");
    assert_eq!(archive.header("content-type"), Some("application/zip"));
    assert!(archive.bytes.starts_with(b"PK\x03\x04"));
    let holds = |word: &str| archive.bytes.windows(word.len()).any(|w| w == word.as_bytes());
    assert!(holds(scenarios::holdings::CONTENT) && holds("work.education_history/"), "what is hers is in it");
    assert!(!holds("hr.salary_bank_account"), "what is the organisation's is not");
    let records = acme.auditor().records("act=self.download");
    assert_eq!(records[0]["instruction"], "subject", "{records:#?}");

    let contest = contests(&me, "hr.salary_bank_account", "请一并归还").ok();
    answers(&acme.privacy_officer(), &contest, false, "依法留存两年").ok();
    assert_eq!(me.get("/my/contests").items()[0]["answer"], "依法留存两年");
    acme.auditor().verifies_offline();
});

scenario!(an_enterprise_account_opens_nothing_after_leaving_and_a_return_ends_such_a_session, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let issued = acme.hires_with("赵敏", json!({ "account": "enterprise" }));
    let lin = acme.hires("林晓");
    acme.holds("hr.salary_bank_account").about(&issued);
    acme.holds("hr.salary_bank_account").about(&lin);
    acme.hr_system().says_leaving(&issued, "2026-03-31").ok();
    t.settles();
    acme.departure_of(&issued).is_agreed();
    leaves(t, &acme, &lin);
    let refused = comes_back(&acme, &issued);
    assert!(["membership.ended", "sign-in.refused"].contains(&refused.json()["code"].as_str().unwrap_or_default()));

    let session = comes_back(&acme, &lin).ok();
    let refresh = json!({ "refresh_token": session["refresh_token"] });
    let next = acme.anonymous().post("/auth/refresh", &refresh).ok();
    assert_eq!(next["reach"], "own_data");
    let joined = json!({
        "staff_number": lin.staff_number, "name": lin.name, "email": lin.email, "account": "personal",
        "first_day": "2026-04-03",
    });
    acme.hr_system().says_joined(joined).ok();
    t.clock().reaches("2026-04-03T09:00+08:00");
    t.settles();
    let again = acme.anonymous().post("/auth/refresh", &json!({ "refresh_token": next["refresh_token"] }));
    again.is_refused("session.ended");
    assert_eq!(comes_back(&acme, &lin).ok()["reach"], "member");
});

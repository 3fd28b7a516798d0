//! No instruction, no processing.

use chrono::TimeDelta;
use scenarios::holdings::CONTENT;
use scenarios::http::Answer;
use scenarios::{Organisation, Person, Tenure, scenario};
use serde_json::{Value, json};

/// 常设指令: data operators may read attendance for payroll.
fn standing(author: &Person) -> Value {
    let asked = json!({
        "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
        "scope": { "classes": ["attendance.*"], "operations": ["read"], "roles": ["data_operator"] },
    });
    author.posts("/instructions", &asked).ok()
}

fn says(who: &Person, word: &str, instruction: &Value) -> Answer {
    let id = instruction["id"].as_str().expect("an id");
    who.posts(&format!("/instructions/{id}/{word}"), &json!({ "reason": "已核对" }))
}

fn reads(who: &Person, holding: &str, purpose: &str) -> Answer {
    who.gets(&format!("/holdings/{holding}/content?purpose={purpose}"))
}

fn attendance(t: &Tenure) -> (Organisation, String) {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let clock_in = acme.holds("attendance.clock_in").about(&lin);
    (acme, clock_in.id)
}

scenario!(nothing_is_read_without_an_instruction_in_force_and_each_permit_names_it, |t| {
    let (acme, clock_in) = attendance(t);
    let operator = acme.data_operator();
    reads(&operator, &clock_in, "payroll").is_refused("decision.no-instruction");
    let instruction = standing(&acme.member_with("security_admin"));
    assert_eq!(instruction["state"], "pending");
    reads(&operator, &clock_in, "payroll").is_refused("decision.no-instruction");
    says(&acme.privacy_officer(), "approve", &instruction).ok();
    assert_eq!(reads(&operator, &clock_in, "payroll").is_status(200).body, CONTENT);
    reads(&operator, &clock_in, "curiosity").is_refused("decision.other-purpose");
    let permitted: Vec<Value> =
        acme.auditor().verifies_offline().into_iter().filter(|r| r["outcome"] == "permitted").collect();
    let read = permitted.iter().find(|r| r["object"]["id"] == clock_in.as_str()).expect("a record of the permit");
    assert_eq!(read["instruction"], instruction["id"]);
});

scenario!(a_revoked_instruction_permits_nothing_from_then_on, |t| {
    let (acme, clock_in) = attendance(t);
    let operator = acme.data_operator();
    let instruction = standing(&acme.member_with("security_admin"));
    says(&acme.privacy_officer(), "approve", &instruction).ok();
    reads(&operator, &clock_in, "payroll").is_status(200);
    says(&acme.privacy_officer(), "revoke", &instruction).ok();
    reads(&operator, &clock_in, "payroll").is_refused("decision.no-instruction");
});

scenario!(nobody_approves_their_own_instruction, |t| {
    let (acme, _) = attendance(t);
    let officer = acme.privacy_officer();
    let instruction = standing(&officer);
    says(&officer, "approve", &instruction).is_refused("instructions.own-request");
});

scenario!(where_nobody_could_approve_it_waits_and_says_so, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let instruction = standing(&acme.member_with("security_admin"));
    assert_eq!(instruction["state"], "pending");
    assert_eq!(instruction["nobody_available"], json!(["privacy_officer"]));
    let lin = acme.hires("林晓");
    acme.appoints(&lin, "privacy_officer").ok();
    says(&lin, "approve", &instruction).ok();
});

scenario!(silence_never_means_yes, |t| {
    let (acme, clock_in) = attendance(t);
    let instruction = standing(&acme.member_with("security_admin"));
    t.clock().passes(TimeDelta::days(30));
    t.settles();
    let officer = acme.privacy_officer();
    let now = officer.gets(&format!("/instructions/{}", instruction["id"].as_str().expect("an id"))).ok();
    assert_eq!(now["state"], "expired");
    assert!((400..500).contains(&says(&officer, "approve", &instruction).status));
    reads(&acme.data_operator(), &clock_in, "payroll").is_refused("decision.no-instruction");
});

scenario!(a_grant_beyond_the_role_names_people_has_an_end_and_ends, |t| {
    let (acme, clock_in) = attendance(t);
    let (hr, zhao) = (acme.hr_admin(), acme.hires("赵敏"));
    let asked = |until: Option<&str>| {
        json!({
            "kind": "exceptional", "purpose": "audit", "reason": "一次性核查", "until": until,
            "scope": { "classes": ["attendance.clock_in"], "operations": ["read"], "members": [zhao.membership] },
        })
    };
    hr.posts("/instructions", &asked(None)).is_refused("instructions.scope");
    hr.posts("/instructions", &asked(Some("2026-06-01T00:00:00Z"))).is_refused("instructions.scope");
    let instruction = hr.posts("/instructions", &asked(Some("2026-03-09T00:00:00Z"))).ok();
    says(&acme.privacy_officer(), "approve", &instruction).ok();
    reads(&zhao, &clock_in, "audit").is_status(200);
    t.clock().reaches("2026-03-09T09:00+08:00");
    reads(&zhao, &clock_in, "audit").is_refused("decision.no-instruction");
});

scenario!(one_persons_yes_counts_once, |t| {
    let (acme, _) = attendance(t);
    let instruction = standing(&acme.member_with("security_admin"));
    let officer = acme.privacy_officer();
    says(&officer, "approve", &instruction).ok();
    says(&officer, "approve", &instruction).is_refused("instructions.in-force-already");
    let now = officer.gets(&format!("/instructions/{}", instruction["id"].as_str().expect("an id"))).ok();
    assert_eq!(now["approvals"].as_array().map(Vec::len), Some(1), "{now:#}");
});

scenario!(a_refusal_needs_a_reason_and_ends_the_request, |t| {
    let (acme, clock_in) = attendance(t);
    let instruction = standing(&acme.member_with("security_admin"));
    let (officer, id) = (acme.privacy_officer(), instruction["id"].as_str().expect("an id"));
    officer.posts(&format!("/instructions/{id}/refuse"), &json!({})).is_refused("instructions.invalid");
    says(&officer, "refuse", &instruction).ok();
    says(&officer, "approve", &instruction).is_refused("instructions.refused-already");
    reads(&acme.data_operator(), &clock_in, "payroll").is_refused("decision.no-instruction");
});

scenario!(an_idempotency_key_makes_one_instruction_of_two_requests, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let security = acme.member_with("security_admin").caller();
    let asked = |purpose: &str| {
        json!({
            "kind": "standing", "purpose": purpose, "reason": "每月核算工资",
            "scope": { "classes": ["attendance.*"], "operations": ["read"], "roles": ["data_operator"] },
        })
    };
    let first = security.post_again("/instructions", &asked("payroll"), "key-1").ok();
    let again = security.post_again("/instructions", &asked("payroll"), "key-1").ok();
    assert_eq!(first["id"], again["id"]);
    security.post_again("/instructions", &asked("audit"), "key-1").is_refused("request.idempotency-key-reused");
    assert_eq!(security.get("/instructions").items().len(), 1);
});

/// 超权限: one named person may read one named person's clock-ins for a week.
fn exceptional(author: &Person, who: &Person, about: &str) -> Value {
    let asked = json!({
        "kind": "exceptional", "purpose": "audit", "reason": "一次性核查", "until": "2026-03-05T00:00:00Z",
        "scope": {
            "classes": ["attendance.clock_in"], "operations": ["read"], "members": [who.membership], "subjects": [about],
        },
    });
    author.posts("/instructions", &asked).ok()
}

scenario!(a_grant_about_one_person_opens_nobody_elses_data, |t| {
    let (acme, clock_in) = attendance(t);
    let (chen, zhao) = (acme.hires("陈立"), acme.hires("赵敏"));
    let other = acme.holds("attendance.clock_in").about(&chen);
    let held = acme.hr_admin().gets(&format!("/holdings/{clock_in}")).ok();
    let lin = held["sides"][0]["subject_id"].as_str().expect("a subject");
    let instruction = exceptional(&acme.member_with("security_admin"), &zhao, lin);
    says(&acme.privacy_officer(), "approve", &instruction).ok();
    reads(&zhao, &clock_in, "audit").is_status(200);
    reads(&zhao, &other.id, "audit").is_refused("decision.no-instruction");
});

scenario!(whoever_gets_a_grant_does_not_approve_it, |t| {
    let (acme, clock_in) = attendance(t);
    let officer = acme.privacy_officer();
    let held = acme.hr_admin().gets(&format!("/holdings/{clock_in}")).ok();
    let lin = held["sides"][0]["subject_id"].as_str().expect("a subject");
    let instruction = exceptional(&acme.member_with("security_admin"), &officer, lin);
    says(&officer, "approve", &instruction).is_refused("instructions.executor");
});

scenario!(a_word_that_cannot_be_read_is_no_yes, |t| {
    let (acme, _) = attendance(t);
    let instruction = standing(&acme.member_with("security_admin"));
    let (officer, id) = (acme.privacy_officer().caller(), instruction["id"].as_str().expect("an id"));
    let json = [("Content-Type", "application/json")];
    officer
        .send("POST", &format!("/api/v1/instructions/{id}/approve"), &json, Some(b"{\"reasn\": "))
        .is_refused("request.unreadable");
    assert_eq!(officer.get(&format!("/instructions/{id}")).ok()["state"], "pending");
});

scenario!(an_instruction_says_how_often_it_was_used_and_by_whom_last, |t| {
    let (acme, clock_in) = attendance(t);
    let operator = acme.data_operator();
    let (security, officer) = (acme.member_with("security_admin"), acme.privacy_officer());
    let instruction = standing(&security);
    let used = || security.gets(&format!("/instructions/{}/use", instruction["id"].as_str().expect("an id"))).ok();
    assert_eq!((&used()["times"], &used()["permits"]), (&0.into(), &1.into()));
    says(&officer, "approve", &instruction).ok();
    assert_eq!(used()["times"], 0, "its own approval is no use of it");
    reads(&operator, &clock_in, "payroll").is_status(200);
    reads(&operator, &clock_in, "payroll").is_status(200);
    let after = used();
    assert_eq!(
        (&after["times"], &after["not_done"], &after["more"]),
        (&2.into(), &0.into(), &false.into()),
        "{after:#}"
    );
    assert_eq!(after["last"]["actor_id"], operator.membership.as_str());
    let listed = security.gets("/instructions").items();
    assert_eq!(listed[0]["used"]["last_by"]["staff_number"], operator.staff_number.as_str(), "{listed:#?}");
    let nobodys = "/instructions/0198f3a2-0000-7000-8000-000000000000/use";
    security.gets(nobodys).is_refused("instruction.not-found");
});

scenario!(what_ends_when_is_listed_for_a_calendar, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (security, zhao) = (acme.member_with("security_admin"), acme.hires("赵敏"));
    let lin = acme.member(&acme.hires("林晓"))["subject_id"].as_str().expect("a subject").to_owned();
    let pending = standing(&security);
    let granted = exceptional(&security, &zhao, &lin);
    says(&acme.privacy_officer(), "approve", &granted).ok();
    let endings = security.gets("/instructions/endings?since=2026-02-20T00:00:00Z&until=2026-04-10T00:00:00Z").ok();
    let found: Vec<(&Value, &Value)> =
        endings["items"].as_array().expect("items").iter().map(|e| (&e["id"], &e["ending"])).collect();
    assert!(found.contains(&(&pending["id"], &"lapses".into())), "{endings:#}");
    assert!(found.contains(&(&granted["id"], &"ends".into())), "{endings:#}");
    let later = "/instructions/endings?since=2026-06-01T00:00:00Z&until=2026-07-01T00:00:00Z";
    assert_eq!(security.gets(later).ok()["items"], json!([]));
    let wide = "/instructions/endings?since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z";
    security.gets(wide).is_refused("instructions.invalid");
});

scenario!(an_instruction_names_nobody_of_another_organisation, |t| {
    let (acme, _) = attendance(t);
    let other = t.organisation("近水科技").pack("dingtalk");
    let theirs = other.member(&other.hires("赵敏"));
    let (hr, officer) = (acme.hr_admin(), acme.privacy_officer());
    let asked = |scope: Value| {
        json!({
            "kind": "exceptional", "purpose": "audit", "reason": "一次性核查", "until": "2026-03-09T00:00:00Z",
            "scope": scope,
        })
    };
    let of = |member: &Value, subject: &Value| {
        asked(json!({
            "classes": ["attendance.clock_in"], "operations": ["read"], "members": [member], "subjects": [subject],
        }))
    };
    let own = acme.member(&officer);
    let wrong = hr.posts("/instructions", &of(&own["id"], &theirs["subject_id"])).is_refused("instructions.invalid");
    assert_eq!(wrong["pointer"], "/scope/subjects", "{wrong:#}");
    let wrong = hr.posts("/instructions", &of(&theirs["id"], &own["subject_id"])).is_refused("instructions.invalid");
    assert_eq!(wrong["pointer"], "/scope/members", "{wrong:#}");
    let hold = json!({ "subject_id": theirs["subject_id"], "reason": "(2026)京仲案字第0002号" });
    officer.posts("/holds", &hold).is_refused("holds.unknown-subject");
});

scenario!(no_role_approves_what_it_is_granted, |t| {
    let (acme, _) = attendance(t);
    let asked = |role: &str| {
        json!({
            "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
            "scope": { "classes": ["attendance.*"], "operations": ["read"], "roles": [role] },
        })
    };
    let security = acme.member_with("security_admin");
    security.posts("/instructions", &asked("privacy_officer")).is_refused("instructions.grants-approver");
    // Who holds the role that is granted, beside the one that approves, is who would read.
    let both = acme.hires("孙宁");
    acme.appoints(&both, "privacy_officer").ok();
    acme.appoints(&both, "hr_admin").ok();
    let instruction = security.posts("/instructions", &asked("hr_admin")).ok();
    says(&both, "approve", &instruction).is_refused("instructions.executor");
    says(&acme.privacy_officer(), "approve", &instruction).ok();
});

scenario!(a_scope_has_bounds_and_speaks_of_what_can_be_done, |t| {
    let (acme, _) = attendance(t);
    let author = acme.member_with("security_admin");
    let asks = |scope: Value| {
        let asked = json!({ "kind": "standing", "purpose": "payroll", "reason": "每月核算工资", "scope": scope });
        author.posts("/instructions", &asked)
    };
    let many = vec!["attendance.*"; 201];
    let pointer = |answer: Answer| answer.is_refused("instructions.invalid")["pointer"].clone();
    let all = asks(json!({ "classes": many, "operations": ["read"], "roles": ["data_operator"] }));
    assert_eq!(pointer(all), "/scope/classes");
    let unheard = asks(json!({ "classes": ["attendance.*"], "operations": ["fly"], "roles": ["data_operator"] }));
    assert_eq!(pointer(unheard), "/scope/operations");
});

scenario!(a_register_says_how_often_each_was_used_and_by_whom_last_however_many_records_there_are, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
    let (operator, app) = (acme.data_operator(), crate::access::application(&acme, "2026-12-01T00:00:00Z"));
    let busy = crate::access::permits(&acme, "data_operator", "attendance.*", "read");
    let idle = crate::access::permits(&acme, "hr_admin", "attendance.*", "read");
    let used = |i: &Value| {
        let listed = acme.hr_admin().gets("/instructions?kind=standing").items();
        listed.into_iter().find(|one| one["id"] == i["id"]).expect("it is listed")["used"].clone()
    };
    let ask = |times: usize| {
        let mut many = crate::access::question(&operator, "read", &clock_in);
        many["evaluations"] = vec![json!({}); times].into();
        crate::access::asks(&app, "evaluations", &many).ok();
    };
    assert_eq!(used(&busy)["times"], 0);
    ask(3);
    assert_eq!((&used(&busy)["times"], &used(&busy)["last_actor_kind"]), (&json!(3), &json!("api_key")));
    // Whole blocks of records and what is beyond: counted with their notes or when somebody looks, each once.
    ask(700);
    assert_eq!(used(&busy)["times"], 703);
    t.settles();
    assert_eq!(used(&busy)["times"], 703, "when they are noted nothing is counted twice");
    ask(1);
    assert_eq!((&used(&busy)["times"], &used(&busy)["more"]), (&json!(704), &json!(false)));
    assert_eq!(used(&idle)["times"], 0);
});

scenario!(whoever_appoints_keeps_keys_or_audits_is_given_no_data_by_any_way, |t| {
    let (acme, clock_in) = attendance(t);
    let (hr, officer) = (acme.hr_admin(), acme.privacy_officer());
    for role in ["primary_admin", "security_admin", "auditor"] {
        let kept = acme.member_with(role);
        let standing = json!({
            "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
            "scope": { "classes": ["attendance.*"], "operations": ["read"], "roles": [role] },
        });
        let refused = acme.data_operator().posts("/instructions", &standing).is_refused("instructions.kept-from-data");
        assert_eq!(refused["pointer"], "/scope/roles", "{refused:#}");
        let exceptional = json!({
            "kind": "exceptional", "purpose": "audit", "reason": "一次性核查", "until": "2026-03-09T00:00:00Z",
            "scope": { "classes": ["attendance.clock_in"], "operations": ["read"], "members": [kept.membership] },
        });
        hr.posts("/instructions", &exceptional).is_refused("instructions.kept-from-data");
        let lin = acme.hires("林晓");
        let case = json!({
            "kind": "complaint", "subject_id": acme.member(&lin)["subject_id"], "assignee": kept.membership,
            "matter": "投诉", "scope": { "classes": ["hr.*"], "operations": ["read"], "purpose": "complaint" },
        });
        officer.posts("/cases", &case).is_refused("instructions.kept-from-data");
    }
    // A grant that somebody has when they are appointed opens nothing any more.
    let sun = acme.hires("孙宁");
    let granted = json!({
        "kind": "exceptional", "purpose": "audit", "reason": "一次性核查", "until": "2026-03-09T00:00:00Z",
        "scope": { "classes": ["attendance.clock_in"], "operations": ["read"], "members": [sun.membership] },
    });
    says(&officer, "approve", &hr.posts("/instructions", &granted).ok()).ok();
    reads(&sun, &clock_in, "audit").is_status(200);
    acme.appoints(&sun, "auditor").ok();
    reads(&sun, &clock_in, "audit").is_refused("decision.kept-from-data");
});

scenario!(whoever_approved_an_instruction_does_not_execute_it_whatever_role_they_get, |t| {
    let (acme, clock_in) = attendance(t);
    let (security, officer) = (acme.member_with("security_admin"), acme.privacy_officer());
    let asked = json!({
        "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
        "scope": { "classes": ["attendance.*"], "operations": ["read"], "roles": ["hr_admin"] },
    });
    let first = security.posts("/instructions", &asked).ok();
    says(&officer, "approve", &first).ok();
    acme.appoints(&officer, "hr_admin").ok();
    reads(&acme.hr_admin(), &clock_in, "payroll").is_status(200);
    reads(&officer, &clock_in, "payroll").is_refused("decision.own-approval");
    // Another one's yes is another instruction.
    let second = security.posts("/instructions", &asked).ok();
    let other = acme.hires("吴凡");
    acme.appoints(&other, "privacy_officer").ok();
    says(&other, "approve", &second).ok();
    reads(&officer, &clock_in, "payroll").is_status(200);
});

scenario!(a_standing_instruction_is_for_roles_and_a_long_list_is_refused_before_it_is_read, |t| {
    let (acme, _) = attendance(t);
    let zhao = acme.hires("赵敏");
    let author = acme.member_with("security_admin");
    let asked = json!({
        "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
        "scope": { "classes": ["attendance.*"], "operations": ["read"], "members": [zhao.membership] },
    });
    author.posts("/instructions", &asked).is_refused("instructions.scope");
    let many: Vec<String> = (0..50_000).map(|n| format!("attendance.x{n}")).collect();
    let mut long = asked.clone();
    long["scope"] = json!({ "classes": many, "operations": ["read"], "roles": ["data_operator"] });
    let begun = std::time::Instant::now();
    author.posts("/instructions", &long).is_refused("instructions.invalid");
    // It took some ten seconds to match each with each, in the transaction that everybody waits for.
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
});

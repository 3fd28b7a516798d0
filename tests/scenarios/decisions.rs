//! Answers from memory: nothing that has changed is answered from it, on whatever node it was changed, and no answer is given
//! whose record could be lost.

use crate::access::{application, asks, is_no, is_yes, permits, question};
use chrono::TimeDelta;
use scenarios::crowd::Crowd;
use scenarios::http::Caller;
use scenarios::{Database, Organisation, Tenure, scenario};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const UNTIL: &str = "2026-12-01T00:00:00Z";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// How many questions the server has answered from memory so far.
fn from_memory(t: &Tenure) -> u64 {
    let metrics = t.stranger().send("GET", "/metrics", &[], None).body;
    let line = metrics.lines().find_map(|line| line.strip_prefix("tenure_decisions_total{from=\"memory\"} "));
    line.map_or(0, |count| count.parse().unwrap_or_else(|e| panic!("{count}: {e}")))
}

/// Asks until it has been answered from memory. The last answer.
#[track_caller]
fn asks_from_memory(t: &Tenure, app: &Caller, asked: &Value) -> Value {
    let before = from_memory(t);
    // The first one has to look everything up; jobs of the story's beginning may change something meanwhile.
    for _ in 0..20 {
        let answer = asks(app, "evaluation", asked).ok();
        if from_memory(t) > before {
            return answer;
        }
    }
    panic!("it is never answered from memory");
}

fn revokes(acme: &Organisation, instruction: &Value) {
    let path = format!("/instructions/{}/revoke", instruction["id"].as_str().expect("an id"));
    acme.privacy_officer().posts(&path, &json!({ "reason": "目的已经达到" })).ok();
}

scenario!(what_has_changed_is_never_answered_from_memory, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, operator) = (acme.hires("林晓"), acme.data_operator());
    let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
    let app = application(&acme, UNTIL);
    let asked = question(&operator, "read", &clock_in);
    let of_class = json!({
        "subject": { "type": "membership", "id": operator.membership },
        "action": { "name": "read" },
        "resource": { "type": "class", "id": "attendance.clock_in", "properties": {
            "subject": lin.staff_number, "facts": { "source": "organisation", "capacity": "member" },
        } },
        "context": { "purpose": "payroll" },
    });

    // An instruction comes into force and is taken back.
    is_no(&asks_from_memory(t, &app, &asked), "decision.no-instruction");
    let instruction = permits(&acme, "data_operator", "attendance.*", "read");
    is_yes(&asks(&app, "evaluation", &asked).ok());
    let yes = asks_from_memory(t, &app, &asked);
    is_yes(&yes);
    assert_eq!(yes["context"]["instruction"], instruction["id"]);
    is_yes(&asks_from_memory(t, &app, &of_class));
    revokes(&acme, &instruction);
    is_no(&asks(&app, "evaluation", &asked).ok(), "decision.no-instruction");

    // One with an end ends by itself.
    let body = json!({
        "kind": "standing", "purpose": "payroll", "reason": "每月核算工资", "until": "2026-03-02T12:00:00+08:00",
        "scope": { "classes": ["attendance.*"], "operations": ["read"], "roles": ["data_operator"] },
    });
    let ending = acme.member_with("security_admin").posts("/instructions", &body).ok();
    let path = format!("/instructions/{}/approve", ending["id"].as_str().expect("an id"));
    acme.privacy_officer().posts(&path, &json!({})).ok();
    is_yes(&asks_from_memory(t, &app, &asked));
    t.clock().reaches("2026-03-02T12:00:00+08:00");
    is_no(&asks(&app, "evaluation", &asked).ok(), "decision.no-instruction");
    permits(&acme, "data_operator", "attendance.*", "read");
    is_yes(&asks_from_memory(t, &app, &asked));

    // Whose data it is leaves: of a class nothing is said any more.
    is_yes(&asks_from_memory(t, &app, &of_class));
    acme.hr_system().says_leaving(&lin, "2026-03-02").ok();
    t.settles();
    t.clock().reaches("2026-03-03T00:00:00+08:00");
    t.settles();
    is_no(&asks(&app, "evaluation", &of_class).ok(), "decision.subject-left");

    // Whoever would read leaves: at the instant, not when somebody gets round to it.
    is_yes(&asks_from_memory(
        t,
        &app,
        &question(&operator, "read", &acme.holds("attendance.clock_in").about(&operator).id),
    ));
    acme.hr_system().says_leaving(&operator, "2026-03-03").ok();
    t.settles();
    t.clock().reaches("2026-03-04T00:00:00+08:00");
    is_no(&asks(&app, "evaluation", &of_class).ok(), "decision.caller-left");

    // The key is taken back.
    asks_from_memory(t, &app, &asked);
    let keys = acme.member_with("security_admin").gets("/api-keys").items();
    let key = keys.iter().find(|key| key["name"] == "考勤应用").expect("it was made");
    let path = format!("/api-keys/{}", key["id"].as_str().expect("an id"));
    acme.member_with("security_admin").caller().delete(&path).ok();
    asks(&app, "evaluation", &asked).is_status(401);
});

scenario!(a_consent_that_is_taken_back_permits_nothing_from_that_moment, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, operator) = (acme.hires("林晓"), acme.data_operator());
    let app = application(&acme, UNTIL);
    // What people write to each other is sensitive: it takes a case.
    let case = json!({
        "kind": "complaint", "subject_id": acme.member(&lin)["subject_id"], "assignee": operator.membership,
        "matter": "投诉编号 2026-18", "scope": { "classes": ["im.*"], "operations": ["read"], "purpose": "payroll" },
    });
    acme.privacy_officer().posts("/cases", &case).ok();
    let consent = lin.posts("/me/consents", &json!({ "class_pattern": "im.colleague_direct_chat" })).ok();
    t.settles();
    let chat = crate::rulings::chat(&acme, "chat/1", &lin).id;
    let asked = question(&operator, "read", &chat);
    is_yes(&asks_from_memory(t, &app, &asked));
    let path = format!("/me/consents/{}/withdraw", consent["id"].as_str().expect("an id"));
    lin.posts(&path, &json!({})).ok();
    // Whether what is held has been ruled anew already or not.
    let no = asks(&app, "evaluation", &asked).ok();
    assert_eq!(no["decision"], false, "{no:#}");
    t.settles();
    is_no(&asks(&app, "evaluation", &asked).ok(), "decision.persons-own");
});

scenario!(while_the_clock_goes_back_nothing_is_permitted, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, operator) = (acme.hires("林晓"), acme.data_operator());
    let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
    let app = application(&acme, UNTIL);
    permits(&acme, "data_operator", "attendance.*", "read");
    let asked = question(&operator, "read", &clock_in);
    is_yes(&asks_from_memory(t, &app, &asked));
    t.clock().passes(TimeDelta::hours(-3));
    is_no(&asks(&app, "evaluation", &asked).ok(), "decision.clock-unsure");
    let found = asks(&app, "search/action", &question(&operator, "", &clock_in)).ok();
    assert_eq!(found["results"], json!([]), "{found:#}");
    // Past where the server's own clock had got to.
    t.clock().passes(TimeDelta::minutes(181));
    is_yes(&asks(&app, "evaluation", &asked).ok());
    let records = acme.auditor().verifies_offline();
    assert_eq!(records.iter().filter(|r| r["reason"] == "decision.clock-unsure").count(), 1);
});

scenario!(no_answer_is_lost_when_the_server_is_killed, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, operator) = (acme.hires("林晓"), acme.data_operator());
    let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
    let app = application(&acme, UNTIL);
    permits(&acme, "data_operator", "attendance.*", "read");
    let asked = question(&operator, "read", &clock_in);
    is_yes(&asks_from_memory(t, &app, &asked));
    for killing in 1..=3 {
        let url = format!("{}/access/v1/evaluation", t.server().base_url());
        let crowd = Crowd::of(8, &url, app.token(), &asked.to_string());
        t.waits_until("they are answered", || crowd.heard() > 100 * killing);
        t.is_killed();
        let answered = crowd.goes_home();
        t.starts_again();
        let records = acme.auditor().verifies_offline();
        let kept: std::collections::HashSet<&str> =
            records.iter().filter(|r| r["act"] == "decisions.ask").filter_map(|r| r["request"].as_str()).collect();
        for (request, answer) in &answered {
            assert!(answer.contains("\"decision\":true"), "{answer}");
            assert!(kept.contains(request.as_str()), "the answer to {request} has no record");
        }
    }
});

#[test]
fn a_revocation_on_one_node_binds_the_others_within_a_second() {
    scenarios::tell(Database::Postgres, |t| {
        let acme = t.organisation("远山科技").pack("dingtalk");
        let (lin, operator) = (acme.hires("林晓"), acme.data_operator());
        let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
        let app = application(&acme, UNTIL);
        let other = t.server().another_node(None);
        let (url, asked) =
            (format!("{}/access/v1/evaluation", other.base_url()), question(&operator, "read", &clock_in));
        let elsewhere = || app.calls("POST", &url, &JSON, Some(asked.to_string().as_bytes())).ok();
        is_no(&elsewhere(), "decision.no-instruction");
        for _ in 0..5 {
            let instruction = permits(&acme, "data_operator", "attendance.*", "read");
            t.waits_until("the other node permits it", || elsewhere()["decision"] == true);
            // Several times, so that it is answered from memory.
            (0..5).for_each(|_| is_yes(&elsewhere()));
            let crowd = Crowd::of(2, &url, app.token(), &asked.to_string());
            t.waits_until("the other node is asked", || crowd.heard() > 20);
            let began = Instant::now();
            revokes(&acme, &instruction);
            let heard = crowd.heard();
            is_no(&elsewhere(), "decision.no-instruction");
            assert!(began.elapsed() < Duration::from_secs(10), "the machine is too slow to tell");
            t.waits_until("the crowd hears of it", || crowd.heard() > heard + 20);
            let after = crowd.goes_home();
            // Whoever asked after the revocation was done was refused.
            let late = after.iter().rev().take(10);
            late.for_each(|(_, answer)| assert!(answer.contains("\"decision\":false"), "{answer}"));
        }
    });
}

#[test]
fn a_node_that_is_cut_off_refuses_and_records_it_when_it_is_back() {
    scenarios::tell(Database::Postgres, |t| {
        let acme = t.organisation("远山科技").pack("dingtalk");
        let (lin, operator) = (acme.hires("林晓"), acme.data_operator());
        let clock_in = acme.holds("attendance.clock_in").about(&lin).id;
        let app = application(&acme, UNTIL);
        permits(&acme, "data_operator", "attendance.*", "read");
        let line = t.server().line();
        let other = t.server().another_node(Some(&line));
        let (url, asked) =
            (format!("{}/access/v1/evaluation", other.base_url()), question(&operator, "read", &clock_in));
        let ask = || app.calls("POST", &url, &JSON, Some(asked.to_string().as_bytes()));
        t.waits_until("the other node permits it from memory", || (0..5).all(|_| ask().ok()["decision"] == true));
        line.is_cut();
        // A second after the cut at the latest.
        t.waits_until("the other node refuses", || {
            let answer = ask();
            answer.status == 503 || answer.ok()["decision"] == false
        });
        for _ in 0..3 {
            is_no(&ask().ok(), "decision.not-current");
        }
        line.is_mended();
        t.waits_until("the other node permits again", || ask().ok()["decision"] == true);
        let owed = || {
            let records = acme.auditor().records("act=decisions.ask&outcome=refused");
            records.into_iter().find(|record| record["reason"] == "decision.not-current")
        };
        t.waits_until("the refusals are on record", || owed().is_some());
        let record = owed().expect("it is there");
        assert!(record["detail"]["times"].as_u64().is_some_and(|times| times >= 3), "{record:#}");
    });
}

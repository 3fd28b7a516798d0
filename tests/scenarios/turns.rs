//! Two things at once: whatever is decided first is known to what is decided after it, on both databases. A story here makes
//! two callers act at the same moment, a number of times, and looks at the order in which their records were sealed.

use scenarios::http::at_once;
use scenarios::{Organisation, Person, Tenure, scenario};
use serde_json::{Value, json};

/// Somebody has left and is to be deleted; one yes is missing, and with it the orders run.
fn one_yes_from_deletion(t: &Tenure, acme: &Organisation, name: &str) -> Person {
    let lin = acme.hires(name);
    for _ in 0..6 {
        acme.holds("biometric.fingerprint_features").about(&lin);
    }
    acme.hr_system().says_left(&lin, "2026-02-27").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    assert_eq!(departure.line("biometric.fingerprint_features")["disposition"], "delete");
    departure.submitted_by(&acme.hr_admin()).ok();
    lin
}

/// The places of the first record of one act and of the last of another, about somebody.
fn places(records: &[Value], subject: &Value, (first, last): (&str, &str)) -> (Option<usize>, Option<usize>) {
    let is = |r: &Value, act: &str| {
        r["act"] == act && r["outcome"] == "done" && r["subjects"].as_array().is_some_and(|all| all.contains(subject))
    };
    (records.iter().position(|r| is(r, first)), records.iter().rposition(|r| is(r, last)))
}

const ROUNDS: usize = 6;

scenario!(nothing_is_destroyed_after_a_hold_was_placed_or_the_departure_called_off, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (hr, officer) = (acme.hr_admin(), acme.privacy_officer());
    let mut stopped_by = Vec::new();
    for round in 0..ROUNDS {
        let lin = one_yes_from_deletion(t, &acme, &format!("林晓{round}"));
        let subject = acme.member(&lin)["subject_id"].clone();
        let departure = format!("/departures/{}", acme.departure_of(&lin).id);
        let (act, path, body) = match round % 2 {
            0 => {
                ("holds.place", "/holds".to_owned(), json!({ "subject_id": subject, "reason": "(2026)京仲案字第1号" }))
            }
            _ => ("departures.rescind", format!("{departure}/rescind"), json!({})),
        };
        let said = at_once(&[
            (&officer.caller(), "POST", format!("{departure}/approve"), json!({ "reason": "同意" })),
            (&hr.caller(), "POST", path, body),
        ]);
        for answer in said {
            assert!(answer.status < 500, "{answer}");
        }
        t.settles();
        stopped_by.push((subject, act));
    }
    let records = acme.auditor().verifies_offline();
    for (subject, act) in stopped_by {
        if let (Some(stopped), Some(destroyed)) = places(&records, &subject, (act, "orders.carry-out")) {
            assert!(destroyed < stopped, "{subject} was carried out at {destroyed}, after {act} at {stopped}");
        }
    }
});

scenario!(what_is_registered_while_a_plan_is_handed_in_is_dealt_with, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let hr = acme.hr_admin();
    for round in 0..ROUNDS {
        let lin = acme.hires(&format!("林晓{round}"));
        acme.holds("hr.salary_bank_account").about(&lin);
        acme.hr_system().says_left(&lin, "2026-02-27").ok();
        t.settles();
        let departure = acme.departure_of(&lin);
        let new = json!({
            "class": "contacts.emergency", "subject": lin.staff_number, "content_base64": "AA==",
            "facts": { "account": "enterprise" },
        });
        let operator = acme.data_operator();
        let said = at_once(&[
            (&hr.caller(), "POST", format!("/departures/{}/submit", departure.id), json!({})),
            (&operator.caller(), "POST", "/holdings".to_owned(), new),
        ]);
        for answer in said {
            answer.ok();
        }
        t.settles();
        let all = || acme.hr_admin().gets(&format!("/departures?limit=200&membership={}", lin.membership)).items();
        // What came after the plan has one of its own.
        for _ in 0..2 {
            for case in all() {
                let case = scenarios::departure::Departure::with_id(&acme, case["id"].as_str().expect("an id"));
                match case.state().as_str() {
                    "planned" => case.is_agreed(),
                    "submitted" => {
                        case.approved_by(&acme.privacy_officer()).ok();
                    }
                    _ => {}
                }
                t.settles();
            }
        }
        let states: Vec<_> = all().iter().map(|d| d["state"].clone()).collect();
        assert!(states.iter().all(|state| state == "completed"), "round {round}: {states:?}");
        let subject = acme.member(&lin)["subject_id"].as_str().expect("a subject").to_owned();
        let held = acme.hr_admin().gets(&format!("/holdings?subject={subject}&limit=200")).items();
        assert!(held.len() >= 2, "{held:#?}");
        let open = held.iter().find(|side| side["state"] == "active");
        assert!(open.is_none(), "round {round}: nobody will look at {open:#?}");
    }
});

scenario!(of_two_primary_admins_who_revoke_each_other_one_stays, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    for round in 0..ROUNDS {
        let (zhou, sun) = (acme.hires(&format!("周敏{round}")), acme.hires(&format!("孙宁{round}")));
        let given = |to: &Person| {
            let given = acme.appoints(to, "primary_admin").ok();
            format!("/role-assignments/{}", given["id"].as_str().expect("an id"))
        };
        let (of_zhou, of_sun) = (given(&zhou), given(&sun));
        let said = at_once(&[
            (&zhou.caller(), "DELETE", of_sun, Value::Null),
            (&sun.caller(), "DELETE", of_zhou, Value::Null),
        ]);
        let mut statuses: Vec<u16> = said.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "round {round}: {} and {}", said[0], said[1]);
    }
});

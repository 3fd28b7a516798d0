//! What HR says about people may be contradictory, late or out of order. Whatever comes, in whatever order, ends the same.

use scenarios::{Organisation, Tenure, scenario};
use serde_json::{Value, json};

fn rejected(acme: &Organisation) -> Vec<String> {
    let kept = acme.hr_admin().gets("/messages?limit=200&state=rejected").items();
    kept.iter()
        .map(|m| m["reason"].as_str().unwrap_or_default().split(':').next().unwrap_or_default().to_owned())
        .collect()
}

fn member(acme: &Organisation, staff_number: &str) -> Vec<Value> {
    let members = acme.first_admin().gets("/members?limit=200").items();
    members.into_iter().filter(|m| m["staff_number"] == staff_number).collect()
}

/// What HR said at an instant of its own, whenever it arrives.
fn said_at(acme: &Organisation, at: &str, kind: &str, data: Value) {
    acme.hr_system().sends(json!({ "type": kind, "timestamp": at, "data": data }).to_string()).sent().ok();
}

fn joining(staff_number: &str, first_day: &str) -> Value {
    json!({
        "staff_number": staff_number, "name": "周明", "email": format!("{}@example.com", staff_number.to_lowercase()),
        "account": "personal", "first_day": first_day,
    })
}

scenario!(a_last_day_before_the_first_is_kept_with_its_reason, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.hr_system().says_leaving(&lin, "2024-04-30").ok();
    t.settles();
    assert_eq!(rejected(&acme), ["people.leaves-before-joining"]);
    assert_eq!(acme.member(&lin)["state"], "employed");
});

scenario!(the_leaving_of_somebody_unknown_waits_for_their_joining, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    acme.hr_system().says_leaving("Z0009", "2026-03-31").is_status(202);
    t.settles();
    assert_eq!(acme.hr_admin().gets("/messages?limit=200&state=waiting").items().len(), 1);
    said_at(&acme, "2026-03-01T00:00:00Z", "member.joined", joining("Z0009", "2025-01-06"));
    t.settles();
    assert_eq!(member(&acme, "Z0009")[0]["last_day"], "2026-03-31");
    assert_eq!(acme.hr_admin().gets("/messages?limit=200&state=waiting").items(), [] as [Value; 0]);
});

scenario!(a_second_leaving_moves_the_day_of_the_same_departure, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let departure = acme.departure_of(&lin).id;
    acme.hr_system().says_leaving(&lin, "2026-04-15").ok();
    t.settles();
    assert_eq!(acme.departure_of(&lin).id, departure);
    assert_eq!(acme.departure_of(&lin).view()["last_day"], "2026-04-15");
    t.clock().reaches("2026-04-10T09:00+08:00");
    lin.signs_in().ok();
    t.clock().reaches("2026-04-16T00:00+08:00");
    lin.signs_in().is_refused("membership.ended");
});

scenario!(of_two_words_about_one_thing_the_later_holds_whichever_came_first, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let says = |at: &str, last_day: &str| {
        said_at(&acme, at, "member.leaving", json!({ "staff_number": lin.staff_number, "last_day": last_day }));
        t.settles();
    };
    says("2026-03-02T03:00:00Z", "2026-04-15");
    says("2026-03-02T02:00:00Z", "2026-03-31");
    assert_eq!(acme.member(&lin)["last_day"], "2026-04-15");
});

scenario!(who_leaves_and_joins_on_the_same_day_has_two_memberships, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let hr = acme.hr_system();
    hr.says_joined(joining("Z0009", "2025-01-06")).ok();
    t.settles();
    hr.says_leaving("Z0009", "2026-03-31").ok();
    t.settles();
    hr.says_joined(joining("Z0009", "2026-03-31")).ok();
    t.settles();
    let memberships = member(&acme, "Z0009");
    assert_eq!(memberships.len(), 2, "{memberships:#?}");
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    let states: Vec<_> = member(&acme, "Z0009").iter().map(|m| m["state"].clone()).collect();
    assert!(states.contains(&json!("departed")) && states.contains(&json!("employed")), "{states:?}");
});

scenario!(joining_again_while_still_employed_is_kept_with_its_reason, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let hr = acme.hr_system();
    hr.says_joined(joining("Z0009", "2025-01-06")).ok();
    hr.says_joined(joining("Z0009", "2026-02-02")).ok();
    t.settles();
    assert_eq!(rejected(&acme), ["people.already-member"]);
});

scenario!(a_department_that_would_stand_above_itself_is_refused, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let department = |key: &str, parent: &str| {
        let department = json!({ "ref": key, "name": key, "parent": parent });
        acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "department": department })).ok();
        t.settles();
    };
    department("rd", "company");
    department("rd-core", "rd");
    department("rd", "rd-core");
    assert_eq!(rejected(&acme), ["people.department-loop"]);
});

scenario!(leaving_said_again_after_the_day_changes_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    acme.hr_system().says_left(&lin, "2026-03-31").is_status(202);
    acme.hr_system().says_left(&lin, "2026-02-28").is_status(202);
    t.settles();
    assert_eq!(acme.member(&lin)["last_day"], "2026-03-31");
    assert_eq!(rejected(&acme), ["people.departed"]);
});

scenario!(any_order_of_the_same_events_ends_the_same, |t| {
    let ends = |name: &str, order: &[usize]| ends_with(t, name, order);
    let first = ends("甲公司", &[0, 1, 2, 3]);
    assert_eq!(ends("乙公司", &[3, 2, 1, 0]), first);
    assert_eq!(ends("丙公司", &[1, 3, 0, 2]), first);
});

/// The same four words of HR, in this order of arrival.
fn ends_with(t: &Tenure, name: &str, order: &[usize]) -> Value {
    let acme = t.organisation(name).pack("dingtalk");
    let words = [
        ("2026-03-01T01:00:00Z", "member.joined", joining("Z0009", "2025-01-06")),
        ("2026-03-01T02:00:00Z", "member.changed", json!({ "staff_number": "Z0009", "position": "组长" })),
        ("2026-03-01T03:00:00Z", "member.leaving", json!({ "staff_number": "Z0009", "last_day": "2026-04-15" })),
        ("2026-03-01T04:00:00Z", "member.leaving", json!({ "staff_number": "Z0009", "last_day": "2026-03-31" })),
    ];
    for place in order {
        let (at, kind, data) = words[*place].clone();
        said_at(&acme, at, kind, data);
        t.settles();
    }
    let member = member(&acme, "Z0009").remove(0);
    json!([member["position"], member["last_day"], member["first_day"], member["state"]])
}

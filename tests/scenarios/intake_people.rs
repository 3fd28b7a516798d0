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
    says("2026-03-02T00:50:00Z", "2026-04-15");
    says("2026-03-02T00:40:00Z", "2026-03-31");
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
        let parent = Some(parent).filter(|parent| !parent.is_empty());
        let department = json!({ "ref": key, "name": key, "parent": parent });
        acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "department": department })).ok();
        t.settles();
    };
    department("rd", "company");
    department("rd-core", "rd");
    department("rd", "rd-core");
    assert_eq!(rejected(&acme), ["people.department-loop"]);
    let above = |key: &str| {
        let all = acme.hr_admin().gets("/departments").items();
        all.iter().find(|d| d["external_ref"] == key).expect("it is there")["parent_id"].clone()
    };
    assert!(above("rd").is_string());
    department("rd", "");
    assert_eq!(above("rd"), Value::Null, "it goes back to the top");
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

/// What HR said of one person over two tenures, each word at an instant of its own.
fn history(staff_number: &str, successor: &str) -> Vec<(&'static str, Value)> {
    let of = |more: Value| {
        let mut data = json!({ "staff_number": staff_number });
        data.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        data
    };
    let again = json!({ "position": "顾问" });
    let mut second = joining(staff_number, "2026-04-20");
    second.as_object_mut().expect("an object").extend(again.as_object().cloned().unwrap_or_default());
    vec![
        ("member.joined", joining(staff_number, "2025-01-06")),
        ("member.changed", of(json!({ "position": "组长" }))),
        ("member.leaving", of(json!({ "last_day": "2026-03-31", "reason": "resignation", "successor": successor }))),
        ("member.rescinded", of(json!({}))),
        ("member.changed", of(json!({ "department": { "ref": "rd", "name": "研发" } }))),
        ("member.leaving", of(json!({ "last_day": "2026-04-15", "reason": "transfer" }))),
        ("member.left", of(json!({ "last_day": "2026-04-15" }))),
        ("member.joined", second),
        ("member.changed", of(json!({ "position": "首席顾问" }))),
        ("member.leaving", of(json!({ "last_day": "2026-12-31", "reason": "contract" }))),
    ]
}

/// So many orders of so many things: as said, backwards, and shuffled by a small generator, the same ones each time.
fn orders(of: usize, how_many: usize) -> Vec<Vec<usize>> {
    let mut seed: usize = 20_260_302;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let said: Vec<usize> = (0..of).collect();
    let mut all = vec![said.clone(), said.iter().rev().copied().collect()];
    while all.len() < how_many {
        let mut order = said.clone();
        for n in (1..of).rev() {
            order.swap(n, next(n + 1));
        }
        all.push(order);
    }
    all
}

scenario!(any_order_of_the_same_history_of_two_tenures_ends_the_same, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let chen = acme.hires("陈立");
    let as_said = ends_the_same(t, &acme, 24, |staff_number| history(staff_number, &chen.staff_number));
    assert_eq!(as_said.len(), 2, "{as_said:#?}");
    assert_eq!((&as_said[0]["last_day"], &as_said[0]["position"]), (&json!("2026-04-15"), &json!("组长")));
    assert_eq!((&as_said[1]["last_day"], &as_said[1]["position"]), (&json!("2026-12-31"), &json!("首席顾问")));
});

// The day that was called off is later than the coming back: arriving first, it could belong to either.
scenario!(a_leaving_that_was_called_off_is_put_on_nobody_who_came_later, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let history = |staff_number: &str| {
        let leaving = |last_day: &str| json!({ "staff_number": staff_number, "last_day": last_day });
        vec![
            ("member.joined", joining(staff_number, "2025-01-06")),
            ("member.leaving", leaving("2026-12-31")),
            ("member.rescinded", json!({ "staff_number": staff_number })),
            ("member.leaving", leaving("2026-04-15")),
            ("member.joined", joining(staff_number, "2026-04-20")),
        ]
    };
    let as_said = ends_the_same(t, &acme, 60, history);
    let days: Vec<_> = as_said.iter().map(|m| (&m["last_day"], &m["state"])).collect();
    assert_eq!(days, [(&json!("2026-04-15"), &json!("leaving")), (&Value::Null, &json!("employed"))]);
});

/// Tells the history of so many people, each in another order of arrival. What comes of it, which must be the same for all.
fn ends_the_same(
    t: &Tenure,
    acme: &Organisation,
    how_many: usize,
    history: impl Fn(&str) -> Vec<(&'static str, Value)>,
) -> Vec<Value> {
    let people: Vec<String> = (0..how_many).map(|n| format!("P{n:03}")).collect();
    let length = history(&people[0]).len();
    let orders = orders(length, people.len());
    for turn in 0..length {
        for (staff_number, order) in people.iter().zip(&orders) {
            let place = order[turn];
            let (kind, data) = history(staff_number)[place].clone();
            said_at(acme, &format!("2026-03-01T{:02}:00:00Z", place + 1), kind, data);
        }
        t.settles();
    }
    let departures = acme.hr_admin().gets("/departures?limit=500&state=planned").items();
    let end_of = |staff_number: &str| {
        let mut tenures = member(acme, staff_number);
        tenures.sort_by_key(|m| m["first_day"].as_str().unwrap_or_default().to_owned());
        let seen = tenures.iter().map(|m| {
            let planned: Vec<_> = departures.iter().filter(|d| d["membership_id"] == m["id"]).collect();
            json!({
                "first_day": m["first_day"], "last_day": m["last_day"], "state": m["state"], "position": m["position"],
                "department": m["department_id"], "reason": m["leave_reason"], "name": m["name"],
                "planned": planned.iter().map(|d| json!([d["last_day"], d["successor_id"]])).collect::<Vec<_>>(),
            })
        });
        seen.collect::<Vec<_>>()
    };
    let as_said = end_of(&people[0]);
    for (staff_number, order) in people.iter().zip(&orders) {
        assert_eq!(end_of(staff_number), as_said, "arrived in the order {order:?}");
    }
    for state in ["rejected", "waiting", "received"] {
        let left = acme.hr_admin().gets(&format!("/messages?limit=200&state={state}")).items();
        assert_eq!(left, [] as [Value; 0], "nothing of it is left {state}");
    }
    as_said
}

scenario!(nobody_is_taken_back_into_a_tenure_after_which_another_began, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let hr = acme.hr_system();
    hr.says_left(&lin, "2026-03-01").ok();
    t.settles();
    let departure = acme.hr_admin().gets("/departures").items().remove(0);
    let mut again = joining(&lin.staff_number, "2026-03-02");
    again["email"] = lin.email.clone().into();
    hr.says_joined(again).ok();
    t.settles();
    assert_eq!(member(&acme, &lin.staff_number).len(), 2);
    let path = format!("/departures/{}/rescind", departure["id"].as_str().expect("an id"));
    acme.hr_admin().posts(&path, &json!({})).is_refused("people.came-back");
    hr.says_rescinded(&lin).ok();
    t.settles();
    let standing = || member(&acme, &lin.staff_number).into_iter().filter(|m| m["state"] != "departed").count();
    assert_eq!(standing(), 1);
    hr.says_left(&lin, "2026-03-02").ok();
    t.settles();
    t.clock().reaches("2026-03-03T00:01+08:00");
    t.settles();
    assert_eq!(standing(), 0);
    lin.signs_in().is_refused("membership.ended");
});

scenario!(what_waited_for_a_leaving_is_applied_with_it, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let hr = acme.hr_system();
    hr.says_joined(joining("Z0009", "2025-01-06")).ok();
    t.settles();
    said_at(&acme, "2026-03-02T00:30:00Z", "member.joined", joining("Z0009", "2026-04-01"));
    t.settles();
    assert_eq!(rejected(&acme), ["people.already-member"]);
    hr.says_leaving("Z0009", "2026-03-31").ok();
    t.settles();
    assert_eq!(rejected(&acme), [] as [String; 0]);
    assert_eq!(member(&acme, "Z0009").len(), 2);
    let waiting = acme.hr_admin().gets("/attention").items();
    assert_eq!(waiting, [] as [Value; 0], "what it waited for came, so nobody is asked any more");
});

scenario!(a_joining_that_a_later_one_overtook_asks_for_its_end, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    said_at(&acme, "2026-03-01T02:00:00Z", "member.joined", joining("Z0009", "2026-04-01"));
    t.settles();
    said_at(&acme, "2026-03-01T01:00:00Z", "member.joined", joining("Z0009", "2025-01-06"));
    t.settles();
    let waiting = acme.hr_admin().gets("/attention").items();
    assert!(waiting.iter().any(|a| a["kind"] == "membership.unended"), "{waiting:#?}");
    said_at(&acme, "2026-03-01T01:30:00Z", "member.left", json!({ "staff_number": "Z0009", "last_day": "2026-03-31" }));
    t.settles();
    assert_eq!(acme.hr_admin().gets("/attention").items(), [] as [Value; 0]);
    let last_days: Vec<_> = member(&acme, "Z0009").iter().map(|m| m["last_day"].clone()).collect();
    assert!(last_days.contains(&json!("2026-03-31")) && last_days.contains(&json!(null)), "{last_days:?}");
});

scenario!(a_joining_said_twice_is_one_membership_even_after_its_end, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.clock().reaches("2026-04-01T09:00+08:00");
    t.settles();
    let again =
        json!({ "staff_number": lin.staff_number, "name": "林晓", "email": lin.email, "first_day": "2024-05-01" });
    acme.hr_system().says_joined(again).ok();
    t.settles();
    assert_eq!(member(&acme, &lin.staff_number).len(), 1);
    lin.signs_in().is_refused("membership.ended");
});

scenario!(a_word_from_the_future_silences_nobody, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let position = |position: &str| json!({ "staff_number": lin.staff_number, "position": position });
    said_at(&acme, "2036-03-02T00:00:00Z", "member.changed", position("未来组长"));
    // A clock that is a little ahead is only a clock.
    said_at(&acme, "2026-03-02T01:20:00Z", "member.changed", position("组长"));
    t.settles();
    assert_eq!(rejected(&acme), ["intake.from-the-future"]);
    assert_eq!(acme.member(&lin)["position"], "组长");
    t.clock().reaches("2026-03-03T09:00+08:00");
    acme.hr_system().says_changed(position("架构师")).ok();
    t.settles();
    assert_eq!(acme.member(&lin)["position"], "架构师");
    assert_eq!(rejected(&acme), ["intake.from-the-future"], "it waits for a person, not for its day");
});

scenario!(hr_changes_the_sign_in_names_of_enterprise_accounts_and_of_no_others, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, zhao) = (acme.hires_with("林晓", json!({ "account": "enterprise" })), acme.hires("赵敏"));
    let says = |who: &scenarios::Person, email: &str| {
        acme.hr_system().says_changed(json!({ "staff_number": who.staff_number, "email": email })).ok();
        t.settles();
    };
    says(&lin, "lin.xiao@yuanshan.example");
    let mut renamed = lin.clone();
    renamed.email = "lin.xiao@yuanshan.example".to_owned();
    renamed.signs_in().ok();
    lin.signs_in().is_status(401);

    // Somebody else's address is for a person to look at.
    says(&lin, &zhao.email);
    assert_eq!(rejected(&acme), ["people.identifier-taken"]);
    zhao.signs_in().ok();
    renamed.signs_in().ok();

    // Nor is an account issued that nobody could sign in to.
    let issued = |phone: Option<&str>| {
        let mut data = json!({
            "staff_number": "E7001", "name": "韩梅", "account": "enterprise", "email": zhao.email, "first_day": "2026-03-01",
        });
        data["phone"] = phone.into();
        data.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        acme.hr_system().says_joined(data).ok();
        t.settles();
        acme.hr_admin().gets("/members?q=E7001").items().len()
    };
    assert_eq!(issued(None), 0);
    assert_eq!(rejected(&acme), ["people.identifier-taken", "people.identifier-taken"]);
    assert_eq!(issued(Some("13911112222")), 1, "by the phone number one can");

    // A personal account's names are its holder's own: the message says that nothing was done about them.
    says(&zhao, "zhao.min@yuanshan.example");
    zhao.signs_in().ok();
    let messages = acme.hr_admin().gets("/messages?limit=200").items();
    let reason = messages[0]["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("people.identifiers-are-the-persons"), "{:#}", messages[0]);
});

scenario!(a_circle_of_departments_is_kept_aside_and_the_tree_stays_as_it_was, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let department = |at: &str, key: &str, parent: &str| {
        let department = json!({ "ref": key, "name": key, "parent": parent });
        let data = json!({ "staff_number": lin.staff_number, "position": key, "department": department });
        said_at(&acme, at, "member.changed", data);
        t.settles();
    };
    department("2026-03-02T01:01:00Z", "b", "a");
    department("2026-03-02T01:02:00Z", "c", "b");
    department("2026-03-02T01:03:00Z", "a", "c");
    department("2026-03-02T01:04:00Z", "c", "c");
    assert_eq!(rejected(&acme), ["people.department-loop", "people.department-loop"]);
    let departments = acme.first_admin().gets("/departments").items();
    let above = |key: &str| {
        let found = departments.iter().find(|d| d["external_ref"] == key).expect("a department");
        departments.iter().find(|d| d["id"] == found["parent_id"]).map(|d| d["external_ref"].clone())
    };
    assert_eq!((above("a"), above("b"), above("c")), (None, Some(json!("a")), Some(json!("b"))));
    assert_eq!(acme.member(&lin)["position"], "c", "of a word that is kept aside nothing is applied");
});

scenario!(an_earlier_first_day_that_is_said_later_corrects_the_membership_that_there_is, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let again = |first_day: &str, at: &str| {
        let data = json!({
            "staff_number": lin.staff_number, "name": lin.name, "email": lin.email, "account": "personal",
            "first_day": first_day,
        });
        said_at(&acme, at, "member.joined", data);
        t.settles();
    };
    t.clock().passes(chrono::TimeDelta::hours(2));
    let as_first_said = member(&acme, &lin.staff_number)[0]["first_day"].clone();
    again("2023-05-08", "2026-03-02T02:30:00Z");
    let tenures = member(&acme, &lin.staff_number);
    assert_eq!(tenures.len(), 1, "no second membership that nobody would end: {tenures:#?}");
    assert_eq!(tenures[0]["first_day"], "2023-05-08");
    again(as_first_said.as_str().expect("a day"), "2026-03-02T02:20:00Z");
    assert_eq!(member(&acme, &lin.staff_number)[0]["first_day"], "2023-05-08", "an older word does not undo it");

    let corrected = json!({ "staff_number": lin.staff_number, "first_day": "2023-06-01" });
    said_at(&acme, "2026-03-02T02:40:00Z", "member.changed", corrected);
    t.settles();
    assert_eq!(member(&acme, &lin.staff_number)[0]["first_day"], "2023-06-01");

    acme.hr_system().says_left(&lin, "2026-02-27").ok();
    t.settles();
    lin.signs_in().is_refused("membership.ended");
    assert_eq!(member(&acme, &lin.staff_number).len(), 1);
});

scenario!(whoever_is_named_before_they_joined_is_the_manager_or_the_successor_once_they_have, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.keeps("mail/lin", "mail.message").about(&lin);
    acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "manager": "M0001" })).ok();
    let leaving = json!({ "staff_number": lin.staff_number, "last_day": "2026-03-31", "successor": "S0001" });
    acme.hr_system().says("member.leaving", leaving).sent().ok();
    t.settles();
    assert_eq!(acme.departure_of(&lin).view()["successor_id"], Value::Null);
    acme.hr_system().says_joined(joining("M0001", "2025-01-06")).ok();
    acme.hr_system().says_joined(joining("S0001", "2025-01-06")).ok();
    t.settles();
    let (manager, successor) = (member(&acme, "M0001").remove(0), member(&acme, "S0001").remove(0));
    assert_eq!(acme.member(&lin)["manager_id"], manager["id"]);
    assert_eq!(acme.departure_of(&lin).view()["successor_id"], successor["subject_id"]);
    let line = acme.departure_of(&lin).line("mail.message");
    assert_eq!((&line["disposition"], &line["successor_id"]), (&json!("hand_over"), &successor["subject_id"]));
});

scenario!(of_two_words_of_one_instant_none_is_lost_and_their_order_does_not_matter, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let at = "2026-03-02T00:30:00Z";
    said_at(&acme, at, "member.joined", joining("Z0001", "2025-01-06"));
    let changed = json!({ "staff_number": "Z0001", "name": "周敏", "position": "经理" });
    said_at(&acme, at, "member.changed", changed);
    t.settles();
    let seen = member(&acme, "Z0001").remove(0);
    assert_eq!((&seen["name"], &seen["position"]), (&json!("周敏"), &json!("经理")));

    let says = |number: &str, order: [&str; 2]| {
        said_at(&acme, at, "member.joined", joining(number, "2025-01-06"));
        t.settles();
        for position in order {
            let data = json!({ "staff_number": number, "position": position });
            said_at(&acme, "2026-03-02T00:40:00Z", "member.changed", data);
            t.settles();
        }
        member(&acme, number).remove(0)["position"].clone()
    };
    assert_eq!(says("Z0002", ["组长", "顾问"]), says("Z0003", ["顾问", "组长"]));

    let ends = |number: &str, order: [&str; 2]| {
        said_at(&acme, at, "member.joined", joining(number, "2025-01-06"));
        t.settles();
        for word in order {
            let mut data = json!({ "staff_number": number });
            if word == "member.leaving" {
                data["last_day"] = json!("2026-03-31");
            }
            said_at(&acme, "2026-03-02T00:50:00Z", word, data);
            t.settles();
        }
        let seen = member(&acme, number).remove(0);
        (seen["last_day"].clone(), seen["state"].clone())
    };
    let leaves = (json!("2026-03-31"), json!("leaving"));
    assert_eq!(
        ends("Z0004", ["member.leaving", "member.rescinded"]),
        leaves,
        "better a last day than access without end"
    );
    assert_eq!(ends("Z0005", ["member.rescinded", "member.leaving"]), leaves);
});

scenario!(a_leaver_is_not_their_own_successor, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.keeps("mail/lin", "mail.message").about(&lin);
    let leaving = json!({ "staff_number": lin.staff_number, "last_day": "2026-03-31", "successor": lin.staff_number });
    acme.hr_system().says("member.leaving", leaving).sent().ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    assert_eq!(departure.view()["successor_id"], Value::Null);
    assert_eq!(departure.line("mail.message")["successor_id"], Value::Null);
    let applied = acme.hr_admin().gets("/messages?limit=200&state=applied").items();
    let told =
        applied.iter().any(|m| m["reason"].as_str().is_some_and(|r| r.starts_with("departures.successor-leaves")));
    assert!(told, "{applied:#?}");
});

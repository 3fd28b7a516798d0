//! 角色分离: roles that exclude each other never meet in one person, by whatever path.

use scenarios::scenario;
use serde_json::json;

scenario!(roles_that_exclude_each_other_are_refused_at_appointment, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let pairs = [
        ("security_admin", "data_operator"),
        ("security_admin", "auditor"),
        ("data_operator", "auditor"),
        ("auditor", "data_operator"),
    ];
    for (held, wanted) in pairs {
        let somebody = acme.hires(&format!("{held}兼{wanted}"));
        acme.appoints(&somebody, held).ok();
        let refusal = acme.appoints(&somebody, wanted).is_refused("people.roles-exclude");
        assert_eq!((&refusal["held"], &refusal["wanted"]), (&json!(held), &json!(wanted)));
        assert!(!refusal["clauses"].as_array().expect("clauses").is_empty(), "{refusal}");
    }
});

scenario!(what_stands_in_the_way_of_a_role_is_taken_away_with_its_appointment_or_not_at_all, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (zhao, qian) = (acme.hires("赵一"), acme.hires("钱二"));
    let held = acme.appoints(&zhao, "data_operator").ok();
    let others = acme.appoints(&qian, "data_operator").ok();
    let admin = acme.first_admin().caller();
    let offers = admin.get(&format!("/members/{}/roles", zhao.membership)).ok();
    let auditor = offers.as_array().unwrap().iter().find(|o| o["role"] == "auditor").unwrap();
    assert_eq!(auditor["in_the_way"], json!([{ "assignment": held["id"], "role": "data_operator" }]));
    assert_eq!((&auditor["assign"]["allowed"], &auditor["instead"]["allowed"]), (&json!(false), &json!(true)));

    let gives = |role: &str, instead_of: Vec<&serde_json::Value>| {
        let asked = json!({ "membership_id": zhao.membership, "role": role, "instead_of": instead_of });
        admin.post("/role-assignments", &asked)
    };
    let holds = || -> Vec<String> {
        let held = admin.get(&format!("/role-assignments?membership={}&held=true", zhao.membership)).items();
        held.iter().map(|a| a["role"].as_str().unwrap().to_owned()).collect()
    };
    // Somebody else's is not in the way; what cannot be given takes nothing away.
    gives("auditor", vec![&others["id"]]).is_refused("people.role-not-held");
    gives("no-such-role", vec![&held["id"]]).is_refused("people.unknown-role");
    assert_eq!(holds(), ["data_operator"]);
    gives("auditor", vec![&held["id"]]).ok();
    assert_eq!(holds(), ["auditor"]);
    gives("data_operator", vec![&held["id"]]).is_refused("people.role-not-held");
    assert_eq!(holds(), ["auditor"]);
    let said = acme.member_with("auditor").gets("/records?limit=50").items();
    for act in ["roles.assign", "roles.revoke"] {
        let about = |r: &&serde_json::Value| r["act"] == act && r["object"]["id"] == zhao.membership.as_str();
        let done = said.iter().filter(about).filter(|r| r["outcome"] == "done" && r["detail"]["role"].is_string());
        assert_eq!(done.count(), if act == "roles.assign" { 2 } else { 1 }, "{act}");
    }
});

scenario!(nobody_changes_their_own_roles, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    acme.appoints(acme.first_admin(), "hr_admin").is_refused("people.own-role");
});

scenario!(the_first_admin_appoints_and_reads_nobodys_data, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let payroll = acme.holds("hr.salary_bank_account").about(&lin);
    acme.first_admin().gets("/holdings").is_status(403);
    acme.first_admin().gets(&format!("/holdings/{}/content?purpose=curiosity", payroll.id)).is_status(403);
    acme.first_admin().gets("/records").is_status(403);
});

scenario!(a_revoked_role_permits_nothing_any_more, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let auditor = acme.member_with("auditor");
    auditor.gets("/records").ok();
    let assignments = acme.first_admin().gets("/role-assignments?limit=200").items();
    let held = assignments.iter().find(|a| a["membership_id"] == auditor.membership.as_str()).expect("it is listed");
    acme.first_admin().caller().delete(&format!("/role-assignments/{}", held["id"].as_str().expect("an id"))).ok();
    auditor.gets("/records").is_status(403);
});

scenario!(roles_fall_with_the_membership, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let auditor = acme.member_with("auditor");
    acme.hr_system().says_leaving(&auditor, "2026-03-31").ok();
    t.settles();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    let assignments = acme.first_admin().gets("/role-assignments?limit=200").items();
    let held: Vec<_> = assignments.iter().filter(|a| a["membership_id"] == auditor.membership.as_str()).collect();
    assert!(!held.is_empty() && held.iter().all(|a| a["revoked_at"].is_string()), "{held:#?}");
});

scenario!(an_employee_without_a_role_reads_no_list_of_others, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    for list in
        ["/members", "/holdings", "/departures", "/records", "/instructions", "/messages", "/sources", "/api-keys"]
    {
        lin.gets(list).is_status(403);
    }
    lin.gets("/me").ok();
});

scenario!(a_refused_attempt_leaves_a_record_too, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    lin.gets("/records").is_status(403);
    let records = acme.auditor().verifies_offline();
    let refused = records.iter().filter(|r| r["act"] == "records.read" && r["outcome"] == "refused");
    assert_eq!(refused.count(), 1);
});

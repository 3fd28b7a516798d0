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

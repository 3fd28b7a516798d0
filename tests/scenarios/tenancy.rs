//! Organisations share a server and nothing else.

use scenarios::scenario;
use serde_json::json;

scenario!(another_organisations_ids_are_simply_not_found, |t| {
    let (acme, other) = (t.organisation("远山科技").pack("dingtalk"), t.organisation("近水科技").pack("dingtalk"));
    let theirs = other.hires("林晓");
    let held = other.holds("hr.salary_bank_account").about(&theirs);
    other.hr_system().says_leaving(&theirs, "2026-03-31").ok();
    t.settles();
    let departure = other.departure_of(&theirs).id;
    let hr = acme.hr_admin();
    for path in [
        format!("/members/{}", theirs.membership),
        format!("/holdings/{}", held.id),
        format!("/departures/{departure}"),
        format!("/departures/{departure}/certificate"),
    ] {
        let answer = hr.gets(&path);
        assert_eq!(answer.status, 404, "{answer}");
    }
    hr.posts(&format!("/departures/{departure}/submit"), &json!({})).is_status(404);
    let body = json!({ "membership_id": theirs.membership, "role": "auditor" });
    acme.first_admin().posts("/role-assignments", &body).is_status(404);
});

scenario!(one_person_in_two_organisations_leaves_only_one, |t| {
    let (acme, other) = (t.organisation("远山科技").pack("dingtalk"), t.organisation("近水科技").pack("dingtalk"));
    let shared = json!({
        "staff_number": "S1", "name": "苏婉", "email": "su.wan@example.com", "account": "personal", "first_day": "2024-05-01",
    });
    for organisation in [&acme, &other] {
        organisation.hr_system().says_joined(shared.clone()).ok();
    }
    t.settles();
    acme.hr_system().says_leaving("S1", "2026-03-31").ok();
    t.settles();
    t.clock().reaches("2026-04-01T00:00+08:00");
    t.settles();
    let at = |organisation: &scenarios::Organisation| {
        let members = organisation.first_admin().gets("/members?limit=200").items();
        members.into_iter().find(|m| m["staff_number"] == "S1").expect("a member")
    };
    assert_eq!(at(&acme)["state"], "departed");
    assert_eq!(at(&other)["state"], "employed");
    assert_ne!(at(&acme)["id"], at(&other)["id"]);
    t.log_may_be_personal();
});

scenario!(a_token_opens_only_the_organisation_it_was_made_in, |t| {
    let (acme, other) = (t.organisation("远山科技").pack("dingtalk"), t.organisation("近水科技").pack("dingtalk"));
    let lin = acme.hires("林晓");
    let elsewhere = json!({ "identifier": lin.email, "password": scenarios::person::PASSWORD, "tenant": other.slug() });
    assert!((400..500).contains(&acme.anonymous().post("/auth/sign-in", &elsewhere).status));
});

scenario!(postgresql_itself_hides_one_organisations_rows_from_another, |t| {
    t.organisation("远山科技").pack("dingtalk");
    if t.database() == scenarios::Database::Postgres {
        // The exceptions are the platform's own: what is looked up before the tenant is known, and of every tenant how often
        // what decides was changed, which each node follows for all of them.
        let unforced = t.server().counts(
            "SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
             WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'tenant_id' \
             AND c.relname NOT IN ('tenant_keys', 'hook_routes', 'jobs', 'api_keys', 'sessions', 'accounts', 'setup_links', \
             'person_tenants', 'decision_versions') \
             AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
        );
        assert_eq!(unforced, 0, "tables of tenants without forced row-level security");
    }
});

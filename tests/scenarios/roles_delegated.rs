//! Standing in for somebody gives a role for a time, and no role that must not be held together with another.

use scenarios::http::Answer;
use scenarios::{Organisation, Person, scenario};
use serde_json::json;

fn delegates(acme: &Organisation, to: &Person, role: &str, until: &str) -> Answer {
    let body = json!({ "membership_id": to.membership, "role": role, "until": until });
    acme.first_admin().posts("/role-assignments", &body)
}

scenario!(a_delegation_does_not_bring_excluded_roles_together, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    for (held, wanted) in
        [("security_admin", "auditor"), ("data_operator", "security_admin"), ("auditor", "data_operator")]
    {
        let somebody = acme.hires(&format!("{held}代{wanted}"));
        acme.appoints(&somebody, held).ok();
        let refusal = delegates(&acme, &somebody, wanted, "2026-03-09T00:00:00Z").is_refused("people.roles-exclude");
        assert_eq!((&refusal["held"], &refusal["wanted"]), (&json!(held), &json!(wanted)));
        // Nor the other way round: who stands in cannot be appointed to the other half meanwhile.
        let deputy = acme.hires(&format!("代{held}者"));
        delegates(&acme, &deputy, held, "2026-03-09T00:00:00Z").ok();
        acme.appoints(&deputy, wanted).is_refused("people.roles-exclude");
    }
    let refused = acme.auditor().verifies_offline();
    let refused = refused.iter().filter(|r| r["reason"] == "people.roles-exclude" && r["outcome"] == "refused");
    assert_eq!(refused.count(), 6, "each refusal left a record");
});

scenario!(a_delegated_role_ends_at_its_time_and_the_way_is_free_again, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let deputy = acme.hires("赵敏");
    delegates(&acme, &deputy, "auditor", "2026-03-01T00:00:00Z").is_refused("people.invalid");
    delegates(&acme, &deputy, "auditor", "2026-03-09T00:00:00Z").ok();
    deputy.gets("/records").ok();
    t.clock().reaches("2026-03-09T08:00:01+08:00");
    deputy.gets("/records").is_status(403);
    acme.appoints(&deputy, "security_admin").ok();
});

scenario!(two_memberships_of_one_person_are_one_person_to_excluded_roles, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    // She comes back on the day she leaves, and for that day has two memberships.
    let again = json!({
        "staff_number": "B0001", "name": lin.name, "email": lin.email, "account": "personal", "first_day": "2026-03-31",
    });
    acme.hr_system().says_joined(again).ok();
    t.settles();
    let members = acme.first_admin().gets("/members?limit=200").items();
    let second = members.iter().find(|m| m["staff_number"] == "B0001").expect("a second membership");
    acme.appoints(&lin, "security_admin").ok();
    let body = json!({ "membership_id": second["id"], "role": "auditor" });
    acme.first_admin().posts("/role-assignments", &body).is_refused("people.roles-exclude");
});

//! People as screens find and name them.

use scenarios::{Organisation, Person, scenario};
use serde_json::json;

fn found(acme: &Organisation, query: &str) -> Vec<String> {
    // Characters of an address are ASCII.
    let query: String = query.chars().map(|c| if c.is_ascii() { c.to_string() } else { encoded(c) }).collect();
    let items = acme.first_admin().gets(&format!("/members?{query}")).items();
    items.iter().map(|m| m["name"].as_str().unwrap_or("?").to_owned()).collect()
}

fn encoded(c: char) -> String {
    c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
}

scenario!(a_member_is_found_by_name_pinyin_initials_and_staff_number, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (lin, shan) = (acme.hires("林晓"), acme.hires("单雄信"));
    acme.hires("林小满");
    for (typed, names) in [
        ("林晓", &["林晓"][..]),
        ("林", &["林晓", "林小满"]),
        ("lin", &["林晓", "林小满"]),
        ("linxiao", &["林晓", "林小满"]),
        ("lxm", &["林小满"]),
        ("shanxx", &["单雄信"]),
        ("小", &["林小满"]),
        ("nobody", &[]),
        ("%25", &[]),
    ] {
        assert_eq!(found(&acme, &format!("q={typed}")), names, "{typed}");
    }
    assert_eq!(found(&acme, &format!("q={}", lin.staff_number)), ["林晓"]);
    assert_eq!(found(&acme, &format!("q={}", shan.staff_number.to_lowercase())), ["单雄信"]);
    // Pasted with a mark that cannot be seen.
    assert_eq!(found(&acme, "q=%EF%BB%BF%E6%9E%97%E6%99%93%E2%80%8B"), ["林晓"]);
    acme.first_admin().gets(&format!("/members?q={}", "a".repeat(101))).is_refused("people.invalid");
});

scenario!(a_member_is_found_by_what_the_organisation_itself_knows_of_them, |t| {
    let (acme, other) = (t.organisation("远山科技").pack("dingtalk"), t.organisation("近水科技").pack("dingtalk"));
    let lin = acme.hires_with("林晓", json!({ "phone": "13800138000" }));
    assert_eq!(found(&acme, &format!("q={}", lin.email)), ["林晓"]);
    for spelling in ["13800138000", "138-0013-8000", "%2B8613800138000"] {
        assert_eq!(found(&acme, &format!("q={spelling}")), ["林晓"], "{spelling}");
    }
    // The other organisation knows the same person by the address alone: it cannot find out whose the number is.
    other.takes_on_too(&lin, "S1");
    assert_eq!(found(&other, &format!("q={}", lin.email)), ["林晓"]);
    assert_eq!(found(&other, "q=13800138000"), [] as [String; 0]);
    t.log_may_be_personal();
});

scenario!(what_changes_is_found_as_it_is_now, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    assert_eq!(found(&acme, "q=lin"), ["林晓"]);
    acme.hr_system().says_changed(json!({ "staff_number": lin.staff_number, "name": "凌晓" })).ok();
    t.settles();
    assert_eq!(found(&acme, "q=%E6%9E%97"), [] as [String; 0]);
    assert_eq!(found(&acme, "q=ling"), ["凌晓"]);
    let zhao = acme.hires("赵敏");
    assert_eq!(found(&acme, "q=zm"), ["赵敏"]);
    acme.hr_system().says_leaving(&zhao, "2026-03-02").ok();
    t.settles();
    assert_eq!(found(&acme, "q=zm&state=leaving"), ["赵敏"]);
    assert_eq!(found(&acme, "q=zm&state=employed"), [] as [String; 0]);
    t.is_killed();
    t.starts_again();
    assert_eq!(found(&acme, "q=zm"), ["赵敏"]);
    t.log_may_be_personal();
});

scenario!(a_department_is_shown_with_everything_below_it_and_a_page_goes_on_where_the_last_one_ended, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let department = |key: &str, name: &str, parent: Option<&str>| {
        let mut said = json!({ "ref": key, "name": name });
        if let Some(parent) = parent {
            said["parent"] = parent.into();
        }
        json!({ "department": said })
    };
    acme.hires_with("王一", department("d1", "研发", None));
    acme.hires_with("王二", department("d2", "后端", Some("d1")));
    acme.hires_with("王三", department("d3", "存储", Some("d2")));
    acme.hires_with("王四", department("d4", "销售", None));
    let tree = acme.first_admin().gets("/departments").items();
    let id = |name: &str| {
        let found = tree.iter().find(|d| d["name"] == name).unwrap_or_else(|| panic!("{name} in {tree:?}"));
        found["id"].as_str().expect("an id").to_owned()
    };
    assert_eq!(found(&acme, &format!("within={}", id("研发"))), ["王一", "王二", "王三"]);
    assert_eq!(found(&acme, &format!("within={}&q=wang", id("后端"))), ["王二", "王三"]);
    assert_eq!(found(&acme, &format!("department={}&q=w", id("研发"))), ["王一"]);
    assert_eq!(found(&acme, "within=01890a5d-ac96-774b-bcce-b302099a8057"), [] as [String; 0]);
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = acme.first_admin().gets(&format!("/members?q=wang&limit=1{cursor}")).ok();
        names.extend(page["items"].as_array().expect("items").iter().map(|m| m["name"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(names, ["王一", "王二", "王三", "王四"]);
});

scenario!(whatever_names_somebody_brings_the_name_along, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let (hr, officer) = (acme.hr_admin(), acme.privacy_officer());
    let named = |who: &Person| json!({ "id": who.membership, "name": who.name, "staff_number": who.staff_number });
    let lin = acme.hires("林晓");
    let zhao = acme.hires("赵敏");
    acme.holds("hr.salary_bank_account").about(&lin);
    acme.hr_system()
        .says(
            "member.leaving",
            json!({
                "staff_number": lin.staff_number, "last_day": "2026-03-31", "successor": zhao.staff_number,
            }),
        )
        .sent()
        .ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    hr.posts(&format!("/departures/{}/submit", departure.id), &json!({})).ok();
    officer.posts(&format!("/departures/{}/approve", departure.id), &json!({}));
    let shown = hr.gets(&format!("/departures/{}", departure.id)).ok();
    assert_eq!(shown["planner"], named(&hr));
    assert_eq!(shown["successor"]["name"], "赵敏");
    let instruction = &officer.gets("/instructions").items()[0];
    assert_eq!(instruction["author"], named(&hr));
    assert_eq!(instruction["about"][0]["name"], "林晓");
    assert_eq!(instruction["about"][0]["staff_number"], lin.staff_number.as_str());
    let records = acme.auditor().records("act=departures.submit");
    assert_eq!(records[0]["actor"]["member"], named(&hr));
    assert_eq!(records[0]["about"][0]["name"], "林晓");
    let roles = acme.first_admin().gets(&format!("/role-assignments?membership={}", hr.membership)).items();
    assert_eq!((&roles[0]["member"], &roles[0]["granter"]["id"]), (&named(&hr), &json!(acme.first_admin().membership)));
    // A machine that may read departures and not members gets ids.
    let security = acme.member_with("security_admin");
    let key = json!({ "name": "报表", "scopes": ["instructions.read"], "expires_at": "2026-12-31T00:00:00Z" });
    let made = security.posts("/api-keys", &key).ok();
    let machine = acme.anonymous().bearing(made["token"].as_str().expect("the key, once"));
    let seen = &machine.get("/instructions").items()[0];
    assert_eq!(seen["author"], json!({ "id": hr.membership, "name": null, "staff_number": null }));
});

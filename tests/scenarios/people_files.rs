//! People in and out as tables, found by role and department, and what roles each could be given.

use scenarios::http::Answer;
use scenarios::{Organisation, Person, scenario};
use serde_json::{Value, json};

fn imports(who: &Person, table: &str, is_dry: bool) -> Answer {
    let path = format!("/api/v1/members/import?dry_run={is_dry}");
    who.caller().send("POST", &path, &[("content-type", "text/csv")], Some(table.as_bytes()))
}

fn found(acme: &Organisation, query: &str) -> Vec<Value> {
    acme.first_admin().gets(&format!("/members?{query}")).items()
}

const TABLE: &str = "\u{feff}工号,姓名,邮箱,入职日期,部门编码,部门,职位,上级工号\r\n\
    B001,赵一,b001@example.com,2024/5/6,rd,研发部,总监,\r\n\
    B002,钱二,b002@example.com,2024-05-06,rd,研发部,工程师,B001\r\n\
    B003,孙三,,2024-05-06,rd,研发部,工程师,B001\r\n\
    B004,\"李,四\",b004@example.com,2024-13-01,rd,研发部,工程师,B001\r\n\
    ,周五,b005@example.com,2024-05-06,rd,研发部,工程师,B001\r\n\
    ,,,,,,,\r\n";

scenario!(of_a_file_every_row_is_in_or_named_and_a_dry_run_keeps_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let hr = acme.hr_admin();
    let dry = imports(&hr, TABLE, true).ok();
    assert_eq!((&dry["joined"], &dry["rejected"], &dry["rows"]), (&json!(2), &json!(3), &json!(5)), "{dry}");
    assert_eq!(found(&acme, "q=B001"), [] as [Value; 0], "a dry run keeps nothing");
    assert_eq!(
        hr.gets("/messages").items().iter().filter(|m| m["message_id"].as_str().unwrap().starts_with("line-")).count(),
        0
    );

    let done = imports(&hr, TABLE, false).ok();
    let named: Vec<_> =
        done["rejections"].as_array().unwrap().iter().map(|r| (r["line"].as_u64(), r["code"].as_str())).collect();
    assert_eq!(
        named,
        [(Some(4), Some("intake.missing")), (Some(5), Some("intake.unreadable")), (Some(6), Some("intake.missing"))],
        "{done}"
    );
    assert_eq!(done["rejections"][0]["column"], "email");
    assert_eq!(done["rejections"][0]["staff_number"], "B003");
    let qian = &found(&acme, "q=B002")[0];
    assert_eq!((&qian["name"], &qian["department"]), (&json!("钱二"), &json!("研发部")));
    assert_eq!(qian["manager"]["staff_number"], "B001", "who came earlier in the file can be somebody's manager");

    // The same file again changes nobody twice; a corrected row goes in.
    let again = imports(&hr, TABLE, false).ok();
    assert_eq!(
        (&again["joined"], &again["changed"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(2)),
        "{again}"
    );
    let moved = imports(&hr, &TABLE.replace("研发部", "研发中心"), true).ok();
    assert_eq!((&moved["changed"], &moved["unchanged"]), (&json!(1), &json!(1)), "{moved}");
    assert_eq!(found(&acme, "q=B001").len(), 1);
    let mended = "staff_number,name,email,first_day,last_day\nB003,孙三,b003@example.com,2024-05-06,2026-03-31\n";
    let mended = imports(&hr, mended, false).ok();
    assert_eq!((&mended["joined"], &mended["leaving"]), (&json!(1), &json!(1)), "{mended}");
    let sun = &found(&acme, "q=B003")[0];
    assert_eq!((&sun["state"], &sun["last_day"]), (&json!("leaving"), &json!("2026-03-31")));
    let cases = hr.gets(&format!("/departures?membership={}", sun["id"].as_str().unwrap())).items();
    assert_eq!(cases.len(), 1, "a last day in a file opens a departure, as the HR system's word does");
    let of_others = hr.gets(&format!("/departures?membership={}", qian["id"].as_str().unwrap())).items();
    assert_eq!(of_others, [] as [Value; 0]);
    // Every row is kept as a message, in the words of HR.
    assert!(hr.gets("/messages").items().iter().any(|m| m["event"] == "member.leaving"));
});

scenario!(of_a_long_file_of_mistakes_every_row_is_named, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let rows: String = (0..1_020).map(|n| format!("C{n:04},孙三,2024-05-06\n")).collect();
    let report = imports(&acme.hr_admin(), &format!("staff_number,name,first_day\n{rows}"), true).ok();
    assert_eq!((&report["rejected"], report["rejections"].as_array().map(Vec::len)), (&json!(1_020), Some(1_000)));
    assert_eq!(report["further"], json!([{ "code": "intake.missing", "lines": [{ "first": 1_002, "last": 1_021 }] }]));
});

scenario!(a_quotation_mark_that_nothing_closes_takes_nobody_along_unnamed, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let rows = "Z1,z1@x.example,2027-01-01,\"王一\nZ2,z2@x.example,2027-01-01,王二\nZ3,z3@x.example,2027-01-01,王三\n";
    let file = format!("staff_number,email,first_day,name\n{rows}");
    let report = imports(&acme.hr_admin(), &file, true).ok();
    assert_eq!((&report["joined"], &report["rejected"]), (&json!(0), &json!(1)), "{report}");
    let why = report["rejections"][0]["detail"].as_str().expect("a reason");
    assert!(why.contains("lines 2 to 4"), "{why}");
});

scenario!(a_file_that_is_none_is_refused_as_a_whole, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let hr = acme.hr_admin();
    for table in ["", "name,email\n赵一,a@example.com\n", "staff_number,salary\nB1,1\n", "staff_number,工号\nB1,B1\n"]
    {
        imports(&hr, table, false).is_refused("intake.columns");
    }
    let open = format!("staff_number,name\nB1,\"{}", "长".repeat(200_000));
    imports(&hr, &open, false).is_status(422);
    imports(&acme.first_admin().clone(), TABLE, false).is_refused("power.missing");
    let gbk =
        [b"staff_number,name,email,first_day\nB9,".as_slice(), &[0xd5, 0xd4], b",b9@example.com,2024-05-06\n"].concat();
    let report = hr.caller().send("POST", "/api/v1/members/import", &[("content-type", "text/csv")], Some(&gbk)).ok();
    assert_eq!(report["rejections"][0]["code"], "intake.unreadable", "{report}");
});

scenario!(what_goes_out_as_a_table_comes_back_in, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let hr = acme.hr_admin();
    imports(&hr, TABLE, false).ok();
    imports(&hr, "staff_number,name,email,first_day\nB009,=1+1,b009@example.com,2024-05-06\n", false).ok();
    let out = hr.gets("/members/export?q=b0");
    let lines: Vec<&str> = out.body.lines().collect();
    assert_eq!(out.status, 200);
    assert!(lines[0].trim_start_matches('\u{feff}').starts_with("staff_number,name,"), "{}", lines[0]);
    assert_eq!(lines.len(), 4, "{}", out.body);
    assert!(out.body.contains("'=1+1"), "no cell is a formula: {}", out.body);
    let back = imports(&hr, &out.body, false).ok();
    assert_eq!((&back["rejected"], &back["joined"]), (&json!(0), &json!(0)), "{back}");
    assert_eq!(found(&acme, "q=B009")[0]["name"], "=1+1");
    acme.member_with("auditor").gets("/members/export").is_refused("power.missing");
    let records = acme.privacy_officer().gets("/records?act=members.export&outcome=done").items();
    assert!(records.iter().any(|r| r.to_string().contains("\"members\":3")), "{records:#?}");
});

scenario!(members_are_found_by_role_and_each_says_what_they_could_be_given, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let auditor = acme.member_with("auditor");
    let lin = acme.hires("林晓");
    let found: Vec<_> = found(&acme, "role=auditor").iter().map(|m| m["staff_number"].clone()).collect();
    assert_eq!(found, [json!(auditor.staff_number)]);
    let offers = |of: &Person| acme.first_admin().gets(&format!("/members/{}/roles", of.membership)).items();
    let offer = |of: &Person, role: &str| offers(of).into_iter().find(|o| o["role"] == role).expect("an offer");
    let no = offer(&auditor, "security_admin");
    assert_eq!((&no["assign"]["allowed"], &no["excluded_by"]), (&json!(false), &json!("auditor")), "{no}");
    assert_eq!(no["assign"]["why"], "people.roles-exclude");
    assert!(!no["reason_zh"].as_str().unwrap().is_empty() && !no["clauses"].as_array().unwrap().is_empty());
    assert_eq!(offer(&lin, "security_admin")["assign"]["allowed"], json!(true));
    assert!(offer(&auditor, "auditor")["held"].is_string());
    assert_eq!(offer(acme.first_admin(), "auditor")["assign"]["why"], "people.own-role");

    let held = acme.first_admin().gets("/role-assignments?role=auditor&held=true").items();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0]["can"]["revoke"]["allowed"], json!(true));
    acme.first_admin().caller().delete(&format!("/role-assignments/{}", held[0]["id"].as_str().unwrap())).ok();
    assert_eq!(acme.first_admin().gets("/role-assignments?role=auditor&held=true").items().len(), 0);
    let over = acme.first_admin().gets("/role-assignments?role=auditor&held=false").items();
    assert_eq!(over[0]["can"]["revoke"]["why"], "people.role-not-held");

    let subject = acme.member(&lin)["subject_id"].as_str().unwrap().to_owned();
    let tenures = acme.first_admin().gets(&format!("/members?subject={subject}")).items();
    assert_eq!(tenures.len(), 1);
    assert!(acme.first_admin().gets("/departments").items().iter().all(|d| d["members"].is_i64()));
});

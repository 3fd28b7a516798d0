//! What is refused when a pack is loaded: each mistake with its file, its line and what would be right.

mod packs;

use packs::{HEADER, listed, problems_of, refuses};

fn control(id: &str, when: &str, controller: &str) -> String {
    format!(
        "[[control]]\nid = \"{id}\"\nwhen = {{ {when} }}\ncontroller = \"{controller}\"\nclause = [\"gbt35273-3.4\"]\n\
         reason_zh = \"因\"\nreason_en = \"because\"\n"
    )
}

fn class(key: &str, more: &str) -> String {
    format!(
        "[[class]]\nkey = \"{key}\"\nname_zh = \"类\"\nname_en = \"class\"\nfamily = \"basic\"\nmask = \"full\"\n\
         clause = [\"gbt35273-A.1\"]\n{more}"
    )
}

#[test]
fn a_pack_that_only_extends_is_right() {
    assert_eq!(problems_of(HEADER), []);
}

#[test]
fn a_key_a_value_or_a_section_that_does_not_exist() {
    let rule = control("a", r#"acount = "personal""#, "person");
    refuses(&rule, "pack.unknown-key", 3, "unknown field `acount`", "Did you mean `account`?");
    let rule = control("a", r#"conversation = "ordinary_grup""#, "person");
    refuses(&rule, "pack.wrong-value", 3, "unknown variant `ordinary_grup`", "Did you mean `ordinary_group`?");
    let rule = control("a", r#"account = "personal""#, "peron");
    refuses(&rule, "pack.wrong-value", 4, "unknown variant `peron`", "Did you mean `person`?");
    let rule = control("a", "consent = []", "person");
    refuses(&rule, "pack.wrong-value", 3, "an empty list fits nothing", "");
    refuses(
        "[[contrl]]\nid = \"a\"\n",
        "pack.unknown-section",
        1,
        "there is no section `contrl`",
        "Did you mean `control`?",
    );
    let short = "[[role]]\nkey = \"clerk\"\nname_en = \"Clerk\"\n";
    refuses(short, "pack.wrong-value", 1, "missing field `name_zh`", "Add the field.");
}

#[test]
fn what_is_no_toml_at_all() {
    let problems = problems_of(&format!("{HEADER}[[control]\nid = \n"));
    assert!(
        !problems.is_empty() && problems.iter().all(|problem| problem.code == "toml.syntax"),
        "{}",
        listed(&problems)
    );
    assert_eq!(problems[0].line, HEADER.matches('\n').count() as u32 + 1);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let body = [
        control("a", r#"acount = "personal""#, "person"),
        control("b", r#"class = "hr.nme""#, "person"),
        control("c", r#"class = "hr.name""#, "person").replace("gbt35273-3.4", "gbt35273-3.44"),
    ]
    .concat();
    let codes: Vec<&str> = problems_of(&format!("{HEADER}{body}")).iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["pack.unknown-key", "class.unknown", "clause.unknown"]);
}

#[test]
fn a_clause_a_class_or_a_name_that_nobody_knows() {
    let rule = control("a", r#"class = "hr.name""#, "person").replace("gbt35273-3.4", "gbt35273-3.4x");
    refuses(&rule, "clause.unknown", 5, "cites clause `gbt35273-3.4x`", "Did you mean `gbt35273-3.4`?");
    refuses(&control("a", r#"class = "hr.nme""#, "person"), "class.unknown", 3, "`hr.nme`", "Did you mean `hr.name`?");
    refuses(&control("a", r#"class = "acme.*""#, "person"), "class.unknown", 3, "`acme.*`", "declare the class");
    refuses(&control("a", r#"class = "HR""#, "person"), "pack.wrong-value", 3, "`HR` is not a class", "");
    let rule = control("a", r#"feature_on = "dedicated_securty""#, "person");
    refuses(&rule, "control.unknown-name", 3, "feature `dedicated_securty`", "Declare it");
}

#[test]
fn a_rule_that_rests_on_nothing() {
    let rule = control("a", r#"class = "hr.name""#, "person").replace("[\"gbt35273-3.4\"]", "[]");
    refuses(&rule, "clause.missing", 5, "control `a` cites no clause", "Cite the clause");
    let excluded = "[[exclusion]]\nid = \"e\"\nroles = [\"hr_admin\", \"data_operator\"]\nclause = []\n\
                    reason_zh = \"因\"\nreason_en = \"because\"\n";
    refuses(excluded, "clause.missing", 4, "exclusion `e` cites no clause", "Cite the clause");
}

#[test]
fn an_id_used_twice() {
    let rules = control("a", r#"age = "child""#, "person") + &control("a", r#"age = "minor""#, "person");
    refuses(&rules, "id.repeated", 9, "control `a` is already in line 8", "a name of its own");
}

#[test]
fn a_rule_that_can_never_decide() {
    let covered = control("wide", r#"account = "personal""#, "person")
        + &control("narrow", r#"account = "personal", class = "hr.name""#, "person");
    refuses(&covered, "control.never-decides", 10, "`narrow` can never decide: `wide` above it", "Put it above");
    let together = control("own", r#"account = "personal""#, "person")
        + &control("issued", r#"account = "enterprise""#, "organisation")
        + &control("rest", r#"class = ["hr.name", "hr.*"]"#, "person");
    refuses(&together, "control.never-decides", 17, "`issued`, `own` above it cover everything", "");
}

#[test]
fn two_rules_of_the_same_conditions() {
    let pair = |other| {
        control("a", r#"age = ["child", "minor"]"#, "person") + &control("b", r#"age = ["minor", "child"]"#, other)
    };
    refuses(&pair("organisation"), "control.contradiction", 10, "`b` contradicts `a` in line 8", "Decide which");
    refuses(&pair("person"), "control.twice", 10, "the same conditions as `a`", "Keep one");
}

#[test]
fn a_rule_of_the_base_may_be_covered() {
    assert_eq!(problems_of(&format!("{HEADER}{}", control("all", "", "person"))), []);
}

#[test]
fn an_entry_that_replaces_another_unawares_or_wrongly() {
    let role = |more: &str| format!("[[role]]\nkey = \"auditor\"\nname_zh = \"审计\"\nname_en = \"Auditing\"\n{more}");
    refuses(
        &role(""),
        "override.not-stated",
        2,
        "role `auditor` is already in gbt-35273.toml:",
        "overrides = \"gbt-35273\"",
    );
    refuses(
        &role("overrides = \"dingtalk\"\n"),
        "override.of-another-pack",
        2,
        "says it overrides `dingtalk`",
        "gbt-35273",
    );
    assert_eq!(problems_of(&format!("{HEADER}{}", role("overrides = \"gbt-35273\"\n"))), []);
    let new = "[[role]]\nkey = \"clerk\"\nname_zh = \"文员\"\nname_en = \"Clerk\"\noverrides = \"gbt-35273\"\n";
    refuses(new, "override.of-nothing", 2, "role `clerk` overrides `gbt-35273`", "Leave `overrides` out");
}

#[test]
fn a_class_may_be_raised_but_never_lowered() {
    let raised = class("hr.department", "sensitive = true\noverrides = \"gbt-35273\"\n");
    assert_eq!(problems_of(&format!("{HEADER}{raised}")), []);
    let lowered = class("hr.id_card", "sensitive = false\noverrides = \"gbt-35273\"\n");
    refuses(&lowered, "override.weaker", 8, "`hr.id_card` would be less protected", "gbt35273-3.2");
    let stored = class("biometric.face_device_only", "sensitive = true\nbiometric = true\noverrides = \"gbt-35273\"\n");
    refuses(&stored, "override.weaker", 1, "`storage`", "never lowered");
}

#[test]
fn a_class_that_was_forgotten() {
    let problems = problems_of(&format!("{HEADER}{}", class("acme.badge", "")));
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["class.no-schedule", "class.no-departure-rule"], "{}", listed(&problems));
    assert!(problems[1].help.contains(r#"controller = "organisation""#));
    let schedule = "[[schedule]]\nid = \"s\"\nclasses = [\"acme.*\"]\nkeep = { months = 1 }\nfrom = \"creation\"\nthen = \"delete\"\n\
        criterion = \"service_quality\"\nclause = [\"gbt35273-6.1-a\"]\nground_zh = \"因\"\nground_en = \"because\"\n";
    refuses(
        &(class("acme.badge", "") + schedule),
        "class.no-departure-rule",
        2,
        "`acme.badge` when it is the organisation's",
        "",
    );
}

fn schedule(classes: &str, keep: &str, floor: &str) -> String {
    format!(
        "[[schedule]]\nid = \"{classes}{keep}\"\nclasses = [\"{classes}\"]\nkeep = {{ {keep} }}\nfloor = {{ {floor} }}\n\
         from = \"creation\"\nthen = \"delete\"\ncriterion = \"agreement_or_law\"\nclause = [\"gbt35273-intro-law\"]\n\
         ground_zh = \"因\"\nground_en = \"because\"\n"
    )
}

#[test]
fn a_schedule_that_ends_before_the_law_allows() {
    let short = schedule("hr.name", "months = 23, days = 30", "years = 2");
    refuses(
        &short,
        "schedule.below-floor",
        4,
        "23 months 30 days although a statute demands 2 years",
        "as long as the floor",
    );
    refuses(&schedule("hr.name", "days = 30", "months = 1"), "schedule.below-floor", 4, "30 days", "");
    for (keep, floor) in [("days = 31", "months = 1"), ("months = 24", "years = 2"), ("months = 1", "days = 28")] {
        assert_eq!(problems_of(&format!("{HEADER}{}", schedule("hr.name", keep, floor))), [], "{keep} {floor}");
    }
}

#[test]
fn two_schedules_for_the_same_pattern() {
    let two = schedule("hr.name", "years = 3", "years = 2") + &schedule("hr.name", "years = 2", "years = 2");
    refuses(
        &two,
        "class.two-rules",
        14,
        "speaks of `hr.name`, as does `hr.nameyears = 3` in line 8",
        "take the pattern out",
    );
}

#[test]
fn a_departure_rule_that_takes_what_is_not_the_organisations() {
    let rule = |disposition: &str, successor: &str, controller: &str| {
        format!(
            "[[departure]]\nid = \"d\"\nclasses = [\"hr.rank\"]\ncontroller = \"{controller}\"\n\
             disposition = \"{disposition}\"\nsuccessor = \"{successor}\"\nclause = [\"gbt35273-3.4\"]\n\
             reason_zh = \"因\"\nreason_en = \"because\"\n"
        )
    };
    refuses(
        &rule("hand_over", "manager", "person"),
        "departure.not-the-organisations",
        5,
        "would hand over what is the person's own",
        "detached or released",
    );
    refuses(&rule("hand_over", "none", "organisation"), "departure.no-successor", 6, "but to nobody", "manager");
    assert_eq!(problems_of(&format!("{HEADER}{}", rule("hand_over", "named", "organisation"))), []);
}

#[test]
fn roles_and_acts_that_do_not_exist() {
    let exclusion = |roles: &str| {
        format!(
            "[[exclusion]]\nid = \"e\"\nroles = {roles}\nclause = [\"gbt35273-7.1-c\"]\nreason_zh = \"因\"\nreason_en = \"because\"\n"
        )
    };
    refuses(
        &exclusion(r#"["auditor", "data_operater"]"#),
        "role.unknown",
        3,
        "`data_operater`",
        "Did you mean `data_operator`?",
    );
    refuses(&exclusion(r#"["auditor", "auditor"]"#), "exclusion.of-itself", 3, "from itself", "two different roles");
    let power = |role: &str, act: &str| {
        format!("[[power]]\nid = \"p\"\nrole = \"{role}\"\nacts = [\"{act}\"]\nclause = [\"gbt35273-7.1-b\"]\n")
    };
    refuses(&power("clerk", "members.read"), "role.unknown", 3, "`clerk`", "The roles are: primary_admin");
    refuses(&power("auditor", "record.read"), "act.unknown", 4, "`record.read`", "Did you mean `records.read`?");
    let act = "[[act]]\nkey = \"moon.fly\"\nname_zh = \"奔月\"\nname_en = \"Fly to the moon\"\n";
    refuses(act, "act.nobodys", 2, "no role may do `moon.fly`", "[[power]]");
    let approval = "[[approval]]\nid = \"a\"\nactions = [\"export\"]\napprovers = [{ role = \"boss\" }]\n\
        expires_after_working_days = 3\nclause = [\"gbt35273-7.1-b\"]\nreason_zh = \"因\"\nreason_en = \"because\"\n";
    refuses(approval, "role.unknown", 4, "approval `a` names role `boss`", "");
}

#[test]
fn a_pack_that_stands_alone_must_have_everything() {
    let alone = HEADER.lines().skip(1).collect::<Vec<_>>().join("\n");
    let problems = problems_of(&alone);
    let count = |code: &str| problems.iter().filter(|problem| problem.code == code).count();
    assert_eq!(count("approval.missing"), policy_model::instruction::Action::ALL.len());
    assert_eq!(count("deadlines.missing"), 1);
}

#[test]
fn deadlines_may_be_shortened_but_not_lengthened() {
    let days = |request: u32| {
        format!("[deadlines]\nrequest_days = {request}\nclosure_working_days = 15\nclause = [\"gbt35273-8.7-a\"]\n")
    };
    assert_eq!(problems_of(&format!("{HEADER}{}", days(7))), []);
    let weeks = format!("{}certification_working_days = 11\n", days(7));
    refuses(&weeks, "override.weaker", 5, "`certification_working_days` is 11", "Write 10 or less.");
    refuses(&days(31), "deadlines.unfit", 2, "`request_days` is 31", "Write 1 to 30.");
    refuses(&days(0), "deadlines.unfit", 2, "`request_days` is 0", "Write 1 to 30.");
}

#[test]
fn a_pack_that_is_not_there_goes_in_a_circle_or_is_called_otherwise() {
    let problems = problems_of(&HEADER.replace("gbt-35273", "gbt-35274"));
    assert!(problems.iter().any(|problem| problem.code == "pack.unknown" && problem.line == 1));
    let problems = problems_of(&HEADER.replace("gbt-35273", "acme"));
    assert!(problems.iter().any(|problem| problem.code == "pack.extends-itself" && problem.line == 1));
    let problems = problems_of(&HEADER.replace("name = \"acme\"", "name = \"acne\""));
    assert!(problems.iter().any(|problem| problem.code == "pack.other-name" && problem.line == 3));
    let problems = problems_of("extends = \"gbt-35273\"\n");
    assert!(problems.iter().any(|problem| problem.code == "pack.no-header"));
}

#[test]
fn what_protects_people_may_be_made_stricter_but_not_easier() {
    let records = |floor: &str, classes: &str| {
        format!(
            "[[schedule]]\nid = \"labour-records\"\noverrides = \"gbt-35273\"\nclasses = [{classes}]\nkeep = {{ years = 3 }}\n{floor}\
             from = \"departure\"\nthen = \"delete\"\ncriterion = \"agreement_or_law\"\nclause = [\"gbt35273-6.1-a\"]\n\
             ground_zh = \"因\"\nground_en = \"because\"\n"
        )
    };
    refuses(&records("", "\"hr.*\""), "override.weaker", 1, "for less than a statute demands", "Keep the floor");
    refuses(&records("floor = { years = 1 }\n", "\"hr.*\""), "override.weaker", 6, "less than a statute", "");
    refuses(
        &records("floor = { years = 2 }\n", "\"hr.name\""),
        "override.weaker",
        4,
        "would let go of `hr.id_card`",
        "",
    );
    assert_eq!(problems_of(&format!("{HEADER}{}", records("floor = { years = 3 }\n", "\"hr.*\""))), []);

    let approval = |actions: &str, approvers: &str| {
        format!(
            "[[approval]]\nid = \"no-way-back\"\noverrides = \"gbt-35273\"\nactions = [{actions}]\napprovers = [{approvers}]\n\
             expires_after_working_days = 5\nclause = [\"gbt35273-7.1-b\"]\nreason_zh = \"因\"\nreason_en = \"because\"\n"
        )
    };
    let both = "\"delete\", \"anonymise\"";
    refuses(&approval(both, ""), "override.weaker", 5, "take fewer people's yes", "stricter, never easier");
    refuses(&approval(both, "{ role = \"primary_admin\" }"), "override.weaker", 5, "fewer people's yes", "");
    let officers = "{ role = \"privacy_officer\", count = 2 }";
    assert_eq!(problems_of(&format!("{HEADER}{}", approval(both, officers))), []);

    let apart = |roles: &str| {
        format!(
            "[[exclusion]]\nid = \"data-operator-or-auditor\"\noverrides = \"gbt-35273\"\nroles = [{roles}]\n\
             clause = [\"gbt35273-7.1-c\"]\nreason_zh = \"因\"\nreason_en = \"because\"\n"
        )
    };
    refuses(
        &apart("\"hr_admin\", \"auditor\""),
        "override.weaker",
        4,
        "no longer keep `data_operator` and `auditor`",
        "",
    );
    let operator =
        "[[role]]\nkey = \"data_operator\"\noverrides = \"gbt-35273\"\nname_zh = \"操作员\"\nname_en = \"Operator\"\n";
    let sensitive = format!("{operator}sensitive = true\n");
    refuses(&sensitive, "override.weaker", 1, "would not count as working with data", "works_with_data = true");
    assert_eq!(problems_of(&format!("{HEADER}{sensitive}works_with_data = true\n")), []);
}

#[test]
fn nobody_is_waited_for_who_may_not_say_yes_and_nothing_is_kept_for_ever() {
    let approval = "[[approval]]\nid = \"own\"\nactions = [\"share\"]\napprovers = [{ role = \"employee\" }]\n\
        expires_after_working_days = 5\nclause = [\"gbt35273-7.1-b\"]\nreason_zh = \"因\"\nreason_en = \"because\"\n";
    refuses(approval, "approval.powerless", 4, "waits for `employee`", "instructions.approve");
    let endless = schedule("hr.name", "years = 99999999", "years = 2");
    refuses(&endless, "schedule.endless", 4, "keeps data for 99999999 years", "at most 200 years");
}

#[test]
fn what_separates_roles_is_never_given_to_both() {
    let power = |role: &str, act: &str| {
        format!("[[power]]\nid = \"own\"\nrole = \"{role}\"\nacts = [\"{act}\"]\nclause = [\"gbt35273-7.1-c\"]\n")
    };
    let appoints = power("auditor", "roles.assign");
    refuses(&appoints, "act.separates", 4, "`primary_admin`, which `auditor` excludes", "Leave `roles.assign` out");
    refuses(&power("primary_admin", "holdings.register"), "act.separates", 4, "`data_operator`", "");
    assert_eq!(problems_of(&format!("{HEADER}{}", power("auditor", "messages.read"))), []);
    let act = "[[act]]\nkey = \"roles.assign\"\noverrides = \"gbt-35273\"\nname_zh = \"任命\"\nname_en = \"Appoint\"\n";
    refuses(act, "override.weaker", 1, "would no longer separate roles", "separates = true");
}

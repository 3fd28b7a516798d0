//! The shipped packs, as the tests read them.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "what a test cannot read has failed it")]

use policy_model::clause::ClauseRegister;
use policy_model::facts::Facts;
use policy_model::pack::{Pack, PackProblem};

/// The packs that are shipped.
pub const SHIPPED: [&str; 5] = ["gbt-35273", "dingtalk", "aliyun-office-security", "yongchang", "coremail"];

/// The text of a shipped pack.
pub fn text(name: &str) -> Option<String> {
    let text = match name {
        "gbt-35273" => include_str!("../../../config/packs/gbt-35273.toml"),
        "dingtalk" => include_str!("../../../config/packs/dingtalk.toml"),
        "aliyun-office-security" => include_str!("../../../config/packs/aliyun-office-security.toml"),
        "yongchang" => include_str!("../../../config/packs/yongchang.toml"),
        "coremail" => include_str!("../../../config/packs/coremail.toml"),
        _ => return None,
    };
    Some(text.to_owned())
}

/// The clause register as shipped.
pub fn clauses() -> ClauseRegister {
    ClauseRegister::parse(include_str!("../../../config/clauses.csv")).unwrap()
}

/// A shipped pack, loaded.
pub fn pack(name: &str) -> Pack {
    Pack::load(name, &text, &clauses()).unwrap_or_else(|problems| panic!("{}", listed(&problems)))
}

/// Problems one a line.
pub fn listed(problems: &[PackProblem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

/// Facts from their JSON.
pub fn facts(json: &str) -> Facts {
    Facts::from_json_line(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// A pack that extends the base and is right in everything.
pub const HEADER: &str = r#"extends = "gbt-35273"
[pack]
name = "acme"
title_zh = "远山科技"
title_en = "Acme"
version = "1"
source = "acme"
"#;

/// The problems of the pack `acme` with this text.
pub fn problems_of(acme: &str) -> Vec<PackProblem> {
    let text_of = |name: &str| if name == "acme" { Some(acme.to_owned()) } else { text(name) };
    Pack::load("acme", &text_of, &clauses()).err().unwrap_or_default()
}

/// Expects exactly one problem after the right header: its code, its line below the header, words of message and help.
#[track_caller]
pub fn refuses(body: &str, code: &str, line: u32, message: &str, help: &str) {
    let problems = problems_of(&format!("{HEADER}{body}"));
    let [problem] = problems.as_slice() else { panic!("one problem expected for {body}:\n{}", listed(&problems)) };
    let header_lines = HEADER.matches('\n').count() as u32;
    assert_eq!(
        (problem.code, problem.line - header_lines, problem.file.as_str()),
        (code, line, "acme.toml"),
        "{problem}"
    );
    assert!(problem.message.contains(message), "{problem}");
    assert!(problem.help.contains(help), "{problem}");
}

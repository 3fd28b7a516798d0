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

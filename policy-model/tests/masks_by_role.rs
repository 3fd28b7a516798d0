//! Masks by role: what is refused when a pack is loaded, and which rule decides.
#![allow(clippy::unwrap_used, reason = "what a test cannot read has failed it")]

mod packs;

use packs::{HEADER, clauses, problems_of, refuses};
use policy_model::pack::Pack;

fn mask(id: &str, roles: &str, classes: &str, mask: &str) -> String {
    format!(
        "[[mask]]\nid = \"{id}\"\nroles = {roles}\nclasses = {classes}\nmask = \"{mask}\"\nclause = [\"gbt35273-7.2\"]\n\
         reason_zh = \"因\"\nreason_en = \"because\"\n"
    )
}

#[test]
fn a_mask_of_a_role_that_nobody_holds_or_that_opens_what_is_sensitive() {
    refuses(&mask("a", r#"["hr_admn"]"#, r#"["hr.rank"]"#, "none"), "role.unknown", 3, "`hr_admn`", "`hr_admin`");
    refuses(&mask("a", "[]", r#"["hr.rank"]"#, "none"), "mask.no-role", 3, "no role", "at least one");
    let opens = mask("a", r#"["hr_admin"]"#, r#"["hr.*"]"#, "none");
    refuses(&opens, "mask.unmasks-sensitive", 5, "which is sensitive", "revealed with a reason");
    refuses(&mask("a", r#"["hr_admin"]"#, r#"["hr.ranc"]"#, "none"), "class.unknown", 4, "`hr.ranc`", "`hr.rank`");
    refuses(&mask("a", r#"["hr_admin"]"#, r#"["hr.rank"]"#, "nothing"), "pack.wrong-value", 5, "`nothing`", "");
    let twice = mask("a", r#"["hr_admin", "auditor"]"#, r#"["hr.rank"]"#, "none")
        + &mask("b", r#"["auditor"]"#, r#"["hr.rank"]"#, "full");
    refuses(&twice, "mask.never-decides", 10, "`b`", "Move it up");
    // Another mask than none may be given for what is sensitive too.
    assert_eq!(problems_of(&format!("{HEADER}{}", mask("a", r#"["hr_admin"]"#, r#"["hr.*"]"#, "presence"))), []);
}

#[test]
fn the_first_mask_that_speaks_of_class_and_role_decides_and_otherwise_the_class_does() {
    use policy_model::class::Mask;
    let text = format!(
        "{HEADER}{}{}",
        mask("a", r#"["hr_admin"]"#, r#"["hr.rank"]"#, "none"),
        mask("b", r#"["auditor", "hr_admin"]"#, r#"["hr.*"]"#, "presence"),
    );
    let text_of = |name: &str| if name == "acme" { Some(text.clone()) } else { packs::text(name) };
    let pack = Pack::load("acme", &text_of, &clauses()).unwrap();
    let sees = |class: &str, roles: &[&str]| pack.mask_for(class, roles.iter().copied());
    assert_eq!(sees("hr.rank", &["employee"]), Mask::Full, "what no rule speaks of stays masked");
    assert_eq!(sees("hr.rank", &[]), Mask::Full);
    assert_eq!(sees("hr.rank", &["employee", "hr_admin"]), Mask::None);
    assert_eq!(sees("hr.rank", &["auditor"]), Mask::Presence);
    assert_eq!(sees("hr.rank", &["auditor", "hr_admin"]), Mask::None, "the order is that of the rules");
    assert_eq!(sees("hr.mobile_phone", &["hr_admin"]), Mask::Presence);
    assert_eq!(sees("basic.name", &["hr_admin"]), Mask::NameKeepFirst);
    assert_eq!(sees("hr.nothing_of_ours", &["hr_admin"]), Mask::Full);
}

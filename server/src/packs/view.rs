//! A pack as the API shows it. The rules write themselves down in their own words; these types say which words those are,
//! so that the API's description is complete and a pack that says more than is described fails a test.

use policy_model::clause::Clause;
use policy_model::pack::Pack;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The pack in force.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackView {
    /// Which pack.
    pub pack: PackHeader,
    /// The packs below it.
    pub extends: Vec<String>,
    /// Data classes.
    pub classes: Vec<ClassView>,
    /// Control rules, in the order in which they are read.
    pub control: Vec<ControlRuleView>,
    /// Retention schedules.
    pub schedules: Vec<ScheduleView>,
    /// What becomes of what when somebody leaves.
    pub departures: Vec<DepartureRuleView>,
    /// Whose yes is needed for what.
    pub approvals: Vec<ApprovalRuleView>,
    /// Roles.
    pub roles: Vec<RoleView>,
    /// Roles that exclude each other.
    pub exclusions: Vec<ExclusionView>,
    /// Acts on Tenure itself.
    pub acts: Vec<ActView>,
    /// Which role may do which act.
    pub powers: Vec<PowerView>,
    /// Who sees which classes through another mask than theirs, in the order in which they are read.
    pub masks: Vec<MaskRuleView>,
    /// Deadlines.
    pub deadlines: DeadlinesView,
    /// Classes that no control rule names: they are treated as the person's.
    pub classes_with_a_rule_missing: Vec<String>,
}

/// The head of a pack.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackHeader {
    /// Its name: `dingtalk`.
    pub name: String,
    /// The source document.
    pub source: String,
    /// Its version.
    pub version: String,
    /// In Chinese.
    pub title_zh: String,
    /// In English.
    pub title_en: String,
}

/// Something that can be done with Tenure itself.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActView {
    /// The key.
    pub key: String,
    /// In Chinese.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// Whether it separates roles: of two that exclude each other at most one has it.
    pub separates: bool,
}

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleView {
    /// The key.
    pub key: String,
    /// In Chinese.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// Whether it reaches data or lets others reach it: silence ends it when it is certified.
    pub sensitive: bool,
    /// Whether it works with people's data: a role that excludes it is kept from any.
    pub works_with_data: bool,
}

/// A data class.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassView {
    /// Its dotted key.
    pub key: String,
    /// In Chinese.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// Its family.
    pub family: String,
    /// Sensitive personal information (gbt35273-3.2).
    pub sensitive: bool,
    /// Biometric.
    pub biometric: bool,
    /// How it is masked.
    pub mask: String,
    /// Where it may be kept.
    pub storage: String,
    /// The clauses it rests on.
    pub clause: Vec<String>,
}

/// A control rule: who controls a holding.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlRuleView {
    /// Its id.
    pub id: String,
    /// Which facts it asks for; an empty list asks for nothing.
    pub when: BTreeMap<String, Vec<String>>,
    /// `organisation`, `person` or `unsettled`.
    pub controller: String,
    /// Conditions that act later.
    pub then: Vec<String>,
    /// The changes that let it rule old data anew: `consent`, `features`, `facts`, `pack`.
    pub retroactive: Vec<String>,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// The clauses it rests on.
    pub clause: Vec<String>,
}

/// A length of civil time.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodView {
    /// Years.
    pub years: u32,
    /// Months.
    pub months: u32,
    /// Days.
    pub days: u32,
}

/// A retention schedule.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleView {
    /// Its id.
    pub id: String,
    /// For which classes.
    pub classes: Vec<String>,
    /// Counted from what.
    pub from: String,
    /// How long.
    pub keep: Option<PeriodView>,
    /// What a statute keeps at least.
    pub floor: Option<PeriodView>,
    /// Kept for as long as what holds.
    pub criterion: String,
    /// Then what.
    pub then: String,
    /// Why, in Chinese.
    pub ground_zh: String,
    /// Why, in English.
    pub ground_en: String,
    /// The clauses it rests on.
    pub clause: Vec<String>,
}

/// What becomes of a group when somebody leaves.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartureRuleView {
    /// Its id.
    pub id: String,
    /// For which classes.
    pub classes: Vec<String>,
    /// Of whose data.
    pub controller: String,
    /// What becomes of it.
    pub disposition: String,
    /// What it may be changed to.
    pub allowed: Vec<String>,
    /// Who takes over.
    pub successor: String,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// The clauses it rests on.
    pub clause: Vec<String>,
}

/// Whose yes an instruction needs.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRuleView {
    /// Its id.
    pub id: String,
    /// For which actions.
    pub actions: Vec<String>,
    /// For data of which sensitivity.
    pub sensitivity: String,
    /// From how many people on.
    pub subjects_from: u32,
    /// Whose yes.
    pub approvers: Vec<ApproverView>,
    /// How long it may be answered.
    pub expires_after_working_days: u32,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// The clauses it rests on.
    pub clause: Vec<String>,
}

/// How many of which role.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproverView {
    /// The role.
    pub role: String,
    /// How many of it.
    pub count: u32,
}

/// Roles that no one person holds together.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExclusionView {
    /// Its id.
    pub id: String,
    /// The roles.
    pub roles: Vec<String>,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// The clauses it rests on.
    pub clause: Vec<String>,
}

/// How holders of some roles see some classes.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaskRuleView {
    /// Its id.
    pub id: String,
    /// Whoever holds one of these roles.
    pub roles: Vec<String>,
    /// Sees these classes.
    pub classes: Vec<String>,
    /// Through this mask.
    pub mask: String,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// The clauses it rests on.
    pub clause: Vec<String>,
}

/// What a role may do with Tenure itself.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PowerView {
    /// Its id.
    pub id: String,
    /// The role.
    pub role: String,
    /// The acts.
    pub acts: Vec<String>,
    /// The clauses it rests on.
    pub clause: Vec<String>,
}

/// How long things may take.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadlinesView {
    /// Days for a rights request.
    pub request_days: u32,
    /// Working days to close an account.
    pub closure_working_days: u32,
    /// Working days to certify who has what.
    pub certification_working_days: u32,
    /// The clauses they rest on.
    pub clause: Vec<String>,
}

/// The roles of a pack, and which exclude each other.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RolesView {
    /// Roles.
    pub roles: Vec<RoleView>,
    /// Which exclude each other.
    pub exclusions: Vec<ExclusionView>,
}

/// A pack on the shelf.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShelfView {
    /// Which pack.
    pub pack: PackHeader,
    /// The packs below it.
    pub extends: Vec<String>,
    /// Whether it is the one in force here.
    pub in_force: bool,
}

impl ShelfView {
    /// A pack's head.
    pub fn of(pack: &Pack, in_force: bool) -> serde_json::Result<Self> {
        serde_json::from_value(json!({ "pack": pack.header(), "extends": pack.extends(), "in_force": in_force }))
    }
}

/// A clause that may be cited.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClauseView {
    /// Its id: `gbt35273-7.1-b`.
    pub id: String,
    /// The source document.
    pub source: String,
    /// The place in it.
    pub clause: String,
    /// Its title, in Chinese.
    pub title_zh: String,
    /// What it asks, in a sentence of our own, in Chinese.
    pub requirement_zh: String,
    /// The same in English.
    pub requirement_en: String,
}

impl ClauseView {
    /// A clause as the register has it.
    pub fn of(clause: &Clause) -> Self {
        Self {
            id: clause.id.clone(),
            source: clause.source.clone(),
            clause: clause.clause.clone(),
            title_zh: clause.title_zh.clone(),
            requirement_zh: clause.requirement_zh.clone(),
            requirement_en: clause.requirement_en.clone(),
        }
    }
}

impl PackView {
    /// A pack in its own words. Fails where a pack says something that is not described here.
    pub fn of(pack: &Pack) -> serde_json::Result<Self> {
        serde_json::from_value(json!({
            "pack": pack.header(),
            "extends": pack.extends(),
            "classes": pack.classes(),
            "control": pack.control_rules(),
            "schedules": pack.schedules(),
            "departures": pack.departure_rules(),
            "approvals": pack.approvals(),
            "roles": pack.roles(),
            "exclusions": pack.exclusions(),
            "acts": pack.acts(),
            "powers": pack.powers(),
            "masks": pack.mask_rules(),
            "deadlines": pack.deadlines(),
            "classes_with_a_rule_missing": pack.classes_with_a_rule_missing(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_pack_says_only_what_is_described() {
        for (name, _) in crate::packs::EMBEDDED {
            let pack = crate::packs::by_name(name).unwrap();
            let view = PackView::of(&pack).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(!view.classes.is_empty() && !view.control.is_empty(), "{name}");
        }
    }
}

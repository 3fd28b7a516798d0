//! Why a group may not be disposed of in some way: for people in both languages, for programs by code, with the clause.

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

use crate::departure::Disposition;

/// Why something may not be done with a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// It is the person's own.
    PersonsOwn,
    /// Whose it is has not been settled, so it is treated as the person's.
    Unsettled,
    /// It came to be under an enterprise account, all of whose data is the organisation's.
    EnterpriseAccount,
    /// It may belong to another membership of the person, which still stands.
    OtherTenure,
    /// These holds cover it.
    Held(Vec<String>),
    /// A statute keeps it through this day.
    UnderFloor {
        /// The last day of the floor.
        through: NaiveDate,
        /// The clauses of the schedule.
        clauses: Vec<String>,
    },
    /// A statute keeps it, and the event from which its time runs has not come.
    FloorNotBegun(Vec<String>),
    /// The pack has no schedule for the class, so nobody can say that it may go.
    NoSchedule,
    /// There is nobody to hand it to.
    NoSuccessor,
    /// Biometric identifiers are not passed on.
    Biometric,
    /// The person no longer sees it after leaving.
    HiddenFromLeaver,
    /// The pack's rule for it does not list this.
    NotInRule {
        /// The rule.
        rule: String,
        /// What it lists.
        allowed: Vec<Disposition>,
        /// The clauses it rests on.
        clauses: Vec<String>,
    },
    /// The pack has no departure rule for it.
    NoRule,
    /// The departure has no such group any more.
    NoSuchGroup(String),
}

impl WhyNot {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PersonsOwn => "persons-own",
            Self::Unsettled => "unsettled",
            Self::EnterpriseAccount => "enterprise-account",
            Self::OtherTenure => "other-tenure",
            Self::Held(_) => "held",
            Self::UnderFloor { .. } => "under-floor",
            Self::FloorNotBegun(_) => "floor-not-begun",
            Self::NoSchedule => "no-schedule",
            Self::NoSuccessor => "no-successor",
            Self::Biometric => "biometric",
            Self::HiddenFromLeaver => "hidden-from-leaver",
            Self::NotInRule { .. } => "not-in-rule",
            Self::NoRule => "no-rule",
            Self::NoSuchGroup(_) => "no-such-group",
        }
    }

    /// The clauses that forbid it.
    pub fn clauses(&self) -> Vec<&str> {
        match self {
            Self::PersonsOwn | Self::Unsettled => vec!["dingtalk-3.6.1-8-noshare"],
            Self::EnterpriseAccount => vec!["dingtalk-3.6.2"],
            Self::Held(_) => vec!["dingtalk-5.1-4"],
            Self::UnderFloor { clauses, .. } | Self::FloorNotBegun(clauses) | Self::NotInRule { clauses, .. } => {
                clauses.iter().map(String::as_str).collect()
            }
            Self::NoSchedule => vec!["gbt35273-6.1-a"],
            Self::Biometric => vec!["gbt35273-9.2-i"],
            Self::HiddenFromLeaver => vec!["dingtalk-3.6.1-5-direct"],
            Self::OtherTenure | Self::NoSuccessor | Self::NoRule | Self::NoSuchGroup(_) => vec![],
        }
    }

    /// The reason in Chinese.
    pub fn reason_zh(&self) -> String {
        match self {
            Self::PersonsOwn => "属于个人数据，企业组织不得留存、移交、隐藏或删除".to_owned(),
            Self::Unsettled => "权属尚未判定，按个人数据对待；由个人信息保护负责人判定".to_owned(),
            Self::EnterpriseAccount => "企业账号下的数据归企业组织，不交还个人".to_owned(),
            Self::OtherTenure => {
                "无法判定属于本人的哪一段任职，而另一段任职仍在继续；本次不作任何处置，待其结束时一并处置".to_owned()
            }
            Self::Held(holds) => format!("处于保全之中（{}），保全解除前予以留存", holds.join("、")),
            Self::UnderFloor { through, .. } => format!("法定最短留存期至 {through}，届满前不得删除、匿名化或解除关联"),
            Self::FloorNotBegun(_) => "法定最短留存期尚未起算（交易未完成），须继续留存".to_owned(),
            Self::NoSchedule => "策略包未规定此类数据的留存期限，不得删除或匿名化；请补充留存期限".to_owned(),
            Self::NoSuccessor => "没有可以接手的人；请指定接手人".to_owned(),
            Self::Biometric => "个人生物识别信息不得移交他人".to_owned(),
            Self::HiddenFromLeaver => "离职后对本人不可见".to_owned(),
            Self::NotInRule { rule, allowed, .. } => match listed(allowed, "、", |names| names.0) {
                None => format!("规则 {rule} 不允许更改"),
                Some(list) => format!("规则 {rule} 只允许：{list}"),
            },
            Self::NoRule => "策略包没有此类数据的离职规则；请补充规则".to_owned(),
            Self::NoSuchGroup(key) => format!("本次离职处置中没有 {key}；请重新生成方案"),
        }
    }

    /// The reason in English.
    pub fn reason_en(&self) -> String {
        match self {
            Self::PersonsOwn => {
                "it is the person's own: the organisation may not keep, hand over, hide or destroy it".to_owned()
            }
            Self::Unsettled => {
                "whose it is has not been settled, so it is treated as the person's; the privacy officer settles it"
                    .to_owned()
            }
            Self::EnterpriseAccount => {
                "data of an enterprise account is the organisation's and does not go back to the person".to_owned()
            }
            Self::OtherTenure => {
                "nobody can tell to which of the person's memberships it belongs, and another one still stands; \
                 nothing is done with it now, the other's departure will"
                    .to_owned()
            }
            Self::Held(holds) => format!("it lies under a hold ({}) and stays until that ends", holds.join(", ")),
            Self::UnderFloor { through, .. } => {
                format!("a statute keeps it through {through}; until then it can neither be destroyed nor cut off")
            }
            Self::FloorNotBegun(_) => {
                "a statute keeps it, and its time has not begun: the transaction is not completed".to_owned()
            }
            Self::NoSchedule => {
                "the pack has no schedule for this class, so it is not destroyed; add a schedule".to_owned()
            }
            Self::NoSuccessor => "there is nobody to take it over; name a successor".to_owned(),
            Self::Biometric => "biometric identifiers are not handed to anybody".to_owned(),
            Self::HiddenFromLeaver => "the person no longer sees it after leaving".to_owned(),
            Self::NotInRule { rule, allowed, .. } => match listed(allowed, ", ", |names| names.1) {
                None => format!("rule {rule} permits no change"),
                Some(list) => format!("rule {rule} permits only: {list}"),
            },
            Self::NoRule => "the pack has no departure rule for this class; add one".to_owned(),
            Self::NoSuchGroup(key) => format!("this departure has no group {key}; plan it again"),
        }
    }
}

fn listed(
    dispositions: &[Disposition],
    comma: &str,
    name: impl Fn((&'static str, &'static str)) -> &'static str,
) -> Option<String> {
    let names: Vec<&str> = dispositions.iter().map(|disposition| name(disposition.names())).collect();
    (!names.is_empty()).then(|| names.join(comma))
}

impl std::fmt::Display for WhyNot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason_en())
    }
}

impl std::error::Error for WhyNot {}

impl Serialize for WhyNot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct View<'w> {
            code: &'static str,
            reason_zh: String,
            reason_en: String,
            clauses: Vec<&'w str>,
        }
        let view = View {
            code: self.code(),
            reason_zh: self.reason_zh(),
            reason_en: self.reason_en(),
            clauses: self.clauses(),
        };
        view.serialize(serializer)
    }
}

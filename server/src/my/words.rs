//! What is said in words beside a code: names of classes and rules' reasons, in both languages. Whoever has left reads no pack, so
//! they come with the answer.

use crate::people::own_roles::OwnRoleRow;
use chrono::NaiveDate;
use policy_model::pack::Pack;
use policy_model::schedule::{CountedFrom, Kept, Milestones, Period, Then, schedule_for};
use serde::{Deserialize, Serialize};

/// A data class by name.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MyClassName)]
pub struct ClassName {
    /// Its key.
    pub key: String,
    /// In Chinese.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// Whether it is sensitive.
    pub sensitive: bool,
}

/// A class's name; of one that the pack does not have, its key.
pub fn class_name(pack: &Pack, key: &str) -> ClassName {
    let class = pack.class(key);
    let name = |zh: bool| class.map_or(key, |c| if zh { &c.name_zh } else { &c.name_en }).to_owned();
    ClassName {
        key: key.to_owned(),
        name_zh: name(true),
        name_en: name(false),
        sensitive: class.is_none_or(|c| c.sensitive),
    }
}

/// A role by name.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MyRoleName)]
pub struct RoleName {
    /// Its key.
    pub key: String,
    /// In Chinese.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
}

/// A role's name; of one that neither the pack nor the organisation has, its key.
pub fn role_name(pack: &Pack, own: &[OwnRoleRow], key: &str) -> RoleName {
    let of_pack = pack.roles().iter().find(|r| r.key == key).map(|r| (&r.name_zh, &r.name_en));
    let named = of_pack.or_else(|| own.iter().find(|r| r.key == key).map(|r| (&r.name_zh, &r.name_en)));
    let (zh, en) = named.map_or((key, key), |(zh, en)| (zh.as_str(), en.as_str()));
    RoleName { key: key.to_owned(), name_zh: zh.to_owned(), name_en: en.to_owned() }
}

/// Why, in both languages, with the clauses that it rests on.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MyReason)]
pub struct Why {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The clauses.
    pub clauses: Vec<String>,
}

/// How long a class is kept.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MyKeeping)]
pub struct Keeping {
    /// Years; added to months and days.
    pub years: u32,
    /// Months.
    pub months: u32,
    /// Days.
    pub days: u32,
    /// Counted from `departure`, `creation`, `last_activity` or `transaction_completion`.
    pub from: String,
    /// Then `delete` or `anonymise`.
    pub then: String,
    /// Through which day, where the event has come.
    pub until: Option<NaiveDate>,
    /// The ground.
    pub why: Why,
}

/// How long the pack has a class kept.
pub fn keeping(pack: &Pack, class: &str, milestones: &Milestones) -> Option<Keeping> {
    let schedule = schedule_for(pack.schedules(), class)?;
    let Period { years, months, days } = schedule.keep;
    let from = match schedule.from {
        CountedFrom::Departure => "departure",
        CountedFrom::Creation => "creation",
        CountedFrom::LastActivity => "last_activity",
        CountedFrom::TransactionCompletion => "transaction_completion",
    };
    let then = match schedule.then {
        Then::Delete => "delete",
        Then::Anonymise => "anonymise",
    };
    let until = match schedule.kept(milestones) {
        Kept::NotCounting => None,
        Kept::Through { last_day, .. } => Some(last_day),
    };
    let why = Why { zh: schedule.ground_zh.clone(), en: schedule.ground_en.clone(), clauses: schedule.clauses.clone() };
    Some(Keeping { years, months, days, from: from.into(), then: then.into(), until, why })
}

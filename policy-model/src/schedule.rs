//! Retention schedules: how long a class of data stays, counted from what, and what happens then.
//!
//! Every schedule is finite and states its ground (gbt35273-6.1-a). A statutory floor keeps data even where somebody may
//! otherwise delete it sooner. What always holds: a longer period never ends earlier, a hold suspends the end, and where
//! the start is not known nothing falls due.

use serde::{Deserialize, Serialize};

use crate::class::ClassPattern;

/// How long data of some classes stays: `[[schedule]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The rule's name, unique in the pack.
    pub id: String,
    /// The classes it is about. Of several schedules that fit a class, the narrowest pattern decides.
    pub classes: Vec<ClassPattern>,
    /// How long the data stays, written `{ years = 2 }` or `{ months = 6, days = 15 }`.
    pub keep: Period,
    /// The event from which the period runs.
    pub from: CountedFrom,
    /// What happens when it has run.
    pub then: Then,
    /// How long a statute demands that it stays, counted from the same event. Nothing shortens it.
    #[serde(default)]
    pub floor: Option<Period>,
    /// By which of the permitted criteria the period was set (dingtalk-5.1-criteria).
    pub criterion: Criterion,
    /// The ground, in Chinese.
    pub ground_zh: String,
    /// The ground, in English.
    pub ground_en: String,
    /// The clauses that it rests on.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
}

/// A length of civil time. Years and months are counted first, then days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Period {
    /// Whole years.
    pub years: u32,
    /// Whole months.
    pub months: u32,
    /// Days.
    pub days: u32,
}

/// The event from which a period runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedFrom {
    /// The last day of the membership.
    Departure,
    /// The day the data came to be.
    Creation,
    /// The day it was last used.
    LastActivity,
    /// The day the transaction was completed (dingtalk-5.1-3y).
    TransactionCompletion,
}

/// What happens when a period has run (gbt35273-6.1-b).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// 删除
    Delete,
    /// 匿名化
    Anonymise,
}

/// Why a period is as long as it is: the permitted criteria of dingtalk-5.1-criteria.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// To complete transactions and to answer queries and complaints about them.
    Transaction,
    /// For the safety and quality of the service.
    ServiceQuality,
    /// The person agreed to a longer time.
    Consent,
    /// Until claims can no longer be brought.
    Limitation,
    /// A special agreement or a law says so.
    AgreementOrLaw,
}

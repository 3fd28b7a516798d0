//! A card: all that somebody has to know to decide, as data. The words are the console's.

use crate::certification::Certification;
use crate::departures::DepartureView;
use crate::instructions::{Decision, Instruction, May};
use crate::people::{MemberName, SubjectName};
use crate::platform::db::Ts;
use crate::rehearsals::RehearsalSummary;
use crate::text_enum;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

text_enum! {
    /// One of the three lists.
    Tab as "InboxTab" => {
        /// It waits for me.
        Open = "open",
        /// I asked, and somebody else must answer.
        Waiting = "waiting",
        /// I decided it lately.
        Done = "done",
    }
}

text_enum! {
    /// What kind of thing waits.
    CardKind {
        /// A yes or no: an instruction, or all those of one departure.
        Approval = "approval",
        /// A departure to be checked and handed in, or one that needs a look.
        Departure = "departure",
        /// An order that nobody acknowledged, or that could not be done.
        Order = "order",
        /// A message of an HR system that could not be applied, or that waits.
        Message = "message",
        /// A list of who has what, with lines to answer for.
        Certification = "certification",
        /// Anything else that was raised to a person.
        Other = "other",
    }
}

/// What waits, was asked or was decided.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Card {
    /// `instruction:…`, `departure:…`, `certification:…` or `attention:…`; for deciding several.
    pub id: String,
    /// What kind of thing.
    pub kind: CardKind,
    /// The thing itself.
    pub object: CardObject,
    /// What has a page and shows it, where the thing itself has none: of an order the instruction that is carried out.
    pub leads_to: Option<CardObject>,
    /// What is asked or what happened: the action of an instruction (`delete`, `standing` …), `departure`, or the kind of
    /// what was raised (`delivery.unacknowledged` …).
    pub action: String,
    /// Who asks; nobody where the platform does.
    pub asked_by: Option<MemberName>,
    /// The one person it is about, where it is one.
    pub about: Option<SubjectName>,
    /// The data classes, or their patterns.
    pub classes: Vec<String>,
    /// How many people's data; nothing where that is not known, or everybody's.
    pub people: Option<i64>,
    /// How many holdings.
    pub holdings: Option<i64>,
    /// How many items, where it was counted.
    pub items: Option<i64>,
    /// How many bytes, where it was counted.
    pub bytes: Option<i64>,
    /// Whether it touches sensitive data.
    pub sensitive: bool,
    /// For what purpose.
    pub purpose: Option<String>,
    /// Why, in the words of whoever asks.
    pub reason: Option<String>,
    /// What else belongs to it, by its kind: of a departure `state`, `last_day`, `effective_at`, `lanes`, `raised`; of what
    /// was raised `reason` and `detail`; of a grant `until`, `operations`, `roles` or `members`; of an order `recipient`,
    /// `executor`, `successor`, `retain_until`; of a certification `quarter`, `lines`, `waiting`.
    #[schema(value_type = Object)]
    pub facts: Map<String, Value>,
    /// The approval rules that bind it.
    pub rules: Vec<String>,
    /// The clauses that these rest on.
    pub clauses: Vec<String>,
    /// What a yes would do, rehearsed: of what would permit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<RehearsalSummary>,
    /// What has to be the same in cards that are decided together; absent where there is no yes or no to say.
    pub alike: Option<Likeness>,
    /// What follows from a yes.
    pub on_yes: Option<Consequence>,
    /// What follows from a no.
    pub on_no: Option<Consequence>,
    /// What follows if nobody says anything. Never a yes.
    pub on_silence: Consequence,
    /// Since when it waits, or when it was decided.
    pub at: Ts,
    /// When the request lapses, or access ends.
    pub expires_at: Option<Ts>,
    /// Working days after today until then, by the organisation's calendar; 0 on the last day.
    pub working_days_left: Option<u32>,
    /// Roles whose yes is still missing.
    pub waiting_for: Vec<String>,
    /// Of them, those that nobody holds who may say it.
    pub nobody_available: Vec<String>,
    /// What the caller said, in the list of what is done.
    pub said: Option<Word>,
    /// What the caller may do about it now.
    pub can: CardCan,
}

/// The reason and the risk of a decision. Cards with the same are decided together, and others are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = CardLikeness)]
pub struct Likeness {
    /// `instruction`, or `departure` for all those of one.
    pub kind: String,
    /// What is done.
    pub actions: Vec<String>,
    /// What for.
    pub purposes: Vec<String>,
    /// Whether sensitive data is touched.
    pub sensitive: bool,
    /// The approval rules that bind it.
    pub rules: Vec<String>,
}

impl Likeness {
    /// Of the instructions that one card stands for.
    pub(super) fn of(kind: &str, of_case: &[Instruction]) -> Self {
        let sorted = |all: BTreeSet<&str>| all.into_iter().map(str::to_owned).collect();
        Self {
            kind: kind.to_owned(),
            actions: sorted(of_case.iter().map(|i| i.action.as_str()).collect()),
            purposes: sorted(of_case.iter().map(|i| i.purpose.as_str()).collect()),
            sensitive: of_case.iter().any(|i| i.sensitive),
            rules: sorted(of_case.iter().flat_map(|i| i.approval_rule.split_whitespace()).collect()),
        }
    }
}

/// A thing by kind and id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CardObject {
    /// `instruction`, `departure`, `message`, `delivery`, `order` …
    pub kind: String,
    /// Which one.
    pub id: String,
}

/// What follows: a code, and what belongs into its sentence.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Consequence {
    /// Such as `order.runs`, `request.lapses`.
    pub code: String,
    /// Such as `at`, `roles`.
    #[schema(value_type = Object)]
    pub with: Map<String, Value>,
}

impl Consequence {
    pub(super) fn of(code: &str, with: Value) -> Self {
        Self { code: code.to_owned(), with: with.as_object().cloned().unwrap_or_default() }
    }
}

/// A yes or no that was said.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CardWord)]
pub struct Word {
    /// Yes or no; absent where something was settled otherwise.
    pub decision: Option<Decision>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Ts,
    /// Where the thing stands now.
    pub state: String,
}

/// What the caller may do about a card.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct CardCan {
    /// Say yes or no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decide: Option<May>,
    /// Hand in the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submit: Option<May>,
    /// Say that it is settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve: Option<May>,
    /// Answer for its lines, which is done on its own page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certify: Option<May>,
    /// Try the message again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<May>,
    /// Send the order again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<May>,
    /// Take back what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdraw: Option<May>,
}

/// How many cards each tab has, as far as they were counted.
#[derive(Debug, Clone, Copy, Default, Serialize, utoipa::ToSchema)]
pub struct Counts {
    /// Waiting for me.
    pub open: u32,
    /// Asked by me.
    pub waiting: u32,
    /// Decided by me lately.
    pub done: u32,
    /// Counted no further than this: a tab with so many may have more.
    pub counted_to: u32,
}

/// A page of cards.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InboxPage {
    /// Which list this is.
    pub tab: Tab,
    /// The cards.
    pub items: Vec<Card>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many each tab has; with the first page only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
}

/// What a card stands for, before it is shown.
#[derive(Debug, Clone)]
pub(super) enum Matter {
    /// An instruction by itself.
    Instruction(Box<Instruction>),
    /// Those of one departure that the list is about.
    OfDeparture(crate::platform::ids::DepartureId, Vec<Instruction>),
    /// A plan to be checked and handed in.
    ToCheck(crate::platform::ids::DepartureId),
    /// A list of who has what.
    Certifying(Box<Certification>),
    /// Something that was raised.
    Raised(Box<crate::attention::Attention>),
}

/// One of a list: where it stands in it, what it is, and what was said of it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub key: i64,
    pub id: uuid::Uuid,
    pub matter: Matter,
    pub said: Option<Word>,
}

/// The facts of a departure that a card shows.
pub(super) fn facts_of(d: &DepartureView) -> Map<String, Value> {
    let facts = serde_json::json!({
        "state": d.state,
        "last_day": d.last_day,
        "effective_at": d.effective_at,
        "reason": d.reason,
        "department": d.department,
        "position": d.position,
        "lanes": d.lanes,
        "lines": d.lines,
    });
    facts.as_object().cloned().unwrap_or_default()
}

//! What a source document leaves open: one question for all that is alike, that is of one class, under one rule, with the same
//! deciding facts. It is treated as the person's until the privacy officer settles it with a reasoned decision, which then
//! holds for its like, present and future. A question can be settled otherwise later; every settlement stays in its history.

use super::error::HoldingError;
use super::jobs::SETTLE;
use super::lists;
use super::model::{Side, SideState};
use super::store::{self, RulingRow};
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, StoreError, Stored, TenantTx, Ts, Turn, lost_race};
use crate::platform::http::Cursor;
use crate::platform::ids::{HoldingId, MembershipId, QuestionId, SettlementId, SubjectId};
use crate::platform::jobs::{self, JobError, Step};
use crate::platform::keyring::Aad;
use crate::platform::record::Record;
use crate::platform::vault;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::facts::Facts;
use policy_model::pack::Pack;
use policy_model::ruling::Controller;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

tenant_table! {
    questions (id) {
        id -> SqlUid, key -> Text, class -> Text, rule -> Text, pack -> Text, facts -> Text,
        controller -> Nullable<Text>, settlement_id -> Nullable<SqlUid>, opened_at -> SqlTs,
        settled_at -> Nullable<SqlTs>, version -> BigInt,
    }
}
tenant_table! {
    settlements (question_id, id) {
        id -> SqlUid, question_id -> SqlUid, controller -> Text, sealed_reason -> Binary,
        settled_by -> Nullable<SqlUid>, settled_at -> SqlTs,
    }
}

/// Where a settlement's reason lives.
const REASON: Aad = Aad::new("settlements.reason");
/// Sides that one step settles.
const SIDES_A_STEP: i64 = 500;

/// Something that the source documents leave open, with all that is like it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = questions, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Question {
    pub id: QuestionId,
    /// What is alike has the same.
    key: String,
    pub class: String,
    /// The rule that leaves it open.
    pub rule: String,
    pub pack: String,
    /// The deciding facts, as JSON.
    pub facts: String,
    /// How it was settled; open when absent.
    pub controller: Option<String>,
    pub settlement_id: Option<SettlementId>,
    pub opened_at: Ts,
    pub settled_at: Option<Ts>,
    pub version: i64,
}

/// One settlement of a question.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = settlements, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Settlement {
    pub id: SettlementId,
    pub question_id: QuestionId,
    pub controller: String,
    sealed_reason: Vec<u8>,
    pub settled_by: Option<MembershipId>,
    pub settled_at: Ts,
}

/// The question that a side belongs to, and how it was settled.
#[derive(Debug, Clone)]
pub(super) struct Like {
    pub question: QuestionId,
    pub controller: Option<String>,
    pub settlement: Option<SettlementId>,
}

/// Questions met in one piece of work, so that each is looked up once.
#[derive(Debug, Default)]
pub(super) struct Questions(HashMap<String, Like>);

/// The question of data that the pack leaves open; opened with the first of its like.
pub(super) fn like(tx: &mut TenantTx<'_>, pack: &Pack, facts: &Facts, known: &mut Questions) -> Stored<Like> {
    let rule = pack.rule(facts).rule_id().unwrap_or_default().to_owned();
    let deciding = serde_json::to_string(&pack.deciding_facts(facts))?;
    let key: String =
        Sha256::digest(format!("{}\n{rule}\n{deciding}", facts.class)).iter().map(|b| format!("{b:02x}")).collect();
    if let Some(met) = known.0.get(&key) {
        return Ok(met.clone());
    }
    let wanted = key.clone();
    let found: Option<Question> =
        tx.first(questions::table, |rows| rows.filter(questions::key.eq(wanted)).select(Question::as_select()))?;
    let question = match found {
        Some(question) => question,
        None => {
            let new = Question {
                id: tx.new_id(),
                key: key.clone(),
                class: facts.class.clone(),
                rule,
                pack: pack.header().name.clone(),
                facts: deciding,
                controller: None,
                settlement_id: None,
                opened_at: tx.now(),
                settled_at: None,
                version: 1,
            };
            tx.add(questions::table, &new)?;
            tx.record(
                Record::of("rulings.open").on("question", new.id).class(&new.class).with("rule", new.rule.clone()),
            );
            new
        }
    };
    let like = Like { question: question.id, controller: question.controller, settlement: question.settlement_id };
    known.0.insert(key, like.clone());
    Ok(like)
}

pub(super) fn find(tx: &mut TenantTx<'_>, id: QuestionId) -> Stored<Option<Question>> {
    tx.first(questions::table, |rows| rows.filter(questions::id.eq(id)).select(Question::as_select()))
}

/// Questions that are open, or that are settled, in the order in which they arose.
pub(super) fn list(
    tx: &mut TenantTx<'_>,
    state: Option<QuestionState>,
    after: Option<Cursor>,
    limit: i64,
) -> Stored<Vec<Question>> {
    tx.load(questions::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        match state {
            Some(QuestionState::Open) => query = query.filter(questions::controller.is_null()),
            Some(QuestionState::Settled) => query = query.filter(questions::controller.is_not_null()),
            None => {}
        }
        if let Some(after) = after {
            query = query.filter(questions::id.gt(QuestionId::from(after.id)));
        }
        query.order(questions::id).limit(limit + 1).select(Question::as_select())
    })
}

/// Whether a question is open or settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum QuestionState {
    /// Nobody has settled it.
    Open,
    /// It is settled.
    Settled,
}

/// The settlements of a question, newest first, each with its reason.
pub(super) fn history(tx: &mut TenantTx<'_>, id: QuestionId) -> Stored<Vec<(Settlement, String)>> {
    let all: Vec<Settlement> = tx.load(settlements::table, |rows| {
        rows.filter(settlements::question_id.eq(id))
            .order(settlements::id.desc())
            .limit(100)
            .select(Settlement::as_select())
    })?;
    let mut opened = Vec::with_capacity(all.len());
    for s in all {
        let reason = vault::open_secret(tx, &REASON.row(s.id), s.sealed_reason.clone())?;
        opened.push((s, String::from_utf8_lossy(&reason).into_owned()));
    }
    Ok(opened)
}

/// Settles a question. From this commit on it holds for whatever is registered; what is there already follows, by a job.
pub(super) fn settle(
    tx: &mut TenantTx<'_>,
    id: QuestionId,
    controller: Controller,
    reason: &str,
) -> Result<Question, HoldingError> {
    let mut question = find(tx, id)?.ok_or(HoldingError::UnknownQuestion)?;
    if reason.trim().is_empty() || reason.chars().count() > 2_000 {
        return Err(HoldingError::Invalid("reason: 1 to 2,000 characters".into()));
    }
    let settlement_id: SettlementId = tx.new_id();
    let settlement = Settlement {
        id: settlement_id,
        question_id: id,
        controller: controller.as_str().into(),
        sealed_reason: vault::seal_secret(tx, &REASON.row(settlement_id), reason.as_bytes())?,
        settled_by: tx.actor().membership(),
        settled_at: tx.now(),
    };
    tx.add(settlements::table, &settlement)?;
    let before = question.version;
    question.controller = Some(controller.as_str().into());
    question.settlement_id = Some(settlement_id);
    question.settled_at = Some(tx.now());
    question.version += 1;
    let now = question.clone();
    let changed = tx.change(questions::table, |rows| {
        diesel::update(rows.filter(questions::id.eq(now.id)).filter(questions::version.eq(before))).set((
            questions::controller.eq(now.controller),
            questions::settlement_id.eq(now.settlement_id),
            questions::settled_at.eq(now.settled_at),
            questions::version.eq(now.version),
        ))
    })?;
    if changed != 1 {
        return Err(lost_race().into());
    }
    tx.record(
        Record::of("rulings.settle")
            .on("question", id)
            .class(&question.class)
            .with("rule", question.rule.clone())
            .with("controller", controller.as_str())
            .with("settlement", settlement_id.to_string()),
    );
    // By the settlement too: a second one is work of its own.
    let payload = json!({ "question": id, "after": null });
    tx.run_at(tx.now(), SETTLE, &settlement_id.to_string(), &payload)?;
    Ok(question)
}

/// Brings the next sides of a question to how it stands settled now.
pub(super) fn step(tx: &mut TenantTx<'_>, payload: &Value) -> Result<Step, JobError> {
    tx.needs(Turn::Alone)?;
    let id: QuestionId = jobs::id(&payload["question"])?;
    let after: Option<(SubjectId, HoldingId)> =
        serde_json::from_value(payload["after"].clone()).map_err(|e| JobError::of(e.to_string()))?;
    let Some(question) = find(tx, id)? else { return Ok(Step::Done) };
    let sides = lists::sides_of_question(tx, id, after, SIDES_A_STEP)?;
    let Some(last) = sides.last().map(|s| (s.subject_id, s.holding_id)) else { return Ok(Step::Done) };
    let moved = apply(tx, &question, &sides)?;
    if !moved.is_empty() {
        let mut record = Record::of("rulings.follow")
            .on("question", id)
            .class(&question.class)
            .with("cause", "settled")
            .with("sides", moved.len());
        for subject in moved.iter().take(100) {
            record = record.about(*subject);
        }
        tx.record(record);
    }
    Ok(Step::Again(json!({ "question": id, "after": last })))
}

fn apply(tx: &mut TenantTx<'_>, question: &Question, sides: &[Side]) -> Stored<Vec<SubjectId>> {
    let Some(controller) = question.controller.clone() else { return Ok(Vec::new()) };
    let wrong: Vec<&Side> =
        sides.iter().filter(|s| s.state != SideState::Ended && (!s.settled || s.controller != controller)).collect();
    let ids: Vec<HoldingId> = wrong.iter().map(|s| s.holding_id).collect();
    let latest = lists::latest_rulings(tx, &ids)?;
    let mut history = Vec::with_capacity(wrong.len());
    for side in &wrong {
        let now = Side {
            controller: controller.clone(),
            settled: true,
            ruled_at: tx.now(),
            contest_id: None,
            ..(*side).clone()
        };
        store::update_ruling(tx, &now)?;
        let before = latest
            .get(&(side.holding_id, side.subject_id))
            .ok_or_else(|| StoreError::Unreadable("a side without a ruling".into()))?;
        history.push(RulingRow {
            id: tx.new_id(),
            controller: controller.clone(),
            cause: "settled".into(),
            settlement_id: question.settlement_id,
            ruled_at: tx.now(),
            ..before.clone()
        });
    }
    store::insert_rulings(tx, &history)?;
    Ok(wrong.iter().map(|s| s.subject_id).collect())
}

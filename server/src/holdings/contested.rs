//! What a person contests, and what becomes of it when the privacy officer finds that they are right. What the documents leave
//! open is settled otherwise, for all that is alike; what a rule decided becomes the person's for the very data that was
//! contested, and stays so whatever the facts or the pack say later. What comes to be afterwards is ruled as ever.

use super::error::HoldingError;
use super::jobs::UPHOLD;
use super::lists::{self, OwnFilter};
use super::model::{HoldingState, Side};
use super::questions;
use super::store::{self, RulingRow};
use crate::platform::attempt::Own;
use crate::platform::db::{StoreError, Stored, TenantTx};
use crate::platform::ids::{ContestId, HoldingId, QuestionId, SubjectId};
use crate::platform::jobs::{JobError, Step};
use crate::platform::record::Record;
use policy_model::ruling::Controller;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

const PAGE: i64 = 1_000;
const SIDES_A_STEP: i64 = 500;
const CAUSE: &str = "contested";

/// What is contested: all that the organisation controls of a class of one person's data, or one holding of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contested {
    /// Whose.
    pub subject: SubjectId,
    /// The data class's key.
    pub class: String,
    /// Only this holding.
    pub holding: Option<HoldingId>,
}

/// What was found of it.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Sides that the organisation controls.
    pub sides: i64,
    /// The rules that decided them.
    pub rules: BTreeSet<String>,
    /// What of it the documents leave open, and was settled as the organisation's.
    pub questions: BTreeSet<QuestionId>,
    /// Sides that a rule decided.
    pub ruled: i64,
}

/// What becoming the person's reaches.
#[derive(Debug, Clone, Default)]
pub struct Effect {
    /// Sides that become the person's by this decision alone.
    pub ruled: i64,
    /// Sides, of whomever, that follow with the questions.
    pub settled: i64,
}

impl Contested {
    fn filter(&self, without_hidden: bool) -> OwnFilter {
        OwnFilter {
            class: Some(self.class.clone()),
            controller: Some(Controller::Organisation.as_str().into()),
            holding: self.holding,
            without_hidden,
            ..OwnFilter::default()
        }
    }

    fn look(&self, tx: &mut TenantTx<'_>, without_hidden: bool) -> Stored<Found> {
        let (mut found, mut after) = (Found::default(), None);
        loop {
            let page = lists::own_page(tx, self.subject, &self.filter(without_hidden), after, PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(found) };
            after = Some(last.holding_id);
            for (side, _) in page.iter().filter(|(_, h)| h.state == HoldingState::Held) {
                found.sides += 1;
                found.rules.insert(side.rule.clone());
                match side.question_id {
                    Some(question) => drop(found.questions.insert(question)),
                    None => found.ruled += 1,
                }
            }
        }
    }

    /// What it would reach if the privacy officer found it to be the person's.
    pub fn effect(&self, tx: &mut TenantTx<'_>) -> Stored<Effect> {
        let found = self.look(tx, false)?;
        let ids: Vec<QuestionId> = found.questions.iter().copied().collect();
        let settled = lists::sides_by_question(tx, &ids)?.values().sum();
        Ok(Effect { ruled: found.ruled, settled })
    }
}

/// What of it the person can contest: what the organisation controls and is not hidden from them.
pub fn look(tx: &mut TenantTx<'_>, own: Own, class: &str, holding: Option<HoldingId>) -> Stored<Found> {
    let contested = Contested { subject: own.subject(), class: class.to_owned(), holding };
    contested.look(tx, own.has_left())
}

/// The job's payload.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    contest: ContestId,
    contested: Contested,
    after: Option<HoldingId>,
}

/// It is the person's. Questions are settled in this commit; sides follow, by a job.
pub fn uphold(
    tx: &mut TenantTx<'_>,
    contest: ContestId,
    contested: &Contested,
    reason: &str,
) -> Result<Effect, HoldingError> {
    let effect = contested.effect(tx)?;
    for question in contested.look(tx, false)?.questions {
        questions::settle(tx, question, Controller::Person, reason)?;
    }
    let cursor = Cursor { contest, contested: contested.clone(), after: None };
    let payload = serde_json::to_value(cursor).map_err(StoreError::from)?;
    tx.run_at(tx.now(), UPHOLD, &contest.to_string(), &payload)?;
    Ok(effect)
}

/// Brings the next contested sides to what was found.
pub(super) fn step(tx: &mut TenantTx<'_>, payload: &Value) -> Result<Step, JobError> {
    let cursor: Cursor = serde_json::from_value(payload.clone()).map_err(|e| JobError::of(e.to_string()))?;
    let Cursor { contest, contested, after } = cursor;
    let page = lists::own_page(tx, contested.subject, &contested.filter(false), after, SIDES_A_STEP)?;
    let Some(last) = page.last().map(|(side, _)| side.holding_id) else { return Ok(Step::Done) };
    // Of a question, the settlement moves it, with all that is alike.
    let ruled: Vec<Side> = page.into_iter().map(|(side, _)| side).filter(|s| s.question_id.is_none()).collect();
    if !ruled.is_empty() {
        give(tx, contest, &ruled)?;
        tx.record(
            Record::of("rulings.follow")
                .on("contest", contest)
                .about(contested.subject)
                .class(&contested.class)
                .with("cause", CAUSE)
                .with("sides", ruled.len()),
        );
    }
    let next = Cursor { contest, contested, after: Some(last) };
    Ok(Step::Again(serde_json::to_value(next).map_err(|e| JobError::of(e.to_string()))?))
}

fn give(tx: &mut TenantTx<'_>, contest: ContestId, sides: &[Side]) -> Stored<()> {
    let ids: Vec<HoldingId> = sides.iter().map(|s| s.holding_id).collect();
    let latest = lists::latest_rulings(tx, &ids)?;
    let mut history = Vec::with_capacity(sides.len());
    for side in sides {
        let now = Side {
            controller: Controller::Person.as_str().into(),
            settled: true,
            hidden_on_leaving: false,
            ruled_at: tx.now(),
            contest_id: Some(contest),
            ..side.clone()
        };
        store::update_ruling(tx, &now)?;
        let before = latest
            .get(&(side.holding_id, side.subject_id))
            .ok_or_else(|| StoreError::Unreadable("a side without a ruling".into()))?;
        history.push(RulingRow {
            id: tx.new_id(),
            controller: now.controller,
            cause: CAUSE.into(),
            settlement_id: None,
            ruled_at: tx.now(),
            ..before.clone()
        });
    }
    store::insert_rulings(tx, &history)
}

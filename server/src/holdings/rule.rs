//! Ruling sides: facts in, the pack's answer written down, and what was in force before kept as history.
//!
//! Facts hold for the moment the data came to be (design §5). What a connector says later about data that was there before
//! rules it anew only where the rule says so; that what was said before was wrong has to be said.

use super::model::{Holding, Side, SideState};
use super::questions::{self, Like, Questions};
use super::store::{self, RulingRow};
use crate::packs;
use crate::people::{self, AccountKind, Membership as Tenure, MembershipState};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{HoldingId, SubjectId};
use policy_model::facts::{Account, Facts, Membership};
use policy_model::pack::Pack;
use policy_model::ruling::Ruling;
use serde_json::{Map, Value};
use std::collections::HashMap;

use super::error::HoldingError;

/// The facts that were stated about one side, checked; what was not stated is completed from the membership.
#[derive(Debug, Clone)]
pub(super) struct SideFacts(Map<String, Value>);

impl SideFacts {
    /// Lays a side's own facts over the common ones and refuses what is no fact.
    pub(super) fn read(
        class: &str,
        common: &Map<String, Value>,
        own: Option<&Map<String, Value>>,
    ) -> Result<Self, HoldingError> {
        let mut stated = common.clone();
        stated.extend(own.cloned().unwrap_or_default());
        stated.insert("class".into(), class.into());
        let mut complete = stated.clone();
        complete.entry("account").or_insert("personal".into());
        serde_json::from_value::<Facts>(Value::Object(complete)).map_err(|e| HoldingError::Facts(e.to_string()))?;
        Ok(Self(stated))
    }

    /// The facts of the moment: account and membership come from the tenure in which it fell, unless they were stated.
    fn complete(&self, tenures: &[Tenure], at: Ts, tz: chrono_tz::Tz) -> Stored<Facts> {
        let day = at.with_timezone(&tz).date_naive();
        let tenure = tenures.iter().rev().find(|t| t.first_day <= day).or(tenures.first());
        let mut all = self.0.clone();
        let account = match tenure.map(|t| t.account_kind) {
            Some(AccountKind::Enterprise) => Account::Enterprise,
            Some(AccountKind::Personal) | None => Account::Personal,
        };
        let membership = match tenure {
            Some(t) if t.first_day <= day => {
                let over = t.last_day.is_some_and(|last| day > last) && t.state == MembershipState::Departed;
                if over { Membership::Departed } else { Membership::Employed }
            }
            Some(_) | None => Membership::None,
        };
        all.entry("account").or_insert(serde_json::to_value(account)?);
        all.entry("membership").or_insert(serde_json::to_value(membership)?);
        Ok(serde_json::from_value(Value::Object(all))?)
    }
}

/// One side to be ruled.
#[derive(Debug, Clone)]
pub(super) struct ToRule {
    holding: Holding,
    subject: SubjectId,
    stated: SideFacts,
}

impl ToRule {
    pub(super) fn new(holding: Holding, subject: SubjectId, stated: SideFacts) -> Self {
        Self { holding, subject, stated }
    }
}

/// Rules sides and writes those that are new or decided otherwise; what was in force stays in the history.
pub(super) fn rule_sides(tx: &mut TenantTx<'_>, pack: &Pack, sides: &[ToRule], cause: &str) -> Stored<()> {
    let tz = packs::time_zone(tx)?;
    let ids: Vec<HoldingId> = sides.iter().map(|s| s.holding.id).collect();
    let known: HashMap<(HoldingId, SubjectId), Side> =
        store::sides_of(tx, &ids)?.into_iter().map(|s| ((s.holding_id, s.subject_id), s)).collect();
    let mut tenures: HashMap<SubjectId, Vec<Tenure>> = HashMap::new();
    let mut questions = Questions::default();
    let (mut new, mut history) = (Vec::new(), Vec::new());
    for one in sides {
        if !tenures.contains_key(&one.subject) {
            let of = people::memberships_of_subject(tx, one.subject)?;
            tenures.insert(one.subject, of);
        }
        let facts = one.stated.complete(&tenures[&one.subject], one.holding.occurred_at, tz)?;
        let answer = answer(tx, pack, &facts, &mut questions)?;
        let side = side_of(tx, &one.holding, one.subject, &answer);
        match known.get(&(one.holding.id, one.subject)) {
            Some(before) if is_same(before, &side) => continue,
            Some(_) => store::update_ruling(tx, &side)?,
            None => new.push(side.clone()),
        }
        history.push(history_of(tx, pack, &side, &answer, &facts, cause)?);
    }
    store::insert_sides(tx, &new)?;
    store::insert_rulings(tx, &history)
}

/// What the pack answers, and for what it leaves open, what the privacy officer settled.
pub(super) struct Answer<'p> {
    ruling: Ruling<'p>,
    /// Of what the pack leaves open: with what it is alike.
    like: Option<Like>,
}

pub(super) fn answer<'p>(
    tx: &mut TenantTx<'_>,
    pack: &'p Pack,
    facts: &Facts,
    known: &mut Questions,
) -> Stored<Answer<'p>> {
    let ruling = pack.rule(facts);
    let like = if ruling.is_settled() { None } else { Some(questions::like(tx, pack, facts, known)?) };
    Ok(Answer { ruling, like })
}

/// Whether the same rule, or the same settlement, decided the same about the same class.
pub(super) fn is_same(before: &Side, now: &Side) -> bool {
    (&before.class, &before.rule, &before.controller, before.settled, before.question_id)
        == (&now.class, &now.rule, &now.controller, now.settled, now.question_id)
}

pub(super) fn side_of(tx: &TenantTx<'_>, holding: &Holding, subject_id: SubjectId, answer: &Answer<'_>) -> Side {
    let Answer { ruling, like } = answer;
    let settled_as = like.as_ref().and_then(|l| l.controller.clone());
    Side {
        subject_id,
        holding_id: holding.id,
        class: holding.class.clone(),
        in_vault: holding.connector_id.is_none(),
        settled: ruling.is_settled() || settled_as.is_some(),
        controller: settled_as.unwrap_or_else(|| ruling.controller().as_str().into()),
        rule: ruling.rule_id().unwrap_or_default().into(),
        question_id: like.as_ref().map(|l| l.question),
        hidden_on_leaving: ruling.is_hidden_from_leaver(),
        state: SideState::Active,
        successor_id: None,
        instruction_id: None,
        retain_until: None,
        ruled_at: tx.now(),
    }
}

pub(super) fn history_of(
    tx: &TenantTx<'_>,
    pack: &Pack,
    side: &Side,
    answer: &Answer<'_>,
    facts: &Facts,
    cause: &str,
) -> Stored<RulingRow> {
    Ok(RulingRow {
        id: tx.new_id(),
        holding_id: side.holding_id,
        subject_id: side.subject_id,
        controller: side.controller.clone(),
        rule: side.rule.clone(),
        pack: pack.header().name.clone(),
        clauses: serde_json::to_string(answer.ruling.clauses())?,
        facts: serde_json::to_string(facts)?,
        cause: cause.into(),
        settlement_id: answer.like.as_ref().and_then(|l| l.settlement),
        ruled_at: tx.now(),
    })
}

//! Ruling sides: facts in, the pack's answer written down, and what was in force before kept as history.
//!
//! Facts hold for the moment the data came to be (design §5). What a connector says later about data that was there before
//! rules it anew only where the rule says so; that what was said before was wrong has to be said.

use super::consents::{self, Consent};
use super::error::HoldingError;
use super::model::{Holding, Side, SideState};
use super::questions::{self, Like, Questions};
use super::store::{self, RulingRow};
use crate::packs::{self, FeaturePeriod};
use crate::people::{self, AccountKind, Membership as Tenure, MembershipState};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{HoldingId, SubjectId};
use policy_model::facts::{Account, ClosedFact, Facts, Membership};
use policy_model::pack::Pack;
use policy_model::pack::control::Change;
use policy_model::ruling::Ruling;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::Arc;

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

    /// The facts of the moment: account and membership come from the tenure in which it fell, features from what was switched
    /// on then; consent is what is in force now. What was stated is as it was stated.
    fn complete(&self, known: &Known, at: Ts, class: &str) -> Stored<Facts> {
        let day = at.with_timezone(&known.tz).date_naive();
        let tenure = known.tenures.iter().rev().find(|t| t.first_day <= day).or(known.tenures.first());
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
        all.entry("features").or_insert(packs::features_at(&known.features, at).into());
        all.entry("consent").or_insert(consents::fact(&known.consents, class).as_str().into());
        Ok(serde_json::from_value(Value::Object(all))?)
    }
}

/// What completes the facts of one subject's sides.
struct Known {
    tz: chrono_tz::Tz,
    features: Arc<[FeaturePeriod]>,
    tenures: Vec<Tenure>,
    consents: Vec<Consent>,
}

impl Known {
    fn of(
        tx: &mut TenantTx<'_>,
        subject: SubjectId,
        tz: chrono_tz::Tz,
        features: &Arc<[FeaturePeriod]>,
    ) -> Stored<Self> {
        let tenures = people::memberships_of_subject(tx, subject)?;
        let consents = consents::of_subject(tx, subject)?;
        Ok(Self { tz, features: Arc::clone(features), tenures, consents })
    }
}

/// What a connector says about data that it has registered before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// How it is now.
    Now,
    /// That what was said before was wrong.
    Corrected,
}

/// One side to be ruled.
#[derive(Debug, Clone)]
pub(super) struct ToRule {
    holding: Holding,
    subject: SubjectId,
    stated: SideFacts,
    said: Said,
}

impl ToRule {
    pub(super) fn new(holding: Holding, subject: SubjectId, stated: SideFacts, said: Said) -> Self {
        Self { holding, subject, stated, said }
    }

    /// Why a side that is known is ruled otherwise now; `None` where what it was ruled stands.
    ///
    /// A group that is made internal decides about what comes next; only a rule that follows such changes reaches back. What
    /// was wrong, what is found to be of another class, and what had no answer yet is ruled afresh.
    fn cause(&self, before: &Side, answer: &Answer<'_>) -> Option<&'static str> {
        let had_no_answer = before.question_id.is_some() || before.rule.is_empty();
        match self.said {
            Said::Corrected => Some("corrected"),
            Said::Now if before.class != self.holding.class => Some("reclassified"),
            Said::Now if had_no_answer || answer.ruling.follows(Change::Facts) => Some("facts-changed"),
            Said::Now => None,
        }
    }
}

/// Rules sides and writes those that are new or decided otherwise; what was in force stays in the history.
pub(super) fn rule_sides(tx: &mut TenantTx<'_>, pack: &Pack, sides: &[ToRule]) -> Stored<()> {
    let (tz, features) = (packs::time_zone(tx)?, Arc::from(packs::feature_periods(tx)?));
    let ids: Vec<HoldingId> = sides.iter().map(|s| s.holding.id).collect();
    let known: HashMap<(HoldingId, SubjectId), Side> =
        store::sides_of(tx, &ids)?.into_iter().map(|s| ((s.holding_id, s.subject_id), s)).collect();
    let mut of_subjects: HashMap<SubjectId, Known> = HashMap::new();
    let mut questions = Questions::default();
    let (mut new, mut history) = (Vec::new(), Vec::new());
    for one in sides {
        let of_subject = match of_subjects.entry(one.subject) {
            Slot::Occupied(met) => met.into_mut(),
            Slot::Vacant(new) => new.insert(Known::of(tx, one.subject, tz, &features)?),
        };
        let facts = one.stated.complete(of_subject, one.holding.occurred_at, &one.holding.class)?;
        let answer = answer_of(tx, pack, pack.rule(&facts), &facts, &mut questions)?;
        let side = side_of(tx, &one.holding, one.subject, &answer);
        let cause = match known.get(&(one.holding.id, one.subject)) {
            Some(before) if is_same(before, &side) => continue,
            Some(before) => {
                let Some(cause) = one.cause(before, &answer) else { continue };
                store::update_ruling(tx, &side)?;
                cause
            }
            None => {
                new.push(side.clone());
                "registered"
            }
        };
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

pub(super) fn answer_of<'p>(
    tx: &mut TenantTx<'_>,
    pack: &'p Pack,
    ruling: Ruling<'p>,
    facts: &Facts,
    known: &mut Questions,
) -> Stored<Answer<'p>> {
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

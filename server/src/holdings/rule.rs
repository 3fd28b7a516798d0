//! Ruling sides: facts in, the pack's answer written down, and what was in force before kept as history.
//!
//! Facts hold for the moment the data came to be (design §5). What a connector says later about data that was there before
//! rules it anew only where the rule says so; that what was said before was wrong has to be said.

use super::consents::{self, Consent};
use super::error::HoldingError;
use super::model::{Holding, Side, SideState};
use super::questions::{self, Like, Questions};
use super::store::{self, RulingRow};
use super::tenure::{Tenures, stands};
use crate::packs::{self, FeaturePeriod};
use crate::people::{AccountKind, Membership as Tenure, MembershipState};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{HoldingId, MembershipId, SubjectId};
use chrono::NaiveDate;
use policy_model::facts::{Account, ClosedFact, Facts, Membership};
use policy_model::pack::Pack;
use policy_model::pack::control::Change;
use policy_model::ruling::Ruling;
use serde_json::{Map, Value};
use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeSet, HashMap};
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

    /// Whose account it was, where that was stated.
    fn account(&self) -> Option<Account> {
        serde_json::from_value(self.0.get("account")?.clone()).ok()
    }

    /// Whether it was stated that colleagues talked with each other.
    fn is_among_colleagues(&self) -> bool {
        self.0.get("conversation").and_then(Value::as_str) == Some(COLLEAGUES)
    }

    /// The facts of the moment: account and membership come from the tenure in which it fell, features from what was switched
    /// on then; consent is what is in force now. What was stated is as it was stated, but that colleagues talked: whether the
    /// others were employed then is known here better (`conversation`).
    fn complete(
        &self,
        known: &Known,
        tenure: Option<&Tenure>,
        conversation: Option<&str>,
        (at, class): (Ts, &str),
    ) -> Stored<Facts> {
        let day = known.tenures.day(at);
        let mut all = self.0.clone();
        if let Some(conversation) = conversation {
            all.insert("conversation".into(), conversation.into());
        }
        let account = match tenure.map(|t| t.account_kind) {
            Some(AccountKind::Enterprise) => Account::Enterprise,
            Some(AccountKind::Personal) | None => Account::Personal,
        };
        let membership = membership_on(tenure, day);
        all.entry("account").or_insert(serde_json::to_value(account)?);
        all.entry("membership").or_insert(serde_json::to_value(membership)?);
        all.entry("features").or_insert(packs::features_at(&known.features, at).into());
        all.entry("consent").or_insert(consents::fact(&known.consents, class).as_str().into());
        Ok(serde_json::from_value(Value::Object(all))?)
    }
}

/// A tenure on a day.
fn membership_on(tenure: Option<&Tenure>, day: NaiveDate) -> Membership {
    match tenure {
        Some(t) if t.first_day <= day => {
            let over = t.last_day.is_some_and(|last| day > last) && t.state == MembershipState::Departed;
            if over { Membership::Departed } else { Membership::Employed }
        }
        Some(_) | None => Membership::None,
    }
}

const COLLEAGUES: &str = "direct_colleague";

/// What a talk of colleagues was where one of the others was none at that moment: no more, or not yet.
fn conversation_with(others: &[Membership]) -> Option<&'static str> {
    match others {
        _ if others.contains(&Membership::None) => Some("direct_outsider"),
        _ if others.contains(&Membership::Departed) => Some("direct_former_colleague"),
        _ => None,
    }
}

/// What completes the facts of one subject's sides.
struct Known {
    features: Arc<[FeaturePeriod]>,
    tenures: Tenures,
    consents: Vec<Consent>,
}

impl Known {
    fn of(tx: &mut TenantTx<'_>, subject: SubjectId, features: &Arc<[FeaturePeriod]>) -> Stored<Self> {
        let tenures = Tenures::of(tx, subject)?;
        let consents = consents::of_subject(tx, subject)?;
        Ok(Self { features: Arc::clone(features), tenures, consents })
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
    /// The staff numbers by which the subject was named.
    named: Vec<String>,
    stated: SideFacts,
    said: Said,
}

impl ToRule {
    pub(super) fn new(holding: Holding, subject: SubjectId, named: Vec<String>, stated: SideFacts, said: Said) -> Self {
        Self { holding, subject, named, stated, said }
    }

    /// Why a side that is known is ruled otherwise now; `None` where what it was ruled stands.
    ///
    /// A group that is made internal decides about what comes next; only a rule that follows such changes reaches back. What
    /// was wrong, what is found to be of another class, and what had no answer yet is ruled afresh.
    fn cause(&self, before: &Side, answer: &Answer<'_>) -> Option<&'static str> {
        let had_no_answer = before.question_id.is_some() || before.rule.is_empty();
        match self.said {
            // Whatever is said of it: the privacy officer has looked at this very data.
            Said::Corrected | Said::Now if before.contest_id.is_some() && before.class == self.holding.class => None,
            Said::Corrected => Some("corrected"),
            Said::Now if before.class != self.holding.class => Some("reclassified"),
            Said::Now if had_no_answer || answer.ruling.follows(Change::Facts) => Some("facts-changed"),
            Said::Now => None,
        }
    }
}

/// Rules sides and writes those that are new, decided otherwise or another membership's now; what was in force stays in the
/// history. What came to be under a membership that has ended is announced, so that somebody sees to it.
pub(super) fn rule_sides(tx: &mut TenantTx<'_>, pack: &Pack, sides: &[ToRule]) -> Stored<()> {
    let features: Arc<[FeaturePeriod]> = Arc::from(packs::feature_periods(tx)?);
    let ids: Vec<HoldingId> = sides.iter().map(|s| s.holding.id).collect();
    let known: HashMap<(HoldingId, SubjectId), Side> =
        store::sides_of(tx, &ids)?.into_iter().map(|s| ((s.holding_id, s.subject_id), s)).collect();
    let mut of_subjects: HashMap<SubjectId, Known> = HashMap::new();
    for one in sides {
        if let Slot::Vacant(new) = of_subjects.entry(one.subject) {
            new.insert(Known::of(tx, one.subject, &features)?);
        }
    }
    let talks = talks(sides, &of_subjects);
    let mut questions = Questions::default();
    let (mut new, mut history, mut late) = (Vec::new(), Vec::new(), BTreeSet::new());
    for one in sides {
        let Some(of_subject) = of_subjects.get(&one.subject) else { continue };
        let at = one.holding.occurred_at;
        let possible = of_subject.tenures.of_moment(at, &one.named, one.stated.account());
        let own = if let [own] = possible.as_slice() { Some(*own) } else { None };
        let others = talks.get(&one.holding.id).into_iter().flatten().filter(|(subject, _)| *subject != one.subject);
        let others: Vec<Membership> = others.map(|(_, membership)| *membership).collect();
        let conversation = conversation_with(&others).filter(|_| one.stated.is_among_colleagues());
        let facts =
            one.stated.complete(of_subject, possible.last().copied(), conversation, (at, &one.holding.class))?;
        let answer = answer_of(tx, pack, pack.rule(&facts), &facts, &mut questions)?;
        let mut side = side_of(tx, &one.holding, one.subject, own.map(|m| m.id), &answer);
        let cause = match known.get(&(one.holding.id, one.subject)) {
            Some(before) => match one.becomes(before, &mut side, own, &answer) {
                Becomes::AsItWas => continue,
                Becomes::Another => {
                    store::update_side(tx, &side)?;
                    continue;
                }
                Becomes::Ruled(cause) => {
                    store::update_side(tx, &side)?;
                    cause
                }
            },
            None => {
                new.push(side.clone());
                "registered"
            }
        };
        late.extend(own.filter(|m| !stands(m) && side.state == SideState::Active).map(|m| m.id));
        history.push(history_of(tx, pack, &side, &answer, &facts, cause)?);
    }
    store::insert_sides(tx, &new)?;
    store::insert_rulings(tx, &history)?;
    for membership in late {
        let payload = serde_json::json!({ "membership": membership });
        tx.run_at(tx.now(), super::CAME_LATE, &membership.to_string(), &payload)?;
    }
    Ok(())
}

/// Of each talk that is said to be one of colleagues: whose sides it has, and whether they were employed at that moment.
fn talks(sides: &[ToRule], known: &HashMap<SubjectId, Known>) -> HashMap<HoldingId, Vec<(SubjectId, Membership)>> {
    let mut talks: HashMap<HoldingId, Vec<(SubjectId, Membership)>> = HashMap::new();
    for one in sides.iter().filter(|one| one.stated.is_among_colleagues()) {
        let Some(of_subject) = known.get(&one.subject) else { continue };
        let at = one.holding.occurred_at;
        let possible = of_subject.tenures.of_moment(at, &one.named, one.stated.account());
        let membership = membership_on(possible.last().copied(), of_subject.tenures.day(at));
        talks.entry(one.holding.id).or_default().push((one.subject, membership));
    }
    talks
}

/// What a side that was known before becomes.
enum Becomes {
    /// Nothing has changed.
    AsItWas,
    /// The same ruling under another membership.
    Another,
    /// Another ruling, for this reason.
    Ruled(&'static str),
}

impl ToRule {
    /// Lays what has become of a side over what it would be if it were new.
    fn becomes(&self, before: &Side, side: &mut Side, own: Option<&Tenure>, answer: &Answer<'_>) -> Becomes {
        let moves = moves_on(before, own);
        if !moves {
            keep_fate(side, before);
        }
        let cause = if is_same(before, side) { None } else { self.cause(before, answer) };
        match cause {
            Some(cause) => return Becomes::Ruled(cause),
            None if moves => return Becomes::Ruled("registered"),
            None => {}
        }
        let membership_id = side.membership_id;
        side.clone_from(before);
        side.membership_id = membership_id;
        if before.membership_id == membership_id { Becomes::AsItWas } else { Becomes::Another }
    }
}

/// Whether a side that an earlier departure dealt with goes on under a membership that stands: what is in it now came to
/// be after a return.
fn moves_on(before: &Side, now: Option<&Tenure>) -> bool {
    match now {
        Some(m) if before.state != SideState::Active && stands(m) => match before.membership_id {
            Some(earlier) => earlier != m.id,
            None => m.created_at > before.ruled_at,
        },
        Some(_) | None => false,
    }
}

/// What has become of a side stays so when it is ruled again; what nothing was done with yet may change membership.
fn keep_fate(side: &mut Side, before: &Side) {
    side.state = before.state;
    side.successor_id = before.successor_id;
    side.instruction_id = before.instruction_id;
    side.retain_until = before.retain_until;
    if before.state != SideState::Active {
        side.membership_id = before.membership_id;
    }
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

pub(super) fn side_of(
    tx: &TenantTx<'_>,
    holding: &Holding,
    subject_id: SubjectId,
    membership_id: Option<MembershipId>,
    answer: &Answer<'_>,
) -> Side {
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
        membership_id,
        hidden_on_leaving: ruling.is_hidden_from_leaver(),
        state: SideState::Active,
        successor_id: None,
        instruction_id: None,
        retain_until: None,
        ruled_at: tx.now(),
        contest_id: None,
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

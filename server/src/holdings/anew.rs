//! Ruling anew what was there before the facts changed: only where a rule says that it follows such a change (design §5), by a
//! job that goes on where it was, and with every ruling from before kept.
//!
//! Each side is looked at with the facts of its last ruling and only the changed fact put to what it is now: a consent given
//! today says nothing about what was switched on when the data came to be.

use super::consents::{self, Consent};
use super::jobs::RULE_ANEW;
use super::lists;
use super::model::Side;
use super::questions::Questions;
use super::rule::{answer_of, history_of, is_same, side_of};
use super::store;
use crate::packs;
use crate::platform::db::{Stored, TenantTx, Turn};
use crate::platform::ids::{HoldingId, JobId, SubjectId};
use crate::platform::jobs::{self, JobError, Step};
use crate::platform::record::Record;
use policy_model::class::ClassPattern;
use policy_model::facts::Facts;
use policy_model::pack::Pack;
use policy_model::pack::control::Change as Fact;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

const SIDES_A_STEP: i64 = 500;
/// Begins the key of work that concerns whoever has data here.
const EVERYBODYS: &str = "everybody";

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Somebody agreed, or took it back.
    Consent {
        /// Who.
        subject: SubjectId,
        /// To which classes.
        class_pattern: String,
    },
    /// Features were switched on or off.
    Features(Vec<String>),
    /// Another pack is in force.
    Pack,
}

impl Change {
    /// What a change of settings means for rulings.
    pub fn of(moved: packs::Moved) -> Vec<Self> {
        let features = (!moved.features.is_empty()).then_some(Self::Features(moved.features));
        features.into_iter().chain(moved.pack.then_some(Self::Pack)).collect()
    }

    fn fact(&self) -> Fact {
        match self {
            Self::Consent { .. } => Fact::Consent,
            Self::Features(_) => Fact::Features,
            Self::Pack => Fact::Pack,
        }
    }

    fn cause(&self) -> &'static str {
        match self {
            Self::Consent { .. } => "consent-changed",
            Self::Features(_) => "features-changed",
            Self::Pack => "pack-changed",
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        match self {
            Self::Consent { subject, .. } => Some(*subject),
            Self::Features(_) | Self::Pack => None,
        }
    }

    fn concerns(&self, side: &Side) -> bool {
        match self {
            Self::Consent { class_pattern, .. } => {
                class_pattern.parse::<ClassPattern>().is_ok_and(|p| p.matches(&side.class))
            }
            Self::Features(_) | Self::Pack => true,
        }
    }

    /// The facts of the last ruling, with what has changed as it is now.
    fn now(&self, mut facts: Facts, class: &str, on: &[String], consents: &[Consent]) -> Facts {
        class.clone_into(&mut facts.class);
        match self {
            Self::Consent { .. } => facts.consent = consents::fact(consents, class),
            Self::Features(switched) => {
                facts.features.retain(|f| !switched.contains(f));
                facts.features.extend(switched.iter().filter(|f| on.contains(f)).cloned());
            }
            Self::Pack => {}
        }
        facts
    }
}

/// The job's payload.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    change: Change,
    after: Option<(SubjectId, HoldingId)>,
}

/// Begins to look at what a change concerns.
pub fn start(tx: &mut TenantTx<'_>, change: &Change) -> Stored<()> {
    // A key of its own: of two changes, none takes the other's place in the middle of its way. It begins with whose data it is
    // about, by which somebody is told that theirs is being ruled anew.
    let whose = change.subject().map_or_else(|| EVERYBODYS.to_owned(), |subject| subject.to_string());
    let key = format!("{whose} {}", tx.new_id::<JobId>());
    let payload = serde_json::to_value(Cursor { change: change.clone(), after: None })?;
    tx.run_at(tx.now(), RULE_ANEW, &key, &payload)
}

/// Whether data of somebody's is being ruled anew.
pub fn is_under_way(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<bool> {
    Ok(jobs::waits(tx, RULE_ANEW, &subject.to_string())? || jobs::waits(tx, RULE_ANEW, EVERYBODYS)?)
}

/// Looks at the next sides.
pub(super) fn step(tx: &mut TenantTx<'_>, payload: &Value) -> Result<Step, JobError> {
    tx.needs(Turn::Alone)?;
    let cursor: Cursor = serde_json::from_value(payload.clone()).map_err(|e| JobError::of(e.to_string()))?;
    let sides = lists::sides_after(tx, cursor.change.subject(), cursor.after, SIDES_A_STEP)?;
    let Some(last) = sides.last().map(|s| (s.subject_id, s.holding_id)) else { return Ok(Step::Done) };
    let moved = rule_anew(tx, &cursor.change, &sides)?;
    if !moved.is_empty() {
        let whose: BTreeSet<SubjectId> = moved.iter().copied().collect();
        let mut record = Record::of("rulings.follow")
            .with("cause", cursor.change.cause())
            .with("sides", moved.len())
            .citing(["dingtalk-3.6.1"]);
        for subject in whose.into_iter().take(100) {
            record = record.about(subject);
        }
        tx.record(record);
    }
    let next = Cursor { change: cursor.change, after: Some(last) };
    Ok(Step::Again(serde_json::to_value(next).map_err(|e| JobError::of(e.to_string()))?))
}

/// Sides that a preview looks at: beyond, the numbers are of a part.
const MOST_PREVIEWED: usize = 20_000;

/// What a change would move, counted before it is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moves {
    /// Sides that were looked at.
    pub looked_at: usize,
    /// Whether these are all there are.
    pub is_all: bool,
    /// Of them, those that would be ruled by another rule or otherwise.
    pub ruled_anew: usize,
    /// Of these, those that would become the organisation's.
    pub to_organisation: usize,
    /// Of these, those that would become the person's.
    pub to_person: usize,
}

/// Counts what would be ruled otherwise under a pack and with these features on, by the rules that reach back. Writes nothing.
pub fn preview(tx: &mut TenantTx<'_>, pack: &Pack, changes: &[Change], on: &[String]) -> Stored<Moves> {
    let (mut moves, mut after) = (Moves::default(), None);
    loop {
        let sides = lists::sides_after(tx, None, after, SIDES_A_STEP)?;
        let Some(last) = sides.last() else {
            moves.is_all = true;
            return Ok(moves);
        };
        if moves.looked_at >= MOST_PREVIEWED {
            return Ok(moves);
        }
        after = Some((last.subject_id, last.holding_id));
        moves.looked_at += sides.len();
        let ids: Vec<HoldingId> = sides.iter().map(|s| s.holding_id).collect();
        let latest = lists::latest_rulings(tx, &ids)?;
        for side in &sides {
            let Some(last) = latest.get(&(side.holding_id, side.subject_id)) else { continue };
            let facts: Facts = serde_json::from_str(&last.facts)?;
            let supposed = Supposed { pack, changes, on };
            let Some((anew, _)) = supposed.ruled(side, &facts) else { continue };
            if anew.rule == side.rule && anew.controller == side.controller {
                continue;
            }
            moves.ruled_anew += 1;
            if anew.controller != side.controller {
                let is_ours = anew.controller == "organisation";
                let to = if is_ours { &mut moves.to_organisation } else { &mut moves.to_person };
                *to += 1;
            }
        }
    }
}

/// Another pack or other features that nobody has set yet.
#[derive(Debug, Clone, Copy)]
pub struct Supposed<'s> {
    /// The pack that would be in force.
    pub pack: &'s Pack,
    /// What would have changed.
    pub changes: &'s [Change],
    /// The features that would be on.
    pub on: &'s [String],
}

impl Supposed<'_> {
    /// A side as it would be ruled, and by which facts; none where no rule reaches back to it.
    pub(super) fn ruled(&self, side: &Side, facts: &Facts) -> Option<(Side, Facts)> {
        if side.contest_id.is_some() {
            return None; // The privacy officer has looked at this very data.
        }
        let (mut facts, mut now) = (facts.clone(), None);
        for change in self.changes {
            let changed = change.now(facts.clone(), &side.class, self.on, &[]);
            if let Some(ruling) = self.pack.rule_anew(&changed, change.fact()) {
                (now, facts) = (Some(ruling), changed);
            }
        }
        let ruling = now?;
        let mut anew = side.clone();
        ruling.rule_id().unwrap_or_default().clone_into(&mut anew.rule);
        // What stays open stays as it was settled, or is asked once more: neither is known before.
        if ruling.is_settled() {
            ruling.controller().as_str().clone_into(&mut anew.controller);
            anew.settled = true;
        }
        Some((anew, facts))
    }
}

fn rule_anew(tx: &mut TenantTx<'_>, change: &Change, sides: &[Side]) -> Stored<Vec<SubjectId>> {
    let pack = packs::in_force(tx)?;
    let concerned: Vec<&Side> = sides.iter().filter(|s| change.concerns(s)).collect();
    let ids: Vec<HoldingId> = concerned.iter().map(|s| s.holding_id).collect();
    let latest = lists::latest_rulings(tx, &ids)?;
    let holdings: HashMap<_, _> = store::load_many(tx, &ids)?.into_iter().map(|h| (h.id, h)).collect();
    let now = tx.now();
    let on = packs::features_at(&packs::feature_periods(tx)?, now);
    let consents = match change.subject() {
        Some(subject) => consents::of_subject(tx, subject)?,
        None => Vec::new(),
    };
    let mut questions = Questions::default();
    let (mut moved, mut history) = (Vec::new(), Vec::new());
    for before in concerned {
        if before.contest_id.is_some() {
            continue; // The privacy officer has looked at this very data.
        }
        let place = (before.holding_id, before.subject_id);
        let (Some(last), Some(holding)) = (latest.get(&place), holdings.get(&before.holding_id)) else { continue };
        let facts: Facts = serde_json::from_str(&last.facts)?;
        let facts = change.now(facts, &before.class, &on, &consents);
        let Some(ruling) = pack.rule_anew(&facts, change.fact()) else { continue };
        let answer = answer_of(tx, &pack, ruling, &facts, &mut questions)?;
        let side = side_of(tx, holding, before.subject_id, before.membership_id, &answer);
        if is_same(before, &side) {
            continue;
        }
        store::update_ruling(tx, &side)?;
        history.push(history_of(tx, &pack, &side, &answer, &facts, change.cause())?);
        moved.push(before.subject_id);
    }
    store::insert_rulings(tx, &history)?;
    Ok(moved)
}

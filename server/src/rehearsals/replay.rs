//! The decisions of the last days, put again: as the law is, and as it would be, about what is known today.

use super::change::Worlds;
use super::model::{Rehearsal, Replayed};
use crate::decisions::{Asked, Data, Standing, standings, weigh_all};
use crate::holdings;
use crate::ledger::{self, AskedBefore};
use crate::people::{self, MembershipState};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{HoldingId, MembershipId, SubjectId};
use policy_model::decision::rehearsal::{Effect, Topic};
use policy_model::decision::{Agreement, Answer, Control, Restriction};
use policy_model::facts::Age;
use policy_model::pack::Pack;
use policy_model::pack::control::Judgement;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Decisions of one step.
const A_STEP: i64 = 500;
/// Decisions that are looked at at most, the newest.
const MOST: u64 = 100_000;

/// Who and what a stretch of decisions is about, as known today and as it would be.
struct Known {
    people: HashMap<MembershipId, (Standing, Standing)>,
    before: HashMap<HoldingId, Vec<Data>>,
    /// Only where data would be ruled otherwise.
    after: Option<HashMap<HoldingId, Vec<Data>>>,
    left: HashSet<SubjectId>,
}

/// Puts the next decisions again.
pub(super) fn step(tx: &mut TenantTx<'_>, worlds: &Worlds, r: &Rehearsal, so_far: &mut Replayed) -> Stored<()> {
    let before = so_far.before.unwrap_or(r.position);
    let (asked, next) = ledger::asked_before(tx, r.since(), Some(before), A_STEP)?;
    let known = look_up(tx, worlds, asked.iter().flatten())?;
    let now = tx.now();
    for asked in &asked {
        so_far.looked_at += 1;
        let is_put = asked.as_ref().is_some_and(|asked| put(worlds, &known, asked, now, so_far));
        so_far.not_again += u64::from(!is_put);
    }
    so_far.before = next;
    so_far.is_all = next.is_none();
    so_far.is_done = next.is_none() || so_far.looked_at >= MOST;
    Ok(())
}

fn look_up<'a>(
    tx: &mut TenantTx<'_>,
    worlds: &Worlds,
    asked: impl Iterator<Item = &'a AskedBefore> + Clone,
) -> Stored<Known> {
    let members: Vec<MembershipId> = asked.clone().map(|a| a.caller).collect::<BTreeSet<_>>().into_iter().collect();
    let memberships: Vec<_> = people::memberships_by_id(tx, &members)?.into_values().collect();
    let pair = |now: Standing| (now.membership, (now.clone(), worlds.standing_after(&now)));
    let people = standings(tx, &memberships)?.into_iter().map(pair).collect();
    let ids: Vec<HoldingId> = asked.clone().filter_map(|a| a.holding).collect::<BTreeSet<_>>().into_iter().collect();
    let before = holdings::data_of(tx, &ids)?;
    let after = match &worlds.settings {
        Some(settings) => Some(holdings::data_supposing(tx, &ids, &settings.supposed())?),
        None => None,
    };
    let mut left = HashSet::new();
    let of_class = asked.filter(|a| a.holding.is_none()).filter_map(|a| a.subjects.first().copied());
    for subject in of_class.collect::<BTreeSet<_>>() {
        let newest = people::memberships_of_subject(tx, subject)?.pop();
        if newest.is_none_or(|m| m.state == MembershipState::Departed) {
            left.insert(subject);
        }
    }
    Ok(Known { people, before, after, left })
}

/// Puts one question again; whether there was one to put.
fn put(worlds: &Worlds, known: &Known, asked: &AskedBefore, now: Ts, so_far: &mut Replayed) -> bool {
    let Some((caller, caller_after)) = known.people.get(&asked.caller) else { return false };
    let Some((sides, sides_after)) = sides(worlds, known, asked) else { return false };
    let answers = |purpose: &str, tell: &mut dyn FnMut(&Answer<'_>, &Answer<'_>)| {
        let question = Asked { operation: &asked.operation, purpose, people: asked.people };
        let one = weigh_all(&worlds.before, caller, sides.iter(), &question, now);
        let other = weigh_all(&worlds.after, caller_after, sides_after.iter(), &question, now);
        if let (Some((_, one)), Some((_, other))) = (one, other) {
            tell(&one, &other);
        }
    };
    let purpose = asked.purpose.as_deref().unwrap_or_default();
    let topic = Topic { class: &asked.class, operation: &asked.operation, purpose };
    answers(purpose, &mut |one, other| _ = so_far.tally.note(topic, one, other));
    if let (None, Some(this)) = (&asked.purpose, &worlds.purpose) {
        let mut newly = |one: &Answer<'_>, other: &Answer<'_>| {
            so_far.if_for_this += u64::from(Effect::between(one, other) == Effect::NewlyPermitted);
        };
        answers(this, &mut newly);
    }
    true
}

/// The sides that were asked about, as they are and as they would be; none where nothing of it is there any more, or where it
/// cannot be known.
fn sides(worlds: &Worlds, known: &Known, asked: &AskedBefore) -> Option<(Vec<Data>, Vec<Data>)> {
    let chosen = |all: &Vec<Data>| all.iter().filter(|d| asked.is_about(d.subject)).cloned().collect::<Vec<_>>();
    let (before, after) = match asked.holding {
        Some(id) => {
            let before = chosen(known.before.get(&id)?);
            let after = match &known.after {
                Some(after) => chosen(after.get(&id)?),
                None => before.clone(),
            };
            (before, after)
        }
        // What the application stated is in no record: how another pack would rule it, nobody can say.
        None if worlds.settings.is_some() => return None,
        None => {
            let data = of_class(&worlds.before.pack, known, asked)?;
            (vec![data.clone()], vec![data])
        }
    };
    (!before.is_empty() && before.len() == after.len()).then_some((before, after))
}

/// A person's data of a class, controlled by the rule that controlled it then.
fn of_class(pack: &Pack, known: &Known, asked: &AskedBefore) -> Option<Data> {
    let subject = *asked.subjects.first()?;
    pack.class(&asked.class)?;
    let rule = pack.control_rules().iter().find(|rule| rule.id == asked.rule);
    let control = match rule.map(|rule| (rule.controller, rule.when.consent.is_any())) {
        Some((Judgement::Organisation, true)) => Control::Organisation,
        Some((Judgement::Organisation, false)) => Control::ByConsent(Agreement::InForce),
        Some((Judgement::Unsettled, _)) => Control::Unsettled,
        Some((Judgement::Person, _)) | None => Control::Person,
    };
    Some(Data {
        holding: None,
        subject: Some(subject),
        class: asked.class.clone(),
        control,
        rule: asked.rule.clone(),
        restriction: if known.left.contains(&subject) { Restriction::SubjectLeft } else { Restriction::None },
        is_visible_to_subject: false,
        age: Age::Adult,
    })
}

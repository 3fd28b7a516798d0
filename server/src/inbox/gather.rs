//! Which things are in which list, and in what order: what waits, by when it has to be answered; what is done, the newest
//! first.

use super::card::{Entry, Matter, Tab, Word};
use crate::attention::{self, Attention};
use crate::certification;
use crate::departures;
use crate::instructions::{self, Instruction, Said, WaitingForCaller};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::Cursor;
use crate::platform::ids::{AttentionId, CaseId, DepartureId, Id, MembershipId};
use chrono::Duration;
use std::collections::{HashMap, HashSet};

/// The powers that lists ask for.
pub(super) const DECIDE_INSTRUCTIONS: &str = "instructions.approve";
pub(super) const DECIDE_DEPARTURES: &str = "departures.approve";
pub(super) const SUBMIT_DEPARTURES: &str = "departures.submit";
pub(super) const SEE_RAISED: &str = "attention.read";

/// How many days what was decided stays in the list.
const LATELY_DAYS: i64 = 30;
/// Words of one member looked at for that list.
const WORDS: i64 = 2_000;

/// The entries of one list after a place in it, at most `most`.
pub(super) fn entries(tx: &mut TenantTx<'_>, tab: Tab, after: Option<Cursor>, most: usize) -> Stored<Vec<Entry>> {
    let Some(me) = tx.actor().membership() else { return Ok(Vec::new()) };
    let mut all = match tab {
        Tab::Open => open(tx, after, most)?,
        Tab::Waiting => waiting(tx, me, most)?,
        Tab::Done => done(tx, me)?,
    };
    match tab {
        Tab::Open | Tab::Waiting => all.sort_by_key(|e| (e.key, e.id)),
        Tab::Done => all.sort_by_key(|e| std::cmp::Reverse((e.key, e.id))),
    }
    if let Some(after) = after {
        let last = (after.key, after.id);
        all.retain(|e| match tab {
            Tab::Open | Tab::Waiting => (e.key, e.id) > last,
            Tab::Done => (e.key, e.id) < last,
        });
    }
    all.truncate(most);
    Ok(all)
}

fn open(tx: &mut TenantTx<'_>, after: Option<Cursor>, most: usize) -> Stored<Vec<Entry>> {
    let mut all = to_decide(tx, after, most)?;
    if tx.may(SUBMIT_DEPARTURES) {
        let from = after.map(|c| (c.at(), DepartureId::from(c.id)));
        for (id, at) in departures::to_check(tx, from, bound(most))? {
            all.push(entry(at, id.uuid(), Matter::ToCheck(id)));
        }
    }
    if tx.may(certification::CERTIFY) {
        for list in certification::waiting_for_caller(tx)? {
            all.push(entry(list.ends_at(), list.id().uuid(), Matter::Certifying(Box::new(list))));
        }
    }
    if tx.may(SEE_RAISED) {
        let from = after.map(|c| (c.at(), AttentionId::from(c.id)));
        for raised in attention::open(tx, from, bound(most))? {
            if !stands_on_a_plan(tx, &raised)? {
                all.push(entry(raised.raised_at, raised.id.uuid(), Matter::Raised(Box::new(raised))));
            }
        }
    }
    Ok(all)
}

/// What was raised about a plan that the caller checks anyway stands on that plan's card.
fn stands_on_a_plan(tx: &mut TenantTx<'_>, raised: &Attention) -> Stored<bool> {
    match raised.object_id.parse::<DepartureId>() {
        Ok(id) if raised.object_kind == "departure" => Ok(tx.may(SUBMIT_DEPARTURES) && departures::is_planned(tx, id)?),
        Ok(_) | Err(_) => Ok(false),
    }
}

/// What waits for the caller's yes or no. The instructions of one departure are one entry, where the first of them lapses.
fn to_decide(tx: &mut TenantTx<'_>, after: Option<Cursor>, most: usize) -> Stored<Vec<Entry>> {
    let (alone, departures) = (tx.may(DECIDE_INSTRUCTIONS), tx.may(DECIDE_DEPARTURES));
    let mut all = Vec::new();
    if !alone && !departures {
        return Ok(all);
    }
    let Some(mut waiting) = WaitingForCaller::from(tx, after.map(|c| c.at()))? else { return Ok(all) };
    let last = after.map(|c| (c.key, c.id));
    let mut shown = HashSet::new();
    while all.len() < most {
        let is_wanted = |i: &Instruction| case_of(i).map_or(alone, |case| departures && !shown.contains(&case));
        let Some(i) = waiting.next(tx, is_wanted)? else { break };
        let next = match case_of(&i) {
            None => entry(lapses(&i), i.id.uuid(), Matter::Instruction(Box::new(i))),
            Some(case) => {
                shown.insert(case);
                let mut of_case = instructions::of_origin(tx, case)?;
                of_case.retain(|i| i.state == instructions::State::Pending);
                let first = of_case.iter().map(lapses).min().unwrap_or(lapses(&i));
                entry(first, case.uuid(), Matter::OfDeparture(case.uuid().into(), of_case))
            }
        };
        if last.is_none_or(|last| (next.key, next.id) > last) {
            all.push(next);
        }
    }
    Ok(all)
}

fn waiting(tx: &mut TenantTx<'_>, me: MembershipId, most: usize) -> Stored<Vec<Entry>> {
    let asked = instructions::asked_by(tx, me, None, bound(most.max(500)))?;
    let single = asked.into_iter().filter(|i| case_of(i).is_none());
    let mut all: Vec<Entry> =
        single.map(|i| entry(lapses(&i), i.id.uuid(), Matter::Instruction(Box::new(i)))).collect();
    for id in departures::submitted_by(tx, me, bound(most))? {
        let mut of_case = instructions::of_origin(tx, id.uuid().into())?;
        of_case.retain(|i| i.state == instructions::State::Pending);
        if let Some(first) = of_case.iter().map(lapses).min() {
            all.push(entry(first, id.uuid(), Matter::OfDeparture(id, of_case)));
        }
    }
    Ok(all)
}

/// What the member said or settled lately. Words to one departure at one moment were one word.
fn done(tx: &mut TenantTx<'_>, me: MembershipId) -> Stored<Vec<Entry>> {
    let since = Ts(*tx.now() - Duration::days(LATELY_DAYS));
    let mut all: Vec<Entry> = Vec::new();
    let mut cases: HashMap<(CaseId, Ts), usize> = HashMap::new();
    for Said { instruction, decision, reason, at } in instructions::said_by(tx, me, since, WORDS)? {
        let said = Some(Word { decision: Some(decision), reason, at, state: instruction.state.as_str().into() });
        match case_of(&instruction) {
            None => {
                all.push(Entry { said, ..entry(at, instruction.id.uuid(), Matter::Instruction(Box::new(instruction))) })
            }
            Some(case) => match cases.get(&(case, at)).and_then(|place| all.get_mut(*place)) {
                Some(Entry { matter: Matter::OfDeparture(_, of_case), .. }) => of_case.push(instruction),
                Some(_) | None => {
                    cases.insert((case, at), all.len());
                    let matter = Matter::OfDeparture(case.uuid().into(), vec![instruction]);
                    all.push(Entry { said, ..entry(at, case.uuid(), matter) });
                }
            },
        }
    }
    for raised in attention::resolved_by(tx, me, since, WORDS)? {
        let at = raised.resolved_at.unwrap_or(raised.raised_at);
        let said = Some(Word { decision: None, reason: raised.note.clone(), at, state: "resolved".into() });
        all.push(Entry { said, ..entry(at, raised.id.uuid(), Matter::Raised(Box::new(raised))) });
    }
    Ok(all)
}

fn entry(at: Ts, id: uuid::Uuid, matter: Matter) -> Entry {
    Entry { key: at.timestamp_micros(), id, matter, said: None }
}

/// The departure that an instruction came from.
fn case_of(i: &Instruction) -> Option<CaseId> {
    i.origin_id.filter(|_| i.origin_kind == "departure")
}

fn lapses(i: &Instruction) -> Ts {
    i.expires_at.unwrap_or(i.created_at)
}

fn bound(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

//! What records are searched by: their terms, kept by block of 256 and not by record, by a job that comes after the commit.
//!
//! An index over every column made each record cost as much again as itself, before its own answer was given. Of a block the
//! same act, actor or instruction is noted once, so the notes are few, and appending writes none of them. Whoever searches
//! walks the blocks that have every term, reads their records in the order of places, and reads what no note covers yet as it
//! stands: nothing is missing for being new.

use super::model::RecordFilter;
use super::store::{self, NewCount, NewTerm};
use super::uses;
use crate::platform::db::{Stored, TenantTx, Ts, lost_race};
use crate::platform::jobs::{Registry, Step};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use policy_model::ledger::BLOCK;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The job's kind.
const NOTE: &str = "ledger.note-terms";
/// One job a tenant.
const KEY: &str = "terms";
/// Blocks of one step, so that no transaction is long: whoever appends waits for it on SQLite.
const BLOCKS_A_STEP: i64 = 2;
/// Blocks looked up at a time.
const BLOCKS_AT_ONCE: i64 = 64;
/// Records of a block.
pub(super) const OF_A_BLOCK: i64 = BLOCK as i64;

/// What a term is. The order is that in which a search begins with it: what fewest records have comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Object = 1,
    Subject = 2,
    Instruction = 3,
    Actor = 4,
    Class = 5,
    Outcome = 6,
    Act = 7,
}

/// The terms that a record has to have; of each kind one of several.
pub(super) type Terms = Vec<(Kind, Vec<String>)>;

/// In which order places are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Newest,
    Oldest,
}

/// The terms of a filter.
pub(super) fn terms_of(filter: &RecordFilter) -> Terms {
    let one = |kind, term: &Option<String>| term.clone().map(|term| (kind, vec![term]));
    let subject = filter.subject.map(|subject| subject.to_string());
    [
        one(Kind::Object, &filter.object),
        one(Kind::Subject, &subject),
        one(Kind::Instruction, &filter.instruction),
        one(Kind::Actor, &filter.actor),
        one(Kind::Class, &filter.class),
        one(Kind::Outcome, &filter.outcome),
        one(Kind::Act, &filter.act),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Reads what lies within these places and may have the terms, stretch by stretch in this order, until `limit` rows are
/// found. `read` gets a stretch and how many rows are still wanted, and asks for the terms itself.
pub(super) fn walk<T>(
    tx: &mut TenantTx<'_>,
    (terms, within): (&Terms, Range<i64>),
    (order, limit): (Order, i64),
    mut read: impl FnMut(&mut TenantTx<'_>, Range<i64>, i64) -> Stored<Vec<T>>,
) -> Stored<Vec<T>> {
    if terms.is_empty() {
        return read(tx, within, limit);
    }
    let noted = store::head(tx)?.map_or(0, |head| head.indexed);
    let (behind, ahead) = (within.start..within.end.min(noted), within.start.max(noted)..within.end);
    let mut found = Vec::new();
    if order == Order::Newest {
        take(tx, &mut found, ahead.clone(), limit, &mut read)?;
    }
    let mut rest = blocks_of(&behind);
    while wanted(&found, limit) > 0 && rest.start < rest.end {
        let looked_up = store::blocks_with(tx, &terms[0], rest.clone(), order, BLOCKS_AT_ONCE)?;
        let Some(last) = looked_up.last().copied() else { break };
        rest = match order {
            Order::Newest => rest.start..last,
            Order::Oldest => last + 1..rest.end,
        };
        let mut blocks = looked_up;
        for term in &terms[1..] {
            blocks = store::of_these_with(tx, term, &blocks, order)?;
        }
        for stretch in stretches(&blocks) {
            let stretch = stretch.start.max(behind.start)..stretch.end.min(behind.end);
            take(tx, &mut found, stretch, limit, &mut read)?;
        }
    }
    if order == Order::Oldest {
        take(tx, &mut found, ahead, limit, &mut read)?;
    }
    Ok(found)
}

/// The blocks that these places lie in.
pub(super) fn blocks_of(places: &Range<i64>) -> Range<i64> {
    places.start / OF_A_BLOCK..(places.end.max(places.start) + OF_A_BLOCK - 1) / OF_A_BLOCK
}

fn wanted<T>(found: &[T], limit: i64) -> i64 {
    limit - i64::try_from(found.len()).unwrap_or(i64::MAX)
}

fn take<T>(
    tx: &mut TenantTx<'_>,
    found: &mut Vec<T>,
    stretch: Range<i64>,
    limit: i64,
    read: &mut impl FnMut(&mut TenantTx<'_>, Range<i64>, i64) -> Stored<Vec<T>>,
) -> Stored<()> {
    let more = wanted(found, limit);
    if more > 0 && stretch.start < stretch.end {
        found.extend(read(tx, stretch, more)?);
    }
    Ok(())
}

/// The places of blocks in either order, neighbours together.
fn stretches(blocks: &[i64]) -> Vec<Range<i64>> {
    let mut stretches: Vec<Range<i64>> = Vec::new();
    for block in blocks {
        let places = block * OF_A_BLOCK..(block + 1) * OF_A_BLOCK;
        match stretches.last_mut() {
            Some(last) if last.end == places.start => last.end = places.end,
            Some(last) if last.start == places.end => last.start = places.start,
            Some(_) | None => stretches.push(places),
        }
    }
    stretches
}

/// Sees to it that full blocks get their notes, of so many records that have none.
pub(super) fn enqueue(tx: &mut TenantTx<'_>, without: i64) -> Stored<()> {
    if without < OF_A_BLOCK {
        return Ok(());
    }
    tx.run_at(tx.now(), NOTE, KEY, &json!({}))
}

/// The job that notes.
pub(super) fn register(registry: &mut Registry) {
    registry.inside(NOTE, |tx, cursor: &Value| Ok(if note(tx)? { Step::Again(cursor.clone()) } else { Step::Done }));
}

/// Notes the terms of the next full blocks; whether there are more. The head's row is moved on last: whoever appends waits for
/// it on PostgreSQL. Somebody else who notes the same blocks stumbles over the first note, and begins again after them.
pub(super) fn note(tx: &mut TenantTx<'_>) -> Stored<bool> {
    let Some(head) = store::head(tx)? else { return Ok(false) };
    let (first, full) = (head.indexed / OF_A_BLOCK, head.next_seq / OF_A_BLOCK);
    let end = full.min(first + BLOCKS_A_STEP);
    if first >= end {
        return Ok(false);
    }
    for block in first..end {
        note_block(tx, block)?;
    }
    match store::note_up_to(tx, head.indexed, end * OF_A_BLOCK)? {
        true => Ok(end < full),
        false => Err(lost_race()),
    }
}

/// A record's columns that are searched by, and its bytes for the rest.
pub(super) type Columns = (Ts, String, String, String, Option<String>, Option<String>, Option<String>, String, String);

#[derive(Deserialize)]
struct About<'a> {
    #[serde(borrow, default)]
    subjects: Vec<&'a str>,
}

fn note_block(tx: &mut TenantTx<'_>, block: i64) -> Stored<()> {
    let rows: Vec<Columns> = store::columns(tx, block * OF_A_BLOCK..(block + 1) * OF_A_BLOCK)?;
    let mut terms: BTreeSet<(i32, &str)> = BTreeSet::new();
    let mut counts: BTreeMap<(Ts, &str, &str), i64> = BTreeMap::new();
    for (at, _, actor, act, object, class, instruction, outcome, body) in &rows {
        let about: About<'_> = serde_json::from_str(body)?;
        let mut has = |kind: Kind, term| terms.insert((kind as i32, term));
        about.subjects.into_iter().for_each(|subject| _ = has(Kind::Subject, subject));
        object.iter().for_each(|object| _ = has(Kind::Object, object));
        class.iter().for_each(|class| _ = has(Kind::Class, class));
        instruction.iter().for_each(|instruction| _ = has(Kind::Instruction, instruction));
        _ = has(Kind::Actor, actor);
        _ = has(Kind::Act, act);
        _ = has(Kind::Outcome, outcome);
        *counts.entry((Ts(quarter(**at)), act, outcome)).or_default() += 1;
    }
    let terms: Vec<NewTerm<'_>> = terms.into_iter().map(|(kind, term)| NewTerm { kind, term, block }).collect();
    let count = |((quarter, act, outcome), records)| NewCount { block, quarter, act, outcome, records };
    let counts: Vec<NewCount<'_>> = counts.into_iter().map(count).collect();
    store::insert_terms(tx, &terms)?;
    store::insert_counts(tx, &counts)?;
    uses::note(tx, &rows)
}

/// The quarter of an hour that an instant lies in: every civil day and hour of a time zone begins with one.
pub(super) fn quarter(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::minutes(15)).unwrap_or(at)
}

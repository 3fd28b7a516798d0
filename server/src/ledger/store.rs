//! The tables of the ledger and every query on them. Records, blocks and checkpoints are only ever added: the database
//! itself refuses anything else.

use super::model::{CheckpointRow, NewRecord, RecordFilter, SealedRecord};
use super::uses::Done;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, StoreError, Stored, TenantTable, TenantTx, Ts};
use crate::platform::ids::SubjectId;
use chrono::Duration;
use diesel::prelude::*;
use policy_model::ledger::{BLOCK, Frontier, Hash};
use std::ops::Range;

tenant_table! {
    ledger_heads (ledger) { ledger -> Integer, next_seq -> BigInt, sealed -> BigInt, edge -> Text, }
}
tenant_table! {
    records (seq) {
        seq -> BigInt, id -> SqlUid, at -> SqlTs, actor_kind -> Text, actor -> Text, act -> Text,
        object_kind -> Nullable<Text>, object -> Nullable<Text>, class -> Nullable<Text>,
        instruction -> Nullable<Text>, outcome -> Text, body -> Text, leaf_hash -> Binary,
    }
}
tenant_table! {
    record_subjects (subject_id, seq) { subject_id -> SqlUid, seq -> BigInt, }
}
tenant_table! {
    ledger_blocks (block) { block -> BigInt, root -> Binary, }
}
tenant_table! {
    checkpoints (size) { size -> BigInt, root -> Binary, note -> Text, key_id -> Text, at -> SqlTs, }
}
diesel::allow_tables_to_appear_in_same_query!(records, record_subjects);

/// A tenant has one ledger; the column is there for the day when one lock is not enough.
const MAIN: i32 = 0;

/// The outcome that most records have, and that no index lists.
const PERMITTED: &str = policy_model::ledger::Outcome::Permitted.as_str();

/// No transaction lasts longer, and no two nodes' clocks differ by more.
const LONGEST_TRANSACTION: Duration = Duration::minutes(10);

/// The state of a ledger: places up to `next_seq` are taken, records before `sealed` are in the tree.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub next_seq: i64,
    pub sealed: i64,
    pub edge: Frontier,
}

/// Whose data a record is about.
#[derive(Debug, Insertable)]
#[diesel(table_name = record_subjects)]
pub(super) struct NewSubject {
    pub subject_id: SubjectId,
    pub seq: i64,
}

/// The root of a full block.
#[derive(Debug, Insertable)]
#[diesel(table_name = ledger_blocks)]
pub(super) struct NewBlock {
    pub block: i64,
    pub root: Vec<u8>,
}

/// Starts a tenant's ledger. Of two that do it at once, one loses and is run again.
pub(super) fn insert_head(tx: &mut TenantTx<'_>) -> Stored<()> {
    let edge = serde_json::to_string(&Frontier::default())?;
    tx.add(
        ledger_heads::table,
        (
            ledger_heads::ledger.eq(MAIN),
            ledger_heads::next_seq.eq(0_i64),
            ledger_heads::sealed.eq(0_i64),
            ledger_heads::edge.eq(edge),
        ),
    )
}

/// The state of the ledger; none before its first record.
pub(super) fn head(tx: &mut TenantTx<'_>) -> Stored<Option<Head>> {
    let row: Option<(i64, i64, String)> = tx.first(ledger_heads::table, |rows| {
        rows.filter(ledger_heads::ledger.eq(MAIN)).select((
            ledger_heads::next_seq,
            ledger_heads::sealed,
            ledger_heads::edge,
        ))
    })?;
    row.map(|(next_seq, sealed, edge)| Ok(Head { next_seq, sealed, edge: serde_json::from_str(&edge)? })).transpose()
}

/// Takes `count` places and with them the lock that puts commits in order. Returns the first of them and how far the
/// ledger is sealed; none when there is no ledger yet.
pub(super) fn take_places(tx: &mut TenantTx<'_>, count: i64) -> Stored<Option<(i64, i64)>> {
    let taken: Vec<(i64, i64)> = tx.load(ledger_heads::table, |rows| {
        diesel::update(rows.filter(ledger_heads::ledger.eq(MAIN)))
            .set(ledger_heads::next_seq.eq(ledger_heads::next_seq + count))
            .returning((ledger_heads::next_seq, ledger_heads::sealed))
    })?;
    Ok(taken.first().map(|(next, sealed)| (next - count, *sealed)))
}

/// Says that the ledger is sealed further, if nobody else did meanwhile. Returns how many places are taken, under the
/// lock; none when somebody else did.
pub(super) fn advance(tx: &mut TenantTx<'_>, from: i64, edge: &Frontier) -> Stored<Option<i64>> {
    let (to, edge) = (signed(edge.size())?, serde_json::to_string(edge)?);
    let next: Vec<i64> = tx.load(ledger_heads::table, |rows| {
        diesel::update(rows.filter(ledger_heads::ledger.eq(MAIN)).filter(ledger_heads::sealed.eq(from)))
            .set((ledger_heads::sealed.eq(to), ledger_heads::edge.eq(edge)))
            .returning(ledger_heads::next_seq)
    })?;
    Ok(next.first().copied())
}

pub(super) fn insert_records(tx: &mut TenantTx<'_>, new: &[NewRecord<'_>]) -> Stored<()> {
    tx.add_all::<records::table, NewRecord<'_>>(records::table, new)
}

pub(super) fn insert_subjects(tx: &mut TenantTx<'_>, new: &[NewSubject]) -> Stored<()> {
    tx.add_all::<record_subjects::table, NewSubject>(record_subjects::table, new)
}

pub(super) fn insert_blocks(tx: &mut TenantTx<'_>, new: &[NewBlock]) -> Stored<()> {
    tx.add_all::<ledger_blocks::table, NewBlock>(ledger_blocks::table, new)
}

pub(super) fn insert_checkpoint(tx: &mut TenantTx<'_>, checkpoint: &CheckpointRow) -> Stored<()> {
    tx.add(checkpoints::table, checkpoint)
}

/// The leaf hashes of these records, all of them and in order.
pub(super) fn leaf_hashes(tx: &mut TenantTx<'_>, range: Range<i64>) -> Stored<Vec<Hash>> {
    let Range { start, end } = range;
    let found: Vec<Vec<u8>> = tx.load(records::table, |rows| {
        rows.filter(records::seq.ge(start))
            .filter(records::seq.lt(end))
            .order(records::seq)
            .select(records::leaf_hash)
            .limit(end.saturating_sub(start))
    })?;
    // Places have no gaps, so as many rows as places means all of them.
    if i64::try_from(found.len()).ok() != Some(end - start) {
        return Err(StoreError::Unreadable(format!("of the records {start}..{end} only {} are there", found.len())));
    }
    found.iter().map(|bytes| hash(bytes)).collect()
}

/// Roots of full blocks from number `from` on, at most `limit`.
pub(super) fn block_roots(tx: &mut TenantTx<'_>, from: i64, limit: i64) -> Stored<Vec<Hash>> {
    let found: Vec<Vec<u8>> = tx.load(ledger_blocks::table, |rows| {
        rows.filter(ledger_blocks::block.ge(from)).order(ledger_blocks::block).select(ledger_blocks::root).limit(limit)
    })?;
    found.iter().map(|bytes| hash(bytes)).collect()
}

pub(super) fn latest_checkpoint(tx: &mut TenantTx<'_>) -> Stored<Option<CheckpointRow>> {
    tx.first(checkpoints::table, |rows| rows.order(checkpoints::size.desc()).select(CheckpointRow::as_select()))
}

pub(super) fn find(tx: &mut TenantTx<'_>, seq: i64) -> Stored<Option<SealedRecord>> {
    tx.first(records::table, |rows| rows.filter(records::seq.eq(seq)).select(SealedRecord::as_select()))
}

/// The newest records of an act on an object, at most `limit`.
pub(super) fn latest_of(tx: &mut TenantTx<'_>, act: &str, object: &str, limit: i64) -> Stored<Vec<SealedRecord>> {
    let (act, object) = (act.to_owned(), object.to_owned());
    tx.load(records::table, |rows| {
        rows.filter(records::object.eq(object))
            .filter(records::act.eq(act))
            .order(records::seq.desc())
            .limit(limit)
            .select(SealedRecord::as_select())
    })
}

/// Places before `before` of records on one of these things; at most `limit`, thing by thing. In this order an index
/// answers alone; in the order of places, SQLite would rather walk through the whole ledger than sort.
pub(super) fn places_on(tx: &mut TenantTx<'_>, things: &[String], before: i64, limit: i64) -> Stored<Vec<i64>> {
    let things = things.to_vec();
    tx.load(records::table, |rows| {
        rows.filter(records::object.eq_any(things))
            .filter(records::seq.lt(before))
            .order((records::object, records::seq))
            .limit(limit)
            .select(records::seq)
    })
}

/// Places before `before` of records that rest on one of these instructions. As `places_on`.
pub(super) fn places_under(tx: &mut TenantTx<'_>, things: &[String], before: i64, limit: i64) -> Stored<Vec<i64>> {
    let things = things.to_vec();
    tx.load(records::table, |rows| {
        rows.filter(records::instruction.eq_any(things))
            .filter(records::seq.lt(before))
            .order((records::instruction, records::seq))
            .limit(limit)
            .select(records::seq)
    })
}

/// The records at these places, oldest first.
pub(super) fn at_places(tx: &mut TenantTx<'_>, places: Vec<i64>) -> Stored<Vec<SealedRecord>> {
    tx.load(records::table, |rows| {
        rows.filter(records::seq.eq_any(places)).order(records::seq).select(SealedRecord::as_select())
    })
}

type RecordsQuery = diesel::helper_types::IntoBoxed<'static, <records::table as TenantTable>::Rows, MultiBackend>;

/// The chosen records before place `before`, newest first; one more than `limit`.
pub(super) fn newest(
    tx: &mut TenantTx<'_>,
    filter: &RecordFilter,
    before: Option<i64>,
    limit: i64,
) -> Stored<Vec<SealedRecord>> {
    let mut within = places(tx, filter)?;
    within.end = within.end.min(before.unwrap_or(i64::MAX));
    let subject_rows = record_subjects::table::rows(tx.tenant());
    tx.load(records::table, |rows| {
        chosen(rows.into_boxed(), subject_rows, filter, within)
            .order(records::seq.desc())
            .limit(limit + 1)
            .select(SealedRecord::as_select())
    })
}

/// The chosen records of these places, oldest first, at most `limit`.
pub(super) fn oldest(
    tx: &mut TenantTx<'_>,
    filter: &RecordFilter,
    within: Range<i64>,
    limit: i64,
) -> Stored<Vec<SealedRecord>> {
    let subject_rows = record_subjects::table::rows(tx.tenant());
    tx.load(records::table, |rows| {
        chosen(rows.into_boxed(), subject_rows, filter, within)
            .order(records::seq)
            .limit(limit)
            .select(SealedRecord::as_select())
    })
}

/// Instant, act and outcome of the chosen records, the newest first, at most `limit`. An index holds all three.
pub(super) fn happened(tx: &mut TenantTx<'_>, filter: &RecordFilter, limit: i64) -> Stored<Vec<(Ts, String, String)>> {
    let within = places(tx, filter)?;
    let subject_rows = record_subjects::table::rows(tx.tenant());
    tx.load(records::table, |rows| {
        chosen(rows.into_boxed(), subject_rows, filter, within).order(records::seq.desc()).limit(limit).select((
            records::at,
            records::act,
            records::outcome,
        ))
    })
}

/// Who did what under an instruction and how it ended, the newest first, at most `limit`.
pub(super) fn done_under(tx: &mut TenantTx<'_>, instruction: &str, limit: i64) -> Stored<Vec<Done>> {
    let instruction = instruction.to_owned();
    tx.load(records::table, |rows| {
        rows.filter(records::instruction.eq(instruction))
            .order(records::seq.desc())
            .limit(limit)
            .select(Done::as_select())
    })
}

fn chosen(
    rows: RecordsQuery,
    subject_rows: <record_subjects::table as TenantTable>::Rows,
    filter: &RecordFilter,
    within: Range<i64>,
) -> RecordsQuery {
    let Range { start, end } = within;
    let mut query = match filter.subject {
        None => rows.filter(records::seq.ge(start)).filter(records::seq.lt(end)),
        // The range only within the subselect: beside it, SQLite would walk through the range instead of the places.
        Some(subject) => {
            let about = subject_rows
                .filter(record_subjects::subject_id.eq(subject))
                .filter(record_subjects::seq.ge(start))
                .filter(record_subjects::seq.lt(end));
            rows.filter(records::seq.eq_any(about.select(record_subjects::seq)))
        }
    };
    if let Some(actor) = filter.actor.clone() {
        query = query.filter(records::actor.eq(actor));
    }
    if let Some(act) = filter.act.clone() {
        query = query.filter(records::act.eq(act));
    }
    if let Some(object) = filter.object.clone() {
        query = query.filter(records::object.eq(object));
    }
    if let Some(class) = filter.class.clone() {
        query = query.filter(records::class.eq(class));
    }
    if let Some(instruction) = filter.instruction.clone() {
        query = query.filter(records::instruction.eq(instruction));
    }
    if let Some(outcome) = filter.outcome.clone() {
        if outcome != PERMITTED {
            // In so many words, or the index over those that were not permitted is not seen to fit.
            query = query.filter(diesel::dsl::sql::<diesel::sql_types::Bool>("outcome <> 'permitted'"));
        }
        query = query.filter(records::outcome.eq(outcome));
    }
    if let Some(since) = filter.since {
        query = query.filter(records::at.ge(since));
    }
    if let Some(until) = filter.until {
        query = query.filter(records::at.lt(until));
    }
    query
}

/// The places where records of the filter's time can be: the checkpoints of that time say so, and an index over the
/// instants of all records is not needed. Wide by the longest transaction at both ends, since a record bears the
/// instant at which its transaction began.
pub(super) fn places(tx: &mut TenantTx<'_>, filter: &RecordFilter) -> Stored<Range<i64>> {
    let mut within = 0..i64::MAX;
    if let Some(since) = filter.since {
        let sealed_before = Ts(*since - LONGEST_TRANSACTION);
        let size: Option<i64> = tx.first(checkpoints::table, |rows| {
            rows.filter(checkpoints::at.lt(sealed_before)).order(checkpoints::at.desc()).select(checkpoints::size)
        })?;
        within.start = size.unwrap_or(0);
    }
    if let Some(until) = filter.until {
        let sealed_after = Ts(*until + LONGEST_TRANSACTION);
        let size: Option<i64> = tx.first(checkpoints::table, |rows| {
            rows.filter(checkpoints::at.gt(sealed_after)).order(checkpoints::at).select(checkpoints::size)
        })?;
        within.end = size.unwrap_or(i64::MAX);
    }
    if let Some(seq) = filter.seq {
        within.start = within.start.max(seq);
        within.end = within.end.min(seq.saturating_add(1));
    }
    Ok(within)
}

/// The number of the block that ends with the tree at this size.
pub(super) fn block_before(size: u64) -> Stored<i64> {
    signed((size / BLOCK).saturating_sub(1))
}

/// A count as the databases keep it.
pub(super) fn signed(count: u64) -> Stored<i64> {
    i64::try_from(count).map_err(|_| StoreError::Unreadable(format!("{count} records are more than a ledger holds")))
}

/// A count as the tree has it.
pub(super) fn unsigned(count: i64) -> Stored<u64> {
    u64::try_from(count).map_err(|_| StoreError::Unreadable(format!("{count} is no place in a ledger")))
}

fn hash(bytes: &[u8]) -> Stored<Hash> {
    Hash::try_from(bytes).map_err(|e| StoreError::Unreadable(e.to_string()))
}

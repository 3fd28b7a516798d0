//! The tables of the ledger and every query on them. Records, blocks and checkpoints are only ever added: the database
//! itself refuses anything else.

use super::columnwise::Columnwise;
use super::model::{CheckpointRow, NewRecord, RecordFilter, SealedRecord};
use super::search::{self, Columns, Kind, Order, Terms};
use super::uses::{Counted, Done};
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, StoreError, Stored, TenantTable, TenantTx, Ts};
use crate::platform::ids::SubjectId;
use chrono::Duration;
use diesel::prelude::*;
use policy_model::ledger::{BLOCK, Frontier, Hash};
use std::ops::Range;

tenant_table! {
    ledger_heads (ledger) {
        ledger -> Integer, next_seq -> BigInt, sealed -> BigInt, edge -> Text, indexed -> BigInt,
    }
}
tenant_table! {
    records (seq) {
        seq -> BigInt, id -> SqlUid, at -> SqlTs, actor_kind -> Text, actor -> Text, act -> Text,
        object_kind -> Nullable<Text>, object -> Nullable<Text>, class -> Nullable<Text>,
        instruction -> Nullable<Text>, outcome -> Text, body -> Text, leaf_hash -> Binary,
    }
}
tenant_table! {
    record_terms (kind, term, block) { kind -> Integer, term -> Text, block -> BigInt, }
}
tenant_table! {
    record_counts (block, quarter, act, outcome) {
        block -> BigInt, quarter -> SqlTs, act -> Text, outcome -> Text, records -> BigInt,
    }
}
tenant_table! {
    instruction_uses (instruction) {
        instruction -> Text, times -> BigInt, not_done -> BigInt, first_at -> SqlTs, last_at -> SqlTs,
        last_actor_kind -> Text, last_actor -> Text, last_act -> Text,
    }
}
tenant_table! {
    ledger_blocks (block) { block -> BigInt, root -> Binary, }
}
tenant_table! {
    checkpoints (size) { size -> BigInt, root -> Binary, note -> Text, key_id -> Text, at -> SqlTs, }
}

/// A tenant has one ledger; the column is there for the day when one lock is not enough.
const MAIN: i32 = 0;

/// No transaction lasts longer, and no two nodes' clocks differ by more.
const LONGEST_TRANSACTION: Duration = Duration::minutes(10);

/// The state of a ledger: places up to `next_seq` are taken, records before `sealed` are in the tree, and the terms of those
/// before `indexed` are noted.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub next_seq: i64,
    pub sealed: i64,
    pub indexed: i64,
    pub edge: Frontier,
}

/// A block has a record with this term.
#[derive(Debug, Insertable)]
#[diesel(table_name = record_terms)]
pub(super) struct NewTerm<'a> {
    pub kind: i32,
    pub term: &'a str,
    pub block: i64,
}

/// How many records of a block fell into a quarter of an hour.
#[derive(Debug, Insertable)]
#[diesel(table_name = record_counts)]
pub(super) struct NewCount<'a> {
    pub block: i64,
    pub quarter: Ts,
    pub act: &'a str,
    pub outcome: &'a str,
    pub records: i64,
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
    let row: Option<(i64, i64, i64, String)> = tx.first(ledger_heads::table, |rows| {
        rows.filter(ledger_heads::ledger.eq(MAIN)).select((
            ledger_heads::next_seq,
            ledger_heads::sealed,
            ledger_heads::indexed,
            ledger_heads::edge,
        ))
    })?;
    let head = |(next_seq, sealed, indexed, edge): (i64, i64, i64, String)| {
        Ok(Head { next_seq, sealed, indexed, edge: serde_json::from_str(&edge)? })
    };
    row.map(head).transpose()
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
    tx.add_columns::<records::table, NewRecord<'_>, _>(records::table, new, Columnwise::of)
}

pub(super) fn insert_terms(tx: &mut TenantTx<'_>, new: &[NewTerm<'_>]) -> Stored<()> {
    tx.add_all::<record_terms::table, NewTerm<'_>>(record_terms::table, new)
}

pub(super) fn insert_counts(tx: &mut TenantTx<'_>, new: &[NewCount<'_>]) -> Stored<()> {
    tx.add_all::<record_counts::table, NewCount<'_>>(record_counts::table, new)
}

/// Moves on how far terms are noted; whether it stood where the reading began.
pub(super) fn note_up_to(tx: &mut TenantTx<'_>, from: i64, to: i64) -> Stored<bool> {
    let moved = tx.change(ledger_heads::table, |rows| {
        diesel::update(rows.filter(ledger_heads::ledger.eq(MAIN)).filter(ledger_heads::indexed.eq(from)))
            .set(ledger_heads::indexed.eq(to))
    })?;
    Ok(moved == 1)
}

/// What is noted of the records of these places, in their order.
pub(super) fn columns(tx: &mut TenantTx<'_>, within: Range<i64>) -> Stored<Vec<Columns>> {
    tx.load(records::table, |rows| {
        rows.filter(records::seq.ge(within.start)).filter(records::seq.lt(within.end)).order(records::seq).select((
            records::at,
            records::actor_kind,
            records::actor,
            records::act,
            records::object,
            records::class,
            records::instruction,
            records::outcome,
            records::body,
        ))
    })
}

/// Blocks of this stretch that have one of the terms, in this order, at most `limit`.
pub(super) fn blocks_with(
    tx: &mut TenantTx<'_>,
    (kind, any): &(Kind, Vec<String>),
    within: Range<i64>,
    order: Order,
    limit: i64,
) -> Stored<Vec<i64>> {
    let (kind, any) = (*kind as i32, any.clone());
    tx.load(record_terms::table, |rows| {
        let rows = rows
            .filter(record_terms::kind.eq(kind))
            .filter(record_terms::term.eq_any(any))
            .filter(record_terms::block.ge(within.start))
            .filter(record_terms::block.lt(within.end))
            .select(record_terms::block)
            .distinct()
            .limit(limit)
            .into_boxed();
        match order {
            Order::Newest => rows.order(record_terms::block.desc()),
            Order::Oldest => rows.order(record_terms::block.asc()),
        }
    })
}

/// Those of these blocks that have one of the terms, in this order.
pub(super) fn of_these_with(
    tx: &mut TenantTx<'_>,
    (kind, any): &(Kind, Vec<String>),
    blocks: &[i64],
    order: Order,
) -> Stored<Vec<i64>> {
    let (kind, any, blocks) = (*kind as i32, any.clone(), blocks.to_vec());
    tx.load(record_terms::table, |rows| {
        let rows = rows
            .filter(record_terms::kind.eq(kind))
            .filter(record_terms::term.eq_any(any))
            .filter(record_terms::block.eq_any(blocks))
            .select(record_terms::block)
            .distinct()
            .into_boxed();
        match order {
            Order::Newest => rows.order(record_terms::block.desc()),
            Order::Oldest => rows.order(record_terms::block.asc()),
        }
    })
}

/// Quarter of an hour, act, outcome and how many, of these blocks.
pub(super) fn counted(
    tx: &mut TenantTx<'_>,
    blocks: Range<i64>,
    (since, until): (Ts, Ts),
    (act, outcome): (Option<String>, Option<String>),
) -> Stored<Vec<(Ts, String, String, i64)>> {
    tx.load(record_counts::table, |rows| {
        let mut rows = rows
            .filter(record_counts::block.ge(blocks.start))
            .filter(record_counts::block.lt(blocks.end))
            .filter(record_counts::quarter.ge(since))
            .filter(record_counts::quarter.lt(until))
            .select((record_counts::quarter, record_counts::act, record_counts::outcome, record_counts::records))
            .into_boxed();
        if let Some(act) = act {
            rows = rows.filter(record_counts::act.eq(act));
        }
        if let Some(outcome) = outcome {
            rows = rows.filter(record_counts::outcome.eq(outcome));
        }
        rows
    })
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
    let filter = RecordFilter { act: Some(act.to_owned()), object: Some(object.to_owned()), ..RecordFilter::default() };
    newest(tx, &filter, None, limit)
}

/// Places before `before` of records on one of these things, or that rest on one of them; the oldest, at most `limit`.
pub(super) fn places_of(
    tx: &mut TenantTx<'_>,
    (kind, things): (Kind, &[String]),
    before: i64,
    limit: i64,
) -> Stored<Vec<i64>> {
    let terms: Terms = vec![(kind, things.to_vec())];
    search::walk(tx, (&terms, 0..before), (Order::Oldest, limit), |tx, stretch, limit| {
        let things = things.to_vec();
        tx.load(records::table, |rows| {
            let rows = within(rows.into_boxed(), &stretch).order(records::seq).limit(limit).select(records::seq);
            match kind {
                Kind::Object => rows.filter(records::object.eq_any(things)),
                _ => rows.filter(records::instruction.eq_any(things)),
            }
        })
    })
}

/// The records at these places, oldest first.
pub(super) fn at_places(tx: &mut TenantTx<'_>, places: Vec<i64>) -> Stored<Vec<SealedRecord>> {
    tx.load(records::table, |rows| {
        rows.filter(records::seq.eq_any(places)).order(records::seq).select(SealedRecord::as_select())
    })
}

type RecordsQuery = diesel::helper_types::IntoBoxed<'static, <records::table as TenantTable>::Rows, MultiBackend>;

/// The chosen records before place `before`, newest first, at most `limit`.
pub(super) fn newest(
    tx: &mut TenantTx<'_>,
    filter: &RecordFilter,
    before: Option<i64>,
    limit: i64,
) -> Stored<Vec<SealedRecord>> {
    let mut places = places(tx, filter)?;
    places.end = places.end.min(before.unwrap_or(i64::MAX));
    let terms = search::terms_of(filter);
    search::walk(tx, (&terms, places), (Order::Newest, limit), |tx, stretch, limit| {
        tx.load(records::table, |rows| {
            chosen(within(rows.into_boxed(), &stretch), filter)
                .order(records::seq.desc())
                .limit(limit)
                .select(SealedRecord::as_select())
        })
    })
}

/// The newest records of these acts about a person that were done or permitted, before a place; at most `limit`.
pub(super) fn newest_about(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    acts: &[&str],
    before: Option<i64>,
    limit: i64,
) -> Stored<Vec<SealedRecord>> {
    let acts: Vec<String> = acts.iter().map(|act| (*act).to_owned()).collect();
    let filter = RecordFilter { subject: Some(subject), ..RecordFilter::default() };
    let terms: Terms = [search::terms_of(&filter), vec![(Kind::Act, acts.clone())]].concat();
    search::walk(tx, (&terms, 0..before.unwrap_or(i64::MAX)), (Order::Newest, limit), |tx, stretch, limit| {
        tx.load(records::table, |rows| {
            chosen(within(rows.into_boxed(), &stretch), &filter)
                .filter(records::act.eq_any(acts.clone()))
                .filter(records::outcome.eq_any(["done", "permitted"]))
                .order(records::seq.desc())
                .limit(limit)
                .select(SealedRecord::as_select())
        })
    })
}

/// The newest records of these acts since an instant, before a place; at most `limit`.
pub(super) fn newest_of_acts(
    tx: &mut TenantTx<'_>,
    (acts, since): (&[&str], Ts),
    before: Option<i64>,
    limit: i64,
) -> Stored<Vec<SealedRecord>> {
    let acts: Vec<String> = acts.iter().map(|act| (*act).to_owned()).collect();
    let filter = RecordFilter { since: Some(since), ..RecordFilter::default() };
    let mut places = places(tx, &filter)?;
    places.end = places.end.min(before.unwrap_or(i64::MAX));
    let terms: Terms = vec![(Kind::Act, acts.clone())];
    search::walk(tx, (&terms, places), (Order::Newest, limit), |tx, stretch, limit| {
        tx.load(records::table, |rows| {
            chosen(within(rows.into_boxed(), &stretch), &filter)
                .filter(records::act.eq_any(acts.clone()))
                .order(records::seq.desc())
                .limit(limit)
                .select(SealedRecord::as_select())
        })
    })
}

/// The chosen records of these places, oldest first, at most `limit`.
pub(super) fn oldest(
    tx: &mut TenantTx<'_>,
    filter: &RecordFilter,
    places: Range<i64>,
    limit: i64,
) -> Stored<Vec<SealedRecord>> {
    let terms = search::terms_of(filter);
    search::walk(tx, (&terms, places), (Order::Oldest, limit), |tx, stretch, limit| {
        tx.load(records::table, |rows| {
            chosen(within(rows.into_boxed(), &stretch), filter)
                .order(records::seq)
                .limit(limit)
                .select(SealedRecord::as_select())
        })
    })
}

/// Instant, act and outcome of the chosen records of these places, the newest first, at most `limit`.
pub(super) fn happened(
    tx: &mut TenantTx<'_>,
    filter: &RecordFilter,
    places: Range<i64>,
    limit: i64,
) -> Stored<Vec<(Ts, String, String)>> {
    let terms = search::terms_of(filter);
    search::walk(tx, (&terms, places), (Order::Newest, limit), |tx, stretch, limit| {
        tx.load(records::table, |rows| {
            chosen(within(rows.into_boxed(), &stretch), filter).order(records::seq.desc()).limit(limit).select((
                records::at,
                records::act,
                records::outcome,
            ))
        })
    })
}

/// What is counted under these instructions.
pub(super) fn counted_uses(tx: &mut TenantTx<'_>, ids: &[String]) -> Stored<Vec<Counted>> {
    let ids = ids.to_vec();
    tx.load(instruction_uses::table, |rows| {
        rows.filter(instruction_uses::instruction.eq_any(ids)).select(Counted::as_select())
    })
}

pub(super) fn insert_uses(tx: &mut TenantTx<'_>, counted: &Counted) -> Stored<()> {
    tx.add(instruction_uses::table, counted)
}

/// Writes what is counted under an instruction; whoever does has noted the terms of the same records, and is the only one.
pub(super) fn save_uses(tx: &mut TenantTx<'_>, now: Counted) -> Stored<()> {
    tx.change(instruction_uses::table, |rows| {
        diesel::update(rows.filter(instruction_uses::instruction.eq(now.instruction))).set((
            instruction_uses::times.eq(now.times),
            instruction_uses::not_done.eq(now.not_done),
            instruction_uses::last_at.eq(now.last_at),
            instruction_uses::last_actor_kind.eq(now.last_actor_kind),
            instruction_uses::last_actor.eq(now.last_actor),
            instruction_uses::last_act.eq(now.last_act),
        ))
    })?;
    Ok(())
}

/// Who did what under these instructions from a place on, the newest first, at most `limit`.
pub(super) fn done_since(tx: &mut TenantTx<'_>, ids: &[String], from: i64, limit: i64) -> Stored<Vec<Done>> {
    let ids = ids.to_vec();
    tx.load(records::table, |rows| {
        rows.filter(records::seq.ge(from))
            .filter(records::instruction.eq_any(ids))
            .order(records::seq.desc())
            .limit(limit)
            .select(Done::as_select())
    })
}

fn within(rows: RecordsQuery, places: &Range<i64>) -> RecordsQuery {
    rows.filter(records::seq.ge(places.start)).filter(records::seq.lt(places.end))
}

fn chosen(rows: RecordsQuery, filter: &RecordFilter) -> RecordsQuery {
    let mut query = rows;
    if let Some(subject) = filter.subject {
        // The keys of a record's bytes stand in alphabetical order, and after its subjects come only its tenant and version.
        query = query.filter(records::body.like(format!("%\"subjects\":[%\"{subject}\"%")));
    }
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

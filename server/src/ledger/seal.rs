//! Sealing: the tree grows over the records that came since the last checkpoint, and its new root is signed.
//!
//! A job does it a moment after the first unsealed record, and again as long as records came meanwhile; an export does
//! it for itself. The reading goes without a lock. Then the head's row is moved on from where the reading began: of two
//! that seal at once one finds it moved, keeps nothing and begins again.

use super::keys;
use super::model::CheckpointRow;
use super::search;
use super::store::{self, NewBlock};
use crate::platform::db::{StoreError, Stored, TenantTx, Ts};
use crate::platform::jobs::{Registry, Step};
use chrono::Duration;
use policy_model::ledger::checkpoint::origin_of;
use policy_model::ledger::{Checkpoint, Frontier};
use serde_json::{Value, json};

/// The job's kind.
const SEAL: &str = "ledger.seal";
/// One job a tenant.
const KEY: &str = "seal";
/// Records one step seals at most, so that no transaction is long: whoever appends waits for it on SQLite.
const STEP: i64 = 4_096;

/// What a step of sealing left.
struct Sealed {
    /// Records not sealed yet, under the lock.
    waiting: i64,
}

/// Sees to it that what was appended will be sealed: the first record that waits sets the hour, and one too many
/// strikes it at once. Between the two nothing is written, so appending stays cheap.
pub(super) fn enqueue(tx: &mut TenantTx<'_>, waited: i64, waiting: i64) -> Stored<()> {
    let most = i64::from(tx.platform().config().ledger.seal_records);
    let due = if waited < most && waiting >= most {
        tx.now()
    } else if waited == 0 {
        after_a_while(tx)?
    } else {
        return Ok(());
    };
    tx.run_at(due, SEAL, KEY, &json!({}))
}

/// The job that seals.
pub(super) fn register(registry: &mut Registry) {
    registry.inside(SEAL, |tx, cursor: &Value| {
        let most = i64::from(tx.platform().config().ledger.seal_records);
        Ok(match step(tx)? {
            // Somebody else sealed meanwhile; whether anything is left shows the next look.
            None => Step::Again(cursor.clone()),
            Some(Sealed { waiting: 0 }) => Step::Done,
            Some(Sealed { waiting }) if waiting < most.min(STEP) => Step::WaitUntil(after_a_while(tx)?, cursor.clone()),
            Some(_) => Step::Again(cursor.clone()),
        })
    });
}

/// Seals everything that is committed. No record comes in between this and the end of the transaction. Whenever somebody
/// else was quicker, the ledger is sealed further by that, so this ends.
pub fn seal_now(tx: &mut TenantTx<'_>) -> Stored<()> {
    while step(tx)?.is_none_or(|sealed| sealed.waiting > 0) {}
    Ok(())
}

/// Seals the next records; none when somebody else did, and then nothing was written.
fn step(tx: &mut TenantTx<'_>) -> Stored<Option<Sealed>> {
    let Some(head) = store::head(tx)? else { return Ok(Some(Sealed { waiting: 0 })) };
    let to = head.next_seq.min(head.sealed + STEP);
    let mut edge = head.edge;
    let blocks = grow(tx, &mut edge, head.sealed, to)?;
    let signer = keys::signer(tx)?;
    let Some(next_seq) = store::advance(tx, head.sealed, &edge)? else { return Ok(None) };
    if to > head.sealed {
        store::insert_blocks(tx, &blocks)?;
        let origin = origin_of(&tx.tenant().to_string());
        let (root, at) = (edge.root(), tx.now());
        let note = Checkpoint { origin, size: edge.size(), root, time: Some(*at) }.sign(&signer);
        let (root, key_id) = (root.as_bytes().to_vec(), keys::id_of(signer.verifier()));
        store::insert_checkpoint(tx, &CheckpointRow { size: to, root, note, key_id, at })?;
    }
    search::enqueue(tx, next_seq - head.indexed)?;
    Ok(Some(Sealed { waiting: next_seq - to }))
}

/// Appends the leaves of these records to the tree's edge and returns the roots of the blocks that they fill.
fn grow(tx: &mut TenantTx<'_>, edge: &mut Frontier, from: i64, to: i64) -> Stored<Vec<NewBlock>> {
    if store::signed(edge.size())? != from {
        return Err(StoreError::Unreadable(format!("the ledger is sealed to {from}, its edge to {}", edge.size())));
    }
    let mut blocks = Vec::new();
    for leaf in store::leaf_hashes(tx, from..to)? {
        if let Some(root) = edge.push(leaf) {
            let block = store::block_before(edge.size())?;
            blocks.push(NewBlock { block, root: root.as_bytes().to_vec() });
        }
    }
    Ok(blocks)
}

fn after_a_while(tx: &TenantTx<'_>) -> Stored<Ts> {
    let pause = Duration::from_std(tx.platform().config().ledger.seal_every)
        .map_err(|e| StoreError::Unreadable(format!("ledger.seal_every_ms: {e}")))?;
    Ok(Ts(*tx.now() + pause))
}

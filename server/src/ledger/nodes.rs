//! The tree's hashes for whoever proves something: roots of full blocks from memory (32 bytes for 256 records), leaves
//! of one block at a time from the database.

use super::store;
use crate::platform::db::{Stored, TenantTx};
use policy_model::ledger::{BLOCK, BlockRoots, Hash};

/// Block roots read at a time.
const PAGE: i64 = 4_096;

/// The roots of all full blocks of a tree of `size` records.
pub(super) fn block_roots(tx: &mut TenantTx<'_>, size: u64) -> Stored<BlockRoots> {
    let mut roots = BlockRoots::default();
    while roots.blocks() < size / BLOCK {
        let page = store::block_roots(tx, store::signed(roots.blocks())?, PAGE)?;
        if page.is_empty() {
            break; // The proof will say which hash is missing.
        }
        page.into_iter().for_each(|root| roots.push(root));
    }
    Ok(roots)
}

/// The leaves of one block of a tree of `size` records.
pub(super) fn leaves(tx: &mut TenantTx<'_>, size: u64, block: u64) -> Stored<Vec<Hash>> {
    let start = store::signed(block * BLOCK)?;
    let end = store::signed(size)?.min(start + store::signed(BLOCK)?);
    store::leaf_hashes(tx, start..end)
}

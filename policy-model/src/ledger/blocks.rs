//! Where a server gets the tree's nodes from: it stores a leaf hash beside each record and a root for every full block
//! of 256 of them. The block roots of a tenant stay in memory (10 million records: 2.5 MB); the leaves of a block are
//! loaded when a proof leads into it, and the last few blocks are kept.
//!
//! What always holds: a full block never changes, so `BlockRoots` may be ahead of the checkpoint an export is under.

use super::tree::{Hash, Span};

/// Leaves in a block.
pub const BLOCK: u64 = 256;

/// Blocks whose leaves are kept after use. An export needs one; a few exports at different places share a cache.
const KEPT_BLOCKS: usize = 4;

/// Perfect subtrees over a row of hashes that only grows: `levels[k][i]` covers `2^k` of them from `i * 2^k`.
#[derive(Debug, Clone, Default)]
struct Levels(Vec<Vec<Hash>>);

impl Levels {
    fn len(&self) -> u64 {
        self.0.first().map_or(0, |row| row.len() as u64)
    }

    fn push(&mut self, hash: Hash) {
        let mut carried = hash;
        for level in 0.. {
            if self.0.len() == level {
                self.0.push(Vec::new());
            }
            let row = &mut self.0[level];
            row.push(carried);
            let [.., left, right] = row.as_slice() else { return };
            if row.len() % 2 == 1 {
                return;
            }
            carried = Hash::node(left, right);
        }
    }

    /// The node over a span of this row; none where the row does not reach.
    fn node(&self, span: Span) -> Option<Hash> {
        if span.is_empty() || span.hi > self.len() {
            return None;
        }
        if span.len().is_power_of_two() && span.lo.is_multiple_of(span.len()) {
            let row = self.0.get(span.len().ilog2() as usize)?;
            return row.get(usize::try_from(span.lo / span.len()).ok()?).copied();
        }
        let (left, right) = span.split()?;
        Some(Hash::node(&self.node(left)?, &self.node(right)?))
    }
}

impl FromIterator<Hash> for Levels {
    fn from_iter<I: IntoIterator<Item = Hash>>(hashes: I) -> Self {
        let mut levels = Self::default();
        hashes.into_iter().for_each(|hash| levels.push(hash));
        levels
    }
}

/// The roots of a ledger's full blocks, in order, and the tree above them.
#[derive(Debug, Clone, Default)]
pub struct BlockRoots(Levels);

impl BlockRoots {
    /// How many full blocks there are.
    pub fn blocks(&self) -> u64 {
        self.0.len()
    }

    /// Adds the root of the next full block, as `Frontier::push` gives it.
    pub fn push(&mut self, root: Hash) {
        self.0.push(root);
    }
}

impl FromIterator<Hash> for BlockRoots {
    fn from_iter<I: IntoIterator<Item = Hash>>(roots: I) -> Self {
        Self(roots.into_iter().collect())
    }
}

/// A node could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NodesError<E> {
    /// The leaves of a block could not be loaded.
    #[error(transparent)]
    Load(E),
    /// The stored hashes do not reach as far as the checkpoint.
    #[error("the hashes of records {}..{} are not stored in full", .0.lo, .0.hi)]
    Incomplete(Span),
}

/// Answers for any node of a tree of `size` leaves.
#[derive(Debug)]
pub struct BlockedNodes<'a, L> {
    roots: &'a BlockRoots,
    size: u64,
    load: L,
    /// Most recently used last.
    kept: Vec<(u64, Levels)>,
}

impl<'a, L> BlockedNodes<'a, L> {
    /// `load` gives the leaf hashes of one block by its number (block b holds records from `b * BLOCK`), in order; of
    /// the last block as many as there are, more than `size` needs do no harm.
    pub fn new(roots: &'a BlockRoots, size: u64, load: L) -> Self {
        Self { roots, size, load, kept: Vec::new() }
    }

    /// The hash of the node over a span, as `PathWriter` and `consistency_proof` ask for it.
    pub fn node<E>(&mut self, span: Span) -> Result<Hash, NodesError<E>>
    where
        L: FnMut(u64) -> Result<Vec<Hash>, E>,
    {
        let is_whole_blocks = span.lo.is_multiple_of(BLOCK) && span.hi.is_multiple_of(BLOCK);
        let over_blocks = Span::new(span.lo / BLOCK, span.hi / BLOCK);
        let incomplete = NodesError::Incomplete(span);
        if span.hi > self.size || span.is_empty() {
            return Err(incomplete);
        }
        if is_whole_blocks {
            return self.roots.0.node(over_blocks).ok_or(incomplete);
        }
        if span.len() < BLOCK {
            let block = span.lo / BLOCK;
            let start = block * BLOCK;
            return self.block(block)?.node(Span::new(span.lo - start, span.hi - start)).ok_or(incomplete);
        }
        // Only the right edge of the tree is longer than a block and not made of whole ones.
        let (left, right) = span.split().ok_or(incomplete)?;
        Ok(Hash::node(&self.node(left)?, &self.node(right)?))
    }

    fn block<E>(&mut self, block: u64) -> Result<&Levels, NodesError<E>>
    where
        L: FnMut(u64) -> Result<Vec<Hash>, E>,
    {
        let found = match self.kept.iter().position(|(number, _)| *number == block) {
            Some(place) => self.kept.remove(place),
            None => (block, (self.load)(block).map_err(NodesError::Load)?.into_iter().collect()),
        };
        if self.kept.len() == KEPT_BLOCKS {
            self.kept.remove(0);
        }
        let newest = self.kept.len();
        self.kept.push(found);
        Ok(&self.kept[newest].1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::path::PathWriter;
    use super::super::tree::tests::{leaves, naive_nodes};
    use super::super::tree::{Frontier, consistency_proof};
    use super::*;
    use std::convert::Infallible;

    #[test]
    fn blocks_answer_like_the_whole_tree_at_every_size() {
        let all = leaves(1_300);
        let mut edge = Frontier::default();
        let roots: BlockRoots = all.iter().filter_map(|leaf| edge.push(*leaf)).collect();
        for size in [1, 2, 255, 256, 257, 300, 511, 512, 513, 770, 1_024, 1_025, 1_280, 1_299, 1_300] {
            let mut loads = 0;
            let mut nodes = BlockedNodes::new(&roots, size, |block| {
                loads += 1;
                let from = (block * BLOCK) as usize;
                Ok::<_, Infallible>(all[from..all.len().min(from + BLOCK as usize)].to_vec())
            });
            let whole = naive_nodes(&all);
            let (mut blocked, mut naive) = (PathWriter::new(size), PathWriter::new(size));
            for index in (0..size).filter(|index| index % 7 != 3) {
                let path = blocked.path(index, |span| nodes.node(span)).unwrap();
                assert_eq!(path, naive.path(index, &whole).unwrap(), "record {index} of {size}");
            }
            for old in [1, size / 3, size / 2, size - 1] {
                let proof = consistency_proof(old, size, |span| nodes.node(span)).unwrap();
                assert_eq!(proof, consistency_proof(old, size, &whole).unwrap());
            }
            assert!(loads <= size / BLOCK + 9, "an export in order loads each block once, not {loads} times");
        }
    }

    #[test]
    fn missing_hashes_are_an_error_and_no_wrong_answer() {
        let roots = BlockRoots::default();
        let mut nodes = BlockedNodes::new(&roots, 300, |_| Ok::<_, Infallible>(leaves(10)));
        for span in [Span::new(0, 256), Span::new(0, 300), Span::new(8, 16), Span::new(0, 512), Span::new(5, 5)] {
            assert!(matches!(nodes.node(span), Err(NodesError::Incomplete(_))), "{span:?}");
        }
        assert!(nodes.node(Span::new(0, 8)).is_ok());
    }
}

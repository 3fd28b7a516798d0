//! The streamed multi-proof: what goes with each record of an export so that it is proved by itself against the
//! signed root, and nothing goes twice.
//!
//! Both sides keep the same stack of spans whose hashes are already authenticated; it begins with the whole tree. A
//! record lies under one of them. On the way down from that span to the record's leaf there is one sibling a level:
//! the siblings to the left and to the right are the record's *path*, lowest first. Folded with the leaf they must
//! give the authenticated hash, and if they do, they are authenticated themselves: the right ones go on the stack for
//! the records to come, the left ones lie behind.
//!
//! So an export of every record costs one hash a record, one with gaps about log2(gap), and in both whoever changed
//! record k, recomputing everything he can, is found out at k. What always holds: the spans on the stack ascend from
//! its top, touch nothing before the last record, and are at most one a level.

use super::tree::{Hash, Span};

/// Yields the path of each record, in ascending order. The server's side.
#[derive(Debug, Clone)]
pub struct PathWriter {
    known: Vec<Span>,
}

/// No path could be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError<E> {
    /// The record is not after the last one, or not in the tree.
    #[error("record {0} is outside the tree or not after the one before it")]
    NotAscending(u64),
    /// The tree's nodes could not be had.
    #[error(transparent)]
    Nodes(#[from] E),
}

impl PathWriter {
    /// For an export under a checkpoint of `size` records.
    pub fn new(size: u64) -> Self {
        Self { known: vec![Span::new(0, size)] }
    }

    /// The hashes that prove record `index` to a reader who accepted all before it. After a failure of `nodes` the
    /// same record can be asked for again.
    pub fn path<E>(
        &mut self,
        index: u64,
        mut nodes: impl FnMut(Span) -> Result<Hash, E>,
    ) -> Result<Vec<Hash>, PathError<E>> {
        let depth = covering(index, self.known.iter().copied()).ok_or(PathError::NotAscending(index))?;
        let mut path = Vec::new();
        let mut ahead = Vec::new();
        for step in descent(self.known[depth], index) {
            path.push(nodes(step.sibling).map_err(PathError::Nodes)?);
            if step.sibling_is_right {
                ahead.push(step.sibling);
            }
        }
        path.reverse();
        self.known.truncate(depth);
        self.known.append(&mut ahead);
        Ok(path)
    }
}

/// Proves each record against the root, in ascending order. The verifier's side.
#[derive(Debug, Clone)]
pub struct PathReader {
    known: Vec<(Span, Hash)>,
    size: u64,
    next: u64,
}

/// Why a record is not proved. The reader stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// The tree has no such record.
    #[error("the checkpoint covers {size} records, numbered from 0")]
    OutOfRange {
        /// Records under the checkpoint.
        size: u64,
    },
    /// The record repeats or goes back.
    #[error("record {next} or a later one must stand here")]
    NotAscending {
        /// The least number that can follow.
        next: u64,
    },
    /// The path does not have the hashes that are still needed. Too few: a record was taken out before this one.
    #[error("{expected} hashes are needed to prove it here, {found} are given")]
    WrongLength {
        /// Levels between the leaf and the span already authenticated.
        expected: usize,
        /// Hashes given.
        found: usize,
    },
    /// Record and path do not lead to the authenticated hash: one of them was changed.
    #[error("it does not lead to the signed root")]
    Mismatch,
}

impl PathReader {
    /// For the root of a checkpoint whose signature was checked.
    pub fn new(size: u64, root: Hash) -> Self {
        Self { known: vec![(Span::new(0, size), root)], size, next: 0 }
    }

    /// The least number a next record can have.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Accepts record `index` with this leaf hash, or says why not.
    pub fn accept(&mut self, index: u64, leaf: Hash, path: &[Hash]) -> Result<(), PathFault> {
        if index >= self.size {
            return Err(PathFault::OutOfRange { size: self.size });
        }
        let not_ascending = PathFault::NotAscending { next: self.next };
        if index < self.next {
            return Err(not_ascending);
        }
        let depth = covering(index, self.known.iter().map(|(span, _)| *span)).ok_or(not_ascending)?;
        let (span, authenticated) = self.known[depth];
        let expected = descent(span, index).count();
        if expected != path.len() {
            return Err(PathFault::WrongLength { expected, found: path.len() });
        }
        if fold(span, index, leaf, path) != authenticated {
            return Err(PathFault::Mismatch);
        }
        self.known.truncate(depth);
        let downwards = descent(span, index).zip(path.iter().rev());
        self.known
            .extend(downwards.filter(|(step, _)| step.sibling_is_right).map(|(step, hash)| (step.sibling, *hash)));
        self.next = index + 1;
        Ok(())
    }
}

/// Where on the stack the span over this leaf is; spans that end before it lie above and are done with.
fn covering(index: u64, known: impl DoubleEndedIterator<Item = Span> + ExactSizeIterator) -> Option<usize> {
    let (depth, span) = known.enumerate().rev().find(|(_, span)| span.hi > index)?;
    span.contains(index).then_some(depth)
}

/// One level on the way from a span down to a leaf.
struct Step {
    sibling: Span,
    sibling_is_right: bool,
}

fn descent(mut span: Span, index: u64) -> impl Iterator<Item = Step> {
    std::iter::from_fn(move || {
        let (left, right) = span.split()?;
        let sibling_is_right = left.contains(index);
        let sibling = if sibling_is_right { right } else { left };
        span = if sibling_is_right { left } else { right };
        Some(Step { sibling, sibling_is_right })
    })
}

/// The hash of `span` that leaf and path lead to. The way up needs the turns of the way down in reverse: a tree has
/// at most 64 levels, so they fit the bits of one number.
fn fold(span: Span, index: u64, leaf: Hash, path: &[Hash]) -> Hash {
    let turns = descent(span, index).fold(0_u64, |turns, step| turns << 1 | u64::from(step.sibling_is_right));
    let up = |(hash, turns): (Hash, u64), sibling: &Hash| {
        let above = if turns & 1 == 1 { Hash::node(&hash, sibling) } else { Hash::node(sibling, &hash) };
        (above, turns >> 1)
    };
    path.iter().fold((leaf, turns), up).0
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::{leaves, naive, naive_nodes};
    use super::*;
    use proptest::prelude::*;

    fn paths(all: &[Hash], chosen: &[u64]) -> Vec<Vec<Hash>> {
        let mut writer = PathWriter::new(all.len() as u64);
        chosen.iter().map(|&index| writer.path(index, naive_nodes(all)).unwrap()).collect()
    }

    /// Some records of a tree, ascending, at least one.
    fn selection() -> impl Strategy<Value = (u64, Vec<u64>)> {
        (1_u64..300, proptest::collection::vec(any::<proptest::sample::Index>(), 1..40)).prop_map(|(size, picks)| {
            let chosen: std::collections::BTreeSet<u64> =
                picks.into_iter().map(|pick| pick.index(size as usize) as u64).collect();
            (size, chosen.into_iter().collect())
        })
    }

    #[test]
    fn an_export_of_everything_costs_less_than_a_hash_a_record() {
        let all = leaves(257);
        let given: usize = paths(&all, &(0..257).collect::<Vec<_>>()).iter().map(Vec::len).sum();
        assert_eq!(given, 256, "each node of the tree goes once");
    }

    #[test]
    fn a_record_cannot_come_twice_or_from_elsewhere() {
        let all = leaves(10);
        let mut writer = PathWriter::new(10);
        assert!(writer.path(4, naive_nodes(&all)).is_ok());
        assert_eq!(writer.path(4, naive_nodes(&all)), Err(PathError::NotAscending(4)));
        assert_eq!(writer.path(10, naive_nodes(&all)), Err(PathError::NotAscending(10)));
        let mut empty = PathReader::new(0, Hash::of(&[]));
        assert_eq!(empty.accept(0, all[0], &[]), Err(PathFault::OutOfRange { size: 0 }));
    }

    proptest! {
        #[test]
        fn what_the_writer_proves_the_reader_accepts((size, chosen) in selection()) {
            let all = leaves(size);
            let mut reader = PathReader::new(size, naive(&all));
            for (&index, path) in chosen.iter().zip(paths(&all, &chosen)) {
                prop_assert_eq!(reader.accept(index, all[index as usize], &path), Ok(()));
                let again = reader.accept(index, all[index as usize], &path);
                prop_assert_eq!(again, Err(PathFault::NotAscending { next: index + 1 }));
            }
        }

        #[test]
        fn any_altered_hash_fails_where_it_stands((size, chosen) in selection(), pick: proptest::sample::Index, bit in 0_usize..256) {
            let all = leaves(size);
            let mut paths = paths(&all, &chosen);
            let hashes: Vec<(usize, Option<usize>)> = paths.iter().enumerate()
                .flat_map(|(line, path)| std::iter::once((line, None)).chain((0..path.len()).map(move |at| (line, Some(at)))))
                .collect();
            let (line, place) = hashes[pick.index(hashes.len())];
            let flip = |hash: Hash| {
                let mut bytes = *hash.as_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                Hash::from(bytes)
            };
            let mut given: Vec<Hash> = chosen.iter().map(|&index| all[index as usize]).collect();
            match place {
                None => given[line] = flip(given[line]),
                Some(at) => paths[line][at] = flip(paths[line][at]),
            }
            let mut reader = PathReader::new(size, naive(&all));
            let first_fault = (0..chosen.len()).find(|&line| reader.accept(chosen[line], given[line], &paths[line]).is_err());
            prop_assert_eq!(first_fault, Some(line));
        }

        #[test]
        fn a_record_left_out_is_missed_or_touches_nothing_after_it((size, chosen) in selection(), pick: proptest::sample::Index) {
            let all = leaves(size);
            let paths = paths(&all, &chosen);
            let gone = pick.index(chosen.len());
            let mut reader = PathReader::new(size, naive(&all));
            for line in (0..chosen.len()).filter(|&line| line != gone) {
                match reader.accept(chosen[line], all[chosen[line] as usize], &paths[line]) {
                    Ok(()) => {}
                    Err(PathFault::WrongLength { expected, found }) => {
                        prop_assert!(line > gone && expected > found);
                        break;
                    }
                    Err(other) => prop_assert!(false, "{other:?}"),
                }
            }
        }
    }
}

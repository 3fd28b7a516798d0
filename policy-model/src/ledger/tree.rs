//! The Merkle tree of RFC 9162 (and of RFC 6962 before it): hashes, spans, the growing edge, consistency proofs.
//!
//! A node covers a `Span` of leaves and is split at the largest power of two below its length; so the shape of the
//! tree follows from its size alone, and a proof needs to carry hashes only, never positions.
//! What always holds: leaves and nodes are hashed under different prefixes, so that neither can pass for the other.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use super::blocks::BLOCK;

/// A SHA-256 hash; in text always base64 of the standard alphabet, 44 characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// The root of a tree without leaves: the hash of nothing.
pub const EMPTY_ROOT: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

impl Hash {
    /// The characters of a hash in text.
    pub const TEXT_LEN: usize = 44;

    /// SHA-256 of the parts, one after the other.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut sha = Sha256::new();
        for part in parts {
            sha.update(part);
        }
        Self(sha.finalize().into())
    }

    /// The hash of a leaf that holds these bytes.
    pub fn leaf(bytes: &[u8]) -> Self {
        Self::of(&[&[0x00], bytes])
    }

    /// The hash of the node above these two.
    pub fn node(left: &Self, right: &Self) -> Self {
        let mut joined = [0x01; 65];
        joined[1..33].copy_from_slice(&left.0);
        joined[33..].copy_from_slice(&right.0);
        Self(Sha256::digest(joined).into())
    }

    /// The 32 bytes, as a database stores them.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Appends the 44 characters to `out`.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + Self::TEXT_LEN, b'=');
        // There is room for exactly as many characters as 32 bytes give.
        let _ = BASE64.encode_slice(self.0, &mut out[start..]);
    }

    /// Reads exactly 44 characters of canonical base64; anything else is no hash.
    pub fn from_text(text: &[u8]) -> Option<Self> {
        // The decoder wants room for 33 bytes, because 44 characters could hold as many.
        let mut room = [0; 33];
        let is_whole = text.len() == Self::TEXT_LEN && BASE64.decode_slice(text, &mut room).ok()? == 32;
        let (bytes, _) = room.split_first_chunk::<32>()?;
        is_whole.then_some(Self(*bytes))
    }
}

impl From<[u8; 32]> for Hash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = NotAHash;
    fn try_from(bytes: &[u8]) -> Result<Self, NotAHash> {
        bytes.try_into().map(Self).map_err(|_| NotAHash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// The text or the bytes were not a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a hash: 32 bytes, or 44 characters of base64, are expected")]
pub struct NotAHash;

impl FromStr for Hash {
    type Err = NotAHash;
    fn from_str(text: &str) -> Result<Self, NotAHash> {
        Self::from_text(text.as_bytes()).ok_or(NotAHash)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Hash;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("44 characters of base64")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Hash, E> {
                text.parse().map_err(E::custom)
            }
        }
        from.deserialize_str(Text)
    }
}

/// The leaves `lo..hi` under one node of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first leaf.
    pub lo: u64,
    /// The leaf after the last.
    pub hi: u64,
}

impl Span {
    /// The leaves `lo..hi`.
    pub const fn new(lo: u64, hi: u64) -> Self {
        Self { lo, hi }
    }

    /// How many leaves it covers.
    pub const fn len(self) -> u64 {
        self.hi.saturating_sub(self.lo)
    }

    /// Whether it covers none.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether the leaf lies under this node.
    pub const fn contains(self, leaf: u64) -> bool {
        self.lo <= leaf && leaf < self.hi
    }

    /// The two nodes below this one; of a single leaf, nothing.
    pub fn split(self) -> Option<(Self, Self)> {
        let last = self.len().checked_sub(1).filter(|&last| last > 0)?;
        let middle = self.lo + (1 << last.ilog2());
        Some((Self::new(self.lo, middle), Self::new(middle, self.hi)))
    }
}

/// The root over a span, from its leaves; reads each leaf once, in order. An empty span has the empty root.
pub fn subtree_root<E>(span: Span, mut leaf: impl FnMut(u64) -> Result<Hash, E>) -> Result<Hash, E> {
    let mut edge = Frontier::default();
    for index in span.lo..span.hi {
        edge.push(leaf(index)?);
    }
    Ok(edge.root())
}

/// The growing edge of a tree: the roots of the perfect subtrees that its leaves fill, largest first. It is all that
/// appending needs, at most 64 hashes however long the ledger, and is stored beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Edge", into = "Edge")]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// How many leaves were appended.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf. When it fills a block of `BLOCK` leaves, the answer is that block's root, to be stored: it is
    /// what `BlockRoots` is made of.
    pub fn push(&mut self, leaf: Hash) -> Option<Hash> {
        self.grow(leaf, 1)
    }

    /// The edge of a ledger that is stored as block roots and the leaves after the last full block.
    pub fn rebuild(blocks: impl IntoIterator<Item = Hash>, tail: impl IntoIterator<Item = Hash>) -> Self {
        let mut edge = Self::default();
        for block in blocks {
            edge.grow(block, BLOCK);
        }
        for leaf in tail {
            edge.push(leaf);
        }
        edge
    }

    /// The root of the tree at its present size.
    pub fn root(&self) -> Hash {
        self.peaks.iter().rev().copied().reduce(|right, left| Hash::node(&left, &right)).unwrap_or(EMPTY_ROOT)
    }

    /// Adds a perfect subtree of `leaves` leaves at the right edge, where it must be aligned, and joins equals.
    fn grow(&mut self, subtree: Hash, leaves: u64) -> Option<Hash> {
        let (mut top, mut covered) = (subtree, leaves);
        let mut block = (covered == BLOCK).then_some(top);
        // A bit of the size that is set stands for a peak of that many leaves: this one joins it and carries on.
        while self.size & covered != 0 {
            let Some(left) = self.peaks.pop() else { break };
            top = Hash::node(&left, &top);
            covered *= 2;
            if covered == BLOCK {
                block = Some(top);
            }
        }
        self.peaks.push(top);
        self.size += leaves;
        block
    }
}

/// How a frontier is stored. Its own type, so that a frontier whose peaks do not fit its size cannot be read.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edge {
    size: u64,
    peaks: Vec<Hash>,
}

impl From<Frontier> for Edge {
    fn from(Frontier { size, peaks }: Frontier) -> Self {
        Self { size, peaks }
    }
}

impl TryFrom<Edge> for Frontier {
    type Error = String;
    fn try_from(Edge { size, peaks }: Edge) -> Result<Self, String> {
        match size.count_ones() as usize {
            needed if needed == peaks.len() => Ok(Self { size, peaks }),
            needed => Err(format!("a tree of {size} leaves has {needed} peaks, not {}", peaks.len())),
        }
    }
}

/// The proof that the tree of `new` leaves is the tree of `old` leaves with more appended (RFC 9162, 2.1.4.1).
/// Empty where nothing needs proof: `old` is zero or equal to `new`, or greater, which nothing can prove.
pub fn consistency_proof<E>(
    old: u64,
    new: u64,
    mut nodes: impl FnMut(Span) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    // Down to the node whose right edge is the old tree's; what lies beside the way is the proof, lowest first.
    let mut span = Span::new(0, new);
    while span.hi != old {
        let Some((left, right)) = span.split() else { break };
        let (next, beside) = if old <= left.hi { (left, right) } else { (right, left) };
        proof.push(nodes(beside)?);
        span = next;
    }
    if span.lo != 0 {
        proof.push(nodes(span)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether the proof shows that the second tree continues the first.
pub fn is_consistent(old: (u64, Hash), new: (u64, Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == 0 || old_size >= new_size {
        let is_same = old_size == new_size && old_root == new_root;
        return proof.is_empty() && (is_same || (old_size == 0 && old_size < new_size && old_root == EMPTY_ROOT));
    }
    let mut way = Vec::new();
    let mut span = Span::new(0, new_size);
    while span.hi != old_size {
        let Some((left, right)) = span.split() else { return false };
        let goes_left = old_size <= left.hi;
        way.push(goes_left);
        span = if goes_left { left } else { right };
    }
    let mut rest = proof.iter();
    let Some(start) = (if span.lo == 0 { Some(&old_root) } else { rest.next() }) else { return false };
    let (mut in_old, mut in_new) = (*start, *start);
    for went_left in way.into_iter().rev() {
        let Some(beside) = rest.next() else { return false };
        if went_left {
            in_new = Hash::node(&in_new, beside);
        } else {
            in_old = Hash::node(beside, &in_old);
            in_new = Hash::node(beside, &in_new);
        }
    }
    rest.next().is_none() && in_old == old_root && in_new == new_root
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::convert::Infallible;

    pub fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| Hash::leaf(&i.to_be_bytes())).collect()
    }

    /// The definition, word for word.
    pub fn naive(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of(&[]),
            [one] => *one,
            many => {
                let middle = many.len().next_power_of_two() / 2;
                Hash::node(&naive(&many[..middle]), &naive(&many[middle..]))
            }
        }
    }

    pub fn naive_nodes(leaves: &[Hash]) -> impl Fn(Span) -> Result<Hash, Infallible> {
        move |span| Ok(naive(&leaves[span.lo as usize..span.hi as usize]))
    }

    fn hex(hash: Hash) -> String {
        hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_vectors_of_certificate_transparency_hold() {
        let inputs: [&[u8]; 8] = [
            b"",
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut edge = Frontier::default();
        assert_eq!(edge.root(), EMPTY_ROOT);
        for (input, root) in inputs.iter().zip(roots) {
            edge.push(Hash::leaf(input));
            assert_eq!(hex(edge.root()), root);
        }
    }

    #[test]
    fn the_edge_has_the_root_of_the_definition_at_every_size() {
        let all = leaves(600);
        let (mut edge, mut blocks) = (Frontier::default(), Vec::new());
        for n in 0..all.len() {
            assert_eq!(edge.root(), naive(&all[..n]), "{n} leaves");
            assert_eq!(subtree_root(Span::new(0, n as u64), |i| Ok::<_, Infallible>(all[i as usize])), Ok(edge.root()));
            let tail = &all[blocks.len() * BLOCK as usize..n];
            assert_eq!(Frontier::rebuild(blocks.iter().copied(), tail.iter().copied()), edge);
            let stored = serde_json::to_string(&edge).unwrap();
            assert_eq!(serde_json::from_str::<Frontier>(&stored).unwrap(), edge);
            blocks.extend(edge.push(all[n]));
        }
        assert_eq!(blocks, [naive(&all[..256]), naive(&all[256..512])]);
        assert!(serde_json::from_str::<Frontier>(r#"{"size":3,"peaks":[]}"#).is_err());
    }

    #[test]
    fn every_growth_is_consistent_and_no_other() {
        let all = leaves(40);
        let other = Hash::leaf(b"other");
        for new in 0..=40 {
            for old in 0..=new {
                let roots = (naive(&all[..old]), naive(&all[..new]));
                let proof = consistency_proof(old as u64, new as u64, naive_nodes(&all)).unwrap();
                assert!(is_consistent((old as u64, roots.0), (new as u64, roots.1), &proof), "{old} to {new}");
                assert!(!is_consistent((old as u64, other), (new as u64, roots.1), &proof));
                if old > 0 {
                    assert!(!is_consistent((old as u64, roots.0), (new as u64, other), &proof));
                }
                for at in 0..proof.len() {
                    let mut forged = proof.clone();
                    forged[at] = other;
                    assert!(!is_consistent((old as u64, roots.0), (new as u64, roots.1), &forged));
                    assert!(!is_consistent((old as u64, roots.0), (new as u64, roots.1), &proof[..at]));
                }
            }
        }
        assert!(!is_consistent((5, other), (4, other), &[]));
    }

    proptest! {
        #[test]
        fn a_hash_survives_its_text(bytes: [u8; 32]) {
            let hash = Hash::from(bytes);
            prop_assert_eq!(hash.to_string().parse::<Hash>(), Ok(hash));
        }

        #[test]
        fn no_other_text_is_a_hash(text in ".{0,60}") {
            if let Ok(hash) = text.parse::<Hash>() {
                prop_assert_eq!(hash.to_string(), text);
            }
        }
    }
}

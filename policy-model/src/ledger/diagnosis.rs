//! What happened to the record that does not hold: was it changed, is one missing, was one put in, or were they moved?
//!
//! The line alone cannot tell, the lines after it can: if the record expected comes later, nothing was removed; if the
//! one found comes again, it was copied. An export of everything knows the number that has to come, so there the
//! answer is sure for any single tampering. An export of chosen records knows only how many there should be; there it
//! is the likeliest one. What always holds: the answer decides the words, never whether the file is good.

use super::finding::Fault;
use super::path::PathFault;

/// A line that does not hold.
pub(super) struct Suspect {
    /// The number that the record there bears.
    found: Option<u64>,
    trouble: Trouble,
}

enum Trouble {
    /// Whatever follows, this is what is wrong.
    Clear(Fault),
    /// The number is not the one that has to come.
    Misplaced,
    /// The number may come, and the proof fails.
    Unproved(PathFault),
}

/// Where the reading stands.
pub(super) struct Place {
    /// The number that has to come; none where records were chosen, and after the last.
    pub expected: Option<u64>,
    /// The least number that can come.
    pub next: u64,
    /// Whether the export has chosen records only.
    pub is_filtered: bool,
    /// The end of the export's range.
    pub to: u64,
    /// Records that held.
    pub records: u64,
}

/// What the rest of the file has.
#[derive(Default)]
pub(super) struct Aftermath {
    lines: u64,
    records: u64,
    /// The number right after the suspect, and whether that record fits in the suspect's place.
    following: Option<u64>,
    following_fits: bool,
    expected_comes: bool,
    found_comes_again: bool,
    accepted_comes_again: bool,
    least: Option<u64>,
    promised: Option<u64>,
    header_is_another: bool,
}

impl Aftermath {
    /// Takes in a record after the suspect.
    pub fn record(&mut self, seq: u64, suspect: &Suspect, place: &Place, fits: impl FnOnce() -> bool) {
        if self.lines == 0 {
            self.following = Some(seq);
            self.following_fits = fits();
        }
        self.lines += 1;
        self.records += 1;
        self.expected_comes |= place.expected == Some(seq);
        self.found_comes_again |= suspect.found == Some(seq);
        self.accepted_comes_again |= place.records > 0 && place.next == seq.saturating_add(1);
        self.least = Some(self.least.map_or(seq, |least| least.min(seq)));
    }

    /// Takes in a line that is no record.
    pub fn skip(&mut self) {
        self.lines += 1;
    }

    /// Takes in the end: how many records it counts, and whether it was written for this header.
    pub fn end(&mut self, ending: Option<(u64, bool)>) {
        self.lines += 1;
        if let Some((promised, fits_header)) = ending {
            self.promised = Some(promised);
            self.header_is_another = !fits_header;
        }
    }

    /// How many records more than promised the file has; none where it has no end.
    fn surplus(&self, place: &Place) -> Option<i128> {
        let there_are = i128::from(place.records) + 1 + i128::from(self.records);
        self.promised.map(|promised| there_are - i128::from(promised))
    }
}

impl Suspect {
    /// A line about which there is nothing to find out.
    pub fn clear(fault: Fault, seq: Option<u64>) -> Self {
        Self { found: seq, trouble: Trouble::Clear(fault) }
    }

    /// A record whose number cannot come here.
    pub fn misplaced(seq: u64) -> Self {
        Self { found: Some(seq), trouble: Trouble::Misplaced }
    }

    /// A record whose proof fails.
    pub fn unproved(seq: u64, fault: PathFault) -> Self {
        Self { found: Some(seq), trouble: Trouble::Unproved(fault) }
    }

    /// What can be said without the lines that follow.
    pub fn alone(self) -> Fault {
        match self.trouble {
            Trouble::Clear(fault) => fault,
            Trouble::Misplaced | Trouble::Unproved(PathFault::NotAscending { .. }) => Fault::Inserted,
            Trouble::Unproved(PathFault::WrongLength { expected, found }) if found < expected => {
                Fault::Removed { next: self.found }
            }
            Trouble::Unproved(PathFault::OutOfRange { .. } | PathFault::WrongLength { .. } | PathFault::Mismatch) => {
                Fault::Changed
            }
        }
    }

    /// What happened, and to which record.
    pub fn explain(self, place: &Place, after: &Aftermath) -> (Fault, Option<u64>) {
        match (self.trouble, self.found) {
            (Trouble::Clear(fault), found) => (fault, found),
            // The numbers are judged by the header's range: if that was changed, they are not to blame.
            (Trouble::Misplaced, _) if after.header_is_another => (Fault::HeaderChanged, None),
            (Trouble::Misplaced, Some(found)) => match place.expected {
                Some(expected) => misplaced(found, expected, place.to, after),
                // There are as many as there should be, so this is one of them, under a number that cannot be.
                None if after.surplus(place) == Some(0) => (Fault::Changed, Some(found)),
                None => (Fault::Inserted, Some(found)),
            },
            (Trouble::Unproved(fault), Some(found)) if place.is_filtered => unproved(found, fault, place, after),
            // The true record stands right behind the one that was put before it, under the same number. Another one may
            // prove in this place too: the hash of this one stood in the path of the one before.
            (Trouble::Unproved(_), Some(found)) if after.following_fits && after.following == Some(found) => {
                (Fault::Inserted, Some(found))
            }
            (Trouble::Unproved(_) | Trouble::Misplaced, found) => (Fault::Changed, found),
        }
    }
}

/// In an export of everything: `expected` has to come, `found` came.
fn misplaced(found: u64, expected: u64, to: u64, after: &Aftermath) -> (Fault, Option<u64>) {
    let can_be_moved = found > expected && found < to && !after.found_comes_again;
    match after.expected_comes {
        true if can_be_moved => (Fault::Reordered { found }, Some(expected)),
        true => (Fault::Inserted, Some(found)),
        // It stands where `expected` should, and the next one follows as if it were: only its number is false.
        false if !can_be_moved || after.following == Some(expected + 1) => (Fault::Changed, Some(expected)),
        false => (Fault::Removed { next: Some(found) }, Some(expected)),
    }
}

/// In an export of chosen records: `found` may come, but does not prove.
fn unproved(found: u64, fault: PathFault, place: &Place, after: &Aftermath) -> (Fault, Option<u64>) {
    let surplus = after.surplus(place);
    if found < place.next {
        // Either this one came too late, or the one accepted before it too early.
        let accepted = place.next - 1;
        return match surplus {
            Some(0) => (Fault::Reordered { found: accepted }, Some(found)),
            Some(_) | None if after.accepted_comes_again => (Fault::Inserted, Some(accepted)),
            Some(_) | None => (Fault::Inserted, Some(found)),
        };
    }
    let has_gap = matches!(fault, PathFault::WrongLength { expected, found } if found < expected);
    match (surplus, after.least.filter(|least| *least < found)) {
        (Some(1..), _) if after.following_fits => (Fault::Inserted, Some(found)),
        (Some(0), Some(earlier)) => (Fault::Reordered { found }, Some(earlier)),
        (Some(..0) | None, _) if has_gap => (Fault::Removed { next: Some(found) }, Some(found)),
        (Some(_) | None, _) => (Fault::Changed, Some(found)),
    }
}

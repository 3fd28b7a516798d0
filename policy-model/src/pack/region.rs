//! Sets of facts as boxes: in every row of bits, the values allowed.
//!
//! With them a pack is read for what it leaves out before anybody is ruled by it: a rule whose whole box was taken by
//! the rules above it can never decide, and facts that no box holds have no rule.

/// What is left of a box after other boxes were taken out of it.
#[derive(Debug, Clone)]
pub struct Region<'l> {
    rows: &'l [u128],
    boxes: Vec<u128>,
}

impl<'l> Region<'l> {
    /// The whole of one box.
    pub fn of(rows: &'l [u128], allowed: u128) -> Self {
        let is_empty = rows.iter().any(|row| row & allowed == 0);
        Self { rows, boxes: if is_empty { Vec::new() } else { vec![allowed] } }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.boxes.is_empty()
    }

    /// Takes a box out. Gives whether there was anything of it to take.
    pub fn take_out(&mut self, taken: u128) -> bool {
        let mut remaining = Vec::with_capacity(self.boxes.len());
        let mut took = false;
        for piece in std::mem::take(&mut self.boxes) {
            if self.rows.iter().any(|row| row & piece & taken == 0) {
                remaining.push(piece);
            } else {
                took = true;
                remaining.extend(split_off(self.rows, piece, taken));
            }
        }
        self.boxes = remaining;
        took
    }
}

/// The parts of `piece` outside of `taken`, disjoint: for each row, what agrees with `taken` in the rows before and
/// differs in this one.
fn split_off(rows: &[u128], piece: u128, taken: u128) -> Vec<u128> {
    let mut parts = Vec::new();
    let mut agreeing = piece;
    for row in rows {
        let outside = agreeing & row & !taken;
        if outside != 0 {
            parts.push((agreeing & !row) | outside);
        }
        agreeing &= !row | taken;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROWS: [u128; 3] = [0b11, 0b111 << 2, 0b111 << 5];

    /// Every point of the small space: one bit of each row.
    fn points() -> Vec<u128> {
        let bits = |row: u128| (0..8).map(|bit| 1 << bit).filter(move |bit| bit & row != 0);
        bits(ROWS[0]).flat_map(|a| bits(ROWS[1]).flat_map(move |b| bits(ROWS[2]).map(move |c| a | b | c))).collect()
    }

    fn holds(allowed: u128, point: u128) -> bool {
        point & !allowed == 0
    }

    proptest! {
        #[test]
        fn what_remains_is_exactly_the_points_not_taken(whole in 0u128..256, taken in prop::collection::vec(0u128..256, 0..5)) {
            let mut region = Region::of(&ROWS, whole);
            for one in &taken {
                region.take_out(*one);
            }
            for point in points() {
                let remains = holds(whole, point) && !taken.iter().any(|one| holds(*one, point));
                let found = region.boxes.iter().filter(|piece| holds(**piece, point)).count();
                prop_assert_eq!(found, usize::from(remains), "each point in one box at most");
            }
        }
    }
}

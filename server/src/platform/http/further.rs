//! The lines of a long file that were refused after those that its report explains one by one.

use serde::{Deserialize, Serialize};

/// Further lines that did not go in for one reason, by their numbers alone: a report of a file with a mistake in every line
/// still names each of them, and is not longer than the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FurtherLines {
    /// The stable code of the reason.
    pub code: String,
    /// Which lines.
    pub lines: Vec<LineRange>,
}

/// Lines that follow each other, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineRange {
    /// The first of them.
    pub first: u64,
    /// The last of them, itself among them.
    pub last: u64,
}

/// Names one more line, which comes after all that were named.
pub fn name(all: &mut Vec<FurtherLines>, code: &str, line: u64) {
    let Some(known) = all.iter_mut().find(|known| known.code == code) else {
        return all.push(FurtherLines { code: code.to_owned(), lines: vec![LineRange { first: line, last: line }] });
    };
    match known.lines.last_mut() {
        Some(range) if range.last + 1 == line => range.last = line,
        Some(_) | None => known.lines.push(LineRange { first: line, last: line }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_follow_each_other_are_named_together_and_none_is_lost() {
        let mut all = Vec::new();
        for (code, line) in [("a", 5), ("a", 6), ("b", 7), ("a", 8), ("b", 9), ("b", 10)] {
            name(&mut all, code, line);
        }
        let of = |code: &str, lines: [(u64, u64); 2]| FurtherLines {
            code: code.into(),
            lines: lines.map(|(first, last)| LineRange { first, last }).into(),
        };
        assert_eq!(all, [of("a", [(5, 6), (8, 8)]), of("b", [(7, 7), (9, 10)])]);
    }
}

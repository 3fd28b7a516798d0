//! What is wrong with a pack, where, and what would be right.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// One thing that is wrong with a pack. A pack with any is not loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackProblem {
    /// The file, as `<pack>.toml`.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What kind of problem; stable, for scripts and translations.
    pub code: &'static str,
    /// What was found.
    pub message: String,
    /// What would be right.
    pub help: String,
}

impl fmt::Display for PackProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, code, message, help } = self;
        write!(f, "{file}:{line}:{column}: {code}: {message}. {help}")
    }
}

/// A place in a pack's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as `<pack>.toml`.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// A problem at this place.
    pub fn problem(&self, code: &'static str, message: impl Into<String>, help: impl Into<String>) -> PackProblem {
        PackProblem {
            file: self.file.to_string(),
            line: self.line,
            column: self.column,
            code,
            message: message.into(),
            help: help.into(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// An entry of a pack and the place where it stands.
#[derive(Debug, Clone)]
pub struct Located<T> {
    /// The entry.
    pub entry: T,
    /// Where it begins.
    pub place: Place,
    /// Where the value of each of its keys begins.
    pub keys: Vec<(String, Place)>,
    /// The pack whose entry of the same id it replaces, if it says so.
    pub overrides: Option<String>,
}

impl<T> Located<T> {
    /// Where the value of this key stands; the entry's own place if it does not have the key.
    pub fn at(&self, key: &str) -> &Place {
        self.keys.iter().find(|(name, _)| name == key).map_or(&self.place, |(_, place)| place)
    }
}

/// A file's text, to tell lines and columns from byte offsets.
#[derive(Debug, Clone)]
pub struct SourceText<'t> {
    file: Arc<str>,
    text: &'t str,
    line_starts: Vec<usize>,
}

impl<'t> SourceText<'t> {
    /// The text of `<name>.toml`.
    pub fn new(name: &str, text: &'t str) -> Self {
        let newlines = text.match_indices('\n').map(|(offset, _)| offset + 1);
        Self { file: format!("{name}.toml").into(), text, line_starts: [0].into_iter().chain(newlines).collect() }
    }

    /// The place of a byte offset. Past the end it is the end.
    pub fn place(&self, offset: usize) -> Place {
        let offset = (0..=offset.min(self.text.len())).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let before = &self.text[self.line_starts[line - 1]..offset];
        Place { file: Arc::clone(&self.file), line: line as u32, column: before.chars().count() as u32 + 1 }
    }
}

/// The candidate that looks most like `wrong`, if any looks enough like it to be worth suggesting.
pub fn nearest<'c>(wrong: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let (distance, candidate) = candidates
        .into_iter()
        .map(|candidate| (edits_between(wrong, candidate), candidate))
        .min_by_key(|(distance, _)| *distance)?;
    (distance <= wrong.chars().count().div_ceil(3)).then_some(candidate)
}

/// How many letters must be added, removed or changed to get from one word to the other.
fn edits_between(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, letter) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_characters_not_bytes() {
        let text = SourceText::new("acme", "甲乙\n丙丁 = 1\n");
        let offset = "甲乙\n丙丁".len();
        assert_eq!((text.place(offset).line, text.place(offset).column), (2, 3));
        assert_eq!(text.place(9_999).line, 3);
        assert_eq!(text.place(1).column, 1, "inside of a character is its start");
    }

    #[test]
    fn the_nearest_word_is_suggested_only_if_it_is_near() {
        let words = ["retain", "release", "delete"];
        assert_eq!(nearest("delte", words), Some("delete"));
        assert_eq!(nearest("releese", words), Some("release"));
        assert_eq!(nearest("anonymise", words), None);
    }
}

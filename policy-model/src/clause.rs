//! The clauses that may be cited.
//!
//! A rule that names a clause nobody can look up proves nothing, so every citation in a pack is checked against this
//! register when the pack is loaded. The register itself is `config/clauses.csv`: one row per requirement of a source
//! document, with our own sentence of what it asks, in Chinese and in English.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// One requirement of a source document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// The id that code, packs and records cite, such as `dingtalk-3.6.1-5`.
    pub id: String,
    /// The document it comes from.
    pub source: String,
    /// The number it has there.
    pub clause: String,
    /// Its short title in Chinese.
    pub title_zh: String,
    /// What it asks, in a sentence of our own, in Chinese.
    pub requirement_zh: String,
    /// The same in English.
    pub requirement_en: String,
}

/// All clauses, by id.
#[derive(Debug, Clone, Default)]
pub struct ClauseRegister {
    clauses: Vec<Clause>,
    by_id: HashMap<String, usize>,
}

/// Why a register could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClauseError {
    /// A row is not one of the six columns, is cut short, or leaves one of them empty.
    #[error("line {line}: {found}; a row is id,source,clause,title_zh,requirement_zh,requirement_en")]
    BadRow {
        /// Line of the file, from 1.
        line: u64,
        /// What was wrong with it.
        found: String,
    },
    /// One id stands for two requirements.
    #[error("line {line}: clause id `{id}` is already used; an id stands for one requirement")]
    Repeated {
        /// Line of the second use.
        line: u64,
        /// The id.
        id: String,
    },
}

impl From<ClauseError> for crate::pack::PackProblem {
    /// A register that cannot be read is a problem of every pack that cites it.
    fn from(error: ClauseError) -> Self {
        let (ClauseError::BadRow { line, .. } | ClauseError::Repeated { line, .. }) = &error;
        Self {
            file: "clauses.csv".to_owned(),
            line: u32::try_from(*line).unwrap_or(u32::MAX),
            column: 1,
            code: "clause.register",
            message: error.to_string(),
            help: "Correct the row.".to_owned(),
        }
    }
}

impl ClauseRegister {
    /// Reads the register from its CSV text.
    ///
    /// # Errors
    /// Names the line of the first row that cannot be read or repeats an id.
    pub fn parse(csv_text: &str) -> Result<Self, ClauseError> {
        let mut register = Self::default();
        let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
        let headers =
            reader.headers().cloned().map_err(|error| ClauseError::BadRow { line: 1, found: error.to_string() })?;
        for row in reader.records() {
            let row = row.map_err(|error| bad_row(&error))?;
            let line = row.position().map_or(0, csv::Position::line);
            let clause: Clause = row
                .deserialize(Some(&headers))
                .map_err(|error| ClauseError::BadRow { line, found: error.to_string() })?;
            if let Some(column) = row.iter().position(|said| said.trim().is_empty()) {
                let found = format!("nothing stands in `{}`", &headers[column]);
                return Err(ClauseError::BadRow { line, found });
            }
            let place = register.clauses.len();
            if register.by_id.insert(clause.id.clone(), place).is_some() {
                return Err(ClauseError::Repeated { line, id: clause.id });
            }
            register.clauses.push(clause);
        }
        Ok(register)
    }

    /// The clause of this id.
    pub fn get(&self, id: &str) -> Option<&Clause> {
        self.by_id.get(id).and_then(|place| self.clauses.get(*place))
    }

    /// Whether this id may be cited.
    pub fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// All clauses in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter()
    }

    /// The registered id that looks most like `unknown`, to suggest to whoever mistyped it.
    pub fn nearest(&self, unknown: &str) -> Option<&str> {
        crate::pack::nearest(unknown, self.clauses.iter().map(|clause| clause.id.as_str()))
    }
}

fn bad_row(error: &csv::Error) -> ClauseError {
    let line = error.position().map_or(0, csv::Position::line);
    ClauseError::BadRow { line, found: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "id,source,clause,title_zh,requirement_zh,requirement_en\n\
        a-1,a,1,甲,做好一件事。,\"Does one thing, well.\"\n\
        a-2,a,2,乙,做另一件。,Does another.\n";

    #[test]
    fn a_clause_is_found_by_its_id() {
        let register = ClauseRegister::parse(TWO).unwrap();
        let first = register.get("a-1").unwrap();
        assert_eq!((&*first.requirement_zh, &*first.requirement_en), ("做好一件事。", "Does one thing, well."));
        assert!(register.contains("a-2") && !register.contains("a-3"));
        assert_eq!(register.iter().count(), 2);
    }

    #[test]
    fn a_repeated_id_and_a_short_row_are_named_with_their_line() {
        let repeated = format!("{TWO}a-1,a,3,丙,又一次。,Again.\n");
        assert_eq!(ClauseRegister::parse(&repeated).unwrap_err(), ClauseError::Repeated { line: 4, id: "a-1".into() });
        let short = format!("{TWO}a-3,a\n");
        assert!(matches!(ClauseRegister::parse(&short), Err(ClauseError::BadRow { line: 4, .. })));
    }

    #[test]
    fn what_a_clause_asks_is_said_in_both_languages() {
        let silent = format!("{TWO}a-3,a,3,丙, ,Says it in English alone.\n");
        let error = ClauseRegister::parse(&silent).unwrap_err().to_string();
        assert!(error.contains("line 4") && error.contains("`requirement_zh`"), "{error}");
    }

    #[test]
    fn an_unknown_column_is_refused() {
        let error =
            ClauseRegister::parse("id,source,clause,title_zh,requirement_zh,requirement_en,priority\na,b,c,d,e,f,g\n")
                .unwrap_err();
        assert!(error.to_string().contains("priority"), "{error}");
    }
}

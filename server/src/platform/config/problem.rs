//! What is wrong with a setting, in words that lead to what would be right.

use std::path::PathBuf;

/// Where a setting was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
    },
    /// In an environment variable.
    Variable(String),
    /// In the defaults that are built in.
    Default,
}

/// One wrong setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub origin: Origin,
    /// What was found, and what would be right.
    pub message: String,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A configuration file that cannot be read.
    #[error("the configuration file {path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// All that is wrong, in the order of the file.
    #[error("{}", list(.0))]
    Wrong(Vec<Problem>),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Default => f.write_str("built-in defaults"),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("\n  {problem}")).collect();
    let count =
        if problems.len() == 1 { "1 setting is".to_owned() } else { format!("{} settings are", problems.len()) };
    format!("{count} wrong:{}", lines.concat())
}

/// The candidate that `given` is most likely a slip for, if any is near enough.
pub(super) fn nearest<'c>(given: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let tolerated = (given.chars().count() / 4).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (slips(given, candidate), candidate))
        .filter(|(slips, _)| *slips <= tolerated)
        .min()
        .map(|(_, candidate)| candidate)
}

/// A setting that stands in the wrong section is one slip away; else letters are counted.
fn slips(given: &str, candidate: &str) -> usize {
    let last = |key: &str| key.rsplit('.').next().map(str::to_owned);
    if last(given) == last(candidate) { 1 } else { edits(given, candidate) }
}

/// Letters to insert, remove, replace, or exchange with their neighbour (optimal string alignment).
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_as_people_make_them() {
        for (a, b, expected) in [
            ("", "", 0),
            ("listen", "listen", 0),
            ("lisen", "listen", 1),
            ("lsiten", "listen", 1),
            ("端口", "端", 1),
            ("abc", "", 3),
        ] {
            assert_eq!(edits(a, b), expected, "{a} {b}");
            assert_eq!(edits(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        let keys = ["listen", "log.level", "log.format", "sign_in.access_token_minutes"];
        for (given, expected) in [
            ("lisen", Some("listen")),
            ("log.levle", Some("log.level")),
            ("access_token_minutes", Some("sign_in.access_token_minutes")),
            ("signin.acess_token_minutes", Some("sign_in.access_token_minutes")),
            ("colour", None),
            ("x", None),
        ] {
            assert_eq!(nearest(given, keys), expected, "{given}");
        }
    }
}

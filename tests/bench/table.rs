//! The table: what was measured, against what, and how they compare.

use serde_json::{Value, json};
use std::fmt::Write;

/// Several runs of one measurement.
#[derive(Debug, Clone)]
pub struct Runs(Vec<f64>);

impl Runs {
    /// Of these values, at least one.
    pub fn of(mut values: Vec<f64>) -> Self {
        assert!(!values.is_empty(), "something was measured");
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The middle one: half of the runs were no better.
    pub fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        if self.0.len() % 2 == 1 { self.0[middle] } else { (self.0[middle - 1] + self.0[middle]) / 2.0 }
    }

    fn json(&self) -> Value {
        json!({"runs": self.0.len(), "min": self.0.first(), "median": self.median(), "max": self.0.last()})
    }
}

/// What a value is held against.
#[derive(Debug, Clone)]
pub enum Against {
    /// To be reached.
    AtLeast(f64),
    /// Not to be passed.
    AtMost(f64),
    /// Another way to do the same, measured in the same run, and the part of it that is aimed at.
    Peer {
        /// Which way.
        name: &'static str,
        /// What it came to.
        value: f64,
        /// The ratio aimed at.
        aim: f64,
    },
    /// Nothing: said for the reader.
    Nothing,
}

/// One line of the table.
#[derive(Debug)]
struct Row {
    name: String,
    runs: Runs,
    unit: String,
    against: Against,
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        let value = self.runs.median();
        match self.against {
            Against::AtLeast(limit) | Against::AtMost(limit) => Some(value / limit),
            Against::Peer { value: peer, .. } => Some(value / peer),
            Against::Nothing => None,
        }
    }

    /// Whether the aim was reached; none where nothing was aimed at.
    fn holds(&self) -> Option<bool> {
        let ratio = self.ratio()?;
        match self.against {
            Against::AtLeast(_) => Some(ratio >= 1.0),
            Against::AtMost(_) => Some(ratio <= 1.0),
            Against::Peer { aim, .. } => Some(ratio >= aim),
            Against::Nothing => None,
        }
    }

    fn against(&self) -> String {
        match self.against {
            Against::AtLeast(limit) => format!("at least {}", number(limit)),
            Against::AtMost(limit) => format!("at most {}", number(limit)),
            Against::Peer { name, value, aim } => format!("{name}: {} (aim {aim})", number(value)),
            Against::Nothing => "-".into(),
        }
    }

    fn json(&self) -> Value {
        let (kind, limit, peer) = match &self.against {
            Against::AtLeast(limit) => ("at_least", json!(limit), Value::Null),
            Against::AtMost(limit) => ("at_most", json!(limit), Value::Null),
            Against::Peer { name, value, aim } => ("peer", json!(aim), json!({"name": name, "value": value})),
            Against::Nothing => ("nothing", Value::Null, Value::Null),
        };
        json!({
            "name": self.name, "value": self.runs.median(), "unit": self.unit, "runs": self.runs.json(),
            "against": {"kind": kind, "limit": limit, "peer": peer}, "ratio": self.ratio(), "holds": self.holds(),
        })
    }
}

/// Everything that was measured.
#[derive(Debug)]
pub struct Table {
    setup: Vec<(&'static str, String)>,
    rows: Vec<Row>,
}

impl Table {
    /// An empty one for this set-up.
    pub fn new(setup: Vec<(&'static str, String)>) -> Self {
        Self { setup, rows: Vec::new() }
    }

    /// Adds a line, and says so: a run takes minutes.
    pub fn row(&mut self, name: impl Into<String>, runs: Runs, unit: impl Into<String>, against: Against) {
        let row = Row { name: name.into(), runs, unit: unit.into(), against };
        eprintln!("  {}: {} {}", row.name, number(row.runs.median()), row.unit);
        self.rows.push(row);
    }

    /// Prints on which machine, with which versions.
    pub fn print_setup(&self) {
        println!("Set-up");
        for (name, value) in &self.setup {
            println!("  {name:<12} {value}");
        }
        println!();
    }

    /// Prints the table.
    pub fn print(&self) {
        let heading = ["name", "value", "unit", "against", "ratio", ""].map(str::to_owned);
        let lines: Vec<[String; 6]> = std::iter::once(heading).chain(self.rows.iter().map(cells)).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 6] = std::array::from_fn(width);
        println!();
        for line in &lines {
            let mut text = String::new();
            for (column, cell) in line.iter().enumerate() {
                let gap = widths[column] - cell.chars().count();
                // Numbers end at the same place, words begin there.
                let (before, after) = if matches!(column, 1 | 4) { (gap, 0) } else { (0, gap) };
                let _ = write!(text, "{:before$}{cell}{:after$}  ", "", "");
            }
            println!("{}", text.trim_end());
        }
    }

    /// The same for programs.
    pub fn to_json(&self) -> String {
        let setup: serde_json::Map<String, Value> =
            self.setup.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        serde_json::to_string_pretty(&json!({"setup": setup, "rows": rows})).unwrap_or_default() + "\n"
    }
}

fn cells(row: &Row) -> [String; 6] {
    let ratio = row.ratio().map_or_else(|| "-".into(), |ratio| format!("{ratio:.2}"));
    let verdict = match row.holds() {
        Some(true) => "holds",
        Some(false) => "MISSED",
        None => "",
    };
    [row.name.clone(), number(row.runs.median()), row.unit.to_owned(), row.against(), ratio, verdict.to_owned()]
}

/// Three figures tell enough of what is small; thousands are set apart in what is large.
fn number(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

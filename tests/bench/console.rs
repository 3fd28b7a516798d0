//! What the console costs the people who open it: its script, its first paint, and how long a click takes until it is seen.
//!
//! Measured in Chromium by `tests/browser/budgets.mjs`, on the released program with its sample.

use crate::program;
use crate::table::{Against, Runs, Table};
use serde::Deserialize;
use std::path::Path;
use std::process::{Command, Stdio};

#[derive(Deserialize)]
struct Measured {
    name: String,
    unit: String,
    runs: Vec<f64>,
    at_most: Option<f64>,
}

/// The inbox's first load, opening a departure, filtering records.
pub fn measure(table: &mut Table) {
    let browser = Path::new(env!("CARGO_MANIFEST_DIR")).join("../browser");
    let said = Command::new("node")
        .arg("budgets.mjs")
        .arg(program::target_dir().join("release/tenure"))
        .current_dir(&browser)
        .stderr(Stdio::inherit())
        .output()
        .expect("node starts: `make bench` installs what it needs");
    assert!(said.status.success(), "{} failed", browser.join("budgets.mjs").display());
    let measured: Vec<Measured> = serde_json::from_slice(&said.stdout).expect("one JSON array");
    for Measured { name, unit, runs, at_most } in measured {
        table.row(name, Runs::of(runs), unit, at_most.map_or(Against::Nothing, Against::AtMost));
    }
}

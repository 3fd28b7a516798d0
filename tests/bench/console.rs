//! What the console costs the people who open it: its script, its first paint, and how long a click takes until it is seen; on
//! the sample, and in an organisation of 30,000 people with 200,000 records, one of whom has 100,000 holdings.
//!
//! Measured in Chromium by `tests/browser/budgets.mjs`, on the released program.

use crate::departure::{LEAVER, STAFF};
use crate::office::{Office, PASSWORD, email};
use crate::program::{self, Program};
use crate::table::{Against, Runs, Table};
use crate::workload::{self, BATCH, Ledger};
use serde::Deserialize;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};

const PEOPLE: usize = 30_000;
const HOLDINGS: usize = 100_000;
const RECORDS: usize = 200_000;

#[derive(Deserialize)]
struct Measured {
    name: String,
    unit: String,
    runs: Vec<f64>,
    at_most: Option<f64>,
}

/// On the sample, then at size.
pub fn measure(table: &mut Table) {
    let sample = program::target_dir().join("release/tenure");
    in_a_browser(table, &sample.to_string_lossy());
    let dir = tempfile::tempdir().expect("a temporary directory");
    let program = Program::on(dir.path(), None);
    let office = Office::opened(&program, &STAFF);
    let tenant = office.tenant.parse().expect("an id");
    let subject = office.member(LEAVER)["subject_id"].as_str().expect("an id");
    {
        let tenure = workload::open(dir.path(), None);
        workload::hire(&tenure, tenant, PEOPLE);
        workload::deposit(&tenure, tenant, subject.parse().expect("an id"), HOLDINGS);
        let ledger = Ledger::of(tenure, tenant, "yuanshan".into());
        (0..RECORDS.div_ceil(BATCH)).for_each(|_| ledger.append());
    }
    let server = program.starts(&["serve"]);
    let house = json!({
        "base_url": server.base_url(), "password": PASSWORD, "subject": subject,
        "auditor": email("auditor"), "privacy": email("privacy"),
    });
    in_a_browser(table, &house.to_string());
}

/// Measures a program with its sample, or a house that is described.
fn in_a_browser(table: &mut Table, what: &str) {
    let browser = Path::new(env!("CARGO_MANIFEST_DIR")).join("../browser");
    let said = Command::new("node")
        .args(["budgets.mjs", what])
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

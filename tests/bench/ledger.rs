//! The ledger: appending through the real path against a raw insert of the same rows, on both databases; then the export of
//! what was appended, and its verification by a stranger.

use crate::program::Program;
use crate::raw::{self, Raw, Rows};
use crate::table::{Against, Runs, Table};
use crate::workload::{self, BATCH, Ledger};
use scenarios::postgres::PostgresCluster;
use std::path::Path;
use std::time::Instant;
use tempfile::TempDir;

const ROUNDS: usize = 7;
/// Transactions of one round, of each kind.
const TRANSACTIONS: usize = 40;
/// As many records as the limit of the verification speaks of.
const EXPORTED: usize = 300_000;
const VERIFICATIONS: usize = 5;
/// The part of the raw insert's speed that is aimed at.
const AIM: f64 = 0.6;

/// Both databases, then export and verification.
pub fn measure(table: &mut Table) {
    on_postgres(table);
    let dir = tempfile::tempdir().expect("a temporary directory");
    let ledger = on_sqlite(table, &dir);
    let have = ROUNDS * TRANSACTIONS * BATCH;
    (0..(EXPORTED - have).div_ceil(BATCH)).for_each(|_| ledger.append());
    let slug = ledger.slug.clone();
    // SQLite belongs to one process: the command line is the next one.
    drop(ledger);
    for format in ["ndjson", "csv"] {
        export_and_verify(table, dir.path(), &slug, format);
    }
}

fn on_postgres(table: &mut Table) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let database = PostgresCluster::durable().database();
    let ledger = Ledger::of_new_organisation(workload::open(dir.path(), Some(&database.url())));
    let mut raw = Raw::<diesel::PgConnection>::new(raw::postgres(&database.url()));
    compare(table, "PostgreSQL", &ledger, &mut raw);
}

fn on_sqlite(table: &mut Table, dir: &TempDir) -> Ledger {
    let ledger = Ledger::of_new_organisation(workload::open(dir.path(), None));
    let mut raw = Raw::<diesel::SqliteConnection>::new(raw::sqlite(&dir.path().join("tenure.db")));
    compare(table, "SQLite", &ledger, &mut raw);
    ledger
}

/// In turns, so that whatever else the machine does meets both alike.
fn compare(table: &mut Table, database: &str, ledger: &Ledger, raw: &mut impl Rows) {
    ledger.append();
    let body = raw.newest_body(&ledger.tenant.to_string());
    let mut place = 0;
    let (mut real_runs, mut raw_runs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        raw_runs.push(records_per_second(|| {
            raw.insert(place, &body);
            place += BATCH as i64;
        }));
        real_runs.push(records_per_second(|| ledger.append()));
    }
    let raw_runs = Runs::of(raw_runs);
    let peer = Against::Peer { name: "raw insert", value: raw_runs.median(), aim: AIM };
    table.row(format!("ledger append, {database}"), Runs::of(real_runs), "records/s", peer);
}

fn records_per_second(mut transaction: impl FnMut()) -> f64 {
    let start = Instant::now();
    (0..TRANSACTIONS).for_each(|_| transaction());
    (TRANSACTIONS * BATCH) as f64 / start.elapsed().as_secs_f64()
}

fn export_and_verify(table: &mut Table, data_dir: &Path, slug: &str, format: &str) {
    let program = Program::on(data_dir, None);
    let file = data_dir.join(format!("export.{format}"));
    let name = file.to_string_lossy().into_owned();
    let start = Instant::now();
    program.says(&["export", "--tenant", slug, "--format", format, "--out", &name]);
    let exported = EXPORTED as f64 / start.elapsed().as_secs_f64();
    table.row(format!("export, {format}"), Runs::of(vec![exported]), "records/s", Against::Nothing);
    let runs = (0..VERIFICATIONS).map(|_| {
        let start = Instant::now();
        let said = program.says(&["verify", "--json", &name]);
        let seconds = start.elapsed().as_secs_f64();
        let said: serde_json::Value = serde_json::from_str(&said).expect("one JSON object");
        let records = said["result"]["records"].as_f64().unwrap_or_else(|| panic!("no records in {said}"));
        assert!(records >= EXPORTED as f64, "the export has {records} records");
        records / seconds
    });
    table.row(format!("verify, {format}"), Runs::of(runs.collect()), "records/s", Against::AtLeast(300_000.0));
    std::fs::remove_file(&file).expect("it was written");
}

//! How soon the server is ready, and what memory it takes when nobody asks anything.
//!
//! On the sample: some sixty people and five thousand holdings, with one departure played. What the kernel has in its cache
//! stays there; the process is new each time.

use crate::program::{Program, Running};
use crate::table::{Against, Runs, Table};
use scenarios::postgres::PostgresCluster;
use std::fs;
use std::path::Path;

const RUNS: usize = 7;
const READY_SECONDS: f64 = 1.0;
const IDLE_MIB: f64 = 60.0;

/// On both databases.
pub fn measure(table: &mut Table) {
    for database in ["SQLite", "PostgreSQL"] {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let postgres = (database == "PostgreSQL").then(|| PostgresCluster::durable().database());
        let program = Program::on(dir.path(), postgres.as_ref().map(|database| database.url()).as_deref());
        let played = memory_after_the_first_start(&program, dir.path());
        table.row(format!("idle after the sample was played, {database}"), played, "MiB", Against::AtMost(IDLE_MIB));
        let starts: Vec<(f64, f64)> = (0..RUNS).map(|_| a_start(&program)).collect();
        let ready = Runs::of(starts.iter().map(|(ready, _)| *ready).collect());
        let idle = Runs::of(starts.iter().map(|(_, idle)| *idle).collect());
        table.row(format!("start to ready with the sample, {database}"), ready, "s", Against::AtMost(READY_SECONDS));
        table.row(format!("idle after start with the sample, {database}"), idle, "MiB", Against::AtMost(IDLE_MIB));
    }
}

/// The start that makes the sample and plays a departure takes seconds and is not what is meant by a start.
fn memory_after_the_first_start(program: &Program, dir: &Path) -> Runs {
    let server = program.starts(&["serve", "--sample"]);
    server.until("the departure has been played", || {
        let kit = fs::read_to_string(dir.join("sample.env")).ok()?;
        let departure = kit.lines().find_map(|line| line.strip_prefix("SAMPLE_DEPARTURE='"))?;
        (departure != "'").then_some(())
    });
    Runs::of(vec![idle_memory(&server)])
}

fn a_start(program: &Program) -> (f64, f64) {
    let server = program.starts(&["serve", "--sample"]);
    (server.ready_after.as_secs_f64(), idle_memory(&server))
}

/// What it takes once that has stopped changing.
fn idle_memory(server: &Running) -> f64 {
    let (mut before, mut unchanged) = (0.0, 0);
    server.until("its memory has settled", || {
        let now = server.memory("VmRSS");
        unchanged = if now == before { unchanged + 1 } else { 0 };
        before = now;
        // Looks come fifty milliseconds apart: two seconds of rest.
        (unchanged >= 40).then_some(now)
    })
}

//! The set-up: what a number was measured on, without which it says nothing.

use crate::raw;
use diesel::prelude::*;
use scenarios::postgres::PostgresCluster;
use std::fs;
use std::process::Command;

/// This machine, these versions, this build.
pub fn here() -> Vec<(&'static str, String)> {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let gib = value_of(&memory, "MemTotal").and_then(|kb| kb.parse::<f64>().ok()).map(|kb| kb / 1024.0 / 1024.0);
    vec![
        ("cpu", value_of(&cpus, "model name").unwrap_or_else(|| "unknown".into())),
        ("cores", cores.to_string()),
        ("memory", gib.map_or_else(|| "unknown".into(), |gib| format!("{gib:.1} GiB"))),
        ("load", load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")),
        ("kernel", said_by("uname", &["-sr"])),
        ("directory", said_by("stat", &["--file-system", "--format=%T", &std::env::temp_dir().to_string_lossy()])),
        ("rust", said_by("rustc", &["--version"])),
        ("build", build().into()),
        ("sqlite", format!("{}, WAL, synchronous FULL", sqlite())),
        ("postgresql", format!("{}, as it comes: fsync, synchronous_commit on", postgresql())),
    ]
}

fn build() -> &'static str {
    if cfg!(debug_assertions) { "debug: these numbers mean nothing" } else { "release: optimised, thin LTO" }
}

fn value_of(text: &str, key: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    let value = line.split_once(':')?.1.trim();
    Some(value.trim_end_matches("kB").trim().to_owned())
}

fn said_by(program: &str, arguments: &[&str]) -> String {
    let said = Command::new(program).args(arguments).output();
    said.map_or_else(|_| "unknown".into(), |said| String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

fn sqlite() -> String {
    let mut connection = SqliteConnection::establish(":memory:").expect("SQLite is compiled in");
    version_by("SELECT sqlite_version() AS version", |query| query.get_result(&mut connection))
}

fn postgresql() -> String {
    let database = PostgresCluster::durable().database();
    let mut connection = raw::postgres(&database.url());
    version_by("SELECT current_setting('server_version') AS version", |query| query.get_result(&mut connection))
}

fn version_by(sql: &str, ask: impl FnOnce(diesel::query_builder::SqlQuery) -> QueryResult<Version>) -> String {
    ask(diesel::sql_query(sql)).map_or_else(|e| e.to_string(), |found| found.version)
}

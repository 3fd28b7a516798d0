//! One person leaves, with 10,000 holdings in the vault: from the last approval to the certificate, and how much memory the
//! server took for it.
//!
//! The organisation, its HR system and its approvers speak HTTP, as in life. Only the deposits go in from inside, a thousand
//! to a transaction, because they are not what is measured.

use crate::office::{Office, email, says, signed_in, text};
use crate::program::{Program, Running};
use crate::table::{Against, Runs, Table};
use crate::workload;
use scenarios::postgres::PostgresCluster;
use serde_json::json;
use std::path::Path;
use std::time::Instant;

const HOLDINGS: usize = 10_000;
const RUNS: usize = 3;

/// Whoever it takes: staff number and role.
pub const STAFF: [(&str, Option<&str>); 5] = [
    ("hr", Some("hr_admin")),
    ("privacy", Some("privacy_officer")),
    ("auditor", Some("auditor")),
    ("successor", None),
    (LEAVER, None),
];
/// Who leaves.
pub const LEAVER: &str = "leaver";

/// On both databases.
pub fn measure(table: &mut Table) {
    for database in ["SQLite", "PostgreSQL"] {
        let runs: Vec<Departure> = (0..RUNS).map(|_| a_departure(database)).collect();
        let seconds = Runs::of(runs.iter().map(|run| run.seconds).collect());
        let peak = Runs::of(runs.iter().map(|run| run.peak).collect());
        let name = format!("departure of 10,000 holdings, {database}");
        table.row(name.clone(), seconds, "s", Against::Nothing);
        table.row(format!("{name}: peak memory"), peak, "MiB", Against::Nothing);
    }
}

/// What one departure took.
struct Departure {
    seconds: f64,
    peak: f64,
}

fn a_departure(database: &str) -> Departure {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let postgres = (database == "PostgreSQL").then(|| PostgresCluster::durable().database());
    let url = postgres.as_ref().map(|database| database.url());
    let program = Program::on(dir.path(), url.as_deref());
    let office = Office::opened(&program, &STAFF);
    deposit(dir.path(), url.as_deref(), &office);
    // A process of its own: what memory it took at most, it took for the departure.
    let server = program.starts(&["serve"]);
    sees_off(&office, &server)
}

/// HR announces the leaving, its admin hands in the plan, the privacy officer agrees; then the clock runs.
fn sees_off(office: &Office, server: &Running) -> Departure {
    let leaving = json!({
        "staff_number": LEAVER, "last_day": "2026-01-31", "reason": "resignation", "successor": "successor",
    });
    says(server, &office.source, "member.leaving", &leaving);
    let (hr, privacy) = (signed_in(server, &email("hr")), signed_in(server, &email("privacy")));
    let id = server.until("the departure is planned and access has ended", || {
        let page = server.call("GET", "/api/v1/departures", Some(&hr), None);
        let departure = page["items"].as_array()?.first()?.clone();
        (!departure["access_ended_at"].is_null()).then(|| text(&departure, "id"))
    });
    let path = format!("/api/v1/departures/{id}");
    let planned = server.call("GET", &path, Some(&hr), None);
    let lanes = planned["lanes"].as_object().expect("lanes").values();
    let counted: i64 = lanes.filter_map(|lane| lane["holdings"].as_i64()).sum();
    assert_eq!(counted, HOLDINGS as i64, "the plan: {planned}");
    server.call("POST", &format!("{path}/submit"), Some(&hr), Some(&json!({})));
    let start = Instant::now();
    let agreed = server.call("POST", &format!("{path}/approve"), Some(&privacy), Some(&json!({})));
    assert_ne!(agreed["state"], "submitted", "somebody else's yes is missing: {agreed}");
    let certificate = server.until("the certificate is there", || {
        let bearer = [("authorization", format!("Bearer {hr}"))];
        server.send("GET", &format!("{path}/certificate"), &bearer, "").filter(|(status, _)| *status == 200)
    });
    let seconds = start.elapsed().as_secs_f64();
    assert!(certificate.1.starts_with("{\"kind\":\"tenure.certificate/1\""), "it is none: {}", certificate.1);
    let done = server.call("GET", &path, Some(&hr), None);
    assert_eq!(done["state"], "completed", "{done}");
    Departure { seconds, peak: server.memory("VmHWM") }
}

fn deposit(dir: &Path, url: Option<&str>, office: &Office) {
    let tenure = workload::open(dir, url);
    let tenant = office.tenant.parse().expect("an id");
    let subject = text(office.member(LEAVER), "subject_id").parse().expect("an id");
    workload::deposit(&tenure, tenant, subject, HOLDINGS);
}

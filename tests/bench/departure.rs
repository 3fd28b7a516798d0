//! One person leaves, with 10,000 holdings in the vault: from the last approval to the certificate, and how much memory the
//! server took for it.
//!
//! The organisation, its HR system and its approvers speak HTTP, as in life. Only the deposits go in from inside, a thousand
//! to a transaction, because they are not what is measured.

use crate::program::{Program, Running};
use crate::table::{Against, Runs, Table};
use crate::workload;
use scenarios::postgres::PostgresCluster;
use scenarios::signature;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Instant, UNIX_EPOCH};

const HOLDINGS: usize = 10_000;
const RUNS: usize = 3;
/// Everybody's.
pub const PASSWORD: &str = "correct horse 远山";
const ADMIN: &str = "admin@yuanshan.example";

/// Whoever it takes: staff number and role.
const STAFF: [(&str, Option<&str>); 5] = [
    ("hr", Some("hr_admin")),
    ("privacy", Some("privacy_officer")),
    ("auditor", Some("auditor")),
    ("successor", None),
    (LEAVER, None),
];
const LEAVER: &str = "leaver";

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
    let office = Office::opened(&program);
    deposit(dir.path(), url.as_deref(), &office);
    // A process of its own: what memory it took at most, it took for the departure.
    let server = program.starts(&["serve"]);
    office.sees_off(&server)
}

/// The organisation, staffed.
pub struct Office {
    source: Value,
    /// Its id.
    pub tenant: String,
    /// The leaver, as the API shows them.
    pub leaver: Value,
}

impl Office {
    /// Founded, with an HR system, and with somebody in every role it takes.
    pub fn opened(program: &Program) -> Self {
        let founding = ["tenant", "create", "--name", "远山科技", "--slug", "yuanshan", "--pack", "dingtalk"];
        let said = program.says(&[&founding[..], &["--admin-email", ADMIN]].concat());
        let token = said.lines().find_map(|line| line.strip_prefix("set-up token")).expect("it says the token").trim();
        let server = program.starts(&["serve"]);
        let call = |path: &str, token: Option<&str>, body: Value| server.call("POST", path, token, Some(&body));
        call("/api/v1/auth/setup", None, json!({"token": token, "password": PASSWORD}));
        let admin = &signed_in(&server, ADMIN);
        let source = call("/api/v1/sources", Some(admin), json!({"name": "人事系统"}));
        for (staff_number, _) in STAFF {
            let joined = json!({
                "staff_number": staff_number, "name": staff_number, "email": email(staff_number), "account": "personal",
                "first_day": "2020-03-01", "position": "工程师",
            });
            says(&server, &source, "member.joined", &joined);
        }
        let members = server.until("everybody has joined", || {
            let page = server.call("GET", "/api/v1/members?limit=200", Some(admin), None);
            page["items"].as_array().filter(|items| items.len() > STAFF.len()).cloned()
        });
        let member = |staff_number: &str| {
            members.iter().find(|member| member["staff_number"] == staff_number).expect("they have joined").clone()
        };
        for (staff_number, role) in STAFF {
            let Some(role) = role else { continue };
            let id = text(&member(staff_number), "id");
            call("/api/v1/role-assignments", Some(admin), json!({"membership_id": id, "role": role}));
            let link = call(&format!("/api/v1/members/{id}/setup-link"), Some(admin), json!({}));
            call("/api/v1/auth/setup", None, json!({"token": link["setup_token"], "password": PASSWORD}));
        }
        let tenant = text(&server.call("GET", "/api/v1/me", Some(admin), None), "tenant_id");
        Self { source, tenant, leaver: member(LEAVER) }
    }

    /// HR announces the leaving, its admin hands in the plan, the privacy officer agrees; then the clock runs.
    fn sees_off(&self, server: &Running) -> Departure {
        let leaving = json!({
            "staff_number": LEAVER, "last_day": "2026-01-31", "reason": "resignation", "successor": "successor",
        });
        says(server, &self.source, "member.leaving", &leaving);
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
}

fn deposit(dir: &Path, url: Option<&str>, office: &Office) {
    let tenure = workload::open(dir, url);
    let tenant = office.tenant.parse().expect("an id");
    let subject = text(&office.leaver, "subject_id").parse().expect("an id");
    workload::deposit(&tenure, tenant, subject, HOLDINGS);
}

fn signed_in(server: &Running, identifier: &str) -> String {
    let body = json!({"identifier": identifier, "password": PASSWORD});
    text(&server.call("POST", "/api/v1/auth/sign-in", None, Some(&body)), "access_token")
}

/// The HR system says something about somebody, signed.
fn says(server: &Running, source: &Value, what: &str, data: &Value) {
    let now = UNIX_EPOCH.elapsed().expect("after 1970");
    let (id, seconds) = (format!("msg_{}", now.as_nanos()), i64::try_from(now.as_secs()).expect("a time of ours"));
    let body = json!({"type": what, "timestamp": chrono::DateTime::UNIX_EPOCH + now, "data": data}).to_string();
    let signature = signature::sign(&text(source, "secret"), &id, seconds, body.as_bytes());
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signature),
    ];
    let (status, answer) = server.send("POST", &text(source, "path"), &headers, &body).expect("it answers");
    assert_eq!(status, 202, "{what}: {answer}");
}

/// The address that somebody signs in with.
pub fn email(staff_number: &str) -> String {
    format!("{staff_number}@yuanshan.example")
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

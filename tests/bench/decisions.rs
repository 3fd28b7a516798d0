//! Decisions: from memory at 1 and at 10,000 organisations, beside casbin, cedar-policy and regorus with the same policy and the
//! same questions; then over HTTP, with every record durable before its answer, beside a handler that does nothing.

use crate::load::{self, Load};
use crate::office::{Office, email, signed_in, text};
use crate::program::{self, Program, Running};
use crate::table::{Against, Runs, Table};
use crate::workload;
use policy_model::facts::Age;
use scenarios::postgres::PostgresCluster;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tenure::access::measured::{Held, Measured, Member};
use tenure::app::Tenure;
use tenure::platform::attempt::{Act, Attempt};
use tenure::platform::caller::Actor;
use tenure::platform::ids::{HoldingId, MembershipId, SubjectId, TenantId};
use uuid::Uuid;

const RUNS: usize = 5;
/// Organisations that ask at the same time.
const MANY: usize = 10_000;
const QUESTIONS: usize = 1_000;
const OPERATIONS: [&str; 3] = ["read", "export", "correct"];
const PURPOSES: [&str; 4] = ["payroll", "audit", "security", "service"];
/// Roles that may be given data: the others are refused before any policy is asked.
const ROLES: [&str; 3] = ["hr_admin", "data_operator", "privacy_officer"];
const CLASSES: [&str; 10] = [
    "attendance.clock_in",
    "attendance.location",
    "hr.name",
    "hr.email",
    "hr.mobile",
    "hr.position",
    "worklog.entry",
    "approval.record",
    "mail.message",
    "calendar.event",
];

/// In memory and over HTTP.
pub fn measure(table: &mut Table) {
    let workload = Workload::drawn();
    in_memory(table, &workload);
    over_http(table);
}

/// A policy, and questions about it.
struct Workload {
    lines: Vec<Vec<String>>,
    members: Vec<Member>,
    held: Vec<Held>,
    /// Member, held, operation, purpose.
    asked: Vec<(usize, usize, &'static str, &'static str)>,
}

impl Workload {
    /// Thirty instructions of four lines, twenty members, fifty holdings; always the same.
    fn drawn() -> Self {
        let id =
            |kind: u128, n: usize| Uuid::from_u128(0x0189_0000_0000_7000_8000_0000_0000_0000 | kind << 32 | n as u128);
        let roles = |n: usize| {
            let some = ROLES.iter().enumerate().filter(move |(at, _)| (n >> at) & 1 == 1);
            some.map(|(_, role)| format!("role:{role}"))
        };
        let members: Vec<Member> = (0..20)
            .map(|n| {
                let membership = MembershipId::from(id(1, n));
                let names = [format!("member:{membership}"), "role:employee".to_owned()];
                Member {
                    membership,
                    subject: SubjectId::from(id(2, n)),
                    names: names.into_iter().chain(roles(n)).collect(),
                }
            })
            .collect();
        let held: Vec<Held> = (0..50)
            .map(|n| Held {
                id: HoldingId::from(id(3, n)),
                class: CLASSES[n % CLASSES.len()].to_owned(),
                subject: SubjectId::from(id(2, n % 20)),
            })
            .collect();
        let mut lines = Vec::new();
        for n in 0..30 {
            let (class, purpose) = (CLASSES[n * 7 % CLASSES.len()], PURPOSES[n % PURPOSES.len()]);
            let family = format!("{}.*", class.split_once('.').map_or(class, |(family, _)| family));
            let whose = if n % 5 == 0 { SubjectId::from(id(2, n % 20)).to_string() } else { "*".to_owned() };
            let who = match n % 5 {
                0 => members[n % 20].names[0].clone(),
                _ => format!("role:{}", ROLES[n % ROLES.len()]),
            };
            for operation in ["read", OPERATIONS[n % 3]] {
                for object in [class, &family] {
                    let line = [&who, object, operation, purpose, &whose, &format!("instruction-{n}")];
                    lines.push(line.into_iter().map(str::to_owned).collect());
                }
            }
        }
        // The others know lines and nothing else, so nothing else decides: no data of one's own, no sensitive class.
        let pack = tenure::packs::by_name("dingtalk").expect("a pack that is shipped");
        let is_plain = |(member, at, ..): &(usize, usize, &str, &str)| {
            held[*at].subject != members[*member].subject && !pack.is_sensitive(&held[*at].class, Age::Adult)
        };
        let asked = (0..)
            .map(|n| (n % 20, n * 13 % 50, OPERATIONS[n % 3 * (n % 2)], PURPOSES[n / 3 % PURPOSES.len()]))
            .filter(is_plain)
            .take(QUESTIONS)
            .collect();
        Self { lines, members, held, asked }
    }

    fn question(&self, n: usize) -> Value {
        let (member, held, operation, purpose) = self.asked[n];
        json!({
            "subject": {"type": "membership", "id": self.members[member].membership.to_string()},
            "action": {"name": operation},
            "resource": {"type": "holding", "id": self.held[held].id.to_string()},
            "context": {"purpose": purpose},
        })
    }

    /// For engines that know lines and names, and nothing of memberships and holdings.
    fn for_rivals(&self) -> Value {
        let question = |(member, held, operation, purpose): &(usize, usize, &str, &str)| {
            let (member, held) = (&self.members[*member], &self.held[*held]);
            json!({
                "names": member.names, "object": held.class, "act": operation, "purpose": purpose,
                "whose": held.subject.to_string(),
            })
        };
        json!({
            "model": include_str!("../../config/casbin/model.conf"), "lines": self.lines,
            "questions": self.asked.iter().map(question).collect::<Vec<_>>(),
        })
    }
}

fn in_memory(table: &mut Table, workload: &Workload) {
    let pack = tenure::packs::by_name("dingtalk").expect("a pack that is shipped");
    let now = tenure::platform::db::Ts::from(chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(20_000));
    let of = |count: usize| {
        Measured::of(count, now, &pack, &workload.lines, &workload.members, &workload.held).expect("a policy")
    };
    let questions: Vec<_> =
        (0..QUESTIONS).map(|n| Measured::read(workload.question(n).to_string().as_bytes())).collect();
    let one = of(1);
    let answers: String =
        questions.iter().map(|asked| if one.decides(0, asked) == Some(true) { '1' } else { '0' }).collect();
    let yes = answers.matches('1').count();
    assert!((100..900).contains(&yes), "{yes} of {QUESTIONS} questions are permitted: that is no mixture");
    let nanoseconds = |measured: &Measured, organisations: usize| {
        let run = || {
            let start = Instant::now();
            for n in 0..20 * QUESTIONS {
                // A large odd step, so that no two questions in a row meet in one organisation.
                black_box(measured.decides(n * 7_919 % organisations, black_box(&questions[n % QUESTIONS])));
            }
            start.elapsed().as_nanos() as f64 / (20 * QUESTIONS) as f64
        };
        run();
        Runs::of((0..RUNS).map(|_| run()).collect())
    };
    let alone = nanoseconds(&one, 1);
    table.row("decision in memory, 1 organisation", alone.clone(), "ns", Against::AtMost(1_000.0));
    let before = program::own_memory();
    let many = of(MANY);
    let each = (program::own_memory() - before) / MANY as f64;
    table.row("decision in memory, 10,000 organisations", nanoseconds(&many, MANY), "ns", Against::AtMost(1_000.0));
    table.row("memory of one of 10,000 organisations", Runs::of(vec![each]), "KiB", Against::AtMost(64.0));
    table.row(
        "of that, as the server reckons it",
        Runs::of(vec![many.bytes_each() as f64 / 1024.0]),
        "KiB",
        Against::Nothing,
    );
    drop(many);
    rivals(table, workload, &answers, alone.median());
    let all = json!({"evaluations": (0..QUESTIONS).map(|n| workload.question(n)).collect::<Vec<_>>()}).to_string();
    let run = || {
        let start = Instant::now();
        black_box(one.answers(0, black_box(all.as_bytes())).expect("it is all in memory"));
        start.elapsed().as_secs_f64() * 1_000.0
    };
    run();
    let runs = Runs::of((0..4 * RUNS).map(|_| run()).collect());
    table.row("1,000 evaluations in one call, without their commit", runs, "ms", Against::AtMost(3.0));
}

/// What the others take for the same, and that they say the same.
fn rivals(table: &mut Table, workload: &Workload, answers: &str, own: f64) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("workload.json");
    std::fs::write(&file, workload.for_rivals().to_string()).expect("it is ours");
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("rivals/Cargo.toml");
    let said = Command::new(option_env!("CARGO").unwrap_or("cargo"))
        .args(["run", "--release", "--locked", "--quiet", "--manifest-path"])
        .arg(&manifest)
        .arg("--target-dir")
        .arg(program::target_dir().join("rivals"))
        .arg("--")
        .arg(&file)
        .output()
        .expect("cargo starts");
    assert!(said.status.success(), "the rivals failed:\n{}", String::from_utf8_lossy(&said.stderr));
    let said: BTreeMap<String, Value> = serde_json::from_slice(&said.stdout).expect("what they say is JSON");
    for (name, result) in said {
        assert_eq!(result["answers"], answers, "{name} answers otherwise than Tenure");
        let runs = result["nanoseconds"].as_array().expect("runs").iter().filter_map(Value::as_f64).collect();
        let runs = Runs::of(runs);
        let times = runs.median() / own;
        table.row(format!("{name}, the same questions"), runs, "ns", Against::Nothing);
        table.row(
            format!("{name}: so many times a decision of Tenure's"),
            Runs::of(vec![times]),
            "x",
            Against::Nothing,
        );
    }
}

/// Connections that ask at the same time, each its next question when it has the answer to the last.
const CONNECTIONS: usize = 64;
const SECONDS: Duration = Duration::from_secs(5);

fn over_http(table: &mut Table) {
    let nothing = load::serve_nothing();
    for database in ["SQLite", "PostgreSQL"] {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let postgres = (database == "PostgreSQL").then(|| PostgresCluster::durable().database());
        let url = postgres.as_ref().map(|database| database.url());
        let program = Program::on(dir.path(), url.as_deref());
        let house = House::built(&program, dir.path(), url.as_deref());
        let server = program.starts(&["serve"]);
        compare(table, database, &server, nothing.address(), &house);
    }
}

fn compare(table: &mut Table, database: &str, server: &Running, nothing: &str, house: &House) {
    let (mut empty, mut own, mut slowest) = (Vec::new(), Vec::new(), Vec::new());
    // In turn, so that whatever else the machine does meets both.
    for _ in 0..RUNS {
        let bearer = format!("authorization: Bearer {}\r\n", house.key);
        let asked = |n: usize| house.question(n).to_string();
        let load =
            |address: &str| Load { connections: CONNECTIONS, lasts: SECONDS, headers: &bearer }.on(address, &asked);
        empty.push(load(nothing).per_second);
        let measured = load(server.address());
        own.push(measured.per_second);
        slowest.push(measured.slowest_of_hundred.as_secs_f64() * 1_000.0);
    }
    let empty = Runs::of(empty).median();
    let peer = Against::Peer { name: "an empty handler", value: empty, aim: 0.35 };
    table.row(format!("evaluations over HTTP, durable, {database}"), Runs::of(own), "requests/s", peer);
    table.row(format!("the same: p99, {database}"), Runs::of(slowest), "ms", Against::AtMost(10.0));
    let all = json!({"evaluations": (0..QUESTIONS).map(|n| house.question(n)).collect::<Vec<_>>()});
    let run = || {
        let start = Instant::now();
        let answer = server.call("POST", "/access/v1/evaluations", Some(&house.key), Some(&all));
        let taken = start.elapsed().as_secs_f64() * 1_000.0;
        assert_eq!(answer["evaluations"].as_array().map(Vec::len), Some(QUESTIONS));
        taken
    };
    run();
    let runs = Runs::of((0..2 * RUNS).map(|_| run()).collect());
    table.row(format!("1,000 evaluations in one call with their records, {database}"), runs, "ms", Against::Nothing);
}

/// An organisation with an instruction in force, somebody whose data is held, and an application with a key.
struct House {
    key: String,
    member: String,
    holdings: Vec<String>,
}

/// Whoever it takes: staff number and role.
const STAFF: [(&str, Option<&str>); 4] = [
    ("security", Some("security_admin")),
    ("privacy", Some("privacy_officer")),
    ("operator", Some("data_operator")),
    ("subject", None),
];

impl House {
    /// An application has a key, a standing instruction permits what it will ask, and somebody's data is held.
    fn built(program: &Program, dir: &Path, url: Option<&str>) -> Self {
        let office = Office::opened(program, &STAFF);
        let key = {
            let server = program.starts(&["serve"]);
            let call = |path: &str, token: &str, body: Value| server.call("POST", path, Some(token), Some(&body));
            let (security, privacy) = (signed_in(&server, &email("security")), signed_in(&server, &email("privacy")));
            let standing = json!({
                "kind": "standing", "purpose": "payroll", "reason": "每月核算工资",
                "scope": {"classes": ["attendance.*"], "operations": ["read"], "roles": ["data_operator"]},
            });
            let instruction = call("/api/v1/instructions", &security, standing);
            call(&format!("/api/v1/instructions/{}/approve", text(&instruction, "id")), &privacy, json!({}));
            let until = chrono::DateTime::UNIX_EPOCH
                + std::time::UNIX_EPOCH.elapsed().expect("after 1970")
                + chrono::Duration::days(30);
            let key = json!({"name": "application", "scopes": ["decisions.ask"], "expires_at": until});
            text(&call("/api/v1/api-keys", &security, key), "token")
        };
        let tenure = workload::open(dir, url);
        let tenant: TenantId = office.tenant.parse().expect("an id");
        let subject: SubjectId = text(office.member("subject"), "subject_id").parse().expect("an id");
        workload::deposit(&tenure, tenant, subject, 400);
        Self { key, member: text(office.member("operator"), "id"), holdings: held(&tenure, tenant, subject) }
    }

    fn question(&self, n: usize) -> Value {
        json!({
            "subject": {"type": "membership", "id": self.member},
            "action": {"name": "read"},
            "resource": {"type": "holding", "id": self.holdings[n % self.holdings.len()]},
            "context": {"purpose": "payroll"},
        })
    }
}

/// What is held of them that the instruction speaks of.
fn held(tenure: &Tenure, tenant: TenantId, subject: SubjectId) -> Vec<String> {
    let attempt = Attempt::by(Arc::clone(&tenure.platform), tenant, Actor::Operator);
    let ids = attempt.run_here(&Act::named("holdings.read"), |tx| {
        let ids = tenure::holdings::some_holdings(tx, Some(subject), None, 400)?;
        tenure::holdings::data_of(tx, &ids)
    });
    let all = ids.unwrap_or_else(|e| panic!("{e}")).into_iter();
    let permitted = all.filter(|(_, sides)| sides.iter().all(|side| side.class == "attendance.clock_in"));
    permitted.map(|(id, _)| id.to_string()).collect()
}

//! Searching 30,000 people by name: the first search, which opens the names, and the next ones, as somebody types.
//!
//! Over HTTP with the record of each search, as the console does it. Hiring goes in from inside, because it is not what is
//! measured.

use crate::program::{Program, Running};
use crate::table::{Against, Runs, Table};
use crate::workload;
use scenarios::postgres::PostgresCluster;
use serde_json::{Value, json};
use std::time::Instant;

const PEOPLE: usize = 30_000;
const SEARCHES: usize = 60;
const FIRST_SECONDS: f64 = 2.0;
const NEXT_MILLISECONDS: f64 = 100.0;
const PASSWORD: &str = "correct horse 远山";
const ADMIN: &str = "admin@yuanshan.example";
/// What somebody types, letter by letter, and otherwise.
const TYPED: [&str; 12] =
    ["l", "li", "lin", "linx", "linxiao", "lx", "wzx", "%E5%8D%95", "shan", "A1234", "zhangwei", "nobodyatall"];

/// On both databases.
pub fn measure(table: &mut Table) {
    for database in ["SQLite", "PostgreSQL"] {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let postgres = (database == "PostgreSQL").then(|| PostgresCluster::durable().database());
        let url = postgres.as_ref().map(|database| database.url());
        let program = Program::on(dir.path(), url.as_deref());
        let founding = ["tenant", "create", "--name", "远山科技", "--slug", "yuanshan", "--pack", "dingtalk"];
        let said = program.says(&[&founding[..], &["--admin-email", ADMIN]].concat());
        let token = said.lines().find_map(|line| line.strip_prefix("set-up token")).expect("it says the token").trim();
        // `organisation  yuanshan (id)`
        let id = said.lines().next().and_then(|line| line.split(['(', ')']).nth(1)).expect("it says the id");
        workload::hire(&workload::open(dir.path(), url.as_deref()), id.parse().expect("an id"), PEOPLE);
        let server = program.starts(&["serve"]);
        let body = json!({"token": token, "password": PASSWORD});
        server.call("POST", "/api/v1/auth/setup", None, Some(&body));
        let body = json!({"identifier": ADMIN, "password": PASSWORD});
        let signed_in = server.call("POST", "/api/v1/auth/sign-in", None, Some(&body));
        let admin = signed_in["access_token"].as_str().expect("a token").to_owned();
        let before = server.memory("VmRSS");
        let first = search(&server, &admin, "wang").0 / 1_000.0;
        let next: Vec<(f64, Value)> =
            TYPED.iter().cycle().take(SEARCHES).map(|typed| search(&server, &admin, typed)).collect();
        assert!(next.iter().any(|(_, page)| page["items"].as_array().is_some_and(|items| items.len() == 50)));
        let name = format!("search among 30,000 people, {database}");
        table.row(format!("{name}: the first"), Runs::of(vec![first]), "s", Against::AtMost(FIRST_SECONDS));
        let next = Runs::of(next.into_iter().map(|(took, _)| took).collect());
        table.row(format!("{name}: each next"), next, "ms", Against::AtMost(NEXT_MILLISECONDS));
        let kept = Runs::of(vec![server.memory("VmRSS") - before]);
        table.row(format!("{name}: memory for the names"), kept, "MiB", Against::Nothing);
    }
}

/// Milliseconds, and the page.
fn search(server: &Running, admin: &str, typed: &str) -> (f64, Value) {
    let start = Instant::now();
    let page = server.call("GET", &format!("/api/v1/members?q={typed}"), Some(admin), None);
    (start.elapsed().as_secs_f64() * 1_000.0, page)
}

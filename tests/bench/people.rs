//! Searching 30,000 people by name: the first search, which opens the names, and the next ones, as somebody types.
//!
//! Over HTTP with the record of each search, as the console does it. Hiring goes in from inside, because it is not what is
//! measured.

use crate::program::{Program, Running};
use crate::table::{Against, Runs, Table};
use crate::workload;
use chrono::NaiveDate;
use scenarios::postgres::PostgresCluster;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tenure::people::{self, AccountKind, HrFacts, Joining, PeopleError};
use tenure::platform::attempt::{Act, Attempt};
use tenure::platform::caller::Actor;

const PEOPLE: usize = 30_000;
const SEARCHES: usize = 60;
const FIRST_SECONDS: f64 = 2.0;
const NEXT_MILLISECONDS: f64 = 100.0;
const PASSWORD: &str = "correct horse 远山";
const ADMIN: &str = "admin@yuanshan.example";
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕单解";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰晓雨欣怡子轩浩宇梓涵诗琪思远博文嘉懿若曦";
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
        hire(dir.path(), url.as_deref(), &said);
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

fn hire(dir: &Path, url: Option<&str>, said: &str) {
    let tenure = workload::open(dir, url);
    // `organisation  yuanshan (id)`
    let id = said.lines().next().and_then(|line| line.split(['(', ')']).nth(1)).expect("it says the id");
    let tenant = id.parse().expect("an id");
    let (surnames, given): (Vec<char>, Vec<char>) = (SURNAMES.chars().collect(), GIVEN.chars().collect());
    let name = |n: usize| -> String {
        let second = (!n.is_multiple_of(5)).then(|| given[n / 7 % given.len()]);
        [Some(surnames[n % surnames.len()]), Some(given[n / 3 % given.len()]), second].into_iter().flatten().collect()
    };
    let numbers: Vec<usize> = (0..PEOPLE).collect();
    for some in numbers.chunks(1_000) {
        let hired = Attempt::by(Arc::clone(&tenure.platform), tenant, Actor::Operator).run_here(
            &Act::named("members.join"),
            |tx| {
                for n in some {
                    let joining = Joining {
                        person: tx.new_id(),
                        account: tx.new_id(),
                        account_kind: AccountKind::Personal,
                        staff_number: format!("A{n:05}"),
                        first_day: NaiveDate::from_ymd_opt(2024, 5, 1).expect("a day"),
                        contacts: Vec::new(),
                        facts: HrFacts { name: Some(name(*n)), ..HrFacts::default() },
                        said_at: tx.now(),
                    };
                    people::hire(tx, &joining)?;
                }
                Ok::<_, PeopleError>(())
            },
        );
        hired.unwrap_or_else(|e| panic!("{e}"));
    }
}

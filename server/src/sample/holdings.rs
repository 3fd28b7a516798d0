//! The sample's holdings: what the vault keeps, and what the office suite keeps and registers line by line.

use super::error::SampleError;
use super::people::{Crowd, Member};
use super::tables::{GroupRow, Spread, SuiteRow, Tables, VaultRow};
use crate::holdings::{Deposit, Registration, put_in_vault, register_line_by_line};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::ids::ConnectorId;
use chrono::Duration;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// Lines a registration.
const CHUNK: usize = 500;
/// How long the dedicated security service has been on. Before it, chat among colleagues is nobody's but theirs.
const SECURITY_SERVICE_DAYS: i64 = 400;

/// How long nobody has written in a group.
const GROUPS_DAYS: i64 = 2;

/// Puts everybody's things into the vault. Returns how many there are.
pub(super) fn deposit_all(tx: &mut TenantTx<'_>, tables: &Tables, crowd: &Crowd) -> Result<usize, SampleError> {
    let mut count = 0;
    for (n, member) in crowd.0.iter().enumerate() {
        let now = tx.now();
        let of = |row| deposits(row, n, member, now);
        let deposits: Vec<Deposit> = tables.vault.iter().flat_map(of).collect();
        count += put_in_vault(tx, &deposits)?.len();
    }
    Ok(count)
}

/// When each copy came to be: the newest a few days ago, none before its subject joined.
fn moments(spread: &Spread, n: usize, member: &Member, now: Ts) -> Vec<(usize, Ts)> {
    if !n.is_multiple_of(spread.every) && member.row.badge.as_deref() != Some("leaver") {
        return Vec::new();
    }
    let age = |copy: usize| 2 + i64::try_from(copy).unwrap_or(0) * spread.days_apart;
    let joined = |copy: &usize| age(*copy) <= member.row.days;
    (0..spread.copies).filter(joined).map(|copy| (copy + 1, Ts(*now - Duration::days(age(copy))))).collect()
}

fn deposits(row: &VaultRow, n: usize, member: &Member, now: Ts) -> Vec<Deposit> {
    let deposit = |(copy, at)| Deposit {
        class: row.class.clone(),
        subject: member.subject(),
        staff_number: Some(member.row.number.clone()),
        occurred_at: Some(at),
        facts: row.facts.clone(),
        legal_ground: false,
        content: filled(&row.content, member, n, copy, at).into_bytes(),
    };
    moments(&row.spread, n, member, now).into_iter().map(deposit).collect()
}

fn filled(template: &str, member: &Member, n: usize, copy: usize, at: Ts) -> String {
    let month = at.with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m").to_string();
    template
        .replace("{name}", &member.row.name)
        .replace("{number}", &member.row.number)
        .replace("{position}", &member.row.position)
        .replace("{department}", &member.department)
        .replace("{n4}", &format!("{n:04}"))
        .replace("{copy}", &copy.to_string())
        .replace("{month}", &month)
}

/// Registers what the office suite keeps, as the suite would do it. Returns how it calls each.
pub(super) fn register_all(
    tx: &mut TenantTx<'_>,
    tables: &Tables,
    slug: &str,
    crowd: &Crowd,
    connector: ConnectorId,
) -> Result<Vec<String>, SampleError> {
    let now = tx.now();
    let mut all = Vec::new();
    for (n, member) in crowd.0.iter().enumerate() {
        all.extend(tables.suite.iter().flat_map(|row| of_member(row, n, member, now)));
    }
    let groups = tables.groups.iter().filter(|g| g.organisation == slug);
    all.extend(groups.map(|row| of_group(row, tables, crowd, now)));
    all.extend(chats(crowd, now));
    let lines: Vec<(u64, String)> =
        (1..).zip(&all).map(|(n, r)| Ok((n, serde_json::to_string(r)?))).collect::<Result<_, SampleError>>()?;
    for chunk in lines.chunks(CHUNK) {
        SampleError::of_report(register_line_by_line(tx, connector, chunk)?)?;
    }
    Ok(all.into_iter().map(|r| r.locator).collect())
}

/// Different for everybody, and the same on every first start.
fn varied(about: i64, n: usize, copy: usize) -> i64 {
    about + i64::try_from((n * 37 + copy * 11) % 53).unwrap_or(0) * about / 53
}

fn of_member(row: &SuiteRow, n: usize, member: &Member, now: Ts) -> Vec<Registration> {
    let registration = |(copy, at)| {
        let items = varied(row.items, n, copy);
        Registration {
            corrected: false,
            locator: filled(&row.locator, member, n, copy, at),
            class: row.class.clone(),
            subjects: vec![member.row.number.clone()],
            items,
            bytes: items * row.bytes_each,
            first_at: Some(Ts(*at - Duration::days(member.row.days.min(90)))),
            last_at: Some(at),
            occurred_at: Some(at),
            facts: row.facts.clone(),
            sides: HashMap::new(),
        }
    };
    moments(&row.spread, n, member, now).into_iter().map(registration).collect()
}

fn of_group(row: &GroupRow, tables: &Tables, crowd: &Crowd, now: Ts) -> Registration {
    let departments: HashSet<&str> = tables.below(&row.organisation, &row.departments);
    let is_in = |m: &&Member| departments.contains(m.row.department.as_str()) || row.people.contains(&m.row.number);
    // The first admin joined today and has not said anything yet.
    let was_there = |m: &&Member| m.row.days > GROUPS_DAYS;
    let subjects = crowd.0.iter().filter(was_there).filter(is_in).map(|m| m.row.number.clone()).collect();
    let consent: Map<String, Value> = [("consent".to_owned(), json!("explicit"))].into_iter().collect();
    let last_at = Ts(*now - Duration::days(GROUPS_DAYS));
    Registration {
        corrected: false,
        locator: row.locator.clone(),
        class: row.class.clone(),
        subjects,
        items: row.items,
        bytes: row.items * 380,
        first_at: Some(Ts(*now - Duration::days(800))),
        last_at: Some(last_at),
        occurred_at: Some(last_at),
        facts: row.facts.clone(),
        sides: row.consenting.iter().map(|number| (number.clone(), consent.clone())).collect(),
    }
}

/// Chat among colleagues, in the three ways in which it is ruled: at work under the dedicated security service, at work
/// before the organisation had it, and in private under it, which the policy leaves open.
fn chats(crowd: &Crowd, now: Ts) -> Vec<Registration> {
    let mut all = Vec::new();
    let mut pairs = HashSet::new();
    for (n, one) in crowd.0.iter().enumerate() {
        for step in [1, 4, 11] {
            let m = (n + step) % crowd.0.len();
            let other = &crowd.0[m];
            if n != m && pairs.insert((n.min(m), n.max(m))) {
                all.push(chat(one, other, ((n + step) % 3, step), now));
            }
        }
    }
    all
}

fn chat(one: &Member, other: &Member, (way, step): (usize, usize), now: Ts) -> Registration {
    let both_there = one.row.days.min(other.row.days);
    let (capacity, features, age) = match way {
        0 if both_there > SECURITY_SERVICE_DAYS + 30 => ("member", json!([]), SECURITY_SERVICE_DAYS + 20),
        1 if step == 4 => ("private", json!(["dedicated_security"]), 6),
        _ => ("member", json!(["dedicated_security"]), 3),
    };
    let facts = json!({
        "source": "produced", "capacity": capacity, "conversation": "direct_colleague", "features": features,
        "service": { "name": "im", "opened_by": "organisation" },
    });
    let last_at = Ts(*now - Duration::days(age.min(both_there)));
    let items = varied(140, step, one.row.number.len() + other.row.name.len());
    Registration {
        corrected: false,
        locator: format!("chat/{}-{}", one.row.number, other.row.number),
        class: "im.colleague_direct_chat".into(),
        subjects: vec![one.row.number.clone(), other.row.number.clone()],
        items,
        bytes: items * 300,
        first_at: Some(Ts(*last_at - Duration::days(20))),
        last_at: Some(last_at),
        occurred_at: Some(last_at),
        facts: facts.as_object().cloned().unwrap_or_default(),
        sides: HashMap::new(),
    }
}

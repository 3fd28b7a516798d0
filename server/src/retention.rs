//! The nightly look at what is due: data whose time to be kept is over goes without waiting for anybody to ask
//! (gbt35273-6.1-b), and what the platform itself no longer needs is forgotten.

use crate::certification;
use crate::holdings::{self, Selector};
use crate::instructions::{self, Draft, Kind, Scope};
use crate::orders;
use crate::packs;
use crate::platform::Platform;
use crate::platform::attempt::{across_tenants, idempotency};
use crate::platform::caller::Actor;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::InstructionId;
use crate::platform::jobs::{self, JobError, Registry, Step};
use crate::platform::record::Record;
use crate::platform::sign_in;
use policy_model::calendar::start_of_day;
use policy_model::instruction::Action;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// Looks at what is due, once a day and tenant.
pub const DAILY: &str = "retention.daily";

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    registry.inside(DAILY, step);
}

/// Looks for tenants that have no daily look yet, now and every hour: another process may have made one.
pub async fn watch(platform: Arc<Platform>) -> Result<(), JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    scheduler
        .add(Job::new_async("0 7 * * * *", move |_, _| {
            let platform = platform.clone();
            Box::pin(async move {
                let done = actix_web::rt::task::spawn_blocking(move || schedule(&platform)).await;
                if let Ok(Err(e)) = done {
                    tracing::error!(code = "retention.schedule-failed", error = %e);
                }
            })
        })?)
        .await?;
    scheduler.start().await
}

/// Makes sure that every tenant has its daily look.
pub fn schedule(platform: &Platform) -> Stored<()> {
    across_tenants(platform, |p| {
        let mut after = None;
        loop {
            let tenants = packs::list_tenants(p, after, 500)?;
            let Some(last) = tenants.last() else { return Ok(()) };
            after = Some(last.id);
            for tenant in &tenants {
                p.in_tenant(tenant.id, Actor::Job(DAILY), plan_next)?;
            }
        }
    })
}

/// Plans the first look of a tenant that has none.
pub fn plan_next(tx: &mut TenantTx<'_>) -> Stored<()> {
    let next = next_night(tx)?;
    jobs::ensure(tx, next, DAILY, "daily")
}

/// The start of the tenant's next civil day.
fn next_night(tx: &mut TenantTx<'_>) -> Stored<Ts> {
    let tz = packs::time_zone(tx)?;
    let today = tx.now().with_timezone(&tz).date_naive();
    Ok(Ts::from(start_of_day(today.succ_opt().unwrap_or(today), tz)))
}

fn step(tx: &mut TenantTx<'_>, _: &Value) -> Result<Step, JobError> {
    instructions::expire_lapsed(tx)?;
    propose_disposals(tx)?;
    certification::begin_when_due(tx)?;
    let yesterday = Ts(*tx.now() - chrono::Duration::days(1));
    idempotency::forget(tx, yesterday)?;
    tx.as_platform(sign_in::forget_old)?;
    Ok(Step::WaitUntil(next_night(tx)?, json!({})))
}

/// A disposal is settled: when it was approved, its orders start, one a place where the data lives.
pub fn settled(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<(), JobError> {
    let i = instructions::find(tx, id)?;
    if i.state != instructions::State::InForce {
        return Ok(());
    }
    let scope: Scope = serde_json::from_str(&i.scope).map_err(|e| JobError::of(e.to_string()))?;
    let tz = packs::time_zone(tx)?;
    let today = tx.now().with_timezone(&tz).date_naive();
    let (Some(subject), Some(class)) = (scope.subjects.first().copied(), scope.classes.first().cloned()) else {
        return Ok(());
    };
    let mut places = vec![None];
    places.extend(holdings::list_connectors(tx)?.into_iter().map(|c| Some(c.id)));
    for connector in places {
        let selector = Selector::Overdue { class: class.clone(), connector, today };
        if holdings::next_sides(tx, subject, None, &selector)?.0.is_empty() {
            continue;
        }
        let start = orders::Start { instruction: id, subject, selector, origin: ("retention", None, None) };
        orders::start(tx, &start)?;
    }
    Ok(())
}

/// What is overdue becomes instructions, by subject and class; they pass the approval rules like any other.
fn propose_disposals(tx: &mut TenantTx<'_>) -> Result<(), JobError> {
    let tz = packs::time_zone(tx)?;
    let today = tx.now().with_timezone(&tz).date_naive();
    let pack = packs::in_force(tx)?;
    let mut due: BTreeMap<_, i64> = BTreeMap::new();
    let sides = holdings::due_for_disposal(tx, today, 5_000)?;
    let ids: Vec<_> = sides.iter().map(|s| s.holding_id).collect();
    let held = holdings::holdings_by_id(tx, &ids)?;
    for side in &sides {
        if let Some(holding) = held.get(&side.holding_id) {
            *due.entry((side.subject_id, holding.class.clone())).or_default() += 1;
        }
    }
    for ((subject, class), count) in due {
        if holdings::holds_on(tx, subject)?.iter().any(|h| h.covers(&class)) {
            continue;
        }
        let then = policy_model::schedule::schedule_for(pack.schedules(), &class).map(|s| s.then);
        let action = match then {
            Some(policy_model::schedule::Then::Anonymise) => Action::Anonymise,
            Some(policy_model::schedule::Then::Delete) | None => Action::Delete,
        };
        let draft = Draft {
            kind: Kind::Order,
            action,
            purpose: "retention".into(),
            scope: Scope {
                classes: vec![class.clone()],
                operations: vec![action.as_str().into()],
                subjects: vec![subject],
                ..Scope::default()
            },
            reason: "留存期限已届满 / the retention period has ended".into(),
            until: None,
            holdings: count,
            executor: None,
            author: None,
            drawn_by: None,
            origin: ("retention", None),
        };
        if instructions::is_proposed(tx, "retention", action, subject, &class)? {
            continue;
        }
        instructions::propose(tx, draft)?;
        tx.record(
            Record::of("retention.due").about(subject).class(&class).with("holdings", count).citing(["gbt35273-6.1-b"]),
        );
    }
    Ok(())
}

//! How far an order by hand has come: planned person by person into orders, carried out, its package fetched.

use super::error::OrderError;
use super::model::OrderState;
use super::store;
use crate::instructions;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts, lost_race};
use crate::platform::ids::InstructionId;
use crate::platform::record::Record;
use crate::text_enum;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};

tenant_table! {
    order_runs (instruction_id) {
        instruction_id -> SqlUid, state -> Text, orders -> BigInt, package_until -> Nullable<SqlTs>,
        package_lines -> Nullable<BigInt>, package_bytes -> Nullable<BigInt>, package_sha256 -> Nullable<Text>,
        fetched_at -> Nullable<SqlTs>, created_at -> SqlTs, finished_at -> Nullable<SqlTs>, version -> BigInt,
    }
}

text_enum! {
    /// Where an order by hand stands.
    RunState {
        /// It is being divided into orders, person by person.
        Planning = "planning",
        /// Its orders run.
        Running = "running",
        /// Every holding is as ordered.
        Done = "done",
        /// Finished, but some holdings could not be done; they can be done again.
        DoneWithFailures = "done_with_failures",
        /// Its instruction was taken back, or its package not fetched in time; what had not been done stays undone.
        Stopped = "stopped",
    }
}

/// How far an order by hand has come.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_runs, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Run {
    pub instruction_id: InstructionId,
    pub state: RunState,
    pub orders: i64,
    pub package_until: Option<Ts>,
    pub package_lines: Option<i64>,
    pub package_bytes: Option<i64>,
    pub package_sha256: Option<String>,
    pub fetched_at: Option<Ts>,
    pub created_at: Ts,
    pub finished_at: Option<Ts>,
    pub version: i64,
}

/// The run of an instruction, made on first sight.
pub(super) fn begin(tx: &mut TenantTx<'_>, instruction_id: InstructionId) -> Stored<Run> {
    let run = Run {
        instruction_id,
        state: RunState::Planning,
        orders: 0,
        package_until: None,
        package_lines: None,
        package_bytes: None,
        package_sha256: None,
        fetched_at: None,
        created_at: tx.now(),
        finished_at: None,
        version: 1,
    };
    tx.add(order_runs::table, &run)?;
    Ok(run)
}

pub(super) fn find(tx: &mut TenantTx<'_>, instruction: InstructionId) -> Stored<Option<Run>> {
    tx.first(order_runs::table, |rows| rows.filter(order_runs::instruction_id.eq(instruction)).select(Run::as_select()))
}

pub(super) fn save(tx: &mut TenantTx<'_>, run: &mut Run) -> Stored<()> {
    let before = run.version;
    run.version += 1;
    let now = run.clone();
    let changed = tx.change(order_runs::table, |rows| {
        diesel::update(
            rows.filter(order_runs::instruction_id.eq(now.instruction_id)).filter(order_runs::version.eq(before)),
        )
        .set((
            order_runs::state.eq(now.state),
            order_runs::orders.eq(now.orders),
            order_runs::package_until.eq(now.package_until),
            order_runs::package_lines.eq(now.package_lines),
            order_runs::package_bytes.eq(now.package_bytes),
            order_runs::package_sha256.eq(now.package_sha256),
            order_runs::fetched_at.eq(now.fetched_at),
            order_runs::finished_at.eq(now.finished_at),
            order_runs::version.eq(now.version),
        ))
    })?;
    if changed == 1 { Ok(()) } else { Err(lost_race()) }
}

/// Looks whether every order of a run is over, and ends it with a record of what it came to.
pub(super) fn settle(tx: &mut TenantTx<'_>, instruction: InstructionId) -> Result<(), OrderError> {
    let Some(mut run) = find(tx, instruction)? else { return Ok(()) };
    match run.state {
        RunState::Planning | RunState::Done | RunState::Stopped => return Ok(()),
        RunState::Running | RunState::DoneWithFailures => {}
    }
    let states = store::states_under(tx, instruction)?;
    let is_over = |s: OrderState| matches!(s, OrderState::Done | OrderState::DoneWithFailures | OrderState::Cancelled);
    let before = run.state;
    run.state = if states.iter().any(|(state, ..)| !is_over(*state)) {
        RunState::Running
    } else if states.iter().any(|(state, ..)| *state == OrderState::DoneWithFailures) {
        RunState::DoneWithFailures
    } else {
        RunState::Done
    };
    if run.state == before {
        return Ok(());
    }
    run.finished_at = (run.state != RunState::Running).then(|| tx.now());
    save(tx, &mut run)?;
    if run.state == RunState::Running {
        return Ok(());
    }
    let sum = |part: fn(&(OrderState, i64, i64, i64)) -> i64| states.iter().map(part).sum::<i64>();
    let (holdings, done, failed) = (sum(|s| s.1), sum(|s| s.2), sum(|s| s.3));
    let scope = instructions::in_force(tx, instruction)?;
    let mut record = Record::of("orders.complete")
        .on("instruction", instruction)
        .under(instruction)
        .purpose(scope.purpose())
        .with("action", scope.action().as_str())
        .with("state", run.state.as_str())
        .with("subjects", scope.scope().subjects.len())
        .with("orders", run.orders)
        .with("holdings", holdings)
        .with("done", done)
        .with("failed", failed);
    if let Some(hash) = &run.package_sha256 {
        record = record.with("package_sha256", hash.clone());
    }
    for subject in scope.scope().subjects.iter().take(100) {
        record = record.about(*subject);
    }
    tx.record(record);
    // A package may be fetched again until its time is over: till then the instruction stays in force.
    if run.state == RunState::Done && run.package_until.is_none_or(|until| until <= tx.now()) {
        instructions::carried_out(tx, instruction)?;
    }
    Ok(())
}

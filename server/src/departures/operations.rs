//! Opening a departure, adjusting its lines, and what happens on the day.

use super::error::DepartureError;
use super::facts::{Gathered, can_take};
use super::jobs::END_ACCESS;
use super::model::{Departure, LineRow, LineState, State};
use super::{certify, store, submit};
use crate::attention;
use crate::holdings::{GroupKey, Selector};
use crate::instructions;
use crate::orders::{self, OrderState};
use crate::packs;
use crate::people::{self, Membership};
use crate::platform::db::{StoreError, Stored, TenantTx, Ts};
use crate::platform::ids::{DepartureId, LineId, MembershipId, SubjectId};
use crate::platform::jobs;
use crate::platform::record::Record;
use policy_model::calendar::start_of_day;
use policy_model::departure::{Disposition, may_change};
use serde_json::json;

/// Opens and plans the departure of a membership. A repeat returns the one already open; another last day or successor
/// plans it anew, and what had been approved of the old plan is taken back.
pub fn open(tx: &mut TenantTx<'_>, m: &Membership, successor: Option<SubjectId>) -> Result<Departure, DepartureError> {
    let last_day = m.last_day.unwrap_or(m.first_day);
    let effective_at = match people::roles::ends_at(tx, m)? {
        Some(told) => told,
        None => Ts::from(start_of_day(last_day.succ_opt().unwrap_or(last_day), packs::time_zone(tx)?)),
    };
    let mut departure = match store::find_open(tx, m.id)? {
        Some(open) if open.effective_at == effective_at && (successor.is_none() || open.successor_id == successor) => {
            return Ok(open);
        }
        Some(open) if !open.state.is_before_the_day() || open.access_ended_at.is_some() => {
            return Err(DepartureError::State(open.state));
        }
        Some(mut open) => {
            submit::take_back(tx, &mut open, "the last day or the successor changed")?;
            open.last_day = last_day;
            open.effective_at = effective_at;
            open.successor_id = successor.or(open.successor_id);
            open.reason.clone_from(&m.leave_reason);
            store::save(tx, &mut open)?;
            open
        }
        None => {
            let new = new_departure(tx, m, effective_at, successor);
            store::insert(tx, &new)?;
            new
        }
    };
    replan(tx, &mut departure)?;
    tx.run_at(effective_at, END_ACCESS, &departure.id.to_string(), &json!({ "departure": departure.id }))?;
    Ok(departure)
}

/// Whoever was said to take over from somebody who leaves is known now: the plan is made with them, as far as nothing has
/// begun and nobody else was named.
pub fn successor_came(tx: &mut TenantTx<'_>, m: &Membership, successor: SubjectId) -> Result<(), DepartureError> {
    match store::find_open(tx, m.id)? {
        Some(d) if d.successor_id.is_none() && d.state.is_before_the_day() && d.access_ended_at.is_none() => {
            open(tx, m, Some(successor)).map(drop)
        }
        Some(_) | None => Ok(()),
    }
}

/// What was said about a successor was taken back: the plan is made anew without, as far as nothing has begun.
pub fn without_successor(tx: &mut TenantTx<'_>, membership: MembershipId) -> Result<(), DepartureError> {
    let Some(mut open) = store::find_open(tx, membership)? else { return Ok(()) };
    if open.successor_id.is_none() || !open.state.is_before_the_day() || open.access_ended_at.is_some() {
        return Ok(());
    }
    submit::take_back(tx, &mut open, "the successor was taken back")?;
    open.successor_id = None;
    store::save(tx, &mut open)?;
    replan(tx, &mut open)
}

fn new_departure(tx: &TenantTx<'_>, m: &Membership, effective_at: Ts, successor_id: Option<SubjectId>) -> Departure {
    Departure {
        id: tx.new_id(),
        membership_id: m.id,
        subject_id: m.subject_id,
        state: State::Planned,
        last_day: m.last_day.unwrap_or(m.first_day),
        effective_at,
        reason: m.leave_reason.clone(),
        successor_id,
        planned_by: None,
        planned_by_subject: None,
        access_ended_at: None,
        opened_at: tx.now(),
        submitted_at: None,
        approved_at: None,
        finished_at: None,
        supplements: None,
        certificate_id: None,
        version: 1,
    }
}

/// Computes the plan from the facts as they are now.
pub(super) fn replan(tx: &mut TenantTx<'_>, d: &mut Departure) -> Result<(), DepartureError> {
    let gathered = Gathered::of(tx, d)?;
    let plan = gathered.plan()?;
    store::remove_lines(tx, d.id)?;
    let mut rows = Vec::with_capacity(plan.lines.len());
    for (position, line) in plan.lines.iter().enumerate() {
        rows.push(gathered.row(tx, d, position, line)?);
    }
    store::insert_lines(tx, &rows)?;
    tx.record(
        Record::of("departures.plan")
            .on("departure", d.id)
            .about(d.subject_id)
            .with("lines", rows.len())
            .with("holdings", rows.iter().map(|r| r.holdings).sum::<i64>())
            .with("items", rows.iter().fold(0_i64, |sum, r| sum.saturating_add(r.items)))
            .with("destructive_lines", rows.iter().filter(|r| r.destructive).count()),
    );
    Ok(())
}

/// What somebody wants a line to become.
#[derive(Debug, Clone)]
pub(super) struct Adjustment {
    pub disposition: String,
    pub successor: Option<String>,
}

/// Changes a line within what schedules and law allow.
pub(super) fn adjust(
    tx: &mut TenantTx<'_>,
    id: DepartureId,
    line: LineId,
    version: i64,
    wanted: &Adjustment,
) -> Result<LineRow, DepartureError> {
    let d = store::find(tx, id)?.ok_or(DepartureError::Unknown)?;
    submit::may_plan(tx, &d)?;
    let before = store::find_line(tx, id, line)?.ok_or(DepartureError::UnknownLine)?;
    if before.version != version {
        return Err(DepartureError::Stale { version: before.version });
    }
    let disposition = Disposition::ALL
        .into_iter()
        .find(|x| x.action().as_str() == wanted.disposition)
        .ok_or_else(|| DepartureError::UnknownDisposition(wanted.disposition.clone()))?;
    let mut with_taker = d.clone();
    if let Some(number) = &wanted.successor {
        let taker = people::active_by_staff_number(tx, number)?.ok_or(DepartureError::UnknownSuccessor)?;
        if taker.subject_id == d.subject_id {
            return Err(DepartureError::SuccessorLeaves);
        }
        if !can_take(tx, &d, taker.subject_id)? {
            return Err(DepartureError::UnknownSuccessor);
        }
        with_taker.successor_id = Some(taker.subject_id);
    }
    let gathered = Gathered::of(tx, &with_taker)?;
    let planned = gathered.plan()?.lines.into_iter().find(|l| l.group == before.group_key);
    let planned = planned.ok_or(DepartureError::UnknownLine)?;
    let changed = may_change(&planned, disposition, &gathered.facts()).map_err(DepartureError::WhyNot)?;
    let mut row = gathered.row(tx, &d, usize::try_from(before.position).unwrap_or(0), &changed)?;
    submit::refuse_receiver(tx, &row)?;
    row.id = before.id;
    row.version = before.version + 1;
    row.changed_by = tx.actor().membership();
    row.changed_at = Some(tx.now());
    store::replace_line(tx, before.version, &row)?;
    tx.record(
        Record::of("departures.plan")
            .on("departure", d.id)
            .about(d.subject_id)
            .class(&row.class)
            .with("line", row.id.to_string())
            .with("from", before.disposition)
            .with("to", row.disposition.clone())
            .citing(&changed.clauses),
    );
    Ok(row)
}

/// The effective instant: access ends, in one transaction, before any order runs (gbt35273-11.6-c).
pub(super) fn end_access(tx: &mut TenantTx<'_>, id: DepartureId) -> Result<(), DepartureError> {
    let Some(mut d) = store::find(tx, id)? else { return Ok(()) };
    if d.access_ended_at.is_some() || !State::OPEN.contains(&d.state) {
        return Ok(());
    }
    people::end_access(tx, d.membership_id)?;
    d.access_ended_at = Some(tx.now());
    store::save(tx, &mut d)?;
    tx.record(
        Record::of("departures.end-access")
            .on("departure", d.id)
            .about(d.subject_id)
            .with("state", d.state.as_str())
            .citing(["gbt35273-11.6-c"]),
    );
    match d.state {
        State::Approved => begin(tx, d),
        State::Planned | State::Submitted => Ok(attention::raise(
            tx,
            "departure.unapproved",
            ("departure", d.id.to_string()),
            "departures.unapproved-on-the-day",
            "Access has ended. The plan is not approved, so nothing of it was carried out; it waits.",
        )?),
        State::CarryingOut | State::Completed | State::Rescinded => Ok(()),
    }
}

/// Access has ended and the plan is approved: the orders start. What came in since the plan was made gets lines of its own.
pub(super) fn begin(tx: &mut TenantTx<'_>, mut d: Departure) -> Result<(), DepartureError> {
    if submit::has_gone_taker(tx, &d)? {
        submit::take_back(tx, &mut d, "whoever was to take over has left")?;
        return Ok(attention::raise(
            tx,
            "departure.fallen",
            ("departure", d.id.to_string()),
            "departures.successor-gone",
            "Whoever was to take over has left. Access has ended; adjust the plan and submit it again.",
        )?);
    }
    d.state = State::CarryingOut;
    store::save(tx, &mut d)?;
    attention::resolve_about(tx, "departure", &d.id.to_string(), "approved")?;
    add_latecomers(tx, &d)?;
    for mut line in store::lines(tx, d.id)? {
        start_line(tx, &d, &mut line)?;
    }
    follow(tx, d.id)
}

/// Groups that the plan did not know yet: data that was registered after it.
pub(super) fn add_missing(tx: &mut TenantTx<'_>, d: &Departure) -> Result<Vec<LineRow>, DepartureError> {
    let known: Vec<String> = store::lines(tx, d.id)?.into_iter().map(|l| l.group_key).collect();
    let gathered = Gathered::of(tx, d)?;
    let mut late = Vec::new();
    for line in gathered.plan()?.lines.iter().filter(|l| !known.contains(&l.group)) {
        late.push(gathered.row(tx, d, known.len() + late.len(), line)?);
    }
    store::insert_lines(tx, &late)?;
    Ok(late)
}

fn add_latecomers(tx: &mut TenantTx<'_>, d: &Departure) -> Result<(), DepartureError> {
    for mut line in add_missing(tx, d)?.into_iter().filter(|line| line.state != LineState::LeftAlone) {
        submit::instruct(tx, d, &mut line)?;
    }
    Ok(())
}

/// Starts the order of a line whose instruction is in force; one that still waits for approval is left waiting.
fn start_line(tx: &mut TenantTx<'_>, d: &Departure, line: &mut LineRow) -> Result<(), DepartureError> {
    let (Some(instruction), LineState::Instructed) = (line.instruction_id, line.state) else { return Ok(()) };
    match instructions::find(tx, instruction)?.state {
        instructions::State::InForce => {}
        instructions::State::Pending | instructions::State::CarriedOut => return Ok(()),
        // Nobody will say yes any more: the line is left undone, and a person is told, so that the others can end.
        instructions::State::Refused | instructions::State::Expired | instructions::State::Revoked => {
            attention::raise(
                tx,
                "line.undone",
                ("line", line.id.to_string()),
                "departures.line-undone",
                "The instruction of this line was refused, lapsed or revoked while the departure was carried out.",
            )?;
            return Ok(store::move_line(tx, line, LineState::Undone)?);
        }
    }
    if let Some(taker) = line.successor_id
        && !can_take(tx, d, taker)?
    {
        instructions::revoke(tx, instruction, "whoever was to take over has left")?;
        attention::raise(
            tx,
            "line.undone",
            ("line", line.id.to_string()),
            "departures.successor-gone",
            "Whoever was to take this over has left. Nothing was done with it.",
        )?;
        return Ok(store::move_line(tx, line, LineState::Undone)?);
    }
    let group: GroupKey = serde_json::from_str(&line.group_key).map_err(StoreError::from)?;
    let start = orders::Start {
        instruction,
        subject: d.subject_id,
        selector: Selector::Group { key: group, membership: d.membership_id },
        origin: ("departure", Some(submit::case(d.id)), Some(line.id)),
    };
    let order = orders::start(tx, &start)?;
    line.order_id = Some(order.id);
    store::move_line(tx, line, LineState::Running)?;
    Ok(())
}

/// Looks at where the orders stand; with the last of them done, the departure is certified.
pub fn follow(tx: &mut TenantTx<'_>, id: DepartureId) -> Result<(), DepartureError> {
    let Some(d) = store::find(tx, id)? else { return Ok(()) };
    match d.state {
        State::CarryingOut => {}
        State::Completed => return follow_what_failed(tx, d),
        State::Rescinded => return follow_what_was_stopped(tx, &d),
        State::Planned | State::Submitted | State::Approved => return Ok(()),
    }
    let mut open = 0;
    for mut line in store::lines(tx, id)? {
        if line.state == LineState::Instructed {
            start_line(tx, &d, &mut line)?;
        }
        if line.state == LineState::Running
            && let Some(order) = line.order_id
        {
            match orders::find(tx, order)?.state {
                OrderState::Done => store::move_line(tx, &mut line, LineState::Done)?,
                OrderState::DoneWithFailures => store::move_line(tx, &mut line, LineState::DoneWithFailures)?,
                OrderState::Cancelled => store::move_line(tx, &mut line, LineState::Undone)?,
                OrderState::Running | OrderState::Awaiting => {}
            }
        }
        open += u32::from(is_open(line.state));
    }
    if open == 0 { certify::certify(tx, d) } else { Ok(()) }
}

/// The departure was called off while a line that destroys ran: with its order the line ends, and says what became of it.
fn follow_what_was_stopped(tx: &mut TenantTx<'_>, d: &Departure) -> Result<(), DepartureError> {
    for mut line in store::lines(tx, d.id)? {
        let Some(order) = line.order_id.filter(|_| line.state == LineState::Running) else { continue };
        let order = orders::find(tx, order)?;
        let state = match order.state {
            OrderState::Running | OrderState::Awaiting => continue,
            OrderState::Done => LineState::Done,
            OrderState::DoneWithFailures => LineState::DoneWithFailures,
            OrderState::Cancelled if order.done > 0 => LineState::DoneWithFailures,
            OrderState::Cancelled => LineState::Undone,
        };
        store::move_line(tx, &mut line, state)?;
    }
    Ok(())
}

/// What had failed was done again: its line says so now, and so does a new certificate.
fn follow_what_failed(tx: &mut TenantTx<'_>, d: Departure) -> Result<(), DepartureError> {
    let mut done = 0;
    for mut line in store::lines(tx, d.id)? {
        let Some(order) = line.order_id.filter(|_| line.state == LineState::DoneWithFailures) else { continue };
        if orders::find(tx, order)?.state == OrderState::Done {
            store::move_line(tx, &mut line, LineState::Done)?;
            done += 1;
        }
    }
    if done == 0 { Ok(()) } else { certify::certify_anew(tx, &d) }
}

fn is_open(state: LineState) -> bool {
    match state {
        LineState::Planned | LineState::Instructed | LineState::Running => true,
        LineState::Done | LineState::DoneWithFailures | LineState::Undone | LineState::LeftAlone => false,
    }
}

/// The day is off: nothing ends access any more.
pub(super) fn cancel_the_day(tx: &mut TenantTx<'_>, id: DepartureId) -> Stored<()> {
    jobs::cancel(tx, END_ACCESS, &id.to_string())?;
    Ok(())
}

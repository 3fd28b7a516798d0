//! Submitting a plan, and the words of those who approve it.

use super::error::DepartureError;
use super::facts::can_take;
use super::model::{Departure, LineRow, LineState, State};
use super::view::Awaited;
use super::{operations, store};
use crate::attention;
use crate::instructions::{self, Decision, Draft, InstructionError, Kind, Scope};
use crate::packs;
use crate::people;
use crate::platform::db::{Stored, TenantTx};
use crate::platform::http::AsProblem;
use crate::platform::ids::{CaseId, DepartureId, Id};
use crate::platform::mail::{self, Template};
use crate::platform::record::Record;
use policy_model::instruction::Action;
use std::collections::BTreeSet;

/// A departure as instructions and orders know the case they came from.
pub(super) fn case(id: DepartureId) -> CaseId {
    id.uuid().into()
}

/// What the data is used for in a departure: to end it.
pub(super) const PURPOSE: &str = "departure";

/// Nobody decides about their own departure, and be it by handing in the plan (gbt35273-7.1-b).
pub(super) fn refuse_own(tx: &TenantTx<'_>, d: &Departure) -> Result<(), DepartureError> {
    if tx.actor().subject() == Some(d.subject_id) { Err(DepartureError::Own) } else { Ok(()) }
}

/// Handing over within the house takes nobody's yes, so whoever plans it must not be who receives it (gbt35273-7.1-b).
pub(super) fn refuse_receiver(tx: &TenantTx<'_>, line: &LineRow) -> Result<(), DepartureError> {
    match (line.successor_id, tx.actor().subject()) {
        (Some(taker), Some(caller)) if taker == caller => Err(DepartureError::OwnHandover),
        (Some(_) | None, _) => Ok(()),
    }
}

/// Whether the caller may change lines: what `can.adjust` shows.
pub(super) fn may_plan(tx: &TenantTx<'_>, d: &Departure) -> Result<(), DepartureError> {
    refuse_own(tx, d)?;
    if d.state == State::Planned { Ok(()) } else { Err(DepartureError::State(d.state)) }
}

/// Whether the caller may hand the plan in: what `can.submit` shows.
pub(super) fn may_submit(tx: &mut TenantTx<'_>, d: &Departure) -> Result<(), DepartureError> {
    may_plan(tx, d)?;
    store::lines(tx, d.id)?.iter().try_for_each(|line| refuse_receiver(tx, line))?;
    if has_gone_taker(tx, d)? { Err(DepartureError::SuccessorGone) } else { Ok(()) }
}

/// Whether something would be handed over to somebody who has left since the plan was made.
pub(super) fn has_gone_taker(tx: &mut TenantTx<'_>, d: &Departure) -> Stored<bool> {
    let takers: BTreeSet<_> = store::lines(tx, d.id)?.iter().filter_map(|line| line.successor_id).collect();
    for taker in takers {
        if !can_take(tx, d, taker)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Turns the lines into instructions. Those that need nobody's yes are in force; the others wait.
pub(super) fn submit(tx: &mut TenantTx<'_>, id: DepartureId) -> Result<Departure, DepartureError> {
    let mut d = store::find(tx, id)?.ok_or(DepartureError::Unknown)?;
    may_submit(tx, &d)?;
    for mut line in store::lines(tx, id)?.into_iter().filter(|line| line.state != LineState::LeftAlone) {
        instruct(tx, &d, &mut line)?;
    }
    d.state = State::Submitted;
    d.submitted_at = Some(tx.now());
    d.planned_by = tx.actor().membership();
    d.planned_by_subject = tx.actor().subject();
    store::save(tx, &mut d)?;
    tx.record(Record::of("departures.submit").on("departure", id).about(d.subject_id));
    tell_approvers(tx, id)?;
    settle(tx, d)
}

/// Writes to everybody whose yes is needed. They learn that something waits, not about whom.
fn tell_approvers(tx: &mut TenantTx<'_>, id: DepartureId) -> Result<(), DepartureError> {
    let mut told = BTreeSet::new();
    let mut expires = None;
    for i in pending(tx, id)? {
        expires = expires.or(i.expires_at);
        for role in instructions::waiting_roles(tx, &i)?.0 {
            told.extend(people::roles::acting(tx, &role)?.into_iter().map(|(membership, _)| membership));
        }
    }
    let row = packs::tenant(tx)?;
    let base = tx.platform().config().public_address();
    for membership in told {
        let Some(account) = people::find_membership(tx, membership)?.and_then(|m| m.account_id) else { continue };
        let words = [
            ("organisation", row.name.clone()),
            ("expires", expires.map(|at| at.date_naive().to_string()).unwrap_or_default()),
            ("where", format!("{base}/departures/{id}")),
        ];
        mail::post(tx, account, Template::ApprovalWaits, &row.locale, words)?;
    }
    Ok(())
}

/// The instruction of one line.
pub(super) fn instruct(tx: &mut TenantTx<'_>, d: &Departure, line: &mut LineRow) -> Result<(), DepartureError> {
    let action = Action::ALL
        .iter()
        .copied()
        .find(|a| a.as_str() == line.disposition)
        .ok_or_else(|| DepartureError::UnknownDisposition(line.disposition.clone()))?;
    // Whoever made of a line what it is does not agree to it, whoever hands the plan in (gbt35273-7.1-b).
    let drawn_by = match line.changed_by {
        None => None,
        Some(id) => people::find_membership(tx, id)?.map(|m| m.subject_id),
    };
    let draft = Draft {
        kind: Kind::Order,
        action,
        purpose: PURPOSE.into(),
        scope: Scope {
            classes: vec![line.class.clone()],
            operations: vec![line.disposition.clone()],
            subjects: vec![d.subject_id],
            successor: line.successor_id,
            retain_until: line.retain_until,
            ..Scope::default()
        },
        reason: format!("{} / {}", line.reason_zh, line.reason_en).chars().take(2_000).collect(),
        until: None,
        holdings: line.holdings,
        executor: None,
        author: d.planned_by.zip(d.planned_by_subject),
        drawn_by,
        origin: ("departure", Some(case(d.id))),
    };
    let instruction = instructions::propose(tx, draft)?;
    line.instruction_id = Some(instruction.id);
    store::move_line(tx, line, LineState::Instructed)?;
    Ok(())
}

/// One person's yes to every instruction of the departure that waits for them.
pub(super) fn approve(
    tx: &mut TenantTx<'_>,
    id: DepartureId,
    reason: Option<&str>,
) -> Result<Departure, DepartureError> {
    let d = decide_all(tx, id, Decision::Approve, reason)?;
    tx.record(Record::of("departures.approve").on("departure", id).about(d.subject_id));
    settle(tx, d)
}

/// One person's no: the plan goes back to be adjusted.
pub(super) fn refuse(tx: &mut TenantTx<'_>, id: DepartureId, reason: &str) -> Result<Departure, DepartureError> {
    let mut d = decide_all(tx, id, Decision::Refuse, Some(reason))?;
    if d.state.is_before_the_day() {
        take_back(tx, &mut d, reason)?;
    } else {
        // What runs goes on; the lines that were refused are left undone.
        operations::follow(tx, id)?;
    }
    tx.record(Record::of("departures.refuse").on("departure", id).about(d.subject_id));
    Ok(d)
}

fn decide_all(
    tx: &mut TenantTx<'_>,
    id: DepartureId,
    decision: Decision,
    reason: Option<&str>,
) -> Result<Departure, DepartureError> {
    let d = store::find(tx, id)?.ok_or(DepartureError::Unknown)?;
    match d.state {
        State::Submitted | State::CarryingOut => {}
        State::Planned | State::Approved | State::Completed | State::Rescinded => {
            return Err(DepartureError::State(d.state));
        }
    }
    let mut first_refusal = None;
    let mut decided = 0;
    for i in pending(tx, id)? {
        match instructions::decide(tx, i.id, decision, reason) {
            Ok(_) => decided += 1,
            // One who may not say yes to this line may well say it to another; but trouble is trouble.
            Err(e) if e.problem().status().is_server_error() || e.problem().lost_a_race() => return Err(e.into()),
            Err(e @ InstructionError::Invalid { .. }) => return Err(e.into()),
            Err(e) => {
                first_refusal.get_or_insert(e);
            }
        }
    }
    match (decided, first_refusal) {
        (0, Some(why)) => Err(why.into()),
        (0, None) => Err(DepartureError::NothingToDecide),
        (_, _) => Ok(d),
    }
}

fn pending(tx: &mut TenantTx<'_>, id: DepartureId) -> Stored<Vec<instructions::Instruction>> {
    let all = instructions::of_origin(tx, case(id))?;
    Ok(all.into_iter().filter(|i| i.state == instructions::State::Pending).collect())
}

/// Whose yes it waits for.
pub(super) fn awaited(tx: &mut TenantTx<'_>, d: &Departure) -> Stored<Option<Awaited>> {
    match d.state {
        State::Submitted | State::CarryingOut => {}
        State::Planned | State::Approved | State::Completed | State::Rescinded => return Ok(None),
    }
    let (mut roles, mut nobody, mut awaited) = (BTreeSet::new(), BTreeSet::new(), Awaited::default());
    for i in pending(tx, d.id)? {
        let (waiting_for, nobody_available) = instructions::waiting_roles(tx, &i)?;
        roles.extend(waiting_for);
        nobody.extend(nobody_available);
        awaited.expires_at = awaited.expires_at.into_iter().chain(i.expires_at).min();
        awaited.instructions += 1;
    }
    awaited.roles = roles.into_iter().collect();
    awaited.nobody = nobody.into_iter().collect();
    Ok((awaited.instructions > 0).then_some(awaited))
}

/// Whether the caller could approve: what `can.approve` shows.
pub(super) fn may_approve(tx: &mut TenantTx<'_>, d: &Departure) -> Result<(), DepartureError> {
    match d.state {
        State::Submitted | State::CarryingOut => {}
        State::Planned | State::Approved | State::Completed | State::Rescinded => {
            return Err(DepartureError::State(d.state));
        }
    }
    let mut why = DepartureError::NothingToDecide;
    for i in pending(tx, d.id)? {
        match instructions::may_decide(tx, &i) {
            Ok(_) => return Ok(()),
            Err(e) => why = e.into(),
        }
    }
    Err(why)
}

/// Where the instructions of the present plan stand, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Together {
    /// Somebody's word is still missing.
    Waiting,
    /// Every one may be carried out, or was.
    InForce,
    /// One will never be in force: somebody said no, nobody answered in time, or it was taken back.
    Fallen,
}

fn together(tx: &mut TenantTx<'_>, d: &Departure) -> Result<Together, DepartureError> {
    let mut all = Together::InForce;
    for id in store::lines(tx, d.id)?.into_iter().filter_map(|line| line.instruction_id) {
        match instructions::find(tx, id)?.state {
            instructions::State::InForce | instructions::State::CarriedOut => {}
            instructions::State::Pending => all = Together::Waiting,
            instructions::State::Refused | instructions::State::Expired | instructions::State::Revoked => {
                return Ok(Together::Fallen);
            }
        }
    }
    Ok(all)
}

/// With the last yes the departure is approved; when the day has come already, it begins. When one of its instructions
/// fell, wherever that was said, the plan goes back to be adjusted and somebody is told.
fn settle(tx: &mut TenantTx<'_>, mut d: Departure) -> Result<Departure, DepartureError> {
    match (d.state, together(tx, &d)?) {
        (State::Submitted, Together::InForce) => {
            d.state = State::Approved;
            d.approved_at = Some(tx.now());
            store::save(tx, &mut d)?;
            if d.access_ended_at.is_some() {
                operations::begin(tx, d.clone())?;
            }
        }
        (State::Submitted | State::Approved, Together::Fallen) => {
            take_back(tx, &mut d, "an instruction of the plan was refused, lapsed or revoked")?;
            attention::raise(
                tx,
                "departure.fallen",
                ("departure", d.id.to_string()),
                "departures.instruction-fell",
                "An instruction of the plan was refused, lapsed or revoked. Adjust the plan and submit it again.",
            )?;
        }
        (State::CarryingOut, _) => operations::follow(tx, d.id)?,
        (State::Submitted, Together::Waiting)
        | (State::Planned | State::Approved | State::Completed | State::Rescinded, _) => {}
    }
    store::find(tx, d.id)?.ok_or(DepartureError::Unknown)
}

/// An instruction of this departure is settled, by whatever road: here, at the instruction itself, or by time.
pub fn settled(tx: &mut TenantTx<'_>, id: DepartureId) -> Result<(), DepartureError> {
    match store::find(tx, id)? {
        None => Ok(()),
        Some(d) => settle(tx, d).map(drop),
    }
}

/// Takes back the instructions of a plan that is to be made anew.
pub(super) fn take_back(tx: &mut TenantTx<'_>, d: &mut Departure, why: &str) -> Result<(), DepartureError> {
    for i in instructions::of_origin(tx, case(d.id))? {
        match i.state {
            instructions::State::Pending | instructions::State::InForce => {
                instructions::revoke(tx, i.id, why)?;
            }
            instructions::State::Refused
            | instructions::State::Expired
            | instructions::State::Revoked
            | instructions::State::CarriedOut => {}
        }
    }
    for mut line in store::lines(tx, d.id)?.into_iter().filter(|line| line.state != LineState::LeftAlone) {
        line.instruction_id = None;
        store::move_line(tx, &mut line, LineState::Planned)?;
    }
    if d.state != State::Planned {
        d.state = State::Planned;
        d.submitted_at = None;
        d.approved_at = None;
        store::save(tx, d)?;
    }
    Ok(())
}

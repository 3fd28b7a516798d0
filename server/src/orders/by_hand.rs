//! Orders that an admin gives by hand: drawn up, counted before anybody is asked, and on the last yes divided into one order
//! for each person, class and place. What carries them out is the same engine that carries out a departure.

use super::error::OrderError;
use super::jobs::{PACKAGE_ENDS, PLAN};
use super::model::OrderState;
use super::operations::{Start, start};
use super::runs::{self, RunState};
use super::store;
use crate::holdings::{self, Correction, Fitting, Reach, Selector, Target};
use crate::instructions::{self, Draft, Instruction, InstructionError, Kind, Scope};
use crate::people::{self, MembershipState};
use crate::platform::db::{StoreError, TenantTx, Ts};
use crate::platform::ids::{HoldingId, InstructionId, MembershipId, SubjectId};
use crate::platform::jobs::Step;
use policy_model::instruction::Action;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What instructions by hand came from.
pub const ORIGIN: &str = "admin";
/// People an order by hand is about, at most.
const MOST_PEOPLE: usize = 1_000;
/// People that one step divides into orders.
const PEOPLE_A_STEP: usize = 10;
/// How long a package may be fetched.
const PACKAGE_DAYS: i64 = 7;

/// An instruction to be proposed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInstruction {
    /// `standing`, `exceptional` or `order`.
    pub kind: Kind,
    /// For an order, what is to be done: `delete`, `anonymise`, `hide`, `retain`, `hand_over`, `release`, `detach`, `correct`,
    /// `export`, `transfer`, `share`, `disclose`.
    #[serde(default)]
    pub action: Option<String>,
    /// For what purpose.
    pub purpose: String,
    /// What it is about and whom it permits. An order names people or departments.
    pub scope: Scope,
    /// Until when; needed for an exceptional one.
    #[serde(default)]
    pub until: Option<Ts>,
    /// Who takes the copies, for `export`, `transfer`, `share` and `disclose`. Never one of those who say yes.
    #[serde(default)]
    pub executor: Option<MembershipId>,
    /// What is to stand instead, for `correct`; the scope follows from it.
    #[serde(default)]
    pub corrections: Vec<Correction>,
    /// Why.
    pub reason: String,
}

/// An instruction drawn up, with everything it would touch.
pub(super) struct DrawnUp {
    draft: Draft,
    pub reach: Reach,
    corrections: Vec<Fitting>,
}

impl DrawnUp {
    /// As it would stand. Nothing is kept.
    pub fn instruction(self, tx: &mut TenantTx<'_>) -> Result<Instruction, OrderError> {
        Ok(instructions::draw_up(tx, self.draft)?)
    }

    /// Proposes it.
    pub fn propose(self, tx: &mut TenantTx<'_>) -> Result<Instruction, OrderError> {
        let is_order = self.draft.kind == Kind::Order;
        if is_order && self.reach.holdings == 0 {
            return Err(OrderError::ReachesNothing(Box::new(self.reach)));
        }
        let instruction = instructions::propose(tx, self.draft)?;
        holdings::keep_corrections(tx, instruction.id, &self.corrections)?;
        Ok(instruction)
    }
}

fn invalid(what: impl Into<String>, pointer: &'static str, help: &'static str) -> OrderError {
    InstructionError::Invalid { what: what.into(), pointer, help }.into()
}

/// Draws up what was asked for and counts what it would touch: the same for a preview and for the proposal itself.
pub(super) fn draw_up(tx: &mut TenantTx<'_>, new: &NewInstruction) -> Result<DrawnUp, OrderError> {
    let action = match new.kind {
        Kind::Standing => Action::Standing,
        Kind::Exceptional => Action::Exceptional,
        Kind::Order => return draw_up_order(tx, new),
    };
    let reach = holdings::reach_of_grant(tx, &new.scope.classes, &new.scope.subjects)?;
    let draft = draft(new, action, new.scope.clone(), reach.holdings, None);
    Ok(DrawnUp { draft, reach, corrections: Vec::new() })
}

fn draft(new: &NewInstruction, action: Action, scope: Scope, holdings: i64, executor: Option<SubjectId>) -> Draft {
    Draft {
        kind: new.kind,
        action,
        purpose: new.purpose.clone(),
        scope,
        reason: new.reason.clone(),
        until: new.until,
        holdings,
        executor,
        author: None,
        drawn_by: None,
        origin: (ORIGIN, None),
    }
}

fn draw_up_order(tx: &mut TenantTx<'_>, new: &NewInstruction) -> Result<DrawnUp, OrderError> {
    let named = new.action.as_deref().unwrap_or_default();
    let action = Action::ALL.iter().copied().find(|a| a.as_str() == named && a.is_by_hand()).ok_or_else(|| {
        invalid(
            format!("`{named}` is nothing that is ordered by hand"),
            "/action",
            "delete, anonymise, hide, retain, hand_over, release, detach, correct, export, transfer, share or disclose; \
             holds are placed and ended at /api/v1/holds.",
        )
    })?;
    check_form(new, action)?;
    let corrections =
        if action == Action::Correct { holdings::check_corrections(tx, &new.corrections)? } else { Vec::new() };
    let mut scope = new.scope.clone();
    scope.operations = vec![action.as_str().into()];
    if action == Action::Correct {
        scope.classes = corrections.iter().map(|c| c.class().to_owned()).collect::<BTreeSet<_>>().into_iter().collect();
        scope.subjects = corrections.iter().map(|c| c.subject).collect::<BTreeSet<_>>().into_iter().collect();
    } else {
        scope.subjects = people_of(tx, &new.scope)?;
    }
    let executor = executor(tx, new, action)?;
    let target =
        Target { action, classes: scope.classes.clone(), only: corrections.iter().map(Fitting::holding).collect() };
    let reach = holdings::reach(tx, &scope.subjects, &target)?;
    Ok(DrawnUp { draft: draft(new, action, scope, reach.holdings, executor), reach, corrections })
}

/// What an action needs beside its scope, and what makes no sense for it.
fn check_form(new: &NewInstruction, action: Action) -> Result<(), OrderError> {
    let scope = &new.scope;
    if !scope.roles.is_empty() || !scope.members.is_empty() {
        return Err(invalid("an order permits nobody; it is carried out", "/scope", "Leave roles and members out."));
    }
    if new.until.is_some() {
        return Err(invalid("an order has no end; it is carried out once", "/until", "Leave it out."));
    }
    if (action == Action::HandOver) != scope.successor.is_some() {
        return Err(invalid("a successor goes with hand_over", "/scope/successor", "Name who takes over, by subject."));
    }
    if (action == Action::Retain) != scope.retain_until.is_some() {
        return Err(invalid("a day goes with retain", "/scope/retain_until", "Say through which day it is kept."));
    }
    let recipient = scope.recipient.as_deref().map_or(0, |r| r.trim().chars().count());
    if action.names_a_recipient() != (1..=200).contains(&recipient) {
        return Err(invalid(
            "transfer, share and disclose say to whom, in 1 to 200 characters; nothing else does",
            "/scope/recipient",
            "Name the organisation or the public place, never a person.",
        ));
    }
    if action.takes_copies_out() != new.executor.is_some() {
        return Err(invalid(
            "export, transfer, share and disclose name who takes the copies; nothing else does",
            "/executor",
            "Name a member who will not be one of those who say yes.",
        ));
    }
    if (action == Action::Correct) == new.corrections.is_empty() {
        return Err(invalid("corrections go with correct", "/corrections", "Say what is to stand instead, and where."));
    }
    Ok(())
}

/// Whose data: the people named, and everybody in the departments named as they are now.
fn people_of(tx: &mut TenantTx<'_>, scope: &Scope) -> Result<Vec<SubjectId>, OrderError> {
    let mut all: BTreeSet<SubjectId> = scope.subjects.iter().copied().collect();
    if !scope.departments.is_empty() {
        all.extend(people::subjects_within(tx, &scope.departments, MOST_PEOPLE)?);
    }
    if all.is_empty() || all.len() > MOST_PEOPLE {
        return Err(invalid(
            format!("an order is about 1 to {MOST_PEOPLE} people; this one is about {}", all.len()),
            "/scope",
            "Name subjects or departments.",
        ));
    }
    for subject in &all {
        if people::memberships_of_subject(tx, *subject)?.is_empty() {
            return Err(invalid(format!("there is no subject {subject}"), "/scope/subjects", "GET /api/v1/members."));
        }
    }
    if let Some(successor) = scope.successor {
        let works_here =
            people::memberships_of_subject(tx, successor)?.iter().any(|m| m.state != MembershipState::Departed);
        if !works_here || all.contains(&successor) {
            return Err(invalid("the successor works here and is somebody else", "/scope/successor", "Name another."));
        }
    }
    Ok(all.into_iter().collect())
}

fn executor(tx: &mut TenantTx<'_>, new: &NewInstruction, action: Action) -> Result<Option<SubjectId>, OrderError> {
    let Some(id) = new.executor.filter(|_| action.takes_copies_out()) else { return Ok(None) };
    let member = people::find_membership(tx, id)?.filter(|m| m.state != MembershipState::Departed);
    match member {
        Some(m) => Ok(Some(m.subject_id)),
        None => Err(invalid("whoever takes the copies works here", "/executor", "GET /api/v1/members.")),
    }
}

/// An instruction by hand is settled: with the last yes it is divided into orders; otherwise what waited for it goes.
pub fn settled(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<(), OrderError> {
    match instructions::find(tx, id)?.state {
        instructions::State::InForce => {
            if runs::find(tx, id)?.is_none() {
                runs::begin(tx, id)?;
                tx.run_at(tx.now(), PLAN, &id.to_string(), &json!({ "instruction": id, "next": 0 }))?;
            }
        }
        instructions::State::Refused | instructions::State::Expired | instructions::State::Revoked => {
            holdings::forget_corrections(tx, id)?;
            if let Some(mut run) = runs::find(tx, id)?.filter(|r| r.state != RunState::Done) {
                run.state = RunState::Stopped;
                run.finished_at = Some(tx.now());
                runs::save(tx, &mut run)?;
            }
        }
        instructions::State::Pending | instructions::State::CarriedOut => {}
    }
    Ok(())
}

/// Where the division into orders has got to.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    instruction: InstructionId,
    next: usize,
}

/// Divides the next people into orders; behind the last of them the run goes on by its orders.
pub(super) fn plan(tx: &mut TenantTx<'_>, payload: &Value) -> Result<Step, OrderError> {
    let cursor: Cursor = serde_json::from_value(payload.clone()).map_err(StoreError::from)?;
    let id = cursor.instruction;
    let in_force = match instructions::in_force(tx, id) {
        Ok(in_force) => in_force,
        Err(InstructionError::NotInForce(_)) => return Ok(Step::Done), // `settled` has seen to it.
        Err(e) => return Err(e.into()),
    };
    let Some(mut run) = runs::find(tx, id)? else { return Ok(Step::Done) };
    let scope = in_force.scope();
    let only: Vec<HoldingId> =
        if in_force.action() == Action::Correct { holdings::corrected_holdings(tx, id)? } else { Vec::new() };
    let target = Target { action: in_force.action(), classes: scope.classes.clone(), only: only.clone() };
    let some = scope.subjects.iter().skip(cursor.next).take(PEOPLE_A_STEP);
    for &subject in some {
        for (class, connector) in holdings::places(tx, subject, &target)? {
            let selector = Selector::Ordered { class, connector, action: target.action, only: only.clone() };
            start(tx, &Start { instruction: id, subject, selector, origin: (ORIGIN, None, None) })?;
            run.orders += 1;
        }
    }
    let next = cursor.next + PEOPLE_A_STEP;
    if next < scope.subjects.len() {
        runs::save(tx, &mut run)?;
        return Ok(Step::Again(serde_json::to_value(Cursor { instruction: id, next }).map_err(StoreError::from)?));
    }
    run.state = RunState::Running;
    if in_force.action().takes_copies_out() {
        let until = Ts(*tx.now() + chrono::Duration::days(PACKAGE_DAYS));
        run.package_until = Some(until);
        tx.run_at(until, PACKAGE_ENDS, &id.to_string(), &json!({ "instruction": id }))?;
    }
    runs::save(tx, &mut run)?;
    // An order that ends at this moment finds the run still planning.
    instructions::one_at_a_time(tx, id)?;
    runs::settle(tx, id)?;
    Ok(Step::Done)
}

/// The time of a package is over. Was everything taken, the instruction is carried out; what failed at a connector keeps it
/// in force; what nobody fetched lapses.
pub(super) fn end_package(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<(), OrderError> {
    let Some(run) = runs::find(tx, id)? else { return Ok(()) };
    let waits = store::states_under(tx, id)?.iter().any(|(state, ..)| *state == OrderState::Awaiting);
    match run.state {
        RunState::Done => instructions::carried_out(tx, id)?,
        RunState::Running if waits && run.fetched_at.is_none() && store::has_package(tx, id)? => {
            instructions::lapse(tx, id)?;
        }
        RunState::Planning | RunState::Running | RunState::DoneWithFailures | RunState::Stopped => {}
    }
    Ok(())
}

//! The deadline of a list: what nobody answered for ends where it reaches data or gives others reach, and is raised to a
//! person where it does not.

use super::error::CertificationError;
use super::model::{Certification, LineState, State};
use super::operations::{about, close_when_done};
use super::still::{take_away, who_appoint, without_ended};
use super::store::{self, Which};
use crate::attention;
use crate::packs;
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::CertificationId;
use crate::platform::jobs::{self, JobError, Registry, Step};
use policy_model::certification::{Silence, end_of_silence};
use serde_json::{Value, json};

/// Ends a list whose time is over.
const END: &str = "certification.end";
/// Lines that one step looks at.
const BATCH: i64 = 100;
/// Why a grant is taken back.
const NOBODY_ANSWERED: &str = "核定期限内无人答复 / nobody answered in time";

/// Tells the workers how.
pub fn register(registry: &mut Registry) {
    registry.inside(END, step);
}

/// Looks at a list when its time is over.
pub(super) fn watch(tx: &mut TenantTx<'_>, certification: &Certification) -> Stored<()> {
    let payload = json!({ "certification": certification.id });
    tx.run_at(certification.ends_at, END, &certification.id.to_string(), &payload)
}

fn step(tx: &mut TenantTx<'_>, told: &Value) -> Result<Step, JobError> {
    let id = jobs::id(&told["certification"])?;
    if goes_on(tx, id)? { Ok(Step::Again(told.clone())) } else { Ok(Step::Done) }
}

/// Settles the next lines that nobody answered; whether there may be more.
fn goes_on(tx: &mut TenantTx<'_>, id: CertificationId) -> Result<bool, CertificationError> {
    let Some(mut certification) = store::find(tx, id)?.filter(|c| c.state == State::Open) else { return Ok(false) };
    let which = Which { state: Some(LineState::Waiting), ..Which::default() };
    let waiting = store::lines(tx, id, &which, None, BATCH)?;
    if waiting.is_empty() {
        end(tx, &mut certification)?;
        return Ok(false);
    }
    let pack = packs::in_force(tx)?;
    for line in without_ended(tx, waiting)? {
        // Two people of one grant: with the first line the other's matter is over.
        let Some(line) = without_ended(tx, vec![line])?.pop() else { continue };
        let state = match end_of_silence(&pack, line.what(), who_appoint(tx)?) {
            Silence::Ends => {
                take_away(tx, &line, NOBODY_ANSWERED)?;
                LineState::Lapsed
            }
            Silence::IsRaised => LineState::Raised,
        };
        store::settle(tx, line.id, state, (None, None))?;
        tx.record(about(&line, state.as_str()));
    }
    Ok(true)
}

fn end(tx: &mut TenantTx<'_>, certification: &mut Certification) -> Result<(), CertificationError> {
    let raised = store::counts(tx, certification.id)?.get(&LineState::Raised).copied().unwrap_or(0);
    if raised == 0 {
        return close_when_done(tx, certification);
    }
    certification.state = State::Overdue;
    store::save(tx, certification)?;
    attention::raise(
        tx,
        "certification.unanswered",
        ("certification", certification.id.to_string()),
        "certification.unanswered",
        &format!("Nobody answered for {raised} lines in time; they stay until somebody does."),
    )?;
    Ok(())
}

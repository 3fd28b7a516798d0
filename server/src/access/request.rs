//! From a refusal to a request in one call: who was refused asks for themselves, and the privacy officer is asked to permit it,
//! for this person's data, this purpose and a time that is over soon (gbt35273-7.1-d).
//!
//! What always holds: a request asks for what would open the way by the table of reasons, and for no more; a yes changes no
//! refusal that was given, it is asked anew and answered by what is in force then.

use super::error::AccessError;
use super::known::Known;
use super::operations::answer;
use super::question::{Ask, DataRef, PersonRef};
use crate::decisions::{self, Asked, Data};
use crate::instructions::{self, Draft, Instruction, Kind, Policies, State};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::ids::{CaseId, HoldingId, Id, InstructionId, MembershipId};
use chrono::Duration;
use policy_model::decision::{Reason, Remedy, is_operation};
use policy_model::instruction::Action;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Where an instruction comes from that began as a request.
const ORIGIN: &str = "request";
/// Minutes that are asked for: a quarter of an hour to a week, an hour when nobody says.
const MINUTES: std::ops::RangeInclusive<u32> = 15..=10_080;
const USUAL: u32 = 60;

/// What somebody was refused, and why they need it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NewAccessRequest)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// To which holding.
    pub holding: HoldingId,
    /// What they would do: `read`, `reveal`, `correct` …
    pub operation: String,
    /// For what purpose.
    pub purpose: String,
    /// Why, in words; they are sealed.
    pub reason: String,
    /// For how many minutes once it is approved: 15 to 10,080, 60 when absent. It ends so much after the request.
    #[serde(default)]
    pub minutes: Option<u32>,
}

/// A request, and what its question is answered now.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = AccessRequest)]
pub struct Request {
    /// The instruction that would permit it.
    pub id: InstructionId,
    /// Where it stands.
    pub state: State,
    /// Until when it permits, once it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Ts>,
    /// The roles whose yes is still missing.
    pub waiting_for: Vec<String>,
    /// Whether it may be done now.
    pub decision: bool,
    /// Why, or why not: the code of the reason now.
    pub reason: String,
}

/// Asks for it. The question is weighed first: what is permitted, or what nobody could permit, is not asked for.
pub fn raise(tx: &mut TenantTx<'_>, policies: &Policies, new: &NewRequest) -> Result<Request, AccessError> {
    let own = tx.actor().membership().ok_or(AccessError::NotAPerson)?;
    let minutes = new.minutes.unwrap_or(USUAL);
    if !MINUTES.contains(&minutes) {
        return Err(AccessError::Minutes);
    }
    if !is_operation(&new.operation) {
        return Err(AccessError::NotRequestable(Reason::UnknownAction));
    }
    let Evaluated { now, granted, sides } = evaluate(tx, policies, own, new.holding, &new.operation, &new.purpose)?;
    match now.remedy() {
        _ if now.permits() => return Err(AccessError::Permitted),
        // What stands against it further on, no instruction could open.
        Remedy::Instruction | Remedy::Exceptional if !granted.permits() => {
            return Err(AccessError::NotRequestable(granted));
        }
        Remedy::Instruction | Remedy::Exceptional => {}
        Remedy::None | Remedy::Order | Remedy::Person => return Err(AccessError::NotRequestable(now)),
    }
    let subjects: BTreeSet<_> = sides.iter().filter_map(|side| side.subject).collect();
    let class = sides.first().map(|side| side.class.clone()).ok_or(AccessError::NotRequestable(now))?;
    let draft = Draft {
        kind: Kind::Exceptional,
        action: Action::Exceptional,
        purpose: new.purpose.clone(),
        scope: instructions::Scope {
            classes: vec![class],
            operations: vec![new.operation.clone()],
            members: vec![own],
            subjects: subjects.into_iter().collect(),
            ..instructions::Scope::default()
        },
        reason: new.reason.clone(),
        until: Some(Ts(*tx.now() + Duration::minutes(i64::from(minutes)))),
        holdings: 1,
        executor: None,
        author: None,
        drawn_by: None,
        origin: (ORIGIN, Some(CaseId::from(new.holding.uuid()))),
    };
    let instruction = instructions::propose(tx, draft)?;
    view(tx, &instruction, now)
}

/// How a request of the caller's stands, and what its question is answered now.
pub fn find(tx: &mut TenantTx<'_>, policies: &Policies, id: InstructionId) -> Result<Request, AccessError> {
    let own = tx.actor().membership().ok_or(AccessError::NotAPerson)?;
    let instruction = instructions::find(tx, id)?;
    let is_own = instruction.origin_kind == ORIGIN && instruction.author_subject_id == tx.actor().subject();
    let holding = instruction.origin_id.filter(|_| is_own).ok_or(AccessError::NoRequest)?;
    let scope = instructions::scope_of(&instruction)?;
    let operation = scope.operations.first().cloned().unwrap_or_default();
    let holding = HoldingId::from(holding.uuid());
    let evaluated = evaluate(tx, policies, own, holding, &operation, &instruction.purpose)?;
    view(tx, &instruction, evaluated.now)
}

fn view(tx: &mut TenantTx<'_>, i: &Instruction, now: Reason) -> Result<Request, AccessError> {
    let (waiting_for, _) = instructions::waiting_roles(tx, i)?;
    Ok(Request {
        id: i.id,
        state: i.state,
        until: i.until,
        waiting_for,
        decision: now.permits(),
        reason: now.code().to_owned(),
    })
}

/// A new evaluation.
struct Evaluated {
    /// What it is answered.
    now: Reason,
    /// What it would be answered if an instruction named both the caller and the person.
    granted: Reason,
    /// What it was about.
    sides: Vec<Data>,
}

/// Evaluates anew, and leaves the record of it.
fn evaluate(
    tx: &mut TenantTx<'_>,
    policies: &Policies,
    own: MembershipId,
    holding: HoldingId,
    operation: &str,
    purpose: &str,
) -> Result<Evaluated, AccessError> {
    let law = decisions::law(tx, policies)?;
    let (caller, data) = (PersonRef::Membership(own), DataRef::Holding(holding));
    let ask = Ask {
        caller: Ok(caller.clone()),
        data: Ok(data.clone()),
        operation: operation.to_owned(),
        purpose: purpose.to_owned(),
        people: 1,
    };
    let mut known = Known::default();
    known.look_up(tx, [&ask])?;
    let answered = answer(&law, &known, &ask, tx.now());
    let code = answered.decision.context.reason;
    tx.record(answered.record);
    let now = Reason::ALL.iter().copied().find(|reason| reason.code() == code).unwrap_or(Reason::Unreadable);
    let sides: Vec<Data> = known.sides(&data).map(|sides| sides.iter().cloned().collect()).unwrap_or_default();
    let asked = Asked { operation, purpose, people: 1 };
    let granted = known.person(&caller).map_or(Reason::UnknownSubject, |own| {
        let would = |side| decisions::weigh_if_granted(&law, &own.standing, side, &asked, tx.now()).reason();
        sides.iter().map(would).find(|reason| !reason.permits()).unwrap_or(Reason::Permitted)
    });
    Ok(Evaluated { now, granted, sides })
}

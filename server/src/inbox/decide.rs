//! Deciding several cards at once: alike in reason and risk, and all or none.

use super::card::Likeness;
use super::error::InboxError;
use super::gather::{DECIDE_DEPARTURES, DECIDE_INSTRUCTIONS};
use super::show::Named;
use crate::departures;
use crate::instructions::{self, Decision, State};
use crate::platform::db::TenantTx;
use crate::platform::http::{AsProblem, Problem};
use crate::platform::ids::Id;
use std::collections::BTreeSet;

/// Cards of one decision at most.
pub(super) const MOST: usize = 100;

/// The power that a decision about these cards needs.
pub(super) fn power_for(cards: &[String]) -> &'static str {
    match cards.first().and_then(|id| Named::parse(id)) {
        Some(Named::Departure(_)) => DECIDE_DEPARTURES,
        Some(Named::Instruction(_)) | None => DECIDE_INSTRUCTIONS,
    }
}

/// Says the same word to every card. Where one of them cannot be decided, nothing is, and each such is named.
pub(super) fn decide(
    tx: &mut TenantTx<'_>,
    cards: &[String],
    decision: Decision,
    reason: Option<&str>,
) -> Result<Vec<String>, InboxError> {
    let ids: BTreeSet<&String> = cards.iter().collect();
    if ids.is_empty() || ids.len() > MOST {
        return Err(InboxError::Count);
    }
    let mut named = Vec::with_capacity(ids.len());
    for id in ids {
        named.push((id.clone(), Named::parse(id).ok_or_else(|| InboxError::NoDecision(id.clone()))?));
    }
    refuse_what_differs(tx, &named)?;
    refuse_what_cannot_be(tx, &named)?;
    for (_, card) in &named {
        match card {
            Named::Instruction(id) => drop(instructions::decide(tx, *id, decision, reason)?),
            Named::Departure(id) => drop(departures::decide(tx, *id, decision, reason)?),
        }
    }
    Ok(named.into_iter().map(|(id, _)| id).collect())
}

fn refuse_what_differs(tx: &mut TenantTx<'_>, named: &[(String, Named)]) -> Result<(), InboxError> {
    let mut likenesses = Vec::with_capacity(named.len());
    for (id, card) in named {
        let alike = match card {
            Named::Instruction(instruction) => Likeness::of("instruction", &[instructions::find(tx, *instruction)?]),
            Named::Departure(departure) => {
                let mut of_case = instructions::of_origin(tx, departure.uuid().into())?;
                of_case.retain(|i| i.state == State::Pending);
                Likeness::of("departure", &of_case)
            }
        };
        likenesses.push((id.clone(), alike));
    }
    let is_alike = likenesses.windows(2).all(|two| two[0].1 == two[1].1);
    if is_alike { Ok(()) } else { Err(InboxError::NotAlike(likenesses)) }
}

fn refuse_what_cannot_be(tx: &mut TenantTx<'_>, named: &[(String, Named)]) -> Result<(), InboxError> {
    let mut refused: Vec<(String, Problem)> = Vec::new();
    for (id, card) in named {
        let may = match card {
            Named::Instruction(instruction) => {
                let i = instructions::find(tx, *instruction)?;
                instructions::may_decide(tx, &i).map(drop).map_err(|e| e.problem())
            }
            Named::Departure(departure) => departures::may_decide(tx, *departure).map_err(|e| e.problem()),
        };
        refused.extend(may.err().map(|why| (id.clone(), why)));
    }
    if refused.is_empty() { Ok(()) } else { Err(InboxError::NotAll(refused)) }
}

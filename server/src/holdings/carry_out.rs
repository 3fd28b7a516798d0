//! What an order does to one subject's sides of a batch of holdings. Only an instruction in force gets here, and running
//! the same batch again changes nothing.

use super::corrections;
use super::lists;
use super::model::{HoldingState, Side, SideState};
use super::operations::drawer;
use super::store::{self, SideChange};
use crate::instructions::InForce;
use crate::packs;
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::{HoldingId, InstructionId, SubjectId};
use crate::platform::vault;
use chrono::NaiveDate;
use policy_model::instruction::Action;
use std::collections::{HashMap, HashSet};

/// What a batch came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CarriedOut {
    /// Sides that are now as ordered.
    pub sides: usize,
    /// Holdings whose content is gone for good.
    pub contents_gone: usize,
    /// Keys destroyed, which reaches backups too.
    pub keys_erased: usize,
}

/// Does to each holding what the instruction says, as far as this subject's side goes.
pub fn carry_out(tx: &mut TenantTx<'_>, order: &InForce, subject: SubjectId, ids: &[HoldingId]) -> Stored<CarriedOut> {
    let under = order.id();
    let to = |state, successor, retain_until| SideChange { state, successor, under, retain_until };
    match order.action() {
        Action::Delete => end_sides(tx, under, subject, ids, HoldingState::Deleted),
        Action::Anonymise => end_sides(tx, under, subject, ids, HoldingState::Anonymised),
        Action::HandOver => mark(tx, subject, ids, to(SideState::HandedOver, order.successor(), None)),
        Action::Hide => mark(tx, subject, ids, to(SideState::Hidden, None, order.retain_until())),
        Action::Retain => mark(tx, subject, ids, to(SideState::Retained, None, order.retain_until())),
        Action::Release => mark(tx, subject, ids, to(SideState::Released, None, None)),
        Action::Detach => mark(tx, subject, ids, to(SideState::Detached, None, None)),
        Action::Correct => {
            let sides = corrections::correct(tx, under, ids)?;
            Ok(CarriedOut { sides, ..CarriedOut::default() })
        }
        // These change no side: they are done where the data is read or the hold is kept.
        Action::Export
        | Action::Transfer
        | Action::Share
        | Action::Disclose
        | Action::Hold
        | Action::ReleaseHold
        | Action::Standing
        | Action::Exceptional
        | Action::Case => Ok(CarriedOut::default()),
    }
}

fn mark(tx: &mut TenantTx<'_>, subject: SubjectId, ids: &[HoldingId], to: SideChange) -> Stored<CarriedOut> {
    let sides = store::change_sides(tx, subject, ids, to)?;
    Ok(CarriedOut { sides, ..CarriedOut::default() })
}

/// Ends one side; the content goes when the last side that is entitled to it has gone, and with the last vault holding of
/// a class the drawer's key.
fn end_sides(
    tx: &mut TenantTx<'_>,
    under: InstructionId,
    subject: SubjectId,
    ids: &[HoldingId],
    state: HoldingState,
) -> Stored<CarriedOut> {
    let ended = SideChange { state: SideState::Ended, successor: None, under, retain_until: None::<NaiveDate> };
    let sides = store::change_sides(tx, subject, ids, ended)?;
    let still_held: HashSet<HoldingId> = store::sides_of(tx, ids)?
        .iter()
        .filter(|s: &&Side| s.state != SideState::Ended)
        .map(|s| s.holding_id)
        .collect();
    let gone: Vec<HoldingId> = ids.iter().copied().filter(|id| !still_held.contains(id)).collect();
    let holdings = store::load_many(tx, &gone)?;
    let emptied: Vec<HoldingId> = holdings.iter().filter(|h| h.state == HoldingState::Held).map(|h| h.id).collect();
    store::empty(tx, &emptied, state)?;
    let mut classes: HashMap<String, ()> = HashMap::new();
    for holding in holdings.iter().filter(|h| h.connector_id.is_none()) {
        classes.insert(holding.class.clone(), ());
    }
    let keys_erased = erase_empty_drawers(tx, subject, classes.into_keys())?;
    if state == HoldingState::Anonymised {
        // No mapping may be left that leads back (gbt35273-3.14): the link between subject and holding goes too.
        store::remove_sides(tx, subject, ids)?;
    }
    Ok(CarriedOut { sides, contents_gone: emptied.len(), keys_erased })
}

fn erase_empty_drawers(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    classes: impl Iterator<Item = String>,
) -> Stored<usize> {
    let pack = packs::in_force(tx)?;
    let mut erased = 0;
    for class in classes {
        if !lists::has_in_vault(tx, subject, &class)? && vault::erase(tx, subject, drawer(&pack, &class))? {
            erased += 1;
        }
    }
    Ok(erased)
}

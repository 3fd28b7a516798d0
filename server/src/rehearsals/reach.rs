//! Today's inventory: whose data would come within somebody's reach by a change, and whose would go out of it.

use super::change::Worlds;
use super::model::Reached;
use crate::decisions::{Asked, Data, weigh};
use crate::holdings;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::HoldingId;
use policy_model::decision::Reason;
use policy_model::decision::rehearsal::Effect;
use std::collections::BTreeSet;

/// Sides of one step.
const A_STEP: i64 = 500;
/// Sides that are looked at at most.
const MOST: u64 = 100_000;

/// Looks at the next sides.
pub(super) fn step(tx: &mut TenantTx<'_>, worlds: &Worlds, so_far: &mut Reached) -> Stored<()> {
    let inventory = &worlds.inventory;
    let classes = match &inventory.classes {
        Some(none) if none.is_empty() => {
            finish(so_far, !inventory.is_part);
            return Ok(());
        }
        Some(classes) => classes.as_slice(),
        None => &[],
    };
    if inventory.askers.is_empty() || inventory.uses.is_empty() {
        finish(so_far, !inventory.is_part);
        return Ok(());
    }
    let places = holdings::sides_in_use(tx, (classes, &inventory.subjects), so_far.after, A_STEP)?;
    let ids: Vec<HoldingId> = places.iter().map(|(_, id)| *id).collect::<BTreeSet<_>>().into_iter().collect();
    let before = holdings::data_of(tx, &ids)?;
    let after = match &worlds.settings {
        Some(settings) => Some(holdings::data_supposing(tx, &ids, &settings.supposed())?),
        None => None,
    };
    let now = tx.now();
    for (subject, id) in &places {
        so_far.looked_at += 1;
        let side = |all: &Vec<Data>| all.iter().find(|side| side.subject == Some(*subject)).cloned();
        let Some(one) = before.get(id).and_then(side) else { continue };
        let other = match &after {
            Some(after) => after.get(id).and_then(side),
            None => Some(one.clone()),
        };
        let Some(other) = other else { continue };
        let (opened, closed, kept) = moved(worlds, (&one, &other), now);
        if so_far.person != Some(*subject) {
            (so_far.person, so_far.has_opened, so_far.has_closed) = (Some(*subject), false, false);
        }
        so_far.sides_opened += u64::from(opened);
        so_far.sides_closed += u64::from(closed);
        so_far.people_opened += u64::from(opened && !so_far.has_opened);
        so_far.people_closed += u64::from(closed && !so_far.has_closed);
        so_far.has_opened |= opened;
        so_far.has_closed |= closed;
        if let Some(reason) = kept {
            *so_far.kept_closed.entry(reason.code().to_owned()).or_default() += 1;
        }
    }
    so_far.after = places.last().copied();
    let is_last = i64::try_from(places.len()).unwrap_or(i64::MAX) < A_STEP;
    if is_last || so_far.looked_at >= MOST {
        finish(so_far, is_last && !inventory.is_part);
    }
    Ok(())
}

fn finish(so_far: &mut Reached, is_all: bool) {
    (so_far.is_done, so_far.is_all) = (true, is_all);
}

/// Whether somebody could reach it who cannot, and cannot who could; and where nobody could, why not.
fn moved(worlds: &Worlds, (one, other): (&Data, &Data), now: Ts) -> (bool, bool, Option<Reason>) {
    let (mut opened, mut closed, mut is_open, mut kept) = (false, false, false, None);
    for (operation, purpose) in &worlds.inventory.uses {
        let asked = Asked { operation, purpose, people: 1 };
        for (asker, asker_after) in &worlds.inventory.askers {
            let before = weigh(&worlds.before, asker, one, &asked, now);
            let after = weigh(&worlds.after, asker_after, other, &asked, now);
            match Effect::between(&before, &after) {
                Effect::NewlyPermitted => opened = true,
                Effect::NewlyRefused => closed = true,
                Effect::Same | Effect::ShownOtherwise => {}
            }
            is_open |= after.reason().permits();
            kept = kept.or(Some(after.reason()));
        }
    }
    (opened, closed, kept.filter(|_| !is_open))
}

//! What a decision has to know of a holding: for each side, who controls it and what stands against its use.

use super::anew::Supposed;
use super::consents;
use super::lists;
use super::model::{Holding, HoldingState, Side, SideState};
use super::store::{self, RulingRow};
use crate::decisions::Data;
use crate::packs;
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::{HoldingId, SubjectId};
use policy_model::decision::{Agreement, Control, Restriction};
use policy_model::facts::{Age, Consent, Facts};
use policy_model::pack::Pack;
use policy_model::ruling::Controller;
use std::collections::HashMap;

/// Every side of these holdings, for decisions; those that there are not are left out.
pub fn data_of(tx: &mut TenantTx<'_>, ids: &[HoldingId]) -> Stored<HashMap<HoldingId, Vec<Data>>> {
    let pack = packs::in_force(tx)?;
    weighed(tx, ids, &pack, None)
}

/// The same as it would be under other settings: what a rule that reaches back rules otherwise is ruled so already.
pub fn data_supposing(
    tx: &mut TenantTx<'_>,
    ids: &[HoldingId],
    supposed: &Supposed<'_>,
) -> Stored<HashMap<HoldingId, Vec<Data>>> {
    weighed(tx, ids, supposed.pack, Some(supposed))
}

/// Sides that are not over, of these classes and people, in the order of people and holdings; of all where none are named.
pub fn sides_in_use(
    tx: &mut TenantTx<'_>,
    (classes, subjects): (&[String], &[SubjectId]),
    after: Option<(SubjectId, HoldingId)>,
    limit: i64,
) -> Stored<Vec<(SubjectId, HoldingId)>> {
    lists::places_of_sides(tx, (classes, subjects), after, limit)
}

fn weighed(
    tx: &mut TenantTx<'_>,
    ids: &[HoldingId],
    pack: &Pack,
    supposed: Option<&Supposed<'_>>,
) -> Stored<HashMap<HoldingId, Vec<Data>>> {
    let holdings: HashMap<HoldingId, Holding> = store::load_many(tx, ids)?.into_iter().map(|h| (h.id, h)).collect();
    let sides = store::sides_of(tx, ids)?;
    // The oldest first, so that the ruling in force stays.
    let rulings: HashMap<(HoldingId, SubjectId), RulingRow> =
        lists::rulings_of(tx, ids)?.into_iter().map(|r| ((r.holding_id, r.subject_id), r)).collect();
    let mut all: HashMap<HoldingId, Vec<Data>> = HashMap::new();
    for side in &sides {
        if let Some(holding) = holdings.get(&side.holding_id) {
            let facts = rulings.get(&(side.holding_id, side.subject_id)).and_then(facts_of);
            let anew = supposed.zip(facts.as_ref()).and_then(|(supposed, facts)| supposed.ruled(side, facts));
            let mut data = match anew {
                Some((side, facts)) => data(pack, holding, &side, Some(facts)),
                None => data(pack, holding, side, facts),
            };
            // From now on, and not from when the holding has been ruled anew (dingtalk-4.4-noretro).
            if data.control == Control::ByConsent(Agreement::InForce)
                && consents::is_withdrawn(tx, side.subject_id, &holding.class)?
            {
                data.control = Control::ByConsent(Agreement::Missing);
            }
            all.entry(side.holding_id).or_default().push(data);
        }
    }
    Ok(all)
}

/// Holdings in the order of their ids, of one person or of everybody, for a search.
pub fn some_holdings(
    tx: &mut TenantTx<'_>,
    of: Option<SubjectId>,
    after: Option<HoldingId>,
    most: i64,
) -> Stored<Vec<HoldingId>> {
    match of {
        Some(subject) => lists::ids_of_subject(tx, subject, after, most),
        None => lists::some_ids(tx, after, most),
    }
}

fn facts_of(ruling: &RulingRow) -> Option<Facts> {
    serde_json::from_str(&ruling.facts).ok()
}

fn data(pack: &Pack, holding: &Holding, side: &Side, facts: Option<Facts>) -> Data {
    let (restriction, is_visible_to_subject) = standing_against(holding, side);
    Data {
        holding: Some(holding.id),
        subject: Some(side.subject_id),
        class: holding.class.clone(),
        control: control(pack, side, facts.as_ref()),
        rule: side.rule.clone(),
        restriction,
        is_visible_to_subject,
        age: facts.map_or(Age::default(), |facts| facts.age),
    }
}

/// What keeps a side out of everyday business, and whether its subject sees it.
fn standing_against(holding: &Holding, side: &Side) -> (Restriction, bool) {
    match side.state {
        _ if holding.state != HoldingState::Held => (Restriction::Gone, false),
        SideState::Active | SideState::Released => (Restriction::None, true),
        SideState::HandedOver | SideState::Hidden => (Restriction::None, false),
        SideState::Retained => (Restriction::KeptByLaw, false),
        SideState::Detached => (Restriction::LetGo, true),
        SideState::Ended => (Restriction::Gone, false),
    }
}

/// Who controls a side, and whether that rests on the person's consent.
fn control(pack: &Pack, side: &Side, facts: Option<&Facts>) -> Control {
    if side.controller != Controller::Organisation.as_str() {
        return Control::of(Controller::Person, side.settled);
    }
    let rule = pack.control_rules().iter().find(|rule| rule.id == side.rule);
    match (rule.is_some_and(|rule| !rule.when.consent.is_any()), facts.map(|facts| facts.consent)) {
        (false, _) => Control::Organisation,
        (true, Some(Consent::Explicit | Consent::Guardian)) => Control::ByConsent(Agreement::InForce),
        (true, Some(Consent::None | Consent::Withdrawn) | None) => Control::ByConsent(Agreement::Missing),
    }
}

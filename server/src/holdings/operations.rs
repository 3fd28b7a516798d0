//! Depositing into the vault, reading from it, and what departures ask about a subject's holdings.

use super::aim::Eye;
use super::error::HoldingError;
use super::model::{Holding, HoldingState, Side, SideState};
use super::rule::{Said, SideFacts, ToRule, rule_sides};
use super::store;
use super::weighed::data_of;
use crate::decisions::{self, Permit};
use crate::instructions::InForce;
use crate::packs;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{ConnectorId, HoldingId, InstructionId, SubjectId};
use crate::platform::keyring::{Aad, Sealed};
use crate::platform::record::Record;
use crate::platform::vault::{self, Drawer};
use chrono::NaiveDate;
use policy_model::class::LegalGround;
use policy_model::instruction::Action;
use policy_model::pack::Pack;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

/// Where a vault payload lives.
const PAYLOAD: Aad = Aad::new("holdings.payload");

/// Something for the vault.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Deposit {
    /// The data class's key.
    pub class: String,
    /// Whose data it is. What is about several people is registered by the system that keeps it.
    pub subject: SubjectId,
    /// When it came to be; now when absent.
    pub occurred_at: Option<Ts>,
    /// Facts, without `class`.
    pub facts: Map<String, Value>,
    /// Whether a law that requires keeping an original was cited.
    pub legal_ground: bool,
    /// The content.
    pub content: Vec<u8>,
}

/// Seals content under its subject's drawer and rules it. Raw biometric images and device-only data are refused.
pub fn put_in_vault(tx: &mut TenantTx<'_>, deposits: &[Deposit]) -> Result<Vec<HoldingId>, HoldingError> {
    let pack = packs::in_force(tx)?;
    let (mut new, mut to_rule) = (Vec::new(), Vec::new());
    for deposit in deposits {
        let class = pack.class(&deposit.class).ok_or_else(|| HoldingError::UnknownClass(deposit.class.clone()))?;
        let ground = if deposit.legal_ground { LegalGround::Cited } else { LegalGround::None };
        class.storage.vault_takes(ground).map_err(|e| HoldingError::Refused {
            class: deposit.class.clone(),
            why: e.to_string(),
            clause: "gbt35273-6.3-c",
        })?;
        let facts = SideFacts::read(&deposit.class, &deposit.facts, None)?;
        let holding = deposited(tx, deposit)?;
        to_rule.push(ToRule::new(holding.clone(), deposit.subject, facts, Said::Now));
        new.push(holding);
    }
    store::insert_holdings(tx, &new)?;
    rule_sides(tx, &pack, &to_rule)?;
    seal_all(tx, &pack, deposits, &new)?;
    let mut record = Record::of("holdings.deposit").with("holdings", new.len());
    for deposit in deposits.iter().take(100) {
        record = record.about(deposit.subject);
    }
    tx.record(record);
    Ok(new.into_iter().map(|h| h.id).collect())
}

fn deposited(tx: &TenantTx<'_>, deposit: &Deposit) -> Stored<Holding> {
    let (id, now) = (tx.new_id::<HoldingId>(), tx.now());
    let at = deposit.occurred_at.unwrap_or(now);
    Ok(Holding {
        id,
        class: deposit.class.clone(),
        connector_id: None,
        locator: id.to_string(),
        items: 1,
        bytes: i64::try_from(deposit.content.len()).unwrap_or(i64::MAX),
        first_at: Some(at),
        last_at: Some(at),
        occurred_at: at,
        facts: serde_json::to_string(&deposit.facts)?,
        state: HoldingState::Held,
        created_at: now,
        updated_at: now,
    })
}

fn seal_all(tx: &mut TenantTx<'_>, pack: &Pack, deposits: &[Deposit], holdings: &[Holding]) -> Stored<()> {
    let mut keys = HashMap::new();
    for (deposit, holding) in deposits.iter().zip(holdings) {
        let place = (deposit.subject, deposit.class.as_str());
        let key = match keys.entry(place) {
            Slot::Occupied(found) => found.into_mut(),
            Slot::Vacant(empty) => empty.insert(vault::key(tx, deposit.subject, drawer(pack, &deposit.class))?),
        };
        let sealed = key.seal(&PAYLOAD.row(holding.id), &deposit.content)?;
        let algorithm = sealed.algorithm().as_str();
        store::set_payload(tx, holding.id, sealed.into_bytes(), algorithm)?;
    }
    Ok(())
}

/// Puts content where a holding's content belongs, under its subject's drawer.
pub(super) fn seal_content(
    tx: &mut TenantTx<'_>,
    pack: &Pack,
    subject: SubjectId,
    holding: &Holding,
    content: &[u8],
) -> Stored<()> {
    let key = vault::key(tx, subject, drawer(pack, &holding.class))?;
    let sealed = key.seal(&PAYLOAD.row(holding.id), content)?;
    let algorithm = sealed.algorithm().as_str();
    store::set_payload(tx, holding.id, sealed.into_bytes(), algorithm)
}

/// The drawer of a class: biometric ones are kept apart from identity (gbt35273-6.3-b).
pub(super) fn drawer<'a>(pack: &Pack, class: &'a str) -> Drawer<'a> {
    if pack.class(class).is_some_and(|c| c.biometric) { Drawer::Biometric(class) } else { Drawer::Class(class) }
}

/// Reads a vault holding. The permit is used up by it, and has left its record.
pub fn read_from_vault(tx: &mut TenantTx<'_>, permit: Permit) -> Result<Vec<u8>, HoldingError> {
    let (holding, subject) = permit.into_target();
    let holding = store::find(tx, holding)?.ok_or(HoldingError::Unknown)?;
    let sealed = store::payload(tx, holding.id)?.ok_or(HoldingError::Gone)?;
    let pack = packs::in_force(tx)?;
    let key = vault::existing_key(tx, subject, drawer(&pack, &holding.class))?.ok_or(HoldingError::Gone)?;
    let sealed = Sealed::parse(sealed).map_err(crate::platform::db::StoreError::from)?;
    let opened = key.open(&PAYLOAD.row(holding.id), &sealed).map_err(crate::platform::db::StoreError::from)?;
    Ok(opened.to_vec())
}

/// One vault holding, copied out.
#[derive(Debug)]
pub struct Copied {
    /// Its class.
    pub class: String,
    /// When it came to be.
    pub occurred_at: Ts,
    /// Its content.
    pub content: Vec<u8>,
}

/// Copies one vault holding out under an order, by whoever the order names. `None` when the decision says no or the content
/// is gone: that is on record, and the package goes on without it.
pub fn copy_out(
    tx: &mut TenantTx<'_>,
    order: &InForce,
    subject: SubjectId,
    id: HoldingId,
) -> Result<Option<Copied>, HoldingError> {
    let Some(holding) = store::find(tx, id)? else { return Ok(None) };
    let mut sides = data_of(tx, &[id])?.remove(&id).unwrap_or_default();
    sides.retain(|side| side.subject == Some(subject));
    let Some(side) = sides.pop() else { return Ok(None) };
    match decisions::decide_under(tx, order, &side) {
        Ok(permit) => {
            let content = read_from_vault(tx, permit)?;
            Ok(Some(Copied { class: holding.class, occurred_at: holding.occurred_at, content }))
        }
        Err(decisions::Denied::Store(e)) => Err(e.into()),
        Err(_) => Ok(None),
    }
}

/// Many holdings at once, by id.
pub fn holdings_by_id(tx: &mut TenantTx<'_>, ids: &[HoldingId]) -> Stored<HashMap<HoldingId, Holding>> {
    Ok(store::load_many(tx, ids)?.into_iter().map(|h| (h.id, h)).collect())
}

/// How connectors call these holdings.
pub fn locators(tx: &mut TenantTx<'_>, ids: &[HoldingId]) -> Stored<HashMap<HoldingId, String>> {
    Ok(store::load_many(tx, ids)?.into_iter().map(|h| (h.id, h.locator)).collect())
}

/// What makes holdings of one subject alike for a departure.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupKey {
    /// The data class's key.
    pub class: String,
    /// `organisation` or `person`.
    pub controller: String,
    /// The rule that decided.
    pub rule: String,
    /// Where they live; none for the vault.
    pub connector: Option<ConnectorId>,
    /// Whether the source documents settle it.
    pub settled: bool,
    /// Whether they are hidden from the leaver.
    pub hidden_on_leaving: bool,
    /// Whether others are entitled to the content too.
    pub shared: bool,
}

/// Which of a subject's holdings an order takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    /// Those of one group that nothing has been done with yet: a departure's line.
    Group {
        /// What they have in common.
        key: GroupKey,
        /// Only what came to be before this instant: later begins another tenure of the same person.
        before: Option<Ts>,
    },
    /// Those of one class whose time to be kept is over.
    Overdue {
        /// The data class's key.
        class: String,
        /// Where they live; none for the vault.
        connector: Option<ConnectorId>,
        /// The day it is.
        today: NaiveDate,
    },
    /// Those of one class that an order by hand reaches.
    Ordered {
        /// The data class's key.
        class: String,
        /// Where they live; none for the vault.
        connector: Option<ConnectorId>,
        /// What is to be done.
        action: Action,
        /// Only these; all of the class when empty.
        only: Vec<HoldingId>,
    },
}

impl Selector {
    /// Where the holdings live; none for the vault.
    pub fn connector(&self) -> Option<ConnectorId> {
        match self {
            Self::Group { key, .. } => key.connector,
            Self::Overdue { connector, .. } | Self::Ordered { connector, .. } => *connector,
        }
    }

    /// The data class.
    pub fn class(&self) -> &str {
        match self {
            Self::Group { key, .. } => &key.class,
            Self::Overdue { class, .. } | Self::Ordered { class, .. } => class,
        }
    }

    fn takes(&self, side: &Side, holding: &Holding, shared: bool, eye: Option<&Eye>) -> bool {
        match self {
            Self::Group { key, before } => {
                is_open(side) && is_before(holding, *before) && GroupKey::of(side, holding, shared) == *key
            }
            Self::Overdue { class, connector, today } => {
                is_set_aside(side)
                    && side.retain_until.is_some_and(|until| until < *today)
                    && holding.class == *class
                    && holding.connector_id == *connector
            }
            Self::Ordered { class, connector, only, .. } => {
                holding.class == *class
                    && holding.connector_id == *connector
                    && (only.is_empty() || only.contains(&holding.id))
                    && eye.is_some_and(|eye| eye.reaches(side, holding).is_ok())
            }
        }
    }
}

impl GroupKey {
    fn of(side: &Side, holding: &Holding, shared: bool) -> Self {
        Self {
            class: holding.class.clone(),
            controller: side.controller.clone(),
            rule: side.rule.clone(),
            connector: holding.connector_id,
            settled: side.settled,
            hidden_on_leaving: side.hidden_on_leaving,
            shared,
        }
    }
}

/// A group's counts.
#[derive(Debug, Clone, Default)]
pub struct SideGroup {
    /// Holdings.
    pub holdings: i64,
    /// Items they stand for.
    pub items: i64,
    /// Bytes.
    pub bytes: i64,
    /// The earliest item.
    pub first_at: Option<Ts>,
    /// The latest item.
    pub last_at: Option<Ts>,
}

const PAGE: i64 = 1_000;

/// Everything still held about a subject that came to be `before` an instant, in groups: read page by page, so that memory
/// does not grow with the person's data.
pub fn fold_groups(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    before: Option<Ts>,
) -> Stored<HashMap<GroupKey, SideGroup>> {
    let mut groups: HashMap<GroupKey, SideGroup> = HashMap::new();
    let mut after = None;
    loop {
        let page = open_page(tx, subject, after)?;
        let Some((last, ..)) = page.last() else { return Ok(groups) };
        after = Some(last.holding_id);
        for (side, holding, shared) in &page {
            if holding.state != HoldingState::Held || !is_open(side) || !is_before(holding, before) {
                continue;
            }
            let group = groups.entry(GroupKey::of(side, holding, *shared)).or_default();
            group.holdings += 1;
            group.items = group.items.saturating_add(holding.items);
            group.bytes = group.bytes.saturating_add(holding.bytes);
            group.first_at = [group.first_at, holding.first_at].into_iter().flatten().min();
            group.last_at = group.last_at.max(holding.last_at);
        }
    }
}

/// The next holdings of a subject that an order takes, after one: the order's cursor.
pub fn next_sides(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    after: Option<HoldingId>,
    selector: &Selector,
) -> Stored<(Vec<HoldingId>, Option<HoldingId>)> {
    let page = open_page(tx, subject, after)?;
    let eye = match selector {
        Selector::Ordered { action, .. } => Some(Eye::of(tx, subject, *action)?),
        Selector::Group { .. } | Selector::Overdue { .. } => None,
    };
    let last = page.last().map(|(side, ..)| side.holding_id);
    let takes = |side: &Side, holding: &Holding, shared| {
        holding.state == HoldingState::Held && selector.takes(side, holding, shared, eye.as_ref())
    };
    let found = page
        .iter()
        .filter(|(side, holding, shared)| takes(side, holding, *shared))
        .map(|(side, ..)| side.holding_id)
        .collect();
    Ok((found, last))
}

fn is_before(holding: &Holding, end: Option<Ts>) -> bool {
    end.is_none_or(|end| holding.occurred_at < end)
}

/// A side that nothing has been done with yet. What was retained from an earlier tenure goes on by its own date.
fn is_open(side: &Side) -> bool {
    match side.state {
        SideState::Active | SideState::Released => true,
        SideState::Hidden | SideState::HandedOver | SideState::Retained | SideState::Detached | SideState::Ended => {
            false
        }
    }
}

/// Kept until a date, and then to go.
fn is_set_aside(side: &Side) -> bool {
    match side.state {
        SideState::Retained | SideState::Hidden => true,
        SideState::Active | SideState::Released | SideState::HandedOver | SideState::Detached | SideState::Ended => {
            false
        }
    }
}

fn open_page(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    after: Option<HoldingId>,
) -> Stored<Vec<(Side, Holding, bool)>> {
    let page = store::page_of_subject(tx, subject, after, PAGE)?;
    let ids: Vec<HoldingId> = page.iter().map(|(side, _)| side.holding_id).collect();
    let mut others: HashMap<HoldingId, usize> = HashMap::new();
    for side in store::sides_of(tx, &ids)? {
        if side.subject_id != subject && side.state != SideState::Ended {
            *others.entry(side.holding_id).or_default() += 1;
        }
    }
    Ok(page
        .into_iter()
        .map(|(side, holding)| {
            let shared = others.contains_key(&holding.id);
            (side, holding, shared)
        })
        .collect())
}

/// A rescinded departure gives sides back that its instructions hid, handed over or set aside, and no others. Returns how
/// many.
pub fn restore(tx: &mut TenantTx<'_>, subject: SubjectId, under: &[InstructionId]) -> Stored<usize> {
    store::restore(tx, subject, under)
}

/// Whether the organisation still has anything of a subject.
pub fn has_anything(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<bool> {
    store::has_anything(tx, subject)
}

/// The last day through which anything of a subject is kept by an instruction, if anything is.
pub fn kept_through(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Option<NaiveDate>> {
    store::kept_through(tx, subject)
}

/// Sides whose time to be kept is over (gbt35273-6.1-b: without waiting for anybody to ask).
pub fn due_for_disposal(tx: &mut TenantTx<'_>, today: NaiveDate, limit: i64) -> Stored<Vec<Side>> {
    store::overdue(tx, today, limit)
}

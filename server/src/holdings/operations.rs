//! Depositing into the vault, reading from it, and what departures ask about a subject's holdings.

use super::error::HoldingError;
use super::lists;
use super::model::{Holding, HoldingState};
use super::rule::{Said, SideFacts, ToRule, rule_sides};
use super::store;
use super::weighed::data_of;
use crate::decisions::{self, Permit};
use crate::instructions::InForce;
use crate::packs;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{ConnectorId, HoldingId, SubjectId};
use crate::platform::keyring::{Aad, Sealed};
use crate::platform::record::Record;
use crate::platform::vault::{self, Drawer};
use chrono::NaiveDate;
use policy_model::class::LegalGround;
use policy_model::class::Mask;
use policy_model::mask;
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
    /// The staff number by which they were named, where they were.
    pub staff_number: Option<String>,
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
        let named = deposit.staff_number.iter().cloned().collect();
        to_rule.push(ToRule::new(holding.clone(), deposit.subject, named, facts, Said::Now));
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

/// Reads a vault holding, through the mask that its decision says (gbt35273-7.2). The permit is used up by it, and has left
/// its record.
pub fn read_from_vault(tx: &mut TenantTx<'_>, permit: Permit) -> Result<Vec<u8>, HoldingError> {
    let (holding, subject, shown_as) = permit.into_target();
    let holding = store::find(tx, holding)?.ok_or(HoldingError::Unknown)?;
    let sealed = store::payload(tx, holding.id)?.ok_or(HoldingError::Gone)?;
    let pack = packs::in_force(tx)?;
    let key = vault::existing_key(tx, subject, drawer(&pack, &holding.class))?.ok_or(HoldingError::Gone)?;
    let sealed = Sealed::parse(sealed).map_err(crate::platform::db::StoreError::from)?;
    let opened = key.open(&PAYLOAD.row(holding.id), &sealed).map_err(crate::platform::db::StoreError::from)?;
    Ok(match (shown_as, std::str::from_utf8(&opened)) {
        (Mask::None, _) => opened.to_vec(),
        (shown_as, Ok(text)) => mask::shown(shown_as, text).into_bytes(),
        // A picture, a recording: nothing of it can be shown in part.
        (_, Err(_)) => mask::HIDDEN.as_bytes().to_vec(),
    })
}

/// One field of a record, or the whole of what is no record.
pub(super) fn field_of(content: Vec<u8>, field: Option<&str>) -> Result<Vec<u8>, HoldingError> {
    let Some(field) = field else { return Ok(content) };
    let unknown = || HoldingError::NoField(field.to_owned());
    let record: serde_json::Value = serde_json::from_slice(&content).map_err(|_| unknown())?;
    match record.pointer(&format!("/{}", field.replace('.', "/"))).ok_or_else(unknown)? {
        serde_json::Value::String(text) => Ok(text.clone().into_bytes()),
        other => Ok(other.to_string().into_bytes()),
    }
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

/// What a connector calls so, or called so before it was deleted.
pub fn ids_of_locator(tx: &mut TenantTx<'_>, connector: ConnectorId, locator: &str) -> Stored<Vec<HoldingId>> {
    Ok(store::by_locators(tx, connector, &[locator.to_owned()])?.into_iter().map(|h| h.id).collect())
}

/// Whether the organisation still has anything of a subject.
pub fn has_anything(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<bool> {
    lists::has_anything(tx, subject)
}

/// The last day through which anything of a subject is kept by an instruction, if anything is.
pub fn kept_through(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Option<NaiveDate>> {
    lists::kept_through(tx, subject)
}

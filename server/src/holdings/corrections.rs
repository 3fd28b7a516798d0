//! What is to stand instead: kept sealed under its subject's own key from the proposal until it is carried out, or is not to
//! be carried out any more.

use super::error::HoldingError;
use super::model::{Holding, HoldingState};
use super::operations::{drawer, seal_content};
use super::store;
use crate::packs;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{StoreError, Stored, TenantTx};
use crate::platform::ids::{HoldingId, InstructionId, SubjectId};
use crate::platform::keyring::Aad;
use crate::platform::vault;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

tenant_table! {
    corrections (instruction_id, holding_id) {
        instruction_id -> SqlUid, holding_id -> SqlUid, subject_id -> SqlUid, class -> Text, sealed -> Binary,
    }
}

const NEW: Aad = Aad::new("corrections.sealed");

/// Corrections an instruction holds at most.
pub const MOST_CORRECTIONS: usize = 200;

/// What is to stand instead in one holding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// In which holding.
    pub holding_id: HoldingId,
    /// The new content, base64, for what is in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_base64: Option<String>,
    /// Which field, for what a connector keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The field's new value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// A correction that fits its holding.
#[derive(Debug, Clone)]
pub struct Fitting {
    correction: Correction,
    holding: Holding,
    /// Whose side it is.
    pub subject: SubjectId,
}

impl Fitting {
    /// The holding's class.
    pub fn class(&self) -> &str {
        &self.holding.class
    }
    /// The holding.
    pub fn holding(&self) -> HoldingId {
        self.holding.id
    }
}

/// Refuses what no holding could take: unknown ones, gone ones, content for a connector, a field for the vault.
pub fn check_corrections(tx: &mut TenantTx<'_>, asked: &[Correction]) -> Result<Vec<Fitting>, HoldingError> {
    if asked.is_empty() || asked.len() > MOST_CORRECTIONS {
        return Err(HoldingError::Invalid(format!("corrections: 1 to {MOST_CORRECTIONS}")));
    }
    let mut fitting: Vec<Fitting> = Vec::with_capacity(asked.len());
    for correction in asked {
        let holding = store::find(tx, correction.holding_id)?.ok_or(HoldingError::Unknown)?;
        if holding.state != HoldingState::Held {
            return Err(HoldingError::Gone);
        }
        if fitting.iter().any(|f| f.holding.id == holding.id) {
            return Err(HoldingError::Invalid(format!("{} is corrected twice", holding.id)));
        }
        let is_content = correction.content_base64.is_some();
        let is_field = correction.field.as_ref().is_some_and(|f| !f.trim().is_empty()) && correction.value.is_some();
        match (holding.connector_id, is_content, is_field) {
            (None, true, false) => {
                content_of(correction)?;
            }
            (Some(_), false, true) => {}
            (None, ..) => return Err(HoldingError::Invalid("a vault holding takes content_base64 alone".into())),
            (Some(_), ..) => {
                return Err(HoldingError::Invalid("what a connector keeps takes a field and its value".into()));
            }
        }
        let sides = store::sides_of(tx, &[holding.id])?;
        let [side] = sides.as_slice() else {
            return Err(HoldingError::Invalid("what is about several people is corrected where it is kept".into()));
        };
        fitting.push(Fitting { correction: correction.clone(), subject: side.subject_id, holding });
    }
    Ok(fitting)
}

fn content_of(correction: &Correction) -> Result<Vec<u8>, HoldingError> {
    let text = correction.content_base64.as_deref().unwrap_or_default();
    STANDARD.decode(text).map_err(|e| HoldingError::Invalid(format!("content_base64: {e}")))
}

/// Keeps them for the day the instruction is in force.
pub fn keep_corrections(tx: &mut TenantTx<'_>, under: InstructionId, all: &[Fitting]) -> Stored<()> {
    let pack = packs::in_force(tx)?;
    for one in all {
        let key = vault::key(tx, one.subject, drawer(&pack, &one.holding.class))?;
        let text = serde_json::to_string(&one.correction)?;
        let sealed = vault::seal_text(&key, &NEW.row(under).row(one.holding.id), &text)?;
        tx.add(
            corrections::table,
            (
                corrections::instruction_id.eq(under),
                corrections::holding_id.eq(one.holding.id),
                corrections::subject_id.eq(one.subject),
                corrections::class.eq(one.holding.class.clone()),
                corrections::sealed.eq(sealed),
            ),
        )?;
    }
    Ok(())
}

/// The corrections of some holdings. One whose subject's key was erased is there no more.
fn open(tx: &mut TenantTx<'_>, under: InstructionId, ids: &[HoldingId]) -> Stored<Vec<(Correction, SubjectId)>> {
    let pack = packs::in_force(tx)?;
    let ids = ids.to_vec();
    let rows: Vec<(HoldingId, SubjectId, String, Vec<u8>)> = tx.load(corrections::table, |rows| {
        rows.filter(corrections::instruction_id.eq(under)).filter(corrections::holding_id.eq_any(ids)).select((
            corrections::holding_id,
            corrections::subject_id,
            corrections::class,
            corrections::sealed,
        ))
    })?;
    let mut opened = Vec::with_capacity(rows.len());
    for (holding, subject, class, sealed) in rows {
        let Some(key) = vault::existing_key(tx, subject, drawer(&pack, &class))? else { continue };
        let text = vault::open_text(&key, &NEW.row(under).row(holding), sealed)?;
        opened.push((serde_json::from_str(&text)?, subject));
    }
    Ok(opened)
}

/// Puts the new content where the old one was, in the vault. What a connector keeps it has corrected itself. Either way the
/// correction is done and goes.
pub(super) fn correct(tx: &mut TenantTx<'_>, under: InstructionId, ids: &[HoldingId]) -> Stored<usize> {
    let pack = packs::in_force(tx)?;
    let mut done = 0;
    for (correction, subject) in open(tx, under, ids)? {
        done += 1;
        if correction.content_base64.is_some()
            && let Some(mut holding) = store::find(tx, correction.holding_id)?
        {
            let content = content_of(&correction).map_err(|e| StoreError::Unreadable(e.to_string()))?;
            seal_content(tx, &pack, subject, &holding, &content)?;
            holding.bytes = i64::try_from(content.len()).unwrap_or(i64::MAX);
            holding.updated_at = tx.now();
            store::update_holding(tx, &holding)?;
        }
    }
    let ids = ids.to_vec();
    tx.change(corrections::table, |rows| {
        diesel::delete(rows.filter(corrections::instruction_id.eq(under)).filter(corrections::holding_id.eq_any(ids)))
    })?;
    Ok(done)
}

/// What a connector is told, read at the moment of sending: a value stands in no delivery at rest.
pub fn corrections_by_locator(tx: &mut TenantTx<'_>, under: InstructionId, ids: &[HoldingId]) -> Stored<Vec<Value>> {
    let locators = super::locators(tx, ids)?;
    let told = open(tx, under, ids)?.into_iter().filter_map(|(c, _)| {
        let locator = locators.get(&c.holding_id)?;
        Some(json!({ "locator": locator, "field": c.field?, "value": c.value? }))
    });
    Ok(told.collect())
}

/// Which holdings an instruction corrects.
pub fn corrected_holdings(tx: &mut TenantTx<'_>, under: InstructionId) -> Stored<Vec<HoldingId>> {
    tx.load(corrections::table, |rows| {
        rows.filter(corrections::instruction_id.eq(under))
            .order(corrections::holding_id)
            .select(corrections::holding_id)
    })
}

/// They will not be carried out any more.
pub fn forget_corrections(tx: &mut TenantTx<'_>, under: InstructionId) -> Stored<()> {
    tx.change(corrections::table, |rows| diesel::delete(rows.filter(corrections::instruction_id.eq(under))))?;
    Ok(())
}

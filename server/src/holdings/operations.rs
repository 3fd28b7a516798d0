//! Ruling sides, depositing into the vault, reading from it, and what departures ask about a subject's holdings.

use super::error::HoldingError;
use super::model::{Holding, HoldingState, Side, SideState};
use super::store::{self, RulingRow};
use super::tenure::{Tenures, stands};
use crate::decisions::Permit;
use crate::packs;
use crate::people::{AccountKind, Membership as Tenure, MembershipState};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{HoldingId, SubjectId};
use crate::platform::keyring::{Aad, Sealed};
use crate::platform::record::Record;
use crate::platform::vault::{self, Drawer};
use chrono::NaiveDate;
use policy_model::class::LegalGround;
use policy_model::facts::{Account, Facts, Membership};
use policy_model::pack::Pack;
use policy_model::ruling::Ruling;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeSet, HashMap};

/// Where a vault payload lives.
const PAYLOAD: Aad = Aad::new("holdings.payload");

/// The facts that were stated about one side, checked; what was not stated is completed from the membership.
#[derive(Debug, Clone)]
pub(super) struct SideFacts(Map<String, Value>);

impl SideFacts {
    /// Lays a side's own facts over the common ones and refuses what is no fact.
    pub(super) fn read(
        class: &str,
        common: &Map<String, Value>,
        own: Option<&Map<String, Value>>,
    ) -> Result<Self, HoldingError> {
        let mut stated = common.clone();
        stated.extend(own.cloned().unwrap_or_default());
        stated.insert("class".into(), class.into());
        let mut complete = stated.clone();
        complete.entry("account").or_insert("personal".into());
        serde_json::from_value::<Facts>(Value::Object(complete)).map_err(|e| HoldingError::Facts(e.to_string()))?;
        Ok(Self(stated))
    }

    /// Whose account it was, where that was stated.
    fn account(&self) -> Option<Account> {
        serde_json::from_value(self.0.get("account")?.clone()).ok()
    }

    /// The facts of the moment: account and membership come from the tenure in which it fell, unless they were stated.
    fn complete(&self, tenure: Option<&Tenure>, day: NaiveDate) -> Stored<Facts> {
        let mut all = self.0.clone();
        let account = match tenure.map(|t| t.account_kind) {
            Some(AccountKind::Enterprise) => Account::Enterprise,
            Some(AccountKind::Personal) | None => Account::Personal,
        };
        let membership = match tenure {
            Some(t) if t.first_day <= day => {
                let over = t.last_day.is_some_and(|last| day > last) && t.state == MembershipState::Departed;
                if over { Membership::Departed } else { Membership::Employed }
            }
            Some(_) | None => Membership::None,
        };
        all.entry("account").or_insert(serde_json::to_value(account)?);
        all.entry("membership").or_insert(serde_json::to_value(membership)?);
        Ok(serde_json::from_value(Value::Object(all))?)
    }
}

/// A side that is to be ruled.
#[derive(Debug, Clone)]
pub(super) struct ToRule {
    pub holding: Holding,
    pub subject: SubjectId,
    /// The staff numbers by which the subject was named.
    pub named: Vec<String>,
    pub facts: SideFacts,
}

/// Rules sides and writes those that are new, decided otherwise or another membership's now; what was in force stays in
/// the history. What came to be under a membership that has ended is announced, so that somebody sees to it.
pub(super) fn rule_sides(tx: &mut TenantTx<'_>, pack: &Pack, sides: &[ToRule], cause: &str) -> Stored<()> {
    let ids: Vec<HoldingId> = sides.iter().map(|s| s.holding.id).collect();
    let known: HashMap<(HoldingId, SubjectId), Side> =
        store::sides_of(tx, &ids)?.into_iter().map(|s| ((s.holding_id, s.subject_id), s)).collect();
    let mut of_subjects: HashMap<SubjectId, Tenures> = HashMap::new();
    let (mut new, mut history) = (Vec::new(), Vec::new());
    let mut late = BTreeSet::new();
    for ToRule { holding, subject, named, facts } in sides {
        if !of_subjects.contains_key(subject) {
            let tenures = Tenures::of(tx, *subject)?;
            of_subjects.insert(*subject, tenures);
        }
        let tenures = &of_subjects[subject];
        let possible = tenures.of_moment(holding.occurred_at, named, facts.account());
        let facts = facts.complete(possible.last().copied(), tenures.day(holding.occurred_at))?;
        let own = if let [own] = possible.as_slice() { Some(*own) } else { None };
        let ruling = pack.rule(&facts);
        let mut side = side_of(tx, holding, *subject, own, &ruling);
        match known.get(&(holding.id, *subject)) {
            Some(before) => {
                let moves = moves_on(before, own);
                if !moves {
                    keep_fate(&mut side, before);
                }
                if is_same(before, &side) && before.membership_id == side.membership_id && before.state == side.state {
                    continue;
                }
                store::update_side(tx, &side)?;
                if is_same(before, &side) && !moves {
                    continue;
                }
            }
            None => new.push(side.clone()),
        }
        late.extend(own.filter(|m| !stands(m) && side.state == SideState::Active).map(|m| m.id));
        history.push(history_of(tx, pack, &side, &ruling, &facts, cause)?);
    }
    store::insert_sides(tx, &new)?;
    store::insert_rulings(tx, &history)?;
    for membership in late {
        let payload = serde_json::json!({ "membership": membership });
        tx.run_at(tx.now(), super::CAME_LATE, &membership.to_string(), &payload)?;
    }
    Ok(())
}

/// Whether a side that an earlier departure dealt with goes on under a membership that stands: what is in it now came to
/// be after a return.
fn moves_on(before: &Side, now: Option<&Tenure>) -> bool {
    match now {
        Some(m) if before.state != SideState::Active && stands(m) => match before.membership_id {
            Some(earlier) => earlier != m.id,
            None => m.created_at > before.ruled_at,
        },
        Some(_) | None => false,
    }
}

/// What has become of a side stays so when it is ruled again; what nothing was done with yet may change membership.
fn keep_fate(side: &mut Side, before: &Side) {
    side.state = before.state;
    side.successor_id = before.successor_id;
    side.instruction_id = before.instruction_id;
    side.retain_until = before.retain_until;
    if before.state != SideState::Active {
        side.membership_id = before.membership_id;
    }
}

/// Whether the same rule decided the same about the same class.
fn is_same(before: &Side, now: &Side) -> bool {
    (&before.class, &before.rule, &before.controller) == (&now.class, &now.rule, &now.controller)
}

fn side_of(
    tx: &TenantTx<'_>,
    holding: &Holding,
    subject_id: SubjectId,
    under: Option<&Tenure>,
    ruling: &Ruling<'_>,
) -> Side {
    Side {
        subject_id,
        holding_id: holding.id,
        class: holding.class.clone(),
        in_vault: holding.connector_id.is_none(),
        controller: ruling.controller().as_str().into(),
        rule: ruling.rule_id().unwrap_or_default().into(),
        settled: ruling.is_settled(),
        membership_id: under.map(|m| m.id),
        hidden_on_leaving: ruling.is_hidden_from_leaver(),
        state: SideState::Active,
        successor_id: None,
        instruction_id: None,
        retain_until: None,
        ruled_at: tx.now(),
    }
}

fn history_of(
    tx: &TenantTx<'_>,
    pack: &Pack,
    side: &Side,
    ruling: &Ruling<'_>,
    facts: &Facts,
    cause: &str,
) -> Stored<RulingRow> {
    Ok(RulingRow {
        id: tx.new_id(),
        holding_id: side.holding_id,
        subject_id: side.subject_id,
        controller: side.controller.clone(),
        rule: side.rule.clone(),
        pack: pack.header().name.clone(),
        clauses: serde_json::to_string(ruling.clauses())?,
        facts: serde_json::to_string(facts)?,
        cause: cause.into(),
        ruled_at: tx.now(),
    })
}

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
        to_rule.push(ToRule { holding: holding.clone(), subject: deposit.subject, named, facts });
        new.push(holding);
    }
    store::insert_holdings(tx, &new)?;
    rule_sides(tx, &pack, &to_rule, "registered")?;
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

/// Many holdings at once, by id.
pub fn holdings_by_id(tx: &mut TenantTx<'_>, ids: &[HoldingId]) -> Stored<HashMap<HoldingId, Holding>> {
    Ok(store::load_many(tx, ids)?.into_iter().map(|h| (h.id, h)).collect())
}

/// How connectors call these holdings.
pub fn locators(tx: &mut TenantTx<'_>, ids: &[HoldingId]) -> Stored<HashMap<HoldingId, String>> {
    Ok(store::load_many(tx, ids)?.into_iter().map(|h| (h.id, h.locator)).collect())
}

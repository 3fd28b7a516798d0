//! Gathering, once, everything that a plan is computed from.

use super::error::DepartureError;
use super::model::{Departure, LineRow, LineState};
use crate::holdings::{self, GroupKey, SideGroup};
use crate::packs;
use crate::people::{self, AccountKind, Membership, PeopleError};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::SubjectId;
use policy_model::departure::{self, Group, Line, Location, Plan, PlanFacts, Successor};
use policy_model::facts::Account;
use policy_model::pack::Pack;
use policy_model::ruling::Controller;
use std::collections::HashMap;
use std::sync::Arc;

/// The facts of one departure at one moment.
pub(super) struct Gathered {
    pack: Arc<Pack>,
    tz: chrono_tz::Tz,
    membership: Membership,
    effective_at: Ts,
    last_day: chrono::NaiveDate,
    successor: Successor,
    /// Who takes over what is handed over.
    pub taker: Option<SubjectId>,
    groups: Vec<Group>,
    places: HashMap<String, (GroupKey, SideGroup)>,
}

impl Gathered {
    /// Reads the facts as they are now.
    pub(super) fn of(tx: &mut TenantTx<'_>, d: &Departure) -> Result<Self, DepartureError> {
        let membership = people::find_membership(tx, d.membership_id)?.ok_or(PeopleError::UnknownMembership)?;
        let pack = packs::in_force(tx)?;
        let manager = match membership.manager_id {
            None => None,
            Some(id) => people::find_membership(tx, id)?.map(|m| m.subject_id),
        };
        // Who has left takes nothing over, and nobody takes over what is their own.
        let named = who_can_take(tx, d, d.successor_id)?;
        let (successor, taker) = match (named, who_can_take(tx, d, manager)?) {
            (Some(named), _) => (Successor::Named, Some(named)),
            (None, Some(manager)) => (Successor::Manager, Some(manager)),
            (None, None) => (Successor::Nobody, None),
        };
        let holds = holdings::holds_on(tx, d.subject_id)?;
        let mut places = HashMap::new();
        let mut groups = Vec::new();
        for (key, counts) in holdings::fold_groups(tx, d.subject_id, d.membership_id)? {
            let text = serde_json::to_string(&key).map_err(crate::platform::db::StoreError::from)?;
            let held = holds.iter().filter(|h| h.covers(&key.class)).map(|h| h.id.to_string()).collect();
            groups.push(group(&pack, &text, &key, &counts, held));
            places.insert(text, (key, counts));
        }
        groups.sort_by(|a, b| a.key.cmp(&b.key));
        let tz = packs::time_zone(tx)?;
        let (effective_at, last_day) = (d.effective_at, d.last_day);
        Ok(Self { pack, tz, membership, effective_at, last_day, successor, taker, groups, places })
    }

    /// In the rules' terms.
    pub(super) fn facts(&self) -> PlanFacts<'_> {
        PlanFacts {
            first_day: self.membership.first_day,
            last_day: self.last_day,
            effective_at: self.effective_at.0,
            tz: self.tz,
            account: match self.membership.account_kind {
                AccountKind::Enterprise => Account::Enterprise,
                AccountKind::Personal => Account::Personal,
            },
            successor: self.successor,
            groups: &self.groups,
            schedules: self.pack.schedules(),
            rules: self.pack.departure_rules(),
            approvals: self.pack.approvals(),
        }
    }

    /// The plan.
    pub(super) fn plan(&self) -> Result<Plan, DepartureError> {
        Ok(departure::plan(&self.facts())?)
    }

    /// A line as it is stored.
    pub(super) fn row(&self, tx: &TenantTx<'_>, d: &Departure, position: usize, line: &Line) -> Stored<LineRow> {
        let place = self.places.get(&line.group);
        let ending = line.and_then;
        Ok(LineRow {
            id: tx.new_id(),
            departure_id: d.id,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            group_key: line.group.clone(),
            class: line.class.clone(),
            controller: line.controller.as_str().into(),
            settled: line.settled,
            connector_id: place.and_then(|(key, _)| key.connector),
            disposition: line.disposition.action().as_str().into(),
            successor_id: line.successor.and(self.taker),
            retain_until: line.retain_until,
            then_disposition: ending.map(|e| word(&e.how)).transpose()?,
            then_on: ending.map(|e| e.on),
            hidden_from_leaver: line.hidden_from_leaver,
            other_sides: i64::from(line.other_sides),
            destructive: line.destructive,
            needs_approval: line.needs_approval,
            holdings: count(line.holdings),
            items: count(line.items),
            bytes: count(line.bytes),
            first_at: place.and_then(|(_, c)| c.first_at),
            last_at: place.and_then(|(_, c)| c.last_at),
            holds: json(&line.holds)?,
            rules: json(&[&line.departure_rule, &line.schedule, &line.ruling_rule])?,
            clauses: json(&line.clauses)?,
            reason_zh: line.reason_zh.clone(),
            reason_en: line.reason_en.clone(),
            changeable_to: json(&line.changeable_to)?,
            instruction_id: None,
            order_id: None,
            state: if line.is_left_alone() { LineState::LeftAlone } else { LineState::Planned },
            changed_by: None,
            changed_at: None,
            version: 1,
        })
    }
}

/// Whoever is to take over, if they can: they work here, and are not the one who leaves.
fn who_can_take(tx: &mut TenantTx<'_>, d: &Departure, who: Option<SubjectId>) -> Stored<Option<SubjectId>> {
    match who {
        Some(taker) if can_take(tx, d, taker)? => Ok(Some(taker)),
        Some(_) | None => Ok(None),
    }
}

/// Whether somebody can take over what is handed over in a departure.
pub(super) fn can_take(tx: &mut TenantTx<'_>, d: &Departure, taker: SubjectId) -> Stored<bool> {
    Ok(taker != d.subject_id && people::works_here(tx, taker)?)
}

/// The one word that serde writes for a small enum.
fn word<T: serde::Serialize>(value: &T) -> Stored<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => Ok(other.to_string()),
    }
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Stored<String> {
    Ok(serde_json::to_string(value)?)
}

fn group(pack: &Pack, text: &str, key: &GroupKey, counts: &SideGroup, holds: Vec<String>) -> Group {
    let class = pack.class(&key.class);
    let rule = pack.control_rules().iter().find(|r| r.id == key.rule);
    Group {
        key: text.to_owned(),
        class: key.class.clone(),
        // A class that is not in the pack any more is treated with the greatest care.
        sensitive: class.is_none_or(|c| c.sensitive),
        biometric: class.is_some_and(|c| c.biometric),
        controller: if key.controller == "organisation" { Controller::Organisation } else { Controller::Person },
        settled: key.settled,
        ruling_rule: (!key.rule.is_empty()).then(|| key.rule.clone()),
        ruling_clauses: rule.map(|r| r.clauses.clone()).unwrap_or_default(),
        hidden_from_leaver: key.hidden_on_leaving,
        unclear_tenure: key.unclear,
        location: if key.connector.is_some() { Location::Connector } else { Location::Vault },
        holds,
        other_sides: u32::from(key.shared),
        holdings: counts.holdings.unsigned_abs(),
        items: counts.items.unsigned_abs(),
        bytes: counts.bytes.unsigned_abs(),
        first_at: counts.first_at.map(|t| t.0),
        last_at: counts.last_at.map(|t| t.0),
        last_activity_at: counts.last_at.map(|t| t.0),
        transaction_completed_at: key.class.starts_with("order.").then_some(counts.last_at.map(|t| t.0)).flatten(),
    }
}

//! What somebody is told about their own sides: counts and dates, whose they are and by which rule; and a copy of what is
//! theirs. What a rule hides from those who have left is not in it, whether their access has ended already or not.

use super::error::HoldingError;
use super::lists::{self, OwnFilter};
use super::model::{Holding, HoldingState, Side, SideState};
use super::operations;
use super::store;
use super::weighed::data_of;
use crate::decisions::{self, Denied};
use crate::platform::attempt::Own;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{ConnectorId, HoldingId};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

const PAGE: i64 = 1_000;

/// What a person's sides have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnClass {
    /// The data class's key.
    pub class: String,
    /// `organisation` or `person`.
    pub controller: String,
    /// The rule that decided; empty when a rule is missing.
    pub rule: String,
    /// Whether that is settled.
    pub settled: bool,
    /// Whether the privacy officer found so when it was contested.
    pub contested: bool,
}

impl OwnClass {
    fn of(side: &Side) -> Self {
        Self {
            class: side.class.clone(),
            controller: side.controller.clone(),
            rule: side.rule.clone(),
            settled: side.settled,
            contested: side.contest_id.is_some(),
        }
    }
}

/// How much that is.
#[derive(Debug, Clone, Default)]
pub struct OwnGroup {
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
    /// Holdings by what has become of them.
    pub states: BTreeMap<&'static str, i64>,
    /// The last day through which an instruction keeps any of it.
    pub retain_until: Option<NaiveDate>,
    /// How many lie in the vault.
    pub in_vault: i64,
    /// The systems that keep the others.
    pub connectors: BTreeSet<ConnectorId>,
}

impl OwnGroup {
    fn take(&mut self, side: &Side, holding: &Holding) {
        self.holdings += 1;
        self.items = self.items.saturating_add(holding.items);
        self.bytes = self.bytes.saturating_add(holding.bytes);
        self.first_at = [self.first_at, holding.first_at].into_iter().flatten().min();
        self.last_at = self.last_at.max(holding.last_at);
        *self.states.entry(side.state.as_str()).or_default() += 1;
        self.retain_until = self.retain_until.max(side.retain_until);
        match holding.connector_id {
            None => self.in_vault += 1,
            Some(connector) => drop(self.connectors.insert(connector)),
        }
    }
}

fn filter(own: Own) -> OwnFilter {
    OwnFilter { without_hidden: own.has_left(), ..OwnFilter::default() }
}

/// Everything that a person is told is held about them, in groups: read page by page.
pub fn own_groups(tx: &mut TenantTx<'_>, own: Own) -> Stored<BTreeMap<OwnClass, OwnGroup>> {
    let mut groups: BTreeMap<OwnClass, OwnGroup> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = lists::own_page(tx, own.subject(), &filter(own), after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(groups) };
        after = Some(last.holding_id);
        for (side, holding) in page.iter().filter(|(_, holding)| holding.state == HoldingState::Held) {
            groups.entry(OwnClass::of(side)).or_default().take(side, holding);
        }
    }
}

/// One group.
#[derive(Debug, Clone, Default)]
pub struct OwnSide {
    /// The data class's key.
    pub class: String,
    /// `organisation` or `person`.
    pub controller: Option<String>,
    /// The rule that decided.
    pub rule: Option<String>,
}

/// One holding as its person is told of it.
#[derive(Debug, Clone)]
pub struct OwnHolding {
    /// Its id.
    pub id: HoldingId,
    /// The data class's key.
    pub class: String,
    /// `organisation` or `person`.
    pub controller: String,
    /// The system that keeps it; none for the vault.
    pub connector: Option<ConnectorId>,
    /// How many items it stands for.
    pub items: i64,
    /// Their size.
    pub bytes: i64,
    /// The oldest.
    pub first_at: Option<Ts>,
    /// The newest.
    pub last_at: Option<Ts>,
    /// What has become of it.
    pub state: SideState,
    /// Kept through which day by an instruction.
    pub retain_until: Option<NaiveDate>,
    /// Since when the ruling is in force.
    pub ruled_at: Ts,
}

/// The next holdings of a group, at most `limit`, in order of their ids.
pub fn own_holdings(
    tx: &mut TenantTx<'_>,
    own: Own,
    of: &OwnSide,
    after: Option<HoldingId>,
    limit: i64,
) -> Stored<Vec<OwnHolding>> {
    let OwnSide { class, controller, rule } = of.clone();
    let filter = OwnFilter { class: Some(class), controller, rule, ..filter(own) };
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut found, mut after) = (Vec::new(), after);
    while found.len() < wanted {
        let page = lists::own_page(tx, own.subject(), &filter, after, limit)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.holding_id);
        found.extend(page.into_iter().filter(|(_, h)| h.state == HoldingState::Held).map(shown));
    }
    found.truncate(wanted);
    Ok(found)
}

fn shown((side, holding): (Side, Holding)) -> OwnHolding {
    OwnHolding {
        id: holding.id,
        class: holding.class,
        controller: side.controller,
        connector: holding.connector_id,
        items: holding.items,
        bytes: holding.bytes,
        first_at: holding.first_at,
        last_at: holding.last_at,
        state: side.state,
        retain_until: side.retain_until,
        ruled_at: side.ruled_at,
    }
}

/// A copy of one vault holding for the person whose it is. `None` when the decision says no or the content is gone: that is
/// on record, and the download goes on without it.
pub fn copy_of_own(tx: &mut TenantTx<'_>, own: Own, id: HoldingId) -> Result<Option<operations::Copied>, HoldingError> {
    let Some(holding) = store::find(tx, id)? else { return Ok(None) };
    let sides = data_of(tx, &[id])?.remove(&id).unwrap_or_default();
    let Some(side) = sides.into_iter().find(|side| side.subject == Some(own.subject())) else { return Ok(None) };
    let permit = match decisions::decide_own(tx, own, &side) {
        Ok(permit) => permit,
        Err(Denied::Store(e)) => return Err(e.into()),
        Err(Denied::Because(_)) => return Ok(None),
    };
    match operations::read_from_vault(tx, permit) {
        Ok(content) => Ok(Some(operations::Copied { class: holding.class, occurred_at: holding.occurred_at, content })),
        Err(HoldingError::Gone) => Ok(None),
        Err(e) => Err(e),
    }
}

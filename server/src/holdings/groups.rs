//! A subject's holdings in groups, and which of them an order takes: what departures and disposals ask.

use super::aim::Eye;
use super::lists;
use super::model::{Holding, HoldingState, Side, SideState};
use super::store;
use super::tenure::{Share, Tenures};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{ConnectorId, HoldingId, InstructionId, MembershipId, SubjectId};
use chrono::NaiveDate;
use policy_model::instruction::Action;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

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
    /// Whether nobody can tell if it is this membership's or another one's that still stands.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unclear: bool,
}

/// Which of a subject's holdings an order takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    /// Those of one group that nothing has been done with yet: a departure's line.
    Group {
        /// What they have in common.
        key: GroupKey,
        /// Under which membership they came to be: the same person may have had others, or have one still.
        membership: MembershipId,
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

    /// The membership whose departure it serves.
    pub fn membership(&self) -> Option<MembershipId> {
        match self {
            Self::Group { membership, .. } => Some(*membership),
            Self::Overdue { .. } | Self::Ordered { .. } => None,
        }
    }

    fn takes(&self, side: &Side, holding: &Holding, shared: bool, tenures: &Tenures, eye: Option<&Eye>) -> bool {
        match self {
            Self::Group { key, membership } => {
                is_open(side)
                    && GroupKey::of(side, holding, shared, tenures.share(side, holding, *membership)).as_ref()
                        == Some(key)
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
    /// None for what is another membership's.
    fn of(side: &Side, holding: &Holding, shared: bool, share: Share) -> Option<Self> {
        let unclear = match share {
            Share::Own => false,
            Share::Unclear => true,
            Share::Others => return None,
        };
        Some(Self {
            class: holding.class.clone(),
            controller: side.controller.clone(),
            rule: side.rule.clone(),
            connector: holding.connector_id,
            settled: side.settled,
            hidden_on_leaving: side.hidden_on_leaving,
            shared,
            unclear,
        })
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

/// Everything still held about a subject that came to be under a membership, in groups: read page by page, so that memory
/// does not grow with the person's data.
pub fn fold_groups(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    membership: MembershipId,
) -> Stored<HashMap<GroupKey, SideGroup>> {
    let tenures = Tenures::of(tx, subject)?;
    let mut groups: HashMap<GroupKey, SideGroup> = HashMap::new();
    let mut after = None;
    loop {
        let page = open_page(tx, subject, after)?;
        let Some((last, ..)) = page.last() else { return Ok(groups) };
        after = Some(last.holding_id);
        for (side, holding, shared) in &page {
            if holding.state != HoldingState::Held || !is_open(side) {
                continue;
            }
            let share = tenures.share(side, holding, membership);
            let Some(key) = GroupKey::of(side, holding, *shared, share) else { continue };
            let group = groups.entry(key).or_default();
            group.holdings += 1;
            group.items = group.items.saturating_add(holding.items);
            group.bytes = group.bytes.saturating_add(holding.bytes);
            group.first_at = [group.first_at, holding.first_at].into_iter().flatten().min();
            group.last_at = group.last_at.max(holding.last_at);
        }
    }
}

/// Whether anything of a membership came to be known or changed since an instant, and nothing was done with it yet.
pub fn has_open_since(tx: &mut TenantTx<'_>, subject: SubjectId, membership: MembershipId, since: Ts) -> Stored<bool> {
    let tenures = Tenures::of(tx, subject)?;
    let mut after = None;
    loop {
        let page = lists::page_of_subject(tx, subject, after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(false) };
        after = Some(last.holding_id);
        let is_news = |(side, holding): &(Side, Holding)| {
            holding.state == HoldingState::Held
                && is_open(side)
                && (side.ruled_at >= since || holding.updated_at >= since)
                && tenures.share(side, holding, membership) == Share::Own
        };
        if page.iter().any(is_news) {
            return Ok(true);
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
    let tenures = Tenures::of(tx, subject)?;
    let page = open_page(tx, subject, after)?;
    let eye = match selector {
        Selector::Ordered { action, .. } => Some(Eye::of(tx, subject, *action)?),
        Selector::Group { .. } | Selector::Overdue { .. } => None,
    };
    let last = page.last().map(|(side, ..)| side.holding_id);
    let found = page
        .iter()
        .filter(|(side, holding, shared)| {
            holding.state == HoldingState::Held && selector.takes(side, holding, *shared, &tenures, eye.as_ref())
        })
        .map(|(side, ..)| side.holding_id)
        .collect();
    Ok((found, last))
}

/// A side that nothing has been done with yet.
fn is_open(side: &Side) -> bool {
    match side.state {
        SideState::Active => true,
        SideState::Released
        | SideState::Hidden
        | SideState::HandedOver
        | SideState::Retained
        | SideState::Detached
        | SideState::Ended => false,
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
    let page = lists::page_of_subject(tx, subject, after, PAGE)?;
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

/// A rescinded departure gives sides back that its instructions hid, handed over, set aside or gave a copy of, and no
/// others. Returns how many.
pub fn restore(tx: &mut TenantTx<'_>, subject: SubjectId, under: &[InstructionId]) -> Stored<usize> {
    store::restore(tx, subject, under)
}

/// Sides whose time to be kept is over (gbt35273-6.1-b: without waiting for anybody to ask).
pub fn due_for_disposal(tx: &mut TenantTx<'_>, today: NaiveDate, limit: i64) -> Stored<Vec<Side>> {
    lists::overdue(tx, today, limit)
}

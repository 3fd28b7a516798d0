//! What is held about one person, class by class: counts, sizes and who controls it. Never content.

use super::holds;
use super::lists;
use super::model::{HoldingState, SideState};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::SubjectId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const PAGE: i64 = 1_000;

/// One person's sides of one class.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HeldClass {
    /// The data class.
    pub class: String,
    /// How many of its holdings the person has a side of.
    pub holdings: i64,
    /// Of these, how many are gone: deleted, anonymised, missing, or over for this person.
    pub gone: i64,
    /// How many items they stand for; of what is there.
    pub items: i64,
    /// How large those are, in bytes.
    pub bytes: i64,
    /// The oldest item.
    pub first_at: Option<Ts>,
    /// The newest item.
    pub last_at: Option<Ts>,
    /// Whether a hold in force covers it.
    pub held: bool,
    /// Who controls how many of them, by which rule; the most frequent first.
    pub rulings: Vec<RulingCount>,
    /// What has become of how many.
    pub states: Vec<StateCount>,
}

/// So many sides under one rule.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RulingCount {
    /// `organisation` or `person`.
    pub controller: String,
    /// The rule; empty when none covered the case.
    pub rule: String,
    /// Whether the source documents settle it, or the privacy officer has.
    pub settled: bool,
    /// How many.
    pub holdings: i64,
}

/// So many sides in one state.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StateCount {
    /// The state.
    pub state: SideState,
    /// How many.
    pub holdings: i64,
}

#[derive(Default)]
struct Sum {
    seen: HeldClass,
    rulings: BTreeMap<(String, String, bool), i64>,
    states: BTreeMap<&'static str, (SideState, i64)>,
}

/// Everything about a person by class, in the order of the classes' keys: read page by page, so that memory does not grow with
/// what is held.
pub(super) fn by_class(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Vec<HeldClass>> {
    let holds = holds::holds_on(tx, subject)?;
    let mut classes: BTreeMap<String, Sum> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = lists::page_of_subject(tx, subject, after, PAGE)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.holding_id);
        for (side, holding) in page {
            let sum = classes.entry(side.class.clone()).or_default();
            let seen = &mut sum.seen;
            seen.holdings += 1;
            *sum.rulings.entry((side.controller, side.rule, side.settled)).or_default() += 1;
            sum.states.entry(side.state.as_str()).or_insert((side.state, 0)).1 += 1;
            if holding.state != HoldingState::Held || side.state == SideState::Ended {
                seen.gone += 1;
                continue;
            }
            seen.items = seen.items.saturating_add(holding.items);
            seen.bytes = seen.bytes.saturating_add(holding.bytes);
            seen.first_at = [seen.first_at, holding.first_at].into_iter().flatten().min();
            seen.last_at = seen.last_at.max(holding.last_at);
        }
    }
    let finished = classes.into_iter().map(|(class, sum)| {
        let Sum { seen, rulings, states } = sum;
        let mut rulings: Vec<RulingCount> = rulings
            .into_iter()
            .map(|((controller, rule, settled), holdings)| RulingCount { controller, rule, settled, holdings })
            .collect();
        rulings.sort_by_key(|r| std::cmp::Reverse(r.holdings));
        let states = states.into_values().map(|(state, holdings)| StateCount { state, holdings }).collect();
        HeldClass { held: holds.iter().any(|h| h.covers(&class)), class, rulings, states, ..seen }
    });
    Ok(finished.collect())
}

//! What an order by hand reaches: counted before anybody is asked, and found again, by the same look, when it is carried out.

use super::holds;
use super::lists;
use super::model::{Holding, HoldingState, Side, SideState};
use crate::packs;
use crate::people;
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::{ConnectorId, HoldingId, SubjectId};
use chrono::NaiveDate;
use policy_model::class::ClassPattern;
use policy_model::instruction::{Action, Aim, LeftOut, Standing, reaches};
use policy_model::pack::Pack;
use policy_model::ruling::Controller;
use policy_model::schedule::{Kept, Milestones, schedule_for};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const PAGE: i64 = 1_000;

/// What an order by hand is about.
#[derive(Debug, Clone)]
pub struct Target {
    /// What is to be done.
    pub action: Action,
    /// Class patterns.
    pub classes: Vec<String>,
    /// Only these holdings; all of the classes when empty.
    pub only: Vec<HoldingId>,
}

/// How many an order reaches, and what it leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reach {
    /// People of whom it touches something.
    pub subjects: i64,
    /// Holdings, a side each.
    pub holdings: i64,
    /// Items they stand for.
    pub items: i64,
    /// Bytes.
    pub bytes: i64,
    /// Holdings by class.
    pub classes: BTreeMap<String, i64>,
    /// Holdings that a hold suspends: they wait until it is ended.
    pub held: i64,
    /// What is left out, by reason: `persons_own`, `must_be_kept`, `set_aside`, `let_go`, `gone`.
    #[schema(value_type = Object)]
    pub left_out: BTreeMap<LeftOut, i64>,
}

/// One look at the sides of one subject, with everything that the rule wants to know.
pub(super) struct Eye {
    action: Action,
    pack: Arc<Pack>,
    tz: chrono_tz::Tz,
    today: NaiveDate,
    last_day: Option<NaiveDate>,
}

impl Eye {
    pub(super) fn of(tx: &mut TenantTx<'_>, subject: SubjectId, action: Action) -> Stored<Self> {
        let (pack, tz) = (packs::in_force(tx)?, packs::time_zone(tx)?);
        let last_day = people::memberships_of_subject(tx, subject)?.last().and_then(|m| m.last_day);
        Ok(Self { action, pack, tz, today: tx.now().with_timezone(&tz).date_naive(), last_day })
    }

    /// Whether the order reaches this side.
    pub(super) fn reaches(&self, side: &Side, holding: &Holding) -> Result<(), LeftOut> {
        let standing = match (holding.state, side.state) {
            (HoldingState::Anonymised | HoldingState::Deleted | HoldingState::Missing, _) | (_, SideState::Ended) => {
                Standing::Gone
            }
            (HoldingState::Held, SideState::Active | SideState::Released) => Standing::InUse,
            (HoldingState::Held, SideState::Hidden | SideState::HandedOver | SideState::Retained) => Standing::SetAside,
            (HoldingState::Held, SideState::Detached) => Standing::LetGo,
        };
        let controller = if side.controller == "organisation" { Controller::Organisation } else { Controller::Person };
        let kept_through = side.retain_until.max(self.floor(holding));
        reaches(self.action, &Aim { controller, standing, kept_through }, self.today)
    }

    /// The last day of the statutory floor of a holding's class. One whose event has not come yet has no last day.
    fn floor(&self, holding: &Holding) -> Option<NaiveDate> {
        let schedule = schedule_for(self.pack.schedules(), &holding.class).filter(|s| s.floor.is_some())?;
        let day = |at: crate::platform::db::Ts| at.with_timezone(&self.tz).date_naive();
        let newest = Some(day(holding.last_at.unwrap_or(holding.occurred_at)));
        let milestones = Milestones {
            departure: self.last_day,
            creation: newest,
            last_activity: newest,
            transaction_completion: newest,
        };
        match schedule.kept(&milestones) {
            Kept::NotCounting => Some(NaiveDate::MAX),
            Kept::Through { floor, .. } => floor,
        }
    }
}

/// The keys of the pack's classes that any of the patterns fits.
fn keys_of(pack: &Pack, patterns: &[String]) -> Vec<String> {
    let patterns: Vec<ClassPattern> = patterns.iter().filter_map(|p| p.parse().ok()).collect();
    let fits = |key: &str| patterns.iter().any(|p| p.matches(key));
    pack.classes().iter().map(|c| c.key.as_str()).filter(|key| fits(key)).map(str::to_owned).collect()
}

/// Looks at every side of a subject that the target is about.
fn look(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    target: &Target,
    mut see: impl FnMut(&Side, &Holding, Result<(), LeftOut>),
) -> Stored<()> {
    let eye = Eye::of(tx, subject, target.action)?;
    let classes = keys_of(&eye.pack, &target.classes);
    let mut after = None;
    loop {
        let page = lists::page_of_classes(tx, subject, &classes, after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = Some(last.holding_id);
        for (side, holding) in &page {
            if target.only.is_empty() || target.only.contains(&holding.id) {
                see(side, holding, eye.reaches(side, holding));
            }
        }
    }
}

/// Counts what a target reaches of these people's data.
pub fn reach(tx: &mut TenantTx<'_>, subjects: &[SubjectId], target: &Target) -> Stored<Reach> {
    let mut sum = Reach::default();
    for &subject in subjects {
        let holds = holds::holds_on(tx, subject)?;
        let before = sum.holdings;
        look(tx, subject, target, |side, holding, reached| match reached {
            Err(why) => *sum.left_out.entry(why).or_default() += 1,
            Ok(()) => {
                sum.holdings += 1;
                sum.items = sum.items.saturating_add(holding.items);
                sum.bytes = sum.bytes.saturating_add(holding.bytes);
                *sum.classes.entry(side.class.clone()).or_default() += 1;
                sum.held += i64::from(target.action.takes_away() && holds.iter().any(|h| h.covers(&side.class)));
            }
        })?;
        sum.subjects += i64::from(sum.holdings > before);
    }
    Ok(sum)
}

/// What a standing or exceptional instruction would open: the organisation's, in everyday business.
pub fn reach_of_grant(tx: &mut TenantTx<'_>, patterns: &[String], subjects: &[SubjectId]) -> Stored<Reach> {
    let classes = keys_of(&*packs::in_force(tx)?, patterns);
    let (holdings, subjects) = lists::count_in_use(tx, &classes, subjects)?;
    Ok(Reach { subjects, holdings, ..Reach::default() })
}

/// Where a subject has something that the target reaches: by class and place, in order.
pub fn places(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    target: &Target,
) -> Stored<BTreeSet<(String, Option<ConnectorId>)>> {
    let mut places = BTreeSet::new();
    look(tx, subject, target, |side, holding, reached| {
        if reached.is_ok() {
            places.insert((side.class.clone(), holding.connector_id));
        }
    })?;
    Ok(places)
}

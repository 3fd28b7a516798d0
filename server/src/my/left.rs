//! After leaving: what was kept and until when, what was handed over, deleted or given back, and by which rule.

use super::words::{self, ClassName, Why};
use crate::departures::{self, LineState, OwnDeparture, OwnLine, State};
use crate::packs::{self, ClauseView};
use crate::platform::attempt::Own;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::DepartureId;
use chrono::NaiveDate;
use policy_model::pack::Pack;
use policy_model::schedule::Schedule;
use serde::{Deserialize, Serialize};

/// My departures.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MyDepartures {
    /// The latest first.
    pub items: Vec<MyDeparture>,
    /// The clauses that are cited, each with what it asks.
    pub cited: Vec<ClauseView>,
}

/// One departure, once access has ended.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MyDeparture {
    /// Its id.
    pub id: DepartureId,
    /// Where it stands. While it is not yet agreed, nothing is said of what will be done.
    pub state: State,
    /// The last day of work.
    pub last_day: NaiveDate,
    /// When access ended.
    pub access_ended_at: Ts,
    /// When everything was where it should be.
    pub finished_at: Option<Ts>,
    /// What becomes of what. Nothing that is hidden from leavers, and not to whom anything went.
    pub lines: Vec<MyDepartureLine>,
}

/// What becomes of one group.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MyDepartureLine {
    /// The data class.
    pub class: ClassName,
    /// `organisation` or `person`.
    pub controller: String,
    /// `retain`, `hand_over`, `release`, `detach`, `anonymise`, `delete`.
    pub disposition: String,
    /// Where that stands.
    pub state: LineState,
    /// Holdings.
    pub holdings: i64,
    /// Items.
    pub items: i64,
    /// The oldest item.
    pub first_at: Option<Ts>,
    /// The newest item.
    pub last_at: Option<Ts>,
    /// Kept through which day.
    pub retain_until: Option<NaiveDate>,
    /// Then what.
    pub then: Option<String>,
    /// And when.
    pub then_on: Option<NaiveDate>,
    /// Why: the pack's rule on departures, and the ground for keeping.
    pub why: Vec<Why>,
}

/// What became of what somebody left behind.
pub fn of(tx: &mut TenantTx<'_>, own: Own) -> Stored<MyDepartures> {
    let pack = packs::in_force(tx)?;
    let told = departures::of_leaver(tx, own.subject())?;
    let items: Vec<MyDeparture> = told.into_iter().map(|d| shown(&pack, d)).collect();
    let whys = items.iter().flat_map(|d| &d.lines).flat_map(|l| &l.why);
    let cited = packs::cited(whys.flat_map(|w| &w.clauses).map(String::as_str));
    Ok(MyDepartures { items, cited })
}

fn shown(pack: &Pack, d: OwnDeparture) -> MyDeparture {
    MyDeparture {
        id: d.id,
        state: d.state,
        last_day: d.last_day,
        access_ended_at: d.access_ended_at,
        finished_at: d.finished_at,
        lines: d.lines.into_iter().map(|line| shown_line(pack, line)).collect(),
    }
}

fn shown_line(pack: &Pack, l: OwnLine) -> MyDepartureLine {
    let [on_leaving, keeping] = &l.rules;
    let rule = pack.departure_rules().iter().find(|r| Some(&r.id) == on_leaving.as_ref());
    let schedule = pack.schedules().iter().find(|s| Some(&s.id) == keeping.as_ref() && l.retain_until.is_some());
    let because = |s: &Schedule| Why { zh: s.ground_zh.clone(), en: s.ground_en.clone(), clauses: s.clauses.clone() };
    let why = rule
        .map(|r| Why { zh: r.reason_zh.clone(), en: r.reason_en.clone(), clauses: r.clauses.clone() })
        .into_iter()
        .chain(schedule.map(because))
        .collect();
    MyDepartureLine {
        class: words::class_name(pack, &l.class),
        controller: l.controller,
        disposition: l.disposition,
        state: l.state,
        holdings: l.holdings,
        items: l.items,
        first_at: l.first_at,
        last_at: l.last_at,
        retain_until: l.retain_until,
        then: l.then,
        then_on: l.then_on,
        why,
    }
}

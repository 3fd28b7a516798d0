//! What somebody who has left is told of their own departure: what was kept and until when, what was handed over, deleted or
//! given back, and why. Not to whom it went, and nothing of what is hidden from them.

use super::model::{LineRow, LineState, State};
use super::store;
use crate::people;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{DepartureId, SubjectId};
use chrono::NaiveDate;
use policy_model::departure::Disposition;

/// One departure of a person, once their access has ended.
#[derive(Debug, Clone)]
pub struct OwnDeparture {
    /// Its id.
    pub id: DepartureId,
    /// Where it stands.
    pub state: State,
    /// The last day of work.
    pub last_day: NaiveDate,
    /// When access ended.
    pub access_ended_at: Ts,
    /// When everything was where it should be.
    pub finished_at: Option<Ts>,
    /// What becomes of what.
    pub lines: Vec<OwnLine>,
}

/// What becomes of one group of holdings.
#[derive(Debug, Clone)]
pub struct OwnLine {
    /// The data class.
    pub class: String,
    /// Whose it is treated as.
    pub controller: String,
    /// What becomes of it.
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
    /// The pack's rules that speak of it, where there are any: on departures, on keeping. What else may have kept it, such as a
    /// hold, is not the leaver's to know.
    pub rules: [Option<String>; 2],
}

/// The departures of a person whose access has ended, the latest first.
pub fn of_leaver(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Vec<OwnDeparture>> {
    let memberships: Vec<_> = people::memberships_of_subject(tx, subject)?.into_iter().map(|m| m.id).collect();
    let mut told = Vec::new();
    for d in store::of_memberships(tx, &memberships)? {
        let (Some(access_ended_at), true) = (d.access_ended_at.or(d.finished_at), d.state != State::Rescinded) else {
            continue;
        };
        // A plan that nobody has agreed to yet says nothing about what will be done.
        let lines = if d.state.is_before_the_day() { Vec::new() } else { store::lines(tx, d.id)? };
        told.push(OwnDeparture {
            id: d.id,
            state: d.state,
            last_day: d.last_day,
            access_ended_at,
            finished_at: d.finished_at,
            lines: lines.into_iter().filter(|l| !is_hidden(l)).map(shown).collect::<Stored<_>>()?,
        });
    }
    Ok(told)
}

fn is_hidden(line: &LineRow) -> bool {
    line.hidden_from_leaver || line.disposition == Disposition::Hide.action().as_str()
}

fn shown(l: LineRow) -> Stored<OwnLine> {
    let mut rules = serde_json::from_str::<Vec<Option<String>>>(&l.rules)?.into_iter();
    Ok(OwnLine {
        class: l.class,
        controller: l.controller,
        disposition: l.disposition,
        state: l.state,
        holdings: l.holdings,
        items: l.items,
        first_at: l.first_at,
        last_at: l.last_at,
        retain_until: l.retain_until,
        then: l.then_disposition,
        then_on: l.then_on,
        rules: [rules.next().flatten(), rules.next().flatten()],
    })
}

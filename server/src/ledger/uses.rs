//! How often something was done under instructions, and by whom last.
//!
//! Counted with the terms of a block (`search.rs`), 256 records at a time: one write for each instruction that a block speaks of, and
//! none before any answer. What no note covers yet, some hundreds of records, is counted when somebody looks. So a list of
//! instructions costs two queries, however often they were used.

use super::search::Columns;
use super::store::{self, instruction_uses, records};
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts};
use crate::platform::ids::InstructionId;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Records without a note that are looked through. Of more, the answer says so.
const MOST: i64 = 5_000;
/// Records about the instruction itself (its proposal, a yes, its end) rest on it too, and are no use of it.
const ITS_OWN: &str = "instructions.";

/// What one record says of a use.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = records, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Done {
    pub instruction: Option<String>,
    pub at: Ts,
    pub actor_kind: String,
    pub actor: String,
    pub act: String,
    pub outcome: String,
}

/// What is counted of one instruction.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = instruction_uses, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Counted {
    pub instruction: String,
    pub times: i64,
    pub not_done: i64,
    pub first_at: Ts,
    pub last_at: Ts,
    pub last_actor_kind: String,
    pub last_actor: String,
    pub last_act: String,
}

impl Counted {
    /// One use.
    fn of(instruction: &str, done: &Done) -> Self {
        Self {
            instruction: instruction.to_owned(),
            times: 1,
            not_done: i64::from(done.outcome == "refused" || done.outcome == "failed"),
            first_at: done.at,
            last_at: done.at,
            last_actor_kind: done.actor_kind.clone(),
            last_actor: done.actor.clone(),
            last_act: done.act.clone(),
        }
    }

    /// With what came later.
    fn then(self, later: Self) -> Self {
        let (times, not_done) = (self.times + later.times, self.not_done + later.not_done);
        Self { times, not_done, first_at: self.first_at, ..later }
    }
}

/// What was done under an instruction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Uses {
    /// How often.
    pub times: i64,
    /// Whether there was more than was counted.
    pub more: bool,
    /// How often it was refused or failed.
    pub not_done: i64,
    /// When first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_at: Option<Ts>,
    /// The last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<LastUse>,
}

/// The last time that something was done under an instruction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LastUse {
    /// When.
    pub at: Ts,
    /// `member`, `api_key`, `connector`, `job` …
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// What.
    pub act: String,
}

/// Counts records, in their order.
fn count(all: impl IntoIterator<Item = Done>) -> HashMap<String, Counted> {
    let mut counted: HashMap<String, Counted> = HashMap::new();
    for done in all.into_iter().filter(|done| !done.act.starts_with(ITS_OWN)) {
        // A power of the pack is no instruction.
        let Some(id) = done.instruction.as_ref().filter(|id| id.parse::<InstructionId>().is_ok()) else { continue };
        let one = Counted::of(id, &done);
        let sum = match counted.remove(id) {
            Some(before) => before.then(one),
            None => one,
        };
        counted.insert(id.clone(), sum);
    }
    counted
}

/// Adds what a block says, once, with its notes.
pub(super) fn note(tx: &mut TenantTx<'_>, rows: &[Columns]) -> Stored<()> {
    let all = rows.iter().map(|(at, actor_kind, actor, act, _, _, instruction, outcome, _)| Done {
        instruction: instruction.clone(),
        at: *at,
        actor_kind: actor_kind.clone(),
        actor: actor.clone(),
        act: act.clone(),
        outcome: outcome.clone(),
    });
    for more in count(all).into_values() {
        match store::counted_uses(tx, std::slice::from_ref(&more.instruction))?.pop() {
            Some(before) => store::save_uses(tx, before.then(more))?,
            None => store::insert_uses(tx, &more)?,
        }
    }
    Ok(())
}

/// What was done under these instructions; nothing is said of those under which nothing was.
pub fn uses_of(tx: &mut TenantTx<'_>, ids: &[InstructionId]) -> Stored<HashMap<InstructionId, Uses>> {
    let words: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let noted = store::head(tx)?.map_or(0, |head| head.indexed);
    let mut counted: HashMap<String, Counted> =
        store::counted_uses(tx, &words)?.into_iter().map(|c| (c.instruction.clone(), c)).collect();
    let mut fresh = store::done_since(tx, &words, noted, MOST + 1)?;
    let more = i64::try_from(fresh.len()).is_ok_and(|n| n > MOST);
    fresh.reverse();
    for (id, later) in count(fresh) {
        let sum = match counted.remove(&id) {
            Some(before) => before.then(later),
            None => later,
        };
        counted.insert(id, sum);
    }
    let uses = |c: Counted| Uses {
        times: c.times,
        more,
        not_done: c.not_done,
        first_at: Some(c.first_at),
        last: Some(LastUse { at: c.last_at, actor_kind: c.last_actor_kind, actor_id: c.last_actor, act: c.last_act }),
    };
    Ok(counted.into_iter().filter_map(|(id, c)| id.parse().ok().map(|id| (id, uses(c)))).collect())
}

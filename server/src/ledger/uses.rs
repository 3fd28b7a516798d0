//! How often something was done under an instruction, and by whom last: read from the records that rest on it.

use super::store::{self, records};
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts};
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};

/// Records looked through. Of more, the answer says so.
const MOST: i64 = 5_000;
/// Records about the instruction itself (its proposal, a yes, its end) rest on it too, and are no use of it.
const ITS_OWN: &str = "instructions.";

/// What one record says of a use.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = records, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Done {
    pub at: Ts,
    pub actor_kind: String,
    pub actor: String,
    pub act: String,
    pub outcome: String,
}

/// What was done under an instruction.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Uses {
    /// How often.
    pub times: i64,
    /// Whether there was more than was counted.
    pub more: bool,
    /// How often it was refused or failed.
    pub not_done: i64,
    /// When first, among what was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_at: Option<Ts>,
    /// The last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<LastUse>,
}

/// The last time that something was done under an instruction.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
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

/// What was done under this instruction.
pub fn uses_under(tx: &mut TenantTx<'_>, instruction: impl ToString) -> Stored<Uses> {
    let found = store::done_under(tx, &instruction.to_string(), MOST + 1)?;
    let mut uses = Uses { more: i64::try_from(found.len()).is_ok_and(|n| n > MOST), ..Uses::default() };
    for done in found.into_iter().filter(|d| !d.act.starts_with(ITS_OWN)) {
        uses.times += 1;
        uses.not_done += i64::from(done.outcome == "refused" || done.outcome == "failed");
        uses.first_at = Some(done.at);
        if uses.last.is_none() {
            uses.last = Some(LastUse { at: done.at, actor_kind: done.actor_kind, actor_id: done.actor, act: done.act });
        }
    }
    Ok(uses)
}

//! A change to be rehearsed, and how far its rehearsal has come.

use super::store::rehearsals;
use crate::instructions::{Kind, Scope};
use crate::platform::db::{MultiBackend, Stored, Ts};
use crate::platform::ids::{
    DepartmentId, HoldingId, InstructionId, MembershipId, RehearsalId, RoleAssignmentId, SubjectId,
};
use crate::text_enum;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::decision::rehearsal::Tally;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days of decisions that are looked at unless others are asked for.
pub(super) const USUAL_DAYS: i32 = 30;
/// Days of decisions that are looked at at most.
pub(super) const MOST_DAYS: i32 = 180;

/// What would be otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RehearsedChange)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// An instruction that is being drawn up is in force.
    Draft {
        /// What it would be.
        instruction: Granted,
    },
    /// One that waits for a yes is in force.
    Approval {
        /// Which.
        instruction: InstructionId,
    },
    /// One that is in force is taken back.
    Revocation {
        /// Which.
        instruction: InstructionId,
    },
    /// A role is given.
    Assignment {
        /// To whom.
        membership_id: MembershipId,
        /// Which.
        role: String,
        /// Only over the people of this department and of those below it.
        #[serde(default)]
        department_id: Option<DepartmentId>,
    },
    /// A role is taken away.
    Removal {
        /// Which assignment.
        assignment: RoleAssignmentId,
    },
    /// Another pack, or other features; what is absent stays.
    Settings {
        /// Another pack.
        #[serde(default)]
        pack: Option<String>,
        /// All features that are on.
        #[serde(default)]
        features: Option<Vec<String>>,
    },
}

/// What an instruction that is being drawn up would permit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RehearsedInstruction)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    /// `standing` or `exceptional`.
    pub kind: Kind,
    /// For what purpose.
    pub purpose: String,
    /// What it is about and whom it permits.
    pub scope: Scope,
    /// Until when; needed for an exceptional one.
    #[serde(default)]
    pub until: Option<Ts>,
}

impl Change {
    /// Its kind and whose change it is: of the same one there is one rehearsal, the latest.
    pub(super) fn key(&self) -> (&'static str, String) {
        match self {
            Self::Draft { .. } => ("draft", String::new()),
            Self::Approval { instruction } => ("approval", instruction.to_string()),
            Self::Revocation { instruction } => ("revocation", instruction.to_string()),
            Self::Assignment { membership_id, .. } => ("assignment", membership_id.to_string()),
            Self::Removal { assignment } => ("removal", assignment.to_string()),
            Self::Settings { .. } => ("settings", String::new()),
        }
    }

    /// Whether it changes who somebody is, and not what is permitted.
    pub(super) fn is_of_people(&self) -> bool {
        match self {
            Self::Assignment { .. } | Self::Removal { .. } => true,
            Self::Draft { .. } | Self::Approval { .. } | Self::Revocation { .. } | Self::Settings { .. } => false,
        }
    }
}

text_enum! {
    /// Where a rehearsal stands.
    State as "RehearsalState" => {
        /// It goes on.
        Running = "running",
        /// All that it looks at has been looked at.
        Done = "done",
        /// The law moved on before it was done.
        Overtaken = "overtaken",
    }
}

/// One rehearsal.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = rehearsals, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Rehearsal {
    /// Its id.
    pub id: RehearsalId,
    /// The change's kind.
    pub(super) kind: String,
    /// Whose change it is.
    pub(super) about: String,
    /// [`Change`] as JSON.
    pub(super) change: String,
    /// Where it stands.
    pub(super) state: State,
    /// Days of decisions that it looks at.
    pub(super) days: i32,
    /// The version of what is permitted that it rests on.
    pub(super) law: i64,
    /// The version of who is who.
    pub(super) people: i64,
    /// How many records the ledger had.
    pub(super) position: i64,
    /// [`Progress`] as JSON.
    pub(super) progress: String,
    /// Who asked for it; nobody where it goes with a request.
    pub(super) requested_by: Option<MembershipId>,
    /// When it began.
    pub(super) started_at: Ts,
    /// When it ended.
    pub(super) finished_at: Option<Ts>,
    /// Until when it is worth anything, if the law stays as it is.
    pub(super) expires_at: Ts,
}

impl Rehearsal {
    pub(super) fn change(&self) -> Stored<Change> {
        Ok(serde_json::from_str(&self.change)?)
    }

    pub(super) fn progress(&self) -> Stored<Progress> {
        Ok(serde_json::from_str(&self.progress)?)
    }

    /// From which instant on decisions are looked at.
    pub(super) fn since(&self) -> Ts {
        Ts(*self.started_at - chrono::Duration::days(i64::from(self.days)))
    }
}

/// How far it has come, and what it has found so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    pub replay: Replayed,
    pub reach: Reached,
}

/// The decisions of the last days.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Replayed {
    /// Before which place it goes on.
    pub before: Option<i64>,
    pub is_done: bool,
    /// Whether all of the time was looked at.
    pub is_all: bool,
    pub looked_at: u64,
    /// What has no question to be put again: nobody known asked, or about nothing that is there.
    pub not_again: u64,
    /// Of those whose purpose no record keeps: those that would be permitted if it were the change's.
    pub if_for_this: u64,
    pub tally: Tally,
}

/// Today's inventory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Reached {
    /// After which side it goes on.
    pub after: Option<(SubjectId, HoldingId)>,
    pub is_done: bool,
    pub is_all: bool,
    pub looked_at: u64,
    pub sides_opened: u64,
    pub sides_closed: u64,
    pub people_opened: u64,
    pub people_closed: u64,
    /// Who is being looked at, and what of them has been counted already.
    pub person: Option<SubjectId>,
    pub has_opened: bool,
    pub has_closed: bool,
    /// What stays closed all the same, by reason.
    pub kept_closed: BTreeMap<String, u64>,
}

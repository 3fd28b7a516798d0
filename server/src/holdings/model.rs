//! Holdings and their sides.

use super::store::{holding_sides, holdings};
use crate::platform::db::{MultiBackend, Ts};
use crate::platform::ids::{
    ConnectorId, ContestId, HoldingId, InstructionId, MembershipId, QuestionId, SettlementId, SubjectId,
};
use crate::text_enum;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};

text_enum! {
    /// What has become of a holding as a whole.
    HoldingState {
        /// It is there.
        Held = "held",
        /// Its content is gone and counts remain that lead to nobody.
        Anonymised = "anonymised",
        /// It is gone.
        Deleted = "deleted",
        /// The connector says that it is not there any more.
        Missing = "missing",
    }
}

text_enum! {
    /// What has become of one subject's side.
    SideState {
        /// As it was ruled.
        Active = "active",
        /// The subject, having left, does not see it any more.
        Hidden = "hidden",
        /// A successor has it.
        HandedOver = "handed_over",
        /// The organisation keeps it until a date; not part of everyday business.
        Retained = "retained",
        /// The person has had a copy of it.
        Released = "released",
        /// It is the person's, and the organisation has let go of it.
        Detached = "detached",
        /// This side is over; others may go on.
        Ended = "ended",
    }
}

/// One item of data about people, or a unit that stands for many.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = holdings, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Holding {
    /// Its id.
    pub id: HoldingId,
    /// The data class's key.
    pub class: String,
    /// The system that keeps it; none for the vault.
    pub connector_id: Option<ConnectorId>,
    /// How that system calls it; for the vault, its own id.
    pub locator: String,
    /// How many items it stands for.
    pub items: i64,
    /// How large they are together, in bytes.
    pub bytes: i64,
    /// When the first of them came to be.
    pub first_at: Option<Ts>,
    /// When the last of them did.
    pub last_at: Option<Ts>,
    /// The moment whose facts rule it.
    pub occurred_at: Ts,
    /// Those facts, as they were stated; a side's own are with its ruling.
    pub facts: String,
    /// What has become of it.
    pub state: HoldingState,
    /// When it was registered.
    pub created_at: Ts,
    /// When it last changed.
    pub updated_at: Ts,
}

/// One subject's side of a holding, with the ruling in force.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = holding_sides, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Side {
    /// Whose side.
    pub subject_id: SubjectId,
    /// Of which holding.
    pub holding_id: HoldingId,
    /// The holding's class, repeated here so that a side is found without its holding.
    pub class: String,
    /// Whether the holding is in the vault.
    pub in_vault: bool,
    /// `organisation` or `person`.
    pub controller: String,
    /// The rule that decided; empty when none covers the case.
    pub rule: String,
    /// Whether the source documents settle it, or the privacy officer has.
    pub settled: bool,
    /// Under which of the subject's memberships it came to be; none where that cannot be told.
    pub membership_id: Option<MembershipId>,
    /// Of what the source documents leave open: with what it is alike, settled or not.
    pub question_id: Option<QuestionId>,
    /// Whether it is hidden from its subject once they have left.
    pub hidden_on_leaving: bool,
    /// What has become of it.
    pub state: SideState,
    /// Who has it now.
    pub successor_id: Option<SubjectId>,
    /// The instruction that made it so: the answer to "why was it not deleted?".
    pub instruction_id: Option<InstructionId>,
    /// Kept until when.
    pub retain_until: Option<NaiveDate>,
    /// Since when this ruling is in force.
    pub ruled_at: Ts,
    /// The contest that the privacy officer upheld: what she found stands until she finds otherwise.
    pub contest_id: Option<ContestId>,
}

/// One answer in a side's history.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RulingView {
    /// `organisation` or `person`.
    pub controller: String,
    /// The rule that decided; empty when none covered the case.
    pub rule: String,
    /// The pack it was read in.
    pub pack: String,
    /// The clauses it rests on.
    pub clauses: Vec<String>,
    /// What it was ruled by.
    pub facts: serde_json::Value,
    /// Why it was ruled then: `registered`, `facts-changed`, `settled` …
    pub cause: String,
    /// The privacy officer's settlement that it rests on, where the documents leave it open.
    pub settlement_id: Option<SettlementId>,
    /// When.
    pub ruled_at: Ts,
}

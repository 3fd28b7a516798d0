//! A case.

use super::store::cases;
use crate::platform::db::{MultiBackend, Ts};
use crate::platform::ids::{CaseId, InstructionId, MembershipId, SubjectId};
use crate::text_enum;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};

text_enum! {
    /// What a case is about.
    Kind as "CaseKind" => {
        /// 投诉.
        Complaint = "complaint",
        /// 人事案件.
        Hr = "hr",
        /// 安全事件.
        Incident = "incident",
    }
}

text_enum! {
    /// Where a case stands.
    State as "CaseState" => {
        /// Its assignee may see what it opens.
        Open = "open",
        /// Nobody may any more.
        Closed = "closed",
    }
}

/// What a case opens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CaseScope)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Classes, or families of them: `attendance.*`.
    pub classes: Vec<String>,
    /// What may be done with them: `read`, `reveal`, `correct` …
    pub operations: Vec<String>,
    /// For what purpose.
    pub purpose: String,
}

/// A complaint, an HR case, an incident.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cases, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Case {
    pub id: CaseId,
    pub kind: Kind,
    pub state: State,
    /// Whose data it opens.
    pub subject_id: SubjectId,
    /// To whom.
    pub assignee_id: MembershipId,
    pub assignee_subject_id: SubjectId,
    pub opened_by: MembershipId,
    pub opened_by_subject_id: SubjectId,
    /// [`Scope`] as JSON.
    pub scope: String,
    /// What it is about, in words; sealed, since it names people.
    pub sealed_matter: Vec<u8>,
    /// The instruction that permits, while it is open.
    pub instruction_id: InstructionId,
    pub opened_at: Ts,
    /// When what it opens ends by itself.
    pub until: Ts,
    pub closed_at: Option<Ts>,
    pub closed_by: Option<MembershipId>,
    pub sealed_outcome: Option<Vec<u8>>,
    pub version: i64,
}

//! A list of who has what, and its lines.

use super::store::{certification_lines, certifications};
use crate::platform::db::{MultiBackend, Ts};
use crate::platform::ids::{
    CertificationId, CertificationLineId, InstructionId, MembershipId, RoleAssignmentId, SubjectId,
};
use crate::text_enum;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::certification::{self, What};

/// The period of a list that somebody began between the quarters.
pub(super) const BY_HAND: &str = "by_hand";

text_enum! {
    /// Where a list stands.
    State as "CertificationState" => {
        /// It is being answered.
        Open = "open",
        /// Its time is over, and something that was raised still waits for an answer.
        Overdue = "overdue",
        /// Every line is settled.
        Closed = "closed",
    }
}

text_enum! {
    /// What a line is about.
    Kind as "CertificationKind" => {
        /// A role.
        Role = "role",
        /// A grant beyond a role, to a named person for a time.
        Exceptional = "exceptional",
    }
}

text_enum! {
    /// What becomes of a line that nobody answers.
    Silence as "CertificationSilence" => {
        /// It ends.
        Ends = "ends",
        /// It is raised to a person.
        IsRaised = "raised",
    }
}

impl From<certification::Silence> for Silence {
    fn from(silence: certification::Silence) -> Self {
        match silence {
            certification::Silence::Ends => Self::Ends,
            certification::Silence::IsRaised => Self::IsRaised,
        }
    }
}

text_enum! {
    /// Where a line stands.
    LineState as "CertificationLineState" => {
        /// Nobody has answered yet.
        Waiting = "waiting",
        /// It is needed.
        Kept = "kept",
        /// It was taken away.
        Revoked = "revoked",
        /// Nobody answered in time, so it was taken away.
        Lapsed = "lapsed",
        /// Nobody answered in time, and it waits for a person.
        Raised = "raised",
        /// It ended otherwise: the person left, its time was over, somebody took it away.
        Ended = "ended",
        /// Nobody ever answered; it stands on the next list.
        Carried = "carried",
    }
}

impl LineState {
    /// Where somebody may still answer.
    pub(super) const UNANSWERED: [Self; 2] = [Self::Waiting, Self::Raised];
}

text_enum! {
    /// What somebody says of a line.
    Verdict as "CertificationVerdict" => {
        /// It is still needed.
        Keep = "keep",
        /// It is not.
        Revoke = "revoke",
    }
}

/// A list of who has what.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = certifications, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Certification {
    pub(super) id: CertificationId,
    /// `2026-Q2`, or [`BY_HAND`].
    pub(super) period: String,
    pub(super) state: State,
    pub(super) started_at: Ts,
    /// Who began it; nobody where the quarter did.
    pub(super) started_by: Option<MembershipId>,
    /// The last day on which it may be answered.
    pub(super) due_on: NaiveDate,
    /// The instant at which that day is over.
    pub(super) ends_at: Ts,
    pub(super) closed_at: Option<Ts>,
    pub(super) version: i64,
}

impl Certification {
    /// Its id.
    pub fn id(&self) -> CertificationId {
        self.id
    }

    /// When its time is over.
    pub fn ends_at(&self) -> Ts {
        self.ends_at
    }
}

/// One role or grant that somebody has.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = certification_lines, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct Line {
    pub id: CertificationLineId,
    pub certification_id: CertificationId,
    pub kind: Kind,
    /// The role that is held.
    pub assignment_id: Option<RoleAssignmentId>,
    /// The instruction that grants it.
    pub instruction_id: Option<InstructionId>,
    /// Who has it.
    pub membership_id: MembershipId,
    /// Which person that is: nobody answers for their own.
    pub subject_id: SubjectId,
    /// The role's key; empty for a grant.
    pub role: String,
    /// Since when they have it.
    pub since: Ts,
    /// Until when, where that was said.
    pub until: Option<Ts>,
    /// Who gave it.
    pub given_by: Option<MembershipId>,
    /// What silence means, as it was when the list began.
    pub silence: Silence,
    pub state: LineState,
    pub decided_at: Option<Ts>,
    pub decided_by: Option<MembershipId>,
    /// Why, sealed: reasons name people.
    pub sealed_reason: Option<Vec<u8>>,
}

impl Line {
    /// What is certified, as the rules know it.
    pub fn what(&self) -> What<'_> {
        match self.kind {
            Kind::Role => What::Role(&self.role),
            Kind::Exceptional => What::Exceptional,
        }
    }
}

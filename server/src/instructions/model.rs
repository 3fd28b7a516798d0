//! Instructions, their scope, and the yes or no that people gave them.

use super::store::{approvals, instructions};
use crate::people::{MemberName, SubjectName};
use crate::platform::db::{MultiBackend, Ts};
use crate::platform::http::Versioned;
use crate::platform::ids::{CaseId, DepartmentId, InstructionId, MembershipId, SubjectId};
use crate::text_enum;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::instruction::{Action, Step};
use serde::{Deserialize, Serialize};

text_enum! {
    /// The three kinds of instruction (design §3).
    Kind as "InstructionKind" => {
        /// 常设指令: in force until revoked.
        Standing = "standing",
        /// 超权限: a time-boxed grant to named people, approved by the privacy officer (gbt35273-7.1-d).
        Exceptional = "exceptional",
        /// 一次性指令: one operation.
        Order = "order",
    }
}

impl Kind {
    /// The kind as the rules know it.
    pub fn rule(self) -> policy_model::instruction::Kind {
        match self {
            Self::Standing => policy_model::instruction::Kind::Standing,
            Self::Exceptional => policy_model::instruction::Kind::Exceptional,
            Self::Order => policy_model::instruction::Kind::Order,
        }
    }
}

text_enum! {
    /// Where an instruction stands.
    State as "InstructionState" => {
        /// It waits for approval. Silence never means yes.
        Pending = "pending",
        /// It may be carried out, or permits.
        InForce = "in_force",
        /// Somebody said no.
        Refused = "refused",
        /// Nobody said yes in time, or its time is over.
        Expired = "expired",
        /// It was taken back.
        Revoked = "revoked",
        /// The order was carried out.
        CarriedOut = "carried_out",
    }
}

impl State {
    /// Where an instruction stands after a step, by the rules' one table of legal moves.
    pub fn after(self, step: Step, kind: Kind) -> Option<Self> {
        use policy_model::instruction::State as Rule;
        let here = match self {
            Self::Pending => Rule::Pending,
            Self::InForce => Rule::InForce,
            Self::Refused => Rule::Refused,
            Self::Expired => Rule::Expired,
            Self::Revoked => Rule::Revoked,
            Self::CarriedOut => Rule::CarriedOut,
        };
        match here.after(step, kind.rule()).ok()? {
            Rule::Draft => None, // Nothing is stored before it is submitted.
            Rule::Pending => Some(Self::Pending),
            Rule::InForce => Some(Self::InForce),
            Rule::Refused => Some(Self::Refused),
            Rule::Expired => Some(Self::Expired),
            Rule::Revoked => Some(Self::Revoked),
            Rule::CarriedOut => Some(Self::CarriedOut),
        }
    }
}

text_enum! {
    /// One person's word.
    Decision {
        /// Yes.
        Approve = "approve",
        /// No.
        Refuse = "refuse",
    }
}

/// What an instruction is about and whom it permits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Class patterns: `attendance.*`.
    pub classes: Vec<String>,
    /// What is permitted on them: `read`, `correct`, `export` … For orders, the action itself.
    pub operations: Vec<String>,
    /// The purposes of a role of the organisation's own, where it has several; otherwise the instruction's purpose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<String>,
    /// The roles it permits (standing).
    pub roles: Vec<String>,
    /// The people it permits (exceptional).
    pub members: Vec<MembershipId>,
    /// Whose data; everybody's when empty.
    pub subjects: Vec<SubjectId>,
    /// Everybody's in these departments and below (orders). Who that is, is settled when the order is proposed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<DepartmentId>,
    /// To whom copies go (transfer, share, disclose): an organisation or a public place, never a person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// Who takes over (hand over).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<SubjectId>,
    /// Kept until when (retain).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain_until: Option<NaiveDate>,
}

/// What an admin orders the platform to do or allow.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = instructions, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Instruction {
    /// Its id, which every permit and order cites.
    pub id: InstructionId,
    /// Standing, exceptional or order.
    pub kind: Kind,
    /// The action, in the words of approval rules.
    pub action: String,
    /// Where it stands.
    pub state: State,
    /// For what purpose (gbt35273-7.3).
    pub purpose: String,
    /// [`Scope`] as JSON.
    pub scope: String,
    /// Why, sealed: reasons name people.
    pub sealed_reason: Option<Vec<u8>>,
    /// Who gave it; nobody when the platform derived it from an approved case.
    pub author_id: Option<MembershipId>,
    /// Which person that is: separation of duties looks at persons.
    pub author_subject_id: Option<SubjectId>,
    /// Who is to carry it out, when that is a person.
    pub executor_subject_id: Option<SubjectId>,
    /// Who had a hand in it beside its author: whoever changed the line of a plan that somebody else submitted.
    pub drawn_by_subject_id: Option<SubjectId>,
    /// Whether it touches sensitive data.
    pub sensitive: bool,
    /// How many people's data.
    pub subjects: i64,
    /// How many holdings.
    pub holdings: i64,
    /// The approval rules that bind it, by id, with spaces between.
    pub approval_rule: String,
    /// Whose yes it needs, as JSON.
    pub needs: String,
    /// What it came from: `admin`, `departure`, `retention`.
    pub origin_kind: String,
    /// The case it came from.
    pub origin_id: Option<CaseId>,
    /// When it was written.
    pub created_at: Ts,
    /// When approval was asked for.
    pub submitted_at: Option<Ts>,
    /// When the request lapses.
    pub expires_at: Option<Ts>,
    /// Since when it is in force.
    pub in_force_at: Option<Ts>,
    /// Until when it permits.
    pub until: Option<Ts>,
    /// When it ended.
    pub ended_at: Option<Ts>,
    /// Its version.
    pub version: i64,
}

impl Instruction {
    /// The action as the rules know it; stored words are ours, so an unknown one is damage.
    pub fn action(&self) -> Option<Action> {
        Action::ALL.iter().copied().find(|a| a.as_str() == self.action)
    }
}

/// One named person's yes or no.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approvals, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Approval {
    /// To which instruction.
    pub instruction_id: InstructionId,
    /// By which membership.
    pub approver_id: MembershipId,
    /// By which person.
    pub approver_subject_id: SubjectId,
    /// In which role.
    pub role: String,
    /// Yes or no.
    pub decision: Decision,
    /// Why, sealed.
    pub sealed_reason: Option<Vec<u8>>,
    /// When.
    pub decided_at: Ts,
}

/// An instruction as the API shows it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InstructionView {
    /// Its id.
    pub id: InstructionId,
    /// Standing, exceptional or order.
    pub kind: Kind,
    /// The action.
    pub action: String,
    /// Where it stands.
    pub state: State,
    /// For what purpose.
    pub purpose: String,
    /// What it is about and whom it permits.
    pub scope: Scope,
    /// Why; absent once it was forgotten.
    pub reason: Option<String>,
    /// Who gave it.
    pub author_id: Option<MembershipId>,
    /// Who gave it, by name.
    pub author: Option<MemberName>,
    /// Whom the scope permits, by name.
    pub permits: Vec<MemberName>,
    /// Whose data the scope names, by name; the first hundred.
    pub about: Vec<SubjectName>,
    /// Who takes over, by name.
    pub successor: Option<SubjectName>,
    /// Who is to carry it out, where that is a person: never one of those who say yes (gbt35273-7.1-b).
    pub executor_subject_id: Option<SubjectId>,
    /// Whether it touches sensitive data.
    pub sensitive: bool,
    /// How many people's data.
    pub subjects: i64,
    /// How many holdings.
    pub holdings: i64,
    /// The approval rules that bind it.
    pub approval_rules: Vec<String>,
    /// Whose yes is still missing, by role.
    pub waiting_for: Vec<String>,
    /// Roles whose yes is needed and which nobody holds who may say it: it waits, and says so.
    pub nobody_available: Vec<String>,
    /// What it came from.
    pub origin: String,
    /// The case it came from.
    pub origin_id: Option<CaseId>,
    /// When it was written.
    pub created_at: Ts,
    /// When the request lapses.
    pub expires_at: Option<Ts>,
    /// Since when it is in force.
    pub in_force_at: Option<Ts>,
    /// Until when it permits.
    pub until: Option<Ts>,
    /// How often something was done under it, and by whom last.
    pub used: Used,
    /// What was said to it.
    pub approvals: Vec<ApprovalView>,
    /// What the caller may do with it now.
    pub can: Can,
    /// Its version.
    pub version: i64,
}

impl Versioned for InstructionView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// How often something was done under an instruction, as a register shows it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = InstructionUsed)]
pub struct Used {
    /// How often.
    pub times: i64,
    /// Whether there was more than was counted.
    pub more: bool,
    /// The last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Ts>,
    /// The member who did it the last time, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_by: Option<MemberName>,
    /// What did it the last time, where that was no member: `api_key`, `job` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_actor_kind: Option<String>,
}

/// One yes or no, as the API shows it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ApprovalView {
    /// By whom.
    pub approver_id: MembershipId,
    /// By whom, by name.
    pub approver: MemberName,
    /// In which role.
    pub role: String,
    /// Yes or no.
    pub decision: Decision,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub decided_at: Ts,
}

/// Whether the caller may do something, from the very function that would refuse it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct May {
    /// Yes or no.
    pub allowed: bool,
    /// The code of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What the caller may do with an instruction now.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = InstructionCan)]
pub struct Can {
    /// Say yes or no.
    pub decide: May,
    /// Take it back.
    pub revoke: May,
}

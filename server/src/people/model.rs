//! Memberships, subjects, departments and who holds which role.

use super::store::{departments, memberships, role_assignments};
use crate::platform::db::{MultiBackend, Ts};
use crate::platform::http::Versioned;
use crate::platform::ids::{AccountId, DepartmentId, MembershipId, RoleAssignmentId, SubjectId};
use crate::text_enum;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};

text_enum! {
    /// Whose account it is (dingtalk-def-17).
    AccountKind {
        /// 个人账号: the person's own.
        Personal = "personal",
        /// 企业账号: issued and owned by the tenant.
        Enterprise = "enterprise",
    }
}

text_enum! {
    /// Where a membership stands.
    MembershipState {
        /// 在职.
        Employed = "employed",
        /// 待离职: a last day is set and has not passed.
        Leaving = "leaving",
        /// 已离职: access has ended.
        Departed = "departed",
    }
}

text_enum! {
    /// The path by which a role came to somebody. Every path asks the same rule of exclusion.
    Via {
        /// Appointed.
        Assignment = "assignment",
        /// Stands in for somebody until a date.
        Delegation = "delegation",
        /// From a file.
        Import = "import",
        /// With the organisation itself: its first admin.
        Setup = "setup",
    }
}

/// One tenure of a person in this tenant.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize, Deserialize, utoipa::ToSchema)]
#[diesel(table_name = memberships, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// Which person of this tenant.
    pub subject_id: SubjectId,
    /// The account they act with here.
    #[serde(skip)]
    pub account_id: Option<AccountId>,
    /// Whose account that is: it decides rulings.
    pub account_kind: AccountKind,
    /// 工号.
    pub staff_number: String,
    /// Where in the tree.
    pub department_id: Option<DepartmentId>,
    /// 职位.
    pub position: String,
    /// Whom they report to.
    pub manager_id: Option<MembershipId>,
    /// The staff number by which the HR system names whom they report to, who may not be known yet.
    #[serde(skip)]
    pub manager_number: Option<String>,
    /// The staff number by which the HR system named whoever takes over, once they leave.
    #[serde(skip)]
    pub successor_number: Option<String>,
    /// The first day of work.
    pub first_day: NaiveDate,
    /// The last day of work, once it is known.
    pub last_day: Option<NaiveDate>,
    /// The instant at which access ends, as it was when the last day was said.
    #[serde(skip)]
    pub ends_at: Option<Ts>,
    /// Why they leave, as a code.
    pub leave_reason: Option<String>,
    /// Where it stands.
    pub state: MembershipState,
    /// When the HR system last said something about position and department that was applied.
    pub facts_at: Ts,
    /// When the HR system last said something about leaving that was applied: newer words win, in whatever order they arrive.
    pub leaving_at: Option<Ts>,
    /// When the HR system said that they join: an earlier word is about an earlier membership.
    #[serde(skip)]
    pub joined_at: Option<Ts>,
    /// When each thing was last said, as JSON.
    #[serde(skip)]
    pub said: Option<String>,
    /// When it was opened here.
    pub created_at: Ts,
    /// Its version.
    pub version: i64,
}

impl Membership {
    /// Whether it had been announced when something was said.
    pub fn was_known_at(&self, said_at: Ts) -> bool {
        self.joined_at.unwrap_or(self.created_at) <= said_at
    }
}

impl Versioned for Membership {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A node of the department tree.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize, Deserialize, utoipa::ToSchema)]
#[diesel(table_name = departments, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// The department above it.
    pub parent_id: Option<DepartmentId>,
    /// Its name.
    pub name: String,
    /// The HR system's key.
    pub external_ref: Option<String>,
    /// When its name was last said.
    #[serde(skip)]
    pub name_at: Option<Ts>,
    /// When the department above it was last said.
    #[serde(skip)]
    pub parent_at: Option<Ts>,
    /// When it was made.
    pub created_at: Ts,
    /// Its version.
    pub version: i64,
}

/// Who holds which role, since when, by whom.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize, Deserialize, utoipa::ToSchema)]
#[diesel(table_name = role_assignments, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct RoleAssignment {
    /// Its id.
    pub id: RoleAssignmentId,
    /// Which tenure holds it; it ends with it.
    pub membership_id: MembershipId,
    /// Which person: exclusion is per person, not per account.
    pub subject_id: SubjectId,
    /// The role's key in the pack.
    pub role: String,
    /// Only over the people of this department and of those below it, where one is named. Such a role opens their data as
    /// instructions say, and gives no power over Tenure itself, which has no bounds (dingtalk-4.1-admin).
    pub department_id: Option<DepartmentId>,
    /// How it came about.
    pub via: Via,
    /// Who granted it; nobody for the first admin.
    pub granted_by: Option<MembershipId>,
    /// Since when.
    pub granted_at: Ts,
    /// Until when, for a delegation.
    pub until: Option<Ts>,
    /// When it was taken away.
    pub revoked_at: Option<Ts>,
    /// By whom.
    pub revoked_by: Option<MembershipId>,
}

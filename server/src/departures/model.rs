//! Departures and their lines.

use super::store::{departure_lines, departures};
use crate::platform::db::{MultiBackend, Ts};
use crate::platform::ids::{ConnectorId, DepartureId, InstructionId, LineId, MembershipId, OrderId, SubjectId};
use crate::text_enum;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};

text_enum! {
    /// Where a departure stands.
    State as "DepartureState" => {
        /// 已计划: the plan is made and can be adjusted.
        Planned = "planned",
        /// 待审批: its instructions wait for approval.
        Submitted = "submitted",
        /// 已批准: every instruction is in force; the day is awaited.
        Approved = "approved",
        /// 执行中: access has ended and the orders run.
        CarryingOut = "carrying_out",
        /// 已完成: everything is where it should be.
        Completed = "completed",
        /// 已撤回: they stayed.
        Rescinded = "rescinded",
    }
}

impl State {
    /// States in which the departure is still to be decided or done.
    pub const OPEN: [Self; 4] = [Self::Planned, Self::Submitted, Self::Approved, Self::CarryingOut];

    /// Whether the plan can still be replaced as a whole.
    pub fn is_before_the_day(self) -> bool {
        match self {
            Self::Planned | Self::Submitted | Self::Approved => true,
            Self::CarryingOut | Self::Completed | Self::Rescinded => false,
        }
    }
}

text_enum! {
    /// Where one line stands.
    LineState {
        /// As planned or adjusted.
        Planned = "planned",
        /// Its instruction exists; it runs when that is in force and the day has come.
        Instructed = "instructed",
        /// Its order runs.
        Running = "running",
        /// Every holding of it is as ordered.
        Done = "done",
        /// Finished, but some holdings could not be done.
        DoneWithFailures = "done_with_failures",
        /// Taken back with the departure.
        Undone = "undone",
        /// 不处理: it may belong to another membership of the person that still stands, so nothing is done with it.
        LeftAlone = "left_alone",
    }
}

/// The case of one membership's end.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = departures, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Departure {
    /// Its id.
    pub id: DepartureId,
    /// Which tenure ends.
    pub membership_id: MembershipId,
    /// Whose.
    pub subject_id: SubjectId,
    /// Where it stands.
    pub state: State,
    /// The last day of work.
    pub last_day: NaiveDate,
    /// The instant access ends: the start of the next civil day in the tenant's time zone.
    pub effective_at: Ts,
    /// Why they leave, as a code.
    pub reason: Option<String>,
    /// Who takes over.
    pub successor_id: Option<SubjectId>,
    /// Who submitted the plan.
    pub planned_by: Option<MembershipId>,
    /// Which person that is: they cannot approve it.
    pub planned_by_subject: Option<SubjectId>,
    /// When access ended.
    pub access_ended_at: Option<Ts>,
    /// When the case was opened.
    pub opened_at: Ts,
    /// When the plan was submitted.
    pub submitted_at: Option<Ts>,
    /// When the last approval was given.
    pub approved_at: Option<Ts>,
    /// When it was completed or rescinded.
    pub finished_at: Option<Ts>,
    /// The completed departure that it supplements: data came about the membership after that one was carried out.
    pub supplements: Option<DepartureId>,
    /// Its certificate.
    pub certificate_id: Option<CertificateId>,
    /// Its version.
    pub version: i64,
}

/// A certificate's id is the departure's.
pub type CertificateId = DepartureId;

/// What becomes of one group of holdings.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = departure_lines, treat_none_as_default_value = false,
         check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct LineRow {
    /// Its id.
    pub id: LineId,
    /// Of which departure.
    pub departure_id: DepartureId,
    /// Its place.
    pub position: i32,
    /// What identifies the group.
    pub group_key: String,
    /// The data class.
    pub class: String,
    /// Whose it is treated as.
    pub controller: String,
    /// Whether that is settled.
    pub settled: bool,
    /// Where it is kept; none for the vault.
    pub connector_id: Option<ConnectorId>,
    /// What becomes of it.
    pub disposition: String,
    /// Who takes it over.
    pub successor_id: Option<SubjectId>,
    /// Kept through which day.
    pub retain_until: Option<NaiveDate>,
    /// Then what.
    pub then_disposition: Option<String>,
    /// And when.
    pub then_on: Option<NaiveDate>,
    /// Whether the leaver stops seeing it.
    pub hidden_from_leaver: bool,
    /// How many others remain entitled to the content.
    pub other_sides: i64,
    /// Whether it destroys the leaver's side at once.
    pub destructive: bool,
    /// Whether somebody has to agree.
    pub needs_approval: bool,
    /// Holdings.
    pub holdings: i64,
    /// Items.
    pub items: i64,
    /// Bytes.
    pub bytes: i64,
    /// The oldest item.
    pub first_at: Option<Ts>,
    /// The newest item.
    pub last_at: Option<Ts>,
    /// The holds that cover it, as JSON.
    pub holds: String,
    /// Which rules speak: departure rule, schedule, control rule, as JSON.
    pub rules: String,
    /// The clauses it rests on, as JSON.
    pub clauses: String,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// What it could be changed to, as JSON.
    pub changeable_to: String,
    /// The instruction that orders it.
    pub instruction_id: Option<InstructionId>,
    /// The order that carries it out.
    pub order_id: Option<OrderId>,
    /// Where it stands.
    pub state: LineState,
    /// Who changed it.
    pub changed_by: Option<MembershipId>,
    /// When.
    pub changed_at: Option<Ts>,
    /// Its version.
    pub version: i64,
}

//! Departures as the API shows them: counts and sizes, never content; with what the caller may do, from the functions
//! that would refuse it.

use super::error::DepartureError;
use super::model::{Departure, LineRow, LineState, State};
use super::{rescind, store, submit};
use crate::instructions::May;
use crate::people::{self, MemberName, Names, SubjectName};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{AsProblem, Versioned};
use crate::platform::ids::{ConnectorId, DepartureId, InstructionId, LineId, MembershipId, OrderId, SubjectId};
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// How much goes one way.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LaneCount {
    /// Lines.
    pub lines: u32,
    /// Holdings.
    pub holdings: i64,
    /// Items.
    pub items: i64,
    /// Bytes.
    pub bytes: i64,
}

/// The lanes of a departure: where everything goes. The numbers are those that will be executed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Lanes {
    /// To the successor.
    pub successor: LaneCount,
    /// Back to the person.
    pub person: LaneCount,
    /// Kept by the organisation.
    pub kept: LaneCount,
    /// Destroyed on the day.
    pub destroyed: LaneCount,
}

/// What the caller may do with a departure now.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DepartureCan)]
pub struct Can {
    /// Change lines.
    pub adjust: May,
    /// Ask for approval.
    pub submit: May,
    /// Say yes or no.
    pub approve: May,
    /// Call it off.
    pub rescind: May,
}

/// A departure.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DepartureView {
    /// Its id.
    pub id: DepartureId,
    /// Which tenure ends.
    pub membership_id: MembershipId,
    /// Whose.
    pub subject_id: SubjectId,
    /// Their name, while it is known.
    pub name: Option<String>,
    /// 工号.
    pub staff_number: Option<String>,
    /// Where it stands.
    pub state: State,
    /// The last day of work.
    pub last_day: NaiveDate,
    /// The instant access ends.
    pub effective_at: Ts,
    /// 部门.
    pub department: Option<String>,
    /// 职位.
    pub position: Option<String>,
    /// Since when the departure is known.
    pub opened_at: Ts,
    /// Why, as a code.
    pub reason: Option<String>,
    /// Who takes over.
    pub successor_id: Option<SubjectId>,
    /// Who takes over, by name.
    pub successor: Option<SubjectName>,
    /// Who submitted it.
    pub planned_by: Option<MembershipId>,
    /// Who submitted it, by name.
    pub planner: Option<MemberName>,
    /// When access ended.
    pub access_ended_at: Option<Ts>,
    /// When it was submitted.
    pub submitted_at: Option<Ts>,
    /// When it was approved.
    pub approved_at: Option<Ts>,
    /// When it was completed or rescinded.
    pub finished_at: Option<Ts>,
    /// What it waits for, while it waits for somebody's yes.
    pub approval: Option<Awaited>,
    /// The completed departure that it supplements: data came after that one was carried out.
    pub supplements: Option<DepartureId>,
    /// Where everything goes.
    pub lanes: Lanes,
    /// Lines that are done.
    pub lines_done: u32,
    /// Lines that ended with something left undone: for a person to look at.
    pub lines_failed: u32,
    /// Lines.
    pub lines: u32,
    /// Whether the certificate can be fetched.
    pub certified: bool,
    /// What the caller may do now.
    pub can: Can,
    /// Its version.
    pub version: i64,
}

/// Whose yes a submitted departure waits for. Silence never means yes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Awaited {
    /// Roles whose yes is missing.
    pub roles: Vec<String>,
    /// Of them, those that nobody holds who may say it.
    pub nobody: Vec<String>,
    /// When the first of the requests lapses.
    pub expires_at: Option<Ts>,
    /// How many instructions wait.
    pub instructions: u32,
}

impl Versioned for DepartureView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A line.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineView {
    /// Its id.
    pub id: LineId,
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
    /// Who takes it over, by name.
    pub successor: Option<SubjectName>,
    /// Kept through which day.
    pub retain_until: Option<NaiveDate>,
    /// Then what.
    pub then: Option<String>,
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
    /// The holds that cover it.
    pub holds: Vec<String>,
    /// Departure rule, schedule, control rule; none where the pack has none.
    pub rules: Vec<Option<String>>,
    /// The clauses it rests on.
    pub clauses: Vec<String>,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// What it could be changed to, or why not.
    pub changeable_to: Vec<DispositionChoice>,
    /// The instruction that orders it.
    pub instruction_id: Option<InstructionId>,
    /// The order that carries it out.
    pub order_id: Option<OrderId>,
    /// Where it stands.
    pub state: LineState,
    /// Its version.
    pub version: i64,
}

impl Versioned for LineView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// Views of lines, in their order.
pub(super) fn line_views(tx: &mut TenantTx<'_>, lines: Vec<LineRow>) -> Stored<Vec<LineView>> {
    let names = Names::of(tx, [], lines.iter().filter_map(|l| l.successor_id))?;
    lines.into_iter().map(|l| LineView::of(l, &names)).collect()
}

impl LineView {
    /// From how it is stored; unreadable lists are damage, not emptiness.
    fn of(l: LineRow, names: &Names) -> Stored<Self> {
        fn list<T: DeserializeOwned>(text: &str) -> Stored<Vec<T>> {
            Ok(serde_json::from_str(text)?)
        }
        let choices = list::<StoredChoice>(&l.changeable_to)?;
        Ok(Self {
            id: l.id,
            class: l.class,
            controller: l.controller,
            settled: l.settled,
            connector_id: l.connector_id,
            disposition: l.disposition,
            successor_id: l.successor_id,
            successor: l.successor_id.map(|id| names.subject(id)),
            retain_until: l.retain_until,
            then: l.then_disposition,
            then_on: l.then_on,
            hidden_from_leaver: l.hidden_from_leaver,
            other_sides: l.other_sides,
            destructive: l.destructive,
            needs_approval: l.needs_approval,
            holdings: l.holdings,
            items: l.items,
            bytes: l.bytes,
            first_at: l.first_at,
            last_at: l.last_at,
            holds: list(&l.holds)?,
            rules: list(&l.rules)?,
            clauses: list(&l.clauses)?,
            reason_zh: l.reason_zh,
            reason_en: l.reason_en,
            changeable_to: choices.into_iter().map(StoredChoice::shown).collect(),
            instruction_id: l.instruction_id,
            order_id: l.order_id,
            state: l.state,
            version: l.version,
        })
    }
}

/// What a line could become, or why it could not.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DispositionChoice {
    /// The disposition.
    pub to: String,
    /// Whether.
    pub allowed: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Forbidden>,
}

/// Why a line may not become something.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Forbidden {
    /// A stable code.
    pub code: String,
    /// In Chinese.
    pub reason_zh: String,
    /// In English.
    pub reason_en: String,
    /// The clauses that forbid it.
    pub clauses: Vec<String>,
}

/// As the rules wrote it down.
#[derive(Deserialize)]
struct StoredChoice {
    to: String,
    permission: StoredPermission,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredPermission {
    Allowed,
    NotAllowed(Forbidden),
}

impl StoredChoice {
    fn shown(self) -> DispositionChoice {
        let (allowed, why) = match self.permission {
            StoredPermission::Allowed => (true, None),
            StoredPermission::NotAllowed(why) => (false, Some(why)),
        };
        DispositionChoice { to: self.to, allowed, why }
    }
}

/// Views of departures, in their order.
pub(super) fn views(tx: &mut TenantTx<'_>, departures: &[Departure]) -> Stored<Vec<DepartureView>> {
    let subjects: Vec<SubjectId> = departures.iter().map(|d| d.subject_id).collect();
    let tenures: Vec<MembershipId> = departures.iter().map(|d| d.membership_id).collect();
    let names = people::names(tx, &subjects)?;
    let memberships = people::memberships_by_id(tx, &tenures)?;
    let concerned = Names::of(
        tx,
        departures.iter().filter_map(|d| d.planned_by),
        departures.iter().filter_map(|d| d.successor_id),
    )?;
    let departments = people::department_names(tx, memberships.values().filter_map(|m| m.department_id))?;
    let mut views = Vec::with_capacity(departures.len());
    for d in departures {
        let lines = store::lines(tx, d.id)?;
        let tenure = memberships.get(&d.membership_id);
        let can = can(tx, d);
        let approval = submit::awaited(tx, d)?;
        views.push(DepartureView {
            id: d.id,
            membership_id: d.membership_id,
            subject_id: d.subject_id,
            name: names.get(&d.subject_id).cloned(),
            staff_number: tenure.map(|m| m.staff_number.clone()),
            state: d.state,
            last_day: d.last_day,
            effective_at: d.effective_at,
            department: tenure.and_then(|m| m.department_id).and_then(|id| departments.get(&id).cloned()),
            position: tenure.map(|m| m.position.clone()).filter(|p| !p.is_empty()),
            opened_at: d.opened_at,
            reason: d.reason.clone(),
            successor_id: d.successor_id,
            successor: d.successor_id.map(|id| concerned.subject(id)),
            planned_by: d.planned_by,
            planner: d.planned_by.map(|id| concerned.member(id)),
            access_ended_at: d.access_ended_at,
            submitted_at: d.submitted_at,
            approved_at: d.approved_at,
            finished_at: d.finished_at,
            approval,
            supplements: d.supplements,
            lanes: lanes(&lines),
            lines_done: count(lines.iter().filter(|l| l.state == LineState::Done)),
            lines_failed: count(
                lines.iter().filter(|l| matches!(l.state, LineState::DoneWithFailures | LineState::Undone)),
            ),
            lines: count(lines.iter()),
            certified: d.certificate_id.is_some(),
            can,
            version: d.version,
        });
    }
    Ok(views)
}

fn count<T>(things: impl Iterator<Item = T>) -> u32 {
    u32::try_from(things.count()).unwrap_or(u32::MAX)
}

fn lanes(lines: &[LineRow]) -> Lanes {
    let mut lanes = Lanes::default();
    for line in lines {
        let lane = match line.disposition.as_str() {
            "hand_over" => &mut lanes.successor,
            "release" | "detach" => &mut lanes.person,
            "delete" | "anonymise" => &mut lanes.destroyed,
            _ => &mut lanes.kept,
        };
        lane.lines += 1;
        lane.holdings += line.holdings;
        lane.items += line.items;
        lane.bytes += line.bytes;
    }
    lanes
}

fn can(tx: &mut TenantTx<'_>, d: &Departure) -> Can {
    let yes = || May { allowed: true, why: None };
    let no = |why: &str| May { allowed: false, why: Some(why.into()) };
    let may = |answer: Result<(), DepartureError>| answer.map_or_else(|why| no(why.problem().code()), |()| yes());
    Can {
        adjust: may(submit::may_plan(tx, d)),
        submit: may(submit::may_submit(tx, d)),
        approve: may(submit::may_approve(tx, d)),
        rescind: may(rescind::may_rescind(tx, d)),
    }
}

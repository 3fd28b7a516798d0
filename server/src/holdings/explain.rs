//! Two questions that people ask about one side of a holding, answered by what would decide them: "may I see this, and by
//! what?" and "why was it not deleted?".

use super::error::HoldingError;
use super::holds::{self, Hold};
use super::model::{Holding, HoldingState, Side, SideState};
use super::store;
use super::weighed::data_of;
use crate::decisions::{self, Asked};
use crate::instructions::{self, Policies};
use crate::packs;
use crate::people::{self, MemberName, Names};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{HoldingId, InstructionId, MembershipId, SubjectId};
use chrono::NaiveDate;
use policy_model::decision::{Answer, is_operation};
use policy_model::instruction::Action;
use policy_model::schedule::{Held, Kept, Milestones, Schedule, Standing, schedule_for};
use serde::{Deserialize, Serialize};

/// The power that shows that something is held, without its content.
const SEES: &str = "holdings.read";
/// The act of every record of an answer to somebody who asks.
const ASK: &str = "decisions.ask";

/// May somebody do this to that, and by what?
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WhyView {
    /// About whom it is asked: the caller, or another member.
    pub member: MemberName,
    /// What would be done.
    pub operation: String,
    /// What for.
    pub purpose: String,
    /// `permit`, `deny` or `needs_approval`.
    pub answer: String,
    /// The reason's code, one of `docs/reasons.md`.
    pub reason: String,
    /// In Chinese.
    pub text_zh: String,
    /// In English.
    pub text_en: String,
    /// The clause that it rests on.
    pub clause: String,
    /// What a yes rests on: an instruction's id, or `subject` where the data is their own.
    pub rests_on: Option<String>,
    /// How what is read is shown: `phone_keep_3_4` …
    pub mask: Option<String>,
    /// What would open the way: `none`, `instruction`, `exceptional`, `order`, `person`.
    pub remedy: String,
    /// By what power of the pack they see that it is held at all: `pack:NAME#POWER`; absent when they do not.
    pub sees_by: Option<String>,
}

/// What is asked.
pub(super) struct Wanted<'a> {
    pub subject: SubjectId,
    /// Who would do it; the caller when absent.
    pub member: Option<MembershipId>,
    pub operation: &'a str,
    pub purpose: &'a str,
}

/// Asks what would decide, and leaves the record of the answer like any other.
pub(super) fn why(
    tx: &mut TenantTx<'_>,
    policies: &Policies,
    id: HoldingId,
    wanted: &Wanted<'_>,
) -> Result<WhyView, HoldingError> {
    let sides = data_of(tx, &[id])?.remove(&id).unwrap_or_default();
    let data = sides.into_iter().find(|d| d.subject == Some(wanted.subject)).ok_or(HoldingError::Unknown)?;
    let member = wanted.member.or(tx.actor().membership()).ok_or(HoldingError::NobodyHere)?;
    let caller = decisions::standing(tx, member)?.ok_or(HoldingError::NobodyHere)?;
    let law = decisions::law(tx, policies)?;
    if !is_operation(wanted.operation) {
        return Err(HoldingError::Invalid("operation: read, reveal, or what an order does".into()));
    }
    let asked = Asked { operation: wanted.operation, purpose: wanted.purpose, people: 1 };
    let answer = decisions::weigh(&law, &caller, &data, &asked, tx.now());
    // A word that nobody put in force may be anybody's name: the record leaves it out.
    let purpose = if law.policy.table().knows(wanted.purpose) { wanted.purpose } else { "" };
    let said = Asked { purpose, ..asked };
    let record = decisions::record(ASK, Some(&caller), std::iter::once(&data), &said, &answer);
    let names: Vec<String> = caller.names_with_powers().map(str::to_owned).collect();
    let sees_by = law.policy.empowers(&names, SEES);
    let reason = answer.reason();
    let (word, rests_on, mask) = match &answer {
        Answer::Permit { rests_on, mask, .. } => ("permit", Some((*rests_on).to_owned()), Some(*mask)),
        Answer::Deny(_) => ("deny", None, None),
        Answer::NeedsApproval(_) => ("needs_approval", None, None),
    };
    let mask = mask.and_then(|m| serde_json::to_value(m).ok()).and_then(|v| v.as_str().map(str::to_owned));
    tx.record(record);
    let (text_zh, text_en) = reason.texts();
    Ok(WhyView {
        member: Names::of(tx, [member], [])?.member(member),
        operation: wanted.operation.to_owned(),
        purpose: wanted.purpose.to_owned(),
        answer: word.into(),
        reason: reason.code().into(),
        text_zh: text_zh.into(),
        text_en: text_en.into(),
        clause: reason.clause().into(),
        rests_on,
        mask,
        remedy: reason.remedy().as_str().into(),
        sees_by,
    })
}

/// Something that keeps a side, or the reason that it is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeptBy {
    /// It was deleted, anonymised, or is over for this person: nothing keeps it.
    Gone,
    /// A hold suspends every deletion.
    Hold,
    /// It is the person's own: the organisation neither processes nor deletes it.
    Person,
    /// A law has it kept, through a day or until its time begins.
    Law,
    /// An order keeps it, or its schedule does, through a day.
    Schedule,
    /// Its time has not begun: the event from which it is counted has not come.
    NotCounting,
    /// It is in everyday business, and nobody has ordered its deletion.
    InUse,
    /// Others are entitled to the content, and their sides go on.
    Others,
    /// Its deletion is asked for and waits for a yes.
    Waits,
    /// It is due: the next nightly look proposes its deletion.
    Due,
}

/// One reason, the strongest first.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KeptReason {
    /// Which.
    pub by: KeptBy,
    /// Through which day, where there is one.
    pub until: Option<NaiveDate>,
    /// The clauses that it rests on.
    pub clauses: Vec<String>,
    /// The instruction that it rests on, or that waits.
    pub instruction: Option<InstructionId>,
    /// The hold.
    pub hold: Option<Hold>,
}

/// Why a side is kept, and until when.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KeptView {
    /// Everything that keeps it, the strongest first; any one alone would.
    pub reasons: Vec<KeptReason>,
    /// The schedule of its class; absent when none covers it.
    pub schedule: Option<String>,
    /// What happens when the time is over: `delete` or `anonymise`.
    pub then: Option<String>,
    /// Through which day the schedule keeps it, once that can be told.
    pub kept_through: Option<NaiveDate>,
    /// Through which day a law does.
    pub floor_through: Option<NaiveDate>,
    /// The instruction under which the side came to stand as it does.
    pub instruction: Option<InstructionId>,
    /// Since when, where it is gone.
    pub gone_at: Option<Ts>,
}

/// Everything that keeps one side of a holding.
pub(super) fn kept(tx: &mut TenantTx<'_>, id: HoldingId, subject: SubjectId) -> Result<KeptView, HoldingError> {
    let holding = store::find(tx, id)?.ok_or(HoldingError::Unknown)?;
    let sides = store::sides_of(tx, &[id])?;
    let side = sides.iter().find(|s| s.subject_id == subject).ok_or(HoldingError::Unknown)?;
    let pack = packs::in_force(tx)?;
    let schedule = schedule_for(pack.schedules(), &holding.class);
    let milestones = milestones(tx, side, &holding)?;
    let counted = schedule.map_or(Kept::NotCounting, |s| s.kept(&milestones));
    let (kept_through, floor_through) = match counted {
        Kept::NotCounting => (None, None),
        Kept::Through { last_day, floor } => (Some(last_day), floor),
    };
    let is_gone = holding.state != HoldingState::Held || side.state == SideState::Ended;
    let mut view = KeptView {
        reasons: Vec::new(),
        schedule: schedule.map(|s| s.id.clone()),
        then: schedule.map(|s| s.then).map(|then| serde_word(&then)),
        kept_through,
        floor_through,
        instruction: side.instruction_id,
        gone_at: (holding.state != HoldingState::Held).then_some(holding.updated_at),
    };
    if is_gone {
        let by = reason(KeptBy::Gone, None, ["gbt35273-3.10".into()]);
        view.reasons.push(KeptReason { instruction: side.instruction_id, ..by });
        let others = sides.iter().any(|s| s.subject_id != subject && s.state != SideState::Ended);
        if others && holding.state == HoldingState::Held {
            view.reasons.push(reason(KeptBy::Others, None, []));
        }
        return Ok(view);
    }
    view.reasons = reasons(tx, side, &holding, schedule, &milestones)?;
    Ok(view)
}

fn reasons(
    tx: &mut TenantTx<'_>,
    side: &Side,
    holding: &Holding,
    schedule: Option<&Schedule>,
    milestones: &Milestones,
) -> Result<Vec<KeptReason>, HoldingError> {
    let tz = packs::time_zone(tx)?;
    let today = tx.now().with_timezone(&tz).date_naive();
    let mut all = Vec::new();
    for hold in holds::holds_on(tx, side.subject_id)?.into_iter().filter(|h| h.covers(&holding.class)) {
        let by = reason(KeptBy::Hold, None, ["dingtalk-5.1-4".into()]);
        all.push(KeptReason { instruction: hold.instruction_id, hold: Some(hold), ..by });
    }
    if side.controller != "organisation" {
        all.push(reason(KeptBy::Person, None, ["dingtalk-def-12".into()]));
        return Ok(all);
    }
    let clauses = || schedule.map(|s| s.clauses.clone()).unwrap_or_default();
    let counted = schedule.map(|s| (s.kept(milestones), s.floor.is_some()));
    match counted {
        Some((Kept::NotCounting, true)) => all.push(reason(KeptBy::Law, None, clauses())),
        Some((Kept::Through { floor: Some(floor), .. }, _)) if today <= floor => {
            all.push(reason(KeptBy::Law, Some(floor), clauses()));
        }
        Some(_) | None => {}
    }
    for id in instructions::pending_about(tx, side.subject_id, &holding.class, &[Action::Delete, Action::Anonymise])? {
        all.push(KeptReason { instruction: Some(id), ..reason(KeptBy::Waits, None, ["gbt35273-7.1-b".into()]) });
    }
    match side.state {
        SideState::Retained | SideState::Hidden => match side.retain_until {
            Some(until) if until < today => {
                all.push(reason(KeptBy::Due, Some(until), ["gbt35273-6.1-b".into()]));
            }
            until => {
                all.push(KeptReason { instruction: side.instruction_id, ..reason(KeptBy::Schedule, until, clauses()) })
            }
        },
        SideState::Active | SideState::Released | SideState::HandedOver | SideState::Detached => {
            if let (Some(schedule), false) = (schedule, all.iter().any(|r| r.by == KeptBy::Law)) {
                match schedule.standing(milestones, today, Held::No) {
                    Standing::NotCounting => all.push(reason(KeptBy::NotCounting, None, clauses())),
                    Standing::Kept(until) => all.push(reason(KeptBy::Schedule, Some(until), clauses())),
                    Standing::Overdue(_) | Standing::Suspended => {}
                }
            }
            all.push(reason(KeptBy::InUse, None, []));
        }
        SideState::Ended => {}
    }
    Ok(all)
}

fn reason(by: KeptBy, until: Option<NaiveDate>, clauses: impl IntoIterator<Item = String>) -> KeptReason {
    KeptReason { by, until, clauses: clauses.into_iter().collect(), instruction: None, hold: None }
}

/// The days from which a side's time is counted: of the membership under which it came to be, else of the last one.
fn milestones(tx: &mut TenantTx<'_>, side: &Side, holding: &Holding) -> Stored<Milestones> {
    let tz = packs::time_zone(tx)?;
    let tenures = people::memberships_of_subject(tx, side.subject_id)?;
    let own = side.membership_id.and_then(|id| tenures.iter().find(|m| m.id == id)).or(tenures.last());
    let newest = Some(holding.last_at.unwrap_or(holding.occurred_at).with_timezone(&tz).date_naive());
    Ok(Milestones {
        departure: own.and_then(|m| m.last_day),
        creation: newest,
        last_activity: newest,
        transaction_completion: newest,
    })
}

fn serde_word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

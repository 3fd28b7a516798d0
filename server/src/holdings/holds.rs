//! Holds: what suspends every deletion and anonymisation it covers, until it is ended (dingtalk-5.1-4).

use super::error::HoldingError;
use crate::instructions::{self, Draft, Instruction, Kind, Scope};
use crate::people;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts, Turn};
use crate::platform::ids::{HoldId, Id, InstructionId, MembershipId, SubjectId};
use crate::platform::record::Record;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::class::ClassPattern;
use policy_model::instruction::Action;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

tenant_table! {
    holds (id) {
        id -> SqlUid, subject_id -> Nullable<SqlUid>, class_pattern -> Nullable<Text>, reason -> Text,
        instruction_id -> Nullable<SqlUid>, placed_by -> Nullable<SqlUid>, placed_at -> SqlTs,
        ended_at -> Nullable<SqlTs>, ended_by -> Nullable<SqlUid>,
    }
}

/// What an instruction that ends a hold came from.
pub const ORIGIN: &str = "hold";

/// Something that suspends deletion.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, utoipa::ToSchema)]
#[diesel(table_name = holds, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// Whose data; everybody's when absent.
    pub subject_id: Option<SubjectId>,
    /// Which classes; all when absent.
    pub class_pattern: Option<String>,
    /// The matter: a case number, never a person's name.
    pub reason: String,
    /// The instruction it rests on.
    pub instruction_id: Option<InstructionId>,
    /// Who placed it.
    pub placed_by: Option<MembershipId>,
    /// Since when.
    pub placed_at: Ts,
    /// When it was ended.
    pub ended_at: Option<Ts>,
    /// Who ended it.
    pub ended_by: Option<MembershipId>,
}

impl Hold {
    /// Whether it covers a class.
    pub fn covers(&self, class: &str) -> bool {
        self.class_pattern.as_ref().is_none_or(|p| p.parse::<ClassPattern>().is_ok_and(|p| p.matches(class)))
    }
}

/// Places a hold. Takes effect with this transaction: an order that runs later skips what it covers.
pub fn place_hold(
    tx: &mut TenantTx<'_>,
    subject: Option<SubjectId>,
    class_pattern: Option<&str>,
    reason: &str,
    under: Option<InstructionId>,
) -> Result<Hold, HoldingError> {
    tx.needs(Turn::Alone)?;
    if let Some(pattern) = class_pattern {
        pattern.parse::<ClassPattern>().map_err(|e| HoldingError::Invalid(format!("class_pattern: {e}")))?;
    }
    if let Some(subject) = subject
        && !people::are_subjects(tx, &[subject])?
    {
        return Err(HoldingError::NobodyHere);
    }
    if reason.trim().is_empty() || reason.chars().count() > 500 {
        return Err(HoldingError::Invalid("reason: 1 to 500 characters".into()));
    }
    let hold = Hold {
        id: tx.new_id(),
        subject_id: subject,
        class_pattern: class_pattern.map(str::to_owned),
        reason: reason.to_owned(),
        instruction_id: under,
        placed_by: tx.actor().membership(),
        placed_at: tx.now(),
        ended_at: None,
        ended_by: None,
    };
    tx.add(holds::table, &hold)?;
    let mut record = Record::of("holds.place").on("hold", hold.id).citing(["dingtalk-5.1-4"]);
    if let Some(subject) = subject {
        record = record.about(subject);
    }
    tx.record(record);
    Ok(hold)
}

/// Asks for the end of a hold: it sets deletion free, so it takes the yeses that the pack demands (dingtalk-5.1-4).
pub(super) fn ask_to_end(tx: &mut TenantTx<'_>, id: HoldId, reason: &str) -> Result<Instruction, HoldingError> {
    let hold = find(tx, id)?.filter(|h| h.ended_at.is_none()).ok_or(HoldingError::UnknownHold)?;
    let draft = Draft {
        kind: Kind::Order,
        action: Action::ReleaseHold,
        purpose: "hold".into(),
        scope: Scope {
            classes: vec![hold.class_pattern.clone().unwrap_or_else(|| "*".into())],
            operations: vec![Action::ReleaseHold.as_str().into()],
            subjects: hold.subject_id.into_iter().collect(),
            ..Scope::default()
        },
        reason: reason.to_owned(),
        until: None,
        holdings: 0,
        executor: None,
        author: None,
        drawn_by: None,
        origin: (ORIGIN, Some(id.uuid().into())),
    };
    Ok(instructions::propose(tx, draft)?)
}

/// Ends a hold under an instruction in force. A repeat changes nothing.
pub fn end_hold_under(tx: &mut TenantTx<'_>, instruction: InstructionId) -> Result<(), HoldingError> {
    tx.needs(Turn::Alone)?;
    let i = instructions::find(tx, instruction)?;
    let (instructions::State::InForce, Some(case)) = (i.state, i.origin_id) else { return Ok(()) };
    let (id, now) = (HoldId::from(case.uuid()), tx.now());
    tx.change(holds::table, |rows| {
        diesel::update(rows.filter(holds::id.eq(id)).filter(holds::ended_at.is_null()))
            .set((holds::ended_at.eq(Some(now)), holds::ended_by.eq(i.author_id)))
    })?;
    instructions::carried_out(tx, instruction)?;
    tx.record(Record::of("holds.end").on("hold", id).under(instruction).citing(["dingtalk-5.1-4"]));
    Ok(())
}

fn find(tx: &mut TenantTx<'_>, id: HoldId) -> Stored<Option<Hold>> {
    tx.first(holds::table, |rows| rows.filter(holds::id.eq(id)).select(Hold::as_select()))
}

/// Whether a hold in force covers this class of a subject's data.
pub fn is_held(tx: &mut TenantTx<'_>, subject: SubjectId, class: &str) -> Stored<bool> {
    Ok(holds_on(tx, subject)?.iter().any(|h| h.covers(class)))
}

/// Holds in force that concern a subject, or everybody.
pub fn holds_on(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Vec<Hold>> {
    tx.load(holds::table, |rows| {
        rows.filter(holds::ended_at.is_null())
            .filter(holds::subject_id.is_null().or(holds::subject_id.eq(subject)))
            .order(holds::id)
            .limit(1_000)
            .select(Hold::as_select())
    })
}

/// Which holds somebody has asked to end, and by which instruction; those that nobody has answered yet.
pub(super) fn endings(tx: &mut TenantTx<'_>) -> Stored<HashMap<HoldId, InstructionId>> {
    let asked = instructions::pending_of_kind(tx, ORIGIN, Action::ReleaseHold)?;
    Ok(asked.into_iter().filter_map(|i| i.origin_id.map(|case| (HoldId::from(case.uuid()), i.id))).collect())
}

/// All holds in force.
pub(super) fn list(tx: &mut TenantTx<'_>) -> Stored<Vec<Hold>> {
    tx.load(holds::table, |rows| {
        rows.filter(holds::ended_at.is_null()).order(holds::id).limit(1_000).select(Hold::as_select())
    })
}

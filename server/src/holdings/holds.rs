//! Holds: what suspends every deletion and anonymisation it covers, until it is ended (dingtalk-5.1-4).

use super::error::HoldingError;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts};
use crate::platform::ids::{HoldId, InstructionId, MembershipId, SubjectId};
use crate::platform::record::Record;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::class::ClassPattern;
use serde::{Deserialize, Serialize};

tenant_table! {
    holds (id) {
        id -> SqlUid, subject_id -> Nullable<SqlUid>, class_pattern -> Nullable<Text>, reason -> Text,
        instruction_id -> Nullable<SqlUid>, placed_by -> Nullable<SqlUid>, placed_at -> SqlTs,
        ended_at -> Nullable<SqlTs>, ended_by -> Nullable<SqlUid>,
    }
}

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
    if let Some(pattern) = class_pattern {
        pattern.parse::<ClassPattern>().map_err(|e| HoldingError::Invalid(format!("class_pattern: {e}")))?;
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

/// Ends a hold. Not by the person who placed it: ending one sets deletion free, which takes a second pair of eyes.
pub fn end_hold(tx: &mut TenantTx<'_>, id: HoldId) -> Result<Hold, HoldingError> {
    let (now, by) = (tx.now(), tx.actor().membership());
    let hold = find(tx, id)?.ok_or(HoldingError::UnknownHold)?;
    if hold.placed_by.is_some() && hold.placed_by == by {
        return Err(HoldingError::OwnHold);
    }
    tx.change(holds::table, |rows| {
        diesel::update(rows.filter(holds::id.eq(id)).filter(holds::ended_at.is_null()))
            .set((holds::ended_at.eq(Some(now)), holds::ended_by.eq(by)))
    })?;
    tx.record(Record::of("holds.end").on("hold", id).citing(["dingtalk-5.1-4"]));
    find(tx, id)?.ok_or(HoldingError::UnknownHold)
}

fn find(tx: &mut TenantTx<'_>, id: HoldId) -> Stored<Option<Hold>> {
    tx.first(holds::table, |rows| rows.filter(holds::id.eq(id)).select(Hold::as_select()))
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

/// All holds in force.
pub(super) fn list(tx: &mut TenantTx<'_>) -> Stored<Vec<Hold>> {
    tx.load(holds::table, |rows| {
        rows.filter(holds::ended_at.is_null()).order(holds::id).limit(1_000).select(Hold::as_select())
    })
}

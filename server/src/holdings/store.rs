//! The tables of holdings, what is written to them, and what is read by its key. Pages are in `lists`.

use super::model::{Holding, HoldingState, Side, SideState};
use crate::platform::current::Touch;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts, Turn};
use crate::platform::ids::{ConnectorId, HoldingId, InstructionId, RulingId, SettlementId, SubjectId};
use chrono::NaiveDate;
use diesel::prelude::*;

tenant_table! {
    holdings (id) decides Holdings {
        id -> SqlUid, class -> Text, connector_id -> Nullable<SqlUid>, locator -> Text, items -> BigInt, bytes -> BigInt,
        first_at -> Nullable<SqlTs>, last_at -> Nullable<SqlTs>, occurred_at -> SqlTs, facts -> Text, state -> Text,
        payload -> Nullable<Binary>, algorithm -> Nullable<Text>, created_at -> SqlTs, updated_at -> SqlTs,
    }
}
tenant_table! {
    holding_sides (subject_id, holding_id) decides Holdings {
        subject_id -> SqlUid, holding_id -> SqlUid, class -> Text, in_vault -> Bool, controller -> Text, rule -> Text, settled -> Bool,
        membership_id -> Nullable<SqlUid>, question_id -> Nullable<SqlUid>, hidden_on_leaving -> Bool, state -> Text,
        successor_id -> Nullable<SqlUid>,
        instruction_id -> Nullable<SqlUid>, retain_until -> Nullable<Date>,
        ruled_at -> SqlTs, contest_id -> Nullable<SqlUid>,
    }
}
tenant_table! {
    rulings (holding_id, subject_id, id) decides Holdings {
        id -> SqlUid, holding_id -> SqlUid, subject_id -> SqlUid, controller -> Text, rule -> Text, pack -> Text,
        clauses -> Text, facts -> Text, cause -> Text, settlement_id -> Nullable<SqlUid>, ruled_at -> SqlTs,
    }
}

/// One line of a side's history, as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = rulings, treat_none_as_default_value = false,
         check_for_backend(MultiBackend, diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct RulingRow {
    pub id: RulingId,
    pub holding_id: HoldingId,
    pub subject_id: SubjectId,
    pub controller: String,
    pub rule: String,
    pub pack: String,
    pub clauses: String,
    pub facts: String,
    pub cause: String,
    pub settlement_id: Option<SettlementId>,
    pub ruled_at: Ts,
}

pub(super) fn insert_holdings(tx: &mut TenantTx<'_>, new: &[Holding]) -> Stored<()> {
    tx.needs(Turn::Together)?;
    let ids: Vec<HoldingId> = new.iter().map(|holding| holding.id).collect();
    tx.touching(Touch::New(&ids), |tx| tx.add_all::<holdings::table, Holding>(holdings::table, new))
}

pub(super) fn insert_sides(tx: &mut TenantTx<'_>, new: &[Side]) -> Stored<()> {
    tx.needs(Turn::Together)?;
    let ids: Vec<HoldingId> = new.iter().map(|side| side.holding_id).collect();
    tx.touching(Touch::These(&ids), |tx| tx.add_all::<holding_sides::table, Side>(holding_sides::table, new))
}

pub(super) fn insert_rulings(tx: &mut TenantTx<'_>, new: &[RulingRow]) -> Stored<()> {
    let ids: Vec<HoldingId> = new.iter().map(|ruling| ruling.holding_id).collect();
    tx.touching(Touch::These(&ids), |tx| tx.add_all::<rulings::table, RulingRow>(rulings::table, new))
}

/// What a connector calls so, the newest last: something deleted keeps its locator beside what is held anew under it.
pub(super) fn by_locators(tx: &mut TenantTx<'_>, connector: ConnectorId, locators: &[String]) -> Stored<Vec<Holding>> {
    tx.load(holdings::table, |rows| {
        rows.filter(holdings::connector_id.eq(connector))
            .filter(holdings::locator.eq_any(locators.to_vec()))
            .order(holdings::id)
            .select(Holding::as_select())
    })
}

/// Locators of a connector that are held, in order, after one: for an inventory that is larger than memory.
pub(super) fn held_locators(
    tx: &mut TenantTx<'_>,
    connector: ConnectorId,
    after: &str,
    limit: i64,
) -> Stored<Vec<String>> {
    let after = after.to_owned();
    tx.load(holdings::table, |rows| {
        rows.filter(holdings::connector_id.eq(connector))
            .filter(holdings::locator.gt(after))
            .filter(holdings::state.eq(HoldingState::Held))
            .order(holdings::locator)
            .limit(limit)
            .select(holdings::locator)
    })
}

pub(super) fn find(tx: &mut TenantTx<'_>, id: HoldingId) -> Stored<Option<Holding>> {
    tx.first(holdings::table, |rows| rows.filter(holdings::id.eq(id)).select(Holding::as_select()))
}

pub(super) fn load_many(tx: &mut TenantTx<'_>, ids: &[HoldingId]) -> Stored<Vec<Holding>> {
    tx.load(holdings::table, |rows| rows.filter(holdings::id.eq_any(ids.to_vec())).select(Holding::as_select()))
}

pub(super) fn update_holding(tx: &mut TenantTx<'_>, h: &Holding) -> Stored<()> {
    tx.needs(Turn::Together)?;
    tx.touching(Touch::These(&[h.id]), |tx| {
        let now = h.clone();
        tx.change(holdings::table, |rows| {
            diesel::update(rows.filter(holdings::id.eq(now.id))).set((
                holdings::class.eq(now.class),
                holdings::items.eq(now.items),
                holdings::bytes.eq(now.bytes),
                holdings::first_at.eq(now.first_at),
                holdings::last_at.eq(now.last_at),
                holdings::occurred_at.eq(now.occurred_at),
                holdings::facts.eq(now.facts),
                holdings::state.eq(now.state),
                holdings::updated_at.eq(now.updated_at),
            ))
        })?;
        Ok(())
    })
}

pub(super) fn set_payload(tx: &mut TenantTx<'_>, id: HoldingId, payload: Vec<u8>, algorithm: &str) -> Stored<()> {
    tx.touching(Touch::Nothing, |tx| {
        let algorithm = algorithm.to_owned();
        tx.change(holdings::table, |rows| {
            diesel::update(rows.filter(holdings::id.eq(id)))
                .set((holdings::payload.eq(Some(payload)), holdings::algorithm.eq(Some(algorithm))))
        })?;
        Ok(())
    })
}

pub(super) fn payload(tx: &mut TenantTx<'_>, id: HoldingId) -> Stored<Option<Vec<u8>>> {
    let found: Option<Option<Vec<u8>>> =
        tx.first(holdings::table, |rows| rows.filter(holdings::id.eq(id)).select(holdings::payload))?;
    Ok(found.flatten())
}

/// The content goes; what stays says only that something was there.
pub(super) fn empty(tx: &mut TenantTx<'_>, ids: &[HoldingId], state: HoldingState) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.touching(Touch::These(ids), |tx| {
        let (now, ids) = (tx.now(), ids.to_vec());
        tx.change(holdings::table, |rows| {
            diesel::update(rows.filter(holdings::id.eq_any(ids))).set((
                holdings::payload.eq(None::<Vec<u8>>),
                holdings::facts.eq("{}"),
                holdings::state.eq(state),
                holdings::updated_at.eq(now),
            ))
        })?;
        Ok(())
    })
}

pub(super) fn sides_of(tx: &mut TenantTx<'_>, ids: &[HoldingId]) -> Stored<Vec<Side>> {
    tx.load(holding_sides::table, |rows| {
        rows.filter(holding_sides::holding_id.eq_any(ids.to_vec()))
            .order((holding_sides::holding_id, holding_sides::subject_id))
            .select(Side::as_select())
    })
}

/// Writes another ruling of a side; what has become of it stays.
pub(super) fn update_ruling(tx: &mut TenantTx<'_>, side: &Side) -> Stored<()> {
    tx.needs(Turn::Together)?;
    tx.touching(Touch::These(&[side.holding_id]), |tx| {
        let now = side.clone();
        tx.change(holding_sides::table, |rows| {
            diesel::update(
                rows.filter(holding_sides::subject_id.eq(now.subject_id))
                    .filter(holding_sides::holding_id.eq(now.holding_id)),
            )
            .set((
                holding_sides::class.eq(now.class),
                holding_sides::controller.eq(now.controller),
                holding_sides::rule.eq(now.rule),
                holding_sides::settled.eq(now.settled),
                holding_sides::question_id.eq(now.question_id),
                holding_sides::hidden_on_leaving.eq(now.hidden_on_leaving),
                holding_sides::ruled_at.eq(now.ruled_at),
                holding_sides::contest_id.eq(now.contest_id),
            ))
        })?;
        Ok(())
    })
}

/// Writes a side as it is now, with all that has become of it.
pub(super) fn update_side(tx: &mut TenantTx<'_>, side: &Side) -> Stored<()> {
    tx.needs(Turn::Together)?;
    tx.touching(Touch::These(&[side.holding_id]), |tx| {
        let now = side.clone();
        tx.change(holding_sides::table, |rows| {
            diesel::update(
                rows.filter(holding_sides::subject_id.eq(now.subject_id))
                    .filter(holding_sides::holding_id.eq(now.holding_id)),
            )
            .set((
                holding_sides::class.eq(now.class),
                holding_sides::controller.eq(now.controller),
                holding_sides::rule.eq(now.rule),
                holding_sides::settled.eq(now.settled),
                holding_sides::question_id.eq(now.question_id),
                holding_sides::hidden_on_leaving.eq(now.hidden_on_leaving),
                holding_sides::membership_id.eq(now.membership_id),
                holding_sides::state.eq(now.state),
                holding_sides::successor_id.eq(now.successor_id),
                holding_sides::instruction_id.eq(now.instruction_id),
                holding_sides::retain_until.eq(now.retain_until),
                holding_sides::ruled_at.eq(now.ruled_at),
                holding_sides::contest_id.eq(now.contest_id),
            ))
        })?;
        Ok(())
    })
}

/// What an order changes about many sides of one subject.
#[derive(Debug, Clone, Copy)]
pub(super) struct SideChange {
    pub state: SideState,
    pub successor: Option<SubjectId>,
    pub under: InstructionId,
    pub retain_until: Option<NaiveDate>,
}

pub(super) fn change_sides(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    ids: &[HoldingId],
    to: SideChange,
) -> Stored<usize> {
    tx.needs(Turn::Alone)?;
    tx.touching(Touch::These(ids), |tx| {
        let ids = ids.to_vec();
        tx.change(holding_sides::table, |rows| {
            diesel::update(
                rows.filter(holding_sides::subject_id.eq(subject)).filter(holding_sides::holding_id.eq_any(ids)),
            )
            .set((
                holding_sides::state.eq(to.state),
                holding_sides::successor_id.eq(to.successor),
                holding_sides::instruction_id.eq(Some(to.under)),
                holding_sides::retain_until.eq(to.retain_until),
            ))
        })
    })
}

pub(super) fn restore(tx: &mut TenantTx<'_>, subject: SubjectId, under: &[InstructionId]) -> Stored<usize> {
    tx.needs(Turn::Alone)?;
    let under = under.to_vec();
    // A copy that was given stays with the person; the organisation's own goes on as before.
    let reversible = [SideState::Hidden, SideState::HandedOver, SideState::Retained, SideState::Released];
    tx.change(holding_sides::table, |rows| {
        diesel::update(
            rows.filter(holding_sides::subject_id.eq(subject))
                .filter(holding_sides::state.eq_any(reversible))
                .filter(holding_sides::instruction_id.eq_any(under)),
        )
        .set((
            holding_sides::state.eq(SideState::Active),
            holding_sides::successor_id.eq(None::<SubjectId>),
            holding_sides::instruction_id.eq(None::<InstructionId>),
            holding_sides::retain_until.eq(None::<NaiveDate>),
        ))
    })
}

pub(super) fn remove_sides(tx: &mut TenantTx<'_>, subject: SubjectId, ids: &[HoldingId]) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.touching(Touch::These(ids), |tx| {
        let all = ids.to_vec();
        tx.change(holding_sides::table, |rows| {
            diesel::delete(
                rows.filter(holding_sides::subject_id.eq(subject)).filter(holding_sides::holding_id.eq_any(all)),
            )
        })?;
        let all = ids.to_vec();
        tx.change(rulings::table, |rows| {
            diesel::delete(rows.filter(rulings::subject_id.eq(subject)).filter(rulings::holding_id.eq_any(all)))
        })?;
        Ok(())
    })
}

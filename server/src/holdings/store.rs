//! The tables of holdings and every query on them.

use super::model::{Holding, HoldingState, Side, SideState};
use crate::platform::current::Touch;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts, Turn};
use crate::platform::http::Cursor;
use crate::platform::ids::{ConnectorId, HoldingId, InstructionId, QuestionId, RulingId, SettlementId, SubjectId};
use chrono::NaiveDate;
use diesel::AggregateExpressionMethods;
use diesel::prelude::*;
use std::collections::HashMap;

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

/// A page of sides, each with its holding. Two reads by key instead of a join: without statistics (a fresh database, a bulk
/// import a minute ago) PostgreSQL walks one table for every row of the other.
fn with_holdings(tx: &mut TenantTx<'_>, sides: Vec<Side>) -> Stored<Vec<(Side, Holding)>> {
    let ids: Vec<HoldingId> = sides.iter().map(|s| s.holding_id).collect();
    let holdings: HashMap<HoldingId, Holding> = load_many(tx, &ids)?.into_iter().map(|h| (h.id, h)).collect();
    Ok(sides.into_iter().filter_map(|s| holdings.get(&s.holding_id).cloned().map(|h| (s, h))).collect())
}

/// A subject's sides with their holdings, in order of the holding.
pub(super) fn page_of_subject(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    after: Option<HoldingId>,
    limit: i64,
) -> Stored<Vec<(Side, Holding)>> {
    let sides = tx.load(holding_sides::table, |rows| {
        let mut query = rows.filter(holding_sides::subject_id.eq(subject)).into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(holding_sides::holding_id.gt(after));
        }
        query.order(holding_sides::holding_id).limit(limit).select(Side::as_select())
    })?;
    with_holdings(tx, sides)
}

/// The same, of some classes alone.
pub(super) fn page_of_classes(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    classes: &[String],
    after: Option<HoldingId>,
    limit: i64,
) -> Stored<Vec<(Side, Holding)>> {
    let classes = classes.to_vec();
    let sides = tx.load(holding_sides::table, |rows| {
        let mut query = rows
            .filter(holding_sides::subject_id.eq(subject))
            .filter(holding_sides::class.eq_any(classes))
            .into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(holding_sides::holding_id.gt(after));
        }
        query.order(holding_sides::holding_id).limit(limit).select(Side::as_select())
    })?;
    with_holdings(tx, sides)
}

/// How many sides of these classes are the organisation's and in everyday business, and of how many people; of these people
/// alone when any is named.
pub(super) fn count_in_use(tx: &mut TenantTx<'_>, classes: &[String], subjects: &[SubjectId]) -> Stored<(i64, i64)> {
    let (classes, subjects) = (classes.to_vec(), subjects.to_vec());
    let counted = tx.first(holding_sides::table, |rows| {
        let mut query = rows
            .filter(holding_sides::class.eq_any(classes))
            .filter(holding_sides::controller.eq("organisation"))
            .filter(holding_sides::state.eq_any([SideState::Active, SideState::Released]))
            .into_boxed::<MultiBackend>();
        if !subjects.is_empty() {
            query = query.filter(holding_sides::subject_id.eq_any(subjects));
        }
        query.select((
            diesel::dsl::count(holding_sides::holding_id),
            diesel::dsl::count(holding_sides::subject_id).aggregate_distinct(),
        ))
    })?;
    Ok(counted.unwrap_or((0, 0)))
}

/// Whether a subject still has anything of a class in the vault: at nothing, its drawer's key goes.
pub(super) fn has_in_vault(tx: &mut TenantTx<'_>, subject: SubjectId, class: &str) -> Stored<bool> {
    let class = class.to_owned();
    let one: Option<HoldingId> = tx.first(holding_sides::table, |rows| {
        rows.filter(holding_sides::subject_id.eq(subject))
            .filter(holding_sides::class.eq(class))
            .filter(holding_sides::in_vault.eq(true))
            .filter(holding_sides::state.ne(SideState::Ended))
            .select(holding_sides::holding_id)
    })?;
    Ok(one.is_some())
}

/// Whether the organisation has anything of a subject: what it let go of at a connector is no longer its.
pub(super) fn has_anything(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<bool> {
    let one: Option<HoldingId> = tx.first(holding_sides::table, |rows| {
        rows.filter(holding_sides::subject_id.eq(subject))
            .filter(holding_sides::state.ne(SideState::Ended))
            .filter(holding_sides::state.ne(SideState::Detached).or(holding_sides::in_vault.eq(true)))
            .select(holding_sides::holding_id)
    })?;
    Ok(one.is_some())
}

/// The last day through which anything of a subject is kept.
pub(super) fn kept_through(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Option<NaiveDate>> {
    let last: Option<Option<NaiveDate>> = tx.first(holding_sides::table, |rows| {
        rows.filter(holding_sides::subject_id.eq(subject))
            .filter(holding_sides::state.eq_any([SideState::Retained, SideState::Hidden]))
            .filter(holding_sides::retain_until.is_not_null())
            .order(holding_sides::retain_until.desc())
            .select(holding_sides::retain_until)
    })?;
    Ok(last.flatten())
}

/// Filters of the list of holdings.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub subject: Option<SubjectId>,
    pub class: Option<String>,
    pub controller: Option<String>,
    pub state: Option<SideState>,
}

pub(super) fn list_sides(
    tx: &mut TenantTx<'_>,
    filter: &Filter,
    after: Option<Cursor>,
    limit: i64,
) -> Stored<Vec<(Side, Holding)>> {
    let filter = filter.clone();
    let sides = tx.load(holding_sides::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(subject) = filter.subject {
            query = query.filter(holding_sides::subject_id.eq(subject));
        }
        if let Some(class) = filter.class {
            query = query.filter(holding_sides::class.eq(class));
        }
        if let Some(controller) = filter.controller {
            query = query.filter(holding_sides::controller.eq(controller));
        }
        if let Some(state) = filter.state {
            query = query.filter(holding_sides::state.eq(state));
        }
        if let Some(after) = after {
            // A chat's sides may lie on both sides of a page's end.
            let (holding, subject) = (HoldingId::from(after.id), SubjectId::from(after.second));
            query = query.filter(
                holding_sides::holding_id
                    .gt(holding)
                    .or(holding_sides::holding_id.eq(holding).and(holding_sides::subject_id.gt(subject))),
            );
        }
        query.order((holding_sides::holding_id, holding_sides::subject_id)).limit(limit + 1).select(Side::as_select())
    })?;
    with_holdings(tx, sides)
}

pub(super) fn history(tx: &mut TenantTx<'_>, holding: HoldingId, subject: SubjectId) -> Stored<Vec<RulingRow>> {
    tx.load(rulings::table, |rows| {
        rows.filter(rulings::holding_id.eq(holding))
            .filter(rulings::subject_id.eq(subject))
            .order(rulings::id.desc())
            .limit(100)
            .select(RulingRow::as_select())
    })
}

/// The whole history of these holdings' sides, the oldest first.
pub(super) fn rulings_of(tx: &mut TenantTx<'_>, ids: &[HoldingId]) -> Stored<Vec<RulingRow>> {
    tx.load(rulings::table, |rows| {
        rows.filter(rulings::holding_id.eq_any(ids.to_vec())).order(rulings::id).select(RulingRow::as_select())
    })
}

pub(super) fn ids_of_subject(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    after: Option<HoldingId>,
    most: i64,
) -> Stored<Vec<HoldingId>> {
    tx.load(holding_sides::table, |rows| {
        let mut query = rows.filter(holding_sides::subject_id.eq(subject)).into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(holding_sides::holding_id.gt(after));
        }
        query.order(holding_sides::holding_id).limit(most).select(holding_sides::holding_id)
    })
}

pub(super) fn some_ids(tx: &mut TenantTx<'_>, after: Option<HoldingId>, most: i64) -> Stored<Vec<HoldingId>> {
    tx.load(holdings::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(holdings::id.gt(after));
        }
        query.order(holdings::id).limit(most).select(holdings::id)
    })
}

/// The latest ruling of every side of these holdings.
pub(super) fn latest_rulings(
    tx: &mut TenantTx<'_>,
    ids: &[HoldingId],
) -> Stored<HashMap<(HoldingId, SubjectId), RulingRow>> {
    Ok(rulings_of(tx, ids)?.into_iter().map(|r| ((r.holding_id, r.subject_id), r)).collect())
}

/// Sides that are not over, of one subject or of all, in order after one.
pub(super) fn sides_after(
    tx: &mut TenantTx<'_>,
    subject: Option<SubjectId>,
    after: Option<(SubjectId, HoldingId)>,
    limit: i64,
) -> Stored<Vec<Side>> {
    tx.load(holding_sides::table, |rows| {
        let mut query = rows.filter(holding_sides::state.ne(SideState::Ended)).into_boxed::<MultiBackend>();
        if let Some(subject) = subject {
            query = query.filter(holding_sides::subject_id.eq(subject));
        }
        if let Some((subject, holding)) = after {
            query = query.filter(
                holding_sides::subject_id
                    .gt(subject)
                    .or(holding_sides::subject_id.eq(subject).and(holding_sides::holding_id.gt(holding))),
            );
        }
        query.order((holding_sides::subject_id, holding_sides::holding_id)).limit(limit).select(Side::as_select())
    })
}

/// Which sides that are not over are of these classes and people, in order after one; of all where none are named.
pub(super) fn places_of_sides(
    tx: &mut TenantTx<'_>,
    (classes, subjects): (&[String], &[SubjectId]),
    after: Option<(SubjectId, HoldingId)>,
    limit: i64,
) -> Stored<Vec<(SubjectId, HoldingId)>> {
    let (classes, subjects) = (classes.to_vec(), subjects.to_vec());
    tx.load(holding_sides::table, |rows| {
        let mut query = rows.filter(holding_sides::state.ne(SideState::Ended)).into_boxed::<MultiBackend>();
        if !classes.is_empty() {
            query = query.filter(holding_sides::class.eq_any(classes));
        }
        if !subjects.is_empty() {
            query = query.filter(holding_sides::subject_id.eq_any(subjects));
        }
        if let Some((subject, holding)) = after {
            query = query.filter(
                holding_sides::subject_id
                    .gt(subject)
                    .or(holding_sides::subject_id.eq(subject).and(holding_sides::holding_id.gt(holding))),
            );
        }
        query
            .order((holding_sides::subject_id, holding_sides::holding_id))
            .limit(limit)
            .select((holding_sides::subject_id, holding_sides::holding_id))
    })
}

/// Sides of a question, in order after one.
pub(super) fn sides_of_question(
    tx: &mut TenantTx<'_>,
    question: QuestionId,
    after: Option<(SubjectId, HoldingId)>,
    limit: i64,
) -> Stored<Vec<Side>> {
    tx.load(holding_sides::table, |rows| {
        let mut query = rows.filter(holding_sides::question_id.eq(question)).into_boxed::<MultiBackend>();
        if let Some((subject, holding)) = after {
            query = query.filter(
                holding_sides::subject_id
                    .gt(subject)
                    .or(holding_sides::subject_id.eq(subject).and(holding_sides::holding_id.gt(holding))),
            );
        }
        query.order((holding_sides::subject_id, holding_sides::holding_id)).limit(limit).select(Side::as_select())
    })
}

/// How many sides that are not over belong to each question.
pub(super) fn sides_by_question(tx: &mut TenantTx<'_>, ids: &[QuestionId]) -> Stored<HashMap<QuestionId, i64>> {
    let ids = ids.to_vec();
    let counted: Vec<(Option<QuestionId>, i64)> = tx.load(holding_sides::table, |rows| {
        rows.filter(holding_sides::question_id.eq_any(ids))
            .filter(holding_sides::state.ne(SideState::Ended))
            .group_by(holding_sides::question_id)
            .select((holding_sides::question_id, diesel::dsl::count_star()))
    })?;
    Ok(counted.into_iter().filter_map(|(id, n)| id.map(|id| (id, n))).collect())
}

/// Sides whose time to be kept is over, oldest first.
pub(super) fn overdue(tx: &mut TenantTx<'_>, today: NaiveDate, limit: i64) -> Stored<Vec<Side>> {
    tx.load(holding_sides::table, |rows| {
        rows.filter(holding_sides::retain_until.lt(today))
            .filter(holding_sides::state.eq_any([SideState::Retained, SideState::Hidden]))
            .order((holding_sides::retain_until, holding_sides::subject_id, holding_sides::holding_id))
            .limit(limit)
            .select(Side::as_select())
    })
}

/// What of a subject's sides the subject is told about.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnFilter {
    pub class: Option<String>,
    pub controller: Option<String>,
    pub rule: Option<String>,
    pub holding: Option<HoldingId>,
    /// Without what is hidden from somebody who has left, or will be.
    pub without_hidden: bool,
}

/// A subject's sides that are not over and not hidden from them, in order of the holding.
pub(super) fn own_page(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    filter: &OwnFilter,
    after: Option<HoldingId>,
    limit: i64,
) -> Stored<Vec<(Side, Holding)>> {
    let filter = filter.clone();
    let sides = tx.load(holding_sides::table, |rows| {
        let mut query = rows
            .filter(holding_sides::subject_id.eq(subject))
            .filter(holding_sides::state.ne(SideState::Ended))
            .filter(holding_sides::state.ne(SideState::Hidden))
            .into_boxed::<MultiBackend>();
        if let Some(class) = filter.class {
            query = query.filter(holding_sides::class.eq(class));
        }
        if let Some(controller) = filter.controller {
            query = query.filter(holding_sides::controller.eq(controller));
        }
        if let Some(rule) = filter.rule {
            query = query.filter(holding_sides::rule.eq(rule));
        }
        if let Some(holding) = filter.holding {
            query = query.filter(holding_sides::holding_id.eq(holding));
        }
        if filter.without_hidden {
            query = query.filter(holding_sides::hidden_on_leaving.eq(false));
        }
        if let Some(after) = after {
            query = query.filter(holding_sides::holding_id.gt(after));
        }
        query.order(holding_sides::holding_id).limit(limit).select(Side::as_select())
    })?;
    with_holdings(tx, sides)
}

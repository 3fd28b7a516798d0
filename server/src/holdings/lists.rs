//! What is held, as lists show it and work goes through it: pages by key, counts, histories.

use super::model::{Holding, Side, SideState};
use super::store::{RulingRow, holding_sides, holdings, load_many, rulings};
use crate::platform::db::{MultiBackend, Stored, TenantTable, TenantTx};
use crate::platform::http::Cursor;
use crate::platform::ids::{HoldingId, QuestionId, SubjectId};
use chrono::NaiveDate;
use diesel::AggregateExpressionMethods;
use diesel::prelude::*;
use std::collections::HashMap;

/// A page of sides, each with its holding. Two reads by key instead of a join: without statistics (a fresh database, a bulk
/// import a minute ago) PostgreSQL walks one table for every row of the other.
fn with_holdings(tx: &mut TenantTx<'_>, sides: Vec<Side>) -> Stored<Vec<(Side, Holding)>> {
    let ids: Vec<HoldingId> = sides.iter().map(|s| s.holding_id).collect();
    let holdings: HashMap<HoldingId, Holding> = load_many(tx, &ids)?.into_iter().map(|h| (h.id, h)).collect();
    Ok(sides.into_iter().filter_map(|s| holdings.get(&s.holding_id).cloned().map(|h| (s, h))).collect())
}

type Sides = diesel::helper_types::IntoBoxed<'static, <holding_sides::table as TenantTable>::Rows, MultiBackend>;

/// So many sides in order of the holding, after one.
fn from(mut sides: Sides, after: Option<HoldingId>, limit: i64) -> Sides {
    if let Some(after) = after {
        sides = sides.filter(holding_sides::holding_id.gt(after));
    }
    sides.order(holding_sides::holding_id).limit(limit)
}

/// A subject's sides with their holdings, in order of the holding.
pub(super) fn page_of_subject(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    after: Option<HoldingId>,
    limit: i64,
) -> Stored<Vec<(Side, Holding)>> {
    let sides = tx.load(holding_sides::table, |rows| {
        from(rows.filter(holding_sides::subject_id.eq(subject)).into_boxed(), after, limit).select(Side::as_select())
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
        let query = rows
            .filter(holding_sides::subject_id.eq(subject))
            .filter(holding_sides::class.eq_any(classes))
            .into_boxed::<MultiBackend>();
        from(query, after, limit).select(Side::as_select())
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
        from(query, after, limit).select(Side::as_select())
    })?;
    with_holdings(tx, sides)
}

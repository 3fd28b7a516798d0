//! What waits for a person: messages that could not be applied, orders that nobody acknowledges, departures without
//! approval on their day. Nothing is lost silently, and nothing is raised twice while it is open.

pub mod routes;

use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, StoreError, Stored, TenantTx, Ts};
use crate::platform::http::{AsProblem, Cursor, Problem};
use crate::platform::ids::{AttentionId, MembershipId};
use crate::platform::record::Record;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};

tenant_table! {
    attention (id) {
        id -> SqlUid, kind -> Text, object_kind -> Text, object_id -> Text, reason -> Text, detail -> Text,
        raised_at -> SqlTs, resolved_at -> Nullable<SqlTs>, resolved_by -> Nullable<SqlUid>, note -> Nullable<Text>,
    }
}

/// One thing that waits.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize, utoipa::ToSchema)]
#[diesel(table_name = attention, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Attention {
    /// Its id.
    pub id: AttentionId,
    /// What kind of thing: `message.rejected`, `delivery.unacknowledged` …
    pub kind: String,
    /// What it is about.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// The stable code of the reason.
    pub reason: String,
    /// What was found and what would be right. Never a person's name.
    pub detail: String,
    /// Since when.
    pub raised_at: Ts,
    /// When somebody settled it.
    pub resolved_at: Option<Ts>,
    /// Who.
    pub resolved_by: Option<MembershipId>,
    /// What they said.
    pub note: Option<String>,
}

/// Why an operation on what waits was refused.
#[derive(Debug, thiserror::Error)]
pub enum AttentionError {
    /// There is nothing of that id.
    #[error("nothing of that id waits here")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AsProblem for AttentionError {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::not_found("attention"),
            Self::Store(e) => Problem::store(e),
        }
    }
}

/// Raises something to a person, once as long as it is open.
pub fn raise(
    tx: &mut TenantTx<'_>,
    kind: &str,
    (object_kind, object_id): (&str, String),
    reason: &str,
    detail: &str,
) -> Stored<()> {
    let (wanted, object) = (kind.to_owned(), object_id.clone());
    let open: Option<AttentionId> = tx.first(attention::table, |rows| {
        rows.filter(attention::object_id.eq(object))
            .filter(attention::kind.eq(wanted))
            .filter(attention::resolved_at.is_null())
            .select(attention::id)
    })?;
    if open.is_some() {
        return Ok(());
    }
    let item = Attention {
        id: tx.new_id(),
        kind: kind.to_owned(),
        object_kind: object_kind.to_owned(),
        object_id,
        reason: reason.to_owned(),
        detail: detail.chars().take(1_000).collect(),
        raised_at: tx.now(),
        resolved_at: None,
        resolved_by: None,
        note: None,
    };
    tx.add(attention::table, &item)?;
    tx.record(Record::of("attention.raise").on("attention", item.id).with("kind", kind).with("reason", reason));
    Ok(())
}

/// Somebody has settled it.
fn resolve(tx: &mut TenantTx<'_>, id: AttentionId, note: &str) -> Result<Attention, AttentionError> {
    let (now, by, note) = (tx.now(), tx.actor().membership(), note.to_owned());
    tx.change(attention::table, |rows| {
        diesel::update(rows.filter(attention::id.eq(id)).filter(attention::resolved_at.is_null())).set((
            attention::resolved_at.eq(Some(now)),
            attention::resolved_by.eq(by),
            attention::note.eq(Some(note)),
        ))
    })?;
    tx.first(attention::table, |rows| rows.filter(attention::id.eq(id)).select(Attention::as_select()))?
        .ok_or(AttentionError::Unknown)
}

/// What it was about has settled itself.
pub fn resolve_about(tx: &mut TenantTx<'_>, object_kind: &str, object_id: &str, note: &str) -> Stored<()> {
    let (now, by, note) = (tx.now(), tx.actor().membership(), note.to_owned());
    let (object_kind, object_id) = (object_kind.to_owned(), object_id.to_owned());
    tx.change(attention::table, |rows| {
        diesel::update(
            rows.filter(attention::object_id.eq(object_id))
                .filter(attention::object_kind.eq(object_kind))
                .filter(attention::resolved_at.is_null()),
        )
        .set((
            attention::resolved_at.eq(Some(now)),
            attention::resolved_by.eq(by),
            attention::note.eq(Some(note)),
        ))
    })?;
    Ok(())
}

/// What waits, in the order in which it was raised, from after a row on.
pub fn open(tx: &mut TenantTx<'_>, after: Option<(Ts, AttentionId)>, most: i64) -> Stored<Vec<Attention>> {
    tx.load(attention::table, |rows| {
        let mut query = rows.filter(attention::resolved_at.is_null()).into_boxed::<MultiBackend>();
        if let Some((at, id)) = after {
            query = query.filter(attention::raised_at.gt(at).or(attention::raised_at.eq(at).and(attention::id.gt(id))));
        }
        query.order((attention::raised_at, attention::id)).limit(most).select(Attention::as_select())
    })
}

/// What waits about one thing.
pub fn open_about(tx: &mut TenantTx<'_>, object_kind: &str, object_id: &str) -> Stored<Vec<Attention>> {
    let (object_kind, object_id) = (object_kind.to_owned(), object_id.to_owned());
    tx.load(attention::table, |rows| {
        rows.filter(attention::object_id.eq(object_id))
            .filter(attention::object_kind.eq(object_kind))
            .filter(attention::resolved_at.is_null())
            .order(attention::raised_at)
            .limit(20)
            .select(Attention::as_select())
    })
}

/// What a member settled since an instant, the newest first.
pub fn resolved_by(tx: &mut TenantTx<'_>, member: MembershipId, since: Ts, most: i64) -> Stored<Vec<Attention>> {
    tx.load(attention::table, |rows| {
        rows.filter(attention::resolved_by.eq(member))
            .filter(attention::resolved_at.gt(since))
            .order((attention::resolved_at.desc(), attention::id.desc()))
            .limit(most)
            .select(Attention::as_select())
    })
}

fn list(tx: &mut TenantTx<'_>, open_only: bool, before: Option<Cursor>, limit: i64) -> Stored<Vec<Attention>> {
    tx.load(attention::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if open_only {
            query = query.filter(attention::resolved_at.is_null());
        }
        if let Some(c) = before {
            let (at, id) = (c.at(), AttentionId::from(c.id));
            query = query.filter(attention::raised_at.lt(at).or(attention::raised_at.eq(at).and(attention::id.lt(id))));
        }
        query.order((attention::raised_at.desc(), attention::id.desc())).limit(limit + 1).select(Attention::as_select())
    })
}

//! The tables of intake and every query on them.

use super::model::{Message, MessageState};
use super::sources::{FILES, Source};
use crate::platform::db::tx::{platform_table, tenant_table};
use crate::platform::db::{MultiBackend, PlatformTx, Stored, TenantTx, Ts};
use crate::platform::http::Cursor;
use crate::platform::ids::{MessageId, SourceId, TenantId};
use diesel::prelude::*;

tenant_table! {
    sources (id) {
        id -> SqlUid, slug -> Text, kind -> Text, name -> Text, sealed_secret -> Binary,
        sealed_previous_secret -> Nullable<Binary>, previous_until -> Nullable<SqlTs>, state -> Text,
        created_at -> SqlTs, version -> BigInt,
    }
}
tenant_table! {
    messages (id) {
        id -> SqlUid, source_id -> SqlUid, message_id -> Text, sent_at -> SqlTs, received_at -> SqlTs,
        body_hash -> Binary, sealed_body -> Binary, event -> Nullable<Text>, staff_key -> Nullable<Binary>,
        state -> Text, reason -> Nullable<Text>, attempts -> Integer, applied_at -> Nullable<SqlTs>,
    }
}
platform_table! {
    hook_routes (slug) { slug -> Text, tenant_id -> SqlUid, source_id -> SqlUid, }
}

/// A message as it goes in.
#[derive(Insertable)]
#[diesel(table_name = messages)]
pub(super) struct NewMessage {
    pub id: MessageId,
    pub source_id: SourceId,
    pub message_id: String,
    pub sent_at: Ts,
    pub received_at: Ts,
    pub body_hash: Vec<u8>,
    pub sealed_body: Vec<u8>,
    pub state: MessageState,
    pub attempts: i32,
}

pub(super) fn add_route(p: &mut PlatformTx<'_>, slug: &str, tenant: TenantId, source: SourceId) -> Stored<()> {
    p.add(
        hook_routes::table,
        (hook_routes::slug.eq(slug.to_owned()), hook_routes::tenant_id.eq(tenant), hook_routes::source_id.eq(source)),
    )
}

/// Whose webhook address this is.
pub(super) fn route(p: &mut PlatformTx<'_>, slug: &str) -> Stored<Option<(TenantId, SourceId)>> {
    let slug = slug.to_owned();
    p.first(hook_routes::table, |all| {
        all.filter(hook_routes::slug.eq(slug)).select((hook_routes::tenant_id, hook_routes::source_id))
    })
}

pub(super) fn insert_source(tx: &mut TenantTx<'_>, source: &Source) -> Stored<()> {
    tx.add(sources::table, source)
}

pub(super) fn find_source(tx: &mut TenantTx<'_>, id: SourceId) -> Stored<Option<Source>> {
    tx.first(sources::table, |rows| rows.filter(sources::id.eq(id)).select(Source::as_select()))
}

/// The source that imported files are, once there was one.
pub(super) fn file_source(tx: &mut TenantTx<'_>) -> Stored<Option<SourceId>> {
    tx.first(sources::table, |rows| rows.filter(sources::slug.eq(FILES)).select(sources::id))
}

/// The sources that post messages.
pub(super) fn list_sources(tx: &mut TenantTx<'_>) -> Stored<Vec<Source>> {
    tx.load(sources::table, |rows| {
        rows.filter(sources::kind.ne(FILES)).order(sources::id).limit(500).select(Source::as_select())
    })
}

pub(super) fn rotate_secret(
    tx: &mut TenantTx<'_>,
    id: SourceId,
    new: Vec<u8>,
    previous: Vec<u8>,
    until: Ts,
) -> Stored<()> {
    tx.change(sources::table, |rows| {
        diesel::update(rows.filter(sources::id.eq(id))).set((
            sources::sealed_secret.eq(new),
            sources::sealed_previous_secret.eq(Some(previous)),
            sources::previous_until.eq(Some(until)),
            sources::version.eq(sources::version + 1),
        ))
    })?;
    Ok(())
}

pub(super) fn insert_message(tx: &mut TenantTx<'_>, message: &NewMessage) -> Stored<()> {
    tx.add(messages::table, message)
}

/// The message that came under this id before, with the hash of its body.
pub(super) fn earlier(tx: &mut TenantTx<'_>, source: SourceId, id: &str) -> Stored<Option<(Message, Vec<u8>)>> {
    let id = id.to_owned();
    tx.first(messages::table, |rows| {
        rows.filter(messages::source_id.eq(source))
            .filter(messages::message_id.eq(id))
            .select((Message::as_select(), messages::body_hash))
    })
}

pub(super) fn find_message(tx: &mut TenantTx<'_>, id: MessageId) -> Stored<Option<Message>> {
    tx.first(messages::table, |rows| rows.filter(messages::id.eq(id)).select(Message::as_select()))
}

/// The last message of a source.
pub(super) fn newest_of(tx: &mut TenantTx<'_>, source: SourceId) -> Stored<Option<Message>> {
    tx.first(messages::table, |rows| {
        rows.filter(messages::source_id.eq(source))
            .order((messages::received_at.desc(), messages::id.desc()))
            .select(Message::as_select())
    })
}

pub(super) fn sealed_body(tx: &mut TenantTx<'_>, id: MessageId) -> Stored<Option<Vec<u8>>> {
    tx.first(messages::table, |rows| rows.filter(messages::id.eq(id)).select(messages::sealed_body))
}

/// The oldest message that is to be applied: in the order they came.
pub(super) fn next_received(tx: &mut TenantTx<'_>) -> Stored<Option<MessageId>> {
    tx.first(messages::table, |rows| {
        rows.filter(messages::state.eq(MessageState::Received))
            .order((messages::received_at, messages::id))
            .select(messages::id)
    })
}

/// What became of a message.
pub(super) struct Fate {
    pub state: MessageState,
    pub event: Option<String>,
    pub reason: Option<String>,
    pub staff_key: Option<Vec<u8>>,
}

pub(super) fn set_fate(tx: &mut TenantTx<'_>, id: MessageId, fate: Fate) -> Stored<()> {
    let now = tx.now();
    let applied = matches!(fate.state, MessageState::Applied | MessageState::Superseded).then_some(now);
    tx.change(messages::table, |rows| {
        diesel::update(rows.filter(messages::id.eq(id))).set((
            messages::state.eq(fate.state),
            messages::event.eq(fate.event),
            messages::reason.eq(fate.reason),
            messages::staff_key.eq(fate.staff_key),
            messages::attempts.eq(messages::attempts + 1),
            messages::applied_at.eq(applied),
        ))
    })?;
    Ok(())
}

pub(super) fn to_received(tx: &mut TenantTx<'_>, id: MessageId) -> Stored<()> {
    tx.change(messages::table, |rows| {
        diesel::update(rows.filter(messages::id.eq(id)))
            .set((messages::state.eq(MessageState::Received), messages::reason.eq(None::<String>)))
    })?;
    Ok(())
}

/// Those about this staff number that still say something, in order after one.
pub(super) fn about(tx: &mut TenantTx<'_>, staff_key: &[u8], after: Option<MessageId>) -> Stored<Vec<MessageId>> {
    let key = staff_key.to_vec();
    tx.load(messages::table, |rows| {
        let mut query = rows
            .filter(messages::staff_key.eq(key))
            .filter(messages::sealed_body.ne(Vec::<u8>::new()))
            .into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(messages::id.gt(after));
        }
        query.order(messages::id).limit(500).select(messages::id)
    })
}

/// What a message said goes; that it came, and what became of it, stays.
pub(super) fn empty(tx: &mut TenantTx<'_>, id: MessageId) -> Stored<()> {
    tx.change(messages::table, |rows| {
        diesel::update(rows.filter(messages::id.eq(id))).set(messages::sealed_body.eq(Vec::<u8>::new()))
    })?;
    Ok(())
}

/// The newest of those about this staff number that could be applied, or were overtaken.
pub(super) fn understood(tx: &mut TenantTx<'_>, staff_key: &[u8]) -> Stored<Vec<MessageId>> {
    let key = staff_key.to_vec();
    tx.load(messages::table, |rows| {
        rows.filter(messages::staff_key.eq(key))
            .filter(messages::state.eq_any([MessageState::Applied, MessageState::Superseded]))
            .filter(messages::sealed_body.ne(Vec::<u8>::new()))
            .order((messages::received_at.desc(), messages::id.desc()))
            .limit(500)
            .select(messages::id)
    })
}

/// Those that could not be applied and are about this staff number.
pub(super) fn waiting_for(tx: &mut TenantTx<'_>, staff_key: &[u8]) -> Stored<Vec<MessageId>> {
    let key = staff_key.to_vec();
    tx.load(messages::table, |rows| {
        rows.filter(messages::staff_key.eq(key))
            .filter(messages::state.eq_any([MessageState::Waiting, MessageState::Rejected]))
            .filter(messages::sealed_body.ne(Vec::<u8>::new()))
            .order((messages::received_at, messages::id))
            .limit(500)
            .select(messages::id)
    })
}

pub(super) fn list(
    tx: &mut TenantTx<'_>,
    state: Option<MessageState>,
    before: Option<Cursor>,
    limit: i64,
) -> Stored<Vec<Message>> {
    tx.load(messages::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(state) = state {
            query = query.filter(messages::state.eq(state));
        }
        if let Some(c) = before {
            let (at, id) = (c.at(), MessageId::from(c.id));
            query =
                query.filter(messages::received_at.lt(at).or(messages::received_at.eq(at).and(messages::id.lt(id))));
        }
        query.order((messages::received_at.desc(), messages::id.desc())).limit(limit + 1).select(Message::as_select())
    })
}

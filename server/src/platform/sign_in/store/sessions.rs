//! Sessions and their refresh tokens.

use crate::platform::Platform;
use crate::platform::db::tx::platform_table;
use crate::platform::db::{MultiBackend, PlatformTx, Stored, Ts};
use crate::platform::http::Cursor;
use crate::platform::ids::{AccountId, MembershipId, SessionId, SubjectId, TenantId};
use crate::platform::sign_in::model::{Session, SessionKind, SessionReach};
use diesel::prelude::*;

platform_table! {
    sessions (id) {
        id -> SqlUid, account_id -> SqlUid, tenant_id -> SqlUid, membership_id -> SqlUid, subject_id -> SqlUid,
        user_agent -> Text, created_at -> SqlTs, last_used_at -> SqlTs, ended_at -> Nullable<SqlTs>,
        end_reason -> Nullable<Text>, kind -> Text, token_hash -> Nullable<Binary>,
        reach -> Text,
    }
}
platform_table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary, session_id -> SqlUid, issued_at -> SqlTs, expires_at -> SqlTs, used_at -> Nullable<SqlTs>,
    }
}

pub fn add(p: &mut PlatformTx<'_>, session: &Session) -> Stored<()> {
    p.add(sessions::table, session)
}

pub fn find(p: &mut PlatformTx<'_>, id: SessionId) -> Stored<Option<Session>> {
    p.first(sessions::table, |all| all.filter(sessions::id.eq(id)).select(Session::as_select()))
}

/// A session as it is now: one read by key, outside any transaction, for every request with a token.
pub fn as_it_is(platform: &Platform, id: SessionId) -> Stored<Option<Session>> {
    let mut conn = platform.pool().get()?;
    let found = sessions::table.filter(sessions::id.eq(id)).select(Session::as_select());
    Ok(found.first(&mut *conn).optional()?)
}

/// The session of a browser's cookie: one read by key, outside any transaction, for every request.
pub fn find_by_token(platform: &Platform, token_hash: &[u8]) -> Stored<Option<Session>> {
    let mut conn = platform.pool().get()?;
    let found = sessions::table.filter(sessions::token_hash.eq(token_hash.to_vec())).select(Session::as_select());
    Ok(found.first(&mut *conn).optional()?)
}

/// Notes that a session was used, outside any transaction.
pub fn note_use(platform: &Platform, id: SessionId, now: Ts) -> Stored<()> {
    let mut conn = platform.pool().get()?;
    diesel::update(sessions::table.filter(sessions::id.eq(id)))
        .set(sessions::last_used_at.eq(now))
        .execute(&mut *conn)?;
    Ok(())
}

/// In which tenants, and as whom there, an account has live sessions; in the order in which ledgers are locked.
pub fn live_places(p: &mut PlatformTx<'_>, account: AccountId) -> Stored<Vec<(TenantId, MembershipId, SubjectId)>> {
    p.load(sessions::table, |all| {
        all.filter(sessions::account_id.eq(account))
            .filter(sessions::ended_at.is_null())
            .select((sessions::tenant_id, sessions::membership_id, sessions::subject_id))
            .distinct()
            .order((sessions::tenant_id, sessions::membership_id))
    })
}

/// Since when a session must have been used, and a browser's opened, to be live.
#[derive(Clone, Copy)]
pub struct Since {
    /// The last use of a program's.
    pub token: Ts,
    /// The last use of a browser's.
    pub browser: Ts,
    /// The beginning of a browser's.
    pub opened: Ts,
}

/// Live sessions in one tenant, newest first, one more than a page holds.
pub fn page(
    p: &mut PlatformTx<'_>,
    (account, tenant): (AccountId, TenantId),
    since: Since,
    limit: i64,
    after: Option<Cursor>,
) -> Stored<Vec<Session>> {
    p.load(sessions::table, |all| {
        let mut rows = all
            .filter(sessions::account_id.eq(account))
            .filter(sessions::tenant_id.eq(tenant))
            .filter(sessions::ended_at.is_null())
            .filter(
                sessions::kind.eq(SessionKind::Token).and(sessions::last_used_at.gt(since.token)).or(sessions::kind
                    .eq(SessionKind::Browser)
                    .and(sessions::last_used_at.gt(since.browser))
                    .and(sessions::created_at.gt(since.opened))),
            )
            .order((sessions::created_at.desc(), sessions::id.desc()))
            .limit(limit + 1)
            .select(Session::as_select())
            .into_boxed::<MultiBackend>();
        if let Some(last) = after {
            let (at, id) = (last.at(), SessionId::from(last.id));
            rows = rows.filter(sessions::created_at.lt(at).or(sessions::created_at.eq(at).and(sessions::id.lt(id))));
        }
        rows
    })
}

/// Ends one session. `false` when it had ended before.
pub fn end(p: &mut PlatformTx<'_>, id: SessionId, reason: &str) -> Stored<bool> {
    let (now, reason) = (p.now(), reason.to_owned());
    let ended = p.change(sessions::table, |all| {
        diesel::update(all.filter(sessions::id.eq(id)).filter(sessions::ended_at.is_null()))
            .set((sessions::ended_at.eq(Some(now)), sessions::end_reason.eq(Some(reason))))
    })?;
    Ok(ended == 1)
}

pub fn end_of_account(p: &mut PlatformTx<'_>, account: AccountId, reason: &str) -> Stored<usize> {
    let (now, reason) = (p.now(), reason.to_owned());
    p.change(sessions::table, |all| {
        diesel::update(all.filter(sessions::account_id.eq(account)).filter(sessions::ended_at.is_null()))
            .set((sessions::ended_at.eq(Some(now)), sessions::end_reason.eq(Some(reason))))
    })
}

pub fn end_of_membership(
    p: &mut PlatformTx<'_>,
    tenant: TenantId,
    membership: MembershipId,
    reason: &str,
) -> Stored<usize> {
    let (now, reason) = (p.now(), reason.to_owned());
    p.change(sessions::table, |all| {
        diesel::update(
            all.filter(sessions::tenant_id.eq(tenant))
                .filter(sessions::membership_id.eq(membership))
                .filter(sessions::reach.eq(SessionReach::Member))
                .filter(sessions::ended_at.is_null()),
        )
        .set((sessions::ended_at.eq(Some(now)), sessions::end_reason.eq(Some(reason))))
    })
}

pub fn date_back(p: &mut PlatformTx<'_>, id: SessionId, created_at: Ts) -> Stored<()> {
    p.change(sessions::table, |all| {
        diesel::update(all.filter(sessions::id.eq(id))).set(sessions::created_at.eq(created_at))
    })?;
    Ok(())
}

pub fn touch(p: &mut PlatformTx<'_>, id: SessionId) -> Stored<()> {
    let now = p.now();
    p.change(sessions::table, |all| {
        diesel::update(all.filter(sessions::id.eq(id))).set(sessions::last_used_at.eq(now))
    })?;
    Ok(())
}

pub fn add_refresh_token(
    p: &mut PlatformTx<'_>,
    session: SessionId,
    token_hash: Vec<u8>,
    expires_at: Ts,
) -> Stored<()> {
    p.add(
        refresh_tokens::table,
        (
            refresh_tokens::token_hash.eq(token_hash),
            refresh_tokens::session_id.eq(session),
            refresh_tokens::issued_at.eq(p.now()),
            refresh_tokens::expires_at.eq(expires_at),
        ),
    )
}

/// The session of a refresh token, and until when it is good.
pub fn find_refresh_token(p: &mut PlatformTx<'_>, token_hash: &[u8]) -> Stored<Option<(SessionId, Ts)>> {
    let token_hash = token_hash.to_vec();
    p.first(refresh_tokens::table, |all| {
        all.filter(refresh_tokens::token_hash.eq(token_hash))
            .select((refresh_tokens::session_id, refresh_tokens::expires_at))
    })
}

/// Uses a refresh token up. `false` when it was used before.
pub fn use_refresh_token(p: &mut PlatformTx<'_>, token_hash: &[u8]) -> Stored<bool> {
    let (now, token_hash) = (p.now(), token_hash.to_vec());
    let used = p.change(refresh_tokens::table, |all| {
        diesel::update(all.filter(refresh_tokens::token_hash.eq(token_hash)).filter(refresh_tokens::used_at.is_null()))
            .set(refresh_tokens::used_at.eq(Some(now)))
    })?;
    Ok(used == 1)
}

/// Deletes refresh tokens that were too old by `before`, and sessions not used since.
pub fn forget_before(p: &mut PlatformTx<'_>, before: Ts) -> Stored<usize> {
    let tokens =
        p.change(refresh_tokens::table, |all| diesel::delete(all.filter(refresh_tokens::expires_at.lt(before))))?;
    let over = p.change(sessions::table, |all| diesel::delete(all.filter(sessions::last_used_at.lt(before))))?;
    Ok(tokens + over)
}

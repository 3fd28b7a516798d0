//! Sessions: opened by a sign-in, kept alive by refresh tokens that change with every use, ended at once. Those of browsers
//! are carried on by a cookie instead, see `browser`.
//!
//! A refresh token that comes a second time means that two have it, and nobody can tell who is the thief: the session
//! ends. An access token lives minutes, but every request asks whether its session still does, so that an end binds at
//! once and not when the token expires (gbt35273-11.6-c).

use super::entrance::{SIGN_IN, Visitor};
use super::error::SignInError;
use super::model::{Account, AccountState, Session, SessionKind, SessionReach, Standing};
use super::secret::{self, Secret};
use super::store::{accounts, links, sessions as store};
use super::trace;
use crate::platform::Platform;
use crate::platform::caller::{Actor, Caller};
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{PlatformTx, StoreError, Stored, TenantTx, Ts};
use crate::platform::http::{AsProblem, Cursor, Page, PageQuery, Problem};
use crate::platform::ids::{Id, MembershipId, SessionId, TenantId};
use crate::platform::record::{Outcome, Record};
use serde::Serialize;

const SIGN_OUT: &str = "sign-out";
/// Days for which ended sessions and used tokens are kept, so that reuse is noticed and an end can be explained.
const KEEP_DAYS: i64 = 90;

/// A session that can go on, with what carries it on.
pub struct Opened {
    pub(super) session: Session,
    /// The next refresh token, or what a browser's cookie holds.
    pub(super) token: Secret,
    /// The roles held now.
    pub roles: Vec<String>,
}

impl Opened {
    /// The tenant that it is in.
    pub fn tenant(&self) -> TenantId {
        self.session.tenant_id
    }

    /// How far it reaches.
    pub fn reach(&self) -> SessionReach {
        self.session.reach
    }

    /// The tenure in which its person acts.
    pub fn membership(&self) -> MembershipId {
        self.session.membership_id
    }
}

/// A session as its own person sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Its id.
    pub id: SessionId,
    /// A browser's, or a program's.
    pub kind: SessionKind,
    /// Whether it is the one that asks.
    pub is_this_one: bool,
    /// The browser or program, in its own words.
    pub user_agent: String,
    /// When it was opened.
    pub created_at: Ts,
    /// When it was last refreshed; of a browser's, last seen, to the minute.
    pub last_used_at: Ts,
}

/// Opens a session and leaves the record of the sign-in with its tenant.
pub(super) fn open(
    p: &mut PlatformTx<'_>,
    account: &Account,
    tenant: TenantId,
    standing: Standing,
    visitor: &Visitor,
) -> Stored<Opened> {
    let now = p.now();
    let token = secret::new_token()?;
    let token_hash = match visitor.comes_with {
        SessionKind::Token => None,
        SessionKind::Browser => Some(secret::hash(token.expose())),
    };
    let session = Session {
        id: p.new_id(),
        account_id: account.id,
        tenant_id: tenant,
        membership_id: standing.membership,
        subject_id: standing.subject,
        user_agent: visitor.user_agent.clone(),
        created_at: now,
        last_used_at: now,
        ended_at: None,
        end_reason: None,
        kind: visitor.comes_with,
        token_hash,
        reach: if standing.lets_in { SessionReach::Member } else { SessionReach::OwnData },
    };
    store::add(p, &session)?;
    if session.kind == SessionKind::Token {
        keep_refresh_token(p, session.id, &token)?;
    }
    let mut record = Record::of(SIGN_IN);
    if session.reach == SessionReach::OwnData {
        record = record.with("reach", session.reach.as_str());
    }
    leave(p, &session, trace::from(record, session.subject_id, visitor))?;
    Ok(Opened { session, token, roles: standing.roles })
}

/// Dates a session back, so that it ends when the one before it would have ended.
pub(super) fn as_old_as(p: &mut PlatformTx<'_>, mut opened: Opened, created_at: Ts) -> Stored<Opened> {
    store::date_back(p, opened.session.id, created_at)?;
    opened.session.created_at = created_at;
    Ok(opened)
}

/// Goes on with a session: the token is used up and another takes its place.
///
/// # Errors
/// [`SignInError::TokenReused`], [`SignInError::MembershipEnded`] and [`SignInError::SessionEnded`]; the session has ended.
pub fn refresh(platform: &Platform, token: &Secret) -> Result<Opened, SignInError> {
    if !secret::is_token(token.expose()) {
        return Err(SignInError::SessionEnded);
    }
    let token_hash = secret::hash(token.expose());
    // The inner refusal commits the end of the session; the outer error rolls back.
    platform_tx(platform, |p| go_on(p, &token_hash))?
}

fn go_on(p: &mut PlatformTx<'_>, token_hash: &[u8]) -> Stored<Result<Opened, SignInError>> {
    let Some((id, expires_at)) = store::find_refresh_token(p, token_hash)? else {
        return Ok(Err(SignInError::SessionEnded));
    };
    let Some(session) = store::find(p, id)?.filter(|session| session.ended_at.is_none()) else {
        return Ok(Err(SignInError::SessionEnded));
    };
    if !store::use_refresh_token(p, token_hash)? {
        end(p, &session, "token.reused", Outcome::Refused)?;
        return Ok(Err(SignInError::TokenReused));
    }
    if p.now() >= expires_at {
        end(p, &session, "expired", Outcome::Done)?;
        return Ok(Err(SignInError::SessionEnded));
    }
    let account = accounts::find_account(p, session.account_id)?.filter(|a| a.state == AccountState::Open);
    let standing = match &account {
        None => None,
        Some(account) => trace::standing(p, account, session.tenant_id)?,
    };
    let Some(standing) = standing.filter(|s| session.fits(s)) else {
        let (reason, refusal) = match session.reach {
            SessionReach::Member => ("membership.ended", SignInError::MembershipEnded),
            // They work here again, or the account is closed.
            SessionReach::OwnData => ("membership.another", SignInError::SessionEnded),
        };
        end(p, &session, reason, Outcome::Done)?;
        return Ok(Err(refusal));
    };
    store::touch(p, session.id)?;
    let token = secret::new_token()?;
    keep_refresh_token(p, session.id, &token)?;
    Ok(Ok(Opened { session, token, roles: standing.roles }))
}

/// Ends the caller's session. A repeat changes nothing.
pub(super) fn sign_out(platform: &Platform, session: SessionId) -> Result<(), SignInError> {
    platform_tx(platform, |p| match store::find(p, session)? {
        Some(live) if live.ended_at.is_none() => Ok(end(p, &live, "signed-out", Outcome::Done)?),
        Some(_) | None => Ok(()),
    })
}

/// Ends all sessions of the caller's account, in whatever tenant: each of these has its record. Returns how many ended.
pub(super) fn sign_out_everywhere(platform: &Platform, from: SessionId) -> Result<usize, SignInError> {
    platform_tx(platform, |p| {
        let from = store::find(p, from)?.ok_or(SignInError::SessionEnded)?;
        let places = store::live_places(p, from.account_id)?;
        let ended = store::end_of_account(p, from.account_id, "signed-out-everywhere")?;
        for (tenant, membership, subject) in places {
            let actor = Actor::Member { membership, subject, account: from.account_id, session: from.id };
            let record = Record::of(SIGN_OUT).on("membership", membership).about(subject);
            leave_as(p, tenant, actor, record.ended(Outcome::Done, "signed-out-everywhere"))?;
        }
        Ok(ended)
    })
}

/// Ends one session of the caller's own account in the caller's tenant. A repeat changes nothing.
///
/// # Errors
/// [`SignInError::UnknownSession`]; [`SignInError::NoSession`] for a machine.
pub(super) fn end_one(platform: &Platform, caller: &Caller, id: SessionId) -> Result<(), SignInError> {
    let Some((account, _)) = caller.actor.signed_in() else { return Err(SignInError::NoSession) };
    platform_tx(platform, |p| {
        let found = store::find(p, id)?.filter(|s| s.account_id == account && s.tenant_id == caller.tenant);
        let session = found.ok_or(SignInError::UnknownSession)?;
        Ok(end(p, &session, "signed-out", Outcome::Done)?)
    })
}

/// The live sessions of the caller's account in the caller's tenant, newest first.
pub(super) fn list(platform: &Platform, caller: &Caller, page: &PageQuery) -> Result<Page<SessionView>, Problem> {
    let Some((account, this)) = caller.actor.signed_in() else {
        return Err(SignInError::NoSession.problem());
    };
    let (limit, after) = (page.limit()?, page.cursor()?);
    let (now, settings) = (*platform.now(), &platform.config().sign_in);
    let since = store::Since {
        token: Ts(now - settings.refresh),
        browser: Ts(now - settings.browser_idle),
        opened: Ts(now - settings.browser_longest),
    };
    let rows = platform_tx(platform, |p| store::page(p, (account, caller.tenant), since, limit, after))?;
    let page = Page::cut(rows, limit, |row| Cursor::after(row.created_at, row.id.uuid()));
    Ok(page.map(|row| SessionView {
        id: row.id,
        kind: row.kind,
        is_this_one: row.id == this,
        user_agent: row.user_agent,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
    }))
}

/// Ends all sessions of a membership of the transaction's tenant, with the caller's work or not at all: from its commit on
/// no request of theirs gets through. Returns how many ended; the caller's record says so.
///
/// # Errors
/// When the store fails.
pub fn end_sessions_of_membership(
    tx: &mut TenantTx<'_>,
    membership: MembershipId,
    reason: &'static str,
) -> Stored<usize> {
    let tenant = tx.tenant();
    tx.as_platform(|p| store::end_of_membership(p, tenant, membership, reason))
}

/// Forgets sessions, refresh tokens and set-up links that nobody can use any more and whose end needs no explanation:
/// for the nightly job. Returns how many rows went.
///
/// # Errors
/// When the store fails.
pub fn forget_old(p: &mut PlatformTx<'_>) -> Stored<usize> {
    let before = Ts(*p.now() - chrono::Duration::days(KEEP_DAYS) - p.platform().config().sign_in.refresh);
    Ok(store::forget_before(p, before)? + links::forget_before(p, before)?)
}

fn keep_refresh_token(p: &mut PlatformTx<'_>, session: SessionId, token: &Secret) -> Stored<()> {
    let expires_at = Ts(*p.now() + p.platform().config().sign_in.refresh);
    store::add_refresh_token(p, session, secret::hash(token.expose()), expires_at)
}

/// Ends a session and leaves the record with its tenant.
pub(super) fn end(p: &mut PlatformTx<'_>, session: &Session, reason: &'static str, outcome: Outcome) -> Stored<()> {
    if !store::end(p, session.id, reason)? {
        return Ok(());
    }
    leave(p, session, Record::of(SIGN_OUT).ended(outcome, reason))
}

/// A record of this session's person, in this session's tenant.
pub(super) fn leave(p: &mut PlatformTx<'_>, session: &Session, record: Record) -> Stored<()> {
    leave_as(p, session.tenant_id, session.actor(), record.on("session", session.id).about(session.subject_id))
}

fn leave_as(p: &mut PlatformTx<'_>, tenant: TenantId, actor: Actor, record: Record) -> Stored<()> {
    p.in_tenant(tenant, actor, |tx| {
        tx.record(record);
        Ok::<_, StoreError>(())
    })
}

//! The way in: identifier and password, then the tenant.
//!
//! An unknown account and a wrong password get the same answer, after the same work; the route evens out what is left of
//! a difference in time. The password is checked outside any transaction, and what it means is settled in one: whoever
//! guesses many at once still meets the lock.

use super::error::SignInError;
use super::model::{Account, AccountKind, AccountState, Choice, SessionKind, SessionReach, Standing};
use super::secret::Secret;
use super::store::{accounts as store, sessions as session_store};
use super::{accounts, sessions, trace};
use crate::platform::Platform;
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{PlatformTx, Stored};
use crate::platform::ids::{AccountId, SessionId, TenantId};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// The act, as records name it.
pub(super) const SIGN_IN: &str = "sign-in";
/// Tenants of one person that are looked at when none was named. Somebody in more of them names one.
const MOST_TENANTS: i64 = 64;

/// From where somebody comes, as far as we can tell.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The address of the connection, or what a trusted proxy says it is.
    pub address: IpAddr,
    /// What the browser or program says it is, cut and cleaned.
    pub user_agent: String,
    /// How their session is to be carried on.
    pub comes_with: SessionKind,
}

/// What somebody gives to be let in.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// E-mail address or phone number, in any spelling.
    pub identifier: Secret,
    /// The password.
    pub password: Secret,
    /// The tenant's short name or id.
    pub tenant: Option<String>,
    /// Whether to come in to one's own data where the membership has ended.
    pub own_data: bool,
}

/// How it went.
pub enum Entry {
    /// In.
    In(Box<sessions::Opened>),
    /// Right, but there are several tenants to choose from.
    Choose(Vec<Choice>),
}

/// Signs somebody in.
///
/// # Errors
/// [`SignInError::Refused`] for an unknown account, a wrong password and a locked account alike;
/// [`SignInError::Locked`] and [`SignInError::TooMany`] before anything is looked at; with the right password
/// [`SignInError::MembershipEnded`], [`SignInError::NotConfirmed`] or [`SignInError::NoMembership`].
pub fn sign_in(platform: &Platform, visitor: &Visitor, with: &Credentials) -> Result<Entry, SignInError> {
    let tries = Tries::take(platform, visitor, with)?;
    let identifier = accounts::sign_in_name(with.identifier.expose());
    let account = match identifier {
        None => None,
        Some(identifier) => platform_tx(platform, |p| accounts::find_by_identifier(p, &identifier))?,
    };
    let stored = account.as_ref().and_then(|a| a.password_hash.as_deref());
    let is_right = platform.sign_in().passwords.is_right(with.password.expose(), stored);
    let Some(account) = account else {
        platform.sign_in().unknown_accounts.inc();
        tracing::info!(code = "sign-in.unknown-account", "somebody tried to sign in who is not known");
        return Err(SignInError::Refused);
    };
    let settled = platform_tx(platform, |p| settle(p, &account, is_right, visitor, with))?;
    match &settled {
        Err(SignInError::Refused) => {}
        Ok(_) | Err(_) => tries.were_no_guess(platform),
    }
    settled
}

/// One try of this address and one of this identifier, taken before it is known how it ends.
struct Tries {
    address: IpAddr,
    identifier: [u8; 32],
}

impl Tries {
    fn take(platform: &Platform, visitor: &Visitor, with: &Credentials) -> Result<Self, SignInError> {
        let (now, doors) = (platform.now(), platform.sign_in());
        let address = network(visitor.address);
        doors
            .by_address
            .take(&address, now)
            .map_err(|retry_after_seconds| SignInError::TooMany { retry_after_seconds })?;
        let identifier = match accounts::sign_in_name(with.identifier.expose()) {
            Some(identifier) => *accounts::index(platform, &identifier).as_bytes(),
            None => Sha256::digest(with.identifier.expose().as_bytes()).into(),
        };
        doors
            .by_identifier
            .take(&identifier, now)
            .map_err(|retry_after_seconds| SignInError::Locked { retry_after_seconds })?;
        Ok(Self { address, identifier })
    }

    fn were_no_guess(&self, platform: &Platform) {
        platform.sign_in().by_address.give_back(&self.address);
        platform.sign_in().by_identifier.forget(&self.identifier);
    }
}

/// One household or host has a whole /64 of IPv6 to itself, so that is what counts as one address.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        },
    }
}

/// The inner refusal commits what was counted and recorded; the outer error rolls back.
fn settle(
    p: &mut PlatformTx<'_>,
    account: &Account,
    is_right: bool,
    visitor: &Visitor,
    with: &Credentials,
) -> Stored<Result<Entry, SignInError>> {
    // As it is now: while the password was checked, the account may have been locked, closed or given another one.
    let now = store::find_account(p, account.id)?;
    let Some(account) = now.filter(|a| a.state == AccountState::Open && a.password_hash == account.password_hash)
    else {
        return Ok(Err(SignInError::Refused));
    };
    let tenants = tenants(p, &account, with.tenant.as_deref())?;
    if !is_right || !store::pass(p, account.id)? {
        let concerned: Vec<TenantId> = tenants.iter().map(|(tenant, _)| *tenant).collect();
        trace::wrong_password(p, &account, &concerned, SIGN_IN, visitor)?;
        return Ok(Err(SignInError::Refused));
    }
    let doors = doors(p, &account, tenants)?;
    enter(p, &account, doors, visitor, with.own_data)
}

/// The tenants that this sign-in concerns, each with whether it is confirmed: the one named, or all that the account can
/// lead into. A tenant that the person has nothing to do with is not concerned, and does not get to know.
fn tenants(p: &mut PlatformTx<'_>, account: &Account, named: Option<&str>) -> Stored<Vec<(TenantId, bool)>> {
    let named = match named {
        None => None,
        Some(text) => match tenant_named(p, text)? {
            Some(id) => Some(id),
            None => return Ok(Vec::new()),
        },
    };
    let linked = match named {
        Some(tenant) => store::find_link(p, account.person_id, tenant)?.map(|c| (tenant, c)).into_iter().collect(),
        None => store::links(p, account.person_id, MOST_TENANTS)?,
    };
    let leads_into = linked.into_iter().filter(|(tenant, _)| account.leads_into(*tenant));
    // The owner of an enterprise account gave it out itself.
    Ok(leads_into.map(|(tenant, confirmed)| (tenant, confirmed || account.kind == AccountKind::Enterprise)).collect())
}

fn tenant_named(p: &mut PlatformTx<'_>, text: &str) -> Stored<Option<TenantId>> {
    text.parse::<TenantId>().map_or_else(|_| store::find_tenant_by_slug(p, text), |id| Ok(Some(id)))
}

/// A tenant, and what stands there between the person and it.
struct Door {
    tenant: TenantId,
    is_confirmed: bool,
    standing: Standing,
}

impl Door {
    /// How far it lets in; not at all where it is closed. An enterprise account is the organisation's, and is taken back with
    /// the membership (dingtalk-def-17); a personal one goes on leading to what is the person's own (gbt35273-8.1-a).
    fn lets_in(&self, account: &Account) -> Option<SessionReach> {
        match (self.is_confirmed, self.standing.lets_in, account.kind) {
            (true, true, _) => Some(SessionReach::Member),
            (true, false, AccountKind::Personal) => Some(SessionReach::OwnData),
            (true, false, AccountKind::Enterprise) | (false, _, _) => None,
        }
    }
}

fn doors(p: &mut PlatformTx<'_>, account: &Account, tenants: Vec<(TenantId, bool)>) -> Stored<Vec<Door>> {
    let mut doors = Vec::new();
    for (tenant, is_confirmed) in tenants {
        if let Some(standing) = trace::standing(p, account, tenant)? {
            doors.push(Door { tenant, is_confirmed, standing });
        }
    }
    Ok(doors)
}

fn enter(
    p: &mut PlatformTx<'_>,
    account: &Account,
    mut doors: Vec<Door>,
    visitor: &Visitor,
    own_data: bool,
) -> Stored<Result<Entry, SignInError>> {
    let open = open_of(account, &doors, own_data);
    match open.as_slice() {
        [] => closed(p, account, &doors, visitor).map(Err),
        [(tenant, _)] => {
            doors.retain(|d| d.tenant == *tenant);
            let Some(door) = doors.pop() else { return Ok(Err(SignInError::NoMembership)) };
            let opened = sessions::open(p, account, door.tenant, door.standing, visitor)?;
            Ok(Ok(Entry::In(Box::new(opened))))
        }
        [..] => Ok(Ok(Entry::Choose(choices(p, &open)?))),
    }
}

type Open = (TenantId, SessionReach);

/// The doors that are open. Those of organisations that the person has left only where they are content with their own data,
/// and where nothing leads further: who works somewhere signs in to work.
fn open_of(account: &Account, doors: &[Door], own_data: bool) -> Vec<Open> {
    let all = all_of(account, doors);
    let (full, own): (Vec<Open>, Vec<Open>) = all.into_iter().partition(|(_, reach)| *reach == SessionReach::Member);
    if full.is_empty() && own_data { own } else { full }
}

fn all_of(account: &Account, doors: &[Door]) -> Vec<Open> {
    doors.iter().filter_map(|d| d.lets_in(account).map(|reach| (d.tenant, reach))).collect()
}

fn choices(p: &mut PlatformTx<'_>, open: &[Open]) -> Stored<Vec<Choice>> {
    let ids: Vec<TenantId> = open.iter().map(|(tenant, _)| *tenant).collect();
    let reach = |id: TenantId| open.iter().find(|(tenant, _)| *tenant == id).map(|(_, reach)| *reach);
    let named = store::tenant_names(p, &ids)?.into_iter();
    Ok(named.filter_map(|(id, tenant, name)| reach(id).map(|reach| Choice { tenant, name, reach })).collect())
}

/// Opens a session where somebody has just proved who they are by a set-up link.
///
/// # Errors
/// [`SignInError::MembershipEnded`], [`SignInError::NoMembership`].
pub(super) fn enter_from_link(
    platform: &Platform,
    (account, tenant): (AccountId, TenantId),
    visitor: &Visitor,
) -> Result<sessions::Opened, SignInError> {
    platform_tx(platform, |p| go_in(p, account, tenant, visitor, false))?
}

/// Goes over from one organisation into another of the same account's: this session ends, and a new one is opened there.
/// What either gets to know is that somebody signed out, or in: not where from, and not where to.
///
/// # Errors
/// As [`sign_in`] with the right password and a tenant named; then the session goes on.
pub(super) fn switch(
    platform: &Platform,
    from: SessionId,
    to: &str,
    visitor: &Visitor,
) -> Result<sessions::Opened, SignInError> {
    let opened = platform_tx(platform, |p| {
        let left = session_store::find(p, from)?.ok_or(SignInError::SessionEnded)?;
        let Some(tenant) = tenant_named(p, to)? else { return Ok(Err(SignInError::NoMembership)) };
        match go_in(p, left.account_id, tenant, visitor, true)? {
            // However often somebody goes over, the day's work ends when it would have ended.
            Ok(opened) => Ok(Ok(sessions::as_old_as(p, opened, left.created_at)?)),
            Err(refused) => Ok::<_, SignInError>(Err(refused)),
        }
    })??;
    // Apart from it: whoever holds two ledgers' locks must take them in the order of their ids, and this is not it.
    sessions::sign_out(platform, from)?;
    Ok(opened)
}

/// The organisations that an account leads into now.
pub(super) fn organisations(platform: &Platform, account: AccountId) -> Result<Vec<Choice>, SignInError> {
    platform_tx(platform, |p| {
        let account = accounts::open_account(p, account)?;
        let tenants = tenants(p, &account, None)?;
        let doors = doors(p, &account, tenants)?;
        Ok(choices(p, &all_of(&account, &doors))?)
    })
}

/// The inner refusal commits its record; the outer error rolls back.
fn go_in(
    p: &mut PlatformTx<'_>,
    account: AccountId,
    tenant: TenantId,
    visitor: &Visitor,
    own_data: bool,
) -> Stored<Result<sessions::Opened, SignInError>> {
    let Some(account) = store::find_account(p, account)?.filter(|a| a.state == AccountState::Open) else {
        return Ok(Err(SignInError::SessionEnded));
    };
    let tenants = tenants(p, &account, Some(&tenant.to_string()))?;
    let doors = doors(p, &account, tenants)?;
    match enter(p, &account, doors, visitor, own_data)? {
        Ok(Entry::In(opened)) => Ok(Ok(*opened)),
        Ok(Entry::Choose(_)) => Ok(Err(SignInError::NoMembership)),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Why no door is open; each tenant behind one gets to know that somebody tried.
fn closed(p: &mut PlatformTx<'_>, account: &Account, doors: &[Door], visitor: &Visitor) -> Stored<SignInError> {
    let mut why = SignInError::NoMembership;
    for Door { tenant, standing, .. } in doors {
        let reason = if standing.lets_in { "sign-in.not-confirmed" } else { "membership.ended" };
        trace::refused(p, account, *tenant, reason, visitor)?;
        if standing.lets_in {
            why = SignInError::NotConfirmed;
        } else if !matches!(why, SignInError::NotConfirmed) {
            why = SignInError::MembershipEnded;
        }
    }
    Ok(why)
}

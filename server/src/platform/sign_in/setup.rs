//! Set-up links: one-time, expiring, one for each account and tenant. No account has a default password.
//!
//! A link does two things. It sets a password where the account has none or where the tenant owns the account; and it
//! confirms to its tenant that whoever holds the account got the link. On a personal account that has a password it does
//! only the second, and asks for that password.

use super::accounts::{confirm, identifiers_of, open_account, store_password};
use super::entrance::Visitor;
use super::error::SignInError;
use super::model::{Account, AccountKind, Organisation};
use super::password::PasswordHash;
use super::secret::{self, Secret};
use super::store::{accounts as account_store, links};
use super::trace;
use crate::platform::Platform;
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{PlatformTx, Stored, Ts};
use crate::platform::ids::{AccountId, TenantId};
use crate::platform::keyring::Identifier;

/// The act, as records name it.
const SET_UP: &str = "account.set-up";
/// Days that a link can be used: long enough for somebody who begins next week.
const LINK_DAYS: i64 = 7;

/// Gives out a tenant's link for an account, and takes back the one that it gave out before. The caller's act leaves the
/// record; the token goes to the person and nowhere else.
///
/// # Errors
/// [`SignInError::UnknownAccount`] for a closed account, another tenant's enterprise account, or a person who was never
/// linked to this tenant.
pub fn issue_setup_link(p: &mut PlatformTx<'_>, account: AccountId, tenant: TenantId) -> Result<Secret, SignInError> {
    let account = open_account(p, account)?;
    let is_linked = account_store::find_link(p, account.person_id, tenant)?.is_some();
    if !is_linked || !account.leads_into(tenant) {
        return Err(SignInError::UnknownAccount);
    }
    links::delete_unused(p, account.id, tenant)?;
    let token = secret::new_token()?;
    let expires_at = Ts(*p.now() + chrono::Duration::days(LINK_DAYS));
    links::add(p, (account.id, tenant), secret::hash(token.expose()), expires_at)?;
    Ok(token)
}

/// Where somebody uses their link, at this server's own address. Behind the `#`, where no log of a server or a proxy sees it.
pub fn address_of(base: &str, token: &Secret) -> String {
    format!("{base}/set-up#token={}", token.expose())
}

/// How far a tenant's invitations have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invited {
    /// Links that were given out.
    pub given: i64,
    /// People who used theirs.
    pub confirmed: i64,
}

/// Counts a tenant's invitations.
///
/// # Errors
/// When the store fails.
pub fn invited(p: &mut PlatformTx<'_>, tenant: TenantId) -> Stored<Invited> {
    Ok(Invited { given: links::count_of(p, tenant)?, confirmed: account_store::count_confirmed(p, tenant)? })
}

/// Uses a link: sets the password, or confirms with the one there is. Returns the tenant whose link it was.
///
/// # Errors
/// [`SignInError::LinkInvalid`]; [`SignInError::Weak`], after which the link is still good; [`SignInError::Refused`] when
/// the personal account has another password.
pub fn use_setup_link(
    platform: &Platform,
    visitor: &Visitor,
    token: &Secret,
    password: &str,
) -> Result<TenantId, SignInError> {
    use_link(platform, visitor, token, password).map(|(_, tenant)| tenant)
}

/// As [`use_setup_link`], and says whose account it was.
pub(super) fn use_link(
    platform: &Platform,
    visitor: &Visitor,
    token: &Secret,
    password: &str,
) -> Result<(AccountId, TenantId), SignInError> {
    if !secret::is_token(token.expose()) {
        return Err(SignInError::LinkInvalid);
    }
    let token_hash = secret::hash(token.expose());
    let link = platform_tx(platform, |p| Link::find(p, &token_hash))?;
    let passwords = &platform.sign_in().passwords;
    let step = match link.account.password_hash.as_deref() {
        Some(own) if link.account.kind == AccountKind::Personal => {
            Step::Confirm(passwords.is_right(password, Some(own)))
        }
        Some(_) | None => Step::Set(passwords.accept(password, &link.identifiers)?),
    };
    platform_tx(platform, |p| settle(p, &link, &token_hash, step, visitor))?.map(|()| (link.account.id, link.tenant))
}

/// What its holder may know of a link before using it.
pub(super) struct Seen {
    pub tenant: Organisation,
    pub has_password: bool,
    /// Masked: enough to recognise one's own, too little to learn somebody else's.
    pub identifiers: Vec<String>,
}

/// Looks at a link and uses nothing up.
///
/// # Errors
/// [`SignInError::LinkInvalid`].
pub(super) fn look(platform: &Platform, token: &Secret) -> Result<Seen, SignInError> {
    if !secret::is_token(token.expose()) {
        return Err(SignInError::LinkInvalid);
    }
    platform_tx(platform, |p| {
        let link = Link::find(p, &secret::hash(token.expose()))?;
        let tenant = account_store::find_organisation(p, link.tenant)?.ok_or(SignInError::LinkInvalid)?;
        // An enterprise account's password is set anew by each link; a personal one's is asked for.
        let has_password = link.account.kind == AccountKind::Personal && link.account.has_password();
        Ok(Seen { tenant, has_password, identifiers: link.identifiers.iter().map(masked).collect() })
    })
}

/// `l**@example.com`, `138****1234`: the first letter and the domain, or a number's two ends.
fn masked(identifier: &Identifier) -> String {
    let text = identifier.as_str();
    if let Some((name, domain)) = text.split_once('@') {
        return format!("{}**@{domain}", name.chars().next().map(String::from).unwrap_or_default());
    }
    let digits: Vec<char> = text.chars().collect();
    let (begin, end) = (digits.len().saturating_sub(8), digits.len().saturating_sub(4));
    digits.iter().enumerate().map(|(at, c)| if (begin..end).contains(&at) { '*' } else { *c }).collect()
}

/// What a link leads to, as far as its holder may use it.
struct Link {
    account: Account,
    tenant: TenantId,
    identifiers: Vec<Identifier>,
}

enum Step {
    Set(PasswordHash),
    Confirm(bool),
}

impl Link {
    fn find(p: &mut PlatformTx<'_>, token_hash: &[u8]) -> Result<Self, SignInError> {
        let (account, tenant) = links::find(p, token_hash)?.ok_or(SignInError::LinkInvalid)?;
        let account = open_account(p, account).map_err(|e| match e {
            SignInError::UnknownAccount => SignInError::LinkInvalid,
            other => other,
        })?;
        let identifiers = identifiers_of(p, account.id)?;
        Ok(Self { account, tenant, identifiers })
    }
}

/// The inner refusal commits what was counted and recorded; the outer error rolls back.
fn settle(
    p: &mut PlatformTx<'_>,
    link: &Link,
    token_hash: &[u8],
    step: Step,
    visitor: &Visitor,
) -> Stored<Result<(), SignInError>> {
    let Link { account, tenant, .. } = link;
    let is_allowed = match step {
        Step::Confirm(is_right) => is_right && account_store::pass(p, account.id)?,
        Step::Set(_) => true,
    };
    if !is_allowed {
        trace::wrong_password(p, account, &[*tenant], SET_UP, visitor)?;
        return Ok(Err(SignInError::Refused));
    }
    if !links::use_up(p, token_hash)? || !apply(p, account, step)? {
        return Ok(Err(SignInError::LinkInvalid));
    }
    confirm(p, account.person_id, *tenant)?;
    trace::done(p, account, *tenant, SET_UP, visitor)?;
    Ok(Ok(()))
}

/// `false` when a personal account got its first password by another link meanwhile.
fn apply(p: &mut PlatformTx<'_>, account: &Account, step: Step) -> Stored<bool> {
    match (step, account.kind) {
        (Step::Confirm(_), _) => Ok(true),
        (Step::Set(hash), AccountKind::Personal) => account_store::set_first_password(p, account.id, hash.into_text()),
        (Step::Set(hash), AccountKind::Enterprise) => store_password(p, account.id, hash).map(|()| true),
    }
}

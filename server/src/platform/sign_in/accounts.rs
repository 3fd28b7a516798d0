//! Persons and their accounts: found by what they sign in with, made, confirmed, closed.
//!
//! A tenant says of somebody who joins "this e-mail, this phone number". That finds the person, once across all tenants,
//! but it proves nothing: anybody can write down anybody's number. So whatever a tenant says,
//!
//! - no set-up link ever replaces the password of a personal account, and no tenant adds names to one that exists;
//! - a personal account leads into a tenant only once the person has used *that* tenant's own link (`confirm`).
//!
//! Without the second rule, an organisation could name a stranger as its member, set the stranger's first password, and
//! walk into every other organisation that knows them.

use super::error::SignInError;
use super::model::{Account, AccountState, Owner};
use super::password::PasswordHash;
use super::store::{accounts as store, sessions};
use crate::platform::Platform;
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{PlatformTx, StoreError, Stored};
use crate::platform::ids::{AccountId, PersonId, TenantId};
use crate::platform::keyring::{Aad, BlindIndex, Identifier, IdentifierKind, Sealed};

/// Where an account's sealed identifiers live.
const IDENTIFIER: Aad = Aad::new("account_identifiers.sealed");

/// For whom an account is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Somebody the platform knows.
    Known(PersonId),
    /// Somebody new.
    New,
}

/// The person and account that a tenant's words lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The human being.
    pub person: PersonId,
    /// The account they act with.
    pub account: AccountId,
    /// Whether the account was made just now.
    pub is_new: bool,
}

/// An e-mail address or phone number in whatever spelling; `None` when it is neither.
pub fn sign_in_name(text: &str) -> Option<Identifier> {
    Identifier::email(text).or_else(|_| Identifier::phone(text)).ok()
}

/// The open account with this identifier.
///
/// # Errors
/// When the store fails.
pub fn find_by_identifier(p: &mut PlatformTx<'_>, identifier: &Identifier) -> Stored<Option<Account>> {
    let index = index(p.platform(), identifier);
    store::find_account_by_index(p, &index)
}

/// Makes an account without a password. Link the person to their tenant with [`note_membership`].
///
/// # Errors
/// [`SignInError::IdentifierTaken`] when one is another account's, [`SignInError::NotASignInName`] for a staff number.
pub fn create_account(
    p: &mut PlatformTx<'_>,
    holder: Holder,
    owner: Owner,
    identifiers: &[Identifier],
) -> Result<(PersonId, AccountId), SignInError> {
    for identifier in identifiers {
        refuse_staff_number(identifier)?;
        if find_by_identifier(p, identifier)?.is_some() {
            return Err(SignInError::IdentifierTaken);
        }
    }
    let person = match holder {
        Holder::Known(person) => person,
        Holder::New => store::add_person(p)?,
    };
    let account = store::add_account(p, person, owner)?;
    for identifier in identifiers {
        attach(p, account, identifier)?;
    }
    Ok((person, account))
}

/// The person behind these identifiers and their account for `owner`, found or made: one human being once, whatever
/// tenants name them. The first identifier that is known decides who it is. Names that are somebody else's stay theirs.
///
/// # Errors
/// [`SignInError::NotASignInName`] for a staff number, [`SignInError::IdentifierTaken`] where an organisation would issue an
/// account that has no name to sign in with.
pub fn find_or_create(p: &mut PlatformTx<'_>, owner: Owner, identifiers: &[Identifier]) -> Result<Found, SignInError> {
    let mut known = None;
    let mut free = Vec::new();
    for identifier in identifiers {
        refuse_staff_number(identifier)?;
        match find_by_identifier(p, identifier)? {
            Some(account) => known = known.or(Some(account.person_id)),
            None => free.push(identifier.clone()),
        }
    }
    let existing = match known {
        None => None,
        Some(person) => store::find_account_of(p, person, owner)?,
    };
    let Some(account) = existing else {
        // What the organisation issues is signed in to by names of its own: every one given is somebody's account already,
        // so nobody could ever sign in to this one.
        if let (Owner::Tenant(_), true, false) = (owner, free.is_empty(), identifiers.is_empty()) {
            return Err(SignInError::IdentifierTaken);
        }
        let holder = known.map_or(Holder::New, Holder::Known);
        let (person, account) = create_account(p, holder, owner, &free)?;
        return Ok(Found { person, account, is_new: true });
    };
    if let Owner::Tenant(_) = owner {
        for identifier in &free {
            attach(p, account.id, identifier)?;
        }
    }
    Ok(Found { person: account.person_id, account: account.id, is_new: false })
}

/// Gives an account of a tenant another e-mail address or phone number in place of the one of that kind. Returns whether it
/// changed. Personal accounts are not the caller's to change.
///
/// # Errors
/// [`SignInError::IdentifierTaken`] when it is another account's, [`SignInError::NotASignInName`] for a staff number.
pub fn replace_identifier(
    p: &mut PlatformTx<'_>,
    account: AccountId,
    identifier: &Identifier,
) -> Result<bool, SignInError> {
    refuse_staff_number(identifier)?;
    match find_by_identifier(p, identifier)? {
        Some(same) if same.id == account => return Ok(false),
        Some(_) => return Err(SignInError::IdentifierTaken),
        None => {}
    }
    open_account(p, account)?;
    store::remove_identifiers(p, account, identifier.kind().as_str())?;
    attach(p, account, identifier)?;
    Ok(true)
}

/// Notes that a person has a membership in a tenant, so that sign-in looks there. A repeat changes nothing.
///
/// # Errors
/// When the store fails.
pub fn note_membership(p: &mut PlatformTx<'_>, person: PersonId, tenant: TenantId) -> Stored<()> {
    match store::find_link(p, person, tenant)? {
        Some(_) => Ok(()),
        None => store::add_link(p, person, tenant),
    }
}

/// Notes that the tenant has made sure who holds the account. Using its set-up link does this by itself; call it only
/// where the tenant has seen the person otherwise.
///
/// # Errors
/// When the store fails.
pub fn confirm(p: &mut PlatformTx<'_>, person: PersonId, tenant: TenantId) -> Stored<()> {
    note_membership(p, person, tenant)?;
    store::confirm_link(p, person, tenant)
}

/// Sets an account's password and ends its sessions. Hashing takes its time, so this opens its own transactions around
/// it; it is for the operator and for samples. People set theirs by a link.
///
/// # Errors
/// [`SignInError::Weak`], [`SignInError::UnknownAccount`].
pub fn set_password(platform: &Platform, account: AccountId, password: &str) -> Result<(), SignInError> {
    let identifiers = platform_tx(platform, |p| {
        open_account(p, account)?;
        Ok::<_, SignInError>(identifiers_of(p, account)?)
    })?;
    let hash = platform.sign_in().passwords.accept(password, &identifiers)?;
    platform_tx(platform, |p| {
        open_account(p, account)?;
        Ok(store_password(p, account, hash)?)
    })
}

/// Closes an account for good (yongchang-5.4): it has no password and no identifiers any more, and its sessions end.
/// Returns how many ended.
///
/// # Errors
/// When the store fails.
pub fn close_account(p: &mut PlatformTx<'_>, account: AccountId) -> Stored<usize> {
    store::close_account(p, account)?;
    sessions::end_of_account(p, account, "account.closed")
}

/// What an account is found by, opened: for the mail that goes there, and for the password policy.
///
/// # Errors
/// When the store fails or a ciphertext does not open.
pub fn identifiers_of(p: &mut PlatformTx<'_>, account: AccountId) -> Stored<Vec<Identifier>> {
    let keys = p.platform().keys();
    let mut found = Vec::new();
    for (kind, sealed) in store::identifiers(p, account)? {
        let text = keys.platform().open_secret(&IDENTIFIER.row(account), &Sealed::parse(sealed)?)?;
        let text = std::str::from_utf8(&text).map_err(|e| StoreError::Unreadable(e.to_string()))?;
        found.push(reopened(&kind, text)?);
    }
    Ok(found)
}

/// The account, when it is there and open.
pub(super) fn open_account(p: &mut PlatformTx<'_>, id: AccountId) -> Result<Account, SignInError> {
    let found = store::find_account(p, id)?;
    found.filter(|account| account.state == AccountState::Open).ok_or(SignInError::UnknownAccount)
}

/// A new password ends all sessions: whoever had the old one is out.
pub(super) fn store_password(p: &mut PlatformTx<'_>, account: AccountId, hash: PasswordHash) -> Stored<()> {
    store::set_password(p, account, hash.into_text())?;
    sessions::end_of_account(p, account, "password.changed")?;
    Ok(())
}

fn attach(p: &mut PlatformTx<'_>, account: AccountId, identifier: &Identifier) -> Stored<()> {
    let platform = p.platform();
    let sealed = platform.keys().platform().seal_secret(&IDENTIFIER.row(account), identifier.as_str().as_bytes())?;
    let index = index(platform, identifier);
    store::add_identifier(p, account, identifier.kind().as_str(), &index, sealed.into_bytes())
}

pub(super) fn index(platform: &Platform, identifier: &Identifier) -> BlindIndex {
    platform.keys().platform().blind_index_key().index(identifier)
}

fn reopened(kind: &str, text: &str) -> Stored<Identifier> {
    let identifier = match kind {
        "email" => Identifier::email(text),
        "phone" => Identifier::phone(text),
        other => return Err(StoreError::Unreadable(format!("{other} is not a kind of sign-in name"))),
    };
    Ok(identifier?)
}

fn refuse_staff_number(identifier: &Identifier) -> Result<(), SignInError> {
    match identifier.kind() {
        IdentifierKind::Email | IdentifierKind::Phone => Ok(()),
        IdentifierKind::StaffNumber => Err(SignInError::NotASignInName),
    }
}

//! Making an organisation with its first admin, what `tenure tenant create` does; and changing what it has set.
//!
//! The first admin gets a one-time link to set a password; there is no default one.

pub mod routes;

use crate::holdings::{self, Change, Moves};
use crate::packs::{self, OrganisationSettings, PackError, SettingsChange, TenantRow};
use crate::people::{self, AccountKind, HrFacts, Joining, Membership, Via, roles};
use crate::platform::Platform;
use crate::platform::caller::Actor;
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{PlatformTx, StoreError, TenantTx};
use crate::platform::ids::TenantId;
use crate::platform::keyring::{Algorithm, Identifier, KeyringError};
use crate::platform::record::Record;
use crate::platform::sign_in::{self, Owner, SignInError, accounts};
use crate::retention;
use chrono::NaiveDate;

/// What an organisation begins with.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its name, as its people write it.
    pub name: String,
    /// Its short name in addresses; made from the name when absent.
    pub slug: Option<String>,
    /// The pack it lives by.
    pub pack: String,
    /// IANA time zone.
    pub time_zone: String,
    /// The language of what it is sent.
    pub locale: String,
    /// The algorithm of what it seals.
    pub algorithm: Algorithm,
    /// The first admin's name.
    pub admin_name: String,
    /// The first admin's e-mail address.
    pub admin_email: String,
}

/// A new organisation.
#[derive(Debug)]
pub struct Created {
    /// Its id.
    pub tenant: TenantId,
    /// Its short name.
    pub slug: String,
    /// The first admin.
    pub admin: Membership,
    /// The token of the one-time set-up link.
    pub setup_token: sign_in::Secret,
}

/// Why an organisation was not made.
#[derive(Debug, thiserror::Error)]
pub enum OrganisationError {
    /// No such pack.
    #[error("there is no pack `{0}`; there are dingtalk, aliyun-office-security, yongchang, coremail, gbt-35273")]
    UnknownPack(String),
    /// No such time zone.
    #[error("`{0}` is no IANA time zone, such as Asia/Shanghai")]
    UnknownTimeZone(String),
    /// The short name is taken or not usable.
    #[error("the short name `{0}` is taken, or not 2 to 40 of a-z, 0-9 and -")]
    Slug(String),
    /// The name is empty or too long.
    #[error("a name has 1 to 100 characters")]
    Name,
    /// The admin's address is none.
    #[error(transparent)]
    Identifier(#[from] KeyringError),
    /// The admin could not become a member.
    #[error(transparent)]
    People(#[from] people::PeopleError),
    /// The account could not be made.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes an organisation, its key, its first admin and their link, all or nothing.
pub fn create(platform: &Platform, new: &NewOrganisation) -> Result<Created, OrganisationError> {
    platform_tx(platform, |p| create_within(p, new))
}

/// As [`create`], within a transaction that makes more.
pub fn create_within(p: &mut PlatformTx<'_>, new: &NewOrganisation) -> Result<Created, OrganisationError> {
    if new.name.trim().is_empty() || new.name.chars().count() > 100 {
        return Err(OrganisationError::Name);
    }
    if packs::by_name(&new.pack).is_none() {
        return Err(OrganisationError::UnknownPack(new.pack.clone()));
    }
    let tz: chrono_tz::Tz =
        new.time_zone.parse().map_err(|_| OrganisationError::UnknownTimeZone(new.time_zone.clone()))?;
    let email = Identifier::email(&new.admin_email)?;
    let row = tenant_row(p, new)?;
    packs::insert_tenant(p, &row)?;
    p.platform().keys().create_tenant(p, row.id, new.algorithm)?;
    let found = accounts::find_or_create(p, Owner::Person, std::slice::from_ref(&email))?;
    accounts::note_membership(p, found.person, row.id)?;
    let today = p.now().with_timezone(&tz).date_naive();
    let admin = p.in_tenant(row.id, Actor::Operator, |tx| first_admin(tx, new, (&found, email), today))?;
    let setup_token = sign_in::issue_setup_link(p, found.account, row.id)?;
    Ok(Created { tenant: row.id, slug: row.slug, admin, setup_token })
}

/// Changes settings. Another pack, or a feature switched on or off, rules what is held anew where the rules say so.
pub fn change(
    tx: &mut TenantTx<'_>,
    version: Option<i64>,
    wanted: &SettingsChange,
) -> Result<OrganisationSettings, PackError> {
    let (settings, moved) = packs::change(tx, version, wanted)?;
    for change in Change::of(moved) {
        holdings::rule_anew(tx, &change)?;
    }
    Ok(settings)
}

/// How much of what is held would be ruled otherwise by a change of pack or features; nothing is changed.
///
/// # Errors
/// Whatever [`change`] would refuse.
pub fn preview(tx: &mut TenantTx<'_>, wanted: &SettingsChange) -> Result<Moves, PackError> {
    let (pack, moved, on) = packs::would_move(tx, wanted)?;
    Ok(holdings::preview_rulings(tx, &pack, &Change::of(moved), &on)?)
}

fn tenant_row(p: &mut PlatformTx<'_>, new: &NewOrganisation) -> Result<TenantRow, OrganisationError> {
    let id: TenantId = p.new_id();
    let slug = match &new.slug {
        Some(slug) => slug.clone(),
        None => slug_of(&new.name, id),
    };
    let usable = (2..=40).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !usable || packs::find_tenant_by_slug(p, &slug)?.is_some() {
        return Err(OrganisationError::Slug(slug));
    }
    Ok(TenantRow {
        id,
        name: new.name.trim().to_owned(),
        slug,
        time_zone: new.time_zone.clone(),
        locale: new.locale.clone(),
        pack: new.pack.clone(),
        algorithm: new.algorithm.as_str().into(),
        state: "active".into(),
        created_at: p.now(),
        version: 1,
    })
}

/// The Latin letters and digits of the name; a Chinese name has none, and gets a part of its id.
fn slug_of(name: &str, id: TenantId) -> String {
    let words: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect::<String>()
        .split('-')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    if words.len() >= 2 {
        words.chars().take(40).collect()
    } else {
        let id = id.to_string();
        format!("org-{}", &id[id.len() - 8..])
    }
}

fn first_admin(
    tx: &mut TenantTx<'_>,
    new: &NewOrganisation,
    (found, email): (&accounts::Found, Identifier),
    today: NaiveDate,
) -> Result<Membership, OrganisationError> {
    let joining = Joining {
        person: found.person,
        account: found.account,
        account_kind: AccountKind::Personal,
        staff_number: "ADMIN-1".into(),
        first_day: today,
        last_day: None,
        contacts: vec![email],
        facts: HrFacts { name: Some(new.admin_name.clone()), ..HrFacts::default() },
        said_at: tx.now(),
    };
    tx.record(Record::of("tenant.create").on("tenant", tx.tenant()).with("pack", new.pack.clone()));
    let admin = people::hire(tx, &joining)?;
    roles::assign(tx, &admin, "primary_admin", Via::Setup, roles::Bounds::default())?;
    retention::plan_next(tx)?;
    Ok(admin)
}

//! The sample: 远山科技, about sixty people with several thousand holdings, and 白鹭书店, a small neighbour that shares one
//! person with it. Made on an empty database, so that a stranger has something to look at within seconds.
//!
//! What the organisations are made of stands in the tables beside this file; the code only reads them. Nothing is left to
//! chance but ids and secrets, so every first start tells the same story. People, phone numbers and documents are invented:
//! the addresses end in `.example`, the numbers belong to nobody.
//!
//! What always holds: the sample is made through the same operations as anybody's data (hiring, roles with their exclusions,
//! deposits and registrations with their rulings), and all of it in one transaction or none of it.

mod error;
mod holdings;
mod people;
mod story;
mod tables;

pub use error::SampleError;
pub use story::{LEAVER, REASON, STOPPED_KEEPING, SUCCESSOR};

use crate::holdings::{CreatedConnector, create_connector};
use crate::intake::{CreatedSource, create_source};
use crate::organisations::{self, NewOrganisation};
use crate::packs;
use crate::platform::Platform;
use crate::platform::attempt::across_tenants;
use crate::platform::caller::Actor;
use crate::platform::db::{PlatformTx, Stored, TenantTx};
use crate::platform::ids::{AccountId, MembershipId, TenantId};
use crate::platform::keyring::Algorithm;
use crate::setup;
use people::Crowd;
use tables::{PersonRow, Tables};

/// Somebody of the sample who can sign in.
#[derive(Debug, Clone)]
pub struct SampleAccount {
    /// What they are there for: a role's key, `leaver`, `employee` or `shared`.
    pub badge: String,
    /// Their name.
    pub name: String,
    /// 工号.
    pub staff_number: String,
    /// What they sign in with.
    pub identifier: String,
    /// The account, for the password.
    pub account: AccountId,
}

/// One organisation of the sample, as it was made.
#[derive(Debug)]
pub struct SampleOrganisation {
    /// Its id.
    pub tenant: TenantId,
    /// Its name.
    pub name: &'static str,
    /// Its short name.
    pub slug: &'static str,
    /// Those who can sign in.
    pub accounts: Vec<SampleAccount>,
    /// Everybody, by staff number.
    pub members: Vec<(String, MembershipId)>,
    /// Where its HR system posts to, with the secret.
    pub source: CreatedSource,
    /// The office suite that keeps its external holdings, with secret and key.
    pub connector: CreatedConnector,
    /// How many holdings it has.
    pub holdings: usize,
    /// How its connector calls what it keeps.
    pub locators: Vec<String>,
}

/// The organisations: name, short name, pack.
const ORGANISATIONS: [(&str, &str, &str); 2] =
    [("远山科技", "yuanshan", "dingtalk"), ("白鹭书店", "bailu", "gbt-35273")];

/// The short names of the organisations.
pub fn slugs() -> [&'static str; 2] {
    ORGANISATIONS.map(|(_, slug, _)| slug)
}

/// Whether there is no organisation yet.
pub fn has_no_organisation(platform: &Platform) -> Stored<bool> {
    across_tenants(platform, |p| Ok(packs::list_tenants(p, None, 1)?.is_empty()))
}

/// Makes both organisations, all or nothing. `callback_url` tells where a connector's orders go; `keep` is the last thing
/// before the commit, because the secrets in it are shown only once.
pub fn make<T>(
    platform: &Platform,
    callback_url: impl Fn(&str) -> String,
    keep: impl FnOnce(Vec<SampleOrganisation>) -> Result<T, SampleError>,
) -> Result<T, SampleError> {
    let tables = Tables::read()?;
    across_tenants(platform, |p| {
        let mut made = Vec::with_capacity(ORGANISATIONS.len());
        for (name, slug, pack) in ORGANISATIONS {
            made.push(make_one(p, &tables, (name, slug, pack), &callback_url(slug))?);
        }
        keep(made)
    })
}

fn make_one(
    p: &mut PlatformTx<'_>,
    tables: &Tables,
    (name, slug, pack): (&'static str, &'static str, &str),
    callback_url: &str,
) -> Result<SampleOrganisation, SampleError> {
    let rows: Vec<&PersonRow> = tables.people.iter().filter(|row| row.organisation == slug).collect();
    let first = rows.first().ok_or(SampleError::Table("people.csv"))?;
    let created = organisations::create_within(
        p,
        &NewOrganisation {
            name: name.into(),
            slug: Some(slug.into()),
            pack: pack.into(),
            time_zone: "Asia/Shanghai".into(),
            locale: "zh-CN".into(),
            algorithm: Algorithm::Aes256Gcm,
            admin_name: first.name.clone(),
            admin_email: first.email(),
        },
    )?;
    let tenant = created.tenant;
    let accounts = people::accounts(p, tenant, &rows)?;
    let (crowd, connector) = p.in_tenant(tenant, Actor::Operator, |tx| {
        let departments = people::departments(tx, tables, slug)?;
        let crowd = people::hire_all(tx, &rows, &departments, &accounts)?;
        let connector = create_connector(tx, "办公套件：邮件、网盘、会话", callback_url)?;
        Ok::<_, SampleError>((crowd, connector))
    })?;
    people::confirm_those_with_a_badge(p, tenant, &crowd)?;
    let (holdings, locators, source) = p.in_tenant(tenant, Actor::Operator, |tx| {
        let (holdings, locators) = fill(tx, tables, slug, &crowd, &connector)?;
        setup::confirm_organisation(tx)?;
        Ok::<_, SampleError>((holdings, locators, create_source(tx, "人事系统")?))
    })?;
    let accounts = crowd.badges();
    let members = crowd.members();
    Ok(SampleOrganisation { tenant, name, slug, accounts, members, source, connector, holdings, locators })
}

fn fill(
    tx: &mut TenantTx<'_>,
    tables: &Tables,
    slug: &str,
    crowd: &Crowd,
    connector: &CreatedConnector,
) -> Result<(usize, Vec<String>), SampleError> {
    let in_vault = holdings::deposit_all(tx, tables, crowd)?;
    let locators = holdings::register_all(tx, tables, slug, crowd, connector.id)?;
    Ok((in_vault + locators.len(), locators))
}

//! `tenure tenant create | list | show | set`.

use super::{Outcome, settings};
use crate::app;
use crate::organisations::{self, NewOrganisation};
use crate::packs::{self, OrganisationSettings, SettingsChange};
use crate::platform::attempt::across_tenants;
use crate::platform::caller::Actor;
use crate::platform::db::{StoreError, TenantTx};
use crate::platform::keyring::Algorithm;
use crate::platform::sign_in;
use clap::Subcommand;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

/// `tenure tenant …`
#[derive(Subcommand)]
pub enum Verb {
    /// Make an organisation with its first admin and print the admin's one-time set-up link.
    Create {
        /// Its name.
        #[arg(long)]
        name: String,
        /// Its short name in addresses: a-z, 0-9 and -.
        #[arg(long)]
        slug: Option<String>,
        /// The first admin's e-mail address.
        #[arg(long)]
        admin_email: String,
        /// The first admin's name.
        #[arg(long, default_value = "主管理员")]
        admin_name: String,
        /// The pack it lives by: dingtalk, aliyun-office-security, yongchang, coremail, gbt-35273.
        #[arg(long, default_value = "gbt-35273")]
        pack: String,
        /// IANA time zone of its civil deadlines.
        #[arg(long, default_value = "Asia/Shanghai")]
        time_zone: String,
        /// The language of what it is sent: zh-CN or en.
        #[arg(long, default_value = "zh-CN")]
        locale: String,
        /// The algorithm of what it seals: aes-256-gcm or sm4-gcm.
        #[arg(long, default_value = "aes-256-gcm")]
        algorithm: String,
    },
    /// List the organisations.
    List,
    /// Show what an organisation has set.
    Show {
        /// Its short name.
        slug: String,
    },
    /// Change what an organisation has set. Another pack or other features rule what is held anew where the rules say so.
    Set {
        /// Its short name.
        slug: String,
        /// Another name.
        #[arg(long)]
        name: Option<String>,
        /// Another IANA time zone; instants that were fixed before stay.
        #[arg(long)]
        time_zone: Option<String>,
        /// Another language: zh-CN or en.
        #[arg(long)]
        locale: Option<String>,
        /// Another pack.
        #[arg(long)]
        pack: Option<String>,
        /// A feature that is on from now on; every one that is to be on, or `none`.
        #[arg(long = "feature", value_name = "FEATURE")]
        features: Vec<String>,
    },
}

/// Runs the verb.
pub fn run(file: Option<PathBuf>, verb: Verb) -> Outcome {
    let tenure = app::open(settings(file)?)?;
    match verb {
        Verb::Create { name, slug, admin_email, admin_name, pack, time_zone, locale, algorithm } => {
            let algorithm: Algorithm = algorithm.parse()?;
            let new = NewOrganisation { name, slug, pack, time_zone, locale, algorithm, admin_name, admin_email };
            let made = organisations::create(&tenure.platform, &new)?;
            say!("organisation  {} ({})", made.slug, made.tenant)?;
            say!("set-up token  {}", made.setup_token.expose())?;
            say!("The first admin sets a password with it, once, within seven days:")?;
            say!("  {}", sign_in::address_of(&tenure.platform.config().public_address(), &made.setup_token))?;
            say!("or POST /api/v1/auth/setup {{\"token\": \"…\", \"password\": \"…\"}}")?;
        }
        Verb::Show { slug } => show(&in_tenant(&tenure, &slug, packs::settings)?)?,
        Verb::Set { slug, name, time_zone, locale, pack, features } => {
            let features = match features.as_slice() {
                [] => None,
                [none] if none == "none" => Some(Vec::new()),
                _ => Some(features),
            };
            let wanted = SettingsChange { name, time_zone, locale, pack, features };
            show(&in_tenant(&tenure, &slug, |tx| organisations::change(tx, None, &wanted))?)?;
        }
        Verb::List => {
            let all = across_tenants(&tenure.platform, |p| packs::list_tenants(p, None, 10_000))?;
            for row in all {
                say!("{}\t{}\t{}\t{}\t{}", row.id, row.slug, row.pack, row.time_zone, row.name)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Works on one organisation as the operator, with records in its ledger.
pub(super) fn in_tenant<T, E>(
    tenure: &app::Tenure,
    slug: &str,
    work: impl FnOnce(&mut TenantTx<'_>) -> Result<T, E>,
) -> Result<T, Box<dyn std::error::Error>>
where
    E: std::error::Error + From<StoreError> + 'static,
{
    let found = across_tenants(&tenure.platform, |p| packs::find_tenant_by_slug(p, slug))?;
    let tenant = found.ok_or_else(|| format!("there is no organisation {slug}; `tenure tenant list` names them"))?;
    Ok(across_tenants(&tenure.platform, |p| p.in_tenant(tenant.id, Actor::Operator, work))?)
}

fn show(s: &OrganisationSettings) -> io::Result<()> {
    say!("organisation  {} ({})", s.slug, s.id)?;
    say!("name          {}", s.name)?;
    say!("time zone     {}", s.time_zone)?;
    say!("locale        {}", s.locale)?;
    say!("pack          {}", s.pack)?;
    say!("features      {} (of {})", listed(&s.features), listed(&s.known_features))?;
    say!("algorithm     {}", s.algorithm)
}

fn listed(words: &[String]) -> String {
    if words.is_empty() { "none".into() } else { words.join(", ") }
}

//! `tenure tenant create | list`.

use super::{Outcome, settings};
use crate::app;
use crate::organisations::{self, NewOrganisation};
use crate::packs;
use crate::platform::attempt::across_tenants;
use crate::platform::keyring::Algorithm;
use clap::Subcommand;
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
}

/// Runs the verb.
pub fn run(file: Option<PathBuf>, verb: Verb) -> Outcome {
    let tenure = app::open(settings(file)?)?;
    match verb {
        Verb::Create { name, slug, admin_email, admin_name, pack, time_zone, locale, algorithm } => {
            let algorithm: Algorithm = algorithm.parse()?;
            let new = NewOrganisation { name, slug, pack, time_zone, locale, algorithm, admin_name, admin_email };
            let made = organisations::create(&tenure.platform, &new)?;
            println!("organisation  {} ({})", made.slug, made.tenant);
            println!("set-up token  {}", made.setup_token.expose());
            println!("The first admin sets a password with it, once, within seven days:");
            println!("  {}/setup#{}", tenure.platform.config().public_address(), made.setup_token.expose());
            println!("or POST /api/v1/auth/setup {{\"token\": \"…\", \"password\": \"…\"}}");
        }
        Verb::List => {
            let all = across_tenants(&tenure.platform, |p| packs::list_tenants(p, None, 10_000))?;
            for row in all {
                println!("{}\t{}\t{}\t{}\t{}", row.id, row.slug, row.pack, row.time_zone, row.name);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

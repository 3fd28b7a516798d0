//! `tenure key rotate | list | rotate-master | rotate-ledger`.

use super::{Outcome, settings};
use crate::app;
use crate::ledger;
use crate::platform::attempt::across_tenants;
use crate::platform::keyring::MasterKey;
use crate::platform::sign_in;
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `tenure key …`
#[derive(Subcommand)]
pub enum Verb {
    /// Publish a new signing key; it signs once every node has had time to learn it.
    Rotate,
    /// List the signing keys.
    List,
    /// Wrap every key by a new master key, which is written to a new file. Stop all servers first.
    RotateMaster {
        /// Where the new master key goes; a file that is not there yet.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Retire the key that signs an organisation's ledger and make another; what it signed stays to be verified by it.
    RotateLedger {
        /// The organisation's short name.
        #[arg(long)]
        tenant: String,
    },
}

/// Runs the verb.
pub fn run(file: Option<PathBuf>, verb: &Verb) -> Outcome {
    let tenure = app::open(settings(file)?)?;
    match verb {
        Verb::Rotate => {
            let rotation = across_tenants(&tenure.platform, sign_in::rotate_signing_key)?;
            say!("new key       {}", rotation.kid)?;
            say!("signs from    {}", rotation.signs_from.rfc3339())?;
            say!("others retire {}", rotation.others_retire_at.rfc3339())?;
        }
        Verb::RotateMaster { to } => rotate_master(&tenure, to)?,
        Verb::RotateLedger { tenant: slug } => {
            let verifier = super::tenant::in_tenant(&tenure, slug, ledger::rotate)?;
            say!("new key       {verifier}")?;
            say!(
                "Whoever verifies gets it by a way of their own; earlier keys stay published and good for what they signed."
            )?;
        }
        Verb::List => {
            for key in across_tenants(&tenure.platform, sign_in::list_signing_keys)? {
                let retires = key.retires_at.map_or_else(|| "-".to_owned(), |at| at.rfc3339());
                say!("{}\tsigns from {}\tretires {retires}", key.kid, key.signs_from.rfc3339())?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The new key is safely in its file before anything is wrapped by it; the old file stays as it is, for older backups.
fn rotate_master(tenure: &app::Tenure, to: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let _alone = app::alone(&tenure.platform)?;
    if to.exists() {
        return Err(format!("{} is there already; a new master key goes into a new file", to.display()).into());
    }
    MasterKey::generate()?.save_new(to)?;
    let new = MasterKey::load(to)?;
    let tenants = across_tenants(&tenure.platform, |p| p.platform().keys().rewrap(p, &new))?;
    say!("new master key  {} ({})", to.display(), new.fingerprint())?;
    say!("rewrapped       the platform's key and those of {tenants} organisations")?;
    say!("From now on only the new file opens this database: set master_key_file (TENURE_MASTER_KEY_FILE) to it.")?;
    say!("The old file opens backups from before; destroy it with the last of them.")?;
    Ok(())
}

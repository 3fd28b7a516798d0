//! `tenure key rotate | list`.

use super::{Outcome, settings};
use crate::app;
use crate::platform::attempt::across_tenants;
use crate::platform::sign_in;
use clap::Subcommand;
use std::path::PathBuf;
use std::process::ExitCode;

/// `tenure key …`
#[derive(Subcommand)]
pub enum Verb {
    /// Publish a new signing key; it signs once every node has had time to learn it.
    Rotate,
    /// List the signing keys.
    List,
}

/// Runs the verb.
pub fn run(file: Option<PathBuf>, verb: &Verb) -> Outcome {
    let tenure = app::open(settings(file)?)?;
    match verb {
        Verb::Rotate => {
            let rotation = across_tenants(&tenure.platform, sign_in::rotate_signing_key)?;
            println!("new key       {}", rotation.kid);
            println!("signs from    {}", rotation.signs_from.rfc3339());
            println!("others retire {}", rotation.others_retire_at.rfc3339());
        }
        Verb::List => {
            for key in across_tenants(&tenure.platform, sign_in::list_signing_keys)? {
                let retires = key.retires_at.map_or_else(|| "-".to_owned(), |at| at.rfc3339());
                println!("{}\tsigns from {}\tretires {retires}", key.kid, key.signs_from.rfc3339());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

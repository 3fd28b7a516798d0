//! `tenure migrate`.

use super::{Outcome, settings};
use crate::app;
use crate::platform::db::migrate;
use std::path::PathBuf;
use std::process::ExitCode;

/// Brings the database to this version's schema and says which steps it took.
pub fn run(file: Option<PathBuf>) -> Outcome {
    let config = settings(file)?;
    std::fs::create_dir_all(&config.data_dir)?;
    let pool = app::connect(&config, 2)?;
    let taken = migrate(&pool)?;
    if taken.is_empty() {
        say!("The database is up to date. 数据库结构已是最新。")?;
    }
    for step in taken {
        say!("applied {step}")?;
    }
    Ok(ExitCode::SUCCESS)
}

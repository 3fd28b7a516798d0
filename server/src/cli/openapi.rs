//! `tenure openapi`: the document as the code has it, for the repository's reviewed copy.

use super::Outcome;
use std::process::ExitCode;

/// Prints the document.
pub fn run() -> Outcome {
    say!("{}", crate::app::openapi().to_pretty_json()?)?;
    Ok(ExitCode::SUCCESS)
}

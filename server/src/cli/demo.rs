//! `tenure demo`.

use super::Outcome;
use crate::platform::config::Config;

/// `tenure demo`
#[derive(clap::Args)]
pub struct Args {
    /// Print one JSON object and go on serving.
    #[arg(long)]
    json: bool,
}

/// Plays the sample.
pub fn run(_args: &Args) -> Outcome {
    Err("the sample is not built in".into())
}

/// Serves over the sample.
pub fn serve_sample(_config: Config) -> Outcome {
    Err("the sample is not built in".into())
}

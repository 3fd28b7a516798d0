//! `tenure serve`.

use super::{Outcome, log, settings};
use crate::app::{self, Tenure};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// `tenure serve`
#[derive(clap::Args)]
pub struct Args {
    /// On an empty database, make the sample organisations first and play one departure.
    #[arg(long)]
    sample: bool,
}

/// Serves until it is told to stop.
pub fn run(file: Option<PathBuf>, args: &Args) -> Outcome {
    let config = settings(file)?;
    log(&config);
    if args.sample {
        return super::demo::serve_sample(config);
    }
    let tenure = app::open(config)?;
    until_stopped(&tenure, |address| {
        // Whether anybody reads it or not, it listens.
        let _ = say!("tenure listens on http://{address}");
        Ok(())
    })
}

/// Runs the server; `ready` is called once it listens. Stops in order on SIGTERM and SIGINT.
pub(super) fn until_stopped(
    tenure: &Tenure,
    ready: impl FnOnce(SocketAddr) -> Result<(), Box<dyn std::error::Error>>,
) -> Outcome {
    actix_web::rt::System::new().block_on(async {
        let listening = app::serve(tenure)?;
        crate::retention::watch(tenure.platform.clone()).await?;
        tracing::info!(address = %listening.address, "ready");
        ready(listening.address)?;
        listening.server.await?;
        Ok(ExitCode::SUCCESS)
    })
}

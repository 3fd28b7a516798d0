//! `tenure serve --sample` and `tenure demo`: the sample organisations, one departure played through the real webhook and
//! the real API over HTTP, and then the server as always.
//!
//! Everything that the player needs to know stands in `sample.env` in the data directory, readable by its owner alone. A
//! first start that was cut off is taken up again where it was: each step looks at where the departure stands.

mod api;
mod kit;
mod play;
mod suite;
mod words;

use super::{Outcome, log, serve};
use crate::app::{self, Tenure};
use crate::platform::Platform;
use crate::platform::config::{Config, Sources};
use crate::sample;
use kit::Kit;
use rand::TryRng;
use rand::rngs::SysRng;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use suite::Suite;
use words::Telling;

/// `tenure demo`
#[derive(clap::Args)]
pub struct Args {
    /// Print one JSON object on standard output, everything else on standard error, and go on serving.
    #[arg(long)]
    json: bool,
}

/// What goes wrong is said at the terminal.
type Said<T> = Result<T, Box<dyn std::error::Error>>;

/// Plays the sample on a throw-away directory, which goes when the server stops.
pub fn run(file: Option<PathBuf>, args: &Args) -> Outcome {
    let dir = ThrowAway::new()?;
    let mut environment: Vec<(String, String)> = std::env::vars().collect();
    let mut unless_set = |name: &str, value: &str| {
        if !environment.iter().any(|(known, _)| known == name) {
            environment.push((name.into(), value.into()));
        }
    };
    unless_set("TENURE_LISTEN", "127.0.0.1:0");
    unless_set("TENURE_LOG", "warn");
    environment.retain(|(name, _)| name != "TENURE_DATA_DIR");
    environment.push(("TENURE_DATA_DIR".into(), dir.0.display().to_string()));
    let config = Config::load(&Sources::new(file, environment))?;
    log(&config);
    let telling = if args.json { Telling::Json } else { Telling::People };
    let path = dir.0.clone();
    let is_elsewhere = config.database.url.is_some();
    with_sample(config, telling, move || drop(std::fs::remove_dir_all(&path))).map_err(|e| {
        let why = "a demo has a master key of its own, so the database that TENURE_DATABASE_URL names must be empty";
        if is_elsewhere { format!("{e}\n{why}").into() } else { e }
    })
}

/// Serves over the sample, which is made when the database is empty.
pub fn serve_sample(config: Config) -> Outcome {
    with_sample(config, Telling::People, || ())
}

/// `tidy` is called before a failure ends the process.
fn with_sample(config: Config, telling: Telling, tidy: impl FnOnce() + Send + 'static) -> Outcome {
    let kept = Kit::read(&config.data_dir)?;
    // The port after the server's own, so that a later start finds it free again.
    let port = kept.as_ref().map_or(config.listen.port().saturating_add(1), |kit| kit.suite_port);
    let suite = Suite::listen(if config.listen.port() == 0 && kept.is_none() { 0 } else { port })?;
    let mut reaching = config.clone();
    reaching.delivery.allow_internal_addresses.push(suite::HOST.parse()?);
    let tenure = app::open(reaching)?;
    let kit = match kept {
        _ if sample::has_no_organisation(&tenure.platform)? => {
            telling.say(words::MAKING);
            kit::make(&tenure.platform, &suite)?
        }
        Some(kit) if kit.is_of(&tenure.platform)? => kit,
        Some(_) | None => {
            drop(tenure);
            return serve_what_is_there(config);
        }
    };
    suite.start(tenure.platform.clone(), &kit)?;
    let platform = tenure.platform.clone();
    serve::until_stopped(&tenure, move |address| {
        let story = move || {
            if let Err(e) = tell(&platform, kit, address, telling) {
                eprintln!("tenure: {e}");
                tidy();
                std::process::exit(1);
            }
        };
        std::thread::Builder::new().name("story".into()).spawn(story)?;
        Ok(())
    })
}

/// Somebody's own organisations: nothing of the sample is added to them.
fn serve_what_is_there(config: Config) -> Outcome {
    let _ = say!("{}", words::NOT_A_SAMPLE);
    let tenure: Tenure = app::open(config)?;
    serve::until_stopped(&tenure, |address| {
        let _ = say!("tenure listens on http://{address}");
        Ok(())
    })
}

fn tell(platform: &Arc<Platform>, mut kit: Kit, address: SocketAddr, telling: Telling) -> Said<()> {
    kit.is_served_at(&base_url(address))?;
    telling.say(&format!("tenure listens on {}", kit.base_url));
    suite::finds_tenure_at(&kit.base_url);
    let is_first = kit.departure.is_none();
    if is_first {
        kit::set_passwords(platform, &kit)?;
    }
    if is_first {
        let departure = play::departure(platform, &kit, telling)?;
        kit.was_played(&departure)?;
    }
    match telling {
        Telling::Json => say!("{}", words::as_json(&kit)?)?,
        Telling::People => say!("{}", words::where_to_look(&kit, is_first))?,
    }
    Ok(())
}

/// How this machine reaches a server that listens there.
fn base_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, address.port())
    } else {
        format!("http://{address}")
    }
}

/// Random characters that nobody mistakes for each other.
fn random_text(length: usize) -> Said<String> {
    const PLAIN: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = vec![0; length];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(bytes.iter().map(|b| char::from(PLAIN[usize::from(b % 32)])).collect())
}

/// A directory that goes with this value.
struct ThrowAway(PathBuf);

impl ThrowAway {
    fn new() -> Said<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let path = std::env::temp_dir().join(format!("tenure-demo-{}", random_text(10)?));
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for ThrowAway {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

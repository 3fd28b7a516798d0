//! The command line: a file a verb, each of which calls an operation.

/// Says a line on standard output. A disk that is full is an error, not the end of the program in the middle of its work.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout().lock(), $($words)*)
    }};
}

mod demo;
mod export;
mod key;
mod migrate;
mod openapi;
mod pack;
mod serve;
mod tenant;
mod verify;

use crate::platform::config::{Config, LogFormat, Sources};
use clap::{Parser, Subcommand};
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

/// Governs the data an organisation controls about its people. 企业组织控制数据的治理。
#[derive(Parser)]
#[command(name = "tenure", version, about, disable_help_subcommand = true)]
struct Cli {
    /// The configuration file; else TENURE_CONFIG, else tenure.toml in the data directory.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve: API, webhooks, background work. 启动服务。
    Serve(serve::Args),
    /// Bring the database to this version's schema. 升级数据库结构。
    Migrate,
    /// Make and list organisations. 企业组织。
    #[command(subcommand)]
    Tenant(tenant::Verb),
    /// Keys that sign access tokens. 签名密钥。
    #[command(subcommand)]
    Key(key::Verb),
    /// Check packs and ask them for rulings. 策略包。
    #[command(subcommand)]
    Pack(pack::Verb),
    /// Export an organisation's records with proofs. 导出访问记录。
    Export(export::ExportArgs),
    /// Verify an export or a certificate, offline. 离线核验。
    Verify(verify::VerifyArgs),
    /// Play one departure on a throw-away directory and go on serving. 演示。
    Demo(demo::Args),
    /// Print the OpenAPI 3.1 document.
    Openapi,
}

/// What went wrong, for the person at the terminal.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// Runs the verb.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.verb {
        Verb::Serve(args) => serve::run(cli.config, &args),
        Verb::Migrate => migrate::run(cli.config),
        Verb::Tenant(verb) => tenant::run(cli.config, verb),
        Verb::Key(verb) => key::run(cli.config, &verb),
        Verb::Pack(verb) => pack::run(&verb),
        Verb::Export(args) => run_export(cli.config, args),
        Verb::Verify(args) => Ok(verify::run(&args)),
        Verb::Demo(args) => demo::run(cli.config, &args),
        Verb::Openapi => openapi::run(),
    };
    done.unwrap_or_else(|e| {
        // Whoever reads no further (`| head`) has what they wanted.
        let closed = e.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe);
        if closed {
            return ExitCode::SUCCESS;
        }
        eprintln!("tenure: {e}");
        ExitCode::FAILURE
    })
}

/// The settings of file and environment, with everything that is wrong in them named at once.
fn settings(file: Option<PathBuf>) -> Result<Config, Box<dyn std::error::Error>> {
    Ok(Config::load(&Sources::of_process(file))?)
}

/// Structured logs on standard error, without personal data: ids and codes only.
fn log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log.level)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    // A second verb in one process (the demo) keeps the first one's logs.
    let _ = match config.log.format {
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
        LogFormat::Text => logs.try_init(),
    };
}

fn run_export(file: Option<PathBuf>, args: export::ExportArgs) -> Outcome {
    let tenure = crate::app::open(settings(file)?)?;
    export::run(tenure.platform.clone(), args)?;
    Ok(ExitCode::SUCCESS)
}

//! The only place where slices and platform meet: who answers the platform's questions, which routes there are, which
//! code runs which job.

use crate::instructions::{Policies, PolicyAuthority};
use crate::ledger::LedgerSink;
use crate::people::PlatformAnswers;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::db::{DbTarget, Pool, StoreError, keep_checkpoints, migrate};
use crate::platform::http::description::Addresses;
use crate::platform::http::{Problem, body, paging, query, watch};
use crate::platform::jobs::{self, Registry, Step, Workers};
use crate::platform::mail;
use crate::platform::metrics::Metrics;
use crate::platform::{Platform, Plugged, current, groups, sign_in};
use crate::{
    access, attention, cases, certification, console, departures, forgetting, health, holdings, inbox, instructions,
    intake, ledger, my, orders, organisations, packs, people, rehearsals, retention, setup,
};
use actix_web::{App, HttpServer, web};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A pack of this binary is not sound.
    #[error("the packs are not sound:\n{0}")]
    Packs(String),
    /// The data directory cannot be used.
    #[error("the data directory {0} cannot be used: {1}")]
    DataDir(String, std::io::Error),
    /// Another process has the data directory.
    #[error(
        "another tenure uses {0}; SQLite belongs to one process. Stop it, or set TENURE_DATABASE_URL for several nodes"
    )]
    InUse(String),
    /// A migration did not apply.
    #[error(transparent)]
    Migrate(#[from] crate::platform::db::MigrateError),
    /// The master key cannot be used.
    #[error("master_key_file (TENURE_MASTER_KEY_FILE): {0}")]
    Keyring(#[from] crate::platform::keyring::KeyringError),
    /// It is a master key, and another one than the database was sealed under.
    #[error(
        "master_key_file (TENURE_MASTER_KEY_FILE): the key in {} does not open this database. Restore the file of this \
         database from its backup, or set the database that belongs to the file",
        .0.display()
    )]
    OtherMasterKey(PathBuf),
    /// The database does not answer or is not safe to use.
    #[error("{setting}: {error}")]
    NoDatabase {
        /// The setting that names it.
        setting: &'static str,
        /// What was wrong.
        error: StoreError,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Metrics clash.
    #[error("metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The machine gives no more threads.
    #[error("no thread could be started: {0}")]
    Thread(std::io::Error),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
}

/// A running platform with the policies its decisions use.
pub struct Tenure {
    /// Everything one process shares.
    pub platform: Arc<Platform>,
    /// The tenants' policies.
    pub policies: Arc<Policies>,
    /// The tenants' names, while somebody searches them.
    pub directories: Arc<people::Directories>,
    /// What answers from memory.
    pub pictures: Arc<access::Pictures>,
}

/// The database that the settings name.
pub fn target(config: &Config) -> DbTarget {
    match &config.database.url {
        Some(url) => DbTarget::Postgres(url.expose().to_owned()),
        None => DbTarget::Sqlite(config.data_dir.join("tenure.db")),
    }
}

/// Connects to the database that the settings name.
pub fn connect(config: &Config, connections: u32) -> Result<Pool, StartError> {
    let setting = match &config.database.url {
        Some(_) => "database.url (TENURE_DATABASE_URL)",
        None => "data_dir (TENURE_DATA_DIR)",
    };
    Pool::open(target(config), connections).map_err(|error| StartError::NoDatabase { setting, error })
}

/// Opens database and keys; migrates first.
pub fn open(config: Config) -> Result<Tenure, StartError> {
    packs::check().map_err(|wrong| StartError::Packs(wrong.join("\n")))?;
    let dir = config.data_dir.clone();
    private_dir(&dir).map_err(|e| StartError::DataDir(dir.display().to_string(), e))?;
    if let DbTarget::Sqlite(path) = target(&config) {
        private_file(&path).map_err(|e| StartError::DataDir(dir.display().to_string(), e))?;
    }
    let pool = connect(&config, config.database.pool_size)?;
    migrate(&pool)?;
    let first_start = !pool.has_keys()?;
    let master = config.master_key_file.load(first_start)?;
    paging::bound(config.limits.page_size, config.limits.page_size_max);
    let policies = Arc::new(Policies::default());
    let pictures = Arc::new(access::Pictures::default());
    let plugged = Plugged {
        authority: Box::new(PolicyAuthority::new(policies.clone())),
        records: Box::new(LedgerSink),
        memberships: Box::new(PlatformAnswers),
        scopes: Box::new(instructions::KeyScopes::new(policies.clone())),
        remembers: pictures.clone(),
    };
    let key_file = config.master_key_file.path().to_owned();
    let platform =
        Platform::new(config, pool, Clock::at_start(), master, Metrics::new()?, plugged).map_err(|e| match e {
            StoreError::Keyring(_) => StartError::OtherMasterKey(key_file),
            other => other.into(),
        })?;
    platform.metrics().adopt(platform.sign_in().unknown_accounts().clone())?;
    Ok(Tenure { platform: Arc::new(platform), policies, directories: Arc::default(), pictures })
}

fn private_dir(dir: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    if dir.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
}

/// The database's file is its owner's alone, also in a directory that others may read; SQLite gives its side files the
/// same mode.
fn private_file(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let file = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

/// One server a data directory: a second one would take over the first one's jobs. The operator's other verbs work beside it.
fn lock(dir: &std::path::Path) -> Result<std::fs::File, StartError> {
    let failed = |e| StartError::DataDir(dir.display().to_string(), e);
    let file = std::fs::File::create(dir.join("tenure.lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::InUse(dir.display().to_string())),
        Err(std::fs::TryLockError::Error(e)) => Err(failed(e)),
    }
}

/// For work that no server may go on beside. With PostgreSQL nobody can tell: the operator has stopped all nodes.
///
/// # Errors
/// When a server uses the data directory.
pub fn alone(platform: &Platform) -> Result<Option<std::fs::File>, StartError> {
    if platform.pool().is_embedded() { lock(&platform.config().data_dir).map(Some) } else { Ok(None) }
}

/// Which code runs which job.
fn registry(policies: &Arc<Policies>) -> Registry {
    let mut registry = Registry::default();
    ledger::register(&mut registry, departures::store_certificate);
    instructions::register(&mut registry);
    holdings::register(&mut registry);
    orders::register(&mut registry);
    departures::register(&mut registry);
    intake::register(&mut registry);
    retention::register(&mut registry);
    forgetting::register(&mut registry);
    certification::register(&mut registry);
    rehearsals::register(&mut registry, policies.clone());
    // Announcements go up: whose case it is, picks it up.
    registry.inside(instructions::SETTLED, |tx, told| {
        orders::stop_under(tx, jobs::id(&told["instruction"])?)?;
        match told["origin"].as_str() {
            Some("departure") => departures::settled(tx, jobs::id(&told["case"])?)?,
            Some("retention") => retention::settled(tx, jobs::id(&told["instruction"])?)?,
            Some(orders::BY_HAND) => orders::settled_by_hand(tx, jobs::id(&told["instruction"])?)?,
            Some(holdings::HOLD_ORIGIN) => holdings::end_hold_under(tx, jobs::id(&told["instruction"])?)?,
            Some(_) | None => {}
        }
        Ok(Step::Done)
    });
    let by = policies.clone();
    registry.inside(instructions::PROPOSED, move |tx, told| {
        rehearsals::begin_for_approval(tx, &by, jobs::id(&told["instruction"])?)?;
        Ok(Step::Done)
    });
    registry.inside(orders::FINISHED, |tx, told| {
        if told["origin"] == "departure" {
            departures::follow(tx, jobs::id(&told["case"])?)?;
        }
        // After the case has gone on: with its last order it may be over, and nothing be left of whom it was about.
        let order = orders::find(tx, jobs::id(&told["order"])?)?;
        forgetting::look_at(tx, order.subject_id)?;
        Ok(Step::Done)
    });
    registry.inside(holdings::CAME_LATE, |tx, told| {
        departures::came_late(tx, jobs::id(&told["membership"])?)?;
        Ok(Step::Done)
    });
    mail::register(&mut registry);
    registry
}

/// Every route below `/api/v1`.
fn api(cfg: &mut ServiceConfig<'_>) {
    sign_in::routes(cfg);
    people::routes::routes(cfg);
    packs::routes::routes(cfg);
    organisations::routes::routes(cfg);
    // Before one instruction, whose number theirs are not.
    rehearsals::routes::routes(cfg);
    instructions::routes::routes(cfg);
    holdings::routes::routes(cfg);
    orders::routes::routes(cfg);
    departures::routes::routes(cfg);
    forgetting::routes::routes(cfg);
    cases::routes::routes(cfg);
    certification::routes::routes(cfg);
    access::request_routes(cfg);
    intake::routes::routes(cfg);
    attention::routes::routes(cfg);
    inbox::routes::routes(cfg);
    my::routes::routes(cfg);
    setup::routes::routes(cfg);
    ledger::routes::routes(cfg);
}

/// Every route at the root.
fn root(cfg: &mut ServiceConfig<'_>) {
    cfg.service(intake::routes::receive);
    access::routes::routes(cfg);
    sign_in::well_known(cfg);
    ledger::routes::public_routes(cfg);
    health::routes(cfg);
}

/// The OpenAPI 3.1 document, generated from the routes themselves.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, mut api_doc) = App::new()
        .into_utoipa_app()
        .service(utoipa_actix_web::scope("/api/v1").configure(api))
        .configure(root)
        .split_for_parts();
    health::describe(&mut api_doc);
    api_doc
}

/// A server that listens and is ready to run.
pub struct Listening {
    /// Where it listens: with port 0 in the settings, the port that was given.
    pub address: SocketAddr,
    /// The running server; await it.
    pub server: actix_web::dev::Server,
    _lock: Option<std::fs::File>,
}

/// Starts the workers and the HTTP server.
pub fn serve(tenure: &Tenure) -> Result<Listening, StartError> {
    let config = tenure.platform.config().clone();
    let lock = if tenure.platform.pool().is_embedded() { Some(lock(&config.data_dir)?) } else { None };
    let listener = TcpListener::bind(config.listen).map_err(|e| StartError::Listen(config.listen, e))?;
    let address = listener.local_addr().map_err(|e| StartError::Listen(config.listen, e))?;
    Workers::start(
        tenure.platform.clone(),
        registry(&tenure.policies),
        usize::try_from(config.jobs.threads).unwrap_or(2),
    )?;
    retention::schedule(&tenure.platform)?;
    keep_checkpoints(tenure.platform.pool()).map_err(StartError::Thread)?;
    current::watch(tenure.platform.clone()).map_err(StartError::Thread)?;
    groups::start(&tenure.platform).map_err(StartError::Thread)?;
    let platform = web::Data::from(tenure.platform.clone());
    let policies = web::Data::from(tenure.policies.clone());
    let directories = web::Data::from(tenure.directories.clone());
    let desk =
        web::Data::new(access::Desk::of(tenure.platform.clone(), tenure.policies.clone(), tenure.pictures.clone()));
    let tails = web::Data::new(ledger::Tails::default());
    let description = openapi();
    let addresses = web::Data::new(Addresses::of(&description));
    let document = web::Data::new(health::Document::of(description));
    let json_bytes = config.limits.json_body_bytes;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(platform.clone())
            .app_data(policies.clone())
            .app_data(directories.clone())
            .app_data(desk.clone())
            .app_data(tails.clone())
            .app_data(document.clone())
            .app_data(addresses.clone())
            .app_data(web::JsonConfig::default().limit(json_bytes).error_handler(|e, _| unreadable(&e).into()))
            .app_data(web::PayloadConfig::new(json_bytes))
            .app_data(web::PathConfig::default().error_handler(|_, _| Problem::not_found("address").into()))
            .app_data(web::QueryConfig::default().error_handler(|e, _| bad_query(&e).into()))
            .wrap(actix_web::middleware::from_fn(body::refuse_nul))
            .wrap(actix_web::middleware::from_fn(query::refuse_unknown))
            .wrap(actix_web::middleware::from_fn(watch::watch))
            .into_utoipa_app()
            .service(utoipa_actix_web::scope("/api/v1").configure(api))
            .configure(root)
            .into_app()
            .configure(health::test_routes)
            .default_service(web::to(console::serve))
    })
    .listen(listener)
    .map_err(|e| StartError::Listen(config.listen, e))?
    .shutdown_timeout(10)
    .run();
    Ok(Listening { address, server, _lock: lock })
}

fn unreadable(e: &actix_web::error::JsonPayloadError) -> Problem {
    use actix_web::error::JsonPayloadError as E;
    match e {
        E::Overflow { .. } | E::OverflowKnownLength { .. } => {
            Problem::too_large("request.too-large").detail("The body is larger than this route takes.")
        }
        E::ContentType => Problem::malformed("request.content-type")
            .detail("The body is not marked as JSON.")
            .help("Send `Content-Type: application/json`."),
        other => Problem::malformed("request.unreadable")
            .detail(other.to_string())
            .help("/api/openapi.json documents the shape."),
    }
}

fn bad_query(e: &actix_web::error::QueryPayloadError) -> Problem {
    Problem::malformed("request.query").detail(e.to_string()).help("/api/openapi.json documents the parameters.")
}

//! Configuration: the built-in defaults, under a TOML file, under the environment.
//!
//! `config/tenure.toml` says what each setting is for and holds its default; this module says its type and its range.
//! [`Config::load`] reads all of it before anything else starts, and reports all that is wrong at once, each with file
//! and line (or variable), what was found and what would be right.
//!
//! What always holds: the code that reads the settings is the list of them, so a key that it never asks for is refused
//! as unknown. Nothing is read from the environment or the disk later, and no message repeats a secret.

mod problem;
mod reader;
mod sections;
mod sources;
mod values;

pub use problem::{ConfigError, Origin, Problem};
pub use sections::{Database, Delivery, Http, Jobs, Ledger, Limits, Log, Mail, SignIn, Webhooks};
pub use sources::Sources;
pub use values::{LogFormat, MasterKeyFile, SecretUrl};

use super::keyring::{KeyringError, MasterKey};
use super::outbound::{OutboundSettings, Reach};
use reader::Reader;
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of all that this machine keeps.
    pub data_dir: PathBuf,
    /// Where the HTTP server listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// How the outside reaches it, without a slash at its end.
    pub public_url: Option<Url>,
    /// The master key's file.
    pub master_key_file: MasterKeyFile,
    /// Where rows are kept.
    pub database: Database,
    /// How requests come in.
    pub http: Http,
    /// What is logged, and how.
    pub log: Log,
    /// How much is taken in at once.
    pub limits: Limits,
    /// How people sign in.
    pub sign_in: SignIn,
    /// How received webhooks are checked.
    pub webhooks: Webhooks,
    /// How webhooks and orders go out.
    pub delivery: Delivery,
    /// How mail goes out.
    pub mail: Option<Mail>,
    /// How background work runs.
    pub jobs: Jobs,
    /// How records are sealed.
    pub ledger: Ledger,
}

impl Config {
    /// Reads all settings from the defaults, the configuration file and the environment.
    ///
    /// # Errors
    /// [`ConfigError::Unreadable`] for a file that cannot be read, else [`ConfigError::Wrong`] with everything that is
    /// wrong in file and environment.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let file = sources.file()?;
        let mut reader = Reader::new(file.as_ref(), sources.environment());
        let config = Self::read(&mut reader);
        reader.finish()?;
        Ok(config)
    }

    fn read(from: &mut Reader<'_>) -> Self {
        let data_dir = from.path("data_dir");
        let given = from.optional("master_key_file", "the path of a file", values::path);
        let master_key_file = given.map_or_else(
            || MasterKeyFile::InDataDir(data_dir.join("master.key")),
            |path| MasterKeyFile::Given(from.beside_its_file("master_key_file", path)),
        );
        let jobs = Jobs::read(from);
        Self {
            listen: from.value("listen", "an IP address and port, such as 127.0.0.1:8080", values::parsed),
            public_url: from.optional("public_url", "a URL such as https://tenure.example.com", values::public_url),
            database: Database::read(from, &jobs),
            http: Http::read(from),
            log: Log::read(from),
            limits: Limits::read(from),
            sign_in: SignIn::read(from),
            webhooks: Webhooks::read(from),
            delivery: Delivery::read(from),
            mail: Mail::read(from),
            ledger: Ledger::read(from),
            data_dir,
            master_key_file,
            jobs,
        }
    }

    /// What the addresses of pages begin with in a mail: how the outside reaches us, as the settings say; else where we
    /// listen.
    pub fn public_address(&self) -> String {
        let url = self.public_url.as_ref().map_or_else(|| format!("http://{}", self.listen), ToString::to_string);
        url.trim_end_matches('/').to_owned()
    }

    /// The bounds of the client that calls addresses somebody else wrote down.
    pub fn outbound(&self) -> OutboundSettings {
        OutboundSettings {
            timeout: self.delivery.timeout,
            longest_reply: self.delivery.reply_bytes,
            reach: Reach::with(self.delivery.allow_internal_addresses.clone()),
        }
    }
}

impl MasterKeyFile {
    /// Where it is.
    pub fn path(&self) -> &std::path::Path {
        match self {
            Self::InDataDir(path) | Self::Given(path) => path,
        }
    }

    /// The master key. One is made only in the data directory, and only when the caller knows of no data yet that
    /// another key wrapped.
    ///
    /// # Errors
    /// As [`MasterKey::load`] and [`MasterKey::load_or_create`].
    pub fn load(&self, is_first_start: bool) -> Result<MasterKey, KeyringError> {
        match self {
            Self::InDataDir(path) if is_first_start => MasterKey::load_or_create(path),
            Self::InDataDir(path) | Self::Given(path) => MasterKey::load(path),
        }
    }
}

#[cfg(test)]
mod tests;

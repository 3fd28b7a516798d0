//! Where settings come from, gathered once: so that reading them is a function of what is written here.

use super::problem::ConfigError;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The name of the configuration file inside a data directory.
const FILE_IN_DATA_DIR: &str = "tenure.toml";

/// A file named by the caller, and the environment.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    named: Option<PathBuf>,
    environment: BTreeMap<String, String>,
}

/// A configuration file that was read.
pub(super) struct ConfigFile {
    pub path: PathBuf,
    pub text: String,
    /// It was found in the data directory, so it cannot say where that is.
    pub is_in_data_dir: bool,
}

impl Sources {
    /// The file that `--config` names, if it was given, and this environment.
    pub fn new(named: Option<PathBuf>, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let ours = |(name, _): &(String, String)| name.starts_with("TENURE_");
        Self { named, environment: environment.into_iter().filter(ours).collect() }
    }

    /// The file that `--config` names, if it was given, and the environment of this process.
    pub fn of_process(named: Option<PathBuf>) -> Self {
        // Bytes that are no text become U+FFFD, which the reader reports.
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self::new(named, std::env::vars_os().map(|(name, value)| (text(name), text(value))))
    }

    pub(super) fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    /// The configuration file: the named one, TENURE_CONFIG's, or the one in the data directory where there is one.
    pub(super) fn file(&self) -> Result<Option<ConfigFile>, ConfigError> {
        let variable = |name: &str| self.environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(path) = self.named.clone().or_else(|| variable("TENURE_CONFIG")) {
            return read(&path, false).map(Some);
        }
        let data_dir = variable("TENURE_DATA_DIR").unwrap_or_else(super::reader::default_data_dir);
        match read(&data_dir.join(FILE_IN_DATA_DIR), true) {
            Err(ConfigError::Unreadable { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
            found => found.map(Some),
        }
    }
}

fn read(path: &Path, is_in_data_dir: bool) -> Result<ConfigFile, ConfigError> {
    let path = path.to_owned();
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(ConfigFile { path, text, is_in_data_dir }),
        Err(source) => Err(ConfigError::Unreadable { path, source }),
    }
}

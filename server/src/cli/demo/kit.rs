//! `sample.env`: what one needs to take part in the sample, for people, for shells (`. data/sample.env`) and for a later
//! start. Readable by its owner alone; it holds the sample's passwords and secrets and nobody else's.

use super::suite::Suite;
use super::{Said, random_text};
use crate::packs;
use crate::platform::Platform;
use crate::platform::attempt::across_tenants;
use crate::platform::ids::MembershipId;
use crate::platform::keyring::Identifier;
use crate::platform::sign_in::{SignInError, accounts};
use crate::sample::{self, SampleError, SampleOrganisation};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

const FILE: &str = "sample.env";

/// What is known of the sample.
pub(super) struct Kit {
    pub data_dir: PathBuf,
    /// Where the server is.
    pub base_url: String,
    /// The password of all who can sign in: a random one of this sample.
    pub password: String,
    /// The port of the pretend office suite.
    pub suite_port: u16,
    /// The departure, once it has been played to its end.
    pub departure: Option<String>,
    pub organisations: Vec<OrganisationKit>,
    /// Everybody, on the start that made them.
    pub made: Vec<(&'static str, Vec<(String, MembershipId)>)>,
}

/// What is known of one organisation.
pub(super) struct OrganisationKit {
    pub slug: &'static str,
    pub name: String,
    pub tenant: String,
    /// What the holder of a badge signs in with.
    pub accounts: BTreeMap<String, String>,
    pub webhook_path: String,
    pub webhook_secret: String,
    pub connector_id: String,
    pub connector_api_key: String,
    pub connector_signing_secret: String,
}

/// Makes the sample; what is shown only once is written down before the commit, so that it is never lost.
pub(super) fn make(platform: &Platform, suite: &Suite) -> Said<Kit> {
    let data_dir = platform.config().data_dir.clone();
    let password = [random_text(5)?, random_text(5)?, random_text(5)?].join("-");
    let kit = sample::make(
        platform,
        |slug| suite.callback_url(slug),
        |made| {
            let kit = Kit {
                base_url: String::new(),
                password,
                suite_port: suite.port(),
                departure: None,
                organisations: made.iter().map(OrganisationKit::of).collect(),
                made: made.iter().map(|o| (o.slug, o.members.clone())).collect(),
                data_dir,
            };
            suite.keeps(&kit.data_dir, made.iter().map(|o| (o.slug, o.locators.as_slice())))?;
            kit.write().map_err(SampleError::Keep)?;
            Ok(kit)
        },
    )?;
    Ok(kit)
}

/// Sets the sample's password for all who can sign in.
pub(super) fn set_passwords(platform: &Platform, kit: &Kit) -> Said<()> {
    let identifiers: std::collections::BTreeSet<&String> =
        kit.organisations.iter().flat_map(|o| o.accounts.values()).collect();
    for text in identifiers {
        let identifier = Identifier::email(text)?;
        let account = across_tenants(platform, |p| accounts::find_by_identifier(p, &identifier))?;
        let account = account.ok_or(SignInError::UnknownAccount)?;
        accounts::set_password(platform, account.id, &kit.password)?;
    }
    Ok(())
}

impl OrganisationKit {
    fn of(made: &SampleOrganisation) -> Self {
        Self {
            slug: made.slug,
            name: made.name.to_owned(),
            tenant: made.tenant.to_string(),
            accounts: made.accounts.iter().map(|a| (a.badge.clone(), a.identifier.clone())).collect(),
            webhook_path: made.source.path.clone(),
            webhook_secret: made.source.secret.clone(),
            connector_id: made.connector.id.to_string(),
            connector_api_key: made.connector.api_key.clone(),
            connector_signing_secret: made.connector.signing_secret.clone(),
        }
    }

    fn read(slug: &'static str, all: &Assignments) -> Option<Self> {
        let of = |key: &str| all.get(&format!("{}_{key}", slug.to_uppercase())).cloned();
        let prefix = format!("{}_ACCOUNT_", slug.to_uppercase());
        let account =
            |(key, value): (&String, &String)| Some((key.strip_prefix(&prefix)?.to_lowercase(), value.clone()));
        Some(Self {
            slug,
            name: of("NAME")?,
            tenant: of("TENANT")?,
            accounts: all.iter().filter_map(account).collect(),
            webhook_path: of("WEBHOOK_PATH")?,
            webhook_secret: of("WEBHOOK_SECRET")?,
            connector_id: of("CONNECTOR_ID")?,
            connector_api_key: of("CONNECTOR_API_KEY")?,
            connector_signing_secret: of("CONNECTOR_SIGNING_SECRET")?,
        })
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let prefix = self.slug.to_uppercase();
        writeln!(text, "\n# {}", self.name)?;
        for (key, value) in [
            ("NAME", &self.name),
            ("TENANT", &self.tenant),
            ("WEBHOOK_PATH", &self.webhook_path),
            ("WEBHOOK_SECRET", &self.webhook_secret),
            ("CONNECTOR_ID", &self.connector_id),
            ("CONNECTOR_API_KEY", &self.connector_api_key),
            ("CONNECTOR_SIGNING_SECRET", &self.connector_signing_secret),
        ] {
            writeln!(text, "{prefix}_{key}='{value}'")?;
        }
        for (badge, identifier) in &self.accounts {
            writeln!(text, "{prefix}_ACCOUNT_{}='{identifier}'", badge.to_uppercase())?;
        }
        Ok(())
    }
}

type Assignments = BTreeMap<String, String>;

/// `KEY='value'` lines; whatever else stands there is passed over.
fn assignments(text: &str) -> Assignments {
    let read = |line: &str| {
        let (key, value) = line.split_once('=')?;
        Some((key.to_owned(), value.strip_prefix('\'')?.strip_suffix('\'')?.to_owned()))
    };
    text.lines().filter_map(read).collect()
}

impl Kit {
    /// The kit of this data directory, if a sample was made there.
    pub fn read(data_dir: &Path) -> Said<Option<Self>> {
        let text = match std::fs::read_to_string(data_dir.join(FILE)) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(format!("{}: {e}", data_dir.join(FILE).display()).into()),
        };
        let all = assignments(&text);
        let kit = || {
            Some(Self {
                data_dir: data_dir.to_owned(),
                base_url: all.get("TENURE")?.clone(),
                password: all.get("SAMPLE_PASSWORD")?.clone(),
                suite_port: all.get("SAMPLE_SUITE_PORT")?.parse().ok()?,
                departure: all.get("SAMPLE_DEPARTURE").filter(|id| !id.is_empty()).cloned(),
                organisations: sample::slugs()
                    .into_iter()
                    .map(|s| OrganisationKit::read(s, &all))
                    .collect::<Option<_>>()?,
                made: Vec::new(),
            })
        };
        let incomplete = || format!("{} lacks a line that the sample needs; restore it", data_dir.join(FILE).display());
        Ok(Some(kit().ok_or_else(incomplete)?))
    }

    /// Whether this kit's organisations are the ones in the database.
    pub fn is_of(&self, platform: &Platform) -> Said<bool> {
        for organisation in &self.organisations {
            let id = organisation.tenant.parse()?;
            let found = across_tenants(platform, |p| packs::find_tenant(p, id))?;
            if found.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The server's address on this start.
    pub fn is_served_at(&mut self, base_url: &str) -> std::io::Result<()> {
        base_url.clone_into(&mut self.base_url);
        self.write()
    }

    /// The story has been told: the next start only serves.
    pub fn was_played(&mut self, departure: &str) -> std::io::Result<()> {
        self.departure = Some(departure.to_owned());
        self.write()
    }

    /// Where it is written down.
    pub fn path(&self) -> PathBuf {
        self.data_dir.join(FILE)
    }

    fn write(&self) -> std::io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt;
        let text = self.text().map_err(std::io::Error::other)?;
        let draft = self.data_dir.join(format!("{FILE}.new"));
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(draft, self.path())
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::from(
            "# The sample of tenure: who can sign in, and the secrets of its pretend systems. For a shell: . sample.env\n\
             # 示例数据的登录账号与密钥，仅供试用。\n",
        );
        writeln!(text, "TENURE='{}'", self.base_url)?;
        writeln!(text, "SAMPLE_PASSWORD='{}'", self.password)?;
        writeln!(text, "SAMPLE_SUITE_PORT='{}'", self.suite_port)?;
        writeln!(text, "SAMPLE_DEPARTURE='{}'", self.departure.as_deref().unwrap_or_default())?;
        for organisation in &self.organisations {
            organisation.write(&mut text)?;
        }
        Ok(text)
    }
}

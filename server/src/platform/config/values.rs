//! From TOML values to the types of settings. Each function answers `None` for what it cannot take; the reader knows
//! where it stood and what would have been right.

use crate::platform::network::Network;
use crate::platform::outbound::Exception;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use toml::de::DeValue;
use tracing_subscriber::EnvFilter;
use url::Url;
use zeroize::Zeroizing;

const LONGEST_RETRY: Duration = Duration::from_secs(7 * 86_400);
const MOST_RETRIES: usize = 20;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

/// Where the master key is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasterKeyFile {
    /// The operator named it: it must exist.
    Given(PathBuf),
    /// Made in the data directory on the first start.
    InDataDir(PathBuf),
}

/// A URL that may hold a password. Shown without it, and without its query, which PostgreSQL takes passwords in too.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(Zeroizing<String>);

impl SecretUrl {
    /// All of it, for the one who connects.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Ok(mut url) = Url::parse(&self.0) else { return f.write_str("(not shown)") };
        url.set_query(None);
        url.set_fragment(None);
        // Fails only for a URL without a host, and such a one has no password.
        if url.password().is_some() && url.set_password(Some("***")).is_err() {
            return f.write_str("(not shown)");
        }
        f.write_str(url.as_str())
    }
}

impl std::fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretUrl({self})")
    }
}

/// Whatever has a text form of its own.
pub(super) fn parsed<T: FromStr>(value: &DeValue<'_>) -> Option<T> {
    value.as_str()?.parse().ok()
}

pub(super) fn path(value: &DeValue<'_>) -> Option<PathBuf> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(PathBuf::from)
}

/// A whole number; the range is the reader's to check.
pub(super) fn whole_number(value: &DeValue<'_>) -> Option<u64> {
    let number = value.as_integer()?;
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

pub(super) fn secret_url(value: &DeValue<'_>, schemes: &[&str]) -> Option<SecretUrl> {
    let text = value.as_str()?;
    let url = Url::parse(text).ok()?;
    schemes.contains(&url.scheme()).then(|| SecretUrl(Zeroizing::new(text.to_owned())))
}

/// Scheme, host, and perhaps a path that a proxy maps: the links in mails are appended to it.
pub(super) fn public_url(value: &DeValue<'_>) -> Option<Url> {
    let url = Url::parse(value.as_str()?.trim_end_matches('/')).ok()?;
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (matches!(url.scheme(), "https" | "http") && url.has_host() && is_plain).then_some(url)
}

pub(super) fn log_filter(value: &DeValue<'_>) -> Option<String> {
    let directives: Vec<&str> = value.as_str()?.split(',').map(str::trim).collect();
    let text = directives.join(",");
    (directives.iter().all(|text| is_directive(text)) && EnvFilter::try_new(&text).is_ok()).then_some(text)
}

/// A level, or a module and its level. A word alone would be taken for a module: `TENURE_LOG=loud` would log nothing but
/// what a module `loud` says.
fn is_directive(text: &str) -> bool {
    let (module, level) = text.rsplit_once('=').unwrap_or(("tenure", text));
    let is_named = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    module.split("::").all(is_named) && (level.eq_ignore_ascii_case("off") || level.parse::<tracing::Level>().is_ok())
}

pub(super) fn mailbox(value: &DeValue<'_>) -> Option<String> {
    let text = value.as_str()?;
    text.parse::<lettre::message::Mailbox>().ok().map(|_| text.to_owned())
}

pub(super) fn retry_schedule(value: &DeValue<'_>) -> Option<Vec<Duration>> {
    let schedule = list(value, |item| duration(item.as_str()?).filter(|d| *d <= LONGEST_RETRY))?;
    (1..=MOST_RETRIES).contains(&schedule.len()).then_some(schedule)
}

pub(super) fn exceptions(value: &DeValue<'_>) -> Option<Vec<Exception>> {
    list(value, parsed)
}

pub(super) fn networks(value: &DeValue<'_>) -> Option<Vec<Network>> {
    list(value, parsed)
}

fn list<T>(value: &DeValue<'_>, item: impl Fn(&DeValue<'_>) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(|spanned| item(spanned.get_ref())).collect()
}

/// `5s`, `5m`, `2h`, `1d`.
fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let digits = Some(number).filter(|n| n.bytes().all(|b| b.is_ascii_digit()))?;
    digits.parse::<u64>().ok()?.checked_mul(seconds).filter(|s| *s > 0).map(Duration::from_secs)
}

pub(super) fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

pub(super) fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toml(text: &str) -> DeValue<'_> {
        DeValue::parse(text).unwrap().into_inner()
    }

    #[test]
    fn durations_have_a_number_and_a_unit() {
        for (text, seconds) in [("5s", 5), ("5m", 300), ("14h", 50_400), ("2d", 172_800)] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "5", "5w", "0s", "-5s", "+5s", "5 s", "1.5h", "五s", "5秒", "99999999999999999999d"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_log_level_is_a_level_or_says_whose() {
        for text in ["info", "WARN", "off", "info,tenure::departures=debug", "warn, tenure=trace", "actix_http=error"] {
            assert!(log_filter(&DeValue::String(text.into())).is_some(), "{text}");
        }
        for text in
            ["", " ", "loud", "info,", "tenure=loud", "tenure::", "=info", "tenure:info", "6", "info tenure=debug"]
        {
            assert!(log_filter(&DeValue::String(text.into())).is_none(), "{text}");
        }
    }

    #[test]
    fn whole_numbers_may_be_grouped_or_hexadecimal() {
        for (text, number) in [("0", 0), ("1_048_576", 1_048_576), ("0xff", 255), ("18446744073709551615", u64::MAX)] {
            assert_eq!(whole_number(&toml(text)), Some(number), "{text}");
        }
        for text in ["-1", "1.0", "\"1\"", "true", "18446744073709551616"] {
            assert_eq!(whole_number(&toml(text)), None, "{text}");
        }
    }

    #[test]
    fn a_secret_url_is_shown_without_its_secrets() {
        for (given, shown) in [
            ("postgres://tenure:hunter2@db.intra:5433/tenure", "postgres://tenure:***@db.intra:5433/tenure"),
            ("postgres://tenure@db/tenure?password=hunter2", "postgres://tenure@db/tenure"),
            ("postgres:///tenure?host=/run/postgresql", "postgres:///tenure"),
            ("postgres://%2Frun%2Fpostgresql/tenure", "postgres://%2Frun%2Fpostgresql/tenure"),
        ] {
            let url = secret_url(&DeValue::String(given.into()), &["postgres"]).unwrap();
            assert_eq!(url.expose(), given);
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), format!("SecretUrl({shown})"));
        }
        // libpq's key=value form is not taken: it would have to be redacted by another set of rules.
        for given in ["host=db password=hunter2", "mysql://db/tenure", ""] {
            assert!(secret_url(&DeValue::String(given.into()), &["postgres"]).is_none(), "{given}");
        }
    }

    #[test]
    fn a_public_url_can_be_appended_to() {
        for (given, url) in [
            ("https://tenure.example.com", "https://tenure.example.com/"),
            ("https://example.com/tenure/", "https://example.com/tenure"),
            ("http://localhost:8080", "http://localhost:8080/"),
        ] {
            assert_eq!(public_url(&DeValue::String(given.into())).unwrap().as_str(), url);
        }
        for given in ["example.com", "ftp://a.cn", "https://a.cn/?x=1", "https://a.cn/#x", "https://u@a.cn", "https://"]
        {
            assert!(public_url(&DeValue::String(given.into())).is_none(), "{given}");
        }
    }
}

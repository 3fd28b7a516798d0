//! The sections of the configuration: their types, their ranges, and what has to fit together.
//!
//! What each setting is for, and its default, stands in `config/tenure.toml`.

use super::reader::Reader;
use super::values::{self, LogFormat, SecretUrl};
use crate::platform::http::Proxies;
use crate::platform::outbound::Exception;
use std::time::Duration;

/// `[database]`
#[derive(Clone, Debug)]
pub struct Database {
    /// PostgreSQL; SQLite in the data directory without it.
    pub url: Option<SecretUrl>,
    /// Connections kept open.
    pub pool_size: u32,
}

impl Database {
    pub(super) fn read(from: &mut Reader<'_>, jobs: &Jobs) -> Self {
        let expected = "a URL such as postgres://user:password@host/database";
        let url = from.secret("database.url", expected, |v| values::secret_url(v, &["postgres", "postgresql"]));
        let pool_size = from.integer("database.pool_size", 3..=200);
        if pool_size < jobs.threads + 2 {
            let message =
                format!("database.pool_size is {pool_size}; it must be two more than jobs.threads, {}", jobs.threads);
            from.refuse(&["database.pool_size", "jobs.threads"], message);
        }
        Self { url, pool_size }
    }
}

/// `[http]`
#[derive(Clone, Debug)]
pub struct Http {
    /// The proxies in front of the server, whose word on the client's address counts.
    pub proxies: Proxies,
}

impl Http {
    pub(super) fn read(from: &mut Reader<'_>) -> Self {
        let networks = "a list of addresses or networks, such as [\"10.2.0.5\", \"fd00:12::/32\"]";
        let trusted = from.value("http.trusted_proxies", networks, values::networks);
        let header = from.value("http.forwarded_header", "X-Forwarded-For or Forwarded", values::parsed);
        Self { proxies: Proxies { trusted, header } }
    }
}

/// `[log]`
#[derive(Clone, Debug)]
pub struct Log {
    /// Directives of tracing-subscriber's `EnvFilter`, checked.
    pub level: String,
    /// For people or for machines.
    pub format: LogFormat,
}

impl Log {
    pub(super) fn read(from: &mut Reader<'_>) -> Self {
        let expected =
            "a level (error, warn, info, debug, trace, off) or directives such as info,tenure::departures=debug";
        Self {
            level: from.value("log.level", expected, values::log_filter),
            format: from.value("log.format", "text or json", values::parsed),
        }
    }
}

/// `[limits]`
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one webhook's body.
    pub webhook_body_bytes: usize,
    /// Bytes of one JSON request.
    pub json_body_bytes: usize,
    /// Bytes of one line of a streamed import.
    pub import_line_bytes: usize,
    /// Live views open at once, of all callers together.
    pub live_views: usize,
    /// Items of a page when the caller does not say.
    pub page_size: u32,
    /// Items of a page at most.
    pub page_size_max: u32,
}

impl Limits {
    pub(super) fn read(from: &mut Reader<'_>) -> Self {
        const MIB: usize = 1_048_576;
        let limits = Self {
            webhook_body_bytes: from.integer("limits.webhook_body_bytes", 1_024..=64 * MIB),
            json_body_bytes: from.integer("limits.json_body_bytes", 1_024..=64 * MIB),
            import_line_bytes: from.integer("limits.import_line_bytes", 1_024..=16 * MIB),
            live_views: from.integer("limits.live_views", 1..=10_000),
            page_size: from.integer("limits.page_size", 1..=1_000),
            page_size_max: from.integer("limits.page_size_max", 1..=1_000),
        };
        if limits.page_size > limits.page_size_max {
            let Self { page_size, page_size_max, .. } = limits;
            let message =
                format!("limits.page_size, {page_size}, must not be more than limits.page_size_max, {page_size_max}");
            from.refuse(&["limits.page_size", "limits.page_size_max"], message);
        }
        limits
    }
}

/// `[sign_in]`
#[derive(Clone, Debug)]
pub struct SignIn {
    /// How long an access token is good for.
    pub access_token: Duration,
    /// How long a session lasts without use.
    pub refresh: Duration,
    /// How long a browser's session lasts without use.
    pub browser_idle: Duration,
    /// How long it lasts at most.
    pub browser_longest: Duration,
    /// Failed attempts in a row that lock an account.
    pub lockout_attempts: u32,
    /// For how long it is locked.
    pub lockout: Duration,
    /// Attempts a minute from one network address.
    pub rate_per_minute: u32,
    /// Memory of one password check, in KiB.
    pub argon2_memory_kib: u32,
    /// Passes over that memory.
    pub argon2_iterations: u32,
}

impl SignIn {
    pub(super) fn read(from: &mut Reader<'_>) -> Self {
        Self {
            access_token: values::minutes(from.integer("sign_in.access_token_minutes", 1..=60)),
            refresh: values::days(from.integer("sign_in.refresh_days", 1..=90)),
            browser_idle: values::minutes(from.integer("sign_in.browser_idle_minutes", 5..=1_440)),
            browser_longest: values::minutes(60 * from.integer::<u64>("sign_in.browser_hours", 1..=168)),
            lockout_attempts: from.integer("sign_in.lockout_attempts", 3..=100),
            lockout: values::minutes(from.integer("sign_in.lockout_minutes", 1..=1_440)),
            rate_per_minute: from.integer("sign_in.rate_per_minute", 1..=10_000),
            // Below 8 MiB a guess is cheap on any graphics card; above 1 GiB a few sign-ins fill the machine.
            argon2_memory_kib: from.integer("sign_in.argon2_memory_kib", 8_192..=1_048_576),
            argon2_iterations: from.integer("sign_in.argon2_iterations", 1..=20),
        }
    }
}

/// `[webhooks]`
#[derive(Clone, Debug)]
pub struct Webhooks {
    /// By how many seconds a message's time may differ from ours.
    pub tolerance_seconds: u32,
    /// How far ahead of our clock something may have been said.
    pub said_ahead: Duration,
}

impl Webhooks {
    pub(super) fn read(from: &mut Reader<'_>) -> Self {
        Self {
            tolerance_seconds: from.integer("webhooks.tolerance_seconds", 1..=3_600),
            said_ahead: Duration::from_secs(from.integer("webhooks.said_ahead_seconds", 0..=86_400)),
        }
    }
}

/// `[delivery]`
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The wait before each further attempt; after the last one a person is told.
    pub retry_after: Vec<Duration>,
    /// The time for one call.
    pub timeout: Duration,
    /// Bytes of an answer that are kept.
    pub reply_bytes: u64,
    /// Internal targets that calls may reach.
    pub allow_internal_addresses: Vec<Exception>,
}

impl Delivery {
    pub(super) fn read(from: &mut Reader<'_>) -> Self {
        let durations = "a list of 1 to 20 durations of at most 7d, such as [\"5s\", \"5m\", \"2h\"]";
        let exceptions = "a list of host names, addresses or networks, such as [\"127.0.0.1\", \"10.2.0.0/16\"]";
        Self {
            retry_after: from.value("delivery.retry_after", durations, values::retry_schedule),
            timeout: Duration::from_secs(from.integer("delivery.timeout_seconds", 1..=120)),
            reply_bytes: from.integer("delivery.reply_bytes", 0..=1_048_576),
            allow_internal_addresses: from.value("delivery.allow_internal_addresses", exceptions, values::exceptions),
        }
    }
}

/// `[mail]`, where a mail server is set.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The mail server.
    pub smtp_url: SecretUrl,
    /// Whom mails are from.
    pub from: String,
}

impl Mail {
    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let expected = "a URL such as smtps://user:password@host";
        let smtp_url = from.secret("mail.smtp_url", expected, |v| values::secret_url(v, &["smtp", "smtps"]));
        let sender = from.optional("mail.from", "an address such as Tenure <tenure@example.com>", values::mailbox);
        match (smtp_url, sender) {
            (Some(smtp_url), Some(from)) => Some(Self { smtp_url, from }),
            (Some(_), None) => {
                let message = "mail.smtp_url is set without mail.from; set both, or neither";
                from.refuse(&["mail.smtp_url"], message.to_owned());
                None
            }
            (None, Some(_) | None) => None,
        }
    }
}

/// `[jobs]`
#[derive(Clone, Debug)]
pub struct Jobs {
    /// Threads for background work.
    pub threads: u32,
    /// Between looks for work that became due.
    pub poll: Duration,
    /// After which a dead node's work is taken over.
    pub lease: Duration,
}

impl Jobs {
    pub(super) fn read(from: &mut Reader<'_>) -> Self {
        Self {
            threads: from.integer("jobs.threads", 1..=64),
            poll: Duration::from_millis(from.integer("jobs.poll_ms", 10..=60_000)),
            lease: Duration::from_secs(from.integer("jobs.lease_seconds", 5..=3_600)),
        }
    }
}

/// `[ledger]`
#[derive(Clone, Debug)]
pub struct Ledger {
    /// How long a record waits at most before it is sealed.
    pub seal_every: Duration,
    /// How many records may wait.
    pub seal_records: u32,
}

impl Ledger {
    pub(super) fn read(from: &mut Reader<'_>) -> Self {
        Self {
            seal_every: Duration::from_millis(from.integer("ledger.seal_every_ms", 10..=60_000)),
            seal_records: from.integer("ledger.seal_records", 1..=65_536),
        }
    }
}

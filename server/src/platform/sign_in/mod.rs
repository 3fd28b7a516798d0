//! Who somebody is: accounts, passwords, sessions, tokens, keys.
//!
//! ```text
//! password ──▶ entrance ──▶ session ──▶ access token, minutes       checked with every request, and the session with it
//!                              └──────▶ refresh token, days         changes with every use; a second use ends the session
//!                └──────▶ browser's cookie, hours             the same token all day; what changes something needs a second
//! machine's key ─────────────────────▶ caller with scopes
//! ```
//!
//! What always holds:
//!
//! - No secret is stored that could be used: passwords as argon2id, tokens and keys as SHA-256 of 32 random bytes.
//! - A stranger cannot tell whether an account exists, and a tenant not in which other tenants a person is.
//! - An end binds at once: a session or key that has ended gets no further request through, on any node.
//! - Whatever a tenant says about a person proves nothing about who holds an account (see `accounts`).

mod access_token;
pub mod accounts;
pub mod api_keys;
mod browser;
mod entrance;
mod error;
mod limiter;
mod model;
mod password;
mod routes;
mod secret;
mod sessions;
mod setup;
mod signing_keys;
mod store;
#[cfg(test)]
mod tests;
mod trace;

pub use api_keys::{Scopes, good_until};
pub use entrance::{Credentials, Entry, Visitor, sign_in};
pub use error::SignInError;
pub use model::{
    Account, AccountKind, AccountState, ApiKey, Choice, Memberships, Owner, Present, SessionKind, SessionReach,
    SigningKey, Standing,
};
pub use password::Weakness;
pub use routes::{routes, well_known};
pub use secret::{ApiToken, Secret};
pub use sessions::{Opened, end_sessions_of_membership, forget_old, refresh};
pub use setup::{Invited, address_of, invited, issue_setup_link, use_setup_link};
pub use signing_keys::{Rotation, list_signing_keys, rotate_signing_key};

use crate::platform::Platform;
use crate::platform::caller::{Actor, Caller};
use crate::platform::config;
use crate::platform::db::Stored;
use crate::platform::http::{AsProblem, Problem};
use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use limiter::Limiter;
use password::Passwords;
use prometheus::IntCounter;
use signing_keys::SigningKeys;
use std::net::IpAddr;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Longer than any token of ours.
const LONGEST_BEARER: usize = 4096;

/// What one process keeps in memory for sign-in. All of it may be lost: what must hold is in the database.
pub struct SignIn {
    passwords: Passwords,
    by_address: Limiter<IpAddr>,
    by_identifier: Limiter<[u8; 32]>,
    signing_keys: SigningKeys,
    unknown_accounts: IntCounter,
    hashing: Semaphore,
}

impl SignIn {
    /// Nothing counted and no key open yet.
    ///
    /// # Errors
    /// When argon2 cannot work with the settings.
    pub fn new(settings: &config::SignIn) -> Stored<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            passwords: Passwords::new(settings)?,
            by_address: Limiter::new(settings.rate_per_minute, Duration::from_secs(60)),
            by_identifier: Limiter::new(settings.lockout_attempts, settings.lockout),
            signing_keys: SigningKeys::default(),
            unknown_accounts: unknown_accounts(),
            // Each check takes its megabytes; more at once than cores would only take more of them.
            hashing: Semaphore::new(cores),
        })
    }

    /// How often somebody tried to sign in who is not known: no tenant is concerned, so no ledger has it. For the
    /// metrics page.
    pub fn unknown_accounts(&self) -> &IntCounter {
        &self.unknown_accounts
    }
}

/// What a request shows to say who makes it.
pub enum Presented {
    /// `Authorization: Bearer`: an access token or an API key. Where there is one, no cookie counts.
    Bearer(Secret),
    /// A browser's cookie.
    Cookie(browser::Shown),
}

/// What this request shows.
///
/// # Errors
/// What follows `Bearer`: the scheme's name may be written in any case (RFC 9110).
fn after_scheme(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// 401 `sign-in.required` where it shows nothing.
pub fn presented(req: &HttpRequest, config: &config::Config) -> Result<Presented, Problem> {
    let authorization = req.headers().get(AUTHORIZATION);
    let bearer = authorization.and_then(|v| v.to_str().ok()).and_then(after_scheme);
    let shown = match (authorization, bearer) {
        (Some(_), Some(bearer)) => Some(Presented::Bearer(Secret::new(bearer.trim()))),
        (Some(_), None) => None,
        (None, _) => browser::shown(req, config).map(Presented::Cookie),
    };
    shown.ok_or_else(|| {
        Problem::unauthenticated("sign-in.required").detail(
            "This needs `Authorization: Bearer` with an access token or an API key, or the cookie of a signed-in browser.",
        )
    })
}

/// Tells who that is. Asks the database once, by key.
///
/// # Errors
/// 401 for what is none of ours, past its time or ended; 403 `membership.ended`, `csrf.token`, `csrf.origin`.
pub fn identify(platform: &Platform, presented: &Presented) -> Result<Caller, Problem> {
    let found = match presented {
        Presented::Cookie(shown) => browser::caller(platform, shown),
        Presented::Bearer(bearer) => match bearer.expose() {
            bearer if bearer.is_empty() || bearer.len() >= LONGEST_BEARER => Err(SignInError::NoToken),
            bearer if ApiToken::is_meant(bearer) => api_keys::caller(platform, bearer),
            bearer => access_token::caller(platform, bearer),
        },
    };
    found.map_err(|e| e.problem())
}

/// What identifies the API key that a request brings, without the key itself; none where it brings none. It says nothing of
/// whether the key is good.
pub fn key_shown(req: &HttpRequest) -> Option<[u8; 32]> {
    let bearer = req.headers().get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?.trim();
    ApiToken::parse(bearer)?.hash().try_into().ok()
}

/// Whether what a caller came in by still lasts. Looking does not prolong it.
///
/// # Errors
/// 401 `session.expired`, `session.ended`; 403 `membership.ended`.
pub fn lasts(platform: &Platform, caller: &Caller) -> Result<(), Problem> {
    let lasts = match &caller.actor {
        Actor::Member { session, .. } | Actor::Leaver { session, .. } => browser::lasts(platform, *session),
        Actor::ApiKey { id, .. } => api_keys::lasts(platform, caller.tenant, *id),
        Actor::Source(_) | Actor::Job(_) | Actor::Operator | Actor::Anonymous => Ok(()),
    };
    lasts.map_err(|e| e.problem())
}

fn unknown_accounts() -> IntCounter {
    IntCounter::new("tenure_sign_in_unknown_accounts_total", "Attempts to sign in with an unknown identifier")
        .unwrap_or_else(|_| unreachable!("the name is a valid one"))
}

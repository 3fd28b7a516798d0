//! Sessions of browsers. A cookie that no script can read holds an opaque token; the row has its hash. It never changes, so
//! requests sent at the same time do not race for it.
//!
//! A browser sends a cookie along with whatever page asks it to. So a request that changes something has to come from a page
//! of this server, and to carry a second token, which such a page can ask for and no other can read. That token is derived
//! from the cookie's: it needs no storage, and is of no use with another session.

use super::error::SignInError;
use super::model::{Organisation, Session, SessionKind, SessionReach};
use super::secret::{self, Secret};
use super::sessions;
use super::store::{accounts, sessions as store};
use crate::platform::Platform;
use crate::platform::caller::{Actor, Caller};
use crate::platform::config::Config;
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{PlatformTx, Ts};
use crate::platform::ids::{AccountId, MembershipId, SessionId, SubjectId};
use crate::platform::record::{Outcome, Record};
use crate::platform::sign_in::AccountKind;
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{HOST, HeaderMap, ORIGIN};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use serde::Serialize;
use sha2::{Digest, Sha256};
use url::Url;

/// Bound to its host by the browser itself; it needs https.
const COOKIE_OVER_TLS: &str = "__Host-tenure";
const COOKIE_IN_THE_CLEAR: &str = "tenure";
const CSRF_HEADER: &str = "X-CSRF-Token";
/// How often it is noted that a session was used: often enough for the shortest idle time, seldom enough to cost nothing.
const NOTE_USE_EVERY: Duration = Duration::minutes(1);

/// What a browser's request shows: the cookie's token, and whether the request may change something.
pub struct Shown {
    token: Secret,
    is_safe: bool,
    csrf: Option<String>,
    from: From,
}

/// From whose page a request comes, as the browser says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    Us,
    Elsewhere,
    Unsaid,
}

/// Who is in, as what, until when: all that a console has to know before it draws anything.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = PresentSession)]
pub struct PresentSession {
    /// The session's id.
    pub id: SessionId,
    /// A browser's, or a program's.
    pub kind: SessionKind,
    /// How far it reaches: `own_data` where the membership has ended.
    pub reach: SessionReach,
    /// What the person signed in with.
    pub account: SessionAccount,
    /// The organisation.
    pub tenant: Organisation,
    /// The tenure in which the person acts.
    pub membership_id: MembershipId,
    /// The person as this organisation knows them.
    pub subject_id: SubjectId,
    /// Their name, while it is known.
    pub name: Option<String>,
    /// 工号.
    pub staff_number: String,
    /// The roles held now.
    pub roles: Vec<String>,
    /// For `X-CSRF-Token` with every request that changes something; absent where the session is not carried by a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csrf_token: Option<String>,
    /// When the session ends if it is not used any more.
    pub expires_at: Ts,
    /// When it ends in any case; absent where use prolongs it without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Ts>,
}

/// What somebody signed in with.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SessionAccount {
    /// The account's id.
    pub id: AccountId,
    /// The person's own, or the organisation's.
    pub kind: AccountKind,
}

/// The cookie that a request shows, if it shows one of ours.
pub(super) fn shown(req: &HttpRequest, config: &Config) -> Option<Shown> {
    let token = req.cookie(cookie_name(config)).filter(|c| secret::is_token(c.value()))?;
    Some(Shown {
        token: Secret::new(token.value()),
        is_safe: req.method().is_safe(),
        csrf: req.headers().get(CSRF_HEADER).and_then(|v| v.to_str().ok()).map(str::to_owned),
        from: comes_from(req.headers(), config.public_url.as_ref()),
    })
}

/// Whose session it is, if it goes on and the request may be its own page's.
pub(super) fn caller(platform: &Platform, shown: &Shown) -> Result<Caller, SignInError> {
    let found = store::find_by_token(platform, &secret::hash(shown.token.expose()))?;
    let session = found.ok_or(SignInError::NoToken)?;
    if session.ended_at.is_some() {
        return Err(ended(session.end_reason.as_deref()));
    }
    let now = platform.now();
    let (expires_at, _) = ends(&session, platform.config());
    if now >= expires_at {
        platform_tx(platform, |p| sessions::end(p, &session, "expired", Outcome::Done))?;
        return Err(SignInError::SessionExpired);
    }
    if let Err(forged) = shown.is_genuine() {
        note_forged(platform, &session, &forged)?;
        return Err(forged);
    }
    if *now - *session.last_used_at >= NOTE_USE_EVERY
        && let Err(e) = store::note_use(platform, session.id, now)
    {
        tracing::warn!(code = "session.use-not-noted", error = %e, session = %session.id);
    }
    Ok(Caller { tenant: session.tenant_id, actor: session.actor() })
}

/// Whether a session of either kind goes on.
pub(super) fn lasts(platform: &Platform, id: SessionId) -> Result<(), SignInError> {
    let session = platform_tx(platform, |p| store::find(p, id))?.ok_or(SignInError::SessionEnded)?;
    if session.ended_at.is_some() {
        return Err(ended(session.end_reason.as_deref()));
    }
    let (expires_at, _) = ends(&session, platform.config());
    if platform.now() < expires_at { Ok(()) } else { Err(SignInError::SessionExpired) }
}

/// What a session's person may know of it.
pub(super) fn present(
    platform: &Platform,
    session: SessionId,
    csrf_token: Option<String>,
) -> Result<PresentSession, SignInError> {
    platform_tx(platform, |p| {
        let session = store::find(p, session)?.ok_or(SignInError::SessionEnded)?;
        let account = accounts::find_account(p, session.account_id)?.ok_or(SignInError::SessionEnded)?;
        let tenant = accounts::find_organisation(p, session.tenant_id)?.ok_or(SignInError::SessionEnded)?;
        let (expires_at, ends_at) = ends(&session, p.platform().config());
        let person = person(p, &session)?;
        Ok(PresentSession {
            id: session.id,
            kind: session.kind,
            reach: session.reach,
            account: SessionAccount { id: account.id, kind: account.kind },
            tenant,
            membership_id: session.membership_id,
            subject_id: session.subject_id,
            name: person.name,
            staff_number: person.staff_number,
            roles: person.roles,
            csrf_token,
            expires_at,
            ends_at,
        })
    })
}

fn person(p: &mut PlatformTx<'_>, session: &Session) -> Result<super::model::Present, SignInError> {
    let memberships = p.platform().memberships();
    let found =
        p.in_tenant(session.tenant_id, Actor::Anonymous, |tx| memberships.present(tx, session.membership_id))?;
    found.ok_or(SignInError::MembershipEnded)
}

/// When a session ends if it is not used any more, and when in any case.
fn ends(session: &Session, config: &Config) -> (Ts, Option<Ts>) {
    match session.kind {
        SessionKind::Token => (Ts(*session.last_used_at + config.sign_in.refresh), None),
        SessionKind::Browser => {
            let longest = Ts(*session.created_at + config.sign_in.browser_longest);
            (Ts(*session.last_used_at + config.sign_in.browser_idle).min(longest), Some(longest))
        }
    }
}

/// The refusal that an ended session's reason stands for.
pub(super) fn ended(reason: Option<&str>) -> SignInError {
    match reason {
        Some("membership.ended") => SignInError::MembershipEnded,
        Some("expired") => SignInError::SessionExpired,
        Some(_) | None => SignInError::SessionEnded,
    }
}

/// Somebody tried to have this session's browser do something. Their organisation had better know.
fn note_forged(platform: &Platform, session: &Session, forged: &SignInError) -> Result<(), SignInError> {
    let reason = if matches!(forged, SignInError::ForgedOrigin) { "csrf.origin" } else { "csrf.token" };
    let record = Record::of("session.use").ended(Outcome::Refused, reason);
    Ok(platform_tx(platform, |p| sessions::leave(p, session, record))?)
}

impl Shown {
    fn is_genuine(&self) -> Result<(), SignInError> {
        if self.is_safe {
            return Ok(());
        }
        if self.from != From::Us {
            return Err(SignInError::ForgedOrigin);
        }
        // By their hashes, so that the time it takes says nothing about how much of it was right.
        let is_right = self.csrf.as_ref().is_some_and(|c| secret::hash(c) == secret::hash(&csrf_token(&self.token)));
        if is_right { Ok(()) } else { Err(SignInError::ForgedToken) }
    }

    /// The session's second token.
    pub(super) fn csrf_token(&self) -> String {
        csrf_token(&self.token)
    }
}

pub(super) fn csrf_token(token: &Secret) -> String {
    let derived = Sha256::new().chain_update("tenure csrf ").chain_update(token.expose()).finalize();
    URL_SAFE_NO_PAD.encode(derived)
}

/// What the browser says of the page: `Sec-Fetch-Site` where it has it, which no page can write; else `Origin`.
pub(super) fn comes_from(headers: &HeaderMap, public_url: Option<&Url>) -> From {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return if site == "same-origin" { From::Us } else { From::Elsewhere };
    }
    let Some(origin) = text(ORIGIN.as_str()) else { return From::Unsaid };
    let is_public = public_url.is_some_and(|url| url.origin().ascii_serialization() == origin);
    let authority = origin.strip_prefix("https://").or(origin.strip_prefix("http://"));
    let is_host = authority.is_some() && authority == text(HOST.as_str());
    if is_public || is_host { From::Us } else { From::Elsewhere }
}

/// The cookie of a session. The browser keeps it until it is closed; how long it is good for is the server's business.
pub(super) fn cookie(config: &Config, token: &Secret) -> Cookie<'static> {
    let made = Cookie::build(cookie_name(config), token.expose().to_owned());
    made.path("/").http_only(true).same_site(SameSite::Strict).secure(is_over_tls(config)).finish()
}

/// Takes the cookie away.
pub(super) fn no_cookie(config: &Config) -> Cookie<'static> {
    let mut gone = cookie(config, &Secret::new(String::new()));
    gone.set_max_age(CookieDuration::ZERO);
    gone
}

fn cookie_name(config: &Config) -> &'static str {
    if is_over_tls(config) { COOKIE_OVER_TLS } else { COOKIE_IN_THE_CLEAR }
}

fn is_over_tls(config: &Config) -> bool {
    config.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn from(headers: &[(&str, &str)]) -> From {
        let mut asked = TestRequest::default();
        for header in headers {
            asked = asked.insert_header(*header);
        }
        comes_from(asked.to_http_request().headers(), Some(&Url::parse("https://tenure.example.com").unwrap()))
    }

    #[test]
    fn only_our_own_pages_are_ours() {
        for ours in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://behind-a-proxy.example")],
            &[("origin", "https://tenure.example.com"), ("host", "10.0.0.7:8080")],
            &[("origin", "http://10.0.0.7:8080"), ("host", "10.0.0.7:8080")],
        ] {
            assert_eq!(from(ours), From::Us, "{ours:?}");
        }
        for theirs in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site"), ("origin", "https://tenure.example.com")],
            &[("sec-fetch-site", "none")],
            &[("origin", "null"), ("host", "null")],
            &[("origin", "https://tenure.example.com.evil.cn"), ("host", "tenure.example.com")],
            &[("origin", "http://tenure.example.com"), ("host", "10.0.0.7:8080")],
            &[("origin", "https://evil.cn"), ("host", "tenure.example.com")],
            &[("origin", "tenure.example.com"), ("host", "tenure.example.com")],
        ] {
            assert_eq!(from(theirs), From::Elsewhere, "{theirs:?}");
        }
        assert_eq!(from(&[("host", "tenure.example.com")]), From::Unsaid);
    }

    #[test]
    fn the_second_token_is_another_ones_with_another_session() {
        let (one, other) = (secret::new_token().unwrap(), secret::new_token().unwrap());
        assert_eq!(csrf_token(&one), csrf_token(&one));
        assert_ne!(csrf_token(&one), csrf_token(&other));
        assert!(!csrf_token(&one).contains(one.expose()));
    }
}

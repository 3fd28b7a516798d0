//! Access tokens: JWTs signed with EdDSA, good for minutes, checked against our own clock and never the machine's.

use super::browser;
use super::error::SignInError;
use super::model::Session;
use super::store::sessions as store;
use crate::platform::Platform;
use crate::platform::caller::Caller;
use crate::platform::db::{StoreError, Stored};
use crate::platform::ids::{AccountId, Id, MembershipId, RequestId, SessionId, SubjectId, TenantId};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// For whom our tokens are.
const AUDIENCE: &str = "tenure";

/// What a token says. Ids only: nothing of a person.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The account.
    sub: AccountId,
    /// The tenant.
    tid: TenantId,
    /// The membership.
    mid: MembershipId,
    /// The subject.
    sbj: SubjectId,
    /// The session.
    sid: SessionId,
    /// Seconds since the epoch.
    iat: i64,
    exp: i64,
    jti: Uuid,
}

/// A token for a session, good from now on.
pub(super) fn issue(platform: &Platform, session: &Session) -> Stored<String> {
    let now = platform.now();
    let keys = platform.sign_in().signing_keys.current(platform)?;
    let key = keys.signer(now).ok_or_else(|| StoreError::Keyring("there is no key to sign with".into()))?;
    let claims = Claims {
        iss: issuer(platform),
        aud: AUDIENCE.to_owned(),
        sub: session.account_id,
        tid: session.tenant_id,
        mid: session.membership_id,
        sbj: session.subject_id,
        sid: session.id,
        iat: now.timestamp(),
        exp: (*now + platform.config().sign_in.access_token).timestamp(),
        jti: platform.new_id::<RequestId>(now).uuid(),
    };
    let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, &claims, &key.signs).map_err(|e| StoreError::Keyring(e.to_string()))
}

/// Whose token it is, if it is good and its session goes on.
pub(super) fn caller(platform: &Platform, token: &str) -> Result<Caller, SignInError> {
    let claims = verify(platform, token)?;
    match store::as_it_is(platform, claims.sid)? {
        Some(session) if session.ended_at.is_none() => Ok(Caller { tenant: session.tenant_id, actor: session.actor() }),
        Some(session) => Err(browser::ended(session.end_reason.as_deref())),
        None => Err(SignInError::SessionEnded),
    }
}

fn verify(platform: &Platform, token: &str) -> Result<Claims, SignInError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| SignInError::NoToken)?;
    let kid = header.kid.ok_or(SignInError::NoToken)?;
    let now = platform.now();
    let keys = platform.sign_in().signing_keys.knowing(platform, &kid)?;
    let key = keys.find(&kid, now).ok_or(SignInError::NoToken)?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.validate_exp = false; // By our clock, below.
    rules.set_audience(&[AUDIENCE]);
    rules.set_issuer(&[issuer(platform)]);
    rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    let claims = jsonwebtoken::decode::<Claims>(token, &key.verifies, &rules).map_err(|_| SignInError::NoToken)?.claims;
    if now.timestamp() >= claims.exp { Err(SignInError::NoToken) } else { Ok(claims) }
}

/// How the outside reaches us, as the settings say; else our name.
fn issuer(platform: &Platform) -> String {
    let url = platform.config().public_url.as_ref();
    url.map_or_else(|| AUDIENCE.to_owned(), |url| url.as_str().trim_end_matches('/').to_owned())
}

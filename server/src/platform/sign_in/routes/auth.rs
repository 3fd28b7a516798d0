//! Signing in, going on and signing out with tokens; the list of sessions; and the keys to check our tokens with.

use super::{SignedIn, hashing, off_the_loop};
use crate::platform::Platform;
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{PlatformTx, Stored};
use crate::platform::http::{Answer, Answered, AsProblem, Page, PageQuery, Problem};
use crate::platform::ids::{MembershipId, SessionId, TenantId};
use crate::platform::sign_in::access_token;
use crate::platform::sign_in::entrance::{self, Credentials, Entry, Visitor};
use crate::platform::sign_in::error::SignInError;
use crate::platform::sign_in::model::{Choice, SessionKind, SessionReach};
use crate::platform::sign_in::secret::Secret;
use crate::platform::sign_in::sessions::{self, Opened, SessionView};
use crate::platform::sign_in::signing_keys::{self, JWKS_MAX_AGE, Jwks};
use crate::platform::sign_in::store::accounts as store;
use actix_web::http::header::USER_AGENT;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;

const LONGEST_IDENTIFIER: usize = 320;
pub(super) const LONGEST_PASSWORD: usize = 1024;
const LONGEST_TENANT: usize = 64;
const LONGEST_USER_AGENT: usize = 256;
/// Refusals leave at multiples of this after the request came, so that their time says nothing about the reason.
const REFUSE_EVERY: Duration = Duration::from_millis(250);

/// Who wants to come in.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// E-mail address or phone number.
    identifier: Secret,
    /// The password.
    password: Secret,
    /// The organisation's short name or id; needed by those who are in several.
    tenant: Option<String>,
    /// Whether to come in where the membership has ended, to what is the person's own and no further. Only with a personal
    /// account; refused with `membership.ended` when absent.
    #[serde(default)]
    own_data: bool,
}

impl SignInRequest {
    /// What of it can be tried at all.
    pub(super) fn credentials(self) -> Result<Credentials, Problem> {
        let Self { identifier, password, tenant, own_data } = self;
        bounded(&identifier, LONGEST_IDENTIFIER, "/identifier")?;
        bounded(&password, LONGEST_PASSWORD, "/password")?;
        refuse_odd_tenant(tenant.as_deref())?;
        Ok(Credentials { identifier, password, tenant, own_data })
    }
}

/// A session's tokens.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Tokens {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// `Bearer`.
    token_type: &'static str,
    /// Seconds that the access token is good for.
    expires_in: u64,
    /// For one refresh; each answer holds the next.
    refresh_token: String,
    /// The organisation's short name.
    tenant: String,
    /// The organisation's id.
    tenant_id: TenantId,
    /// The tenure in which the person acts.
    membership_id: MembershipId,
    /// How far the session reaches: `own_data` where that tenure has ended.
    reach: SessionReach,
    /// The roles held now.
    roles: Vec<String>,
}

/// In, or asked to choose.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum SignInAnswer {
    /// In.
    In(Tokens),
    /// The password is right, and there are several organisations: send one as `tenant`.
    Choose {
        /// They.
        choose: Vec<Choice>,
    },
}

/// A refresh token.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The newest one of the session.
    refresh_token: Secret,
}

/// How many sessions ended.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SignedOut {
    /// So many.
    ended: usize,
}

/// Signs in with identifier and password.
#[utoipa::path(
    tag = "sign-in", operation_id = "sign_in", request_body = SignInRequest,
    responses(
        (status = 200, description = "In, or several organisations to choose from", body = SignInAnswer),
        (status = 401, description = "`sign-in.refused`: unknown, wrong or locked"),
        (status = 403, description = "`membership.ended`, `sign-in.not-confirmed`, `sign-in.no-membership`"),
        (status = 429, description = "`sign-in.locked`, `sign-in.too-many`"),
    ),
)]
#[post("/auth/sign-in")]
pub async fn sign_in(req: HttpRequest, platform: Data<Platform>, body: Json<SignInRequest>) -> Answer<SignInAnswer> {
    let came_at = Instant::now();
    let (visitor, with) = (visitor(&req, &platform, SessionKind::Token), body.into_inner().credentials()?);
    let entered = hashing(&platform, move |platform| match entrance::sign_in(platform, &visitor, &with)? {
        Entry::In(opened) => Ok(SignInAnswer::In(tokens(platform, *opened)?)),
        Entry::Choose(choose) => Ok(SignInAnswer::Choose { choose }),
    });
    even_out(came_at, entered.await).await.map(Answered::ok)
}

/// Goes on with a session: the refresh token is used up, the answer holds the next.
#[utoipa::path(
    tag = "sign-in", operation_id = "refresh", request_body = RefreshRequest,
    responses(
        (status = 200, description = "The next tokens", body = Tokens),
        (status = 401, description = "`session.ended`; `session.token-reused`, which ended the session"),
        (status = 403, description = "`membership.ended`"),
    ),
)]
#[post("/auth/refresh")]
pub async fn refresh(platform: Data<Platform>, body: Json<RefreshRequest>) -> Answer<Tokens> {
    let token = body.into_inner().refresh_token;
    let gone_on = off_the_loop(&platform, move |platform| {
        Ok::<_, SignInError>(tokens(platform, sessions::refresh(platform, &token)?)?)
    });
    gone_on.await.map(Answered::ok)
}

/// Ends this session.
#[utoipa::path(
    tag = "sign-in", operation_id = "sign_out",
    responses((status = 204, description = "It has ended"), (status = 401, description = "Not signed in")),
)]
#[post("/auth/sign-out")]
pub async fn sign_out(platform: Data<Platform>, me: SignedIn) -> Result<HttpResponse, Problem> {
    off_the_loop(&platform, move |platform| sessions::sign_out(platform, me.session)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends all sessions of this account, on every device and in every organisation.
#[utoipa::path(
    tag = "sign-in", operation_id = "sign_out_everywhere",
    responses((status = 200, description = "They have ended", body = SignedOut), (status = 401, description = "Not signed in")),
)]
#[post("/auth/sign-out-everywhere")]
pub async fn sign_out_everywhere(platform: Data<Platform>, me: SignedIn) -> Answer<SignedOut> {
    let ended = off_the_loop(&platform, move |platform| sessions::sign_out_everywhere(platform, me.session)).await?;
    Ok(Answered::ok(SignedOut { ended }))
}

/// Lists this account's live sessions in this organisation.
#[utoipa::path(
    tag = "sign-in", operation_id = "list_sessions", params(PageQuery),
    responses((status = 200, description = "Newest first", body = Page<SessionView>), (status = 401, description = "Not signed in")),
)]
#[get("/auth/sessions")]
pub async fn list_sessions(
    platform: Data<Platform>,
    me: SignedIn,
    page: Query<PageQuery>,
) -> Answer<Page<SessionView>> {
    let listed = off_the_loop(&platform, move |platform| sessions::list(platform, &me.caller, &page));
    listed.await.map(Answered::ok)
}

/// Ends one of this account's sessions in this organisation.
#[utoipa::path(
    tag = "sign-in", operation_id = "end_session", params(("id" = SessionId, Path, description = "The session's id")),
    responses(
        (status = 204, description = "It has ended"),
        (status = 401, description = "Not signed in"),
        (status = 404, description = "`session.not-found`"),
    ),
)]
#[delete("/auth/sessions/{id}")]
pub async fn end_session(platform: Data<Platform>, me: SignedIn, id: Path<SessionId>) -> Result<HttpResponse, Problem> {
    off_the_loop(&platform, move |platform| sessions::end_one(platform, &me.caller, *id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The public keys that access tokens are signed with.
#[utoipa::path(
    tag = "sign-in", operation_id = "jwks",
    responses((status = 200, description = "A JWK set (RFC 7517)", body = Jwks)),
)]
#[get("/.well-known/jwks.json")]
pub async fn jwks(platform: Data<Platform>) -> Result<HttpResponse, Problem> {
    let keys = off_the_loop(&platform, |platform| Ok::<_, SignInError>(signing_keys::jwks(platform)?)).await?;
    let cached = format!("public, max-age={JWKS_MAX_AGE}");
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", cached)).json(keys))
}

/// Who asks, and how their session is to be carried on.
pub(super) fn visitor(req: &HttpRequest, platform: &Platform, comes_with: SessionKind) -> Visitor {
    let user_agent = req.headers().get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Visitor {
        address: platform.config().http.proxies.client_of(req),
        user_agent: user_agent.chars().filter(|c| !c.is_control()).take(LONGEST_USER_AGENT).collect(),
        comes_with,
    }
}

pub(super) fn bounded(text: &Secret, at_most: usize, pointer: &str) -> Result<(), Problem> {
    if text.expose().len() <= at_most {
        return Ok(());
    }
    Err(Problem::invalid("request.too-long").at(pointer).detail(format!("This has more than {at_most} bytes.")))
}

pub(super) fn refuse_odd_tenant(tenant: Option<&str>) -> Result<(), Problem> {
    let is_plain = |text: &str| text.len() <= LONGEST_TENANT && !text.chars().any(char::is_control);
    if tenant.is_none_or(is_plain) { Ok(()) } else { Err(SignInError::NoMembership.problem()) }
}

fn tokens(platform: &Platform, opened: Opened) -> Stored<Tokens> {
    Ok(Tokens {
        access_token: access_token::issue(platform, &opened.session)?,
        token_type: "Bearer",
        expires_in: platform.config().sign_in.access_token.as_secs(),
        refresh_token: opened.token.expose().to_owned(),
        tenant: slug(platform, opened.tenant())?,
        tenant_id: opened.tenant(),
        membership_id: opened.membership(),
        reach: opened.reach(),
        roles: opened.roles,
    })
}

pub(super) fn slug(platform: &Platform, tenant: TenantId) -> Stored<String> {
    let find = |p: &mut PlatformTx<'_>| store::tenant_names(p, &[tenant]);
    Ok(platform_tx(platform, find)?.pop().map(|(_, slug, _)| slug).unwrap_or_default())
}

/// Lets a refusal wait for its time to leave.
pub(super) async fn even_out<T>(came_at: Instant, answer: Result<T, Problem>) -> Result<T, Problem> {
    if answer.as_ref().is_err_and(|problem| problem.status().is_client_error()) {
        let steps = came_at.elapsed().as_millis() / REFUSE_EVERY.as_millis() + 1;
        tokio::time::sleep_until(came_at + REFUSE_EVERY * u32::try_from(steps).unwrap_or(1)).await;
    }
    answer
}

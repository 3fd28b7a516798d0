//! HTTP in, HTTP out. Sign-in itself is no attempt: nobody is known yet, and signing out is never forbidden. API keys
//! are made and taken back through attempts like everything else.

use super::api_keys::{self, ApiKeyView, NewApiKey};
use super::entrance::{self, Credentials, Entry, Visitor};
use super::error::SignInError;
use super::model::Choice;
use super::secret::Secret;
use super::sessions::{self, Opened, SessionView};
use super::signing_keys::{self, JWKS_MAX_AGE, Jwks};
use super::store::accounts as store;
use super::{access_token, setup};
use crate::platform::Platform;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::caller::{Actor, Caller};
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{PlatformTx, Stored};
use crate::platform::http::{Answer, Answered, AsProblem, Page, PageQuery, Problem};
use crate::platform::ids::{AccountId, ApiKeyId, MembershipId, SessionId, TenantId};
use actix_web::http::header::USER_AGENT;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{FromRequest, HttpRequest, HttpResponse, delete, dev::Payload, get, post, web};
use serde::{Deserialize, Serialize};
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tokio::time::Instant;
use utoipa_actix_web::service_config::ServiceConfig;

/// The power over API keys.
const MANAGE_KEYS: &str = "keys.manage";
const LONGEST_IDENTIFIER: usize = 320;
const LONGEST_PASSWORD: usize = 1024;
const LONGEST_TENANT: usize = 64;
const LONGEST_USER_AGENT: usize = 256;
/// Refusals leave at multiples of this after the request came, so that their time says nothing about the reason.
const REFUSE_EVERY: Duration = Duration::from_millis(250);

/// Everything under `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(sign_in)
        .service(refresh)
        .service(sign_out)
        .service(sign_out_everywhere)
        .service(list_sessions)
        .service(set_up)
        .service(list_api_keys)
        .service(create_api_key)
        .service(revoke_api_key);
}

/// What stands at the root.
pub fn well_known(cfg: &mut ServiceConfig<'_>) {
    cfg.service(jwks);
}

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

/// A set-up link's token, and a password.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUpRequest {
    /// The link's token.
    token: Secret,
    /// The password to set; the present one, where a personal account has one.
    password: Secret,
}

/// A link was used.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SetUpAnswer {
    /// The short name of the organisation that one can now sign in to.
    tenant: String,
}

/// How many sessions ended.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SignedOut {
    /// So many.
    ended: usize,
}

/// A new API key. The secret is in this answer and nowhere else.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CreatedApiKey {
    #[serde(flatten)]
    key: ApiKeyView,
    /// The key itself, for `Authorization: Bearer`.
    token: String,
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
async fn sign_in(req: HttpRequest, platform: Data<Platform>, body: Json<SignInRequest>) -> Answer<SignInAnswer> {
    let came_at = Instant::now();
    let Json(SignInRequest { identifier, password, tenant }) = body;
    bounded(&identifier, LONGEST_IDENTIFIER, "/identifier")?;
    bounded(&password, LONGEST_PASSWORD, "/password")?;
    refuse_odd_tenant(tenant.as_deref())?;
    let (visitor, with) = (visitor(&req), Credentials { identifier, password, tenant });
    let entered = hashing(&platform, move |platform| match entrance::sign_in(platform, &visitor, &with)? {
        Entry::In(opened) => Ok(SignInAnswer::In(tokens(platform, opened)?)),
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
async fn refresh(platform: Data<Platform>, body: Json<RefreshRequest>) -> Answer<Tokens> {
    let token = body.into_inner().refresh_token;
    let gone_on = off_the_loop(&platform, move |platform| Ok(tokens(platform, sessions::refresh(platform, &token)?)?));
    gone_on.await.map(Answered::ok)
}

/// Ends this session.
#[utoipa::path(
    tag = "sign-in", operation_id = "sign_out",
    responses((status = 204, description = "It has ended"), (status = 401, description = "Not signed in")),
)]
#[post("/auth/sign-out")]
async fn sign_out(platform: Data<Platform>, me: SignedIn) -> Result<HttpResponse, Problem> {
    off_the_loop(&platform, move |platform| sessions::sign_out(platform, me.session)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends all sessions of this account, on every device and in every organisation.
#[utoipa::path(
    tag = "sign-in", operation_id = "sign_out_everywhere",
    responses((status = 200, description = "They have ended", body = SignedOut), (status = 401, description = "Not signed in")),
)]
#[post("/auth/sign-out-everywhere")]
async fn sign_out_everywhere(platform: Data<Platform>, me: SignedIn) -> Answer<SignedOut> {
    let ended = off_the_loop(&platform, move |platform| sessions::sign_out_everywhere(platform, me.account)).await?;
    Ok(Answered::ok(SignedOut { ended }))
}

/// Lists this account's live sessions in this organisation.
#[utoipa::path(
    tag = "sign-in", operation_id = "list_sessions", params(PageQuery),
    responses((status = 200, description = "Newest first", body = Page<SessionView>), (status = 401, description = "Not signed in")),
)]
#[get("/auth/sessions")]
async fn list_sessions(platform: Data<Platform>, me: SignedIn, page: Query<PageQuery>) -> Answer<Page<SessionView>> {
    let listed = off_the_loop(&platform, move |platform| sessions::list(platform, &me.caller, &page));
    listed.await.map(Answered::ok)
}

/// Uses a set-up link.
#[utoipa::path(
    tag = "sign-in", operation_id = "set_up", request_body = SetUpRequest,
    responses(
        (status = 200, description = "Now sign in", body = SetUpAnswer),
        (status = 401, description = "`sign-in.refused`: the account has another password"),
        (status = 422, description = "`setup.link-invalid`, or what is wrong with the password"),
        (status = 429, description = "`sign-in.too-many`"),
    ),
)]
#[post("/auth/setup")]
async fn set_up(req: HttpRequest, platform: Data<Platform>, body: Json<SetUpRequest>) -> Answer<SetUpAnswer> {
    let SetUpRequest { token, password } = body.into_inner();
    bounded(&password, LONGEST_PASSWORD, "/password")?;
    let address = entrance::network(visitor(&req).address);
    let set_up = hashing(&platform, move |platform| {
        let doors = platform.sign_in();
        let taken = doors.by_address.take(&address, platform.now());
        taken.map_err(|retry_after_seconds| SignInError::TooMany { retry_after_seconds })?;
        let tenant = setup::use_setup_link(platform, &token, password.expose())?;
        doors.by_address.give_back(&address);
        Ok(SetUpAnswer { tenant: slug(platform, tenant)? })
    });
    set_up.await.map(Answered::ok)
}

/// Lists the organisation's API keys, without their secrets.
#[utoipa::path(
    tag = "api-keys", operation_id = "list_api_keys", params(PageQuery),
    responses((status = 200, description = "Newest first", body = Page<ApiKeyView>), (status = 403, description = "Not allowed")),
)]
#[get("/api-keys")]
async fn list_api_keys(at: Attempt, page: Query<PageQuery>) -> Answer<Page<ApiKeyView>> {
    at.run(Act::named(MANAGE_KEYS), move |tx| api_keys::list(tx, &page)).await.map(Answered::ok)
}

/// Makes an API key. A repeat is refused by the name, so the secret is never stored to be answered again.
#[utoipa::path(
    tag = "api-keys", operation_id = "create_api_key", request_body = NewApiKey,
    responses(
        (status = 201, description = "The key and its secret", body = CreatedApiKey),
        (status = 403, description = "Not allowed, or `keys.scope-not-yours`"),
        (status = 409, description = "`keys.name-taken`"),
        (status = 422, description = "What is wrong, and what would be right"),
    ),
)]
#[post("/api-keys")]
async fn create_api_key(at: Attempt, body: Json<NewApiKey>) -> Answer<CreatedApiKey> {
    let made = at.run(Act::named(MANAGE_KEYS), move |tx| api_keys::create(tx, &body)).await;
    made.map(|(key, token)| Answered::created(CreatedApiKey { key, token: token.expose().to_owned() }))
}

/// Takes an API key back.
#[utoipa::path(
    tag = "api-keys", operation_id = "revoke_api_key", params(("id" = ApiKeyId, Path, description = "The key's id")),
    responses(
        (status = 200, description = "It opens nothing any more", body = ApiKeyView),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "`api-key.not-found`"),
    ),
)]
#[delete("/api-keys/{id}")]
async fn revoke_api_key(at: Attempt, id: Path<ApiKeyId>) -> Answer<ApiKeyView> {
    let act = Act::on(MANAGE_KEYS, "api_key", *id);
    at.run(act, move |tx| api_keys::revoke(tx, *id)).await.map(Answered::ok)
}

/// The public keys that access tokens are signed with.
#[utoipa::path(
    tag = "sign-in", operation_id = "jwks",
    responses((status = 200, description = "A JWK set (RFC 7517)", body = Jwks)),
)]
#[get("/.well-known/jwks.json")]
async fn jwks(platform: Data<Platform>) -> Result<HttpResponse, Problem> {
    let keys = off_the_loop(&platform, |platform| Ok(signing_keys::jwks(platform)?)).await?;
    let cached = format!("public, max-age={JWKS_MAX_AGE}");
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", cached)).json(keys))
}

/// A person who is signed in.
struct SignedIn {
    caller: Caller,
    account: AccountId,
    session: SessionId,
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Attempt::from_request(req, payload).into_inner().map(|at| at.caller().clone());
        ready(caller.and_then(|caller| match caller.actor {
            Actor::Member { account, session, .. } => Ok(Self { caller, account, session }),
            Actor::ApiKey { .. } | Actor::Source(_) | Actor::Job(_) | Actor::Operator | Actor::Anonymous => {
                Err(SignInError::NoSession.problem())
            }
        }))
    }
}

fn visitor(req: &HttpRequest) -> Visitor {
    let user_agent = req.headers().get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Visitor {
        // Of the connection: a header that anybody can write must not choose who is counted.
        address: req.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip()),
        user_agent: user_agent.chars().filter(|c| !c.is_control()).take(LONGEST_USER_AGENT).collect(),
    }
}

fn bounded(text: &Secret, at_most: usize, pointer: &str) -> Result<(), Problem> {
    if text.expose().len() <= at_most {
        return Ok(());
    }
    Err(Problem::invalid("request.too-long").at(pointer).detail(format!("This has more than {at_most} bytes.")))
}

fn refuse_odd_tenant(tenant: Option<&str>) -> Result<(), Problem> {
    let is_plain = |text: &str| text.len() <= LONGEST_TENANT && !text.chars().any(char::is_control);
    if tenant.is_none_or(is_plain) { Ok(()) } else { Err(SignInError::NoMembership.problem()) }
}

fn tokens(platform: &Platform, opened: Opened) -> Stored<Tokens> {
    Ok(Tokens {
        access_token: access_token::issue(platform, &opened.session)?,
        token_type: "Bearer",
        expires_in: platform.config().sign_in.access_token.as_secs(),
        refresh_token: opened.refresh_token.expose().to_owned(),
        tenant: slug(platform, opened.tenant())?,
        tenant_id: opened.tenant(),
        membership_id: opened.membership(),
        roles: opened.roles,
    })
}

fn slug(platform: &Platform, tenant: TenantId) -> Stored<String> {
    let find = |p: &mut PlatformTx<'_>| store::tenant_names(p, &[tenant]);
    Ok(platform_tx(platform, find)?.pop().map(|(_, slug, _)| slug).unwrap_or_default())
}

async fn off_the_loop<T: Send + 'static>(
    platform: &Data<Platform>,
    work: impl FnOnce(&Platform) -> Result<T, SignInError> + Send + 'static,
) -> Result<T, Problem> {
    let platform = platform.clone();
    let done = web::block(move || work(&platform)).await.map_err(|_| Problem::unavailable("server.busy"))?;
    done.map_err(|e| e.problem())
}

/// As [`off_the_loop`], for what hashes a password: as many at once as there are cores, the others wait their turn.
async fn hashing<T: Send + 'static>(
    platform: &Data<Platform>,
    work: impl FnOnce(&Platform) -> Result<T, SignInError> + Send + 'static,
) -> Result<T, Problem> {
    let turn = platform.sign_in().hashing.acquire().await;
    let _turn = turn.map_err(|_| Problem::unavailable("server.busy"))?;
    off_the_loop(platform, work).await
}

/// Lets a refusal wait for its time to leave.
async fn even_out<T>(came_at: Instant, answer: Result<T, Problem>) -> Result<T, Problem> {
    if answer.as_ref().is_err_and(|problem| problem.status().is_client_error()) {
        let steps = came_at.elapsed().as_millis() / REFUSE_EVERY.as_millis() + 1;
        tokio::time::sleep_until(came_at + REFUSE_EVERY * u32::try_from(steps).unwrap_or(1)).await;
    }
    answer
}

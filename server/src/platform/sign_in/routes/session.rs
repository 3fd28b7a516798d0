//! The session of a browser: signing in by cookie, what it is about, going over to another organisation, signing out.

use super::auth::{SignInRequest, even_out, refuse_odd_tenant, visitor};
use super::{SignedIn, hashing, off_the_loop};
use crate::platform::Platform;
use crate::platform::http::{Answer, Answered, AsProblem, Problem};
use crate::platform::sign_in::browser::{self, From, PresentSession};
use crate::platform::sign_in::entrance::{self, Entry};
use crate::platform::sign_in::error::SignInError;
use crate::platform::sign_in::model::{Choice, SessionKind};
use crate::platform::sign_in::sessions::{self, Opened};
use crate::platform::sign_in::{Presented, identify, presented};
use actix_web::cookie::Cookie;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// In, or asked to choose.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum SessionAnswer {
    /// In; the cookie is set.
    In(Box<PresentSession>),
    /// The password is right, and there are several organisations: send one as `tenant`.
    Choose {
        /// They.
        choose: Vec<Choice>,
    },
}

/// Where to go over to.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchRequest {
    /// The organisation's short name or id.
    tenant: String,
}

/// Organisations to go over to.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Organisations {
    /// All that this account leads into now, this one among them.
    items: Vec<Choice>,
}

/// A session and the cookie that carries it.
pub(super) struct Carried {
    pub session: PresentSession,
    pub cookie: Cookie<'static>,
}

impl Carried {
    pub(super) fn of(platform: &Platform, opened: &Opened) -> Result<Self, SignInError> {
        let csrf = browser::csrf_token(&opened.token);
        let session = browser::present(platform, opened.session.id, Some(csrf))?;
        Ok(Self { session, cookie: browser::cookie(platform.config(), &opened.token) })
    }
}

/// Signs a browser in: the answer sets a cookie that no script can read, and tells what the session is about.
#[utoipa::path(
    tag = "sign-in", operation_id = "open_session", request_body = SignInRequest,
    responses(
        (status = 200, description = "In, or several organisations to choose from", body = SessionAnswer),
        (status = 401, description = "`sign-in.refused`: unknown, wrong or locked"),
        (status = 403, description = "`membership.ended`, `sign-in.not-confirmed`, `sign-in.no-membership`, `csrf.origin`"),
        (status = 429, description = "`sign-in.locked`, `sign-in.too-many`"),
    ),
)]
#[post("/session")]
pub async fn open_session(
    req: HttpRequest,
    platform: Data<Platform>,
    body: Json<SignInRequest>,
) -> Result<HttpResponse, Problem> {
    let came_at = Instant::now();
    refuse_foreign_pages(&req, &platform)?;
    let (visitor, with) = (visitor(&req, &platform, SessionKind::Browser), body.into_inner().credentials()?);
    let entered = hashing(&platform, move |platform| match entrance::sign_in(platform, &visitor, &with)? {
        Entry::In(opened) => Ok(Ok(Carried::of(platform, &opened)?)),
        Entry::Choose(choose) => Ok(Err(choose)),
    });
    let entered = even_out(came_at, entered.await).await?;
    Ok(match entered {
        Ok(carried) => carrying(&carried.cookie, &SessionAnswer::In(Box::new(carried.session))),
        Err(choose) => {
            HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(SessionAnswer::Choose { choose })
        }
    })
}

/// What this session is about.
#[utoipa::path(
    tag = "sign-in", operation_id = "present_session",
    responses(
        (status = 200, description = "Who is in, as what, until when", body = PresentSession),
        (status = 401, description = "`sign-in.required`: never signed in; `session.expired`; `session.ended`"),
        (status = 403, description = "`membership.ended`"),
    ),
)]
#[get("/session")]
pub async fn present_session(req: HttpRequest, platform: Data<Platform>, me: SignedIn) -> Answer<PresentSession> {
    let csrf = match presented(&req, platform.config())? {
        Presented::Cookie(shown) => Some(shown.csrf_token()),
        Presented::Bearer(_) => None,
    };
    let session = off_the_loop(&platform, move |platform| browser::present(platform, me.session, csrf)).await?;
    Ok(Answered::ok(session))
}

/// The organisations that this account leads into.
#[utoipa::path(
    tag = "sign-in", operation_id = "session_organisations",
    responses((status = 200, description = "This one among them", body = Organisations), (status = 401, description = "Not signed in")),
)]
#[get("/session/organisations")]
pub async fn session_organisations(platform: Data<Platform>, me: SignedIn) -> Answer<Organisations> {
    let account = me.account;
    let items = off_the_loop(&platform, move |platform| entrance::organisations(platform, account)).await?;
    Ok(Answered::ok(Organisations { items }))
}

/// Goes over to another organisation of the same account: this session ends, another begins there.
#[utoipa::path(
    tag = "sign-in", operation_id = "switch_session", request_body = SwitchRequest,
    responses(
        (status = 200, description = "In there; the cookie is another one", body = PresentSession),
        (status = 403, description = "`sign-in.no-membership`, `membership.ended`, `sign-in.not-confirmed`, `session.no-cookie`"),
    ),
)]
#[post("/session/switch")]
pub async fn switch_session(
    req: HttpRequest,
    platform: Data<Platform>,
    me: SignedIn,
    body: Json<SwitchRequest>,
) -> Result<HttpResponse, Problem> {
    if let Presented::Bearer(_) = presented(&req, platform.config())? {
        return Err(SignInError::NoCookie.problem());
    }
    let to = body.into_inner().tenant;
    refuse_odd_tenant(Some(&to))?;
    let visitor = visitor(&req, &platform, SessionKind::Browser);
    let gone_over = off_the_loop(&platform, move |platform| {
        Carried::of(platform, &entrance::switch(platform, me.session, &to, &visitor)?)
    });
    let carried = gone_over.await?;
    Ok(carrying(&carried.cookie, &carried.session))
}

/// Signs this browser out and takes the cookie away; also where the session has ended already.
#[utoipa::path(
    tag = "sign-in", operation_id = "close_session",
    responses((status = 204, description = "It has ended"), (status = 403, description = "`csrf.token`, `csrf.origin`")),
)]
#[delete("/session")]
pub async fn close_session(req: HttpRequest, platform: Data<Platform>) -> Result<HttpResponse, Problem> {
    let gone = browser::no_cookie(platform.config());
    if let Ok(shown) = presented(&req, platform.config()) {
        off_the_loop(&platform, move |platform| match identify(platform, &shown) {
            Ok(caller) => {
                caller.actor.session().map_or(Ok(()), |id| sessions::sign_out(platform, id)).map_err(|e| e.problem())
            }
            Err(forged) if forged.code().starts_with("csrf.") => Err(forged),
            Err(_) => Ok(()),
        })
        .await?;
    }
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// Nobody is to be signed in by another site's page: it would show them somebody else's account as their own.
pub(super) fn refuse_foreign_pages(req: &HttpRequest, platform: &Platform) -> Result<(), Problem> {
    match browser::comes_from(req.headers(), platform.config().public_url.as_ref()) {
        From::Us | From::Unsaid => Ok(()),
        From::Elsewhere => Err(SignInError::ForgedOrigin.problem()),
    }
}

pub(super) fn carrying(cookie: &Cookie<'static>, body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().cookie(cookie.clone()).insert_header((CACHE_CONTROL, "no-store")).json(body)
}

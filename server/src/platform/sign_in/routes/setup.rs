//! Set-up links: what one is for, and using it.

use super::auth::{LONGEST_PASSWORD, bounded, slug, visitor};
use super::session::{Carried, carrying, refuse_foreign_pages};
use super::{hashing, off_the_loop};
use crate::platform::Platform;
use crate::platform::http::{Answer, Answered, Problem};
use crate::platform::sign_in::browser::PresentSession;
use crate::platform::sign_in::entrance::{self, Visitor};
use crate::platform::sign_in::error::SignInError;
use crate::platform::sign_in::model::{Organisation, SessionKind};
use crate::platform::sign_in::secret::Secret;
use crate::platform::sign_in::setup;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::{Deserialize, Serialize};

/// A set-up link's token, and a password.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUpRequest {
    /// The link's token.
    token: Secret,
    /// The password to set; the present one, where a personal account has one.
    password: Secret,
    /// Whether to sign this browser in at once.
    #[serde(default)]
    sign_in: bool,
}

/// A link was used.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SetUpAnswer {
    /// The short name of the organisation that one can now sign in to.
    tenant: String,
    /// The session, where one was asked for; its cookie is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<PresentSession>,
}

/// A set-up link's token.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The link's token.
    token: Secret,
}

/// What a link is for.
#[derive(Serialize, utoipa::ToSchema)]
pub struct LinkAnswer {
    /// Whose link it is.
    tenant: Organisation,
    /// Whether the account has a password, which is asked for; else one is set.
    has_password: bool,
    /// What the account is found by, most of it hidden.
    identifiers: Vec<String>,
}

/// Says what a set-up link is for, and uses nothing up.
#[utoipa::path(
    tag = "sign-in", operation_id = "look_at_set_up_link", request_body = LinkRequest,
    responses(
        (status = 200, description = "What it is for", body = LinkAnswer),
        (status = 422, description = "`setup.link-invalid`"),
        (status = 429, description = "`sign-in.too-many`"),
    ),
)]
#[post("/auth/setup/look")]
pub async fn look(req: HttpRequest, platform: Data<Platform>, body: Json<LinkRequest>) -> Answer<LinkAnswer> {
    let token = body.into_inner().token;
    let who = visitor(&req, &platform, SessionKind::Browser);
    let looked = off_the_loop(&platform, move |platform| {
        one_of_few(platform, &who, |platform| {
            let seen = setup::look(platform, &token)?;
            Ok(LinkAnswer { tenant: seen.tenant, has_password: seen.has_password, identifiers: seen.identifiers })
        })
    });
    looked.await.map(Answered::ok)
}

/// Uses a set-up link.
#[utoipa::path(
    tag = "sign-in", operation_id = "set_up", request_body = SetUpRequest,
    responses(
        (status = 200, description = "Now sign in, or signed in already", body = SetUpAnswer),
        (status = 401, description = "`sign-in.refused`: the account has another password"),
        (status = 422, description = "`setup.link-invalid`, or what is wrong with the password"),
        (status = 429, description = "`sign-in.too-many`"),
    ),
)]
#[post("/auth/setup")]
pub async fn set_up(
    req: HttpRequest,
    platform: Data<Platform>,
    body: Json<SetUpRequest>,
) -> Result<HttpResponse, Problem> {
    let SetUpRequest { token, password, sign_in } = body.into_inner();
    bounded(&password, LONGEST_PASSWORD, "/password")?;
    refuse_foreign_pages(&req, &platform)?;
    let who = visitor(&req, &platform, SessionKind::Browser);
    let set_up = hashing(&platform, move |platform| {
        one_of_few(platform, &who, |platform| {
            let (account, tenant) = setup::use_link(platform, &who, &token, password.expose())?;
            let carried = match sign_in {
                true => Some(Carried::of(platform, &entrance::enter_from_link(platform, (account, tenant), &who)?)?),
                false => None,
            };
            Ok((slug(platform, tenant)?, carried))
        })
    });
    Ok(match set_up.await? {
        (tenant, Some(Carried { session, cookie })) => {
            carrying(&cookie, &SetUpAnswer { tenant, session: Some(session) })
        }
        (tenant, None) => {
            HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(SetUpAnswer { tenant, session: None })
        }
    })
}

/// Whoever tries links counts like whoever tries passwords; one that was right does not.
fn one_of_few<T>(
    platform: &Platform,
    who: &Visitor,
    work: impl FnOnce(&Platform) -> Result<T, SignInError>,
) -> Result<T, SignInError> {
    let (doors, address) = (platform.sign_in(), entrance::network(who.address));
    let taken = doors.by_address.take(&address, platform.now());
    taken.map_err(|retry_after_seconds| SignInError::TooMany { retry_after_seconds })?;
    let done = work(platform)?;
    doors.by_address.give_back(&address);
    Ok(done)
}

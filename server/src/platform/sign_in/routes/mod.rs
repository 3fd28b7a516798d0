//! HTTP in, HTTP out. Sign-in itself is no attempt: nobody is known yet, and signing out is never forbidden. API keys
//! are made and taken back through attempts like everything else.

mod api_keys;
mod auth;
mod session;
mod setup;

use super::error::SignInError;
use crate::platform::Platform;
use crate::platform::attempt::arriving;
use crate::platform::caller::Caller;
use crate::platform::http::{AsProblem, Problem};
use crate::platform::ids::{AccountId, SessionId};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use std::future::Future;
use std::pin::Pin;
use utoipa_actix_web::service_config::ServiceConfig;

/// Everything under `/api/v1`.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(auth::sign_in)
        .service(auth::refresh)
        .service(auth::sign_out)
        .service(auth::sign_out_everywhere)
        .service(auth::list_sessions)
        .service(auth::end_session)
        .service(setup::look)
        .service(setup::set_up)
        .service(session::open_session)
        .service(session::present_session)
        .service(session::session_organisations)
        .service(session::switch_session)
        .service(session::close_session)
        .service(api_keys::list_api_keys)
        .service(api_keys::create_api_key)
        .service(api_keys::revoke_api_key);
}

/// What stands at the root.
pub fn well_known(cfg: &mut ServiceConfig<'_>) {
    cfg.service(auth::jwks);
}

/// A person who is signed in, in whatever reach.
struct SignedIn {
    caller: Caller,
    account: AccountId,
    session: SessionId,
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let arriving = arriving(req);
        Box::pin(async move {
            let caller = arriving.await?.caller().clone();
            match caller.actor.signed_in() {
                Some((account, session)) => Ok(Self { caller, account, session }),
                None => Err(SignInError::NoSession.problem()),
            }
        })
    }
}

async fn off_the_loop<T: Send + 'static, E: AsProblem + Send + 'static>(
    platform: &Data<Platform>,
    work: impl FnOnce(&Platform) -> Result<T, E> + Send + 'static,
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

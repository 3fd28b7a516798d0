//! The set-up over HTTP.

use super::guide::{SetupGuide, guide};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{Answer, Answered};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

/// The power over the organisation's settings.
const SETTINGS: &str = "tenant.settings";

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(get_setup).service(confirm_organisation);
}

/// What of the set-up is done, and what is missing.
#[utoipa::path(tag = "set-up", responses((status = 200, body = SetupGuide)))]
#[get("/setup")]
async fn get_setup(at: Attempt) -> Answer<SetupGuide> {
    at.run(Act::named(SETTINGS).polled(), guide).await.map(Answered::ok)
}

/// Says that the organisation's name, time zone, language and pack are right. A repeat changes nothing.
#[utoipa::path(tag = "set-up", responses((status = 200, body = SetupGuide)))]
#[post("/setup/organisation/confirm")]
async fn confirm_organisation(at: Attempt) -> Answer<SetupGuide> {
    let confirmed = at.run(Act::named(SETTINGS), |tx| {
        super::confirm_organisation(tx)?;
        guide(tx)
    });
    confirmed.await.map(Answered::ok)
}

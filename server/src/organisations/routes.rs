//! The organisation's own settings over HTTP.

use super::change;
use crate::packs::{self, OrganisationSettings, PackError, SettingsChange};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{Answer, Answered};
use actix_web::{get, patch, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(get_organisation).service(change_organisation);
}

/// What the organisation has set.
#[utoipa::path(tag = "organisation", responses((status = 200, body = OrganisationSettings)))]
#[get("/organisation")]
async fn get_organisation(at: Attempt) -> Answer<OrganisationSettings> {
    let settings = at.run(Act::named("packs.read"), |tx| Ok::<_, PackError>(packs::settings(tx)?)).await?;
    Ok(Answered::ok(settings).versioned())
}

/// Changes settings, on the version that `If-Match` names. Another pack or other features rule what is held anew where the
/// rules say so, in a moment.
#[utoipa::path(tag = "organisation", request_body = SettingsChange,
               responses((status = 200, body = OrganisationSettings)))]
#[patch("/organisation")]
async fn change_organisation(at: Attempt, body: web::Json<SettingsChange>) -> Answer<OrganisationSettings> {
    let (version, wanted) = (at.version()?, body.into_inner());
    // What decides who controls data is more than a setting.
    let act = if wanted.pack.is_some() || wanted.features.is_some() { "packs.write" } else { "tenant.settings" };
    let settings = at.run(Act::named(act), move |tx| change(tx, Some(version), &wanted)).await?;
    Ok(Answered::ok(settings).versioned())
}

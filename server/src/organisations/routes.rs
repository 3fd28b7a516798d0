//! The organisation's own settings over HTTP.

use super::{change, preview};
use crate::holdings::Moves;
use crate::packs::{self, OrganisationSettings, PackError, SettingsChange};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{Answer, Answered};
use actix_web::{get, patch, post, web};
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(get_organisation).service(preview_change).service(change_organisation);
}

/// What the organisation has set.
#[utoipa::path(tag = "organisation", responses((status = 200, body = OrganisationSettings)))]
#[get("/organisation")]
async fn get_organisation(at: Attempt) -> Answer<OrganisationSettings> {
    let settings = at.run(Act::named("packs.read"), |tx| Ok::<_, PackError>(packs::settings(tx)?)).await?;
    Ok(Answered::ok(settings).versioned())
}

/// What a change of pack or features would rule anew.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SettingsEffect {
    /// Sides of holdings that were looked at.
    looked_at: usize,
    /// Whether these are all there are; of very many, only a part is looked at.
    is_all: bool,
    /// Of them, those that would be ruled by another rule or otherwise.
    ruled_anew: usize,
    /// Of these, those that would become the organisation's.
    to_organisation: usize,
    /// Of these, those that would become the person's.
    to_person: usize,
}

/// Counts what a change would rule anew, and changes nothing.
#[utoipa::path(tag = "organisation", request_body = SettingsChange,
               responses((status = 200, body = SettingsEffect)))]
#[post("/organisation/preview")]
async fn preview_change(at: Attempt, body: web::Json<SettingsChange>) -> Answer<SettingsEffect> {
    let wanted = body.into_inner();
    let moves = at.run(Act::named("packs.write").polled(), move |tx| preview(tx, &wanted)).await?;
    let Moves { looked_at, is_all, ruled_anew, to_organisation, to_person } = moves;
    Ok(Answered::ok(SettingsEffect { looked_at, is_all, ruled_anew, to_organisation, to_person }))
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

//! Making, listing and taking back API keys.

use crate::platform::attempt::{Act, Attempt};
use crate::platform::http::{Answer, Answered, Page, PageQuery};
use crate::platform::ids::ApiKeyId;
use crate::platform::sign_in::api_keys::{self, ApiKeyView, NewApiKey};
use crate::platform::sign_in::error::SignInError;
use actix_web::web::{Json, Path, Query};
use actix_web::{delete, get, post};
use serde::{Deserialize, Serialize};

/// The power over API keys.
const MANAGE_KEYS: &str = "keys.manage";

/// A new API key. The secret is in this answer and nowhere else.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub struct CreatedApiKey {
    #[serde(flatten)]
    key: ApiKeyView,
    /// The key itself, for `Authorization: Bearer`.
    token: String,
}

/// Lists the organisation's API keys, without their secrets.
#[utoipa::path(
    tag = "api-keys", operation_id = "list_api_keys", params(PageQuery),
    responses((status = 200, description = "Newest first", body = Page<ApiKeyView>), (status = 403, description = "Not allowed")),
)]
#[get("/api-keys")]
pub async fn list_api_keys(at: Attempt, page: Query<PageQuery>) -> Answer<Page<ApiKeyView>> {
    at.run(Act::named(MANAGE_KEYS), move |tx| api_keys::list(tx, &page)).await.map(Answered::ok)
}

/// Makes an API key.
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
pub async fn create_api_key(at: Attempt, body: Json<NewApiKey>) -> Answer<CreatedApiKey> {
    at.once(Act::named(MANAGE_KEYS), body.into_inner(), |tx, new| {
        let (key, token) = api_keys::create(tx, new)?;
        Ok::<_, SignInError>(CreatedApiKey { key, token: token.expose().to_owned() })
    })
    .await
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
pub async fn revoke_api_key(at: Attempt, id: Path<ApiKeyId>) -> Answer<ApiKeyView> {
    let act = Act::on(MANAGE_KEYS, "api_key", *id);
    at.run(act, move |tx| api_keys::revoke(tx, *id)).await.map(Answered::ok)
}

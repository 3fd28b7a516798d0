//! API keys: for machines. Scoped to acts, bound to one tenant, good for a year at most, stored as a hash.

use super::error::SignInError;
use super::model::ApiKey;
use super::secret::ApiToken;
use super::store::keys as store;
use crate::platform::Platform;
use crate::platform::caller::{Actor, Caller};
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Cursor, Page, PageQuery, Problem};
use crate::platform::ids::{ApiKeyId, ConnectorId, Id, MembershipId, TenantId};
use crate::platform::record::Record;
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// Characters a key's name has at most.
pub const LONGEST_NAME: usize = 80;
/// Scopes a key has at most.
pub const MOST_SCOPES: usize = 64;
const LONGEST_SCOPE: usize = 64;
/// Days after which a key ends at the latest.
const LONGEST_LIFE_DAYS: i64 = 366;
/// How often it is noted that a key was used: finely enough to find those that nobody uses.
const NOTE_USE_EVERY: Duration = Duration::hours(1);

/// Which acts a key may be given. The platform asks; a slice answers.
pub trait Scopes: Send + Sync {
    /// Whether the transaction's actor may give this act to a key: it exists, and is theirs. A key must not be a way
    /// around the separation of roles (gbt35273-7.1-c).
    ///
    /// # Errors
    /// When the store fails.
    fn may_give(&self, tx: &mut TenantTx<'_>, scope: &str) -> Stored<bool>;
}

/// A key to be made.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What people call it: 1 to 80 characters, of no other live key.
    pub name: String,
    /// The acts it may do: 1 to 64 names such as `holdings.register`.
    pub scopes: Vec<String>,
    /// Until when it is good: within 366 days.
    pub expires_at: Ts,
    /// The connector it speaks for.
    #[serde(default)]
    pub connector_id: Option<ConnectorId>,
}

/// A key, without its secret.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ApiKey)]
pub struct ApiKeyView {
    /// Its id.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// How the key itself goes on after `tk_`, to tell keys apart.
    pub prefix: String,
    /// The acts it may do.
    pub scopes: Vec<String>,
    /// The connector it speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_id: Option<ConnectorId>,
    /// The membership that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<MembershipId>,
    /// When it was made.
    pub created_at: Ts,
    /// Until when it is good.
    pub expires_at: Ts,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Ts>,
    /// When it was last used, to the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Ts>,
}

/// Makes a key of the caller's, with acts that are the caller's to give.
pub(super) fn create(tx: &mut TenantTx<'_>, new: &NewApiKey) -> Result<(ApiKeyView, ApiToken), SignInError> {
    for scope in &new.scopes {
        check_scope(scope)?;
        if !tx.platform().scopes().may_give(tx, scope)? {
            return Err(SignInError::ScopeNotYours(scope.clone()));
        }
    }
    issue(tx, new)
}

/// Makes a key for a slice that decides itself what it may do (a connector's own). The secret is in the answer and
/// nowhere else.
///
/// # Errors
/// What is wrong with the name, the scopes or the expiry, or that the name is taken.
pub fn issue(tx: &mut TenantTx<'_>, new: &NewApiKey) -> Result<(ApiKeyView, ApiToken), SignInError> {
    let name = check(new, tx.now())?;
    let token = ApiToken::generate()?;
    let key = ApiKey {
        id: tx.new_id(),
        tenant_id: tx.tenant(),
        name,
        prefix: token.prefix().to_owned(),
        scopes: serde_json::to_string(&new.scopes).map_err(crate::platform::db::StoreError::from)?,
        connector_id: new.connector_id,
        created_by: tx.actor().membership(),
        created_at: tx.now(),
        expires_at: new.expires_at,
        revoked_at: None,
        last_used_at: None,
    };
    tx.as_platform(|p| match store::has_live_key_named(p, key.tenant_id, &key.name)? {
        true => Err(SignInError::KeyNameTaken),
        false => Ok(store::add_api_key(p, &key, token.hash())?),
    })?;
    let mut record = Record::of("keys.manage").on("api_key", key.id).with("did", "create");
    record = record.with("scopes", new.scopes.clone()).with("expires_at", key.expires_at.rfc3339());
    tx.record(record);
    Ok((view(key)?, token))
}

/// The tenant's keys, newest first, live or not.
pub(super) fn list(tx: &mut TenantTx<'_>, page: &PageQuery) -> Result<Page<ApiKeyView>, Problem> {
    let (limit, after, tenant) = (page.limit()?, page.cursor()?, tx.tenant());
    let rows = tx.as_platform(|p| store::page_of_api_keys(p, tenant, limit, after))?;
    let views = rows.into_iter().map(view).collect::<Stored<Vec<_>>>()?;
    Ok(Page::cut(views, limit, |row| Cursor::after(row.created_at, row.id.uuid())))
}

/// Takes a key back; from the commit on it opens nothing. A repeat changes nothing.
///
/// # Errors
/// [`SignInError::UnknownKey`].
pub fn revoke(tx: &mut TenantTx<'_>, id: ApiKeyId) -> Result<ApiKeyView, SignInError> {
    let tenant = tx.tenant();
    let (revoked, key) = tx.as_platform(|p| {
        Ok::<_, SignInError>((store::revoke_api_key(p, tenant, id)?, store::find_api_key(p, tenant, id)?))
    })?;
    let key = key.ok_or(SignInError::UnknownKey)?;
    tx.record(Record::of("keys.manage").on("api_key", id).with("did", "revoke").with("changed", revoked));
    Ok(view(key)?)
}

/// Whose key it is, if it is live.
pub(super) fn caller(platform: &Platform, bearer: &str) -> Result<Caller, SignInError> {
    let token = ApiToken::parse(bearer).ok_or(SignInError::NoToken)?;
    let now = platform.now();
    // Every time from the database: one read by key, and a key that was taken back is out at once, on every node.
    let found = store::find_api_key_by_hash(platform, &token.hash())?;
    let key = found.filter(|key| key.revoked_at.is_none() && now < key.expires_at).ok_or(SignInError::NoToken)?;
    if key.last_used_at.is_none_or(|at| *now - *at >= NOTE_USE_EVERY)
        && let Err(e) = store::touch_api_key(platform, key.id, now)
    {
        tracing::warn!(code = "keys.use-not-noted", error = %e, key = %key.id);
    }
    let scopes = serde_json::from_str(&key.scopes).map_err(crate::platform::db::StoreError::from)?;
    let actor = Actor::ApiKey { id: key.id, scopes, connector: key.connector_id, made_by: key.created_by };
    Ok(Caller { tenant: key.tenant_id, actor })
}

/// Until when a key of the transaction's tenant is good, if it is good now.
pub fn good_until(tx: &mut TenantTx<'_>, id: ApiKeyId) -> Stored<Option<Ts>> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let key = tx.as_platform(|p| store::find_api_key(p, tenant, id))?;
    Ok(key.filter(|key| key.revoked_at.is_none() && now < key.expires_at).map(|key| key.expires_at))
}

/// Whether a key is still good.
pub(super) fn lasts(platform: &Platform, tenant: TenantId, id: ApiKeyId) -> Result<(), SignInError> {
    let key = platform_tx(platform, |p| store::find_api_key(p, tenant, id))?;
    let now = platform.now();
    let is_good = key.is_some_and(|key| key.revoked_at.is_none() && now < key.expires_at);
    if is_good { Ok(()) } else { Err(SignInError::NoToken) }
}

/// Everything that can be wrong without looking anything up. Returns the name as it is kept.
fn check(new: &NewApiKey, now: Ts) -> Result<String, SignInError> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(SignInError::KeyName);
    }
    if new.scopes.is_empty() || new.scopes.len() > MOST_SCOPES {
        return Err(SignInError::KeyScopes);
    }
    new.scopes.iter().try_for_each(|scope| check_scope(scope))?;
    if new.expires_at <= now || *new.expires_at - *now > Duration::days(LONGEST_LIFE_DAYS) {
        return Err(SignInError::KeyExpiry);
    }
    Ok(name.to_owned())
}

fn check_scope(scope: &str) -> Result<(), SignInError> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if scope.is_empty() || scope.len() > LONGEST_SCOPE || !scope.chars().all(is_plain) {
        return Err(SignInError::KeyScope(scope.chars().take(LONGEST_SCOPE).collect()));
    }
    Ok(())
}

fn view(key: ApiKey) -> Stored<ApiKeyView> {
    Ok(ApiKeyView {
        id: key.id,
        name: key.name,
        prefix: key.prefix,
        scopes: serde_json::from_str(&key.scopes)?,
        connector_id: key.connector_id,
        created_by: key.created_by,
        created_at: key.created_at,
        expires_at: key.expires_at,
        revoked_at: key.revoked_at,
        last_used_at: key.last_used_at,
    })
}

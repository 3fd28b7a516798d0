//! Connectors: the systems that keep external holdings. Each has an address for orders, a secret that signs them, and an
//! API key of its own to register and report with.

use super::error::HoldingError;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, StoreError, Stored, TenantTx, Ts};
use crate::platform::ids::{ConnectorId, Id};
use crate::platform::keyring::Aad;
use crate::platform::outbound;
use crate::platform::record::Record;
use crate::platform::sign_in::api_keys::{self, NewApiKey};
use crate::platform::standard_webhooks::Secret;
use crate::platform::vault;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};

tenant_table! {
    connectors (id) {
        id -> SqlUid, name -> Text, callback_url -> Text, sealed_secret -> Binary, state -> Text, created_at -> SqlTs,
        version -> BigInt,
    }
}

const SECRET: Aad = Aad::new("connectors.secret");

/// How long a connector's key is good for; [`rotate`] gives the next.
const KEY_DAYS: i64 = 365;

/// What a connector's own key may do.
pub const SCOPES: [&str; 3] = ["holdings.register", "connectors.report", "connectors.inventory"];

/// A system that keeps external holdings.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, utoipa::ToSchema)]
#[diesel(table_name = connectors, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Connector {
    /// Its id.
    pub id: ConnectorId,
    /// Its name.
    pub name: String,
    /// Where orders go.
    pub callback_url: String,
    #[serde(skip)]
    sealed_secret: Vec<u8>,
    /// `active`.
    pub state: String,
    /// When it was made.
    pub created_at: Ts,
    /// Its version.
    pub version: i64,
}

/// A new connector with what is shown only once.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CreatedConnector {
    /// Its id.
    pub id: ConnectorId,
    /// Its name.
    pub name: String,
    /// The Standard Webhooks secret that signs orders to it. Shown once.
    pub signing_secret: String,
    /// The key it registers and reports with. Shown once.
    pub api_key: String,
}

/// Makes a connector with its secret and its key.
pub fn create_connector(
    tx: &mut TenantTx<'_>,
    name: &str,
    callback_url: &str,
) -> Result<CreatedConnector, HoldingError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(HoldingError::Invalid("name: 1 to 100 characters".into()));
    }
    outbound::check_form(callback_url).map_err(|e| HoldingError::CallbackUrl(e.to_string()))?;
    let taken: Option<ConnectorId> =
        tx.first(connectors::table, |rows| rows.filter(connectors::name.eq(name.to_owned())).select(connectors::id))?;
    if taken.is_some() {
        return Err(HoldingError::NameTaken);
    }
    let id: ConnectorId = tx.new_id();
    let secret = Secret::generate().map_err(|e| StoreError::Keyring(e.to_string()))?.to_text();
    let connector = Connector {
        id,
        name: name.to_owned(),
        callback_url: callback_url.to_owned(),
        sealed_secret: vault::seal_secret(tx, &SECRET.row(id), secret.as_bytes())?,
        state: "active".into(),
        created_at: tx.now(),
        version: 1,
    };
    tx.add(connectors::table, &connector)?;
    let api_key = new_key(tx, &connector.name, 1, id)?;
    tx.record(Record::of("connectors.create").on("connector", id));
    Ok(CreatedConnector { id, name: connector.name, signing_secret: secret.to_string(), api_key })
}

/// Gives a connector a new secret and a new key. The secret signs from now on; keys that were issued before stay good until
/// they end or are revoked, so that the connector can change over in peace.
pub(super) fn rotate(tx: &mut TenantTx<'_>, id: ConnectorId) -> Result<CreatedConnector, HoldingError> {
    let known = connector(tx, id)?.ok_or(HoldingError::UnknownConnector)?;
    let secret = Secret::generate().map_err(|e| StoreError::Keyring(e.to_string()))?.to_text();
    let sealed = vault::seal_secret(tx, &SECRET.row(id), secret.as_bytes())?;
    tx.change(connectors::table, |rows| {
        diesel::update(rows.filter(connectors::id.eq(id)))
            .set((connectors::sealed_secret.eq(sealed), connectors::version.eq(connectors::version + 1)))
    })?;
    let api_key = new_key(tx, &known.name, known.version + 1, id)?;
    tx.record(Record::of("connectors.rotate").on("connector", id));
    Ok(CreatedConnector { id, name: known.name, signing_secret: secret.to_string(), api_key })
}

/// A key of the connector's own. Live keys have different names, so the second is the connector's second.
fn new_key(tx: &mut TenantTx<'_>, connector: &str, number: i64, id: ConnectorId) -> Result<String, HoldingError> {
    let name: String = connector.chars().take(70).collect();
    let key = NewApiKey {
        name: if number == 1 { name } else { format!("{name} {number}") },
        scopes: SCOPES.iter().map(|s| (*s).to_owned()).collect(),
        expires_at: Ts(*tx.now() + chrono::Duration::days(KEY_DAYS)),
        connector_id: Some(id),
    };
    let (_, token) = api_keys::issue(tx, &key).map_err(|e| HoldingError::Invalid(e.to_string()))?;
    Ok(token.expose().to_owned())
}

/// A connector of this tenant.
pub fn connector(tx: &mut TenantTx<'_>, id: ConnectorId) -> Stored<Option<Connector>> {
    tx.first(connectors::table, |rows| rows.filter(connectors::id.eq(id)).select(Connector::as_select()))
}

/// All connectors: they number in the tens.
pub fn list_connectors(tx: &mut TenantTx<'_>) -> Stored<Vec<Connector>> {
    tx.load(connectors::table, |rows| rows.order(connectors::id).limit(1_000).select(Connector::as_select()))
}

impl Connector {
    /// The secret that signs orders to it.
    pub fn secret(&self, tx: &mut TenantTx<'_>) -> Stored<Secret> {
        let text = vault::open_secret(tx, &SECRET.row(self.id), self.sealed_secret.clone())?;
        let text = String::from_utf8(text).map_err(|_| StoreError::Unreadable("a secret is not text".into()))?;
        Secret::parse(&text).map_err(|e| StoreError::Keyring(e.to_string()))
    }
}

/// Refuses a key that speaks for another connector than the one in the address.
pub fn speaks_for(tx: &TenantTx<'_>, id: ConnectorId) -> Result<(), HoldingError> {
    use crate::platform::caller::Actor;
    match tx.actor() {
        Actor::ApiKey { connector: Some(own), .. } if own.uuid() == id.uuid() => Ok(()),
        Actor::ApiKey { connector: Some(_), .. } => Err(HoldingError::ForeignConnector),
        Actor::ApiKey { connector: None, .. }
        | Actor::Member { .. }
        | Actor::Leaver { .. }
        | Actor::Source(_)
        | Actor::Job(_)
        | Actor::Operator
        | Actor::Anonymous => Ok(()),
    }
}

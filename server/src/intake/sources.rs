//! Where HR events come from: each source has an address and a secret of its own.

use super::error::IntakeError;
use super::event::TEST;
use super::model::Message;
use super::operations::{self, Incoming, Receipt};
use super::store::{self, sources};
use crate::platform::db::{MultiBackend, StoreError, Stored, TenantTx, Ts};
use crate::platform::ids::{Id, MessageId, SourceId};
use crate::platform::keyring::Aad;
use crate::platform::record::Record;
use crate::platform::standard_webhooks::{self, Secret};
use crate::platform::vault;
use chrono::Duration;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};

const SECRET: Aad = Aad::new("sources.secret");
/// How long the secret before the present one is still accepted.
const OVERLAP_HOURS: i64 = 24;

/// The kind of source that files are; there is one of them, under this word.
pub(super) const FILES: &str = "csv";

/// A source of HR events.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, utoipa::ToSchema)]
#[diesel(table_name = sources, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// The last part of its address.
    pub slug: String,
    /// `standard`: Standard Webhooks; `csv`: rows of files that were imported.
    pub kind: String,
    /// Its name.
    pub name: String,
    #[serde(skip)]
    sealed_secret: Vec<u8>,
    #[serde(skip)]
    sealed_previous_secret: Option<Vec<u8>>,
    /// Until when the secret before this one is accepted too.
    pub previous_until: Option<Ts>,
    /// `active`.
    pub state: String,
    /// When it was made.
    pub created_at: Ts,
    /// Its version.
    pub version: i64,
}

/// A new source, with the secret that is shown only once.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CreatedSource {
    /// Its id.
    pub id: SourceId,
    /// The last part of its address.
    pub slug: String,
    /// Where the HR system posts to, below this server's own address.
    pub path: String,
    /// The Standard Webhooks secret. Shown once.
    pub secret: String,
}

/// Makes a source. Its address cannot be guessed, though it is the signature that protects it.
pub fn create_source(tx: &mut TenantTx<'_>, name: &str) -> Result<CreatedSource, IntakeError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(IntakeError::Invalid("name: 1 to 100 characters".into()));
    }
    let id: SourceId = tx.new_id();
    let slug = format!("hr-{}", id.uuid().simple());
    let (secret, sealed_secret) = new_secret(tx, id)?;
    let source = Source {
        id,
        slug: slug.clone(),
        kind: "standard".into(),
        name: name.to_owned(),
        sealed_secret,
        sealed_previous_secret: None,
        previous_until: None,
        state: "active".into(),
        created_at: tx.now(),
        version: 1,
    };
    store::insert_source(tx, &source)?;
    let tenant = tx.tenant();
    tx.as_platform(|p| store::add_route(p, &slug, tenant, id))?;
    tx.record(Record::of("sources.create").on("source", id));
    Ok(CreatedSource { id, path: format!("/hooks/{slug}"), slug, secret })
}

/// Where messages come from that were rows of a file: made with the first import. It has no address, so nobody posts to it.
pub(super) fn of_files(tx: &mut TenantTx<'_>) -> Result<SourceId, IntakeError> {
    if let Some(known) = store::file_source(tx)? {
        return Ok(known);
    }
    let id: SourceId = tx.new_id();
    let source = Source {
        id,
        slug: FILES.into(),
        kind: FILES.into(),
        name: "CSV".into(),
        sealed_secret: new_secret(tx, id)?.1,
        sealed_previous_secret: None,
        previous_until: None,
        state: "active".into(),
        created_at: tx.now(),
        version: 1,
    };
    store::insert_source(tx, &source)?;
    Ok(id)
}

/// Gives a source a new secret; the old one is accepted for a day, so that the HR system can change over in peace.
pub(super) fn rotate(tx: &mut TenantTx<'_>, id: SourceId) -> Result<CreatedSource, IntakeError> {
    let source = store::find_source(tx, id)?.ok_or(IntakeError::UnknownSource)?;
    let (secret, sealed) = new_secret(tx, id)?;
    let until = Ts(*tx.now() + Duration::hours(OVERLAP_HOURS));
    store::rotate_secret(tx, id, sealed, source.sealed_secret, until)?;
    tx.record(Record::of("sources.rotate").on("source", id));
    Ok(CreatedSource { id, path: format!("/hooks/{}", source.slug), slug: source.slug, secret })
}

fn new_secret(tx: &mut TenantTx<'_>, id: SourceId) -> Stored<(String, Vec<u8>)> {
    let secret = Secret::generate().map_err(|e| StoreError::Keyring(e.to_string()))?.to_text();
    let sealed = vault::seal_secret(tx, &SECRET.row(id), secret.as_bytes())?;
    Ok((secret.to_string(), sealed))
}

/// Has a source say that the way is open: a message signed with its present secret, taken in like any other.
///
/// # Errors
/// Whatever the receipt of a real message could be refused for.
pub(super) fn test(tx: &mut TenantTx<'_>, id: SourceId) -> Result<Receipt, IntakeError> {
    let source = store::find_source(tx, id)?.ok_or(IntakeError::UnknownSource)?;
    let secret = source.secrets(tx)?.into_iter().take(1).collect::<Vec<_>>();
    let (message, now) = (format!("test_{}", tx.new_id::<MessageId>()), tx.now());
    let body = serde_json::json!({ "type": TEST, "timestamp": now, "data": {} }).to_string().into_bytes();
    let signature = standard_webhooks::sign(&secret, &message, now.timestamp(), &body)?;
    let incoming = Incoming { id: message, timestamp: now.timestamp().to_string(), signature, body };
    tx.record(Record::of("sources.test").on("source", id));
    operations::receive(tx, id, &incoming)
}

/// How a source is doing.
#[derive(Debug, Clone)]
pub struct SourceStatus {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Where it posts to, below this server's own address.
    pub path: String,
    /// The last message whose signature was right.
    pub last: Option<Message>,
}

/// How each source is doing.
pub fn statuses(tx: &mut TenantTx<'_>) -> Stored<Vec<SourceStatus>> {
    let mut all = Vec::new();
    for source in store::list_sources(tx)? {
        let last = store::newest_of(tx, source.id)?;
        all.push(SourceStatus { id: source.id, path: format!("/hooks/{}", source.slug), name: source.name, last });
    }
    Ok(all)
}

impl Source {
    /// The secrets that may have signed a message now, the present one first.
    pub(super) fn secrets(&self, tx: &mut TenantTx<'_>) -> Stored<Vec<Secret>> {
        let previous = match (&self.sealed_previous_secret, self.previous_until) {
            (Some(sealed), Some(until)) if until > tx.now() => Some(sealed.clone()),
            (Some(_), Some(_)) | (Some(_), None) | (None, _) => None,
        };
        let mut secrets = Vec::with_capacity(2);
        for sealed in std::iter::once(self.sealed_secret.clone()).chain(previous) {
            let text = vault::open_secret(tx, &SECRET.row(self.id), sealed)?;
            let text = String::from_utf8(text).map_err(|_| StoreError::Unreadable("a secret is not text".into()))?;
            secrets.push(Secret::parse(&text).map_err(|e| StoreError::Keyring(e.to_string()))?);
        }
        Ok(secrets)
    }
}

//! Who signs a tenant's ledger: one key in use, made with the ledger itself and sealed under the tenant's key; retired
//! ones stay listed, because what they signed stays to be verified.

use super::store;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, StoreError, Stored, TenantTx, Ts};
use crate::platform::record::Record;
use crate::platform::vault::{self, Place};
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::ledger::checkpoint::origin_of;
use policy_model::ledger::{KeyError, SignerKey, VerifierKey};
use rand::TryRng;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

tenant_table! {
    ledger_keys (key_id) {
        key_id -> Text, sealed_private -> Binary, verifier -> Text, created_at -> SqlTs, retired_at -> Nullable<SqlTs>,
    }
}

const PRIVATE: Place = Place::new("ledger_keys.private");

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_keys, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
struct KeyRow {
    key_id: String,
    sealed_private: Vec<u8>,
    verifier: String,
    created_at: Ts,
    retired_at: Option<Ts>,
}

/// Makes a key and puts it into use.
pub(super) fn make(tx: &mut TenantTx<'_>) -> Stored<VerifierKey> {
    let mut secret = Zeroizing::new([0_u8; 32]);
    SysRng.try_fill_bytes(secret.as_mut()).map_err(|e| StoreError::Keyring(e.to_string()))?;
    let verifier = signer_of(tx, &secret)?.verifier().clone();
    let row = KeyRow {
        key_id: id_of(&verifier),
        sealed_private: vault::seal_secret(tx, &PRIVATE, secret.as_ref())?,
        verifier: verifier.to_string(),
        created_at: tx.now(),
        retired_at: None,
    };
    tx.add(ledger_keys::table, &row)?;
    Ok(verifier)
}

/// Retires the key in use and makes another. What was signed stays to be verified by the old one. The record of it is
/// the last that the old key may sign and the first that the new one surely does.
pub fn rotate(tx: &mut TenantTx<'_>) -> Stored<String> {
    // The lock keeps two rotations, or a rotation and a seal, from crossing.
    store::take_places(tx, 0)?;
    let now = tx.now();
    tx.change(ledger_keys::table, |rows| {
        diesel::update(rows.filter(ledger_keys::retired_at.is_null())).set(ledger_keys::retired_at.eq(Some(now)))
    })?;
    let verifier = make(tx)?;
    tx.record(Record::of("ledger.rotate").on("ledger_key", id_of(&verifier)));
    Ok(verifier.to_string())
}

/// The key in use.
pub(super) fn signer(tx: &mut TenantTx<'_>) -> Stored<SignerKey> {
    let row: Option<KeyRow> = tx.first(ledger_keys::table, |rows| {
        rows.filter(ledger_keys::retired_at.is_null()).order(ledger_keys::created_at.desc()).select(KeyRow::as_select())
    })?;
    open(tx, row.ok_or_else(|| StoreError::Keyring("the ledger has no key in use".into()))?)
}

/// The key that signed a checkpoint: what is exported under it is ended by the same key, though it may have been retired in
/// between.
pub(super) fn signer_of_checkpoint(tx: &mut TenantTx<'_>, key_id: &str) -> Stored<SignerKey> {
    let id = key_id.to_owned();
    let row: Option<KeyRow> =
        tx.first(ledger_keys::table, |rows| rows.filter(ledger_keys::key_id.eq(id)).select(KeyRow::as_select()))?;
    open(tx, row.ok_or_else(|| StoreError::Keyring(format!("the ledger has no key {key_id}")))?)
}

fn open(tx: &mut TenantTx<'_>, row: KeyRow) -> Stored<SignerKey> {
    let secret = Zeroizing::new(vault::open_secret(tx, &PRIVATE, row.sealed_private)?);
    let secret: &[u8; 32] = secret
        .as_slice()
        .try_into()
        .map_err(|_| StoreError::Unreadable(format!("the key {} is not of 32 bytes", row.key_id)))?;
    signer_of(tx, secret)
}

/// The public part of a key, whether in use or retired.
pub(super) fn verifier(tx: &mut TenantTx<'_>, key_id: &str) -> Stored<VerifierKey> {
    let id = key_id.to_owned();
    let text: Option<String> =
        tx.first(ledger_keys::table, |rows| rows.filter(ledger_keys::key_id.eq(id)).select(ledger_keys::verifier))?;
    let text = text.ok_or_else(|| StoreError::Keyring(format!("the ledger has no key {key_id}")))?;
    text.parse().map_err(|e: KeyError| StoreError::Unreadable(e.to_string()))
}

/// All public keys that ever signed, the one in use first. At most 1,000.
pub(super) fn verifiers(tx: &mut TenantTx<'_>) -> Stored<Vec<String>> {
    tx.load(ledger_keys::table, |rows| {
        rows.order(ledger_keys::created_at.desc()).limit(1_000).select(ledger_keys::verifier)
    })
}

/// The id of C2SP, by which rows name keys.
pub(super) fn id_of(key: &VerifierKey) -> String {
    format!("{:08x}", u32::from_be_bytes(key.id()))
}

fn signer_of(tx: &TenantTx<'_>, secret: &[u8; 32]) -> Stored<SignerKey> {
    let origin = origin_of(&tx.tenant().to_string());
    SignerKey::new(&origin, secret).map_err(|e| StoreError::Keyring(e.to_string()))
}

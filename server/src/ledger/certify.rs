//! The certificate of a case: a summary, and the records it rests on, each with its proof under one checkpoint. The last
//! of them is the record that seals the summary, so it can only be put together after that record has committed: the
//! case's transaction leaves the record and a job does the rest.

use super::error::missing_nodes;
use super::model::{CheckpointRow, SealedRecord};
use super::search::Kind;
use super::{KeepCertificate, keys, nodes, seal, store};
use crate::platform::db::{StoreError, Stored, TenantTx};
use crate::platform::ids::DepartureId;
use crate::platform::jobs::{JobError, Registry, Step};
use crate::platform::record::Record;
use policy_model::ledger::{BlockedNodes, CERTIFICATE_HASH, CERTIFY, CertificateBuilder, Opened, certificate_hash};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The job's kind.
const CERTIFICATE: &str = "ledger.certify";
/// Records a certificate holds at most, the one that seals it included. Of more, the oldest; an export has them all.
const MOST_RECORDS: usize = 2_000;
/// Places looked through for them.
const MOST_PLACES: i64 = 50_000;
/// Certificates of one case looked through for the right one.
const MOST_CERTIFICATES: i64 = 100;

/// What is certified.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Case {
    /// Which departure.
    pub departure: DepartureId,
    /// What else its records are on or rest on: instructions, orders.
    pub objects: Vec<String>,
}

/// What the job still has to do.
#[derive(Debug, Serialize, Deserialize)]
struct Pending {
    case: Case,
    certificate: Value,
}

/// Seals a certificate: leaves the record with its hash now, and has the document put together and kept as soon as this
/// transaction has committed.
pub fn certify(tx: &mut TenantTx<'_>, case: Case, certificate: Value) -> Stored<()> {
    let hash = certificate_hash(&certificate).to_string();
    tx.record(Record::of(CERTIFY).on("departure", case.departure).with(CERTIFICATE_HASH, hash.clone()));
    // By the hash too: a second certificate of the same case is work of its own.
    let (now, key) = (tx.now(), format!("{} {hash}", case.departure));
    tx.run_at(now, CERTIFICATE, &key, &serde_json::to_value(Pending { case, certificate })?)
}

/// The job that puts certificates together.
pub(super) fn register(registry: &mut Registry, keep: KeepCertificate) {
    registry.inside(CERTIFICATE, move |tx, cursor| step(tx, cursor, keep));
}

pub(super) fn step(tx: &mut TenantTx<'_>, cursor: &Value, keep: KeepCertificate) -> Result<Step, JobError> {
    let pending = Pending::deserialize(cursor).map_err(|e| JobError::of(e.to_string()))?;
    let sealing = sealing_record(tx, &pending)?;
    match store::latest_checkpoint(tx)?.filter(|checkpoint| checkpoint.size > sealing.seq) {
        None => {
            // In a step of its own, so that the ledger is not locked while the document is written.
            seal::seal_now(tx)?;
            Ok(Step::Again(cursor.clone()))
        }
        Some(checkpoint) => {
            let document = document(tx, &pending, sealing, &checkpoint)?;
            keep(tx, pending.case.departure, &document)?;
            Ok(Step::Done)
        }
    }
}

/// The record that seals this certificate.
fn sealing_record(tx: &mut TenantTx<'_>, Pending { case, certificate }: &Pending) -> Stored<SealedRecord> {
    let hash = Value::from(certificate_hash(certificate).to_string());
    for record in store::latest_of(tx, CERTIFY, &case.departure.to_string(), MOST_CERTIFICATES)? {
        if record.open()?.detail.get(CERTIFICATE_HASH) == Some(&hash) {
            return Ok(record);
        }
    }
    Err(StoreError::Unreadable(format!("no record seals the certificate of departure {}", case.departure)))
}

/// The document, byte for byte as it has to be kept.
fn document(
    tx: &mut TenantTx<'_>,
    Pending { case, certificate }: &Pending,
    sealing: SealedRecord,
    checkpoint: &CheckpointRow,
) -> Stored<String> {
    let unreadable = |e: &dyn std::error::Error| StoreError::Unreadable(e.to_string());
    let size = store::unsigned(checkpoint.size)?;
    let verifier = keys::verifier(tx, &checkpoint.key_id)?;
    let mut builder = CertificateBuilder::new(&verifier, &checkpoint.note).map_err(|e| unreadable(&e))?;
    let records = records_of(tx, case, sealing)?;
    let roots = nodes::block_roots(tx, size)?;
    let mut nodes = BlockedNodes::new(&roots, size, |block| nodes::leaves(tx, size, block));
    for record in records {
        // Texts about persons stay closed: a certificate is passed on to others.
        builder
            .record(&record.body, Opened::new(), |span| nodes.node(span).map_err(missing_nodes))
            .map_err(|e| unreadable(&e))?;
    }
    builder.finish(certificate).map_err(StoreError::from)
}

/// The records of a case, oldest first, and last the one that seals its certificate.
fn records_of(tx: &mut TenantTx<'_>, case: &Case, sealing: SealedRecord) -> Stored<Vec<SealedRecord>> {
    let mut things = case.objects.clone();
    things.push(case.departure.to_string());
    let mut places = store::places_of(tx, (Kind::Object, &things), sealing.seq, MOST_PLACES)?;
    places.extend(store::places_of(tx, (Kind::Instruction, &things), sealing.seq, MOST_PLACES)?);
    places.sort_unstable();
    places.dedup();
    places.truncate(MOST_RECORDS - 1);
    let mut records = store::at_places(tx, places)?;
    records.push(sealing);
    Ok(records)
}

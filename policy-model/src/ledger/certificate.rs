//! The certificate of a departure: a summary for people, and the records that prove it, in one JSON document.
//!
//! ```text
//! {"kind":"tenure.certificate/1","certificate":{…},"key":…,"checkpoint":…,"records":[{"record":{…},"path":[…]},…]}
//! ```
//!
//! The last record is the one that sealed it: its act is `departures.certify`, its detail holds the summary's hash. So
//! the summary is as unchangeable as the ledger, though it is no part of it. Unlike an export it is small, and is held
//! in memory whole. What always holds: no byte of the document is outside of a hash, a signature or its one form.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::checkpoint::{Checkpoint, CheckpointError, tenant_of};
use super::export::{ExportError, HeaderError, Range};
use super::finding::{Fault, Verified, VerifiedKind};
use super::line::{RecordLine, RecordView, opened_json};
use super::note::VerifierKey;
use super::path::{PathReader, PathWriter};
use super::record::{Opened, RecordBody};
use super::tree::{Hash, Span};
use super::verify::{Texts, check_content, exactly, is_trusted, prove};

/// The act of the record that seals a certificate.
pub const CERTIFY: &str = "departures.certify";

/// The member of that record's detail that holds the certificate's hash.
pub const CERTIFICATE_HASH: &str = "certificate_sha256";

/// The hash of a certificate, for the record that seals it: SHA-256 of its canonical JSON.
pub fn certificate_hash(certificate: &Value) -> Hash {
    Hash::of(&[canonical(certificate).as_bytes()])
}

fn canonical(value: &Value) -> String {
    // Values have text keys and finite numbers: RFC 8785 covers them all.
    serde_json_canonicalizer::to_string(value).unwrap_or_default()
}

/// A certificate with all that proves it, as one JSON document on one line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateDocument {
    kind: CertificateKind,
    certificate: Box<RawValue>,
    key: String,
    checkpoint: String,
    records: Vec<CertificateRecord>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum CertificateKind {
    #[serde(rename = "tenure.certificate/1")]
    V1,
}

/// A record of a certificate.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateRecord {
    record: Box<RawValue>,
    path: Vec<Hash>,
    #[serde(default, skip_serializing_if = "Opened::is_empty")]
    opened: Opened,
}

/// Collects a departure's certificate.
#[derive(Debug)]
pub struct CertificateBuilder {
    key: VerifierKey,
    note: String,
    paths: PathWriter,
    records: Vec<CertificateRecord>,
}

impl CertificateBuilder {
    /// A certificate under the checkpoint of a signed note.
    pub fn new(key: &VerifierKey, note: &str) -> Result<Self, CheckpointError> {
        let paths = PathWriter::new(Checkpoint::verify(note, key)?.size);
        Ok(Self { key: key.clone(), note: note.to_owned(), paths, records: Vec::new() })
    }

    /// Adds a record, in ascending order; the last must be the one that certifies (`CERTIFY`, `CERTIFICATE_HASH`).
    pub fn record<E>(
        &mut self,
        sealed: &str,
        opened: Opened,
        nodes: impl FnMut(Span) -> Result<Hash, E>,
    ) -> Result<(), ExportError<E>> {
        let not_a_record = |error: serde_json::Error| ExportError::NotARecord(error.to_string());
        let view: RecordView<'_> = serde_json::from_str(sealed).map_err(not_a_record)?;
        let path = self.paths.path(view.seq, nodes).map_err(ExportError::Path)?;
        let record = RawValue::from_string(sealed.to_owned()).map_err(not_a_record)?;
        self.records.push(CertificateRecord { record, path, opened });
        Ok(())
    }

    /// The whole document, its line end included.
    pub fn finish(self, certificate: &Value) -> Result<String, serde_json::Error> {
        let document = CertificateDocument {
            kind: CertificateKind::V1,
            certificate: RawValue::from_string(canonical(certificate))?,
            key: self.key.to_string(),
            checkpoint: self.note,
            records: self.records,
        };
        Ok(serde_json::to_string(&document)? + "\n")
    }
}

/// Verifies a certificate: its records like those of an export, and the summary by the last of them.
pub(super) fn verify(document: &[u8], trusted: Option<&VerifierKey>) -> Result<Verified, (Fault, Option<u64>)> {
    let malformed = |why: String| (Fault::Malformed(format!("the certificate: {why}")), None);
    let document: CertificateDocument = exactly(document).map_err(malformed)?;
    let header = |error| (Fault::Header(error), None);
    let key: VerifierKey = document.key.parse().map_err(|error| header(HeaderError::Key(error)))?;
    let checkpoint =
        Checkpoint::verify(&document.checkpoint, &key).map_err(|error| header(HeaderError::Checkpoint(error)))?;
    let key_is_trusted = is_trusted(&key, trusted).map_err(|fault| (fault, None))?;
    let tenant = tenant_of(&checkpoint.origin).unwrap_or_default().to_owned();

    let mut proofs = PathReader::new(checkpoint.size, checkpoint.root);
    let mut texts = Texts::default();
    let mut first = None;
    for (place, CertificateRecord { record, path, opened }) in document.records.iter().enumerate() {
        let view = serde_json::from_str(record.get()).map_err(|error| malformed(error.to_string()))?;
        let opened = opened_json(opened);
        let line = RecordLine::new(record.get().as_bytes(), view, path.clone(), &opened);
        let seq = Some(line.view.seq);
        first = first.or(seq);
        prove(&mut proofs, &line).map_err(|suspect| match earliest(&document.records[place..]) {
            Some(earlier) if earlier < line.view.seq => (Fault::Reordered { found: line.view.seq }, Some(earlier)),
            _ => (suspect.alone(), seq),
        })?;
        check_content(&line, &tenant, &mut texts).map_err(|fault| (fault, seq))?;
    }
    let seals = document.records.last().is_some_and(|last| seals(last.record.get(), document.certificate.get()));
    if !seals {
        return Err((Fault::Certificate, None));
    }
    Ok(Verified {
        kind: VerifiedKind::Certificate,
        tenant,
        records: document.records.len() as u64,
        range: Range { from: first.unwrap_or_default(), to: proofs.next() },
        size: checkpoint.size,
        root: checkpoint.root,
        time: checkpoint.time,
        key_fingerprint: key.fingerprint(),
        key_is_trusted,
        complete: false,
        filter: None,
        opened: texts.opened,
        forgotten: texts.closed,
        redacted: texts.redacted,
    })
}

/// The least number among records that came late: the proof of each needs the hashes that those before it brought.
fn earliest(records: &[CertificateRecord]) -> Option<u64> {
    let number = |one: &CertificateRecord| serde_json::from_str::<RecordView<'_>>(one.record.get()).ok().map(|v| v.seq);
    records.iter().filter_map(number).min()
}

/// Whether this record sealed this certificate, whose text has to be canonical.
fn seals(record: &str, certificate: &str) -> bool {
    let Ok(body) = serde_json::from_str::<RecordBody>(record) else { return false };
    let Ok(value) = serde_json::from_str::<Value>(certificate) else { return false };
    let sealed = body.detail.get(CERTIFICATE_HASH).and_then(Value::as_str);
    let hash = certificate_hash(&value);
    body.act == CERTIFY && sealed == Some(hash.to_string().as_str()) && hash == Hash::of(&[certificate.as_bytes()])
}

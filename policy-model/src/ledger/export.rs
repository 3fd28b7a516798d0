//! What a tenant's ledger looks like outside: an export as NDJSON or as CSV.
//!
//! ```text
//! {"kind":"tenure.ledger/1","tenant":…,"key":…,"checkpoint":…,"range":{"from":0,"to":3},"filter":null,"generated_at":…}
//! {"record":{…},"path":["…","…"]}
//! {"record":{…},"path":[],"opened":{"note":{"salt":"…","text":"…"}}}
//! {"end":{"records":2,"header":"…"}}
//! ```
//!
//! Every record carries its own proof, so nothing has to be whole in memory, here or there. The end line makes a cut
//! file noticed, and binds the header, part of which (filter, time) no signature covers: that part is what the
//! exporter said, and its hash guards it against accidents, not against a forger.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canonical::instant;
use super::checkpoint::{Checkpoint, CheckpointError, KeyError, VerifierKey, origin_of};
use super::csv::heading;
use super::line::{Format, RecordLine, RecordView, opened_json, write_frame};
use super::path::{PathError, PathWriter};
use super::record::Opened;
use super::tree::{Hash, Span};

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    kind: LedgerKind,
    /// Whose ledger.
    pub tenant: String,
    /// The key that signed the checkpoint, as a vkey.
    pub key: String,
    /// The signed note.
    pub checkpoint: String,
    /// Which records the export is about.
    pub range: Range,
    /// Which of these were chosen; null means all of them. In the words of whoever exported.
    pub filter: Option<Value>,
    /// When the export was made.
    #[serde(with = "instant")]
    pub generated_at: DateTime<Utc>,
}

/// The one form of an export there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum LedgerKind {
    #[serde(rename = "tenure.ledger/1")]
    V1,
}

/// Records by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The first.
    pub from: u64,
    /// The one after the last.
    pub to: u64,
}

impl Header {
    /// The header of an export of all records in `range`, under the checkpoint of a signed note.
    pub fn new(tenant: &str, key: &VerifierKey, note: &str, range: Range, generated_at: DateTime<Utc>) -> Self {
        let (tenant, key, checkpoint) = (tenant.to_owned(), key.to_string(), note.to_owned());
        Self { kind: LedgerKind::V1, tenant, key, checkpoint, range, filter: None, generated_at }
    }

    /// The same of some records only.
    pub fn filtered(self, filter: Value) -> Self {
        Self { filter: Some(filter), ..self }
    }

    /// The key and the checkpoint, once they fit each other, the tenant and the range. Whether to trust the key is
    /// another question.
    pub fn open(&self) -> Result<(VerifierKey, Checkpoint), HeaderError> {
        let key: VerifierKey = self.key.parse()?;
        let checkpoint = Checkpoint::verify(&self.checkpoint, &key)?;
        if checkpoint.origin != origin_of(&self.tenant) {
            return Err(HeaderError::OtherTenant { tenant: self.tenant.clone(), origin: checkpoint.origin });
        }
        let Range { from, to } = self.range;
        if from > to || to > checkpoint.size {
            return Err(HeaderError::Range { from, to, size: checkpoint.size });
        }
        Ok((key, checkpoint))
    }
}

/// What a header or a certificate states does not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The checkpoint does not hold.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is of another tenant's ledger.
    #[error("the export says tenant {tenant}, the checkpoint is of {origin}")]
    OtherTenant {
        /// As the header has it.
        tenant: String,
        /// As the checkpoint has it.
        origin: String,
    },
    /// The range is not within the checkpoint.
    #[error("records {from} to {to} are not within the {size} that the checkpoint covers")]
    Range {
        /// The first record.
        from: u64,
        /// The one after the last.
        to: u64,
        /// Records under the checkpoint.
        size: u64,
    },
}

/// The last line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ending {
    pub end: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    pub records: u64,
    /// The hash of the header's JSON.
    pub header: Hash,
}

/// Writes an export record by record; holds no more than one line and the way through the tree.
#[derive(Debug)]
pub struct ExportWriter<W> {
    out: W,
    format: Format,
    paths: PathWriter,
    header: Hash,
    records: u64,
    line: Vec<u8>,
}

/// An export could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ExportError<E> {
    /// The writer failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The bytes given are not those of a record.
    #[error("this is not the canonical body of a record: {0}")]
    NotARecord(String),
    /// The record's path could not be had.
    #[error(transparent)]
    Path(PathError<E>),
}

impl<W: Write> ExportWriter<W> {
    /// Writes the header. One that its own checkpoint contradicts is refused as invalid input.
    pub fn begin(mut out: W, format: Format, header: &Header) -> io::Result<Self> {
        let (_, checkpoint) = header.open().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let json = serde_json::to_vec(header)?;
        let mut line = Vec::with_capacity(1_024);
        if format == Format::Csv {
            line.extend_from_slice(heading().as_bytes());
        }
        write_frame(format, "ledger", &json, &mut line);
        out.write_all(&line)?;
        Ok(Self { out, format, paths: PathWriter::new(checkpoint.size), header: Hash::of(&[&json]), records: 0, line })
    }

    /// Writes the next record, in ascending order: its sealed bytes, and what of its personal texts can be opened.
    /// `nodes` gives the tree's hashes (`BlockedNodes::node`).
    pub fn record<E>(
        &mut self,
        sealed: &str,
        opened: &Opened,
        nodes: impl FnMut(Span) -> Result<Hash, E>,
    ) -> Result<(), ExportError<E>> {
        if sealed.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(ExportError::NotARecord("it has line ends or other control characters".into()));
        }
        let view: RecordView<'_> =
            serde_json::from_str(sealed).map_err(|error| ExportError::NotARecord(error.to_string()))?;
        let path = self.paths.path(view.seq, nodes).map_err(ExportError::Path)?;
        self.line.clear();
        RecordLine::new(sealed.as_bytes(), view, path, &opened_json(opened)).write(self.format, &mut self.line);
        self.out.write_all(&self.line)?;
        self.records += 1;
        Ok(())
    }

    /// Writes the end and gives the writer back. An export that was dropped before has no end, and says so by that.
    pub fn finish(mut self) -> io::Result<W> {
        let ending = Ending { end: End { records: self.records, header: self.header } };
        self.line.clear();
        write_frame(self.format, "end", &serde_json::to_vec(&ending)?, &mut self.line);
        self.out.write_all(&self.line)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

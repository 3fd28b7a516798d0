//! What a tenant's ledger looks like outside: an export as NDJSON or as CSV.
//!
//! ```text
//! {"kind":"tenure.ledger/1","tenant":…,"key":…,"checkpoint":…,"range":{"from":0,"to":3},"filter":null,"generated_at":…}
//! {"record":{…},"path":["…","…"]}
//! {"record":{…},"path":[],"opened":{"note":{"salt":"…","text":"…"}}}
//! {"end":"tenure.export-end/1\nrecords 2\nheader …\nleaves …\nopened 1\n\n— tenure/… …\n"}
//! ```
//!
//! Every record carries its own proof, so nothing has to be whole in memory, here or there. That none was left out, and
//! what the filter was, the records cannot prove: it is what the ledger's key says at the end. The end is a signed note
//! over the header, the number of records, the hash of their leaves and the number of texts that were opened, so a file
//! of chosen records can no more be cut or changed than a whole one. An opened text may be taken out of a copy that goes
//! on to somebody else: the records still prove, and the reader is told that it was there.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::canonical::instant;
use super::checkpoint::{Checkpoint, CheckpointError, origin_of};
use super::csv::heading;
use super::line::{Format, RecordLine, RecordView, opened_json, write_frame};
use super::note::{KeyError, NoteError, SignerKey, VerifierKey};
use super::path::{PathError, PathWriter};
use super::record::Opened;
use super::tree::{Hash, Span};
use super::verify::exactly;

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
    /// Which of these were chosen; null means all of them.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ending {
    /// The signed note.
    end: String,
}

/// What an export comes to, for its writer and for its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    pub records: u64,
    /// The hash of the header's JSON.
    pub header: Hash,
    /// The hash over the hashes of the records' leaves, in their order.
    pub leaves: Hash,
    /// Personal texts that were opened. Which ones need not be said: each proves by its record's commitment.
    pub opened: u64,
}

/// The first line of the signed text. No ledger has this origin, so the note is never taken for a checkpoint.
const END_KIND: &str = "tenure.export-end/1";

/// Why an end is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndError {
    /// The note does not hold.
    #[error("the end does not hold: {0}")]
    Note(#[from] NoteError),
    /// What is signed is no end.
    #[error("the end is not of the form of one")]
    Malformed,
}

impl End {
    /// The JSON of the last line.
    fn to_json(&self, key: &SignerKey) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&Ending { end: key.sign(&self.text()) })
    }

    /// What the JSON of the last line says, once the key that signed the checkpoint has verified it.
    pub fn open(json: &[u8], key: &VerifierKey) -> Result<Self, EndError> {
        let Ending { end } = exactly(json).map_err(|_| EndError::Malformed)?;
        let text = key.open(&end)?;
        let mut lines = text.lines();
        let mut value = |label: &str| lines.next()?.strip_prefix(label);
        let end = (|| {
            value(END_KIND)?;
            Some(Self {
                records: value("records ")?.parse().ok()?,
                header: value("header ")?.parse().ok()?,
                leaves: value("leaves ")?.parse().ok()?,
                opened: value("opened ")?.parse().ok()?,
            })
        })();
        end.filter(|end| end.text() == text).ok_or(EndError::Malformed)
    }

    fn text(&self) -> String {
        let Self { records, header, leaves, opened } = self;
        format!("{END_KIND}\nrecords {records}\nheader {header}\nleaves {leaves}\nopened {opened}\n")
    }
}

/// Counts what goes by, on either side.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    records: u64,
    leaves: Sha256,
    /// Personal texts that are readable.
    pub opened: u64,
}

impl Tally {
    /// Takes in a record.
    pub fn add(&mut self, leaf: &Hash) {
        self.records += 1;
        self.leaves.update(leaf.as_bytes());
    }

    /// Records so far.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// What an export under this header that ended here would come to.
    pub fn end(&self, header: Hash) -> End {
        let leaves: [u8; 32] = self.leaves.clone().finalize().into();
        End { records: self.records, header, leaves: leaves.into(), opened: self.opened }
    }
}

/// Writes an export record by record; holds no more than one line and the way through the tree.
#[derive(Debug)]
pub struct ExportWriter<'a, W> {
    out: W,
    format: Format,
    paths: PathWriter,
    header: Hash,
    key: &'a SignerKey,
    tally: Tally,
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

impl<'a, W: Write> ExportWriter<'a, W> {
    /// Writes the header. One that its own checkpoint contradicts is refused as invalid input, and so is one that
    /// names another key than the end will be signed with.
    pub fn begin(mut out: W, format: Format, header: &Header, key: &'a SignerKey) -> io::Result<Self> {
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let (named, checkpoint) = header.open().map_err(invalid)?;
        if named != *key.verifier() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the header names another key than signs the end"));
        }
        let json = serde_json::to_vec(header)?;
        let mut line = Vec::with_capacity(1_024);
        if format == Format::Csv {
            line.extend_from_slice(heading().as_bytes());
        }
        write_frame(format, "ledger", &json, &mut line);
        out.write_all(&line)?;
        let (paths, header) = (PathWriter::new(checkpoint.size), Hash::of(&[&json]));
        Ok(Self { out, format, paths, header, key, tally: Tally::default(), line })
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
        self.tally.add(&Hash::leaf(sealed.as_bytes()));
        self.tally.opened += opened.len() as u64;
        Ok(())
    }

    /// Writes the signed end and gives the writer back. An export that was dropped before has no end, and says so by that.
    pub fn finish(mut self) -> io::Result<W> {
        let end = self.tally.end(self.header).to_json(self.key)?;
        self.line.clear();
        write_frame(self.format, "end", &end, &mut self.line);
        self.out.write_all(&self.line)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

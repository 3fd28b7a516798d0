//! Reads an export or a certificate and says whether everything in it is as it was sealed — offline, in one pass, in
//! the memory of its longest line.
//!
//! The first thing that does not hold ends the reading. Then, and only then, the rest of the file is skimmed for
//! numbers: whether the record expected comes later, whether the one found comes again, how many there are. That tells
//! a removed record from a moved or an inserted one (`diagnosis`). What always holds: no input makes it panic, and a
//! file is never called good because something could not be understood.

use std::io::{BufRead, Read};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::certificate;
use super::checkpoint::Checkpoint;
use super::csv::{BYTE_ORDER_MARK, Cells, heading};
use super::diagnosis::{Aftermath, Place, Suspect};
use super::export::{End, Header, Range, Tally};
use super::finding::{Fault, Finding, Verified, VerifiedKind};
use super::line::{Format, Line, RecordLine, read};
use super::note::VerifierKey;
use super::path::PathReader;
use super::record::{Opened, PersonalText};
use super::tree::Hash;

/// A line longer than this is none of ours: records are a few hundred bytes, certificates some hundred records.
const LONGEST_LINE: u64 = 64 << 20;

/// Verifies a file of any of the three forms. Without a trusted key it shows that the file agrees with the key inside
/// it; but a forger could have put in, and signed with, a key of his own. `Verified::key_is_trusted` says which it was.
pub fn verify(reader: impl BufRead, trusted: Option<&VerifierKey>) -> Result<Verified, Finding> {
    let mut lines = Lines { reader, line: Vec::new(), number: 0 };
    if !lines.advance()? {
        return Err(lines.finding(Fault::Malformed("the file is empty".into()), None));
    }
    if lines.line.starts_with(b"{\"kind\":\"tenure.certificate/") {
        let verified = certificate::verify(&lines.line, trusted).map_err(|(fault, seq)| lines.finding(fault, seq))?;
        return lines.ends().map(|()| verified);
    }
    let format = if lines.line.starts_with(BYTE_ORDER_MARK.as_bytes()) { Format::Csv } else { Format::Ndjson };
    if format == Format::Csv && (lines.line != heading().trim_end().as_bytes() || !lines.advance()?) {
        return Err(lines.finding(Fault::Malformed("the columns are not those of an export".into()), None));
    }
    let mut cells = Cells::default();
    let audit = match read(format, &lines.line, &mut cells) {
        Ok(Line::Header(json)) => Audit::begin(json, trusted),
        Ok(Line::Record(_) | Line::End(_)) => Err(Fault::Malformed("the header is missing".into())),
        Err(why) => Err(Fault::Malformed(why.into())),
    };
    let audit = audit.map_err(|fault| lines.finding(fault, None))?;
    export(lines, format, audit)
}

/// Verifies the lines after the header.
fn export(mut lines: Lines<impl BufRead>, format: Format, mut audit: Audit) -> Result<Verified, Finding> {
    let mut cells = Cells::default();
    while lines.advance()? {
        let suspect = match read(format, &lines.line, &mut cells) {
            Ok(Line::Record(line)) => match audit.record(&line) {
                Ok(()) => match line.altered_column() {
                    None => continue,
                    Some(column) => Suspect::clear(Fault::Column(column), Some(line.view.seq)),
                },
                Err(suspect) => suspect,
            },
            Ok(Line::End(json)) => {
                audit.end(json).map_err(|(fault, seq)| lines.finding(fault, seq))?;
                lines.ends()?;
                return Ok(audit.verified(format));
            }
            Ok(Line::Header(_)) => Suspect::clear(Fault::Malformed("a second header".into()), audit.expected()),
            Err(why) => Suspect::clear(Fault::Malformed(why.into()), audit.expected()),
        };
        return Err(audit.diagnose(suspect, lines, format));
    }
    Err(lines.finding(Fault::Truncated, audit.expected()))
}

/// How far the verification of an export has come.
struct Audit {
    header: Header,
    header_hash: Hash,
    checkpoint: Checkpoint,
    key: VerifierKey,
    key_is_trusted: bool,
    proofs: PathReader,
    tally: Tally,
    texts: Texts,
}

/// Personal texts met on the way.
#[derive(Default)]
pub(super) struct Texts {
    pub opened: u64,
    pub closed: u64,
    /// Of the closed ones, those that this export had opened.
    pub redacted: u64,
}

impl Audit {
    fn begin(json: &[u8], trusted: Option<&VerifierKey>) -> Result<Self, Fault> {
        let header: Header = exactly(json).map_err(|why| Fault::Malformed(format!("the header: {why}")))?;
        let (key, checkpoint) = header.open().map_err(Fault::Header)?;
        let key_is_trusted = is_trusted(&key, trusted)?;
        let proofs = PathReader::new(checkpoint.size, checkpoint.root);
        let header_hash = Hash::of(&[json]);
        let (tally, texts) = (Tally::default(), Texts::default());
        Ok(Self { header, header_hash, checkpoint, key, key_is_trusted, proofs, tally, texts })
    }

    /// The record that has to come next; unknown where some were chosen, and after the last.
    fn expected(&self) -> Option<u64> {
        let Range { from, to } = self.header.range;
        Some(from + self.tally.records()).filter(|expected| self.header.filter.is_none() && *expected < to)
    }

    /// Checks place, proof, tenant and opened texts of a record.
    fn record(&mut self, line: &RecordLine<'_>) -> Result<(), Suspect> {
        let seq = line.view.seq;
        let Range { from, to } = self.header.range;
        let is_in_place =
            if self.header.filter.is_none() { self.expected() == Some(seq) } else { from <= seq && seq < to };
        if !is_in_place {
            return Err(Suspect::misplaced(seq));
        }
        self.tally.add(&prove(&mut self.proofs, line)?);
        check_content(line, &self.header.tenant, &mut self.texts).map_err(|fault| Suspect::clear(fault, Some(seq)))?;
        self.tally.opened = self.texts.opened;
        Ok(())
    }

    /// Checks the end against what came before it. That the key signed it is asked first: what an end says that it did
    /// not sign means nothing.
    fn end(&mut self, json: &[u8]) -> Result<(), (Fault, Option<u64>)> {
        let end = End::open(json, &self.key).map_err(|error| (Fault::End(error), None))?;
        let found = self.tally.end(self.header_hash);
        if end.header != found.header {
            return Err((Fault::HeaderChanged, None));
        }
        if let Some(missing) = self.expected() {
            return Err((Fault::Removed { next: None }, Some(missing)));
        }
        if end.records != found.records {
            return Err((Fault::Count { promised: end.records, found: found.records }, None));
        }
        if end.leaves != found.leaves {
            return Err((Fault::Exchanged, None));
        }
        self.texts.redacted = end.opened.saturating_sub(found.opened);
        Ok(())
    }

    fn verified(self, format: Format) -> Verified {
        let Range { from, to } = self.header.range;
        let kind = match format {
            Format::Ndjson => VerifiedKind::Ndjson,
            Format::Csv => VerifiedKind::Csv,
        };
        Verified {
            kind,
            tenant: self.header.tenant,
            records: self.tally.records(),
            range: self.header.range,
            size: self.checkpoint.size,
            root: self.checkpoint.root,
            time: self.checkpoint.time,
            key_fingerprint: self.key.fingerprint(),
            key_is_trusted: self.key_is_trusted,
            complete: self.header.filter.is_none() && from == 0 && to == self.checkpoint.size,
            filter: self.header.filter,
            opened: self.texts.opened,
            forgotten: self.texts.closed,
            redacted: self.texts.redacted,
        }
    }

    /// Skims what follows the suspect line and names what happened.
    fn diagnose(&self, suspect: Suspect, mut lines: Lines<impl BufRead>, format: Format) -> Finding {
        let number = lines.number;
        let place = Place {
            expected: self.expected(),
            next: self.proofs.next(),
            is_filtered: self.header.filter.is_some(),
            to: self.header.range.to,
            records: self.tally.records(),
        };
        let mut after = Aftermath::default();
        let mut cells = Cells::default();
        while let Ok(true) = lines.advance() {
            match read(format, &lines.line, &mut cells) {
                Ok(Line::Record(line)) => {
                    let fits = || prove(&mut self.proofs.clone(), &line).is_ok();
                    after.record(line.view.seq, &suspect, &place, fits);
                }
                Ok(Line::End(json)) => {
                    let end = End::open(json, &self.key).ok();
                    after.end(end.map(|end| (end.records, end.header == self.header_hash)));
                }
                Ok(Line::Header(_)) | Err(_) => after.skip(),
            }
        }
        let (fault, seq) = suspect.explain(&place, &after);
        if fault == Fault::HeaderChanged {
            return Finding { fault, line: 1, seq: None };
        }
        Finding { fault, line: number, seq }
    }
}

/// Proves one record and gives its leaf. One that holds in its canonical form was only written otherwise, which is
/// another finding.
pub(super) fn prove(proofs: &mut PathReader, line: &RecordLine<'_>) -> Result<Hash, Suspect> {
    let (seq, leaf) = (line.view.seq, Hash::leaf(line.record));
    proofs.accept(seq, leaf, &line.path).map(|()| leaf).map_err(|fault| {
        let canonical =
            std::str::from_utf8(line.record).ok().and_then(|text| serde_json_canonicalizer::pipe(text).ok());
        let is_same = |text: String| proofs.accept(seq, Hash::leaf(text.as_bytes()), &line.path).is_ok();
        if canonical.is_some_and(is_same) {
            Suspect::clear(Fault::NotCanonical, Some(seq))
        } else {
            Suspect::unproved(seq, fault)
        }
    })
}

/// Checks what a proved record says against the file around it: the tenant, and the texts that were opened.
pub(super) fn check_content(line: &RecordLine<'_>, tenant: &str, texts: &mut Texts) -> Result<(), Fault> {
    if *line.view.tenant != *tenant {
        return Err(Fault::OtherTenant { found: line.view.tenant.to_string() });
    }
    let opened: Opened = match line.opened {
        [] => Opened::new(),
        json => exactly(json).map_err(|why| Fault::Malformed(format!("the opened texts: {why}")))?,
    };
    for (field, text) in &opened {
        let sealed = line.view.personal.iter().find(|personal| *personal.field == **field);
        let commit = PersonalText::commit(text.salt.as_bytes(), &text.text);
        if sealed.and_then(|sealed| Hash::from_text(sealed.commit.as_bytes())) != Some(commit) {
            return Err(Fault::Opened { field: field.clone() });
        }
    }
    texts.opened += opened.len() as u64;
    texts.closed += line.view.personal.len().saturating_sub(opened.len()) as u64;
    Ok(())
}

pub(super) fn is_trusted(key: &VerifierKey, trusted: Option<&VerifierKey>) -> Result<bool, Fault> {
    match trusted {
        None => Ok(false),
        Some(trusted) if trusted == key => Ok(true),
        Some(trusted) => Err(Fault::WrongKey { found: key.fingerprint(), trusted: trusted.fingerprint() }),
    }
}

/// Reads JSON that must be written exactly as we write it, so that no byte of it can be changed unnoticed.
pub(super) fn exactly<T: DeserializeOwned + Serialize>(json: &[u8]) -> Result<T, String> {
    let value: T = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    match serde_json::to_vec(&value) {
        Ok(written) if written == json => Ok(value),
        Ok(_) | Err(_) => Err("it is written otherwise than an export writes it".into()),
    }
}

/// The lines of a file, one in memory at a time.
struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// Goes to the next line; there is none after the end of the file. A line that does not end was cut.
    fn advance(&mut self) -> Result<bool, Finding> {
        self.line.clear();
        self.number += 1;
        let read = self.reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.line);
        match read {
            Err(error) => Err(self.finding(Fault::Unreadable(error.to_string()), None)),
            Ok(0) => Ok(false),
            Ok(_) if self.line.pop_if(|byte| *byte == b'\n').is_some() => Ok(true),
            Ok(length) if length as u64 == LONGEST_LINE => {
                Err(self.finding(Fault::Malformed(format!("it is longer than {LONGEST_LINE} bytes")), None))
            }
            Ok(_) => Err(self.finding(Fault::Truncated, None)),
        }
    }

    /// Nothing may follow.
    fn ends(&mut self) -> Result<(), Finding> {
        match self.reader.fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) => {
                self.number += 1;
                Err(self.finding(Fault::AfterEnd, None))
            }
            Err(error) => Err(self.finding(Fault::Unreadable(error.to_string()), None)),
        }
    }

    fn finding(&self, fault: Fault, seq: Option<u64>) -> Finding {
        Finding { fault, line: self.number, seq }
    }
}

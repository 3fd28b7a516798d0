//! Records out: a stream under a fresh checkpoint, each record with its proof, nothing whole in memory.
//!
//! First the export leaves its own record, which commits; then the ledger is sealed, so that the checkpoint covers it;
//! then pages go out, a short transaction each, none of them open while the reader is slow. What was sealed does not
//! change, so the pages belong together although no transaction spans them (gbt35273-11.7-d).

use super::error::{ExportFailure, LedgerError};
use super::model::{CheckpointRow, RecordFilter, SealedRecord};
use super::{append, keys, nodes, seal, store};
use crate::platform::Platform;
use crate::platform::attempt::across_tenants;
use crate::platform::caller::Caller;
use crate::platform::db::{StoreError, Stored, TenantTx, Ts};
use crate::platform::ids::SubjectId;
use crate::platform::keyring::SubjectKey;
use crate::platform::record::Record;
use crate::platform::vault::{self, Drawer};
use policy_model::ledger::{
    BlockRoots, BlockedNodes, ExportWriter, Format, Header, Opened, Range, RecordBody, SignerKey,
};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write;
use std::sync::Arc;

/// Records a transaction reads: as many as the tree's blocks have.
const PAGE: i64 = 256;

/// Whether personal texts are opened where their key still exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// They stay closed; the proof holds without them.
    Closed,
    /// They are opened: the reader has the power and asked for them.
    Opened,
}

/// What is to be exported.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which records.
    pub filter: RecordFilter,
    /// In which form.
    pub format: Format,
    /// With which texts.
    pub personal: Personal,
}

/// Leaves the record of an export, in the attempt that permits it. It must commit before [`Export::begin`].
pub fn announce(tx: &mut TenantTx<'_>, wanted: &Wanted) -> Result<(), LedgerError> {
    wanted.filter.check()?;
    let mut record = Record::of("records.export")
        .class("ledger.record")
        .with("format", format_word(wanted.format))
        .with("personal_texts", wanted.personal == Personal::Opened);
    if let Some(filter) = wanted.filter.to_json()? {
        record = record.with("filter", filter);
    }
    if let Some(subject) = wanted.filter.subject {
        record = record.about(subject);
    }
    tx.record(record);
    Ok(())
}

/// An export that was permitted and is about to be written.
pub struct Export {
    platform: Arc<Platform>,
    caller: Caller,
    wanted: Wanted,
    checkpoint: CheckpointRow,
    key: SignerKey,
    roots: BlockRoots,
    places: std::ops::Range<i64>,
}

impl Export {
    /// Seals what there is and gathers what the proofs need. Everything committed before is covered.
    pub fn begin(platform: Arc<Platform>, caller: Caller, wanted: Wanted) -> Stored<Self> {
        in_ledger(&platform, &caller, seal::seal_now)?;
        let (checkpoint, key, roots, places) = in_ledger(&platform, &caller, |tx| {
            let checkpoint = store::latest_checkpoint(tx)?
                .ok_or_else(|| StoreError::Unreadable("a sealed ledger has no checkpoint".into()))?;
            let key = keys::signer_of_checkpoint(tx, &checkpoint.key_id)?;
            let roots = nodes::block_roots(tx, store::unsigned(checkpoint.size)?)?;
            let mut places = store::places(tx, &wanted.filter)?;
            places.end = places.end.min(checkpoint.size);
            Ok((checkpoint, key, roots, places))
        })?;
        Ok(Self { platform, caller, wanted, checkpoint, key, roots, places })
    }

    /// A file name for it: the size of the ledger makes it tell one export from the next.
    pub fn file_name(&self) -> String {
        format!("tenure-records-{}.{}", self.checkpoint.size, format_word(self.wanted.format))
    }

    /// The media type of what is written.
    pub fn content_type(&self) -> &'static str {
        match self.wanted.format {
            Format::Ndjson => "application/x-ndjson",
            Format::Csv => "text/csv; charset=utf-8",
        }
    }

    /// Writes it, record by record. Blocks whenever `out` does, with no transaction open.
    pub fn write<W: Write>(self, out: W) -> Result<W, ExportFailure> {
        let size = store::unsigned(self.checkpoint.size)?;
        let mut writer = ExportWriter::begin(out, self.wanted.format, &self.header(size)?, &self.key)?;
        let mut nodes = BlockedNodes::new(&self.roots, size, |block| {
            in_ledger(&self.platform, &self.caller, |tx| nodes::leaves(tx, size, block))
        });
        let mut next = self.places.start;
        loop {
            let page = in_ledger(&self.platform, &self.caller, |tx| self.page(tx, next))?;
            for (record, opened) in &page {
                writer.record(&record.body, opened, |span| nodes.node(span))?;
            }
            match page.last() {
                Some((last, _)) => next = last.seq + 1,
                None => return Ok(writer.finish()?),
            }
        }
    }

    fn header(&self, size: u64) -> Stored<Header> {
        let tenant = self.caller.tenant.to_string();
        let range = Range { from: 0, to: size };
        let now: Ts = self.platform.now();
        let header = Header::new(&tenant, self.key.verifier(), &self.checkpoint.note, range, *now);
        Ok(match self.wanted.filter.to_json()? {
            Some(filter) => header.filtered(filter),
            None => header,
        })
    }

    /// The next records from this place on, with their texts where they are wanted.
    fn page(&self, tx: &mut TenantTx<'_>, from: i64) -> Stored<Vec<(SealedRecord, Opened)>> {
        let records = store::oldest(tx, &self.wanted.filter, from..self.places.end, PAGE)?;
        let mut open_keys = HashMap::new();
        let opened = |record: SealedRecord| {
            let opened = match self.wanted.personal {
                Personal::Closed => Opened::new(),
                Personal::Opened => open_texts(tx, &record, &mut open_keys)?,
            };
            Ok((record, opened))
        };
        records.into_iter().map(opened).collect()
    }
}

/// The texts of a record that can still be opened.
pub(super) fn open_texts(
    tx: &mut TenantTx<'_>,
    record: &SealedRecord,
    open_keys: &mut HashMap<SubjectId, Option<SubjectKey>>,
) -> Stored<Opened> {
    let mut opened = Opened::new();
    let RecordBody { personal, .. } = record.open()?;
    for closed in personal {
        let Ok(subject) = closed.subject.parse::<SubjectId>() else { continue };
        let key = match open_keys.entry(subject) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(empty) => empty.insert(vault::existing_key(tx, subject, Drawer::Records)?),
        };
        if let Some(text) = key.as_ref().and_then(|key| append::open(key, record.id, &closed)) {
            opened.insert(closed.field, text);
        }
    }
    Ok(opened)
}

/// A short transaction that leaves no record of its own: the export as a whole has one.
fn in_ledger<T>(
    platform: &Platform,
    Caller { tenant, actor }: &Caller,
    work: impl FnOnce(&mut TenantTx<'_>) -> Stored<T>,
) -> Stored<T> {
    across_tenants(platform, |p| p.in_tenant(*tenant, actor.clone(), work))
}

fn format_word(format: Format) -> &'static str {
    match format {
        Format::Ndjson => "ndjson",
        Format::Csv => "csv",
    }
}

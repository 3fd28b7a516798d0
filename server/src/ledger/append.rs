//! A transaction's records become part of the ledger, as its last work before the commit: they take the next places,
//! are written in the one form there is, and wait for their seal.
//!
//! The head's row is locked from here to the commit and not a moment longer; it is what gives commits an order.

use super::model::NewRecord;
use super::store;
use super::{keys, seal};
use crate::platform::attempt::RecordSink;
use crate::platform::caller::Actor;
use crate::platform::db::{StoreError, Stored, TenantTx, lost_race};
use crate::platform::ids::{RecordId, SubjectId};
use crate::platform::keyring::{Sealed, SubjectKey};
use crate::platform::record::{self, PersonalNote, Record};
use crate::platform::vault::{self, Drawer, Place};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use policy_model::ledger::{self as model, ActorKind, Hash, OpenedText, PersonalText, RecordBody};
use rand::TryRng;
use rand::rngs::SysRng;
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use zeroize::Zeroizing;

/// Where sealed personal texts belong: to their record. Which of its texts one is, its commitment says.
const PERSONAL: Place = Place::new("records.personal");

/// Salt and text belong together: the salt's bytes come first.
const SALT_BYTES: usize = 32;

/// Keeps records in the ledger of the transaction's tenant.
#[derive(Debug, Default)]
pub struct LedgerSink;

impl RecordSink for LedgerSink {
    fn append(&self, tx: &mut TenantTx<'_>, records: Vec<Record>) -> Stored<()> {
        let mut entries = entries(tx, records)?;
        let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let (first, sealed) = take_places(tx, count)?;
        for (entry, seq) in entries.iter_mut().zip(first..) {
            entry.body.seq = store::unsigned(seq)?;
        }
        for some in entries.chunks(256) {
            write(tx, some)?;
        }
        seal::enqueue(tx, first - sealed, first + count - sealed)
    }
}

/// A record that lacks only its place.
struct Entry {
    id: RecordId,
    body: RecordBody,
}

/// Everything that can be done before the lock: ids, forms, the closing of personal texts.
fn entries(tx: &mut TenantTx<'_>, records: Vec<Record>) -> Stored<Vec<Entry>> {
    let mut open_keys = HashMap::new();
    let (tenant, request) = (tx.tenant().to_string(), tx.request().to_string());
    let actor = actor_of(tx.actor());
    let mut entries = Vec::with_capacity(records.len());
    for record in records {
        let id: RecordId = tx.new_id();
        let personal = close_all(tx, id, &record.personal, &mut open_keys)?;
        tx.platform().metrics().records.with_label_values(&[record.act, record.outcome.as_str()]).inc();
        let (actor, request) = match record.by.as_deref() {
            Some((by, request)) => (actor_of(by), request.to_string()),
            None => (actor.clone(), request.clone()),
        };
        let body = RecordBody {
            v: model::Version,
            seq: 0,
            id: id.to_string(),
            tenant: tenant.clone(),
            at: *tx.now(),
            actor,
            act: record.act.to_owned(),
            object: record.object.map(|(kind, id)| model::Object { kind: kind.to_owned(), id }),
            subjects: record.subjects.iter().map(ToString::to_string).collect(),
            class: record.class,
            purpose: record.purpose,
            instruction: record.instruction,
            outcome: outcome_of(record.outcome),
            reason: record.reason,
            clauses: record.clauses,
            request: Some(request),
            detail: record.detail,
            personal,
        };
        entries.push(Entry { id, body });
    }
    Ok(entries)
}

/// The next places; the first record of a tenant starts its ledger, with a key to sign it.
fn take_places(tx: &mut TenantTx<'_>, count: i64) -> Stored<(i64, i64)> {
    if let Some(taken) = store::take_places(tx, count)? {
        return Ok(taken);
    }
    store::insert_head(tx)?;
    keys::make(tx)?;
    store::take_places(tx, count)?.ok_or_else(lost_race)
}

fn write(tx: &mut TenantTx<'_>, entries: &[Entry]) -> Stored<()> {
    let at = tx.now();
    let sealed: Vec<(String, Hash)> = entries.iter().map(|entry| leaf(&entry.body)).collect::<Stored<_>>()?;
    let mut rows = Vec::with_capacity(entries.len());
    for (Entry { id, body }, (bytes, leaf_hash)) in entries.iter().zip(&sealed) {
        let seq = store::signed(body.seq)?;
        rows.push(NewRecord {
            seq,
            id: *id,
            at,
            actor_kind: body.actor.kind.as_str(),
            actor: body.actor.id.as_deref().unwrap_or_default(),
            act: &body.act,
            object_kind: body.object.as_ref().map(|object| object.kind.as_str()),
            object: body.object.as_ref().map(|object| object.id.as_str()),
            class: body.class.as_deref(),
            instruction: body.instruction.as_deref(),
            outcome: body.outcome.as_str(),
            body: bytes,
            leaf_hash: leaf_hash.as_bytes(),
        });
    }
    store::insert_records(tx, &rows)
}

/// A record's bytes, and the leaf that they are in the tree.
fn leaf(body: &RecordBody) -> Stored<(String, Hash)> {
    let bytes = body.canonical_bytes();
    let hash = Hash::leaf(&bytes);
    Ok((String::from_utf8(bytes).map_err(|e| StoreError::Unreadable(e.to_string()))?, hash))
}

/// Closes the texts of a record. Two of one field get numbered fields: by its field, an opened text finds its
/// commitment.
fn close_all(
    tx: &mut TenantTx<'_>,
    id: RecordId,
    notes: &[PersonalNote],
    open_keys: &mut HashMap<SubjectId, SubjectKey>,
) -> Stored<Vec<PersonalText>> {
    let mut closed: Vec<PersonalText> = Vec::with_capacity(notes.len());
    for note in notes {
        let same = notes.iter().filter(|other| other.field == note.field).count();
        let field = if same == 1 { note.field.to_owned() } else { format!("{}.{}", note.field, closed.len() + 1) };
        let key = match open_keys.entry(note.subject) {
            Slot::Occupied(found) => found.into_mut(),
            Slot::Vacant(empty) => empty.insert(vault::key(tx, note.subject, Drawer::Records)?),
        };
        closed.push(close(key, id, field, note)?);
    }
    Ok(closed)
}

fn close(key: &SubjectKey, id: RecordId, field: String, note: &PersonalNote) -> Stored<PersonalText> {
    let mut salt = [0_u8; SALT_BYTES];
    SysRng.try_fill_bytes(&mut salt).map_err(|e| StoreError::Keyring(e.to_string()))?;
    let mut salted = Zeroizing::new(salt.to_vec());
    salted.extend_from_slice(note.text.as_bytes());
    Ok(PersonalText {
        field,
        subject: note.subject.to_string(),
        commit: PersonalText::commit(&salt, &note.text),
        cipher: BASE64.encode(key.seal(&PERSONAL.row(id), &salted)?.as_bytes()),
    })
}

/// Opens a text with its subject's key. None when it is another key than the text was closed with: then the text is
/// forgotten. A text that does not fit its commitment is not believed either.
pub(super) fn open(key: &SubjectKey, id: RecordId, closed: &PersonalText) -> Option<OpenedText> {
    let sealed = Sealed::parse(BASE64.decode(&closed.cipher).ok()?).ok()?;
    let salted = key.open(&PERSONAL.row(id), &sealed).ok()?;
    let (salt, text) = salted.split_first_chunk::<SALT_BYTES>()?;
    let text = std::str::from_utf8(text).ok()?.to_owned();
    let is_genuine = PersonalText::commit(salt, &text) == closed.commit;
    is_genuine.then(|| OpenedText { salt: Hash::from(*salt), text })
}

fn actor_of(actor: &Actor) -> model::Actor {
    let kind = match actor {
        Actor::Member { .. } | Actor::Leaver { .. } => ActorKind::Member,
        Actor::ApiKey { connector: Some(_), .. } => ActorKind::Connector,
        Actor::ApiKey { connector: None, .. } => ActorKind::ApiKey,
        Actor::Source(_) => ActorKind::Source,
        Actor::Job(_) => ActorKind::Job,
        Actor::Operator => ActorKind::Operator,
        Actor::Anonymous => ActorKind::Anonymous,
    };
    model::Actor { kind, id: Some(actor.id()).filter(|id| !id.is_empty()) }
}

fn outcome_of(outcome: record::Outcome) -> model::Outcome {
    match outcome {
        record::Outcome::Done => model::Outcome::Done,
        record::Outcome::Permitted => model::Outcome::Permitted,
        record::Outcome::Refused => model::Outcome::Refused,
        record::Outcome::Failed => model::Outcome::Failed,
    }
}

//! A copy of what is mine: a ZIP archive with a file for each vault holding that is mine by its ruling, and a list of all that
//! is mine, wherever it lies. Read and recorded one decision at a time; made while it is fetched, it lies nowhere.

use super::data::connector_names;
use super::error::MyError;
use super::words;
use super::zip::Archive;
use crate::holdings::{self, OwnSide};
use crate::packs;
use crate::platform::attempt::{Act, Own, OwnAttempt};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::http::stream::ChunkWriter;
use crate::platform::ids::HoldingId;
use crate::platform::record::Record;
use serde::Serialize;
use serde_json::json;
use std::io::Write;

/// Holdings read in one transaction.
const HOLDINGS_A_CHUNK: i64 = 50;

/// A class of which something is mine.
#[derive(Debug, Clone)]
pub struct Part {
    class: String,
}

/// One holding in the list that goes with the archive.
#[derive(Debug, Clone, Serialize)]
struct Listed {
    class: String,
    class_zh: String,
    class_en: String,
    items: i64,
    first_at: Option<Ts>,
    last_at: Option<Ts>,
    /// The file in the archive; absent where it lies elsewhere, or is not there any more.
    file: Option<String>,
    /// The system that keeps it, where it is not the vault.
    kept_at: Option<String>,
}

/// Some holdings, and where to go on in this class; nowhere when these were the last.
pub struct Chunk {
    listed: Vec<Listed>,
    files: Vec<(String, Ts, Vec<u8>)>,
    next: Option<HoldingId>,
}

/// What there is to take, and the record that it is being taken.
pub fn begin(tx: &mut TenantTx<'_>, own: Own) -> Result<Vec<Part>, MyError> {
    let groups = holdings::own_groups(tx, own)?;
    let mine = groups.iter().filter(|(key, _)| key.controller == "person");
    let holdings: i64 = mine.clone().map(|(_, group)| group.holdings).sum();
    let mut classes: Vec<String> = mine.map(|(key, _)| key.class.clone()).collect();
    classes.dedup();
    tx.record(
        Record::of("self.download")
            .on("subject", own.subject())
            .about(own.subject())
            .with("holdings", holdings)
            .citing(["gbt35273-8.6-a"]),
    );
    Ok(classes.into_iter().map(|class| Part { class }).collect())
}

/// The next holdings of a class that are mine.
pub fn chunk(tx: &mut TenantTx<'_>, own: Own, part: &Part, after: Option<HoldingId>) -> Result<Chunk, MyError> {
    let of = OwnSide { class: part.class.clone(), controller: Some("person".into()), rule: None };
    let found = holdings::own_holdings(tx, own, &of, after, HOLDINGS_A_CHUNK)?;
    let is_last = i64::try_from(found.len()).unwrap_or(0) < HOLDINGS_A_CHUNK;
    let next = found.last().map(|h| h.id).filter(|_| !is_last);
    let name = words::class_name(&*packs::in_force(tx)?, &part.class);
    let places = connector_names(tx)?;
    let (mut listed, mut files) = (Vec::with_capacity(found.len()), Vec::new());
    for h in found {
        let copied = match h.connector {
            None => holdings::copy_of_own(tx, own, h.id)?,
            Some(_) => None,
        };
        let file = copied.map(|copied| {
            let day = copied.occurred_at.format("%Y-%m-%d");
            let file = format!("{}/{day}-{}.{}", part.class, h.id, kind_of(&copied.content));
            files.push((file.clone(), copied.occurred_at, copied.content));
            file
        });
        listed.push(Listed {
            class: part.class.clone(),
            class_zh: name.name_zh.clone(),
            class_en: name.name_en.clone(),
            items: h.items,
            first_at: h.first_at,
            last_at: h.last_at,
            file,
            kept_at: h.connector.and_then(|id| places.get(&id).cloned()),
        });
    }
    Ok(Chunk { listed, files, next })
}

/// The usual end of such a file's name, told by how it begins.
fn kind_of(content: &[u8]) -> &'static str {
    match content {
        [0xff, 0xd8, 0xff, ..] => "jpg",
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'%', b'P', b'D', b'F', ..] => "pdf",
        [b'P', b'K', 3, 4, ..] => "zip",
        [b'{' | b'[', ..] if serde_json::from_slice::<serde::de::IgnoredAny>(content).is_ok() => "json",
        other if std::str::from_utf8(other).is_ok() => "txt",
        _ => "bin",
    }
}

/// What is attempted.
pub fn act() -> Act {
    Act::named("self.download")
}

/// Why an archive was broken off: codes, never content.
type BrokenOff = Box<dyn std::error::Error + Send + Sync>;

/// Writes the archive as it is read.
pub fn write(at: &OwnAttempt, parts: &[Part], out: ChunkWriter) -> Result<(), BrokenOff> {
    let mut archive = Archive::new(out);
    let mut listed: Vec<Listed> = Vec::new();
    let mut made_at = None;
    for part in parts {
        let mut after = None;
        loop {
            // Its beginning is on record, and so is each decision.
            let read =
                at.run_here(&act().polled(), |tx, own| Ok::<_, MyError>((chunk(tx, own, part, after)?, tx.now())));
            let (chunk, now) = read.map_err(|e| e.code().to_owned())?;
            made_at = Some(now);
            for (name, at, content) in &chunk.files {
                archive.add(name, *at, content)?;
            }
            listed.extend(chunk.listed);
            after = chunk.next;
            if after.is_none() {
                break;
            }
        }
    }
    let made_at = match made_at {
        Some(at) => at,
        None => at.run_here(&act(), |tx, _| Ok::<_, MyError>(tx.now())).map_err(|e| e.code().to_owned())?,
    };
    let list = json!({ "kind": "tenure.own-data/1", "made_at": made_at, "holdings": listed });
    archive.add("index.json", made_at, &serde_json::to_vec_pretty(&list)?)?;
    Ok(archive.finish()?.flush()?)
}

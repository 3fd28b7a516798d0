//! A second opinion on an export, from the formats' descriptions alone: RFC 9162 for the tree, C2SP for the signed note,
//! RFC 8785 for the records. It shares no code with the program that wrote the export, and is as simple as it can be: it
//! takes the whole ledger into memory and reckons the root anew.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

type Hash = [u8; 32];

/// The records of a whole, unfiltered NDJSON export, if the checkpoint is signed by this key and its root is theirs.
///
/// # Errors
/// Says what does not fit.
pub fn of(export: &str, verifier_key: &str) -> Result<Vec<Value>, String> {
    let mut lines = export.lines();
    let header_line = lines.next().ok_or("there is no header")?;
    let header = json(header_line)?;
    let note = header["checkpoint"].as_str().ok_or("the header has no checkpoint")?;
    let (size, root) = signed_root(note, verifier_key)?;
    let (mut leaves, mut records, mut opened, mut ended) = (Vec::<Hash>::new(), Vec::new(), 0, false);
    for line in lines {
        if ended {
            return Err(format!("a line after the end: {line}"));
        }
        let whole = json(line)?;
        if let Some(end) = whole.get("end") {
            let header = BASE64_STANDARD.encode(Sha256::digest(header_line));
            let all = BASE64_STANDARD.encode(Sha256::digest(leaves.concat()));
            let counts = format!("records {}\nheader {header}\nleaves {all}\nopened {opened}", records.len());
            let text = format!("tenure.export-end/1\n{counts}");
            ended = signed_text(end.as_str().ok_or("the end is a note")?, verifier_key)? == text;
            continue;
        }
        let bytes = record_bytes(line)?;
        if sorted_text(&json(bytes)?) != bytes {
            return Err(format!("the record is not written canonically: {bytes}"));
        }
        leaves.push(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into());
        records.push(whole["record"].clone());
        opened += whole["opened"].as_object().map_or(0, serde_json::Map::len);
    }
    let in_order = records.iter().enumerate().all(|(n, record)| record["seq"] == n);
    match () {
        () if !ended => Err("the end line is missing or counts otherwise".to_owned()),
        () if !in_order => Err("the records are not numbered from 0 without a gap".to_owned()),
        () if leaves.len() != size => Err(format!("{} records, but {size} were signed", leaves.len())),
        () if tree_root(&leaves) != root => Err("the records' root is not the one that was signed".to_owned()),
        () => Ok(records),
    }
}

/// RFC 9162, 2.1.1.
fn tree_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            Sha256::new()
                .chain_update([1])
                .chain_update(tree_root(left))
                .chain_update(tree_root(right))
                .finalize()
                .into()
        }
    }
}

/// The size and the root of a checkpoint.
fn signed_root(note: &str, verifier_key: &str) -> Result<(usize, Hash), String> {
    let mut lines = signed_text(note, verifier_key)?.lines().skip(1);
    let size = lines.next().and_then(|l| l.parse().ok()).ok_or("no size")?;
    let root = bytes(lines.next().ok_or("no root")?)?;
    Ok((size, root.try_into().map_err(|_| "the root is not a hash")?))
}

/// The text above the empty line is signed; the last line is `— name base64(4 bytes of key id and the signature)`.
fn signed_text<'a>(note: &'a str, verifier_key: &str) -> Result<&'a str, String> {
    let (name, key) = verifier_key.split_once('+').ok_or("a key is name+id+base64")?;
    let key = bytes(key.split_once('+').ok_or("a key is name+id+base64")?.1)?;
    let key: &Hash = key.strip_prefix(&[1]).and_then(|k| k.try_into().ok()).ok_or("not an Ed25519 key")?;
    let key = VerifyingKey::from_bytes(key).map_err(|e| e.to_string())?;
    let (text, signatures) = note.rsplit_once("\n\n").ok_or("a note has an empty line")?;
    let line =
        signatures.lines().find_map(|l| l.strip_prefix(&format!("— {name} "))).ok_or("no signature by the key")?;
    let signature = bytes(line)?;
    let signature = Signature::from_slice(signature.get(4..).unwrap_or_default()).map_err(|e| e.to_string())?;
    key.verify_strict(format!("{text}\n").as_bytes(), &signature).map_err(|_| "the signature does not fit")?;
    Ok(text)
}

/// The record as it stands in the line: what was hashed are bytes, not what a parser makes of them.
fn record_bytes(line: &str) -> Result<&str, String> {
    let from = line.strip_prefix(r#"{"record":"#).ok_or("a line begins with its record")?;
    let mut stream = serde_json::Deserializer::from_str(from).into_iter::<Value>();
    stream.next().ok_or("no record")?.map_err(|e| e.to_string())?;
    from.get(..stream.byte_offset()).ok_or_else(|| "no record".to_owned())
}

/// RFC 8785 for what records hold: members sorted, no white space. (Their keys are ASCII and their numbers whole.)
fn sorted_text(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            let texts: Vec<_> =
                sorted.iter().map(|(k, v)| format!("{}:{}", Value::from(k.as_str()), sorted_text(v))).collect();
            format!("{{{}}}", texts.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(sorted_text).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|e| format!("{e}: {text}"))
}

fn bytes(base64: &str) -> Result<Vec<u8>, String> {
    BASE64_STANDARD.decode(base64).map_err(|e| format!("{e}: {base64}"))
}

//! The lines of an export, as the writer makes them and the verifier takes them apart again: one place, so that the
//! two cannot drift.
//!
//! NDJSON: `{"record":{…},"path":["…"],"opened":{…}}`; CSV (`csv.rs`): the same three in the last columns. What always
//! holds: a line can be written in one way only, so reading it accepts no byte that writing it would not have made —
//! or leaves that byte to a hash.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, de};

use super::csv::{self, AlteredColumn, Cells};
use super::record::Opened;
use super::tree::Hash;

/// The two line-by-line forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line.
    Ndjson,
    /// For spreadsheets.
    Csv,
}

/// A line taken apart.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, on the stack, and nearly all are records")]
pub(super) enum Line<'a> {
    /// The header's JSON.
    Header(&'a [u8]),
    Record(RecordLine<'a>),
    /// The end's JSON.
    End(&'a [u8]),
}

/// What a line says about one record.
pub(super) struct RecordLine<'a> {
    /// The canonical bytes of the body.
    pub record: &'a [u8],
    pub view: RecordView<'a>,
    pub path: Vec<Hash>,
    /// JSON; empty where nothing was opened.
    pub opened: &'a [u8],
    /// In CSV, the row it was read from, with what people read.
    pub row: Option<&'a Cells>,
}

/// What has to be known of a record to prove it and to show it. Lenient on purpose: whether the record is as it should
/// be, the tree decides.
#[derive(Debug, Deserialize)]
pub(super) struct RecordView<'a> {
    pub seq: u64,
    #[serde(borrow, default)]
    pub tenant: Text<'a>,
    #[serde(borrow, default)]
    pub at: Text<'a>,
    #[serde(borrow, default)]
    pub actor: Named<'a>,
    #[serde(borrow, default)]
    pub act: Text<'a>,
    #[serde(borrow, default)]
    pub object: Named<'a>,
    #[serde(borrow, default)]
    pub class: Text<'a>,
    #[serde(borrow, default)]
    pub purpose: Text<'a>,
    #[serde(borrow, default)]
    pub instruction: Text<'a>,
    #[serde(borrow, default)]
    pub outcome: Text<'a>,
    #[serde(borrow, default)]
    pub reason: Text<'a>,
    #[serde(borrow, default)]
    pub personal: Vec<Commitment<'a>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Named<'a> {
    #[serde(borrow, default)]
    pub kind: Text<'a>,
    #[serde(borrow, default)]
    pub id: Text<'a>,
}

/// Of a personal text, what an opened text is checked against.
#[derive(Debug, Deserialize)]
pub(super) struct Commitment<'a> {
    #[serde(borrow)]
    pub field: Text<'a>,
    #[serde(borrow)]
    pub commit: Text<'a>,
}

/// A text that is borrowed unless JSON had to escape it; serde would copy it inside a container.
#[derive(Debug, Default)]
pub(super) struct Text<'a>(Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> de::Visitor<'de> for Borrow {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        from.deserialize_str(Borrow)
    }
}

impl<'a> RecordLine<'a> {
    /// A record to be written, with its proof.
    pub fn new(record: &'a [u8], view: RecordView<'a>, path: Vec<Hash>, opened: &'a [u8]) -> Self {
        Self { record, view, path, opened, row: None }
    }

    /// Appends the line to `out`, its end included.
    pub fn write(&self, format: Format, out: &mut Vec<u8>) {
        match format {
            Format::Ndjson => {
                out.extend_from_slice(b"{\"record\":");
                out.extend_from_slice(self.record);
                out.extend_from_slice(b",\"path\":");
                write_path(&self.path, out);
                if !self.opened.is_empty() {
                    out.extend_from_slice(b",\"opened\":");
                    out.extend_from_slice(self.opened);
                }
                out.extend_from_slice(b"}\n");
            }
            Format::Csv => {
                let mut path = Vec::with_capacity(2 + self.path.len() * (Hash::TEXT_LEN + 3));
                write_path(&self.path, &mut path);
                csv::write_record(&self.view, [self.record, &path, self.opened], out);
            }
        }
    }

    /// The first readable cell beside the record that says something else than it.
    pub fn altered_column(&self) -> Option<AlteredColumn> {
        csv::altered_column(self.row?, &self.view)
    }
}

/// Takes a line apart, or says what is wrong with it. `cells` gives a CSV row room.
pub(super) fn read<'a>(format: Format, line: &'a [u8], cells: &'a mut Cells) -> Result<Line<'a>, &'static str> {
    match format {
        Format::Ndjson => read_ndjson(line),
        Format::Csv => csv::read(line, cells),
    }
}

/// Takes an NDJSON line apart.
fn read_ndjson(line: &[u8]) -> Result<Line<'_>, &'static str> {
    let Some(from_record) = line.strip_prefix(b"{\"record\":") else {
        return match line {
            line if line.starts_with(b"{\"end\":") => Ok(Line::End(line)),
            line if line.starts_with(b"{\"kind\":") => Ok(Line::Header(line)),
            _ => Err("it begins neither with a record nor with the end"),
        };
    };
    // One pass over the record tells what it says and where it ends; finding the end first, as a `RawValue`, and parsing
    // that again gives 880,000 records/s where this gives a million.
    // UTF-8 is checked once for all of its texts.
    let text = str::from_utf8(from_record).map_err(|_| "it is not written in UTF-8")?;
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<RecordView<'_>>();
    let Some(Ok(view)) = values.next() else { return Err("the record is not JSON, or has no number") };
    let (record, rest) = from_record.split_at(values.byte_offset());
    let rest = rest.strip_prefix(b",\"path\":").ok_or("no path follows the record")?;
    let (path, rest) = read_path(rest).ok_or("the path is not a list of hashes")?;
    let rest = rest.strip_suffix(b"}").ok_or("the line does not end after the path")?;
    let opened = match rest {
        [] => rest,
        _ => rest.strip_prefix(b",\"opened\":").ok_or("something unknown follows the path")?,
    };
    Ok(Line::Record(RecordLine::new(record, view, path, opened)))
}

/// Appends the header's or the end's line.
pub(super) fn write_frame(format: Format, kind: &str, json: &[u8], out: &mut Vec<u8>) {
    match format {
        Format::Ndjson => {
            out.extend_from_slice(json);
            out.push(b'\n');
        }
        Format::Csv => csv::write_frame(kind, json, out),
    }
}

/// The opened texts as they stand in a line.
pub(super) fn opened_json(opened: &Opened) -> Vec<u8> {
    // Texts and hashes under text keys: JSON has room for all of them.
    if opened.is_empty() { Vec::new() } else { serde_json::to_vec(opened).unwrap_or_default() }
}

fn write_path(path: &[Hash], out: &mut Vec<u8>) {
    out.push(b'[');
    for (place, hash) in path.iter().enumerate() {
        out.extend_from_slice(if place == 0 { b"\"" } else { b",\"" });
        hash.write_text(out);
        out.push(b'"');
    }
    out.push(b']');
}

/// Reads what `write_path` writes; the answer is what follows it.
pub(super) fn read_path(text: &[u8]) -> Option<(Vec<Hash>, &[u8])> {
    let mut path = Vec::new();
    let mut rest = text.strip_prefix(b"[")?;
    if let Some(after) = rest.strip_prefix(b"]") {
        return Some((path, after));
    }
    loop {
        let (hash, after) = rest.strip_prefix(b"\"")?.split_at_checked(Hash::TEXT_LEN)?;
        path.push(Hash::from_text(hash)?);
        match after.strip_prefix(b"\"")?.split_first()? {
            (b',', after) => rest = after,
            (b']', after) => return Some((path, after)),
            _ => return None,
        }
    }
}

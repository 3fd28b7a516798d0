//! The rows of a CSV export: what a person wants to read, then what proves it.
//!
//! The readable cells are copies from the record; the verifier makes them anew and names the one that differs. A cell
//! is in quotation marks exactly when it has a comma or a quotation mark, and has no line end, so that a row is a line
//! and can be written in one way only. What always holds: no cell that a person reads is a formula to a spreadsheet.

use std::borrow::Cow;

use memchr::memchr2;

use super::line::{Line, RecordLine, RecordView, read_path};

/// The columns.
pub const COLUMNS: [&str; 16] = [
    "kind",
    "seq",
    "at",
    "actor_kind",
    "actor",
    "act",
    "object_kind",
    "object",
    "class",
    "purpose",
    "instruction",
    "outcome",
    "reason",
    "record",
    "path",
    "opened",
];
const RECORD: usize = 13;
const PATH: usize = 14;
const OPENED: usize = 15;

/// Without this mark, Excel reads Chinese in UTF-8 as something else.
pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The cells of one row; kept from row to row for the room they have.
pub(super) type Cells = [Vec<u8>; COLUMNS.len()];

/// A readable cell that does not say what its record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlteredColumn {
    /// The column's name.
    pub column: &'static str,
    /// What stands there.
    pub found: String,
    /// What the record says.
    pub expected: String,
}

/// The first line of the file.
pub(super) fn heading() -> String {
    format!("{BYTE_ORDER_MARK}{}\n", COLUMNS.join(","))
}

/// Appends a record's row.
pub(super) fn write_record(view: &RecordView<'_>, proof: [&[u8]; COLUMNS.len() - RECORD], out: &mut Vec<u8>) {
    for cell in readable(view) {
        write_cell(&cell, out);
        out.push(b',');
    }
    for (place, cell) in proof.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write_cell(cell, out);
    }
    out.push(b'\n');
}

/// Appends the header's or the end's row.
pub(super) fn write_frame(kind: &str, json: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(kind.as_bytes());
    out.extend(std::iter::repeat_n(b',', RECORD));
    write_cell(json, out);
    out.extend(std::iter::repeat_n(b',', COLUMNS.len() - 1 - RECORD));
    out.push(b'\n');
}

/// Takes a row apart. Whether its readable cells fit the record is asked later (`altered_column`): first the record
/// has to be proved.
pub(super) fn read<'a>(line: &[u8], cells: &'a mut Cells) -> Result<Line<'a>, &'static str> {
    split(line, cells).ok_or("it has not the columns of an export, or not in their one form")?;
    let cells: &'a Cells = cells;
    let record = cells[RECORD].as_slice();
    let is_bare = cells.iter().enumerate().all(|(place, cell)| place == 0 || place == RECORD || cell.is_empty());
    match cells[0].as_slice() {
        b"ledger" if is_bare => Ok(Line::Header(record)),
        b"end" if is_bare => Ok(Line::End(record)),
        b"ledger" | b"end" => Err("a cell that is always empty is not"),
        // Any other kind is a record's that was altered, if there is a record: `altered_column` will name it.
        _ => {
            // UTF-8 is checked once for all of its texts.
            let view = str::from_utf8(record).ok().and_then(|text| serde_json::from_str(text).ok());
            let view = view.ok_or("the record is not JSON, or has no number")?;
            let Some((path, [])) = read_path(&cells[PATH]) else { return Err("the path is not a list of hashes") };
            Ok(Line::Record(RecordLine { record, view, path, opened: &cells[OPENED], row: Some(cells) }))
        }
    }
}

/// Compares the readable cells of a row with those that its record makes.
pub(super) fn altered_column(row: &Cells, view: &RecordView<'_>) -> Option<AlteredColumn> {
    let pairs = COLUMNS.into_iter().zip(row.iter().zip(readable(view)));
    let (column, (found, expected)) = pairs.into_iter().find(|(_, (found, expected))| **found != **expected)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some(AlteredColumn { column, found: text(found), expected: text(&expected) })
}

/// What a person reads of a record.
fn readable<'a>(view: &'a RecordView<'_>) -> [Cow<'a, [u8]>; RECORD] {
    [
        Cow::Borrowed(b"record".as_slice()),
        Cow::Owned(view.seq.to_string().into_bytes()),
        shown(&view.at),
        shown(&view.actor.kind),
        shown(&view.actor.id),
        shown(&view.act),
        shown(&view.object.kind),
        shown(&view.object.id),
        shown(&view.class),
        shown(&view.purpose),
        shown(&view.instruction),
        shown(&view.outcome),
        shown(&view.reason),
    ]
}

/// A text as a cell shows it: on one line, and never a formula, whatever somebody gave as a purpose or an id.
fn shown(text: &str) -> Cow<'_, [u8]> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    // Looked at to the end, many bytes at a time: nearly always there is none.
    let has_control = text.bytes().fold(false, |any, byte| any | byte.is_ascii_control());
    if !is_formula && !has_control {
        return Cow::Borrowed(text.as_bytes());
    }
    let mark = if is_formula { "'" } else { "" };
    Cow::Owned(format!("{mark}{}", text.replace(|c: char| c.is_ascii_control(), " ")).into_bytes())
}

fn write_cell(cell: &[u8], out: &mut Vec<u8>) {
    if !needs_marks(cell) {
        return out.extend_from_slice(cell);
    }
    out.push(b'"');
    for piece in cell.split_inclusive(|&byte| byte == b'"') {
        out.extend_from_slice(piece);
        if piece.ends_with(b"\"") {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

fn needs_marks(cell: &[u8]) -> bool {
    cell.iter().any(|byte| matches!(byte, b',' | b'"'))
}

fn split(row: &[u8], cells: &mut Cells) -> Option<()> {
    let mut rest = row;
    let last = cells.len() - 1;
    for (place, cell) in cells.iter_mut().enumerate() {
        cell.clear();
        rest = match rest.strip_prefix(b"\"") {
            Some(quoted) => {
                let after = unquote(quoted, cell)?;
                needs_marks(cell).then_some(after)?
            }
            None => {
                let end = memchr2(b',', b'"', rest).unwrap_or(rest.len());
                cell.extend_from_slice(&rest[..end]);
                (rest.get(end) != Some(&b'"')).then_some(&rest[end..])?
            }
        };
        if place < last {
            rest = rest.strip_prefix(b",")?;
        }
    }
    rest.is_empty().then_some(())
}

/// Reads a cell whose opening quotation mark is behind us; the answer is what follows the closing one.
///
/// A record has a mark every few bytes. To look for the next one and copy what lies before it takes twice as long as to
/// copy eight bytes at once and take back those from the mark on.
fn unquote<'a>(mut rest: &'a [u8], cell: &mut Vec<u8>) -> Option<&'a [u8]> {
    while let Some(eight) = rest.first_chunk::<8>() {
        cell.extend_from_slice(eight);
        let Some(at) = first_mark(*eight) else {
            rest = &rest[8..];
            continue;
        };
        cell.truncate(cell.len() - 8 + at);
        rest = &rest[at + 1..];
        match rest.strip_prefix(b"\"") {
            Some(after) => {
                cell.push(b'"');
                rest = after;
            }
            None => return Some(rest),
        }
    }
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b'"' => match after.strip_prefix(b"\"") {
                Some(after) => after,
                None => return Some(after),
            },
            _ => after,
        };
        cell.push(byte);
    }
    None
}

/// Where the first quotation mark is among eight bytes.
fn first_mark(eight: [u8; 8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let differs = u64::from_le_bytes(eight) ^ (ONES * b'"' as u64);
    // The high bit of a byte is set where nothing differs. A borrow can set it falsely above such a byte, never below.
    let marks = differs.wrapping_sub(ONES) & !differs & (ONES << 7);
    (marks != 0).then_some(marks.trailing_zeros() as usize / 8)
}

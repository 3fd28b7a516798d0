//! Rows out of a CSV body, without ever holding more than a chunk of them. A row ends at a line's end outside of quotation marks.

use crate::platform::http::Problem;
use actix_web::web;
use sha2::{Digest, Sha256};

/// A row as it was read: its cells, or what is wrong with its text.
pub(super) type Cells = Result<Vec<String>, String>;

/// The rows that are still to come.
pub(super) struct Rows {
    body: web::Payload,
    rest: Vec<u8>,
    /// Where the next row begins in `rest`.
    begin: usize,
    /// The number of the line that it begins with.
    line: u64,
    ended: bool,
    longest: usize,
    left: usize,
    hash: Sha256,
}

impl Rows {
    /// The rows of a body of at most `most` bytes, of which none is kept beyond `longest`.
    pub(super) fn new(body: web::Payload, longest: usize, most: usize) -> Self {
        let hash = Sha256::new();
        Self { body, rest: Vec::new(), begin: 0, line: 1, ended: false, longest, left: most, hash }
    }

    /// The next rows, each with the number of its first line; fewer than `most` only at the end. Empty ones are passed over.
    pub(super) async fn next_chunk(&mut self, most: usize) -> Result<Vec<(u64, Cells)>, Problem> {
        let mut rows = Vec::new();
        while rows.len() < most {
            let rest = self.rest.get(self.begin..).unwrap_or_default();
            let Some(end) = row_end(rest).or(self.ended.then_some(rest.len())) else {
                if rest.len() > self.longest {
                    // A quotation mark that nothing closes would take the rest of the file for one cell.
                    return Err(Problem::invalid("intake.row-too-long")
                        .detail(format!(
                            "The row that begins in line {} has more than {} bytes.",
                            self.line, self.longest
                        ))
                        .help("Close the quotation mark in it; the rows before it are in."));
                }
                self.read().await?;
                continue;
            };
            if rest.is_empty() {
                break;
            }
            let row = &rest[..end];
            let lines = row.iter().filter(|b| **b == b'\n').count();
            // Spreadsheets write rows of nothing but commas.
            if !row.iter().all(|b| b.is_ascii_whitespace() || *b == b',') {
                rows.push((self.line, cells(row, self.line)));
            }
            self.line += u64::try_from(lines).unwrap_or(0) + 1;
            self.begin += (end + 1).min(rest.len());
        }
        Ok(rows)
    }

    /// What tells this file from any other, once it was read to its end.
    pub(super) fn sha256(&self) -> String {
        self.hash.clone().finalize().iter().map(|b| format!("{b:02x}")).collect()
    }

    async fn read(&mut self) -> Result<(), Problem> {
        self.rest.drain(..self.begin.min(self.rest.len()));
        self.begin = 0;
        let next =
            std::future::poll_fn(|cx| futures_core::Stream::poll_next(std::pin::Pin::new(&mut self.body), cx)).await;
        match next {
            None => self.ended = true,
            Some(Ok(bytes)) => {
                self.left = self.left.checked_sub(bytes.len()).ok_or_else(|| {
                    Problem::too_large("intake.file-too-large")
                        .detail("The file is larger than one import takes.")
                        .help("Split it: what went in before stays, and a row that comes again changes nothing.")
                })?;
                self.hash.update(&bytes);
                self.rest.extend_from_slice(&bytes);
            }
            Some(Err(e)) => {
                return Err(Problem::malformed("request.body-broken")
                    .detail(e.to_string())
                    .help("Send the file again: a row that comes again changes nothing."));
            }
        }
        Ok(())
    }
}

/// Where a row ends: at the first line's end that no quotation mark encloses.
fn row_end(bytes: &[u8]) -> Option<usize> {
    let mut is_quoted = false;
    bytes.iter().position(|b| {
        is_quoted ^= *b == b'"';
        *b == b'\n' && !is_quoted
    })
}

fn cells(row: &[u8], first: u64) -> Cells {
    let further = row.trim_ascii_end().iter().filter(|b| **b == b'\n').count();
    if further > 0 {
        // Nothing that is said of people has a line break in it; a quotation mark that nothing closes takes all that follows.
        return Err(format!(
            "a quotation mark encloses lines {first} to {}: close it in the line where it begins; none of them is in",
            first + further as u64
        ));
    }
    let text = std::str::from_utf8(row).map_err(|_| "the row is not UTF-8: save the file as CSV UTF-8".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    if text.contains('\0') {
        return Err("the row holds a NUL character".to_owned());
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => Ok(record.iter().map(|cell| plain(cell).to_owned()).collect()),
        Ok(false) => Ok(Vec::new()),
        Err(_) => Err("the row is no CSV".to_owned()),
    }
}

/// A cell without what surrounds it: white space, the mark of UTF-8, and the mark by which an export keeps a spreadsheet from
/// taking it for a formula.
fn plain(cell: &str) -> &str {
    let cell = cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        Some(_) | None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::{cells, row_end};

    #[test]
    fn a_line_end_in_quotation_marks_ends_no_row() {
        let text = "A1,\"林\n晓\",x\nA2,y\n".as_bytes();
        let end = row_end(text).unwrap();
        let why = cells(&text[..end], 7).unwrap_err();
        assert!(why.contains("lines 7 to 8"), "{why}");
        assert_eq!(row_end(b"\"never closed\n"), None);
    }

    #[test]
    fn marks_around_a_cell_are_taken_off() {
        assert_eq!(cells("\u{feff}工号, '=1 ,a'b".as_bytes(), 1).unwrap(), ["工号", "=1", "a'b"]);
        assert_eq!(cells("\u{feff}\"工号\",a".as_bytes(), 1).unwrap(), ["工号", "a"]);
        assert!(cells(&[0xce, 0xd2], 1).is_err(), "another encoding is said, not guessed");
    }
}

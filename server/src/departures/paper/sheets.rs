//! A4 sheets that fill from the top: paragraphs, and rows of cells that are not torn apart. Then a file of them.

use super::fonts::{self, COURIER_NAME, Fonts, SONG_NAME, TIMES_NAME};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::AssociationKind;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use sha2::{Digest, Sha256};
use std::io::Write;

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
/// How wide text may run.
pub(super) const TEXT_WIDTH: f32 = WIDTH - 2.0 * MARGIN;
const LEADING: f32 = 1.4;
/// Lines of one cell: a name that is longer is cut with an ellipsis, so that a row fits a page.
const MOST_LINES: usize = 24;

/// What a text is set in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// As is read.
    Text,
    /// As is typed.
    Mono,
}

/// A cell: what stands in it, how wide it is, how grey (0 is black).
pub(super) type Cell<'a> = (&'a str, f32, f32);

/// Sheets that are being filled.
pub(super) struct Sheets {
    done: Vec<Content>,
    page: Content,
    y: f32,
    head: Vec<(String, f32, f32)>,
    footer: String,
}

impl Sheets {
    /// The first, empty.
    pub(super) fn new(footer: &str) -> Self {
        let (done, head) = (Vec::new(), Vec::new());
        Self { done, page: Content::new(), y: HEIGHT - MARGIN, head, footer: footer.to_owned() }
    }

    /// Leaves room.
    pub(super) fn space(&mut self, points: f32) {
        self.y -= points;
    }

    /// What begins every further sheet, until something else does.
    pub(super) fn repeats(&mut self, head: &[Cell<'_>]) {
        self.head = head.iter().map(|(text, width, grey)| ((*text).to_owned(), *width, *grey)).collect();
    }

    /// A text over the whole width, broken into lines.
    pub(super) fn paragraph(&mut self, text: &str, face: Face, size: f32, grey: f32) {
        for line in broken(text, face, size, TEXT_WIDTH) {
            self.make_room(size * LEADING);
            self.y -= size * LEADING;
            set(&mut self.page, &line, face, (MARGIN, self.y), size, grey);
        }
    }

    /// Cells beside each other, each broken into lines; a rule below them where they are rows of a table.
    pub(super) fn row(&mut self, cells: &[Cell<'_>], size: f32, gap: f32, ruled: bool) {
        let lines: Vec<Vec<String>> =
            cells.iter().map(|(text, width, _)| broken(text, Face::Text, size, width - gap)).collect();
        let most = lines.iter().map(Vec::len).max().unwrap_or_default();
        let padding = if ruled { 4.0 } else { 1.0 };
        let height = lines_high(most, size) + 2.0 * padding;
        self.make_room(height);
        let mut x = MARGIN;
        for (cell, (_, width, grey)) in lines.iter().zip(cells) {
            let mut y = self.y - padding;
            for line in cell {
                y -= size * LEADING;
                set(&mut self.page, line, Face::Text, (x, y + 2.0), size, *grey);
            }
            x += width;
        }
        self.y -= height;
        if ruled {
            self.page.set_stroke_gray(0.8).set_line_width(0.5);
            self.page.move_to(MARGIN, self.y).line_to(WIDTH - MARGIN, self.y).stroke();
        }
    }

    /// Goes on to the next sheet where this one has no room left.
    fn make_room(&mut self, height: f32) {
        if self.y - height > MARGIN {
            return;
        }
        self.done.push(std::mem::replace(&mut self.page, Content::new()));
        self.y = HEIGHT - MARGIN;
        let head = std::mem::take(&mut self.head);
        if !head.is_empty() {
            let cells: Vec<Cell<'_>> = head.iter().map(|(text, width, grey)| (text.as_str(), *width, *grey)).collect();
            self.row(&cells, 8.5, 8.0, true);
            self.head = head;
        }
    }

    /// The file, with another one attached.
    pub(super) fn finish(mut self, title: &str, file: &str, attached: &[u8]) -> Vec<u8> {
        self.done.push(self.page);
        let mut next = Ref::new(1);
        let (catalog, pages, info) = (next.bump(), next.bump(), next.bump());
        let (spec, embedded) = (next.bump(), next.bump());
        let fonts = Fonts { times: next.bump(), courier: next.bump(), song: next.bump() };
        let mut pdf = Pdf::with_settings(pdf_writer::Settings { pretty: false });
        // No moment and no chance in it: who asks again gets the same file.
        let id = Sha256::digest(attached);
        let id = id.iter().take(16).copied().collect::<Vec<u8>>();
        pdf.set_file_id((id.clone(), id));
        fonts::write(&mut pdf, fonts, &mut next);

        let all = self.done.len();
        let mut kids = Vec::with_capacity(all);
        for (at, mut content) in self.done.into_iter().enumerate() {
            let number = format!("{} · {} / {all}", self.footer, at + 1);
            set(&mut content, &number, Face::Text, (MARGIN, MARGIN - 24.0), 8.0, 0.45);
            let (page, stream) = (next.bump(), next.bump());
            pdf.stream(stream, &deflated(&content.finish())).filter(Filter::FlateDecode);
            let mut written = pdf.page(page);
            written.parent(pages).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(stream);
            let mut resources = written.resources();
            let mut named = resources.fonts();
            named.pair(TIMES_NAME, fonts.times).pair(COURIER_NAME, fonts.courier).pair(SONG_NAME, fonts.song);
            kids.push(page);
        }
        let count = i32::try_from(kids.len()).unwrap_or(i32::MAX);
        pdf.pages(pages).kids(kids).count(count);

        let packed = deflated(attached);
        let mut stream = pdf.embedded_file(embedded, &packed);
        stream.filter(Filter::FlateDecode);
        stream.subtype(Name(b"application/json"));
        stream.params().size(i32::try_from(attached.len()).unwrap_or(i32::MAX));
        stream.finish();
        let mut named = pdf.indirect(spec).start::<pdf_writer::writers::FileSpec<'_>>();
        named.path(Str(file.as_bytes())).unic_file(TextStr(file));
        named.embedded_file_with_unicode(embedded).association_kind(AssociationKind::Source);
        named.finish();

        pdf.document_info(info).title(TextStr(title)).producer(TextStr("Tenure"));
        let mut root = pdf.catalog(catalog);
        root.pages(pages).lang(TextStr("zh-CN"));
        root.names().embedded_files().names().insert(Str(file.as_bytes()), spec);
        root.insert(Name(b"AF")).array().item(spec);
        root.viewer_preferences().display_doc_title(true);
        root.finish();
        pdf.finish()
    }
}

fn lines_high(lines: usize, size: f32) -> f32 {
    f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * size * LEADING
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
    // Into memory: nothing that could fail.
    out.write_all(bytes).and_then(|()| out.finish()).unwrap_or_default()
}

/// Sets one line: runs of ASCII in the Latin font, everything else in the Chinese one.
fn set(page: &mut Content, line: &str, face: Face, (x, y): (f32, f32), size: f32, grey: f32) {
    page.set_fill_gray(grey).begin_text().next_line(x, y);
    for (run, latin) in runs(line) {
        let font = match (latin, face) {
            (false, _) => SONG_NAME,
            (true, Face::Text) => TIMES_NAME,
            (true, Face::Mono) => COURIER_NAME,
        };
        page.set_font(font, size).show(Str(&fonts::encoded(run, latin)));
    }
    page.end_text();
}

/// A line as runs of one font each.
fn runs(line: &str) -> Vec<(&str, bool)> {
    let mut runs = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let latin = fonts::is_latin(first);
        let end = rest.find(|c| fonts::is_latin(c) != latin).unwrap_or(rest.len());
        let (run, others) = rest.split_at(end);
        runs.push((run, latin));
        rest = others;
    }
    runs
}

/// A text in lines that fit: between words where they are Latin, anywhere in Chinese, in the middle of a word that is longer
/// than a line.
fn broken(text: &str, face: Face, size: f32, width: f32) -> Vec<String> {
    let wide = |c: char| f32::from(fonts::width_of(c, face == Face::Mono)) * size / 1_000.0;
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let (mut line, mut used) = (String::new(), 0.0);
        for word in words(paragraph) {
            let needs: f32 = word.chars().map(wide).sum();
            if used + needs > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                used = 0.0;
            }
            for c in word.chars().filter(|c| !c.is_control()) {
                if used + wide(c) > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                if used > 0.0 || c != ' ' {
                    line.push(c);
                    used += wide(c);
                }
            }
        }
        lines.push(line);
    }
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.push("…".to_owned());
    }
    lines
}

/// What stays together: a Latin word with the space after it, a Chinese character by itself.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut begin = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let breaks = before.is_some_and(|b| b == ' ' || !fonts::is_latin(b) || !fonts::is_latin(c));
        // What closes stands on no line's beginning.
        let closes = matches!(c, '，' | '。' | '；' | '、' | '）' | '：' | '”');
        if breaks && !closes {
            words.push(&text[begin..at]);
            begin = at;
        }
        before = Some(c);
    }
    words.push(&text[begin..]);
    words
}

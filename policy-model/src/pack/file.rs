//! One pack file, read section by section.
//!
//! Every entry is read by itself, so that one mistake does not hide the next: the author sees all of them at once, each
//! with its line.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::pack::entry::Entry;
use crate::pack::problem::{Located, PackProblem, Place, SourceText, nearest};
use crate::pack::sections::{Header, Sections};

/// A key that any entry may have besides its own: the pack whose entry of the same id it replaces.
const OVERRIDES: &str = "overrides";

/// The code of what is no TOML; where it occurs there is nothing to check.
pub const SYNTAX: &str = "toml.syntax";

/// What one file says, before anything is checked across files.
#[derive(Debug)]
pub struct PackFile {
    /// The pack it extends, and where it says so.
    pub extends: Option<(String, Place)>,
    /// What it is.
    pub header: Option<Located<Header>>,
    /// Its entries.
    pub sections: Sections,
}

/// Reads a file. Problems are added to `problems`; what could be read is returned all the same. A file that is no TOML
/// is not read at all: whatever followed would be guesses about what its author meant.
pub fn read(name: &str, text: &str, problems: &mut Vec<PackProblem>) -> Option<PackFile> {
    let source = SourceText::new(name, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        problems.extend(errors.iter().map(|error| syntax_problem(&source, error)));
        return None;
    }
    let mut reader = Reader { source, tables: root.into_inner(), problems };
    let file = PackFile { extends: reader.extends(), header: reader.header(), sections: Sections::read(&mut reader) };
    reader.refuse_unknown_sections();
    Some(file)
}

/// The sections of a file that have not been read yet.
pub struct Reader<'t, 'p> {
    source: SourceText<'t>,
    tables: DeTable<'t>,
    problems: &'p mut Vec<PackProblem>,
}

impl<'t> Reader<'t, '_> {
    /// Takes all entries of a section, `[[name]]`, that can be read.
    pub fn list<T: Entry>(&mut self) -> Vec<Located<T>> {
        let Some(section) = self.tables.remove(T::SECTION) else { return Vec::new() };
        let place = self.source.place(section.span().start);
        let DeValue::Array(entries) = section.into_inner() else {
            let help = format!("Write one `[[{}]]` for each entry.", T::SECTION);
            self.problems.push(place.problem(
                "pack.wrong-value",
                format!("`{}` is not a list of entries", T::SECTION),
                help,
            ));
            return Vec::new();
        };
        let read: Vec<Located<T>> = entries.into_iter().filter_map(|entry| self.entry(entry)).collect();
        self.refuse_repeated_ids(&read);
        read
    }

    /// Takes a section that is one table, `[name]`.
    pub fn table<T: DeserializeOwned>(&mut self, name: &str) -> Option<Located<T>> {
        let section = self.tables.remove(name)?;
        self.entry(section)
    }

    fn entry<T: DeserializeOwned>(&mut self, entry: Spanned<DeValue<'t>>) -> Option<Located<T>> {
        let span = entry.span();
        let place = self.source.place(span.start);
        let mut value = entry.into_inner();
        let mut keys = Vec::new();
        let mut overrides = None;
        if let DeValue::Table(table) = &mut value {
            overrides = table.remove(OVERRIDES).and_then(|base| base.get_ref().as_str().map(str::to_owned));
            let at = |value: &Spanned<DeValue>| self.source.place(value.span().start);
            keys = table.iter().map(|(key, value)| (key.get_ref().to_string(), at(value))).collect();
        }
        match T::deserialize(ValueDeserializer::from(Spanned::new(span, value))) {
            Ok(entry) => Some(Located { entry, place, keys, overrides }),
            Err(error) => {
                self.problems.push(entry_problem(&self.source, &error, place));
                None
            }
        }
    }

    fn extends(&mut self) -> Option<(String, Place)> {
        let base = self.tables.remove("extends")?;
        let place = self.source.place(base.span().start);
        match base.get_ref().as_str() {
            Some(base) => Some((base.to_owned(), place)),
            None => {
                let help = "Write the name of one pack, such as `extends = \"gbt-35273\"`.";
                self.problems.push(place.problem("pack.wrong-value", "`extends` is not a text", help));
                None
            }
        }
    }

    fn header(&mut self) -> Option<Located<Header>> {
        if self.tables.contains_key("pack") {
            return self.table("pack");
        }
        let help = "Begin the file with `[pack]`: name, title_zh, title_en, version, source.";
        self.problems.push(self.source.place(0).problem("pack.no-header", "the file has no `[pack]` section", help));
        None
    }

    fn refuse_repeated_ids<T: Entry>(&mut self, entries: &[Located<T>]) {
        let mut first_places: HashMap<&str, &Place> = HashMap::new();
        for located in entries {
            if let Some(first) = first_places.insert(located.entry.id(), &located.place) {
                let message = format!("{} `{}` is already in line {}", T::SECTION, located.entry.id(), first.line);
                let help = "Give it a name of its own, or join the two.";
                self.problems.push(located.at(T::ID_KEY).problem("id.repeated", message, help));
            }
        }
    }

    fn refuse_unknown_sections(&mut self) {
        for (key, _) in self.tables.iter() {
            let place = self.source.place(key.span().start);
            let found = key.get_ref();
            let help = match nearest(found, Sections::NAMES.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("The sections are: {}.", Sections::NAMES.join(", ")),
            };
            self.problems.push(place.problem("pack.unknown-section", format!("there is no section `{found}`"), help));
        }
    }
}

fn syntax_problem(source: &SourceText<'_>, error: &toml::de::Error) -> PackProblem {
    let place = source.place(error.span().map_or(0, |span| span.start));
    place.problem(SYNTAX, error.message(), "Correct this first; nothing else was checked.")
}

/// What is wrong with an entry, at the place of the key or value at fault, or else at the entry's own.
fn entry_problem(source: &SourceText<'_>, error: &toml::de::Error, entry: Place) -> PackProblem {
    let place = error.span().map_or(entry, |span| source.place(span.start));
    let message = error.message();
    let code = if message.starts_with("unknown field") { "pack.unknown-key" } else { "pack.wrong-value" };
    place.problem(code, message, help_for(message))
}

/// What would be right, read out of the parser's own words: they quote first what was found, then what was expected.
fn help_for(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let is_mistyped = message.starts_with("unknown field") || message.starts_with("unknown variant");
    let near = quoted.next().filter(|_| is_mistyped).and_then(|found| nearest(found, quoted));
    match near {
        Some(near) => format!("Did you mean `{near}`?"),
        None if message.starts_with("missing field") => "Add the field.".to_owned(),
        None => "Write it as the other entries of this section are written.".to_owned(),
    }
}

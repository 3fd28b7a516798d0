//! Reads settings one by one from three layers, and remembers everything that was wrong and everything it was asked for.
//!
//! A wrong value never stops it: it notes the problem and goes on with the layer below, so that one start names all
//! mistakes. What stands in a file and was never asked for is no setting.

use super::problem::{ConfigError, Origin, Problem, nearest};
use super::sources::ConfigFile;
use super::values;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const DEFAULTS: &str = include_str!("../../../../config/tenure.toml");

/// Settings that the environment may give, too.
const VARIABLES: [(&str, &str); 5] = [
    ("data_dir", "TENURE_DATA_DIR"),
    ("database.url", "TENURE_DATABASE_URL"),
    ("listen", "TENURE_LISTEN"),
    ("log.level", "TENURE_LOG"),
    ("master_key_file", "TENURE_MASTER_KEY_FILE"),
];
/// Says which file to read, and is no setting in it.
const CONFIG_VARIABLE: &str = "TENURE_CONFIG";
/// Not read, but people may try: a process list and a crash report show it.
const KEY_IN_ENVIRONMENT: &str = "TENURE_MASTER_KEY";

/// What [`Sources`](super::Sources) puts where a variable's bytes are no text.
const NOT_UNICODE: char = char::REPLACEMENT_CHARACTER;

/// One place that settings stand in. The topmost that has a setting wins.
struct Layer<'a> {
    values: DeTable<'a>,
    place: Place<'a>,
}

enum Place<'a> {
    Environment,
    File { path: &'a Path, text: &'a str },
    Defaults,
}

/// The layers, what was asked for, and what was wrong.
pub(super) struct Reader<'a> {
    layers: Vec<Layer<'a>>,
    asked: Vec<&'static str>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub fn new(file: Option<&'a ConfigFile>, environment: &'a BTreeMap<String, String>) -> Self {
        let mut reader = Self { layers: Vec::new(), asked: Vec::new(), problems: Vec::new() };
        reader.check_variables(environment);
        reader.layers.push(Layer { values: variables(environment), place: Place::Environment });
        if let Some(file) = file {
            reader.add_file(file);
        }
        reader.layers.push(defaults());
        reader
    }

    /// A setting that has a default.
    pub fn value<T>(&mut self, key: &'static str, expected: &str, parse: impl Fn(&DeValue<'_>) -> Option<T>) -> T {
        self.optional(key, expected, parse)
            .unwrap_or_else(|| unreachable!("config/tenure.toml has a right default for {key}; a test reads them all"))
    }

    /// A setting that may be left out.
    pub fn optional<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl Fn(&DeValue<'_>) -> Option<T>,
    ) -> Option<T> {
        self.find(key, expected, shown, parse)
    }

    /// A setting that may be left out, and whose value no message repeats.
    pub fn secret<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl Fn(&DeValue<'_>) -> Option<T>,
    ) -> Option<T> {
        self.find(key, expected, |_| "has a value that is not shown".to_owned(), parse)
    }

    /// A whole number inside a range.
    pub fn integer<N>(&mut self, key: &'static str, range: RangeInclusive<N>) -> N
    where
        N: TryFrom<u64> + PartialOrd + Display,
    {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let inside = |value: &DeValue<'_>| N::try_from(values::whole_number(value)?).ok().filter(|n| range.contains(n));
        self.value(key, &expected, inside)
    }

    /// A path that has a default, relative to the file that names it.
    pub fn path(&mut self, key: &'static str) -> PathBuf {
        let path = self.value(key, "the path of a folder", values::path);
        self.beside_its_file(key, path)
    }

    /// A relative path in a file means the same wherever the program is started.
    pub fn beside_its_file(&self, key: &str, path: PathBuf) -> PathBuf {
        let winner = self.layers.iter().find(|layer| look_up(&layer.values, key).is_some());
        match winner.map(|layer| &layer.place) {
            Some(Place::File { path: file, .. }) => file.with_file_name("").join(path),
            Some(Place::Environment | Place::Defaults) | None => path,
        }
    }

    /// Notes that settings do not fit each other, at the first of them that is not a default.
    pub fn refuse(&mut self, keys: &[&str], message: String) {
        let set =
            keys.iter().flat_map(|key| self.layers.iter().map(move |layer| (key, layer))).find_map(|(key, layer)| {
                let value = look_up(&layer.values, key)?;
                Some(layer.origin(key, &value.span())).filter(|origin| *origin != Origin::Default)
            });
        self.problems.push(Problem { origin: set.unwrap_or(Origin::Default), message });
    }

    /// All that was wrong, now that every setting has been asked for.
    pub fn finish(mut self) -> Result<(), ConfigError> {
        let layers = std::mem::take(&mut self.layers);
        for layer in layers.iter().filter(|layer| matches!(layer.place, Place::File { .. })) {
            self.refuse_unknown(layer, "", &layer.values);
        }
        // In the order of the file, after the environment.
        self.problems.sort_by_key(|problem| match &problem.origin {
            Origin::Variable(_) => 0,
            Origin::File { line, .. } => *line,
            Origin::Default => usize::MAX,
        });
        if self.problems.is_empty() { Ok(()) } else { Err(ConfigError::Wrong(self.problems)) }
    }

    fn find<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        show: impl Fn(&DeValue<'_>) -> String,
        parse: impl Fn(&DeValue<'_>) -> Option<T>,
    ) -> Option<T> {
        self.asked.push(key);
        for layer in &self.layers {
            let Some(value) = look_up(&layer.values, key) else { continue };
            if let Some(right) = parse(value.get_ref()) {
                return Some(right);
            }
            let message = format!("{key} {}; it must be {expected}", show(value.get_ref()));
            self.problems.push(Problem { origin: layer.origin(key, &value.span()), message });
        }
        None
    }

    fn add_file(&mut self, file: &'a ConfigFile) {
        let place = Place::File { path: &file.path, text: &file.text };
        let (document, errors) = DeTable::parse_recoverable(&file.text);
        let mut layer = Layer { values: document.into_inner(), place };
        for error in &errors {
            let origin = layer.origin("", &error.span().unwrap_or_default());
            self.problems.push(Problem { origin, message: format!("this is not TOML: {}", error.message()) });
        }
        if let Some(value) = look_up(&layer.values, "data_dir").filter(|_| file.is_in_data_dir) {
            let origin = layer.origin("data_dir", &value.span());
            let message = "data_dir cannot be set in a file that is found in the data directory; \
                           use TENURE_DATA_DIR, or name the file with --config";
            self.problems.push(Problem { origin, message: message.to_owned() });
        }
        if !errors.is_empty() {
            layer.values.clear(); // what is left of a broken file would only raise more questions
        }
        self.layers.push(layer);
    }

    /// A slip in TENURE_DATABASE_URL would quietly start on SQLite. A name that is nothing like ours is let be: a
    /// container platform makes variables such as TENURE_SERVICE_HOST by itself.
    fn check_variables(&mut self, environment: &BTreeMap<String, String>) {
        let known = || VARIABLES.iter().map(|(_, variable)| *variable).chain([CONFIG_VARIABLE]);
        for name in environment.keys().filter(|name| !known().any(|k| k == *name)) {
            let message = if name == KEY_IN_ENVIRONMENT {
                "the master key itself must not be in the environment, where process lists show it; \
                 put it into a file and name that with TENURE_MASTER_KEY_FILE"
                    .to_owned()
            } else if let Some(near) = nearest(name, known()) {
                format!("this is not a setting; did you mean {near}?")
            } else {
                continue;
            };
            self.problems.push(Problem { origin: Origin::Variable(name.clone()), message });
        }
        for name in known().filter(|name| environment.get(*name).is_some_and(|text| text.contains(NOT_UNICODE))) {
            let message = "this is not UTF-8 text".to_owned();
            self.problems.push(Problem { origin: Origin::Variable(name.to_owned()), message });
        }
    }

    fn refuse_unknown(&mut self, layer: &Layer<'_>, section: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let key =
                if section.is_empty() { name.get_ref().to_string() } else { format!("{section}.{}", name.get_ref()) };
            if self.asked.contains(&key.as_str()) {
                continue;
            }
            let is_section = self.asked.iter().any(|asked| is_inside(asked, &key));
            match value.get_ref() {
                DeValue::Table(inner) if is_section => self.refuse_unknown(layer, &key, inner),
                _ => {
                    let message = format!("{key} is not a setting; {}", self.advice(&key, section, is_section));
                    self.problems.push(Problem { origin: layer.origin(&key, &name.span()), message });
                }
            }
        }
    }

    fn advice(&self, key: &str, section: &str, is_section: bool) -> String {
        if is_section {
            return format!("it is a section, so write [{key}]");
        }
        let sections = self.asked.iter().filter_map(|asked| asked.rsplit_once('.').map(|(section, _)| section));
        if let Some(near) = nearest(key, self.asked.iter().copied().chain(sections)) {
            return format!("did you mean {near}?");
        }
        let here: Vec<&str> = self.asked.iter().copied().filter(|asked| is_inside(asked, section)).collect();
        format!("there are {}", here.join(", "))
    }
}

impl Layer<'_> {
    fn origin(&self, key: &str, span: &Range<usize>) -> Origin {
        match self.place {
            Place::Environment => {
                let variable =
                    VARIABLES.iter().find(|(setting, _)| *setting == key).map_or(key, |(_, variable)| variable);
                Origin::Variable(variable.to_owned())
            }
            Place::File { path, text } => {
                let before = text.get(..span.start).unwrap_or(text);
                Origin::File { path: path.to_owned(), line: before.matches('\n').count() + 1 }
            }
            Place::Defaults => Origin::Default,
        }
    }
}

/// `key` is a setting of this section. The empty section holds those that stand before all sections.
fn is_inside(key: &str, section: &str) -> bool {
    match key.rsplit_once('.') {
        Some((inside, _)) => inside == section,
        None => section.is_empty(),
    }
}

fn look_up<'t, 'a>(table: &'t DeTable<'a>, key: &str) -> Option<&'t Spanned<DeValue<'a>>> {
    match key.split_once('.') {
        None => table.get(key),
        Some((section, rest)) => look_up(table.get(section)?.get_ref().as_table()?, rest),
    }
}

/// The environment as a layer: an empty variable is one that is not set.
fn variables(environment: &BTreeMap<String, String>) -> DeTable<'_> {
    let mut layer = DeTable::new();
    let nowhere = || 0..0;
    for (key, variable) in VARIABLES {
        let Some(text) = environment.get(variable).filter(|text| !text.is_empty()) else { continue };
        let value = Spanned::new(nowhere(), DeValue::String(text.as_str().into()));
        match key.split_once('.') {
            None => _ = layer.insert(Spanned::new(nowhere(), key.into()), value),
            Some((section, name)) => {
                let table = DeTable::from_iter([(Spanned::new(nowhere(), name.into()), value)]);
                layer.insert(Spanned::new(nowhere(), section.into()), Spanned::new(nowhere(), DeValue::Table(table)));
            }
        }
    }
    layer
}

fn defaults() -> Layer<'static> {
    let document =
        DeTable::parse(DEFAULTS).unwrap_or_else(|e| unreachable!("config/tenure.toml is built in and tested: {e}"));
    Layer { values: document.into_inner(), place: Place::Defaults }
}

/// Where to look for a configuration file when nothing else says so.
pub(super) fn default_data_dir() -> PathBuf {
    look_up(&defaults().values, "data_dir").and_then(|value| values::path(value.get_ref())).unwrap_or_default()
}

/// What was found, after the name of the setting.
fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("is {text:?}"),
        DeValue::Integer(number) => format!("is {number}"),
        DeValue::Float(number) => format!("is {number}"),
        DeValue::Boolean(yes) => format!("is {yes}"),
        DeValue::Datetime(when) => format!("is {when}"),
        DeValue::Array(items) => {
            let shown_items: Vec<String> =
                items.iter().map(|item| shown(item.get_ref()).replacen("is ", "", 1)).collect();
            format!("is [{}]", shown_items.join(", "))
        }
        DeValue::Table(_) => "is a section".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::{Config, Sources};

    /// Every setting, optional ones too, is described in the file that people read.
    #[test]
    fn the_defaults_describe_every_setting_and_no_other() {
        let empty = BTreeMap::new();
        let mut reader = Reader::new(None, &empty);
        Config::read(&mut reader);
        let mut described = Vec::new();
        let mut section = String::new();
        for line in DEFAULTS.lines().map(|line| line.trim_start_matches("# ")) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = format!("{name}.");
            } else if let Some((name, _)) = line.split_once(" = ") {
                described.push(format!("{section}{name}"));
            }
        }
        let mut asked: Vec<String> = reader.asked.iter().map(|key| (*key).to_owned()).collect();
        asked.sort();
        described.sort();
        assert_eq!(described, asked);
        for (key, variable) in VARIABLES {
            assert!(asked.contains(&key.to_owned()) && DEFAULTS.contains(variable), "{variable}");
        }
        assert!(reader.finish().is_ok());
    }

    #[test]
    fn the_default_data_dir_is_where_the_defaults_say() {
        assert_eq!(default_data_dir(), Path::new("data"));
        assert!(Sources::default().environment().is_empty());
    }
}

//! The sections of a pack and what their entries have in common.

use serde::Deserialize;

use crate::class::{Class, ClassPattern};
use crate::pack::control::ControlRule;
use crate::pack::file::Reader;
use crate::pack::layer::layer;
use crate::pack::problem::{Located, PackProblem};

/// `[pack]`: what the pack is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The name that tenants choose it by and other packs extend.
    pub name: String,
    /// What it is called in Chinese.
    pub title_zh: String,
    /// What it is called in English.
    pub title_en: String,
    /// Its version; a new one whenever a rule changes.
    pub version: String,
    /// The document it puts into rules.
    pub source: String,
}

/// A name that facts may use, with what people call it: an application or a feature.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The name in facts and rules.
    pub key: String,
    /// What it is called in Chinese.
    pub name_zh: String,
    /// What it is called in English.
    pub name_en: String,
}

/// `[[service]]`: an application whose name matters to a control rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ServiceName(pub Named);

/// `[[feature]]`: something an organisation can have on, which matters to a control rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct FeatureName(pub Named);

macro_rules! list_sections {
    ($( $(#[$meta:meta])* $field:ident: $entry:ty, )+) => {
        /// The list sections of a pack.
        #[derive(Debug, Clone, Default)]
        pub struct Sections {
            $( $(#[$meta])* pub $field: Vec<Located<$entry>>, )+
        }

        impl Sections {
            /// The names of all sections, lists and tables.
            pub const NAMES: &'static [&'static str] = &["pack", "extends", "deadlines", $(<$entry>::SECTION),+];

            /// Takes all list sections out of a file.
            pub fn read(reader: &mut Reader<'_, '_>) -> Self {
                Self { $( $field: reader.list(), )+ }
            }

            /// These sections on top of those of the pack that they extend.
            pub fn over(self, base: Self, problems: &mut Vec<PackProblem>) -> Self {
                Self { $( $field: layer(self.$field, base.$field, problems), )+ }
            }

            /// Checks every entry of every section for what all entries have in common.
            pub fn each_entry(&self, check: &mut impl EntryCheck) {
                $( for located in &self.$field { check.entry(located); } )+
            }
        }
    };
}

list_sections! {
    /// Data classes.
    classes: Class,
    /// Applications that rules name.
    services: ServiceName,
    /// Features that rules name.
    features: FeatureName,
    /// Control rules, in the order of reading.
    controls: ControlRule,
}

/// A check of what all entries have in common.
pub trait EntryCheck {
    /// Looks at one entry.
    fn entry<T: Entry>(&mut self, located: &Located<T>);
}

/// What every entry of a list section has.
pub trait Entry: serde::de::DeserializeOwned {
    /// The section's name.
    const SECTION: &'static str;
    /// The key that identifies an entry.
    const ID_KEY: &'static str = "id";

    /// What identifies the entry among its section.
    fn id(&self) -> &str;

    /// The clauses it cites.
    fn clauses(&self) -> Vec<&str> {
        Vec::new()
    }

    /// The classes it speaks of, and the key under which it does.
    fn classes(&self) -> (&'static str, Vec<&ClassPattern>) {
        ("classes", Vec::new())
    }

    /// Why it may not take the place of `base`, the entry of the same id in the pack that it extends.
    fn may_not_replace(&self, _base: &Self) -> Option<Weaker> {
        None
    }
}

/// An entry that would protect less than the one it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weaker {
    /// The key whose value is at fault.
    pub key: &'static str,
    /// What was found.
    pub message: String,
    /// What would be right.
    pub help: String,
}

impl Entry for Class {
    const SECTION: &'static str = "class";
    const ID_KEY: &'static str = "key";

    fn id(&self) -> &str {
        self.key.as_str()
    }

    fn clauses(&self) -> Vec<&str> {
        self.clauses.iter().map(String::as_str).collect()
    }

    fn may_not_replace(&self, base: &Self) -> Option<Weaker> {
        let key = self.lowers(base)?;
        Some(Weaker {
            key,
            message: format!("class `{}` would be less protected than in the pack it extends: `{key}`", self.key),
            help: "A class may be raised, never lowered (gbt35273-3.2, yongchang-def-sensitive).".to_owned(),
        })
    }
}

impl Entry for ServiceName {
    const SECTION: &'static str = "service";
    const ID_KEY: &'static str = "key";

    fn id(&self) -> &str {
        &self.0.key
    }
}

impl Entry for FeatureName {
    const SECTION: &'static str = "feature";
    const ID_KEY: &'static str = "key";

    fn id(&self) -> &str {
        &self.0.key
    }
}

impl Entry for ControlRule {
    const SECTION: &'static str = "control";

    fn id(&self) -> &str {
        &self.id
    }

    fn clauses(&self) -> Vec<&str> {
        self.clauses.iter().map(String::as_str).collect()
    }

    fn classes(&self) -> (&'static str, Vec<&ClassPattern>) {
        ("when", self.when.class.iter().collect())
    }
}

//! The sections of a pack.

use serde::{Deserialize, Serialize};

use crate::approval::ApprovalRule;
use crate::calendar::Deadlines;
use crate::class::Class;
use crate::departure::DepartureRule;
use crate::mask::by_role::MaskRule;
use crate::pack::control::ControlRule;
use crate::pack::entry::Entry;
use crate::pack::file::Reader;
use crate::pack::layer::{layer, layer_deadlines};
use crate::pack::problem::{Located, PackProblem};
use crate::roles::{Exclusion, Power, Role};
use crate::schedule::Schedule;

/// `[pack]`: what the pack is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// A name with what people call it: an application or a feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The name in facts, rules and records.
    pub key: String,
    /// What it is called in Chinese.
    pub name_zh: String,
    /// What it is called in English.
    pub name_en: String,
}

/// `[[service]]`: an application whose name matters to a control rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServiceName(pub Named);

/// `[[feature]]`: something an organisation can have on, which matters to a control rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeatureName(pub Named);

/// `[[act]]`: something that can be done with Tenure itself, which powers give to roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActName {
    /// The name in powers and records.
    pub key: String,
    /// What it is called in Chinese.
    pub name_zh: String,
    /// What it is called in English.
    pub name_en: String,
    /// Whether roles are separated by it: of two that exclude each other at most one may have it (gbt35273-7.1-c).
    #[serde(default)]
    pub separates: bool,
}

macro_rules! list_sections {
    ($( $(#[$meta:meta])* $field:ident: $entry:ty, )+) => {
        /// The sections of a pack, its header aside.
        #[derive(Debug, Clone, Default)]
        pub struct Sections {
            $( $(#[$meta])* pub $field: Vec<Located<$entry>>, )+
            /// The answer times; only the base must have them.
            pub deadlines: Option<Located<Deadlines>>,
        }

        impl Sections {
            /// The names of all sections, lists and tables.
            pub const NAMES: &'static [&'static str] = &["pack", "extends", "deadlines", $(<$entry>::SECTION),+];

            /// Takes all of them out of a file.
            pub fn read(reader: &mut Reader<'_, '_>) -> Self {
                Self { $( $field: reader.list(), )+ deadlines: reader.table("deadlines") }
            }

            /// These sections on top of those of the pack that they extend.
            pub fn over(self, base: Self, problems: &mut Vec<PackProblem>) -> Self {
                Self {
                    $( $field: layer(self.$field, base.$field, problems), )+
                    deadlines: layer_deadlines(self.deadlines, base.deadlines, problems),
                }
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
    /// How long data stays.
    schedules: Schedule,
    /// What becomes of data when somebody leaves.
    departures: DepartureRule,
    /// Whose yes an instruction needs.
    approvals: ApprovalRule,
    /// Roles.
    roles: Role,
    /// Roles that nobody may hold together.
    exclusions: Exclusion,
    /// Acts upon Tenure itself.
    acts: ActName,
    /// Which role may do which act.
    powers: Power,
    /// How a role sees a class.
    masks: MaskRule,
}

/// A check of what all entries have in common.
pub trait EntryCheck {
    /// Looks at one entry.
    fn entry<T: Entry>(&mut self, located: &Located<T>);
}

//! Data classes: the kinds of data that every rule speaks about.
//!
//! A class is a dotted key such as `hr.salary_bank_account`. Rules name classes one by one or by pattern (`hr.*`, `*`),
//! so that a tenant's own class falls under the rules of its family on the day it is added. A class can be made more
//! sensitive by a pack that extends another, never less (gbt35273-3.2, yongchang-def-sensitive).

mod vocabulary;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

pub use vocabulary::{Family, Mask};

/// One kind of data, as a pack declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// The dotted key, unique in the pack.
    pub key: ClassKey,
    /// What it is called in Chinese.
    pub name_zh: String,
    /// What it is called in English.
    pub name_en: String,
    /// The family of GB/T 35273 appendix A that it belongs to.
    pub family: Family,
    /// Whether leaking or misusing it endangers person, property or reputation (gbt35273-3.2).
    #[serde(default)]
    pub sensitive: bool,
    /// Whether it is a biometric identifier, with rules of its own (gbt35273-6.3-c).
    #[serde(default)]
    pub biometric: bool,
    /// Whether the vault may take it in.
    #[serde(default)]
    pub storage: Storage,
    /// How it is shown to those who need not see all of it (gbt35273-7.2).
    pub mask: Mask,
    /// The clauses that name this class.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
}

impl Class {
    /// Names in what this class would be less protected than `base`, the class of the same key that it replaces.
    pub fn lowers(&self, base: &Self) -> Option<&'static str> {
        if base.sensitive && !self.sensitive {
            return Some("sensitive");
        }
        if base.biometric && !self.biometric {
            return Some("biometric");
        }
        if base.storage != Storage::Vault && self.storage == Storage::Vault {
            return Some("storage");
        }
        None
    }
}

/// Where a class may be kept at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// The vault takes it in.
    #[default]
    Vault,
    /// It never leaves the person's device (dingtalk-2.2.1-local).
    DeviceOnly,
    /// It ends with the task that needed it and is never copied (dingtalk-2.2.1-voiceprint).
    Transient,
    /// An original biometric sample. In principle it is not kept; only a legal duty changes that (gbt35273-6.3-c).
    RawBiometric,
}

/// Why the vault will not take a class in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StorageRefused {
    /// Data of this class stays on the device.
    #[error("data of this class never leaves the person's device")]
    DeviceOnly,
    /// Data of this class is gone once its task is done.
    #[error("data of this class ends with the task that needed it and is never stored")]
    Transient,
    /// A raw sample without a legal duty to keep it.
    #[error("a raw biometric sample is not stored; keep the features, or cite the law that requires the original")]
    RawBiometric,
}

impl Storage {
    /// Whether the vault may take the class in, given whether a law is cited that requires keeping the original.
    ///
    /// # Errors
    /// Says which kind of class is refused. A legal ground opens the vault to raw samples only: nothing can oblige
    /// anybody to upload what is defined by never leaving the device.
    pub fn vault_takes(self, ground: LegalGround) -> Result<(), StorageRefused> {
        match (self, ground) {
            (Self::Vault, _) | (Self::RawBiometric, LegalGround::Cited) => Ok(()),
            (Self::RawBiometric, LegalGround::None) => Err(StorageRefused::RawBiometric),
            (Self::DeviceOnly, _) => Err(StorageRefused::DeviceOnly),
            (Self::Transient, _) => Err(StorageRefused::Transient),
        }
    }
}

/// Whether somebody cited a law that requires keeping an original (gbt35273-intro-law).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegalGround {
    /// No law is cited.
    None,
    /// A law is cited and recorded.
    Cited,
}

/// A class key: two or more lower-case words joined by dots.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ClassKey(Box<str>);

impl ClassKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ClassKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClassKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ClassKey {
    type Err = BadClassName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = text.split('.').collect();
        if words.len() >= 2 && words.iter().all(|word| is_word(word)) {
            Ok(Self(text.into()))
        } else {
            Err(BadClassName(text.to_owned(), "a class key such as `hr.salary_bank_account`"))
        }
    }
}

impl<'de> Deserialize<'de> for ClassKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Which classes a rule is about: one (`hr.name`), a family (`hr.*`) or all (`*`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ClassPattern(Box<str>);

impl ClassPattern {
    /// The pattern as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The pattern that fits every class.
    pub fn every() -> Self {
        Self("*".into())
    }

    /// Whether a class of this key is meant. `hr.*` fits `hr.name` but not `hr` and not `hrm.name`.
    pub fn matches(&self, key: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => key.starts_with(prefix),
            None => key == &*self.0,
        }
    }

    /// Whether every class that `other` fits is fitted by this pattern too.
    pub fn covers(&self, other: &Self) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => other.0.strip_suffix('*').unwrap_or(&other.0).starts_with(prefix),
            None => self == other,
        }
    }

    /// How narrow the pattern is: of two that fit a class, the greater one says more about it.
    /// An exact key is narrower than any family, a deeper family narrower than a wider one.
    pub fn specificity(&self) -> u32 {
        let words = self.0.split('.').filter(|word| *word != "*").count() as u32;
        words * 2 + u32::from(!self.0.ends_with('*'))
    }

    /// Whether the pattern names exactly one class, and so must name one that exists.
    pub fn is_exact(&self) -> bool {
        !self.0.ends_with('*')
    }
}

impl fmt::Display for ClassPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ClassPattern {
    type Err = BadClassName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let family = text.strip_suffix(".*");
        let is_pattern = text == "*"
            || family.is_some_and(|family| family.split('.').all(is_word))
            || text.parse::<ClassKey>().is_ok();
        if is_pattern {
            Ok(Self(text.into()))
        } else {
            Err(BadClassName(text.to_owned(), "a class (`hr.name`), a family of them (`hr.*`) or all (`*`)"))
        }
    }
}

impl<'de> Deserialize<'de> for ClassPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A text that is no class key or no class pattern, and what would be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not {1}")]
pub struct BadClassName(String, &'static str);

fn is_word(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> ClassPattern {
        text.parse().unwrap()
    }

    #[test]
    fn a_pattern_fits_its_family_and_nothing_beside_it() {
        let cases = [
            ("*", "hr.name", true),
            ("hr.*", "hr.name", true),
            ("hr.*", "hrm.name", false),
            ("hr.name", "hr.name", true),
            ("hr.name", "hr.name_former", false),
            ("hr.pay.*", "hr.pay.bonus", true),
            ("hr.pay.*", "hr.name", false),
        ];
        for (text, key, fits) in cases {
            assert_eq!(pattern(text).matches(key), fits, "{text} {key}");
        }
    }

    #[test]
    fn covering_is_fitting_whatever_the_other_fits() {
        let cases = [
            ("*", "*", true),
            ("*", "hr.*", true),
            ("hr.*", "*", false),
            ("hr.*", "hr.*", true),
            ("hr.*", "hr.pay.*", true),
            ("hr.pay.*", "hr.*", false),
            ("hr.*", "hr.name", true),
            ("hr.name", "hr.*", false),
        ];
        for (wide, narrow, covers) in cases {
            assert_eq!(pattern(wide).covers(&pattern(narrow)), covers, "{wide} {narrow}");
        }
    }

    #[test]
    fn the_narrower_pattern_is_the_more_specific() {
        let ordered = ["*", "hr.*", "hr.pay.*", "hr.pay.bonus"];
        for pair in ordered.windows(2) {
            assert!(pattern(pair[0]).specificity() < pattern(pair[1]).specificity(), "{pair:?}");
        }
        assert!(pattern("hr.pay").specificity() > pattern("hr.*").specificity());
    }

    #[test]
    fn what_is_no_class_name_is_refused_with_an_example() {
        for text in ["", "hr", "hr.", ".hr", "Hr.name", "hr name", "hr.*.x", "h*"] {
            assert!(text.parse::<ClassKey>().is_err(), "{text}");
        }
        for text in ["", "**", "hr*", "hr.*.x", "*.name", "HR.*"] {
            assert!(text.parse::<ClassPattern>().is_err(), "{text}");
        }
        let complaint = "hr*".parse::<ClassPattern>().unwrap_err().to_string();
        assert_eq!(complaint, "`hr*` is not a class (`hr.name`), a family of them (`hr.*`) or all (`*`)");
    }

    #[test]
    fn a_law_opens_the_vault_to_raw_samples_only() {
        assert_eq!(Storage::RawBiometric.vault_takes(LegalGround::None), Err(StorageRefused::RawBiometric));
        assert_eq!(Storage::RawBiometric.vault_takes(LegalGround::Cited), Ok(()));
        assert_eq!(Storage::DeviceOnly.vault_takes(LegalGround::Cited), Err(StorageRefused::DeviceOnly));
        assert_eq!(Storage::Transient.vault_takes(LegalGround::Cited), Err(StorageRefused::Transient));
    }
}

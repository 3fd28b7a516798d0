//! Control rules as a pack writes them, and the plain reading of one rule against facts.
//!
//! This is the meaning of a rule. The compiled form in `mask.rs` and `rulebook.rs` is only a faster way to the same
//! answer, and a property test holds the two together.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::class::ClassPattern;
use crate::facts::{
    Account, Age, Application, Capacity, Certification, ClosedFact, Consent, Conversation, Facts, Membership, Source,
};

/// One rule about who controls data. Rules are read from the top; the first that fits decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlRule {
    /// Unique in the pack; rulings, records and the console cite it.
    pub id: String,
    /// The facts under which it decides. An empty table fits everything.
    pub when: When,
    /// What it decides.
    pub controller: Judgement,
    /// What the ruling brings with it later.
    #[serde(default)]
    pub then: Vec<Condition>,
    /// The changes that let this rule decide anew about data that was there before. Written `retroactive = ["consent"]`.
    #[serde(default)]
    pub retroactive: Vec<Change>,
    /// The clauses it rests on; at least one.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
    /// Why, for whoever asks in Chinese.
    pub reason_zh: String,
    /// Why, for whoever asks in English.
    pub reason_en: String,
}

impl ControlRule {
    /// Whether the rule has a say about data of this class.
    pub(crate) fn speaks_of(&self, class: &str) -> bool {
        self.when.class.is_any() || self.when.class.iter().any(|pattern| pattern.matches(class))
    }
}

/// What may change after data came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Consent was given or taken back.
    Consent,
    /// A feature was switched on or off.
    Features,
    /// Whoever keeps the data says something else of it: a group was made internal.
    Facts,
    /// The organisation lives by another pack.
    Pack,
}

/// What a rule decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// The organisation controls it.
    Organisation,
    /// It is the person's own.
    Person,
    /// The source document leaves it open: treated as the person's until the privacy officer settles it.
    Unsettled,
}

/// What a ruling brings with it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The person no longer sees it once they have left (dingtalk-3.6.1-5-direct).
    HiddenFromLeaver,
    /// A catch-all class: somebody has to find the class it really is (dingtalk-3.6.1-7).
    Reclassify,
}

/// The facts that a rule asks for. What is not named may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// Any of these classes.
    pub class: AnyOf<ClassPattern>,
    /// Any of these kinds of account.
    pub account: AnyOf<Account>,
    /// Any of these capacities.
    pub capacity: AnyOf<Capacity>,
    /// Any of these states of membership.
    pub membership: AnyOf<Membership>,
    /// Opened by the administrator, not opened, or no application at all.
    pub application: AnyOf<Application>,
    /// Any of these applications, by name.
    pub service: AnyOf<String>,
    /// Any of these conversations.
    pub conversation: AnyOf<Conversation>,
    /// Any of these sources.
    pub source: AnyOf<Source>,
    /// Any of these states of consent.
    pub consent: AnyOf<Consent>,
    /// Any of these ages.
    pub age: AnyOf<Age>,
    /// Certified or not.
    pub certification: AnyOf<Certification>,
    /// Every one of these features on.
    pub feature_on: AnyOf<String>,
    /// None of these features on.
    pub feature_off: AnyOf<String>,
}

/// The first thing about the facts that a rule did not find as it wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unmet {
    /// Which fact.
    pub fact: &'static str,
    /// What it was.
    pub found: String,
    /// What the rule would have taken.
    pub wanted: Vec<String>,
}

impl When {
    /// Reads the conditions in order and says which is the first that does not fit; none if the rule fits.
    pub fn unmet(&self, facts: &Facts) -> Option<Unmet> {
        let class_fits = self.class.is_any() || self.class.iter().any(|pattern| pattern.matches(&facts.class));
        if !class_fits {
            let wanted = self.class.iter().map(ToString::to_string).collect();
            return Some(Unmet { fact: "class", found: facts.class.clone(), wanted });
        }
        self.account
            .misses(facts.account)
            .or_else(|| self.capacity.misses(facts.capacity))
            .or_else(|| self.membership.misses(facts.membership))
            .or_else(|| self.application.misses(facts.application()))
            .or_else(|| self.service_unmet(facts))
            .or_else(|| self.conversation.misses(facts.conversation))
            .or_else(|| self.source.misses(facts.source))
            .or_else(|| self.consent.misses(facts.consent))
            .or_else(|| self.age.misses(facts.age))
            .or_else(|| self.certification.misses(facts.certification))
            .or_else(|| self.feature_unmet(facts))
    }

    /// Writes down the facts that this rule looks at, with what they are here. Two sets of facts that agree on what every rule
    /// of their class looks at cannot be told apart by any of them.
    pub(crate) fn note_deciding(&self, facts: &Facts, deciding: &mut BTreeMap<String, String>) {
        let mut note = |is_looked_at: bool, name: &str, value: &str| {
            if is_looked_at {
                deciding.insert(name.to_owned(), value.to_owned());
            }
        };
        note(!self.account.is_any(), Account::NAME, facts.account.as_str());
        note(!self.capacity.is_any(), Capacity::NAME, facts.capacity.as_str());
        note(!self.membership.is_any(), Membership::NAME, facts.membership.as_str());
        note(!self.application.is_any(), Application::NAME, facts.application().as_str());
        note(!self.conversation.is_any(), Conversation::NAME, facts.conversation.as_str());
        note(!self.source.is_any(), Source::NAME, facts.source.as_str());
        note(!self.consent.is_any(), Consent::NAME, facts.consent.as_str());
        note(!self.age.is_any(), Age::NAME, facts.age.as_str());
        note(!self.certification.is_any(), Certification::NAME, facts.certification.as_str());
        let service = facts.service.as_ref().map_or("", |s| s.name.as_str());
        for named in self.service.iter() {
            note(true, &format!("service.{named}"), if named == service { "yes" } else { "no" });
        }
        for feature in self.feature_on.iter().chain(self.feature_off.iter()) {
            note(true, &format!("feature.{feature}"), if facts.has_feature(feature) { "on" } else { "off" });
        }
    }

    fn service_unmet(&self, facts: &Facts) -> Option<Unmet> {
        let found = facts.service.as_ref().map_or("", |service| service.name.as_str());
        if self.service.is_any() || self.service.iter().any(|name| name == found) {
            return None;
        }
        Some(Unmet { fact: "service", found: found.to_owned(), wanted: self.service.iter().cloned().collect() })
    }

    fn feature_unmet(&self, facts: &Facts) -> Option<Unmet> {
        let missing = self.feature_on.iter().find(|name| !facts.has_feature(name));
        let in_the_way = self.feature_off.iter().find(|name| facts.has_feature(name));
        let (name, found, wanted) = match (missing, in_the_way) {
            (Some(name), _) => (name, "off", "on"),
            (None, Some(name)) => (name, "on", "off"),
            (None, None) => return None,
        };
        Some(Unmet { fact: "features", found: format!("{name} {found}"), wanted: vec![format!("{name} {wanted}")] })
    }
}

/// A condition on one fact: one value, or a list of which any will do. Empty only if the pack does not name the fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AnyOf<T>(Vec<T>);

impl<T> Default for AnyOf<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> AnyOf<T> {
    /// Whether the fact may have any value.
    pub fn is_any(&self) -> bool {
        self.0.is_empty()
    }

    /// The values named.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<T> AsRef<[T]> for AnyOf<T> {
    fn as_ref(&self) -> &[T] {
        &self.0
    }
}

impl<T: ClosedFact> AnyOf<T> {
    fn misses(&self, found: T) -> Option<Unmet> {
        if self.is_any() || self.0.contains(&found) {
            return None;
        }
        let wanted = self.iter().map(|value| value.as_str().to_owned()).collect();
        Some(Unmet { fact: T::NAME, found: found.as_str().to_owned(), wanted })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for AnyOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany(PhantomData))
    }
}

/// Written by hand because serde's untagged enums would answer a mistyped value with "did not match any variant"
/// instead of the values that exist.
struct OneOrMany<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
    type Value = AnyOf<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value or a list of values")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(StrDeserializer::new(text)).map(|value| AnyOf(vec![value]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(value) = values.next_element()? {
            all.push(value);
        }
        if all.is_empty() {
            return Err(de::Error::custom("an empty list fits nothing; leave the fact out if it does not matter"));
        }
        Ok(AnyOf(all))
    }
}

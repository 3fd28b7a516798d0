//! One entry of the ledger: who did or tried what, to what, for what purpose, under which instruction, with what
//! outcome — and the only bytes it may be written in (RFC 8785), because those bytes are the leaf that is sealed.
//!
//! Personal text is never in the body: it holds a salted commitment and a ciphertext. Beside the record an export may
//! carry the text opened; once the subject's key is erased nobody can open it any more, and the proof still holds.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

use super::canonical::{self, instant};
use super::tree::Hash;

/// The body of a record. Empty members are left out of the bytes, so that there is one way to say nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    /// The form of the body.
    pub v: Version,
    /// Its place in the tenant's ledger, from 0, without gaps.
    pub seq: u64,
    /// The record's id.
    pub id: String,
    /// Whose ledger this is.
    pub tenant: String,
    /// When, to the microsecond.
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    /// Who acted.
    pub actor: Actor,
    /// What was done or tried, such as `departures.approve`.
    pub act: String,
    /// What it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Object>,
    /// The persons whom the data is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// The data class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The purpose that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The instruction that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so, as a stable code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The clauses that decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// The request that it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What else belongs to it; nothing that names a person. Numbers are JSON's, exact up to 2^53.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub detail: Map<String, Value>,
    /// Texts that name persons, each closed; their `field`s differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal: Vec<PersonalText>,
}

/// The one form of a record there is: `1`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u8(1)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match u64::deserialize(from)? {
            1 => Ok(Self),
            other => Err(de::Error::custom(format!("records of form {other} are unknown, 1 is expected"))),
        }
    }
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// What sort of caller.
    pub kind: ActorKind,
    /// Which; nobody knows it of an anonymous one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// The sorts of callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person in the tenant.
    Member,
    /// A machine of the tenant.
    ApiKey,
    /// A system that keeps external holdings.
    Connector,
    /// A place that HR events come from.
    Source,
    /// Work that Tenure carries out by itself, under an instruction.
    Job,
    /// The platform's operator.
    Operator,
    /// Nobody who was signed in.
    Anonymous,
}

impl ActorKind {
    /// As it stands in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::ApiKey => "api_key",
            Self::Connector => "connector",
            Self::Source => "source",
            Self::Job => "job",
            Self::Operator => "operator",
            Self::Anonymous => "anonymous",
        }
    }
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// A word of the glossary, such as `departure`.
    pub kind: String,
    /// Which.
    pub id: String,
}

/// How an act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was allowed; who asked does it.
    Permitted,
    /// It was not allowed.
    Refused,
    /// It was allowed and did not succeed.
    Failed,
}

impl Outcome {
    /// As it stands in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Permitted => "permitted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// A text that names a person, closed: sealed under the subject's key, and committed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonalText {
    /// Which text of the record.
    pub field: String,
    /// The person whose key opens it.
    pub subject: String,
    /// SHA-256 of salt and text.
    pub commit: Hash,
    /// Salt and text under the subject's key, in base64.
    pub cipher: String,
}

impl PersonalText {
    /// The commitment to a text. The salt keeps short texts from being guessed and is forgotten with them.
    pub fn commit(salt: &[u8; 32], text: &str) -> Hash {
        Hash::of(&[salt, text.as_bytes()])
    }
}

/// A personal text that could still be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedText {
    /// The 32 bytes of salt, in base64.
    pub salt: Salt,
    /// The text itself.
    pub text: String,
}

/// The salt of a commitment: 32 bytes that look like a hash in text.
pub type Salt = Hash;

/// The opened texts of a record, by field.
pub type Opened = BTreeMap<String, OpenedText>;

impl RecordBody {
    /// The record in its canonical bytes: members sorted, nothing empty, no space. Equal to what any implementation of
    /// RFC 8785 makes of it, and written by hand because every act in the system waits for it.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1_024);
        self.write_canonical(&mut out);
        out
    }

    /// The leaf that the record is in the tree.
    pub fn leaf_hash(&self) -> Hash {
        Hash::leaf(&self.canonical_bytes())
    }

    /// Appends the canonical bytes to `out`. The order of the lines is the order of the members' names.
    pub fn write_canonical(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"act\":");
        canonical::text(out, &self.act);
        out.extend_from_slice(b",\"actor\":{");
        if let Some(id) = &self.actor.id {
            out.extend_from_slice(b"\"id\":");
            canonical::text(out, id);
            out.push(b',');
        }
        out.extend_from_slice(b"\"kind\":\"");
        out.extend_from_slice(self.actor.kind.as_str().as_bytes());
        out.extend_from_slice(b"\"},\"at\":\"");
        instant::write(out, self.at);
        out.push(b'"');
        canonical::member(out, ",\"class\":", self.class.as_deref());
        canonical::texts(out, ",\"clauses\":[", &self.clauses);
        if !self.detail.is_empty() {
            out.extend_from_slice(b",\"detail\":");
            canonical::object(out, &self.detail);
        }
        canonical::member(out, ",\"id\":", Some(&self.id));
        canonical::member(out, ",\"instruction\":", self.instruction.as_deref());
        if let Some(object) = &self.object {
            canonical::member(out, ",\"object\":{\"id\":", Some(&object.id));
            canonical::member(out, ",\"kind\":", Some(&object.kind));
            out.push(b'}');
        }
        out.extend_from_slice(b",\"outcome\":\"");
        out.extend_from_slice(self.outcome.as_str().as_bytes());
        out.push(b'"');
        self.write_personal(out);
        canonical::member(out, ",\"purpose\":", self.purpose.as_deref());
        canonical::member(out, ",\"reason\":", self.reason.as_deref());
        canonical::member(out, ",\"request\":", self.request.as_deref());
        out.extend_from_slice(b",\"seq\":");
        canonical::whole_number(out, self.seq);
        canonical::texts(out, ",\"subjects\":[", &self.subjects);
        canonical::member(out, ",\"tenant\":", Some(&self.tenant));
        out.extend_from_slice(b",\"v\":1}");
    }

    fn write_personal(&self, out: &mut Vec<u8>) {
        if self.personal.is_empty() {
            return;
        }
        out.extend_from_slice(b",\"personal\":[");
        for (place, text) in self.personal.iter().enumerate() {
            canonical::member(out, if place == 0 { "{\"cipher\":" } else { ",{\"cipher\":" }, Some(&text.cipher));
            canonical::member(out, ",\"commit\":", Some(&text.commit.to_string()));
            canonical::member(out, ",\"field\":", Some(&text.field));
            canonical::member(out, ",\"subject\":", Some(&text.subject));
            out.push(b'}');
        }
        out.push(b']');
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use chrono::TimeZone;
    use proptest::prelude::*;

    /// Texts as they come and as nobody wants them: control characters, quotes, Chinese, beyond the basic plane.
    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z._]{1,12}", "\\PC{0,8}", "[\u{0}-\u{30}\"\\\\\u{7f}远\u{ffff}\u{10000}]{0,6}"]
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            (-100_i32..100).prop_map(Value::from),
            any_text().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(any_text(), inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    prop_compose! {
        fn any_actor()(kind in prop_oneof![
            Just(ActorKind::Member), Just(ActorKind::ApiKey), Just(ActorKind::Connector),
            Just(ActorKind::Source), Just(ActorKind::Job), Just(ActorKind::Operator), Just(ActorKind::Anonymous),
        ], id in proptest::option::of(any_text())) -> Actor {
            Actor { kind, id }
        }
    }

    prop_compose! {
        fn any_personal()(field in any_text(), subject in any_text(), commit: [u8; 32], cipher in any_text()) -> PersonalText {
            PersonalText { field, subject, commit: commit.into(), cipher }
        }
    }

    prop_compose! {
        pub fn any_record()(
            (seq, micros) in (any::<u64>(), 0_i64..200_000_000_000_000_000),
            actor in any_actor(),
            (id, tenant, act) in (any_text(), any_text(), any_text()),
            [class, purpose, instruction, reason, request] in proptest::array::uniform5(proptest::option::of(any_text())),
            object in proptest::option::of((any_text(), any_text()).prop_map(|(kind, id)| Object { kind, id })),
            outcome in prop_oneof![Just(Outcome::Done), Just(Outcome::Permitted), Just(Outcome::Refused), Just(Outcome::Failed)],
            [subjects, clauses] in proptest::array::uniform2(proptest::collection::vec(any_text(), 0..3)),
            detail in proptest::collection::btree_map(any_text(), any_json(), 0..4),
            personal in proptest::collection::vec(any_personal(), 0..3),
        ) -> RecordBody {
            let at = Utc.timestamp_micros(micros).unwrap();
            let detail = detail.into_iter().collect();
            RecordBody { v: Version, seq, id, tenant, at, actor, act, object, subjects, class, purpose, instruction,
                outcome, reason, clauses, request, detail, personal }
        }
    }

    proptest! {
        #[test]
        fn the_bytes_are_those_of_rfc_8785(record in any_record()) {
            let by_the_library = serde_json_canonicalizer::to_string(&record).unwrap();
            prop_assert_eq!(String::from_utf8(record.canonical_bytes()).unwrap(), by_the_library);
        }

        #[test]
        fn what_was_written_is_read_and_written_again_alike(mut record in any_record()) {
            record.seq %= 1 << 53;
            let bytes = record.canonical_bytes();
            let read: RecordBody = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(read.canonical_bytes(), bytes);
        }

        #[test]
        fn an_instant_survives_its_text(micros in 0_i64..250_000_000_000_000_000) {
            let at = Utc.timestamp_micros(micros).unwrap();
            prop_assert_eq!(instant::text(at), at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true));
            prop_assert_eq!(instant::parse(&instant::text(at)), Some(at));
        }
    }

    #[test]
    fn a_record_reads_as_documented() {
        let text = concat!(
            r#"{"act":"departures.approve","actor":{"id":"lin","kind":"member"},"at":"2026-03-31T16:00:00.000000Z","#,
            r#""id":"r","outcome":"done","seq":12,"tenant":"t","v":1}"#
        );
        let record: RecordBody = serde_json::from_str(text).unwrap();
        assert_eq!(record.canonical_bytes(), text.as_bytes());
        assert_eq!(record.leaf_hash(), Hash::leaf(text.as_bytes()));
        assert!(serde_json::from_str::<RecordBody>(&text.replace("\"v\":1", "\"v\":2")).is_err());
        assert!(serde_json::from_str::<RecordBody>(&text.replace(".000000Z", "Z")).is_err());
    }

    #[test]
    fn a_commitment_binds_salt_and_text() {
        let commit = PersonalText::commit(&[7; 32], "林晓");
        assert_eq!(commit, Hash::of(&[&[7; 32], "林晓".as_bytes()]));
        assert_ne!(commit, PersonalText::commit(&[8; 32], "林晓"));
        assert_ne!(commit, PersonalText::commit(&[7; 32], "林小"));
    }
}

//! What the ledger stores of a record beside its sealed bytes, how it is chosen, and how it is shown.

use super::error::LedgerError;
use super::store::{checkpoints, records};
use crate::people::{MemberName, Names, SubjectName};
use crate::platform::db::{MultiBackend, StoreError, Stored, TenantTx, Ts};
use crate::platform::ids::{MembershipId, RecordId, SubjectId};
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::ledger::{Actor, Outcome, RecordBody};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const OUTCOMES: [Outcome; 4] = [Outcome::Done, Outcome::Permitted, Outcome::Refused, Outcome::Failed];

/// A record on its way in. The columns repeat what lists are filtered by; what counts is `body`.
#[derive(Debug, Insertable)]
#[diesel(table_name = records, treat_none_as_default_value = false)]
pub(super) struct NewRecord<'a> {
    pub seq: i64,
    pub id: RecordId,
    pub at: Ts,
    pub actor_kind: &'a str,
    pub actor: &'a str,
    pub act: &'a str,
    pub object_kind: Option<&'a str>,
    pub object: Option<&'a str>,
    pub class: Option<&'a str>,
    pub instruction: Option<&'a str>,
    pub outcome: &'a str,
    pub body: &'a str,
    pub leaf_hash: &'a [u8],
}

/// A record as it comes out: its place and its sealed bytes.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = records, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct SealedRecord {
    pub seq: i64,
    pub id: RecordId,
    pub body: String,
}

impl SealedRecord {
    /// What it says.
    pub fn open(&self) -> Stored<RecordBody> {
        serde_json::from_str(&self.body).map_err(|e| StoreError::Unreadable(format!("record {}: {e}", self.seq)))
    }
}

/// A signed state of the ledger.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = checkpoints, check_for_backend(MultiBackend, Pg, Sqlite))]
pub(super) struct CheckpointRow {
    pub size: i64,
    pub root: Vec<u8>,
    pub note: String,
    pub key_id: String,
    pub at: Ts,
}

/// Which records. Absent means any.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct RecordFilter {
    /// Of one actor, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Of one act, such as `departures.approve`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// On one thing, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// On one data class, such as `hr.salary_bank_account`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Under one instruction, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
    /// About one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectId>,
    /// With one outcome: `done`, `permitted`, `refused`, `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The one at this place, from 0: an export of it is its proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// From this instant on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Ts>,
    /// Before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Ts>,
}

impl RecordFilter {
    /// Refuses words that no record has, instead of finding nothing.
    pub(super) fn check(&self) -> Result<(), LedgerError> {
        if let Some(actor) = self.actor.as_ref().filter(|text| !can_act(text)) {
            return Err(LedgerError::UnknownActor(actor.clone()));
        }
        match &self.outcome {
            Some(word) if !OUTCOMES.iter().any(|outcome| outcome.as_str() == word) => {
                Err(LedgerError::UnknownOutcome(word.clone()))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether counts by act, outcome and time answer it.
    pub(super) fn is_counted(&self) -> bool {
        let Self { actor, object, class, instruction, subject, seq, .. } = self;
        [actor, object, class, instruction].into_iter().all(Option::is_none) && subject.is_none() && seq.is_none()
    }

    /// As records and exports write it; nothing when every record is wanted.
    pub fn to_json(&self) -> Stored<Option<Value>> {
        let chosen = serde_json::to_value(self)?;
        Ok(Some(chosen).filter(|_| *self != Self::default()))
    }
}

/// Whoever acts has an id, or is a job and has its kind: two words with a dot between them.
fn can_act(actor: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    uuid::Uuid::try_parse(actor).is_ok()
        || actor.split_once('.').is_some_and(|(slice, job)| is_word(slice) && is_word(job))
}

/// A record as a list shows it. Personal texts are named, not opened.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecordView {
    /// Its place, from 0.
    pub seq: u64,
    /// Its id.
    pub id: String,
    /// When.
    pub at: Ts,
    /// Who acted.
    pub actor: ActorView,
    /// What was done or tried: the key of its sentence.
    pub act: String,
    /// What it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectView>,
    /// The persons whom the data is about.
    pub subjects: Vec<String>,
    /// They by name; the first hundred.
    pub about: Vec<SubjectName>,
    /// The data class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The purpose that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The instruction, or the pack's power, that it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
    /// How it ended: `done`, `permitted`, `refused`, `failed`.
    pub outcome: String,
    /// Why it ended so: the key of its explanation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The clauses that decided.
    pub clauses: Vec<String>,
    /// The request that it was part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What else belongs to it.
    #[schema(value_type = Object)]
    pub detail: Map<String, Value>,
    /// The texts about persons that it keeps closed.
    pub personal: Vec<PersonalView>,
    /// Whether a signed checkpoint covers it yet.
    pub sealed: bool,
}

/// Who acted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ActorView {
    /// `member`, `api_key`, `connector`, `source`, `job`, `operator`, `anonymous`.
    pub kind: String,
    /// Which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A member's name. It is looked up when the record is shown and stands nowhere in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberName>,
}

/// What it was done to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ObjectView {
    /// A word of the glossary, such as `departure`.
    pub kind: String,
    /// Which.
    pub id: String,
}

/// A text about a person, closed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PersonalView {
    /// Which text.
    pub field: String,
    /// About whom.
    pub subject: String,
}

/// People that a view names at most.
const NAMED: usize = 100;

/// Views of records of a ledger that is sealed up to `sealed`, in their order.
pub(super) fn views(tx: &mut TenantTx<'_>, records: &[SealedRecord], sealed: i64) -> Stored<Vec<RecordView>> {
    let bodies = records.iter().map(SealedRecord::open).collect::<Stored<Vec<_>>>()?;
    let subjects = bodies.iter().flat_map(|b| b.subjects.iter().take(NAMED)).filter_map(|id| id.parse().ok());
    let names = Names::of(tx, bodies.iter().filter_map(|b| member_of(&b.actor)), subjects)?;
    Ok(bodies.into_iter().map(|body| RecordView::of(body, sealed, &names)).collect())
}

fn member_of(actor: &Actor) -> Option<MembershipId> {
    let is_member = actor.kind.as_str() == "member";
    actor.id.as_ref().filter(|_| is_member).and_then(|id| id.parse().ok())
}

impl RecordView {
    fn of(body: RecordBody, sealed: i64, names: &Names) -> Self {
        let about = body.subjects.iter().take(NAMED).filter_map(|id| id.parse().ok()).map(|id| names.subject(id));
        let member = member_of(&body.actor).map(|id| names.member(id));
        Self {
            sealed: i64::try_from(body.seq).is_ok_and(|seq| seq < sealed),
            about: about.collect(),
            seq: body.seq,
            id: body.id,
            at: Ts::from(body.at),
            actor: ActorView { kind: body.actor.kind.as_str().into(), id: body.actor.id, member },
            act: body.act,
            object: body.object.map(|object| ObjectView { kind: object.kind, id: object.id }),
            subjects: body.subjects,
            class: body.class,
            purpose: body.purpose,
            instruction: body.instruction,
            outcome: body.outcome.as_str().into(),
            reason: body.reason,
            clauses: body.clauses,
            request: body.request,
            detail: body.detail,
            personal: body
                .personal
                .into_iter()
                .map(|text| PersonalView { field: text.field, subject: text.subject })
                .collect(),
        }
    }
}

/// The latest signed state of a ledger, and what came after it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CheckpointView {
    /// How many records it covers.
    pub size: i64,
    /// How many wait to be sealed.
    pub unsealed: i64,
    /// The signed note (C2SP checkpoint); absent while nothing is sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Ts>,
    /// The key that verifies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

//! What a slice says about what it did. The ledger gives it a place, seals it and keeps it for good, so nothing personal
//! may stand in it in the clear: text about a person goes into `personal`, encrypted under that person's key, so that it
//! can be forgotten while the proof still holds (gbt35273-11.7-c, gbt35273-11.7-d).

use crate::platform::caller::Actor;
use crate::platform::ids::{RequestId, SubjectId};
use serde_json::{Map, Value};
use std::sync::Arc;

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out.
    Done,
    /// A decision said yes.
    Permitted,
    /// A rule said no.
    Refused,
    /// It was allowed but did not succeed.
    Failed,
}

impl Outcome {
    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Permitted => "permitted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// Text about a person, kept beside the record under that person's key.
#[derive(Clone, Debug)]
pub struct PersonalNote {
    /// Which field of the record it is.
    pub field: &'static str,
    /// Whose text it is: erasing this subject's key forgets it.
    pub subject: SubjectId,
    /// The text itself.
    pub text: String,
}

/// One record in the making.
#[derive(Clone, Debug)]
pub struct Record {
    pub(crate) act: &'static str,
    pub(crate) object: Option<(&'static str, String)>,
    pub(crate) subjects: Vec<SubjectId>,
    pub(crate) class: Option<String>,
    pub(crate) purpose: Option<String>,
    pub(crate) instruction: Option<String>,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<String>,
    pub(crate) clauses: Vec<String>,
    pub(crate) detail: Map<String, Value>,
    pub(crate) personal: Vec<PersonalNote>,
    /// Whose it is, where it is not the transaction's own actor and request.
    pub(crate) by: Option<Arc<(Actor, RequestId)>>,
}

impl Record {
    /// Something that was done.
    pub fn of(act: &'static str) -> Self {
        Self {
            act,
            object: None,
            subjects: Vec::new(),
            class: None,
            purpose: None,
            instruction: None,
            outcome: Outcome::Done,
            reason: None,
            clauses: Vec::new(),
            detail: Map::new(),
            personal: Vec::new(),
            by: None,
        }
    }

    /// Who did it and in which request, when the transaction that keeps it is somebody else's.
    #[must_use]
    pub(in crate::platform) fn by(mut self, by: Arc<(Actor, RequestId)>) -> Self {
        self.by = Some(by);
        self
    }

    /// What it was done to.
    #[must_use]
    pub fn on(mut self, kind: &'static str, id: impl ToString) -> Self {
        self.object = Some((kind, id.to_string()));
        self
    }

    /// Whose data it touched.
    #[must_use]
    pub fn about(mut self, subject: SubjectId) -> Self {
        if !self.subjects.contains(&subject) {
            self.subjects.push(subject);
        }
        self
    }

    /// Which class of data.
    #[must_use]
    pub fn class(mut self, class: &str) -> Self {
        self.class = Some(class.to_owned());
        self
    }

    /// For what purpose.
    #[must_use]
    pub fn purpose(mut self, purpose: &str) -> Self {
        self.purpose = Some(purpose.to_owned());
        self
    }

    /// The instruction (or the pack's power) it rests on.
    #[must_use]
    pub fn under(mut self, instruction: impl ToString) -> Self {
        self.instruction = Some(instruction.to_string());
        self
    }

    /// How it ended, when it was not simply done.
    #[must_use]
    pub fn ended(mut self, outcome: Outcome, reason: &str) -> Self {
        self.outcome = outcome;
        self.reason = Some(reason.to_owned());
        self
    }

    /// The clauses it rests on or was refused by.
    #[must_use]
    pub fn citing<S: AsRef<str>>(mut self, clauses: impl IntoIterator<Item = S>) -> Self {
        self.clauses.extend(clauses.into_iter().map(|c| c.as_ref().to_owned()));
        self
    }

    /// A fact about it. Never a name, a number or a text of a person: those go into [`Record::personal`].
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(key.to_owned(), value.into());
        self
    }

    /// Text about `subject`, which can be forgotten later.
    #[must_use]
    pub fn personal(mut self, field: &'static str, subject: SubjectId, text: impl Into<String>) -> Self {
        self.personal.push(PersonalNote { field, subject, text: text.into() });
        self
    }
}

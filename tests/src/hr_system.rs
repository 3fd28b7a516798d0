//! An HR system that tells Tenure who joins, moves and leaves, by signed webhooks.

use crate::http::{Answer, Caller};
use crate::signature;
use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};

/// One source of an organisation.
#[derive(Clone)]
pub struct HrSystem {
    caller: Caller,
    /// The source's id.
    pub id: String,
    path: String,
    secret: String,
    now: DateTime<FixedOffset>,
}

/// A message on its way: sent as it should be, unless the story says otherwise.
#[must_use = "a message does nothing until it is sent"]
pub struct Message {
    hr: HrSystem,
    /// The `webhook-id`.
    pub id: String,
    timestamp: i64,
    body: Vec<u8>,
    signature: Option<String>,
}

impl HrSystem {
    /// From what `POST /sources` answered.
    pub(crate) fn of(caller: &Caller, source: &Value, now: DateTime<FixedOffset>) -> Self {
        let text =
            |key: &str| source[key].as_str().unwrap_or_else(|| panic!("a source has a {key}: {source}")).to_owned();
        let (id, slug, secret) = (text("id"), text("slug"), text("secret"));
        Self { caller: caller.clone(), id, path: format!("/hooks/{slug}"), secret, now }
    }

    /// At this time of day.
    pub(crate) fn at(&self, now: DateTime<FixedOffset>) -> Self {
        Self { now, ..self.clone() }
    }

    /// With another secret: after a rotation, or as somebody who guesses.
    pub fn signing_with(&self, secret: &str) -> Self {
        Self { secret: secret.to_owned(), ..self.clone() }
    }

    /// Somebody joins.
    pub fn says_joined(&self, data: Value) -> Answer {
        self.says("member.joined", data).sent()
    }

    /// Somebody's place changes.
    pub fn says_changed(&self, data: Value) -> Answer {
        self.says("member.changed", data).sent()
    }

    /// Somebody will leave, and their last day is known.
    pub fn says_leaving(&self, who: impl StaffNumber, last_day: &str) -> Answer {
        self.leaving(who, last_day).sent()
    }

    /// The same, not sent yet.
    pub fn leaving(&self, who: impl StaffNumber, last_day: &str) -> Message {
        let data = json!({ "staff_number": who.staff_number(), "last_day": last_day, "reason": "resignation" });
        self.says("member.leaving", data)
    }

    /// Somebody has left.
    pub fn says_left(&self, who: impl StaffNumber, last_day: &str) -> Answer {
        self.says("member.left", json!({ "staff_number": who.staff_number(), "last_day": last_day })).sent()
    }

    /// Somebody stays after all.
    pub fn says_rescinded(&self, who: impl StaffNumber) -> Answer {
        self.says("member.rescinded", json!({ "staff_number": who.staff_number() })).sent()
    }

    /// A message of any type, not sent yet.
    pub fn says(&self, kind: &str, data: Value) -> Message {
        let now = self.now.to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string();
        self.sends(json!({ "type": kind, "timestamp": now, "data": data }).to_string())
    }

    /// Any bytes, not sent yet.
    pub fn sends(&self, body: impl Into<Vec<u8>>) -> Message {
        Message {
            hr: self.clone(),
            id: format!("msg_{}", crate::unique()),
            timestamp: self.now.timestamp(),
            body: body.into(),
            signature: None,
        }
    }
}

impl Message {
    /// Under another id, such as one that was used before.
    pub fn numbered(self, id: &str) -> Self {
        Self { id: id.to_owned(), ..self }
    }

    /// Signed this many seconds ago.
    pub fn signed_seconds_ago(self, seconds: i64) -> Self {
        Self { timestamp: self.timestamp - seconds, ..self }
    }

    /// With any text for a signature.
    pub fn with_signature(self, text: &str) -> Self {
        Self { signature: Some(text.to_owned()), ..self }
    }

    /// Sends it. A second time repeats the very same message.
    pub fn sent_again(&self) -> Answer {
        let right = || signature::sign(&self.hr.secret, &self.id, self.timestamp, &self.body);
        let (signature, timestamp) = (self.signature.clone().unwrap_or_else(right), self.timestamp.to_string());
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", self.id.as_str()),
            ("webhook-timestamp", timestamp.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        self.hr.caller.send("POST", &self.hr.path, &headers, Some(&self.body))
    }

    /// Sends it.
    pub fn sent(self) -> Answer {
        self.sent_again()
    }
}

/// Whoever an HR system can name.
pub trait StaffNumber {
    /// 工号.
    fn staff_number(&self) -> String;
}

impl StaffNumber for &str {
    fn staff_number(&self) -> String {
        (*self).to_owned()
    }
}

impl StaffNumber for &crate::Person {
    fn staff_number(&self) -> String {
        self.staff_number.clone()
    }
}

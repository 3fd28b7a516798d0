//! The case that is opened when somebody leaves, and what people do with it.

use crate::http::Answer;
use crate::organisation::Organisation;
use crate::person::Person;
use serde_json::{Value, json};

/// A departure, seen with the HR admin's eyes.
#[derive(Clone)]
pub struct Departure {
    organisation: Organisation,
    /// Its id.
    pub id: String,
}

impl Departure {
    pub(crate) fn find(organisation: &Organisation, person: &Person) -> Option<Self> {
        let all = organisation.hr_admin().gets("/departures?limit=200").items();
        let is_theirs = |d: &&Value| d["membership_id"] == person.membership.as_str() && d["supplements"].is_null();
        let found = all.iter().find(is_theirs)?;
        Some(Self { organisation: organisation.clone(), id: found["id"].as_str()?.to_owned() })
    }

    /// One that is known by its id.
    pub fn with_id(organisation: &Organisation, id: &str) -> Self {
        Self { organisation: organisation.clone(), id: id.to_owned() }
    }

    /// As somebody sees it.
    #[track_caller]
    pub fn seen_by(&self, who: &Person) -> Value {
        who.gets(&self.path("")).ok()
    }

    /// As the API shows it now.
    #[track_caller]
    pub fn view(&self) -> Value {
        self.organisation.hr_admin().gets(&self.path("")).ok()
    }

    /// `planned`, `approved`, `completed` …
    #[track_caller]
    pub fn state(&self) -> String {
        let view = self.view();
        view["state"].as_str().unwrap_or_else(|| panic!("no state in {view}")).to_owned()
    }

    /// Its lines.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        self.organisation.hr_admin().gets(&self.path("/lines")).items()
    }

    /// The line of a class.
    #[track_caller]
    pub fn line(&self, class: &str) -> Value {
        let lines = self.lines();
        let found = lines.iter().find(|l| l["class"] == class);
        found.unwrap_or_else(|| panic!("no line of {class} in {lines:#?}")).clone()
    }

    /// Somebody wants another disposition for a class.
    #[track_caller]
    pub fn changed_by(&self, who: &Person, class: &str, disposition: &str) -> Answer {
        self.changed_to(who, class, &json!({ "disposition": disposition }))
    }

    /// The same, in all that can be said of a line.
    #[track_caller]
    pub fn changed_to(&self, who: &Person, class: &str, wanted: &Value) -> Answer {
        let line = self.line(class);
        let path = self.path(&format!("/lines/{}", line["id"].as_str().unwrap_or_default()));
        let etag = format!("\"{}\"", line["version"]);
        who.caller().patch(&path, &etag, wanted)
    }

    /// Somebody hands the plan in.
    pub fn submitted_by(&self, who: &Person) -> Answer {
        who.posts(&self.path("/submit"), &json!({}))
    }

    /// Somebody says yes.
    pub fn approved_by(&self, who: &Person) -> Answer {
        who.posts(&self.path("/approve"), &json!({}))
    }

    /// Somebody says no.
    pub fn refused_by(&self, who: &Person, reason: &str) -> Answer {
        who.posts(&self.path("/refuse"), &json!({ "reason": reason }))
    }

    /// Somebody calls it off.
    pub fn rescinded_by(&self, who: &Person) -> Answer {
        who.posts(&self.path("/rescind"), &json!({}))
    }

    /// Submitted by the HR admin, and where somebody's yes is needed, approved by the privacy officer: the usual way.
    #[track_caller]
    pub fn is_agreed(&self) {
        let submitted = self.submitted_by(&self.organisation.hr_admin()).ok();
        if submitted["state"] == "submitted" {
            self.approved_by(&self.organisation.privacy_officer()).ok();
        }
        assert_ne!(self.state(), "submitted", "somebody else's yes is missing");
    }

    /// The certificate's text, as it may be handed to anybody.
    #[track_caller]
    pub fn certificate(&self) -> String {
        let answer = self.organisation.hr_admin().gets(&self.path("/certificate"));
        answer.ok();
        answer.body
    }

    /// An address below its own.
    pub fn path(&self, rest: &str) -> String {
        format!("/departures/{}{rest}", self.id)
    }
}

//! What is held about people: put into the vault by the data operator, or registered by the connector that has it.

use crate::organisation::Organisation;
use crate::person::Person;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// Something that will be held, waiting to hear about whom.
#[must_use = "data is about somebody"]
pub struct Holds {
    organisation: Organisation,
    class: String,
    locator: Option<String>,
    items: i64,
    facts: Value,
    content: String,
}

/// Something that is held.
#[derive(Clone)]
pub struct Holding {
    organisation: Organisation,
    /// Its id.
    pub id: String,
}

/// A mail, a file, a form: whatever it is, it is not to be seen anywhere but through the vault's door.
pub const CONTENT: &str = "工资卡 6222 0200 1234 5678";

impl Holds {
    pub(crate) fn in_vault(organisation: &Organisation, class: &str) -> Self {
        Self {
            organisation: organisation.clone(),
            class: class.to_owned(),
            locator: None,
            items: 1,
            // HR filed it, while the person was employed: the organisation's, wherever the account is from.
            facts: json!({ "account": "personal", "capacity": "member", "membership": "employed", "source": "organisation" }),
            content: CONTENT.to_owned(),
        }
    }

    pub(crate) fn at_connector(organisation: &Organisation, locator: &str, class: &str) -> Self {
        let facts = json!({
            "account": "enterprise", "capacity": "member", "membership": "employed", "source": "produced",
            "service": { "name": "mail", "opened_by": "organisation" },
        });
        Self { locator: Some(locator.to_owned()), facts, ..Self::in_vault(organisation, class) }
    }

    /// Under another fact than is usual.
    pub fn with(mut self, fact: &str, value: impl Into<Value>) -> Self {
        self.facts[fact] = value.into();
        self
    }

    /// With this content.
    pub fn saying(mut self, content: &str) -> Self {
        content.clone_into(&mut self.content);
        self
    }

    /// Standing for many: a mailbox, a chat.
    pub fn items(mut self, items: i64) -> Self {
        self.items = items;
        self
    }

    /// About one person.
    pub fn about(&self, person: &Person) -> Holding {
        self.about_all(&[person])
    }

    /// About several: a chat's members. (What is about several people is kept by a connector.) The neighbour holds the same about their namesakes.
    #[track_caller]
    pub fn about_all(&self, people: &[&Person]) -> Holding {
        let staff_numbers: Vec<&str> = people.iter().map(|p| p.staff_number.as_str()).collect();
        if let Some(neighbour) = self.organisation.beside() {
            self.held_by(neighbour, &staff_numbers);
        }
        self.held_by(&self.organisation, &staff_numbers)
    }

    #[track_caller]
    fn held_by(&self, organisation: &Organisation, subjects: &[&str]) -> Holding {
        let id = match &self.locator {
            None => self.filed(organisation, subjects),
            Some(locator) => self.registered(organisation, locator, subjects),
        };
        Holding { organisation: organisation.clone(), id }
    }

    #[track_caller]
    fn filed(&self, organisation: &Organisation, subjects: &[&str]) -> String {
        let body = json!({
            "class": self.class, "subject": subjects[0], "content_base64": BASE64_STANDARD.encode(&self.content),
            "occurred_at": "2026-01-15T02:00:00Z", "facts": self.facts,
        });
        let made = organisation.data_operator().posts("/holdings", &body).ok();
        made["id"].as_str().unwrap_or_else(|| panic!("no id in {made}")).to_owned()
    }

    #[track_caller]
    fn registered(&self, organisation: &Organisation, locator: &str, subjects: &[&str]) -> String {
        let item = json!({ "class": self.class, "items": self.items, "holder": subjects });
        organisation.connector().shelf().put(locator, &item);
        let line = json!({
            "locator": locator, "class": self.class, "subjects": subjects, "items": self.items,
            "bytes": self.items * 20_000, "first_at": "2024-05-06T01:00:00Z", "last_at": "2026-02-27T09:30:00Z",
            "facts": self.facts,
        });
        let before = self.held_by_class(organisation);
        let report = organisation.registers(&format!("{line}\n")).ok();
        assert_eq!(report["rejected"], json!([]), "{report}");
        let new = self.held_by_class(organisation).into_iter().find(|id| !before.contains(id));
        new.unwrap_or_else(|| panic!("{locator} is not listed"))
    }

    /// The ids of what is held of this class.
    #[track_caller]
    fn held_by_class(&self, organisation: &Organisation) -> Vec<String> {
        let held = organisation.hr_admin().gets(&format!("/holdings?class={}&limit=200", self.class)).items();
        held.iter().filter_map(|side| side["holding_id"].as_str().map(str::to_owned)).collect()
    }
}

impl Holding {
    /// As the API shows it: sides, rulings, why.
    #[track_caller]
    pub fn view(&self) -> Value {
        self.organisation.hr_admin().gets(&format!("/holdings/{}", self.id)).ok()
    }

    /// What has become of it as a whole.
    #[track_caller]
    pub fn state(&self) -> String {
        self.side("holding_state")
    }

    /// The only side's member of this name.
    #[track_caller]
    pub fn side(&self, member: &str) -> String {
        let view = self.view();
        let side = view["sides"][0][member].clone();
        side.as_str().unwrap_or_else(|| panic!("no sides/0/{member} in {view}")).to_owned()
    }
}

impl Organisation {
    /// Its connector sends lines, good and bad.
    pub fn registers(&self, lines: &str) -> crate::http::Answer {
        let id = self.connector().credentials().id;
        self.as_connector().post_lines(&format!("/connectors/{id}/holdings"), lines)
    }
}

//! An organisation: founded by the operator, staffed by its HR system, run by people in roles.

use crate::clock::Clock;
use crate::connector::{Credentials, ExampleConnector};
use crate::departure::Departure;
use crate::holdings::Holds;
use crate::hr_system::HrSystem;
use crate::http::{Caller, Heard};
use crate::neighbour::Neighbour;
use crate::person::Person;
use crate::server::Server;
use crate::world::Tenure;
use serde_json::{Value, json};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// What an organisation's people and systems have in common.
pub(crate) struct House {
    pub server: Rc<Server>,
    pub clock: Clock,
    pub heard: Heard,
    /// How addresses name the organisation.
    pub slug: String,
}

/// An organisation.
#[derive(Clone)]
pub struct Organisation(Rc<Inner>);

struct Inner {
    house: Rc<House>,
    first_admin: Person,
    hr: OnceCell<HrSystem>,
    staff: Cell<u32>,
    in_role: RefCell<HashMap<String, Person>>,
    connector: OnceCell<ExampleConnector>,
    personal: Rc<RefCell<Vec<String>>>,
    /// The organisation beside it, to which everything is done as well. A neighbour has none.
    neighbour: Option<Organisation>,
}

/// `t.organisation("远山科技")`, waiting for its pack.
#[must_use = "an organisation has a pack"]
pub struct Founding<'t> {
    t: &'t Tenure,
    name: String,
    algorithm: &'static str,
}

impl House {
    /// Nobody in particular, whose answers count as heard by this organisation.
    pub fn anonymous(&self) -> Caller {
        Caller::anonymous(&self.server, &self.heard)
    }
}

impl<'t> Founding<'t> {
    pub(crate) fn of(t: &'t Tenure, name: &str) -> Self {
        Self { t, name: name.to_owned(), algorithm: "aes-256-gcm" }
    }

    /// With another cipher than the usual one.
    pub fn sealed_with(self, algorithm: &'static str) -> Self {
        Self { algorithm, ..self }
    }

    /// Founds it under this policy pack, with its first admin and its HR system, and a neighbour beside it.
    pub fn pack(self, pack: &str) -> Organisation {
        let found = |name: &str| {
            let email = format!("admin-{}@example.com", crate::unique());
            let asked = ["tenant", "create", "--name", name, "--admin-email", &email, "--pack", pack];
            let sealed_with = ["--algorithm", self.algorithm];
            (self.t.cli(asked.into_iter().chain(sealed_with)).ok(), email)
        };
        let (beside, own) = (found(&format!("{}的邻居", self.name)), found(&self.name));
        let beside = Organisation::of(self.t, &beside, None);
        let organisation = Organisation::of(self.t, &own, Some(beside.clone()));
        self.t.has(&organisation, Neighbour::of(beside));
        organisation
    }
}

impl Organisation {
    /// From what `tenure tenant create` said, and the first admin's address.
    fn of(t: &Tenure, (said, email): &(String, String), neighbour: Option<Self>) -> Self {
        let word = |after: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(after));
            line.and_then(|l| l.split_whitespace().next())
                .unwrap_or_else(|| panic!("no {after} in:\n{said}"))
                .to_owned()
        };
        let slug = word("organisation");
        let house =
            Rc::new(House { server: Rc::clone(t.server()), clock: t.clock().clone(), heard: Heard::default(), slug });
        let first_admin = Person::first_admin(&house, email, &word("set-up token"));
        t.personal_words().borrow_mut().push(email.clone());
        Self(Rc::new(Inner {
            house,
            first_admin,
            hr: OnceCell::new(),
            staff: Cell::new(0),
            in_role: RefCell::default(),
            connector: OnceCell::new(),
            personal: Rc::clone(t.personal_words()),
            neighbour,
        }))
    }

    /// The admin that it was founded with: appoints, and reads nobody's data.
    pub fn first_admin(&self) -> &Person {
        &self.0.first_admin
    }

    /// Its HR system, set up by the first admin.
    pub fn hr_system(&self) -> HrSystem {
        let set_up = || {
            let source = self.first_admin().posts("/sources", &json!({ "name": "人事系统" })).ok();
            HrSystem::of(&self.0.house.anonymous(), &source, self.0.house.clock.now())
        };
        self.0.hr.get_or_init(set_up).at(self.0.house.clock.now())
    }

    /// Takes somebody on with a personal account of their own. The neighbour takes on a namesake with the same staff number.
    pub fn hires(&self, name: &str) -> Person {
        self.hires_with(name, json!({}))
    }

    /// The same, and HR says more of them: a department, a manager, an enterprise account.
    pub fn hires_with(&self, name: &str, more: Value) -> Person {
        if let Some(neighbour) = &self.0.neighbour {
            neighbour.hires_with(name, more.clone());
        }
        let number = self.0.staff.get() + 1;
        self.0.staff.set(number);
        let staff_number = format!("A{number:04}");
        let email = format!("{}-{}@example.com", staff_number.to_lowercase(), crate::unique());
        let mut data = json!({
            "staff_number": staff_number, "name": name, "email": email, "account": "personal",
            "first_day": "2024-05-01", "position": "工程师",
        });
        if let (Some(data), Some(more)) = (data.as_object_mut(), more.as_object()) {
            data.extend(more.clone());
        }
        self.hr_system().says_joined(data).ok();
        self.0.personal.borrow_mut().extend([name.to_owned(), email.clone()]);
        self.settles();
        let membership = self.membership_of(&staff_number);
        let person = Person::new(&self.0.house, name, &staff_number, &email, &membership);
        person.takes_up(&self.setup_token_of(&membership));
        person
    }

    /// Takes on somebody who is in another organisation already, with the account that they have there. They confirm it by
    /// this organisation's own link.
    pub fn takes_on_too(&self, known: &Person, staff_number: &str) -> Person {
        let data = json!({
            "staff_number": staff_number, "name": known.name, "email": known.email, "account": "personal",
            "first_day": "2024-05-01",
        });
        self.hr_system().says_joined(data).ok();
        self.settles();
        let membership = self.membership_of(staff_number);
        let person = Person::new(&self.0.house, &known.name, staff_number, &known.email, &membership);
        person.takes_up(&self.setup_token_of(&membership));
        person
    }

    /// A member who holds this role, appointed by the first admin. The same one each time.
    pub fn member_with(&self, role: &str) -> Person {
        if role == "primary_admin" {
            return self.first_admin().clone();
        }
        if let Some(known) = self.0.in_role.borrow().get(role) {
            return known.clone();
        }
        let person = self.hires(&format!("担任{role}"));
        self.appoints(&person, role).ok();
        self.0.in_role.borrow_mut().insert(role.to_owned(), person.clone());
        person
    }

    /// The first admin gives somebody a role, or is refused.
    pub fn appoints(&self, person: &Person, role: &str) -> crate::http::Answer {
        let body = json!({ "membership_id": person.membership, "role": role });
        self.first_admin().posts("/role-assignments", &body)
    }

    /// Whoever may certify keeps all that is on the open list, if there is one: a story that is about something else outlives
    /// the deadline. The neighbour does so too.
    #[track_caller]
    pub fn certifies(&self) {
        if let Some(neighbour) = self.beside() {
            neighbour.certifies();
        }
        for reviewer in [self.privacy_officer(), self.first_admin().clone()] {
            let lists = reviewer.gets("/certifications").items();
            for list in lists.iter().filter(|list| list["state"] == "open") {
                let at = format!("/certifications/{}", list["id"].as_str().expect("an id"));
                let lines = reviewer.gets(&format!("{at}/lines?state=waiting&limit=200")).items();
                for line in lines.iter().filter(|line| line["answer"]["allowed"] == true) {
                    let said = json!({ "lines": [line["id"]], "verdict": "keep", "reason": "岗位仍需" });
                    reviewer.posts(&format!("{at}/decisions"), &said).ok();
                }
            }
        }
    }

    /// The HR admin: 人事管理员.
    pub fn hr_admin(&self) -> Person {
        self.member_with("hr_admin")
    }

    /// The privacy officer: 隐私负责人.
    pub fn privacy_officer(&self) -> Person {
        self.member_with("privacy_officer")
    }

    /// The data operator: 数据操作员.
    pub fn data_operator(&self) -> Person {
        self.member_with("data_operator")
    }

    /// The auditor: 审计员.
    pub fn auditor(&self) -> crate::auditor::Auditor {
        crate::auditor::Auditor::of(self.member_with("auditor"), &self.0.house)
    }

    /// Something of this class that the organisation's vault will hold: `acme.holds("hr.id_card").about(&lin)`.
    pub fn holds(&self, class: &str) -> Holds {
        Holds::in_vault(self, class)
    }

    /// Something that the connected mail and drive service holds: `acme.keeps("mail/lin", "mail.message").about(&lin)`.
    pub fn keeps(&self, locator: &str, class: &str) -> Holds {
        Holds::at_connector(self, locator, class)
    }

    /// Its mail and drive service, connected by the first admin.
    pub fn connector(&self) -> &ExampleConnector {
        self.0.connector.get_or_init(|| {
            let house = &self.0.house;
            let dir = house.server.file(&format!("connector-{}", house.slug));
            let connector = ExampleConnector::start("127.0.0.1:0", &dir, &house.server.base_url()).expect("it listens");
            let asked = json!({ "name": "邮件与网盘", "callback_url": connector.callback_url() });
            let made = self.first_admin().posts("/connectors", &asked).ok();
            let text = |key: &str| made[key].as_str().unwrap_or_else(|| panic!("no {key} in {made}")).to_owned();
            let (id, signing_secret, api_key) = (text("id"), text("signing_secret"), text("api_key"));
            connector.is_given(Credentials { id, signing_secret, api_key });
            connector
        })
    }

    /// A caller with the connector's own key.
    pub fn as_connector(&self) -> Caller {
        self.anonymous().bearing(&self.connector().credentials().api_key)
    }

    /// The departure of somebody's membership: the only one, or the last.
    #[track_caller]
    pub fn departure_of(&self, person: &Person) -> Departure {
        Departure::find(self, person).unwrap_or_else(|| panic!("{} has no departure", person.staff_number))
    }

    /// A member as the API shows them.
    #[track_caller]
    pub fn member(&self, person: &Person) -> Value {
        self.first_admin().gets(&format!("/members/{}", person.membership)).ok()
    }

    /// How the organisation is named in addresses.
    pub fn slug(&self) -> &str {
        &self.0.house.slug
    }

    /// Nobody in particular, at this organisation's door.
    pub fn anonymous(&self) -> Caller {
        self.0.house.anonymous()
    }

    /// A browser with the console open, nobody signed in.
    pub fn browser(&self) -> crate::browser::Browser {
        crate::browser::Browser::new(&self.anonymous(), &self.0.house.server.base_url())
    }

    /// A browser in which this person is signed in.
    #[track_caller]
    pub fn browser_of(&self, person: &Person) -> crate::browser::Browser {
        let browser = self.browser();
        browser.signs_in(person, Some(self.slug())).ok();
        browser
    }

    pub(crate) fn beside(&self) -> Option<&Self> {
        self.0.neighbour.as_ref()
    }

    pub(crate) fn house(&self) -> &Rc<House> {
        &self.0.house
    }

    pub(crate) fn has_somebody_in(&self, role: &str) -> bool {
        self.0.in_role.borrow().contains_key(role)
    }

    pub(crate) fn has_connector(&self) -> bool {
        self.0.connector.get().is_some()
    }

    pub(crate) fn connector_is_idle(&self) -> bool {
        self.0.connector.get().is_none_or(ExampleConnector::is_idle)
    }

    pub(crate) fn connector_finds(&self, base_url: &str) {
        if let Some(connector) = self.0.connector.get() {
            connector.finds_tenure_at(base_url);
        }
    }

    /// Returns when no job of the server is due.
    #[track_caller]
    pub fn settles(&self) {
        let settled = crate::patience::until(std::time::Duration::from_secs(30), || {
            (self.anonymous().send("GET", "/test/settled", &[], None).status == 200).then_some(())
        });
        assert!(settled.is_some(), "jobs are still due:\n{}", self.0.house.server.log().join("\n"));
    }

    fn membership_of(&self, staff_number: &str) -> String {
        let members = self.first_admin().gets("/members?limit=200").items();
        let found = members.iter().rev().find(|m| m["staff_number"] == staff_number);
        let id = found.and_then(|m| m["id"].as_str());
        id.unwrap_or_else(|| panic!("{staff_number} did not become a member: {members:?}")).to_owned()
    }

    /// The one-time link by which a new member sets their first password.
    fn setup_token_of(&self, membership: &str) -> String {
        let link = self.first_admin().posts(&format!("/members/{membership}/setup-link"), &json!({})).ok();
        link["setup_token"].as_str().unwrap_or_else(|| panic!("no token in {link}")).to_owned()
    }
}

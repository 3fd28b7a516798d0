//! A person's browser: it keeps the cookie, knows the second token, and says from whose page a request comes.

use crate::http::{Answer, Caller};
use crate::person::{PASSWORD, Person};
use serde_json::{Value, json};
use std::cell::RefCell;

/// A browser with this server's console open in it.
pub struct Browser {
    door: Caller,
    origin: String,
    cookie: RefCell<Option<String>>,
    csrf: RefCell<Option<String>>,
}

impl Browser {
    /// One that has never been here.
    pub fn new(door: &Caller, base_url: &str) -> Self {
        Self { door: door.clone(), origin: base_url.to_owned(), cookie: RefCell::default(), csrf: RefCell::default() }
    }

    /// Another one that was given the same cookie: what a thief of cookies has.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self {
            door: self.door.clone(),
            origin: self.origin.clone(),
            cookie: self.cookie.clone(),
            csrf: self.csrf.clone(),
        }
    }

    /// Signs somebody in.
    pub fn signs_in(&self, person: &Person, tenant: Option<&str>) -> Answer {
        let mut body = json!({ "identifier": person.email, "password": PASSWORD });
        if let Some(tenant) = tenant {
            body["tenant"] = tenant.into();
        }
        self.post("/session", &body)
    }

    /// `GET /api/v1{path}`
    pub fn get(&self, path: &str) -> Answer {
        self.sends("GET", path, &[], None)
    }

    /// `POST /api/v1{path}`, as a page of the console does it.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.changes("POST", path, Some(body))
    }

    /// `DELETE /api/v1{path}`, as a page of the console does it.
    pub fn delete(&self, path: &str) -> Answer {
        self.changes("DELETE", path, None)
    }

    fn changes(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let (origin, csrf) = (self.origin.clone(), self.csrf());
        let mut headers = vec![("origin", origin.as_str())];
        headers.extend(csrf.as_deref().map(|csrf| ("x-csrf-token", csrf)));
        self.sends(method, path, &headers, body)
    }

    /// Any request with the cookie, and the headers that the page's origin would have: a forger's, for one.
    pub fn sends(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let (cookie, text) = (self.cookie.borrow().clone(), body.map(Value::to_string));
        let mut headers = headers.to_vec();
        headers.extend(cookie.as_deref().map(|cookie| ("cookie", cookie)));
        if text.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let answer = self.door.send(method, &format!("/api/v1{path}"), &headers, text.as_deref().map(str::as_bytes));
        self.takes(&answer);
        answer
    }

    /// What `X-CSRF-Token` has to be, as the last answer said.
    pub fn csrf(&self) -> Option<String> {
        self.csrf.borrow().clone()
    }

    /// What it sends as its cookie.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.borrow().clone()
    }

    fn takes(&self, answer: &Answer) {
        if let Some(set) = answer.header("set-cookie") {
            let cookie = set.split(';').next().unwrap_or_default();
            *self.cookie.borrow_mut() = Some(cookie.to_owned()).filter(|cookie| !cookie.ends_with('='));
        }
        let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let csrf = said["csrf_token"].as_str().or(said["session"]["csrf_token"].as_str());
        if let Some(csrf) = csrf {
            *self.csrf.borrow_mut() = Some(csrf.to_owned());
        }
    }
}

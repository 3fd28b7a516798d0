//! A human being as one organisation knows them: what HR said of them, and how they sign in.

use crate::http::{Answer, Caller};
use crate::organisation::House;
use serde_json::json;
use std::cell::RefCell;
use std::rc::Rc;

/// Long enough, and no word of anybody's name.
pub const PASSWORD: &str = "correct horse 电池 staple";

/// Somebody in an organisation.
#[derive(Clone)]
pub struct Person {
    house: Rc<House>,
    /// Their name.
    pub name: String,
    /// 工号.
    pub staff_number: String,
    /// What they sign in with.
    pub email: String,
    /// Their membership's id.
    pub membership: String,
    signed_in: Rc<RefCell<Option<(u32, Caller)>>>,
}

impl Person {
    pub(crate) fn new(house: &Rc<House>, name: &str, staff_number: &str, email: &str, membership: &str) -> Self {
        Self {
            house: Rc::clone(house),
            name: name.to_owned(),
            staff_number: staff_number.to_owned(),
            email: email.to_owned(),
            membership: membership.to_owned(),
            signed_in: Rc::default(),
        }
    }

    /// The admin that an organisation was founded with, after setting the password by the one-time link.
    pub(crate) fn first_admin(house: &Rc<House>, email: &str, setup_token: &str) -> Self {
        let person = Self::new(house, "主管理员", "", email, "");
        person.takes_up(setup_token);
        let me = person.gets("/me").ok();
        let text =
            |pointer: &str| me.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        Self { staff_number: text("/member/staff_number"), membership: text("/member/id"), ..person }
    }

    /// Tries to sign in, in this organisation.
    pub fn signs_in(&self) -> Answer {
        self.signs_in_with(PASSWORD)
    }

    /// The same, with another password.
    pub fn signs_in_with(&self, password: &str) -> Answer {
        let body = json!({ "identifier": self.email, "password": password, "tenant": self.house.slug });
        self.house.anonymous().post("/auth/sign-in", &body)
    }

    /// With the access token of a sign-in. A new one once the clock was moved: tokens are short-lived.
    #[track_caller]
    pub fn caller(&self) -> Caller {
        let moved = self.house.clock.moved();
        if let Some((then, caller)) = &*self.signed_in.borrow()
            && *then == moved
        {
            return caller.clone();
        }
        let answer = self.signs_in().ok();
        let token = answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer} has no access token"));
        let caller = self.house.anonymous().bearing(token);
        *self.signed_in.borrow_mut() = Some((moved, caller.clone()));
        caller
    }

    /// `GET` as this person.
    #[track_caller]
    pub fn gets(&self, path: &str) -> Answer {
        self.caller().get(path)
    }

    /// `POST` as this person.
    #[track_caller]
    pub fn posts(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.caller().post(path, body)
    }

    /// Sets the first password by the one-time link that was made for this person.
    pub(crate) fn takes_up(&self, token: &str) {
        self.house.anonymous().post("/auth/setup", &json!({ "token": token, "password": PASSWORD })).ok();
    }
}

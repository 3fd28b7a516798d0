//! The auditor: exports the records and proves to a third party that nothing was changed or left out.

use crate::command_line::Said;
use crate::http::Answer;
use crate::organisation::House;
use crate::person::Person;
use crate::second_opinion;
use serde_json::Value;
use std::rc::Rc;

/// Somebody with the auditor's role, and a machine without a network.
pub struct Auditor {
    person: Person,
    house: Rc<House>,
}

impl Auditor {
    pub(crate) fn of(person: Person, house: &Rc<House>) -> Self {
        Self { person, house: Rc::clone(house) }
    }

    /// Who it is.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// The records as the API lists them.
    #[track_caller]
    pub fn records(&self, query: &str) -> Vec<Value> {
        self.person.gets(&format!("/records?limit=200&{query}")).items()
    }

    /// The whole ledger as text, in `ndjson` or `csv`.
    #[track_caller]
    pub fn exports(&self, format: &str) -> String {
        let answer: Answer = self.person.gets(&format!("/records/export?format={format}"));
        answer.is_status(200);
        answer.body
    }

    /// The key that the ledger is signed with, fetched beforehand by whoever will verify.
    #[track_caller]
    pub fn verifier_key(&self) -> String {
        let path = format!("/.well-known/tenure-ledger/{}", self.house.slug);
        let answer = self.house.anonymous().send("GET", &path, &[], None);
        // One a line, the one in use first.
        let keys = &answer.is_status(200).body;
        keys.lines().next().unwrap_or_else(|| panic!("no key is published: {answer}")).to_owned()
    }

    /// `tenure verify FILE --key KEY`.
    #[track_caller]
    pub fn verifies(&self, text: &str) -> Said {
        self.verifies_saying(text, &[])
    }

    /// What `tenure verify` finds wrong: the fault's code, the record's number and the line, as far as it names them.
    #[track_caller]
    pub fn finds(&self, text: &str) -> (String, Option<u64>, Option<u64>) {
        let said = self.verifies_saying(text, &["--json"]);
        assert_eq!(said.status, 1, "it passed, or could not be judged: {said:?}");
        let said: Value = serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{e}: {said:?}"));
        let finding = &said["finding"];
        let code = finding["code"].as_str().unwrap_or_else(|| panic!("no code: {said}"));
        (code.to_owned(), finding["seq"].as_u64(), finding["line"].as_u64())
    }

    fn verifies_saying(&self, text: &str, how: &[&str]) -> Said {
        let file = self.house.server.file(&format!("{}.export", crate::unique()));
        std::fs::write(&file, text).expect("it is ours");
        let (file, key) = (file.to_string_lossy(), self.verifier_key());
        self.house.server.cli(["verify", &file, "--key", &key].into_iter().chain(how.iter().copied()))
    }

    /// Exports everything in both formats and verifies it, by Tenure's own program and by a second opinion that shares no
    /// code with it. Returns the records.
    #[track_caller]
    pub fn verifies_offline(&self) -> Vec<Value> {
        self.verifies(&self.exports("csv")).ok();
        let export = self.exports("ndjson");
        self.verifies(&export).ok();
        second_opinion::of(&export, &self.verifier_key())
            .unwrap_or_else(|e| panic!("the second opinion: {e}\n{export}"))
    }
}

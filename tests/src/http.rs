//! A caller of the API, and the answers it gets, with the words in which a story judges them.

use crate::server::Server;
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// Everything that was ever answered to one organisation's people, systems and connectors. In the end none of it may hold an
/// id of another organisation.
#[derive(Clone, Default)]
pub struct Heard(Rc<RefCell<Vec<(String, String)>>>);

impl Heard {
    /// What somebody of the organisation heard, and as the answer to what.
    pub fn note(&self, asked: &str, answer: &str) {
        self.0.borrow_mut().push((asked.to_owned(), answer.to_owned()));
    }

    /// The first question whose answer held `word`.
    pub fn answer_with(&self, word: &str) -> Option<String> {
        self.0.borrow().iter().find(|(_, answer)| answer.contains(word)).map(|(asked, _)| asked.clone())
    }
}

/// Somebody who calls: a person with an access token, a machine with an API key, or nobody in particular.
#[derive(Clone)]
pub struct Caller {
    server: Rc<Server>,
    bearer: Option<String>,
    heard: Heard,
}

/// An HTTP answer.
#[derive(Clone)]
pub struct Answer {
    asked: String,
    /// The HTTP status.
    pub status: u16,
    /// The header's value by its name in small letters.
    pub headers: Vec<(String, String)>,
    /// As it came.
    pub body: String,
    /// The same, where it is no text.
    pub bytes: Vec<u8>,
}

impl Caller {
    /// Nobody in particular.
    pub fn anonymous(server: &Rc<Server>, heard: &Heard) -> Self {
        Self { server: Rc::clone(server), bearer: None, heard: heard.clone() }
    }

    /// The same door, with a token or a key.
    pub fn bearing(&self, token: &str) -> Self {
        Self { bearer: Some(token.to_owned()), ..self.clone() }
    }

    /// What it bears.
    pub fn token(&self) -> &str {
        self.bearer.as_deref().expect("it bears one")
    }

    /// `GET /api/v1{path}`
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", &api(path), &[], None)
    }

    /// `POST /api/v1{path}` with an idempotency key of its own.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_again(path, body, &crate::unique())
    }

    /// `POST /api/v1{path}` with this idempotency key.
    pub fn post_again(&self, path: &str, body: &Value, key: &str) -> Answer {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.send("POST", &api(path), &headers, Some(body.to_string().as_bytes()))
    }

    /// `POST /api/v1{path}` with one JSON text a line.
    pub fn post_lines(&self, path: &str, lines: &str) -> Answer {
        self.send("POST", &api(path), &[("content-type", "application/x-ndjson")], Some(lines.as_bytes()))
    }

    /// `PATCH /api/v1{path}`, on the version that `etag` names.
    pub fn patch(&self, path: &str, etag: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("if-match", etag)];
        self.send("PATCH", &api(path), &headers, Some(body.to_string().as_bytes()))
    }

    /// `PUT {path}`
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, &[("content-type", "application/json")], Some(body.to_string().as_bytes()))
    }

    /// `DELETE /api/v1{path}`
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", &api(path), &[], None)
    }

    /// Any request, to any path of the server.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        self.calls(method, &(self.server.base_url() + path), headers, body)
    }

    /// Any request, to any address: another server that somebody started.
    pub fn calls(&self, method: &str, url: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let asked = format!("{method} /{path}");
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(body.unwrap_or_default()).unwrap_or_else(|e| panic!("{asked}: {e}"));
        let mut answer = agent().run(request).unwrap_or_else(|e| panic!("{asked}: {e}"));
        let headers = answer.headers().iter();
        let headers =
            headers.map(|(n, v)| (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned())).collect();
        let status = answer.status().as_u16();
        let bytes = answer.body_mut().with_config().limit(1 << 30).read_to_vec();
        let bytes = bytes.unwrap_or_else(|e| panic!("{asked}: {e}"));
        let body = String::from_utf8_lossy(&bytes).into_owned();
        self.heard.note(&asked, &body);
        Answer { asked, status, headers, body, bytes }
    }
}

/// What several callers ask for at the same moment, each by a method at `/api/v1{path}`; the answers in their order.
pub fn at_once(asked: &[(&Caller, &str, String, Value)]) -> Vec<Answer> {
    let ready = std::sync::Barrier::new(asked.len());
    let sent: Vec<_> = asked
        .iter()
        .map(|(caller, method, path, body)| {
            let body = if body.is_null() { String::new() } else { body.to_string() };
            (*method, caller.server.base_url() + &api(path), caller.bearer.clone(), body)
        })
        .collect();
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let calls: Vec<_> = sent
            .iter()
            .map(|(method, url, bearer, body)| {
                let ready = &ready;
                scope.spawn(move || {
                    ready.wait();
                    let request = ureq::http::Request::builder()
                        .method(*method)
                        .uri(url)
                        .header("content-type", "application/json")
                        .header("idempotency-key", crate::unique())
                        .header("authorization", format!("Bearer {}", bearer.as_deref().unwrap_or_default()))
                        .body(body.as_bytes())
                        .unwrap_or_else(|e| panic!("{url}: {e}"));
                    let mut answer = agent().run(request).unwrap_or_else(|e| panic!("{url}: {e}"));
                    let status = answer.status().as_u16();
                    let bytes = answer.body_mut().read_to_vec().unwrap_or_else(|e| panic!("{url}: {e}"));
                    let body = String::from_utf8_lossy(&bytes).into_owned();
                    Answer { asked: format!("{method} {url}"), status, headers: Vec::new(), body, bytes }
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).collect()
    });
    for ((caller, ..), answer) in asked.iter().zip(&answers) {
        caller.heard.note(&answer.asked, &answer.body);
    }
    answers
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The version that a later change must name.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("{} has no ETag", self.asked)).to_owned()
    }

    /// What came, where it is a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{self}");
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// What came, as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{self}\nis not JSON: {e}"))
    }

    /// The items of a page, or of a list that is short by nature.
    #[track_caller]
    pub fn items(&self) -> Vec<Value> {
        let listed = self.ok();
        let items = listed.as_array().or(listed["items"].as_array());
        items.cloned().unwrap_or_else(|| panic!("{self}\nis not a list"))
    }

    /// Refused, invalid or conflicting, as a problem document with this code that explains itself.
    #[track_caller]
    pub fn is_refused(&self, code: &str) -> Value {
        assert!((400..500).contains(&self.status), "expected the refusal {code}, got {self}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{self}");
        for member in ["type", "title", "status", "detail"] {
            assert!(!problem[member].is_null(), "a problem document has a {member}: {self}");
        }
        problem
    }

    /// Refused with this status, whatever the code.
    #[track_caller]
    pub fn is_status(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self}");
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} -> {}\n{}", self.asked, self.status, self.body)
    }
}

fn api(path: &str) -> String {
    format!("/api/v1{path}")
}

/// One for every call: a server that was killed and started again is not met on an old connection.
fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder();
    config.http_status_as_error(false).timeout_global(Some(Duration::from_secs(60))).proxy(None).build().into()
}

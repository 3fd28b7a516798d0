//! Somebody who watches a stream of server-sent events, and what has come so far.

use crate::patience;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const COMES_WITHIN: Duration = Duration::from_secs(30);

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// What a watcher that comes back names as the last one it saw.
    pub id: Option<String>,
    /// What it says.
    pub data: Value,
}

/// A stream that is being watched until the story ends.
pub struct Watching(Arc<Mutex<Vec<Event>>>);

impl Watching {
    /// Opens a stream, which must be granted, and watches.
    #[track_caller]
    pub fn opened(url: &str, headers: &[(&str, &str)]) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build();
        let mut request = ureq::http::Request::builder().uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap_or_else(|e| panic!("{url}: {e}"));
        let answer = ureq::Agent::from(config).run(request).unwrap_or_else(|e| panic!("{url}: {e}"));
        assert_eq!(answer.status(), 200, "{url}");
        assert_eq!(answer.headers().get("content-type").and_then(|v| v.to_str().ok()), Some("text/event-stream"));
        let seen = Arc::<Mutex<Vec<Event>>>::default();
        let (into, reader) = (Arc::clone(&seen), BufReader::new(answer.into_body().into_reader()));
        std::thread::spawn(move || {
            let mut event = Event { name: String::new(), id: None, data: Value::Null };
            for line in reader.lines().map_while(Result::ok) {
                match line.split_once(": ") {
                    Some(("event", name)) => name.clone_into(&mut event.name),
                    Some(("id", id)) => event.id = Some(id.to_owned()),
                    Some(("data", data)) => event.data = serde_json::from_str(data).unwrap_or_default(),
                    Some(_) => {}
                    None if line.is_empty() => {
                        let next = Event { name: String::new(), id: None, data: Value::Null };
                        let whole = std::mem::replace(&mut event, next);
                        into.lock().unwrap_or_else(PoisonError::into_inner).push(whole);
                    }
                    None => {}
                }
            }
        });
        Self(seen)
    }

    /// What has come so far.
    pub fn so_far(&self) -> Vec<Event> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first event that fits, as soon as it has come.
    #[track_caller]
    pub fn sees(&self, what: &str, fits: impl Fn(&Event) -> bool) -> Event {
        let found = patience::until(COMES_WITHIN, || self.so_far().into_iter().find(|event| fits(event)));
        found.unwrap_or_else(|| panic!("{what} did not come; what came was {:#?}", self.so_far()))
    }
}

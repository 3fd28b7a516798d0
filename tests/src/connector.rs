//! The example connector: a pretend mail and drive service that plays the other side of the orders for real. It checks the
//! signature, keeps the order, acknowledges, carries out, and reports back with its API key; asked for an inventory, it
//! says what is there.
//!
//! What always holds: an order that comes twice is acknowledged twice and carried out once; a report is repeated until it
//! has arrived.

use crate::http_server::{HttpServer, Reply, Request};
use crate::patience;
use crate::shelf::Shelf;
use crate::signature;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const REPORTS_WITHIN: Duration = Duration::from_secs(30);

/// What Tenure gave it when it was set up.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// Its id.
    pub id: String,
    /// Signs the orders to it.
    pub signing_secret: String,
    /// It registers and reports with this.
    pub api_key: String,
}

/// How it behaves today.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Mood {
    /// As it should.
    #[default]
    Willing,
    /// Hangs up on whoever calls.
    Down,
    /// Acknowledges after this long.
    Slow(Duration),
    /// Answers 500 this many times, then is willing.
    Failing(u32),
    /// Takes orders and never says what became of them.
    Silent,
    /// Says that it could not do what it was told.
    Unable,
    /// Reports with a key that is not its own, and claims items that nobody asked for.
    Forging,
}

/// The running connector.
pub struct ExampleConnector {
    http: HttpServer,
    works: Arc<Works>,
}

struct Works {
    shelf: Shelf,
    tenure: Mutex<String>,
    credentials: Mutex<Credentials>,
    mood: Mutex<Mood>,
    /// Orders that are being carried out or reported at this moment.
    busy: AtomicUsize,
    refused: AtomicUsize,
}

impl ExampleConnector {
    /// Starts it at `address`, keeping its things in `dir`. It obeys nobody before it has credentials.
    ///
    /// # Errors
    /// When it cannot listen or the directory cannot be made.
    pub fn start(address: &str, dir: &Path, tenure: &str) -> std::io::Result<Self> {
        let works = Arc::new(Works {
            shelf: Shelf::open(dir)?,
            tenure: Mutex::new(tenure.to_owned()),
            credentials: Mutex::default(),
            mood: Mutex::default(),
            busy: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
        });
        let answering = Arc::clone(&works);
        let http = HttpServer::listen(address, move |request| Works::answer(&answering, request))?;
        Ok(Self { http, works })
    }

    /// Where orders are to be sent.
    pub fn callback_url(&self) -> String {
        format!("{}/orders", self.http.url())
    }

    /// From now on it obeys orders signed with this secret.
    pub fn is_given(&self, credentials: Credentials) {
        *locked(&self.works.credentials) = credentials;
    }

    /// What it was given.
    pub fn credentials(&self) -> Credentials {
        locked(&self.works.credentials).clone()
    }

    /// Where Tenure is to be found from now on.
    pub fn finds_tenure_at(&self, base_url: &str) {
        base_url.clone_into(&mut locked(&self.works.tenure));
    }

    /// Changes how it behaves.
    pub fn is(&self, mood: Mood) {
        *locked(&self.works.mood) = mood;
    }

    /// What it keeps.
    pub fn shelf(&self) -> &Shelf {
        &self.works.shelf
    }

    /// Whether it has nothing left to do or to say.
    pub fn is_idle(&self) -> bool {
        self.works.busy.load(Ordering::SeqCst) == 0
    }

    /// How many calls it turned away because their signature did not fit.
    pub fn turned_away(&self) -> usize {
        self.works.refused.load(Ordering::SeqCst)
    }
}

impl Works {
    /// 204 acknowledges. Everything after that happens in its own time.
    fn answer(this: &Arc<Self>, request: &Request) -> Reply {
        if (request.method.as_str(), request.path.as_str()) != ("POST", "/orders") {
            return Some(404);
        }
        let mood = locked(&this.mood).clone();
        match mood {
            Mood::Down => return None,
            Mood::Slow(pause) => patience::nap(pause),
            Mood::Failing(times) if times > 0 => {
                *locked(&this.mood) = Mood::Failing(times - 1);
                return Some(500);
            }
            Mood::Failing(_) | Mood::Willing | Mood::Silent | Mood::Unable | Mood::Forging => {}
        }
        if !this.is_from_tenure(request) {
            this.refused.fetch_add(1, Ordering::SeqCst);
            return Some(401);
        }
        let Ok(event) = serde_json::from_slice::<Value>(&request.body) else { return Some(400) };
        let delivery = event["id"].as_str().unwrap_or_else(|| request.header("webhook-id")).to_owned();
        let new = this.shelf.take_order(&delivery, &event);
        let works = Arc::clone(this);
        works.busy.fetch_add(1, Ordering::SeqCst);
        std::thread::spawn(move || {
            works.obey(&delivery, &event, new);
            works.busy.fetch_sub(1, Ordering::SeqCst);
        });
        Some(204)
    }

    fn is_from_tenure(&self, request: &Request) -> bool {
        let secret = locked(&self.credentials).signing_secret.clone();
        let timestamp = request.header("webhook-timestamp").parse().unwrap_or_default();
        let (id, offered) = (request.header("webhook-id"), request.header("webhook-signature"));
        !secret.is_empty() && signature::fits(&secret, id, timestamp, &request.body, offered)
    }

    fn obey(&self, delivery: &str, event: &Value, new: bool) {
        let mood = locked(&self.mood).clone();
        match event["type"].as_str().unwrap_or_default() {
            "tenure.order" => {
                if new {
                    self.shelf.keep_report(delivery, &self.carry_out(delivery, &event["data"], &mood));
                }
                if mood != Mood::Silent {
                    self.send_reports(&mood);
                }
            }
            "tenure.inventory-requested" => self.count(&event["data"]),
            _ => {}
        }
    }

    fn carry_out(&self, delivery: &str, order: &Value, mood: &Mood) -> Value {
        let action = order["action"].as_str().unwrap_or_default();
        let locators = order["locators"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut items: Vec<Value> = locators
            .map(|locator| match mood {
                Mood::Unable => json!({ "locator": locator, "outcome": "failed", "detail": "the disk is full" }),
                _ => json!({ "locator": locator, "outcome": self.shelf.carry_out(delivery, action, locator, order) }),
            })
            .collect();
        if *mood == Mood::Forging {
            items.push(json!({ "locator": "mail/nobody-asked-for-this", "outcome": "done" }));
        }
        json!({ "delivery_id": delivery, "items": items })
    }

    fn send_reports(&self, mood: &Mood) {
        for report in self.shelf.reports() {
            let delivery = report["delivery_id"].as_str().unwrap_or_default().to_owned();
            // Tenure may be down, just killed, just starting: the report waits for it.
            let arrived = patience::until(REPORTS_WITHIN, || {
                let status = self.call("reports", "application/json", &report.to_string(), mood)?;
                (status < 500).then_some(status)
            });
            if arrived.is_some_and(|status| status < 300) {
                self.shelf.report_arrived(&delivery);
            }
        }
    }

    fn count(&self, request: &Value) {
        let inventory = request["inventory_id"].as_str().unwrap_or_default();
        let lines: String = self.shelf.locators().iter().map(|l| json!({ "locator": l }).to_string() + "\n").collect();
        self.call(&format!("inventories/{inventory}"), "application/x-ndjson", &lines, &Mood::Willing);
    }

    fn call(&self, path: &str, content_type: &str, body: &str, mood: &Mood) -> Option<u16> {
        let Credentials { id, api_key, .. } = locked(&self.credentials).clone();
        let key = if *mood == Mood::Forging { format!("{api_key}x") } else { api_key };
        let url = format!("{}/api/v1/connectors/{id}/{path}", locked(&self.tenure));
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .proxy(None)
            .build()
            .into();
        let call =
            agent.post(&url).header("authorization", format!("Bearer {key}")).header("content-type", content_type);
        call.send(body).ok().map(|answer| answer.status().as_u16())
    }
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sends(connector: &ExampleConnector, secret: &str, delivery: &str, data: &Value) -> u16 {
        let body = json!({ "type": "tenure.order", "id": delivery, "data": data }).to_string();
        let signature = signature::sign(secret, delivery, 1_775_000_000, body.as_bytes());
        let call = ureq::post(connector.callback_url()).config().http_status_as_error(false).build();
        let call = call.header("webhook-id", delivery).header("webhook-timestamp", "1775000000");
        call.header("webhook-signature", signature).send(&body).unwrap().status().as_u16()
    }

    #[test]
    fn an_order_that_comes_twice_is_acknowledged_twice_and_carried_out_once_and_a_forged_one_never() {
        let dir = tempfile::tempdir().unwrap();
        let connector = ExampleConnector::start("127.0.0.1:0", dir.path(), "http://127.0.0.1:1").unwrap();
        let signing_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        connector.is_given(Credentials { signing_secret, ..Credentials::default() });
        connector.is(Mood::Silent);
        connector.shelf().put("mail/lin", &json!({ "class": "mail.message" }));
        let order = json!({ "action": "delete", "locators": ["mail/lin"] });
        assert_eq!(sends(&connector, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "d0", &order), 401);
        assert_eq!(sends(&connector, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "d1", &order), 204);
        assert_eq!(sends(&connector, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "d1", &order), 204);
        patience::until(REPORTS_WITHIN, || connector.is_idle().then_some(())).unwrap();
        assert_eq!(connector.shelf().deeds(), ["delete mail/lin"]);
        assert_eq!(connector.shelf().item("mail/lin"), None);
    }
}

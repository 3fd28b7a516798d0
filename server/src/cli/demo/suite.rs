//! The pretend office suite: the other side of the orders, for the sample only. It checks the signature, carries the order
//! out and writes that down, acknowledges, and reports back over HTTP with its API key; asked for an inventory, it says
//! what it has.
//!
//! All that it has and all that it did stands in `sample-suite.ndjson` in the data directory, one line a deed, before it
//! acknowledges anything: after a restart it knows what is gone, which order came before, and what it has not reported yet.

use super::Said;
use super::api::Api;
use super::kit::{Kit, OrganisationKit};
use crate::platform::Platform;
use crate::platform::standard_webhooks::{self, Headers, ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// Where it listens.
pub(super) const HOST: &str = "127.0.0.1";
const JOURNAL: &str = "sample-suite.ndjson";
/// The largest order: thousands of locators.
const MAX_BODY: usize = 16 << 20;
/// How often a report is tried, and how long between.
const TRIES: u32 = 60;
const BETWEEN: Duration = Duration::from_secs(1);

/// Where the server is, once it listens.
static TENURE: OnceLock<String> = OnceLock::new();

/// Says where reports go. The first word holds.
pub(super) fn finds_tenure_at(base_url: &str) {
    let _ = TENURE.set(base_url.to_owned());
}

/// The suite before it answers.
pub(super) struct Suite {
    listener: TcpListener,
    port: u16,
}

/// One thing that it did.
#[derive(Serialize, Deserialize)]
struct Deed {
    organisation: String,
    /// `put`, an order's action, or `reported`.
    action: String,
    /// The order's delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    locators: Vec<String>,
    /// What became of them, for the report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    outcomes: Vec<String>,
}

/// What one organisation keeps there.
struct Shelf {
    slug: String,
    connector: String,
    api_key: String,
    secret: Secret,
    kept: Mutex<Kept>,
    journal: PathBuf,
}

#[derive(Default)]
struct Kept {
    locators: BTreeSet<String>,
    /// What was reported, or is to be, by delivery.
    reports: BTreeMap<String, Value>,
    unreported: BTreeSet<String>,
}

type Shelves = BTreeMap<String, Arc<Shelf>>;

impl Suite {
    /// Listens on this port, or on any other when it is taken.
    pub fn listen(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((HOST, port)).or_else(|_| TcpListener::bind((HOST, 0)))?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where an organisation's orders go.
    pub fn callback_url(&self, slug: &str) -> String {
        format!("http://{HOST}:{}/{slug}/orders", self.port)
    }

    /// Begins the journal with what the suite has.
    pub fn keeps<'s>(
        &self,
        data_dir: &Path,
        all: impl Iterator<Item = (&'s str, &'s [String])>,
    ) -> std::io::Result<()> {
        let mut journal = BufWriter::new(File::create(data_dir.join(JOURNAL))?);
        for (organisation, locators) in all {
            let (organisation, locators) = (organisation.to_owned(), locators.to_vec());
            let deed = Deed { organisation, action: "put".into(), delivery: None, locators, outcomes: Vec::new() };
            serde_json::to_writer(&mut journal, &deed)?;
            journal.write_all(b"\n")?;
        }
        journal.flush()
    }

    /// Answers from now on, on a thread of its own.
    pub fn start(self, platform: Arc<Platform>, kit: &Kit) -> Said<()> {
        if self.port != kit.suite_port {
            eprintln!(
                "tenure: port {} of the sample's office suite is taken; its orders wait until it is free again",
                kit.suite_port
            );
        }
        let mut shelves = Shelves::new();
        for organisation in &kit.organisations {
            let shelf = Arc::new(Shelf::of(organisation, &kit.data_dir.join(JOURNAL))?);
            shelves.insert(organisation.slug.into(), shelf.clone());
            in_its_own_time(move || shelf.report_all())?;
        }
        let (shelves, platform) = (web::Data::new(shelves), web::Data::from(platform));
        let server = move || {
            App::new()
                .app_data(shelves.clone())
                .app_data(platform.clone())
                .app_data(web::PayloadConfig::new(MAX_BODY))
                .route("/{organisation}/orders", web::post().to(answer))
        };
        let serving = move || {
            let running = HttpServer::new(server).workers(1).disable_signals().listen(self.listener);
            running.and_then(|running| actix_web::rt::System::new().block_on(running.run()))
        };
        std::thread::Builder::new().name("suite".into()).spawn(serving)?;
        Ok(())
    }
}

/// 204 acknowledges. Everything after that happens in its own time.
async fn answer(
    request: HttpRequest,
    organisation: web::Path<String>,
    body: web::Bytes,
    shelves: web::Data<Shelves>,
    platform: web::Data<Platform>,
) -> HttpResponse {
    let Some(shelf) = shelves.get(organisation.as_str()).cloned() else { return HttpResponse::NotFound().finish() };
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let (id, timestamp, signature) = (header(ID_HEADER), header(TIMESTAMP_HEADER), header(SIGNATURE_HEADER));
    let headers = Headers { id, timestamp, signature };
    let tolerance = platform.config().webhooks.tolerance_seconds;
    let now = platform.now().timestamp();
    if standard_webhooks::verify(std::slice::from_ref(&shelf.secret), headers, &body, now, tolerance).is_err() {
        return HttpResponse::Unauthorized().finish();
    }
    let Ok(event) = serde_json::from_slice::<Value>(&body) else { return HttpResponse::BadRequest().finish() };
    let (delivery, writing) = (id.to_owned(), shelf.clone());
    let taken = web::block(move || match event["type"].as_str() {
        Some("tenure.order") => writing.take(&delivery, &event["data"]).map(|()| None),
        Some("tenure.inventory-requested") => Ok(event["data"]["inventory_id"].as_str().map(str::to_owned)),
        Some(_) | None => Ok(None),
    });
    let begun = match taken.await {
        Ok(Ok(None)) => in_its_own_time(move || shelf.report_all()),
        Ok(Ok(Some(inventory))) => in_its_own_time(move || shelf.count(&inventory)),
        Ok(Err(e)) => Err(e),
        Err(e) => Err(std::io::Error::other(e)),
    };
    if begun.is_ok() { HttpResponse::NoContent().finish() } else { HttpResponse::ServiceUnavailable().finish() }
}

fn in_its_own_time(work: impl FnOnce() -> Said<()> + Send + 'static) -> std::io::Result<()> {
    let telling = move || {
        if let Err(e) = work() {
            eprintln!("tenure: the sample's office suite could not report: {e}");
        }
    };
    std::thread::Builder::new().name("suite-work".into()).spawn(telling).map(drop)
}

impl Shelf {
    fn of(organisation: &OrganisationKit, journal: &Path) -> Said<Self> {
        let mut kept = Kept::default();
        for line in BufReader::new(File::open(journal)?).lines() {
            let deed: Deed = serde_json::from_str(&line?)?;
            if deed.organisation == organisation.slug {
                kept.remember(&deed);
            }
        }
        Ok(Self {
            slug: organisation.slug.into(),
            connector: organisation.connector_id.clone(),
            api_key: organisation.connector_api_key.clone(),
            secret: Secret::parse(&organisation.connector_signing_secret)?,
            kept: Mutex::new(kept),
            journal: journal.to_owned(),
        })
    }

    /// Carries an order out and writes it down. One that comes twice is only to be reported again.
    fn take(&self, delivery: &str, order: &Value) -> std::io::Result<()> {
        let locators: Vec<String> = serde_json::from_value(order["locators"].clone())?;
        let action = order["action"].as_str().unwrap_or_default().to_owned();
        let mut kept = self.kept();
        if kept.reports.contains_key(delivery) {
            kept.unreported.insert(delivery.to_owned());
            return Ok(());
        }
        let outcome = |locator| if kept.locators.contains(locator) { "done" } else { "not_found" };
        let outcomes = locators.iter().map(|locator| outcome(locator).to_owned()).collect();
        self.write(&mut kept, Deed { delivery: Some(delivery.into()), action, locators, outcomes, ..self.deed() })
    }

    /// Reports all that has not been reported yet.
    fn report_all(&self) -> Said<()> {
        loop {
            let Some((delivery, report)) = self.kept().take_report() else { return Ok(()) };
            if let Err(e) = self.send("reports", &report.to_string()) {
                self.kept().unreported.insert(delivery);
                return Err(e);
            }
            let deed = Deed { action: "reported".into(), delivery: Some(delivery), ..self.deed() };
            self.write(&mut self.kept(), deed)?;
        }
    }

    fn count(&self, inventory: &str) -> Said<()> {
        let lines: String = self.kept().locators.iter().map(|l| json!({ "locator": l }).to_string() + "\n").collect();
        self.send(&format!("inventories/{inventory}"), &lines)
    }

    fn deed(&self) -> Deed {
        let organisation = self.slug.clone();
        Deed { organisation, action: String::new(), delivery: None, locators: Vec::new(), outcomes: Vec::new() }
    }

    fn write(&self, kept: &mut Kept, deed: Deed) -> std::io::Result<()> {
        let mut journal = File::options().append(true).open(&self.journal)?;
        journal.write_all(format!("{}\n", serde_json::to_string(&deed)?).as_bytes())?;
        kept.remember(&deed);
        Ok(())
    }

    /// The server may be stopping or just starting: it is tried again for a while, and reminded by the server after that.
    fn send(&self, what: &str, body: &str) -> Said<()> {
        let path = format!("/api/v1/connectors/{}/{what}", self.connector);
        let token = format!("Bearer {}", self.api_key);
        let mut tries = 0;
        loop {
            let api = Api::at(TENURE.wait());
            match api.post(&path, &[("Authorization", &token)], body.as_bytes()) {
                Ok(_) => return Ok(()),
                Err(e) if tries == TRIES => return Err(e),
                Err(_) => tries += 1,
            }
            std::thread::sleep(BETWEEN);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn remember(&mut self, deed: &Deed) {
        match (deed.action.as_str(), &deed.delivery) {
            ("put", _) => self.locators.extend(deed.locators.iter().cloned()),
            ("reported", Some(delivery)) => drop(self.unreported.remove(delivery)),
            (action, Some(delivery)) => {
                if matches!(action, "delete" | "anonymise") {
                    self.locators.retain(|kept| !deed.locators.contains(kept));
                }
                let items = deed.locators.iter().zip(&deed.outcomes);
                let items: Vec<Value> = items.map(|(l, o)| json!({ "locator": l, "outcome": o })).collect();
                self.reports.insert(delivery.clone(), json!({ "delivery_id": delivery, "items": items }));
                self.unreported.insert(delivery.clone());
            }
            (_, None) => {}
        }
    }

    /// Takes the next report, so that no two threads send it.
    fn take_report(&mut self) -> Option<(String, Value)> {
        let delivery = self.unreported.pop_first()?;
        let report = self.reports.get(&delivery)?.clone();
        Some((delivery, report))
    }
}

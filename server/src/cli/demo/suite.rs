//! The pretend office suite: the other side of the orders, for the sample only. It checks the signature, writes the order
//! down, acknowledges, and reports back over HTTP with its API key; asked for an inventory, it says what it has.
//!
//! All that it has and all that it did stands in `sample-suite.ndjson` in the data directory, one line a deed, so that it
//! knows after a restart what is gone and which order came before.

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
    /// `put`, or an order's action.
    action: String,
    /// The order's delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    locators: Vec<String>,
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
    deliveries: BTreeSet<String>,
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
            let deed = Deed { organisation, action: "put".into(), delivery: None, locators };
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
            let shelf = Shelf::of(organisation, &kit.data_dir.join(JOURNAL))?;
            shelves.insert(organisation.slug.into(), Arc::new(shelf));
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
    let delivery = id.to_owned();
    let obeying = std::thread::Builder::new().name("suite-order".into()).spawn(move || shelf.obey(&delivery, &event));
    if obeying.is_ok() { HttpResponse::NoContent().finish() } else { HttpResponse::ServiceUnavailable().finish() }
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

    fn obey(&self, delivery: &str, event: &Value) {
        let outcome = match event["type"].as_str() {
            Some("tenure.order") => self.carry_out(delivery, &event["data"]),
            Some("tenure.inventory-requested") => self.count(&event["data"]),
            Some(_) | None => Ok(()),
        };
        if let Err(e) = outcome {
            eprintln!("tenure: the sample's office suite could not report: {e}");
        }
    }

    /// An order that comes twice is carried out once and reported twice.
    fn carry_out(&self, delivery: &str, order: &Value) -> Said<()> {
        let locators: Vec<String> = serde_json::from_value(order["locators"].clone())?;
        let action = order["action"].as_str().unwrap_or_default().to_owned();
        let items: Vec<Value> = {
            let mut kept = self.kept();
            let deed = Deed { organisation: self.slug.clone(), action, delivery: Some(delivery.into()), locators };
            let is_new = !kept.deliveries.contains(delivery);
            let outcome = |l: &String| if kept.locators.contains(l) || !is_new { "done" } else { "not_found" };
            let items = deed.locators.iter().map(|l| json!({ "locator": l, "outcome": outcome(l) })).collect();
            if is_new {
                let mut journal = File::options().append(true).open(&self.journal)?;
                journal.write_all(format!("{}\n", serde_json::to_string(&deed)?).as_bytes())?;
                kept.remember(&deed);
            }
            items
        };
        self.send("reports", &json!({ "delivery_id": delivery, "items": items }).to_string())
    }

    fn count(&self, request: &Value) -> Said<()> {
        let inventory = request["inventory_id"].as_str().unwrap_or_default();
        let lines: String = self.kept().locators.iter().map(|l| json!({ "locator": l }).to_string() + "\n").collect();
        self.send(&format!("inventories/{inventory}"), &lines)
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
        self.deliveries.extend(deed.delivery.clone());
        match deed.action.as_str() {
            "put" => self.locators.extend(deed.locators.iter().cloned()),
            "delete" | "anonymise" => self.locators.retain(|kept| !deed.locators.contains(kept)),
            _ => {}
        }
    }
}

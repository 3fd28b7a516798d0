//! Prometheus metrics. Labels are routes, acts and codes: never a name, an id or anything of a person.

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

/// The counters of one process.
pub struct Metrics {
    registry: Registry,
    /// Requests by route pattern, method and status.
    pub requests: IntCounterVec,
    /// Seconds a request took, by route pattern.
    pub request_seconds: HistogramVec,
    /// Records appended to ledgers, by act and outcome.
    pub records: IntCounterVec,
    /// Questions answered, from memory or from the database.
    pub decisions: IntCounterVec,
    /// Jobs due now.
    pub jobs_due: IntGauge,
    /// Jobs whose last step failed.
    pub jobs_failing: IntGauge,
}

impl Metrics {
    /// Registers them all; fails only when two have one name, which a test would show at once.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("tenure_http_requests_total", "HTTP requests"),
            &["route", "method", "status"],
        )?;
        let request_seconds = HistogramVec::new(
            HistogramOpts::new("tenure_http_request_seconds", "Seconds an HTTP request took"),
            &["route"],
        )?;
        let records =
            IntCounterVec::new(Opts::new("tenure_ledger_records_total", "Records appended"), &["act", "outcome"])?;
        let decisions =
            IntCounterVec::new(Opts::new("tenure_decisions_total", "Questions of applications answered"), &["from"])?;
        let jobs_due = IntGauge::new("tenure_jobs_due", "Jobs that are due")?;
        let jobs_failing = IntGauge::new("tenure_jobs_failing", "Jobs whose last step failed")?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(request_seconds.clone()))?;
        registry.register(Box::new(records.clone()))?;
        registry.register(Box::new(decisions.clone()))?;
        registry.register(Box::new(jobs_due.clone()))?;
        registry.register(Box::new(jobs_failing.clone()))?;
        Ok(Self { registry, requests, request_seconds, records, decisions, jobs_due, jobs_failing })
    }

    /// Takes in a counter that somebody else keeps.
    pub fn adopt(&self, counter: IntCounter) -> Result<(), prometheus::Error> {
        self.registry.register(Box::new(counter))
    }

    /// The text that Prometheus scrapes.
    pub fn render(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

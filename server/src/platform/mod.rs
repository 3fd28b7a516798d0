//! What every slice stands on: the transaction that is the capability, identity, time, errors, jobs.
//!
//! Nothing here knows a departure or a holding. Where the platform needs a slice (who may do this? where do records
//! go?) it owns a small trait, and `app.rs` plugs the slice in.

pub mod attempt;
pub mod caller;
pub mod clock;
pub mod db;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod metrics;
pub mod record;
pub mod sign_in;

use attempt::{Authority, RecordSink};
use clock::Clock;
use db::{Pool, Stored, TenantTx, Ts};
use ids::Id;
use jobs::Wake;
use metrics::Metrics;

/// Everything one process shares. Made once, in `app.rs`.
pub struct Platform {
    pool: Pool,
    clock: Clock,
    authority: Box<dyn Authority>,
    records: Box<dyn RecordSink>,
    jobs_wake: Wake,
    metrics: Metrics,
    id_order: std::sync::Mutex<uuid::timestamp::context::ContextV7>,
}

impl Platform {
    /// The instant, cut to what both databases keep.
    pub fn now(&self) -> Ts {
        Ts::from(self.clock.now())
    }

    /// The clock itself, for the test build that moves it.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A UUIDv7 of this instant.
    #[allow(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn new_id<I: Id>(&self, at: Ts) -> I {
        let (seconds, nanos) = (at.timestamp().max(0).unsigned_abs(), at.timestamp_subsec_nanos());
        let order = self.id_order.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let stamp = uuid::Timestamp::from_unix(&*order, seconds, nanos);
        I::from(uuid::Uuid::new_v7(stamp))
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    pub(in crate::platform) fn authority(&self) -> &dyn Authority {
        self.authority.as_ref()
    }

    pub(crate) fn jobs_wake(&self) -> &Wake {
        &self.jobs_wake
    }

    /// Hands the transaction's records to the ledger, as its last work before the commit.
    pub(in crate::platform) fn keep_records(&self, tx: &mut TenantTx<'_>) -> Stored<()> {
        let pending = tx.take_pending();
        if pending.is_empty() {
            return Ok(());
        }
        self.records.append(tx, pending)
    }
}

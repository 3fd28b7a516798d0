//! What every slice stands on: the transaction that is the capability, identity, time, errors, jobs.
//!
//! Nothing here knows a departure or a holding. Where the platform needs a slice (who may do this? where do records
//! go?) it owns a small trait, and `app.rs` plugs the slice in.

pub mod attempt;
pub mod caller;
pub mod clock;
pub mod config;
pub mod current;
pub mod db;
pub mod groups;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod keyring;
pub mod mail;
mod memory;
pub mod metrics;
pub mod network;
pub mod outbound;
pub mod record;
pub mod sign_in;
pub mod standard_webhooks;
#[cfg(test)]
pub(crate) mod testing;
pub mod vault;

use attempt::{Authority, Polls, RecordSink};
use clock::Clock;
use config::Config;
use current::{Current, Remembers};
use db::{Pool, Stored, TenantTx, Ts, Turns};
use groups::Groups;
use ids::Id;
use jobs::Wake;
use keyring::MasterKey;
use metrics::Metrics;
use outbound::Outbound;
use sign_in::{Memberships, Scopes, SignIn};
use std::sync::{Mutex, OnceLock, PoisonError};
use uuid::timestamp::context::ContextV7;
use vault::Keys;

/// Everything one process shares. Made once, in `app.rs`.
pub struct Platform {
    pool: Pool,
    clock: Clock,
    config: Config,
    keys: OnceLock<Keys>,
    outbound: Outbound,
    plugged: Plugged,
    sign_in: SignIn,
    jobs_wake: Wake,
    metrics: Metrics,
    id_order: Mutex<ContextV7>,
    polls: Polls,
    current: Current,
    groups: Groups,
    turns: Turns,
    kept: tokio::sync::watch::Sender<u64>,
}

/// What slices plug into the platform.
pub struct Plugged {
    /// Who may do what.
    pub authority: Box<dyn Authority>,
    /// Where records go.
    pub records: Box<dyn RecordSink>,
    /// Who is a member.
    pub memberships: Box<dyn Memberships>,
    /// Which acts a key may be given.
    pub scopes: Box<dyn Scopes>,
    /// Who keeps in memory what decides.
    pub remembers: std::sync::Arc<dyn Remembers>,
}

impl Platform {
    /// Puts one together over a migrated database and opens its keys.
    ///
    /// # Errors
    /// When the database does not answer or the master key does not open what is stored there.
    pub fn new(
        config: Config,
        pool: Pool,
        clock: Clock,
        master: MasterKey,
        metrics: Metrics,
        plugged: Plugged,
    ) -> Stored<Self> {
        let platform = Self {
            outbound: Outbound::new(config.outbound()),
            sign_in: SignIn::new(&config.sign_in)?,
            pool,
            clock,
            config,
            keys: OnceLock::new(),
            plugged,
            jobs_wake: Wake::default(),
            metrics,
            id_order: Mutex::new(ContextV7::new().with_additional_precision()),
            polls: Polls::default(),
            current: Current::default(),
            groups: Groups::default(),
            turns: Turns::default(),
            kept: tokio::sync::watch::Sender::default(),
        };
        let keys = db::tx::platform_tx(&platform, |p| Keys::open(p, master))?;
        let _ = platform.keys.set(keys);
        Ok(platform)
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The client for addresses that somebody else wrote down.
    pub fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// The keys this process holds open. [`Platform::new`] is the only way to a platform, and opens them.
    pub fn keys(&self) -> &Keys {
        self.keys.get().unwrap_or_else(|| unreachable!("opened by Platform::new"))
    }

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
        let order = self.id_order.lock().unwrap_or_else(PoisonError::into_inner);
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
        self.plugged.authority.as_ref()
    }

    pub(in crate::platform) fn turns(&self) -> &Turns {
        &self.turns
    }

    pub(in crate::platform) fn polls(&self) -> &Polls {
        &self.polls
    }

    /// What this process keeps in memory for sign-in.
    pub fn sign_in(&self) -> &SignIn {
        &self.sign_in
    }

    pub(in crate::platform) fn memberships(&self) -> &dyn Memberships {
        self.plugged.memberships.as_ref()
    }

    pub(in crate::platform) fn scopes(&self) -> &dyn Scopes {
        self.plugged.scopes.as_ref()
    }

    pub(in crate::platform) fn remembers(&self) -> &dyn Remembers {
        self.plugged.remembers.as_ref()
    }

    /// Whether memory may answer.
    pub fn current(&self) -> &Current {
        &self.current
    }

    /// Where answers from memory have their records committed.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    pub(crate) fn jobs_wake(&self) -> &Wake {
        &self.jobs_wake
    }

    /// Tells when records were committed by this process, of whatever tenant: for those who show them as they come.
    pub fn records_kept(&self) -> tokio::sync::watch::Receiver<u64> {
        self.kept.subscribe()
    }

    pub(in crate::platform) fn note_kept(&self) {
        self.kept.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Hands the transaction's records to the ledger, as its last work before the commit.
    pub(in crate::platform) fn keep_records(&self, tx: &mut TenantTx<'_>) -> Stored<()> {
        let pending = tx.take_pending();
        if pending.is_empty() {
            return Ok(());
        }
        self.plugged.records.append(tx, pending)
    }
}

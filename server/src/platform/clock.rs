//! Time comes in from here and from nowhere else, so that a test can live through three years of retention in a second.

use chrono::{DateTime, Utc};
use std::sync::atomic::{AtomicI64, Ordering};

/// By how much time may step back, as it does when a machine's clock is set right, before nobody can say any more which
/// grants are over.
const STEP_BACK_MICROS: i64 = 2_000_000;

/// The application's clock. Cut to microseconds, which is what both databases keep.
#[derive(Debug, Default)]
pub struct Clock {
    /// The latest instant that this process has seen.
    latest_micros: AtomicI64,
    #[cfg(feature = "test-clock")]
    ahead_micros: AtomicI64,
}

impl Clock {
    /// The clock of a process that starts: a test build may begin at another time (`TENURE_TEST_CLOCK`).
    pub fn at_start() -> Self {
        let clock = Self::default();
        #[cfg(feature = "test-clock")]
        if let Some(to) = std::env::var("TENURE_TEST_CLOCK").ok().and_then(|t| DateTime::parse_from_rfc3339(&t).ok()) {
            clock.set(to.with_timezone(&Utc));
        }
        clock
    }

    /// The civil world's time, as every rule and record sees it.
    pub fn now(&self) -> DateTime<Utc> {
        let now = Self::monotone_wall();
        #[cfg(feature = "test-clock")]
        let now = now + chrono::Duration::microseconds(self.ahead_micros.load(Ordering::SeqCst));
        self.latest_micros.fetch_max(now.timestamp_micros(), Ordering::Relaxed);
        now
    }

    /// Whether time has gone forwards only. After it went back, grants that were over would permit again: until it has caught
    /// up, or the operator who set it right starts the server anew, nothing is decided.
    pub fn is_sure(&self) -> bool {
        let now = self.now().timestamp_micros();
        now.saturating_add(STEP_BACK_MICROS) >= self.latest_micros.load(Ordering::Relaxed)
    }

    /// The machine's time, for leases and time-outs between processes; a test cannot move it.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
    pub fn monotone_wall() -> DateTime<Utc> {
        let now = Utc::now();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Moves the clock so that `now()` is `to`, from where it goes on running. Only in test builds.
    #[cfg(feature = "test-clock")]
    pub fn set(&self, to: DateTime<Utc>) {
        let ahead = to - Self::monotone_wall();
        self.ahead_micros.store(ahead.num_microseconds().unwrap_or(0), Ordering::SeqCst);
    }
}

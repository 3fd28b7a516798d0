//! Counts tries, in memory and within bounds: what an attacker sends must not decide how much we keep.
//!
//! One node's memory, so it only slows guessing down. What must hold on every node and after a restart, the lock of an
//! account, is in the database.

use crate::platform::db::Ts;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Keys kept at once: some 2 MB at most.
const MOST_KEYS: usize = 16_384;

/// At most so many tries a window for each key.
pub(super) struct Limiter<K> {
    tries: u32,
    window: Duration,
    counted: Mutex<HashMap<K, Count>>,
}

#[derive(Clone, Copy)]
struct Count {
    used: u32,
    until: Ts,
}

impl<K: Eq + Hash + Clone> Limiter<K> {
    pub fn new(tries: u32, window: Duration) -> Self {
        Self { tries, window, counted: Mutex::default() }
    }

    /// Takes one try, before it is known how it ends, so that many at once do not all slip through.
    ///
    /// # Errors
    /// The seconds to wait when none is left. The last try begins the window anew: it is full from then on.
    pub fn take(&self, key: &K, now: Ts) -> Result<(), u64> {
        let mut counted = self.lock();
        let begun = counted.get(key).copied().filter(|count| self.is_open(count, now));
        let Count { used, until } = begun.unwrap_or(Count { used: 0, until: self.ends(now) });
        if used >= self.tries {
            return Err(u64::try_from((*until - *now).num_seconds()).unwrap_or(0) + 1);
        }
        let until = if used + 1 == self.tries { self.ends(now) } else { until };
        if begun.is_none() {
            self.make_room(&mut counted, now);
        }
        counted.insert(key.clone(), Count { used: used + 1, until });
        Ok(())
    }

    /// Gives a try back that was not a guess.
    pub fn give_back(&self, key: &K) {
        if let Some(count) = self.lock().get_mut(key) {
            count.used = count.used.saturating_sub(1);
        }
    }

    /// Begins anew for somebody who has shown who they are.
    pub fn forget(&self, key: &K) {
        self.lock().remove(key);
    }

    /// A window that ends later than one begun now could was counted before the clock was set back.
    fn is_open(&self, count: &Count, now: Ts) -> bool {
        now < count.until && count.until <= self.ends(now)
    }

    fn ends(&self, now: Ts) -> Ts {
        Ts(*now + self.window)
    }

    /// First those whose time is over go, then the one that tried least: a flood of new keys does not free a stubborn one.
    fn make_room(&self, counted: &mut HashMap<K, Count>, now: Ts) {
        if counted.len() < MOST_KEYS {
            return;
        }
        counted.retain(|_, count| self.is_open(count, now));
        if counted.len() >= MOST_KEYS
            && let Some(least) = counted.iter().min_by_key(|(_, count)| count.used).map(|(key, _)| key.clone())
        {
            counted.remove(&least);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Count>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Ts {
        Ts(chrono::DateTime::from_timestamp(seconds, 0).unwrap())
    }

    #[test]
    fn the_last_try_begins_the_wait() {
        let limiter = Limiter::new(2, Duration::from_secs(60));
        assert_eq!(limiter.take(&"a", at(0)), Ok(()));
        assert_eq!(limiter.take(&"a", at(50)), Ok(()));
        assert_eq!(limiter.take(&"a", at(70)), Err(41));
        assert_eq!(limiter.take(&"b", at(70)), Ok(()));
        assert_eq!(limiter.take(&"a", at(110)), Ok(()));
    }

    #[test]
    fn who_was_right_begins_anew() {
        let limiter = Limiter::new(1, Duration::from_secs(60));
        limiter.take(&"a", at(0)).unwrap();
        limiter.give_back(&"a");
        limiter.take(&"a", at(0)).unwrap();
        limiter.forget(&"a");
        assert_eq!(limiter.take(&"a", at(0)), Ok(()));
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let limiter = Limiter::new(1, Duration::from_secs(60));
        limiter.take(&"a", at(1_000_000)).unwrap();
        assert_eq!(limiter.take(&"a", at(0)), Ok(()));
    }

    #[test]
    fn a_flood_is_bounded_and_frees_nobody() {
        let limiter = Limiter::new(3, Duration::from_secs(60));
        for _ in 0..3 {
            limiter.take(&0, at(0)).unwrap();
        }
        for key in 1..MOST_KEYS + 100 {
            limiter.take(&key, at(1)).unwrap();
        }
        assert!(limiter.lock().len() <= MOST_KEYS);
        assert!(limiter.take(&0, at(1)).is_err());
    }
}

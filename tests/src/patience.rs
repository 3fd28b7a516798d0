//! Waiting for something that another process does, bounded. The only place in the tests that sleeps.

use std::time::{Duration, Instant};

/// Asks until the answer is there; the pauses grow from one millisecond to twenty. `None` when it took longer than `within`.
pub fn until<T>(within: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + within;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() > end {
            return None;
        }
        nap(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// A moment for another process.
#[allow(clippy::disallowed_methods, reason = "the one place that lets another process run")]
pub fn nap(moment: Duration) {
    std::thread::sleep(moment);
}

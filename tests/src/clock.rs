//! The story's clock: the server's time, which only the story moves.

use crate::server::Server;
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The clock of one world.
#[derive(Clone)]
pub struct Clock {
    server: Rc<Server>,
    now: Rc<RefCell<DateTime<FixedOffset>>>,
    moved: Rc<Cell<u32>>,
}

impl Clock {
    /// A clock that stands where the server was started.
    pub fn standing_at(server: &Rc<Server>, now: &str) -> Self {
        Self { server: Rc::clone(server), now: Rc::new(RefCell::new(instant(now))), moved: Rc::default() }
    }

    /// Moves the server to an instant such as `2026-04-01T00:00+08:00`.
    pub fn reaches(&self, when: &str) {
        self.set(instant(when));
    }

    /// Lets this much time go by.
    pub fn passes(&self, time: TimeDelta) {
        let then = *self.now.borrow() + time;
        self.set(then);
    }

    /// Where it was last put; the server's own runs on from there.
    pub fn now(&self) -> DateTime<FixedOffset> {
        *self.now.borrow()
    }

    /// How often it was moved. A token that was made before is best not relied on.
    pub fn moved(&self) -> u32 {
        self.moved.get()
    }

    fn set(&self, to: DateTime<FixedOffset>) {
        self.now.replace(to);
        self.moved.set(self.moved.get() + 1);
        self.server.is_told_the_time(&to.to_rfc3339());
        if self.server.is_running() {
            let caller = crate::http::Caller::anonymous(&self.server, &crate::http::Heard::default());
            caller.put("/test/clock", &json!({ "now": to.to_rfc3339() })).ok();
        }
    }
}

fn instant(text: &str) -> DateTime<FixedOffset> {
    let without_seconds = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z");
    DateTime::parse_from_rfc3339(text).or(without_seconds).unwrap_or_else(|e| panic!("{text}: {e}"))
}

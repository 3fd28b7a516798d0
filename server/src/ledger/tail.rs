//! Records as they are committed, as server-sent events: `record` with the place as its id, and now and then `head`, which
//! says how far the ledger goes and how far it is sealed.
//!
//! What always holds: nothing is left out and nothing comes twice, because places have the order of commits and no gaps;
//! whoever comes back with `Last-Event-ID` goes on after it. A session that ends, or a power that is taken away, ends the
//! stream with the event `end`, which says why. Watching does not keep a session alive.

use super::error::LedgerError;
use super::model::{RecordFilter, RecordView, views};
use super::store;
use crate::platform::Platform;
use crate::platform::attempt::View;
use crate::platform::http::{Events, Gone, Problem};
use crate::platform::ids::{SessionId, TenantId};
use actix_web::rt::time::{Instant, sleep, timeout};
use actix_web::web;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Records of one look.
const AT_ONCE: i64 = 200;
/// Between looks at least, however much is committed.
const REST: Duration = Duration::from_millis(250);
/// Between looks at most: other nodes commit, too, and sessions end.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Between signs of life.
const HEAD_EVERY: Duration = Duration::from_secs(15);
/// After so long the reader is asked to come again, which costs it nothing.
const LONGEST: Duration = Duration::from_secs(3_600);
/// Streams of one session, or of one machine.
const MOST_OF_ONE: usize = 4;

/// The streams that are open.
#[derive(Clone, Default)]
pub struct Tails(Arc<Mutex<HashMap<Watcher, usize>>>);

/// Tenant, actor and session.
type Watcher = (TenantId, String, Option<SessionId>);

/// A place among them, given back when it is dropped.
struct Place {
    tails: Tails,
    watcher: Watcher,
}

impl Tails {
    fn take(&self, view: &View, most: usize) -> Result<Place, LedgerError> {
        let caller = view.caller();
        let watcher = (caller.tenant, caller.actor.id(), caller.actor.session());
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.values().sum::<usize>() >= most || open.get(&watcher).is_some_and(|count| *count >= MOST_OF_ONE) {
            return Err(LedgerError::TooManyStreams);
        }
        *open.entry(watcher.clone()).or_default() += 1;
        Ok(Place { tails: self.clone(), watcher })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.tails.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.watcher) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.watcher);
            }
        }
    }
}

/// How far the ledger goes.
#[derive(Debug, Clone, Copy, Serialize)]
struct HeadEvent {
    /// Records there are.
    records: i64,
    /// Of them covered by a signed checkpoint.
    sealed: i64,
}

/// What one look found.
struct Seen {
    records: Vec<RecordView>,
    head: HeadEvent,
    /// Everything before this place was looked at.
    next: i64,
}

/// A stream that is permitted and has its place.
pub(super) struct Tail {
    view: View,
    filter: RecordFilter,
    next: i64,
    _place: Place,
}

impl Tail {
    /// Takes a place and finds where to begin: after the record that the reader saw last, or with the next one.
    pub fn open(
        tails: &Tails,
        view: View,
        filter: RecordFilter,
        (last_seen, most): (Option<i64>, usize),
    ) -> Result<Self, Problem> {
        let place = tails.take(&view, most).map_err(|e| crate::platform::http::AsProblem::problem(&e))?;
        let next = view.look(|tx| {
            filter.check()?;
            let end = store::head(tx)?.map_or(0, |head| head.next_seq);
            Ok::<_, LedgerError>(last_seen.map_or(end, |seen| seen.saturating_add(1).clamp(0, end)))
        })?;
        Ok(Self { view, filter, next, _place: place })
    }

    /// Sends what comes until the reader is gone, its session has ended or the hour is over.
    pub async fn flow(self, platform: Arc<Platform>, events: Events) {
        let (began, mut told_at) = (Instant::now(), None);
        let mut kept = platform.records_kept();
        let mut this = Arc::new(self);
        while began.elapsed() < LONGEST {
            kept.mark_unchanged();
            let look = this.clone();
            let seen = match web::block(move || look.look()).await {
                Ok(Ok(seen)) => seen,
                Ok(Err(why)) => {
                    let _ = events.send("end", None, &why.to_json()).await;
                    return;
                }
                Err(_) => return,
            };
            let is_more = seen.next < seen.head.records;
            let Ok(next) = tell(&events, seen, &mut told_at).await else { return };
            // The blocking thread has let go of it: nobody else has a share.
            if let Some(tail) = Arc::get_mut(&mut this) {
                tail.next = next;
            }
            let rest = async {
                sleep(REST).await;
                if !is_more {
                    let _ = timeout(LOOK_EVERY, kept.changed()).await;
                }
            };
            tokio::select! {
                () = rest => {}
                () = events.gone() => return,
            }
        }
    }

    fn look(&self) -> Result<Seen, Problem> {
        self.view.look(|tx| {
            let Some(head) = store::head(tx)? else {
                return Ok(Seen { records: Vec::new(), head: HeadEvent { records: 0, sealed: 0 }, next: 0 });
            };
            let found = store::oldest(tx, &self.filter, self.next..head.next_seq, AT_ONCE)?;
            let is_full = i64::try_from(found.len()).unwrap_or(AT_ONCE) >= AT_ONCE;
            let next = found.last().filter(|_| is_full).map_or(head.next_seq, |last| last.seq + 1);
            let records = views(tx, &found, head.sealed)?;
            Ok::<_, LedgerError>(Seen {
                records,
                head: HeadEvent { records: head.next_seq, sealed: head.sealed },
                next,
            })
        })
    }
}

async fn tell(events: &Events, seen: Seen, told_at: &mut Option<Instant>) -> Result<i64, Gone> {
    for record in &seen.records {
        events.send("record", i64::try_from(record.seq).ok(), record).await?;
    }
    if told_at.is_none_or(|at| at.elapsed() >= HEAD_EVERY) {
        events.send("head", Some(seen.next - 1), &seen.head).await?;
        *told_at = Some(Instant::now());
    }
    Ok(seen.next)
}

//! Records in groups: what is answered from memory is answered once its record is on disk, and the records of all who ask
//! at the same moment go there together.
//!
//! While one group of a tenant is being committed the next one gathers, so a group is as large as the disk is slow. Those who
//! were just answered often ask again at once: the next group waits for as many as there were, for half as long as the commit
//! took and no longer, or they would miss it and wait for two. What always holds: an answer whose record is not committed is
//! not given; an answer that rests on what has changed meanwhile, on whatever node, is not given either, because the commit
//! looks at the versions once more; and no more wait than fit.

use super::Platform;
use super::caller::Actor;
use super::current::{self, Versions};
use super::db::tx::tenant_tx;
use super::db::{Stored, Ts};
use super::ids::{RequestId, TenantId};
use super::record::{Outcome, Record};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Records that wait for their group at most, of one tenant and of all.
const MOST_OF_ONE: usize = 20_000;
const MOST: usize = 100_000;
/// Records of one group, unless a single request has more.
const GROUP: usize = 4_096;
/// Tenants whose groups are committed at the same time. SQLite commits one after another anyway.
const COMMITTERS: usize = 3;
/// How long a group waits for more, at most.
const LONGEST_GATHERING: Duration = Duration::from_millis(2);
/// How long an answer waits for its record.
const LONGEST: Duration = Duration::from_secs(5);
/// Tenants with refusals that could not be recorded at the time.
const MOST_OWED: usize = 10_000;
/// In whose name the groups go in. Each record says itself whose it is.
const KEEPER: Actor = Actor::Job("decisions.keep");

/// The records of one request's answers, and what they rest on.
pub struct Entry {
    /// Whose ledger.
    pub tenant: TenantId,
    /// Who asked.
    pub actor: Actor,
    /// In which request.
    pub request: RequestId,
    /// Under what this was answered.
    pub versions: Versions,
    /// The records, complete.
    pub records: Vec<Record>,
}

/// Why an answer may not be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKept {
    /// Something that it rests on has changed, or another transaction was in the way: ask the database.
    Moved,
    /// Too many wait already.
    Busy,
    /// The database failed; it was logged.
    Failed,
}

struct Waiting {
    entry: Entry,
    kept: oneshot::Sender<Result<(), NotKept>>,
}

/// Refusals given while the database was out of reach.
struct Owed {
    act: &'static str,
    reason: &'static str,
    from: Ts,
    until: Ts,
    count: u64,
}

/// What a group waits for.
struct Gathering {
    /// So many who ask,
    asking: usize,
    /// but no longer than this.
    until: Instant,
}

#[derive(Default)]
struct Queue {
    waiting: HashMap<TenantId, VecDeque<Waiting>>,
    /// Tenants whose turn it is, each once.
    turns: VecDeque<TenantId>,
    /// Tenants whose group is being committed.
    busy: HashSet<TenantId>,
    /// Tenants whose next group waits for more.
    gathering: HashMap<TenantId, Gathering>,
    records: HashMap<TenantId, usize>,
    all: usize,
    owed: HashMap<TenantId, Owed>,
}

/// The groups of one process.
#[derive(Default)]
pub struct Groups {
    queue: Mutex<Queue>,
    bell: Condvar,
}

impl Groups {
    /// Returns once these records are committed.
    ///
    /// # Errors
    /// [`NotKept`]; then none of them is.
    pub async fn keep(&self, entry: Entry) -> Result<(), NotKept> {
        let (kept, told) = oneshot::channel();
        // Only what begins a turn wakes a committer: waking costs more than the rest of this.
        if self.queue().push(Waiting { entry, kept })? {
            self.bell.notify_one();
        }
        // Whoever waits longer is told that there is no answer; its record, if it comes after all, does no harm.
        match tokio::time::timeout(LONGEST, told).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(NotKept::Failed),
        }
    }

    /// A refusal that nobody can record now, since the database is out of reach. Its record comes when it is back.
    pub fn owe(&self, tenant: TenantId, act: &'static str, reason: &'static str, at: Ts, count: u64) {
        let mut queue = self.queue();
        if queue.owed.len() < MOST_OWED || queue.owed.contains_key(&tenant) {
            let owed = queue.owed.entry(tenant).or_insert(Owed { act, reason, from: at, until: at, count: 0 });
            owed.until = at;
            owed.count += count;
        }
    }

    /// The database is there again: what is owed is recorded now.
    pub(in crate::platform) fn settle(&self) {
        let mut queue = self.queue();
        let owed: Vec<TenantId> = queue.owed.keys().copied().collect();
        let idle = owed.into_iter().filter(|t| !queue.busy.contains(t) && !queue.waiting.contains_key(t));
        let idle: Vec<TenantId> = idle.collect();
        queue.turns.extend(idle);
        drop(queue);
        self.bell.notify_all();
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next group, whenever there is one.
    fn next(&self) -> (TenantId, Vec<Waiting>) {
        let mut queue = self.queue();
        loop {
            let now = Instant::now();
            queue.end_gathering(now);
            if let Some(group) = queue.next() {
                return group;
            }
            let gathered = queue.gathering.values().map(|gathering| gathering.until).min();
            queue = match gathered {
                None => self.bell.wait(queue).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(now);
                    self.bell.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

impl Queue {
    /// Whether it is somebody's turn with this.
    fn push(&mut self, waiting: Waiting) -> Result<bool, NotKept> {
        let (tenant, count) = (waiting.entry.tenant, waiting.entry.records.len());
        let of_one = self.records.entry(tenant).or_default();
        if *of_one >= MOST_OF_ONE || self.all >= MOST {
            return Err(NotKept::Busy);
        }
        *of_one += count;
        self.all += count;
        let own = self.waiting.entry(tenant).or_default();
        own.push_back(waiting);
        let begins = match self.gathering.get(&tenant) {
            Some(gathering) => own.len() >= gathering.asking,
            None => own.len() == 1 && !self.busy.contains(&tenant),
        };
        if begins {
            self.gathering.remove(&tenant);
            self.turns.push_back(tenant);
        }
        Ok(begins)
    }

    /// A group of so many who asked is answered; its commit took so long. Whether it is somebody else's turn beside this.
    fn is_done(&mut self, tenant: TenantId, asked: usize, now: Instant, took: Duration) -> bool {
        self.busy.remove(&tenant);
        if let Some(waiting) = self.waiting.get(&tenant) {
            let until = now + (took / 2).min(LONGEST_GATHERING);
            self.gathering.insert(tenant, Gathering { asking: asked + waiting.len(), until });
        }
        !self.turns.is_empty()
    }

    /// Those who have waited for more long enough have their turn.
    fn end_gathering(&mut self, now: Instant) {
        let turns = &mut self.turns;
        self.gathering.retain(|tenant, gathering| {
            let goes_on = now < gathering.until;
            if !goes_on {
                turns.push_back(*tenant);
            }
            goes_on
        });
    }

    fn next(&mut self) -> Option<(TenantId, Vec<Waiting>)> {
        let tenant = self.turns.pop_front()?;
        let mut all = self.waiting.remove(&tenant).unwrap_or_default();
        let (mut group, mut count) = (Vec::new(), 0);
        while let Some(first) = all.front() {
            let more = first.entry.records.len();
            if !group.is_empty() && count + more > GROUP {
                break;
            }
            count += more;
            group.extend(all.pop_front());
        }
        if !all.is_empty() {
            self.waiting.insert(tenant, all);
        }
        self.all = self.all.saturating_sub(count);
        let left = self.records.get(&tenant).map_or(0, |records| records.saturating_sub(count));
        if left == 0 {
            self.records.remove(&tenant)
        } else {
            self.records.insert(tenant, left)
        };
        self.busy.insert(tenant);
        Some((tenant, group))
    }
}

/// Starts the threads that commit.
///
/// # Errors
/// When there can be no threads.
pub fn start(platform: &Arc<Platform>) -> std::io::Result<()> {
    let committers = if platform.pool().is_embedded() { 1 } else { COMMITTERS };
    for n in 0..committers {
        let platform = platform.clone();
        std::thread::Builder::new().name(format!("records-{n}")).spawn(move || {
            loop {
                let (tenant, group) = platform.groups().next();
                let (began, asked) = (Instant::now(), group.len());
                // A panic is a bug of one group; the senders it drops say that nothing was kept.
                let commit = std::panic::AssertUnwindSafe(|| commit(&platform, tenant, group));
                if std::panic::catch_unwind(commit).is_err() {
                    tracing::error!(code = "decisions.group-panicked", tenant = %tenant);
                }
                let now = Instant::now();
                if platform.groups().queue().is_done(tenant, asked, now, now - began) {
                    platform.groups().bell.notify_one();
                }
            }
        })?;
    }
    Ok(())
}

fn commit(platform: &Platform, tenant: TenantId, group: Vec<Waiting>) {
    let (mut entries, mut tell) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
    for Waiting { entry, kept } in group {
        entries.push(entry);
        tell.push(kept);
    }
    let owed = platform.groups().queue().owed.remove(&tenant);
    let written = write(platform, tenant, entries, owed.as_ref());
    if written.is_err()
        && let Some(owed) = owed
    {
        platform.groups().queue().owed.entry(tenant).or_insert(owed);
    }
    match written {
        Ok(outcomes) => {
            for (kept, outcome) in tell.into_iter().zip(outcomes) {
                let _ = kept.send(outcome); // Whoever asked may have hung up.
            }
        }
        Err(e) => {
            let why = if e.is_conflict() { NotKept::Moved } else { NotKept::Failed };
            if why == NotKept::Failed {
                tracing::error!(code = "decisions.not-recorded", error = %e, tenant = %tenant, requests = tell.len());
            }
            for kept in tell {
                let _ = kept.send(Err(why));
            }
        }
    }
}

/// One commit. The versions are read in it, so an answer that a change on another node has overtaken is not kept.
fn write(
    platform: &Platform,
    tenant: TenantId,
    entries: Vec<Entry>,
    owed: Option<&Owed>,
) -> Stored<Vec<Result<(), NotKept>>> {
    let request = platform.new_id(platform.now());
    tenant_tx(platform, tenant, KEEPER, request, ("records", "group"), |tx| {
        let now = current::versions(tx)?;
        if let Some(owed) = owed {
            let record = Record::of(owed.act).ended(Outcome::Refused, owed.reason);
            tx.record(
                record.with("times", owed.count).with("from", owed.from.rfc3339()).with("until", owed.until.rfc3339()),
            );
        }
        let mut outcomes = Vec::with_capacity(entries.len());
        for Entry { actor, request, versions, records, .. } in entries {
            if versions != now {
                outcomes.push(Err(NotKept::Moved));
                continue;
            }
            let by = Arc::new((actor, request));
            records.into_iter().for_each(|record| tx.record(record.by(by.clone())));
            outcomes.push(Ok(()));
        }
        Ok(outcomes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(tenant: TenantId) -> Waiting {
        let request = RequestId::from(uuid::Uuid::nil());
        let records = vec![Record::of("decisions.ask")];
        let entry = Entry { tenant, actor: Actor::Operator, request, versions: Versions::default(), records };
        Waiting { entry, kept: oneshot::channel().0 }
    }

    fn begins(queue: &mut Queue, tenant: TenantId) -> bool {
        queue.push(waiting(tenant)).expect("there is room")
    }

    fn group(queue: &mut Queue) -> Option<usize> {
        queue.next().map(|(_, group)| group.len())
    }

    #[test]
    fn who_comes_alone_waits_for_nobody_and_a_group_for_as_many_as_there_were() {
        let (mut queue, tenant, now) = (Queue::default(), TenantId::from(uuid::Uuid::nil()), Instant::now());
        let took = Duration::from_millis(1);
        assert!(begins(&mut queue, tenant), "the first begins a turn at once");
        assert_eq!(group(&mut queue), Some(1));
        assert!(!begins(&mut queue, tenant) && !begins(&mut queue, tenant), "while it is committed others gather");
        queue.is_done(tenant, 1, now, took);
        assert_eq!(group(&mut queue), None, "two wait, and the one that was answered may come again");
        assert!(begins(&mut queue, tenant), "it does");
        assert_eq!(group(&mut queue), Some(3));
        queue.is_done(tenant, 3, now, took);
        assert!(begins(&mut queue, tenant), "nobody waited when the group was done, so the next one waits for nobody");
    }

    #[test]
    fn a_group_waits_half_as_long_as_the_commit_took_and_no_longer() {
        let (mut queue, tenant, now) = (Queue::default(), TenantId::from(uuid::Uuid::nil()), Instant::now());
        begins(&mut queue, tenant);
        assert_eq!(group(&mut queue), Some(1));
        begins(&mut queue, tenant);
        queue.is_done(tenant, 1, now, Duration::from_millis(2));
        queue.end_gathering(now + Duration::from_micros(999));
        assert_eq!(group(&mut queue), None);
        queue.end_gathering(now + Duration::from_millis(1));
        assert_eq!(group(&mut queue), Some(1));
        begins(&mut queue, tenant);
        queue.is_done(tenant, 1, now, Duration::from_secs(1));
        queue.end_gathering(now + LONGEST_GATHERING);
        assert_eq!(group(&mut queue), Some(1), "a slow commit makes nobody wait long");
    }
}

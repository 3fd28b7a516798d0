//! Background work that survives a kill. A job is a row with a cursor; one step does its effect, its record and its new
//! cursor in one transaction, so that a process killed anywhere goes on where it was and does nothing twice.
//!
//! Nothing is sent inside a transaction: a job that talks to the outside prepares (reads), sends, and settles (writes)
//! under the delivery's own id, which the receiver uses to recognise a repeat.

use crate::platform::Platform;
use crate::platform::attempt::job_tx;
use crate::platform::clock::Clock;
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{AnyConnection, PlatformTx, StoreError, Stored, TenantTx, Ts};
use crate::platform::http::AsProblem;
use crate::platform::ids::{JobId, TenantId};
use crate::platform::memory;
use chrono::Duration;
use diesel::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex};

mod tables {
    use crate::platform::db::tx::platform_table;

    platform_table! {
        jobs (id) {
            id -> SqlUid, tenant_id -> SqlUid, kind -> Text, key -> Text, payload -> Text, due_at -> SqlTs,
            attempts -> Integer, lease_owner -> Nullable<Text>, lease_until -> Nullable<SqlTs>,
            last_error -> Nullable<Text>, created_at -> SqlTs,
        }
    }
}
use tables::jobs;

/// What a step says of the work that is left.
#[derive(Debug)]
pub enum Step {
    /// More at once, with this cursor.
    Again(Value),
    /// More, but not before.
    WaitUntil(Ts, Value),
    /// Finished: the row goes.
    Done,
}

/// A step's failure. The job is tried again with growing pauses, and stands on the health page until it succeeds.
#[derive(Debug)]
pub struct JobError {
    words: String,
    lost_a_race: bool,
}

impl JobError {
    /// A failure in words: codes and ids, never names.
    pub fn of(words: impl Into<String>) -> Self {
        Self { words: words.into(), lost_a_race: false }
    }
}

impl std::fmt::Display for JobError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words)
    }
}

/// An id in a job's payload.
///
/// # Errors
/// When it is none: the payload was not written by this program.
pub fn id<I: crate::platform::ids::Id + serde::de::DeserializeOwned>(value: &Value) -> Result<I, JobError> {
    serde_json::from_value(value.clone()).map_err(|e| JobError::of(e.to_string()))
}

/// What a slice's operation says: one that only lost a race is run again at once.
impl<E: AsProblem> From<E> for JobError {
    fn from(e: E) -> Self {
        Self { words: e.to_string(), lost_a_race: e.lost_a_race() }
    }
}

/// How often a step that lost a race is run before it pauses.
const RUNS: usize = 5;

/// Work that stays inside the database.
type Inside = Box<dyn Fn(&mut TenantTx<'_>, &Value) -> Result<Step, JobError> + Send + Sync>;
/// Work that leaves it: outside any transaction, with the means to open them.
type Outward = Box<dyn Fn(&Outside<'_>, &Value) -> Result<Step, JobError> + Send + Sync>;

enum Handler {
    Inside(Inside),
    Outward(Outward),
}

/// What an outward job may do: open a transaction, close it, and talk to the world in between.
pub struct Outside<'p> {
    platform: &'p Platform,
    tenant: TenantId,
    kind: &'static str,
}

impl Outside<'_> {
    /// A transaction of the job's tenant, run again when it lost a race: what was sent before it need not be sent again.
    pub fn tx<T, E: From<StoreError> + AsProblem>(
        &self,
        work: impl Fn(&mut TenantTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lost = 0;
        loop {
            match job_tx(self.platform, self.tenant, self.kind, &work) {
                Err(e) if e.lost_a_race() && lost + 1 < RUNS => lost += 1,
                done => return done,
            }
        }
    }

    /// The platform, for its outbound client.
    pub fn platform(&self) -> &Platform {
        self.platform
    }
}

/// Which code runs which kind of job. Filled in `app.rs`, once.
#[derive(Default)]
pub struct Registry {
    handlers: HashMap<&'static str, Handler>,
}

impl Registry {
    /// A job that stays inside the database.
    pub fn inside(
        &mut self,
        kind: &'static str,
        step: impl Fn(&mut TenantTx<'_>, &Value) -> Result<Step, JobError> + Send + Sync + 'static,
    ) {
        self.insert(kind, Handler::Inside(Box::new(step)));
    }

    /// A job that talks to the outside between transactions.
    pub fn outward(
        &mut self,
        kind: &'static str,
        step: impl Fn(&Outside<'_>, &Value) -> Result<Step, JobError> + Send + Sync + 'static,
    ) {
        self.insert(kind, Handler::Outward(Box::new(step)));
    }

    /// A kind has one code: a second would silently replace the first.
    fn insert(&mut self, kind: &'static str, handler: Handler) {
        let before = self.handlers.insert(kind, handler);
        assert!(before.is_none(), "two slices run jobs of kind {kind}");
    }
}

/// Tells idle workers that there may be something to do.
#[derive(Default)]
pub struct Wake {
    rung: Mutex<u64>,
    bell: Condvar,
}

impl Wake {
    /// Rings.
    pub fn notify(&self) {
        if let Ok(mut rung) = self.rung.lock() {
            *rung += 1;
            self.bell.notify_all();
        }
    }

    fn wait(&self, at_most: std::time::Duration) {
        if let Ok(rung) = self.rung.lock() {
            let before = *rung;
            let _ = self.bell.wait_timeout_while(rung, at_most, |now| *now == before);
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = jobs)]
struct NewJob<'a> {
    id: JobId,
    tenant_id: TenantId,
    kind: &'a str,
    key: &'a str,
    payload: String,
    due_at: Ts,
    attempts: i32,
    created_at: Ts,
}

#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = jobs, check_for_backend(crate::platform::db::MultiBackend))]
struct JobRow {
    id: JobId,
    tenant_id: TenantId,
    kind: String,
    payload: String,
    due_at: Ts,
    attempts: i32,
}

pub(in crate::platform) fn enqueue(
    p: &mut PlatformTx<'_>,
    tenant: TenantId,
    id: JobId,
    due_at: Ts,
    kind: &'static str,
    key: &str,
    payload: &Value,
) -> Stored<()> {
    let same = move |all: jobs::table, key: String| {
        all.filter(jobs::tenant_id.eq(tenant)).filter(jobs::kind.eq(kind)).filter(jobs::key.eq(key))
    };
    // The same work asked for again: bring it forward or put it off, but do not start it twice.
    let moved = p.change(jobs::table, |all| {
        diesel::update(same(all, key.to_owned())).set((jobs::due_at.eq(due_at), jobs::payload.eq(payload.to_string())))
    })?;
    p.wake_jobs();
    if moved > 0 {
        return Ok(());
    }
    let created_at = p.now();
    let payload = payload.to_string();
    p.add(jobs::table, &NewJob { id, tenant_id: tenant, kind, key, payload, due_at, attempts: 0, created_at })
}

/// Enqueues work that comes round by itself: when it is there already, its date stays as it is.
pub fn ensure(tx: &mut TenantTx<'_>, due: Ts, kind: &'static str, key: &str) -> Stored<()> {
    let (tenant, wanted) = (tx.tenant(), key.to_owned());
    let there = tx.as_platform(|p| {
        p.first(jobs::table, |all| {
            all.filter(jobs::tenant_id.eq(tenant))
                .filter(jobs::kind.eq(kind))
                .filter(jobs::key.eq(wanted))
                .select(jobs::id)
        })
    })?;
    let there: Option<JobId> = there;
    match there {
        Some(_) => Ok(()),
        None => tx.run_at(due, kind, key, &Value::Null),
    }
}

/// Takes back work that is not wanted any more (a rescinded departure's end of access). Returns whether it was there.
pub fn cancel(tx: &mut TenantTx<'_>, kind: &'static str, key: &str) -> Stored<bool> {
    let (tenant, key) = (tx.tenant(), key.to_owned());
    let gone = tx.as_platform(|p| {
        p.change(jobs::table, |all| {
            diesel::delete(all.filter(jobs::tenant_id.eq(tenant)).filter(jobs::kind.eq(kind)).filter(jobs::key.eq(key)))
        })
    })?;
    Ok(gone > 0)
}

/// Whether there is work left of a kind, its key beginning with these words.
pub fn waits(tx: &mut TenantTx<'_>, kind: &'static str, begins: &str) -> Stored<bool> {
    let (tenant, begins) = (tx.tenant(), format!("{begins} %"));
    let there: Option<JobId> = tx.as_platform(|p| {
        p.first(jobs::table, |all| {
            all.filter(jobs::tenant_id.eq(tenant))
                .filter(jobs::kind.eq(kind))
                .filter(jobs::key.like(begins))
                .select(jobs::id)
        })
    })?;
    Ok(there.is_some())
}

/// Jobs that are due or have failed at least once, for readiness and the health page.
pub fn backlog(platform: &Platform) -> Stored<(i64, i64)> {
    platform_tx(platform, |p| {
        let now = p.now();
        let due = p.first(jobs::table, |all| all.filter(jobs::due_at.le(now)).count())?.unwrap_or(0);
        let failing = p.first(jobs::table, |all| all.filter(jobs::attempts.gt(0)).count())?.unwrap_or(0);
        Ok::<_, StoreError>((due, failing))
    })
}

/// The workers of one process.
pub struct Workers {
    platform: Arc<Platform>,
    registry: Arc<Registry>,
    owner: String,
}

impl Workers {
    /// Starts `threads` workers. On the embedded database this process is alone, so leases of a killed predecessor end at once.
    pub fn start(platform: Arc<Platform>, registry: Registry, threads: usize) -> Stored<()> {
        if platform.pool().is_embedded() {
            platform_tx(&platform, |p| {
                p.change(jobs::table, |all| {
                    diesel::update(all.filter(jobs::lease_owner.is_not_null()))
                        .set((jobs::lease_owner.eq(None::<String>), jobs::lease_until.eq(None::<Ts>)))
                })
            })?;
        }
        let registry = Arc::new(registry);
        for n in 0..threads {
            let owner = format!("{}-{n}", platform.new_id::<JobId>(platform.now()));
            let worker = Self { platform: platform.clone(), registry: registry.clone(), owner };
            std::thread::Builder::new()
                .name(format!("job-{n}"))
                .spawn(move || worker.work())
                .map_err(|e| StoreError::NoConnection(e.to_string()))?;
        }
        Ok(())
    }

    fn work(&self) {
        let pause = self.platform.config().jobs.poll;
        loop {
            match self.claim() {
                Ok(Some(job)) => self.take_steps(&job),
                Ok(None) => {
                    memory::give_back();
                    self.platform.jobs_wake().wait(pause);
                }
                Err(e) => {
                    tracing::error!(code = "jobs.claim-failed", error = %e);
                    self.platform.jobs_wake().wait(pause * 10);
                }
            }
        }
    }

    /// Steps until the job waits, ends or fails. A failure is logged here and nowhere else.
    fn take_steps(&self, job: &JobRow) {
        let mut payload = job.payload.clone();
        let mut lost = 0;
        loop {
            // A panic is a bug of one kind of job; it must not take the worker with it.
            let step = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.take_step(job, &payload)));
            match step.unwrap_or_else(|_| Err(JobError::of("the step panicked"))) {
                Ok(Some(next)) => (payload, lost) = (next, 0),
                Ok(None) => return,
                Err(e) if e.lost_a_race && lost + 1 < RUNS => lost += 1,
                Err(e) => {
                    tracing::warn!(code = "jobs.step-failed", kind = job.kind, job = %job.id, error = %e);
                    if let Err(e) = self.put_off(job, &e.words) {
                        tracing::error!(code = "jobs.put-off-failed", job = %job.id, error = %e);
                    }
                    return;
                }
            }
        }
    }

    fn take_step(&self, job: &JobRow, payload: &str) -> Result<Option<String>, JobError> {
        let Some((&kind, handler)) = self.registry.handlers.get_key_value(job.kind.as_str()) else {
            return Err(JobError::of(format!("no code for jobs of kind {}", job.kind)));
        };
        let payload: Value = serde_json::from_str(payload).map_err(|e| JobError::of(e.to_string()))?;
        match handler {
            Handler::Inside(step) => job_tx(&self.platform, job.tenant_id, kind, |tx| {
                let step = step(tx, &payload)?;
                tx.as_platform(|p| self.settle(p, job, &step))
            }),
            Handler::Outward(step) => {
                let outside = Outside { platform: &self.platform, tenant: job.tenant_id, kind };
                let step = step(&outside, &payload)?;
                platform_tx(&self.platform, |p| self.settle(p, job, &step))
            }
        }
    }

    /// Writes the new cursor under our lease. Without the lease another worker has the job, and our step rolls back.
    ///
    /// The same work may have been asked for again while this step ran: that moved the due date, and a job whose due date
    /// moved is let go of instead of ended, so that no request is lost between the last look and the end.
    fn settle(&self, p: &mut PlatformTx<'_>, job: &JobRow, step: &Step) -> Result<Option<String>, JobError> {
        let owner = self.owner.clone();
        let mine = move |all: jobs::table| all.filter(jobs::id.eq(job.id)).filter(jobs::lease_owner.eq(owner));
        let free = || {
            (
                jobs::attempts.eq(0),
                jobs::last_error.eq(None::<String>),
                jobs::lease_owner.eq(None::<String>),
                jobs::lease_until.eq(None::<Ts>),
            )
        };
        let ended = match step {
            Step::Again(payload) => {
                let (text, until) = (payload.to_string(), self.lease_end());
                let set = (jobs::payload.eq(text.clone()), jobs::lease_until.eq(Some(until)), jobs::attempts.eq(0));
                let kept = p.change(jobs::table, |all| diesel::update(mine(all)).set(set))?;
                return if kept == 1 { Ok(Some(text)) } else { Err(lease_lost()) };
            }
            Step::WaitUntil(due, payload) => {
                let set = (jobs::payload.eq(payload.to_string()), jobs::due_at.eq(*due), free());
                let unmoved = mine.clone();
                p.change(jobs::table, |all| diesel::update(unmoved(all).filter(jobs::due_at.eq(job.due_at))).set(set))?
            }
            Step::Done => {
                let unmoved = mine.clone();
                p.change(jobs::table, |all| diesel::delete(unmoved(all).filter(jobs::due_at.eq(job.due_at))))?
            }
        };
        if ended == 1 || p.change(jobs::table, |all| diesel::update(mine(all)).set(free()))? == 1 {
            Ok(None)
        } else {
            Err(lease_lost())
        }
    }

    /// After a failure: again in 1, 2, 4 … at most 300 seconds.
    fn put_off(&self, job: &JobRow, error: &str) -> Stored<()> {
        let pause = Duration::seconds(1_i64 << job.attempts.clamp(0, 8)).min(Duration::seconds(300));
        let owner = self.owner.clone();
        platform_tx(&self.platform, |p| {
            let due = Ts(*p.now() + pause);
            p.change(jobs::table, |all| {
                diesel::update(all.filter(jobs::id.eq(job.id)).filter(jobs::lease_owner.eq(owner))).set((
                    jobs::due_at.eq(due),
                    jobs::attempts.eq(jobs::attempts + 1),
                    jobs::last_error.eq(Some(error.chars().take(500).collect::<String>())),
                    jobs::lease_owner.eq(None::<String>),
                    jobs::lease_until.eq(None::<Ts>),
                ))
            })?;
            Ok(())
        })
    }

    fn lease_end(&self) -> Ts {
        Ts(Clock::monotone_wall() + self.platform.config().jobs.lease)
    }

    /// The next due job that nobody holds, now ours. Leases run on the machine's time, due dates on the application's.
    fn claim(&self) -> Stored<Option<JobRow>> {
        let (owner, until, wall) = (self.owner.clone(), self.lease_end(), Ts(Clock::monotone_wall()));
        platform_tx(&self.platform, |p| {
            let now = p.now();
            let Some(id) = next_free(p, now, wall)? else { return Ok(None) };
            p.change(jobs::table, |all| {
                diesel::update(all.filter(jobs::id.eq(id)))
                    .set((jobs::lease_owner.eq(Some(owner)), jobs::lease_until.eq(Some(until))))
            })?;
            p.first(jobs::table, |all| all.filter(jobs::id.eq(id)).select(JobRow::as_select()))
        })
    }
}

fn lease_lost() -> JobError {
    JobError::of("the lease was lost; another worker has this job")
}

/// SKIP LOCKED on PostgreSQL, so that nodes do not queue behind each other; on SQLite the write transaction is the lock.
fn next_free(p: &mut PlatformTx<'_>, now: Ts, wall: Ts) -> Stored<Option<JobId>> {
    let free = jobs::table
        .filter(jobs::due_at.le(now))
        .filter(jobs::lease_until.is_null().or(jobs::lease_until.lt(wall)))
        .order(jobs::due_at)
        .select(jobs::id)
        .limit(1);
    let found: Option<JobId> = match p.conn() {
        AnyConnection::Pg(c) => free.for_update().skip_locked().first(c).optional()?,
        AnyConnection::Sqlite(c) => free.first(c).optional()?,
    };
    Ok(found)
}

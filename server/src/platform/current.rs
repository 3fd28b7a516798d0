//! Whether what this process keeps in memory of what decides is still in force.
//!
//! ```text
//! a transaction changes rows that decide ──▶ it bumps its tenant's versions, in the same commit
//!      │ on this node: told at once, before whoever changed it hears that it is done
//!      └ on any other: the watcher looks five times a second at what was changed since its last look
//! ```
//!
//! Which tables decide stands where they are declared (`decides Law`), so nobody has to remember to say that something
//! changed. What always holds: nothing is answered from memory unless the last look is younger than [`GOOD_FOR`]; a look
//! sees every change that was committed before it began; and it costs what was changed, however many tenants there are.

use super::Platform;
use super::db::{AnyConnection, Stored, TenantTx};
use super::ids::{HoldingId, TenantId};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

mod table {
    use crate::platform::db::tx::platform_table;

    platform_table! {
        decision_versions (tenant_id) {
            tenant_id -> SqlUid, law -> BigInt, people -> BigInt, holdings -> BigInt, changed -> BigInt,
        }
    }
}
use table::decision_versions;

/// How long a look is good for. A change on another node binds within this time.
pub const GOOD_FOR: Duration = Duration::from_millis(900);
/// From one look to the next.
const PAUSE: Duration = Duration::from_millis(200);
/// How long whoever asks waits for a look, when the last one is too old.
const WAIT: Duration = Duration::from_millis(1_500);
/// With more holdings than this at once, all of the tenant's are looked up anew.
const MOST_NAMED: usize = 10_000;

/// What a change of rows means for decisions.
#[derive(Debug, Clone, Copy)]
pub enum Touch<'a> {
    /// Nothing: no decision looks at it.
    Nothing,
    /// What is permitted at all: instructions, powers, keys, the pack.
    Law,
    /// Who somebody is: memberships and roles.
    People,
    /// Any holding.
    Holdings,
    /// These holdings alone.
    These(&'a [HoldingId]),
    /// These holdings, which nobody could know before this transaction.
    New(&'a [HoldingId]),
}

/// What a transaction has changed of what decides.
#[derive(Debug, Default)]
pub struct Touched {
    law: bool,
    people: bool,
    holdings: Which,
    /// Made by this transaction itself.
    new: HashSet<HoldingId>,
}

/// Which holdings.
#[derive(Debug, Default)]
enum Which {
    #[default]
    None,
    These(HashSet<HoldingId>),
    All,
}

impl Touched {
    /// Notes one more change.
    pub(in crate::platform) fn note(&mut self, touch: Touch<'_>) {
        match touch {
            Touch::Nothing => {}
            Touch::Law => self.law = true,
            Touch::People => self.people = true,
            Touch::Holdings => self.holdings = Which::All,
            Touch::New(ids) => self.new.extend(ids),
            Touch::These(ids) => {
                for id in ids.iter().filter(|id| !self.new.contains(id)) {
                    match &mut self.holdings {
                        Which::All => break,
                        Which::None => self.holdings = Which::These(HashSet::from([*id])),
                        Which::These(named) => drop(named.insert(*id)),
                    }
                }
                if matches!(&self.holdings, Which::These(named) if named.len() > MOST_NAMED) {
                    self.holdings = Which::All;
                }
            }
        }
    }

    /// Adds what a part of the transaction changed.
    pub(in crate::platform) fn absorb(&mut self, other: Self) {
        self.law |= other.law;
        self.people |= other.people;
        self.new.extend(other.new);
        match other.holdings {
            Which::None => {}
            Which::All => self.holdings = Which::All,
            Which::These(named) => self.note(Touch::These(&named.into_iter().collect::<Vec<_>>())),
        }
    }

    fn is_nothing(&self) -> bool {
        !self.law && !self.people && matches!(self.holdings, Which::None)
    }

    /// Whether what is permitted has changed.
    pub fn law(&self) -> bool {
        self.law
    }

    /// The holdings that were changed; none when it may be any.
    pub fn named(&self) -> Option<impl Iterator<Item = HoldingId>> {
        match &self.holdings {
            Which::These(named) => Some(named.iter().copied()),
            Which::None | Which::All => None,
        }
    }
}

/// How often what decides was changed in one tenant. Whatever was read under these versions holds until one of them grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Versions {
    /// Instructions, powers, keys, the pack.
    pub law: i64,
    /// Memberships and roles.
    pub people: i64,
    /// Holdings and their rulings.
    pub holdings: i64,
}

/// Whoever keeps in memory what decides. The platform tells; a slice forgets.
pub trait Remembers: Send + Sync {
    /// These are a tenant's versions now. `by` says what the last change was, where it was made by this process.
    fn learns(&self, tenant: TenantId, now: Versions, by: Option<&Touched>);
    /// Nothing is known of what happened.
    fn forgets_all(&self);
}

/// Keeps nothing: for whoever answers nothing from memory.
pub struct Forgetful;

impl Remembers for Forgetful {
    fn learns(&self, _: TenantId, _: Versions, _: Option<&Touched>) {}

    fn forgets_all(&self) {}
}

/// Says in this transaction that what decides has changed; nothing when it has not.
pub(in crate::platform) fn bump(
    conn: &mut AnyConnection,
    tenant: TenantId,
    touched: &Touched,
) -> Stored<Option<Versions>> {
    if touched.is_nothing() {
        return Ok(None);
    }
    let holdings = i64::from(!matches!(touched.holdings, Which::None));
    let changed = match conn {
        AnyConnection::Pg(_) => "pg_current_xact_id()::text::bigint",
        AnyConnection::Sqlite(_) => "(SELECT coalesce(max(changed), 0) + 1 FROM decision_versions)",
    };
    let query = diesel::sql_query(format!(
        "INSERT INTO decision_versions (tenant_id, law, people, holdings, changed) VALUES ($1, $2, $3, $4, {changed}) \
         ON CONFLICT (tenant_id) DO UPDATE SET law = decision_versions.law + excluded.law, \
         people = decision_versions.people + excluded.people, holdings = decision_versions.holdings + excluded.holdings, \
         changed = excluded.changed RETURNING law, people, holdings"
    ));
    let query = query
        .bind::<super::db::SqlUid, _>(tenant)
        .bind::<BigInt, _>(i64::from(touched.law))
        .bind::<BigInt, _>(i64::from(touched.people))
        .bind::<BigInt, _>(holdings);
    let now: Bumped = super::db::on_each!(conn, |c| query.get_result(c))?;
    Ok(Some(Versions { law: now.law, people: now.people, holdings: now.holdings }))
}

#[derive(QueryableByName)]
struct Bumped {
    #[diesel(sql_type = BigInt)]
    law: i64,
    #[diesel(sql_type = BigInt)]
    people: i64,
    #[diesel(sql_type = BigInt)]
    holdings: i64,
}

/// The versions of the transaction's tenant. Whatever is read after this is at least as new.
pub fn versions(tx: &mut TenantTx<'_>) -> Stored<Versions> {
    let tenant = tx.tenant();
    let found: Option<(i64, i64, i64)> = tx.as_platform(|p| {
        p.first(decision_versions::table, |all| {
            all.filter(decision_versions::tenant_id.eq(tenant)).select((
                decision_versions::law,
                decision_versions::people,
                decision_versions::holdings,
            ))
        })
    })?;
    Ok(found.map_or(Versions::default(), |(law, people, holdings)| Versions { law, people, holdings }))
}

/// When this process last looked.
pub struct Current {
    began: Instant,
    /// When the last look began, in microseconds after `began`; zero when nobody has looked yet.
    looked: AtomicU64,
    hurry: Mutex<bool>,
    bell: Condvar,
    told: tokio::sync::watch::Sender<u64>,
}

impl Default for Current {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            looked: AtomicU64::new(0),
            hurry: Mutex::default(),
            bell: Condvar::default(),
            told: tokio::sync::watch::Sender::default(),
        }
    }
}

impl Current {
    /// Whether memory may answer now.
    pub fn is_sure(&self) -> bool {
        let looked = self.looked.load(Ordering::Acquire);
        looked > 0 && self.began.elapsed().as_micros() <= u128::from(looked) + GOOD_FOR.as_micros()
    }

    /// The same, after a look if the last one is too old.
    pub async fn becomes_sure(&self) -> bool {
        if self.is_sure() {
            return true;
        }
        let mut told = self.told.subscribe();
        *self.hurry.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
        let looked = async {
            while !self.is_sure() {
                if told.changed().await.is_err() {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(WAIT, looked).await.unwrap_or(false)
    }

    fn note(&self, began: Instant) {
        let at = began.duration_since(self.began).as_micros().max(1);
        self.looked.store(u64::try_from(at).unwrap_or(u64::MAX), Ordering::Release);
        self.told.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn wait(&self) {
        let hurry = self.hurry.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(hurry, PAUSE, |hurry| !*hurry);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

/// Looks for as long as the process lives. On a connection of its own: others may hold all of the pool's.
///
/// # Errors
/// When there can be no thread for it.
pub fn watch(platform: Arc<Platform>) -> std::io::Result<()> {
    std::thread::Builder::new().name("current".into()).spawn(move || {
        let mut watcher = Watcher { connection: None, since: None };
        let mut was_lost = false;
        loop {
            let began = Instant::now();
            match watcher.look(&platform) {
                Ok(()) => {
                    platform.current().note(began);
                    if std::mem::take(&mut was_lost) {
                        platform.groups().settle();
                    }
                }
                Err(e) => {
                    watcher.connection = None;
                    if !std::mem::replace(&mut was_lost, true) {
                        tracing::error!(code = "decisions.not-current", error = %e);
                    }
                }
            }
            platform.current().wait();
        }
    })?;
    Ok(())
}

struct Watcher {
    connection: Option<AnyConnection>,
    /// What was changed by transactions before this one is known.
    since: Option<i64>,
}

#[derive(QueryableByName)]
struct Change {
    #[diesel(sql_type = BigInt)]
    until: i64,
    #[diesel(sql_type = Nullable<super::db::SqlUid>)]
    tenant_id: Option<TenantId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    law: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    people: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    holdings: Option<i64>,
}

impl Watcher {
    fn look(&mut self, platform: &Platform) -> Stored<()> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(platform.pool().one_more()?),
        };
        // From the first look on changes are followed; what was kept before it is not.
        let since = self.since.unwrap_or(i64::MAX);
        let changes = changes(connection, since)?;
        let until = changes.first().map_or(0, |change| change.until);
        let remembers = platform.remembers();
        if self.since.is_none_or(|since| until < since) {
            remembers.forgets_all();
        }
        for change in &changes {
            if let (Some(tenant), Some(law), Some(people), Some(holdings)) =
                (change.tenant_id, change.law, change.people, change.holdings)
            {
                remembers.learns(tenant, Versions { law, people, holdings }, None);
            }
        }
        self.since = Some(until);
        Ok(())
    }
}

/// What was changed since, and from where to look the next time. On PostgreSQL that is the oldest transaction still open: its
/// change is not seen yet, though its number is lower than those of changes that are. What is seen twice does no harm.
fn changes(connection: &mut AnyConnection, since: i64) -> Stored<Vec<Change>> {
    let sql = match connection {
        AnyConnection::Pg(_) => {
            "SELECT s.until, v.tenant_id, v.law, v.people, v.holdings \
             FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS until) s \
             LEFT JOIN decision_versions v ON v.changed >= $1"
        }
        AnyConnection::Sqlite(_) => {
            "SELECT s.until, v.tenant_id, v.law, v.people, v.holdings \
             FROM (SELECT coalesce(max(changed), 0) AS until FROM decision_versions) s \
             LEFT JOIN decision_versions v ON v.changed > $1"
        }
    };
    let query = diesel::sql_query(sql).bind::<BigInt, _>(since);
    Ok(super::db::on_each!(connection, |c| query.load(c))?)
}

//! The transaction is the capability: no query compiles without one, and each carries tenant, actor, time and the records
//! that will be committed with it.
//!
//! A tenant's rows are reached through a closure's `rows`, which are already filtered by the tenant; inserts take the
//! tenant from the transaction, never from the row. PostgreSQL's row-level security repeats the same rule underneath.
//!
//! ```compile_fail
//! // A tenant transaction cannot be made up outside the platform:
//! let tx = tenure::platform::db::TenantTx { tenant: todo!() };
//! ```

use super::turn::{self, Turn, Work};
use super::{AnyConnection, Pool, StoreError, Stored, Ts, lost_race, on_each};
use crate::platform::Platform;
use crate::platform::attempt::{Act, Grant};
use crate::platform::caller::Actor;
use crate::platform::current::{self, Touch, Touched, Versions};
use crate::platform::ids::{Id, JobId, RequestId, TenantId};
use crate::platform::record::Record;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::query_builder::InsertStatement;
use diesel::query_dsl::methods::{ExecuteDsl, LimitDsl, LoadQuery};

/// A table whose rows belong to a tenant.
pub trait TenantTable: diesel::Table {
    /// The tenant's own rows, filtered.
    type Rows;
    /// What marks a new row as the tenant's.
    type Mark;
    /// What a change of its rows means for decisions.
    const DECIDES: Touch<'static>;
    /// The rows of `tenant`.
    fn rows(tenant: TenantId) -> Self::Rows;
    /// The mark of `tenant`.
    fn mark(tenant: TenantId) -> Self::Mark;
}

/// A table of the platform itself: persons, accounts, sessions, jobs. No tenant may read it as a whole.
pub trait PlatformTable: diesel::Table + Copy {
    /// What a change of its rows means for decisions.
    const DECIDES: Touch<'static>;
}

/// What a change of a table's rows means for decisions, as its declaration says it.
macro_rules! decides {
    () => {
        $crate::platform::current::Touch::Nothing
    };
    ($what:ident) => {
        $crate::platform::current::Touch::$what
    };
}
pub(crate) use decides;

/// Declares a table that begins with `tenant_id` and can only be reached through a [`TenantTx`]. `decides Law`, `decides
/// People`, `decides Holdings`: a decision looks at it, so a change of it is told to whoever keeps some of it in memory.
macro_rules! tenant_table {
    ($(#[$meta:meta])* $name:ident ($($key:ident),+) $(decides $what:ident)? { $($columns:tt)* }) => {
        diesel::table! {
            use diesel::sql_types::*;
            use $crate::platform::db::{SqlTs, SqlUid};
            $(#[$meta])*
            #[allow(missing_docs)]
            $name (tenant_id, $($key),+) { tenant_id -> SqlUid, $($columns)* }
        }
        impl $crate::platform::db::TenantTable for $name::table {
            type Rows = diesel::dsl::Filter<$name::table, diesel::dsl::Eq<$name::tenant_id, $crate::platform::ids::TenantId>>;
            type Mark = diesel::dsl::Eq<$name::tenant_id, $crate::platform::ids::TenantId>;
            const DECIDES: $crate::platform::current::Touch<'static> = $crate::platform::db::tx::decides!($($what)?);
            fn rows(tenant: $crate::platform::ids::TenantId) -> Self::Rows {
                diesel::QueryDsl::filter($name::table, diesel::ExpressionMethods::eq($name::tenant_id, tenant))
            }
            fn mark(tenant: $crate::platform::ids::TenantId) -> Self::Mark {
                diesel::ExpressionMethods::eq($name::tenant_id, tenant)
            }
        }
    };
}
pub(crate) use tenant_table;

/// Declares a table of the platform itself, reached only through a [`PlatformTx`].
macro_rules! platform_table {
    ($(#[$meta:meta])* $name:ident ($($key:ident),+) $(decides $what:ident)? { $($columns:tt)* }) => {
        diesel::table! {
            use diesel::sql_types::*;
            use $crate::platform::db::{SqlTs, SqlUid};
            $(#[$meta])*
            $name ($($key),+) { $($columns)* }
        }
        impl $crate::platform::db::PlatformTable for $name::table {
            const DECIDES: $crate::platform::current::Touch<'static> = $crate::platform::db::tx::decides!($($what)?);
        }
    };
}
pub(crate) use platform_table;

/// An open transaction for one tenant and one actor.
pub struct TenantTx<'c> {
    conn: &'c mut AnyConnection,
    platform: &'c Platform,
    tenant: TenantId,
    actor: Actor,
    now: Ts,
    request: RequestId,
    pending: Vec<Record>,
    rests_on: Option<String>,
    touched: Touched,
    /// Whether it is said beforehand what the next changes touch.
    touch_is_said: bool,
    wakes_jobs: bool,
    keeps_records: bool,
    turn: Turn,
    /// What this is, where it can be run again from its start.
    work: Option<Work>,
}

impl<'c> TenantTx<'c> {
    /// The tenant whose rows this transaction sees.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The instant of this transaction: one, however long it takes.
    pub fn now(&self) -> Ts {
        self.now
    }

    /// The request that this work belongs to.
    pub fn request(&self) -> RequestId {
        self.request
    }

    /// What is plugged in: keyring, limits, packs.
    pub fn platform(&self) -> &'c Platform {
        self.platform
    }

    /// A fresh id, sortable by the transaction's time.
    pub fn new_id<I: Id>(&self) -> I {
        self.platform.new_id(self.now)
    }

    /// Says which turn the work needs that this transaction does. Work that began without it is run again from its start with
    /// it: what was read before could have changed since.
    pub fn needs(&mut self, turn: Turn) -> Stored<()> {
        if self.turn >= turn {
            return Ok(());
        }
        match self.work {
            Some(work) if !self.platform.pool().is_embedded() => {
                self.platform.turns().learn(work, turn);
                return Err(lost_race());
            }
            // A step into a tenant out of work across tenants, which is not run again.
            Some(_) | None => turn::take(self.conn, self.tenant, turn)?,
        }
        self.turn = turn;
        Ok(())
    }

    /// Whether the transaction's actor may do this now: for what is shown to them, never in place of an attempt.
    pub fn may(&mut self, act: &'static str) -> bool {
        let platform = self.platform;
        platform.authority().may(self, &Act::named(act)).is_ok()
    }

    /// What the attempt rests on that this work belongs to; nothing for work that needs no power.
    pub fn rests_on(&self) -> Option<&str> {
        self.rests_on.as_deref()
    }

    /// Whether what is permitted was changed in this very transaction: then nobody else may learn it from here.
    pub fn has_changed_law(&self) -> bool {
        self.touched.law()
    }

    /// Does work of which it is known what it changes of what decides. Without this a change counts for all that its table
    /// decides.
    pub fn touching<T>(&mut self, what: Touch<'_>, work: impl FnOnce(&mut Self) -> T) -> T {
        self.touched.note(what);
        let before = std::mem::replace(&mut self.touch_is_said, true);
        let done = work(self);
        self.touch_is_said = before;
        done
    }

    fn touches(&mut self, what: Touch<'_>) {
        if !self.touch_is_said {
            self.touched.note(what);
        }
    }

    /// Leaves a record that commits with this transaction, or not at all.
    pub fn record(&mut self, record: Record) {
        self.pending.push(record);
    }

    /// Rows of this tenant.
    pub fn load<T, Q, U>(&mut self, _: T, query: impl FnOnce(T::Rows) -> Q) -> Stored<Vec<U>>
    where
        T: TenantTable,
        Q: for<'q> LoadQuery<'q, AnyConnection, U>,
    {
        Ok(query(T::rows(self.tenant)).internal_load(self.conn)?.collect::<QueryResult<_>>()?)
    }

    /// The first such row of this tenant, if there is one.
    pub fn first<T, Q, U>(&mut self, _: T, query: impl FnOnce(T::Rows) -> Q) -> Stored<Option<U>>
    where
        T: TenantTable,
        Q: LimitDsl,
        diesel::dsl::Limit<Q>: for<'q> LoadQuery<'q, AnyConnection, U>,
    {
        let limited = LimitDsl::limit(query(T::rows(self.tenant)), 1);
        Ok(limited.internal_load(self.conn)?.next().transpose()?)
    }

    /// Updates or deletes rows of this tenant; returns how many.
    pub fn change<T, Q>(&mut self, _: T, query: impl FnOnce(T::Rows) -> Q) -> Stored<usize>
    where
        T: TenantTable,
        Q: ExecuteDsl<AnyConnection>,
    {
        self.touches(T::DECIDES);
        Ok(Q::execute(query(T::rows(self.tenant)), self.conn)?)
    }

    /// Inserts one row as this tenant's.
    pub fn add<T, R>(&mut self, table: T, row: R) -> Stored<()>
    where
        T: TenantTable,
        (T::Mark, R): Insertable<T>,
        InsertStatement<T, <(T::Mark, R) as Insertable<T>>::Values>:
            ExecuteDsl<diesel::PgConnection> + ExecuteDsl<diesel::SqliteConnection>,
    {
        self.touches(T::DECIDES);
        let statement = diesel::insert_into(table).values((T::mark(self.tenant), row));
        on_each!(self.conn, |c| ExecuteDsl::execute(statement, c))?;
        Ok(())
    }

    /// Inserts many rows as this tenant's: in statements of at most 256 on PostgreSQL, where each goes over the network; one
    /// by one on SQLite, where a statement that is prepared already costs less than the parsing of a long one.
    pub fn add_all<'r, T, R>(&mut self, table: T, rows: &'r [R]) -> Stored<()>
    where
        T: TenantTable + Copy,
        Vec<(T::Mark, &'r R)>: Insertable<T>,
        InsertStatement<T, <Vec<(T::Mark, &'r R)> as Insertable<T>>::Values>: ExecuteDsl<diesel::PgConnection>,
        (T::Mark, &'r R): Insertable<T>,
        InsertStatement<T, <(T::Mark, &'r R) as Insertable<T>>::Values>: ExecuteDsl<diesel::SqliteConnection>,
    {
        let tenant = self.tenant;
        self.add_by::<T, R>(table, rows, |pg, rows| {
            for some in rows.chunks(256) {
                let marked: Vec<_> = some.iter().map(|row| (T::mark(tenant), row)).collect();
                ExecuteDsl::execute(diesel::insert_into(table).values(marked), pg)?;
            }
            Ok(())
        })
    }

    /// The same for rows that come by the thousand a second. PostgreSQL gets them column by column: it reads a short statement,
    /// however many rows there are. `columns` binds the tenant first.
    pub fn add_columns<'r, T, R, Q>(
        &mut self,
        table: T,
        rows: &'r [R],
        columns: impl FnOnce(TenantId, &'r [R]) -> Q,
    ) -> Stored<()>
    where
        T: TenantTable + Copy,
        Q: ExecuteDsl<diesel::PgConnection>,
        (T::Mark, &'r R): Insertable<T>,
        InsertStatement<T, <(T::Mark, &'r R) as Insertable<T>>::Values>: ExecuteDsl<diesel::SqliteConnection>,
    {
        let tenant = self.tenant;
        self.add_by::<T, R>(table, rows, |pg, rows| ExecuteDsl::execute(columns(tenant, rows), pg).map(drop))
    }

    fn add_by<'r, T, R>(
        &mut self,
        table: T,
        rows: &'r [R],
        on_postgres: impl FnOnce(&mut diesel::PgConnection, &'r [R]) -> QueryResult<()>,
    ) -> Stored<()>
    where
        T: TenantTable + Copy,
        (T::Mark, &'r R): Insertable<T>,
        InsertStatement<T, <(T::Mark, &'r R) as Insertable<T>>::Values>: ExecuteDsl<diesel::SqliteConnection>,
    {
        if rows.is_empty() {
            return Ok(());
        }
        self.touches(T::DECIDES);
        match &mut *self.conn {
            AnyConnection::Pg(pg) => on_postgres(pg, rows)?,
            AnyConnection::Sqlite(sqlite) => {
                for row in rows {
                    ExecuteDsl::execute(diesel::insert_into(table).values((T::mark(self.tenant), row)), sqlite)?;
                }
            }
        }
        Ok(())
    }

    /// A part of the work that is undone by itself when it fails, with what it recorded: one bad row of many does not take the
    /// others with it.
    pub fn part<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut TenantTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let recorded = self.pending.len();
        <AnyConnection as TransactionManager<AnyConnection>>::begin_transaction(self.conn).map_err(StoreError::from)?;
        match work(self) {
            Ok(done) => {
                <AnyConnection as TransactionManager<AnyConnection>>::commit_transaction(self.conn)
                    .map_err(StoreError::from)?;
                Ok(done)
            }
            Err(e) => {
                self.pending.truncate(recorded);
                <AnyConnection as TransactionManager<AnyConnection>>::rollback_transaction(self.conn)
                    .map_err(StoreError::from)?;
                Err(e)
            }
        }
    }

    /// Steps out of the tenant for tables of the platform itself (accounts, jobs), within the same transaction.
    pub fn as_platform<T>(&mut self, work: impl FnOnce(&mut PlatformTx<'_>) -> T) -> T {
        let mut tx = PlatformTx {
            conn: self.conn,
            platform: self.platform,
            now: self.now,
            touched: Touched::default(),
            changed: Vec::new(),
            wakes_jobs: false,
            keeps_records: false,
        };
        let done = work(&mut tx);
        self.wakes_jobs |= tx.wakes_jobs;
        self.keeps_records |= tx.keeps_records;
        let touched = std::mem::take(&mut tx.touched);
        if !self.touch_is_said {
            self.touched.absorb(touched);
        }
        done
    }

    /// Enqueues background work for this tenant; with the same `key`, once.
    pub fn run_at(&mut self, due: Ts, kind: &'static str, key: &str, payload: &serde_json::Value) -> Stored<()> {
        let (tenant, id) = (self.tenant, self.new_id::<JobId>());
        self.as_platform(|p| crate::platform::jobs::enqueue(p, tenant, id, due, kind, key, payload))
    }

    /// The last work before the commit: says what was changed of what decides, and keeps the records. The versions go
    /// before the ledger's head everywhere, so that of two transactions neither waits for the other.
    fn conclude(&mut self) -> Stored<Option<Changed>> {
        let touched = std::mem::take(&mut self.touched);
        let versions = current::bump(self.conn, self.tenant, &touched)?;
        self.platform.keep_records(self)?;
        Ok(versions.map(|versions| (self.tenant, versions, touched)))
    }

    pub(in crate::platform) fn take_pending(&mut self) -> Vec<Record> {
        self.keeps_records |= !self.pending.is_empty();
        std::mem::take(&mut self.pending)
    }

    pub(in crate::platform) fn resting_on(&mut self, grant: &Grant) {
        self.rests_on = Some(grant.rests_on.clone());
    }

    /// Makes sure that the attempt itself has a record, unless one of a moment ago stands for it, and that every record
    /// names what it rests on.
    pub(in crate::platform) fn finish(&mut self, act: &Act, grant: &Grant, is_known: bool) {
        if !is_known && !self.pending.iter().any(|r| r.act == act.name) {
            let mut own = Record::of(act.name);
            own.object.clone_from(&act.object);
            self.pending.insert(0, own);
        }
        for record in self.pending.iter_mut().filter(|r| r.instruction.is_none()) {
            record.instruction = Some(grant.rests_on.clone());
        }
    }
}

/// A transaction across tenants, over the platform's own tables: the operator's, the scheduler's, sign-in's.
pub struct PlatformTx<'c> {
    conn: &'c mut AnyConnection,
    platform: &'c Platform,
    now: Ts,
    touched: Touched,
    /// The tenants in which what decides was changed, to be told once it is committed.
    changed: Vec<Changed>,
    wakes_jobs: bool,
    keeps_records: bool,
}

/// What one transaction changed of what decides in a tenant.
type Changed = (TenantId, Versions, Touched);

impl<'c> PlatformTx<'c> {
    /// The instant of this transaction.
    pub fn now(&self) -> Ts {
        self.now
    }

    /// What is plugged in.
    pub fn platform(&self) -> &'c Platform {
        self.platform
    }

    /// A fresh id.
    pub fn new_id<I: Id>(&self) -> I {
        self.platform.new_id(self.now)
    }

    /// Rows of a platform table.
    pub fn load<T, Q, U>(&mut self, table: T, query: impl FnOnce(T) -> Q) -> Stored<Vec<U>>
    where
        T: PlatformTable,
        Q: for<'q> LoadQuery<'q, AnyConnection, U>,
    {
        Ok(query(table).internal_load(self.conn)?.collect::<QueryResult<_>>()?)
    }

    /// The first such row, if there is one.
    pub fn first<T, Q, U>(&mut self, table: T, query: impl FnOnce(T) -> Q) -> Stored<Option<U>>
    where
        T: PlatformTable,
        Q: LimitDsl,
        diesel::dsl::Limit<Q>: for<'q> LoadQuery<'q, AnyConnection, U>,
    {
        Ok(LimitDsl::limit(query(table), 1).internal_load(self.conn)?.next().transpose()?)
    }

    /// Updates or deletes; returns how many.
    pub fn change<T, Q>(&mut self, table: T, query: impl FnOnce(T) -> Q) -> Stored<usize>
    where
        T: PlatformTable,
        Q: ExecuteDsl<AnyConnection>,
    {
        self.touched.note(T::DECIDES);
        Ok(Q::execute(query(table), self.conn)?)
    }

    /// Inserts one row.
    pub fn add<T, R>(&mut self, table: T, row: R) -> Stored<()>
    where
        T: PlatformTable,
        R: Insertable<T>,
        InsertStatement<T, R::Values>: ExecuteDsl<diesel::PgConnection> + ExecuteDsl<diesel::SqliteConnection>,
    {
        self.touched.note(T::DECIDES);
        let statement = diesel::insert_into(table).values(row);
        on_each!(&mut *self.conn, |c| ExecuteDsl::execute(statement, c))?;
        Ok(())
    }

    /// Steps into one tenant within the same transaction, as `actor`. What it records commits with this transaction.
    pub fn in_tenant<T, E: From<StoreError>>(
        &mut self,
        tenant: TenantId,
        actor: Actor,
        work: impl FnOnce(&mut TenantTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        bind_tenant(self.conn, tenant)?;
        let mut tx = TenantTx {
            conn: self.conn,
            platform: self.platform,
            tenant,
            actor,
            now: self.now,
            request: self.platform.new_id(self.now),
            pending: Vec::new(),
            rests_on: None,
            touched: Touched::default(),
            touch_is_said: false,
            wakes_jobs: false,
            keeps_records: false,
            turn: Turn::Beside,
            work: None,
        };
        let done = work(&mut tx)?;
        let changed = tx.conclude()?;
        self.wakes_jobs |= tx.wakes_jobs;
        self.keeps_records |= tx.keeps_records;
        self.changed.extend(changed);
        Ok(done)
    }

    /// Says that a job was enqueued, so that the workers look after the commit.
    pub(in crate::platform) fn wake_jobs(&mut self) {
        self.wakes_jobs = true;
    }

    /// The concrete connection, for the platform's own locking statements.
    pub(in crate::platform) fn conn(&mut self) -> &mut AnyConnection {
        self.conn
    }
}

/// Row-level security sees the tenant until the end of this transaction (no-op on SQLite).
fn bind_tenant(conn: &mut AnyConnection, tenant: TenantId) -> Stored<()> {
    if let AnyConnection::Pg(pg) = conn {
        pg.batch_execute(&binding(tenant))?;
    }
    Ok(())
}

/// An id has no character that would have to be quoted.
fn binding(tenant: TenantId) -> String {
    format!("SELECT set_config('app.tenant', '{tenant}', true)")
}

/// BEGIN IMMEDIATE on SQLite (a deferred one fails half of all concurrent read-then-write work), BEGIN on PostgreSQL, which
/// hears on the same way whose transaction it is.
fn write_tx<T, E: From<StoreError>>(
    conn: &mut AnyConnection,
    of: Option<TenantId>,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    let begun = match (&mut *conn, of) {
        (AnyConnection::Sqlite(c), _) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        (AnyConnection::Pg(c), None) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN"),
        (AnyConnection::Pg(c), Some(tenant)) => {
            AnsiTransactionManager::begin_transaction_sql(c, &format!("BEGIN; {}", binding(tenant)))
        }
    };
    begun.map_err(StoreError::from)?;
    match work(conn) {
        Ok(done) => {
            <AnyConnection as TransactionManager<AnyConnection>>::commit_transaction(conn).map_err(StoreError::from)?;
            Ok(done)
        }
        Err(e) => {
            // The work's own error is what the caller needs; a rollback that fails leaves a broken connection,
            // which the pool throws away.
            let _ = <AnyConnection as TransactionManager<AnyConnection>>::rollback_transaction(conn);
            Err(e)
        }
    }
}

/// Opens a tenant's transaction, waits for the turn that this kind of work needs, does it, keeps its records and commits;
/// nothing is kept when the work fails. Only the platform calls this: slices go through an `Attempt` or a job.
pub(in crate::platform) fn tenant_tx<T, E: From<StoreError>>(
    platform: &Platform,
    tenant: TenantId,
    actor: Actor,
    request: RequestId,
    kind: Work,
    work: impl FnOnce(&mut TenantTx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut conn = platform.pool().writer()?;
    let (done, end) = write_tx(&mut conn, Some(tenant), |conn| {
        let turn = platform.turns().of(kind);
        turn::take(conn, tenant, turn)?;
        // Who waited for their turn acts now, not when they began to wait.
        let now = platform.now();
        let mut tx = TenantTx {
            conn,
            platform,
            tenant,
            actor,
            now,
            request,
            pending: Vec::new(),
            rests_on: None,
            touched: Touched::default(),
            touch_is_said: false,
            wakes_jobs: false,
            keeps_records: false,
            turn,
            work: Some(kind),
        };
        let done = work(&mut tx)?;
        let changed = tx.conclude()?.into_iter().collect();
        Ok::<_, E>((done, End { wakes_jobs: tx.wakes_jobs, keeps_records: tx.keeps_records, changed }))
    })?;
    drop(conn);
    end.tell(platform);
    Ok(done)
}

/// Opens a transaction over the platform's own tables. In a signature, it says that this work crosses tenants.
pub fn platform_tx<T, E: From<StoreError>>(
    platform: &Platform,
    work: impl FnOnce(&mut PlatformTx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut conn = platform.pool().writer()?;
    let (done, end) = write_tx(&mut conn, None, |conn| {
        let mut tx = PlatformTx {
            conn,
            platform,
            now: platform.now(),
            touched: Touched::default(),
            changed: Vec::new(),
            wakes_jobs: false,
            keeps_records: false,
        };
        let done = work(&mut tx)?;
        let PlatformTx { changed, wakes_jobs, keeps_records, .. } = tx;
        Ok::<_, E>((done, End { wakes_jobs, keeps_records, changed }))
    })?;
    drop(conn);
    end.tell(platform);
    Ok(done)
}

/// What others of this process hear of a transaction once it is committed, and before whoever asked for it does.
struct End {
    wakes_jobs: bool,
    keeps_records: bool,
    changed: Vec<Changed>,
}

impl End {
    fn tell(self, platform: &Platform) {
        for (tenant, versions, touched) in &self.changed {
            platform.remembers().learns(*tenant, *versions, Some(touched));
        }
        if self.wakes_jobs {
            platform.jobs_wake().notify();
        }
        if self.keeps_records {
            platform.note_kept();
        }
    }
}

/// Keeps the pool's name out of slices' signatures.
pub type ConnectionPool = Pool;

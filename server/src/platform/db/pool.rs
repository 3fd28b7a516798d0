//! Connections, and the one check that PostgreSQL's row-level security cannot be walked around.

use super::embedded::{Front, Line};
use super::{AnyConnection, StoreError, Stored};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, PooledConnection, R2D2Connection};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Which database, decided by configuration and never by trial and error.
#[derive(Clone)]
pub enum DbTarget {
    /// A PostgreSQL URL. May hold a password: never printed.
    Postgres(String),
    /// The SQLite file inside the data directory.
    Sqlite(PathBuf),
}

impl std::fmt::Debug for DbTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Postgres(_) => f.write_str("PostgreSQL"),
            Self::Sqlite(path) => write!(f, "SQLite {}", path.display()),
        }
    }
}

impl ManageConnection for DbTarget {
    type Connection = AnyConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<AnyConnection, Self::Error> {
        use diesel::r2d2::Error::{ConnectionError, QueryError};
        match self {
            Self::Postgres(url) => PgConnection::establish(url).map(AnyConnection::Pg).map_err(ConnectionError),
            Self::Sqlite(path) => {
                let mut c = SqliteConnection::establish(&path.to_string_lossy()).map_err(ConnectionError)?;
                // MEMORY: what a statement would have to undo is kept for as long as it runs, and a batch of records about
                // many people touches more pages than SQLite keeps without a file; nor does anybody's data lie in /tmp.
                // FULL: an answered record must survive a power cut, not only a killed process (gbt35273-11.7-d).
                c.batch_execute(
                    "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
                     PRAGMA foreign_keys=ON; PRAGMA cache_size=-4096; PRAGMA journal_size_limit=16777216; \
                     PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000;",
                )
                .map_err(QueryError)?;
                Ok(AnyConnection::Sqlite(c))
            }
        }
    }

    fn is_valid(&self, c: &mut AnyConnection) -> Result<(), Self::Error> {
        c.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, c: &mut AnyConnection) -> bool {
        std::thread::panicking() || c.is_broken()
    }
}

/// The pool, and nothing that hands out a bare connection beyond the platform.
#[derive(Clone)]
pub struct Pool {
    connections: diesel::r2d2::Pool<DbTarget>,
    target: DbTarget,
    /// Those who write, where only one can.
    line: Option<Arc<Line>>,
}

/// A connection to write by; at the front of the line, where there is one.
pub(in crate::platform) struct Writer {
    // Given back before the next one may go.
    connection: PooledConnection<DbTarget>,
    _front: Option<Front>,
}

impl std::ops::Deref for Writer {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.connection
    }
}

impl std::ops::DerefMut for Writer {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}

/// How long anybody waits for a connection, or for their turn to write.
const LONGEST: Duration = Duration::from_secs(10);

#[derive(QueryableByName)]
struct Bypass {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    bypasses: bool,
}

impl Pool {
    /// Opens `size` connections. Fails when the database is not there, or when PostgreSQL's role could bypass
    /// row-level security: a superuser or BYPASSRLS role would make the tenant boundary a matter of good manners.
    pub fn open(target: DbTarget, size: u32) -> Stored<Self> {
        let connections = diesel::r2d2::Pool::builder()
            .max_size(size)
            // None in the background: a command that ends while a thread still signs in to PostgreSQL dies in libpq.
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(LONGEST)
            .build(target.clone())
            .map_err(|e| StoreError::NoConnection(e.to_string()))?;
        let line = matches!(target, DbTarget::Sqlite(_)).then(Arc::default);
        let pool = Self { connections, target, line };
        pool.refuse_bypassing_role()?;
        Ok(pool)
    }

    pub(in crate::platform) fn get(&self) -> Stored<PooledConnection<DbTarget>> {
        self.connections.get().map_err(|e| StoreError::NoConnection(e.to_string()))
    }

    /// A connection to write by, once it is one's turn.
    pub(in crate::platform) fn writer(&self) -> Stored<Writer> {
        let front = self.front()?;
        Ok(Writer { connection: self.get()?, _front: front })
    }

    /// The front of the line of those who write, where there is one.
    pub(super) fn front(&self) -> Stored<Option<Front>> {
        let Some(line) = &self.line else { return Ok(None) };
        let front = line.wait(LONGEST).ok_or_else(|| StoreError::NoConnection("others write for too long".into()))?;
        Ok(Some(front))
    }

    /// A connection beside the pool's. On PostgreSQL it gives up soon when the server is out of reach.
    pub(in crate::platform) fn one_more(&self) -> Stored<AnyConnection> {
        let target = match &self.target {
            DbTarget::Sqlite(path) => DbTarget::Sqlite(path.clone()),
            DbTarget::Postgres(url) => DbTarget::Postgres(giving_up_soon(url)),
        };
        target.connect().map_err(|e| StoreError::NoConnection(e.to_string()))
    }

    /// Whether this is the embedded database, which one process owns alone.
    pub fn is_embedded(&self) -> bool {
        matches!(self.target, DbTarget::Sqlite(_))
    }

    /// Asks the database for a sign of life.
    pub fn ping(&self) -> Stored<()> {
        Ok(self.get()?.ping()?)
    }

    /// Whether a master key has wrapped anything here: then another one must not be made.
    pub fn has_keys(&self) -> Stored<bool> {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            keys: i64,
        }
        let mut conn = self.get()?;
        let query = diesel::sql_query("SELECT count(*) AS keys FROM platform_keys");
        let found: Count = super::on_each!(&mut *conn, |c| query.get_result(c))?;
        Ok(found.keys > 0)
    }

    /// Neither by itself nor by a role that it is a member of: SET ROLE is one statement away.
    fn refuse_bypassing_role(&self) -> Stored<()> {
        let mut conn = self.get()?;
        let AnyConnection::Pg(pg) = &mut *conn else { return Ok(()) };
        let role: Bypass = diesel::sql_query(
            "SELECT COALESCE(bool_or(rolsuper OR rolbypassrls), true) AS bypasses FROM pg_roles \
             WHERE pg_has_role(session_user, oid, 'MEMBER')",
        )
        .get_result(pg)?;
        if role.bypasses {
            return Err(StoreError::NoConnection(
                "the PostgreSQL role is a superuser or has BYPASSRLS, or is a member of one that is or has, so row-level \
                 security would not hold. Create one without: CREATE ROLE tenure LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…'"
                    .into(),
            ));
        }
        Ok(())
    }
}

/// The same address, with short waits for an answer that does not come. What the operator has set stays.
fn giving_up_soon(url: &str) -> String {
    const SOON: [(&str, &str); 6] = [
        ("connect_timeout", "2"),
        ("tcp_user_timeout", "2000"),
        ("keepalives", "1"),
        ("keepalives_idle", "1"),
        ("keepalives_interval", "1"),
        ("keepalives_count", "2"),
    ];
    let is_url = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let mut soon = url.to_owned();
    for (key, value) in SOON {
        let between = match (is_url, soon.contains('?')) {
            (false, _) => ' ',
            (true, false) => '?',
            (true, true) => '&',
        };
        if !url.contains(&format!("{key}=")) {
            soon = format!("{soon}{between}{key}={value}");
        }
    }
    soon
}

#[cfg(test)]
mod tests {
    use super::giving_up_soon;

    #[test]
    fn an_address_keeps_what_its_operator_has_set() {
        let url = giving_up_soon("postgres://tenure@db/tenure?sslmode=require&connect_timeout=9");
        assert!(url.starts_with("postgres://tenure@db/tenure?sslmode=require&connect_timeout=9&tcp_user_timeout=2000"));
        assert!(giving_up_soon("host=db dbname=tenure").starts_with("host=db dbname=tenure connect_timeout=2 "));
        assert!(giving_up_soon("postgres://db/tenure").starts_with("postgres://db/tenure?connect_timeout=2&"));
    }
}

//! Migrations, embedded: the same steps for both databases, run on start-up and by `tenure migrate`.

use super::{AnyConnection, Pool};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// A step did not apply; those before it did.
#[derive(Debug, thiserror::Error)]
#[error("migration failed: {0}")]
pub struct MigrateError(String);

/// Brings the database to this binary's schema and returns the names of the steps it took.
pub fn migrate(pool: &Pool) -> Result<Vec<String>, MigrateError> {
    let mut conn = pool.get().map_err(|e| MigrateError(e.to_string()))?;
    let taken = match &mut *conn {
        AnyConnection::Pg(pg) => {
            // Two nodes that start together take turns.
            use diesel::connection::SimpleConnection;
            pg.batch_execute("SELECT pg_advisory_lock(7239462)").map_err(|e| MigrateError(e.to_string()))?;
            let taken = pg.run_pending_migrations(POSTGRES).map(|v| v.iter().map(ToString::to_string).collect());
            pg.batch_execute("SELECT pg_advisory_unlock(7239462)").map_err(|e| MigrateError(e.to_string()))?;
            taken
        }
        AnyConnection::Sqlite(c) => {
            c.run_pending_migrations(SQLITE).map(|v| v.iter().map(ToString::to_string).collect())
        }
    };
    taken.map_err(|e| MigrateError(e.to_string()))
}

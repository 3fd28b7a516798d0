//! What SQLite leaves to the program that embeds it: who writes next, and when the log of what was written goes into the file.
//!
//! SQLite has one writer. Left to itself whoever comes second looks again after 1, 2, 5, 10 … milliseconds, so that most of a
//! wait is sleep and nobody's turn is sure. Here they stand in line, before they take a connection: the one at the front has
//! the same one as the one before, whose pages are still in memory. Left to itself it also writes its log into the file within
//! the commit that fills it: everybody waits for one who is unlucky. Here a thread does that beside the commits.

use super::pool::Pool;
use super::{AnyConnection, Stored};
use diesel::prelude::*;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Those who want to write, in the order in which they came.
#[derive(Default)]
pub(super) struct Line {
    standing: Mutex<Standing>,
    bell: Condvar,
}

#[derive(Default)]
struct Standing {
    waiting: VecDeque<u64>,
    last: u64,
    is_taken: bool,
}

/// The front of the line, for as long as it lives.
pub(super) struct Front(Arc<Line>);

impl Line {
    /// Waits for one's turn; none when it does not come in time.
    pub(super) fn wait(self: &Arc<Self>, at_most: Duration) -> Option<Front> {
        let mut standing = self.standing();
        standing.last += 1;
        let own = standing.last;
        standing.waiting.push_back(own);
        let is_not_mine = |standing: &mut Standing| standing.is_taken || standing.waiting.front() != Some(&own);
        let waited = self.bell.wait_timeout_while(standing, at_most, is_not_mine);
        let (mut standing, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        standing.waiting.retain(|other| *other != own);
        if waited.timed_out() {
            // It may have been the front, and the next one waits for that to go.
            self.bell.notify_all();
            return None;
        }
        standing.is_taken = true;
        Some(Front(self.clone()))
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let mut standing = self.0.standing();
        standing.is_taken = false;
        let somebody_waits = !standing.waiting.is_empty();
        drop(standing);
        if somebody_waits {
            self.0.bell.notify_all();
        }
    }
}

/// From one look at the log to the next.
const PAUSE: Duration = Duration::from_millis(200);
/// Pages in the log that are worth a checkpoint: 4 MiB. At four times as many SQLite makes one itself (`wal_autocheckpoint`).
const WORTH_IT: i32 = 1_000;

/// Makes checkpoints for as long as the process lives, where the database is embedded.
///
/// # Errors
/// When there can be no thread for it.
pub fn keep_checkpoints(pool: &Pool) -> std::io::Result<()> {
    let Some(pool) = pool.is_embedded().then(|| pool.clone()) else { return Ok(()) };
    std::thread::Builder::new().name("checkpoints".into()).spawn(move || {
        let mut connection = None;
        loop {
            std::thread::sleep(PAUSE);
            if let Err(e) = look(&pool, &mut connection) {
                // Until the next look the log grows, and SQLite's own limit holds.
                tracing::warn!(code = "database.checkpoint-failed", error = %e);
                connection = None;
            }
        }
    })?;
    Ok(())
}

#[derive(QueryableByName)]
struct Log {
    /// Pages in the log.
    #[diesel(sql_type = diesel::sql_types::Integer)]
    log: i32,
    /// Of these, so many are in the file.
    #[diesel(sql_type = diesel::sql_types::Integer)]
    checkpointed: i32,
}

impl Log {
    /// Pages that are not in the file yet.
    fn waits(&self) -> i32 {
        self.log - self.checkpointed
    }
}

/// Twice: first while others write, which takes as long as it takes; then what came meanwhile, at the front of the line. Then
/// all of it is in the file, and the next writer begins the log anew: without that it would never end under load.
fn look(pool: &Pool, connection: &mut Option<AnyConnection>) -> Stored<()> {
    let connection = match connection {
        Some(connection) => connection,
        empty => empty.insert(pool.one_more()?),
    };
    if checkpoint(connection, "NOOP")?.waits() < WORTH_IT {
        return Ok(());
    }
    checkpoint(connection, "PASSIVE")?;
    let _front = pool.front()?;
    checkpoint(connection, "PASSIVE")?;
    Ok(())
}

/// Makes a checkpoint of this kind, and tells how the log is after it.
fn checkpoint(connection: &mut AnyConnection, kind: &str) -> Stored<Log> {
    let query = diesel::sql_query(format!("PRAGMA wal_checkpoint({kind})"));
    Ok(super::on_each!(connection, |c| query.get_result(c))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::db::DbTarget;
    use diesel::connection::SimpleConnection;
    use std::sync::mpsc;

    #[test]
    fn a_long_log_goes_into_the_file_and_a_short_one_stays() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let pool = Pool::open(DbTarget::Sqlite(dir.path().join("tenure.db")), 3).expect("a database");
        let (mut writer, mut looking) = (pool.one_more().expect("a connection"), None);
        let mut pages = |count: i32| {
            let page = format!("INSERT INTO pages VALUES (zeroblob({}));", count * 4_096);
            super::super::on_each!(&mut writer, |c| c.batch_execute(&page)).expect("it is written");
            look(&pool, &mut looking).expect("it looks");
            checkpoint(looking.as_mut().expect("it has one"), "NOOP").expect("it tells")
        };
        let mut first = pool.one_more().expect("a connection");
        super::super::on_each!(&mut first, |c| c.batch_execute("CREATE TABLE pages (page BLOB)")).expect("a table");
        assert!(pages(10).waits() >= 10, "a few pages are not worth it");
        assert_eq!(pages(WORTH_IT).waits(), 0);
        assert!((10..30).contains(&pages(10).log), "the log has begun anew");
    }

    #[test]
    fn who_came_first_goes_first_and_who_gives_up_holds_nobody_up() {
        let line = Arc::new(Line::default());
        let front = line.wait(Duration::ZERO).expect("nobody is there");
        assert!(line.wait(Duration::ZERO).is_none(), "somebody is");
        let (told, went) = mpsc::channel();
        std::thread::scope(|scope| {
            for n in 0..5 {
                let (own, told) = (line.clone(), told.clone());
                scope.spawn(move || {
                    let _front = own.wait(Duration::from_secs(60)).expect("the front goes");
                    told.send(n).expect("it is heard");
                });
                while line.standing().waiting.len() <= n {
                    std::thread::yield_now();
                }
            }
            drop(front);
        });
        drop(told);
        assert_eq!(went.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }
}

//! The program under test, as an operator has it: started on a data directory, killed, started again, asked on the
//! command line.
//!
//! What always holds: a server dies with its value, and its data directory with it.

use crate::Database;
use crate::patience;
use crate::postgres::{PostgresCluster, PostgresDatabase};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const READY_WITHIN: Duration = Duration::from_secs(30);

/// What a story needs other than the defaults: the example connector listens on this machine, and nobody waits long for a
/// poll or, after a kill, for the lease of a process that is gone.
const CONFIG: &str = r#"
[log]
level = "info"

[sign_in]
rate_per_minute = 600

[delivery]
allow_internal_addresses = ["127.0.0.1"]

[jobs]
poll_ms = 50
lease_seconds = 5

[ledger]
seal_every_ms = 50
"#;

/// One server and everything it keeps.
pub struct Server {
    database: Database,
    /// Dropped before `dir`, so that nothing writes there any more.
    process: RefCell<Option<Process>>,
    postgres: Option<PostgresDatabase>,
    dir: TempDir,
    /// What time it is in the story; commands go by it too.
    now: RefCell<String>,
    log: Arc<Mutex<Vec<String>>>,
}

/// A process that dies with its value.
pub(crate) struct Process {
    child: Child,
    base_url: String,
}

impl Process {
    pub(crate) fn of(child: Child) -> Self {
        Self::at(child, String::new())
    }

    pub(crate) fn at(child: Child, base_url: String) -> Self {
        Self { child, base_url }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }
}

impl Server {
    /// An empty data directory and an empty database; nothing runs yet.
    pub fn prepared(database: Database) -> Self {
        let dir = tempfile::Builder::new().prefix("tenure-story-").tempdir().expect("a temporary directory");
        std::fs::create_dir(dir.path().join("data")).expect("it is ours");
        std::fs::write(dir.path().join("data/tenure.toml"), CONFIG).expect("it is ours");
        let postgres = match database {
            Database::Sqlite => None,
            Database::Postgres => Some(PostgresCluster::shared().database()),
        };
        Self { database, process: RefCell::new(None), postgres, dir, now: RefCell::default(), log: Arc::default() }
    }

    /// Starts it, and returns when it is ready. A second start finds the same data.
    pub fn start(&self, now: &str) {
        assert!(self.process.borrow().is_none(), "it is running already");
        self.is_told_the_time(now);
        let mut command = self.command();
        command.arg("serve").env("TENURE_LISTEN", "127.0.0.1:0");
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().expect("it starts");
        let said_before = self.log().len();
        keep_log(child.stdout.take(), &self.log);
        keep_log(child.stderr.take(), &self.log);
        let ready = patience::until(READY_WITHIN, || {
            let address = self.log().iter().skip(said_before).find_map(|line| address_in(line));
            address.map(Ok).or_else(|| child.try_wait().ok().flatten().map(Err))
        });
        let Some(Ok(base_url)) = ready else {
            let _ = child.kill();
            panic!("the server is not ready ({ready:?}); it said:\n{}", self.log().join("\n"));
        };
        *self.process.borrow_mut() = Some(Process { child, base_url });
    }

    /// What time it is for the next start and for commands.
    pub(crate) fn is_told_the_time(&self, now: &str) {
        now.clone_into(&mut self.now.borrow_mut());
    }

    /// Writes other settings for the next start.
    pub(crate) fn is_configured(&self, change: impl FnOnce(&str) -> String) {
        let file = self.data_dir().join("tenure.toml");
        let before = std::fs::read_to_string(&file).expect("it was written");
        let after = change(&before);
        assert_ne!(after, before, "the settings are as they were");
        std::fs::write(file, after).expect("it is ours");
    }

    /// SIGKILL: no warning, no farewell.
    pub fn kill(&self) {
        drop(self.process.borrow_mut().take());
    }

    /// Whether a process stands behind it at the moment.
    pub fn is_running(&self) -> bool {
        self.process.borrow().is_some()
    }

    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> String {
        self.process.borrow().as_ref().map(|p| p.base_url.clone()).expect("the server runs")
    }

    /// Everything that it has printed since it was first started.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().map(|lines| lines.clone()).unwrap_or_default()
    }

    /// Every file that the server keeps, at any depth; the master key's file apart.
    pub fn files(&self) -> Vec<PathBuf> {
        fn below(dir: &Path) -> Vec<PathBuf> {
            let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
            entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
        }
        below(&self.data_dir())
    }

    /// A file beside the server's data, for exports.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The directory that the server keeps everything in.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Runs SQL behind the server's back, as somebody does who has the database in their hands. What it answers on refusal.
    ///
    /// # Errors
    /// The database's own message.
    pub fn tampers(&self, sql: &str) -> Result<(), String> {
        match &self.postgres {
            Some(database) => {
                let mut connection = PgConnection::establish(&database.superuser_url()).map_err(|e| e.to_string())?;
                connection.batch_execute(sql).map_err(|e| e.to_string())
            }
            None => {
                let file = self.sqlite_file();
                let mut connection = SqliteConnection::establish(&file.to_string_lossy()).map_err(|e| e.to_string())?;
                connection.batch_execute("PRAGMA busy_timeout = 10000").map_err(|e| e.to_string())?;
                connection.batch_execute(sql).map_err(|e| e.to_string())
            }
        }
    }

    /// The single number that a query in the PostgreSQL database gives, as its administrator sees it.
    pub fn counts(&self, sql: &str) -> i64 {
        let mut connection = PgConnection::establish(&self.postgres().superuser_url()).expect("it answers");
        count(&mut connection, sql).unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// The same in the server's own role, as a statement of the server's would see it that has bound itself to this
    /// tenant, or to none.
    ///
    /// # Errors
    /// The database's own message.
    pub fn counts_in_its_own_role(&self, tenant: Option<&str>, sql: &str) -> Result<i64, String> {
        let mut connection = PgConnection::establish(&self.postgres().url()).map_err(|e| e.to_string())?;
        if let Some(tenant) = tenant {
            let bind = format!("SET app.tenant = '{tenant}'");
            connection.batch_execute(&bind).map_err(|e| e.to_string())?;
        }
        count(&mut connection, sql)
    }

    /// What a query of one text a row, called `name`, gives to whoever has the database in their hands.
    pub fn names(&self, sql: &str) -> Vec<String> {
        #[derive(diesel::QueryableByName)]
        struct Name {
            #[diesel(sql_type = diesel::sql_types::Text)]
            name: String,
        }
        let found: Vec<Name> = match &self.postgres {
            Some(database) => {
                let mut connection = PgConnection::establish(&database.superuser_url()).expect("it answers");
                diesel::sql_query(sql).load(&mut connection)
            }
            None => {
                let file = self.sqlite_file();
                let mut connection = SqliteConnection::establish(&file.to_string_lossy()).expect("it is a database");
                diesel::sql_query(sql).load(&mut connection)
            }
        }
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
        found.into_iter().map(|row| row.name).collect()
    }

    /// The word that must never be printed.
    pub fn secret_of_database(&self) -> String {
        self.postgres().password().to_owned()
    }

    pub(crate) fn postgres(&self) -> &PostgresDatabase {
        self.postgres.as_ref().expect("this is for PostgreSQL")
    }

    /// Which database it keeps its data in.
    pub fn database(&self) -> Database {
        self.database
    }

    fn sqlite_file(&self) -> PathBuf {
        let files = std::fs::read_dir(self.data_dir()).expect("it is ours").flatten().map(|f| f.path());
        let is_sqlite = |path: &PathBuf| {
            let mut head = [0; 15];
            std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut head)).is_ok() && &head == b"SQLite format 3"
        };
        files.into_iter().find(is_sqlite).expect("a SQLite database in the data directory")
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(program());
        // Only what is said here reaches it: nobody's own settings decide a test.
        command.env_clear().env("TENURE_DATA_DIR", self.data_dir()).env("RUST_BACKTRACE", "1");
        if let Some(database) = &self.postgres {
            command.env("TENURE_DATABASE_URL", database.url());
        }
        command.env("TENURE_TEST_CLOCK", self.now.borrow().as_str()).current_dir(self.dir.path());
        command
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program under test: the one that TENURE_PROGRAM names, as `make test` does, or the one that cargo built last.
pub fn program() -> PathBuf {
    let named = std::env::var_os("TENURE_PROGRAM").map(PathBuf::from);
    let program = named.unwrap_or_else(|| {
        let test = std::env::current_exe().expect("a test is a program");
        let profile = test.parent().and_then(Path::parent).expect("target/<profile>/deps/<test>");
        profile.join("tenure")
    });
    assert!(program.exists(), "{} is not built: run `make test`, or `make test-build` once", program.display());
    program
}

fn count(connection: &mut PgConnection, sql: &str) -> Result<i64, String> {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    diesel::sql_query(sql).get_result(connection).map(|counted: Count| counted.count).map_err(|e| e.to_string())
}

pub(crate) fn keep_log(stream: Option<impl Read + Send + 'static>, log: &Arc<Mutex<Vec<String>>>) {
    let (stream, log) = (stream.expect("it is piped"), Arc::clone(log));
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Ok(mut lines) = log.lock() {
                lines.push(line);
            }
        }
    });
}

pub(crate) fn address_in(line: &str) -> Option<String> {
    let at = line.find("http://127.0.0.1:")?;
    let address = &line[at..];
    let digits = address["http://127.0.0.1:".len()..].chars().take_while(char::is_ascii_digit).count();
    (digits > 0).then(|| address[.."http://127.0.0.1:".len() + digits].to_owned())
}

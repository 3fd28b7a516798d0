//! A PostgreSQL cluster of the tests' own: one for the whole test process, in a temporary directory, on a free port of
//! 127.0.0.1. Each story gets a fresh database that belongs to a role without any special power.
//!
//! What always holds: nothing is left behind. The cluster's keeper is a shell that waits for the end of a pipe which only
//! the test process holds; however that process ends (panic, kill -9), the pipe closes, the cluster stops and its directory
//! goes.

use crate::patience;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The role that the server signs in as: owns its database, and can bypass nothing.
const ROLE: &str = "tenure";
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// Waits for the pipe, not for a signal: Ctrl-C reaches the whole group, and the directory must go all the same.
const KEEPER: &str = r#"
trap '' INT TERM HUP
"$@" &
cluster=$!
cat >/dev/null
kill -QUIT $cluster 2>/dev/null
wait $cluster
rm -rf "$TENURE_TEST_CLUSTER"
"#;

/// For stories, all of which are to be quick: what is lost in a power cut is only a test.
const FORGETFUL: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
    "autovacuum=off",
];
/// For measurements: as PostgreSQL comes, so that a commit costs what it costs an organisation.
const AS_IT_COMES: &[&str] = &[];

/// The running cluster.
pub struct PostgresCluster {
    port: u16,
    password: String,
    made: AtomicU32,
    /// Its standard input is the pipe.
    _keeper: Child,
}

/// One story's database, dropped with it.
pub struct PostgresDatabase {
    name: String,
    cluster: &'static PostgresCluster,
}

impl PostgresCluster {
    /// The one of this process, started when the first story asks for it.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<PostgresCluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::started(FORGETFUL))
    }

    /// One for measurements, with PostgreSQL's own settings: an answered commit survives a power cut.
    pub fn durable() -> &'static Self {
        static DURABLE: OnceLock<PostgresCluster> = OnceLock::new();
        DURABLE.get_or_init(|| Self::started(AS_IT_COMES))
    }

    /// A fresh database.
    pub fn database(&'static self) -> PostgresDatabase {
        let name = format!("story_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.as_superuser(&format!("CREATE DATABASE {name} OWNER {ROLE}"));
        PostgresDatabase { name, cluster: self }
    }

    /// Another process may take the free port before the cluster does: then it is tried again.
    fn started(settings: &[&str]) -> Self {
        let last = || Self::start(settings).map_err(|e| panic!("{e}")).ok();
        (0..5).find_map(|_| Self::start(settings).ok()).or_else(last).unwrap()
    }

    fn start(settings: &[&str]) -> Result<Self, String> {
        let programs = Programs::find()?;
        let dir = tempfile::Builder::new().prefix("tenure-postgres-").tempdir().map_err(|e| e.to_string())?.keep();
        let user = ClusterUser::choose()?;
        user.give(&dir);
        let password = crate::unique();
        let password_file = dir.join("password");
        fs::write(&password_file, &password).map_err(|e| e.to_string())?;
        user.give(&password_file);
        let data = dir.join("data");
        // Sorted as a dictionary does, not as bytes do, where this version can: what compares texts in Rust that PostgreSQL
        // has sorted shall fail here.
        let dictionary = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh"].as_slice();
        let make = |locale: &[&str]| initdb(&user, &programs.initdb, &password_file, &data, locale);
        let made = make(dictionary).or_else(|_| {
            let _ = fs::remove_dir_all(&data);
            make(&["--locale=C.UTF-8"])
        });
        if let Err(why) = made {
            let _ = fs::remove_dir_all(&dir);
            return Err(why);
        }
        let port = free_port();
        let keeper = keeper(&user, &programs.postgres, &dir, port, settings)?;
        let cluster = Self { port, password, made: AtomicU32::new(0), _keeper: keeper };
        cluster.wait_until_it_answers(&dir)?;
        let password = &cluster.password;
        cluster.as_superuser(&format!(
            "CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD '{password}'"
        ));
        Ok(cluster)
    }

    fn wait_until_it_answers(&self, dir: &Path) -> Result<(), String> {
        let answers = || PgConnection::establish(&self.url("postgres", "postgres")).ok();
        patience::until(STARTS_WITHIN, answers).map(drop).ok_or_else(|| {
            let log = fs::read_to_string(dir.join("log")).unwrap_or_default();
            format!("the PostgreSQL cluster does not answer:\n{log}")
        })
    }

    fn as_superuser(&self, sql: &str) {
        let mut connection = PgConnection::establish(&self.url("postgres", "postgres")).expect("the cluster answers");
        connection.batch_execute(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }
}

impl PostgresDatabase {
    /// How the server reaches it: as its owner, which is neither superuser nor above row-level security.
    pub fn url(&self) -> String {
        self.cluster.url(ROLE, &self.name)
    }

    /// The same by another port, behind which somebody hands on what comes.
    pub(crate) fn url_by(&self, port: u16) -> String {
        self.url().replace(&format!("@127.0.0.1:{}/", self.cluster.port), &format!("@127.0.0.1:{port}/"))
    }

    /// Where the cluster listens.
    pub(crate) fn port(&self) -> u16 {
        self.cluster.port
    }

    /// As another role of the cluster that was given the same password.
    pub fn url_of(&self, role: &str) -> String {
        self.cluster.url(role, &self.name)
    }

    /// The password in all addresses.
    pub fn password(&self) -> &str {
        &self.cluster.password
    }

    /// As the cluster's superuser: the hand that a database administrator has.
    pub fn superuser_url(&self) -> String {
        self.cluster.url("postgres", &self.name)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        // Failing is harmless: the whole cluster goes in the end.
        if let Ok(mut connection) = PgConnection::establish(&self.cluster.url("postgres", "postgres")) {
            let _ = connection.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}

fn initdb(user: &ClusterUser, program: &Path, password: &Path, data: &Path, locale: &[&str]) -> Result<(), String> {
    let made = user
        .command(program)
        .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"])
        .args(locale)
        .arg(format!("--pwfile={}", password.display()))
        .arg(data)
        .output()
        .map_err(|e| format!("initdb does not start: {e}"))?;
    if made.status.success() { Ok(()) } else { Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr))) }
}

fn keeper(user: &ClusterUser, postgres: &Path, dir: &Path, port: u16, settings: &[&str]) -> Result<Child, String> {
    let log = fs::File::create(dir.join("log")).map_err(|e| e.to_string())?;
    let shell = PathBuf::from("/bin/sh");
    user.command(&shell)
        .args(["-c", KEEPER, "keeper"])
        .arg(postgres)
        .arg("-D")
        .arg(dir.join("data"))
        .arg("-k")
        .arg(dir)
        .args(["-h", "127.0.0.1", "-p", &port.to_string()])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .env("TENURE_TEST_CLUSTER", dir)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(|e| format!("the cluster does not start: {e}"))
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr()).expect("a free port").port()
}

/// Where Debian, or the PATH, has them.
struct Programs {
    initdb: PathBuf,
    postgres: PathBuf,
}

impl Programs {
    fn find() -> Result<Self, String> {
        let mut places: Vec<PathBuf> =
            fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|d| d.path().join("bin")).collect();
        // The newest version first, the PATH after Debian's own place, where all programs stand together.
        places.sort_by_key(|p| std::cmp::Reverse(p.to_string_lossy().into_owned()));
        places.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
        places
            .iter()
            .map(|place| Self { initdb: place.join("initdb"), postgres: place.join("postgres") })
            .find(|found| found.initdb.exists() && found.postgres.exists())
            .ok_or_else(|| "no PostgreSQL server on this machine: run scripts/install.sh --for test".to_owned())
    }
}

/// PostgreSQL refuses to run as root. Then it runs as `postgres`, or as `nobody`.
enum ClusterUser {
    Myself,
    Other { uid: u32, gid: u32 },
}

impl ClusterUser {
    fn choose() -> Result<Self, String> {
        let own = tempfile::NamedTempFile::new().and_then(|f| f.as_file().metadata()).map_err(|e| e.to_string())?;
        if std::os::unix::fs::MetadataExt::uid(&own) != 0 {
            return Ok(Self::Myself);
        }
        let known = fs::read_to_string("/etc/passwd").map_err(|e| e.to_string())?;
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| {
                let line = known.lines().find(|l| l.split(':').next() == Some(name))?;
                let mut fields = line.split(':').skip(2).map(str::parse);
                Some(Self::Other { uid: fields.next()?.ok()?, gid: fields.next()?.ok()? })
            })
            .ok_or_else(|| "PostgreSQL cannot run as root, and there is no user postgres or nobody".to_owned())
    }

    fn give(&self, path: &Path) {
        if let Self::Other { uid, gid } = self {
            chown(path, Some(*uid), Some(*gid)).expect("root may give a file away");
        }
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    fn command(&self, program: &Path) -> Command {
        match self {
            Self::Myself => Command::new(program),
            Self::Other { uid, gid } => {
                let mut command = Command::new("setpriv");
                command.args([format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".to_owned()]);
                command.arg("--").arg(program).current_dir("/");
                command
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::RunQueryDsl;
    use diesel::sql_types::Bool;

    #[derive(diesel::QueryableByName)]
    struct Role {
        #[diesel(sql_type = Bool)]
        rolsuper: bool,
        #[diesel(sql_type = Bool)]
        rolbypassrls: bool,
    }

    #[test]
    fn a_database_belongs_to_a_role_that_can_bypass_nothing() {
        let database = PostgresCluster::shared().database();
        let mut connection = PgConnection::establish(&database.url()).unwrap();
        let role: Role = diesel::sql_query("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
            .get_result(&mut connection)
            .unwrap();
        assert!(!role.rolsuper && !role.rolbypassrls);
        connection.batch_execute("CREATE TABLE mine (id INT)").unwrap();
    }
}

//! The released binary, as an operator has it: asked on the command line, started, called over HTTP, looked at from outside.
//!
//! What always holds: a server that was started dies with its value, and only the settings said here reach it.

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The build directory that this program and the server were built into.
pub fn target_dir() -> PathBuf {
    let own = std::env::current_exe().expect("this is a program");
    let profile = own.parent().and_then(Path::parent).expect("target/<profile>/deps/<program>");
    profile.parent().expect("target/<profile>").to_owned()
}

/// What memory this very process takes, in KiB.
pub fn own_memory() -> f64 {
    kib(&fs::read_to_string("/proc/self/status").expect("a Linux"), "VmRSS")
}

fn kib(status: &str, key: &str) -> f64 {
    let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_else(|| panic!("no {key}"));
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number of kB")
}

/// The program and what it keeps its data in.
pub struct Program {
    data_dir: PathBuf,
    url: Option<String>,
}

/// A started server.
pub struct Running {
    child: Child,
    base_url: String,
    agent: ureq::Agent,
    /// From the start of the process to the first answer that it is ready.
    pub ready_after: Duration,
}

impl Program {
    /// On PostgreSQL where there is an address, else on SQLite in the directory.
    pub fn on(data_dir: &Path, url: Option<&str>) -> Self {
        Self { data_dir: data_dir.to_owned(), url: url.map(str::to_owned) }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = target_dir().join("release/tenure");
        assert!(program.exists(), "{} is not built: run `make bench`", program.display());
        let mut command = Command::new(program);
        command.args(arguments).env_clear().env("TENURE_DATA_DIR", &self.data_dir).env("TENURE_LISTEN", "127.0.0.1:0");
        command.envs(self.url.iter().map(|url| ("TENURE_DATABASE_URL", url)));
        command.current_dir(&self.data_dir).stdin(Stdio::null());
        command
    }

    /// What a command prints, once it has succeeded.
    pub fn says(&self, arguments: &[&str]) -> String {
        let said = self.command(arguments).output().expect("it starts");
        let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        assert!(said.status.success(), "tenure {arguments:?} failed:\n{out}\n{err}");
        out.into_owned()
    }

    /// Starts the server; returns when it says that it is ready.
    pub fn starts(&self, arguments: &[&str]) -> Running {
        let log = fs::File::create(self.data_dir.join("log")).expect("it is ours");
        let mut command = self.command(arguments);
        let start = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        let base_url = address(&mut out).unwrap_or_else(|| {
            let _ = child.kill();
            panic!("no address; it said:\n{}", fs::read_to_string(self.data_dir.join("log")).unwrap_or_default())
        });
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        let mut running = Running { child, base_url, agent: agent(), ready_after: Duration::ZERO };
        running.until("it is ready", || {
            running.try_call("GET", "/readyz", None, None).filter(|(status, _)| *status == 200)
        });
        running.ready_after = start.elapsed();
        running
    }
}

/// The address in what it prints first.
fn address(out: &mut impl BufRead) -> Option<String> {
    out.lines().map_while(Result::ok).find_map(|line| {
        let at = line.find("http://")?;
        let end = line[at..].find(|c: char| c.is_whitespace()).map_or(line.len(), |end| at + end);
        Some(line[at..end].trim_end_matches('/').to_owned())
    })
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder();
    config.http_status_as_error(false).timeout_global(Some(Duration::from_secs(60))).proxy(None).build().into()
}

impl Running {
    /// Where it listens: host and port.
    pub fn address(&self) -> &str {
        self.base_url.trim_start_matches("http://")
    }

    /// Where it listens.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// A request with a JSON body and an answer that is a success.
    pub fn call(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Value {
        let (status, answer) =
            self.try_call(method, path, token, body).unwrap_or_else(|| panic!("{method} {path}: no answer"));
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    fn try_call(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Option<(u16, String)> {
        let bearer = token.map(|token| ("authorization", format!("Bearer {token}")));
        let headers: Vec<_> = bearer.into_iter().chain([("content-type", "application/json".to_owned())]).collect();
        self.send(method, path, &headers, &body.map(Value::to_string).unwrap_or_default())
    }

    /// Any request; none when nobody answered.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, String)], body: &str) -> Option<(u16, String)> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base_url));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(body.to_owned()).unwrap_or_else(|e| panic!("{method} {path}: {e}"));
        let mut answer = self.agent.run(request).ok()?;
        let text = answer.body_mut().with_config().limit(1 << 30).read_to_string().ok()?;
        Some((answer.status().as_u16(), text))
    }

    /// Asks until the answer is there, twenty times a second at most.
    #[allow(clippy::disallowed_methods, reason = "another process works meanwhile, and its clock is the real one")]
    pub fn until<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let end = Instant::now() + Duration::from_secs(300);
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            assert!(Instant::now() < end, "waited in vain until {what}");
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }

    /// A value of `/proc/<pid>/status` in MiB: `VmRSS`, `VmHWM`.
    pub fn memory(&self, key: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the process lives");
        kib(&status, key) / 1024.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

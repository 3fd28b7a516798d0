//! The program's command line, as an operator, an auditor or a pack's author types it.

use crate::patience;
use crate::server::{Process, Server};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

const ENDS_WITHIN: Duration = Duration::from_secs(60);

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// Its exit status; the signal with a minus where one ended it, and the least number where it did not end.
    pub status: i32,
    /// What it printed.
    pub out: String,
    /// What it complained of.
    pub err: String,
}

impl Said {
    /// What it printed, where it succeeded.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.status, 0, "the command failed:\n{}\n{}", self.out, self.err);
        self.out
    }
}

impl Server {
    /// A command line of the operator, on the same data.
    pub fn cli<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Said {
        self.cli_reading(args, "")
    }

    /// The same, with a variable of the operator's in its environment.
    pub fn cli_where<'a>(&self, (name, value): (&str, &str), args: impl IntoIterator<Item = &'a str>) -> Said {
        let mut command = self.command();
        command.args(args).env(name, value);
        said_by(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()), "")
    }

    /// The same, with something on its standard input.
    pub fn cli_reading<'a>(&self, args: impl IntoIterator<Item = &'a str>, input: &str) -> Said {
        let mut command = self.command();
        said_by(command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()), input)
    }

    /// A command line of an operator who has the database's superuser in TENURE_DATABASE_URL.
    pub fn cli_as_superuser<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Said {
        self.cli_in_role("postgres", args)
    }

    /// A command line of an operator who has another role of the database in TENURE_DATABASE_URL.
    pub fn cli_in_role<'a>(&self, role: &str, args: impl IntoIterator<Item = &'a str>) -> Said {
        let mut command = self.command();
        command.args(args).env("TENURE_LISTEN", "127.0.0.1:0");
        command.env("TENURE_DATABASE_URL", self.postgres().url_of(role));
        said_by(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()), "")
    }

    /// `tenure demo --json`, and what it said. It serves until the value is dropped.
    pub fn demo(&self) -> Demo {
        let mut command = self.command();
        command.args(["demo", "--json"]).env_remove("TENURE_DATA_DIR").env_remove("TENURE_DATABASE_URL");
        // Its throw-away directory goes with the story's.
        command
            .env("TMPDIR", self.file(""))
            .env("TENURE_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        let complete = |said: &str| serde_json::from_str::<serde_json::Value>(said).ok();
        let said = loop {
            let read = out.read_line(&mut said).unwrap_or(0);
            match complete(&said) {
                Some(said) => break said,
                None if read == 0 => panic!("the demo ended, and this is no JSON object:\n{said}"),
                None => {}
            }
        };
        Demo { said, _process: Process::of(child) }
    }
}

/// A running demo.
pub struct Demo {
    /// The one JSON object that it printed.
    pub said: serde_json::Value,
    _process: Process,
}

/// Runs a command to its end, which comes within bounds: a `serve` that should have been refused must not hang the tests.
fn said_by(command: &mut Command, input: &str) -> Said {
    let mut child = command.spawn().expect("it starts");
    let (out, err) = (read_aside(child.stdout.take()), read_aside(child.stderr.take()));
    // A command that reads nothing closes the pipe: no matter.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let ended = patience::until(ENDS_WITHIN, || child.try_wait().ok().flatten());
    if ended.is_none() {
        let _ = child.kill();
    }
    let text = |reader: JoinHandle<String>| reader.join().unwrap_or_default();
    let status = ended.and_then(|e| e.code().or_else(|| e.signal().map(|signal| -signal)));
    Said { status: status.unwrap_or(i32::MIN), out: text(out), err: text(err) }
}

fn read_aside(stream: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.map(|mut s| s.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

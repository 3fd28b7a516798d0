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
        command.env("TMPDIR", self.file("")).env("TENURE_LISTEN", "127.0.0.1:0").stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        let process = Process::of(child);
        let mut line = String::new();
        out.read_line(&mut line).expect("it is text");
        let said =
            serde_json::from_str(&line).unwrap_or_else(|e| panic!("the demo's first line is no JSON, {e}:\n{line}"));
        let more = read_aside(Some(out));
        Demo { said, more, process }
    }

    /// `tenure serve --sample` on this server's own data, at the machine's own time, once the sample has been made and its
    /// departure played. It serves until the value is dropped.
    pub fn sample(&self) -> Sample {
        let mut command = self.command();
        command.args(["serve", "--sample"]).env_remove("TENURE_TEST_CLOCK").env("TENURE_LISTEN", "127.0.0.1:0");
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let sample = Sample { _process: Process::of(child.expect("it starts")) };
        let kit = self.data_dir().join("sample.env");
        let is_played = |kit: &str| {
            let departure = kit.lines().find_map(|line| line.strip_prefix("SAMPLE_DEPARTURE='"));
            departure.is_some_and(|id| id.len() > 1)
        };
        let played = patience::until(ENDS_WITHIN, || std::fs::read_to_string(&kit).ok().filter(|kit| is_played(kit)));
        assert!(played.is_some(), "no sample was played within {ENDS_WITHIN:?}");
        sample
    }

    /// A shell in which somebody follows instructions, beside the server's data directory. It ends at the first mistake.
    pub fn shell(&self, script: &str) -> Said {
        let mut command = Command::new("bash");
        command.args(["-eu", "-c", script]).current_dir(self.file("")).stdin(Stdio::piped());
        said_by(command.stdout(Stdio::piped()).stderr(Stdio::piped()), "")
    }
}

/// A running demo.
pub struct Demo {
    /// The one JSON object that it printed.
    pub said: serde_json::Value,
    more: JoinHandle<String>,
    process: Process,
}

impl Demo {
    /// Ends it. What stood on its standard output after the one object.
    pub fn ends(self) -> String {
        drop(self.process);
        self.more.join().unwrap_or_default()
    }
}

/// The running sample.
pub struct Sample {
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

//! More than one server on one PostgreSQL: another node, and the line to the database, which somebody may cut.

use crate::patience;
use crate::server::{Process, READY_WITHIN, Server, address_in, keep_log};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Another server of the same organisations, with a directory of its own and the same keys.
pub struct Node {
    process: Process,
}

impl Node {
    /// Where it listens.
    pub fn base_url(&self) -> &str {
        self.process.base_url()
    }
}

impl Server {
    /// Starts another node beside this one. It reaches the database by `line` where there is one.
    pub fn another_node(&self, line: Option<&Line>) -> Node {
        let dir = self.file(&format!("node-{}", crate::unique()));
        std::fs::create_dir(&dir).expect("it is ours");
        for file in ["tenure.toml", "master.key"] {
            std::fs::copy(self.data_dir().join(file), dir.join(file)).expect("the first node has it");
        }
        let mut command = self.command();
        command.arg("serve").env("TENURE_DATA_DIR", &dir).env("TENURE_LISTEN", "127.0.0.1:0");
        if let Some(line) = line {
            command.env("TENURE_DATABASE_URL", self.postgres().url_by(line.port));
        }
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().expect("it starts");
        let log = Arc::default();
        keep_log(child.stdout.take(), &log);
        keep_log(child.stderr.take(), &log);
        let said = || log.lock().map(|lines| lines.clone()).unwrap_or_default();
        let ready = patience::until(READY_WITHIN, || said().iter().find_map(|line| address_in(line)));
        let base_url = ready.unwrap_or_else(|| panic!("the other node is not ready; it said:\n{}", said().join("\n")));
        Node { process: Process::at(child, base_url) }
    }

    /// A line to the database that can be cut.
    pub fn line(&self) -> Line {
        Line::to(self.postgres().port())
    }
}

/// A line to the database. Cut, it carries nothing and says nothing: nobody at its ends hears that the other is out of reach.
pub struct Line {
    port: u16,
    is_cut: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
}

impl Line {
    fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let own = listener.local_addr().expect("it has one").port();
        let (is_cut, is_over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let line = Self { port: own, is_cut: is_cut.clone(), is_over: is_over.clone() };
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let far = TcpStream::connect(("127.0.0.1", port)).expect("the database answers");
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (from, to) = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
                    let (is_cut, is_over) = (is_cut.clone(), is_over.clone());
                    std::thread::spawn(move || carry(from, to, &is_cut, &is_over));
                }
            }
        });
        line
    }

    /// From now on nothing passes.
    pub fn is_cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
    }

    /// What was on its way arrives, and all else.
    pub fn is_mended(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes whoever waits for a caller.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, is_cut: &AtomicBool, is_over: &AtomicBool) {
    let mut some = [0; 16 << 10];
    while let Ok(count) = from.read(&mut some) {
        while is_cut.load(Ordering::SeqCst) && !is_over.load(Ordering::SeqCst) {
            patience::nap(Duration::from_millis(5));
        }
        if count == 0 || is_over.load(Ordering::SeqCst) || to.write_all(&some[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

//! Load over HTTP: so many connections, each of which sends its next request when it has the answer to the last; and a server
//! whose handler does nothing, to hold against.
//!
//! Plain sockets and as little work as can be: what the load costs, both servers pay.

use actix_web::{App, HttpResponse, HttpServer, web};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A way to ask.
pub struct Load<'l> {
    /// At the same time.
    pub connections: usize,
    /// For so long.
    pub lasts: Duration,
    /// Beside those that every request has, each with its line's end.
    pub headers: &'l str,
}

/// What came of it.
pub struct Measured {
    /// Requests answered in a second.
    pub per_second: f64,
    /// What 99 of 100 requests did not take longer than.
    pub slowest_of_hundred: Duration,
}

impl Load<'_> {
    /// Asks one address; the questions are written beforehand, and everybody asks all of them in turn.
    pub fn on(&self, address: &str, asked: &dyn Fn(usize) -> String) -> Measured {
        let requests: Vec<Vec<u8>> = (0..256).map(|n| self.request(&asked(n))).collect();
        let turn = AtomicUsize::new(0);
        let end = Instant::now() + self.lasts;
        let ask = || {
            let mut connection = Connection::to(address);
            let mut taken = Vec::with_capacity(100_000);
            while Instant::now() < end {
                let request = &requests[turn.fetch_add(1, Ordering::Relaxed) % requests.len()];
                let start = Instant::now();
                connection.asks(request);
                taken.push(start.elapsed());
            }
            taken
        };
        let mut taken: Vec<Duration> = std::thread::scope(|scope| {
            let members: Vec<_> = (0..self.connections).map(|_| scope.spawn(ask)).collect();
            members.into_iter().flat_map(|member| member.join().expect("nobody fell over")).collect()
        });
        taken.sort_unstable();
        let slowest_of_hundred = taken[taken.len() * 99 / 100];
        Measured { per_second: taken.len() as f64 / self.lasts.as_secs_f64(), slowest_of_hundred }
    }

    fn request(&self, body: &str) -> Vec<u8> {
        let Self { headers, .. } = self;
        format!(
            "POST /access/v1/evaluation HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{headers}\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        Self { stream: BufReader::new(stream), line: String::new(), body: Vec::new() }
    }

    fn asks(&mut self, request: &[u8]) {
        self.stream.get_mut().write_all(request).expect("it reads");
        let mut length = 0;
        let mut is_first = true;
        loop {
            self.line.clear();
            self.stream.read_line(&mut self.line).expect("it answers");
            let line = self.line.trim_end();
            if std::mem::take(&mut is_first) {
                assert!(line.starts_with("HTTP/1.1 200"), "{line}");
            }
            if line.is_empty() {
                break;
            }
            if let Some(count) = line.strip_prefix("content-length: ") {
                length = count.parse().expect("a number");
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).expect("it answers");
    }
}

/// The argument by which this program serves instead of measuring.
pub const SERVE_NOTHING: &str = "serve-nothing";

/// A server that reads JSON and answers JSON, in a process of its own.
pub struct Nothing {
    process: Child,
    address: String,
}

impl Nothing {
    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Nothing {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts it.
pub fn serve_nothing() -> Nothing {
    let own = std::env::current_exe().expect("this is a program");
    let mut process = Command::new(own).arg(SERVE_NOTHING).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut address = String::new();
    let out = process.stdout.take().expect("it is piped");
    BufReader::new(out).read_line(&mut address).expect("it says where it listens");
    Nothing { process, address: address.trim().to_owned() }
}

/// Serves until it is killed: a handler as actix-web's own documentation has it, with as many workers as there are cores.
pub fn serve() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("{}", listener.local_addr().expect("it listens"));
    let handler =
        |_: web::Json<serde_json::Value>| async { HttpResponse::Ok().json(serde_json::json!({"decision": true})) };
    let server = HttpServer::new(move || App::new().route("/access/v1/evaluation", web::post().to(handler)));
    let running = server.listen(listener).expect("it listens").run();
    actix_web::rt::System::new().block_on(running).expect("it serves");
}

//! A small HTTP/1.1 server on threads: enough to be called back by the program under test, and nothing more.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const LARGEST_BODY: u64 = 64 << 20;

/// A request that was read to its end.
pub struct Request {
    /// Such as `POST`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What to answer. `None` hangs up without a word.
pub type Reply = Option<u16>;

/// Listens until it is dropped.
pub struct HttpServer {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl Request {
    /// A header's value, by its name in small letters; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut request = Self { method, path, headers, body: Vec::new() };
        request.body = if request.header("transfer-encoding").eq_ignore_ascii_case("chunked") {
            read_chunks(&mut reader)?
        } else {
            let length = request.header("content-length").parse().unwrap_or(0).min(LARGEST_BODY);
            let mut body = Vec::new();
            reader.take(length).read_to_end(&mut body).ok()?;
            body
        };
        Some(request)
    }
}

impl HttpServer {
    /// Answers every request at `address` with what `answer` says, each on a thread of its own.
    ///
    /// # Errors
    /// When it cannot listen there.
    pub fn listen(address: &str, answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let (stop, answer) = (Arc::clone(&stopped), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), answer) = (stream, Arc::clone(&answer)) else { continue };
                std::thread::spawn(move || serve(stream, answer.as_ref()));
            }
        });
        Ok(Self { address, stopped })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // The listener looks at the flag when somebody knocks.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(mut stream: TcpStream, answer: &(impl Fn(&Request) -> Reply + ?Sized)) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
    let Some(status) = Request::read(&stream).and_then(|request| answer(&request)) else { return };
    let _ = write!(stream, "HTTP/1.1 {status} .\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
}

fn read_chunks(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let size = u64::from_str_radix(line.trim().split(';').next()?, 16).ok()?;
        if size == 0 || body.len() as u64 + size > LARGEST_BODY {
            return Some(body);
        }
        reader.by_ref().take(size).read_to_end(&mut body).ok()?;
        reader.read_line(&mut String::new()).ok()?;
    }
}

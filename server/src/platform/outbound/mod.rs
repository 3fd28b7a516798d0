//! The one way out: the HTTP client for addresses that somebody else wrote down.
//!
//! What always holds:
//!
//! - The address that is checked is the address that is connected to. The check sits in the resolver, after the lookup,
//!   so a name that leads elsewhere the second time (DNS rebinding) and a spelling that two parsers read differently
//!   gain nothing. No proxy from the environment: it would do its own lookup, out of our sight.
//! - https, except to targets that the operator named.
//! - No redirect is followed, and no more of an answer is read than there is room to show.
//!
//! It blocks: call it from a job's thread, and never inside a transaction.

mod reach;

pub use reach::{Exception, NotAnException, Reach, is_global};

use std::io::Read;
use std::net::IpAddr;
use std::time::Duration;
use ureq::http::{Response, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};

const USER_AGENT: &str = concat!("Tenure/", env!("CARGO_PKG_VERSION"));

/// How far, how long and how much.
#[derive(Clone, Debug)]
pub struct OutboundSettings {
    /// From the lookup to the last byte of the answer. The Standard Webhooks specification advises 15 to 30 seconds.
    pub timeout: Duration,
    /// How many bytes of an answer are read.
    pub longest_reply: u64,
    /// Internal targets that are allowed.
    pub reach: Reach,
}

/// What the other side answered, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The first bytes of the body, for whoever has to find out why. Untrusted.
    pub body_prefix: Vec<u8>,
    /// How long the other side asks us to wait before the next attempt.
    pub retry_after: Option<Duration>,
}

impl Reply {
    /// A webhook is delivered by a 2xx answer and by no other; a redirect counts as a failure.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// No URL that can be called.
    #[error("this is no address to call: {0}; write one such as https://connector.example.com/orders")]
    BadUrl(&'static str),
    /// http, to a target that the operator has not named.
    #[error("{host} would be called without encryption; use https, or have the operator allow it")]
    NotEncrypted {
        /// The host in the URL.
        host: String,
    },
    /// The name leads inside.
    #[error("{host} leads to the internal address {address}, which the operator has not allowed")]
    InternalAddress {
        /// The host in the URL.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// The name leads nowhere.
    #[error("the host name was not found")]
    HostNotFound,
    /// It took too long.
    #[error("no complete answer in time")]
    TimedOut,
    /// A header cannot be sent.
    #[error("a header has characters that HTTP does not allow")]
    BadHeader,
    /// The other side cannot prove who it is, or does not speak TLS.
    #[error("no trusted encrypted connection: {0}")]
    Tls(String),
    /// The connection failed or broke; whether the other side got the message is not known.
    #[error("the connection failed: {0}")]
    Connection(String),
}

/// The guarded client. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Outbound {
    agent: Agent,
    longest_reply: u64,
}

impl Outbound {
    /// A client with these bounds.
    pub fn new(settings: OutboundSettings) -> Self {
        Self::with_lookup(settings, DefaultResolver::default())
    }

    fn with_lookup(settings: OutboundSettings, lookup: impl Resolver) -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(settings.timeout))
            .user_agent(USER_AGENT)
            .build();
        let resolver = Guard { reach: settings.reach, lookup };
        Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver),
            longest_reply: settings.longest_reply,
        }
    }

    /// Posts `body` and returns the answer, whatever its status.
    ///
    /// # Errors
    /// Whatever kept an answer from coming. After [`OutboundError::TimedOut`], [`OutboundError::Connection`] and
    /// [`OutboundError::Tls`] the other side may have got the message; after all others it has not.
    pub fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply, OutboundError> {
        check_form(url)?;
        let mut request = self.agent.post(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.send(body).map_err(explain)?;
        Ok(Reply {
            status: response.status().as_u16(),
            retry_after: retry_after(&response),
            body_prefix: self.read_prefix(&mut response),
        })
    }

    /// An answer that breaks off is still an answer: its status has come, and is what counts.
    fn read_prefix(&self, response: &mut Response<Body>) -> Vec<u8> {
        let mut prefix = Vec::new();
        if let Err(broken) = response.body_mut().as_reader().take(self.longest_reply).read_to_end(&mut prefix) {
            tracing::debug!(error = %broken, read = prefix.len(), "an answer broke off after its status");
        }
        prefix
    }
}

/// What can be said without a lookup, so that a form can refuse it at once.
///
/// # Errors
/// [`OutboundError::BadUrl`] with the reason.
pub fn check_form(url: &str) -> Result<(), OutboundError> {
    let url = url::Url::parse(url).map_err(|_| OutboundError::BadUrl("it is not a complete URL"))?;
    match url.scheme() {
        "https" | "http" if !url.username().is_empty() || url.password().is_some() => {
            Err(OutboundError::BadUrl("it holds a user name or password, which would end up in logs"))
        }
        "https" | "http" => Ok(()),
        _ => Err(OutboundError::BadUrl("it is neither https nor http")),
    }
}

/// Whole seconds only; the form with a date would need a clock, and few send it.
fn retry_after(response: &Response<Body>) -> Option<Duration> {
    response.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Looks names up, and passes on only addresses that may be connected to.
#[derive(Debug)]
struct Guard<L> {
    reach: Reach,
    lookup: L,
}

impl<L: Resolver> Resolver for Guard<L> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let found = self.lookup.resolve(uri, config, timeout)?;
        // One internal address among public ones is refused too: which of them is used would be chance.
        let is_encrypted = uri.scheme_str() == Some("https");
        found
            .iter()
            .try_for_each(|to| self.check(host, to.ip(), is_encrypted))
            .map_err(|e| ureq::Error::Other(Box::new(e)))?;
        Ok(found)
    }
}

impl<L> Guard<L> {
    fn check(&self, host: &str, address: IpAddr, is_encrypted: bool) -> Result<(), OutboundError> {
        if !self.reach.permits(host, address) {
            return Err(OutboundError::InternalAddress { host: host.to_owned(), address });
        }
        if !is_encrypted && !self.reach.is_named(host, address) {
            return Err(OutboundError::NotEncrypted { host: host.to_owned() });
        }
        Ok(())
    }
}

fn explain(error: ureq::Error) -> OutboundError {
    use ureq::Error;
    match error {
        Error::Other(inner) => match inner.downcast::<OutboundError>() {
            Ok(ours) => *ours,
            Err(theirs) => OutboundError::Connection(theirs.to_string()),
        },
        Error::BadUri(_) => OutboundError::BadUrl("it is not a complete URL"),
        Error::Http(_) => OutboundError::BadHeader,
        Error::HostNotFound => OutboundError::HostNotFound,
        Error::Timeout(_) => OutboundError::TimedOut,
        Error::Tls(why) => OutboundError::Tls(why.to_owned()),
        Error::Rustls(why) => OutboundError::Tls(why.to_string()),
        Error::TlsRequired => OutboundError::Tls("the other side does not speak it".to_owned()),
        Error::Io(io) if io.kind() == std::io::ErrorKind::TimedOut => OutboundError::TimedOut,
        // What is wrong with a certificate or a handshake comes wrapped in this kind, which no socket gives.
        Error::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => OutboundError::Tls(io.to_string()),
        Error::Io(io) if names_nothing(&io) => OutboundError::HostNotFound,
        // Not our own enum, and it may grow: whatever else there is went wrong on the line.
        other => OutboundError::Connection(other.to_string()),
    }
}

/// The standard library has no kind of its own for a failed lookup.
fn names_nothing(error: &std::io::Error) -> bool {
    error.raw_os_error().is_none() && error.to_string().starts_with("failed to lookup address information")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, channel};

    /// Answers each connection with the same bytes, and passes on what it was sent.
    struct Server {
        address: SocketAddr,
        heard: Receiver<String>,
    }

    impl Server {
        fn answering(answer: &'static str) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let (say, heard) = channel();
            std::thread::spawn(move || {
                for mut stream in listener.incoming().map_while(Result::ok) {
                    if say.send(read_request(&mut stream)).is_err() || stream.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
            Self { address, heard }
        }

        fn url(&self) -> String {
            format!("http://{}/orders", self.address)
        }

        fn heard_nothing(&self) -> bool {
            self.heard.try_recv().is_err()
        }
    }

    fn read_request(stream: &mut TcpStream) -> String {
        let mut request = Vec::new();
        let mut chunk = [0; 1024];
        let ends = |request: &[u8]| request.ends_with(b"end") || request.first().is_some_and(|b| *b != b'P');
        while !ends(&request) {
            match stream.read(&mut chunk) {
                Ok(0) | Err(_) => break,
                Ok(n) => request.extend_from_slice(&chunk[..n]),
            }
        }
        String::from_utf8_lossy(&request).into_owned()
    }

    fn settings(exceptions: &[&str]) -> OutboundSettings {
        let reach = Reach::with(exceptions.iter().map(|e| e.parse().unwrap()).collect());
        OutboundSettings { timeout: Duration::from_secs(5), longest_reply: 16, reach }
    }

    fn post(exceptions: &[&str], url: &str) -> Result<Reply, OutboundError> {
        Outbound::new(settings(exceptions)).post(url, &[("webhook-id", "msg_1")], b"the end")
    }

    #[test]
    fn an_allowed_target_is_called_and_its_answer_bounded() {
        let server = Server::answering(
            "HTTP/1.1 503 Busy\r\nretry-after: 120\r\ncontent-length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz",
        );
        let reply = post(&["127.0.0.0/8"], &server.url()).unwrap();
        assert_eq!(reply.status, 503);
        assert!(!reply.is_success());
        assert_eq!(reply.retry_after, Some(Duration::from_secs(120)));
        assert_eq!(reply.body_prefix, b"abcdefghijklmnop");
        let heard = server.heard.recv().unwrap();
        assert!(heard.starts_with("POST /orders HTTP/1.1\r\n"), "{heard}");
        assert!(heard.contains("webhook-id: msg_1\r\n") && heard.contains("user-agent: Tenure/"), "{heard}");
        assert!(heard.ends_with("\r\n\r\nthe end"), "{heard}");
    }

    #[test]
    fn an_internal_address_is_refused_before_a_byte_is_sent() {
        let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        let port = server.address.port();
        for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0"] {
            for scheme in ["http", "https"] {
                let refused = post(&["10.0.0.0/8"], &format!("{scheme}://{host}:{port}/")).unwrap_err();
                assert!(matches!(refused, OutboundError::InternalAddress { .. }), "{scheme} {host}: {refused}");
            }
        }
        assert!(server.heard_nothing());
    }

    #[test]
    fn plain_http_needs_an_exception_even_to_the_public_internet() {
        let refused = post(&[], "http://1.1.1.1/").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "1.1.1.1 would be called without encryption; use https, or have the operator allow it"
        );
    }

    #[test]
    fn a_redirect_is_an_answer_and_not_followed() {
        let inside = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        for status in ["301 Moved", "303 See Other", "307 Temporary", "308 Permanent"] {
            let answer = format!("HTTP/1.1 {status}\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", inside.url());
            let reply = post(&["127.0.0.1"], &Server::answering(answer.leak()).url()).unwrap();
            assert_eq!(reply.status.to_string(), status[..3]);
        }
        assert!(inside.heard_nothing());
    }

    /// Each lookup gives the next address: what a rebinding name server does.
    #[derive(Debug)]
    struct Rebinding(Mutex<Vec<SocketAddr>>);

    impl Resolver for Rebinding {
        fn resolve(
            &self,
            _: &Uri,
            _: &ureq::config::Config,
            _: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, ureq::Error> {
            let mut found = self.empty();
            found.push(self.0.lock().unwrap().pop().unwrap());
            Ok(found)
        }
    }

    #[test]
    fn a_name_that_leads_inside_the_second_time_gains_nothing() {
        let server = Server::answering("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        let allowed = Server::answering("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        let elsewhere = SocketAddr::new("127.0.0.2".parse().unwrap(), server.address.port());
        let lookup = Rebinding(Mutex::new(vec![elsewhere, allowed.address]));
        let outbound = Outbound::with_lookup(settings(&["127.0.0.1"]), lookup);
        assert!(outbound.post("http://rebind.example/", &[], b"the end").unwrap().is_success());
        let refused = outbound.post("http://rebind.example/", &[], b"the end").unwrap_err();
        let expected = "rebind.example leads to the internal address 127.0.0.2, which the operator has not allowed";
        assert_eq!(refused.to_string(), expected);
    }

    #[test]
    fn a_silent_target_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let brief = OutboundSettings { timeout: Duration::from_millis(100), ..settings(&["127.0.0.1"]) };
        let url = format!("http://{}/", listener.local_addr().unwrap());
        assert!(matches!(Outbound::new(brief).post(&url, &[], b""), Err(OutboundError::TimedOut)));
    }

    #[test]
    fn what_goes_wrong_is_named() {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let nobody = post(&["127.0.0.1"], &format!("http://{closed}/")).unwrap_err();
        assert!(matches!(nobody, OutboundError::Connection(_)), "{nobody}");
        let plain = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        let no_tls = post(&["127.0.0.1"], &plain.url().replace("http:", "https:")).unwrap_err();
        assert!(matches!(no_tls, OutboundError::Tls(_)), "{no_tls}");
        for (url, why) in [
            ("orders", "not a complete URL"),
            ("ftp://a.cn/", "neither https nor http"),
            ("file:///etc/passwd", "neither https nor http"),
            ("https://user:pass@a.cn/", "user name or password"),
        ] {
            assert!(post(&[], url).unwrap_err().to_string().contains(why), "{url}");
        }
        let outbound = Outbound::new(settings(&["127.0.0.1"]));
        let split = outbound.post(&plain.url(), &[("webhook-id", "a\r\nx: y")], b"").unwrap_err();
        assert!(matches!(split, OutboundError::BadHeader), "{split}");
    }
}

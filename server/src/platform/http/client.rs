//! Who is at the other end of a request: the address of the connection or, behind proxies that the operator trusts, the
//! one that they forwarded.
//!
//! What always holds: a header that anybody can write never chooses who is counted. Each proxy adds whom it heard from at
//! the right end of the list, so the list is read from the right for as long as whoever added the next entry is trusted.
//! The first that is not is the client, and what stands left of it is only what the client says.

use crate::platform::network::Network;
use actix_web::HttpRequest;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

/// The header in which the proxies name the client. One, not whichever is there: a proxy that sets the one often passes
/// the other on as the client wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For: client, proxy`, as nearly every proxy has it.
    XForwardedFor,
    /// `Forwarded: for=client, for=proxy`, RFC 7239.
    Forwarded,
}

impl FromStr for ForwardedHeader {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.to_ascii_lowercase().as_str() {
            "x-forwarded-for" => Ok(Self::XForwardedFor),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err(()),
        }
    }
}

impl ForwardedHeader {
    fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }

    /// The address that one entry of the list names; none for `unknown`, a made-up name, or nonsense.
    fn address(self, entry: &str) -> Option<IpAddr> {
        match self {
            Self::XForwardedFor => address(entry.trim()),
            Self::Forwarded => entry.split(';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                let node = value.trim().trim_matches('"');
                name.trim().eq_ignore_ascii_case("for").then(|| address(node)).flatten()
            }),
        }
    }
}

/// The proxies in front of the server.
#[derive(Clone, Debug)]
pub struct Proxies {
    /// Where they are.
    pub trusted: Vec<Network>,
    /// Where they name the client.
    pub header: ForwardedHeader,
}

impl Proxies {
    /// The client of a request.
    pub fn client_of(&self, request: &HttpRequest) -> IpAddr {
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
        let lines: Vec<&str> =
            request.headers().get_all(self.header.name()).map(|line| line.to_str().unwrap_or_default()).collect();
        self.client(peer, &lines)
    }

    /// Whoever connected, as long as it is trusted replaced by whom it names. Commas are looked for from the right also
    /// where a quotation mark would hide one: a client may leave a quotation open, and what the proxy added after it counts.
    fn client(&self, peer: IpAddr, lines: &[&str]) -> IpAddr {
        let mut client = peer.to_canonical();
        for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !self.trusted.iter().any(|network| network.contains(client)) {
                break;
            }
            let Some(named) = self.header.address(entry) else { break };
            client = named.to_canonical();
        }
        client
    }
}

/// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:443`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: ForwardedHeader, peer: &str, lines: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8", "127.0.0.1"].map(|network| network.parse().unwrap()).to_vec();
        Proxies { trusted, header }.client(peer.parse().unwrap(), lines).to_string()
    }

    #[test]
    fn the_rightmost_that_is_not_trusted_is_the_client() {
        let by = |peer: &str, lines: &[&str]| client(ForwardedHeader::XForwardedFor, peer, lines);
        assert_eq!(by("10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(by("10.0.0.1", &["198.51.100.1, 203.0.113.7, 10.9.9.9"]), "203.0.113.7");
        assert_eq!(by("10.0.0.1", &["198.51.100.1", "203.0.113.7:4711,10.9.9.9"]), "203.0.113.7");
        assert_eq!(by("::ffff:10.0.0.1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(by("fd00::1", &["[2001:db8::1]:443"]), "2001:db8::1");
    }

    #[test]
    fn who_is_not_trusted_names_nobody() {
        let by = |peer: &str, lines: &[&str]| client(ForwardedHeader::XForwardedFor, peer, lines);
        assert_eq!(by("203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
        assert_eq!(by("10.0.0.1", &[]), "10.0.0.1");
        for odd in ["", "unknown", "_hidden", "198.51.100.1, not an address", "198.51.100.1,"] {
            assert_eq!(by("10.0.0.1", &[odd]), "10.0.0.1", "{odd}");
        }
        assert_eq!(by("10.0.0.1", &["10.0.0.2, 10.0.0.3"]), "10.0.0.2", "a client inside");
    }

    #[test]
    fn the_standard_header_is_read_alike_and_an_open_quotation_hides_nothing() {
        let by = |lines: &[&str]| client(ForwardedHeader::Forwarded, "10.0.0.1", lines);
        assert_eq!(by(&["for=203.0.113.7;proto=https;by=10.0.0.1"]), "203.0.113.7");
        assert_eq!(by(&[r#"For="[2001:db8::1]:4711", proto=http;for=10.1.1.1"#]), "2001:db8::1");
        assert_eq!(by(&[r#"for="198.51.100.1, for=203.0.113.7"#]), "203.0.113.7");
        assert_eq!(by(&["for=unknown"]), "10.0.0.1");
        assert_eq!(by(&["proto=https"]), "10.0.0.1");
    }
}

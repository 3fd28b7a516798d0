//! Which addresses a call may reach: pure, no lookups.
//!
//! A tenant writes the addresses that we call. Without this, it could have the server ask its own database, the cloud's
//! metadata service or a neighbour's intranet, from inside. So only globally routed addresses are open; all else needs
//! an exception by whoever operates the platform.

use crate::platform::network::Network;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An internal target that the operator allows: a host name, or a network.
///
/// ```
/// use tenure::platform::outbound::Exception;
/// for good in ["10.2.0.0/16", "127.0.0.1", "fd00:12::/32", "mail-archive.intra"] {
///     assert_eq!(good.parse::<Exception>().unwrap().to_string(), good);
/// }
/// assert!("10.2.0.0/33".parse::<Exception>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exception {
    /// This host name, wherever it leads, by plain http too. Only exactly this name.
    Host(String),
    /// These addresses, by whatever name, by plain http too.
    Network(Network),
}

/// What was written is neither a host name nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no host name, address or network; write one such as archive.intra, 10.2.3.4 or 10.2.0.0/16")]
pub struct NotAnException(String);

impl FromStr for Exception {
    type Err = NotAnException;

    fn from_str(text: &str) -> Result<Self, NotAnException> {
        let refused = || NotAnException(text.to_owned());
        if let Ok(network) = text.parse() {
            return Ok(Self::Network(network));
        }
        match url::Host::parse(text) {
            Ok(url::Host::Domain(name)) if !name.is_empty() => Ok(Self::Host(name)),
            Ok(_) | Err(_) => Err(refused()),
        }
    }
}

impl std::fmt::Display for Exception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Host(name) => f.write_str(name),
            Self::Network(network) => write!(f, "{network}"),
        }
    }
}

/// All exceptions together.
#[derive(Clone, Debug, Default)]
pub struct Reach(Vec<Exception>);

impl Reach {
    /// Only globally routed addresses, and these.
    pub fn with(exceptions: Vec<Exception>) -> Self {
        Self(exceptions)
    }

    /// The operator named this target: it may be internal, and plain http.
    pub fn is_named(&self, host: &str, address: IpAddr) -> bool {
        self.0.iter().any(|exception| match exception {
            Exception::Host(name) => name.eq_ignore_ascii_case(host),
            Exception::Network(network) => network.contains(address),
        })
    }

    /// A call may connect to this address.
    pub fn permits(&self, host: &str, address: IpAddr) -> bool {
        is_global(address) || self.is_named(host, address)
    }
}

/// Routed on the public internet, by the IANA special-purpose registries. An IPv6 address that carries an IPv4 address
/// is judged by what it carries.
pub fn is_global(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_global_v4(v4),
        IpAddr::V6(v6) => match nat64(v6) {
            Some(v4) => is_global_v4(v4),
            None => is_global_v6(v6),
        },
    }
}

fn is_global_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local() // 169.254.169.254, the metadata service of most clouds, is one
        || v4.is_documentation()
        || v4.is_multicast()
        || a == 0 // "this network": 0.0.0.0 reaches the machine itself
        || a >= 240 // reserved, and broadcast
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT; 100.100.100.200 is Alibaba Cloud's metadata service
        || (a == 192 && b == 0 && c == 0) // protocol assignments
        || (a == 192 && b == 88 && c == 99) // 6to4 relays
        || (a == 198 && (b & 0xfe) == 18); // benchmarks
    !special
}

/// Of all IPv6 only 2000::/3 is given out; within it, tunnels and documentation are special.
fn is_global_v6(v6: Ipv6Addr) -> bool {
    let [a, b, ..] = v6.segments();
    // Of 2001::/16: protocol assignments (Teredo among them) below 0200, and documentation.
    let special = (a == 0x2001 && (b < 0x0200 || b == 0x0db8))
        || a == 0x2002 // 6to4: an IPv4 address in disguise
        || (a == 0x3fff && b < 0x1000); // documentation
    (0x2000..0x4000).contains(&a) && !special
}

/// RFC 6052: the IPv4 address behind a NAT64 gateway's well-known prefix.
fn nat64(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = v6.to_bits();
    (bits >> 32 == 0x0064_ff9b_u128 << 64).then(|| Ipv4Addr::from_bits(bits as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_globally_routed_addresses_are_open() {
        for open in ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "223.5.5.5"]
            .iter()
            .chain(&["2400:3200::1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
        {
            assert!(is_global(ip(open)), "{open}");
        }
    }

    #[test]
    fn internal_addresses_are_shut_in_every_disguise() {
        for (what, shut) in [
            ("this machine", "127.0.0.1"),
            ("this machine", "127.255.0.1"),
            ("this machine", "0.0.0.0"),
            ("private", "10.0.0.1"),
            ("private", "172.16.0.1"),
            ("private", "172.31.255.255"),
            ("private", "192.168.1.1"),
            ("metadata", "169.254.169.254"),
            ("metadata, Alibaba Cloud", "100.100.100.200"),
            ("carrier-grade NAT", "100.64.0.0"),
            ("protocol", "192.0.0.1"),
            ("documentation", "203.0.113.7"),
            ("benchmark", "198.19.0.1"),
            ("multicast", "224.0.0.1"),
            ("reserved", "240.0.0.1"),
            ("broadcast", "255.255.255.255"),
            ("this machine", "::1"),
            ("unspecified", "::"),
            ("unique local", "fd00::1"),
            ("metadata, EC2 over IPv6", "fd00:ec2::254"),
            ("link-local", "fe80::1"),
            ("site-local", "fec0::1"),
            ("multicast", "ff02::1"),
            ("documentation", "2001:db8::1"),
            ("Teredo", "2001:0:7f00:1::"),
            ("6to4 of 127.0.0.1", "2002:7f00:1::"),
            ("discard", "100::1"),
            ("v4-mapped", "::ffff:127.0.0.1"),
            ("v4-mapped", "::ffff:169.254.169.254"),
            ("v4-compatible", "::127.0.0.1"),
            ("NAT64 of 10.0.0.1", "64:ff9b::a00:1"),
            ("local NAT64", "64:ff9b:1::1"),
        ] {
            assert!(!is_global(ip(shut)), "{what} {shut}");
            assert!(!Reach::default().permits("example.com", ip(shut)), "{what} {shut}");
        }
    }

    #[test]
    fn an_exception_opens_what_it_names_and_no_more() {
        let reach =
            Reach::with(["10.2.0.0/16", "127.0.0.1", "fd00::/8", "Archive.intra"].map(|e| e.parse().unwrap()).into());
        for (host, address, open) in [
            ("a.cn", "10.2.255.1", true),
            ("a.cn", "10.3.0.1", false),
            ("a.cn", "127.0.0.1", true),
            ("a.cn", "127.0.0.2", false),
            ("a.cn", "::ffff:127.0.0.1", true),
            ("a.cn", "fd12::1", true),
            ("a.cn", "fe80::1", false),
            ("archive.intra", "192.168.0.9", true),
            ("ARCHIVE.INTRA", "192.168.0.9", true),
            ("evil.archive.intra", "192.168.0.9", false),
        ] {
            assert_eq!(reach.permits(host, ip(address)), open, "{host} {address}");
        }
        assert!(!reach.is_named("a.cn", ip("1.1.1.1")), "public is permitted, but not for plain http");
    }

    #[test]
    fn slips_in_an_exception_are_refused() {
        for slip in
            ["", "10.2.3.4/16", "10.0.0.0/33", "10.0.0.0/", "fd00::/129", "a/8", "a b", "http://a.cn", "10.0.0.0/-1"]
        {
            assert!(slip.parse::<Exception>().is_err(), "{slip}");
        }
        assert_eq!("0.0.0.0/0".parse::<Exception>().unwrap().to_string(), "0.0.0.0/0");
    }

    proptest! {
        #[test]
        fn a_mapped_address_is_judged_as_what_it_carries(v4: u32) {
            let v4 = Ipv4Addr::from_bits(v4);
            prop_assert_eq!(is_global(v4.to_ipv6_mapped().into()), is_global(v4.into()));
        }
    }
}

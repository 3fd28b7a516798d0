//! Networks in CIDR notation, as operators write them in settings: an address, and how many of its leading bits count.

use std::net::IpAddr;
use std::str::FromStr;

/// Addresses that begin with the same bits.
///
/// ```
/// use tenure::platform::network::Network;
/// let office: Network = "10.2.0.0/16".parse().unwrap();
/// assert!(office.contains("10.2.3.4".parse().unwrap()));
/// assert!(!office.contains("10.3.0.1".parse().unwrap()));
/// // 10.2.3.4/16 is a slip: did they mean the address or the network?
/// assert!("10.2.3.4/16".parse::<Network>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

/// What was written is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address or network; write one such as 10.2.3.4 or 10.2.0.0/16")]
pub struct NotANetwork(String);

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let refused = || NotANetwork(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let base: IpAddr = address.parse().map_err(|_| refused())?;
        let width = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(width), str::parse).map_err(|_| refused())?;
        if bits <= width && significant(base, bits) == number(base) { Ok(Self { base, bits }) } else { Err(refused()) }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { base, bits } = self;
        let is_one_address = *bits == if base.is_ipv4() { 32 } else { 128 };
        if is_one_address { write!(f, "{base}") } else { write!(f, "{base}/{bits}") }
    }
}

impl Network {
    /// Whether an address lies in it. An IPv4 address in IPv6 clothes is the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.base.is_ipv4() == address.is_ipv4() && significant(self.base, self.bits) == significant(address, self.bits)
    }
}

/// The address as a number whose first bit is the highest, for both families.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()) << 96,
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn significant(address: IpAddr, bits: u8) -> u128 {
    let insignificant = u128::MAX.checked_shr(bits.into()).unwrap_or(0);
    number(address) & !insignificant
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::Ipv6Addr;

    proptest! {
        #[test]
        fn a_network_holds_its_own_first_address(v6: u128, bits in 0_u8..=128) {
            let address = IpAddr::from(Ipv6Addr::from_bits(v6));
            let base = IpAddr::from(Ipv6Addr::from_bits(significant(address, bits)));
            let network: Network = format!("{base}/{bits}").parse().unwrap();
            prop_assert!(network.contains(base) && network.contains(address));
            prop_assert_eq!(network.to_string().parse(), Ok(network));
        }
    }
}

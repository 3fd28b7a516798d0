//! 32 uniformly random bytes from which the working keys are derived, and never used as they are.

use super::KeyringError;
use hkdf::Hkdf;
use rand::TryRng;
use rand::rngs::SysRng;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Length of every root key, in bytes.
pub(super) const ROOT_BYTES: usize = 32;

/// What a derived key is for. Two uses never share a key, even under one root.
#[derive(Clone, Copy)]
pub(super) enum Use {
    /// Wrapping the keys of the layer below.
    WrapKeys,
    /// Sealing payloads about a subject.
    SealPayloads,
    /// Sealing secrets: of webhooks, connectors, signing keys.
    SealSecrets,
    /// The keyed hash of searchable identifiers.
    IndexIdentifiers,
    /// A public name for the root that gives nothing away.
    Fingerprint,
}

impl Use {
    /// The HKDF info label. Part of the stored format: never change one.
    fn label(self) -> &'static [u8] {
        match self {
            Self::WrapKeys => b"tenure/1 wrap keys",
            Self::SealPayloads => b"tenure/1 seal payloads",
            Self::SealSecrets => b"tenure/1 seal secrets",
            Self::IndexIdentifiers => b"tenure/1 index identifiers",
            Self::Fingerprint => b"tenure/1 fingerprint",
        }
    }
}

/// A root key. Wiped on drop; cannot be cloned, compared or printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Root([u8; ROOT_BYTES]);

impl Root {
    /// A fresh one from the operating system.
    pub fn generate() -> Result<Self, KeyringError> {
        let mut root = Self([0; ROOT_BYTES]);
        fill_random(&mut root.0)?;
        Ok(root)
    }

    pub fn from_bytes(bytes: &[u8; ROOT_BYTES]) -> Self {
        Self(*bytes)
    }

    /// The bytes, for wrapping and for the master key's file.
    pub fn expose(&self) -> &[u8; ROOT_BYTES] {
        &self.0
    }

    /// The key of `N` bytes for one use and one algorithm (RFC 5869, SHA-256, no salt: the root is already uniform).
    pub fn derive<const N: usize>(&self, for_use: Use, algorithm: &str) -> Zeroizing<[u8; N]> {
        const { assert!(N <= ROOT_BYTES, "a derived key cannot be stronger than its root") };
        let mut key = Zeroizing::new([0; N]);
        Hkdf::<Sha256>::new(None, &self.0)
            .expand_multi_info(&[for_use.label(), b" ", algorithm.as_bytes()], key.as_mut_slice())
            .unwrap_or_else(|_| unreachable!("HKDF-SHA-256 gives up to 8,160 bytes"));
        key
    }
}

/// Fills `bytes` from the operating system's generator.
pub(super) fn fill_random(bytes: &mut [u8]) -> Result<(), KeyringError> {
    SysRng.try_fill_bytes(bytes).map_err(KeyringError::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels are part of the stored format: if this fails, nothing that was sealed before can be opened.
    #[test]
    fn derived_keys_stay_the_same_for_ever() {
        let root = Root::from_bytes(&[7; 32]);
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let aes = root.derive::<32>(Use::SealPayloads, "aes-256-gcm");
        let sm4 = root.derive::<16>(Use::SealPayloads, "sm4-gcm");
        assert_eq!(hex(aes.as_slice()), "9675a3563e618774622ea30dde2c07a5613c093da7e5301b7d9bd7284d5043a6");
        assert_eq!(hex(sm4.as_slice()), "387d0ec4b51a33bd538d2e61bef62cef");
    }

    #[test]
    fn every_use_and_algorithm_has_its_own_key() {
        let root = Root::from_bytes(&[7; 32]);
        let uses = [Use::WrapKeys, Use::SealPayloads, Use::SealSecrets, Use::IndexIdentifiers, Use::Fingerprint];
        let mut keys: Vec<_> =
            uses.iter().flat_map(|u| ["aes-256-gcm", "sm4-gcm"].map(|a| *root.derive::<16>(*u, a))).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 10);
    }

    /// RFC 5869 A.3: the same construction, no salt and no info.
    #[test]
    fn hkdf_agrees_with_its_rfc() {
        let mut okm = [0; 8];
        Hkdf::<Sha256>::new(None, &[0x0b; 22]).expand(&[], &mut okm).unwrap();
        assert_eq!(okm, [0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63, 0xc1, 0x8f]);
    }
}

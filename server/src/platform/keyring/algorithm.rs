//! The two authenticated ciphers a tenant may choose from (gbt35273-6.3-a-n), and the one place that calls them.

use super::KeyringError;
use super::root::{Root, Use};
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, AesGcm, KeyInit};

/// Bytes of the nonce of both algorithms.
pub(super) const NONCE_BYTES: usize = 12;
/// Bytes of the authentication tag of both algorithms.
pub(super) const TAG_BYTES: usize = 16;

/// GCM over SM4 (GB/T 32907), as in RFC 8998. `AesGcm` is generic over any block cipher of 16-byte blocks.
type Sm4Gcm = AesGcm<sm4::Sm4, U12, U16>;

/// An authenticated cipher. Recorded in every ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// AES with a 256-bit key in Galois/counter mode. The default.
    Aes256Gcm,
    /// SM4, the Chinese national block cipher, in Galois/counter mode: for tenants bound to the national algorithms.
    Sm4Gcm,
}

impl Algorithm {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::Aes256Gcm, Self::Sm4Gcm];

    /// Its name in settings, tables and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aes256Gcm => "aes-256-gcm",
            Self::Sm4Gcm => "sm4-gcm",
        }
    }

    /// Its number in a ciphertext's header.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Aes256Gcm => 1,
            Self::Sm4Gcm => 2,
        }
    }

    pub(super) fn of_number(number: u8) -> Result<Self, KeyringError> {
        Self::ALL.into_iter().find(|a| a.number() == number).ok_or(KeyringError::UnknownAlgorithm(number))
    }

    /// Encrypts `text` in place and returns the tag, under the key that `root` has for this use.
    pub(super) fn encrypt(
        self,
        (root, for_use): (&Root, Use),
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        text: &mut [u8],
    ) -> Result<[u8; TAG_BYTES], KeyringError> {
        let text = InOutBuf::from(text);
        let tag = match self {
            Self::Aes256Gcm => aes(root, for_use).encrypt_inout_detached(nonce.into(), aad, text),
            Self::Sm4Gcm => sm4(root, for_use).encrypt_inout_detached(nonce.into(), aad, text),
        };
        tag.map(Into::into).map_err(|_| KeyringError::TooLarge)
    }

    /// Authenticates and decrypts `text` in place; leaves it encrypted where it does not authenticate.
    pub(super) fn decrypt(
        self,
        (root, for_use): (&Root, Use),
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        text: &mut [u8],
        tag: &[u8; TAG_BYTES],
    ) -> Result<(), KeyringError> {
        let text = InOutBuf::from(text);
        let opened = match self {
            Self::Aes256Gcm => aes(root, for_use).decrypt_inout_detached(nonce.into(), aad, text, tag.into()),
            Self::Sm4Gcm => sm4(root, for_use).decrypt_inout_detached(nonce.into(), aad, text, tag.into()),
        };
        opened.map_err(|_| KeyringError::DoesNotOpen)
    }
}

fn aes(root: &Root, for_use: Use) -> aes_gcm::Aes256Gcm {
    KeyInit::new((&*root.derive::<32>(for_use, Algorithm::Aes256Gcm.as_str())).into())
}

fn sm4(root: &Root, for_use: Use) -> Sm4Gcm {
    KeyInit::new((&*root.derive::<16>(for_use, Algorithm::Sm4Gcm.as_str())).into())
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Algorithm {
    type Err = KeyringError;

    fn from_str(name: &str) -> Result<Self, KeyringError> {
        Self::ALL
            .into_iter()
            .find(|a| a.as_str() == name)
            .ok_or_else(|| KeyringError::UnknownAlgorithmName(name.to_owned()))
    }
}

impl serde::Serialize for Algorithm {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Algorithm {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let hex: String = hex.split_whitespace().collect();
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
    }

    /// `[key, nonce, associated data, plaintext, ciphertext, tag]`
    fn agrees<C: KeyInit + AeadInOut<NonceSize = U12, TagSize = U16>>(vector: [&str; 6]) {
        let [key, nonce, aad, plain, sealed, tag] = vector.map(bytes);
        let cipher = C::new_from_slice(&key).unwrap();
        let nonce: &[u8; 12] = nonce.as_slice().try_into().unwrap();
        let mut text = plain.clone();
        let found = cipher.encrypt_inout_detached(nonce.into(), &aad, text.as_mut_slice().into()).unwrap();
        assert_eq!(text, sealed);
        assert_eq!(found.as_slice(), tag);
        cipher.decrypt_inout_detached(nonce.into(), &aad, text.as_mut_slice().into(), &found).unwrap();
        assert_eq!(text, plain);
    }

    /// NIST's vectors: two of `gcmEncryptExtIV256.rsp`, and test case 16 of the GCM submission (with associated data).
    #[test]
    fn aes_256_gcm_agrees_with_nist() {
        agrees::<aes_gcm::Aes256Gcm>([
            "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
            "516c33929df5a3284ff463d7",
            "",
            "",
            "",
            "bdc1ac884d332457a1d2664f168c76f0",
        ]);
        agrees::<aes_gcm::Aes256Gcm>([
            "feffe9928665731c6d6a8f9467308308 feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72
             1c3c0c95956809532fcf0e2449a6b525 b16aedf5aa0de657ba637b39",
            "522dc1f099567d07f47f37a32a84427d 643a8cdcbfe5c0c97598a2bd2555d1aa
             8cb08e48590dbb3da7b08b1056828838 c5f61e6393ba7a0abcc9f662",
            "76fc6ece0f4e1768cddf8853bb2d551b",
        ]);
    }

    /// RFC 8998, appendix A.1.
    #[test]
    fn sm4_gcm_agrees_with_its_rfc() {
        agrees::<Sm4Gcm>([
            "0123456789abcdeffedcba9876543210",
            "00001234567800000000abcd",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb ccccccccccccccccdddddddddddddddd
             eeeeeeeeeeeeeeeeffffffffffffffff eeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
            "17f399f08c67d5ee19d0dc9969c4bb7d 5fd46fd3756489069157b282bb200735
             d82710ca5c22f0ccfa7cbf93d496ac15 a56834cbcf98c397b4024a2691233b8d",
            "83de3541e4c2b58177e065a9bf7b62ec",
        ]);
    }

    #[test]
    fn names_and_numbers_come_back() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.as_str().parse::<Algorithm>().unwrap(), algorithm);
            assert_eq!(Algorithm::of_number(algorithm.number()).unwrap(), algorithm);
            let json = serde_json::to_string(&algorithm).unwrap();
            assert_eq!(serde_json::from_str::<Algorithm>(&json).unwrap(), algorithm);
        }
        let unknown = "des".parse::<Algorithm>().unwrap_err();
        assert_eq!(unknown.to_string(), "algorithm \"des\" is not known; use aes-256-gcm or sm4-gcm");
        assert!(matches!(Algorithm::of_number(0), Err(KeyringError::UnknownAlgorithm(0))));
    }
}

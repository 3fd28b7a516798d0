//! Secrets that people and machines carry: random, shown once, stored as SHA-256 and nothing else.
//!
//! A plain hash is enough here and only here: 32 random bytes cannot be guessed, so there is nothing for a slow hash to
//! slow down. Passwords are another matter, see `password.rs`.

use crate::platform::db::{StoreError, Stored};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::SysRng;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const RANDOM_BYTES: usize = 32;
/// 32 bytes in base64url.
const RANDOM_CHARS: usize = 43;
/// What every API key begins with, so that scanners for leaked secrets and our own code can tell one at a glance.
const API_KEY_MARK: &str = "tk_";
/// Hex digits of an API key that are kept in the clear, for people to tell their keys apart.
const API_KEY_PREFIX_CHARS: usize = 8;

/// A secret as text, on its way in or out. Wiped on drop; shown by no `Debug`, written by no `Serialize`.
#[derive(Clone, utoipa::ToSchema)]
#[schema(value_type = String, format = Password)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Text that came in otherwise than by JSON.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, for the one place that hands it to its owner or checks it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What is stored of a token, and looked for.
pub(super) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A fresh one-time or refresh token.
pub(super) fn new_token() -> Stored<Secret> {
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(random::<RANDOM_BYTES>()?.as_slice())))
}

/// Whether the text has the form of a token at all, before anybody asks the database for it.
pub(super) fn is_token(text: &str) -> bool {
    text.len() == RANDOM_CHARS && text.bytes().all(is_base64url)
}

/// An API key on its way to whoever asked for it: `tk_<prefix>_<secret>`.
pub struct ApiToken {
    text: Secret,
}

impl ApiToken {
    pub(super) fn generate() -> Stored<Self> {
        let prefix: String =
            random::<{ API_KEY_PREFIX_CHARS / 2 }>()?.iter().map(|byte| format!("{byte:02x}")).collect();
        let secret = new_token()?;
        Ok(Self { text: Secret::new(format!("{API_KEY_MARK}{prefix}_{}", secret.expose())) })
    }

    /// Takes a bearer's text for a key; `None` when it cannot be one.
    pub(super) fn parse(bearer: &str) -> Option<Self> {
        let (prefix, secret) = bearer.strip_prefix(API_KEY_MARK)?.split_at_checked(API_KEY_PREFIX_CHARS)?;
        let is_key = prefix.bytes().all(|b| b.is_ascii_hexdigit()) && is_token(secret.strip_prefix('_')?);
        is_key.then(|| Self { text: Secret::new(bearer) })
    }

    /// Whether a bearer is an API key rather than an access token.
    pub(super) fn is_meant(bearer: &str) -> bool {
        bearer.starts_with(API_KEY_MARK)
    }

    pub(super) fn prefix(&self) -> &str {
        self.text.expose().get(API_KEY_MARK.len()..API_KEY_MARK.len() + API_KEY_PREFIX_CHARS).unwrap_or_default()
    }

    pub(super) fn hash(&self) -> Vec<u8> {
        hash(self.text.expose())
    }

    /// The key itself. It is nowhere else: whoever does not keep it now needs a new one.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }
}

impl std::fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiToken({})", self.prefix())
    }
}

/// Bytes from the operating system's generator.
pub(super) fn random<const N: usize>() -> Stored<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    SysRng.try_fill_bytes(bytes.as_mut_slice()).map_err(|e| StoreError::Keyring(e.to_string()))?;
    Ok(bytes)
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_from_its_text() {
        let made = ApiToken::generate().unwrap();
        let read = ApiToken::parse(made.expose()).unwrap();
        assert!(ApiToken::is_meant(made.expose()));
        assert_eq!((read.prefix(), read.hash()), (made.prefix(), made.hash()));
        assert_eq!(made.expose().len(), 3 + 8 + 1 + 43);
    }

    #[test]
    fn what_is_no_key_is_not_looked_for() {
        let key = ApiToken::generate().unwrap();
        let long = format!("{}A", key.expose());
        for text in ["", "tk_", "tk_short", "tk_钥钥钥钥", "bearer", long.as_str(), &key.expose()[..54]] {
            assert!(ApiToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn nothing_that_is_printed_holds_the_secret() {
        let key = ApiToken::generate().unwrap();
        assert!(!format!("{key:?}").contains(&key.expose()[12..]));
        assert_eq!(format!("{:?}", Secret::new("修改密码")), "Secret(..)");
    }
}

//! The keys that sign access tokens: published before they sign, and until the last token they signed has expired.
//!
//! A process holds them in memory and looks again after a minute, or at once (but not more often than every few seconds)
//! when a token names a key that it does not know: another node has rotated.

use super::model::SigningKey;
use super::secret;
use super::store::keys as store;
use crate::platform::Platform;
use crate::platform::db::tx::platform_tx;
use crate::platform::db::{PlatformTx, StoreError, Stored, Ts};
use crate::platform::keyring::{Aad, Sealed};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Where private halves live. A key's name is a hash of its public half, which is checked when it is opened, so one that
/// was moved to another row is noticed.
const PRIVATE: Aad = Aad::new("signing_keys.sealed_private");
/// Between the publication of a key and its first signature: twice as long as a JWKS may be cached.
const PUBLISHED_AHEAD: Duration = Duration::from_secs(600);
/// For how long others may cache the JWKS, in seconds.
pub const JWKS_MAX_AGE: u32 = 300;
/// What clocks may differ between nodes.
const CLOCK_SKEW: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_secs(60);
const LOOK_AGAIN_FOR_UNKNOWN: Duration = Duration::from_secs(5);

/// A key that is open.
pub(super) struct OpenKey {
    pub kid: String,
    pub signs: EncodingKey,
    pub verifies: DecodingKey,
    signs_from: Ts,
    retires_at: Option<Ts>,
}

/// The keys of one look.
pub(super) struct KeySet(Vec<OpenKey>);

impl KeySet {
    /// The key that signs now: the newest whose time has come.
    pub fn signer(&self, now: Ts) -> Option<&OpenKey> {
        let mine = self.0.iter().filter(|key| key.signs_from <= now && key.is_published(now));
        mine.max_by_key(|key| key.signs_from)
    }

    /// The key of this name, while it is published.
    pub fn find(&self, kid: &str, now: Ts) -> Option<&OpenKey> {
        self.0.iter().find(|key| key.kid == kid && key.is_published(now))
    }
}

impl OpenKey {
    fn is_published(&self, now: Ts) -> bool {
        self.retires_at.is_none_or(|at| now < at)
    }
}

/// A process's view of the keys.
#[derive(Default)]
pub(super) struct SigningKeys {
    held: RwLock<Option<(Arc<KeySet>, Instant)>>,
}

impl SigningKeys {
    /// The keys, at most a minute old.
    pub fn current(&self, platform: &Platform) -> Stored<Arc<KeySet>> {
        match self.held(LOOK_AGAIN) {
            Some(held) if held.signer(platform.now()).is_some() => Ok(held),
            Some(_) | None => self.look(platform),
        }
    }

    /// The keys, looked at anew when none of those held has this name.
    pub fn knowing(&self, platform: &Platform, kid: &str) -> Stored<Arc<KeySet>> {
        let current = self.current(platform)?;
        if current.find(kid, platform.now()).is_some() || self.held(LOOK_AGAIN_FOR_UNKNOWN).is_some() {
            return Ok(current);
        }
        self.look(platform)
    }

    fn held(&self, at_most_old: Duration) -> Option<Arc<KeySet>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|(_, at)| at.elapsed() < at_most_old).map(|(keys, _)| keys.clone())
    }

    /// Reads and opens them now; the very first one is made here.
    pub fn look(&self, platform: &Platform) -> Stored<Arc<KeySet>> {
        let stored = platform_tx(platform, |p| {
            let published = store::published_signing_keys(p)?;
            let now = p.now();
            if published.iter().any(|key| key.signs_from <= now) {
                return Ok(published);
            }
            make(p, at_once(now))?;
            store::published_signing_keys(p)
        })?;
        let open = stored.into_iter().map(|key| open(platform, key)).collect::<Stored<Vec<_>>>()?;
        let keys = Arc::new(KeySet(open));
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some((keys.clone(), Instant::now()));
        Ok(keys)
    }
}

/// What became of a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The new key's name.
    pub kid: String,
    /// From when it signs.
    pub signs_from: Ts,
    /// Until when those before it are published.
    pub others_retire_at: Ts,
}

/// Makes a new signing key. It is published at once and signs in ten minutes; the others stay published until their last
/// token has expired.
///
/// # Errors
/// When the store fails or the operating system gives no random bytes.
pub fn rotate_signing_key(p: &mut PlatformTx<'_>) -> Stored<Rotation> {
    let now = p.now();
    let published = store::published_signing_keys(p)?;
    let signs_from = if published.is_empty() { at_once(now) } else { Ts(*now + PUBLISHED_AHEAD) };
    let others_retire_at = Ts(*signs_from + p.platform().config().sign_in.access_token + CLOCK_SKEW);
    store::retire_signing_keys(p, others_retire_at)?;
    let kid = make(p, signs_from)?;
    Ok(Rotation { kid, signs_from, others_retire_at })
}

/// The keys that are published, the newest last.
///
/// # Errors
/// When the store fails.
pub fn list_signing_keys(p: &mut PlatformTx<'_>) -> Stored<Vec<SigningKey>> {
    store::published_signing_keys(p)
}

/// A public key, as RFC 8037 writes it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Jwk {
    /// `OKP`.
    kty: &'static str,
    /// `Ed25519`.
    crv: &'static str,
    /// The public half, in base64url.
    x: String,
    /// Its name.
    kid: String,
    /// `sig`.
    #[serde(rename = "use")]
    purpose: &'static str,
    /// `EdDSA`.
    alg: &'static str,
}

/// The public keys (RFC 7517).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Jwks {
    /// All that are published.
    keys: Vec<Jwk>,
}

/// The public keys, for whoever checks our tokens.
pub(super) fn jwks(platform: &Platform) -> Stored<Jwks> {
    platform.sign_in().signing_keys.current(platform)?; // So that there is one.
    let published = platform_tx(platform, store::published_signing_keys)?;
    let jwk = |key: SigningKey| Jwk {
        kty: "OKP",
        crv: "Ed25519",
        x: URL_SAFE_NO_PAD.encode(key.public_key),
        kid: key.kid,
        purpose: "sig",
        alg: "EdDSA",
    };
    Ok(Jwks { keys: published.into_iter().map(jwk).collect() })
}

/// For a key without a predecessor: there is nobody to learn of it first, and a node whose clock is a little behind, or
/// a request that began a moment ago, must not find that it does not sign yet.
fn at_once(now: Ts) -> Ts {
    Ts(*now - CLOCK_SKEW)
}

fn make(p: &mut PlatformTx<'_>, signs_from: Ts) -> Stored<String> {
    let private = secret::random::<32>()?;
    let public = ed25519_dalek::SigningKey::from_bytes(&private).verifying_key().to_bytes();
    let sealed = p.platform().keys().platform().seal_secret(&PRIVATE, private.as_slice())?;
    let key = SigningKey {
        kid: name(&public),
        sealed_private: sealed.into_bytes(),
        public_key: public.to_vec(),
        created_at: p.now(),
        signs_from,
        retires_at: None,
    };
    store::add_signing_key(p, &key)?;
    Ok(key.kid)
}

fn open(platform: &Platform, key: SigningKey) -> Stored<OpenKey> {
    let private = platform.keys().platform().open_secret(&PRIVATE, &Sealed::parse(key.sealed_private)?)?;
    let private: &[u8; 32] =
        private.as_slice().try_into().map_err(|_| StoreError::Unreadable("a signing key has 32 bytes".into()))?;
    let pair = ed25519_dalek::SigningKey::from_bytes(private);
    let public = pair.verifying_key().to_bytes();
    if key.kid != name(&public) || key.public_key != public {
        return Err(StoreError::Keyring("a signing key is not the one of its row".into()));
    }
    let document = pair.to_pkcs8_der().map_err(|e| StoreError::Keyring(e.to_string()))?;
    Ok(OpenKey {
        kid: key.kid,
        signs: EncodingKey::from_ed_der(document.as_bytes()),
        verifies: DecodingKey::from_ed_der(&public),
        signs_from: key.signs_from,
        retires_at: key.retires_at,
    })
}

/// A key's name is made of its public half.
fn name(public: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(public)[..12])
}

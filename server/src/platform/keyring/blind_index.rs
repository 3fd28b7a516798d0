//! Finding without reading: a keyed hash of an identifier, which is equal when the identifier is, and says nothing else.
//!
//! Whoever copies the database cannot test guesses (there are only so many phone numbers) without the key.

use super::identifier::Identifier;
use super::root::{ROOT_BYTES, Root, Use};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What is stored and searched instead of the identifier: HMAC-SHA-256 over its kind and its normal form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlindIndex([u8; 32]);

impl BlindIndex {
    /// The bytes to store, and to look for.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlindIndex(..)")
    }
}

/// The key of one scope: the platform's for sign-in, a tenant's for its own people search.
pub struct BlindIndexKey(Zeroizing<[u8; ROOT_BYTES]>);

impl BlindIndexKey {
    pub(super) fn of(root: &Root) -> Self {
        Self(root.derive(Use::IndexIdentifiers, "hmac-sha-256"))
    }

    /// The index of an identifier, which was normalised when it was made: one person's spellings all find them.
    pub fn index(&self, identifier: &Identifier) -> BlindIndex {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        mac.update(identifier.kind().as_str().as_bytes());
        mac.update(&[0]); // no kind has a zero byte, so kind and text cannot run into each other
        mac.update(identifier.as_str().as_bytes());
        BlindIndex(mac.finalize().into_bytes().into())
    }
}

impl std::fmt::Debug for BlindIndexKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlindIndexKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::TenantId;
    use crate::platform::keyring::{Algorithm, PlatformKey, TenantKey};
    use uuid::Uuid;

    fn email(text: &str) -> Identifier {
        Identifier::email(text).unwrap()
    }

    #[test]
    fn the_spellings_of_one_identifier_find_each_other() {
        let key = BlindIndexKey::of(&Root::from_bytes(&[1; 32]));
        assert_eq!(key.index(&email("Lin@Acme.CN ")), key.index(&email("lin@acme.cn")));
        assert_ne!(key.index(&email("lin@acme.cn")), key.index(&email("lin2@acme.cn")));
    }

    #[test]
    fn kinds_do_not_meet() {
        let key = BlindIndexKey::of(&Root::from_bytes(&[1; 32]));
        let phone = Identifier::phone("13800138000").unwrap();
        let staff = Identifier::staff_number("+8613800138000").unwrap();
        assert_eq!(phone.as_str(), staff.as_str());
        assert_ne!(key.index(&phone), key.index(&staff));
    }

    #[test]
    fn no_two_scopes_give_the_same_index() {
        let tenant = |n| TenantKey::generate(TenantId::from(Uuid::from_u128(n)), Algorithm::Aes256Gcm).unwrap();
        let keys = [
            PlatformKey::generate(Algorithm::Aes256Gcm).unwrap().blind_index_key(),
            tenant(1).blind_index_key(),
            tenant(2).blind_index_key(),
        ];
        let [a, b, c] = keys.each_ref().map(|key| key.index(&email("lin@acme.cn")));
        assert!(a != b && b != c && a != c);
    }

    /// Stored and searched for years: a change here makes everybody unfindable.
    #[test]
    fn an_index_stays_the_same_for_ever() {
        let index = BlindIndexKey::of(&Root::from_bytes(&[1; 32])).index(&email("lin@acme.cn"));
        let hex: String = index.as_bytes()[..8].iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "6033efe72aca4947");
    }
}

//! The three kinds of key below the master key. Each is a type of its own, knows whose it is, and is wiped on drop.

use super::aad::{Aad, Owner};
use super::algorithm::Algorithm;
use super::blind_index::BlindIndexKey;
use super::envelope::{Sealed, Sealer, Wrapped};
use super::root::{Root, Use};
use super::{KeyringError, Opened};
use crate::platform::ids::{SubjectId, TenantId};

const SUBJECT_KEY: Aad = Aad::new("keyring.subject-key");

/// Why a subject has more than one key: what is kept apart can be erased apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compartment {
    /// Vault payloads about the subject.
    Vault,
    /// Biometric templates, kept apart from identity (design §7).
    Biometric,
    /// Personal text in ledger records: forgotten without touching the records' proofs.
    Record,
}

impl Compartment {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Vault, Self::Biometric, Self::Record];

    /// Its name in tables, and in what is authenticated.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vault => "vault",
            Self::Biometric => "biometric",
            Self::Record => "record",
        }
    }
}

/// The key of what belongs to no tenant: sign-in identifiers, signing keys.
///
/// It is random and wrapped, not derived from the master key, so that a new master key leaves the blind index of every
/// account as it is.
pub struct PlatformKey {
    root: Root,
    algorithm: Algorithm,
}

/// A tenant's key. Its algorithm is the one its own wrapping was made with, so the two can never disagree.
pub struct TenantKey {
    root: Root,
    tenant: TenantId,
    algorithm: Algorithm,
}

/// The key of one compartment of one subject.
pub struct SubjectKey {
    root: Root,
    tenant: TenantId,
    subject: SubjectId,
    compartment: Compartment,
    algorithm: Algorithm,
}

impl PlatformKey {
    /// A new one, for the first start of a platform.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyringError> {
        Ok(Self::from_root(Root::generate()?, algorithm))
    }

    pub(super) fn from_root(root: Root, algorithm: Algorithm) -> Self {
        Self { root, algorithm }
    }

    pub(super) fn parts(&self) -> (&Root, Algorithm) {
        (&self.root, self.algorithm)
    }

    fn sealer(&self) -> Sealer<'_> {
        Sealer { root: &self.root, for_use: Use::SealSecrets, owner: Owner::Platform }
    }
}

impl TenantKey {
    /// A new one, for a new tenant and the algorithm it chose.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate(tenant: TenantId, algorithm: Algorithm) -> Result<Self, KeyringError> {
        Ok(Self::from_root(tenant, Root::generate()?, algorithm))
    }

    pub(super) fn from_root(tenant: TenantId, root: Root, algorithm: Algorithm) -> Self {
        Self { root, tenant, algorithm }
    }

    pub(super) fn parts(&self) -> (&Root, TenantId, Algorithm) {
        (&self.root, self.tenant, self.algorithm)
    }

    /// The tenant it belongs to.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The algorithm of what it seals from now on.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The same key under another algorithm: wrap and store it, and the tenant has changed over. What was sealed before
    /// stays readable.
    pub fn with_algorithm(self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self }
    }

    /// A new key for a subject, with nothing sealed under it yet. Store what [`Self::wrap`] makes of it.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new_subject_key(&self, subject: SubjectId, compartment: Compartment) -> Result<SubjectKey, KeyringError> {
        Ok(self.subject_key(subject, compartment, Root::generate()?))
    }

    /// Wraps a subject's key for storage. Deleting the result, wherever it is stored, erases all that the key sealed.
    ///
    /// # Errors
    /// [`KeyringError::DoesNotOpen`] for another tenant's subject: what this wrapped could never be opened again.
    pub fn wrap(&self, key: &SubjectKey) -> Result<Wrapped, KeyringError> {
        if key.tenant != self.tenant {
            return Err(KeyringError::DoesNotOpen);
        }
        self.wrapper(key.subject, key.compartment).wrap(self.algorithm, &SUBJECT_KEY, &key.root)
    }

    /// Opens the wrapped key of a subject. What it seals takes the tenant's present algorithm.
    ///
    /// # Errors
    /// [`KeyringError::DoesNotOpen`] when it is not the key of this tenant, subject and compartment.
    pub fn open_subject(
        &self,
        subject: SubjectId,
        compartment: Compartment,
        wrapped: &Wrapped,
    ) -> Result<SubjectKey, KeyringError> {
        let root = self.wrapper(subject, compartment).unwrap_key(&SUBJECT_KEY, wrapped)?;
        Ok(self.subject_key(subject, compartment, root))
    }

    fn subject_key(&self, subject: SubjectId, compartment: Compartment, root: Root) -> SubjectKey {
        SubjectKey { root, tenant: self.tenant, subject, compartment, algorithm: self.algorithm }
    }

    fn wrapper(&self, subject: SubjectId, compartment: Compartment) -> Sealer<'_> {
        let owner = Owner::Subject(self.tenant, subject, compartment);
        Sealer { root: &self.root, for_use: Use::WrapKeys, owner }
    }

    fn sealer(&self) -> Sealer<'_> {
        Sealer { root: &self.root, for_use: Use::SealSecrets, owner: Owner::Tenant(self.tenant) }
    }
}

impl SubjectKey {
    /// Whose data it seals.
    pub fn subject(&self) -> SubjectId {
        self.subject
    }

    /// Seals a payload for its place.
    ///
    /// # Errors
    /// No random bytes, or a payload over 2³⁶ − 32 bytes.
    pub fn seal(&self, place: &Aad, plaintext: &[u8]) -> Result<Sealed, KeyringError> {
        self.sealer().seal(self.algorithm, place, plaintext)
    }

    /// Opens what was sealed for this subject and place, whatever the algorithm was then.
    ///
    /// # Errors
    /// [`KeyringError::DoesNotOpen`] for anything else.
    pub fn open(&self, place: &Aad, sealed: &Sealed) -> Result<Opened, KeyringError> {
        self.sealer().open(place, sealed)
    }

    fn sealer(&self) -> Sealer<'_> {
        let owner = Owner::Subject(self.tenant, self.subject, self.compartment);
        Sealer { root: &self.root, for_use: Use::SealPayloads, owner }
    }
}

macro_rules! keeps_secrets {
    ($($key:ident: $index:literal),+) => {$(
        impl $key {
            /// Seals a secret of its owner: of a webhook, a connector, a signing key.
            ///
            /// # Errors
            /// When the operating system gives no random bytes.
            pub fn seal_secret(&self, place: &Aad, secret: &[u8]) -> Result<Sealed, KeyringError> {
                self.sealer().seal(self.algorithm, place, secret)
            }

            /// Opens a secret sealed for this owner and place.
            ///
            /// # Errors
            /// [`KeyringError::DoesNotOpen`] for anything else.
            pub fn open_secret(&self, place: &Aad, sealed: &Sealed) -> Result<Opened, KeyringError> {
                self.sealer().open(place, sealed)
            }

            #[doc = $index]
            pub fn blind_index_key(&self) -> BlindIndexKey {
                BlindIndexKey::of(&self.root)
            }
        }
    )+};
}

keeps_secrets!(
    PlatformKey: "The key that makes sign-in identifiers findable across tenants, for the platform alone.",
    TenantKey: "The key that makes this tenant's people findable. The same identifier gives another index elsewhere."
);

macro_rules! shows_no_bytes {
    ($($key:ident),+) => {$(
        impl std::fmt::Debug for $key {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($key), "(secret)"))
            }
        }
    )+};
}

shows_no_bytes!(PlatformKey, TenantKey, SubjectKey);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::HoldingId;
    use proptest::prelude::*;
    use uuid::Uuid;

    const PAYLOAD: &[u8] = "工资卡 6222 0000 0000 0000".as_bytes();

    fn tenant(n: u128) -> TenantId {
        TenantId::from(Uuid::from_u128(n))
    }

    fn subject(n: u128) -> SubjectId {
        SubjectId::from(Uuid::from_u128(n))
    }

    fn place(n: u128) -> Aad {
        Aad::new("holdings.payload").row(HoldingId::from(Uuid::from_u128(n)))
    }

    fn tenant_key(algorithm: Algorithm) -> TenantKey {
        TenantKey::generate(tenant(1), algorithm).unwrap()
    }

    fn vault_key(of: &TenantKey, n: u128) -> SubjectKey {
        of.new_subject_key(subject(n), Compartment::Vault).unwrap()
    }

    #[test]
    fn a_payload_opens_in_its_place_and_nowhere_else() {
        for algorithm in Algorithm::ALL {
            let tenant_key = tenant_key(algorithm);
            let key = vault_key(&tenant_key, 7);
            let sealed = key.seal(&place(1), PAYLOAD).unwrap();
            assert_eq!(sealed.algorithm(), algorithm);
            assert_eq!(key.open(&place(1), &sealed).unwrap().as_slice(), PAYLOAD);

            for elsewhere in [place(2), place(1).field("note"), Aad::new("holdings.payload"), Aad::new("other")] {
                assert!(matches!(key.open(&elsewhere, &sealed), Err(KeyringError::DoesNotOpen)), "{elsewhere:?}");
            }
            let neighbour = vault_key(&tenant_key, 8);
            assert!(matches!(neighbour.open(&place(1), &sealed), Err(KeyringError::DoesNotOpen)));
        }
    }

    #[test]
    fn a_wrapped_key_opens_for_its_subject_alone() {
        let mine = tenant_key(Algorithm::Aes256Gcm);
        let key = vault_key(&mine, 7);
        let sealed = key.seal(&place(1), PAYLOAD).unwrap();
        let wrapped = Wrapped::parse(mine.wrap(&key).unwrap().into_bytes()).unwrap();

        let again = mine.open_subject(subject(7), Compartment::Vault, &wrapped).unwrap();
        assert_eq!(again.open(&place(1), &sealed).unwrap().as_slice(), PAYLOAD);

        let refused = |found: Result<SubjectKey, _>| matches!(found, Err(KeyringError::DoesNotOpen));
        assert!(refused(mine.open_subject(subject(8), Compartment::Vault, &wrapped)));
        assert!(refused(mine.open_subject(subject(7), Compartment::Biometric, &wrapped)));
        let other_root = tenant_key(Algorithm::Aes256Gcm);
        assert!(refused(other_root.open_subject(subject(7), Compartment::Vault, &wrapped)));
        let same_root_other_tenant = TenantKey { tenant: tenant(2), ..mine };
        assert!(refused(same_root_other_tenant.open_subject(subject(7), Compartment::Vault, &wrapped)));
    }

    #[test]
    fn a_tenant_wraps_no_key_of_another_tenant() {
        let key = vault_key(&tenant_key(Algorithm::Aes256Gcm), 7);
        let other = TenantKey::generate(tenant(2), Algorithm::Aes256Gcm).unwrap();
        assert!(matches!(other.wrap(&key), Err(KeyringError::DoesNotOpen)));
    }

    /// gbt35273-6.3-a-n: new ciphertexts carry the new suite, old ones stay readable.
    #[test]
    fn after_a_change_of_algorithm_old_ciphertexts_stay_readable() {
        let before = tenant_key(Algorithm::Aes256Gcm);
        let key = vault_key(&before, 7);
        let wrapped = before.wrap(&key).unwrap();
        let old = key.seal(&place(1), PAYLOAD).unwrap();

        let after = before.with_algorithm(Algorithm::Sm4Gcm);
        let key = after.open_subject(subject(7), Compartment::Vault, &wrapped).unwrap();
        assert_eq!(key.open(&place(1), &old).unwrap().as_slice(), PAYLOAD);
        let new = key.seal(&place(1), PAYLOAD).unwrap();
        assert_eq!((old.algorithm(), new.algorithm()), (Algorithm::Aes256Gcm, Algorithm::Sm4Gcm));
    }

    #[test]
    fn the_same_text_never_seals_to_the_same_bytes() {
        let key = vault_key(&tenant_key(Algorithm::Aes256Gcm), 7);
        assert_ne!(key.seal(&place(1), PAYLOAD).unwrap(), key.seal(&place(1), PAYLOAD).unwrap());
    }

    #[test]
    fn secrets_of_platform_and_tenant_do_not_open_for_each_other() {
        let place = Aad::new("sources.secret");
        let platform = PlatformKey::generate(Algorithm::Aes256Gcm).unwrap();
        let tenant = tenant_key(Algorithm::Sm4Gcm);
        let secret = tenant.seal_secret(&place, b"whsec").unwrap();
        assert_eq!(tenant.open_secret(&place, &secret).unwrap().as_slice(), b"whsec");
        assert!(platform.open_secret(&place, &secret).is_err());
        let secret = platform.seal_secret(&place, b"signing key").unwrap();
        assert_eq!(platform.open_secret(&place, &secret).unwrap().as_slice(), b"signing key");
        assert!(tenant.open_secret(&place, &secret).is_err());
    }

    #[test]
    fn nothing_printed_shows_a_byte() {
        let tenant = tenant_key(Algorithm::Aes256Gcm);
        let key = vault_key(&tenant, 7);
        let sealed = key.seal(&place(1), b"").unwrap();
        let shown = format!("{tenant:?} {key:?} {sealed:?} {:?}", tenant.wrap(&key).unwrap());
        let expected =
            "TenantKey(secret) SubjectKey(secret) Sealed(aes-256-gcm, 30 bytes) Wrapped(aes-256-gcm, 62 bytes)";
        assert_eq!(shown, expected);
    }

    #[test]
    fn bytes_that_are_no_ciphertext_are_refused_with_the_reason() {
        let reason = |bytes: &[u8]| Sealed::parse(bytes.to_vec()).unwrap_err().to_string();
        assert_eq!(reason(b""), "0 bytes are too few for a ciphertext; at least 30 are needed");
        assert_eq!(reason(&[1, 1, 0]), "3 bytes are too few for a ciphertext; at least 30 are needed");
        assert_eq!(reason(&[9; 40]), "ciphertext format 9 is not known; this version reads format 1");
        let mut unknown = [0; 40];
        unknown[..2].copy_from_slice(&[1, 7]);
        assert_eq!(reason(&unknown), "algorithm number 7 is not known; 1 is aes-256-gcm, 2 is sm4-gcm");
        // A truncated key is caught too, although its form is right.
        let tenant = tenant_key(Algorithm::Aes256Gcm);
        let mut wrapped = tenant.wrap(&vault_key(&tenant, 7)).unwrap().into_bytes();
        wrapped.pop();
        let wrapped = Wrapped::parse(wrapped).unwrap();
        assert!(tenant.open_subject(subject(7), Compartment::Vault, &wrapped).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_was_sealed_comes_back(text: Vec<u8>, sm4: bool) {
            let key = vault_key(&tenant_key(if sm4 { Algorithm::Sm4Gcm } else { Algorithm::Aes256Gcm }), 7);
            let stored = key.seal(&place(1), &text).unwrap().into_bytes();
            prop_assert_eq!(stored.len(), text.len() + 30);
            let sealed = Sealed::parse(stored).unwrap();
            let opened = key.open(&place(1), &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), text.as_slice());
        }

        #[test]
        fn any_changed_bit_keeps_it_shut(text: Vec<u8>, at: prop::sample::Index, bit in 0_u8..8) {
            let key = vault_key(&tenant_key(Algorithm::Aes256Gcm), 7);
            let mut stored = key.seal(&place(1), &text).unwrap().into_bytes();
            let at = at.index(stored.len());
            stored[at] ^= 1 << bit;
            let opened = Sealed::parse(stored).and_then(|sealed| key.open(&place(1), &sealed));
            prop_assert!(opened.is_err());
        }

        #[test]
        fn arbitrary_bytes_never_open(bytes: Vec<u8>) {
            let key = vault_key(&tenant_key(Algorithm::Aes256Gcm), 7);
            prop_assert!(Sealed::parse(bytes).and_then(|sealed| key.open(&place(1), &sealed)).is_err());
        }
    }
}

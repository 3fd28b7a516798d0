//! The master key: 32 bytes in a file of their own, beside no backup of the database that they protect.
//!
//! It is never an argument or the value of an environment variable (both show in process lists), and never logged.
//! A file that others may read is refused rather than tightened: whoever could read it may have.

use super::aad::{Aad, Owner};
use super::envelope::{Sealer, Wrapped};
use super::keys::{PlatformKey, TenantKey};
use super::root::{ROOT_BYTES, Root, Use};
use super::{Algorithm, KeyringError};
use crate::platform::ids::TenantId;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const PLATFORM_KEY: Aad = Aad::new("keyring.platform-key");
const TENANT_KEY: Aad = Aad::new("keyring.tenant-key");

/// The key above all others. It wraps tenant keys and the platform key, and does nothing else.
pub struct MasterKey(Root);

impl MasterKey {
    /// A new one, in memory only: for a test, a throw-away platform, or the new key of a rotation.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate() -> Result<Self, KeyringError> {
        Root::generate().map(Self)
    }

    /// Reads the key from its file.
    ///
    /// # Errors
    /// Missing, readable by others, not exactly 32 bytes, or not readable at all.
    pub fn load(path: &Path) -> Result<Self, KeyringError> {
        let failed = |source| KeyringError::MasterKeyFile { path: path.to_owned(), source };
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Err(KeyringError::MasterKeyMissing(path.to_owned())),
            Err(e) => return Err(failed(e)),
        };
        // Of the open file, not of the path: the path could be changed in between.
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyringError::MasterKeyExposed { path: path.to_owned(), mode });
        }
        read_exactly(&mut file).map_err(failed)?.ok_or_else(|| KeyringError::MasterKeyLength { path: path.to_owned() })
    }

    /// Reads the key from its file, and makes one (mode 0600) where there is none: a platform's first start.
    ///
    /// A start that is not the first must use [`Self::load`]: a new key beside old data could open none of it.
    ///
    /// # Errors
    /// As [`Self::load`], or when the file cannot be written.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyringError> {
        match Self::load(path) {
            Err(KeyringError::MasterKeyMissing(_)) => {
                Self::generate()?.save_new(path)?;
                Self::load(path) // of two processes that start at once, both go on with the key that is in the file
            }
            found => found,
        }
    }

    /// Writes the key to a new file, readable by its owner alone. A file that is already there stays as it is.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save_new(&self, path: &Path) -> Result<(), KeyringError> {
        let failed = |source| KeyringError::MasterKeyFile { path: path.to_owned(), source };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let draft = draft_beside(path);
        // Complete on disk before it has its name: a crash leaves no half key, and `hard_link` overwrites nothing.
        let written = write_private(&draft, self.0.expose()).and_then(|()| match std::fs::hard_link(&draft, path) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        });
        // The draft holds the key: it goes whether or not the link was made.
        let removed = std::fs::remove_file(&draft);
        written.and(removed).and_then(|()| File::open(folder)?.sync_all()).map_err(failed)
    }

    /// A public name for the key, 16 hex digits. Store it beside what the key wraps, and a wrong key file is noticed at
    /// the start and not at the first payload.
    pub fn fingerprint(&self) -> String {
        self.0.derive::<8>(Use::Fingerprint, "hkdf-sha-256").iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Wraps a tenant's key for storage, under the tenant's algorithm.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn wrap_tenant(&self, key: &TenantKey) -> Result<Wrapped, KeyringError> {
        let (root, tenant, algorithm) = key.parts();
        self.wrapper(Owner::Tenant(tenant)).wrap(algorithm, &TENANT_KEY, root)
    }

    /// Opens a tenant's wrapped key.
    ///
    /// # Errors
    /// [`KeyringError::DoesNotOpen`] when it is not this tenant's, or wrapped by another master key.
    pub fn open_tenant(&self, tenant: TenantId, wrapped: &Wrapped) -> Result<TenantKey, KeyringError> {
        let root = self.wrapper(Owner::Tenant(tenant)).unwrap_key(&TENANT_KEY, wrapped)?;
        Ok(TenantKey::from_root(tenant, root, wrapped.algorithm()))
    }

    /// Wraps the platform's key for storage.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn wrap_platform(&self, key: &PlatformKey) -> Result<Wrapped, KeyringError> {
        let (root, algorithm): (&Root, Algorithm) = key.parts();
        self.wrapper(Owner::Platform).wrap(algorithm, &PLATFORM_KEY, root)
    }

    /// Opens the platform's wrapped key.
    ///
    /// # Errors
    /// [`KeyringError::DoesNotOpen`] when it was wrapped by another master key.
    pub fn open_platform(&self, wrapped: &Wrapped) -> Result<PlatformKey, KeyringError> {
        let root = self.wrapper(Owner::Platform).unwrap_key(&PLATFORM_KEY, wrapped)?;
        Ok(PlatformKey::from_root(root, wrapped.algorithm()))
    }

    /// Rotation: what `old` wrapped, wrapped by this key. Nothing below the tenant key changes, so it costs one row a
    /// tenant. Store all of them and the new [`Self::fingerprint`] in one transaction, then put the new file in place.
    ///
    /// # Errors
    /// [`KeyringError::DoesNotOpen`] when `old` is not the key that wrapped it.
    pub fn rewrap_tenant(&self, old: &Self, tenant: TenantId, wrapped: &Wrapped) -> Result<Wrapped, KeyringError> {
        self.wrap_tenant(&old.open_tenant(tenant, wrapped)?)
    }

    /// As [`Self::rewrap_tenant`], for the platform's key.
    ///
    /// # Errors
    /// [`KeyringError::DoesNotOpen`] when `old` is not the key that wrapped it.
    pub fn rewrap_platform(&self, old: &Self, wrapped: &Wrapped) -> Result<Wrapped, KeyringError> {
        self.wrap_platform(&old.open_platform(wrapped)?)
    }

    fn wrapper(&self, owner: Owner) -> Sealer<'_> {
        Sealer { root: &self.0, for_use: Use::WrapKeys, owner }
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({})", self.fingerprint())
    }
}

/// The key, or nothing when there are not exactly 32 bytes.
fn read_exactly(file: &mut File) -> std::io::Result<Option<MasterKey>> {
    // One byte more than a key, so that a longer file is noticed and not cut off.
    let mut bytes = Zeroizing::new([0; ROOT_BYTES + 1]);
    let mut found = 0;
    while found < bytes.len() {
        match file.read(&mut bytes[found..])? {
            0 => break,
            more => found += more,
        }
    }
    Ok(bytes.first_chunk().filter(|_| found == ROOT_BYTES).map(|key| MasterKey(Root::from_bytes(key))))
}

fn draft_beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::keyring::Identifier;
    use std::fs::{Permissions, read, set_permissions, write};
    use uuid::Uuid;

    fn tenant(n: u128) -> TenantId {
        TenantId::from(Uuid::from_u128(n))
    }

    fn same(a: &MasterKey, b: &MasterKey) -> bool {
        a.0.expose() == b.0.expose()
    }

    #[test]
    fn the_first_start_makes_a_private_file_and_the_second_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let made = MasterKey::load_or_create(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap().len(), 32);
        assert!(same(&made, &MasterKey::load_or_create(&path).unwrap()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn a_key_that_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let first = MasterKey::load_or_create(&path).unwrap();
        MasterKey::generate().unwrap().save_new(&path).unwrap();
        assert!(same(&first, &MasterKey::load(&path).unwrap()));
    }

    #[test]
    fn a_missing_short_long_or_exposed_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(matches!(MasterKey::load(&path), Err(KeyringError::MasterKeyMissing(_))));
        for length in [0, 31, 33, 4096] {
            write(&path, vec![1; length]).unwrap();
            set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(MasterKey::load_or_create(&path), Err(KeyringError::MasterKeyLength { .. })), "{length}");
        }
        write(&path, [1; 32]).unwrap();
        for mode in [0o640, 0o604, 0o644, 0o660] {
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert!(matches!(MasterKey::load_or_create(&path), Err(KeyringError::MasterKeyExposed { .. })), "{mode:o}");
        }
        for mode in [0o600, 0o400] {
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert!(MasterKey::load(&path).is_ok(), "{mode:o}");
        }
        assert!(matches!(
            MasterKey::load(folder.path()),
            Err(KeyringError::MasterKeyExposed { .. } | KeyringError::MasterKeyFile { .. })
        ));
        let nowhere = folder.path().join("no/such/folder/master.key");
        assert!(matches!(MasterKey::load_or_create(&nowhere), Err(KeyringError::MasterKeyFile { .. })));
    }

    #[test]
    fn a_wrapped_tenant_key_opens_for_its_tenant_and_master_alone() {
        let master = MasterKey::generate().unwrap();
        let wrapped = master.wrap_tenant(&TenantKey::generate(tenant(1), Algorithm::Sm4Gcm).unwrap()).unwrap();
        assert_eq!(master.open_tenant(tenant(1), &wrapped).unwrap().algorithm(), Algorithm::Sm4Gcm);
        assert!(matches!(master.open_tenant(tenant(2), &wrapped), Err(KeyringError::DoesNotOpen)));
        assert!(matches!(master.open_platform(&wrapped), Err(KeyringError::DoesNotOpen)));
        let other = MasterKey::generate().unwrap();
        assert!(matches!(other.open_tenant(tenant(1), &wrapped), Err(KeyringError::DoesNotOpen)));
        assert_ne!(master.fingerprint(), other.fingerprint());
    }

    #[test]
    fn a_new_master_key_changes_nothing_below_it() {
        let (old, new) = (MasterKey::generate().unwrap(), MasterKey::generate().unwrap());
        let lin = Identifier::email("lin@acme.cn").unwrap();

        let tenant_key = TenantKey::generate(tenant(1), Algorithm::Sm4Gcm).unwrap();
        let place = Aad::new("sources.secret");
        let secret = tenant_key.seal_secret(&place, b"whsec").unwrap();
        let platform = PlatformKey::generate(Algorithm::Aes256Gcm).unwrap();
        let index = platform.blind_index_key().index(&lin);

        let wrapped = new.rewrap_tenant(&old, tenant(1), &old.wrap_tenant(&tenant_key).unwrap()).unwrap();
        let opened = new.open_tenant(tenant(1), &wrapped).unwrap();
        assert_eq!(opened.open_secret(&place, &secret).unwrap().as_slice(), b"whsec");
        assert!(old.open_tenant(tenant(1), &wrapped).is_err());

        let wrapped = new.rewrap_platform(&old, &old.wrap_platform(&platform).unwrap()).unwrap();
        assert!(new.open_platform(&wrapped).unwrap().blind_index_key().index(&lin) == index);
        assert!(new.rewrap_platform(&old, &wrapped).is_err(), "it is not the old key's any more");
    }
}

//! Subject keys and where they are stored: one a subject and drawer, wrapped by the tenant's key.
//!
//! A drawer is what is erased together. Vault payloads have a drawer a data class, so that deleting one class of a
//! subject's data destroys its key and thereby reaches every backup of it, while what must be kept stays readable
//! (gbt35273-D-backup). Biometric templates have drawers of their own, apart from identity (gbt35273-6.3-b).

use crate::platform::db::{PlatformTx, StoreError, Stored, TenantTx, Ts, Turn};
use crate::platform::ids::{SubjectId, TenantId};
use crate::platform::keyring::{
    Aad, Algorithm, Compartment, KeyringError, MasterKey, PlatformKey, Sealed, SubjectKey, TenantKey, Wrapped,
};
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

mod tables {
    use crate::platform::db::tx::{platform_table, tenant_table};

    platform_table! {
        platform_keys (id) { id -> Text, wrapped -> Binary, created_at -> SqlTs, }
    }
    platform_table! {
        tenant_keys (tenant_id) { tenant_id -> SqlUid, wrapped -> Binary, created_at -> SqlTs, }
    }
    tenant_table! {
        subject_keys (subject_id, drawer) {
            subject_id -> SqlUid, drawer -> Text, wrapped -> Nullable<Binary>, created_at -> SqlTs,
            erased_at -> Nullable<SqlTs>,
        }
    }
}
use tables::{platform_keys, subject_keys, tenant_keys};

impl From<KeyringError> for StoreError {
    fn from(e: KeyringError) -> Self {
        Self::Keyring(e.to_string())
    }
}

/// The keys a process holds open: the platform's, and those tenants' that it has served.
pub struct Keys {
    master: MasterKey,
    platform: PlatformKey,
    tenants: Mutex<HashMap<TenantId, Arc<TenantKey>>>,
}

impl Keys {
    /// Opens the platform's key, or makes it on the first start.
    pub fn open(p: &mut PlatformTx<'_>, master: MasterKey) -> Stored<Self> {
        let found: Option<Vec<u8>> = p.first(platform_keys::table, |all| all.select(platform_keys::wrapped))?;
        let platform = match found {
            Some(bytes) => master.open_platform(&Wrapped::parse(bytes)?)?,
            None => {
                let key = PlatformKey::generate(Algorithm::Aes256Gcm)?;
                let wrapped = master.wrap_platform(&key)?.into_bytes();
                p.add(
                    platform_keys::table,
                    (
                        platform_keys::id.eq("platform"),
                        platform_keys::wrapped.eq(wrapped),
                        platform_keys::created_at.eq(p.now()),
                    ),
                )?;
                key
            }
        };
        Ok(Self { master, platform, tenants: Mutex::default() })
    }

    /// Wraps everything that the master key wraps by another one. Nothing below changes, so it costs a row a tenant. Other
    /// processes go on with the keys they hold open; none may make a tenant meanwhile.
    pub fn rewrap(&self, p: &mut PlatformTx<'_>, new: &MasterKey) -> Stored<usize> {
        let platform = new.wrap_platform(&self.platform)?.into_bytes();
        p.change(platform_keys::table, |all| diesel::update(all).set(platform_keys::wrapped.eq(platform)))?;
        let all: Vec<(TenantId, Vec<u8>)> =
            p.load(tenant_keys::table, |all| all.select((tenant_keys::tenant_id, tenant_keys::wrapped)))?;
        for (tenant, wrapped) in &all {
            let wrapped = new.rewrap_tenant(&self.master, *tenant, &Wrapped::parse(wrapped.clone())?)?.into_bytes();
            p.change(tenant_keys::table, |all| {
                diesel::update(all.filter(tenant_keys::tenant_id.eq(*tenant))).set(tenant_keys::wrapped.eq(wrapped))
            })?;
        }
        Ok(all.len())
    }

    /// The key of what belongs to no tenant.
    pub fn platform(&self) -> &PlatformKey {
        &self.platform
    }

    /// Makes the key of a new tenant.
    pub fn create_tenant(&self, p: &mut PlatformTx<'_>, tenant: TenantId, algorithm: Algorithm) -> Stored<()> {
        let wrapped = self.master.wrap_tenant(&TenantKey::generate(tenant, algorithm)?)?.into_bytes();
        p.add(
            tenant_keys::table,
            (tenant_keys::tenant_id.eq(tenant), tenant_keys::wrapped.eq(wrapped), tenant_keys::created_at.eq(p.now())),
        )
    }

    /// A tenant's key, from memory or unwrapped once.
    pub fn tenant(&self, p: &mut PlatformTx<'_>, tenant: TenantId) -> Stored<Arc<TenantKey>> {
        if let Some(key) = self.lock().get(&tenant) {
            return Ok(key.clone());
        }
        let wrapped: Vec<u8> = p
            .first(tenant_keys::table, |all| {
                all.filter(tenant_keys::tenant_id.eq(tenant)).select(tenant_keys::wrapped)
            })?
            .ok_or_else(|| StoreError::Keyring("the tenant has no key".into()))?;
        let key = Arc::new(self.master.open_tenant(tenant, &Wrapped::parse(wrapped)?)?);
        let mut open = self.lock();
        if open.len() >= 4096 {
            open.clear(); // Bounded; the next use unwraps again.
        }
        open.insert(tenant, key.clone());
        Ok(key)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, Arc<TenantKey>>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is erased together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawer<'a> {
    /// Vault payloads of one data class.
    Class(&'a str),
    /// Biometric templates of one data class.
    Biometric(&'a str),
    /// Name and staff particulars.
    Identity,
    /// Personal text in records.
    Records,
}

impl Drawer<'_> {
    fn name(self) -> String {
        match self {
            Self::Class(class) => format!("vault/{class}"),
            Self::Biometric(class) => format!("biometric/{class}"),
            Self::Identity => "identity".into(),
            Self::Records => "records".into(),
        }
    }

    fn compartment(self) -> Compartment {
        match self {
            Self::Class(_) | Self::Identity => Compartment::Vault,
            Self::Biometric(_) => Compartment::Biometric,
            Self::Records => Compartment::Record,
        }
    }
}

/// This tenant's own key, for secrets and blind indexes.
pub fn tenant_key(tx: &mut TenantTx<'_>) -> Stored<Arc<TenantKey>> {
    let (tenant, platform) = (tx.tenant(), tx.platform());
    tx.as_platform(|p| platform.keys().tenant(p, tenant))
}

/// The key of a subject's drawer, made at first use. After an erasure the drawer begins anew under another key: what was
/// sealed before stays unreadable.
pub fn key(tx: &mut TenantTx<'_>, subject: SubjectId, drawer: Drawer<'_>) -> Stored<SubjectKey> {
    let tenant_key = tenant_key(tx)?;
    let name = drawer.name();
    let row: Option<Option<Vec<u8>>> = find(tx, subject, &name)?;
    if let Some(Some(bytes)) = row {
        return Ok(tenant_key.open_subject(subject, drawer.compartment(), &Wrapped::parse(bytes)?)?);
    }
    let key = tenant_key.new_subject_key(subject, drawer.compartment())?;
    let wrapped = Some(tenant_key.wrap(&key)?.into_bytes());
    let now = tx.now();
    if row.is_some() {
        tx.change(subject_keys::table, |rows| {
            diesel::update(rows.filter(subject_keys::subject_id.eq(subject)).filter(subject_keys::drawer.eq(name)))
                .set((subject_keys::wrapped.eq(wrapped), subject_keys::created_at.eq(now)))
        })?;
    } else {
        tx.add(
            subject_keys::table,
            (
                subject_keys::subject_id.eq(subject),
                subject_keys::drawer.eq(name),
                subject_keys::wrapped.eq(wrapped),
                subject_keys::created_at.eq(now),
            ),
        )?;
    }
    Ok(key)
}

/// The key of a drawer if it still exists: reading after an erasure finds none.
pub fn existing_key(tx: &mut TenantTx<'_>, subject: SubjectId, drawer: Drawer<'_>) -> Stored<Option<SubjectKey>> {
    let tenant_key = tenant_key(tx)?;
    match find(tx, subject, &drawer.name())?.flatten() {
        None => Ok(None),
        Some(bytes) => Ok(Some(tenant_key.open_subject(subject, drawer.compartment(), &Wrapped::parse(bytes)?)?)),
    }
}

/// The keys of many subjects' drawers, as far as they still exist.
pub fn existing_keys(
    tx: &mut TenantTx<'_>,
    subjects: &[SubjectId],
    drawer: Drawer<'_>,
) -> Stored<HashMap<SubjectId, SubjectKey>> {
    let tenant_key = tenant_key(tx)?;
    let (ids, name) = (subjects.to_vec(), drawer.name());
    let rows: Vec<(SubjectId, Option<Vec<u8>>)> = tx.load(subject_keys::table, |rows| {
        rows.filter(subject_keys::subject_id.eq_any(ids))
            .filter(subject_keys::drawer.eq(name))
            .select((subject_keys::subject_id, subject_keys::wrapped))
    })?;
    let mut keys = HashMap::with_capacity(rows.len());
    for (subject, wrapped) in rows {
        let Some(wrapped) = wrapped else { continue };
        keys.insert(subject, tenant_key.open_subject(subject, drawer.compartment(), &Wrapped::parse(wrapped)?)?);
    }
    Ok(keys)
}

/// Whose drawer was erased after an instant: what was opened with its key has to go from memory, too.
pub fn erased_since(tx: &mut TenantTx<'_>, drawer: Drawer<'_>, since: Ts) -> Stored<Vec<SubjectId>> {
    let name = drawer.name();
    tx.load(subject_keys::table, |rows| {
        rows.filter(subject_keys::erased_at.gt(since))
            .filter(subject_keys::drawer.eq(name))
            .select(subject_keys::subject_id)
    })
}

/// Whether a drawer was emptied for good, and not begun anew since.
pub fn was_erased(tx: &mut TenantTx<'_>, subject: SubjectId, drawer: Drawer<'_>) -> Stored<bool> {
    Ok(find(tx, subject, &drawer.name())?.is_some_and(|wrapped| wrapped.is_none()))
}

/// Destroys a drawer's key. Returns whether there was one.
pub fn erase(tx: &mut TenantTx<'_>, subject: SubjectId, drawer: Drawer<'_>) -> Stored<bool> {
    tx.needs(Turn::Alone)?;
    let (now, name) = (tx.now(), drawer.name());
    let gone = tx.change(subject_keys::table, |rows| {
        diesel::update(
            rows.filter(subject_keys::subject_id.eq(subject))
                .filter(subject_keys::drawer.eq(name))
                .filter(subject_keys::wrapped.is_not_null()),
        )
        .set((subject_keys::wrapped.eq(None::<Vec<u8>>), subject_keys::erased_at.eq(Some(now))))
    })?;
    Ok(gone > 0)
}

fn find(tx: &mut TenantTx<'_>, subject: SubjectId, drawer: &str) -> Stored<Option<Option<Vec<u8>>>> {
    let drawer = drawer.to_owned();
    tx.first(subject_keys::table, |rows| {
        rows.filter(subject_keys::subject_id.eq(subject))
            .filter(subject_keys::drawer.eq(drawer))
            .select(subject_keys::wrapped)
    })
}

/// Seals a secret of the tenant (a webhook's, a connector's).
pub fn seal_secret(tx: &mut TenantTx<'_>, place: &Aad, secret: &[u8]) -> Stored<Vec<u8>> {
    Ok(tenant_key(tx)?.seal_secret(place, secret)?.into_bytes())
}

/// Opens a secret of the tenant.
pub fn open_secret(tx: &mut TenantTx<'_>, place: &Aad, sealed: Vec<u8>) -> Stored<Vec<u8>> {
    Ok(tenant_key(tx)?.open_secret(place, &Sealed::parse(sealed)?)?.to_vec())
}

/// Seals text about a subject.
pub fn seal_text(key: &SubjectKey, place: &Aad, text: &str) -> Stored<Vec<u8>> {
    Ok(key.seal(place, text.as_bytes())?.into_bytes())
}

/// Opens text about a subject.
pub fn open_text(key: &SubjectKey, place: &Aad, sealed: Vec<u8>) -> Stored<String> {
    let opened = key.open(place, &Sealed::parse(sealed)?)?;
    String::from_utf8(opened.to_vec()).map_err(|_| StoreError::Unreadable("sealed text is not UTF-8".into()))
}

/// Re-exported so that slices name places without knowing the keyring.
pub type Place = Aad;

//! A platform for tests inside the server: a SQLite database in a folder of its own, one tenant with a key, and an
//! authority that permits everything, so that a test is about its slice and nothing else.

use super::attempt::{Act, Attempt, Authority, Grant, RecordSink, across_tenants};
use super::caller::Actor;
use super::clock::Clock;
use super::config::{Config, Sources};
use super::db::{DbTarget, Pool, StoreError, Stored, TenantTx, migrate};
use super::http::Problem;
use super::ids::{AccountId, MembershipId, PersonId, TenantId};
use super::keyring::{Algorithm, MasterKey};
use super::metrics::Metrics;
use super::sign_in::{Memberships, Present, Scopes, Standing};
use super::{Platform, Plugged};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// Permits everything.
struct Anything;

impl Authority for Anything {
    fn may(&self, _: &mut TenantTx<'_>, _: &Act) -> Result<Grant, Problem> {
        Ok(Grant { rests_on: "test".into() })
    }
}

impl Scopes for Anything {
    fn may_give(&self, _: &mut TenantTx<'_>, _: &str) -> Stored<bool> {
        Ok(true)
    }
}

/// Knows no member.
struct Nobody;

impl Memberships for Nobody {
    fn standing(&self, _: &mut TenantTx<'_>, _: PersonId, _: AccountId) -> Stored<Option<Standing>> {
        Ok(None)
    }

    fn present(&self, _: &mut TenantTx<'_>, _: MembershipId) -> Stored<Option<Present>> {
        Ok(None)
    }
}

/// A platform and its first tenant. The database goes with it.
pub(crate) struct TestPlatform {
    pub platform: Arc<Platform>,
    pub tenant: TenantId,
    folder: TempDir,
}

impl TestPlatform {
    /// One whose records go there.
    pub fn new(records: impl RecordSink + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = ("TENURE_DATA_DIR".to_owned(), folder.path().display().to_string());
        let config = Config::load(&Sources::new(None, [data_dir])).unwrap();
        let pool = Pool::open(DbTarget::Sqlite(folder.path().join("tenure.db")), 2).unwrap();
        migrate(&pool).unwrap();
        let plugged = Plugged {
            authority: Box::new(Anything),
            records: Box::new(records),
            memberships: Box::new(Nobody),
            scopes: Box::new(Anything),
            remembers: std::sync::Arc::new(crate::platform::current::Forgetful),
        };
        let (master, metrics) = (MasterKey::generate().unwrap(), Metrics::new().unwrap());
        let platform = Arc::new(Platform::new(config, pool, Clock::default(), master, metrics, plugged).unwrap());
        let tenant = new_tenant(&platform);
        Self { platform, tenant, folder }
    }

    /// Another tenant with a key of its own.
    pub fn neighbour(&self) -> TenantId {
        new_tenant(&self.platform)
    }

    /// The database's file, for tests that go behind the platform's back.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("tenure.db")
    }

    /// Does the work in one transaction of the first tenant. It leaves the records of `work`, and one more when that
    /// left none of the act `test`.
    pub fn run<T>(&self, work: impl Fn(&mut TenantTx<'_>) -> Stored<T>) -> T {
        self.run_as(self.tenant, work)
    }

    /// The same in another tenant.
    pub fn run_as<T>(&self, tenant: TenantId, work: impl Fn(&mut TenantTx<'_>) -> Stored<T>) -> T {
        Attempt::by(self.platform.clone(), tenant, Actor::Job("test")).run_here(&Act::named("test"), work).unwrap()
    }

    /// Does the work in one transaction that leaves no record of its own.
    pub fn quietly<T>(&self, work: impl FnOnce(&mut TenantTx<'_>) -> Stored<T>) -> T {
        let done: Result<T, StoreError> =
            across_tenants(&self.platform, |p| p.in_tenant(self.tenant, Actor::Job("test"), work));
        done.unwrap()
    }
}

fn new_tenant(platform: &Platform) -> TenantId {
    let tenant = platform.new_id(platform.now());
    let made: Stored<()> = across_tenants(platform, |p| platform.keys().create_tenant(p, tenant, Algorithm::Aes256Gcm));
    made.unwrap();
    tenant
}

//! A small platform over a throw-away database, with organisations, people and what the ledger was given.

use crate::platform::Platform;
use crate::platform::Plugged;
use crate::platform::attempt::{Act, Authority, Grant, RecordSink};
use crate::platform::caller::{Actor, Caller};
use crate::platform::clock::Clock;
use crate::platform::config::{Config, Sources};
use crate::platform::db::tx::{platform_tx, tenant_tx};
use crate::platform::db::{DbTarget, Pool, StoreError, Stored, TenantTx, migrate};
use crate::platform::http::Problem;
use crate::platform::ids::{AccountId, MembershipId, PersonId, SubjectId, TenantId};
use crate::platform::keyring::MasterKey;
use crate::platform::metrics::Metrics;
use crate::platform::record::Record;
use crate::platform::sign_in::accounts::{self, Found};
use crate::platform::sign_in::{
    Credentials, Entry, Memberships, Opened, Owner, Present, Presented, Scopes, Secret, SessionKind, SignInError,
    Standing, Visitor, issue_setup_link, sign_in, use_setup_link,
};
use actix_web::web::Data;
use diesel::RunQueryDsl;
use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub const PASSWORD: &str = "远山的呼唤在春天里回响";

type Known = Arc<Mutex<HashMap<(TenantId, PersonId), Standing>>>;
type Kept = Arc<Mutex<Vec<(TenantId, Record)>>>;

pub struct World {
    pub platform: Data<Platform>,
    known: Known,
    kept: Kept,
    _dir: TempDir,
}

struct Everybody;
impl Authority for Everybody {
    fn may(&self, _: &mut TenantTx<'_>, _: &Act) -> Result<Grant, Problem> {
        Ok(Grant { rests_on: "test".into() })
    }
}

struct Ledger(Kept);
impl RecordSink for Ledger {
    fn append(&self, tx: &mut TenantTx<'_>, records: Vec<Record>) -> Stored<()> {
        self.0.lock().unwrap().extend(records.into_iter().map(|record| (tx.tenant(), record)));
        Ok(())
    }
}

struct Staff(Known);
impl Memberships for Staff {
    fn standing(&self, tx: &mut TenantTx<'_>, person: PersonId, _: AccountId) -> Stored<Option<Standing>> {
        Ok(self.0.lock().unwrap().get(&(tx.tenant(), person)).cloned())
    }

    fn present(&self, tx: &mut TenantTx<'_>, membership: MembershipId) -> Stored<Option<Present>> {
        let known = self.0.lock().unwrap();
        let found = known.iter().find(|((tenant, _), s)| *tenant == tx.tenant() && s.membership == membership);
        let shown = |s: &Standing| Present { name: None, staff_number: "A0001".into(), roles: s.roles.clone() };
        Ok(found.map(|(_, standing)| shown(standing)))
    }
}

struct OnlyHoldings;
impl Scopes for OnlyHoldings {
    fn may_give(&self, _: &mut TenantTx<'_>, scope: &str) -> Stored<bool> {
        Ok(scope.starts_with("holdings."))
    }
}

/// Who an access token or an API key belongs to.
pub fn identify(platform: &Platform, bearer: &str) -> Result<Caller, Problem> {
    crate::platform::sign_in::identify(platform, &Presented::Bearer(Secret::new(bearer)))
}

impl World {
    pub fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let settings = "[sign_in]\nargon2_memory_kib = 8192\nargon2_iterations = 1\nlockout_attempts = 3\n";
        std::fs::write(dir.path().join("tenure.toml"), settings).unwrap();
        let data_dir = ("TENURE_DATA_DIR".to_owned(), dir.path().display().to_string());
        let config = Config::load(&Sources::new(None, [data_dir])).unwrap();
        let pool = Pool::open(DbTarget::Sqlite(dir.path().join("tenure.db")), 2).unwrap();
        migrate(&pool).unwrap();
        let (known, kept) = (Known::default(), Kept::default());
        let plugged = Plugged {
            authority: Box::new(Everybody),
            records: Box::new(Ledger(kept.clone())),
            memberships: Box::new(Staff(known.clone())),
            scopes: Box::new(OnlyHoldings),
            remembers: std::sync::Arc::new(crate::platform::current::Forgetful),
        };
        let master = MasterKey::generate().unwrap();
        let platform = Platform::new(config, pool, Clock::default(), master, Metrics::new().unwrap(), plugged).unwrap();
        Self { platform: Data::new(platform), known, kept, _dir: dir }
    }

    pub fn organisation(&self, slug: &str) -> TenantId {
        let id: TenantId = self.platform.new_id(self.platform.now());
        let hex: String = crate::platform::ids::Id::uuid(id).simple().to_string();
        diesel::sql_query(format!(
            "INSERT INTO tenants (id, name, slug, time_zone, locale, pack, algorithm, state, created_at) \
             VALUES (X'{hex}', '{slug} 公司', '{slug}', 'Asia/Shanghai', 'zh-CN', 'dingtalk', 'aes-256-gcm', 'active', 0)"
        ))
        .execute(&mut *self.platform.pool().get().unwrap())
        .unwrap();
        id
    }

    /// A tenant says that this person joins: found or made, linked, employed. Nothing is confirmed by that.
    pub fn hires(&self, tenant: TenantId, owner: Owner, name: &str) -> Found {
        let identifier = accounts::sign_in_name(name).unwrap();
        let found = platform_tx(&self.platform, |p| {
            let found = accounts::find_or_create(p, owner, &[identifier])?;
            accounts::note_membership(p, found.person, tenant)?;
            Ok::<_, SignInError>(found)
        })
        .unwrap();
        let now = self.platform.now();
        let standing = Standing {
            membership: self.platform.new_id::<MembershipId>(now),
            subject: self.platform.new_id::<SubjectId>(now),
            lets_in: true,
            roles: vec!["hr_admin".into()],
        };
        self.known.lock().unwrap().insert((tenant, found.person), standing);
        found
    }

    pub fn dismisses(&self, tenant: TenantId, person: PersonId) -> MembershipId {
        let mut known = self.known.lock().unwrap();
        let standing = known.get_mut(&(tenant, person)).unwrap();
        standing.lets_in = false;
        standing.membership
    }

    pub fn link(&self, tenant: TenantId, account: AccountId) -> Secret {
        platform_tx(&self.platform, |p| issue_setup_link(p, account, tenant)).unwrap()
    }

    /// The whole way of a new colleague: hired, given a link, link used.
    pub fn settles_in(&self, tenant: TenantId, owner: Owner, name: &str) -> Found {
        let found = self.hires(tenant, owner, name);
        use_setup_link(&self.platform, &somebody(), &self.link(tenant, found.account), PASSWORD).unwrap();
        found
    }

    pub fn signs_in(&self, name: &str, password: &str, tenant: Option<&str>) -> Result<Entry, SignInError> {
        let visitor = somebody();
        let with = Credentials {
            identifier: Secret::new(name),
            password: Secret::new(password),
            tenant: tenant.map(str::to_owned),
            own_data: false,
        };
        sign_in(&self.platform, &visitor, &with)
    }

    pub fn is_in(&self, name: &str, tenant: Option<&str>) -> Opened {
        match self.signs_in(name, PASSWORD, tenant).unwrap_or_else(|e| panic!("{name}: {e}")) {
            Entry::In(opened) => *opened,
            Entry::Choose(choices) => panic!("{name} has to choose: {choices:?}"),
        }
    }

    pub fn in_tenant<T>(&self, tenant: TenantId, work: impl FnOnce(&mut TenantTx<'_>) -> T) -> T {
        let request = self.platform.new_id(self.platform.now());
        tenant_tx(&self.platform, tenant, Actor::Operator, request, ("test", ""), |tx| Ok::<_, StoreError>(work(tx)))
            .unwrap()
    }

    /// `act outcome reason` of each record that a tenant's ledger was given.
    pub fn ledger(&self, tenant: TenantId) -> Vec<String> {
        let kept = self.kept.lock().unwrap();
        let mine = kept.iter().filter(|(whose, _)| *whose == tenant);
        mine.map(|(_, r)| {
            [r.act, r.outcome.as_str(), r.reason.as_deref().unwrap_or_default()].join(" ").trim_end().to_owned()
        })
        .collect()
    }

    /// Everything a tenant's ledger was given, as text.
    pub fn all_of_ledger(&self, tenant: TenantId) -> String {
        let kept = self.kept.lock().unwrap();
        kept.iter().filter(|(whose, _)| *whose == tenant).map(|(_, record)| format!("{record:?}")).collect()
    }
}

pub fn somebody() -> Visitor {
    Visitor { address: Ipv4Addr::LOCALHOST.into(), user_agent: "test".into(), comes_with: SessionKind::Token }
}

//! What answers from memory: of each tenant that asked lately, what is in force, who asks, and whom and what they asked about.
//!
//! Nothing is read for it: whatever a question had to look up in the database is kept, together with the versions under which
//! it was read. What always holds: what is older than what is known of the tenant's versions is not kept, and goes as soon as
//! one of them grows; a yes or no is answered from here only when everything it needs is here; and all pictures together
//! stay below [`MOST_BYTES`], the least used tenants going first.

use super::known::Known;
use super::question::{Ask, Asked};
use crate::decisions::Law;
use crate::platform::caller::Actor;
use crate::platform::current::{Remembers, Touched, Versions};
use crate::platform::db::Ts;
use crate::platform::ids::TenantId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// All pictures together.
const MOST_BYTES: usize = 64 << 20;
/// Keys that are known by heart.
const MOST_ASKERS: usize = 20_000;

/// What identifies a key without being it.
pub type KeyHash = [u8; 32];

/// An application that may ask.
#[derive(Debug)]
pub struct Asker {
    /// Whose application.
    pub tenant: TenantId,
    /// Its key.
    pub actor: Actor,
    /// By what it may.
    pub rests_on: String,
    /// Until when all of this holds, if nothing is changed before.
    pub until: Ts,
    /// Under what it was looked up.
    pub versions: Versions,
}

impl Asker {
    /// Whether it may ask at this moment, as far as `now` is known of its tenant.
    fn may(&self, versions: Versions, now: Ts) -> bool {
        now < self.until && (self.versions.law, self.versions.people) == (versions.law, versions.people)
    }
}

/// What a question had to look up.
pub struct Lesson {
    /// Under these versions, read first.
    pub versions: Versions,
    /// What is in force.
    pub law: Law,
    /// Whom and what it spoke of.
    pub known: Known,
    /// Who asked, if that can be known by heart.
    pub asker: Option<Asker>,
}

/// The pictures of all tenants.
#[derive(Default)]
pub struct Pictures {
    tenants: RwLock<HashMap<TenantId, Arc<Picture>>>,
    askers: RwLock<HashMap<KeyHash, Arc<Asker>>>,
    bytes: AtomicUsize,
    ticks: AtomicU64,
}

#[derive(Default)]
struct Picture {
    used: AtomicU64,
    inner: RwLock<Inner>,
}

/// Where something will be kept.
pub struct Place(Arc<Picture>);

/// What is known of a tenant.
#[derive(Default)]
struct Inner {
    versions: Versions,
    law: Option<Law>,
    known: Known,
    bytes: usize,
}

impl Pictures {
    /// Answers with what is in memory, if all of it is: `work` gets the law, what is known, and the versions of both.
    pub fn answer<T>(
        &self,
        asker: &Asker,
        asked: &Asked,
        now: Ts,
        work: impl FnOnce(&Law, &Known) -> T,
    ) -> Option<(T, Versions)> {
        let picture = read(&self.tenants).get(&asker.tenant)?.clone();
        picture.used.store(self.ticks.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        let inner = read(&picture.inner);
        let law = inner.law.as_ref().filter(|law| law.policy.stale_at().is_none_or(|at| now < at))?;
        let has = |ask: &Ask| inner.known.has_all(ask, now);
        let has_all = match asked {
            Asked::One(ask) => has(ask),
            Asked::Many(asks, _) => asks.iter().flatten().all(has),
        };
        (asker.may(inner.versions, now) && has_all).then(|| (work(law, &inner.known), inner.versions))
    }

    /// Who this key belongs to, if that is known by heart.
    pub fn asker(&self, key: &KeyHash) -> Option<Arc<Asker>> {
        read(&self.askers).get(key).cloned()
    }

    /// Where something that is about to be read will be kept. To be had before the reading begins: what changes meanwhile is
    /// noted there.
    pub fn place(&self, tenant: TenantId) -> Place {
        let known = read(&self.tenants).get(&tenant).cloned();
        Place(known.unwrap_or_else(|| write(&self.tenants).entry(tenant).or_default().clone()))
    }

    /// Keeps what a question had to look up.
    pub fn learn(&self, Place(picture): &Place, key: Option<KeyHash>, lesson: Lesson) {
        picture.used.store(self.ticks.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        if let (Some(key), Some(asker)) = (key, lesson.asker) {
            let mut askers = write(&self.askers);
            if askers.len() >= MOST_ASKERS {
                askers.clear();
            }
            askers.insert(key, Arc::new(asker));
        }
        let (before, after) = {
            let mut inner = write(&picture.inner);
            let before = inner.bytes;
            inner.takes(lesson.versions, lesson.law, lesson.known);
            (before, inner.bytes)
        };
        self.bytes.fetch_add(after, Ordering::Relaxed);
        let _ = self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |all| Some(all.saturating_sub(before)));
        if self.bytes.load(Ordering::Relaxed) > MOST_BYTES {
            self.make_room();
        }
    }

    /// About how many bytes all pictures take.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How many tenants have one.
    pub fn len(&self) -> usize {
        read(&self.tenants).len()
    }

    /// Whether nobody has one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The least used half goes. Rarely: only once all the room was filled anew.
    fn make_room(&self) {
        let mut tenants = write(&self.tenants);
        let mut used: Vec<u64> = tenants.values().map(|picture| picture.used.load(Ordering::Relaxed)).collect();
        used.sort_unstable();
        let middle = used.get(used.len() / 2).copied().unwrap_or(0);
        tenants.retain(|_, picture| picture.used.load(Ordering::Relaxed) > middle);
        let left: usize = tenants.values().map(|picture| read(&picture.inner).bytes).sum();
        self.bytes.store(left, Ordering::Relaxed);
    }
}

impl Remembers for Pictures {
    fn learns(&self, tenant: TenantId, now: Versions, by: Option<&Touched>) {
        let Some(picture) = read(&self.tenants).get(&tenant).cloned() else { return };
        let mut inner = write(&picture.inner);
        let before = inner.bytes;
        inner.learns(now, by);
        let freed = before.saturating_sub(inner.bytes);
        let _ = self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |all| Some(all.saturating_sub(freed)));
    }

    fn forgets_all(&self) {
        write(&self.tenants).clear();
        write(&self.askers).clear();
        self.bytes.store(0, Ordering::Relaxed);
    }
}

impl Inner {
    /// Lets go of what these versions say is over.
    fn learns(&mut self, now: Versions, by: Option<&Touched>) {
        let before = self.versions;
        if now.law > before.law {
            self.law = None;
            self.known.forget_people();
        }
        if now.people > before.people {
            self.known.forget_people();
        }
        if now.holdings > before.holdings {
            // Only one change lies between, and it says what it changed.
            let named = by.and_then(Touched::named).filter(|_| now.holdings == before.holdings + 1);
            match named {
                Some(ids) => ids.for_each(|id| self.known.forget_holding(id)),
                None => self.known.forget_holdings(),
            }
        }
        self.versions = Versions {
            law: now.law.max(before.law),
            people: now.people.max(before.people),
            holdings: now.holdings.max(before.holdings),
        };
        self.bytes = self.weight();
    }

    /// Takes in what was read under these versions, unless something of it is over already.
    fn takes(&mut self, versions: Versions, law: Law, known: Known) {
        let known_already = self.versions;
        if versions.law < known_already.law
            || versions.people < known_already.people
            || versions.holdings < known_already.holdings
        {
            return;
        }
        self.learns(versions, None);
        self.law = Some(law);
        self.known.merge(known);
        self.bytes = self.weight();
    }

    fn weight(&self) -> usize {
        size_of::<Picture>() + self.law.as_ref().map_or(0, |law| law.policy.bytes()) + self.known.bytes()
    }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

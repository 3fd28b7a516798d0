//! Names, opened and kept in memory while somebody searches. Names are sealed, each under its person's own key, so the
//! database cannot search them; opening 30,000 of them with every letter that is typed would take a second each time.
//!
//! What always holds: before every search the database is asked who changed since the last one, in the same transaction. A
//! name that was corrected or erased, on whatever node, is not found by its old form. What lies here is lost with the
//! process, and goes after a while in which nobody searches.

use super::model::{Membership, MembershipState};
use super::spelling::{Fit, Typed, folded};
use super::{operations, store};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{DepartmentId, Id, MembershipId, SubjectId, TenantId};
use crate::platform::vault::{self, Drawer};
use chrono::Duration;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Names kept at most, of all organisations together. Each takes some 200 bytes.
const MOST_NAMES: usize = 500_000;
/// After so long without a search, an organisation's names go.
const KEPT_FOR: Duration = Duration::minutes(15);
/// No transaction lasts longer, and no two nodes' clocks differ by more: what changed within this before the last look may
/// have been committed after it.
const LOOK_BACK: Duration = Duration::minutes(10);
/// People read at once.
const CHUNK: usize = 2_000;

/// The organisations' names that this process keeps.
#[derive(Default)]
pub struct Directories {
    tenants: Mutex<HashMap<TenantId, Arc<Mutex<Directory>>>>,
}

/// Whom a search wants.
pub(super) struct Wanted {
    pub typed: Typed,
    pub state: Option<MembershipState>,
    /// Any of these departments.
    pub departments: Option<HashSet<DepartmentId>>,
    /// Any of these memberships.
    pub only: Option<HashSet<MembershipId>>,
    /// This person's.
    pub subject: Option<SubjectId>,
}

/// A membership that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    pub fit: Fit,
    pub membership: MembershipId,
}

/// One organisation's names.
#[derive(Default)]
struct Directory {
    people: HashMap<SubjectId, Somebody>,
    looked_at: Option<Ts>,
    used_at: Option<Ts>,
}

struct Somebody {
    name: Option<Box<str>>,
    tenures: Vec<Tenure>,
    stamp: (Ts, i64),
}

struct Tenure {
    id: MembershipId,
    staff_number: Box<str>,
    department: Option<DepartmentId>,
    state: MembershipState,
}

impl Directories {
    /// Everybody who fits, the best first.
    pub(super) fn search(&self, tx: &mut TenantTx<'_>, wanted: &Wanted) -> Stored<Vec<Hit>> {
        let directory = self.of(tx.tenant(), tx.now());
        let mut directory = directory.lock().unwrap_or_else(PoisonError::into_inner);
        directory.catch_up(tx)?;
        let mut hits = directory.hits(wanted);
        hits.sort_unstable();
        Ok(hits)
    }

    fn of(&self, tenant: TenantId, now: Ts) -> Arc<Mutex<Directory>> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let directory = tenants.entry(tenant).or_default().clone();
        // One that somebody is busy with is in use.
        let size_and_age =
            |d: &Arc<Mutex<Directory>>| d.try_lock().map_or((0, now), |d| (d.people.len(), d.used_at.unwrap_or(now)));
        tenants.retain(|id, d| *id == tenant || *now - *size_and_age(d).1 < KEPT_FOR);
        while tenants.values().map(|d| size_and_age(d).0).sum::<usize>() > MOST_NAMES {
            let others = tenants.iter().filter(|(id, _)| **id != tenant);
            let Some(oldest) = others.min_by_key(|(_, d)| size_and_age(d).1).map(|(id, _)| *id) else { break };
            tenants.remove(&oldest);
        }
        directory
    }
}

impl Directory {
    /// Reads whoever changed since the last look; everybody at the first.
    fn catch_up(&mut self, tx: &mut TenantTx<'_>) -> Stored<()> {
        let now = tx.now();
        let since = self.looked_at.map(|at| Ts(*at - LOOK_BACK));
        let mut after = None;
        loop {
            let stamps = store::stamps(tx, since, after, CHUNK)?;
            let changed: Vec<(SubjectId, (Ts, i64))> = stamps
                .iter()
                .filter(|(id, stamp)| self.people.get(id).is_none_or(|s| s.stamp != *stamp))
                .copied()
                .collect();
            self.read(tx, &changed)?;
            match stamps.last() {
                Some((id, (at, _))) if stamps.len() == CHUNK => after = Some((*at, *id)),
                Some(_) | None => break,
            }
        }
        if let Some(since) = since {
            let erased = vault::erased_since(tx, Drawer::Identity, since)?;
            self.read_again(tx, &erased)?;
        }
        (self.looked_at, self.used_at) = (Some(now), Some(now));
        Ok(())
    }

    fn read(&mut self, tx: &mut TenantTx<'_>, changed: &[(SubjectId, (Ts, i64))]) -> Stored<()> {
        if changed.is_empty() {
            return Ok(());
        }
        let ids: Vec<SubjectId> = changed.iter().map(|(id, _)| *id).collect();
        let mut names = operations::names(tx, &ids)?;
        let mut tenures: HashMap<SubjectId, Vec<Tenure>> = HashMap::new();
        for m in store::memberships_of_subjects(tx, &ids)? {
            tenures.entry(m.subject_id).or_default().push(Tenure::of(m));
        }
        for (id, stamp) in changed {
            let name = names.remove(id).map(|name| folded(&name).into_boxed_str());
            let tenures = tenures.remove(id).unwrap_or_default();
            self.people.insert(*id, Somebody { name, tenures, stamp: *stamp });
        }
        Ok(())
    }

    /// Whoever's key was erased has no name any more, whatever their stamp says.
    fn read_again(&mut self, tx: &mut TenantTx<'_>, ids: &[SubjectId]) -> Stored<()> {
        let known: Vec<_> = ids.iter().filter_map(|id| self.people.get(id).map(|s| (*id, s.stamp))).collect();
        self.read(tx, &known)
    }

    fn hits(&self, wanted: &Wanted) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (subject, somebody) in &self.people {
            if wanted.subject.is_some_and(|wanted| wanted != *subject) {
                continue;
            }
            let by_name = somebody.name.as_deref().and_then(|name| wanted.typed.fit_of_name(name));
            for tenure in somebody.tenures.iter().filter(|t| t.is_wanted(wanted)) {
                let by_number = wanted.typed.fit_of_number(&tenure.staff_number);
                if let Some(fit) = by_name.into_iter().chain(by_number).min() {
                    hits.push(Hit { fit, membership: tenure.id });
                }
            }
        }
        hits
    }
}

impl Tenure {
    fn of(m: Membership) -> Self {
        Self { id: m.id, staff_number: m.staff_number.into(), department: m.department_id, state: m.state }
    }

    fn is_wanted(&self, wanted: &Wanted) -> bool {
        wanted.state.is_none_or(|state| state == self.state)
            && wanted.only.as_ref().is_none_or(|all| all.contains(&self.id))
            && wanted.departments.as_ref().is_none_or(|all| self.department.is_some_and(|d| all.contains(&d)))
    }
}

impl Hit {
    /// Whether it comes after what a cursor names.
    pub fn is_after(&self, (fit, id): (i64, uuid::Uuid)) -> bool {
        (self.fit.number(), self.membership.uuid()) > (fit, id)
    }
}

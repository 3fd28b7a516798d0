//! Members and people as a screen names them, many at once: a screen never has to ask for a name by itself.

use super::model::{Membership, MembershipState};
use super::{operations, store};
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::{MembershipId, SubjectId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// The act that shows names.
const SEES_NAMES: &str = "members.read";

/// A member, named as far as the caller may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MemberName)]
pub struct MemberName {
    /// The membership.
    pub id: MembershipId,
    /// The name, while it is known.
    pub name: Option<String>,
    /// 工号.
    pub staff_number: Option<String>,
}

/// A person of this organisation, named as far as the caller may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SubjectName)]
pub struct SubjectName {
    /// The person, as this organisation knows them.
    pub id: SubjectId,
    /// The name, while it is known.
    pub name: Option<String>,
    /// The staff number of the tenure that stands, or of the last one.
    pub staff_number: Option<String>,
}

/// Names that were looked up together.
#[derive(Debug, Default)]
pub struct Names {
    members: HashMap<MembershipId, MemberName>,
    subjects: HashMap<SubjectId, SubjectName>,
}

impl Names {
    /// Looks up members and people. Whoever may not read members gets the bare ids.
    pub fn of(
        tx: &mut TenantTx<'_>,
        members: impl IntoIterator<Item = MembershipId>,
        subjects: impl IntoIterator<Item = SubjectId>,
    ) -> Stored<Self> {
        if !tx.may(SEES_NAMES) {
            return Ok(Self::default());
        }
        let members: Vec<_> = members.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let found = store::load_memberships(tx, &members)?;
        let wanted: BTreeSet<SubjectId> = subjects.into_iter().collect();
        let all: Vec<_> = wanted.iter().copied().chain(found.iter().map(|m| m.subject_id)).collect();
        let names = operations::names(tx, &all)?;
        let name_of = |id: SubjectId| names.get(&id).cloned();
        let members = found.iter().map(|m| {
            let named =
                MemberName { id: m.id, name: name_of(m.subject_id), staff_number: Some(m.staff_number.clone()) };
            (m.id, named)
        });
        let members = members.collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        let mut numbers = numbers(store::memberships_of_subjects(tx, &wanted)?);
        let subjects = wanted.into_iter().map(|id| {
            (id, SubjectName { id, name: name_of(id), staff_number: numbers.remove(&id).map(|m| m.staff_number) })
        });
        Ok(Self { members, subjects: subjects.collect() })
    }

    /// A member; without a name where it may not be seen or is not known.
    pub fn member(&self, id: MembershipId) -> MemberName {
        self.members.get(&id).cloned().unwrap_or(MemberName { id, name: None, staff_number: None })
    }

    /// A person; without a name where it may not be seen or is not known.
    pub fn subject(&self, id: SubjectId) -> SubjectName {
        self.subjects.get(&id).cloned().unwrap_or(SubjectName { id, name: None, staff_number: None })
    }
}

/// Of each person the tenure that stands, or the last one; they come oldest first.
fn numbers(tenures: Vec<Membership>) -> HashMap<SubjectId, Membership> {
    let mut shown: HashMap<SubjectId, Membership> = HashMap::new();
    for m in tenures {
        let stands = m.state != MembershipState::Departed;
        match shown.get(&m.subject_id) {
            Some(known) if known.state != MembershipState::Departed && !stands => {}
            Some(_) | None => drop(shown.insert(m.subject_id, m)),
        }
    }
    shown
}

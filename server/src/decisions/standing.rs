//! Who would do it: a membership with its roles, and until when that is so.

use crate::people::roles::{self, Held};
use crate::people::{self, Membership};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{MembershipId, SubjectId};
use policy_model::decision::{Reach, Tenure};

/// Somebody in the organisation, as decisions see them.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The membership.
    pub membership: MembershipId,
    /// Which person that is.
    pub subject: SubjectId,
    /// By which names the policy knows them: themselves first, since a task of one's own opens what a role does not.
    names: Vec<String>,
    /// Until when all of this holds, if nothing is changed before: a last day, the end of a delegation.
    until: Option<Ts>,
}

impl Standing {
    /// Whether they belong to the organisation at this moment.
    pub fn tenure(&self) -> Tenure {
        if self.names.is_empty() { Tenure::Ended } else { Tenure::Stands }
    }

    /// Their names in the policy, and whether each reaches this person.
    pub fn names(&self) -> impl Iterator<Item = (&str, Reach)> {
        self.names.iter().map(|name| (name.as_str(), Reach::Within))
    }

    /// The roles that they act in.
    pub fn roles(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().filter_map(|name| name.strip_prefix("role:"))
    }

    /// Somebody who acts by these names, themselves first.
    pub(crate) fn acting(membership: MembershipId, subject: SubjectId, names: Vec<String>) -> Self {
        Self { membership, subject, names, until: None }
    }

    /// Until when it holds, if nothing is changed before.
    pub fn until(&self) -> Option<Ts> {
        self.until
    }

    /// Whether it has to be read anew by now.
    pub fn is_over(&self, now: Ts) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// How a membership stands now; none when the organisation never had it.
pub fn standing(tx: &mut TenantTx<'_>, id: MembershipId) -> Stored<Option<Standing>> {
    let Some(m) = people::find_membership(tx, id)? else { return Ok(None) };
    Ok(standings(tx, &[m])?.pop())
}

/// How many memberships stand now, in their order.
pub fn standings(tx: &mut TenantTx<'_>, memberships: &[Membership]) -> Stored<Vec<Standing>> {
    let held = roles::held_by_all(tx, memberships)?;
    Ok(memberships.iter().zip(held).map(|(m, held)| of(m, held)).collect())
}

fn of(m: &Membership, held: Held) -> Standing {
    let own = (!held.roles.is_empty()).then(|| format!("member:{}", m.id));
    let names = own.into_iter().chain(held.roles.iter().map(|role| format!("role:{role}"))).collect();
    Standing { membership: m.id, subject: m.subject_id, names, until: held.until }
}

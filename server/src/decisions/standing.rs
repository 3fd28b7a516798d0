//! Who would do it: a membership with its roles, and until when that is so.

use crate::people::roles::{self, Held};
use crate::people::{self, Membership};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{MembershipId, SubjectId};
use policy_model::decision::{Reach, Tenure};
use std::collections::HashSet;
use std::sync::Arc;

/// Somebody in the organisation, as decisions see them.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The membership.
    pub membership: MembershipId,
    /// Which person that is.
    pub subject: SubjectId,
    /// By which names the policy knows them: themselves first, since a task of one's own opens what a role does not.
    names: Vec<Name>,
    /// Until when all of this holds, if nothing is changed before: a last day, the end of a delegation.
    until: Option<Ts>,
}

/// A name in the policy.
#[derive(Debug, Clone)]
struct Name {
    text: String,
    /// Whose data it is for, where it is not for everybody's.
    within: Option<Arc<HashSet<SubjectId>>>,
}

impl Name {
    fn for_all(text: String) -> Self {
        Self { text, within: None }
    }

    fn reach(&self, whose: Option<SubjectId>) -> Reach {
        match (&self.within, whose) {
            (None, _) => Reach::Within,
            (Some(people), Some(whose)) if people.contains(&whose) => Reach::Within,
            // Nobody in particular may be anybody.
            (Some(_), _) => Reach::Outside,
        }
    }
}

impl Standing {
    /// Whether they belong to the organisation at this moment.
    pub fn tenure(&self) -> Tenure {
        if self.names.is_empty() { Tenure::Ended } else { Tenure::Stands }
    }

    /// Their names in the policy, and whether each reaches this person; where it is about nobody in particular, only those
    /// that reach everybody.
    pub fn names(&self, whose: Option<SubjectId>) -> impl Iterator<Item = (&str, Reach)> {
        self.names.iter().map(move |name| (name.text.as_str(), name.reach(whose)))
    }

    /// The names by which they have powers: what is bounded by a department gives none.
    pub fn names_with_powers(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter(|name| name.within.is_none()).map(|name| name.text.as_str())
    }

    /// Whether the policy knows them by this name.
    pub fn is_called(&self, text: &str) -> bool {
        self.names.iter().any(|name| name.text == text)
    }

    /// Every role that they hold, wherever it reaches.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter_map(|name| name.text.strip_prefix("role:"))
    }

    /// The roles in which they meet this person's data.
    pub fn roles_towards(&self, whose: Option<SubjectId>) -> impl Iterator<Item = &str> + Clone {
        let reaching = self.names.iter().filter(move |name| name.reach(whose) == Reach::Within);
        reaching.filter_map(|name| name.text.strip_prefix("role:"))
    }

    /// How many people those of the roles reach that were given for a department: what they weigh in memory.
    pub fn reached(&self) -> usize {
        self.names.iter().filter_map(|name| name.within.as_ref()).map(|people| people.len()).sum()
    }

    /// A membership that acts with this.
    pub(crate) fn of(m: &Membership, held: Held) -> Self {
        let own = (!held.roles.is_empty()).then(|| Name::for_all(format!("member:{}", m.id)));
        let everywhere = held.roles.iter().map(|role| Name::for_all(format!("role:{role}")));
        let bounded =
            held.within.into_iter().map(|w| Name { text: format!("role:{}", w.role), within: Some(w.people) });
        let names = own.into_iter().chain(everywhere).chain(bounded).collect();
        Self { membership: m.id, subject: m.subject_id, names, until: held.until }
    }

    /// Somebody who acts by these names, themselves first.
    pub(crate) fn acting(membership: MembershipId, subject: SubjectId, names: Vec<String>) -> Self {
        Self { membership, subject, names: names.into_iter().map(Name::for_all).collect(), until: None }
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
    Ok(memberships.iter().zip(held).map(|(m, held)| Standing::of(m, held)).collect())
}

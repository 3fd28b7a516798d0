//! What the lines of a list are about, as it stands now: whether it is still had, and how it is taken away.

use super::error::CertificationError;
use super::model::{Kind, Line, LineState};
use super::store;
use crate::instructions::{self, InstructionError};
use crate::packs;
use crate::people::roles;
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::{InstructionId, RoleAssignmentId, SubjectId};
use policy_model::certification::appoints;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What of some lines is still had.
#[derive(Debug, Default)]
pub(super) struct Still {
    roles: HashSet<RoleAssignmentId>,
    grants: HashSet<InstructionId>,
}

impl Still {
    /// Looks at what these lines are about.
    pub fn of(tx: &mut TenantTx<'_>, lines: &[Line]) -> Stored<Self> {
        let assignments: Vec<RoleAssignmentId> = lines.iter().filter_map(|line| line.assignment_id).collect();
        let roles = roles::held_of(tx, &assignments)?;
        let mut grants = HashSet::new();
        if lines.iter().any(|line| line.instruction_id.is_some()) {
            grants.extend(instructions::permitting(tx)?.into_iter().map(|(i, _)| i.id));
        }
        Ok(Self { roles, grants })
    }

    /// Whether what the line is about is still had.
    pub fn has(&self, line: &Line) -> bool {
        line.assignment_id.is_some_and(|id| self.roles.contains(&id))
            || line.instruction_id.is_some_and(|id| self.grants.contains(&id))
    }
}

/// Settles those of these lines whose matter has ended otherwise, and gives back the rest.
pub(super) fn without_ended(tx: &mut TenantTx<'_>, lines: Vec<Line>) -> Stored<Vec<Line>> {
    let still = Still::of(tx, &lines)?;
    let (had, ended): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| still.has(line));
    for line in ended {
        store::settle(tx, line.id, LineState::Ended, (None, None))?;
    }
    Ok(had)
}

/// Takes away what a line is about, by what takes it away anyway.
pub(super) fn take_away(tx: &mut TenantTx<'_>, line: &Line, reason: &str) -> Result<(), CertificationError> {
    match (line.kind, line.assignment_id, line.instruction_id) {
        (Kind::Role, Some(id), _) => drop(roles::revoke(tx, id)?),
        (Kind::Exceptional, _, Some(id)) => match instructions::revoke(tx, id, reason) {
            // One instruction may name several people, each with a line.
            Ok(_) | Err(InstructionError::Ended(_)) => {}
            Err(e) => return Err(e.into()),
        },
        (Kind::Role, None, _) | (Kind::Exceptional, _, None) => return Err(CertificationError::UnknownLine),
    }
    Ok(())
}

/// How many people could appoint somebody now.
pub(super) fn who_appoint(tx: &mut TenantTx<'_>) -> Stored<usize> {
    let pack = packs::in_force(tx)?;
    let mut people: BTreeSet<SubjectId> = BTreeSet::new();
    for role in pack.roles().iter().filter(|role| appoints(&pack, &role.key)) {
        people.extend(roles::acting(tx, &role.key)?.into_iter().map(|(_, subject)| subject));
    }
    Ok(people.len())
}

/// How many lines a list has that nobody has answered.
pub(super) fn unanswered(counts: &BTreeMap<LineState, i64>) -> i64 {
    LineState::UNANSWERED.iter().filter_map(|state| counts.get(state)).sum()
}

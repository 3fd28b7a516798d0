//! Who belongs to departments, those below them included.

use super::error::PeopleError;
use super::model::{Department, MembershipState};
use super::store::{self, Which};
use crate::platform::db::{Stored, TenantTx};
use crate::platform::http::Cursor;
use crate::platform::ids::{DepartmentId, Id, SubjectId};
use std::collections::{BTreeSet, HashSet};

const PAGE: i64 = 500;

/// Everybody who works in these departments or below them now; more than `most` are too many.
pub fn subjects_within(
    tx: &mut TenantTx<'_>,
    departments: &[DepartmentId],
    most: usize,
) -> Result<Vec<SubjectId>, PeopleError> {
    let tree = store::all_departments(tx)?;
    if let Some(unknown) = departments.iter().find(|id| !tree.iter().any(|d| d.id == **id)) {
        return Err(PeopleError::Invalid(format!("/scope/departments: there is no department {unknown}")));
    }
    let mut subjects = BTreeSet::new();
    for department in with_those_below(&tree, departments) {
        let mut after: Option<Cursor> = None;
        loop {
            let page = store::list_memberships(
                tx,
                Which { departments: Some(&[department]), ..Which::default() },
                after,
                PAGE,
            )?;
            let is_last = i64::try_from(page.len()).unwrap_or(0) <= PAGE;
            after = page.get(usize::try_from(PAGE).unwrap_or(0) - 1).map(|m| Cursor::numbered(0, m.id.uuid()));
            subjects.extend(page.iter().filter(|m| m.state != MembershipState::Departed).map(|m| m.subject_id));
            if subjects.len() > most {
                return Err(PeopleError::Invalid(format!(
                    "/scope: more than {most} people are too many for one order"
                )));
            }
            if is_last {
                break;
            }
        }
    }
    Ok(subjects.into_iter().collect())
}

/// Whoever has or had a membership in this department or below it: what a role that was given for it reaches. Who has left is
/// among them, since their data stays with the department that they left.
pub(super) fn reached_from(tx: &mut TenantTx<'_>, department: DepartmentId) -> Stored<HashSet<SubjectId>> {
    let tree = store::all_departments(tx)?;
    let all: Vec<DepartmentId> = with_those_below(&tree, &[department]).into_iter().collect();
    store::subjects_of_departments(tx, &all)
}

fn with_those_below(tree: &[Department], departments: &[DepartmentId]) -> HashSet<DepartmentId> {
    let mut wanted: HashSet<DepartmentId> = departments.iter().copied().collect();
    loop {
        let before = wanted.len();
        let below = |d: &&Department| d.parent_id.is_some_and(|up| wanted.contains(&up));
        let more: Vec<DepartmentId> = tree.iter().filter(below).map(|d| d.id).collect();
        wanted.extend(more);
        if wanted.len() == before {
            return wanted;
        }
    }
}

//! Who belongs to departments, those below them included.

use super::error::PeopleError;
use super::model::MembershipState;
use super::store::{self, Which};
use crate::platform::db::TenantTx;
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
    let mut wanted: HashSet<DepartmentId> = departments.iter().copied().collect();
    loop {
        let before = wanted.len();
        wanted.extend(
            tree.iter()
                .filter(|d| d.parent_id.is_some_and(|up| wanted.contains(&up)))
                .map(|d| d.id)
                .collect::<Vec<_>>(),
        );
        if wanted.len() == before {
            break;
        }
    }
    let mut subjects = BTreeSet::new();
    for department in wanted {
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

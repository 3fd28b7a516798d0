//! Finding members: by name, staff number, e-mail address or phone number; in a department and below it.

use super::directory::{Directories, Hit, Wanted};
use super::error::PeopleError;
use super::model::{Department, Membership, MembershipState};
use super::roles;
use super::spelling::Typed;
use super::store::{self, Which};
use crate::platform::db::{Stored, TenantTx};
use crate::platform::http::{Cursor, Page};
use crate::platform::ids::{DepartmentId, Id, MembershipId, SubjectId};
use crate::platform::sign_in::accounts;
use crate::platform::vault;
use std::collections::{HashMap, HashSet};

/// Characters of a search at most: longer than any name.
const LONGEST: usize = 100;

/// Which members.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    /// What was typed.
    pub typed: Option<String>,
    /// Only those that stand there.
    pub state: Option<MembershipState>,
    /// Only those in this department.
    pub department: Option<DepartmentId>,
    /// Only those in this department or below it.
    pub within: Option<DepartmentId>,
    /// Only those who hold this role now.
    pub role: Option<String>,
    /// Only the tenures of this person.
    pub subject: Option<SubjectId>,
}

/// A page of members: the best first where something was typed, else the oldest first.
pub(super) fn members(
    tx: &mut TenantTx<'_>,
    directories: &Directories,
    search: &Search,
    (limit, after): (i64, Option<Cursor>),
) -> Result<Page<Membership>, PeopleError> {
    let departments = departments(tx, search)?;
    let only = holders(tx, search)?;
    let typed = search.typed.as_deref().filter(|text| !text.trim().is_empty());
    let Some(text) = typed else {
        let departments: Option<Vec<_>> = departments.map(|all| all.into_iter().collect());
        let only: Option<Vec<_>> = only.map(|all| all.into_iter().collect());
        let which = Which {
            state: search.state,
            departments: departments.as_deref(),
            subject: search.subject,
            only: only.as_deref(),
        };
        let rows = store::list_memberships(tx, which, after, limit)?;
        return Ok(Page::cut(rows, limit, |m| store::by_id(m.id)));
    };
    if text.chars().count() > LONGEST {
        return Err(PeopleError::Invalid(format!("q: at most {LONGEST} characters")));
    }
    let Some(typed) = Typed::of(text) else { return Ok(Page { items: Vec::new(), next: None }) };
    if let Some(known) = by_contact(tx, text)? {
        let mut found = store::load_memberships(tx, &known)?;
        found.retain(|m| search.state.is_none_or(|state| state == m.state));
        found.retain(|m| only.as_ref().is_none_or(|all| all.contains(&m.id)));
        found.retain(|m| search.subject.is_none_or(|subject| subject == m.subject_id));
        found.retain(|m| departments.as_ref().is_none_or(|all| m.department_id.is_some_and(|d| all.contains(&d))));
        return Ok(Page { items: found, next: None });
    }
    let wanted = Wanted { typed, state: search.state, departments, only, subject: search.subject };
    let mut hits = directories.search(tx, &wanted)?;
    if let Some(after) = after {
        hits.retain(|hit| hit.is_after((after.key, after.id)));
    }
    hits.truncate(usize::try_from(limit + 1).unwrap_or(usize::MAX));
    let page = Page::cut(hits, limit, |hit: &Hit| Cursor::numbered(hit.fit.number(), hit.membership.uuid()));
    let ids: Vec<MembershipId> = page.items.iter().map(|hit| hit.membership).collect();
    let mut found: HashMap<_, _> = store::load_memberships(tx, &ids)?.into_iter().map(|m| (m.id, m)).collect();
    Ok(Page { items: ids.iter().filter_map(|id| found.remove(id)).collect(), next: page.next })
}

/// Whom the organisation knows by an e-mail address or a whole phone number; `None` where that is not what was typed, or
/// where nobody has it: eleven digits may be a staff number.
fn by_contact(tx: &mut TenantTx<'_>, text: &str) -> Stored<Option<Vec<MembershipId>>> {
    let Some(identifier) = accounts::sign_in_name(text) else { return Ok(None) };
    let index = vault::tenant_key(tx)?.blind_index_key().index(&identifier);
    Ok(Some(store::with_contact(tx, index.as_bytes())?).filter(|known| !known.is_empty()))
}

/// Who holds the role that is looked for; everybody who is employed holds the employees' own.
fn holders(tx: &mut TenantTx<'_>, search: &Search) -> Stored<Option<HashSet<MembershipId>>> {
    match search.role.as_deref() {
        None | Some(roles::EVERYBODY) => Ok(None),
        Some(role) => Ok(Some(roles::holders(tx, role)?.into_iter().map(|(membership, _)| membership).collect())),
    }
}

fn departments(tx: &mut TenantTx<'_>, search: &Search) -> Result<Option<HashSet<DepartmentId>>, PeopleError> {
    let below = match search.within {
        None => None,
        Some(top) => Some(with_all_below(&store::all_departments(tx)?, top)),
    };
    Ok(match (search.department, below) {
        (Some(one), Some(below)) => Some(below.into_iter().filter(|id| *id == one).collect()),
        (Some(one), None) => Some(HashSet::from([one])),
        (None, below) => below,
    })
}

/// A department and everything below it. One that is not there has nobody.
fn with_all_below(tree: &[Department], top: DepartmentId) -> HashSet<DepartmentId> {
    let mut children: HashMap<DepartmentId, Vec<DepartmentId>> = HashMap::new();
    for department in tree {
        if let Some(parent) = department.parent_id {
            children.entry(parent).or_default().push(department.id);
        }
    }
    let mut all = HashSet::new();
    let mut next = vec![top];
    while let Some(id) = next.pop() {
        if all.insert(id) {
            next.extend(children.get(&id).into_iter().flatten());
        }
    }
    all
}

//! Finding members: by name, staff number, e-mail address or phone number; in a department and below it.

use super::directory::{Directories, Hit, Wanted};
use super::error::PeopleError;
use super::model::{Department, Membership, MembershipState};
use super::spelling::Typed;
use super::store;
use crate::platform::db::{Stored, TenantTx};
use crate::platform::http::{Cursor, Page};
use crate::platform::ids::{DepartmentId, Id, MembershipId};
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
}

/// A page of members: the best first where something was typed, else the oldest first.
pub(super) fn members(
    tx: &mut TenantTx<'_>,
    directories: &Directories,
    search: &Search,
    (limit, after): (i64, Option<Cursor>),
) -> Result<Page<Membership>, PeopleError> {
    let departments = departments(tx, search)?;
    let typed = search.typed.as_deref().filter(|text| !text.trim().is_empty());
    let Some(text) = typed else {
        let departments: Option<Vec<_>> = departments.map(|all| all.into_iter().collect());
        let rows = store::list_memberships(tx, search.state, departments.as_deref(), after, limit)?;
        return Ok(Page::cut(rows, limit, |m| store::by_id(m.id)));
    };
    if text.chars().count() > LONGEST {
        return Err(PeopleError::Invalid(format!("q: at most {LONGEST} characters")));
    }
    let Some(typed) = Typed::of(text) else { return Ok(Page { items: Vec::new(), next: None }) };
    if let Some(known) = by_contact(tx, text)? {
        let mut found = store::load_memberships(tx, &known)?;
        found.retain(|m| search.state.is_none_or(|state| state == m.state));
        found.retain(|m| departments.as_ref().is_none_or(|all| m.department_id.is_some_and(|d| all.contains(&d))));
        return Ok(Page { items: found, next: None });
    }
    let mut hits = directories.search(tx, &Wanted { typed, state: search.state, departments })?;
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

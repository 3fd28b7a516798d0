//! Who holds which role, over HTTP: since when, by whom, and what each could be given.

use super::error::PeopleError;
use super::model::{RoleAssignment, Via};
use super::named::{MemberName, Names};
use super::own_roles;
use super::roles::{self, Bounds};
use super::routes::Allowed;
use super::store::{self, Assigned};
use crate::packs;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Page, PageQuery};
use crate::platform::ids::{DepartmentId, MembershipId, RoleAssignmentId};
use actix_web::{delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of roles.
pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_role_assignments).service(assign_role).service(revoke_role).service(list_offers);
    super::separation::routes(cfg);
}

/// `?membership=…&role=auditor&held=true`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct AssignmentFilter {
    /// Only this one's.
    membership: Option<MembershipId>,
    /// Only of this role.
    role: Option<String>,
    /// Only those in force now (`true`), or only those that are over (`false`).
    held: Option<bool>,
}

/// Who holds and held which role, since when, by whom.
#[utoipa::path(tag = "people", params(AssignmentFilter, PageQuery),
               responses((status = 200, body = Page<RoleAssignmentView>)))]
#[get("/role-assignments")]
async fn list_role_assignments(
    at: Attempt,
    filter: web::Query<AssignmentFilter>,
    page: web::Query<PageQuery>,
) -> Answer<Page<RoleAssignmentView>> {
    let (limit, cursor) = (page.limit()?, page.cursor()?);
    let AssignmentFilter { membership, role, held } = filter.into_inner();
    let which = Assigned { membership, role, held };
    let page = at
        .run(Act::named("members.read"), move |tx| {
            let rows = store::list_assignments(tx, &which, cursor, limit)?;
            let page = Page::cut(rows, limit, |a| store::by_id(a.id));
            Ok::<_, PeopleError>(Page { items: assignment_views(tx, page.items)?, next: page.next })
        })
        .await?;
    Ok(Answered::ok(page))
}

/// Who holds a role, with the names of those that it concerns.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct RoleAssignmentView {
    /// Who holds it.
    member: MemberName,
    /// Who granted it; nobody for the first admin.
    granter: Option<MemberName>,
    /// Who took it away.
    revoker: Option<MemberName>,
    /// What the caller may do with it now.
    can: AssignmentCan,
    /// The assignment.
    #[serde(flatten)]
    assignment: RoleAssignment,
}

/// What may be done with an assignment, from the function that would refuse it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct AssignmentCan {
    /// Take the role away.
    revoke: Allowed,
}

fn assignment_views(tx: &mut TenantTx<'_>, rows: Vec<RoleAssignment>) -> Stored<Vec<RoleAssignmentView>> {
    let concerned = |a: &RoleAssignment| [Some(a.membership_id), a.granted_by, a.revoked_by];
    let names = Names::of(tx, rows.iter().flat_map(concerned).flatten(), [])?;
    let view = |assignment: RoleAssignment| RoleAssignmentView {
        member: names.member(assignment.membership_id),
        granter: assignment.granted_by.map(|id| names.member(id)),
        revoker: assignment.revoked_by.map(|id| names.member(id)),
        can: AssignmentCan { revoke: Allowed::of(&roles::may_revoke(tx, &assignment)) },
        assignment,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A role for somebody.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAssignment {
    /// Who.
    membership_id: MembershipId,
    /// The role's key.
    role: String,
    /// Until when, for somebody who stands in.
    #[serde(default)]
    until: Option<Ts>,
    /// Only over the people of this department and of those below it: then it opens data, and gives no power.
    #[serde(default)]
    department_id: Option<DepartmentId>,
    /// Roles of theirs that are taken away with it, as they exclude it: both happen in one moment, or neither.
    #[serde(default)]
    #[schema(max_items = 16)]
    instead_of: Vec<RoleAssignmentId>,
}

/// Gives a role. An excluded pair is refused, whatever path it comes by; what stands in the way may be taken away with it.
#[utoipa::path(tag = "people", request_body = NewAssignment, responses(
    (status = 201, body = RoleAssignment),
    (status = 403, description = "The roles exclude each other; says which and why"),
))]
#[post("/role-assignments")]
async fn assign_role(at: Attempt, body: web::Json<NewAssignment>) -> Answer<RoleAssignment> {
    let new = body.into_inner();
    at.once(Act::on("roles.assign", "membership", new.membership_id), new, |tx, new| {
        let to = store::find_membership(tx, new.membership_id)?.ok_or(PeopleError::UnknownMembership)?;
        let via = if new.until.is_some() { Via::Delegation } else { Via::Assignment };
        roles::take_away(tx, &to, &new.instead_of)?;
        roles::assign(tx, &to, &new.role, via, Bounds { until: new.until, department: new.department_id })
    })
    .await
}

/// Takes a role away.
#[utoipa::path(tag = "people", responses((status = 200, body = RoleAssignment)))]
#[delete("/role-assignments/{id}")]
async fn revoke_role(at: Attempt, id: web::Path<RoleAssignmentId>) -> Answer<RoleAssignment> {
    let id = id.into_inner();
    at.run(Act::on("roles.assign", "role_assignment", id), move |tx| roles::revoke(tx, id)).await.map(Answered::ok)
}

/// A role, and whether somebody could be given it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct RoleOffer {
    /// The role's key.
    role: String,
    /// Whether they could be given it, and the code of what would refuse it.
    assign: Allowed,
    /// Whether it could be given for the people of a department alone.
    by_department: bool,
    /// The assignment by which they hold it now, for all of the organisation.
    held: Option<RoleAssignmentId>,
    /// The role that they hold and that excludes it.
    excluded_by: Option<String>,
    /// All that they hold and that excludes it: what would have to be taken away.
    in_the_way: Vec<RoleInTheWay>,
    /// Whether they could be given it with those taken away.
    instead: Allowed,
    /// Why those two exclude each other, in Chinese.
    reason_zh: Option<String>,
    /// Why those two exclude each other, in English.
    reason_en: Option<String>,
    /// The clauses that the exclusion rests on.
    clauses: Vec<String>,
}

/// What somebody holds and what excludes another role.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct RoleInTheWay {
    /// By which assignment.
    assignment: RoleAssignmentId,
    /// Which role.
    role: String,
}

/// Every role of the pack and of the organisation's own, and whether this member could be given it: from the function that would refuse it.
#[utoipa::path(tag = "people", responses((status = 200, body = Vec<RoleOffer>)))]
#[get("/members/{id}/roles")]
async fn list_offers(at: Attempt, id: web::Path<MembershipId>) -> Answer<Vec<RoleOffer>> {
    let id = id.into_inner();
    at.run(Act::on("members.read", "membership", id), move |tx| offers(tx, id)).await.map(Answered::ok)
}

fn offers(tx: &mut TenantTx<'_>, id: MembershipId) -> Result<Vec<RoleOffer>, PeopleError> {
    let to = store::find_membership(tx, id)?.ok_or(PeopleError::UnknownMembership)?;
    let (pack, held) = (packs::in_force(tx)?, store::roles_of_subject(tx, to.subject_id)?);
    let rules = own_roles::rules(tx, &pack)?;
    let mut offers = Vec::new();
    for role in rules.keys.iter().filter(|key| *key != roles::EVERYBODY) {
        let answer = roles::may_assign(tx, &rules, &to, role, &held);
        let excluded_by = match &answer {
            Err(PeopleError::Excluded { held, .. }) => Some(held.clone()),
            Err(_) | Ok(()) => None,
        };
        let pair = |other: &String| rules.exclusions.iter().find(|e| e.roles.contains(role) && e.roles.contains(other));
        let exclusion = excluded_by.as_ref().and_then(pair);
        let (in_the_way, others): (Vec<_>, Vec<_>) =
            held.iter().cloned().partition(|a| a.role != *role && pair(&a.role).is_some());
        let instead = in_the_way
            .iter()
            .try_for_each(|a| roles::may_revoke(tx, a))
            .and_then(|()| roles::may_assign(tx, &rules, &to, role, &others));
        offers.push(RoleOffer {
            role: role.clone(),
            assign: Allowed::of(&answer),
            by_department: pack.kept_from_data(role).is_none(),
            held: held
                .iter()
                .find(|a| a.role == *role && a.membership_id == id && a.department_id.is_none())
                .map(|a| a.id),
            reason_zh: exclusion.map(|e| e.reason_zh.clone()),
            reason_en: exclusion.map(|e| e.reason_en.clone()),
            clauses: exclusion.map(|e| e.clauses.clone()).unwrap_or_default(),
            in_the_way: in_the_way.into_iter().map(|a| RoleInTheWay { assignment: a.id, role: a.role }).collect(),
            instead: Allowed::of(&instead),
            excluded_by,
        });
    }
    Ok(offers)
}

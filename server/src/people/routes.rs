//! People over HTTP: members, departments, who holds which role.

use super::directory::Directories;
use super::error::PeopleError;
use super::model::{Department, Membership, MembershipState, RoleAssignment, Via};
use super::named::{MemberName, Names};
use super::search::{self, Search};
use super::{operations, roles, store};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::caller::Actor;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Page, PageQuery};
use crate::platform::ids::{DepartmentId, MembershipId, RoleAssignmentId, SubjectId, TenantId};
use crate::platform::mail::{self, Template};
use crate::platform::sign_in::{self, SignInError};
use actix_web::{delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(me)
        .service(list_members)
        .service(get_member)
        .service(issue_setup_link)
        .service(list_departments)
        .service(list_role_assignments)
        .service(assign_role)
        .service(revoke_role);
}

/// A membership with the person's name.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MemberView {
    /// The name, while it is known.
    pub name: Option<String>,
    /// The roles held now.
    pub roles: Vec<String>,
    /// Whom they report to.
    pub manager: Option<MemberName>,
    /// The department's name.
    pub department: Option<String>,
    /// The membership.
    #[serde(flatten)]
    pub membership: Membership,
}

fn views(tx: &mut TenantTx<'_>, members: Vec<Membership>) -> Result<Vec<MemberView>, PeopleError> {
    let subjects: Vec<SubjectId> = members.iter().map(|m| m.subject_id).collect();
    let names = operations::names(tx, &subjects)?;
    let mut roles = roles::of_memberships(tx, &members)?;
    let managers = Names::of(tx, members.iter().filter_map(|m| m.manager_id), [])?;
    let departments = operations::department_names(tx, members.iter().filter_map(|m| m.department_id))?;
    let view = |membership: Membership| MemberView {
        name: names.get(&membership.subject_id).cloned(),
        roles: roles.remove(&membership.id).unwrap_or_default(),
        manager: membership.manager_id.map(|id| managers.member(id)),
        department: membership.department_id.and_then(|id| departments.get(&id).cloned()),
        membership,
    };
    Ok(members.into_iter().map(view).collect())
}

/// Who the caller is here.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct Me {
    /// The organisation.
    tenant_id: TenantId,
    /// The member; absent for a machine.
    member: Option<MemberView>,
    /// `member`, `api_key` or `connector`.
    kind: String,
}

/// Who am I?
#[utoipa::path(tag = "people", responses((status = 200, body = Me)))]
#[get("/me")]
async fn me(at: Attempt) -> Answer<Me> {
    let me = at
        .run(Act::named("self.read"), |tx| {
            let member = match tx.actor().clone() {
                Actor::Member { membership, .. } => {
                    let m = store::find_membership(tx, membership)?.ok_or(PeopleError::UnknownMembership)?;
                    views(tx, vec![m])?.pop()
                }
                Actor::ApiKey { .. } | Actor::Source(_) | Actor::Job(_) | Actor::Operator | Actor::Anonymous => None,
            };
            Ok::<_, PeopleError>(Me { tenant_id: tx.tenant(), member, kind: tx.actor().kind().into() })
        })
        .await?;
    Ok(Answered::ok(me))
}

/// `?q=lin&state=employed&within=…`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct MemberFilter {
    /// Only those that stand there.
    state: Option<MembershipState>,
    /// Only those in this department itself.
    department: Option<DepartmentId>,
    /// Only those in this department or below it.
    within: Option<DepartmentId>,
    /// What somebody typed: a name or its beginning, in characters, pinyin or initials; a staff number or its beginning; a
    /// whole e-mail address or phone number, as this organisation knows it. Then the best come first.
    q: Option<String>,
}

/// Members and former members.
#[utoipa::path(tag = "people", params(MemberFilter, PageQuery), responses((status = 200, body = Page<MemberView>)))]
#[get("/members")]
async fn list_members(
    at: Attempt,
    filter: web::Query<MemberFilter>,
    page: web::Query<PageQuery>,
    directories: web::Data<Directories>,
) -> Answer<Page<MemberView>> {
    let (limit, cursor, directories) = (page.limit()?, page.cursor()?, directories.into_inner());
    let MemberFilter { state, department, within, q } = filter.into_inner();
    let search = Search { typed: q, state, department, within };
    let page = at
        .run(Act::named("members.read"), move |tx| {
            let page = search::members(tx, &directories, &search, (limit, cursor))?;
            Ok::<_, PeopleError>(Page { items: views(tx, page.items)?, next: page.next })
        })
        .await?;
    Ok(Answered::ok(page))
}

/// One member.
#[utoipa::path(tag = "people", responses((status = 200, body = MemberView)))]
#[get("/members/{id}")]
async fn get_member(at: Attempt, id: web::Path<MembershipId>) -> Answer<MemberView> {
    let id = id.into_inner();
    let view = at
        .run(Act::on("members.read", "membership", id), move |tx| {
            let m = store::find_membership(tx, id)?.ok_or(PeopleError::UnknownMembership)?;
            views(tx, vec![m])?.pop().ok_or(PeopleError::UnknownMembership)
        })
        .await?;
    Ok(Answered::ok(view))
}

/// A one-time link to set a password, or to confirm with the one there is. Shown once; it goes to the person and to
/// nobody else.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct SetupLink {
    /// The link's token, for `POST /api/v1/auth/setup`; absent when it went to the person by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    setup_token: Option<String>,
    /// Whether it went to the person by mail. Then nobody else has seen it.
    sent: bool,
}

/// Gives a member their one-time set-up link; the one before is taken back.
#[utoipa::path(tag = "people", responses((status = 201, body = SetupLink)))]
#[post("/members/{id}/setup-link")]
async fn issue_setup_link(at: Attempt, id: web::Path<MembershipId>) -> Answer<SetupLink> {
    let id = id.into_inner();
    at.once(Act::on("members.invite", "membership", id), id, |tx, id| {
        let m = store::find_membership(tx, *id)?.ok_or(PeopleError::UnknownMembership)?;
        let (tenant, account) = (tx.tenant(), m.account_id.ok_or(PeopleError::NoAccount)?);
        if m.state == MembershipState::Departed {
            return Err(PeopleError::Departed);
        }
        let token = tx.as_platform(|p| sign_in::issue_setup_link(p, account, tenant)).map_err(|e| match e {
            SignInError::Store(e) => PeopleError::Store(e),
            _ => PeopleError::NoAccount,
        })?;
        let row = crate::packs::tenant(tx)?;
        let address = sign_in::address_of(&tx.platform().config().public_address(), &token);
        let words = [("organisation", row.name), ("token", token.expose().to_owned()), ("where", address)];
        let sent = mail::post(tx, account, Template::SetUp, &row.locale, words)?;
        Ok(SetupLink { setup_token: (!sent).then(|| token.expose().to_owned()), sent })
    })
    .await
}

/// The department tree, flat: each names its parent.
#[utoipa::path(tag = "people", responses((status = 200, body = Vec<Department>)))]
#[get("/departments")]
async fn list_departments(at: Attempt) -> Answer<Vec<Department>> {
    at.run(Act::named("members.read"), operations::departments_of).await.map(Answered::ok)
}

/// `?membership=…`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct AssignmentFilter {
    /// Only this one's.
    membership: Option<MembershipId>,
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
    let (limit, cursor, of) = (page.limit()?, page.cursor()?, filter.membership);
    let page = at
        .run(Act::named("members.read"), move |tx| {
            let rows = store::list_assignments(tx, of, cursor, limit)?;
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
    /// The assignment.
    #[serde(flatten)]
    assignment: RoleAssignment,
}

fn assignment_views(tx: &mut TenantTx<'_>, rows: Vec<RoleAssignment>) -> Stored<Vec<RoleAssignmentView>> {
    let concerned = |a: &RoleAssignment| [Some(a.membership_id), a.granted_by, a.revoked_by];
    let names = Names::of(tx, rows.iter().flat_map(concerned).flatten(), [])?;
    let view = |assignment: RoleAssignment| RoleAssignmentView {
        member: names.member(assignment.membership_id),
        granter: assignment.granted_by.map(|id| names.member(id)),
        revoker: assignment.revoked_by.map(|id| names.member(id)),
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
}

/// Gives a role. An excluded pair is refused, whatever path it comes by.
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
        roles::assign(tx, &to, &new.role, via, new.until)
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

//! People over HTTP: members, departments, who holds which role.

use super::directory::Directories;
use super::error::PeopleError;
use super::model::{Department, Membership, MembershipState};
use super::named::{MemberName, Names};
use super::search::{self, Search};
use super::{operations, roles, store};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::caller::Actor;
use crate::platform::db::TenantTx;
use crate::platform::http::{Answer, Answered, AsProblem, Page, PageQuery};
use crate::platform::ids::{AccountId, DepartmentId, MembershipId, SubjectId, TenantId};
use crate::platform::mail::{self, Template};
use crate::platform::sign_in::{self, SignInError};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this slice.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    super::role_routes::routes(cfg);
    super::export::routes(cfg);
    cfg.service(me).service(list_members).service(get_member).service(issue_setup_link).service(list_departments);
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
    /// What the caller may do with it now.
    pub can: MemberCan,
    /// The membership.
    #[serde(flatten)]
    pub membership: Membership,
}

/// What may be done with a member, from the functions that would refuse it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MemberCan {
    /// Give them their set-up link.
    pub invite: Allowed,
}

/// Whether something may be done, and the code of what would refuse it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Allowed)]
pub struct Allowed {
    /// Yes or no.
    pub allowed: bool,
    /// The code of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Allowed {
    pub(super) fn of<T>(answer: &Result<T, PeopleError>) -> Self {
        match answer {
            Ok(_) => Self { allowed: true, why: None },
            Err(e) => Self { allowed: false, why: Some(e.problem().code().to_owned()) },
        }
    }
}

/// Whether there is somebody to invite.
fn may_invite(m: &Membership) -> Result<AccountId, PeopleError> {
    let account = m.account_id.ok_or(PeopleError::NoAccount)?;
    if m.state == MembershipState::Departed { Err(PeopleError::Departed) } else { Ok(account) }
}

pub(super) fn views(tx: &mut TenantTx<'_>, members: Vec<Membership>) -> Result<Vec<MemberView>, PeopleError> {
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
        can: MemberCan { invite: Allowed::of(&may_invite(&membership)) },
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
                Actor::Leaver { .. }
                | Actor::ApiKey { .. }
                | Actor::Source(_)
                | Actor::Job(_)
                | Actor::Operator
                | Actor::Anonymous => None,
            };
            Ok::<_, PeopleError>(Me { tenant_id: tx.tenant(), member, kind: tx.actor().kind().into() })
        })
        .await?;
    Ok(Answered::ok(me))
}

/// `?q=lin&state=employed&within=…`
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(super) struct MemberFilter {
    /// Only those that stand there.
    state: Option<MembershipState>,
    /// Only those in this department itself.
    department: Option<DepartmentId>,
    /// Only those in this department or below it.
    within: Option<DepartmentId>,
    /// Only those who hold this role now.
    role: Option<String>,
    /// Only the tenures of this person.
    subject: Option<SubjectId>,
    /// What somebody typed: a name or its beginning, in characters, pinyin or initials; a staff number or its beginning; a
    /// whole e-mail address or phone number, as this organisation knows it. Then the best come first.
    q: Option<String>,
}

impl MemberFilter {
    pub(super) fn search(self) -> Search {
        let Self { state, department, within, role, subject, q } = self;
        Search { typed: q, state, department, within, role, subject }
    }
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
    let search = filter.into_inner().search();
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
        let (tenant, account) = (tx.tenant(), may_invite(&m)?);
        let token = tx.as_platform(|p| sign_in::issue_setup_link(p, account, tenant)).map_err(|e| match e {
            SignInError::Store(e) => PeopleError::Store(e),
            _ => PeopleError::NoAccount,
        })?;
        let row = crate::packs::tenant(tx)?;
        let address = sign_in::address_of(&tx.platform().config().public_address(), &token);
        let words = [("organisation", row.name), ("token", token.expose().to_owned()), ("where", address)];
        let sent = mail::post(tx, account, Template::SetUp, &row.locale, words)?;
        Ok::<_, PeopleError>(SetupLink { setup_token: (!sent).then(|| token.expose().to_owned()), sent })
    })
    .await
}

/// A department, with how many work in it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct DepartmentView {
    /// How many work in it itself, those who are leaving included.
    members: i64,
    /// The department.
    #[serde(flatten)]
    department: Department,
}

/// The department tree, flat: each names its parent.
#[utoipa::path(tag = "people", responses((status = 200, body = Vec<DepartmentView>)))]
#[get("/departments")]
async fn list_departments(at: Attempt) -> Answer<Vec<DepartmentView>> {
    at.run(Act::named("members.read"), |tx| {
        let counts = store::count_by_department(tx)?;
        let view = |department: Department| DepartmentView {
            members: counts.get(&department.id).copied().unwrap_or(0),
            department,
        };
        Ok::<_, PeopleError>(operations::departments_of(tx)?.into_iter().map(view).collect())
    })
    .await
    .map(Answered::ok)
}

//! Roles that the organisation defines for itself: what each may be given is one standing instruction, which passes the pack's
//! approval rules like any other and becomes lines of the policy. No other instruction names such a role, so what was
//! approved is all that it can do; whoever wants more defines another.

use super::error::InstructionError;
use super::model::{Kind, Scope};
use super::propose::{Draft, propose};
use crate::packs;
use crate::people::PeopleError;
use crate::people::own_roles::{self, NewOwnRole, OwnRoleRow, OwnRoleState};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{StoreError, Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered};
use crate::platform::ids::{Id, InstructionId, OwnRoleId};
use actix_web::{get, post, web};
use policy_model::class::ClassPattern;
use policy_model::instruction::Action;
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

/// Where an instruction comes from that defines a role.
pub(super) const OWN_ROLE: &str = "own_role";

pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_own_roles).service(define_role);
}

/// What a role may be given: each of these actions on each of these classes, for each of these purposes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnRoleScope {
    /// Classes, or families of them: `attendance.*`.
    classes: Vec<String>,
    /// `read`, `reveal`, `correct`, `export` …
    operations: Vec<String>,
    /// What for; 1 to 20 purposes.
    purposes: Vec<String>,
}

/// A role to be defined.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NewOwnRole)]
#[serde(deny_unknown_fields)]
struct Definition {
    /// Its key: `own.` and small letters.
    key: String,
    /// What it is called in Chinese.
    name_zh: String,
    /// What it is called in English.
    name_en: String,
    /// What it may be given.
    scope: OwnRoleScope,
    /// Roles of the pack that it excludes beyond those that its work excludes anyway.
    #[serde(default)]
    excludes: Vec<String>,
    /// Why it is needed.
    reason: String,
}

/// Two roles that exclude each other.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct OwnExclusion {
    /// The rule, and what it follows from.
    id: String,
    /// The two.
    roles: [String; 2],
    /// Why, in Chinese.
    reason_zh: String,
    /// Why, in English.
    reason_en: String,
    /// The clauses that it rests on.
    clause: Vec<String>,
}

/// A role of the organisation's own.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OwnRoleView {
    /// Its id.
    id: OwnRoleId,
    /// Its key.
    key: String,
    /// What it is called in Chinese.
    name_zh: String,
    /// What it is called in English.
    name_en: String,
    /// What it may be given.
    scope: OwnRoleScope,
    /// The roles of the pack whose work it does.
    works_as: Vec<String>,
    /// Where it stands.
    state: OwnRoleState,
    /// The instruction that defines it.
    instruction_id: InstructionId,
    /// When it was proposed.
    created_at: Ts,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Ts>,
}

/// The roles of the organisation's own, and what they exclude while they are in force.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OwnRoles {
    /// The roles, the oldest first.
    roles: Vec<OwnRoleView>,
    /// Pairs that nobody holds together, of which one at least is the organisation's own.
    exclusions: Vec<OwnExclusion>,
}

/// Every role that the organisation defined, in force or not, and the pairs that nobody holds together because of them.
#[utoipa::path(tag = "people", responses((status = 200, body = OwnRoles)))]
#[get("/own-roles")]
async fn list_own_roles(at: Attempt) -> Answer<OwnRoles> {
    at.run(Act::named("packs.read"), |tx| listed(tx).map_err(InstructionError::from)).await.map(Answered::ok)
}

fn listed(tx: &mut TenantTx<'_>) -> Stored<OwnRoles> {
    let pack = packs::in_force(tx)?;
    let rules = own_roles::rules(tx, &pack)?;
    let is_own = |role: &String| role.starts_with(own_roles::PREFIX);
    let exclusions = rules.exclusions.into_iter().filter(|e| e.roles.iter().any(is_own));
    Ok(OwnRoles {
        roles: own_roles::all(tx)?.into_iter().map(view).collect::<Stored<_>>()?,
        exclusions: exclusions
            .map(|e| OwnExclusion {
                id: e.id,
                roles: e.roles,
                reason_zh: e.reason_zh,
                reason_en: e.reason_en,
                clause: e.clauses,
            })
            .collect(),
    })
}

fn view(role: OwnRoleRow) -> Stored<OwnRoleView> {
    Ok(OwnRoleView {
        id: role.id,
        key: role.key,
        name_zh: role.name_zh,
        name_en: role.name_en,
        scope: serde_json::from_str(&role.scope)?,
        works_as: serde_json::from_str(&role.works_as)?,
        state: role.state,
        instruction_id: role.instruction_id,
        created_at: role.created_at,
        ended_at: role.ended_at,
    })
}

/// Defines a role: it is one once its instruction is approved, and ends when that is taken back.
#[utoipa::path(tag = "people", request_body = Definition, responses(
    (status = 201, body = OwnRoleView),
    (status = 403, description = "`people.own-role-combines`: it would do the work of two roles that exclude each other"),
    (status = 409, description = "`people.own-role-taken`"),
    (status = 422, description = "`people.own-role-invalid`, `instructions.invalid`"),
))]
#[post("/own-roles")]
async fn define_role(at: Attempt, body: web::Json<Definition>) -> Answer<OwnRoleView> {
    at.once(Act::named("instructions.propose"), body.into_inner(), |tx, asked| {
        let role = define(tx, asked)?;
        Ok::<_, InstructionError>(view(role)?)
    })
    .await
}

fn define(tx: &mut TenantTx<'_>, asked: &Definition) -> Result<OwnRoleRow, InstructionError> {
    let purposes = &asked.scope.purposes;
    let is_said = |purpose: &String| !purpose.trim().is_empty() && purpose.chars().count() <= 200;
    if purposes.is_empty() || !purposes.iter().all(is_said) {
        return Err(InstructionError::Invalid {
            what: "1 to 20 purposes are named, of 200 characters at most".into(),
            pointer: "/scope/purposes",
            help: "Say what the data is used for.",
        });
    }
    let id: OwnRoleId = tx.new_id();
    let draft = Draft {
        kind: Kind::Standing,
        action: Action::Standing,
        // Whoever reads it as one purpose, in a record or a notice, reads all of them.
        purpose: purposes.join(", "),
        scope: Scope {
            classes: asked.scope.classes.clone(),
            operations: asked.scope.operations.clone(),
            purposes: purposes.clone(),
            roles: vec![asked.key.clone()],
            ..Scope::default()
        },
        reason: asked.reason.clone(),
        until: None,
        holdings: 0,
        executor: None,
        author: None,
        drawn_by: None,
        origin: (OWN_ROLE, Some(id.uuid().into())),
    };
    // First the instruction: it says of classes and operations what is wrong with them.
    let instruction = propose(tx, draft)?;
    let classes: Vec<ClassPattern> = asked.scope.classes.iter().filter_map(|text| text.parse().ok()).collect();
    let new = NewOwnRole {
        key: asked.key.clone(),
        names: (asked.name_zh.clone(), asked.name_en.clone()),
        scope: serde_json::to_string(&asked.scope).map_err(StoreError::from)?,
        classes,
        excludes: asked.excludes.clone(),
    };
    let role = own_roles::add(tx, new, id, instruction.id)?;
    // Where the pack asks for nobody's yes, it is one at once.
    if instruction.state == super::State::InForce {
        own_roles::settled(tx, instruction.id, true)?;
        return Ok(OwnRoleRow { state: OwnRoleState::InForce, in_force_at: Some(tx.now()), ..role });
    }
    Ok(role)
}

impl From<PeopleError> for InstructionError {
    fn from(e: PeopleError) -> Self {
        match e {
            PeopleError::Store(e) => Self::Store(e),
            other => Self::Role(other),
        }
    }
}

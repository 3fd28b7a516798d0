//! Proposing: what an instruction has to hold to before anybody is asked, and whose yes it takes.

use super::error::InstructionError;
use super::model::{Instruction, Kind, Scope, State};
use super::operations::{about, announce, scope_of};
use super::own_roles::OWN_ROLE;
use super::store;
use crate::packs;
use crate::people;
use crate::platform::db::{StoreError, Stored, TenantTx, Ts};
use crate::platform::ids::{CaseId, InstructionId, MembershipId, SubjectId};
use crate::platform::keyring::Aad;
use crate::platform::record::Record;
use crate::platform::vault;
use policy_model::approval::{self, Ask, Requirement};
use policy_model::calendar::start_of_day;
use policy_model::class::ClassPattern;
use policy_model::decision::is_operation;
use policy_model::instruction::{Action, Holders, Subjects};
use policy_model::pack::Pack;

/// Where an instruction's reason lives.
pub(super) const REASON: Aad = Aad::new("instructions.reason");
/// The role that everybody has who works here.
pub(super) const EVERYBODY: &str = "employee";

/// An instruction in the making.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Standing, exceptional or order.
    pub kind: Kind,
    /// The action, as approval rules name it.
    pub action: Action,
    /// For what purpose.
    pub purpose: String,
    /// What it is about and whom it permits.
    pub scope: Scope,
    /// Why, in words; may name people, so it is sealed.
    pub reason: String,
    /// Until when it permits.
    pub until: Option<Ts>,
    /// How many holdings it touches.
    pub holdings: i64,
    /// Who carries it out, when that is a person.
    pub executor: Option<SubjectId>,
    /// Who gives it; the transaction's actor when nobody is named. What the platform derives from a case somebody
    /// submitted is that person's, or they could approve their own.
    pub author: Option<(MembershipId, SubjectId)>,
    /// Who had a hand in it beside the author, and decides on it as little.
    pub drawn_by: Option<SubjectId>,
    /// The case it comes from: kind and id.
    pub origin: (&'static str, Option<CaseId>),
}

/// Draws an instruction up as it would stand once proposed: checked, with whose yes it takes. Nothing is kept.
pub fn draw_up(tx: &mut TenantTx<'_>, draft: Draft) -> Result<Instruction, InstructionError> {
    let pack = packs::in_force(tx)?;
    drawn_up(tx, &pack, draft).map(|(instruction, _)| instruction)
}

/// The same, with the clauses that its approval rests on.
fn drawn_up(tx: &mut TenantTx<'_>, pack: &Pack, draft: Draft) -> Result<(Instruction, Vec<String>), InstructionError> {
    check(tx, &draft, pack)?;
    let (requirement, sensitive, subjects) = required(pack, &draft)?;
    let clauses = requirement.clauses().into_iter().map(str::to_owned).collect();
    // Who would be permitted is who would say yes: then nobody else looks at it (gbt35273-7.1-b).
    if let Some(need) = requirement.needs.iter().find(|need| draft.scope.roles.contains(&need.role)) {
        return Err(InstructionError::GrantsApprover(need.role.clone()));
    }
    let (now, free) = (tx.now(), requirement.is_free());
    let expires_at = lapses(tx, requirement.expires_after_working_days.get())?;
    let id = tx.new_id();
    let sealed_reason = vault::seal_secret(tx, &REASON.row(id), draft.reason.as_bytes())?;
    let instruction = Instruction {
        id,
        kind: draft.kind,
        action: draft.action.as_str().into(),
        state: if free { State::InForce } else { State::Pending },
        purpose: draft.purpose,
        scope: serde_json::to_string(&draft.scope).map_err(StoreError::from)?,
        sealed_reason: Some(sealed_reason),
        author_id: draft.author.map(|a| a.0).or(tx.actor().membership()),
        author_subject_id: draft.author.map(|a| a.1).or(tx.actor().subject()),
        executor_subject_id: draft.executor,
        drawn_by_subject_id: draft.drawn_by,
        sensitive,
        subjects: i64::from(subjects),
        holdings: draft.holdings,
        approval_rule: requirement.rules.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(" "),
        needs: serde_json::to_string(&requirement.needs).map_err(StoreError::from)?,
        origin_kind: draft.origin.0.into(),
        origin_id: draft.origin.1,
        created_at: now,
        submitted_at: Some(now),
        expires_at: Some(expires_at),
        in_force_at: free.then_some(now),
        until: draft.until,
        ended_at: None,
        version: 1,
    };
    Ok((instruction, clauses))
}

/// What the pack's approval rules demand of it; whether it is sensitive; on how many people's data it touches.
fn required<'p>(pack: &'p Pack, draft: &Draft) -> Result<(Requirement<'p>, bool, u32), InstructionError> {
    let sensitive = pack.classes().iter().any(|c| c.sensitive && touches(&draft.scope, c.key.as_str()));
    let subjects = u32::try_from(draft.scope.subjects.len()).unwrap_or(u32::MAX);
    // No subject named means everybody's data: the most that any rule may count.
    let asked = if draft.scope.subjects.is_empty() { u32::MAX } else { subjects };
    let ask = Ask { action: draft.action, sensitive, subjects: asked };
    let requirement =
        approval::required(pack.approvals(), &ask).map_err(|e| InstructionError::NoRule(e.to_string()))?;
    Ok((requirement, sensitive, subjects))
}

/// Proposes an instruction. It is in force at once only where the pack asks for nobody's yes.
pub fn propose(tx: &mut TenantTx<'_>, draft: Draft) -> Result<Instruction, InstructionError> {
    let pack = packs::in_force(tx)?;
    let (instruction, clauses) = drawn_up(tx, &pack, draft)?;
    store::insert(tx, &instruction)?;
    let free = instruction.state == State::InForce;
    let scope = scope_of(&instruction)?;
    let mut record =
        about(Record::of("instructions.propose"), &instruction, &scope).with("needs_approval", !free).citing(clauses);
    if free {
        record = record.under(instruction.id);
    }
    tx.record(record);
    match instruction.expires_at {
        _ if free => announce(tx, &instruction)?,
        Some(at) => {
            tx.run_at(at, super::LAPSE, &instruction.id.to_string(), &serde_json::json!({}))?;
            if instruction.kind != Kind::Order {
                let told = serde_json::json!({ "instruction": instruction.id });
                tx.run_at(tx.now(), super::PROPOSED, &instruction.id.to_string(), &told)?;
            }
        }
        None => {}
    }
    Ok(instruction)
}

/// The rules' own check of the scope (policy-model), then what only the pack can tell: classes and roles that exist.
fn check(tx: &mut TenantTx<'_>, draft: &Draft, pack: &Pack) -> Result<(), InstructionError> {
    let invalid = |what: String, pointer, help| Err(InstructionError::Invalid { what, pointer, help });
    if let Some((what, pointer)) = too_long(&draft.scope) {
        return invalid(what, pointer, "Name families such as `attendance.*`, or propose it in parts.");
    }
    if let Some(unknown) = draft.scope.operations.iter().find(|word| *word != "*" && !is_operation(word)) {
        return invalid(
            format!("`{unknown}` is nothing that can be permitted or ordered"),
            "/scope/operations",
            "read, reveal, or an action such as `correct` and `export`.",
        );
    }
    let mut patterns = Vec::with_capacity(draft.scope.classes.len());
    for text in &draft.scope.classes {
        match text.parse::<ClassPattern>() {
            Ok(pattern) if pack.classes_of(&pattern).next().is_some() => patterns.push(pattern),
            Ok(_) | Err(_) => {
                return invalid(
                    format!("`{text}` fits no data class"),
                    "/scope/classes",
                    "GET /api/v1/packs/current lists the classes.",
                );
            }
        }
    }
    if let Some(fault) = in_rules_terms(tx, draft, patterns).faults(draft.kind.rule()).into_iter().next() {
        return Err(InstructionError::Scope(fault));
    }
    let defines = draft.origin.0 == OWN_ROLE;
    if !defines && !draft.scope.purposes.is_empty() {
        return invalid(
            "only a role of your own has several purposes".into(),
            "/scope/purposes",
            "Propose an instruction for each purpose.",
        );
    }
    for role in draft.scope.roles.iter().filter(|_| !defines) {
        if !pack.roles().iter().any(|r| &r.key == role) {
            return invalid(format!("the pack has no role `{role}`"), "/scope/roles", "GET /api/v1/roles lists them.");
        }
    }
    check_people(tx, &draft.scope)?;
    keep_apart(tx, draft, pack)?;
    if draft.purpose.chars().count() > 200 {
        return invalid("a purpose has at most 200 characters".into(), "/purpose", "Say what the data is used for.");
    }
    if draft.reason.trim().is_empty() || draft.reason.chars().count() > 2_000 {
        return invalid("a reason has 1 to 2,000 characters".into(), "/reason", "Say why.");
    }
    Ok(())
}

/// Nobody whose role is kept from data is given any: by the role, by name, or as who carries an order out (gbt35273-7.1-c).
fn keep_apart(tx: &mut TenantTx<'_>, draft: &Draft, pack: &Pack) -> Result<(), InstructionError> {
    let mut named: Vec<SubjectId> = draft.executor.into_iter().collect();
    named.extend(people::memberships_by_id(tx, &draft.scope.members)?.into_values().map(|m| m.subject_id));
    let held = people::roles::of_subjects(tx, &named)?;
    let all =
        draft.scope.roles.iter().map(|role| (role, "/scope/roles")).chain(held.iter().map(|role| (role, "/scope")));
    for (role, pointer) in all {
        if let Some(by) = pack.kept_from_data(role) {
            let (reason_zh, reason_en) = (by.reason_zh.clone(), by.reason_en.clone());
            return Err(InstructionError::KeptFromData { role: role.clone(), pointer, reason_zh, reason_en });
        }
    }
    Ok(())
}

/// A list of a scope that nobody could look over who is to say yes to it, and its place.
fn too_long(scope: &Scope) -> Option<(String, &'static str)> {
    let lists = [
        ("/scope/classes", scope.classes.len(), 200),
        ("/scope/operations", scope.operations.len(), 50),
        ("/scope/purposes", scope.purposes.len(), 20),
        ("/scope/roles", scope.roles.len(), 50),
        ("/scope/members", scope.members.len(), 1_000),
        ("/scope/subjects", scope.subjects.len(), 1_000),
        ("/scope/departments", scope.departments.len(), 200),
    ];
    let (pointer, found, most) = lists.into_iter().find(|(_, found, most)| found > most)?;
    Some((format!("{found} entries; there may be {most}"), pointer))
}

/// Everybody whom a scope names is somebody of this organisation.
fn check_people(tx: &mut TenantTx<'_>, scope: &Scope) -> Result<(), InstructionError> {
    let invalid = |what: &str, pointer| {
        Err(InstructionError::Invalid {
            what: what.into(),
            pointer,
            help: "GET /api/v1/members lists members and former members.",
        })
    };
    let known = people::memberships_by_id(tx, &scope.members)?;
    if scope.members.iter().any(|id| !known.contains_key(id)) {
        return invalid("a member who is named is nobody's membership here", "/scope/members");
    }
    if !people::are_subjects(tx, &scope.subjects)? {
        return invalid("a subject who is named is nobody here", "/scope/subjects");
    }
    match scope.successor {
        Some(taker) if !people::are_subjects(tx, &[taker])? => {
            invalid("the successor is nobody here", "/scope/successor")
        }
        Some(_) | None => Ok(()),
    }
}

fn in_rules_terms(
    tx: &TenantTx<'_>,
    draft: &Draft,
    classes: Vec<ClassPattern>,
) -> policy_model::instruction::Scope<MembershipId> {
    let scope = &draft.scope;
    policy_model::instruction::Scope {
        classes,
        operations: scope.operations.clone(),
        purpose: draft.purpose.clone(),
        holders: if scope.members.is_empty() {
            Holders::Roles(scope.roles.clone())
        } else {
            Holders::People(scope.members.clone())
        },
        // Whose data is a matter of the approval rules: none named counts as everybody's.
        subjects: Subjects::Everybody,
        from: tx.now().0,
        until: draft.until.map(|until| until.0),
    }
}

pub(super) fn touches(scope: &Scope, class: &str) -> bool {
    scope.classes.iter().any(|p| p.parse::<ClassPattern>().is_ok_and(|p| p.matches(class)))
}

/// The end of the last working day in which it can be answered.
fn lapses(tx: &mut TenantTx<'_>, working_days: u32) -> Stored<Ts> {
    let (tz, calendar) = (packs::time_zone(tx)?, packs::calendar()?);
    let today = tx.now().with_timezone(&tz).date_naive();
    let last = calendar.add_working_days(today, working_days);
    Ok(Ts::from(start_of_day(last.succ_opt().unwrap_or(last), tz)))
}

/// Whether the same was proposed already and is not over: for work that looks again every day.
pub fn is_proposed(
    tx: &mut TenantTx<'_>,
    origin: &str,
    action: Action,
    subject: SubjectId,
    class: &str,
) -> Stored<bool> {
    for i in store::open_of_kind(tx, origin, action.as_str())? {
        let scope = scope_of(&i)?;
        if scope.subjects == [subject] && scope.classes == [class] {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Requests of a kind of case that wait for an answer.
pub fn pending_of_kind(tx: &mut TenantTx<'_>, origin: &str, action: Action) -> Stored<Vec<Instruction>> {
    let mut open = store::open_of_kind(tx, origin, action.as_str())?;
    open.retain(|i| i.state == State::Pending);
    Ok(open)
}

/// Orders that wait for an answer and would do one of these things to a person's data of a class.
pub fn pending_about(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    class: &str,
    actions: &[Action],
) -> Stored<Vec<InstructionId>> {
    let mut found = Vec::new();
    for i in store::pending_orders(tx, actions)? {
        let scope = scope_of(&i)?;
        if scope.subjects.contains(&subject) && touches(&scope, class) {
            found.push(i.id);
        }
    }
    Ok(found)
}

//! Proposing, deciding, revoking; and the one way to the capability that destructive work needs: [`in_force`].

use super::error::InstructionError;
use super::model::{Approval, CaseId, Decision, Instruction, Kind, Scope, State};
use super::store;
use crate::packs;
use crate::people::roles;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{InstructionId, MembershipId, SubjectId};
use crate::platform::keyring::Aad;
use crate::platform::record::{Outcome as Ended, Record};
use crate::platform::vault;
use chrono::NaiveDate;
use policy_model::approval::{self, Ask, Candidate, MayNot, Need, Outcome, Request, Verdict};
use policy_model::calendar::start_of_day;
use policy_model::class::ClassPattern;
use policy_model::instruction::Action;

/// Where an instruction's reason lives.
pub(super) const REASON: Aad = Aad::new("instructions.reason");
/// Where an approval's reason lives.
pub(super) const SAID: Aad = Aad::new("approvals.reason");

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
    /// The case it comes from: kind and id.
    pub origin: (&'static str, Option<CaseId>),
}

/// Proposes an instruction. It is in force at once only where the pack asks for nobody's yes.
pub fn propose(tx: &mut TenantTx<'_>, draft: Draft) -> Result<Instruction, InstructionError> {
    let pack = packs::in_force(tx)?;
    check(tx, &draft, &pack)?;
    let sensitive = pack.classes().iter().any(|c| c.sensitive && touches(&draft.scope, c.key.as_str()));
    let subjects = u32::try_from(draft.scope.subjects.len()).unwrap_or(u32::MAX);
    // No subject named means everybody's data: the most that any rule may count.
    let asked = if draft.scope.subjects.is_empty() { u32::MAX } else { subjects };
    let ask = Ask { action: draft.action, sensitive, subjects: asked };
    let requirement =
        approval::required(pack.approvals(), &ask).map_err(|e| InstructionError::NoRule(e.to_string()))?;
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
        scope: serde_json::to_string(&draft.scope).map_err(crate::platform::db::StoreError::from)?,
        sealed_reason: Some(sealed_reason),
        author_id: draft.author.map(|a| a.0).or(tx.actor().membership()),
        author_subject_id: draft.author.map(|a| a.1).or(tx.actor().subject()),
        executor_subject_id: draft.executor,
        sensitive,
        subjects: i64::from(subjects),
        holdings: draft.holdings,
        approval_rule: requirement.rules.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(" "),
        needs: serde_json::to_string(&requirement.needs).map_err(crate::platform::db::StoreError::from)?,
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
    store::insert(tx, &instruction)?;
    let mut record = about(Record::of("instructions.propose"), &instruction, &draft.scope)
        .with("needs_approval", !free)
        .citing(requirement.clauses());
    if free {
        record = record.under(id);
    }
    tx.record(record);
    if free {
        came_into_force(tx, &instruction)?;
    } else {
        tx.run_at(expires_at, super::LAPSE, &id.to_string(), &serde_json::json!({}))?;
    }
    Ok(instruction)
}

fn check(tx: &TenantTx<'_>, draft: &Draft, pack: &policy_model::pack::Pack) -> Result<(), InstructionError> {
    let invalid = |what: String, pointer, help| Err(InstructionError::Invalid { what, pointer, help });
    for pattern in &draft.scope.classes {
        let known = pattern.parse::<ClassPattern>().is_ok_and(|p| pack.classes_of(&p).next().is_some());
        if !known {
            return invalid(
                format!("`{pattern}` fits no data class"),
                "/scope/classes",
                "GET /api/v1/packs/current lists the classes.",
            );
        }
    }
    if draft.scope.classes.is_empty() {
        return invalid("no class is named".into(), "/scope/classes", "Name at least one class or pattern.");
    }
    if draft.purpose.trim().is_empty() || draft.purpose.chars().count() > 200 {
        return invalid("a purpose has 1 to 200 characters".into(), "/purpose", "Say what the data is used for.");
    }
    if draft.reason.trim().is_empty() || draft.reason.chars().count() > 2_000 {
        return invalid("a reason has 1 to 2,000 characters".into(), "/reason", "Say why.");
    }
    for role in &draft.scope.roles {
        if !pack.roles().iter().any(|r| &r.key == role) {
            return invalid(format!("the pack has no role `{role}`"), "/scope/roles", "GET /api/v1/roles lists them.");
        }
    }
    match draft.kind {
        Kind::Standing if draft.scope.roles.is_empty() || draft.scope.operations.is_empty() => invalid(
            "a standing instruction permits operations to roles".into(),
            "/scope",
            "Name at least one role and one operation.",
        ),
        Kind::Exceptional => check_exceptional(tx, draft),
        Kind::Standing | Kind::Order => Ok(()),
    }
}

/// 超权限: named people, an end, at most 30 days (gbt35273-7.1-d).
fn check_exceptional(tx: &TenantTx<'_>, draft: &Draft) -> Result<(), InstructionError> {
    let invalid = |what: &str, pointer, help| Err(InstructionError::Invalid { what: what.into(), pointer, help });
    if draft.scope.members.is_empty() || draft.scope.operations.is_empty() {
        return invalid(
            "an exceptional instruction permits operations to named people",
            "/scope/members",
            "Name who needs it and what for.",
        );
    }
    match draft.until {
        Some(until) if *until > *tx.now() && *until <= *tx.now() + chrono::Duration::days(30) => Ok(()),
        Some(_) | None => invalid(
            "an exceptional instruction ends within 30 days",
            "/until",
            "Send an instant between now and 30 days from now.",
        ),
    }
}

fn touches(scope: &Scope, class: &str) -> bool {
    scope.classes.iter().any(|p| p.parse::<ClassPattern>().is_ok_and(|p| p.matches(class)))
}

/// The end of the last working day in which it can be answered.
fn lapses(tx: &mut TenantTx<'_>, working_days: u32) -> Stored<Ts> {
    let (tz, calendar) = (packs::time_zone(tx)?, packs::calendar()?);
    let today = tx.now().with_timezone(&tz).date_naive();
    let last = calendar.add_working_days(today, working_days);
    Ok(Ts::from(start_of_day(last.succ_opt().unwrap_or(last), tz)))
}

fn about(record: Record, i: &Instruction, scope: &Scope) -> Record {
    let record = record
        .on("instruction", i.id)
        .purpose(&i.purpose)
        .with("kind", i.kind.as_str())
        .with("action", i.action.clone())
        .with("classes", scope.classes.clone());
    scope.subjects.iter().take(100).fold(record, |r, s| r.about(*s))
}

fn scope_of(i: &Instruction) -> Stored<Scope> {
    Ok(serde_json::from_str(&i.scope)?)
}

/// What permits has changed: decisions look at the database again.
fn policy_moved(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<()> {
    match i.kind {
        Kind::Standing | Kind::Exceptional => packs::policy_changed(tx),
        Kind::Order => Ok(()),
    }
}

/// What permits is looked up anew, and whoever waits for an order hears of it.
fn came_into_force(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<()> {
    policy_moved(tx, i)?;
    match i.kind {
        Kind::Order => tx.run_at(tx.now(), super::IN_FORCE, &i.id.to_string(), &serde_json::json!({ "instruction": i.id })),
        Kind::Standing | Kind::Exceptional => Ok(()),
    }
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

/// What is known of a pending instruction, in the terms of the rules.
struct Standing {
    needs: Vec<Need>,
    said: Vec<Approval>,
}

impl Standing {
    fn of(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<Self> {
        Ok(Self { needs: serde_json::from_str(&i.needs)?, said: store::approvals_of(tx, i.id)? })
    }

    fn decisions(&self) -> Vec<approval::Decision<'_, Option<SubjectId>>> {
        self.said
            .iter()
            .map(|a| approval::Decision {
                person: Some(a.approver_subject_id),
                roles: a.role.split(' ').collect(),
                verdict: match a.decision {
                    Decision::Approve => Verdict::Yes,
                    Decision::Refuse => Verdict::No,
                },
                at: a.decided_at.0,
            })
            .collect()
    }
}

/// A request in the rules' terms. The author may be nobody (a case the platform derived): then nobody is barred as author.
fn request<'a>(
    i: &Instruction,
    needs: &'a [Need],
    decided: &'a [approval::Decision<'a, Option<SubjectId>>],
) -> Request<'a, Option<SubjectId>> {
    Request {
        author: i.author_subject_id,
        executor: i.executor_subject_id.map(Some),
        needs,
        decided,
        expires_at: i.expires_at.map_or(chrono::DateTime::<chrono::Utc>::MAX_UTC, |at| at.0),
    }
}

/// Whether the caller may say yes or no to it now: the same question that [`decide`] asks.
pub fn may_decide(tx: &mut TenantTx<'_>, i: &Instruction) -> Result<Vec<String>, InstructionError> {
    match i.state {
        State::Pending => {}
        State::InForce | State::CarriedOut => return Err(MayNot::InForce.into()),
        State::Refused => return Err(MayNot::Refused.into()),
        State::Expired | State::Revoked => return Err(InstructionError::Ended(i.state.as_str())),
    }
    let (Some(membership), Some(subject)) = (tx.actor().membership(), tx.actor().subject()) else {
        return Err(InstructionError::NotAPerson);
    };
    let held = roles::of_membership(tx, membership)?;
    let standing = Standing::of(tx, i)?;
    let candidate = Candidate { person: Some(subject), roles: held.iter().map(String::as_str).collect() };
    let now = tx.now().0;
    approval::may_decide(&request(i, &standing.needs, &standing.decisions()), &candidate, now)?;
    let needed = held.into_iter().filter(|r| standing.needs.iter().any(|n| &n.role == r)).collect();
    Ok(needed)
}

/// Says yes or no. With the last yes that it needs, an instruction is in force.
pub fn decide(
    tx: &mut TenantTx<'_>,
    id: InstructionId,
    decision: Decision,
    reason: Option<&str>,
) -> Result<Instruction, InstructionError> {
    let mut i = store::find(tx, id)?.ok_or(InstructionError::Unknown)?;
    let in_roles = may_decide(tx, &i)?;
    if decision == Decision::Refuse && reason.is_none_or(|r| r.trim().is_empty()) {
        return Err(InstructionError::Invalid {
            what: "a refusal needs a reason".into(),
            pointer: "/reason",
            help: "Say why, so that the author can do better.",
        });
    }
    // Two approvers at once: the version is the lock, and whoever loses runs again and sees the other's word.
    let (Some(approver_id), Some(approver_subject_id)) = (tx.actor().membership(), tx.actor().subject()) else {
        return Err(InstructionError::NotAPerson);
    };
    let sealed_reason = match reason {
        None => None,
        Some(text) => Some(vault::seal_secret(tx, &SAID.row(id).row(approver_id), text.as_bytes())?),
    };
    let role = in_roles.join(" ");
    let said = Approval {
        instruction_id: id,
        approver_id,
        approver_subject_id,
        role: role.clone(),
        decision,
        sealed_reason,
        decided_at: tx.now(),
    };
    store::insert_approval(tx, &said)?;
    settle(tx, &mut i)?;
    let scope = scope_of(&i)?;
    let act = match decision {
        Decision::Approve => "instructions.approve",
        Decision::Refuse => "instructions.refuse",
    };
    tx.record(
        about(Record::of(act), &i, &scope)
            .under(id)
            .with("role", role)
            .with("state", i.state.as_str())
            .citing(["gbt35273-7.1-b"]),
    );
    Ok(i)
}

/// Moves a pending instruction to where its decisions add up to, and saves it either way: the version counts words.
fn settle(tx: &mut TenantTx<'_>, i: &mut Instruction) -> Stored<()> {
    let standing = Standing::of(tx, i)?;
    let now = tx.now();
    match approval::outcome(&request(i, &standing.needs, &standing.decisions()), &[], now.0) {
        Outcome::InForce => {
            i.state = State::InForce;
            i.in_force_at = Some(now);
        }
        Outcome::Refused => {
            i.state = State::Refused;
            i.ended_at = Some(now);
        }
        Outcome::Expired => {
            i.state = State::Expired;
            i.ended_at = Some(now);
        }
        Outcome::Waiting(_) | Outcome::NobodyAvailable(_) => {}
    }
    store::save(tx, i)?;
    if i.state == State::InForce { came_into_force(tx, i) } else { Ok(()) }
}

/// Whose yes is missing, and which of these roles nobody holds who could say it.
pub fn waiting_roles(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<(Vec<String>, Vec<String>)> {
    if i.state != State::Pending {
        return Ok((Vec::new(), Vec::new()));
    }
    let standing = Standing::of(tx, i)?;
    let mut available: Vec<Candidate<'_, Option<SubjectId>>> = Vec::new();
    for need in &standing.needs {
        for (_, subject) in roles::holders(tx, &need.role)? {
            match available.iter_mut().find(|c| c.person == Some(subject)) {
                Some(known) => known.roles.push(&need.role),
                None => available.push(Candidate { person: Some(subject), roles: vec![&need.role] }),
            }
        }
    }
    let names = |needs: Vec<Need>| needs.into_iter().map(|n| n.role).collect::<Vec<_>>();
    let (decisions, now) = (standing.decisions(), tx.now().0);
    Ok(match approval::outcome(&request(i, &standing.needs, &decisions), &available, now) {
        Outcome::Waiting(needs) => (names(needs), Vec::new()),
        Outcome::NobodyAvailable(beyond) => {
            let missing = match approval::outcome(&request(i, &standing.needs, &decisions), &[], now) {
                Outcome::Waiting(n) | Outcome::NobodyAvailable(n) => names(n),
                Outcome::InForce | Outcome::Refused | Outcome::Expired => Vec::new(),
            };
            (missing, names(beyond))
        }
        Outcome::InForce | Outcome::Refused | Outcome::Expired => (Vec::new(), Vec::new()),
    })
}

/// Takes an instruction back: what it permits is not permitted from this commit on.
pub fn revoke(tx: &mut TenantTx<'_>, id: InstructionId, reason: &str) -> Result<Instruction, InstructionError> {
    let mut i = store::find(tx, id)?.ok_or(InstructionError::Unknown)?;
    match i.state {
        State::Pending | State::InForce => {}
        State::Refused | State::Expired | State::Revoked | State::CarriedOut => {
            return Err(InstructionError::Ended(i.state.as_str()));
        }
    }
    i.state = State::Revoked;
    i.ended_at = Some(tx.now());
    store::save(tx, &mut i)?;
    policy_moved(tx, &i)?;
    let scope = scope_of(&i)?;
    let mut record = about(Record::of("instructions.revoke"), &i, &scope);
    if let Some(subject) = tx.actor().subject() {
        record = record.personal("reason", subject, reason);
    }
    tx.record(record);
    Ok(i)
}

/// Ends a request that nobody answered in time. Idempotent: called by its job and before anything looks at it.
pub fn expire_lapsed(tx: &mut TenantTx<'_>) -> Stored<usize> {
    let now = tx.now();
    let lapsed = store::lapsed(tx, now)?;
    for mut i in lapsed.iter().cloned() {
        i.state = State::Expired;
        i.ended_at = Some(now);
        store::save(tx, &mut i)?;
        let scope = scope_of(&i)?;
        tx.record(
            about(Record::of("instructions.expire"), &i, &scope).ended(Ended::Refused, "instructions.expired"),
        );
    }
    Ok(lapsed.len())
}

/// An instruction of this tenant.
pub fn find(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<Instruction, InstructionError> {
    store::find(tx, id)?.ok_or(InstructionError::Unknown)
}

/// All instructions of a case.
pub fn of_origin(tx: &mut TenantTx<'_>, case: CaseId) -> Stored<Vec<Instruction>> {
    store::of_origin(tx, case)
}

/// The order was carried out to its end.
pub fn carried_out(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<(), InstructionError> {
    let mut i = find(tx, id)?;
    if i.state == State::CarriedOut {
        return Ok(());
    }
    i.state = State::CarriedOut;
    i.ended_at = Some(tx.now());
    store::save(tx, &mut i)?;
    Ok(())
}

/// An instruction that is in force, proved by having been read so in this transaction. What deletes, hands over or
/// exports takes one, and nothing but [`in_force`] makes one.
///
/// ```compile_fail
/// let order = tenure::instructions::InForce { id: todo!() };
/// ```
#[derive(Debug, Clone)]
pub struct InForce {
    id: InstructionId,
    action: Action,
    scope: Scope,
}

impl InForce {
    /// The instruction's id, which every order and record cites.
    pub fn id(&self) -> InstructionId {
        self.id
    }
    /// What it orders.
    pub fn action(&self) -> Action {
        self.action
    }
    /// Who takes over.
    pub fn successor(&self) -> Option<SubjectId> {
        self.scope.successor
    }
    /// Kept until when.
    pub fn retain_until(&self) -> Option<NaiveDate> {
        self.scope.retain_until
    }
}

/// Reads an instruction and proves that it is in force now.
pub fn in_force(tx: &mut TenantTx<'_>, id: InstructionId) -> Result<InForce, InstructionError> {
    let i = find(tx, id)?;
    let over = i.until.is_some_and(|until| until <= tx.now());
    if i.state != State::InForce || over {
        return Err(InstructionError::NotInForce(if over { "over" } else { i.state.as_str() }));
    }
    let action = i.action().ok_or_else(|| InstructionError::NoRule(format!("no action `{}`", i.action)))?;
    Ok(InForce { id, action, scope: scope_of(&i)? })
}

/// Whether what a permit rests on is a task of the caller's own about this subject: an exceptional instruction that names
/// both (gbt35273-7.1-e).
pub fn is_own_task(tx: &mut TenantTx<'_>, source: &str, subject: SubjectId) -> Stored<bool> {
    let (Ok(id), Some(own)) = (source.parse::<InstructionId>(), tx.actor().membership()) else { return Ok(false) };
    let Some(i) = store::find(tx, id)? else { return Ok(false) };
    let scope = scope_of(&i)?;
    Ok(i.kind == Kind::Exceptional && scope.members.contains(&own) && scope.subjects.contains(&subject))
}

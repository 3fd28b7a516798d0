//! Deciding: one person's yes or no, and what the words add up to.

use super::error::InstructionError;
use super::model::{Approval, Decision, Instruction, Kind, Scope, State};
use super::operations::{about, advance, announce, scope_of};
use super::propose::EVERYBODY;
use super::store;
use crate::people::{self, roles};
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::{InstructionId, SubjectId};
use crate::platform::keyring::Aad;
use crate::platform::record::Record;
use crate::platform::vault;
use policy_model::approval::{self, Candidate, MayNot, Need, Outcome, Request, Verdict};
use policy_model::instruction::Step;

/// Where an approval's reason lives.
pub(super) const SAID: Aad = Aad::new("approvals.reason");

/// What is known of a pending instruction, in the terms of the rules.
struct Standing {
    needs: Vec<Need>,
    said: Vec<Approval>,
    /// Whose data it is about, where they are named.
    concerned: Vec<Option<SubjectId>>,
    /// Who gets something by it.
    receivers: Vec<Option<SubjectId>>,
}

impl Standing {
    fn of(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<Self> {
        let scope = scope_of(i)?;
        Ok(Self {
            needs: serde_json::from_str(&i.needs)?,
            said: store::approvals_of(tx, i.id)?,
            receivers: receivers(tx, &scope)?,
            concerned: scope.subjects.into_iter().map(Some).collect(),
        })
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

/// Who gets something by an instruction: the successor, the people it names, and everybody in a role that it permits. What
/// it permits to every employee singles nobody out.
fn receivers(tx: &mut TenantTx<'_>, scope: &Scope) -> Stored<Vec<Option<SubjectId>>> {
    let mut receivers: Vec<Option<SubjectId>> = scope.successor.into_iter().map(Some).collect();
    receivers.extend(people::memberships_by_id(tx, &scope.members)?.into_values().map(|m| Some(m.subject_id)));
    for role in scope.roles.iter().filter(|role| *role != EVERYBODY) {
        receivers.extend(roles::holders(tx, role)?.into_iter().map(|(_, subject)| Some(subject)));
    }
    Ok(receivers)
}

/// A request in the rules' terms. The author may be nobody (a case the platform derived): then nobody is barred as author.
fn request<'a>(
    i: &Instruction,
    standing: &'a Standing,
    decided: &'a [approval::Decision<'a, Option<SubjectId>>],
) -> Request<'a, Option<SubjectId>> {
    Request {
        author: i.author_subject_id,
        executor: i.executor_subject_id.map(Some),
        concerned: &standing.concerned,
        receivers: &standing.receivers,
        needs: &standing.needs,
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
    if i.drawn_by_subject_id == Some(subject) {
        return Err(MayNot::OwnRequest.into());
    }
    let held = roles::of_membership(tx, membership)?;
    let standing = Standing::of(tx, i)?;
    // Who gets a permission is the one who executes it: somebody else says yes (gbt35273-7.1-b).
    if i.kind != Kind::Order && standing.receivers.contains(&Some(subject)) {
        return Err(MayNot::Executor.into());
    }
    let candidate = Candidate { person: Some(subject), roles: held.iter().map(String::as_str).collect() };
    let now = tx.now().0;
    approval::may_decide(&request(i, &standing, &standing.decisions()), &candidate, now)?;
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
fn settle(tx: &mut TenantTx<'_>, i: &mut Instruction) -> Result<(), InstructionError> {
    let standing = Standing::of(tx, i)?;
    let now = tx.now();
    match approval::outcome(&request(i, &standing, &standing.decisions()), &[], now.0) {
        Outcome::InForce => advance(i, Step::Approve, now)?,
        Outcome::Refused => advance(i, Step::Refuse, now)?,
        Outcome::Expired => advance(i, Step::Lapse, now)?,
        Outcome::Waiting(_) | Outcome::NobodyAvailable(_) => {}
    }
    store::save(tx, i)?;
    match i.state {
        State::InForce => Ok(announce(tx, i)?),
        State::Pending => Ok(()),
        State::Refused | State::Expired | State::Revoked | State::CarriedOut => Ok(announce(tx, i)?),
    }
}

/// Whose yes is missing, and which of these roles nobody holds who could say it.
pub fn waiting_roles(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<(Vec<String>, Vec<String>)> {
    if i.state != State::Pending {
        return Ok((Vec::new(), Vec::new()));
    }
    let standing = Standing::of(tx, i)?;
    let mut available: Vec<Candidate<'_, Option<SubjectId>>> = Vec::new();
    for need in &standing.needs {
        let holders = roles::acting(tx, &need.role)?;
        for (_, subject) in holders.into_iter().filter(|(_, subject)| i.drawn_by_subject_id != Some(*subject)) {
            match available.iter_mut().find(|c| c.person == Some(subject)) {
                Some(known) => known.roles.push(&need.role),
                None => available.push(Candidate { person: Some(subject), roles: vec![&need.role] }),
            }
        }
    }
    let names = |needs: Vec<Need>| needs.into_iter().map(|n| n.role).collect::<Vec<_>>();
    let (decisions, now) = (standing.decisions(), tx.now().0);
    Ok(match approval::outcome(&request(i, &standing, &decisions), &available, now) {
        Outcome::Waiting(needs) => (names(needs), Vec::new()),
        Outcome::NobodyAvailable(beyond) => {
            let missing = match approval::outcome(&request(i, &standing, &decisions), &[], now) {
                Outcome::Waiting(n) | Outcome::NobodyAvailable(n) => names(n),
                Outcome::InForce | Outcome::Refused | Outcome::Expired => Vec::new(),
            };
            (missing, names(beyond))
        }
        Outcome::InForce | Outcome::Refused | Outcome::Expired => (Vec::new(), Vec::new()),
    })
}

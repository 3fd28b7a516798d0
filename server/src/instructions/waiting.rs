//! What waits for whom, for those who show it: who may decide what, what one asked for oneself, what one said lately.

use super::decide::{SAID, may_decide};
use super::error::InstructionError;
use super::model::{Decision, Instruction};
use super::propose::REASON;
use super::{store, view};
use crate::packs;
use crate::people::roles;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{InstructionId, MembershipId, SubjectId};
use policy_model::approval::Need;
use policy_model::pack::Pack;
use std::collections::VecDeque;
use uuid::Uuid;

/// Pending instructions looked at to find those that wait for one person: many more wait for others.
const LOOKED_AT: usize = 5_000;
const CHUNK: i64 = 500;

/// One word that somebody said.
#[derive(Debug, Clone)]
pub struct Said {
    /// To what.
    pub instruction: Instruction,
    /// Yes or no.
    pub decision: Decision,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Ts,
}

/// Pending instructions that wait for the caller's yes or no, one after the other, those that lapse first at the head.
pub struct WaitingForCaller {
    own: SubjectId,
    held: Vec<String>,
    ahead: VecDeque<Instruction>,
    after: Option<(Ts, InstructionId)>,
    looked_at: usize,
    is_last: bool,
}

impl WaitingForCaller {
    /// From those on that lapse at an instant; `None` for whoever is no person.
    pub fn from(tx: &mut TenantTx<'_>, lapsing: Option<Ts>) -> Stored<Option<Self>> {
        let (Some(membership), Some(own)) = (tx.actor().membership(), tx.actor().subject()) else { return Ok(None) };
        let held = roles::of_membership(tx, membership)?;
        let after = lapsing.map(|at| (at, Uuid::nil().into()));
        Ok(Some(Self { own, held, ahead: VecDeque::new(), after, looked_at: 0, is_last: false }))
    }

    /// The next one of those that `is_wanted`.
    pub fn next(
        &mut self,
        tx: &mut TenantTx<'_>,
        is_wanted: impl Fn(&Instruction) -> bool,
    ) -> Stored<Option<Instruction>> {
        while let Some(i) = self.look_ahead(tx)? {
            // What the rules would refuse in any case is not worth a question to the database.
            if i.author_subject_id == Some(self.own) || !is_wanted(&i) || !is_needed(&i, &self.held)? {
                continue;
            }
            match may_decide(tx, &i) {
                Ok(_) => return Ok(Some(i)),
                Err(InstructionError::Store(e)) => return Err(e),
                Err(_) => {}
            }
        }
        Ok(None)
    }

    fn look_ahead(&mut self, tx: &mut TenantTx<'_>) -> Stored<Option<Instruction>> {
        if self.ahead.is_empty() && !self.is_last {
            let some = store::pending(tx, None, self.after, CHUNK)?;
            self.looked_at += some.len();
            self.is_last = i64::try_from(some.len()).unwrap_or(CHUNK) < CHUNK || self.looked_at >= LOOKED_AT;
            self.after = some.last().and_then(|i| i.expires_at.map(|at| (at, i.id)));
            self.ahead = some.into();
        }
        Ok(self.ahead.pop_front())
    }
}

fn is_needed(i: &Instruction, held: &[String]) -> Stored<bool> {
    let needs: Vec<Need> = serde_json::from_str(&i.needs)?;
    Ok(needs.iter().any(|need| held.contains(&need.role)))
}

/// What a member asked for and others have still to answer, those that lapse first at the head.
pub fn asked_by(
    tx: &mut TenantTx<'_>,
    author: MembershipId,
    after: Option<(Ts, InstructionId)>,
    most: i64,
) -> Stored<Vec<Instruction>> {
    store::pending(tx, Some(author), after, most)
}

/// What a member said since an instant, the newest first.
pub fn said_by(tx: &mut TenantTx<'_>, approver: MembershipId, since: Ts, most: i64) -> Stored<Vec<Said>> {
    let mut all = Vec::new();
    for (said, instruction) in store::said_by(tx, approver, since, most)? {
        let place = SAID.row(instruction.id).row(said.approver_id);
        let reason = view::opened(tx, place, said.sealed_reason)?;
        all.push(Said { instruction, decision: said.decision, reason, at: said.decided_at });
    }
    Ok(all)
}

/// Why an instruction was given, in its author's words.
pub fn reason_of(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<Option<String>> {
    view::opened(tx, REASON.row(i.id), i.sealed_reason.clone())
}

/// The clauses that the approval rules of an instruction rest on.
pub fn clauses_of(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<Vec<String>> {
    let pack = packs::in_force(tx)?;
    Ok(clauses_in(&pack, i))
}

/// The same under a pack.
pub fn clauses_in(pack: &Pack, i: &Instruction) -> Vec<String> {
    let binding = pack.approvals().iter().filter(|rule| i.approval_rule.split(' ').any(|id| id == rule.id));
    let mut clauses: Vec<String> = binding.flat_map(|rule| rule.clauses.iter().cloned()).collect();
    clauses.sort();
    clauses.dedup();
    clauses
}

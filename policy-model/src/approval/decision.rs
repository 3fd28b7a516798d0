//! Decisions on an instruction: who may say yes or no, and what the decisions add up to.
//!
//! A yes is not tied to a role. Somebody with two of the needed roles fills whichever place nobody else can fill, and only
//! one: the yeses are matched to the needs, as many as possible. A greedy count was tried first; with it the same people
//! saying the same things in another order could end differently. What always holds, whatever list of decisions comes in:
//! the author's own word, the executor's and theirs whom it concerns count for nothing, one person counts once, one no ends it, a word spoken after
//! the request lapsed is not heard, and silence never means yes.

use std::num::NonZeroU32;

use chrono::{DateTime, Utc};

use super::Need;

/// An instruction that waits for, or has had, its approvals. `P` names a person: never an account, because one person
/// with two accounts is one person.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a, P> {
    /// Who proposed it.
    pub author: P,
    /// Who is to carry it out, where that is a person and known.
    pub executor: Option<P>,
    /// Whose data it is about, where they are named: nobody decides on what becomes of their own.
    pub concerned: &'a [P],
    /// Who gets something by it: the successor of a handover, those to whom it permits something.
    pub receivers: &'a [P],
    /// Whose yes it takes.
    pub needs: &'a [Need],
    /// What was said so far, in any order.
    pub decided: &'a [Decision<'a, P>],
    /// The instant from which it has lapsed.
    pub expires_at: DateTime<Utc>,
}

/// One named person's yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<'a, P> {
    /// Who said it.
    pub person: P,
    /// The roles they held when they said it.
    pub roles: Vec<&'a str>,
    /// What they said.
    pub verdict: Verdict,
    /// When.
    pub at: DateTime<Utc>,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// 同意
    Yes,
    /// 拒绝
    No,
}

/// Somebody who might decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<'a, P> {
    /// Who.
    pub person: P,
    /// All roles they hold in the tenant, through whatever membership.
    pub roles: Vec<&'a str>,
}

/// What the decisions add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These are still missing, and there are people who could say it.
    Waiting(Vec<Need>),
    /// These are missing, and nobody is left who could fill these places. It waits until somebody is appointed.
    NobodyAvailable(Vec<Need>),
    /// Every yes it takes was said in time.
    InForce,
    /// Somebody who could have agreed said no.
    Refused,
    /// It lapsed unanswered.
    Expired,
}

/// Why somebody may not decide, or not carry out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MayNot {
    /// Nobody approves their own instruction.
    #[error("the author of an instruction cannot decide on it")]
    OwnRequest,
    /// The one who executes is not the one who approved.
    #[error("whoever is to carry out an instruction cannot decide on it")]
    Executor,
    /// It is about their own data.
    #[error("the instruction is about this person's own data")]
    Concerned,
    /// What it hands over goes to them.
    #[error("whoever receives what an instruction hands over cannot decide on it")]
    Receiver,
    /// Also when the second word would come through another role or another account.
    #[error("this person has already decided")]
    AlreadyDecided,
    /// They hold none of the roles that are asked for.
    #[error("deciding takes one of the roles {}", .0.join(", "))]
    LacksRole(Vec<String>),
    /// Too late.
    #[error("the request lapsed at {0}; propose it again")]
    Expired(DateTime<Utc>),
    /// The others have settled it.
    #[error("the request is already in force")]
    InForce,
    /// Somebody said no.
    #[error("the request was refused")]
    Refused,
    /// Carrying out has to wait.
    #[error("the instruction is not in force")]
    NotInForce,
}

impl MayNot {
    /// The clause that forbids it, where a document does.
    pub fn clause(&self) -> Option<&'static str> {
        match self {
            Self::OwnRequest
            | Self::Executor
            | Self::Concerned
            | Self::Receiver
            | Self::AlreadyDecided
            | Self::NotInForce => Some("gbt35273-7.1-b"),
            Self::LacksRole(_) => Some("gbt35273-7.1-a-op"),
            Self::Expired(_) | Self::InForce | Self::Refused => None,
        }
    }
}

/// Whether somebody may decide on a request now. Their own standing is looked at before the request's, so that the answer
/// tells them what will never change.
///
/// # Errors
/// The first reason why not.
pub fn may_decide<P: Copy + Eq>(
    request: &Request<'_, P>,
    candidate: &Candidate<'_, P>,
    now: DateTime<Utc>,
) -> Result<(), MayNot> {
    if candidate.person == request.author {
        return Err(MayNot::OwnRequest);
    }
    if Some(candidate.person) == request.executor {
        return Err(MayNot::Executor);
    }
    if request.concerned.contains(&candidate.person) {
        return Err(MayNot::Concerned);
    }
    if request.receivers.contains(&candidate.person) {
        return Err(MayNot::Receiver);
    }
    if request.decided.iter().any(|decision| decision.person == candidate.person) {
        return Err(MayNot::AlreadyDecided);
    }
    if !has_needed_role(request.needs, &candidate.roles) {
        return Err(MayNot::LacksRole(request.needs.iter().map(|need| need.role.clone()).collect()));
    }
    match outcome(request, &[], now) {
        Outcome::Waiting(_) | Outcome::NobodyAvailable(_) => Ok(()),
        Outcome::InForce => Err(MayNot::InForce),
        Outcome::Refused => Err(MayNot::Refused),
        Outcome::Expired => Err(MayNot::Expired(request.expires_at)),
    }
}

/// Whether a person may carry the instruction out now: it is in force, and they are not one of those who agreed.
///
/// # Errors
/// The reason why not.
pub fn may_execute<P: Copy + Eq>(request: &Request<'_, P>, person: P, now: DateTime<Utc>) -> Result<(), MayNot> {
    match outcome(request, &[], now) {
        Outcome::InForce => {}
        Outcome::Expired => return Err(MayNot::Expired(request.expires_at)),
        Outcome::Refused => return Err(MayNot::Refused),
        Outcome::Waiting(_) | Outcome::NobodyAvailable(_) => return Err(MayNot::NotInForce),
    }
    match request.decided.iter().any(|decision| decision.person == person) {
        true => Err(MayNot::Executor),
        false => Ok(()),
    }
}

/// What the decisions add up to. `available` are the people of the tenant who hold roles; whoever among them may not
/// decide on this request is left out here.
pub fn outcome<P: Copy + Eq>(request: &Request<'_, P>, available: &[Candidate<'_, P>], now: DateTime<Utc>) -> Outcome {
    let heard: Vec<&Decision<'_, P>> = request.decided.iter().filter(|decision| is_heard(request, decision)).collect();
    if heard.iter().any(|decision| decision.verdict == Verdict::No) {
        return Outcome::Refused;
    }
    let mut people: Vec<(P, Vec<&str>)> = Vec::new();
    for decision in &heard {
        add(&mut people, decision.person, &decision.roles);
    }
    let missing = unfilled(request.needs, &people);
    if missing.is_empty() {
        return Outcome::InForce;
    }
    if now >= request.expires_at {
        return Outcome::Expired;
    }
    for candidate in available.iter().filter(|candidate| could_decide(request, candidate.person)) {
        add(&mut people, candidate.person, &candidate.roles);
    }
    let beyond_reach = unfilled(request.needs, &people);
    if beyond_reach.is_empty() { Outcome::Waiting(missing) } else { Outcome::NobodyAvailable(beyond_reach) }
}

/// Whether somebody has a stake of their own in it.
fn is_partial<P: Copy + Eq>(request: &Request<'_, P>, person: P) -> bool {
    person == request.author
        || Some(person) == request.executor
        || request.concerned.contains(&person)
        || request.receivers.contains(&person)
}

fn is_heard<P: Copy + Eq>(request: &Request<'_, P>, decision: &Decision<'_, P>) -> bool {
    !is_partial(request, decision.person)
        && decision.at < request.expires_at
        && has_needed_role(request.needs, &decision.roles)
}

fn could_decide<P: Copy + Eq>(request: &Request<'_, P>, person: P) -> bool {
    !is_partial(request, person) && request.decided.iter().all(|decision| decision.person != person)
}

fn has_needed_role(needs: &[Need], roles: &[&str]) -> bool {
    needs.iter().any(|need| roles.contains(&need.role.as_str()))
}

/// A person who is named twice is one person with the roles of both.
fn add<'a, P: Copy + Eq>(people: &mut Vec<(P, Vec<&'a str>)>, person: P, roles: &[&'a str]) {
    match people.iter_mut().find(|(known, _)| *known == person) {
        Some((_, known)) => known.extend(roles),
        None => people.push((person, roles.to_vec())),
    }
}

/// The places that stay empty when these people fill as many as they can, each at most one.
///
/// A place once filled stays filled while people are moved about to fill the next one, so which places stay empty depends
/// on the order of the needs alone, not on the order of the people.
fn unfilled<P>(needs: &[Need], people: &[(P, Vec<&str>)]) -> Vec<Need> {
    let mut place_of: Vec<Option<usize>> = vec![None; people.len()];
    let mut missing = Vec::new();
    for (index, need) in needs.iter().enumerate() {
        let mut left = need.count.get();
        while left > 0 && fill(needs, people, &mut place_of, index, &mut vec![false; people.len()]) {
            left -= 1;
        }
        if let Some(count) = NonZeroU32::new(left) {
            missing.push(Need { role: need.role.clone(), count });
        }
    }
    missing
}

/// Finds somebody for one place of a need, moving others to places that they can fill as well (Kuhn's augmenting path).
fn fill<P>(
    needs: &[Need],
    people: &[(P, Vec<&str>)],
    place_of: &mut [Option<usize>],
    need: usize,
    tried: &mut [bool],
) -> bool {
    for (index, (_, roles)) in people.iter().enumerate() {
        if tried[index] || !roles.contains(&needs[need].role.as_str()) {
            continue;
        }
        tried[index] = true;
        let is_free = match place_of[index] {
            None => true,
            Some(other) => other != need && fill(needs, people, place_of, other, tried),
        };
        if is_free {
            place_of[index] = Some(need);
            return true;
        }
    }
    false
}

//! Answering: each question is weighed, answered and recorded.

use super::answer::Decision;
use super::known::{Chosen, Known};
use super::picture::{Asker, Lesson};
use super::question::{Ask, Asked as Request, Read, Semantic};
use crate::decisions::{self, Asked, Law, Standing};
use crate::instructions::Policies;
use crate::platform::caller::Actor;
use crate::platform::current::{self, Versions};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::record::Record;
use crate::platform::sign_in;
use chrono::Duration;
use policy_model::decision::{Answer, Reason, is_operation};

/// The power to ask, and the act of every record of an answer.
pub const ASK: &str = "decisions.ask";

/// An answer and what the ledger keeps of it.
pub struct Answered {
    /// The answer.
    pub decision: Decision,
    /// Its record.
    pub record: Record,
}

/// Looks up what a request speaks of, answers it, and leaves the records. What was looked up comes back with the answers.
pub fn evaluate(tx: &mut TenantTx<'_>, policies: &Policies, request: &Request) -> Stored<(Vec<Decision>, Lesson)> {
    // First, so that nothing that is read is older than these say.
    let versions = current::versions(tx)?;
    let law = decisions::law(tx, policies)?;
    let mut known = Known::default();
    match request {
        Request::One(ask) => known.look_up(tx, [&**ask])?,
        Request::Many(asks, _) => known.look_up(tx, asks.iter().flatten())?,
    }
    let answered = match tx.platform().clock().is_sure() {
        true => answer_request(&law, &known, request, tx.now()),
        false => refuse_request(request, Reason::ClockUnsure),
    };
    let asker = asker(tx, versions, &law)?;
    let decisions = answered.into_iter().map(|answered| {
        tx.record(answered.record);
        answered.decision
    });
    Ok((decisions.collect(), Lesson { versions, law, known, asker }))
}

/// Who asks, as far as that holds beyond this request: a key, for as long as it and whoever made it may.
fn asker(tx: &mut TenantTx<'_>, versions: Versions, law: &Law) -> Stored<Option<Asker>> {
    let (actor, tenant) = (tx.actor().clone(), tx.tenant());
    let (Actor::ApiKey { id, made_by, .. }, Some(rests_on)) = (&actor, tx.rests_on().map(str::to_owned)) else {
        return Ok(None);
    };
    let Some(good_until) = sign_in::good_until(tx, *id)? else { return Ok(None) };
    let maker = match made_by {
        Some(maker) => decisions::standing(tx, *maker)?.and_then(|standing| standing.until()),
        None => None,
    };
    // An hour at most: then the key is looked up again, and that it is used is noted.
    let hour = Ts(*tx.now() + Duration::hours(1));
    let until = [Some(good_until), Some(hour), maker, law.policy.stale_at()].into_iter().flatten().min();
    let until = until.unwrap_or(hour);
    Ok(Some(Asker { tenant, actor, rests_on, until, versions }))
}

/// Answers a request from what is known.
pub fn answer_request(law: &Law, known: &Known, request: &Request, now: Ts) -> Vec<Answered> {
    match request {
        Request::One(ask) => vec![answer(law, known, ask, now)],
        Request::Many(asks, semantic) => answer_all(law, known, asks, *semantic, now),
    }
}

/// Answers every question with the same no.
pub fn refuse_request(request: &Request, reason: Reason) -> Vec<Answered> {
    let refused = || {
        let asked = Asked { operation: "", purpose: "", people: 1 };
        let record = decisions::record(ASK, None, [].iter(), &asked, &Answer::Deny(reason));
        Answered { decision: Decision::no(reason), record }
    };
    match request {
        Request::One(_) => vec![refused()],
        Request::Many(asks, Semantic::DenyOnFirstDeny) => asks.iter().take(1).map(|_| refused()).collect(),
        Request::Many(asks, Semantic::ExecuteAll | Semantic::PermitOnFirstPermit) => {
            asks.iter().map(|_| refused()).collect()
        }
    }
}

/// Answers in order, until the semantic says that enough is known.
fn answer_all(law: &Law, known: &Known, asks: &[Read], semantic: Semantic, now: Ts) -> Vec<Answered> {
    let mut answers = Vec::with_capacity(asks.len());
    for ask in asks {
        let answered = match ask {
            Ok(ask) => answer(law, known, ask, now),
            Err(what) => unreadable(what),
        };
        let is_last = match semantic {
            Semantic::ExecuteAll => false,
            Semantic::DenyOnFirstDeny => !answered.decision.decision,
            Semantic::PermitOnFirstPermit => answered.decision.decision,
        };
        answers.push(answered);
        if is_last {
            break;
        }
    }
    answers
}

fn unreadable(what: &str) -> Answered {
    let asked = Asked { operation: "", purpose: "", people: 1 };
    let record = decisions::record(ASK, None, [].iter(), &asked, &Answer::Deny(Reason::Unreadable));
    Answered { decision: Decision::unreadable(what), record }
}

/// Answers one question from what is known.
pub fn answer(law: &Law, known: &Known, ask: &Ask, now: Ts) -> Answered {
    let asked = Asked { operation: &ask.operation, purpose: &ask.purpose, people: ask.people };
    match resolved(known, ask) {
        Ok((caller, sides)) => weighed(law, caller, sides, &asked, now),
        Err(reason) => {
            let record = decisions::record(ASK, None, [].iter(), &said(law, &asked), &Answer::Deny(reason));
            Answered { decision: Decision::no(reason), record }
        }
    }
}

/// Whether one question is permitted: what [`answer`] says, without a word about it.
pub fn permits(law: &Law, known: &Known, ask: &Ask, now: Ts) -> bool {
    let asked = Asked { operation: &ask.operation, purpose: &ask.purpose, people: ask.people };
    let Ok((caller, sides)) = resolved(known, ask) else { return false };
    let mut sides = sides.iter().peekable();
    sides.peek().is_some() && sides.all(|side| decisions::weigh(law, caller, side, &asked, now).reason().permits())
}

/// A record holds no word that an application made up: it might be anybody's name.
fn said<'a>(law: &Law, asked: &Asked<'a>) -> Asked<'a> {
    let known = |word: &'a str| if law.policy.table().knows(word) || is_operation(word) { word } else { "" };
    Asked { operation: known(asked.operation), purpose: known(asked.purpose), people: asked.people }
}

fn resolved<'a>(known: &'a Known, ask: &'a Ask) -> Result<(&'a Standing, Chosen<'a>), Reason> {
    if !is_operation(&ask.operation) {
        return Err(Reason::UnknownAction);
    }
    let caller = ask.caller.as_ref().map_err(|reason| *reason)?;
    let caller = known.person(caller).ok_or(Reason::UnknownSubject)?;
    let data = ask.data.as_ref().map_err(|reason| *reason)?;
    Ok((&caller.standing, known.sides(data)?))
}

/// Every side that is touched has to be permitted: the first that is not decides.
fn weighed(law: &Law, caller: &Standing, sides: Chosen<'_>, asked: &Asked<'_>, now: Ts) -> Answered {
    let last = decisions::weigh_all(law, caller, sides.iter(), asked, now);
    let (decision, answer) = match &last {
        Some((side, answer)) => (Decision::of(law, side, asked.operation, asked.people, answer), *answer),
        None => (Decision::no(Reason::UnknownResource), Answer::Deny(Reason::UnknownResource)),
    };
    let record = decisions::record(ASK, Some(caller), sides.iter(), &said(law, asked), &answer);
    Answered { decision, record }
}

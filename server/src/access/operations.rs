//! Answering: each question is weighed, answered and recorded.

use super::answer::Decision;
use super::known::Known;
use super::question::{Ask, Asked as Request, Read, Semantic};
use crate::decisions::{self, Asked, Data, Law, Standing};
use crate::instructions::Policies;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::record::Record;
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

/// Looks up what a request speaks of, answers it, and leaves the records.
pub fn evaluate(tx: &mut TenantTx<'_>, policies: &Policies, request: &Request) -> Stored<Vec<Decision>> {
    let law = decisions::law(tx, policies)?;
    let mut known = Known::default();
    let answered = match request {
        Request::One(ask) => {
            known.look_up(tx, [&**ask])?;
            vec![answer(&law, &known, ask, tx.now())]
        }
        Request::Many(asks, semantic) => {
            known.look_up(tx, asks.iter().flatten())?;
            answer_all(&law, &known, asks, *semantic, tx.now())
        }
    };
    Ok(answered
        .into_iter()
        .map(|answered| {
            tx.record(answered.record);
            answered.decision
        })
        .collect())
}

/// Answers in order, until the semantic says that enough is known.
pub fn answer_all(law: &Law, known: &Known, asks: &[Read], semantic: Semantic, now: Ts) -> Vec<Answered> {
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
    let record = decisions::record(ASK, None, &[], &asked, &Answer::Deny(Reason::Unreadable));
    Answered { decision: Decision::unreadable(what), record }
}

/// Answers one question from what is known.
pub fn answer(law: &Law, known: &Known, ask: &Ask, now: Ts) -> Answered {
    let asked = Asked { operation: &ask.operation, purpose: &ask.purpose, people: ask.people };
    match resolved(known, ask) {
        Ok((caller, sides)) => weighed(law, caller, sides, &asked, now),
        Err(reason) => {
            let record = decisions::record(ASK, None, &[], &said(law, &asked), &Answer::Deny(reason));
            Answered { decision: Decision::no(reason), record }
        }
    }
}

/// A record holds no word that an application made up: it might be anybody's name.
fn said<'a>(law: &Law, asked: &Asked<'a>) -> Asked<'a> {
    let known = |word: &'a str| if law.policy.table().knows(word) || is_operation(word) { word } else { "" };
    Asked { operation: known(asked.operation), purpose: known(asked.purpose), people: asked.people }
}

fn resolved<'a>(known: &'a Known, ask: &'a Ask) -> Result<(&'a Standing, &'a [Data]), Reason> {
    if !is_operation(&ask.operation) {
        return Err(Reason::UnknownAction);
    }
    let caller = ask.caller.as_ref().map_err(|reason| *reason)?;
    let caller = known.person(caller).ok_or(Reason::UnknownSubject)?;
    let data = ask.data.as_ref().map_err(|reason| *reason)?;
    let sides = known.data(data).ok_or(Reason::UnknownResource)?;
    let sides = sides.as_ref().as_ref().map_err(|reason| *reason)?;
    Ok((&caller.standing, sides))
}

/// Every side that is touched has to be permitted: the first that is not decides.
fn weighed(law: &Law, caller: &Standing, sides: &[Data], asked: &Asked<'_>, now: Ts) -> Answered {
    let mut last = None;
    for side in sides {
        let answer = decisions::weigh(law, caller, side, asked, now);
        let permits = answer.reason().permits();
        last = Some((side, answer));
        if !permits {
            break;
        }
    }
    let (decision, answer) = match &last {
        Some((side, answer)) => (Decision::of(law, side, asked.operation, asked.people, answer), *answer),
        None => (Decision::no(Reason::UnknownResource), Answer::Deny(Reason::UnknownResource)),
    };
    let record = decisions::record(ASK, Some(caller), sides, &said(law, asked), &answer);
    Answered { decision, record }
}

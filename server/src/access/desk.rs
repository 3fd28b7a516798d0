//! Where questions are answered: from memory in a few microseconds, where everything that they need is there and sure to be in
//! force; otherwise from the database, and then it is there for the next one.
//!
//! What always holds: an answer is given only once its record is committed; a refusal because the database is out of reach is
//! recorded when it is back. What is answered from memory is compared in its record's commit with what is in force there: if
//! anything has moved, the database is asked instead.

use super::answer::Decision;
use super::error::AccessError;
use super::operations::{ASK, Answered, answer_request, evaluate, refuse_request};
use super::picture::{Asker, KeyHash, Pictures};
use super::question::Asked;
use crate::instructions::Policies;
use crate::platform::Platform;
use crate::platform::attempt::{Act, Attempt, request_id};
use crate::platform::current::Versions;
use crate::platform::groups::{Entry, NotKept};
use crate::platform::http::{AsProblem, Problem};
use actix_web::HttpRequest;
use actix_web::web::{self, Bytes};
use policy_model::decision::Reason;
use std::sync::Arc;

/// How a body is read.
pub type Form = fn(&[u8]) -> Result<Asked, AccessError>;

/// Answers, and whether they belong to one question alone.
type Decided = Result<(bool, Vec<Decision>), Problem>;

/// A larger body is worked on off the event loop, where others do not wait behind it.
const LARGE: usize = 64 << 10;

/// Everything that answering needs.
pub struct Desk {
    platform: Arc<Platform>,
    policies: Arc<Policies>,
    pictures: Arc<Pictures>,
}

impl Desk {
    /// One for a process.
    pub fn of(platform: Arc<Platform>, policies: Arc<Policies>, pictures: Arc<Pictures>) -> Self {
        Self { platform, policies, pictures }
    }

    /// Who this key belongs to, if that is known by heart.
    pub(super) fn asker(&self, key: &KeyHash) -> Option<Arc<Asker>> {
        self.pictures.asker(key)
    }

    /// Whether this node knows what is in force.
    pub(super) async fn is_sure(&self) -> bool {
        self.platform.current().becomes_sure().await
    }

    /// Answers from memory; none when it takes the database.
    pub(super) async fn answers(
        &self,
        asker: Arc<Asker>,
        request: &HttpRequest,
        body: Bytes,
        form: Form,
    ) -> Option<Decided> {
        let is_large = body.len() > LARGE;
        let (pictures, platform, by) = (self.pictures.clone(), self.platform.clone(), asker.clone());
        let work = move || from_memory(&pictures, &platform, &by, &body, form);
        let (is_one, answered, versions) = if is_large { web::block(work).await.ok()?? } else { work()? };
        let (decisions, records): (Vec<_>, Vec<_>) = answered
            .into_iter()
            .map(|Answered { decision, record }| {
                // What permits nothing rests on what the application may ask by.
                let record = if record.instruction.is_none() { record.under(&asker.rests_on) } else { record };
                (decision, record)
            })
            .unzip();
        let entry = Entry {
            tenant: asker.tenant,
            actor: asker.actor.clone(),
            request: request_id(request, &self.platform),
            versions,
            records,
        };
        match self.platform.groups().keep(entry).await {
            Ok(()) => {
                self.count("memory", &decisions);
                Some(Ok((is_one, decisions)))
            }
            Err(NotKept::Moved) => None,
            Err(NotKept::Busy) => Some(Err(Problem::unavailable("server.busy"))),
            Err(NotKept::Failed) => Some(Err(Problem::unavailable("server.database-unavailable")
                .detail("The record of the answer could not be kept, so there is no answer."))),
        }
    }

    /// Answers no to everything, since nobody here knows what is in force.
    pub(super) fn refuses(&self, asker: &Asker, body: &[u8], form: Form) -> Decided {
        let asked = form(body).map_err(|e| e.problem())?;
        let reason = Reason::NotCurrent;
        let refused = refuse_request(&asked, reason);
        let count = refused.len() as u64;
        self.platform.groups().owe(asker.tenant, ASK, reason.code(), self.platform.now(), count);
        Ok((is_one(&asked), refused.into_iter().map(|answered| answered.decision).collect()))
    }

    /// Answers from the database, and keeps what it had to look up.
    pub(super) async fn asks_the_database(
        &self,
        at: Attempt,
        key: Option<KeyHash>,
        body: Result<Bytes, Problem>,
        form: Form,
    ) -> Decided {
        let (policies, place) = (self.policies.clone(), self.pictures.place(at.caller().tenant));
        let (is_one, decisions, lesson) = at
            .run(Act::named(ASK), move |tx| {
                let asked = form(body.as_ref().map_err(Clone::clone)?).map_err(|e| e.problem())?;
                let (decisions, lesson) = evaluate(tx, &policies, &asked)?;
                Ok::<_, Problem>((is_one(&asked), decisions, lesson))
            })
            .await?;
        self.pictures.learn(&place, key, lesson);
        self.count("database", &decisions);
        Ok((is_one, decisions))
    }

    fn count(&self, from: &str, decisions: &[Decision]) {
        self.platform.metrics().decisions.with_label_values(&[from]).inc_by(decisions.len() as u64);
    }
}

fn is_one(asked: &Asked) -> bool {
    matches!(asked, Asked::One(_))
}

fn from_memory(
    pictures: &Pictures,
    platform: &Platform,
    by: &Asker,
    body: &[u8],
    form: Form,
) -> Option<(bool, Vec<Answered>, Versions)> {
    // What cannot be read is refused where it leaves a record by itself.
    let asked = form(body).ok()?;
    if !platform.clock().is_sure() {
        return None;
    }
    let now = platform.now();
    let (answered, versions) =
        pictures.answer(by, &asked, now, |law, known| answer_request(law, known, &asked, now))?;
    Some((is_one(&asked), answered, versions))
}

//! What `make bench` measures: questions answered from pictures that were filled without a database, at as many organisations
//! as wanted. The questions are read, looked up, weighed and put into words by the code that answers an application.

use super::answer::Decision;
use super::known::Known;
use super::operations::answer_request;
use super::picture::{Asker, Lesson, Pictures};
use super::question::{self, Asked};
use crate::decisions::{Data, Law, Standing};
use crate::instructions::{Policies, Policy};
use crate::platform::caller::Actor;
use crate::platform::current::Versions;
use crate::platform::db::{Stored, Ts};
use crate::platform::ids::{ApiKeyId, HoldingId, MembershipId, SubjectId, TenantId};
use policy_model::decision::{Control, Restriction};
use policy_model::facts::Age;
use policy_model::pack::Pack;
use std::sync::Arc;

/// Organisations in memory, all with the same policy and as many people and holdings each.
pub struct Measured {
    pictures: Pictures,
    askers: Vec<Asker>,
    now: Ts,
}

/// Somebody of every organisation, by their names in the policy.
pub struct Member {
    /// Their membership.
    pub membership: MembershipId,
    /// Which person.
    pub subject: SubjectId,
    /// Their names in the policy, `member:…` before `role:…`.
    pub names: Vec<String>,
}

/// Something that is held in every organisation.
pub struct Held {
    /// Its id.
    pub id: HoldingId,
    /// Of which class.
    pub class: String,
    /// Whose.
    pub subject: SubjectId,
}

impl Measured {
    /// So many organisations that live by `pack` and have these lines in force, as casbin has them.
    ///
    /// # Errors
    /// When the lines are no policy.
    pub fn of(
        count: usize,
        now: Ts,
        pack: &Arc<Pack>,
        lines: &[Vec<String>],
        members: &[Member],
        held: &[Held],
    ) -> Stored<Self> {
        let (pictures, policies) = (Pictures::default(), Policies::default());
        let mut askers = Vec::with_capacity(count);
        for n in 0..count {
            let tenant = TenantId::from(uuid::Uuid::from_u128(n as u128 + 1));
            // Compiled for each anew: no organisation shares anything of it with another.
            let law = Law { policy: Arc::new(Policy::of_lines(&policies, pack, lines.to_vec())?), pack: pack.clone() };
            let mut known = Known::default();
            for member in members {
                let standing = Standing::acting(member.membership, member.subject, member.names.clone());
                known.knows(standing);
            }
            for held in held {
                known.holds(held.id, vec![data(held)]);
            }
            let versions = Versions::default();
            let actor = Actor::ApiKey {
                id: ApiKeyId::from(uuid::Uuid::nil()),
                scopes: Vec::new(),
                connector: None,
                made_by: None,
            };
            askers.push(Asker {
                tenant,
                actor,
                rests_on: String::new(),
                until: Ts(*now + chrono::Duration::days(1)),
                versions,
            });
            let place = pictures.place(tenant);
            pictures.learn(&place, None, Lesson { versions, law, known, asker: None });
        }
        Ok(Self { pictures, askers, now })
    }

    /// Reads questions, as they come in a body.
    ///
    /// # Panics
    /// When it is none.
    #[allow(clippy::unwrap_used, reason = "the bench writes its own questions")]
    pub fn read(body: &[u8]) -> Question {
        Question(question::many(body).unwrap())
    }

    /// Decides in one organisation, from the picture to the last step: whether it is permitted.
    pub fn decides(&self, organisation: usize, asked: &Question) -> Option<bool> {
        let asker = self.askers.get(organisation)?;
        let permits = |law: &Law, known: &Known| match &asked.0 {
            Asked::One(ask) => super::operations::permits(law, known, ask, self.now),
            Asked::Many(..) => false,
        };
        self.pictures.answer(asker, &asked.0, self.now, permits).map(|(permits, _)| permits)
    }

    /// Everything that is done for a request but its records' commit: read, decided, recorded in memory, put into words.
    pub fn answers(&self, organisation: usize, body: &[u8]) -> Option<Vec<u8>> {
        let asked = question::many(body).ok()?;
        let asker = self.askers.get(organisation)?;
        let all = |law: &Law, known: &Known| answer_request(law, known, &asked, self.now);
        let (answered, _) = self.pictures.answer(asker, &asked, self.now, all)?;
        let (decisions, records): (Vec<Decision>, Vec<_>) =
            answered.into_iter().map(|answered| (answered.decision, answered.record)).unzip();
        std::hint::black_box(records);
        serde_json::to_vec(&decisions).ok()
    }

    /// About how many bytes the pictures say that they take, for one organisation.
    pub fn bytes_each(&self) -> usize {
        self.pictures.bytes() / self.pictures.len().max(1)
    }
}

/// A question that was read.
pub struct Question(Asked);

fn data(held: &Held) -> Data {
    Data {
        holding: Some(held.id),
        subject: Some(held.subject),
        class: held.class.clone(),
        control: Control::Organisation,
        rule: "measured".to_owned(),
        restriction: Restriction::None,
        is_visible_to_subject: true,
        age: Age::Adult,
    }
}

//! Weighing: what is known of the data, the caller and the law in force, put before the rules, and the record of the answer.
//! Nothing here reads a table: who keeps the data states what stands against it.

use super::standing::Standing;
use crate::instructions::{Policies, Policy};
use crate::packs;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{HoldingId, Id, SubjectId};
use crate::platform::record::{Outcome, Record};
use policy_model::decision::{
    self, Answer, Authority, Control, Facts, Question, Relation, Restriction, Sensitive, Separation, Volume, threshold,
};
use policy_model::facts::Age;
use policy_model::pack::Pack;
use std::sync::Arc;

/// One person's side of some data, in terms that need no table.
#[derive(Debug, Clone)]
pub struct Data {
    /// Which holding; none when a class is asked about.
    pub holding: Option<HoldingId>,
    /// Whose side; nobody in particular's when absent.
    pub subject: Option<SubjectId>,
    /// Of which class.
    pub class: String,
    /// What the ruling says.
    pub control: Control,
    /// By which rule; empty when none decided.
    pub rule: String,
    /// What keeps it out of everyday business.
    pub restriction: Restriction,
    /// Whether its subject may see it.
    pub is_visible_to_subject: bool,
    /// How old its subject was: of the very young everything is sensitive (gbt35273-3.2-n1).
    pub age: Age,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What would be done: `read`, `correct` …
    pub operation: &'a str,
    /// For what purpose.
    pub purpose: &'a str,
    /// On how many people's data at once.
    pub people: u32,
}

/// What a tenant has in force.
#[derive(Clone)]
pub struct Law {
    /// Its instructions and powers.
    pub policy: Arc<Policy>,
    /// Its pack.
    pub pack: Arc<Pack>,
}

/// What is in force now.
pub fn law(tx: &mut TenantTx<'_>, policies: &Policies) -> Stored<Law> {
    Ok(Law { policy: policies.of(tx)?, pack: packs::in_force(tx)? })
}

/// Puts the facts before the rules. No table is read and nothing is allocated.
pub fn weigh<'a>(law: &'a Law, caller: &'a Standing, data: &'a Data, asked: &Asked<'a>, now: Ts) -> Answer<'a> {
    let mut whose = [0; uuid::fmt::Hyphenated::LENGTH];
    let whose = match data.subject {
        Some(subject) => &*subject.uuid().hyphenated().encode_lower(&mut whose),
        // Nobody in particular: only what reaches everybody reaches this.
        None => "",
    };
    let question = Question { object: &data.class, act: asked.operation, purpose: asked.purpose, whose };
    let own = |source: &str| law.policy.was_approved_by(caller.subject, source);
    let authority = law.policy.table().authority(caller.names(data.subject), &question, &own);
    decision::decide(&facts(law, caller, data, asked, authority, now))
}

/// Puts every side that a question touches before the rules: the first that is not permitted decides. Nothing is said of none.
pub fn weigh_all<'a>(
    law: &'a Law,
    caller: &'a Standing,
    sides: impl Iterator<Item = &'a Data>,
    asked: &Asked<'a>,
    now: Ts,
) -> Option<(&'a Data, Answer<'a>)> {
    let mut last = None;
    for side in sides {
        let answer = weigh(law, caller, side, asked, now);
        last = Some((side, answer));
        if !answer.reason().permits() {
            break;
        }
    }
    last
}

/// What the answer would be if an instruction named both the caller and the person: whether it is worth asking for one.
pub fn weigh_if_granted<'a>(
    law: &'a Law,
    caller: &'a Standing,
    data: &'a Data,
    asked: &Asked<'a>,
    now: Ts,
) -> Answer<'a> {
    let granted = Authority::Permits { source: "", task: Some("") };
    decision::decide(&facts(law, caller, data, asked, granted, now))
}

fn facts<'a>(
    law: &'a Law,
    caller: &'a Standing,
    data: &'a Data,
    asked: &Asked<'a>,
    authority: Authority<'a>,
    now: Ts,
) -> Facts<'a> {
    let is_own = data.subject == Some(caller.subject) && data.is_visible_to_subject;
    Facts {
        tenure: if caller.is_over(now) { decision::Tenure::Ended } else { caller.tenure() },
        separation: separation(&law.pack, caller),
        relation: if is_own { Relation::OwnAndVisible } else { Relation::Others },
        operation: asked.operation,
        purpose: asked.purpose,
        authority,
        control: data.control,
        sensitive: if law.pack.is_sensitive(&data.class, data.age) { Sensitive::Yes } else { Sensitive::No },
        // A case is an instruction that names both, and comes as one.
        case: None,
        restriction: data.restriction,
        volume: Volume { people: asked.people, threshold: threshold(law.pack.approvals(), asked.operation) },
        mask: law.pack.mask_for(&data.class, caller.roles_towards(data.subject)),
    }
}

/// Whether one of somebody's roles keeps them from people's data.
pub(super) fn separation(pack: &Pack, caller: &Standing) -> Separation {
    match caller.roles().any(|role| pack.kept_from_data(role).is_some()) {
        true => Separation::KeptFromData,
        false => Separation::Free,
    }
}

/// What the ledger keeps of an answer. A holding of many people is recorded about the first hundred of them.
pub fn record<'d>(
    act: &'static str,
    by: Option<&Standing>,
    data: impl Iterator<Item = &'d Data> + Clone,
    asked: &Asked<'_>,
    answer: &Answer<'_>,
) -> Record {
    let mut record = Record::of(act);
    if !asked.operation.is_empty() {
        record = record.with("operation", asked.operation);
    }
    if !asked.purpose.is_empty() {
        record = record.purpose(asked.purpose);
    }
    if let Some(caller) = by {
        record = record.with("for", caller.membership.to_string());
    }
    if let Some(first) = data.clone().next() {
        record = record.class(&first.class).with("rule", first.rule.clone());
        if let Some(holding) = first.holding {
            record = record.on("holding", holding);
        }
    }
    record = data.filter_map(|side| side.subject).take(100).fold(record, Record::about);
    if asked.people > 1 {
        record = record.with("people", asked.people);
    }
    let reason = answer.reason();
    match answer {
        Answer::Permit { rests_on, .. } => record.under(rests_on).ended(Outcome::Permitted, reason.code()),
        Answer::Deny(_) | Answer::NeedsApproval(_) => {
            record.ended(Outcome::Refused, reason.code()).citing([reason.clause()])
        }
    }
}

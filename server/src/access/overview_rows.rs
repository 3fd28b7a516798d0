//! What answers "who can see this?" and "what can this person see?": rows, and how they are put together.

use crate::instructions::{self, Instruction};
use crate::people::{MemberName, Names, SubjectName};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{InstructionId, MembershipId, SubjectId};
use policy_model::class::Mask;
use policy_model::decision::Answer;
use policy_model::pack::Pack;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// People that one row names.
const NAMED: usize = 50;
/// Who may do what to which data, for which purpose, under which instruction.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AccessOverview {
    /// Row by row: what is permitted first.
    pub(super) rows: Vec<OverviewRow>,
    /// Whether these are all; otherwise ask more precisely.
    pub(super) is_whole: bool,
    /// Whether the member stands at all; one who has left does nothing any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) member_stands: Option<bool>,
}

/// One thing that some people may do, or would but for one reason.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OverviewRow {
    /// Whether a decision says yes.
    permitted: bool,
    /// The code of the decision's reason, as docs/reasons.md lists them.
    reason: String,
    /// What it says, in Chinese.
    reason_zh: String,
    /// What it says, in English.
    reason_en: String,
    /// The clause that the reason rests on.
    reason_clause: String,
    /// The instruction that it rests on; absent where somebody sees what is their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction: Option<OverviewInstruction>,
    /// What may be done; `*` for everything.
    operation: String,
    /// For which purpose; `*` for any.
    purpose: String,
    /// On whose data; everybody's where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<SubjectName>,
    /// The classes, and how each is shown.
    classes: Vec<SeenClass>,
    /// Through which roles; none where the instruction names the people.
    roles: Vec<String>,
    /// Whether it is everybody who works here.
    everybody: bool,
    /// Who; the first fifty.
    people: Vec<MemberName>,
    /// How many people.
    people_in_all: usize,
}

/// A class, and how it is shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SeenClass {
    /// Its key.
    pub(super) class: String,
    /// Its mask; `none` where all of it is seen.
    pub(super) mask: String,
}

/// An instruction that something rests on.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OverviewInstruction {
    /// Its id.
    id: InstructionId,
    /// Standing or exceptional.
    kind: instructions::Kind,
    /// The clauses of the rules by which it was approved.
    clauses: Vec<String>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Ts>,
}

/// What is the same in everything that one row stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// `false` sorts first.
    pub(super) refused: bool,
    pub(super) rests_on: String,
    pub(super) operation: String,
    pub(super) purpose: String,
    pub(super) whose: Option<SubjectId>,
    /// Its code.
    pub(super) reason: &'static str,
    pub(super) reason_texts: (&'static str, &'static str),
    pub(super) reason_clause: &'static str,
}

#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) classes: BTreeSet<SeenClass>,
    pub(super) roles: BTreeSet<String>,
    pub(super) people: BTreeSet<MembershipId>,
    pub(super) everybody: bool,
}

/// How a class is shown by an answer.
pub(super) fn mask(answer: &Answer<'_>) -> String {
    let mask = match answer {
        Answer::Permit { mask, .. } => *mask,
        Answer::Deny(_) | Answer::NeedsApproval(_) => Mask::Full,
    };
    serde_json::to_value(mask).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The rows of these groups, in their order.
pub(super) fn rows(tx: &mut TenantTx<'_>, pack: &Pack, groups: Vec<(Key, Group)>) -> Stored<Vec<OverviewRow>> {
    let members = groups.iter().flat_map(|(_, group)| group.people.iter().copied().take(NAMED));
    let names = Names::of(tx, members.collect::<Vec<_>>(), groups.iter().filter_map(|(key, _)| key.whose))?;
    let permitting = instructions::permitting(tx)?.into_iter();
    let known: HashMap<String, Instruction> = permitting.map(|(i, _)| (i.id.to_string(), i)).collect();
    let mut rows = Vec::with_capacity(groups.len());
    for (key, group) in groups {
        rows.push(OverviewRow {
            permitted: !key.refused,
            reason: key.reason.to_owned(),
            reason_zh: key.reason_texts.0.to_owned(),
            reason_en: key.reason_texts.1.to_owned(),
            reason_clause: key.reason_clause.to_owned(),
            instruction: known.get(&key.rests_on).map(|i| OverviewInstruction {
                id: i.id,
                kind: i.kind,
                clauses: instructions::clauses_in(pack, i),
                until: i.until,
            }),
            operation: key.operation,
            purpose: key.purpose,
            about: key.whose.map(|id| names.subject(id)),
            classes: group.classes.into_iter().collect(),
            roles: group.roles.into_iter().collect(),
            everybody: group.everybody,
            people_in_all: group.people.len(),
            people: group.people.into_iter().take(NAMED).map(|id| names.member(id)).collect(),
        });
    }
    Ok(rows)
}

//! An answer in the words of the specification: `decision`, and a context that explains itself.

use crate::decisions::{Data, Law};
use policy_model::approval::{self, Ask as Approval};
use policy_model::class::Mask;
use policy_model::decision::{Answer, Control, Reason, Remedy};
use policy_model::instruction::Action;
use policy_model::mask::FIELDS;
use serde::Serialize;

/// Yes or no.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AccessDecision)]
pub struct Decision {
    /// Whether it may be done.
    pub decision: bool,
    /// Why, and what comes with it.
    pub context: Context,
}

/// Why, and what comes with it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AccessContext)]
pub struct Context {
    /// The reason's code, one of `docs/reasons.md`.
    pub reason: &'static str,
    /// The clause that it rests on.
    pub clause: &'static str,
    /// What a yes rests on: an instruction's id, or that the data is the person's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
    /// Who controls the data, by which rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ruling: Option<RulingView>,
    /// What whoever shows the data has to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<Obligation>,
    /// What people may be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// What could be requested, and whose yes that would take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Requestable>,
    /// What is wrong with the question itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Fault>,
}

/// Who controls the data.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AccessRuling)]
pub struct RulingView {
    /// `organisation` or `person`.
    pub controller: &'static str,
    /// The rule that decided; empty when none covers the case.
    pub rule: String,
}

/// What whoever shows the data has to do.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AccessObligation)]
pub struct Obligation {
    /// `mask`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Of which class.
    pub class: String,
    /// In which way: `phone_keep_3_4` …
    #[schema(value_type = String)]
    pub mask: Mask,
    /// Where the class is a record: its fields by name, each with its own mask. Every other text in it is free text: what leads to
    /// a person in it is masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldMask>,
}

/// How one field is shown.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AccessFieldMask)]
pub struct FieldMask {
    /// Its name.
    pub field: &'static str,
    /// In which way.
    #[schema(value_type = String)]
    pub mask: Mask,
}

fn fields(mask: Mask) -> Vec<FieldMask> {
    match mask {
        Mask::ByClass | Mask::FieldRules => {
            FIELDS.iter().map(|(field, mask)| FieldMask { field, mask: *mask }).collect()
        }
        _ => Vec::new(),
    }
}

/// What people may be told.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AccessMessage)]
pub struct Message {
    /// In Chinese.
    #[serde(rename = "zh-CN")]
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// What could be requested.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AccessRequestable)]
pub struct Requestable {
    /// `instruction`, `exceptional`, `order`; `person` where only the person's own word helps.
    pub what: &'static str,
    /// The roles whose yes it takes; for `person`, nobody's in the organisation.
    pub approvers: Vec<String>,
    /// Where the person who was refused asks for it, signed in, in one call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<&'static str>,
}

/// What is wrong with a question.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AccessFault)]
pub struct Fault {
    /// As HTTP would say it.
    pub status: u16,
    /// In words.
    pub message: String,
}

impl Decision {
    /// A no that needs no weighing.
    pub fn no(reason: Reason) -> Self {
        let (zh, en) = reason.texts();
        let context = Context {
            reason: reason.code(),
            clause: reason.clause(),
            instruction: None,
            ruling: None,
            obligations: Vec::new(),
            message: Some(Message { zh, en }),
            request: None,
            error: None,
        };
        Self { decision: false, context }
    }

    /// A no to a question that cannot be read.
    pub fn unreadable(what: &str) -> Self {
        let mut no = Self::no(Reason::Unreadable);
        no.context.error = Some(Fault { status: 400, message: what.to_owned() });
        no
    }

    /// The answer about this data.
    pub fn of(law: &Law, data: &Data, operation: &str, people: u32, answer: &Answer<'_>) -> Self {
        let reason = answer.reason();
        let ruling = RulingView { controller: controller(data.control), rule: data.rule.clone() };
        let mut decision = Self::no(reason);
        decision.context.ruling = Some(ruling);
        match answer {
            Answer::Permit { rests_on, mask, .. } => {
                decision.decision = true;
                decision.context.message = None;
                decision.context.instruction = Some((*rests_on).to_owned());
                if *mask != Mask::None {
                    let class = data.class.clone();
                    decision.context.obligations.push(Obligation {
                        kind: "mask",
                        class,
                        mask: *mask,
                        fields: fields(*mask),
                    });
                }
            }
            Answer::Deny(_) | Answer::NeedsApproval(_) => {
                decision.context.request = requestable(law, data, operation, people, reason);
            }
        }
        decision
    }
}

fn controller(control: Control) -> &'static str {
    match control {
        Control::Organisation | Control::ByConsent(_) => "organisation",
        Control::Person | Control::Unsettled => "person",
    }
}

/// What could be requested, and by the pack's approval rules from whom.
fn requestable(law: &Law, data: &Data, operation: &str, people: u32, reason: Reason) -> Option<Requestable> {
    let remedy = reason.remedy();
    let action = match remedy {
        Remedy::None => return None,
        Remedy::Person => return Some(Requestable { what: remedy.as_str(), approvers: Vec::new(), at: None }),
        Remedy::Instruction => Action::Standing,
        Remedy::Exceptional => Action::Exceptional,
        Remedy::Order => {
            Action::ALL.iter().copied().find(|action| action.as_str() == operation).unwrap_or(Action::Export)
        }
    };
    let ask = Approval { action, sensitive: law.pack.is_sensitive(&data.class, data.age), subjects: people };
    let needs = approval::required(law.pack.approvals(), &ask).map(|required| required.needs).unwrap_or_default();
    let is_for_one = matches!(remedy, Remedy::Instruction | Remedy::Exceptional) && data.holding.is_some();
    Some(Requestable {
        what: remedy.as_str(),
        approvers: needs.into_iter().map(|need| need.role).collect(),
        at: is_for_one.then_some("/api/v1/access-requests"),
    })
}

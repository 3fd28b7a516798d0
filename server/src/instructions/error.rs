//! What can be wrong with an instruction or with a word about one.

use crate::people::PeopleError;
use crate::platform::db::StoreError;
use crate::platform::http::{AsProblem, Problem};
use policy_model::approval::MayNot;
use policy_model::instruction::ScopeFault;

/// Why an operation on instructions was refused.
#[derive(Debug, thiserror::Error)]
pub enum InstructionError {
    /// There is no such instruction in this tenant.
    #[error("no such instruction")]
    Unknown,
    /// Something about it does not hold together.
    #[error("{what}")]
    Invalid {
        /// What was found.
        what: String,
        /// The field.
        pointer: &'static str,
        /// What would be right.
        help: &'static str,
    },
    /// The scope does not hold together.
    #[error("{0}")]
    Scope(ScopeFault),
    /// The caller may not say yes or no.
    #[error(transparent)]
    MayNot(#[from] MayNot),
    /// It is not in force, so nothing rests on it.
    #[error("the instruction is {0}, not in force")]
    NotInForce(&'static str),
    /// Somebody else asked for it.
    #[error("only who asked for it takes the request back")]
    NotTheAuthor,
    /// Only a person decides.
    #[error("only a person can approve or refuse")]
    NotAPerson,
    /// It has ended already.
    #[error("the instruction is {0} already")]
    Ended(&'static str),
    /// A role would approve what it is granted.
    #[error("the role {0} would approve what it is granted")]
    GrantsApprover(String),
    /// A role would be given data that the separation of roles keeps from it.
    #[error("the role {role} is kept from data: {reason_en}")]
    KeptFromData {
        /// The role.
        role: String,
        /// The field.
        pointer: &'static str,
        /// Why, in Chinese.
        reason_zh: String,
        /// Why, in English.
        reason_en: String,
    },
    /// The pack leaves the action without a rule.
    #[error("{0}")]
    NoRule(String),
    /// The role that it would define does not hold together.
    #[error(transparent)]
    Role(PeopleError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn may_not_code(why: &MayNot) -> &'static str {
    match why {
        MayNot::OwnRequest => "instructions.own-request",
        MayNot::Executor => "instructions.executor",
        MayNot::Concerned => "instructions.own-data",
        MayNot::Receiver => "instructions.receiver",
        MayNot::AlreadyDecided => "instructions.already-decided",
        MayNot::LacksRole(_) => "instructions.lacks-role",
        MayNot::Expired(_) => "instructions.expired",
        MayNot::InForce => "instructions.in-force-already",
        MayNot::Refused => "instructions.refused-already",
        MayNot::NotInForce => "instructions.not-in-force",
    }
}

impl InstructionError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "instruction.not-found",
            Self::Invalid { .. } => "instructions.invalid",
            Self::Scope(_) => "instructions.scope",
            Self::MayNot(why) => may_not_code(why),
            Self::NotInForce(_) => "instructions.not-in-force",
            Self::NotTheAuthor => "instructions.not-the-author",
            Self::NotAPerson => "instructions.not-a-person",
            Self::Ended(_) => "instructions.ended",
            Self::GrantsApprover(_) => "instructions.grants-approver",
            Self::KeptFromData { .. } => "instructions.kept-from-data",
            Self::NoRule(_) => "instructions.no-approval-rule",
            Self::Role(_) => "instructions.invalid",
            Self::Store(_) => "server.failed",
        }
    }
}

impl AsProblem for InstructionError {
    fn problem(&self) -> Problem {
        let words = self.to_string();
        match self {
            Self::Unknown => Problem::not_found("instruction"),
            Self::Invalid { pointer, help, .. } => Problem::invalid(self.code()).detail(words).at(*pointer).help(*help),
            Self::Scope(fault) => Problem::invalid(self.code()).detail(words).at("/scope").clause(fault.clause()),
            Self::MayNot(why) => {
                let problem = match why {
                    MayNot::OwnRequest
                    | MayNot::Executor
                    | MayNot::Concerned
                    | MayNot::Receiver
                    | MayNot::LacksRole(_) => Problem::refused(self.code()),
                    MayNot::AlreadyDecided
                    | MayNot::Expired(_)
                    | MayNot::InForce
                    | MayNot::Refused
                    | MayNot::NotInForce => Problem::conflict(self.code()),
                };
                let problem = problem.detail(words);
                why.clause().map_or(problem.clone(), |c| problem.clause(c))
            }
            Self::NotInForce(_) | Self::Ended(_) => Problem::conflict(self.code()).detail(words),
            Self::NotTheAuthor => Problem::refused(self.code())
                .detail(words)
                .help("Somebody who may revoke instructions can do it, or whoever decides refuses it."),
            Self::NotAPerson => Problem::refused(self.code()).detail(words).clause("gbt35273-7.1-b"),
            Self::GrantsApprover(_) => Problem::refused(self.code())
                .detail(words)
                .at("/scope/roles")
                .help("Propose an exceptional instruction for one named person; somebody else approves it.")
                .clause("gbt35273-7.1-b"),
            Self::KeptFromData { pointer, reason_zh, .. } => Problem::refused(self.code())
                .detail(words)
                .with("reason_zh", reason_zh.as_str())
                .at(*pointer)
                .help("Name somebody, or a role, whose task is to work with data.")
                .clause("gbt35273-7.1-c"),
            Self::NoRule(_) => Problem::conflict(self.code()).detail(words),
            Self::Role(e) => e.problem(),
            Self::Store(e) => Problem::store(e),
        }
    }
}

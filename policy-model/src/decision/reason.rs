//! Every answer that a decision can give, in the order of its steps, each with its code, its clause and what can be done
//! about it. `docs/reasons.md` is this table as people read it, and a test holds the two together.

use std::fmt::Write;

/// The steps of a decision, in their order (design §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Whether it can be decided at all: the question can be read, the node knows what is in force.
    Question,
    /// Who would do it.
    Caller,
    /// What instruction permits it.
    Instruction,
    /// Whose the data is.
    Ruling,
    /// What it is for (gbt35273-7.3-a).
    Purpose,
    /// Whether the person agreed, where the organisation's control rests on that.
    Consent,
    /// Whether a case or a task of the caller's own opens a sensitive class (gbt35273-7.1-e).
    Task,
    /// Whether something keeps the data out of everyday business.
    Restriction,
    /// Whether it is too much at once (gbt35273-7.1-b).
    Volume,
    /// Nothing stood against it.
    Permitted,
}

/// What would open the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remedy {
    /// Nothing that could be requested.
    None,
    /// A standing instruction for the role, or an exceptional one for named people.
    Instruction,
    /// An exceptional instruction that names the caller, the person and the purpose.
    Exceptional,
    /// An order, approved for this number of people.
    Order,
    /// The person's own word.
    Person,
}

impl Remedy {
    /// The word in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Instruction => "instruction",
            Self::Exceptional => "exceptional",
            Self::Order => "order",
            Self::Person => "person",
        }
    }
}

macro_rules! reasons {
    ($( $name:ident $step:ident $code:literal $clause:literal $remedy:ident $zh:literal $en:literal, )+) => {
        /// Why a decision came out as it did: the first step that stood against it, or that none did.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $( #[doc = $en] $name, )+
        }

        impl Reason {
            /// Every reason, in the order of the steps.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code: in answers, problems and records.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The step that it belongs to.
            pub fn step(self) -> Step {
                match self { $(Self::$name => Step::$step,)+ }
            }

            /// The clause that it rests on.
            pub fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause,)+ }
            }

            /// What would open the way.
            pub fn remedy(self) -> Remedy {
                match self { $(Self::$name => Remedy::$remedy,)+ }
            }

            /// What people read: Chinese, English.
            pub fn texts(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($zh, $en),)+ }
            }
        }
    };
}

reasons! {
    Unreadable Question "decision.unreadable" "dingtalk-3.6.2-instruct" None
        "请求缺少主体、资源或操作，或其类型不符。" "The question lacks subject, resource or action, or one of them has another shape.",
    NotCurrent Question "decision.not-current" "gbt35273-7.1-a" None
        "本节点无法确认策略是否为最新，因此拒绝。" "This node cannot know whether what it knows is still in force, so it refuses.",
    ClockUnsure Question "decision.clock-unsure" "gbt35273-7.1-a" None
        "时钟倒退，无法确认期限是否已过，因此拒绝。" "The clock went back, so nobody can say which grants are over; it refuses.",
    UnknownAction Question "decision.unknown-action" "gbt35273-7.1-a-op" None
        "没有这种操作。" "There is no such action.",
    UnknownClass Question "decision.unknown-class" "gbt35273-7.1-a" None
        "策略包中没有这种数据类别。" "The pack has no such data class.",
    UnknownResource Question "decision.unknown-resource" "gbt35273-7.1-a" None
        "没有这条数据，或没有这个人。" "There is no such holding, or nobody of that number.",
    UnknownSubject Caller "decision.unknown-subject" "gbt35273-7.1-a" None
        "组织中没有这个人。" "Nobody of that name belongs to the organisation.",
    CallerLeft Caller "decision.caller-left" "gbt35273-11.6-c" None
        "此人的成员关系已经终止。" "Their membership has ended.",
    KeptFromData Caller "decision.kept-from-data" "gbt35273-7.1-c" None
        "此人担任的角色掌管任命、密钥或审计，按角色分离不得接触数据。" "One of their roles appoints, keeps keys or audits, and is kept apart from working with data.",
    NoInstruction Instruction "decision.no-instruction" "dingtalk-3.6.2-instruct" Instruction
        "没有生效的指令允许这样做。" "No instruction in force permits it.",
    OwnApproval Instruction "decision.own-approval" "gbt35273-7.1-b" Exceptional
        "所依据的指令由此人批准；批准者与执行者须为不同的人。" "They approved the instruction that would permit it; who approves is not who executes.",
    OutsideDepartment Instruction "decision.outside-department" "gbt35273-7.1-a" Exceptional
        "此人的角色仅限于其部门，而数据主体不在该部门。" "Their role reaches their own department only, and the person is not in it.",
    PersonsOwn Ruling "decision.persons-own" "dingtalk-def-12" Person
        "数据归个人所有，组织不处理。" "The data is the person's own; the organisation does not process it.",
    Unsettled Ruling "decision.unsettled" "dingtalk-def-12" Person
        "权属尚未判定，暂按归个人所有处理。" "Whose it is has not been settled; until then it is treated as the person's.",
    NoPurpose Purpose "decision.no-purpose" "gbt35273-7.3-a" None
        "没有说明使用目的。" "No purpose was given.",
    OtherPurpose Purpose "decision.other-purpose" "gbt35273-7.3-a" Instruction
        "生效的指令不允许用于此目的。" "What is in force permits it for other purposes, not for this one.",
    NoConsent Consent "decision.no-consent" "gbt35273-5.4-a" Person
        "组织的控制以本人明示同意为前提，而同意未给出或已撤回。" "The organisation's control rests on the person's express consent, which is not given or was withdrawn.",
    NoTask Task "decision.no-task" "gbt35273-7.1-e" Exceptional
        "敏感信息须由分配给本人的案件或任务触发。" "The class is sensitive: it takes an open case or a task of their own about this person.",
    KeptByLaw Restriction "decision.kept-by-law" "gbt35273-8.5-f" Exceptional
        "仅为履行法定留存义务而保存，不再用于日常业务。" "It is kept because a law says so, and takes no part in everyday business.",
    LetGo Restriction "decision.let-go" "gbt35273-3.4" None
        "组织已与该数据解除关联。" "The organisation has let go of it.",
    Gone Restriction "decision.gone" "gbt35273-3.10" None
        "数据已删除；备份中如有残留也不得使用。" "It was deleted; what backups may still hold is not to be used.",
    SubjectLeft Restriction "decision.subject-left" "gbt35273-8.5-f" Exceptional
        "数据主体已离职，须按具体数据逐条询问。" "The person has left: what may still be used is decided holding by holding, so ask about one.",
    NeedsApproval Volume "decision.needs-approval" "gbt35273-7.1-b" Order
        "涉及人数达到审批门槛，须先经审批。" "So many people at once take an approval first.",
    OwnData Permitted "decision.own-data" "gbt35273-8.1-a" None
        "本人查看自己的数据。" "People see their own data.",
    Permitted Permitted "decision.permitted" "dingtalk-3.6.2-instruct" None
        "允许。" "It is permitted.",
}

impl Reason {
    /// Whether it is a yes.
    pub fn permits(self) -> bool {
        self.step() == Step::Permitted
    }

    /// The table as Markdown: the middle of `docs/reasons.md`.
    pub fn table() -> String {
        let mut text = String::from(
            "| code | step | clause | what opens the way | 中文 | English |\n| --- | --- | --- | --- | --- | --- |\n",
        );
        for reason in Self::ALL {
            let (zh, en) = reason.texts();
            let step = format!("{:?}", reason.step()).to_lowercase();
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "| `{}` | {step} | {} | {} | {zh} | {en} |",
                reason.code(),
                reason.clause(),
                reason.remedy().as_str()
            );
        }
        text
    }
}

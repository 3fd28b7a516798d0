//! Rulings: who controls one side of a holding, by which rule, resting on which clause.
//!
//! The pack's control rules are read from the top and the first that fits decides. What no rule covers belongs to the
//! person, and the ruling says that a rule is missing; what the source document leaves open is treated as the person's
//! too, and the ruling says that it is not settled. Every set of facts gets exactly one answer.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::facts::Facts;
use crate::pack::Pack;
use crate::pack::control::{Change, Condition, ControlRule, Judgement, Unmet};

/// Who controls a side of a holding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Controller {
    /// 企业组织
    Organisation,
    /// 个人
    Person,
}

impl Controller {
    /// The value as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Person => "person",
        }
    }
}

/// The answer to one set of facts. It borrows the rule that gave it from the pack.
#[derive(Debug, Clone, Copy)]
pub struct Ruling<'p> {
    rule: Option<&'p ControlRule>,
}

impl PartialEq for Ruling<'_> {
    /// Two rulings are the same if the same rule gave them.
    fn eq(&self, other: &Self) -> bool {
        self.rule == other.rule
    }
}

/// What a ruling says when no rule covers the facts.
const MISSING_ZH: &str = "没有规则涉及此类数据，因此归个人所有；请在策略包中补充规则。";
const MISSING_EN: &str = "No rule covers this data, so it is the person's own; the pack lacks a rule for it.";

impl<'p> Ruling<'p> {
    /// The ruling that this rule gives, or the one for facts that no rule covers.
    pub(crate) fn by(rule: Option<&'p ControlRule>) -> Self {
        Self { rule }
    }

    /// Who controls it. The person, wherever the organisation's control is not beyond doubt.
    pub fn controller(&self) -> Controller {
        match self.rule.map(|rule| rule.controller) {
            Some(Judgement::Organisation) => Controller::Organisation,
            Some(Judgement::Person | Judgement::Unsettled) | None => Controller::Person,
        }
    }

    /// Whether the source document settles the case. If not, the privacy officer has to.
    pub fn is_settled(&self) -> bool {
        match self.rule.map(|rule| rule.controller) {
            Some(Judgement::Unsettled) => false,
            Some(Judgement::Organisation | Judgement::Person) | None => true,
        }
    }

    /// Whether no rule covered the facts.
    pub fn rule_missing(&self) -> bool {
        self.rule.is_none()
    }

    /// The id of the rule that decided; none if a rule is missing.
    pub fn rule_id(&self) -> Option<&'p str> {
        self.rule.map(|rule| rule.id.as_str())
    }

    /// The clauses that the rule rests on.
    pub fn clauses(&self) -> &'p [String] {
        self.rule.map_or(&[], |rule| &rule.clauses)
    }

    /// Why, in Chinese.
    pub fn reason_zh(&self) -> &'p str {
        self.rule.map_or(MISSING_ZH, |rule| &rule.reason_zh)
    }

    /// Why, in English.
    pub fn reason_en(&self) -> &'p str {
        self.rule.map_or(MISSING_EN, |rule| &rule.reason_en)
    }

    /// What the ruling brings with it later.
    pub fn conditions(&self) -> &'p [Condition] {
        self.rule.map_or(&[], |rule| &rule.then)
    }

    /// Whether the person stops seeing the data once they have left.
    pub fn is_hidden_from_leaver(&self) -> bool {
        self.conditions().contains(&Condition::HiddenFromLeaver)
    }

    /// Whether the rule decides anew about data that was there before such a change.
    pub fn follows(&self, change: Change) -> bool {
        self.rule.is_some_and(|rule| rule.retroactive.contains(&change))
    }

    /// The ruling as `tenure pack rule` prints it, for the facts of this line.
    pub fn line(&self, line: u64) -> RulingLine<'p> {
        RulingLine {
            line,
            controller: self.controller(),
            rule: self.rule_id(),
            clauses: self.clauses(),
            reason_zh: self.reason_zh(),
            reason_en: self.reason_en(),
            settled: self.is_settled(),
            rule_missing: self.rule_missing(),
            conditions: self.conditions(),
        }
    }
}

/// One line of `tenure pack rule`: `config/schema/ruling.schema.json`.
#[derive(Debug, Clone, Serialize)]
pub struct RulingLine<'p> {
    /// The line of the facts, from 1.
    pub line: u64,
    /// Who controls the data.
    pub controller: Controller,
    /// The rule that decided; null if no rule covers the facts.
    pub rule: Option<&'p str>,
    /// The clauses it rests on.
    pub clauses: &'p [String],
    /// Why, in Chinese.
    pub reason_zh: &'p str,
    /// Why, in English.
    pub reason_en: &'p str,
    /// Whether the source document settles the case.
    pub settled: bool,
    /// Whether no rule covered the facts.
    pub rule_missing: bool,
    /// What the ruling brings with it later.
    pub conditions: &'p [Condition],
}

/// A ruling with everything that was read on the way to it.
#[derive(Debug, Clone)]
pub struct Explanation<'p> {
    /// The rules read, in order. The last is the one that decided, unless a rule is missing.
    pub read: Vec<RuleRead<'p>>,
    /// The answer.
    pub ruling: Ruling<'p>,
}

/// One rule on the way to a ruling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleRead<'p> {
    /// The rule.
    pub rule: &'p str,
    /// The first of its conditions that did not fit; none for the rule that decided.
    pub unmet: Option<Unmet>,
}

impl Pack {
    /// Rules one side of a holding. Never allocates; a look-up and a few comparisons.
    pub fn rule(&self, facts: &Facts) -> Ruling<'_> {
        let number = self.rulebook.first_fit(facts, &self.controls);
        Ruling::by(number.and_then(|number| self.controls.get(number)))
    }

    /// Rules by reading every condition of every rule as it is written, and says what was read. Meant for people.
    pub fn explain(&self, facts: &Facts) -> Explanation<'_> {
        let mut read = Vec::new();
        for rule in &self.controls {
            let unmet = rule.when.unmet(facts);
            let decides = unmet.is_none();
            read.push(RuleRead { rule: &rule.id, unmet });
            if decides {
                return Explanation { read, ruling: Ruling::by(Some(rule)) };
            }
        }
        Explanation { read, ruling: Ruling::by(None) }
    }

    /// The facts that could make a difference for data of this class, with what they are here: whatever has the same class and
    /// the same deciding facts is ruled alike, and may be settled alike.
    pub fn deciding_facts(&self, facts: &Facts) -> BTreeMap<String, String> {
        let mut deciding = BTreeMap::new();
        for rule in self.controls.iter().filter(|rule| rule.speaks_of(&facts.class)) {
            rule.when.note_deciding(facts, &mut deciding);
        }
        deciding
    }

    /// Rules data again after its facts changed to `now`; none if the change leaves what was there as it was ruled.
    ///
    /// A service that lapses or a group that is made internal decides about what comes next. Only a rule that says so
    /// reaches back, such as those that follow consent given or withdrawn (dingtalk-4.4-noretro).
    pub fn rule_anew(&self, now: &Facts, changed: Change) -> Option<Ruling<'_>> {
        Some(self.rule(now)).filter(|ruling| ruling.follows(changed))
    }
}

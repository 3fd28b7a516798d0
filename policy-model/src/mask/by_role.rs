//! How somebody's role changes the mask of a class: `[[mask]]` of a pack (gbt35273-7.2).
//!
//! Whatever no rule speaks of stays masked as its class says. Rules are read from the top; the first that speaks of the class and
//! of a role that the caller holds decides. What is sensitive or biometric no rule unmasks: it is revealed, field by field, with a
//! reason.

use crate::class::{Class, ClassPattern, Mask};
use serde::{Deserialize, Serialize};

/// How holders of some roles see some classes: `[[mask]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskRule {
    /// The rule's name, unique in the pack.
    pub id: String,
    /// Whoever holds one of these.
    pub roles: Vec<String>,
    /// Sees these classes.
    pub classes: Vec<ClassPattern>,
    /// Through this mask.
    pub mask: Mask,
    /// The clauses that it rests on.
    #[serde(rename = "clause")]
    pub clauses: Vec<String>,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
}

impl MaskRule {
    /// Whether it speaks of this class.
    pub fn speaks_of(&self, class: &Class) -> bool {
        self.classes.iter().any(|pattern| pattern.matches(class.key.as_str()))
    }

    /// Whether it would show all of something that nobody sees all of without a reason.
    pub fn unmasks(&self, class: &Class) -> bool {
        self.mask == Mask::None
            && class.mask != Mask::None
            && (class.sensitive || class.biometric)
            && self.speaks_of(class)
    }
}

/// The rules of one class, laid out for asking: role and mask, in the order of the rules.
pub(crate) type OfClass = Vec<(String, Mask)>;

/// What the rules say of a class.
pub(crate) fn of_class(rules: &[MaskRule], class: &Class) -> OfClass {
    let speaking = rules.iter().filter(|rule| rule.speaks_of(class));
    speaking.flat_map(|rule| rule.roles.iter().map(|role| (role.clone(), rule.mask))).collect()
}

/// The rules that can never decide: of each class and role an earlier one speaks already.
pub(crate) fn never_deciding(rules: &[&MaskRule], classes: &[&Class]) -> Vec<usize> {
    let decides = |n: &usize| {
        let rule = rules[*n];
        let is_taken = |class: &Class, role: &String| {
            rules[..*n].iter().any(|earlier| earlier.speaks_of(class) && earlier.roles.contains(role))
        };
        let mut spoken_of = classes.iter().filter(|class| rule.speaks_of(class)).peekable();
        // Of what speaks of no class or to no role at all something else is said.
        rule.roles.is_empty()
            || spoken_of.peek().is_none()
            || spoken_of.any(|class| rule.roles.iter().any(|role| !is_taken(class, role)))
    };
    (0..rules.len()).filter(|n| !decides(n)).collect()
}

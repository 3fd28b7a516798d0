//! The control rules, compiled: for each class a short list of the rules that could ever fit it.
//!
//! A ruling is one look-up of the class and then one AND for each rule of its list until the first fits. Nothing is
//! allocated on the way.

use std::collections::HashMap;

use crate::class::Class;
use crate::facts::Facts;
use crate::pack::control::ControlRule;
use crate::pack::mask::Layout;
use crate::pack::region::Region;

/// The place of a rule among the pack's control rules.
type RuleNumber = usize;

/// Compiled control rules.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    layout: Layout,
    /// The key of each class, and where its list begins and ends in `lists`.
    classes: HashMap<Box<str>, (u32, u32)>,
    lists: Vec<Entry>,
    /// What each rule refuses, for classes that the pack does not know.
    refused: Vec<u128>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The bits that the rule does not allow: it fits if the facts set none of them.
    refused: u128,
    rule: RuleNumber,
}

impl Rulebook {
    /// Compiles the rules for the classes that exist.
    pub fn compile(layout: Layout, classes: &[Class], rules: &[ControlRule]) -> Self {
        let refused: Vec<u128> = rules.iter().map(|rule| !layout.allowed(&rule.when)).collect();
        let mut book = Self { layout, classes: HashMap::with_capacity(classes.len()), lists: Vec::new(), refused };
        for class in classes {
            let begin = book.lists.len() as u32;
            for (rule, refused) in (0..).zip(&book.refused) {
                if speaks_of(&rules[rule], class.key.as_str()) {
                    book.lists.push(Entry { refused: *refused, rule });
                }
            }
            book.classes.insert(class.key.as_str().into(), (begin, book.lists.len() as u32));
        }
        book
    }

    /// The number of the first rule that fits; none if no rule does.
    pub fn first_fit(&self, facts: &Facts, rules: &[ControlRule]) -> Option<RuleNumber> {
        let bits = self.layout.bits(facts);
        match self.classes.get(facts.class.as_str()) {
            Some((begin, end)) => {
                let list = &self.lists[*begin as usize..*end as usize];
                list.iter().find(|entry| entry.refused & bits == 0).map(|entry| entry.rule)
            }
            // A class that the pack does not know is still ruled by what speaks of its family or of everything.
            None => (0..)
                .zip(&self.refused)
                .find(|(rule, refused)| **refused & bits == 0 && speaks_of(&rules[*rule], &facts.class))
                .map(|(rule, _)| rule),
        }
    }

    /// The keys of the classes for which some facts would find no rule.
    pub fn gaps<'c>(&self, classes: &'c [Class]) -> Vec<&'c str> {
        let rows = self.layout.rows();
        let has_gap = |class: &Class| {
            let mut open = Region::of(&rows, rows.iter().fold(0, |all, row| all | row));
            let (begin, end) = self.classes.get(class.key.as_str()).copied().unwrap_or_default();
            for entry in &self.lists[begin as usize..end as usize] {
                open.take_out(!entry.refused);
            }
            !open.is_empty()
        };
        classes.iter().filter(|class| has_gap(class)).map(|class| class.key.as_str()).collect()
    }
}

fn speaks_of(rule: &ControlRule, class: &str) -> bool {
    rule.speaks_of(class)
}

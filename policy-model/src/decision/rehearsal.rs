//! Rehearsal: what a change of the law would do to answers, before it is made.
//!
//! Nothing here decides. A question is put to [`super::decide`] twice, with the law as it is and with the law as it would be, and
//! the two answers are compared. What always holds: a rehearsal says what decisions say once the change is made; a change
//! that takes nothing away refuses nothing anew; and taking a change back moves every answer back.

use super::{Answer, Reason};
use crate::class::Mask;
use serde::{Deserialize, Serialize};

/// What a change does to one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It stays as it is.
    Same,
    /// What is refused would be permitted.
    NewlyPermitted,
    /// What is permitted would be refused.
    NewlyRefused,
    /// It stays permitted, and would be shown through another mask.
    ShownOtherwise,
}

impl Effect {
    /// From the answer as it is to the answer as it would be.
    pub fn between(before: &Answer<'_>, after: &Answer<'_>) -> Self {
        match (mask(before), mask(after)) {
            (None, None) => Self::Same,
            (None, Some(_)) => Self::NewlyPermitted,
            (Some(_), None) => Self::NewlyRefused,
            (Some(one), Some(other)) if one != other => Self::ShownOtherwise,
            (Some(_), Some(_)) => Self::Same,
        }
    }
}

/// The mask of a yes; none for a no.
fn mask(answer: &Answer<'_>) -> Option<Mask> {
    match answer {
        Answer::Permit { mask, .. } => Some(*mask),
        Answer::Deny(_) | Answer::NeedsApproval(_) => None,
    }
}

/// What a question is about, as far as whoever looks at a rehearsal tells questions apart: nobody's name.
#[derive(Debug, Clone, Copy)]
pub struct Topic<'t> {
    /// The class.
    pub class: &'t str,
    /// The operation.
    pub operation: &'t str,
    /// The purpose.
    pub purpose: &'t str,
}

/// Questions that are alike in what they are about and in what becomes of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// What becomes of them.
    pub effect: Effect,
    /// The class.
    pub class: String,
    /// The operation.
    pub operation: String,
    /// The purpose; empty where none is known.
    pub purpose: String,
    /// The reason as it is.
    pub before: String,
    /// The reason as it would be.
    pub after: String,
    /// How many.
    pub times: u64,
}

/// Kinds of moved questions that a tally tells apart; what is beyond is only counted.
pub const MOST_MOVED: usize = 100;

/// What a change would do to many answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Questions that were put twice.
    pub asked: u64,
    /// Of them permitted as it is.
    pub permitted: u64,
    /// Refused, and would be permitted.
    pub newly_permitted: u64,
    /// Permitted, and would be refused.
    pub newly_refused: u64,
    /// Permitted, and would be shown through another mask.
    pub shown_otherwise: u64,
    /// What moved, by what it is about.
    pub moved: Vec<Moved>,
    /// How many moved that are not in `moved`.
    pub more: u64,
}

impl Tally {
    /// Takes in one question with both of its answers.
    pub fn note(&mut self, topic: Topic<'_>, before: &Answer<'_>, after: &Answer<'_>) -> Effect {
        let effect = Effect::between(before, after);
        self.asked += 1;
        self.permitted += u64::from(mask(before).is_some());
        match effect {
            Effect::Same => return effect,
            Effect::NewlyPermitted => self.newly_permitted += 1,
            Effect::NewlyRefused => self.newly_refused += 1,
            Effect::ShownOtherwise => self.shown_otherwise += 1,
        }
        self.note_moved(topic, effect, (before.reason(), after.reason()));
        effect
    }

    fn note_moved(&mut self, topic: Topic<'_>, effect: Effect, (before, after): (Reason, Reason)) {
        let is_alike = |moved: &&mut Moved| {
            moved.effect == effect
                && (moved.before.as_str(), moved.after.as_str()) == (before.code(), after.code())
                && (moved.class.as_str(), moved.operation.as_str(), moved.purpose.as_str())
                    == (topic.class, topic.operation, topic.purpose)
        };
        if let Some(known) = self.moved.iter_mut().find(is_alike) {
            known.times += 1;
        } else if self.moved.len() < MOST_MOVED {
            self.moved.push(Moved {
                effect,
                class: topic.class.to_owned(),
                operation: topic.operation.to_owned(),
                purpose: topic.purpose.to_owned(),
                before: before.code().to_owned(),
                after: after.code().to_owned(),
                times: 1,
            });
        } else {
            self.more += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Authority, Control, Facts, Line, Question, Reach, Relation, Restriction, Sensitive, Separation, Table, Tenure,
        Volume, decide,
    };
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    type Words = [&'static str; 6];

    const WHO: [&str; 3] = ["role:hr_admin", "role:auditor", "member:7"];
    const OBJECTS: [&str; 4] = ["hr.*", "hr.name", "mail.*", "*"];
    const ACTS: [&str; 2] = ["read", "export"];
    const PURPOSES: [&str; 2] = ["payroll", "audit"];
    const WHOSE: [&str; 3] = ["*", "lin", "chen"];
    const SOURCES: [&str; 4] = ["i0", "i1", "i2", "i3"];

    fn any_lines() -> impl Strategy<Value = Vec<Words>> {
        let line =
            (select(&WHO[..]), select(&OBJECTS[..]), select(&ACTS[..]), select(&PURPOSES[..]), select(&WHOSE[..]));
        let line = (line, select(&SOURCES[..])).prop_map(|((a, b, c, d, e), source)| [a, b, c, d, e, source]);
        prop::collection::vec(line, 0..10)
    }

    fn compiled(lines: &[Words]) -> Table {
        let line =
            |[who, object, act, purpose, whose, source]: &Words| Line { who, object, act, purpose, whose, source };
        Table::compile(lines.iter().map(line).collect::<Vec<_>>())
    }

    /// Somebody who asks, and all that is known of what they ask about.
    #[derive(Debug, Clone)]
    struct Asked {
        names: Vec<&'static str>,
        class: &'static str,
        operation: &'static str,
        purpose: &'static str,
        whose: &'static str,
        sensitive: Sensitive,
        control: Control,
        restriction: Restriction,
    }

    fn any_question() -> impl Strategy<Value = Asked> {
        let words = (select(&["hr.name", "mail.body"][..]), select(&ACTS[..]), select(&["payroll", "audit", ""][..]));
        let data = (
            select(vec![Sensitive::Yes, Sensitive::No]),
            select(vec![Control::Organisation, Control::Person]),
            select(vec![Restriction::None, Restriction::KeptByLaw, Restriction::Gone]),
        );
        (subsequence(WHO.to_vec(), 0..=3), words, select(&["lin", "chen"][..]), data).prop_map(
            |(names, (class, operation, purpose), whose, (sensitive, control, restriction))| Asked {
                names,
                class,
                operation,
                purpose,
                whose,
                sensitive,
                control,
                restriction,
            },
        )
    }

    fn answer<'t>(table: &'t Table, names: &[&'static str], asked: &Asked, mask: Mask) -> Answer<'t> {
        let question =
            Question { object: asked.class, act: asked.operation, purpose: asked.purpose, whose: asked.whose };
        let authority = table.authority(names.iter().map(|name| (*name, Reach::Within)), &question, &|_| false);
        decide(&facts(asked, authority, mask))
    }

    fn facts<'t>(asked: &Asked, authority: Authority<'t>, mask: Mask) -> Facts<'t> {
        Facts {
            tenure: Tenure::Stands,
            separation: Separation::Free,
            relation: Relation::Others,
            operation: asked.operation,
            purpose: asked.purpose,
            authority,
            control: asked.control,
            sensitive: asked.sensitive,
            case: None,
            restriction: asked.restriction,
            volume: Volume::ONE,
            mask,
        }
    }

    fn rehearsed(before: &Table, after: &Table, questions: &[Asked]) -> Tally {
        let mut tally = Tally::default();
        for asked in questions {
            let (one, other) =
                (answer(before, &asked.names, asked, Mask::Full), answer(after, &asked.names, asked, Mask::Full));
            let topic = Topic { class: asked.class, operation: asked.operation, purpose: asked.purpose };
            tally.note(topic, &one, &other);
        }
        tally
    }

    /// What a reader of the lines would say, without the compiled table: is there a line that fits, and a task among them?
    fn permits(lines: &[Words], asked: &Asked) -> bool {
        let fits = |[who, object, act, purpose, whose, _]: &&Words| {
            asked.names.contains(who)
                && (*object == asked.class || object.strip_suffix('*').is_some_and(|b| asked.class.starts_with(b)))
                && *act == asked.operation
                && *purpose == asked.purpose
                && (*whose == "*" || *whose == asked.whose)
        };
        let fitting: Vec<&Words> = lines.iter().filter(fits).collect();
        let has_task = fitting.iter().any(|[who, .., whose, _]| who.starts_with("member:") && *whose != "*");
        let is_open = asked.sensitive == Sensitive::No || has_task;
        let is_free = match asked.restriction {
            Restriction::None => true,
            Restriction::KeptByLaw => has_task,
            Restriction::LetGo | Restriction::Gone | Restriction::SubjectLeft => false,
        };
        !fitting.is_empty() && asked.control == Control::Organisation && is_open && is_free
    }

    proptest! {
        #[test]
        fn what_is_rehearsed_is_what_decisions_say_once_the_change_is_made(
            lines in any_lines(), drawn_up in any_lines(), revoked in select(&SOURCES[..]),
            questions in prop::collection::vec(any_question(), 1..30),
        ) {
            let with: Vec<Words> = lines.iter().chain(&drawn_up).copied().collect();
            let without: Vec<Words> = lines.iter().filter(|line| line[5] != revoked).copied().collect();
            for changed in [with, without] {
                let tally = rehearsed(&compiled(&lines), &compiled(&changed), &questions);
                let said = |now: bool, then: bool| {
                    questions.iter().filter(|q| permits(&lines, q) == now && permits(&changed, q) == then).count() as u64
                };
                prop_assert_eq!(tally.asked, questions.len() as u64);
                prop_assert_eq!(tally.newly_permitted, said(false, true));
                prop_assert_eq!(tally.newly_refused, said(true, false));
                prop_assert_eq!(tally.permitted, said(true, true) + said(true, false));
                let told: u64 = tally.moved.iter().map(|moved| moved.times).sum();
                prop_assert_eq!(told + tally.more, tally.newly_permitted + tally.newly_refused);
            }
        }

        #[test]
        fn what_only_adds_refuses_nothing_and_taking_it_back_moves_everything_back(
            lines in any_lines(), drawn_up in any_lines(), questions in prop::collection::vec(any_question(), 1..30),
        ) {
            let with: Vec<Words> = lines.iter().chain(&drawn_up).copied().collect();
            let (before, after) = (compiled(&lines), compiled(&with));
            let there = rehearsed(&before, &after, &questions);
            prop_assert_eq!(there.newly_refused, 0);
            let back = rehearsed(&after, &before, &questions);
            prop_assert_eq!(back.newly_refused, there.newly_permitted);
            prop_assert_eq!(back.newly_permitted, 0);
            let none = rehearsed(&before, &before, &questions);
            prop_assert_eq!(none.newly_permitted + none.newly_refused + none.shown_otherwise, 0);
        }

        #[test]
        fn a_role_more_is_rehearsed_as_it_is_decided(
            lines in any_lines(), given in select(&WHO[..]), questions in prop::collection::vec(any_question(), 1..30),
        ) {
            let table = compiled(&lines);
            let (mut tally, mut opened) = (Tally::default(), 0);
            for asked in &questions {
                let mut names = asked.names.clone();
                names.push(given);
                let topic = Topic { class: asked.class, operation: asked.operation, purpose: asked.purpose };
                let answers = (answer(&table, &asked.names, asked, Mask::Full), answer(&table, &names, asked, Mask::Full));
                tally.note(topic, &answers.0, &answers.1);
                let then = Asked { names, ..asked.clone() };
                opened += u64::from(!permits(&lines, asked) && permits(&lines, &then));
            }
            prop_assert_eq!((tally.newly_permitted, tally.newly_refused), (opened, 0));
        }
    }

    #[test]
    fn another_mask_is_told_and_what_is_beyond_the_most_is_counted() {
        let table = compiled(&[["role:hr_admin", "hr.*", "read", "payroll", "*", "i1"]]);
        let asked = Asked {
            names: vec!["role:hr_admin"],
            class: "hr.name",
            operation: "read",
            purpose: "payroll",
            whose: "lin",
            sensitive: Sensitive::No,
            control: Control::Organisation,
            restriction: Restriction::None,
        };
        let (masked, open) =
            (answer(&table, &asked.names, &asked, Mask::Full), answer(&table, &asked.names, &asked, Mask::None));
        let mut tally = Tally::default();
        for n in 0..MOST_MOVED + 5 {
            let class = format!("hr.c{n}");
            let topic = Topic { class: &class, operation: "read", purpose: "payroll" };
            assert_eq!(tally.note(topic, &masked, &open), Effect::ShownOtherwise);
        }
        assert_eq!((tally.moved.len(), tally.more, tally.shown_otherwise), (MOST_MOVED, 5, MOST_MOVED as u64 + 5));
        let (topic, no) =
            (Topic { class: "hr.c0", operation: "read", purpose: "payroll" }, Answer::Deny(Reason::NoTask));
        assert_eq!(tally.note(topic, &no, &open), Effect::NewlyPermitted);
        assert_eq!(tally.note(topic, &open, &no), Effect::NewlyRefused);
        assert_eq!(tally.note(topic, &no, &no), Effect::Same);
    }
}

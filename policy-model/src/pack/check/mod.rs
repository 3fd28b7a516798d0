//! What is wrong with a pack as a whole: citations nobody can look up, names that do not exist, gaps, and rules that can
//! never decide.

mod control;
mod duties;
mod people;

use crate::class::{Class, ClassPattern};
use crate::clause::ClauseRegister;
use crate::pack::entry::Entry;
use crate::pack::problem::{Located, PackProblem, Place, nearest};
use crate::pack::sections::{EntryCheck, Sections};

pub use control::layout;

/// Checks the sections of a pack with those of its bases under them. `start` is where the pack's own file begins, for
/// what is missing altogether.
pub fn check(sections: &Sections, clauses: &ClauseRegister, start: &Place, problems: &mut Vec<PackProblem>) {
    sections.each_entry(&mut References { clauses, classes: &sections.classes, problems });
    control::check(sections, problems);
    duties::check(sections, start, problems);
    people::check(sections, start, problems);
    if let Some(deadlines) = &sections.deadlines {
        check_clauses(clauses, &deadlines.entry.clauses, "the deadlines cite", deadlines.at("clause"), problems);
    }
}

/// Clauses and classes that an entry refers to.
struct References<'s> {
    clauses: &'s ClauseRegister,
    classes: &'s [Located<Class>],
    problems: &'s mut Vec<PackProblem>,
}

impl EntryCheck for References<'_> {
    fn entry<T: Entry>(&mut self, located: &Located<T>) {
        let (section, id) = (T::SECTION, located.entry.id());
        let who = format!("{section} `{id}` cites");
        if T::RULES && located.entry.clauses().is_empty() {
            let help = "Cite the clause that it rests on: an id of the clause register.".to_owned();
            self.problems.push(located.at("clause").problem("clause.missing", format!("{who} no clause"), help));
        }
        check_clauses(self.clauses, located.entry.clauses(), &who, located.at("clause"), self.problems);
        for pattern in located.entry.patterns().iter().filter(|pattern| !fits_one_of(self.classes, pattern)) {
            let help = match nearest(pattern.as_str(), self.classes.iter().map(|class| class.entry.key.as_str())) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Name a class of this pack or of the one it extends, or declare the class.".to_owned(),
            };
            let place = if T::SECTION == "control" { located.at("when") } else { located.at("classes") };
            let message = format!("{section} `{id}` speaks of `{pattern}`, which fits no class");
            self.problems.push(place.problem("class.unknown", message, help));
        }
    }
}

fn check_clauses(
    register: &ClauseRegister,
    cited: &[String],
    who: &str,
    place: &Place,
    problems: &mut Vec<PackProblem>,
) {
    for clause in cited.iter().filter(|clause| !register.contains(clause)) {
        let help = match register.nearest(clause) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "Cite an id of the clause register, or add the clause to it.".to_owned(),
        };
        problems.push(place.problem(
            "clause.unknown",
            format!("{who} clause `{clause}`, which is not registered"),
            help,
        ));
    }
}

fn fits_one_of(classes: &[Located<Class>], pattern: &ClassPattern) -> bool {
    pattern.as_str() == "*" || classes.iter().any(|class| pattern.matches(class.entry.key.as_str()))
}

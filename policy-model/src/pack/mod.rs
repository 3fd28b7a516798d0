//! Packs: what a tenant's data classes are, who controls them, how long they stay and who must agree to what.
//!
//! A pack is a TOML file. It may extend another; all in the end extend `gbt-35273`, the base. A pack is read once, checked
//! completely and then never changes: whatever this module lets through has rules that can all decide, citations that can
//! all be looked up, and no class that anything forgot.

mod check;
pub mod control;
mod entry;
mod file;
mod layer;
mod mask;
mod problem;
mod region;
mod rulebook;
mod sections;

use std::collections::HashMap;

use crate::approval::ApprovalRule;
use crate::calendar::Deadlines;
use crate::class::{Class, ClassPattern, Mask};
use crate::clause::ClauseRegister;
use crate::departure::DepartureRule;
use crate::facts::Age;
use crate::mask::by_role::{MaskRule, OfClass, of_class};
use crate::roles::{self, Exclusion, Power, Role};
use crate::schedule::Schedule;

pub use problem::{PackProblem, nearest};
pub use sections::{ActName, Header, Named};

use control::ControlRule;
use mask::Layout;
use problem::{Located, SourceText};
use rulebook::Rulebook;
use sections::Sections;

/// A pack that passed every check, with the packs that it extends folded in.
#[derive(Debug, Clone)]
pub struct Pack {
    header: Header,
    extends: Vec<String>,
    classes: Vec<Class>,
    class_places: HashMap<String, usize>,
    services: Vec<Named>,
    features: Vec<Named>,
    pub(crate) controls: Vec<ControlRule>,
    pub(crate) rulebook: Rulebook,
    schedules: Vec<Schedule>,
    departure_rules: Vec<DepartureRule>,
    approvals: Vec<ApprovalRule>,
    roles: Vec<Role>,
    exclusions: Vec<Exclusion>,
    acts: Vec<ActName>,
    powers: Vec<Power>,
    masks: Vec<MaskRule>,
    /// What the mask rules say of each class, in the order of the classes.
    masks_of_classes: Vec<OfClass>,
    deadlines: Deadlines,
}

impl Pack {
    /// Loads a pack by name. `text_of` gives the text of a pack's file, none if there is no such pack.
    ///
    /// # Errors
    /// Everything that is wrong with the pack and the packs it extends, in the order of the files and lines.
    pub fn load(
        name: &str,
        text_of: &dyn Fn(&str) -> Option<String>,
        clauses: &ClauseRegister,
    ) -> Result<Self, Vec<PackProblem>> {
        let mut problems = Vec::new();
        let chain = read_chain(name, text_of, &mut problems);
        if problems.iter().any(|problem| problem.code == file::SYNTAX) {
            return Err(problems);
        }
        let extends = chain.iter().skip(1).map(|(name, _)| name.clone()).collect();
        let header = chain.first().and_then(|(_, file)| file.header.as_ref()).map(|located| located.entry.clone());
        let sections = chain
            .into_iter()
            .rev()
            .map(|(_, file)| file.sections)
            .reduce(|base, own| own.over(base, &mut problems))
            .unwrap_or_default();
        check::check(&sections, clauses, &SourceText::new(name, "").place(0), &mut problems);
        match (header, sections.deadlines.clone(), check::layout(&sections)) {
            (Some(header), Some(deadlines), Some(layout)) if problems.is_empty() => {
                Ok(Self::of(header, extends, sections, deadlines.entry, layout))
            }
            _ => {
                problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
                Err(problems)
            }
        }
    }

    fn of(header: Header, extends: Vec<String>, sections: Sections, deadlines: Deadlines, layout: Layout) -> Self {
        let classes = entries(sections.classes);
        let controls = entries(sections.controls);
        let masks = entries(sections.masks);
        let places = classes.iter().enumerate().map(|(place, class)| (class.key.to_string(), place));
        Self {
            header,
            extends,
            class_places: places.collect(),
            services: entries(sections.services).into_iter().map(|name| name.0).collect(),
            features: entries(sections.features).into_iter().map(|name| name.0).collect(),
            rulebook: Rulebook::compile(layout, &classes, &controls),
            schedules: entries(sections.schedules),
            departure_rules: entries(sections.departures),
            approvals: entries(sections.approvals),
            roles: entries(sections.roles),
            exclusions: entries(sections.exclusions),
            acts: entries(sections.acts),
            powers: entries(sections.powers),
            masks_of_classes: classes.iter().map(|class| of_class(&masks, class)).collect(),
            masks,
            deadlines,
            classes,
            controls,
        }
    }

    /// What the pack is.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The packs under it, the nearest first.
    pub fn extends(&self) -> &[String] {
        &self.extends
    }

    /// The data classes.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The class of this key.
    pub fn class(&self, key: &str) -> Option<&Class> {
        self.class_places.get(key).and_then(|place| self.classes.get(*place))
    }

    /// The classes that a pattern fits.
    pub fn classes_of<'p>(&'p self, pattern: &'p ClassPattern) -> impl Iterator<Item = &'p Class> {
        self.classes.iter().filter(|class| pattern.matches(class.key.as_str()))
    }

    /// Whether data of this class is sensitive when it is about somebody of this age. A class that the pack does not
    /// know counts as sensitive: nobody has looked at it yet.
    pub fn is_sensitive(&self, class: &str, age: Age) -> bool {
        age.makes_all_sensitive() || self.class(class).is_none_or(|class| class.sensitive)
    }

    /// The control rules in the order of reading.
    pub fn control_rules(&self) -> &[ControlRule] {
        &self.controls
    }

    /// The applications whose names matter to a control rule.
    pub fn services(&self) -> &[Named] {
        &self.services
    }

    /// The features that matter to a control rule, for whoever switches them on.
    pub fn features(&self) -> &[Named] {
        &self.features
    }

    /// How long data stays.
    pub fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    /// What becomes of data when somebody leaves.
    pub fn departure_rules(&self) -> &[DepartureRule] {
        &self.departure_rules
    }

    /// Whose yes an instruction needs.
    pub fn approvals(&self) -> &[ApprovalRule] {
        &self.approvals
    }

    /// The roles.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Whether a role reaches data or lets others reach it. A role that the pack does not know counts as one that does.
    pub fn is_sensitive_role(&self, key: &str) -> bool {
        self.roles.iter().find(|role| role.key == key).is_none_or(|role| role.sensitive)
    }

    /// What keeps whoever holds a role from people's data, if anything does.
    pub fn kept_from_data(&self, role: &str) -> Option<&Exclusion> {
        roles::kept_from_data(role, &self.roles, &self.exclusions)
    }

    /// The pairs of roles that nobody may hold together.
    pub fn exclusions(&self) -> &[Exclusion] {
        &self.exclusions
    }

    /// Everything that can be done with Tenure itself, with what people call it.
    pub fn acts(&self) -> &[ActName] {
        &self.acts
    }

    /// Which role may do which act.
    pub fn powers(&self) -> &[Power] {
        &self.powers
    }

    /// How roles see classes otherwise than the classes say, in the order of reading.
    pub fn mask_rules(&self) -> &[MaskRule] {
        &self.masks
    }

    /// Through which mask somebody with these roles sees data of this class. Of a class that the pack does not know nothing is shown:
    /// nobody has looked at it yet.
    pub fn mask_for<'r>(&self, class: &str, roles: impl Iterator<Item = &'r str> + Clone) -> Mask {
        let Some(place) = self.class_places.get(class) else { return Mask::Full };
        let rules = self.masks_of_classes.get(*place).map_or(&[][..], Vec::as_slice);
        let fitting = rules.iter().find(|(role, _)| roles.clone().any(|held| held == role));
        fitting.map(|(_, mask)| *mask).or(self.classes.get(*place).map(|class| class.mask)).unwrap_or(Mask::Full)
    }

    /// The answer times.
    pub fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    /// The keys of the classes for which some facts would find no control rule, for the console's list.
    pub fn classes_with_a_rule_missing(&self) -> Vec<&str> {
        self.rulebook.gaps(&self.classes)
    }
}

fn entries<T>(located: Vec<Located<T>>) -> Vec<T> {
    located.into_iter().map(|located| located.entry).collect()
}

/// Reads a pack's file and those of the packs it extends, the extending one first.
fn read_chain(
    name: &str,
    text_of: &dyn Fn(&str) -> Option<String>,
    problems: &mut Vec<PackProblem>,
) -> Vec<(String, file::PackFile)> {
    let mut chain: Vec<(String, file::PackFile)> = Vec::new();
    let mut next = Some((name.to_owned(), SourceText::new(name, "").place(0)));
    while let Some((name, named_at)) = next.take() {
        if chain.iter().any(|(earlier, _)| *earlier == name) {
            let help = "Let it extend a pack that does not lead back to it.";
            problems.push(named_at.problem(
                "pack.extends-itself",
                format!("extending `{name}` goes in a circle"),
                help,
            ));
            break;
        }
        let Some(text) = text_of(&name) else {
            let help = "Name a pack that exists.";
            problems.push(named_at.problem("pack.unknown", format!("there is no pack `{name}`"), help));
            break;
        };
        let Some(file) = file::read(&name, &text, problems) else { break };
        next = file.extends.clone();
        check_name(&name, &file, problems);
        chain.push((name, file));
    }
    chain
}

/// A pack that calls itself otherwise than its file could never be found again by what it says.
fn check_name(name: &str, file: &file::PackFile, problems: &mut Vec<PackProblem>) {
    let Some(header) = file.header.as_ref().filter(|header| header.entry.name != name) else { return };
    let message = format!("the pack calls itself `{}`, but its file is `{name}.toml`", header.entry.name);
    problems.push(header.at("name").problem("pack.other-name", message, "Give file and pack the same name."));
}

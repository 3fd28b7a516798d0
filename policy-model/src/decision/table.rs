//! The compiled policy of a tenant: casbin's lines, laid out so that asking takes no allocation and less than a microsecond.
//!
//! Whatever is said in words is a number here: callers' names, operations, purposes, people. The lines of one name and
//! operation stand together, in casbin's order, and a question reads only those. The meaning is that of the matcher in
//! `config/casbin/model.conf`; casbin stays the source of truth, and a property test in the server holds the two together.

use std::collections::HashMap;

/// The object of powers over Tenure itself. No pattern of classes reaches it.
pub const TENURE: &str = "tenure";
const ANY: &str = "*";

/// One line of the policy, as casbin holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'l> {
    /// Whom it permits: `role:hr_admin`, `member:<id>`.
    pub who: &'l str,
    /// Which class, family or power.
    pub object: &'l str,
    /// Which operation; `*` for any.
    pub act: &'l str,
    /// For which purpose; `*` for any.
    pub purpose: &'l str,
    /// On whose data; `*` for everybody's.
    pub whose: &'l str,
    /// The instruction or power that it came from.
    pub source: &'l str,
}

/// What is asked of the table.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// The class, or [`TENURE`].
    pub object: &'q str,
    /// The operation.
    pub act: &'q str,
    /// The purpose.
    pub purpose: &'q str,
    /// Whose data.
    pub whose: &'q str,
}

/// Whether a name of the caller's reaches the person whom the data is about: a role that was given for one department does
/// not reach beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It does.
    Within,
    /// It does not.
    Outside,
}

/// What the policy in force says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority<'t> {
    /// Nothing permits it.
    Nothing,
    /// A role of the caller's would, but not for this person.
    OutsideDepartment,
    /// Something permits it, but for other purposes.
    OtherPurpose,
    /// Only what the caller approved themselves would permit it.
    OwnApproval,
    /// It is permitted.
    Permits {
        /// By the first line that fits.
        source: &'t str,
        /// By the first line that names both the caller and the person, if there is one.
        task: Option<&'t str>,
    },
}

/// One line, in numbers.
#[derive(Debug, Clone, Copy)]
struct Compiled {
    /// The place in the policy: of several that fit, the first decides.
    place: u32,
    object: u32,
    purpose: u32,
    whose: u32,
    source: u32,
}

/// A tenant's policy, compiled.
#[derive(Debug, Default)]
pub struct Table {
    /// Every word of every line, and its number.
    numbers: HashMap<Box<str>, u32>,
    /// By number: the words of which a question needs the text, objects and sources.
    words: Vec<Box<str>>,
    /// Where the lines of one name and operation stand.
    groups: HashMap<(u32, u32), (u32, u32)>,
    lines: Vec<Compiled>,
    any: u32,
    none: u32,
}

impl Table {
    /// Compiles lines, in their order.
    pub fn compile<'l>(lines: impl IntoIterator<Item = Line<'l>>) -> Self {
        let mut table = Self { none: u32::MAX, ..Self::default() };
        table.any = table.number(ANY);
        let mut grouped: Vec<((u32, u32), Compiled)> = Vec::new();
        for (place, line) in (0u32..).zip(lines) {
            let compiled = Compiled {
                place,
                object: table.number(line.object),
                purpose: table.number(line.purpose),
                whose: table.number(line.whose),
                source: table.number(line.source),
            };
            grouped.push(((table.number(line.who), table.number(line.act)), compiled));
        }
        grouped.sort_by_key(|(group, line)| (*group, line.place));
        for (group, line) in grouped {
            let next = table.lines.len() as u32;
            table.groups.entry(group).or_insert((next, next)).1 = next + 1;
            table.lines.push(line);
        }
        table.lines.shrink_to_fit();
        table.words.shrink_to_fit();
        table.numbers.shrink_to_fit();
        table.groups.shrink_to_fit();
        table
    }

    /// The source of the first line that permits one of these names to do it; names are asked in their order.
    pub fn first<'n>(&self, names: impl IntoIterator<Item = &'n str>, question: &Question<'_>) -> Option<&str> {
        let asked = self.asked(question);
        let fitting = |name| self.of_name(name, &asked, &|_| false).fitting;
        names.into_iter().find_map(fitting).map(|line| self.word(line.source))
    }

    /// What the policy says about a caller with these names, who approved `own` of its sources themselves: those permit them
    /// nothing.
    pub fn authority<'n>(
        &self,
        names: impl IntoIterator<Item = (&'n str, Reach)>,
        question: &Question<'_>,
        own: &impl Fn(&str) -> bool,
    ) -> Authority<'_> {
        let asked = self.asked(question);
        let (mut first, mut task, mut outside, mut other, mut barred) = (None, None, false, false, false);
        for (name, reach) in names {
            let found = self.of_name(name, &asked, own);
            barred |= found.own;
            match reach {
                Reach::Within => {
                    first = first.or(found.fitting);
                    // Only grants to named people name a member, so a line about one person is their task.
                    task = task.or(found.named.filter(|_| name.starts_with("member:")));
                    other |= found.other_purpose;
                }
                Reach::Outside => outside |= found.fitting.is_some() || found.other_purpose,
            }
        }
        match (first, other, outside) {
            (Some(line), ..) => Authority::Permits {
                source: self.word(line.source),
                task: task.map(|line: Compiled| self.word(line.source)),
            },
            (None, ..) if barred => Authority::OwnApproval,
            (None, true, _) => Authority::OtherPurpose,
            (None, false, true) => Authority::OutsideDepartment,
            (None, false, false) => Authority::Nothing,
        }
    }

    /// Every line that reaches this class, in the policy's order: what [`Table::authority`] chooses from, whoever asks.
    pub fn about(&self, object: &str) -> Vec<Line<'_>> {
        let nothing = Question { object, act: "", purpose: "", whose: "" };
        let asked = self.asked(&nothing);
        let mut found: Vec<(u32, Line<'_>)> = Vec::new();
        for ((who, act), (from, to)) in &self.groups {
            for line in &self.lines[*from as usize..*to as usize] {
                if self.covers(line.object, &asked) {
                    let line_of = Line {
                        who: self.word(*who),
                        object: self.word(line.object),
                        act: self.word(*act),
                        purpose: self.word(line.purpose),
                        whose: self.word(line.whose),
                        source: self.word(line.source),
                    };
                    found.push((line.place, line_of));
                }
            }
        }
        found.sort_by_key(|(place, _)| *place);
        found.into_iter().map(|(_, line)| line).collect()
    }

    /// Whether any line speaks of this operation.
    pub fn knows(&self, word: &str) -> bool {
        self.numbers.contains_key(word)
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let text: usize = self.words.iter().map(|word| 2 * word.len()).sum();
        // A hash table keeps an eighth of its places free and a byte beside each.
        let map = |entries: usize, size: usize| (entries * 8 / 7 + 1).next_power_of_two() * (size + 1);
        text + self.words.len() * size_of::<Box<str>>()
            + map(self.numbers.len(), size_of::<(Box<str>, u32)>())
            + map(self.groups.len(), size_of::<((u32, u32), (u32, u32))>())
            + self.lines.len() * size_of::<Compiled>()
            + size_of::<Self>()
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(known) = self.numbers.get(word) {
            return *known;
        }
        let number = self.words.len() as u32;
        self.words.push(word.into());
        self.numbers.insert(word.into(), number);
        number
    }

    fn word(&self, number: u32) -> &str {
        self.words.get(number as usize).map_or("", |word| word)
    }

    fn of(&self, word: &str) -> u32 {
        self.numbers.get(word).copied().unwrap_or(self.none)
    }

    fn asked<'q>(&self, question: &Question<'q>) -> Asked<'q> {
        Asked {
            text: question.object,
            object: self.of(question.object),
            act: self.of(question.act),
            purpose: self.of(question.purpose),
            whose: self.of(question.whose),
        }
    }

    fn of_name(&self, name: &str, asked: &Asked<'_>, own: &impl Fn(&str) -> bool) -> Found {
        let who = self.of(name);
        let mut found = Found::default();
        // A line for any operation and one for this very operation may both fit; the order of the policy decides.
        let acts = [asked.act, self.any];
        let acts = if asked.act == self.any { &acts[..1] } else { &acts[..] };
        for act in acts {
            let Some((from, to)) = self.groups.get(&(who, *act)) else { continue };
            for line in &self.lines[*from as usize..*to as usize] {
                self.read(line, asked, own, &mut found);
            }
        }
        found
    }

    fn read(&self, line: &Compiled, asked: &Asked<'_>, own: &impl Fn(&str) -> bool, found: &mut Found) {
        let is_about = line.whose == self.any || line.whose == asked.whose;
        if !is_about || !self.covers(line.object, asked) {
            return;
        }
        if line.purpose != self.any && line.purpose != asked.purpose {
            found.other_purpose = true;
            return;
        }
        if own(self.word(line.source)) {
            found.own = true;
            return;
        }
        keep_first(&mut found.fitting, line);
        if line.whose != self.any {
            keep_first(&mut found.named, line);
        }
    }

    /// casbin's `keyMatch`: what stands before the star begins the object.
    fn covers(&self, object: u32, asked: &Asked<'_>) -> bool {
        if object == asked.object {
            return true;
        }
        let begins = || self.word(object).split_once('*').is_some_and(|(before, _)| asked.text.starts_with(before));
        asked.text != TENURE && begins()
    }
}

/// A question in numbers; a word that no line has is none's.
struct Asked<'q> {
    text: &'q str,
    object: u32,
    act: u32,
    purpose: u32,
    whose: u32,
}

/// What the lines of one name say.
#[derive(Default)]
struct Found {
    fitting: Option<Compiled>,
    named: Option<Compiled>,
    other_purpose: bool,
    own: bool,
}

fn keep_first(kept: &mut Option<Compiled>, line: &Compiled) {
    if kept.is_none_or(|before| line.place < before.place) {
        *kept = Some(*line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line<'l>(
        who: &'l str,
        object: &'l str,
        act: &'l str,
        purpose: &'l str,
        whose: &'l str,
        source: &'l str,
    ) -> Line<'l> {
        Line { who, object, act, purpose, whose, source }
    }

    fn question<'q>(object: &'q str, act: &'q str, purpose: &'q str, whose: &'q str) -> Question<'q> {
        Question { object, act, purpose, whose }
    }

    fn table() -> Table {
        Table::compile([
            line("role:auditor", TENURE, "records.read", "*", "*", "pack"),
            line("role:hr", "hr.*", "read", "payroll", "*", "first"),
            line("role:hr", "hr.name", "read", "payroll", "*", "second"),
            line("role:hr", "mail.*", "*", "*", "*", "third"),
            line("member:7", "hr.name", "read", "audit", "*", "fourth"),
            line("member:7", "hr.name", "read", "audit", "lin", "fifth"),
        ])
    }

    #[test]
    fn the_first_line_that_fits_is_what_a_permit_rests_on() {
        let table = table();
        let cases = [
            (["role:hr"].as_slice(), question("hr.name", "read", "payroll", "lin"), Some("first")),
            (&["role:hr"], question("hr.name", "read", "audit", "lin"), None),
            (&["role:hr"], question("mail.body", "export", "anything", "lin"), Some("third")),
            (&["role:hr"], question(TENURE, "records.read", "*", "*"), None),
            (&["role:auditor"], question(TENURE, "records.read", "*", "*"), Some("pack")),
            (&["role:hr", "member:7"], question("hr.name", "read", "audit", "lin"), Some("fourth")),
            (&["role:nobody"], question("hr.name", "read", "payroll", "lin"), None),
        ];
        for (names, asked, source) in cases {
            assert_eq!(table.first(names.iter().copied(), &asked), source, "{asked:?}");
        }
    }

    #[test]
    fn why_it_is_not_permitted_is_told_apart() {
        let table = table();
        let of =
            |name: &'static str, reach, asked: Question<'static>| table.authority([(name, reach)], &asked, &|_| false);
        let payroll = question("hr.name", "read", "payroll", "lin");
        assert_eq!(of("role:hr", Reach::Outside, payroll), Authority::OutsideDepartment);
        assert_eq!(of("role:hr", Reach::Within, question("hr.name", "read", "sport", "lin")), Authority::OtherPurpose);
        assert_eq!(of("role:hr", Reach::Within, question("hr.name", "export", "payroll", "lin")), Authority::Nothing);
        let audit = question("hr.name", "read", "audit", "lin");
        let task = Authority::Permits { source: "fourth", task: Some("fifth") };
        assert_eq!(of("member:7", Reach::Within, audit), task);
        let other = question("hr.name", "read", "audit", "chen");
        assert_eq!(of("member:7", Reach::Within, other), Authority::Permits { source: "fourth", task: None });
    }

    #[test]
    fn what_somebody_approved_permits_them_nothing_and_another_line_may() {
        let table = table();
        let audit = question("hr.name", "read", "audit", "lin");
        let approved = |source: &'static [&'static str]| {
            table.authority([("member:7", Reach::Within)], &audit, &|s: &str| source.contains(&s))
        };
        assert_eq!(approved(&["fourth"]), Authority::Permits { source: "fifth", task: Some("fifth") });
        assert_eq!(approved(&["fourth", "fifth"]), Authority::OwnApproval);
    }

    #[test]
    fn no_pattern_reaches_the_powers_over_tenure_itself() {
        let table =
            Table::compile([line("role:x", "*", "*", "*", "*", "all"), line("role:x", "t*", "*", "*", "*", "t")]);
        assert_eq!(table.first(["role:x"], &question(TENURE, "roles.assign", "*", "*")), None);
    }
}

//! Whether a name is meant by what somebody typed: the characters themselves, the Latin letters of a name, full pinyin,
//! initials, or a mixture (`lin`, `lx`, `linx`, `林x`). A character with several readings answers to each: 单 is found as
//! `shan` and as `dan`, because nobody who searches knows which of them the program took.

use icu_normalizer::ComposingNormalizerBorrowed;
use pinyin::ToPinyinMulti;
use std::cmp::Reverse;

/// How well something fits; the smaller, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It is what was typed.
    Whole,
    /// It begins so.
    Beginning,
    /// A later part of it does.
    Part,
}

impl Fit {
    /// For a cursor.
    pub fn number(self) -> i64 {
        match self {
            Self::Whole => 0,
            Self::Beginning => 1,
            Self::Part => 2,
        }
    }
}

/// Text as it is compared: one form of each character, small letters, nothing that cannot be seen.
pub(super) fn folded(text: &str) -> String {
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let seen = text.chars().filter(|c| !c.is_control() && !is_invisible(*c));
    seen.flat_map(char::to_lowercase).collect::<String>().trim().to_owned()
}

/// What pasted text brings along: spaces of no width, marks of direction, soft hyphens.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What was typed.
pub(super) struct Typed {
    text: String,
    /// Without what separates syllables and names.
    letters: Vec<char>,
}

impl Typed {
    /// `None` for nothing.
    pub fn of(text: &str) -> Option<Self> {
        let text = folded(text);
        let letters = text.chars().filter(|c| !separates(*c)).collect::<Vec<_>>();
        (!letters.is_empty()).then_some(Self { text, letters })
    }

    /// How well a name fits that was folded before.
    pub fn fit_of_name(&self, name: &str) -> Option<Fit> {
        if name == self.text {
            return Some(Fit::Whole);
        }
        if name.starts_with(&self.text) {
            return Some(Fit::Beginning);
        }
        let characters: Vec<char> = name.chars().filter(|c| !separates(*c)).collect();
        let begins_at = (0..characters.len()).find(|at| begins(&self.letters, &characters[*at..]));
        match begins_at {
            Some(0) => Some(Fit::Beginning),
            Some(_) => Some(Fit::Part),
            None => name.contains(&self.text).then_some(Fit::Part),
        }
    }

    /// How well a staff number fits, in whatever case it was typed.
    pub fn fit_of_number(&self, number: &str) -> Option<Fit> {
        let is_beginning = number.len() >= self.text.len()
            && number.is_char_boundary(self.text.len())
            && number[..self.text.len()].to_lowercase() == self.text;
        let fit = if number.len() == self.text.len() { Fit::Whole } else { Fit::Beginning };
        is_beginning.then_some(fit)
    }
}

fn separates(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\'' | '’' | '·' | '-' | '.')
}

/// Whether a name, or what is left of it, begins as what was typed, or what is left of that.
fn begins(typed: &[char], name: &[char]) -> bool {
    let Some(first) = typed.first() else { return true };
    let Some((character, rest)) = name.split_first() else { return false };
    if first == character && begins(&typed[1..], rest) {
        return true;
    }
    let Some(readings) = character.to_pinyin_multi() else { return false };
    readings.into_iter().any(|reading| reads(typed, reading.plain(), rest))
}

/// Whether what was typed begins with this syllable: with all of it, with its initial, or, at the end, with a part of it.
fn reads(typed: &[char], syllable: &str, rest: &[char]) -> bool {
    let common = typed.iter().zip(syllable.chars()).take_while(|(typed, said)| is_said(**typed, *said)).count();
    if common == 0 {
        return false;
    }
    if common == typed.len() {
        return true;
    }
    let has_two = matches!(syllable.get(..2), Some("zh" | "ch" | "sh"));
    let mut steps = vec![1];
    if has_two && common >= 2 {
        steps.push(2);
    }
    if common == syllable.chars().count() {
        steps.push(common);
    }
    steps.sort_by_key(|step| Reverse(*step));
    steps.dedup();
    steps.into_iter().any(|step| begins(&typed[step..], rest))
}

/// `ü` is typed as `v`, or as `u`.
fn is_said(typed: char, said: char) -> bool {
    typed == said || said == 'ü' && matches!(typed, 'v' | 'u')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(typed: &str, name: &str) -> Option<Fit> {
        Typed::of(typed).and_then(|typed| typed.fit_of_name(&folded(name)))
    }

    #[test]
    fn a_name_is_found_however_it_is_typed() {
        for (typed, name, fits) in [
            ("林晓", "林晓", Fit::Whole),
            ("林", "林晓", Fit::Beginning),
            ("晓", "林晓", Fit::Part),
            ("linxiao", "林晓", Fit::Beginning),
            ("lin xiao", "林晓", Fit::Beginning),
            ("LINX", "林晓", Fit::Beginning),
            ("lx", "林晓", Fit::Beginning),
            ("l", "林晓", Fit::Beginning),
            ("xiao", "林晓", Fit::Part),
            ("林x", "林晓", Fit::Beginning),
            ("shan", "单雄信", Fit::Beginning),
            ("dxx", "单雄信", Fit::Beginning),
            ("zengguofan", "曾国藩", Fit::Beginning),
            ("zhgm", "诸葛明", Fit::Beginning),
            ("zgm", "诸葛明", Fit::Beginning),
            ("ouyangxiu", "欧阳修", Fit::Beginning),
            ("lvbu", "吕布", Fit::Beginning),
            ("lubu", "吕布", Fit::Beginning),
            ("emma", "Emma Li", Fit::Beginning),
            ("li", "Emma Li", Fit::Part),
            ("阿依古丽买买提", "阿依古丽·买买提", Fit::Beginning),
            ("ａｍｙ", "Amy 王", Fit::Beginning),
            ("\u{feff}林\u{200b}晓 ", "林晓", Fit::Whole),
            ("xian", "西安", Fit::Beginning),
            ("xian", "先晓", Fit::Beginning),
        ] {
            assert_eq!(fit(typed, name), Some(fits), "{typed} for {name}");
        }
    }

    #[test]
    fn who_is_not_meant_is_not_found() {
        for (typed, name) in [
            ("", "林晓"),
            ("  ", "林晓"),
            ("lxy", "林晓"),
            ("xl", "林晓"),
            ("晓林", "林晓"),
            ("lim", "林晓"),
            ("z", "林晓"),
            ("%", "林晓"),
        ] {
            assert_eq!(fit(typed, name), None, "{typed} for {name}");
        }
    }

    #[test]
    fn a_staff_number_is_found_by_its_beginning() {
        let typed = Typed::of("a00").unwrap();
        assert_eq!(typed.fit_of_number("A0012"), Some(Fit::Beginning));
        assert_eq!(Typed::of("A0012").unwrap().fit_of_number("a0012"), Some(Fit::Whole));
        assert_eq!(typed.fit_of_number("B0012"), None);
        assert_eq!(typed.fit_of_number("工00"), None);
        assert_eq!(Typed::of("林").unwrap().fit_of_number("A1"), None);
    }
}

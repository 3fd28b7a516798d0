//! Free text: what a sentence holds of numbers that lead to a person is masked where it stands; the rest stays readable.

use super::{HIDDEN, between, shown};
use crate::class::Mask;

/// The first character of a number plate.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
/// What a plate of a special kind ends with.
const KINDS: &str = "挂学警港澳领";

/// Masks phone numbers, identity cards, bank cards, e-mail addresses and number plates in a text.
pub fn free_text(text: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < all.len() {
        let is_begun = at > 0 && is_word(all[at - 1]) && is_word(all[at]);
        let found = if is_begun { None } else { email(&all[at..]).or_else(|| plate(&all[at..])) };
        match found.or_else(|| number(&all[..at], &all[at..])) {
            Some((masked, taken)) => {
                out.push_str(&masked);
                at += taken;
            }
            None => {
                out.push(all[at]);
                at += 1;
            }
        }
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

/// `local@domain`, at the beginning of what is left.
fn email(rest: &[char]) -> Option<(String, usize)> {
    let is_local = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let local = rest.iter().take(64).take_while(|c| is_local(c)).count();
    if local == 0 || rest.get(local) != Some(&'@') {
        return None;
    }
    let is_domain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let mut domain = rest[local + 1..].iter().take(253).take_while(|c| is_domain(c)).count();
    while domain > 0 && matches!(rest[local + domain], '.' | '-') {
        domain -= 1; // The end of the sentence.
    }
    let found: String = rest[..local + 1 + domain].iter().collect();
    (domain > 0).then(|| (shown(Mask::EmailKeep1Domain, &found), local + 1 + domain))
}

/// 粤B12345, 浙A·D12345: a province, a letter, five or six more.
fn plate(rest: &[char]) -> Option<(String, usize)> {
    let (province, letter) = (rest.first()?, rest.get(1)?);
    if !PROVINCES.contains(*province) || !letter.is_ascii_uppercase() {
        return None;
    }
    let from = if matches!(rest.get(2), Some('·' | '•' | ' ' | '-')) { 3 } else { 2 };
    let is_own = |c: &&char| c.is_ascii_uppercase() || c.is_ascii_digit() || KINDS.contains(**c);
    let own = rest[from..].iter().take(7).take_while(is_own).count();
    if !(5..=6).contains(&own) {
        return None;
    }
    let plain: Vec<char> = rest[..2].iter().chain(&rest[from..from + own]).copied().collect();
    Some((between(&plain, 2, 2), from + own))
}

/// A run of digits, which may be set in groups, if it is one of those that lead to a person.
fn number(before: &[char], rest: &[char]) -> Option<(String, usize)> {
    let is_within = before.last().is_some_and(char::is_ascii_digit);
    if is_within || !(rest.first()?.is_ascii_digit() || rest.first()? == &'+') {
        return None;
    }
    let (mut digits, mut taken) = (String::new(), 0);
    for (n, c) in rest.iter().enumerate().take(40) {
        let follows = rest.get(n + 1).is_some_and(char::is_ascii_digit);
        match c {
            '0'..='9' => digits.push(*c),
            '+' if n == 0 && follows => {}
            ' ' | '-' if follows && !digits.is_empty() => continue,
            'X' | 'x' if digits.len() == 17 && !rest.get(n + 1).is_some_and(|c| is_word(*c)) => digits.push('X'),
            _ => break,
        }
        taken = n + 1;
    }
    let masked = of_digits(&digits)?;
    Some((masked, taken))
}

fn of_digits(digits: &str) -> Option<String> {
    let is_mobile = |own: &str| own.len() == 11 && own.starts_with('1') && own.as_bytes()[1] >= b'3';
    let own = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(digits);
    match digits.len() {
        18 if is_id_card(digits) => Some(shown(Mask::IdCardKeep64, digits)),
        _ if is_mobile(own) => Some(shown(Mask::PhoneKeep34, digits)),
        11 | 12 if digits.starts_with('0') => Some(shown(Mask::LandlineKeepArea2, digits)),
        12..=19 => Some(format!("{HIDDEN} {}", &digits[digits.len() - 4..])),
        20.. => Some(HIDDEN.to_owned()),
        _ => None,
    }
}

/// Whether the last character is what the others say it must be (GB 11643).
fn is_id_card(digits: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const LAST: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let sum: u32 = digits.chars().zip(WEIGHTS).filter_map(|(c, weight)| Some(c.to_digit(10)? * weight)).sum();
    digits.chars().last() == LAST.get(sum as usize % 11).copied()
}

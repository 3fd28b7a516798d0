//! How a value looks to somebody who need not see all of it (gbt35273-7.2), in the formats that people in China expect.
//!
//! What always holds: what cannot be read as what it should be is hidden altogether; an empty value stays empty; and no mask but
//! `none` shows a phone number, an identity card or a bank card in full.

pub mod by_role;
mod fields;
mod text;

pub use fields::{FIELDS, of_field};
pub use text::free_text;

use crate::class::Mask;
use serde_json::Value;

/// What stands for something that is not shown. It says nothing of how long that is.
pub const HIDDEN: &str = "****";
/// Family names of two characters.
const TWO_CHARACTERS: [&str; 24] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "司徒", "长孙", "宇文",
    "轩辕", "端木", "百里", "南宫", "独孤", "司空", "呼延", "申屠", "澹台", "闻人",
];
/// Cities that are provinces too, and are often written without 市.
const MUNICIPALITIES: [&str; 6] = ["北京", "上海", "天津", "重庆", "香港", "澳门"];

/// A value as somebody sees it who sees it through this mask.
pub fn shown(mask: Mask, value: &str) -> String {
    if value.trim().is_empty() {
        return value.to_owned();
    }
    match mask {
        Mask::None => value.to_owned(),
        Mask::Full | Mask::Presence | Mask::AggregateOnly => HIDDEN.to_owned(),
        Mask::ByClass | Mask::FieldRules => document(value),
        Mask::ContentRedact => format!("{HIDDEN}（{}）", value.chars().count()),
        Mask::NameKeepFirst => name(value),
        Mask::PhoneKeep34 => phone(value),
        Mask::LandlineKeepArea2 => landline(value),
        Mask::EmailKeep1Domain => email(value),
        Mask::AddressKeepCity => address(value),
        Mask::GeoKeepCity => position(value),
        Mask::DateYearOnly => year(value),
        Mask::IdCardKeep64 => id_card(value),
        Mask::IdDocKeep22 | Mask::AccountKeep22 => ends(value, 2, 2),
        Mask::PlateKeep22 => plate(value),
        Mask::BankKeepLast4 => bank_card(value),
        Mask::AmountBand => band(value),
        Mask::IpKeep2Octets => ip(value),
        Mask::MacKeepOui => mac(value),
        Mask::SerialKeepLast4 | Mask::DeviceIdKeepLast4 => last(value, 4),
    }
}

/// A record of several fields, each by its own mask; what is no record is read as free text.
fn document(value: &str) -> String {
    match serde_json::from_str::<Value>(value) {
        Ok(mut record @ (Value::Object(_) | Value::Array(_))) => {
            mask_fields(&mut record, None);
            record.to_string()
        }
        Ok(_) | Err(_) => free_text(value),
    }
}

fn mask_fields(value: &mut Value, field: Option<&str>) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| mask_fields(value, Some(key))),
        Value::Array(items) => items.iter_mut().for_each(|item| mask_fields(item, field)),
        Value::String(text) => *text = in_field(field, text),
        // A number may be anything: an amount, a phone number, an identity card.
        Value::Number(number) => *value = Value::String(in_field(field, &number.to_string())),
        Value::Bool(_) | Value::Null => {}
    }
}

fn in_field(field: Option<&str>, text: &str) -> String {
    match field.and_then(of_field) {
        Some(mask) => shown(mask, text),
        None => free_text(text),
    }
}

/// 林晓 → 林*, 欧阳娜娜 → 欧阳**, Lin Xiao → L** X***.
fn name(value: &str) -> String {
    let is_latin = value.chars().any(|c| c.is_ascii_alphabetic());
    if is_latin {
        let part = |part: &str| part.chars().enumerate().map(|(n, c)| if n == 0 { c } else { '*' }).collect::<String>();
        return value.split(' ').map(part).collect::<Vec<_>>().join(" ");
    }
    let count = value.chars().count();
    let kept = if count > 2 && TWO_CHARACTERS.iter().any(|family| value.starts_with(family)) { 2 } else { 1 };
    if count == 1 {
        return "*".to_owned();
    }
    let hide = |(n, c): (usize, char)| if n < kept || c == '·' || c == '•' { c } else { '*' };
    value.chars().enumerate().map(hide).collect()
}

/// 138****5678, with what stood before it: +86 138****5678. Seven digits and more keep what leaves at least four hidden.
fn phone(value: &str) -> String {
    let digits = digits_of(value);
    let (before, own) = match (digits.len(), digits.as_str()) {
        (13, all) if all.starts_with("86") => ("+86 ", &all[2..]),
        (15, all) if all.starts_with("0086") => ("+86 ", &all[4..]),
        (_, all) => ("", all),
    };
    match own.len() {
        11 => format!("{before}{}{HIDDEN}{}", &own[..3], &own[7..]),
        7..=10 => format!("{before}{}{HIDDEN}{}", &own[..2], &own[own.len() - 1..]),
        12..=15 => format!("{before}{}{HIDDEN}{}", &own[..3], &own[own.len() - 4..]),
        _ => HIDDEN.to_owned(),
    }
}

/// 010-12345678 → 010-******78; an extension is hidden altogether.
fn landline(value: &str) -> String {
    let mut parts = value.split(['-', ' ', ')', '）']).map(digits_of).filter(|part| !part.is_empty());
    let (area, number) = match (parts.next(), parts.next()) {
        (Some(area), Some(number)) if (3..=4).contains(&area.len()) => (area, number),
        (Some(all), None) if all.starts_with('0') && (11..=12).contains(&all.len()) => {
            // Beijing, the twenties and all others: three digits, or four.
            let area = if matches!(all.as_bytes().get(1), Some(b'1' | b'2')) { 3 } else { 4 };
            (all[..area].to_owned(), all[area..].to_owned())
        }
        _ => return HIDDEN.to_owned(),
    };
    match number.len() {
        7 | 8 => format!("{area}-******{}", &number[number.len() - 2..]),
        _ => HIDDEN.to_owned(),
    }
}

/// lin.xiao@example.com → l****@example.com.
fn email(value: &str) -> String {
    match value.trim().rsplit_once('@') {
        Some((own, domain)) if !domain.is_empty() => {
            let first: String = own.chars().take(1).filter(|_| own.chars().count() > 1).collect();
            format!("{first}{HIDDEN}@{domain}")
        }
        Some(_) | None => HIDDEN.to_owned(),
    }
}

/// 浙江省杭州市西湖区文三路 90 号 → 浙江省杭州市****.
fn address(value: &str) -> String {
    let value = value.trim();
    if let Some(city) = MUNICIPALITIES.iter().find(|city| value.starts_with(**city)) {
        let after = &value[city.len()..];
        let kind = ["特别行政区", "市"].into_iter().find(|kind| after.starts_with(kind)).unwrap_or_default();
        return format!("{city}{kind}{HIDDEN}");
    }
    let province = ["省", "自治区"].iter().filter_map(|end| value.find(end).map(|at| at + end.len())).min();
    let from = province.filter(|at| value[..*at].chars().count() <= 9).unwrap_or(0);
    let after = &value[from..];
    let city = ["自治州", "地区", "市", "盟"].iter().filter_map(|end| after.find(end).map(|at| at + end.len())).min();
    match city.filter(|at| after[..*at].chars().count() <= 12) {
        Some(at) => format!("{}{HIDDEN}", &value[..from + at]),
        None if from > 0 => format!("{}{HIDDEN}", &value[..from]),
        None => HIDDEN.to_owned(),
    }
}

/// Coordinates to the degree, which is a city and its surroundings; a place in words as an address.
fn position(value: &str) -> String {
    let parts: Vec<&str> = value.split([',', '，']).map(str::trim).collect();
    match parts.as_slice() {
        [first, second] if first.parse::<f64>().is_ok() && second.parse::<f64>().is_ok() => {
            let degree = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
            format!("{}.**,{}.**", degree(first), degree(second))
        }
        _ => address(value),
    }
}

/// 1990-05-01 → 1990-**-**.
fn year(value: &str) -> String {
    let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
    match digits.len() {
        4 | 8 if ("1850"..="2999").contains(&&digits[..4]) => format!("{}-**-**", &digits[..4]),
        _ => HIDDEN.to_owned(),
    }
}

/// 110101********1234; the old ones of fifteen digits keep as much.
fn id_card(value: &str) -> String {
    let plain: Vec<char> = value.chars().filter(|c| !c.is_whitespace()).collect();
    let is_number = |all: &[char]| all.iter().all(char::is_ascii_digit);
    let is_card = match plain.len() {
        18 => is_number(&plain[..17]) && (plain[17].is_ascii_digit() || matches!(plain[17], 'X' | 'x')),
        15 => is_number(&plain),
        _ => false,
    };
    if is_card { between(&plain, 6, 4) } else { ends(value, 2, 2) }
}

/// 粤B12345 → 粤B***45, 浙AD12345 → 浙A****45.
fn plate(value: &str) -> String {
    let plain: Vec<char> = value.chars().filter(|c| !c.is_whitespace() && !matches!(c, '·' | '-' | '•')).collect();
    if (7..=8).contains(&plain.len()) { between(&plain, 2, 2) } else { HIDDEN.to_owned() }
}

/// 6222 0212 3456 7890 → **** 7890.
fn bank_card(value: &str) -> String {
    let digits = digits_of(value);
    if digits.len() >= 12 { format!("{HIDDEN} {}", &digits[digits.len() - 4..]) } else { HIDDEN.to_owned() }
}

/// 18,500 → 10000–20000.
fn band(value: &str) -> String {
    let plain: String = value.chars().filter(|c| !matches!(c, ',' | '，' | ' ' | '¥' | '￥' | '元')).collect();
    let Some(amount) = plain.parse::<f64>().ok().filter(|amount| amount.is_finite() && *amount >= 0.0) else {
        return HIDDEN.to_owned();
    };
    let mut step = 1_000.0;
    if amount < step {
        return "0–1000".to_owned();
    }
    loop {
        for (from, to) in [(1.0, 2.0), (2.0, 5.0), (5.0, 10.0)] {
            if amount < to * step {
                return format!("{:.0}–{:.0}", from * step, to * step);
            }
        }
        step *= 10.0;
        if step > 1e12 {
            return HIDDEN.to_owned();
        }
    }
}

fn ip(value: &str) -> String {
    let value = value.trim();
    match value.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(v4)) => {
            let [first, second, ..] = v4.octets();
            format!("{first}.{second}.*.*")
        }
        Ok(std::net::IpAddr::V6(v6)) => {
            let [first, second, ..] = v6.segments();
            format!("{first:x}:{second:x}:*")
        }
        Err(_) => HIDDEN.to_owned(),
    }
}

fn mac(value: &str) -> String {
    let hex: String = value.chars().filter(char::is_ascii_hexdigit).collect();
    let is_plain = value.trim().chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '-' | '.'));
    match (is_plain, hex.len()) {
        (true, 12) => format!("{}:{}:{}:**:**:**", &hex[..2], &hex[2..4], &hex[4..6]),
        _ => HIDDEN.to_owned(),
    }
}

fn last(value: &str, kept: usize) -> String {
    let all: Vec<char> = value.trim().chars().collect();
    // Whoever is shown half of a short one is shown too much.
    if all.len() < 2 * kept {
        return HIDDEN.to_owned();
    }
    format!("{HIDDEN}{}", all[all.len() - kept..].iter().collect::<String>())
}

/// Both ends, where more than half lies between them.
fn ends(value: &str, first: usize, last: usize) -> String {
    let all: Vec<char> = value.trim().chars().collect();
    if all.len() <= first + last { HIDDEN.to_owned() } else { between(&all, first, last) }
}

/// So many stars as there are characters between the ends.
fn between(all: &[char], first: usize, last: usize) -> String {
    let hidden = all.len() - first - last;
    let (before, after) = (all[..first].iter(), all[all.len() - last..].iter());
    before.copied().chain(std::iter::repeat_n('*', hidden)).chain(after.copied()).collect()
}

fn digits_of(value: &str) -> String {
    value.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests;

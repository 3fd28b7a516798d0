//! RFC 8785 for the few shapes that a record has, and the one way the ledger writes an instant.
//!
//! Any library could do it; this one does it without building the document twice, and the record's tests hold it to
//! the bytes of the library (`the_bytes_are_those_of_rfc_8785`).

use serde_json::{Map, Value};

/// Beyond this a JSON number is not exact, and RFC 8785 rounds it.
const EXACT: u64 = 1 << 53;

pub(super) fn member(out: &mut Vec<u8>, before: &str, value: Option<&str>) {
    if let Some(value) = value {
        out.extend_from_slice(before.as_bytes());
        text(out, value);
    }
}

pub(super) fn texts(out: &mut Vec<u8>, before: &str, values: &[String]) {
    for (place, value) in values.iter().enumerate() {
        out.extend_from_slice(if place == 0 { before.as_bytes() } else { b"," });
        text(out, value);
    }
    if !values.is_empty() {
        out.push(b']');
    }
}

pub(super) fn whole_number(out: &mut Vec<u8>, number: u64) {
    match number {
        0..=EXACT => write_json(out, &number),
        _ => any(out, &Value::from(number)),
    }
}

pub(super) fn text(out: &mut Vec<u8>, value: &str) {
    // Ids, codes and class names need no escape; RFC 8785 escapes what serde_json does and nothing else.
    // Looked at to the end: without a way out half way the bytes are compared many at a time.
    let needs_escape = |found, byte| found | (byte < 0x20) | (byte == b'"') | (byte == b'\\');
    if !value.bytes().fold(false, needs_escape) {
        out.push(b'"');
        out.extend_from_slice(value.as_bytes());
        out.push(b'"');
    } else {
        write_json(out, &value);
    }
}

pub(super) fn object(out: &mut Vec<u8>, members: &Map<String, Value>) {
    let mut sorted: Vec<_> = members.iter().collect();
    // By UTF-16 units (RFC 8785, 3.2.3): for plain ASCII that is the order of the bytes.
    sorted.sort_unstable_by(|(a, _), (b, _)| {
        if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
    });
    out.push(b'{');
    for (place, (name, value)) in sorted.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        text(out, name);
        out.push(b':');
        any(out, value);
    }
    out.push(b'}');
}

fn any(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Number(number) => match number.as_i64().filter(|exact| exact.unsigned_abs() <= EXACT) {
            Some(exact) => write_json(out, &exact),
            // Fractions and great numbers are rare, and printing them as ECMAScript does is not for here.
            None => out.extend(serde_json_canonicalizer::to_vec(number).unwrap_or_default()),
        },
        Value::String(value) => text(out, value),
        Value::Array(values) => {
            out.push(b'[');
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                any(out, value);
            }
            out.push(b']');
        }
        Value::Object(members) => object(out, members),
    }
}

/// Writing a number or a text into memory cannot fail.
fn write_json(out: &mut Vec<u8>, value: &impl serde::Serialize) {
    let _ = serde_json::to_writer(out, value);
}

/// Instants as the ledger writes them: UTC, six decimals, 27 characters. Finer parts are cut off.
pub mod instant {
    use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};
    use serde::{Deserialize, Deserializer, Serializer, de};

    /// The text of an instant.
    pub fn text(at: DateTime<Utc>) -> String {
        let mut out = Vec::with_capacity(27);
        write(&mut out, at);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Reads what `text` writes and nothing else.
    pub fn parse(text_of_instant: &str) -> Option<DateTime<Utc>> {
        let at = DateTime::parse_from_rfc3339(text_of_instant).ok()?.to_utc();
        (text(at) == text_of_instant).then_some(at)
    }

    pub(in crate::ledger) fn write(out: &mut Vec<u8>, at: DateTime<Utc>) {
        let Some(year) = u32::try_from(at.year()).ok().filter(|year| *year <= 9999) else {
            return out.extend(at.to_rfc3339_opts(SecondsFormat::Micros, true).bytes());
        };
        // chrono keeps a leap second as a nanosecond count beyond a whole second.
        let leap = at.nanosecond() / 1_000_000_000;
        digits(out, year, 1_000);
        for (before, value) in
            [(b'-', at.month()), (b'-', at.day()), (b'T', at.hour()), (b':', at.minute()), (b':', at.second() + leap)]
        {
            out.push(before);
            digits(out, value, 10);
        }
        out.push(b'.');
        digits(out, at.nanosecond() % 1_000_000_000 / 1_000, 100_000);
        out.push(b'Z');
    }

    fn digits(out: &mut Vec<u8>, value: u32, mut unit: u32) {
        while unit > 0 {
            out.push(b'0' + (value / unit % 10) as u8);
            unit /= 10;
        }
    }

    /// For `#[serde(with = ...)]`.
    pub fn serialize<S: Serializer>(at: &DateTime<Utc>, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&text(*at))
    }

    /// For `#[serde(with = ...)]`.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
        let found = std::borrow::Cow::<str>::deserialize(from)?;
        parse(&found).ok_or_else(|| {
            de::Error::custom(format!("{found:?} is no instant of the form 2026-03-31T16:00:00.000000Z"))
        })
    }
}

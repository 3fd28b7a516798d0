//! What an HR system can say: joined, changed, leaving, left, rescinded. Pure: bytes in, an event or a reason out.

use super::error::IntakeError;
use crate::platform::db::Ts;
use crate::platform::http::holds_nul;
use crate::platform::keyring::Identifier;
use crate::text_enum;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

text_enum! {
    /// The five things an HR system says about a membership.
    EventKind {
        /// 入职
        Joined = "member.joined",
        /// 变动
        Changed = "member.changed",
        /// 即将离职: a last day is known.
        Leaving = "member.leaving",
        /// 已离职
        Left = "member.left",
        /// 撤回离职: they stay after all.
        Rescinded = "member.rescinded",
    }
}

/// A department as the HR system names it.
#[derive(Debug, Clone, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DepartmentRef {
    /// The HR system's key.
    #[serde(rename = "ref")]
    pub key: String,
    /// Its name; unchanged when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// The key of the department above it; unchanged when absent, and none when it says null.
    #[serde(default, deserialize_with = "said")]
    pub parent: Option<Option<String>>,
}

/// What is said, also where that is `null`: absent is something else.
fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// What the event says; which fields it needs depends on its kind.
#[derive(Debug, Clone, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct EventData {
    /// 工号: the key by which the HR system knows somebody.
    pub staff_number: String,
    /// Their name.
    #[serde(default)]
    pub name: Option<String>,
    /// The address they sign in with.
    #[serde(default)]
    pub email: Option<String>,
    /// The number they sign in with.
    #[serde(default)]
    pub phone: Option<String>,
    /// Whose account it is; `personal` when absent.
    #[serde(default)]
    pub account: Option<crate::people::AccountKind>,
    /// The first day of work.
    #[serde(default)]
    pub first_day: Option<NaiveDate>,
    /// The last day of work.
    #[serde(default)]
    pub last_day: Option<NaiveDate>,
    /// Where they work.
    #[serde(default)]
    pub department: Option<DepartmentRef>,
    /// As what.
    #[serde(default)]
    pub position: Option<String>,
    /// Whom they report to, by staff number.
    #[serde(default)]
    pub manager: Option<String>,
    /// Why they leave, as a code.
    #[serde(default)]
    pub reason: Option<String>,
    /// Who takes over, by staff number.
    #[serde(default)]
    pub successor: Option<String>,
}

/// What a message is called that says nothing of anybody: it shows that the way is open.
pub const TEST: &str = "tenure.test";

/// Whether a body is such a message.
pub fn is_test(body: &[u8]) -> bool {
    serde_json::from_slice::<Envelope<'_>>(body).is_ok_and(|envelope| envelope.kind == TEST)
}

/// One message, understood.
#[derive(Debug, Clone, PartialEq)]
pub struct HrEvent {
    /// What kind.
    pub kind: EventKind,
    /// When the HR system said so: of two words about one thing the later holds.
    pub said_at: Ts,
    /// What it said.
    pub data: EventData,
}

#[derive(Deserialize)]
struct Envelope<'b> {
    #[serde(rename = "type")]
    kind: String,
    timestamp: Ts,
    /// As it stands there: of a key that comes twice a map would keep one.
    #[serde(borrow)]
    data: &'b RawValue,
}

impl HrEvent {
    /// Reads a message body. Every complaint names the field, what was found, and what would be right.
    pub fn read(body: &[u8]) -> Result<Self, IntakeError> {
        let unreadable = |e: &serde_json::Error| IntakeError::Unreadable(without_values(&e.to_string()));
        if holds_nul(body) {
            return Err(IntakeError::Unreadable("the text holds a NUL character".into()));
        }
        let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|e| unreadable(&e))?;
        let kind = EventKind::parse(&envelope.kind).ok_or_else(|| IntakeError::UnknownEvent(code_of(envelope.kind)))?;
        let mut data: EventData = serde_json::from_str(envelope.data.get()).map_err(|e| unreadable(&e))?;
        // A blank that nobody sees is no part of a number: or there would be two people.
        let numbers = [Some(&mut data.staff_number), data.manager.as_mut(), data.successor.as_mut()];
        for number in numbers.into_iter().flatten() {
            if number.trim().len() < number.len() {
                *number = number.trim().to_owned();
            }
        }
        let event = Self { kind, said_at: Ts::from(envelope.timestamp.0), data };
        event.check()?;
        Ok(event)
    }

    fn check(&self) -> Result<(), IntakeError> {
        let d = &self.data;
        bounded("/data/staff_number", Some(&d.staff_number), 64)?;
        Identifier::staff_number(&d.staff_number).map_err(|_| IntakeError::NoStaffNumber)?;
        in_range("/data/first_day", d.first_day)?;
        in_range("/data/last_day", d.last_day)?;
        bounded("/data/name", d.name.as_ref(), 200)?;
        bounded("/data/position", d.position.as_ref(), 200)?;
        bounded("/data/reason", d.reason.as_ref(), 64)?;
        bounded("/data/manager", d.manager.as_ref(), 64)?;
        bounded("/data/successor", d.successor.as_ref(), 64)?;
        bounded("/data/email", d.email.as_ref(), 254)?;
        bounded("/data/phone", d.phone.as_ref(), 32)?;
        if let Some(department) = &d.department {
            bounded("/data/department/ref", Some(&department.key), 100)?;
            bounded("/data/department/name", department.name.as_ref(), 200)?;
            bounded("/data/department/parent", department.parent.as_ref().and_then(Option::as_ref), 100)?;
        }
        match self.kind {
            EventKind::Joined if d.first_day.is_none() => Err(IntakeError::Missing("/data/first_day")),
            EventKind::Joined if d.email.is_none() && d.phone.is_none() => Err(IntakeError::Missing("/data/email")),
            EventKind::Leaving | EventKind::Left if d.last_day.is_none() => Err(IntakeError::Missing("/data/last_day")),
            EventKind::Joined | EventKind::Changed | EventKind::Leaving | EventKind::Left | EventKind::Rescinded => {
                Ok(())
            }
        }
    }
}

/// A kind of event is a word of the HR system's. Anything else may be somebody's name, and a reason is stored in the clear.
fn code_of(kind: String) -> String {
    let is_code = kind.len() <= 64 && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if is_code { kind } else { "type".to_owned() }
}

fn bounded(pointer: &'static str, text: Option<&String>, most: usize) -> Result<(), IntakeError> {
    match text {
        None => Ok(()),
        Some(text) if text.trim().is_empty() => Err(IntakeError::Empty(pointer)),
        Some(text) if text.chars().count() > most => Err(IntakeError::TooLong { pointer, most }),
        Some(_) => Ok(()),
    }
}

fn in_range(pointer: &'static str, day: Option<NaiveDate>) -> Result<(), IntakeError> {
    match day {
        Some(day) if !Ts::YEARS.contains(&day.year()) => Err(IntakeError::OutOfRange(pointer)),
        Some(_) | None => Ok(()),
    }
}

/// A parser's complaint without the value it complains about: the reason is stored in the clear, the value may be a name.
fn without_values(complaint: &str) -> String {
    match complaint.split_once(", expected") {
        Some((found, expected)) if !found.starts_with("unknown field") => {
            let kind = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            format!("{kind}, expected{expected}")
        }
        Some(_) | None => complaint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(data: &str) -> Vec<u8> {
        format!(r#"{{"type":"member.leaving","timestamp":"2026-03-01T09:00:00Z","data":{data}}}"#).into_bytes()
    }

    #[test]
    fn a_complete_event_is_read() {
        let event = HrEvent::read(&body(r#"{"staff_number":"A1","last_day":"2026-03-31"}"#)).unwrap();
        assert_eq!(event.kind, EventKind::Leaving);
        assert_eq!(event.data.last_day, NaiveDate::from_ymd_opt(2026, 3, 31));
    }

    #[test]
    fn every_complaint_says_what_is_wrong() {
        let cases: [(&[u8], &str); 9] = [
            (&body(r#"{"staff_number":"A\u0001","last_day":"2026-03-31"}"#), "staff number"),
            (&body(r#"{"staff_number":"A1","last_day":"+262142-12-31"}"#), "/data/last_day"),
            (
                br#"{"type":"member.changed","timestamp":"-262143-01-01T00:00:00Z","data":{"staff_number":"A1"}}"#,
                "1900",
            ),
            (b"{", "EOF"),
            (&body(r#"{"staff_number":"A1"}"#), "/data/last_day"),
            (&body(r#"{"staff_number":" ","last_day":"2026-03-31"}"#), "/data/staff_number"),
            (&body(r#"{"staff_number":"A1","last_day":"2026-02-30"}"#), "out of range"),
            (&body(r#"{"staff_number":"A1","last_day":"2026-03-31","lastday":1}"#), "unknown field `lastday`"),
            (br#"{"type":"member.eaten","timestamp":"2026-03-01T09:00:00Z","data":{}}"#, "member.eaten"),
        ];
        for (bytes, part) in cases {
            let words = HrEvent::read(bytes).unwrap_err().to_string();
            assert!(words.contains(part), "{words:?} does not say {part:?}");
        }
    }

    #[test]
    fn a_complaint_repeats_no_value() {
        for data in
            [r#"{"staff_number":"A1","account":"林晓"}"#, r#"{"staff_number":"A1","name":["林晓"]}"#, r#""林晓""#]
        {
            let words = HrEvent::read(&body(data)).unwrap_err().to_string();
            assert!(!words.contains("林晓"), "{words}");
            assert!(words.contains("expected"), "{words}");
        }
    }
}

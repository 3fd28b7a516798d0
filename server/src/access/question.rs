//! What was asked, as far as it can be read. The request as a whole must be well formed; what a single question lacks
//! makes its answer a no with a reason, and does not spoil the others.

use super::error::{AccessError, MOST_QUESTIONS};
use crate::platform::ids::{AccountId, HoldingId, MembershipId, SubjectId};
use policy_model::decision::Reason;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A person, in the words of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PersonRef {
    /// By membership.
    Membership(MembershipId),
    /// By 工号.
    StaffNumber(String),
    /// By the account they are signed in with: the `sub` of an access token.
    Account(AccountId),
    /// By what rulings and records call them.
    Subject(SubjectId),
}

/// The data that a question is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DataRef {
    /// A holding: all of its sides.
    Holding(HoldingId),
    /// One person's side of a holding.
    Side(HoldingId, PersonRef),
    /// One person's data of a class, with the facts that the application states (JSON).
    Class(String, PersonRef, String),
}

/// One question.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Who would do it.
    pub caller: Result<PersonRef, Reason>,
    /// To what.
    pub data: Result<DataRef, Reason>,
    /// What.
    pub operation: String,
    /// What for; empty when nobody said.
    pub purpose: String,
    /// On how many people's data at once.
    pub people: u32,
}

/// A question, or what is wrong with its form.
pub type Read = Result<Ask, String>;

/// When to stop answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// All are answered.
    #[default]
    ExecuteAll,
    /// The first no is the last answer.
    DenyOnFirstDeny,
    /// The first yes is the last answer.
    PermitOnFirstPermit,
}

/// A whole request.
#[derive(Debug)]
pub enum Asked {
    /// One question.
    One(Box<Ask>),
    /// Several.
    Many(Vec<Read>, Semantic),
}

#[derive(Deserialize)]
struct Entity<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Action<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
struct Context<'a> {
    #[serde(borrow, default)]
    purpose: Option<Cow<'a, str>>,
    #[serde(default)]
    count: Option<u32>,
}

/// The four keys of a question, unread: an own one goes before the request's.
#[derive(Default, Clone, Copy, Deserialize)]
struct Keys<'a> {
    #[serde(borrow, default)]
    subject: Option<&'a RawValue>,
    #[serde(borrow, default)]
    action: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resource: Option<&'a RawValue>,
    #[serde(borrow, default)]
    context: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Options {
    #[serde(default)]
    evaluations_semantic: Semantic,
}

/// The same with everything else that a request has, so that a long body is read through once.
#[derive(Deserialize)]
struct Several<'a> {
    #[serde(borrow, default)]
    subject: Option<&'a RawValue>,
    #[serde(borrow, default)]
    action: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resource: Option<&'a RawValue>,
    #[serde(borrow, default)]
    context: Option<&'a RawValue>,
    #[serde(borrow, default)]
    evaluations: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    options: Option<Options>,
}

/// Reads `POST /access/v1/evaluation`.
pub fn one(body: &[u8]) -> Result<Asked, AccessError> {
    let keys: Keys<'_> = whole(body)?;
    ask(&keys).map(|ask| Asked::One(Box::new(ask))).map_err(unreadable)
}

/// Reads `POST /access/v1/evaluations`; without `evaluations` it is one question.
pub fn many(body: &[u8]) -> Result<Asked, AccessError> {
    let Several { subject, action, resource, context, evaluations, options } = whole(body)?;
    let keys = Keys { subject, action, resource, context };
    let items = evaluations.unwrap_or_default();
    if items.is_empty() {
        return ask(&keys).map(|ask| Asked::One(Box::new(ask))).map_err(unreadable);
    }
    if items.len() > MOST_QUESTIONS {
        return Err(AccessError::TooMany(items.len()));
    }
    let read = |item: &RawValue| {
        let own: Keys<'_> = object(item).map_err(|e| format!("the question {e}"))?;
        ask(&Keys {
            subject: own.subject.or(keys.subject),
            action: own.action.or(keys.action),
            resource: own.resource.or(keys.resource),
            context: own.context.or(keys.context),
        })
    };
    let semantic = options.unwrap_or_default().evaluations_semantic;
    Ok(Asked::Many(items.into_iter().map(read).collect(), semantic))
}

fn whole<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, AccessError> {
    if !body.trim_ascii_start().starts_with(b"{") {
        // Whether it is JSON at all comes first.
        let raw: Result<&RawValue, _> = serde_json::from_slice(body);
        return Err(unreadable(raw.map_or_else(|e| e.to_string(), |_| "the body is not an object".to_owned())));
    }
    serde_json::from_slice(body).map_err(|e| unreadable(format!("the body cannot be read: {e}")))
}

fn unreadable(what: String) -> AccessError {
    AccessError::Unreadable { pointer: "", what }
}

fn ask(keys: &Keys<'_>) -> Read {
    let subject: Entity<'_> = part("subject", keys.subject)?;
    let action: Action<'_> = part("action", keys.action)?;
    let resource: Entity<'_> = part("resource", keys.resource)?;
    let context = context(keys.context)?;
    Ok(Ask {
        caller: person(&subject.kind, &subject.id).ok_or(Reason::UnknownSubject),
        data: data(&resource.kind, &resource.id, resource.properties.as_ref()),
        operation: action.name.into_owned(),
        purpose: context.purpose.unwrap_or_default().into_owned(),
        people: context.count.unwrap_or(1).max(1),
    })
}

fn part<'a, T: Deserialize<'a>>(name: &str, raw: Option<&'a RawValue>) -> Result<T, String> {
    let raw = raw.ok_or_else(|| format!("`{name}` is missing"))?;
    object(raw).map_err(|e| format!("`{name}` {e}"))
}

/// An object, and not an array of its members.
fn object<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, String> {
    if !raw.get().starts_with('{') {
        return Err("is not an object".to_owned());
    }
    serde_json::from_str(raw.get()).map_err(|e| format!("cannot be read: {e}"))
}

fn context(raw: Option<&RawValue>) -> Result<Context<'_>, String> {
    match raw {
        None => Ok(Context::default()),
        Some(raw) => part("context", Some(raw)),
    }
}

/// A person by type and id, if it is one of the types.
pub fn person(kind: &str, id: &str) -> Option<PersonRef> {
    match kind {
        "membership" => id.parse().ok().map(PersonRef::Membership),
        "staff_number" => Some(PersonRef::StaffNumber(id.to_owned())),
        "account" => id.parse().ok().map(PersonRef::Account),
        "subject" => id.parse().ok().map(PersonRef::Subject),
        _ => None,
    }
}

/// Whose data the properties name: `subject` is a staff number, or an object with `type` and `id`.
pub fn named_in(properties: Option<&Map<String, Value>>) -> Option<Option<PersonRef>> {
    match properties.and_then(|p| p.get("subject")) {
        None => None,
        Some(Value::String(number)) => Some(Some(PersonRef::StaffNumber(number.clone()))),
        Some(Value::Object(entity)) => {
            let word = |key: &str| entity.get(key).and_then(Value::as_str);
            Some(word("type").zip(word("id")).and_then(|(kind, id)| person(kind, id)))
        }
        Some(_) => Some(None),
    }
}

/// The facts that the properties state, as JSON text.
pub fn stated_in(properties: Option<&Map<String, Value>>) -> String {
    properties.and_then(|p| p.get("facts")).map(Value::to_string).unwrap_or_default()
}

/// The data that a resource of this type, id and properties is.
pub fn data(kind: &str, id: &str, properties: Option<&Map<String, Value>>) -> Result<DataRef, Reason> {
    let named = named_in(properties);
    match kind {
        "holding" => {
            let holding = id.parse().map_err(|_| Reason::UnknownResource)?;
            match named {
                None => Ok(DataRef::Holding(holding)),
                Some(person) => Ok(DataRef::Side(holding, person.ok_or(Reason::UnknownResource)?)),
            }
        }
        // Who controls a class is a matter of whose data it is: without a person there is nothing to decide.
        "class" => {
            let person = named.flatten().ok_or(Reason::UnknownResource)?;
            Ok(DataRef::Class(id.to_owned(), person, stated_in(properties)))
        }
        _ => Err(Reason::UnknownResource),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_key_goes_before_the_requests() {
        let body = br#"{"subject":{"type":"staff_number","id":"A1"},"action":{"name":"read"},"context":{"purpose":"payroll"},
            "evaluations":[{"resource":{"type":"class","id":"hr.name","properties":{"subject":"A2"}}},
                           {"resource":{"type":"class","id":"hr.name"},"action":{"name":"export"},"context":{"count":3}},
                           {"action":{"name":7}}, 5, [{"type":"staff_number","id":"A1"}]]}"#;
        let Asked::Many(asked, Semantic::ExecuteAll) = many(body).unwrap() else { panic!("several") };
        let first = asked[0].as_ref().unwrap();
        assert_eq!((first.operation.as_str(), first.purpose.as_str(), first.people), ("read", "payroll", 1));
        let second = asked[1].as_ref().unwrap();
        assert_eq!((second.operation.as_str(), second.purpose.as_str(), second.people), ("export", "", 3));
        assert_eq!(second.data, Err(Reason::UnknownResource));
        assert!(asked[2].as_ref().unwrap_err().starts_with("`action`"));
        assert!(asked[3].is_err() && asked[4].is_err());
    }

    #[test]
    fn without_evaluations_it_is_one_question() {
        let body = br#"{"subject":{"type":"staff_number","id":"A1"},"action":{"name":"read"},"resource":{"type":"x","id":"y"},"evaluations":[]}"#;
        assert!(matches!(many(body).unwrap(), Asked::One(_)));
        assert!(matches!(many(b"{}"), Err(AccessError::Unreadable { .. })));
        assert!(matches!(one(b"[]"), Err(AccessError::Unreadable { .. })));
        let twice = br#"{"subject":{"type":"a","id":"b"},"subject":{"type":"a","id":"b"}}"#;
        assert!(one(twice).is_err());
    }

    #[test]
    fn one_more_than_the_most_is_refused_as_a_whole() {
        let body = |n: usize| format!(r#"{{"evaluations":[{}]}}"#, vec!["{}"; n].join(","));
        assert!(
            matches!(many(body(MOST_QUESTIONS).as_bytes()), Ok(Asked::Many(all, _)) if all.len() == MOST_QUESTIONS)
        );
        assert!(matches!(many(body(MOST_QUESTIONS + 1).as_bytes()), Err(AccessError::TooMany(_))));
    }
}

//! Searches: who may, what may be read, what may be done. Each finds what the evaluation of it would permit, and no more;
//! each looks at so many at a time and says where to go on.

use super::error::AccessError;
use super::known::{Known, of_class};
use super::operations::answer;
use super::question::{Ask, DataRef, PersonRef, named_in, person, stated_in};
use crate::decisions::{self, Law, standings};
use crate::holdings;
use crate::instructions::Policies;
use crate::people::{self, Membership};
use crate::platform::db::TenantTx;
use crate::platform::ids::{HoldingId, MembershipId};
use policy_model::decision::{Answer, OPERATIONS, Reason, is_operation};
use policy_model::instruction::Action;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Candidates that one request looks at.
const LOOKED_AT: i64 = 2_000;
const USUAL: usize = 100;
const MOST: usize = 1_000;

/// A search, unread.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Search {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<Entity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<ActionName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource: Option<Entity>,
    #[serde(default)]
    context: Context,
    #[serde(default, skip_serializing)]
    page: PageAsked,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
struct ActionName {
    name: String,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
struct Context {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    count: Option<u32>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct PageAsked {
    #[serde(default)]
    token: String,
    #[serde(default)]
    limit: Option<usize>,
}

/// A page of what was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = AccessFound)]
pub struct Found {
    /// Where to go on.
    page: PageView,
    /// What was found: subjects, resources or actions.
    #[schema(value_type = Vec<Object>)]
    results: Vec<Value>,
}

/// Where to go on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = AccessPage)]
struct PageView {
    /// For the next request's `page.token`; empty when that was all.
    next_token: String,
    /// How many are on this page.
    count: usize,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Who may.
    Subject,
    /// What may be read.
    Resource,
    /// What may be done.
    Action,
}

impl Search {
    /// Reads a search of this kind; what is looked for needs no id, everything else does.
    pub fn read(kind: Kind, body: &[u8]) -> Result<Self, AccessError> {
        let search: Self = serde_json::from_slice(body).map_err(|e| unreadable("", e.to_string()))?;
        let missing = |pointer, what: &str| Err(unreadable(pointer, format!("{what} is missing")));
        match kind {
            _ if search.subject.is_none() => missing("/subject", "`subject`"),
            _ if search.resource.is_none() => missing("/resource", "`resource`"),
            Kind::Subject | Kind::Resource if search.action.is_none() => missing("/action", "`action`"),
            Kind::Subject if search.resource_id().is_none() => missing("/resource/id", "`id`"),
            Kind::Resource if search.subject_id().is_none() => missing("/subject/id", "`id`"),
            Kind::Action if search.resource_id().is_none() => missing("/resource/id", "`id`"),
            Kind::Action if search.subject_id().is_none() => missing("/subject/id", "`id`"),
            Kind::Subject | Kind::Resource | Kind::Action => Ok(search),
        }
    }

    fn subject_id(&self) -> Option<&str> {
        self.subject.as_ref()?.id.as_deref()
    }

    fn resource_id(&self) -> Option<&str> {
        self.resource.as_ref()?.id.as_deref()
    }

    fn kind_of(entity: Option<&Entity>) -> &str {
        entity.map_or("", |entity| &entity.kind)
    }

    fn caller(&self) -> Result<PersonRef, Reason> {
        let id = self.subject_id().unwrap_or_default();
        person(Self::kind_of(self.subject.as_ref()), id).ok_or(Reason::UnknownSubject)
    }

    fn data(&self) -> Result<DataRef, Reason> {
        let id = self.resource_id().unwrap_or_default();
        let properties = self.resource.as_ref().and_then(|resource| resource.properties.as_ref());
        super::question::data(Self::kind_of(self.resource.as_ref()), id, properties)
    }

    fn ask(&self, operation: &str) -> Ask {
        Ask {
            caller: self.caller(),
            data: self.data(),
            operation: operation.to_owned(),
            purpose: self.context.purpose.clone(),
            people: self.context.count.unwrap_or(1).max(1),
        }
    }

    fn operation(&self) -> &str {
        self.action.as_ref().map_or("", |action| &action.name)
    }

    fn asked(&self) -> decisions::Asked<'_> {
        let people = self.context.count.unwrap_or(1).max(1);
        decisions::Asked { operation: self.operation(), purpose: &self.context.purpose, people }
    }

    /// What identifies the search, so that a token is not taken for another one's. What is looked for has no id.
    fn fingerprint(&self, kind: Kind) -> Result<String, AccessError> {
        let mut same = self.clone();
        match kind {
            Kind::Subject => same.subject.iter_mut().for_each(|subject| subject.id = None),
            Kind::Resource => same.resource.iter_mut().for_each(|resource| resource.id = None),
            Kind::Action => {}
        }
        let canonical = serde_json_canonicalizer::to_vec(&same).map_err(|e| unreadable("", e.to_string()))?;
        Ok(Sha256::digest(canonical).iter().take(8).map(|b| format!("{b:02x}")).collect())
    }

    /// How many are wanted and after which.
    fn page(&self, kind: Kind) -> Result<(usize, Option<uuid::Uuid>), AccessError> {
        let token = &self.page.token;
        if token.is_empty() {
            return Ok((bounded(self.page.limit.unwrap_or(USUAL)), None));
        }
        let mut parts = token.split('.');
        let (print, limit, after) = (parts.next(), parts.next(), parts.next());
        let limit = limit.and_then(|n| n.parse::<usize>().ok()).ok_or(AccessError::OtherSearch)?;
        let after = after.and_then(|id| id.parse().ok()).ok_or(AccessError::OtherSearch)?;
        let is_same = print == Some(self.fingerprint(kind)?.as_str());
        if is_same && self.page.limit.is_none_or(|asked| bounded(asked) == limit) {
            Ok((bounded(limit), Some(after)))
        } else {
            Err(AccessError::OtherSearch)
        }
    }

    fn found(
        &self,
        kind: Kind,
        limit: usize,
        results: Vec<Value>,
        last: Option<uuid::Uuid>,
    ) -> Result<Found, AccessError> {
        let next_token = match last {
            None => String::new(),
            Some(last) => format!("{}.{limit}.{}", self.fingerprint(kind)?, last.simple()),
        };
        Ok(Found { page: PageView { next_token, count: results.len() }, results })
    }
}

fn bounded(limit: usize) -> usize {
    limit.clamp(1, MOST)
}

fn unreadable(pointer: &'static str, what: String) -> AccessError {
    AccessError::Unreadable { pointer, what }
}

/// Searches.
pub fn search(tx: &mut TenantTx<'_>, policies: &Policies, kind: Kind, search: &Search) -> Result<Found, AccessError> {
    if !tx.platform().clock().is_sure() {
        // Nothing would be permitted.
        return search.found(kind, USUAL, Vec::new(), None);
    }
    let law = decisions::law(tx, policies)?;
    match kind {
        Kind::Subject => subjects(tx, &law, search),
        Kind::Resource if Search::kind_of(search.resource.as_ref()) == "class" => classes(tx, &law, search),
        Kind::Resource => resources(tx, &law, search),
        Kind::Action => actions(tx, &law, search),
    }
}

fn permits(answer: &Answer<'_>) -> bool {
    answer.reason().permits()
}

/// Who may do it to this.
fn subjects(tx: &mut TenantTx<'_>, law: &Law, search: &Search) -> Result<Found, AccessError> {
    let (limit, after) = search.page(Kind::Subject)?;
    let mut known = Known::default();
    let ask = search.ask(search.operation());
    known.look_up(tx, [&Ask { caller: Err(Reason::UnknownSubject), ..ask.clone() }])?;
    let Some(Ok(sides)) = ask.data.as_ref().ok().map(|data| known.sides(data)) else {
        return search.found(Kind::Subject, limit, Vec::new(), None);
    };
    let has_any = sides.iter().next().is_some();
    let kind = Search::kind_of(search.subject.as_ref());
    let some = people::some_memberships(tx, after.map(MembershipId::from), LOOKED_AT)?;
    let (mut results, mut last) = (Vec::new(), None);
    let is_full = i64::try_from(some.len()).unwrap_or(i64::MAX) == LOOKED_AT;
    for (m, standing) in some.iter().zip(standings(tx, &some)?) {
        if results.len() == limit {
            return search.found(Kind::Subject, limit, results, last);
        }
        last = Some(crate::platform::ids::Id::uuid(m.id));
        let asked = search.asked();
        let may = has_any
            && is_operation(asked.operation)
            && sides.iter().all(|side| permits(&decisions::weigh(law, &standing, side, &asked, tx.now())));
        if may && let Some(id) = name_as(kind, m) {
            results.push(json!({ "type": kind, "id": id }));
        }
    }
    search.found(Kind::Subject, limit, results, last.filter(|_| is_full))
}

fn name_as(kind: &str, m: &Membership) -> Option<String> {
    match kind {
        "membership" => Some(m.id.to_string()),
        "staff_number" => Some(m.staff_number.clone()),
        "account" => m.account_id.map(|id| id.to_string()),
        "subject" => Some(m.subject_id.to_string()),
        _ => None,
    }
}

/// Which holdings it may be done to.
fn resources(tx: &mut TenantTx<'_>, law: &Law, search: &Search) -> Result<Found, AccessError> {
    let (limit, after) = search.page(Kind::Resource)?;
    let mut known = Known::default();
    let named = named_in(search.resource.as_ref().and_then(|resource| resource.properties.as_ref()));
    let nothing = || search.found(Kind::Resource, limit, Vec::new(), None);
    known.look_up_people(tx, search.caller().ok().iter().chain(named.iter().flatten()))?;
    let of = match named {
        None => None,
        Some(person) => match person.and_then(|person| known.person(&person).map(|p| p.standing.subject)) {
            None => return nothing(),
            Some(subject) => Some(subject),
        },
    };
    let is_holding = Search::kind_of(search.resource.as_ref()) == "holding";
    let caller = search.caller().ok().and_then(|caller| known.person(&caller).cloned());
    let (Some(caller), true, true) = (caller, is_holding, is_operation(search.operation())) else { return nothing() };
    let ids = holdings::some_holdings(tx, of, after.map(HoldingId::from), LOOKED_AT)?;
    let is_full = i64::try_from(ids.len()).unwrap_or(i64::MAX) == LOOKED_AT;
    let (mut results, mut last) = (Vec::new(), None);
    for some in ids.chunks(500) {
        let data = holdings::data_of(tx, some)?;
        for id in some {
            if results.len() == limit {
                return search.found(Kind::Resource, limit, results, last);
            }
            last = Some(crate::platform::ids::Id::uuid(*id));
            let sides = data.get(id).into_iter().flatten().filter(|side| of.is_none() || side.subject == of);
            let mut answers = sides
                .map(|side| permits(&decisions::weigh(law, &caller.standing, side, &search.asked(), tx.now())))
                .peekable();
            if answers.peek().is_some() && answers.all(|may| may) {
                results.push(json!({ "type": "holding", "id": id }));
            }
        }
    }
    search.found(Kind::Resource, limit, results, last.filter(|_| is_full))
}

/// Which classes of a person's data it may be done to. Packs have few enough for one page.
fn classes(tx: &mut TenantTx<'_>, law: &Law, search: &Search) -> Result<Found, AccessError> {
    let (limit, _) = search.page(Kind::Resource)?;
    let properties = search.resource.as_ref().and_then(|resource| resource.properties.as_ref());
    let (named, stated) = (named_in(properties).flatten(), stated_in(properties));
    let mut known = Known::default();
    known.look_up_people(tx, search.caller().ok().iter().chain(named.iter()))?;
    let caller = search.caller().ok().and_then(|caller| known.person(&caller).cloned());
    let of = named.and_then(|person| known.person(&person).cloned());
    let (Some(caller), Some(of), true) = (caller, of, is_operation(search.operation())) else {
        return search.found(Kind::Resource, limit, Vec::new(), None);
    };
    let (now, asked) = (tx.now(), search.asked());
    let keys = law.pack.classes().iter().map(|class| class.key.as_str());
    let may = |key: &&str| {
        of_class(&law.pack, key, &of, &stated)
            .is_ok_and(|data| permits(&decisions::weigh(law, &caller.standing, &data, &asked, now)))
    };
    let results = keys.filter(may).map(|key| json!({ "type": "class", "id": key })).collect();
    search.found(Kind::Resource, limit, results, None)
}

/// What may be done.
fn actions(tx: &mut TenantTx<'_>, law: &Law, search: &Search) -> Result<Found, AccessError> {
    let (limit, _) = search.page(Kind::Action)?;
    let mut known = Known::default();
    known.look_up(tx, [&search.ask("read")])?;
    let orders = Action::ALL.iter().map(|action| action.as_str()).filter(|word| is_operation(word));
    let results = OPERATIONS
        .into_iter()
        .chain(orders)
        .filter(|operation| answer(law, &known, &search.ask(operation), tx.now()).decision.decision)
        .map(|operation| json!({ "name": operation }))
        .collect();
    search.found(Kind::Action, limit, results, None)
}

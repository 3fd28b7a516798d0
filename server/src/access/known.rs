//! Who and what the questions speak of, looked up once, however often they are named.

use super::question::{Ask, DataRef, PersonRef};
use crate::decisions::{Data, Standing, standings};
use crate::holdings;
use crate::packs;
use crate::people::{self, AccountKind, MembershipState};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{HoldingId, SubjectId};
use policy_model::decision::{Control, Reason, Restriction};
use policy_model::facts::{Age, Facts};
use policy_model::pack::Pack;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What is known of a person.
#[derive(Debug, Clone)]
pub struct Somebody {
    /// How they stand.
    pub standing: Standing,
    /// Whose account they act with: it decides rulings.
    account: AccountKind,
    /// Whether their newest membership has ended.
    has_left: bool,
}

/// What is known of some data: its sides, or why nothing is.
pub type Sides = Result<Vec<Data>, Reason>;

/// What has been looked up.
#[derive(Debug, Default)]
pub struct Known {
    people: HashMap<PersonRef, Option<Arc<Somebody>>>,
    /// Holdings with all of their sides, and people's classes.
    data: HashMap<DataRef, Arc<Sides>>,
    /// About how many bytes what was merged takes.
    bytes: usize,
}

/// Sides of some data: all of them, or one person's.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'k> {
    all: &'k [Data],
    only: Option<SubjectId>,
}

impl Known {
    /// A person who was looked up.
    pub fn person(&self, person: &PersonRef) -> Option<&Arc<Somebody>> {
        self.people.get(person)?.as_ref()
    }

    /// The sides that a question is about, of data that was looked up.
    pub fn sides(&self, data: &DataRef) -> Result<Chosen<'_>, Reason> {
        let (key, only) = match data {
            DataRef::Holding(_) | DataRef::Class(..) => (data, None),
            DataRef::Side(id, person) => {
                let person = self.person(person).ok_or(Reason::UnknownResource)?;
                (&DataRef::Holding(*id), Some(person.standing.subject))
            }
        };
        let all = self.data.get(key).ok_or(Reason::UnknownResource)?.as_ref().as_ref().map_err(|reason| *reason)?;
        Ok(Chosen { all, only })
    }

    /// Whether everything that this question needs is here and still holds.
    pub fn has_all(&self, ask: &Ask, now: Ts) -> bool {
        let knows = |person: &PersonRef| self.person(person).is_some_and(|somebody| !somebody.standing.is_over(now));
        let has = |data: &DataRef| self.data.contains_key(data);
        ask.caller.as_ref().map_or(true, knows)
            && ask.data.as_ref().map_or(true, |data| match data {
                DataRef::Holding(_) => has(data),
                DataRef::Side(id, person) => has(&DataRef::Holding(*id)) && knows(person),
                DataRef::Class(_, person, _) => has(data) && knows(person),
            })
    }

    /// Knows somebody by their membership, without looking.
    pub(super) fn knows(&mut self, standing: Standing) {
        let person = PersonRef::Membership(standing.membership);
        let somebody = Somebody { standing, account: AccountKind::Personal, has_left: false };
        self.people.insert(person, Some(Arc::new(somebody)));
    }

    /// Knows a holding, without looking.
    pub(super) fn holds(&mut self, id: HoldingId, sides: Vec<Data>) {
        self.data.insert(DataRef::Holding(id), Arc::new(Ok(sides)));
    }

    /// Takes in what somebody else looked up, as far as it is worth keeping: what was not found may come any time.
    pub fn merge(&mut self, other: Self) {
        for (person, somebody) in other.people {
            if let Some(somebody) = somebody {
                let weight = weight_of_person(&person, Some(&somebody));
                if weight_of_ref(&person) > HEAVIEST {
                    continue;
                }
                if let Some(before) = self.people.get(&person) {
                    self.bytes = self.bytes.saturating_sub(weight_of_person(&person, before.as_ref()));
                }
                self.bytes += weight;
                self.people.insert(person, Some(somebody));
            }
        }
        for (data, sides) in other.data {
            let weight = weight_of_data(&data, &sides);
            if sides.is_ok() && weight <= HEAVIEST {
                if let Some(before) = self.data.get(&data) {
                    self.bytes = self.bytes.saturating_sub(weight_of_data(&data, before));
                }
                self.bytes += weight;
                self.data.insert(data, sides);
            }
        }
    }

    /// Forgets who anybody is, and what follows from it.
    pub fn forget_people(&mut self) {
        self.people.clear();
        self.data.retain(|data, _| matches!(data, DataRef::Holding(_)));
        self.weigh();
    }

    /// Forgets every holding.
    pub fn forget_holdings(&mut self) {
        self.data.retain(|data, _| !matches!(data, DataRef::Holding(_)));
        self.weigh();
    }

    /// Forgets one holding.
    pub fn forget_holding(&mut self, id: HoldingId) {
        let data = DataRef::Holding(id);
        if let Some(sides) = self.data.remove(&data) {
            self.bytes = self.bytes.saturating_sub(weight_of_data(&data, &sides));
        }
    }

    /// About how many bytes all of it takes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn weigh(&mut self) {
        let people: usize = self.people.iter().map(|(key, found)| weight_of_person(key, found.as_ref())).sum();
        self.bytes = people + self.data.iter().map(|(data, sides)| weight_of_data(data, sides)).sum::<usize>();
    }

    /// Looks up what these questions speak of and is not known yet.
    pub fn look_up<'a>(&mut self, tx: &mut TenantTx<'_>, asks: impl IntoIterator<Item = &'a Ask>) -> Stored<()> {
        let (mut holdings, mut rest) = (Vec::new(), Vec::new());
        for ask in asks {
            if let Ok(caller) = &ask.caller {
                self.look_up_person(tx, caller)?;
            }
            let Ok(data) = &ask.data else { continue };
            match data {
                _ if self.data.contains_key(data) => {}
                DataRef::Holding(id) => holdings.push(*id),
                DataRef::Side(id, person) => {
                    self.look_up_person(tx, person)?;
                    holdings.push(*id);
                }
                DataRef::Class(_, person, _) => {
                    self.look_up_person(tx, person)?;
                    rest.push(data);
                }
            }
        }
        self.look_up_holdings(tx, &holdings)?;
        let pack = packs::in_force(tx)?;
        for data in rest {
            if let DataRef::Class(class, person, stated) = data {
                let sides = match self.person(person) {
                    None => Err(Reason::UnknownResource),
                    Some(somebody) => of_class(&pack, class, somebody, stated).map(|data| vec![data]),
                };
                self.data.insert(data.clone(), Arc::new(sides));
            }
        }
        Ok(())
    }

    /// Looks up people alone.
    pub fn look_up_people<'a>(
        &mut self,
        tx: &mut TenantTx<'_>,
        people: impl IntoIterator<Item = &'a PersonRef>,
    ) -> Stored<()> {
        people.into_iter().try_for_each(|person| self.look_up_person(tx, person))
    }

    fn look_up_person(&mut self, tx: &mut TenantTx<'_>, person: &PersonRef) -> Stored<()> {
        if self.people.contains_key(person) {
            return Ok(());
        }
        let membership = match person {
            PersonRef::Membership(id) => people::find_membership(tx, *id)?,
            PersonRef::StaffNumber(number) => people::newest_by_staff_number(tx, number)?,
            PersonRef::Account(account) => people::newest_by_account(tx, *account)?,
            PersonRef::Subject(subject) => people::memberships_of_subject(tx, *subject)?.pop(),
        };
        let somebody = match membership {
            None => None,
            Some(membership) => {
                let standing = standings(tx, std::slice::from_ref(&membership))?.pop();
                let has_left = membership.state == MembershipState::Departed;
                standing.map(|standing| Arc::new(Somebody { standing, account: membership.account_kind, has_left }))
            }
        };
        self.people.insert(person.clone(), somebody);
        Ok(())
    }

    fn look_up_holdings(&mut self, tx: &mut TenantTx<'_>, ids: &[HoldingId]) -> Stored<()> {
        let unknown: HashSet<HoldingId> =
            ids.iter().copied().filter(|id| !self.data.contains_key(&DataRef::Holding(*id))).collect();
        let unknown: Vec<HoldingId> = unknown.into_iter().collect();
        for some in unknown.chunks(500) {
            let mut found = holdings::data_of(tx, some)?;
            for id in some {
                let sides = found.remove(id).filter(|sides| !sides.is_empty()).ok_or(Reason::UnknownResource);
                self.data.insert(DataRef::Holding(*id), Arc::new(sides));
            }
        }
        Ok(())
    }
}

impl<'k> Chosen<'k> {
    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &'k Data> + Clone + use<'k> {
        let only = self.only;
        self.all.iter().filter(move |side| only.is_none() || side.subject == only)
    }
}

/// What takes more than this is looked up every time: one key could be as long as a request.
const HEAVIEST: usize = 64 << 10;
/// What an entry takes beside its own texts: places in the table, counters, ids.
const ENTRY: usize = 128;

fn weight_of_ref(person: &PersonRef) -> usize {
    match person {
        PersonRef::StaffNumber(number) => number.len(),
        PersonRef::Membership(_) | PersonRef::Account(_) | PersonRef::Subject(_) => 0,
    }
}

/// With a standing of four names or so, and whomever those reach that were given for a department.
fn weight_of_person(person: &PersonRef, found: Option<&Arc<Somebody>>) -> usize {
    let reached = found.map_or(0, |somebody| somebody.standing.reached());
    ENTRY + 4 * 64 + size_of::<Somebody>() + weight_of_ref(person) + reached * 2 * size_of::<SubjectId>()
}

fn weight_of_data(data: &DataRef, sides: &Sides) -> usize {
    let key = match data {
        DataRef::Holding(_) => 0,
        DataRef::Side(_, person) => weight_of_ref(person),
        DataRef::Class(class, person, stated) => class.len() + stated.len() + weight_of_ref(person),
    };
    let sides = sides.as_ref().map_or(&[][..], Vec::as_slice);
    let texts: usize = sides.iter().map(|side| size_of::<Data>() + side.class.len() + side.rule.len()).sum();
    ENTRY + size_of::<DataRef>() + key + texts
}

/// A person's data of a class, ruled by the facts that the application states; what it does not state comes from the
/// membership.
pub fn of_class(pack: &Pack, class: &str, of: &Somebody, stated: &str) -> Result<Data, Reason> {
    if pack.class(class).is_none() {
        return Err(Reason::UnknownClass);
    }
    let facts = facts(class, of, stated).ok_or(Reason::Unreadable)?;
    let ruling = pack.rule(&facts);
    Ok(Data {
        holding: None,
        subject: Some(of.standing.subject),
        class: class.to_owned(),
        control: Control::of(ruling.controller(), ruling.is_settled()),
        rule: ruling.rule_id().unwrap_or_default().to_owned(),
        restriction: if of.has_left { Restriction::SubjectLeft } else { Restriction::None },
        // Whether the organisation hides some of it from its subject is a matter of each holding.
        is_visible_to_subject: false,
        age: facts.age,
    })
}

fn facts(class: &str, of: &Somebody, stated: &str) -> Option<Facts> {
    let mut all: Map<String, Value> = if stated.is_empty() { Map::new() } else { serde_json::from_str(stated).ok()? };
    let account = match of.account {
        AccountKind::Enterprise => "enterprise",
        AccountKind::Personal => "personal",
    };
    let membership = if of.has_left { "departed" } else { "employed" };
    all.insert("class".into(), class.into());
    all.entry("account").or_insert(account.into());
    all.entry("membership").or_insert(membership.into());
    let facts: Facts = serde_json::from_value(Value::Object(all)).ok()?;
    // How old somebody is never makes less of their data sensitive.
    Some(Facts { age: if facts.age.makes_all_sensitive() { facts.age } else { Age::Adult }, ..facts })
}

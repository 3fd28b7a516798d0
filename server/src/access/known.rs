//! Who and what the questions speak of, looked up once, however often they are named.

use super::question::{Ask, DataRef, PersonRef};
use crate::decisions::{Data, Standing, standings};
use crate::holdings;
use crate::packs;
use crate::people::{self, AccountKind, Membership, MembershipState};
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::HoldingId;
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
    /// Their newest membership.
    membership: Membership,
}

/// What is known of some data: its sides, or why nothing is.
pub type Sides = Result<Vec<Data>, Reason>;

/// What has been looked up.
#[derive(Debug, Default)]
pub struct Known {
    people: HashMap<PersonRef, Option<Arc<Somebody>>>,
    data: HashMap<DataRef, Arc<Sides>>,
}

impl Known {
    /// A person who was looked up.
    pub fn person(&self, person: &PersonRef) -> Option<&Arc<Somebody>> {
        self.people.get(person)?.as_ref()
    }

    /// Data that was looked up.
    pub fn data(&self, data: &DataRef) -> Option<&Arc<Sides>> {
        self.data.get(data)
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
                    rest.push(data);
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
            let sides = self.derived(&pack, data)?;
            self.data.insert(data.clone(), Arc::new(sides));
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
                standing.map(|standing| Arc::new(Somebody { standing, membership }))
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

    /// What follows from what has been looked up.
    fn derived(&self, pack: &Pack, data: &DataRef) -> Stored<Sides> {
        match data {
            DataRef::Holding(_) => Ok(Err(Reason::UnknownResource)),
            DataRef::Side(id, person) => Ok(self.side(*id, person)),
            DataRef::Class(class, person, stated) => Ok(match self.person(person) {
                None => Err(Reason::UnknownResource),
                Some(somebody) => of_class(pack, class, somebody, stated).map(|data| vec![data]),
            }),
        }
    }

    fn side(&self, id: HoldingId, person: &PersonRef) -> Sides {
        let somebody = self.person(person).ok_or(Reason::UnknownResource)?;
        let all = self.data(&DataRef::Holding(id)).ok_or(Reason::UnknownResource)?;
        let all = all.as_ref().as_ref().map_err(|reason| *reason)?;
        let own = all.iter().find(|side| side.subject == Some(somebody.standing.subject));
        own.map(|side| vec![side.clone()]).ok_or(Reason::UnknownResource)
    }
}

/// A person's data of a class, ruled by the facts that the application states; what it does not state comes from the
/// membership.
pub fn of_class(pack: &Pack, class: &str, of: &Somebody, stated: &str) -> Result<Data, Reason> {
    if pack.class(class).is_none() {
        return Err(Reason::UnknownClass);
    }
    let facts = facts(class, &of.membership, stated).ok_or(Reason::Unreadable)?;
    let ruling = pack.rule(&facts);
    let has_left = of.membership.state == MembershipState::Departed;
    Ok(Data {
        holding: None,
        subject: Some(of.standing.subject),
        class: class.to_owned(),
        control: Control::of(ruling.controller(), ruling.is_settled()),
        rule: ruling.rule_id().unwrap_or_default().to_owned(),
        restriction: if has_left { Restriction::SubjectLeft } else { Restriction::None },
        // Whether the organisation hides some of it from its subject is a matter of each holding.
        is_visible_to_subject: false,
        age: facts.age,
    })
}

fn facts(class: &str, of: &Membership, stated: &str) -> Option<Facts> {
    let mut all: Map<String, Value> = if stated.is_empty() { Map::new() } else { serde_json::from_str(stated).ok()? };
    let account = match of.account_kind {
        AccountKind::Enterprise => "enterprise",
        AccountKind::Personal => "personal",
    };
    let membership = if of.state == MembershipState::Departed { "departed" } else { "employed" };
    all.insert("class".into(), class.into());
    all.entry("account").or_insert(account.into());
    all.entry("membership").or_insert(membership.into());
    let facts: Facts = serde_json::from_value(Value::Object(all)).ok()?;
    // How old somebody is never makes less of their data sensitive.
    Some(Facts { age: if facts.age.makes_all_sensitive() { facts.age } else { Age::Adult }, ..facts })
}

//! "Who can see this?" and "what can this person see?", as one query.
//!
//! It asks what decisions ask. The compiled policy lists the lines that reach a class; whoever a line names is weighed as a
//! decision would weigh them, and what is shown is that answer with what it rests on. Nothing is worked out a second time.

use super::error::AccessError;
use super::overview_rows::{AccessOverview, Group, Key, SeenClass, mask, rows};
use crate::decisions::{self, Asked, Data, Law, Standing, standings};
use crate::holdings;
use crate::instructions::Policies;
use crate::people::{self, roles};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{HoldingId, MembershipId, SubjectId};
use policy_model::decision::{Answer, Control, Line, Reason, Restriction, Tenure, is_operation};
use policy_model::facts::Age;
use policy_model::pack::Pack;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// People of one role that are looked at; a role of more is no appointment.
const MOST_PEOPLE: usize = 500;
/// Rows of one answer. An organisation with more has to ask more precisely.
const MOST_ROWS: usize = 500;

/// What is asked: of whom, of what, or both.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverviewQuery {
    /// Of this class.
    pub class: Option<String>,
    /// Of this holding.
    pub holding: Option<HoldingId>,
    /// This member.
    pub member: Option<MembershipId>,
    /// Only this operation.
    pub operation: Option<String>,
    /// Only for this purpose.
    pub purpose: Option<String>,
}

/// Whoever may act: a member, or everybody who works here.
struct Candidate {
    standing: Standing,
    is_everybody: bool,
}

/// Answers the query.
pub fn overview(
    tx: &mut TenantTx<'_>,
    policies: &Policies,
    query: &OverviewQuery,
) -> Result<AccessOverview, AccessError> {
    let law = decisions::law(tx, policies)?;
    check(&law.pack, query)?;
    let only = match query.member {
        None => None,
        Some(member) => Some(decisions::standing(tx, member)?.ok_or(AccessError::UnknownMember)?),
    };
    let stands = only.as_ref().map(|standing| standing.tenure() == Tenure::Stands);
    let objects: Vec<Object> = match (&query.class, query.holding) {
        (_, Some(holding)) => vec![Object::of_holding(tx, holding)?],
        (Some(class), None) => vec![Object::Class(class.clone())],
        (None, None) => law.pack.classes().iter().map(|class| Object::Class(class.key.to_string())).collect(),
    };
    let mut asking = Asking { law: &law, query, only, holders: HashMap::new(), groups: BTreeMap::new() };
    for object in &objects {
        asking.about(tx, object)?;
    }
    let groups = asking.groups;
    let is_whole = groups.len() <= MOST_ROWS;
    let rows = rows(tx, &law.pack, groups.into_iter().take(MOST_ROWS).collect())?;
    Ok(AccessOverview { rows, is_whole, member_stands: stands })
}

fn check(pack: &Pack, query: &OverviewQuery) -> Result<(), AccessError> {
    if query.class.is_none() && query.holding.is_none() && query.member.is_none() {
        return Err(AccessError::NothingAsked);
    }
    if let Some(class) = query.class.as_deref().filter(|class| pack.class(class).is_none()) {
        return Err(AccessError::UnknownClass(class.chars().take(100).collect()));
    }
    if let Some(operation) = query.operation.as_deref().filter(|operation| !is_operation(operation)) {
        return Err(AccessError::UnknownOperation(operation.chars().take(100).collect()));
    }
    Ok(())
}

/// What is looked at.
enum Object {
    /// A class, wherever the organisation controls it.
    Class(String),
    /// A holding with all of its sides.
    Holding(Vec<Data>),
}

impl Object {
    fn of_holding(tx: &mut TenantTx<'_>, id: HoldingId) -> Result<Self, AccessError> {
        let sides = holdings::data_of(tx, &[id])?.remove(&id).filter(|sides| !sides.is_empty());
        sides.map(Self::Holding).ok_or(AccessError::UnknownHolding)
    }

    fn class(&self) -> &str {
        match self {
            Self::Class(class) => class,
            Self::Holding(sides) => sides.first().map_or("", |side| &side.class),
        }
    }

    /// As decisions are asked about it. Of a class, what the organisation controls, out of the reach of no law.
    fn sides(&self, whose: Option<SubjectId>) -> Vec<Data> {
        match self {
            Self::Holding(sides) => sides.clone(),
            Self::Class(class) => vec![Data {
                holding: None,
                subject: whose,
                class: class.clone(),
                control: Control::Organisation,
                rule: String::new(),
                restriction: Restriction::None,
                is_visible_to_subject: false,
                age: Age::Adult,
            }],
        }
    }
}

/// A query on its way.
struct Asking<'a> {
    law: &'a Law,
    query: &'a OverviewQuery,
    only: Option<Standing>,
    /// By the name that a line has for them.
    holders: HashMap<String, Vec<Candidate>>,
    groups: BTreeMap<Key, Group>,
}

impl Asking<'_> {
    fn about(&mut self, tx: &mut TenantTx<'_>, object: &Object) -> Stored<()> {
        let law = self.law;
        let lines = law.policy.table().about(object.class());
        // What a line lets do is asked once, whoever else it lets do the same.
        let mut asked: BTreeSet<(String, String, String, String)> = BTreeSet::new();
        for line in &lines {
            let (Some(operation), Some(purpose)) = (
                narrowed(line.act, self.query.operation.as_deref()),
                narrowed(line.purpose, self.query.purpose.as_deref()),
            ) else {
                continue;
            };
            asked.insert((line.who.to_owned(), operation.to_owned(), purpose.to_owned(), line.whose.to_owned()));
        }
        self.look_up(tx, asked.iter().map(|(who, ..)| who.as_str()).collect())?;
        for (who, operation, purpose, whose) in asked {
            let Some(whose) = reached(object, &whose) else { continue };
            let sides = object.sides(whose);
            for candidate in self.holders.get(&who).map_or(&[][..], Vec::as_slice) {
                let question = Asked { operation: &operation, purpose: &purpose, people: 1 };
                let (answer, rests_on) = weighed(law, candidate, &sides, &question, tx.now());
                let line = lines.iter().find(|l| l.who == who && fits(l, &operation, &purpose, whose));
                let rests_on = rests_on.or_else(|| line.map(|l| l.source.to_owned())).unwrap_or_default();
                let key = Key {
                    refused: !answer.reason().permits(),
                    rests_on,
                    operation: operation.clone(),
                    purpose: purpose.clone(),
                    whose: if matches!(object, Object::Class(_)) { whose } else { None },
                    reason: answer.reason().code(),
                    reason_texts: answer.reason().texts(),
                    reason_clause: answer.reason().clause(),
                };
                let group = self.groups.entry(key).or_default();
                group.classes.insert(SeenClass { class: object.class().to_owned(), mask: mask(&answer) });
                group.roles.extend(who.strip_prefix("role:").map(str::to_owned));
                if candidate.is_everybody {
                    group.everybody = true;
                } else {
                    group.people.insert(candidate.standing.membership);
                }
            }
        }
        Ok(())
    }

    /// Whom lines name: every role that is new once, and everybody who is named at once.
    fn look_up(&mut self, tx: &mut TenantTx<'_>, mut names: Vec<&str>) -> Stored<()> {
        names.retain(|who| !self.holders.contains_key(*who));
        names.dedup();
        let mut members: Vec<MembershipId> = Vec::new();
        for who in names {
            let found = match (&self.only, who.split_once(':')) {
                (Some(only), _) if only.is_called(who) => vec![Candidate::of(only.clone())],
                (Some(_), _) => Vec::new(),
                (None, Some(("member", id))) => {
                    members.extend(id.parse::<MembershipId>().ok());
                    Vec::new()
                }
                (None, Some(("role", roles::EVERYBODY))) => vec![Candidate::everybody(who)],
                (None, Some(("role", role))) => {
                    let held = roles::holders(tx, role)?.into_iter().map(|(member, _)| member);
                    those_who_stand(tx, &held.take(MOST_PEOPLE).collect::<Vec<_>>())?
                }
                (None, _) => Vec::new(),
            };
            self.holders.insert(who.to_owned(), found);
        }
        for candidate in those_who_stand(tx, &members)? {
            self.holders.insert(format!("member:{}", candidate.standing.membership), vec![candidate]);
        }
        Ok(())
    }
}

impl Candidate {
    fn of(standing: Standing) -> Self {
        Self { standing, is_everybody: false }
    }

    /// Somebody who works here and no more.
    fn everybody(name: &str) -> Self {
        let nobody = uuid::Uuid::nil();
        let standing = Standing::acting(nobody.into(), nobody.into(), vec![name.to_owned()]);
        Self { standing, is_everybody: true }
    }
}

fn those_who_stand(tx: &mut TenantTx<'_>, members: &[MembershipId]) -> Stored<Vec<Candidate>> {
    let found: Vec<_> = people::memberships_by_id(tx, members)?.into_values().collect();
    let standings = standings(tx, &found)?.into_iter();
    Ok(standings.filter(|s| s.tenure() == Tenure::Stands).map(Candidate::of).collect())
}

/// The answer of a decision: a yes only where every side says yes, else the first no.
fn weighed<'a>(
    law: &'a Law,
    candidate: &'a Candidate,
    sides: &'a [Data],
    asked: &Asked<'a>,
    now: Ts,
) -> (Answer<'a>, Option<String>) {
    let mut first: Option<Answer<'a>> = None;
    for side in sides {
        let answer = decisions::weigh(law, &candidate.standing, side, asked, now);
        if !answer.reason().permits() {
            return (answer, None);
        }
        first = first.or(Some(answer));
    }
    match first {
        Some(answer @ Answer::Permit { rests_on, .. }) => (answer, Some(rests_on.to_owned())),
        Some(answer) => (answer, None),
        None => (Answer::Deny(Reason::UnknownResource), None),
    }
}

/// What is asked, of what a line permits: what was asked for where the line permits anything, and nothing where it permits
/// something else.
fn narrowed<'l>(of_line: &'l str, wanted: Option<&'l str>) -> Option<&'l str> {
    match wanted {
        None => Some(of_line),
        Some(wanted) if of_line == "*" || of_line == wanted => Some(wanted),
        Some(_) => None,
    }
}

/// Whose data a line is asked about: nobody in particular's, or the one person's that it names. A line about somebody who has
/// no side of a holding does not reach it.
fn reached(object: &Object, whose: &str) -> Option<Option<SubjectId>> {
    if whose == "*" {
        return Some(None);
    }
    let subject: SubjectId = whose.parse().ok()?;
    match object {
        Object::Class(_) => Some(Some(subject)),
        Object::Holding(sides) => sides.iter().any(|side| side.subject == Some(subject)).then_some(Some(subject)),
    }
}

fn fits(line: &Line<'_>, operation: &str, purpose: &str, whose: Option<SubjectId>) -> bool {
    (line.act == "*" || line.act == operation)
        && (line.purpose == "*" || line.purpose == purpose)
        && (line.whose == "*" || whose.is_some_and(|subject| line.whose == subject.to_string()))
}

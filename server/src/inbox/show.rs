//! From entries to cards: names, counts, clauses, consequences and the clock, for one page at a time.

use super::card::{Card, CardCan, CardKind, CardObject, Consequence, Entry, Likeness, Matter, Tab, facts_of};
use super::gather::{DECIDE_DEPARTURES, DECIDE_INSTRUCTIONS, SUBMIT_DEPARTURES};
use crate::attention::Attention;
use crate::certification::{Certification, CertificationError, CertificationView};
use crate::departures::{self, DepartureView};
use crate::holdings;
use crate::instructions::{self, Instruction, Kind, May};
use crate::orders;
use crate::packs;
use crate::people::Names;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::AsProblem;
use crate::platform::ids::{DepartureId, Id, InstructionId};
use crate::rehearsals::{self, RehearsalSummary, RehearsalView};
use policy_model::calendar::Calendar;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Shows entries in their order.
pub(super) fn cards(tx: &mut TenantTx<'_>, tab: Tab, entries: Vec<Entry>) -> Stored<Vec<Card>> {
    let show = Show::of(tx, tab, &entries)?;
    let mut cards = Vec::with_capacity(entries.len());
    for entry in entries {
        // A departure may have gone on while the page was read.
        cards.extend(show.card(tx, entry)?);
    }
    Ok(cards)
}

/// Members that a card names at most.
const NAMED: usize = 10;

/// What a page needs, looked up at once.
struct Show {
    tab: Tab,
    names: Names,
    departures: HashMap<DepartureId, DepartureView>,
    rehearsals: HashMap<InstructionId, RehearsalView>,
    clock: Clock,
    may: Powers,
}

/// What the caller's roles let them do about cards.
struct Powers {
    decide: bool,
    decide_departures: bool,
    submit: bool,
    withdraw: bool,
    resolve: bool,
    replay: bool,
    retry: bool,
}

/// The organisation's working days.
struct Clock {
    today: chrono::NaiveDate,
    tz: chrono_tz::Tz,
    calendar: Arc<Calendar>,
}

impl Clock {
    /// Working days after today in which something can still be done before an instant.
    fn left(&self, until: Ts) -> u32 {
        let last_moment = *until - chrono::Duration::microseconds(1);
        self.calendar.working_days_between(self.today, last_moment.with_timezone(&self.tz).date_naive())
    }
}

impl Show {
    fn of(tx: &mut TenantTx<'_>, tab: Tab, entries: &[Entry]) -> Stored<Self> {
        let (mut cases, mut grants) = (Vec::new(), Vec::new());
        let (mut members, mut subjects) = (Vec::new(), Vec::new());
        for entry in entries {
            match &entry.matter {
                Matter::Instruction(i) => {
                    let scope = instructions::scope_of(i)?;
                    grants.extend((i.kind != Kind::Order).then_some(i.id));
                    members.extend(i.author_id.into_iter().chain(scope.members.into_iter().take(NAMED)));
                    subjects.extend(scope.successor.into_iter().chain(i.executor_subject_id));
                    subjects.extend(only_subject(i)?);
                }
                Matter::OfDeparture(id, of_case) => {
                    cases.push(*id);
                    members.extend(of_case.first().and_then(|i| i.author_id));
                }
                Matter::ToCheck(id) => cases.push(*id),
                Matter::Certifying(_) | Matter::Raised(_) => {}
            }
        }
        let departures = departures::views_of(tx, &cases)?;
        subjects.extend(departures.values().map(|d| d.subject_id));
        let tz = packs::time_zone(tx)?;
        let today = tx.now().with_timezone(&tz).date_naive();
        Ok(Self {
            tab,
            names: Names::of(tx, members, subjects)?,
            departures,
            rehearsals: if tx.may("rehearsals.read") {
                rehearsals::latest_for_approval(tx, &grants)?
            } else {
                HashMap::new()
            },
            clock: Clock { today, tz, calendar: packs::calendar()? },
            may: Powers {
                decide: tx.may(DECIDE_INSTRUCTIONS),
                decide_departures: tx.may(DECIDE_DEPARTURES),
                submit: tx.may(SUBMIT_DEPARTURES),
                withdraw: tx.may("instructions.propose"),
                resolve: tx.may("attention.resolve"),
                replay: tx.may("messages.replay"),
                retry: tx.may("orders.retry"),
            },
        })
    }

    fn card(&self, tx: &mut TenantTx<'_>, entry: Entry) -> Stored<Option<Card>> {
        let said = entry.said;
        let card = match entry.matter {
            Matter::Instruction(i) => Some(self.instruction(tx, &i)?),
            Matter::OfDeparture(id, of_case) => match self.departures.get(&id) {
                Some(d) => Some(self.of_departure(tx, d, &of_case)?),
                None => None,
            },
            Matter::ToCheck(id) => match self.departures.get(&id) {
                Some(d) => Some(self.to_check(tx, d)?),
                None => None,
            },
            Matter::Certifying(list) => self.certifying(tx, &list)?,
            Matter::Raised(raised) => Some(self.raised(tx, &raised)?),
        };
        Ok(card.map(|card| match said {
            Some(said) => Card { at: said.at, working_days_left: None, said: Some(said), ..card },
            None => card,
        }))
    }

    fn instruction(&self, tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<Card> {
        let (waiting_for, nobody_available) = instructions::waiting_roles(tx, i)?;
        let view = instructions::scope_of(i)?;
        let facts = json!({
            "kind": i.kind, "until": i.until, "operations": view.operations, "roles": view.roles, "origin": i.origin_kind,
            "retain_until": view.retain_until, "state": i.state, "recipient": view.recipient,
            "members": view.members.iter().take(NAMED).map(|id| self.names.member(*id)).collect::<Vec<_>>(),
            "members_in_all": view.members.len(), "executor": i.executor_subject_id.map(|id| self.names.subject(id)),
            "successor": view.successor.map(|id| self.names.subject(id)),
        });
        let is_order = i.kind == Kind::Order;
        let yes = match (self.others_missing(tx, &waiting_for)?, is_order) {
            (true, _) => Consequence::of("approval.counts", json!({ "roles": waiting_for })),
            (false, true) => Consequence::of("order.runs", json!({})),
            (false, false) => Consequence::of("grant.permits", json!({ "until": i.until })),
        };
        let blank = blank("instruction", i.id, CardKind::Approval, &i.action, i.created_at);
        Ok(Card {
            asked_by: i.author_id.map(|id| self.names.member(id)),
            about: only_subject(i)?.map(|id| self.names.subject(id)),
            classes: view.classes,
            people: (i.subjects > 0).then_some(i.subjects),
            holdings: is_order.then_some(i.holdings),
            sensitive: i.sensitive,
            purpose: Some(i.purpose.clone()),
            reason: instructions::reason_of(tx, i)?,
            facts: facts.as_object().cloned().unwrap_or_default(),
            rules: i.approval_rule.split_whitespace().map(Into::into).collect(),
            clauses: instructions::clauses_of(tx, i)?,
            rehearsal: self.rehearsals.get(&i.id).map(RehearsalSummary::of),
            alike: Some(Likeness::of("instruction", std::slice::from_ref(i))),
            on_yes: Some(yes),
            on_no: Some(Consequence::of("instruction.refused", json!({}))),
            on_silence: Consequence::of("request.lapses", json!({ "at": i.expires_at })),
            expires_at: i.expires_at,
            working_days_left: i.expires_at.map(|at| self.clock.left(at)),
            waiting_for,
            nobody_available,
            can: self.can_decide(tx, i)?,
            ..blank
        })
    }

    fn can_decide(&self, tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<CardCan> {
        let decide = match instructions::may_decide(tx, i) {
            Ok(_) => power(self.may.decide),
            Err(instructions::InstructionError::Store(e)) => return Err(e),
            Err(why) => May { allowed: false, why: Some(why.problem().code().to_owned()) },
        };
        let withdraw = (self.tab == Tab::Waiting).then(|| power(self.may.withdraw));
        Ok(CardCan { decide: Some(decide), withdraw, ..CardCan::default() })
    }

    /// Whether somebody else's yes is needed beside the caller's.
    fn others_missing(&self, tx: &mut TenantTx<'_>, waiting_for: &[String]) -> Stored<bool> {
        // Of what they asked for themselves, callers are told what comes of the last yes.
        if self.tab == Tab::Waiting {
            return Ok(false);
        }
        let own = match tx.actor().membership() {
            Some(me) => crate::people::roles::of_membership(tx, me)?,
            None => Vec::new(),
        };
        Ok(waiting_for.iter().any(|role| !own.contains(role)))
    }

    fn of_departure(&self, tx: &mut TenantTx<'_>, d: &DepartureView, of_case: &[Instruction]) -> Stored<Card> {
        let (mut classes, mut clauses, mut rules) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for i in of_case {
            classes.extend(instructions::scope_of(i)?.classes);
            rules.extend(i.approval_rule.split_whitespace().map(str::to_owned));
        }
        for i in one_of_each_rule(of_case) {
            clauses.extend(instructions::clauses_of(tx, i)?);
        }
        let awaited = d.approval.clone().unwrap_or_default();
        let expires_at = of_case.iter().filter_map(|i| i.expires_at).min();
        let yes = if self.others_missing(tx, &awaited.roles)? {
            Consequence::of("approval.counts", json!({ "roles": awaited.roles }))
        } else {
            Consequence::of("departure.goes-ahead", json!({ "at": d.effective_at }))
        };
        let decide = match departures::may_decide(tx, d.id) {
            Ok(()) => power(self.may.decide_departures),
            Err(departures::DepartureError::Store(e)) => return Err(e),
            Err(why) => May { allowed: false, why: Some(why.problem().code().to_owned()) },
        };
        Ok(Card {
            asked_by: of_case.first().and_then(|i| i.author_id).map(|id| self.names.member(id)),
            classes: classes.into_iter().collect(),
            holdings: Some(of_case.iter().map(|i| i.holdings).sum()),
            // Counted of the whole case, not of what the word is about; that stands in the lanes.
            items: None,
            bytes: None,
            sensitive: of_case.iter().any(|i| i.sensitive),
            purpose: of_case.first().map(|i| i.purpose.clone()),
            rules: rules.into_iter().collect(),
            clauses: clauses.into_iter().collect(),
            alike: Some(Likeness::of("departure", of_case)),
            on_yes: Some(yes),
            on_no: Some(Consequence::of("departure.plan-returns", json!({}))),
            on_silence: Consequence::of(
                "request.lapses",
                json!({ "at": expires_at, "access_ends_at": d.effective_at }),
            ),
            expires_at,
            working_days_left: expires_at.map(|at| self.clock.left(at)),
            waiting_for: awaited.roles,
            nobody_available: awaited.nobody,
            can: CardCan { decide: Some(decide), ..CardCan::default() },
            ..self.departure(d, CardKind::Approval)
        })
    }

    fn to_check(&self, tx: &mut TenantTx<'_>, d: &DepartureView) -> Stored<Card> {
        let mut card = self.departure(d, CardKind::Departure);
        let raised = crate::attention::open_about(tx, "departure", &d.id.to_string())?;
        card.facts.insert("raised".into(), raised.into_iter().map(|a| a.reason).collect::<Value>());
        let submit = if self.may.submit { d.can.submit.clone() } else { power(false) };
        Ok(Card {
            on_yes: Some(Consequence::of("departure.asks-for-approval", json!({}))),
            on_silence: Consequence::of("departure.access-ends-and-nothing-is-done", json!({ "at": d.effective_at })),
            expires_at: Some(d.effective_at),
            working_days_left: Some(self.clock.left(d.effective_at)),
            can: CardCan { submit: Some(submit), ..CardCan::default() },
            ..card
        })
    }

    /// What every card of a departure shows.
    fn departure(&self, d: &DepartureView, kind: CardKind) -> Card {
        let lanes = [&d.lanes.successor, &d.lanes.person, &d.lanes.kept, &d.lanes.destroyed];
        Card {
            about: Some(self.names.subject(d.subject_id)),
            people: Some(1),
            holdings: Some(lanes.iter().map(|lane| lane.holdings).sum()),
            items: Some(lanes.iter().map(|lane| lane.items).sum()),
            bytes: Some(lanes.iter().map(|lane| lane.bytes).sum()),
            facts: facts_of(d),
            ..blank("departure", d.id, kind, "departure", d.submitted_at.unwrap_or(d.opened_at))
        }
    }

    fn certifying(&self, tx: &mut TenantTx<'_>, list: &Certification) -> Stored<Option<Card>> {
        let view = match CertificationView::of(tx, list) {
            Ok(view) => view,
            Err(CertificationError::Store(e)) => return Err(e),
            // It was read a moment ago.
            Err(_) => return Ok(None),
        };
        let facts = json!({ "quarter": view.quarter, "lines": view.lines.all, "waiting": view.lines.waiting });
        Ok(Some(Card {
            facts: facts.as_object().cloned().unwrap_or_default(),
            on_silence: Consequence::of("certification.ends", json!({ "at": list.ends_at() })),
            expires_at: Some(list.ends_at()),
            working_days_left: view.working_days_left,
            can: CardCan { certify: Some(power(true)), ..CardCan::default() },
            ..blank("certification", view.id, CardKind::Certification, "certify", list.ends_at())
        }))
    }

    fn raised(&self, tx: &mut TenantTx<'_>, a: &Attention) -> Stored<Card> {
        let kind = match a.object_kind.as_str() {
            "message" => CardKind::Message,
            "delivery" | "order" | "held-order" => CardKind::Order,
            "departure" | "line" => CardKind::Departure,
            _ => CardKind::Other,
        };
        let is_open = a.resolved_at.is_none();
        let can = CardCan {
            resolve: is_open.then(|| power(self.may.resolve)),
            replay: (is_open && kind == CardKind::Message).then(|| power(self.may.replay)),
            retry: (is_open && a.object_kind == "delivery").then(|| power(self.may.retry)),
            ..CardCan::default()
        };
        let facts = json!({ "reason": a.reason, "detail": a.detail });
        let blank = blank("attention", a.id, kind, &a.kind, a.raised_at);
        Ok(Card {
            object: CardObject { kind: a.object_kind.clone(), id: a.object_id.clone() },
            leads_to: leads_to(tx, &a.object_kind, &a.object_id)?,
            facts: facts.as_object().cloned().unwrap_or_default(),
            on_silence: Consequence::of("raised.stays", json!({})),
            can,
            ..blank
        })
    }
}

/// Where somebody who opens what was raised finds it.
fn leads_to(tx: &mut TenantTx<'_>, kind: &str, id: &str) -> Stored<Option<CardObject>> {
    let (page, id) = match kind {
        "order" | "held-order" | "delivery" => {
            ("instruction", orders::carried_out_by(tx, kind, id)?.map(|i| i.to_string()))
        }
        "inventory" => ("connector", holdings::inventory_of(tx, id)?.map(|c| c.to_string())),
        "line" => ("departure", departures::of_line(tx, id)?.map(|d| d.to_string())),
        _ => return Ok(None),
    };
    Ok(id.map(|id| CardObject { kind: page.to_owned(), id }))
}

/// Instructions with the same rules rest on the same clauses.
fn one_of_each_rule(of_case: &[Instruction]) -> impl Iterator<Item = &Instruction> {
    let mut seen = BTreeSet::new();
    of_case.iter().filter(move |i| seen.insert(i.approval_rule.clone()))
}

fn power(allowed: bool) -> May {
    May { allowed, why: (!allowed).then(|| "power.missing".to_owned()) }
}

/// The one person that an instruction is about, where it is one.
fn only_subject(i: &Instruction) -> Stored<Option<crate::platform::ids::SubjectId>> {
    match instructions::scope_of(i)?.subjects.as_slice() {
        [one] => Ok(Some(*one)),
        [] | [..] => Ok(None),
    }
}

fn blank(object: &str, id: impl Id + ToString, kind: CardKind, action: &str, at: Ts) -> Card {
    Card {
        id: format!("{object}:{}", id.to_string()),
        kind,
        object: CardObject { kind: object.to_owned(), id: id.to_string() },
        leads_to: None,
        action: action.to_owned(),
        asked_by: None,
        about: None,
        classes: Vec::new(),
        people: None,
        holdings: None,
        items: None,
        bytes: None,
        sensitive: false,
        purpose: None,
        reason: None,
        facts: Map::new(),
        rules: Vec::new(),
        clauses: Vec::new(),
        rehearsal: None,
        alike: None,
        on_yes: None,
        on_no: None,
        on_silence: Consequence::of("nothing", json!({})),
        at,
        expires_at: None,
        working_days_left: None,
        waiting_for: Vec::new(),
        nobody_available: Vec::new(),
        said: None,
        can: CardCan::default(),
    }
}

/// What a card's id names.
pub(super) enum Named {
    /// An instruction by itself.
    Instruction(InstructionId),
    /// Everything of a departure.
    Departure(DepartureId),
}

impl Named {
    pub(super) fn parse(id: &str) -> Option<Self> {
        match id.split_once(':')? {
            ("instruction", id) => id.parse().ok().map(Self::Instruction),
            ("departure", id) => id.parse().ok().map(Self::Departure),
            _ => None,
        }
    }
}

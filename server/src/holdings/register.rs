//! Bulk registration by connectors: one JSON object a line, upsert by locator, every bad line named, the others in.
//!
//! Lines are taken in chunks, one transaction each: a stream of millions needs no more memory than one chunk, and a
//! connector that is cut off sends the whole again, which changes nothing that is the same.

use super::error::HoldingError;
use super::model::{Holding, HoldingState, Side, SideState};
use super::rule::{Said, SideFacts, ToRule, rule_sides};
use super::store;
use super::tenure::{Tenures, stands};
use crate::attention;
use crate::packs;
use crate::people::{self, Membership};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::further::{self, FurtherLines};
use crate::platform::http::holds_nul;
use crate::platform::ids::{ConnectorId, HoldingId, SubjectId};
use crate::platform::record::{Outcome, Record};
use chrono::NaiveDate;
use policy_model::pack::Pack;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Lines a transaction.
pub const CHUNK_LINES: usize = 500;
const MAX_SUBJECTS: usize = 5_000;
const MAX_LOCATOR: usize = 1_000;
/// A pebibyte: the sum over a person's holdings stays far from the end of the number.
const COUNTS: std::ops::RangeInclusive<i64> = 0..=1 << 50;

/// One line: something a connector holds.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// How the connector calls it. Unique within the connector.
    pub locator: String,
    /// The data class's key.
    pub class: String,
    /// Whose data it is, by staff number. A chat has several.
    pub subjects: Vec<String>,
    /// How many items it stands for; 1 when absent.
    #[serde(default = "one")]
    pub items: i64,
    /// How large they are together, in bytes.
    #[serde(default)]
    pub bytes: i64,
    /// When the first of them came to be.
    #[serde(default)]
    pub first_at: Option<Ts>,
    /// When the last of them did.
    #[serde(default)]
    pub last_at: Option<Ts>,
    /// The moment whose facts rule it; the last item's when absent, else now.
    #[serde(default)]
    pub occurred_at: Option<Ts>,
    /// The facts that hold for every side: `config/schema/facts.schema.json`, without `class`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub facts: Map<String, Value>,
    /// That what was said of it before was wrong, rather than that it has changed: it is ruled afresh, and is no more about
    /// anybody whom the line does not name, as far as nothing was done with their side yet. Otherwise whom a line names joins
    /// those who were named before: who has left a chat was in it.
    #[serde(default)]
    pub corrected: bool,
    /// Facts of single sides, by staff number, over the common ones.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub sides: HashMap<String, Map<String, Value>>,
}

impl Registration {
    /// Staff numbers without the blanks around them, which nobody sees: as they are read from HR systems.
    fn without_blanks(self) -> Self {
        let trim = |number: String| if number.trim().len() < number.len() { number.trim().to_owned() } else { number };
        let subjects = self.subjects.into_iter().map(trim).collect();
        let sides = self.sides.into_iter().map(|(number, facts)| (trim(number), facts)).collect();
        Self { subjects, sides, ..self }
    }
}

fn one() -> i64 {
    1
}

/// A line that did not go in.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RejectedLine {
    /// Its number, from 1.
    pub line: u64,
    /// The stable code.
    pub code: String,
    /// What was found and what would be right.
    pub reason: String,
    /// The field, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

/// What became of a stream of lines.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct RegistrationReport {
    /// New holdings.
    pub added: u64,
    /// Known ones that changed.
    pub updated: u64,
    /// Known ones that are the same.
    pub unchanged: u64,
    /// Lines whose locator comes again further down: of these the last one counts.
    pub repeated: u64,
    /// How many lines did not go in.
    pub refused: u64,
    /// Lines that did not go in, each with its number and reason: of a stream with more of them, the first 10,000.
    pub rejected: Vec<RejectedLine>,
    /// The others, by their numbers.
    pub further: Vec<FurtherLines>,
}

/// Lines that are explained one by one: a report of a stream without end must not grow with it.
const MOST_EXPLAINED: usize = 10_000;

impl RegistrationReport {
    pub(super) fn reject(&mut self, line: u64, error: &HoldingError) {
        self.refused += 1;
        if self.rejected.len() >= MOST_EXPLAINED {
            return further::name(&mut self.further, error.code(), line);
        }
        self.rejected.push(RejectedLine {
            line,
            code: error.code().into(),
            reason: error.to_string(),
            pointer: error.pointer().map(Into::into),
        });
    }

    /// Puts the lines that did not go in into their order.
    pub(super) fn in_order(mut self) -> Self {
        self.rejected.sort_by_key(|rejected| rejected.line);
        self
    }

    /// Adds what became of a later chunk.
    pub fn absorb(&mut self, other: Self) {
        self.added += other.added;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.repeated += other.repeated;
        self.refused += other.refused;
        let room = MOST_EXPLAINED.saturating_sub(self.rejected.len());
        let mut rejected = other.rejected.into_iter();
        self.rejected.extend(rejected.by_ref().take(room));
        rejected.for_each(|one| further::name(&mut self.further, &one.code, one.line));
    }
}

/// Registers a chunk of numbered lines for a connector, in the caller's transaction.
pub fn register_line_by_line(
    tx: &mut TenantTx<'_>,
    connector: ConnectorId,
    lines: &[(u64, String)],
) -> Result<RegistrationReport, HoldingError> {
    let pack = packs::in_force(tx)?;
    let mut report = RegistrationReport::default();
    let mut people = HashMap::new();
    let mut good = Vec::with_capacity(lines.len());
    for (number, text) in lines {
        match read_line(tx, &pack, *number, text, &mut people) {
            Ok(line) => good.push(line),
            Err(HoldingError::Store(e)) => return Err(e.into()),
            Err(e) => report.reject(*number, &e),
        }
    }
    report.repeated = keep_last_of_each(&mut good);
    upsert(tx, &pack, connector, good, &mut report)?;
    tx.record(
        Record::of("holdings.register")
            .on("connector", connector)
            .with("added", report.added)
            .with("updated", report.updated)
            .with("unchanged", report.unchanged)
            .with("repeated", report.repeated)
            .with("rejected", report.refused),
    );
    Ok(report.in_order())
}

/// A line that can go in.
struct Line {
    number: u64,
    registration: Registration,
    subjects: Vec<Named>,
}

/// One subject of a line, with every staff number that named them.
struct Named {
    subject: SubjectId,
    staff_numbers: Vec<String>,
    facts: SideFacts,
}

/// A locator that comes twice in one chunk means its last line. Returns how many lines that leaves out.
fn keep_last_of_each(lines: &mut Vec<Line>) -> u64 {
    let before = lines.len();
    let last: HashMap<String, usize> =
        lines.iter().enumerate().map(|(n, l)| (l.registration.locator.clone(), n)).collect();
    let mut n = 0;
    lines.retain(|l| {
        n += 1;
        last.get(&l.registration.locator) == Some(&(n - 1))
    });
    (before - lines.len()) as u64
}

fn read_line(
    tx: &mut TenantTx<'_>,
    pack: &Pack,
    number: u64,
    text: &str,
    people: &mut HashMap<String, Vec<Membership>>,
) -> Result<Line, HoldingError> {
    let most = tx.platform().config().limits.import_line_bytes;
    if text.len() > most {
        return Err(HoldingError::Invalid(format!("the line has more than {most} bytes")));
    }
    if holds_nul(text.as_bytes()) {
        return Err(HoldingError::Invalid("the line holds a NUL character".into()));
    }
    let registration: Registration = serde_json::from_str(text).map_err(|e| HoldingError::Invalid(e.to_string()))?;
    let registration = registration.without_blanks();
    check(pack, &registration)?;
    let day = moment(&registration, None).unwrap_or(tx.now()).with_timezone(&packs::time_zone(tx)?).date_naive();
    if let Some(stranger) = registration.sides.keys().find(|number| !registration.subjects.contains(number)) {
        return Err(HoldingError::Invalid(format!("sides: `{stranger}` is not among the subjects")));
    }
    let mut subjects: Vec<Named> = Vec::with_capacity(registration.subjects.len());
    for staff_number in &registration.subjects {
        if !people.contains_key(staff_number) {
            let found = people::with_staff_number(tx, staff_number)?;
            people.insert(staff_number.clone(), found);
        }
        let subject = who_had(&people[staff_number], day);
        let subject = subject.ok_or_else(|| HoldingError::UnknownSubject(staff_number.clone()))?;
        let own = registration.sides.get(staff_number);
        let facts = SideFacts::read(&registration.class, &registration.facts, own)?;
        match subjects.iter_mut().find(|known: &&mut Named| known.subject == subject) {
            Some(known) => known.staff_numbers.push(staff_number.clone()),
            None => subjects.push(Named { subject, staff_numbers: vec![staff_number.clone()], facts }),
        }
    }
    Ok(Line { number, registration, subjects })
}

/// Who had a staff number on a day: a number may be given to somebody else later. Newest first go in.
fn who_had(memberships: &[Membership], day: NaiveDate) -> Option<SubjectId> {
    let then = memberships.iter().find(|m| m.first_day <= day).or(memberships.last());
    then.map(|m| m.subject_id)
}

/// Refuses what no index can hold.
pub(super) fn check_locator(locator: &str) -> Result<(), HoldingError> {
    if locator.is_empty() || locator.len() > MAX_LOCATOR || locator.contains('\0') {
        return Err(HoldingError::Invalid(format!("locator: 1 to {MAX_LOCATOR} bytes, none of them NUL")));
    }
    Ok(())
}

fn check(pack: &Pack, r: &Registration) -> Result<(), HoldingError> {
    if pack.class(&r.class).is_none() {
        return Err(HoldingError::UnknownClass(r.class.clone()));
    }
    check_locator(&r.locator)?;
    if r.facts.contains_key("class") || r.sides.values().any(|side| side.contains_key("class")) {
        return Err(HoldingError::Invalid("facts: the class is said beside them, not in them".into()));
    }
    if !COUNTS.contains(&r.items) || !COUNTS.contains(&r.bytes) {
        return Err(HoldingError::Invalid(format!("items and bytes are counts: 0 to {}", COUNTS.end())));
    }
    if let (Some(first), Some(last)) = (r.first_at, r.last_at)
        && last < first
    {
        return Err(HoldingError::Invalid("last_at is before first_at".into()));
    }
    match r.subjects.len() {
        0 => Err(HoldingError::NoSubject),
        n if n > MAX_SUBJECTS => Err(HoldingError::TooManySubjects(n)),
        _ => Ok(()),
    }
}

fn upsert(
    tx: &mut TenantTx<'_>,
    pack: &Pack,
    connector: ConnectorId,
    lines: Vec<Line>,
    report: &mut RegistrationReport,
) -> Stored<()> {
    let locators: Vec<String> = lines.iter().map(|l| l.registration.locator.clone()).collect();
    let known: HashMap<String, Holding> =
        store::by_locators(tx, connector, &locators)?.into_iter().map(|h| (h.locator.clone(), h)).collect();
    let ids: Vec<HoldingId> = known.values().map(|h| h.id).collect();
    let mut sides: HashMap<HoldingId, Vec<Side>> = HashMap::new();
    for side in store::sides_of(tx, &ids)? {
        sides.entry(side.holding_id).or_default().push(side);
    }
    let mut new = Vec::new();
    let mut to_rule = Vec::new();
    for mut line in lines {
        let said = if line.registration.corrected { Said::Corrected } else { Said::Now };
        let mut before = known.get(&line.registration.locator);
        if let Some(gone) = before.filter(|h| is_gone(h.state)) {
            let at = moment(&line.registration, None).unwrap_or(tx.now());
            keep_those_who_stand(tx, &mut line.subjects, at)?;
            if line.subjects.is_empty() {
                report.reject(line.number, &HoldingError::Returned(gone.state.as_str()));
                raise_returned(tx, gone)?;
                continue;
            }
            before = None;
        }
        let wanted = holding_of(tx, connector, &line.registration, before)?;
        match before {
            None => {
                report.added += 1;
                new.push(wanted.clone());
            }
            Some(before) => {
                let known = sides.get(&before.id).map_or(&[][..], Vec::as_slice);
                let is_same = same(before, &wanted);
                if !is_same {
                    store::update_holding(tx, &wanted)?;
                }
                let let_go = said == Said::Corrected && leave_out(tx, &wanted, known, &line.subjects)?;
                let joins = |named: &Named| known.iter().all(|side| side.subject_id != named.subject);
                match is_same && !let_go && !line.subjects.iter().any(joins) {
                    true => report.unchanged += 1,
                    false => report.updated += 1,
                }
            }
        }
        to_rule.extend(
            line.subjects
                .into_iter()
                .map(|named| ToRule::new(wanted.clone(), named.subject, named.staff_numbers, named.facts, said)),
        );
    }
    store::insert_holdings(tx, &new)?;
    rule_sides(tx, pack, &to_rule)
}

/// Takes from those a holding was about whomever its correction does not name. What was done with a side stays as it is: it
/// was handed over, hidden or kept under an instruction. Returns whether there was anybody.
fn leave_out(tx: &mut TenantTx<'_>, holding: &Holding, known: &[Side], named: &[Named]) -> Stored<bool> {
    let is_wrong =
        |side: &&Side| side.state == SideState::Active && named.iter().all(|named| named.subject != side.subject_id);
    let wrong: Vec<SubjectId> = known.iter().filter(is_wrong).map(|side| side.subject_id).collect();
    for subject in &wrong {
        store::remove_sides(tx, *subject, &[holding.id])?;
        let record = Record::of("holdings.register").on("holding", holding.id).class(&holding.class).about(*subject);
        tx.record(record.with("left_out", true));
    }
    Ok(!wrong.is_empty())
}

fn is_gone(state: HoldingState) -> bool {
    match state {
        HoldingState::Deleted | HoldingState::Anonymised => true,
        HoldingState::Held | HoldingState::Missing => false,
    }
}

/// Nothing that was deleted returns (design: coming back opens a new membership). Under a locator that was deleted only
/// those are held anew under whose standing membership the new thing came to be.
fn keep_those_who_stand(tx: &mut TenantTx<'_>, subjects: &mut Vec<Named>, at: Ts) -> Stored<()> {
    let mut kept = Vec::with_capacity(subjects.len());
    for named in subjects.drain(..) {
        let tenures = Tenures::of(tx, named.subject)?;
        if tenures.of_moment(at, &named.staff_numbers, None).into_iter().any(stands) {
            kept.push(named);
        }
    }
    *subjects = kept;
    Ok(())
}

/// The connector still has what it had reported as deleted, or has it again: a person has to see to it.
fn raise_returned(tx: &mut TenantTx<'_>, gone: &Holding) -> Stored<()> {
    // Once, as it is raised once: whoever looks into it finds the attempt by the holding, and no list of every try.
    if attention::open_about(tx, "holding", &gone.id.to_string())?.is_empty() {
        tx.record(
            Record::of("holdings.register")
                .on("holding", gone.id)
                .class(&gone.class)
                .ended(Outcome::Refused, "holdings.returned"),
        );
    }
    attention::raise(
        tx,
        "holding.returned",
        ("holding", gone.id.to_string()),
        "holdings.returned",
        "The connector names something that was deleted or anonymised here. It is not held again; have it removed there.",
    )
}

fn moment(r: &Registration, before: Option<&Holding>) -> Option<Ts> {
    r.occurred_at.or(r.last_at).or(before.map(|h| h.occurred_at))
}

fn holding_of(
    tx: &TenantTx<'_>,
    connector: ConnectorId,
    r: &Registration,
    before: Option<&Holding>,
) -> Stored<Holding> {
    let now = tx.now();
    Ok(Holding {
        id: before.map_or_else(|| tx.new_id::<HoldingId>(), |h| h.id),
        class: r.class.clone(),
        connector_id: Some(connector),
        locator: r.locator.clone(),
        items: r.items,
        bytes: r.bytes,
        first_at: r.first_at,
        last_at: r.last_at,
        occurred_at: moment(r, before).unwrap_or(now),
        facts: serde_json::to_string(&r.facts)?,
        state: HoldingState::Held,
        created_at: before.map_or(now, |h| h.created_at),
        updated_at: now,
    })
}

fn same(a: &Holding, b: &Holding) -> bool {
    (a.class.as_str(), a.items, a.bytes, a.first_at, a.last_at, a.occurred_at, a.facts.as_str(), a.state)
        == (b.class.as_str(), b.items, b.bytes, b.first_at, b.last_at, b.occurred_at, b.facts.as_str(), b.state)
}

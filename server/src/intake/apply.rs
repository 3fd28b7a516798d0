//! Applying events: each changes memberships and departures, all in one transaction with the message's own state, so that
//! a message is applied once or not at all.

use super::error::IntakeError;
use super::event::{EventKind, HrEvent, TEST, is_test};
use super::model::MessageState;
use super::store::{self, Fate};
use super::{operations, store as messages};
use crate::attention;
use crate::departures;
use crate::people::{self, AccountKind, HrFacts, Joining, Leaving, Membership, MembershipState, PeopleError, Strayed};
use crate::platform::db::{StoreError, Stored, TenantTx, Ts};
use crate::platform::http::AsProblem;
use crate::platform::ids::{MessageId, SubjectId};
use crate::platform::keyring::Identifier;
use crate::platform::record::{self, Record};
use crate::platform::sign_in::{Owner, SignInError, accounts};
use crate::platform::vault;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Reads, applies and marks a message. Returns whether anything is different now.
pub(super) fn apply(tx: &mut TenantTx<'_>, id: MessageId) -> Result<bool, IntakeError> {
    let body = operations::body(tx, id)?;
    if is_test(&body) {
        let fate = Fate { state: MessageState::Applied, event: Some(TEST.into()), reason: None, staff_key: None };
        store::set_fate(tx, id, fate)?;
        tx.record(Record::of("intake.apply").on("message", id).with("event", TEST));
        return Ok(false);
    }
    let event = HrEvent::read(&body)?;
    refuse_future(tx, &event)?;
    let Outcome { state, note, moved } = apply_event(tx, &event)?;
    let key = staff_key(tx, &event.data.staff_number)?;
    let staff_key = Some(key);
    let fate = Fate { state, event: Some(event.kind.as_str().into()), reason: note.map(Into::into), staff_key };
    store::set_fate(tx, id, fate)?;
    if people::is_number_of_forgotten(tx, &event.data.staff_number)? {
        store::empty(tx, id)?;
    }
    attention::resolve_about(tx, "message", &id.to_string(), "applied")?;
    tx.record(
        Record::of("intake.apply").on("message", id).with("event", event.kind.as_str()).with("state", state.as_str()),
    );
    wake_waiting(tx, &event.data.staff_number)?;
    Ok(moved)
}

/// What became of an event.
struct Outcome {
    state: MessageState,
    /// What of it was not for us to do, for people to read.
    note: Option<&'static str>,
    /// Whether anything is different now.
    moved: bool,
}

impl Outcome {
    fn of(is_taken: bool) -> Self {
        let state = if is_taken { MessageState::Applied } else { MessageState::Superseded };
        Self { state, note: None, moved: is_taken }
    }
}

/// A word from the future would stand above everything that is said until then. A clock may be a little wrong.
fn refuse_future(tx: &TenantTx<'_>, event: &HrEvent) -> Result<(), IntakeError> {
    let most = tx.platform().config().webhooks.said_ahead;
    let ahead = event.said_at.0 - tx.now().0;
    if ahead > chrono::Duration::from_std(most).unwrap_or(chrono::Duration::MAX) {
        return Err(IntakeError::FromTheFuture { said_at: event.said_at, most });
    }
    Ok(())
}

fn apply_event(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<Outcome, IntakeError> {
    match event.kind {
        EventKind::Joined => joined(tx, event),
        EventKind::Changed => changed(tx, event),
        EventKind::Leaving | EventKind::Left => leaving(tx, event),
        EventKind::Rescinded => rescinded(tx, event),
    }
}

/// What is said about somebody, and whether saying it changed their department itself.
fn facts(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<(HrFacts, bool), IntakeError> {
    let data = &event.data;
    let department = match &data.department {
        None => None,
        Some(d) => Some(people::upsert_department(
            tx,
            &d.key,
            d.name.as_deref(),
            d.parent.as_ref().map(Option::as_deref),
            event.said_at,
        )?),
    };
    let facts = HrFacts {
        name: data.name.clone(),
        department: department.map(|d| d.id),
        position: data.position.clone(),
        manager: data.manager.clone(),
        first_day: data.first_day.filter(|_| event.kind == EventKind::Changed),
        sign_in_names: sign_in_names(event)?,
    };
    Ok((facts, department.is_some_and(|d| d.moved)))
}

fn sign_in_names(event: &HrEvent) -> Result<Vec<Identifier>, IntakeError> {
    let data = &event.data;
    let wrong = |e: crate::platform::keyring::KeyringError| PeopleError::Invalid(e.to_string());
    let mut names = Vec::new();
    if let Some(email) = &data.email {
        names.push(Identifier::email(email).map_err(wrong)?);
    }
    if let Some(phone) = &data.phone {
        names.push(Identifier::phone(phone).map_err(wrong)?);
    }
    Ok(names)
}

fn joined(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<Outcome, IntakeError> {
    let data = &event.data;
    let kind = data.account.unwrap_or(AccountKind::Personal);
    let identifiers = sign_in_names(event)?;
    let tenant = tx.tenant();
    let owner = match kind {
        AccountKind::Personal => Owner::Person,
        AccountKind::Enterprise => Owner::Tenant(tenant),
    };
    let found = tx
        .as_platform(|p| {
            let found = accounts::find_or_create(p, owner, &identifiers)?;
            accounts::note_membership(p, found.person, tenant)?;
            Ok::<_, SignInError>(found)
        })
        .map_err(|e| match e {
            SignInError::Store(e) => PeopleError::Store(e),
            SignInError::IdentifierTaken => {
                PeopleError::IdentifierTaken(identifiers.first().map_or("email", |name| name.kind().as_str()))
            }
            other => PeopleError::Invalid(other.to_string()),
        })?;
    let joining = Joining {
        person: found.person,
        account: found.account,
        account_kind: kind,
        staff_number: data.staff_number.clone(),
        first_day: data.first_day.ok_or(IntakeError::Missing("/data/first_day"))?,
        last_day: data.last_day,
        contacts: identifiers,
        facts: facts(tx, event)?.0,
        said_at: event.said_at,
    };
    let others = !people::is_about_known(tx, &joining)? && rewind(tx, &joining)?;
    if others {
        say_again(tx, &joining, |said_at| said_at <= event.said_at)?;
    }
    let m = people::hire(tx, &joining)?;
    if others {
        say_again(tx, &joining, |said_at| said_at > event.said_at)?;
    }
    for leaver in people::succeeded_by(tx, &m.staff_number)? {
        if leaver.subject_id != m.subject_id {
            departures::successor_came(tx, &leaver, m.subject_id)?;
        }
    }
    let later = people::with_staff_number(tx, &m.staff_number)?.into_iter().any(|other| other.first_day > m.first_day);
    if later && m.last_day.is_none() {
        attention::raise(
            tx,
            "membership.unended",
            ("membership", m.id.to_string()),
            "people.unended",
            "A later joining under the same staff number is known. When did this membership end? Send `member.left`.",
        )?;
    }
    Ok(Outcome::of(true))
}

/// A joining tells the words about another membership apart: those said after it and put on an earlier one, and those said
/// before a later one and put on that, as the only one there was. They are taken back from there. Returns whether there were
/// any; then everything that was said is said again, in its order.
fn rewind(tx: &mut TenantTx<'_>, joining: &Joining) -> Result<bool, IntakeError> {
    let mut any = false;
    for mut m in people::with_staff_number(tx, &joining.staff_number)? {
        let is_known = m.was_known_at(joining.said_at);
        let strayed = match m.first_day.cmp(&joining.first_day) {
            Ordering::Less if is_known => Strayed::After(joining.said_at),
            Ordering::Greater if !is_known => Strayed::BeforeJoining,
            Ordering::Less | Ordering::Equal | Ordering::Greater => continue,
        };
        if m.state == MembershipState::Departed {
            continue;
        }
        let before = m.version;
        if people::rewind(tx, &mut m, strayed)? {
            departures::rescind_of(tx, m.id)?;
        }
        any |= m.version != before;
    }
    Ok(any)
}

/// Applies once more what was applied or overtaken before, oldest word first; what cannot be any more is passed over.
fn say_again(tx: &mut TenantTx<'_>, joining: &Joining, is_asked: impl Fn(Ts) -> bool) -> Result<(), IntakeError> {
    let key = staff_key(tx, &joining.staff_number)?;
    let mut events = Vec::new();
    for id in messages::understood(tx, &key)? {
        events.push(HrEvent::read(&operations::body(tx, id)?)?);
    }
    events.retain(|event| is_asked(event.said_at));
    events.sort_by_key(|event| event.said_at);
    for event in &events {
        match apply_event(tx, event) {
            Err(e) if e.problem().status().is_server_error() || e.problem().lost_a_race() => return Err(e),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}

fn changed(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<Outcome, IntakeError> {
    let mut m = membership_of(tx, event)?;
    let (facts, department_moved) = facts(tx, event)?;
    let change = people::apply_change(tx, &mut m, &facts, event.said_at)?;
    let note = change.names_are_the_persons.then_some(PERSONS_OWN);
    Ok(Outcome { note, moved: change.moved || department_moved, ..Outcome::of(change.is_taken) })
}

/// What a message says about the e-mail or phone of a personal account changes nothing, and says so.
const PERSONS_OWN: &str =
    "people.identifiers-are-the-persons: e-mail and phone of a personal account are the person's own to change";

/// A leaver who is named as their own successor is left without one, and the message says so.
const OWN_SUCCESSOR: &str = "departures.successor-leaves: nobody takes over from themselves; the plan has no successor";

/// The membership that a word is about: of those under this staff number that had been announced when it was said, the one
/// that a last day can belong to, else the newest. An earlier one may still have to arrive, so a word that fits none waits.
fn membership_of(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<Membership, IntakeError> {
    let all = people::with_staff_number(tx, &event.data.staff_number)?;
    let announced: Vec<&Membership> = all.iter().filter(|m| m.was_known_at(event.said_at)).collect();
    let Some(last_day) = event.data.last_day else {
        return announced.first().copied().cloned().ok_or(IntakeError::Waiting);
    };
    // Better a day for the only one there is than access that nobody ends.
    let possible = if announced.is_empty() { all.last().into_iter().collect() } else { announced };
    let oldest = possible.last().ok_or(IntakeError::Waiting)?;
    let mut begun = possible.iter().filter(|m| m.first_day <= last_day);
    let newest = begun.next().ok_or(PeopleError::LeavesBeforeJoining { first: oldest.first_day, last: last_day })?;
    // Who leaves and joins on one day leaves the membership that was there.
    let before = begun.find(|m| newest.first_day == last_day && m.last_day.is_none_or(|day| day >= last_day));
    Ok((*before.unwrap_or(newest)).clone())
}

fn leaving(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<Outcome, IntakeError> {
    let m = membership_of(tx, event)?;
    let last_day = event.data.last_day.ok_or(IntakeError::Missing("/data/last_day"))?;
    if m.state == MembershipState::Departed {
        // Said again after the fact: the same day, or what was overtaken, is nothing new; another one is for a person.
        let is_old = m.last_day == Some(last_day)
            || m.leaving_at.is_some_and(|newer| (event.said_at, Some(last_day)) < (newer, m.last_day));
        return if is_old { Ok(Outcome::of(false)) } else { Err(PeopleError::Departed.into()) };
    }
    let successor = successor(tx, event)?;
    let word = Leaving {
        last_day,
        reason: event.data.reason.as_deref(),
        successor: event.data.successor.as_deref(),
        said_at: event.said_at,
    };
    let taken = people::start_leaving(tx, m, word)?;
    let m = &taken.membership;
    let is_own = successor == Some(m.subject_id);
    if m.last_day.is_some() && (taken.day || taken.successor) {
        departures::open(tx, m, successor.filter(|_| taken.successor && !is_own))?;
        attention::resolve_about(tx, "membership", &m.id.to_string(), "its last day is known")?;
    }
    let note = is_own.then_some(OWN_SUCCESSOR);
    Ok(Outcome { note, ..Outcome::of(taken.day || taken.successor || taken.reason) })
}

/// A successor whom nobody knows yet is left open: the plan then asks for one.
fn successor(tx: &mut TenantTx<'_>, event: &HrEvent) -> Stored<Option<SubjectId>> {
    match &event.data.successor {
        None => Ok(None),
        Some(number) => Ok(people::active_by_staff_number(tx, number)?.map(|m| m.subject_id)),
    }
}

fn rescinded(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<Outcome, IntakeError> {
    let m = membership_of(tx, event)?;
    let id = m.id;
    let is_newest_word = m.leaving_at.is_none_or(|newer| event.said_at > newer);
    if m.state == MembershipState::Departed && is_newest_word && !departures::is_open(tx, id)? {
        // Everything of it is done: coming back is a joining, and nothing that was deleted returns.
        return Err(PeopleError::Departed.into());
    }
    let taken = people::rescind_leaving(tx, m, event.said_at)?;
    if taken.day {
        departures::rescind_of(tx, id)?;
    } else if taken.successor {
        departures::without_successor(tx, id)?;
    }
    Ok(Outcome::of(taken.day || taken.successor || taken.reason))
}

/// Keeps a message that could not be applied, with its reason, and tells a person.
pub(super) fn keep_aside(tx: &mut TenantTx<'_>, id: MessageId, why: &IntakeError) -> Result<(), IntakeError> {
    let event = operations::body(tx, id).ok().and_then(|b| HrEvent::read(&b).ok());
    let (state, staff_key) = match (why, &event) {
        (IntakeError::Waiting, Some(event)) => (MessageState::Waiting, Some(staff_key(tx, &event.data.staff_number)?)),
        // The next word about them may mend what was in the way. One from the future is for a person alone.
        (IntakeError::FromTheFuture { .. }, _) | (_, None) => (MessageState::Rejected, None),
        (_, Some(event)) => (MessageState::Rejected, Some(staff_key(tx, &event.data.staff_number)?)),
    };
    let problem = why.problem();
    let reason = Some(format!("{}: {why}", problem.code()).chars().take(500).collect());
    let kind = event.as_ref().map(|e| e.kind.as_str().to_owned());
    messages::set_fate(tx, id, Fate { state, event: kind, reason, staff_key })?;
    let attention_kind = if state == MessageState::Waiting { "message.waiting" } else { "message.rejected" };
    attention::raise(tx, attention_kind, ("message", id.to_string()), problem.code(), &why.to_string())?;
    tx.record(
        Record::of("intake.apply")
            .on("message", id)
            .ended(record::Outcome::Failed, problem.code())
            .citing(problem.clauses())
            .with("state", state.as_str()),
    );
    Ok(())
}

/// Somebody was forgotten: what the HR system had said of them goes too, and what it said of whoever else had their staff
/// numbers stays. Returns how many messages were emptied.
pub fn forget(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<usize> {
    let numbers: BTreeSet<String> =
        people::memberships_of_subject(tx, subject)?.into_iter().map(|m| m.staff_number).collect();
    let mut emptied = 0;
    for number in numbers {
        let all = people::with_staff_number(tx, &number)?;
        let is_theirs_alone = all.iter().all(|m| m.subject_id == subject);
        let key = staff_key(tx, &number).map_err(as_stored)?;
        let mut after = None;
        loop {
            let some = messages::about(tx, &key, after)?;
            let Some(last) = some.last() else { break };
            after = Some(*last);
            for id in some {
                if is_theirs_alone || is_about(tx, id, &all, subject)? {
                    messages::empty(tx, id)?;
                    emptied += 1;
                }
            }
        }
    }
    Ok(emptied)
}

/// Whether a message is about one of those who had a staff number: the one who had been announced last when it was said.
fn is_about(tx: &mut TenantTx<'_>, id: MessageId, all: &[Membership], subject: SubjectId) -> Stored<bool> {
    let body = operations::body(tx, id).map_err(as_stored)?;
    let Ok(event) = HrEvent::read(&body) else { return Ok(false) };
    let of = all.iter().find(|m| m.was_known_at(event.said_at)).or(all.last());
    Ok(of.is_some_and(|m| m.subject_id == subject))
}

fn as_stored(e: IntakeError) -> StoreError {
    match e {
        IntakeError::Store(e) => e,
        other => StoreError::Unreadable(other.to_string()),
    }
}

/// A keyed index, so that the table of messages names nobody.
fn staff_key(tx: &mut TenantTx<'_>, staff_number: &str) -> Result<Vec<u8>, IntakeError> {
    let wrong = |e: crate::platform::keyring::KeyringError| PeopleError::Invalid(e.to_string());
    let identifier = Identifier::staff_number(staff_number).map_err(wrong)?;
    Ok(vault::tenant_key(tx)?.blind_index_key().index(&identifier).as_bytes().to_vec())
}

/// Something holds that was said about somebody: what could not be applied before may be now.
fn wake_waiting(tx: &mut TenantTx<'_>, staff_number: &str) -> Result<(), IntakeError> {
    let key = staff_key(tx, staff_number)?;
    for id in messages::waiting_for(tx, &key)? {
        messages::to_received(tx, id)?;
    }
    operations::enqueue(tx)?;
    Ok(())
}

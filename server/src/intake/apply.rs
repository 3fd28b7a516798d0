//! Applying events: each changes memberships and departures, all in one transaction with the message's own state, so that
//! a message is applied once or not at all.

use super::error::IntakeError;
use super::event::{EventKind, HrEvent, TEST, is_test};
use super::model::MessageState;
use super::store::{self, Fate};
use super::{operations, store as messages};
use crate::attention;
use crate::departures;
use crate::people::{self, AccountKind, HrFacts, Joining, Membership, MembershipState, PeopleError};
use crate::platform::db::{Stored, TenantTx};
use crate::platform::http::AsProblem;
use crate::platform::ids::{MessageId, SubjectId};
use crate::platform::keyring::Identifier;
use crate::platform::record::{Outcome, Record};
use crate::platform::sign_in::{Owner, SignInError, accounts};
use crate::platform::vault;

/// Reads, applies and marks a message.
pub(super) fn apply(tx: &mut TenantTx<'_>, id: MessageId) -> Result<(), IntakeError> {
    let body = operations::body(tx, id)?;
    if is_test(&body) {
        let fate = Fate { state: MessageState::Applied, event: Some(TEST.into()), reason: None, staff_key: None };
        store::set_fate(tx, id, fate)?;
        tx.record(Record::of("intake.apply").on("message", id).with("event", TEST));
        return Ok(());
    }
    let event = HrEvent::read(&body)?;
    let state = apply_event(tx, &event)?;
    let fate = Fate { state, event: Some(event.kind.as_str().into()), reason: None, staff_key: None };
    store::set_fate(tx, id, fate)?;
    attention::resolve_about(tx, "message", &id.to_string(), "applied")?;
    tx.record(
        Record::of("intake.apply").on("message", id).with("event", event.kind.as_str()).with("state", state.as_str()),
    );
    if event.kind == EventKind::Joined {
        wake_waiting(tx, &event.data.staff_number)?;
    }
    Ok(())
}

fn apply_event(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<MessageState, IntakeError> {
    match event.kind {
        EventKind::Joined => joined(tx, event),
        EventKind::Changed => changed(tx, event),
        EventKind::Leaving | EventKind::Left => leaving(tx, event),
        EventKind::Rescinded => rescinded(tx, event),
    }
}

fn facts(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<HrFacts, IntakeError> {
    let data = &event.data;
    let department = match &data.department {
        None => None,
        Some(d) => Some(people::upsert_department(tx, &d.key, d.name.as_deref(), d.parent.as_deref())?),
    };
    Ok(HrFacts { name: data.name.clone(), department, position: data.position.clone(), manager: data.manager.clone() })
}

fn joined(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<MessageState, IntakeError> {
    let data = &event.data;
    let kind = data.account.unwrap_or(AccountKind::Personal);
    let mut identifiers = Vec::new();
    let wrong = |e: crate::platform::keyring::KeyringError| PeopleError::Invalid(e.to_string());
    if let Some(email) = &data.email {
        identifiers.push(Identifier::email(email).map_err(wrong)?);
    }
    if let Some(phone) = &data.phone {
        identifiers.push(Identifier::phone(phone).map_err(wrong)?);
    }
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
            other => PeopleError::Invalid(other.to_string()),
        })?;
    let joining = Joining {
        person: found.person,
        account: found.account,
        account_kind: kind,
        staff_number: data.staff_number.clone(),
        first_day: data.first_day.ok_or(IntakeError::Missing("/data/first_day"))?,
        contacts: identifiers,
        facts: facts(tx, event)?,
        said_at: event.said_at,
    };
    people::hire(tx, &joining)?;
    Ok(MessageState::Applied)
}

fn changed(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<MessageState, IntakeError> {
    let mut m = people::newest_by_staff_number(tx, &event.data.staff_number)?.ok_or(IntakeError::Waiting)?;
    let facts = facts(tx, event)?;
    let applied = people::apply_change(tx, &mut m, &facts, event.said_at)?;
    Ok(if applied { MessageState::Applied } else { MessageState::Superseded })
}

/// The membership that a last day belongs to: after a rehire the older one may still be spoken about.
fn membership_of(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<Membership, IntakeError> {
    let newest = people::newest_by_staff_number(tx, &event.data.staff_number)?.ok_or(IntakeError::Waiting)?;
    let Some(last_day) = event.data.last_day else { return Ok(newest) };
    if newest.first_day <= last_day {
        return Ok(newest);
    }
    let earlier = people::memberships_of_subject(tx, newest.subject_id)?;
    Ok(earlier.into_iter().rev().find(|m| m.first_day <= last_day).unwrap_or(newest))
}

fn leaving(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<MessageState, IntakeError> {
    let m = membership_of(tx, event)?;
    let last_day = event.data.last_day.ok_or(IntakeError::Missing("/data/last_day"))?;
    if m.state == MembershipState::Departed {
        // Said again after the fact: the same day is nothing new, another one is for a person to look at.
        return if m.last_day == Some(last_day) {
            Ok(MessageState::Superseded)
        } else {
            Err(PeopleError::Departed.into())
        };
    }
    let successor = successor(tx, event)?;
    match people::start_leaving(tx, m, last_day, event.data.reason.as_deref(), event.said_at)? {
        None => Ok(MessageState::Superseded),
        Some(m) => {
            departures::open(tx, &m, successor)?;
            Ok(MessageState::Applied)
        }
    }
}

/// A successor whom nobody knows yet is left open: the plan then asks for one.
fn successor(tx: &mut TenantTx<'_>, event: &HrEvent) -> Stored<Option<SubjectId>> {
    match &event.data.successor {
        None => Ok(None),
        Some(number) => Ok(people::active_by_staff_number(tx, number)?.map(|m| m.subject_id)),
    }
}

fn rescinded(tx: &mut TenantTx<'_>, event: &HrEvent) -> Result<MessageState, IntakeError> {
    let m = membership_of(tx, event)?;
    let id = m.id;
    let is_newest_word = m.leaving_at.is_none_or(|newer| event.said_at >= newer);
    if m.state == MembershipState::Departed && is_newest_word && !departures::is_open(tx, id)? {
        // Everything of it is done: coming back is a joining, and nothing that was deleted returns.
        return Err(PeopleError::Departed.into());
    }
    match people::rescind_leaving(tx, m, event.said_at)? {
        None => Ok(MessageState::Superseded),
        Some(_) => {
            departures::rescind_of(tx, id)?;
            Ok(MessageState::Applied)
        }
    }
}

/// Keeps a message that could not be applied, with its reason, and tells a person.
pub(super) fn keep_aside(tx: &mut TenantTx<'_>, id: MessageId, why: &IntakeError) -> Result<(), IntakeError> {
    let event = operations::body(tx, id).ok().and_then(|b| HrEvent::read(&b).ok());
    let (state, staff_key) = match (why, &event) {
        (IntakeError::Waiting, Some(event)) => (MessageState::Waiting, Some(staff_key(tx, &event.data.staff_number)?)),
        (_, _) => (MessageState::Rejected, None),
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
            .ended(Outcome::Failed, problem.code())
            .citing(problem.clauses())
            .with("state", state.as_str()),
    );
    Ok(())
}

/// A keyed index, so that the table of messages names nobody.
fn staff_key(tx: &mut TenantTx<'_>, staff_number: &str) -> Result<Vec<u8>, IntakeError> {
    let wrong = |e: crate::platform::keyring::KeyringError| PeopleError::Invalid(e.to_string());
    let identifier = Identifier::staff_number(staff_number).map_err(wrong)?;
    Ok(vault::tenant_key(tx)?.blind_index_key().index(&identifier).as_bytes().to_vec())
}

/// Somebody has joined: what was said about them before can be applied now.
fn wake_waiting(tx: &mut TenantTx<'_>, staff_number: &str) -> Result<(), IntakeError> {
    let key = staff_key(tx, staff_number)?;
    for id in messages::waiting_for(tx, &key)? {
        messages::to_received(tx, id)?;
    }
    operations::enqueue(tx)?;
    Ok(())
}

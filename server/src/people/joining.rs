//! Joining: a membership is opened, or a word about one that is known is recognised as that.

use super::error::PeopleError;
use super::model::{AccountKind, Membership, MembershipState};
use super::operations::{HrFacts, apply_change, keep_contacts, manager, rename_unless_later};
use super::said::{Said, at_joining};
use super::store;
use crate::platform::db::{TenantTx, Ts};
use crate::platform::ids::{AccountId, PersonId, SubjectId};
use crate::platform::keyring::Identifier;
use crate::platform::record::Record;
use chrono::NaiveDate;

/// Somebody joins.
#[derive(Debug, Clone)]
pub struct Joining {
    /// The human being, found by the account's identifiers or new.
    pub person: PersonId,
    /// The account they will act with.
    pub account: AccountId,
    /// Whose account that is.
    pub account_kind: AccountKind,
    /// 工号.
    pub staff_number: String,
    /// Their first day of work.
    pub first_day: NaiveDate,
    /// Their last day of work, where it is said with the joining: what was over before another began is not that one.
    pub last_day: Option<NaiveDate>,
    /// By what the organisation knows them: e-mail addresses and phone numbers. Kept as a keyed index alone.
    pub contacts: Vec<Identifier>,
    /// Everything else.
    pub facts: HrFacts,
    /// When the HR system said so.
    pub said_at: Ts,
}

/// Opens a membership. A repeat of the same joining returns the one that there is; coming back after a last day opens a new
/// one for the same subject, and nothing that was deleted returns. One that began before another with this staff number may
/// arrive after it; one that is said anew with another first day corrects the one that there is.
pub fn hire(tx: &mut TenantTx<'_>, joining: &Joining) -> Result<Membership, PeopleError> {
    let before = store::by_staff_number(tx, &joining.staff_number)?;
    if let Some((mut same, about)) = known_membership(tx, joining, &before)? {
        same.joined_at = Some(same.joined_at.unwrap_or(same.created_at).min(joining.said_at));
        let corrected = (about == About::Corrected).then_some(joining.first_day);
        let facts = HrFacts { sign_in_names: Vec::new(), first_day: corrected, ..joining.facts.clone() };
        keep_contacts(tx, same.id, &joining.contacts)?;
        if !apply_change(tx, &mut same, &facts, at_joining(joining.said_at))?.is_taken {
            store::save_membership(tx, &mut same)?;
        }
        return Ok(same);
    }
    if let Some(open) = before.iter().find(|m| still_there(m, joining.first_day)) {
        return Err(PeopleError::AlreadyMember { since: open.first_day });
    }
    let subject = subject_for(tx, joining.person)?;
    let facts = &joining.facts;
    let said_at = at_joining(joining.said_at);
    let at = |is_said: bool| is_said.then_some(said_at);
    let said = Said {
        name: at(facts.name.is_some()),
        department: at(facts.department.is_some()),
        position: at(facts.position.is_some()),
        manager: at(facts.manager.is_some()),
        email: Some(said_at),
        phone: Some(said_at),
        first_day: Some(said_at),
        ..Said::default()
    };
    if let Some(name) = &facts.name {
        rename_unless_later(tx, subject, None, name, said_at)?;
    }
    let membership = Membership {
        id: tx.new_id(),
        subject_id: subject,
        account_id: Some(joining.account),
        account_kind: joining.account_kind,
        staff_number: joining.staff_number.clone(),
        department_id: facts.department,
        position: facts.position.clone().unwrap_or_default(),
        manager_id: manager(tx, facts)?,
        manager_number: facts.manager.clone(),
        successor_number: None,
        first_day: joining.first_day,
        last_day: None,
        ends_at: None,
        leave_reason: None,
        state: MembershipState::Employed,
        facts_at: joining.said_at,
        leaving_at: None,
        joined_at: Some(joining.said_at),
        said: said.text()?,
        created_at: tx.now(),
        version: 1,
    };
    store::insert_membership(tx, &membership)?;
    store::report_to(tx, &membership)?;
    keep_contacts(tx, membership.id, &joining.contacts)?;
    tx.record(
        Record::of("members.join")
            .on("membership", membership.id)
            .about(subject)
            .with("first_day", membership.first_day.to_string())
            .with("account", membership.account_kind.as_str())
            .with("again", before.iter().any(|m| m.subject_id == subject)),
    );
    Ok(membership)
}

/// What a joining says about a membership that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// The same again, or a first day that something newer was said about.
    Same,
    /// Another first day.
    Corrected,
}

/// The membership that a joining is about, where it is one that is known. It can be told by when both were said: who comes
/// back, or has been here before, is announced in that order; a first day that is earlier and said later is a correction,
/// unless another membership lies between.
fn known_membership(
    tx: &mut TenantTx<'_>,
    joining: &Joining,
    all: &[Membership],
) -> Result<Option<(Membership, About)>, PeopleError> {
    let Some(subject) = store::find_subject_of_person(tx, joining.person)? else { return Ok(None) };
    let own = || all.iter().filter(|m| m.subject_id == subject);
    if let Some(same) = own().find(|m| m.first_day == joining.first_day) {
        return Ok(Some((same.clone(), About::Same)));
    }
    // Newest first: the one that begins next after the day that is said, and the one that began last before it.
    let is_over = |m: &&Membership| joining.last_day.is_some_and(|last| last <= m.first_day);
    let next = own().rfind(|m| m.first_day > joining.first_day).filter(|m| !is_over(m));
    let previous = own().find(|m| m.first_day < joining.first_day);
    let was_known = |m: &Membership| m.joined_at.unwrap_or(m.created_at) <= joining.said_at;
    for m in next.into_iter().chain(previous) {
        let corrected_at = Said::of(m)?.first_day;
        if was_known(m) && corrected_at.is_some_and(|at| at > joining.said_at) {
            return Ok(Some((m.clone(), About::Same)));
        }
    }
    match next {
        Some(m) if was_known(m) => {
            refuse_overlap(all, m, joining.first_day)?;
            Ok(Some((m.clone(), About::Corrected)))
        }
        Some(_) | None => Ok(None),
    }
}

/// Whether a joining says something else about the first day of a membership that is known.
///
/// # Errors
/// When it would reach into another membership.
pub fn is_about_known(tx: &mut TenantTx<'_>, joining: &Joining) -> Result<bool, PeopleError> {
    let all = store::by_staff_number(tx, &joining.staff_number)?;
    Ok(known_membership(tx, joining, &all)?.is_some_and(|(m, _)| m.first_day != joining.first_day))
}

/// A corrected first day must not reach into another membership with the same staff number.
pub(super) fn refuse_overlap(all: &[Membership], m: &Membership, first_day: NaiveDate) -> Result<(), PeopleError> {
    let overlaps = |o: &&Membership| {
        let is_before = o.first_day < m.first_day && o.last_day.is_none_or(|last| last > first_day);
        let is_after = o.first_day > m.first_day && o.first_day <= first_day;
        o.id != m.id && (is_before || is_after)
    };
    match all.iter().find(overlaps) {
        Some(other) => Err(PeopleError::AlreadyMember { since: other.first_day }),
        None => Ok(()),
    }
}

/// Whether a membership with the same staff number stands on `day`, so that no other one can begin then. One that begins
/// later stands in nobody's way.
fn still_there(m: &Membership, day: NaiveDate) -> bool {
    m.first_day <= day && m.last_day.is_none_or(|last| last > day)
}

/// The subject of a person, known or new.
fn subject_for(tx: &mut TenantTx<'_>, person: PersonId) -> Result<SubjectId, PeopleError> {
    if let Some(known) = store::find_subject_of_person(tx, person)? {
        return Ok(known);
    }
    let subject = store::Subject { id: tx.new_id(), person_id: person, sealed_name: None, created_at: tx.now() };
    store::insert_subject(tx, &subject)?;
    Ok(subject.id)
}

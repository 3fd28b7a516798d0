//! Leaving and staying after all, thing by thing as far as nothing newer was said.

use super::error::PeopleError;
use super::model::{Membership, MembershipState};
use super::said::{Said, at_joining, holds_over};
use super::{roles, store};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::record::Record;
use chrono::NaiveDate;

/// Somebody leaves.
#[derive(Debug, Clone, Copy)]
pub struct Leaving<'a> {
    /// The last day of work.
    pub last_day: NaiveDate,
    /// Why, as a code.
    pub reason: Option<&'a str>,
    /// Who takes over, by staff number, where it was said.
    pub successor: Option<&'a str>,
    /// When it was said.
    pub said_at: Ts,
}

/// What of a word about leaving holds; of the rest something newer was said.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The membership as it is now.
    pub membership: Membership,
    /// Whether the day, or the staying, holds.
    pub day: bool,
    /// Whether what it says, or takes back, about a successor holds.
    pub successor: bool,
    /// Whether its reason holds.
    pub reason: bool,
}

/// The membership gets its last day, or another one, thing by thing as far as nothing newer was said.
pub fn start_leaving(tx: &mut TenantTx<'_>, mut m: Membership, leaving: Leaving<'_>) -> Result<Taken, PeopleError> {
    let Leaving { last_day, reason, successor, said_at } = leaving;
    if last_day < m.first_day {
        return Err(PeopleError::LeavesBeforeJoining { first: m.first_day, last: last_day });
    }
    let mut said = Said::of(&m)?;
    let word = reason.map(str::to_owned);
    let takes_reason = word.is_some() && holds_over(&mut said.reason, said_at, &word, &m.leave_reason);
    if takes_reason {
        m.leave_reason = reason.map(str::to_owned);
    }
    let named = successor.map(str::to_owned);
    let successor = named.is_some() && holds_over(&mut said.successor, said_at, &named, &m.successor_number);
    if successor {
        m.successor_number = named;
    }
    let day = holds_over(&mut m.leaving_at, said_at, &Some(last_day), &m.last_day);
    if day {
        if m.last_day != Some(last_day) || m.ends_at.is_none() {
            m.ends_at = roles::end_of(tx, Some(last_day))?;
        }
        m.last_day = Some(last_day);
        if m.state == MembershipState::Employed {
            m.state = MembershipState::Leaving;
        }
    }
    if day || successor || takes_reason {
        m.said = said.text()?;
        store::save_membership(tx, &mut m)?;
        let record = Record::of("members.leave").on("membership", m.id).about(m.subject_id);
        tx.record(record.with("last_day", m.last_day.map(|day| day.to_string()).unwrap_or_default()));
    }
    Ok(Taken { membership: m, day, successor, reason: takes_reason })
}

/// They stay after all: the day, the reason and the successor that were said before are taken back.
///
/// # Errors
/// [`PeopleError::CameBack`] where another membership with this staff number began since: one person would have two, and
/// the access of one of them no end.
pub fn rescind_leaving(tx: &mut TenantTx<'_>, mut m: Membership, said_at: Ts) -> Result<Taken, PeopleError> {
    let mut said = Said::of(&m)?;
    if m.last_day.is_some() && m.leaving_at.is_none_or(|last| said_at > last) {
        let all = store::by_staff_number(tx, &m.staff_number)?;
        if let Some(later) = all.iter().find(|other| other.id != m.id && other.first_day >= m.first_day) {
            return Err(PeopleError::CameBack { since: later.first_day });
        }
    }
    // Of a last day and a staying of one instant the last day holds, in either order: access that nobody ends is worse.
    let reason = holds_over(&mut said.reason, said_at, &None, &m.leave_reason);
    if reason {
        m.leave_reason = None;
    }
    let successor = holds_over(&mut said.successor, said_at, &None, &m.successor_number);
    if successor {
        m.successor_number = None;
    }
    let day = holds_over(&mut m.leaving_at, said_at, &None, &m.last_day);
    if day {
        m.last_day = None;
        m.ends_at = None;
        m.state = MembershipState::Employed;
        tx.record(Record::of("members.stay").on("membership", m.id).about(m.subject_id));
    }
    if day || reason || successor {
        m.said = said.text()?;
        store::save_membership(tx, &mut m)?;
    }
    Ok(Taken { membership: m, day, successor, reason })
}

/// Which words about a membership turned out to be about another one.
#[derive(Debug, Clone, Copy)]
pub enum Strayed {
    /// Those said after this instant: a later membership was announced then.
    After(Ts),
    /// Those said before the joining: an earlier membership was known then.
    BeforeJoining,
}

/// Takes back words that turned out to be about another membership. Returns whether one about leaving was among them. What
/// has ended is not begun again.
pub fn rewind(tx: &mut TenantTx<'_>, m: &mut Membership, which: Strayed) -> Result<bool, PeopleError> {
    let mut said = Said::of(m)?;
    let before = said.clone();
    let joined = at_joining(m.joined_at.unwrap_or(m.created_at));
    let strayed = |at: Ts| match which {
        Strayed::After(then) => at > then,
        Strayed::BeforeJoining => at < joined,
    };
    let late = |last: &mut Option<Ts>| last.take_if(|at| strayed(*at)).is_some();
    if late(&mut said.department) {
        m.department_id = None;
    }
    if late(&mut said.position) {
        m.position.clear();
    }
    if late(&mut said.manager) {
        m.manager_id = None;
        m.manager_number = None;
    }
    if late(&mut said.reason) {
        m.leave_reason = None;
    }
    if late(&mut said.successor) {
        m.successor_number = None;
    }
    let leaving = late(&mut m.leaving_at);
    if leaving {
        m.last_day = None;
        m.ends_at = None;
        m.state = MembershipState::Employed;
    }
    if leaving || said != before {
        m.said = said.text()?;
        store::save_membership(tx, m)?;
    }
    Ok(leaving)
}

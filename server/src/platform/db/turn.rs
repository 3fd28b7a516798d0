//! Taking turns. What was read has to be true still when it is acted on: that no hold was placed, that an instruction is in
//! force, that a plan has these lines. SQLite has one writer, so it is. PostgreSQL runs transactions beside each other;
//! there, work of one tenant whose reads decide takes a turn: a lock that begins before its first read and ends with its
//! commit (docs/decisions/0031).
//!
//! Nobody has to remember it. The store functions that change what others decide by say which turn they need; work that
//! began without runs again from its start with it, and from then on the same kind of work begins with it.

use super::{AnyConnection, Stored};
use crate::platform::ids::{Id, TenantId};
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How far a transaction has its tenant to itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// Not at all: reads, and writes that nobody decides by.
    #[default]
    Beside,
    /// Beside others of its kind, never beside one that is alone: registrations.
    Together,
    /// Alone among those who take a turn: who joins and leaves, plans, instructions, holds, and what is carried out.
    Alone,
}

/// A kind of work: the act and the kind of its object, or the job's kind.
pub(in crate::platform) type Work = (&'static str, &'static str);

/// Which turn each kind of work turned out to need since the start of this process.
#[derive(Default)]
pub(in crate::platform) struct Turns(Mutex<HashMap<Work, Turn>>);

impl Turns {
    pub(super) fn of(&self, work: Work) -> Turn {
        self.lock().get(&work).copied().unwrap_or_default()
    }

    pub(super) fn learn(&self, work: Work, turn: Turn) {
        let mut turns = self.lock();
        let known = turns.entry(work).or_default();
        *known = turn.max(*known);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Work, Turn>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sets this lock apart from others: that of the migrations is a small number.
const TURNS: u64 = 0x7475_726e_7300_0000;

/// Waits for the turn, which lasts until the end of the transaction. On SQLite whoever writes is alone already.
pub(super) fn take(conn: &mut AnyConnection, tenant: TenantId, turn: Turn) -> Stored<()> {
    let AnyConnection::Pg(pg) = conn else { return Ok(()) };
    let lock = match turn {
        Turn::Beside => return Ok(()),
        Turn::Together => "SELECT pg_advisory_xact_lock_shared($1)",
        Turn::Alone => "SELECT pg_advisory_xact_lock($1)",
    };
    // The lower half of the id is its random part. Two tenants with one key would wait for each other, and no more.
    let key = tenant.uuid().as_u64_pair().1 ^ TURNS;
    diesel::sql_query(lock).bind::<diesel::sql_types::BigInt, _>(key.cast_signed()).execute(pg)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_work_begins_with_the_greatest_turn_it_ever_needed() {
        let (turns, approve) = (Turns::default(), ("departures.approve", "departure"));
        assert_eq!(turns.of(approve), Turn::Beside);
        turns.learn(approve, Turn::Alone);
        turns.learn(approve, Turn::Together);
        assert_eq!(turns.of(approve), Turn::Alone);
        assert_eq!(turns.of(("departures.approve", "")), Turn::Beside, "and no other kind does");
    }
}

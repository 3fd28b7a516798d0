//! Under which membership a side came to be. Where one person has had several, the departure of one takes its own sides and
//! no others; what may belong to another one that still stands is shown and left alone.

use super::model::{Holding, Side};
use crate::packs;
use crate::people::{self, AccountKind, Membership, MembershipState};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{MembershipId, SubjectId};
use chrono::NaiveDate;
use policy_model::facts::Account;
use policy_model::tenure::{Tenure, of_moment};

/// All tenures of one person here, oldest first.
#[derive(Debug, Clone)]
pub(super) struct Tenures {
    all: Vec<Membership>,
    tz: chrono_tz::Tz,
}

/// What a departure has to do with a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// It is this membership's.
    Own,
    /// It may be, or it is another one's that still stands.
    Unclear,
    /// It is another one's.
    Others,
}

impl Tenures {
    pub(super) fn of(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Self> {
        Ok(Self { all: people::memberships_of_subject(tx, subject)?, tz: packs::time_zone(tx)? })
    }

    /// The civil day of an instant.
    pub(super) fn day(&self, at: Ts) -> NaiveDate {
        at.with_timezone(&self.tz).date_naive()
    }

    /// Those that something of this moment may belong to. One, where it can be told.
    pub(super) fn of_moment(&self, at: Ts, named: &[String], account: Option<Account>) -> Vec<&Membership> {
        let tenures: Vec<Tenure> = self
            .all
            .iter()
            .map(|m| Tenure {
                first_day: m.first_day,
                last_day: m.last_day,
                account: match m.account_kind {
                    AccountKind::Enterprise => Account::Enterprise,
                    AccountKind::Personal => Account::Personal,
                },
                is_named: named.contains(&m.staff_number),
            })
            .collect();
        of_moment(&tenures, self.day(at), account).into_iter().filter_map(|n| self.all.get(n)).collect()
    }

    pub(super) fn find(&self, id: MembershipId) -> Option<&Membership> {
        self.all.iter().find(|m| m.id == id)
    }

    /// Whether a side is one membership's. One that was registered before sides belonged to memberships is told by its
    /// moment.
    pub(super) fn share(&self, side: &Side, holding: &Holding, of: MembershipId) -> Share {
        let possible: Vec<&Membership> = match side.membership_id.and_then(|id| self.find(id)) {
            Some(known) => vec![known],
            None => self.of_moment(holding.occurred_at, &[], None),
        };
        match possible.iter().any(|m| m.id == of) {
            false => Share::Others,
            true if possible.iter().any(|m| m.id != of && stands(m)) => Share::Unclear,
            true => Share::Own,
        }
    }
}

pub(super) fn stands(m: &Membership) -> bool {
    m.state != MembershipState::Departed
}

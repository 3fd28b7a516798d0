//! What sign-in leaves in the ledger of the tenant it concerned. A tenant's record names its own membership and subject,
//! never the account or the person: two tenants that compare their ledgers must not find who is in both.

use super::entrance::{SIGN_IN, Visitor};
use super::model::{Account, Standing};
use super::store::accounts;
use crate::platform::caller::Actor;
use crate::platform::db::{PlatformTx, StoreError, Stored, Ts};
use crate::platform::ids::{SubjectId, TenantId};
use crate::platform::record::{Outcome, Record};

/// Counts a wrong password and leaves the refusal in the ledger of each tenant that the account can lead into. Wrong
/// guesses at a locked account do not prolong the lock, or anybody could keep somebody out for good.
pub(super) fn wrong_password(
    p: &mut PlatformTx<'_>,
    account: &Account,
    tenants: &[TenantId],
    act: &'static str,
    visitor: &Visitor,
) -> Stored<()> {
    let settings = &p.platform().config().sign_in;
    let now = p.now();
    let was_locked = account.is_locked(now);
    let until = Ts(*now + settings.lockout);
    let locks = !was_locked && accounts::count_failure(p, account.id, settings.lockout_attempts, until)?;
    // Of two tenants that compare their ledgers, neither is to find the other's guess by where it came from.
    let visitor = Some(visitor).filter(|_| tenants.len() == 1);
    for tenant in tenants {
        leave(p, account, *tenant, act, visitor, |record| {
            record.ended(Outcome::Refused, "sign-in.refused").with("locked", was_locked || locks)
        })?;
    }
    Ok(())
}

/// The password was right, and still there is no way in.
pub(super) fn refused(
    p: &mut PlatformTx<'_>,
    account: &Account,
    tenant: TenantId,
    reason: &'static str,
    visitor: &Visitor,
) -> Stored<()> {
    leave(p, account, tenant, SIGN_IN, Some(visitor), |record| record.ended(Outcome::Refused, reason))
}

/// It was done by somebody who has no session yet.
pub(super) fn done(
    p: &mut PlatformTx<'_>,
    account: &Account,
    tenant: TenantId,
    act: &'static str,
    visitor: &Visitor,
) -> Stored<()> {
    leave(p, account, tenant, act, Some(visitor), |record| record)
}

/// Where the account stands in a tenant.
pub(super) fn standing(p: &mut PlatformTx<'_>, account: &Account, tenant: TenantId) -> Stored<Option<Standing>> {
    let memberships = p.platform().memberships();
    p.in_tenant(tenant, Actor::Anonymous, |tx| memberships.standing(tx, account.person_id, account.id))
}

/// From where somebody came. An address leads to a person, so it stands there closed, to be forgotten with the rest.
pub(super) fn from(record: Record, subject: SubjectId, visitor: &Visitor) -> Record {
    record.personal("address", subject, visitor.address.to_string())
}

fn leave(
    p: &mut PlatformTx<'_>,
    account: &Account,
    tenant: TenantId,
    act: &'static str,
    visitor: Option<&Visitor>,
    ended: impl FnOnce(Record) -> Record,
) -> Stored<()> {
    let memberships = p.platform().memberships();
    p.in_tenant(tenant, Actor::Anonymous, |tx| {
        let mut record = Record::of(act);
        if let Some(standing) = memberships.standing(tx, account.person_id, account.id)? {
            record = record.on("membership", standing.membership).about(standing.subject);
            if let Some(visitor) = visitor {
                record = from(record, standing.subject, visitor);
            }
        }
        tx.record(ended(record));
        Ok::<_, StoreError>(())
    })
}

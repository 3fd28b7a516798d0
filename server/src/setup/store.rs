//! Steps that somebody confirmed.

use crate::platform::db::tx::tenant_table;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::MembershipId;
use diesel::prelude::*;

tenant_table! {
    setup_steps (step) { step -> Text, confirmed_at -> SqlTs, confirmed_by -> Nullable<SqlUid>, }
}

/// When a step was confirmed, and by whom.
pub(super) fn confirmed(tx: &mut TenantTx<'_>, step: &'static str) -> Stored<Option<(Ts, Option<MembershipId>)>> {
    tx.first(setup_steps::table, |rows| {
        rows.filter(setup_steps::step.eq(step)).select((setup_steps::confirmed_at, setup_steps::confirmed_by))
    })
}

/// Confirms a step; a repeat changes nothing.
pub(super) fn confirm(tx: &mut TenantTx<'_>, step: &'static str) -> Stored<()> {
    if confirmed(tx, step)?.is_some() {
        return Ok(());
    }
    let (now, by) = (tx.now(), tx.actor().membership());
    tx.add(
        setup_steps::table,
        (setup_steps::step.eq(step), setup_steps::confirmed_at.eq(now), setup_steps::confirmed_by.eq(by)),
    )
}

//! The certificate: what was done, in numbers, with the ledger's proof. It names nobody and can be verified offline.

use super::error::DepartureError;
use super::model::{Departure, LineRow, State};
use super::{store, supplement};
use crate::ledger;
use crate::orders;
use crate::packs;
use crate::people::{self, AccountKind, MembershipState};
use crate::platform::db::{StoreError, Stored, TenantTx};
use crate::platform::ids::DepartureId;
use crate::platform::sign_in::accounts;
use serde_json::{Value, json};

/// Everything is where it should be. The certificate's text is bound to the ledger by its hash; the document with proofs
/// is made by a job, because its checkpoint has to cover this very record.
pub(super) fn certify(tx: &mut TenantTx<'_>, mut d: Departure) -> Result<(), DepartureError> {
    d.state = State::Completed;
    d.finished_at = Some(tx.now());
    store::save(tx, &mut d)?;
    certify_anew(tx, &d)?;
    take_back_account(tx, &d)?;
    supplement::look_again(tx, &d)
}

/// A certificate of a completed departure as its lines stand now. It takes the place of the one before, which stays true of
/// its time and verifiable for whoever has it.
pub(super) fn certify_anew(tx: &mut TenantTx<'_>, d: &Departure) -> Result<(), DepartureError> {
    let lines = store::lines(tx, d.id)?;
    let certificate = text(tx, d, &lines)?;
    let mut objects = vec![d.id.to_string()];
    for order in orders::of_case(tx, super::submit::case(d.id))? {
        objects.push(order.id.to_string());
        objects.push(order.instruction_id.to_string());
    }
    Ok(ledger::certify(tx, ledger::Case { departure: d.id, objects }, certificate)?)
}

/// An enterprise account is taken back with the membership (dingtalk-def-17). It has led nowhere since access ended; it is
/// closed for good only now, so that somebody who stays after all finds it as it was. Another membership that is lived
/// with it keeps it open.
fn take_back_account(tx: &mut TenantTx<'_>, d: &Departure) -> Result<(), DepartureError> {
    let Some(m) = people::find_membership(tx, d.membership_id)? else { return Ok(()) };
    let (AccountKind::Enterprise, Some(account)) = (m.account_kind, m.account_id) else { return Ok(()) };
    let others = people::memberships_of_subject(tx, m.subject_id)?;
    let goes_on =
        others.iter().any(|o| o.id != m.id && o.account_id == Some(account) && o.state != MembershipState::Departed);
    if !goes_on {
        tx.as_platform(|p| accounts::close_account(p, account))?;
    }
    Ok(())
}

fn text(tx: &mut TenantTx<'_>, d: &Departure, lines: &[LineRow]) -> Stored<Value> {
    let tenant = packs::tenant(tx)?;
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    let lines: Vec<Value> = lines
        .iter()
        .map(|l| {
            json!({
                "class": l.class,
                "controller": l.controller,
                "disposition": l.disposition,
                "holdings": l.holdings,
                "items": l.items,
                "bytes": l.bytes,
                "retain_until": l.retain_until,
                "then": l.then_disposition,
                "then_on": l.then_on,
                "state": l.state,
                "clauses": parse(&l.clauses),
                "instruction": l.instruction_id,
                "order": l.order_id,
            })
        })
        .collect();
    Ok(json!({
        "title_zh": "离职数据处置证明",
        "title_en": "Certificate of data disposal on departure",
        "organisation": tenant.name,
        "tenant": tenant.id,
        "departure": d.id,
        "supplements": d.supplements,
        "subject": d.subject_id,
        "membership": d.membership_id,
        "last_day": d.last_day,
        "effective_at": d.effective_at.rfc3339(),
        "access_ended_at": d.access_ended_at.map(crate::platform::db::Ts::rfc3339),
        "completed_at": d.finished_at.map(crate::platform::db::Ts::rfc3339),
        "pack": tenant.pack,
        "lines": lines,
    }))
}

/// Stores the finished document: called by the ledger when its checkpoint covers the departure's last record.
pub fn store_certificate(tx: &mut TenantTx<'_>, id: DepartureId, document: &str) -> Stored<()> {
    let Some(mut d) = store::find(tx, id)? else {
        return Err(StoreError::Unreadable("a certificate for a departure that is not there".into()));
    };
    store::replace_certificate(tx, id, document)?;
    d.certificate_id = Some(id);
    store::save(tx, &mut d)
}

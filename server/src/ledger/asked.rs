//! Decisions, read as the questions that were put: for whoever wants to know what the answers would be under another law.

use super::store;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{HoldingId, MembershipId, SubjectId};
use policy_model::ledger::RecordBody;
use serde_json::Value;

/// The acts whose records are decisions: of an application that asked, and of a read of the vault.
const DECISIONS: [&str; 2] = ["decisions.ask", "decide"];
/// A record names so many people at most; of more, it names the first.
const MOST_NAMED: usize = 100;

/// A question that was put before, as far as its record keeps it.
#[derive(Debug, Clone)]
pub struct AskedBefore {
    /// Who would have done it.
    pub caller: MembershipId,
    /// What would have been done.
    pub operation: String,
    /// For what purpose. Absent where none was given, or none that an instruction named at the time: such words are not kept.
    pub purpose: Option<String>,
    /// Of which class.
    pub class: String,
    /// Which holding; none where a class was asked about.
    pub holding: Option<HoldingId>,
    /// Whose sides; all of the holding's where there were more than a record names.
    pub subjects: Vec<SubjectId>,
    /// By which rule it was controlled.
    pub rule: String,
    /// On how many people's data at once.
    pub people: u32,
}

impl AskedBefore {
    /// Whether a person's side was asked about.
    pub fn is_about(&self, subject: Option<SubjectId>) -> bool {
        self.subjects.len() >= MOST_NAMED || subject.is_some_and(|subject| self.subjects.contains(&subject))
    }

    /// None where the record says that nobody known asked, or about nothing known: there is nothing to put again.
    fn of(body: &RecordBody) -> Option<Self> {
        let word = |key: &str| body.detail.get(key).and_then(Value::as_str);
        let holding = body.object.as_ref().filter(|object| object.kind == "holding");
        Some(Self {
            caller: word("for")?.parse().ok()?,
            operation: word("operation")?.to_owned(),
            purpose: body.purpose.clone().filter(|purpose| !purpose.is_empty()),
            class: body.class.clone()?,
            holding: match holding {
                Some(object) => Some(object.id.parse().ok()?),
                None => None,
            },
            subjects: body.subjects.iter().filter_map(|subject| subject.parse().ok()).collect(),
            rule: word("rule").unwrap_or_default().to_owned(),
            people: body
                .detail
                .get("people")
                .and_then(Value::as_u64)
                .map_or(1, |n| u32::try_from(n).unwrap_or(u32::MAX)),
        })
    }
}

/// The newest decisions since an instant and before a place, at most `limit`, and before which place to go on; none at the end.
/// What cannot be put again is none.
pub fn asked_before(
    tx: &mut TenantTx<'_>,
    since: Ts,
    before: Option<i64>,
    limit: i64,
) -> Stored<(Vec<Option<AskedBefore>>, Option<i64>)> {
    let rows = store::newest_of_acts(tx, (&DECISIONS, since), before, limit)?;
    let is_last = i64::try_from(rows.len()).unwrap_or(i64::MAX) < limit;
    let next = rows.last().map(|row| row.seq).filter(|_| !is_last);
    let asked = rows.iter().map(|row| row.open().map(|body| AskedBefore::of(&body))).collect::<Stored<_>>()?;
    Ok((asked, next))
}

/// How many records the ledger has.
pub fn length(tx: &mut TenantTx<'_>) -> Stored<i64> {
    Ok(store::head(tx)?.map_or(0, |head| head.next_seq))
}

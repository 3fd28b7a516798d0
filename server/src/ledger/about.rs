//! What the records say about one person, as that person may be told: who did what with their data, when, for what purpose and
//! under which instruction.

use super::store;
use crate::platform::db::{StoreError, Stored, TenantTx, Ts};
use crate::platform::ids::{MembershipId, SubjectId};
use policy_model::ledger::RecordBody;
use serde_json::{Map, Value};

/// One record about a person.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its place.
    pub seq: i64,
    /// Its id.
    pub id: uuid::Uuid,
    /// When.
    pub at: Ts,
    /// `member`, `api_key`, `connector` …
    pub actor_kind: String,
    /// The member who acted, or on whose behalf an application asked.
    pub member: Option<MembershipId>,
    /// What was done.
    pub act: String,
    /// Of which class.
    pub class: Option<String>,
    /// For what purpose.
    pub purpose: Option<String>,
    /// On what it rests.
    pub instruction: Option<String>,
    /// What else belongs to it.
    pub detail: Map<String, Value>,
}

/// The newest records of these acts about a person that were done or permitted, before a place; at most `limit`.
pub fn told_about(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    acts: &[&str],
    before: Option<i64>,
    limit: i64,
) -> Stored<Vec<Told>> {
    let records = store::newest_about(tx, subject, acts, before, limit)?;
    records.iter().map(|record| told(&record.open()?)).collect()
}

fn told(body: &RecordBody) -> Stored<Told> {
    let is_member = body.actor.kind.as_str() == "member";
    let own = body.actor.id.as_deref().filter(|_| is_member);
    let member = own.or(body.detail.get("for").and_then(Value::as_str)).and_then(|id| id.parse().ok());
    Ok(Told {
        seq: store::signed(body.seq)?,
        id: body.id.parse().map_err(|_| StoreError::Unreadable(format!("record {} has no id", body.seq)))?,
        at: Ts::from(body.at),
        actor_kind: body.actor.kind.as_str().into(),
        member,
        act: body.act.clone(),
        class: body.class.clone(),
        purpose: body.purpose.clone(),
        instruction: body.instruction.clone(),
        detail: body.detail.clone(),
    })
}

//! Who used my data: when, for what purpose, under which instruction; from the records that are about me (gbt35273-8.1-b,
//! gbt35273-8.1-c). What I did myself is not in it.

use super::words::{self, ClassName, RoleName};
use crate::instructions::{self, InstructionError, Kind};
use crate::ledger::{self, Told};
use crate::packs;
use crate::people::{self, roles};
use crate::platform::attempt::Own;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{InstructionId, MembershipId};
use policy_model::pack::Pack;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What counts as use of data: a decision for one who reads, an application's question answered with yes, a package that was
/// handed over, a correction or another order carried out.
const USES: [&str; 4] = ["decide", "decisions.ask", "orders.handed-over", "orders.carry-out"];
/// Records looked through for one page.
const LOOKED_THROUGH: usize = 2_000;

/// One use of my data.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MyAccess {
    /// The place of the record: what an auditor finds it by.
    pub seq: i64,
    /// The record's id.
    #[serde(skip)]
    pub id: uuid::Uuid,
    /// When.
    pub at: Ts,
    /// Who.
    pub by: Viewer,
    /// What was done: `read`, `export`, `correct` …; or the act's name.
    pub what: String,
    /// Of which class.
    pub class: Option<ClassName>,
    /// For what purpose.
    pub purpose: Option<String>,
    /// Under which instruction, where it was one.
    pub instruction: Option<UnderInstruction>,
}

/// Who used it, as far as it may be known: colleagues know each other by name, those who have left learn the role alone.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MyViewer)]
pub struct Viewer {
    /// `member`, `api_key`, `connector`, `job` …
    pub kind: String,
    /// A colleague's name.
    pub name: Option<String>,
    /// The roles they hold now.
    pub roles: Vec<RoleName>,
}

/// The instruction that a use rests on.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UnderInstruction {
    /// Its id.
    pub id: InstructionId,
    /// Standing, exceptional or order.
    pub kind: Kind,
    /// What it orders or permits.
    pub action: String,
    /// For what purpose.
    pub purpose: String,
    /// Since when it was in force.
    pub in_force_at: Option<Ts>,
}

/// The newest uses before a place, one more than the page holds.
pub fn page(tx: &mut TenantTx<'_>, own: Own, before: Option<i64>, limit: i64) -> Stored<Vec<MyAccess>> {
    let mine: HashSet<MembershipId> =
        people::memberships_of_subject(tx, own.subject())?.into_iter().map(|m| m.id).collect();
    let wanted = usize::try_from(limit + 1).unwrap_or(usize::MAX);
    let (mut found, mut before, mut looked) = (Vec::new(), before, 0);
    while found.len() < wanted && looked < LOOKED_THROUGH {
        let some = ledger::told_about(tx, own.subject(), &USES, before, limit + 1)?;
        let Some(last) = some.last() else { break };
        before = Some(last.seq);
        looked += some.len();
        found.extend(some.into_iter().filter(|told| !told.member.is_some_and(|m| mine.contains(&m))));
    }
    found.truncate(wanted);
    shown(tx, own, found)
}

fn shown(tx: &mut TenantTx<'_>, own: Own, found: Vec<Told>) -> Stored<Vec<MyAccess>> {
    let pack = packs::in_force(tx)?;
    let viewers = viewers(tx, own, &pack, &found)?;
    let mut under: BTreeMap<InstructionId, Option<UnderInstruction>> = BTreeMap::new();
    for id in found.iter().filter_map(|t| t.instruction.as_deref()).filter_map(|id| id.parse().ok()) {
        if let Entry::Vacant(new) = under.entry(id) {
            new.insert(instruction(tx, id)?);
        }
    }
    let instruction = |told: &Told| -> Option<UnderInstruction> {
        let id: InstructionId = told.instruction.as_deref()?.parse().ok()?;
        under.get(&id).cloned().flatten()
    };
    let one = |told: &Told| MyAccess {
        seq: told.seq,
        id: told.id,
        at: told.at,
        by: told.member.and_then(|m| viewers.get(&m).cloned()).unwrap_or_else(|| Viewer {
            kind: told.actor_kind.clone(),
            name: None,
            roles: Vec::new(),
        }),
        what: what(told),
        class: told.class.as_deref().map(|key| class(&pack, key)),
        purpose: told.purpose.clone(),
        instruction: instruction(told),
    };
    Ok(found.iter().map(one).collect())
}

fn class(pack: &Pack, key: &str) -> ClassName {
    words::class_name(pack, key)
}

/// The operation or the order's action, else the act.
fn what(told: &Told) -> String {
    let word = |key: &str| told.detail.get(key).and_then(Value::as_str).map(str::to_owned);
    word("operation").or_else(|| word("action")).unwrap_or_else(|| told.act.clone())
}

fn viewers(tx: &mut TenantTx<'_>, own: Own, pack: &Pack, found: &[Told]) -> Stored<HashMap<MembershipId, Viewer>> {
    let ids: HashSet<MembershipId> = found.iter().filter_map(|t| t.member).collect();
    let ids: Vec<MembershipId> = ids.into_iter().collect();
    let members = people::memberships_by_id(tx, &ids)?;
    let subjects: Vec<_> = members.values().map(|m| m.subject_id).collect();
    let names = if own.has_left() { HashMap::new() } else { people::names(tx, &subjects)? };
    let own_roles = people::own_roles::all(tx)?;
    let mut viewers = HashMap::new();
    for (id, m) in members {
        let mut held = roles::of_membership(tx, id)?;
        held.retain(|role| role != "employee");
        let roles = held.iter().map(|role| words::role_name(pack, &own_roles, role)).collect();
        viewers.insert(id, Viewer { kind: "member".into(), name: names.get(&m.subject_id).cloned(), roles });
    }
    Ok(viewers)
}

fn instruction(tx: &mut TenantTx<'_>, id: InstructionId) -> Stored<Option<UnderInstruction>> {
    match instructions::find(tx, id) {
        Ok(i) => Ok(Some(UnderInstruction {
            id: i.id,
            kind: i.kind,
            action: i.action,
            purpose: i.purpose,
            in_force_at: i.in_force_at,
        })),
        Err(InstructionError::Store(e)) => Err(e),
        Err(_) => Ok(None),
    }
}

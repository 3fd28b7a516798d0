//! Looking at instructions from two more sides: what ends when, and how often one was used.

use super::error::InstructionError;
use super::model::{Instruction, InstructionView, Kind, State};
use super::operations::{find, scope_of};
use super::propose::touches;
use super::store;
use super::view::views;
use crate::ledger::{self, Uses};
use crate::people::roles;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered};
use crate::platform::ids::{InstructionId, MembershipId, SubjectId};
use actix_web::{get, web};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Endings of each kind that are listed at most; a month has fewer, or the page says that there are more.
const MOST: i64 = 500;
/// Of what is in force, a page shows so many at most.
const MOST_PERMITTING: usize = 200;
const WIDEST: Duration = Duration::days(100);

/// What was done under an instruction, and how many people it permits something.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct InstructionUse {
    /// What was done under it.
    #[serde(flatten)]
    uses: Uses,
    /// How many members it permits now: those whom it names, and whoever holds a role that it names.
    permits: usize,
}

/// How often something was done under an instruction, and by whom last.
#[utoipa::path(tag = "instructions", responses((status = 200, body = InstructionUse)))]
#[get("/instructions/{id}/use")]
async fn read_use(at: Attempt, id: web::Path<InstructionId>) -> Answer<InstructionUse> {
    let id = id.into_inner();
    at.run(Act::on("instructions.read", "instruction", id), move |tx| {
        let i = find(tx, id)?;
        let uses = ledger::uses_of(tx, &[id])?.remove(&id).unwrap_or_default();
        Ok::<_, InstructionError>(InstructionUse { uses, permits: permits(tx, &i)? })
    })
    .await
    .map(Answered::ok)
}

fn permits(tx: &mut TenantTx<'_>, i: &Instruction) -> Stored<usize> {
    let scope = scope_of(i)?;
    let mut members: BTreeSet<_> = scope.members.into_iter().collect();
    for role in &scope.roles {
        members.extend(roles::holders(tx, role)?.into_iter().map(|(membership, _)| membership));
    }
    Ok(members.len())
}

/// A time.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Between {
    /// From this instant on.
    since: Ts,
    /// Before this instant; at most 100 days later.
    until: Ts,
}

/// Why an instruction ends.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Ending {
    /// It is pending, and lapses when nobody answers.
    Lapses,
    /// It is in force, and its time is over.
    Ends,
}

/// What ends when.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct EndingView {
    /// Which instruction.
    id: InstructionId,
    /// Standing, exceptional or order.
    kind: Kind,
    /// The action.
    action: String,
    /// For what purpose.
    purpose: String,
    /// When it ends.
    at: Ts,
    /// Why.
    ending: Ending,
}

/// The endings of a time.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct Endings {
    /// In their order.
    items: Vec<EndingView>,
    /// Whether there are more than are listed.
    more: bool,
}

/// Which requests lapse and which instructions end in a time, for a calendar.
#[utoipa::path(tag = "instructions", params(Between), responses((status = 200, body = Endings)))]
#[get("/instructions/endings")]
async fn list_endings(at: Attempt, between: web::Query<Between>) -> Answer<Endings> {
    let Between { since, until } = between.into_inner();
    at.run(Act::named("instructions.read"), move |tx| {
        if *until - *since > WIDEST {
            return Err(InstructionError::Invalid {
                what: "more than 100 days are not listed at once".into(),
                pointer: "/until",
                help: "Send an until at most 100 days after since.",
            });
        }
        Ok(endings(tx, since, until)?)
    })
    .await
    .map(Answered::ok)
}

fn endings(tx: &mut TenantTx<'_>, since: Ts, until: Ts) -> Stored<Endings> {
    let ending = |i: Instruction| {
        let (at, ending) = match i.state {
            State::Pending => (i.expires_at, Ending::Lapses),
            State::InForce | State::Refused | State::Expired | State::Revoked | State::CarriedOut => {
                (i.until, Ending::Ends)
            }
        };
        at.map(|at| EndingView { id: i.id, kind: i.kind, action: i.action, purpose: i.purpose, at, ending })
    };
    let lapsing = store::lapsing(tx, since, until, MOST + 1)?;
    let over = store::over(tx, since, until, MOST + 1)?;
    let more = [&lapsing, &over].iter().any(|found| i64::try_from(found.len()).is_ok_and(|n| n > MOST));
    let mut items: Vec<EndingView> = lapsing.into_iter().chain(over).filter_map(ending).collect();
    items.sort_by_key(|e| (e.at, e.id));
    Ok(Endings { items, more })
}

/// Something that instructions may permit.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Permitted {
    /// Something of this class.
    class: Option<String>,
    /// Of this person's data.
    subject: Option<SubjectId>,
    /// To this member, by name or by a role of theirs.
    member: Option<MembershipId>,
}

/// The standing and exceptional instructions in force that permit something so: under which a class of a person's data may be
/// processed, or what a member may do.
#[utoipa::path(tag = "instructions", params(Permitted), responses((status = 200, body = Vec<InstructionView>)))]
#[get("/instructions/permitting")]
async fn list_permitting(at: Attempt, by: web::Query<Permitted>) -> Answer<Vec<InstructionView>> {
    let by = by.into_inner();
    at.run(Act::named("instructions.read"), move |tx| {
        let mut found = permitting(tx, &by)?;
        found.truncate(MOST_PERMITTING);
        Ok::<_, InstructionError>(views(tx, &found)?)
    })
    .await
    .map(Answered::ok)
}

fn permitting(tx: &mut TenantTx<'_>, by: &Permitted) -> Stored<Vec<Instruction>> {
    let roles = match by.member {
        Some(member) => roles::of_membership(tx, member)?,
        None => Vec::new(),
    };
    let mut found = Vec::new();
    for i in store::permitting(tx)? {
        let scope = scope_of(&i)?;
        let is_of_class = by.class.as_deref().is_none_or(|class| touches(&scope, class));
        let is_of_subject = by.subject.is_none_or(|s| scope.subjects.is_empty() || scope.subjects.contains(&s));
        let is_to_member =
            by.member.is_none_or(|m| scope.members.contains(&m) || scope.roles.iter().any(|role| roles.contains(role)));
        if is_of_class && is_of_subject && is_to_member {
            found.push(i);
        }
    }
    Ok(found)
}

/// The routes of this file.
pub(super) fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    cfg.service(list_endings).service(list_permitting).service(read_use);
}

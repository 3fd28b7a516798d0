//! A rehearsal as the API shows it.

use super::model::{Change, Rehearsal, State};
use crate::people::{MemberName, Names};
use crate::platform::current;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::RehearsalId;
use crate::text_enum;
use policy_model::decision::Reason;
use policy_model::decision::rehearsal::{Effect, Moved};
use serde::{Deserialize, Serialize};

/// What a change would do, as far as its rehearsal has come.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Rehearsal)]
pub struct RehearsalView {
    /// Its id.
    pub id: RehearsalId,
    /// What would be otherwise.
    pub change: Change,
    /// Where it stands.
    pub state: State,
    /// What it rests on.
    pub basis: Basis,
    /// Why it should be run again; absent while it is worth something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<Stale>,
    /// The decisions of the last days, put again.
    pub decisions: Decisions,
    /// Whose data would come within somebody's reach, and whose go out of it.
    pub inventory: Inventory,
    /// Who asked for it; nobody where it goes with a request.
    pub requested_by: Option<MemberName>,
    /// When it began.
    pub started_at: Ts,
    /// When it ended.
    pub finished_at: Option<Ts>,
    /// Until when it is worth anything, if the law stays as it is.
    pub expires_at: Ts,
}

/// What a rehearsal rests on.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RehearsalBasis)]
pub struct Basis {
    /// The version of what is permitted.
    pub law: i64,
    /// How many records the ledger had.
    pub records: i64,
    /// Days of decisions that it looks at.
    pub days: i32,
    /// From which instant on that is.
    pub since: Ts,
}

text_enum! {
    /// Why a rehearsal should be run again.
    Stale as "RehearsalStale" => {
        /// What is permitted, or who holds which role, is not what it was.
        Moved = "moved",
        /// Too many days have passed, or something that permitted has ended by itself.
        Old = "old",
    }
}

/// Decisions put again.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RehearsedDecisions)]
pub struct Decisions {
    /// Whether it is done with them.
    pub is_done: bool,
    /// Records of decisions that were looked at, the newest first.
    pub looked_at: u64,
    /// Whether these are all of the time; of very many, only the newest are.
    pub is_all: bool,
    /// Of them, those with no question to put again: nobody known asked, or about nothing that is still there.
    pub not_again: u64,
    /// Those that were put again.
    pub asked: u64,
    /// Of them permitted as the law is.
    pub permitted: u64,
    /// Refused, and would be permitted.
    pub newly_permitted: u64,
    /// Permitted, and would be refused.
    pub newly_refused: u64,
    /// Permitted, and would be shown through another mask.
    pub shown_otherwise: u64,
    /// Refused for a purpose that no instruction named, of which no record keeps the words: permitted, if it was the change's.
    pub if_for_this_purpose: u64,
    /// What moved, by what it is about: the first hundred kinds.
    pub moved: Vec<MovedView>,
    /// How many moved beside them.
    pub more: u64,
}

text_enum! {
    /// What becomes of questions.
    EffectView as "RehearsalEffect" => {
        /// Refused, and would be permitted.
        Permitted = "newly_permitted",
        /// Permitted, and would be refused.
        Refused = "newly_refused",
        /// Permitted, and would be shown through another mask.
        Shown = "shown_otherwise",
    }
}

/// Questions that are alike.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RehearsedQuestions)]
pub struct MovedView {
    /// What becomes of them.
    pub effect: EffectView,
    /// The class.
    pub class: String,
    /// The operation.
    pub operation: String,
    /// The purpose; empty where none is known.
    pub purpose: String,
    /// The reason as it is.
    pub before: ReasonWords,
    /// The reason as it would be.
    pub after: ReasonWords,
    /// How many.
    pub times: u64,
}

/// The reason of an answer: one of the table in `docs/reasons.md`.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RehearsalReason)]
pub struct ReasonWords {
    /// Its code.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl ReasonWords {
    fn of(code: String) -> Self {
        let texts = Reason::ALL.iter().find(|reason| reason.code() == code).map(|reason| reason.texts());
        let (zh, en) = texts.unwrap_or_default();
        Self { code, zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// What stays closed for one reason.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RehearsalKeptClosed)]
pub struct KeptClosed {
    /// The reason.
    pub reason: ReasonWords,
    /// How many sides.
    pub sides: u64,
}

/// Today's inventory.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RehearsedInventory)]
pub struct Inventory {
    /// Whether it is done with it.
    pub is_done: bool,
    /// Sides of holdings that were looked at.
    pub looked_at: u64,
    /// Whether these are all that the change can touch, for everybody whom it concerns.
    pub is_all: bool,
    /// Sides that somebody could reach who cannot now.
    pub opened: u64,
    /// Of how many people.
    pub people_opened: u64,
    /// Sides that somebody can reach now and could not any more.
    pub closed: u64,
    /// Of how many people.
    pub people_closed: u64,
    /// Sides that nobody whom it concerns could reach all the same, and why not.
    pub kept_closed: Vec<KeptClosed>,
}

/// A rehearsal in a few numbers, for whoever is asked for a yes.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RehearsalSummary {
    /// Which.
    pub id: RehearsalId,
    /// Where it stands.
    pub state: State,
    /// Why it should be run again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<Stale>,
    /// Days of decisions that it looks at.
    pub days: i32,
    /// Decisions that were put again.
    pub asked: u64,
    /// Of them refused, and would be permitted.
    pub newly_permitted: u64,
    /// Of them permitted, and would be refused.
    pub newly_refused: u64,
    /// People of whose data somebody could reach what nobody of them can now.
    pub people_opened: u64,
    /// People of whose data somebody could not reach any more what they can now.
    pub people_closed: u64,
    /// Until when it is worth anything, if the law stays as it is.
    pub expires_at: Ts,
}

impl RehearsalSummary {
    /// Of a rehearsal.
    pub fn of(r: &RehearsalView) -> Self {
        Self {
            id: r.id,
            state: r.state,
            stale: r.stale,
            days: r.basis.days,
            asked: r.decisions.asked,
            newly_permitted: r.decisions.newly_permitted,
            newly_refused: r.decisions.newly_refused,
            people_opened: r.inventory.people_opened,
            people_closed: r.inventory.people_closed,
            expires_at: r.expires_at,
        }
    }
}

/// Views of rehearsals, in their order.
pub(super) fn views(tx: &mut TenantTx<'_>, all: &[Rehearsal]) -> Stored<Vec<RehearsalView>> {
    let names = Names::of(tx, all.iter().filter_map(|r| r.requested_by), [])?;
    let versions = current::versions(tx)?;
    let now = tx.now();
    all.iter()
        .map(|r| {
            let (change, progress) = (r.change()?, r.progress()?);
            let has_moved = versions.law != r.law || (change.is_of_people() && versions.people != r.people);
            let stale = match (r.state, has_moved) {
                (State::Overtaken, _) | (_, true) => Some(Stale::Moved),
                _ if r.expires_at <= now => Some(Stale::Old),
                _ => None,
            };
            let (replay, reach) = (progress.replay, progress.reach);
            Ok(RehearsalView {
                id: r.id,
                change,
                state: r.state,
                basis: Basis { law: r.law, records: r.position, days: r.days, since: r.since() },
                stale,
                decisions: Decisions {
                    is_done: replay.is_done,
                    looked_at: replay.looked_at,
                    is_all: replay.is_all,
                    not_again: replay.not_again,
                    asked: replay.tally.asked,
                    permitted: replay.tally.permitted,
                    newly_permitted: replay.tally.newly_permitted,
                    newly_refused: replay.tally.newly_refused,
                    shown_otherwise: replay.tally.shown_otherwise,
                    if_for_this_purpose: replay.if_for_this,
                    moved: replay.tally.moved.into_iter().filter_map(MovedView::of).collect(),
                    more: replay.tally.more,
                },
                inventory: Inventory {
                    is_done: reach.is_done,
                    looked_at: reach.looked_at,
                    is_all: reach.is_all,
                    opened: reach.sides_opened,
                    people_opened: reach.people_opened,
                    closed: reach.sides_closed,
                    people_closed: reach.people_closed,
                    kept_closed: reach
                        .kept_closed
                        .into_iter()
                        .map(|(code, sides)| KeptClosed { reason: ReasonWords::of(code), sides })
                        .collect(),
                },
                requested_by: r.requested_by.map(|id| names.member(id)),
                started_at: r.started_at,
                finished_at: r.finished_at,
                expires_at: r.expires_at,
            })
        })
        .collect()
}

impl MovedView {
    fn of(moved: Moved) -> Option<Self> {
        let effect = match moved.effect {
            Effect::Same => return None,
            Effect::NewlyPermitted => EffectView::Permitted,
            Effect::NewlyRefused => EffectView::Refused,
            Effect::ShownOtherwise => EffectView::Shown,
        };
        let Moved { class, operation, purpose, before, after, times, .. } = moved;
        let (before, after) = (ReasonWords::of(before), ReasonWords::of(after));
        Some(Self { effect, class, operation, purpose, before, after, times })
    }
}

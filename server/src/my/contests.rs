//! Contests (异议): somebody's word against a ruling that their data is the organisation's. It stands until the privacy officer
//! answers it with a reason: never a member who answers about themselves (gbt35273-8.8, gbt35273-11.1-e). Of one class, or of one
//! holding, one is open at a time.

use super::error::MyError;
use crate::attention;
use crate::holdings::{self, Contested, Effect};
use crate::packs;
use crate::platform::attempt::Own;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts, lost_race};
use crate::platform::http::{Cursor, Versioned};
use crate::platform::ids::{ContestId, HoldingId, MembershipId, SubjectId};
use crate::platform::keyring::Aad;
use crate::platform::record::Record;
use crate::platform::vault::{self, Drawer};
use crate::text_enum;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use std::collections::HashMap;

tenant_table! {
    contests (id) {
        id -> SqlUid, subject_id -> SqlUid, class -> Text, holding_id -> Nullable<SqlUid>, target -> Text, rule -> Text,
        sealed_reason -> Binary, state -> Text, opened_at -> SqlTs, due_on -> Date, decided_at -> Nullable<SqlTs>,
        decided_by -> Nullable<SqlUid>, sealed_answer -> Nullable<Binary>, version -> BigInt,
    }
}

const REASON: Aad = Aad::new("contests.reason");
const ANSWER: Aad = Aad::new("contests.answer");
/// What is raised to a person while a contest is open, and about what.
const RAISED: &str = "ruling.contested";
const OBJECT: &str = "contest";
/// Contests of one person that are shown; a person has a handful.
const MOST: i64 = 200;

text_enum! {
    /// Where a contest stands.
    ContestState {
        /// It waits for the privacy officer.
        Open = "open",
        /// The data is the person's.
        Upheld = "upheld",
        /// The ruling stands.
        Rejected = "rejected",
    }
}

/// One contest.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = contests, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct Contest {
    /// Its id.
    pub id: ContestId,
    /// Whose.
    pub subject_id: SubjectId,
    /// Of which class.
    pub class: String,
    /// Of one holding alone.
    pub holding_id: Option<HoldingId>,
    target: String,
    /// The rule that is contested.
    pub rule: String,
    sealed_reason: Vec<u8>,
    /// Where it stands.
    pub state: ContestState,
    /// When it was said.
    pub opened_at: Ts,
    /// By when it is to be answered.
    pub due_on: NaiveDate,
    /// When it was answered.
    pub decided_at: Option<Ts>,
    /// By whom.
    pub decided_by: Option<MembershipId>,
    sealed_answer: Option<Vec<u8>>,
    /// Its version.
    pub version: i64,
}

impl Versioned for Contest {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Contest {
    /// What it is about.
    pub fn contested(&self) -> Contested {
        Contested { subject: self.subject_id, class: self.class.clone(), holding: self.holding_id }
    }

    /// Why, in the person's words; none once they were forgotten.
    pub fn reason(&self, tx: &mut TenantTx<'_>) -> Stored<Option<String>> {
        opened(tx, self.subject_id, &REASON.row(self.id), Some(self.sealed_reason.clone()))
    }

    /// The privacy officer's answer; none while it is open, and once the person was forgotten.
    pub fn answer(&self, tx: &mut TenantTx<'_>) -> Stored<Option<String>> {
        opened(tx, self.subject_id, &ANSWER.row(self.id), self.sealed_answer.clone())
    }
}

/// Under the person's key, both: whoever forgets them forgets what was said about them.
fn opened(
    tx: &mut TenantTx<'_>,
    subject: SubjectId,
    place: &vault::Place,
    sealed: Option<Vec<u8>>,
) -> Stored<Option<String>> {
    let (Some(sealed), Some(key)) = (sealed, vault::existing_key(tx, subject, Drawer::Identity)?) else {
        return Ok(None);
    };
    Ok(vault::open_text(&key, place, sealed).ok())
}

fn sealed(tx: &mut TenantTx<'_>, subject: SubjectId, place: &vault::Place, text: &str) -> Stored<Vec<u8>> {
    let key = vault::key(tx, subject, Drawer::Identity)?;
    vault::seal_text(&key, place, text)
}

fn check_reason(reason: &str) -> Result<(), MyError> {
    let length = reason.trim().chars().count();
    if (1..=2_000).contains(&length) { Ok(()) } else { Err(MyError::NoReason) }
}

/// Whether a group can be contested now: asked for what is shown, and when it is done.
pub fn may_contest(controller: &str, open: Option<ContestId>) -> Result<(), MyError> {
    match (controller, open) {
        (_, Some(_)) => Err(MyError::ContestedAlready),
        ("organisation", None) => Ok(()),
        (_, None) => Err(MyError::NothingToContest),
    }
}

/// Contests that this class, or this one holding of it, is the organisation's.
pub fn open(
    tx: &mut TenantTx<'_>,
    own: Own,
    class: &str,
    holding_id: Option<HoldingId>,
    reason: &str,
) -> Result<Contest, MyError> {
    check_reason(reason)?;
    let target = holding_id.map_or_else(|| class.to_owned(), |id| id.to_string());
    let found = holdings::look_at_contested(tx, own, class, holding_id)?;
    let controller = if found.sides == 0 { "" } else { "organisation" };
    may_contest(controller, open_about(tx, own.subject(), &target)?)?;
    let id: ContestId = tx.new_id();
    let today = tx.now().with_timezone(&packs::time_zone(tx)?).date_naive();
    let contest = Contest {
        id,
        subject_id: own.subject(),
        class: class.to_owned(),
        holding_id,
        target,
        rule: found.rules.into_iter().collect::<Vec<_>>().join(" "),
        sealed_reason: sealed(tx, own.subject(), &REASON.row(id), reason.trim())?,
        state: ContestState::Open,
        opened_at: tx.now(),
        due_on: packs::in_force(tx)?.deadlines().request_due(today),
        decided_at: None,
        decided_by: None,
        sealed_answer: None,
        version: 1,
    };
    tx.add(contests::table, &contest)?;
    let detail = format!("{} · {} · {}", contest.class, contest.rule, contest.due_on);
    attention::raise(tx, RAISED, (OBJECT, id.to_string()), "contests.waits", &detail)?;
    tx.record(
        Record::of("self.contest")
            .on(OBJECT, id)
            .about(own.subject())
            .class(class)
            .with("rule", contest.rule.clone())
            .with("sides", found.sides)
            .citing(["gbt35273-8.8"]),
    );
    Ok(contest)
}

fn open_about(tx: &mut TenantTx<'_>, subject: SubjectId, target: &str) -> Stored<Option<ContestId>> {
    let target = target.to_owned();
    tx.first(contests::table, |rows| {
        rows.filter(contests::subject_id.eq(subject))
            .filter(contests::target.eq(target))
            .filter(contests::decided_at.is_null())
            .select(contests::id)
    })
}

/// The open contests of a person's classes.
pub fn open_of(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<HashMap<String, ContestId>> {
    let open: Vec<(String, ContestId)> = tx.load(contests::table, |rows| {
        rows.filter(contests::subject_id.eq(subject))
            .filter(contests::decided_at.is_null())
            .filter(contests::holding_id.is_null())
            .limit(MOST)
            .select((contests::class, contests::id))
    })?;
    Ok(open.into_iter().collect())
}

/// The open contests of single holdings of a person.
pub fn open_of_holdings(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<HashMap<HoldingId, ContestId>> {
    let open: Vec<(Option<HoldingId>, ContestId)> = tx.load(contests::table, |rows| {
        rows.filter(contests::subject_id.eq(subject))
            .filter(contests::decided_at.is_null())
            .filter(contests::holding_id.is_not_null())
            .order(contests::id.desc())
            .limit(MOST)
            .select((contests::holding_id, contests::id))
    })?;
    Ok(open.into_iter().filter_map(|(holding, id)| Some((holding?, id))).collect())
}

/// A person's contests, the latest first.
pub fn of_subject(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<Vec<Contest>> {
    tx.load(contests::table, |rows| {
        rows.filter(contests::subject_id.eq(subject))
            .order(contests::id.desc())
            .limit(MOST)
            .select(Contest::as_select())
    })
}

/// One contest.
pub fn find(tx: &mut TenantTx<'_>, id: ContestId) -> Result<Contest, MyError> {
    let found: Option<Contest> =
        tx.first(contests::table, |rows| rows.filter(contests::id.eq(id)).select(Contest::as_select()))?;
    found.ok_or(MyError::UnknownContest)
}

/// Contests in a state, by when they are to be answered; or all, the latest first.
pub fn list(
    tx: &mut TenantTx<'_>,
    state: Option<ContestState>,
    after: Option<Cursor>,
    limit: i64,
) -> Stored<Vec<Contest>> {
    tx.load(contests::table, |rows| {
        let mut query = rows.into_boxed::<MultiBackend>();
        if let Some(state) = state {
            query = query.filter(contests::state.eq(state));
        }
        // Ids have the order of time, and so have the days by which they are to be answered.
        if let Some(after) = after {
            query = query.filter(contests::id.lt(ContestId::from(after.id)));
        }
        query.order(contests::id.desc()).limit(limit + 1).select(Contest::as_select())
    })
}

/// Whether the transaction's actor may answer it.
pub fn may_decide(tx: &TenantTx<'_>, contest: &Contest) -> Result<(), MyError> {
    if contest.state != ContestState::Open {
        return Err(MyError::Decided);
    }
    match tx.actor().subject() {
        Some(who) if who != contest.subject_id => Ok(()),
        Some(_) | None => Err(MyError::OwnContest),
    }
}

/// Answers a contest. Upheld, the data is the person's from this commit on, or follows by a job.
pub fn decide(tx: &mut TenantTx<'_>, id: ContestId, upheld: bool, reason: &str) -> Result<Contest, MyError> {
    let mut contest = find(tx, id)?;
    may_decide(tx, &contest)?;
    check_reason(reason)?;
    let effect = match upheld {
        true => holdings::uphold(tx, id, &contest.contested(), reason.trim())?,
        false => Effect::default(),
    };
    let before = contest.version;
    contest.state = if upheld { ContestState::Upheld } else { ContestState::Rejected };
    contest.decided_at = Some(tx.now());
    contest.decided_by = tx.actor().membership();
    contest.sealed_answer = Some(sealed(tx, contest.subject_id, &ANSWER.row(id), reason.trim())?);
    contest.version += 1;
    let now = contest.clone();
    let changed = tx.change(contests::table, |rows| {
        diesel::update(rows.filter(contests::id.eq(id)).filter(contests::version.eq(before))).set((
            contests::state.eq(now.state),
            contests::decided_at.eq(now.decided_at),
            contests::decided_by.eq(now.decided_by),
            contests::sealed_answer.eq(now.sealed_answer),
            contests::version.eq(now.version),
        ))
    })?;
    if changed != 1 {
        return Err(lost_race().into());
    }
    attention::resolve_about(tx, OBJECT, &id.to_string(), contest.state.as_str())?;
    tx.record(
        Record::of("contests.decide")
            .on(OBJECT, id)
            .about(contest.subject_id)
            .class(&contest.class)
            .with("state", contest.state.as_str())
            .with("ruled", effect.ruled)
            .with("settled", effect.settled)
            .citing(["gbt35273-8.7-f", "gbt35273-8.8"]),
    );
    Ok(contest)
}

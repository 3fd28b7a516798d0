//! How much happened when: records counted by hour or civil day, act and outcome, for a chart. Where only those are asked for,
//! the counts of full blocks answer; otherwise records are read, and a window with more than is counted says from which
//! instant on the numbers are whole.

use super::error::LedgerError;
use super::model::RecordFilter;
use super::search::{blocks_of, quarter};
use super::store;
use crate::packs;
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{TenantTx, Ts};
use crate::platform::http::{Answer, Answered};
use actix_web::{get, web};
use chrono::{DateTime, Duration, DurationRound, Utc};
use policy_model::calendar::start_of_day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Records counted at most, the newest.
const MOST: i64 = 200_000;
const QUARTER: Duration = Duration::minutes(15);
const DAYS: Duration = Duration::days(30);
const MOST_DAYS: Duration = Duration::days(400);
const HOURS: Duration = Duration::hours(48);
const MOST_HOURS: Duration = Duration::days(14);

/// What a bar of the chart stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A civil day of the organisation.
    #[default]
    Day,
    /// An hour.
    Hour,
}

/// How it is counted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Counting {
    /// `day` (when absent) or `hour`.
    #[param(inline)]
    by: Option<Unit>,
}

/// How much happened when.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct VolumeView {
    /// What each bucket stands for.
    by: Unit,
    /// From when.
    since: Ts,
    /// Until when.
    until: Ts,
    /// Records counted.
    records: i64,
    /// From when on the numbers are whole; later than `since` where there was more than is counted.
    whole_since: Ts,
    /// The buckets with anything in them, in order.
    buckets: Vec<Bucket>,
}

/// What happened in one day or hour.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = VolumeBucket)]
struct Bucket {
    /// Its beginning.
    at: Ts,
    /// By act and outcome.
    counts: Vec<Count>,
}

/// How often one act ended in one way.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = VolumeCount)]
struct Count {
    /// The act.
    act: String,
    /// `done`, `permitted`, `refused`, `failed`.
    outcome: String,
    /// How often.
    records: i64,
}

/// Access records counted by civil day or hour, act and outcome: the last 30 days, or 48 hours, unless another time is given.
#[utoipa::path(tag = "ledger", params(RecordFilter, Counting), responses((status = 200, body = VolumeView)))]
#[get("/records/volume")]
async fn record_volume(at: Attempt, filter: web::Query<RecordFilter>, how: web::Query<Counting>) -> Answer<VolumeView> {
    let (filter, by) = (filter.into_inner(), how.by.unwrap_or_default());
    at.run(Act::named("records.read"), move |tx| volume(tx, filter.clone(), by)).await.map(Answered::ok)
}

pub(super) use record_volume as route;

fn volume(tx: &mut TenantTx<'_>, mut filter: RecordFilter, by: Unit) -> Result<VolumeView, LedgerError> {
    filter.check()?;
    let (usual, most) = match by {
        Unit::Day => (DAYS, MOST_DAYS),
        Unit::Hour => (HOURS, MOST_HOURS),
    };
    let until = filter.until.unwrap_or(tx.now());
    let since = filter.since.unwrap_or(Ts(*until - usual));
    if *until - *since > most {
        return Err(LedgerError::TooWide { days: most.num_days() });
    }
    // Whole quarters of an hour: a bar is counted from its beginning.
    let since = Ts(quarter(*since));
    filter.since = Some(since);
    // An end on the quarter is one; the instant itself is not within.
    filter.until = Some(Ts(quarter(*until - Duration::microseconds(1)) + QUARTER));
    let tz = packs::time_zone(tx)?;
    let (happened, whole_since) = counted(tx, &filter)?;
    let begins = |at: DateTime<Utc>| match by {
        Unit::Day => start_of_day(at.with_timezone(&tz).date_naive(), tz),
        Unit::Hour => at.duration_trunc(Duration::hours(1)).unwrap_or(at),
    };
    let mut records = 0;
    let mut buckets: BTreeMap<DateTime<Utc>, BTreeMap<(String, String), i64>> = BTreeMap::new();
    for (at, act, outcome, n) in happened {
        *buckets.entry(begins(*at)).or_default().entry((act, outcome)).or_default() += n;
        records += n;
    }
    let count = |((act, outcome), records)| Count { act, outcome, records };
    let buckets =
        buckets.into_iter().map(|(at, counts)| Bucket { at: Ts(at), counts: counts.into_iter().map(count).collect() });
    Ok(VolumeView { by, since, until, records, whole_since: whole_since.unwrap_or(since), buckets: buckets.collect() })
}

/// When, act, outcome and how many.
type Counted = (Ts, String, String, i64);

/// What the filter chooses, and from when on that is whole, if not from its beginning.
fn counted(tx: &mut TenantTx<'_>, filter: &RecordFilter) -> Result<(Vec<Counted>, Option<Ts>), LedgerError> {
    let mut places = store::places(tx, filter)?;
    let mut counted = Vec::new();
    if let (true, Some(since), Some(until)) = (filter.is_counted(), filter.since, filter.until) {
        let noted = store::head(tx)?.map_or(0, |head| head.indexed);
        let blocks = blocks_of(&(places.start..places.end.min(noted)));
        let (act, outcome) = (filter.act.clone(), filter.outcome.clone());
        counted = store::counted(tx, blocks, (since, until), (act, outcome))?;
        places.start = places.start.max(noted);
    }
    let read = store::happened(tx, filter, places, MOST + 1)?;
    let is_cut = i64::try_from(read.len()).is_ok_and(|n| n > MOST);
    let oldest = read.last().map(|(at, ..)| *at).filter(|_| is_cut);
    counted.extend(read.into_iter().map(|(at, act, outcome)| (at, act, outcome, 1)));
    Ok((counted, oldest))
}

//! Whether excluded roles ever met in one person, over HTTP: computed from who held what when, and from the rules that were in
//! force then. What keeps them apart is `roles::assign`; this does not trust it (gbt35273-7.1-c, gbt35273-11.7-a).

use super::error::PeopleError;
use super::model::RoleAssignment;
use super::named::{Names, SubjectName};
use super::own_roles;
use super::store;
use crate::packs::{self, PackPeriod};
use crate::platform::attempt::{Act, Attempt};
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::http::{Answer, Answered, Problem};
use crate::platform::ids::SubjectId;
use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use policy_model::calendar::civil_day;
use policy_model::pack::Pack;
use policy_model::separation::{Checked, Examination, InForce, Spell, Time};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa_actix_web::service_config::ServiceConfig;

/// Assignments read at a time.
const PAGE: i64 = 2_000;

pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(role_separation).service(export_role_separation);
}

/// Whether excluded roles ever met in one person.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct RoleSeparation {
    /// Whether no excluded pair was ever held.
    holds: bool,
    /// The first day that was looked at: the organisation's first.
    first_day: NaiveDate,
    /// The day on which it was looked at.
    last_day: NaiveDate,
    /// The instant up to which it was looked at.
    through: Ts,
    /// How many days that is.
    days: i64,
    /// How many times of holding a role were looked at, of whatever role.
    assignments: usize,
    /// The packs in force meanwhile. A pack's rules are those that this program carries under its name.
    packs: Vec<PackPeriod>,
    /// Packs among them that this program does not carry any more: what they excluded is not known.
    unknown_packs: Vec<String>,
    /// Pair by pair.
    pairs: Vec<PairChecked>,
}

/// What was found about one excluded pair.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct PairChecked {
    /// The rule's name in its pack.
    id: String,
    /// The two roles.
    roles: [String; 2],
    /// Why they exclude each other, in Chinese.
    reason_zh: String,
    /// Why they exclude each other, in English.
    reason_en: String,
    /// The clauses that it rests on.
    clauses: Vec<String>,
    /// When they excluded each other.
    times: Vec<PairTime>,
    /// How many days that is.
    days: usize,
    /// How many times of holding one of the two were looked at.
    assignments: usize,
    /// Of how many people.
    people: usize,
    /// How often both were held by one person.
    overlaps_in_all: usize,
    /// By whom, from when until when; the first 200.
    overlaps: Vec<OverlapFound>,
}

/// A time in which two roles excluded each other.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct PairTime {
    /// Since when.
    from: Ts,
    /// Until when; still so when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Ts>,
}

/// A time in which one person held both.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct OverlapFound {
    /// Who.
    who: SubjectName,
    /// Since when.
    from: Ts,
    /// Until when; still so when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Ts>,
}

/// Pair by pair, whether two roles that exclude each other were ever held by one person, on any day since the organisation is
/// here: by the packs in force at each moment, whatever way a role came by.
#[utoipa::path(tag = "people", responses((status = 200, body = RoleSeparation)))]
#[get("/role-separation")]
async fn role_separation(at: Attempt) -> Answer<RoleSeparation> {
    at.run(Act::named("members.read"), |tx| examine(tx).map_err(PeopleError::from)).await.map(Answered::ok)
}

/// The same as a file, to be put before somebody else.
#[utoipa::path(tag = "people", responses((status = 200, body = RoleSeparation)))]
#[get("/role-separation/export")]
async fn export_role_separation(at: Attempt) -> Result<HttpResponse, Problem> {
    let act = Act::on("members.read", "role_separation", "export");
    let found = at.run(act, |tx| examine(tx).map_err(PeopleError::from)).await?;
    let text = serde_json::to_string_pretty(&found).map_err(|e| Problem::store(&e.into()))?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("Content-Disposition", "attachment; filename=\"tenure-role-separation.json\""))
        .insert_header(("Cache-Control", "no-store"))
        .body(text))
}

fn examine(tx: &mut TenantTx<'_>) -> Stored<RoleSeparation> {
    let (now, tz) = (tx.now(), packs::time_zone(tx)?);
    let periods = packs::pack_periods(tx)?;
    let known: Vec<(Arc<Pack>, &PackPeriod)> =
        periods.iter().filter_map(|period| packs::by_name(&period.pack).map(|pack| (pack, period))).collect();
    // Roles of the organisation's own inherit what the pack of today says of the work that they do.
    let today = packs::in_force(tx)?;
    let own = own_roles::exclusions_ever(tx, &today)?;
    let of_packs = known
        .iter()
        .map(|(pack, period)| InForce { exclusions: pack.exclusions(), time: time(period.from, period.until) });
    let of_own = own.iter().map(|o| InForce { exclusions: &o.exclusions, time: time(o.from, o.until) });
    let rules: Vec<InForce<'_>> = of_packs.chain(of_own).collect();
    let mut all = Examination::through(*now, tz, &rules);
    let assignments = look_at_everybody(tx, &mut all)?;
    let found = all.finish();
    let names = Names::of(tx, [], found.iter().flat_map(|c| c.overlaps.iter().map(|o| o.person)))?;
    let first = periods.first().map_or(now, |period| period.from);
    let (first_day, last_day) = (civil_day(*first, tz), civil_day(*now, tz));
    let unknown = periods.iter().filter(|p| packs::by_name(&p.pack).is_none()).map(|p| p.pack.clone());
    Ok(RoleSeparation {
        holds: found.iter().all(|c| c.overlaps_in_all == 0),
        first_day,
        last_day,
        through: now,
        days: (last_day - first_day).num_days() + 1,
        assignments,
        unknown_packs: unknown.collect(),
        pairs: found.into_iter().map(|checked| view(checked, &names)).collect(),
        packs: periods,
    })
}

/// Person by person, so that no more than one person's roles and a page are in memory; how many there are.
fn look_at_everybody(tx: &mut TenantTx<'_>, all: &mut Examination<SubjectId>) -> Stored<usize> {
    let (mut after, mut count) = (None, 0);
    let mut of_one: Option<(SubjectId, Vec<Spell>)> = None;
    loop {
        let page = store::ever_held(tx, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some((last.subject_id, last.id));
        count += page.len();
        for assignment in page {
            let spell = spell(&assignment);
            match &mut of_one {
                Some((person, spells)) if *person == assignment.subject_id => spells.push(spell),
                _ => {
                    if let Some((person, spells)) = of_one.replace((assignment.subject_id, vec![spell])) {
                        all.person(&person, &spells);
                    }
                }
            }
        }
    }
    if let Some((person, spells)) = of_one {
        all.person(&person, &spells);
    }
    Ok(count)
}

fn spell(a: &RoleAssignment) -> Spell {
    let until = [a.until, a.revoked_at].into_iter().flatten().min();
    Spell { role: a.role.clone(), time: time(a.granted_at, until) }
}

fn time(from: Ts, until: Option<Ts>) -> Time {
    Time { from: *from, until: until.map(|until| *until) }
}

fn view(checked: Checked<SubjectId>, names: &Names) -> PairChecked {
    let exclusion = checked.exclusion;
    let overlap = |o: policy_model::separation::Overlap<SubjectId>| OverlapFound {
        who: names.subject(o.person),
        from: Ts::from(o.from),
        until: o.until.map(Ts::from),
    };
    PairChecked {
        id: exclusion.id,
        roles: exclusion.roles,
        reason_zh: exclusion.reason_zh,
        reason_en: exclusion.reason_en,
        clauses: exclusion.clauses,
        times: checked
            .times
            .into_iter()
            .map(|t| PairTime { from: Ts::from(t.from), until: t.until.map(Ts::from) })
            .collect(),
        days: checked.days,
        assignments: checked.spells,
        people: checked.people,
        overlaps_in_all: checked.overlaps_in_all,
        overlaps: checked.overlaps.into_iter().map(overlap).collect(),
    }
}

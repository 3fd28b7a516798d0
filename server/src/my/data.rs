//! What is held about me, in groups: whose it is, by which rule and clause, in plain words, and until when.

use super::contests;
use super::error::MyError;
use super::words::{self, ClassName, Keeping, Why};
use crate::holdings::{self, Given, OwnClass, OwnGroup, OwnHolding, OwnSide};
use crate::instructions::May;
use crate::packs::{self, ClauseView};
use crate::people;
use crate::platform::attempt::Own;
use crate::platform::db::{Stored, TenantTx, Ts};
use crate::platform::ids::{ConnectorId, ConsentId, ContestId, HoldingId};
use chrono::NaiveDate;
use policy_model::pack::Pack;
use policy_model::pack::control::{Change, ControlRule, Judgement};
use policy_model::schedule::Milestones;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Everything held about somebody, as they are told of it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MyData {
    /// Whether the membership has ended: then what is hidden from leavers is not counted.
    pub has_left: bool,
    /// What somebody who has left does not see, by rule.
    pub hidden: Vec<Why>,
    /// Calendar days within which a contest is answered.
    pub answer_within_days: u32,
    /// What is held, class by class.
    pub groups: Vec<MyGroup>,
    /// What rests on consent, or could.
    pub consents: Vec<MyConsent>,
    /// Whether it is being ruled anew at this moment, as a consent, a feature or the pack has changed: what is answered now may
    /// be different when that is done.
    pub following: bool,
    /// The clauses that are cited, each with what it asks.
    pub cited: Vec<ClauseView>,
}

/// What is alike: of one class, controlled by the same, by the same rule.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MyGroup {
    /// The data class.
    pub class: ClassName,
    /// `organisation` or `person`.
    pub controller: String,
    /// The rule that decided; empty when the pack has none.
    pub rule: String,
    /// Whether that is settled; what is not is treated as the person's.
    pub settled: bool,
    /// Who settled it where no rule did: `privacy_officer`, or absent.
    pub settled_by: Option<String>,
    /// Why, in plain words.
    pub why: Why,
    /// Holdings.
    pub holdings: i64,
    /// Items they stand for.
    pub items: i64,
    /// Bytes.
    pub bytes: i64,
    /// The oldest item.
    pub first_at: Option<Ts>,
    /// The newest item.
    pub last_at: Option<Ts>,
    /// Holdings by what has become of them: `active`, `retained`, `handed_over`, `released`, `detached`.
    pub states: BTreeMap<String, i64>,
    /// How many lie in Tenure's own vault.
    pub in_vault: i64,
    /// The systems that keep the others, by name.
    pub kept_at: Vec<String>,
    /// How long it is kept, as far as a schedule says.
    pub keeping: Option<Keeping>,
    /// Through which day an instruction keeps it.
    pub retain_until: Option<NaiveDate>,
    /// The contest of this class that is open.
    pub contest: Option<ContestId>,
    /// What the person can do about it.
    pub can: MyGroupCan,
}

/// What can be done about a group.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MyGroupCan {
    /// Contest the ruling.
    pub contest: May,
}

/// What rests on a consent, or could.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MyConsent {
    /// The consent in force; absent where none was given.
    pub consent: Option<ConsentId>,
    /// To which classes, as a key or a pattern.
    pub class_pattern: String,
    /// The classes of what is held that it is about.
    pub classes: Vec<ClassName>,
    /// `explicit`, or `guardian` for a minor.
    pub kind: Option<String>,
    /// When it was given.
    pub given_at: Option<Ts>,
    /// Holdings that follow it: that become the person's when it is withdrawn, or may become the organisation's when given.
    pub holdings: i64,
    /// Items they stand for.
    pub items: i64,
    /// Why it takes consent.
    pub why: Vec<Why>,
    /// Whether the person can give it now. Who has left gives none.
    pub give: May,
    /// Whether the person can withdraw it now.
    pub withdraw: May,
}

/// Everything.
pub fn all(tx: &mut TenantTx<'_>, own: Own) -> Result<MyData, MyError> {
    let pack = packs::in_force(tx)?;
    let groups = holdings::own_groups(tx, own)?;
    let open = contests::open_of(tx, own.subject())?;
    let names = connector_names(tx)?;
    let last_day = people::memberships_of_subject(tx, own.subject())?.last().and_then(|m| m.last_day);
    let days = Days { tz: packs::time_zone(tx)?, last_day };
    let consents = consents(&pack, own, &groups, &holdings::given_by(tx, own.subject())?);
    let groups: Vec<MyGroup> = groups
        .into_iter()
        .map(|(key, group)| {
            let contest = open.get(&key.class).copied();
            shown(&pack, &names, &days, (key, group), contest)
        })
        .collect();
    let hidden = if own.has_left() { hidden(&pack) } else { Vec::new() };
    let cited = packs::cited(
        groups
            .iter()
            .flat_map(|g| g.why.clauses.iter().chain(g.keeping.iter().flat_map(|k| &k.why.clauses)))
            .chain(consents.iter().flat_map(|c| &c.why).chain(&hidden).flat_map(|w| &w.clauses))
            .map(String::as_str),
    );
    let answer_within_days = pack.deadlines().request_days;
    let following = holdings::is_ruled_anew(tx, own.subject())?;
    Ok(MyData { has_left: own.has_left(), hidden, answer_within_days, groups, consents, following, cited })
}

/// From which days what is kept is counted.
struct Days {
    tz: chrono_tz::Tz,
    last_day: Option<NaiveDate>,
}

impl Days {
    fn of(&self, group: &OwnGroup) -> Milestones {
        let newest = group.last_at.map(|at| at.with_timezone(&self.tz).date_naive());
        Milestones { departure: self.last_day, creation: newest, last_activity: newest, transaction_completion: newest }
    }
}

fn shown(
    pack: &Pack,
    names: &HashMap<ConnectorId, String>,
    days: &Days,
    (key, group): (OwnClass, OwnGroup),
    contest: Option<ContestId>,
) -> MyGroup {
    let can = MyGroupCan { contest: may(contests::may_contest(&key.controller, contest)) };
    let keeping =
        (key.controller == "organisation").then(|| words::keeping(pack, &key.class, &days.of(&group))).flatten();
    MyGroup {
        class: words::class_name(pack, &key.class),
        settled_by: settled_by(pack, &key).map(str::to_owned),
        why: why(pack, &key),
        keeping,
        kept_at: group.connectors.iter().filter_map(|id| names.get(id).cloned()).collect(),
        controller: key.controller,
        rule: key.rule,
        settled: key.settled,
        holdings: group.holdings,
        items: group.items,
        bytes: group.bytes,
        first_at: group.first_at,
        last_at: group.last_at,
        states: group.states.into_iter().map(|(state, n)| (state.to_owned(), n)).collect(),
        in_vault: group.in_vault,
        retain_until: group.retain_until,
        contest,
        can,
    }
}

pub(super) fn may(answer: Result<(), MyError>) -> May {
    match answer {
        Ok(()) => May { allowed: true, why: None },
        Err(why) => May { allowed: false, why: Some(why.code().to_owned()) },
    }
}

fn rule<'p>(pack: &'p Pack, id: &str) -> Option<&'p ControlRule> {
    pack.control_rules().iter().find(|r| r.id == id)
}

/// The privacy officer, where the ruling is hers: what the documents leave open, or what was contested.
fn settled_by(pack: &Pack, key: &OwnClass) -> Option<&'static str> {
    let is_open = rule(pack, &key.rule).is_some_and(|r| r.controller == Judgement::Unsettled);
    (key.contested || (is_open && key.settled)).then_some("privacy_officer")
}

fn why(pack: &Pack, key: &OwnClass) -> Why {
    match rule(pack, &key.rule) {
        Some(rule) => why_of(rule),
        None => Why {
            zh: "策略包中没有规则涉及此类数据，因此归你个人所有。".into(),
            en: "No rule of the pack is about this data, so it is yours.".into(),
            clauses: vec!["dingtalk-def-12".into()],
        },
    }
}

fn why_of(rule: &ControlRule) -> Why {
    Why { zh: rule.reason_zh.clone(), en: rule.reason_en.clone(), clauses: rule.clauses.clone() }
}

fn hidden(pack: &Pack) -> Vec<Why> {
    use policy_model::pack::control::Condition;
    let hides = |r: &&ControlRule| r.then.contains(&Condition::HiddenFromLeaver);
    pack.control_rules().iter().filter(hides).map(why_of).collect()
}

/// Whether a ruling rests on consent that was given.
fn rests_on_consent(rule: &ControlRule) -> bool {
    rule.controller == Judgement::Organisation && !rule.when.consent.is_any()
}

/// Whether consent could make another of it: the person's, by a rule that follows consent.
fn could_follow(rule: &ControlRule) -> bool {
    rule.controller == Judgement::Person && rule.retroactive.contains(&Change::Consent)
}

fn consents(pack: &Pack, own: Own, groups: &BTreeMap<OwnClass, OwnGroup>, given: &[Given]) -> Vec<MyConsent> {
    let mut all: Vec<MyConsent> = given
        .iter()
        .map(|g| {
            let mut one = MyConsent {
                consent: Some(g.id),
                kind: Some(g.kind.as_str().into()),
                given_at: Some(g.given_at),
                give: no("consents.given"),
                withdraw: May { allowed: true, why: None },
                ..blank(&g.class_pattern)
            };
            add(pack, &mut one, groups.iter().filter(|(key, _)| g.covers(&key.class)), rests_on_consent);
            one
        })
        .collect();
    let mut possible: BTreeMap<&str, MyConsent> = BTreeMap::new();
    for (key, group) in groups.iter().filter(|(key, _)| !given.iter().any(|g| g.covers(&key.class))) {
        if !key.contested && rule(pack, &key.rule).is_some_and(could_follow) {
            let one = possible.entry(&key.class).or_insert_with(|| blank(&key.class));
            add(pack, one, [(key, group)].into_iter(), could_follow);
            one.give = if own.has_left() { no("membership.ended") } else { May { allowed: true, why: None } };
        }
    }
    all.extend(possible.into_values());
    all
}

fn add<'g>(
    pack: &Pack,
    one: &mut MyConsent,
    groups: impl Iterator<Item = (&'g OwnClass, &'g OwnGroup)>,
    follows: impl Fn(&ControlRule) -> bool,
) {
    for (key, group) in groups {
        let Some(rule) = rule(pack, &key.rule).filter(|r| follows(r)) else { continue };
        one.holdings += group.holdings;
        one.items = one.items.saturating_add(group.items);
        if !one.classes.iter().any(|c| c.key == key.class) {
            one.classes.push(words::class_name(pack, &key.class));
        }
        if !one.why.iter().any(|w| w.zh == rule.reason_zh) {
            one.why.push(why_of(rule));
        }
    }
}

fn blank(class_pattern: &str) -> MyConsent {
    MyConsent {
        consent: None,
        class_pattern: class_pattern.to_owned(),
        classes: Vec::new(),
        kind: None,
        given_at: None,
        holdings: 0,
        items: 0,
        why: Vec::new(),
        give: no("consents.nothing"),
        withdraw: no("consents.nothing"),
    }
}

fn no(why: &str) -> May {
    May { allowed: false, why: Some(why.to_owned()) }
}

pub(super) fn connector_names(tx: &mut TenantTx<'_>) -> Stored<HashMap<ConnectorId, String>> {
    Ok(holdings::list_connectors(tx)?.into_iter().map(|c| (c.id, c.name)).collect())
}

/// One holding, as its person is told of it: counts and dates.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MyHolding {
    /// Its id.
    pub id: HoldingId,
    /// The system that keeps it; none for Tenure's own vault.
    pub kept_at: Option<String>,
    /// How many items it stands for.
    pub items: i64,
    /// Their size.
    pub bytes: i64,
    /// The oldest.
    pub first_at: Option<Ts>,
    /// The newest.
    pub last_at: Option<Ts>,
    /// What has become of it.
    pub state: String,
    /// Kept through which day by an instruction.
    pub retain_until: Option<NaiveDate>,
    /// Since when the ruling is in force.
    pub ruled_at: Ts,
    /// The open contest about this one alone.
    pub contest: Option<ContestId>,
    /// What the person may do about it.
    pub can: MyGroupCan,
}

/// The next holdings of a group; one more than the page holds.
pub fn holdings_of(
    tx: &mut TenantTx<'_>,
    own: Own,
    of: &OwnSide,
    after: Option<HoldingId>,
    limit: i64,
) -> Stored<Vec<MyHolding>> {
    let names = connector_names(tx)?;
    let open = contests::open_of_holdings(tx, own.subject())?;
    let shown = |h: OwnHolding| MyHolding {
        contest: open.get(&h.id).copied(),
        can: MyGroupCan { contest: may(contests::may_contest(&h.controller, open.get(&h.id).copied())) },
        id: h.id,
        kept_at: h.connector.and_then(|id| names.get(&id).cloned()),
        items: h.items,
        bytes: h.bytes,
        first_at: h.first_at,
        last_at: h.last_at,
        state: h.state.as_str().into(),
        retain_until: h.retain_until,
        ruled_at: h.ruled_at,
    };
    Ok(holdings::own_holdings(tx, own, of, after, limit + 1)?.into_iter().map(shown).collect())
}

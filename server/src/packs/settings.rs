//! What an organisation can change about itself: name, time zone, language, pack, and the features that matter to the pack's
//! rules. A feature has a history: data is ruled by what was switched on when it came to be.

use super::store::tenants;
use super::{PackError, by_name, in_force, past, tenant};
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts, Turn, lost_race};
use crate::platform::http::Versioned;
use crate::platform::ids::{FeaturePeriodId, TenantId};
use crate::platform::record::Record;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use policy_model::pack::Pack;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

tenant_table! {
    feature_periods (id) decides Law {
        id -> SqlUid, feature -> Text, from_at -> SqlTs, until_at -> Nullable<SqlTs>,
    }
}

/// The languages that something is written in.
pub const LOCALES: [&str; 2] = ["zh-CN", "en"];

/// A time in which a feature was switched on.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize, utoipa::ToSchema)]
#[diesel(table_name = feature_periods, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
pub struct FeaturePeriod {
    #[serde(skip)]
    id: FeaturePeriodId,
    /// Which feature.
    pub feature: String,
    /// Since when.
    pub from_at: Ts,
    /// Until when; still on when absent.
    pub until_at: Option<Ts>,
}

/// What an organisation has set.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct OrganisationSettings {
    /// Its id.
    pub id: TenantId,
    /// Its name, as its people write it.
    pub name: String,
    /// Its short name in addresses; it stays.
    pub slug: String,
    /// IANA time zone of its civil deadlines.
    pub time_zone: String,
    /// The language of what it is sent.
    pub locale: String,
    /// The pack it lives by.
    pub pack: String,
    /// Features switched on now.
    pub features: Vec<String>,
    /// Features that matter to the pack's rules.
    pub known_features: Vec<String>,
    /// Since when features were on, and until when; the oldest first.
    pub feature_periods: Vec<FeaturePeriod>,
    /// The algorithm of what it seals; it stays.
    pub algorithm: String,
    /// Its version.
    pub version: i64,
}

impl Versioned for OrganisationSettings {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// What is to be otherwise; what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// Another time zone. Instants that were fixed before stay as they are.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Another language.
    #[serde(default)]
    pub locale: Option<String>,
    /// Another pack.
    #[serde(default)]
    pub pack: Option<String>,
    /// All features that are on from now on.
    #[serde(default)]
    pub features: Option<Vec<String>>,
}

/// What a change touched that rulings depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// Another pack is in force.
    pub pack: bool,
    /// Features were switched on or off.
    pub features: Vec<String>,
}

/// The settings in force.
pub fn settings(tx: &mut TenantTx<'_>) -> Stored<OrganisationSettings> {
    let row = tenant(tx)?;
    let pack = in_force(tx)?;
    let (now, periods) = (tx.now(), feature_periods(tx)?);
    Ok(OrganisationSettings {
        id: row.id,
        name: row.name,
        slug: row.slug,
        time_zone: row.time_zone,
        locale: row.locale,
        pack: row.pack,
        features: features_at(&periods, now),
        known_features: pack.features().iter().map(|f| f.key.clone()).collect(),
        feature_periods: periods,
        algorithm: row.algorithm,
        version: row.version,
    })
}

/// Every time in which a feature was on. Features number in the tens, and are rarely switched.
pub fn feature_periods(tx: &mut TenantTx<'_>) -> Stored<Vec<FeaturePeriod>> {
    tx.load(feature_periods::table, |rows| {
        rows.order(feature_periods::id).limit(1_000).select(FeaturePeriod::as_select())
    })
}

/// What was switched on at an instant.
pub fn features_at(periods: &[FeaturePeriod], at: Ts) -> Vec<String> {
    let on = periods.iter().filter(|p| p.from_at <= at && p.until_at.is_none_or(|until| at < until));
    on.map(|p| p.feature.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What a change would touch that rulings depend on, as [`change`] would do it: under which pack, and with which features on.
///
/// # Errors
/// Whatever [`change`] would refuse.
pub fn would_move(
    tx: &mut TenantTx<'_>,
    wanted: &SettingsChange,
) -> Result<(Arc<Pack>, Moved, Vec<String>), PackError> {
    let before = settings(tx)?;
    check(tx, &before, wanted)?;
    let name = wanted.pack.as_ref().unwrap_or(&before.pack);
    let pack = by_name(name).ok_or_else(|| PackError::Unknown(name.clone()))?;
    let on = wanted.features.clone().unwrap_or_else(|| before.features.clone());
    let differs = |f: &&String| before.features.contains(f) != on.contains(f);
    let switched: BTreeSet<&String> = before.features.iter().chain(&on).filter(differs).collect();
    let features = switched.into_iter().cloned().collect();
    Ok((pack, Moved { pack: *name != before.pack, features }, on))
}

/// Changes settings, if they still stand at the version that was read.
pub fn change(
    tx: &mut TenantTx<'_>,
    version: Option<i64>,
    wanted: &SettingsChange,
) -> Result<(OrganisationSettings, Moved), PackError> {
    tx.needs(Turn::Alone)?;
    let before = settings(tx)?;
    if version.is_some_and(|v| v != before.version) {
        return Err(PackError::Stale(before.version));
    }
    check(tx, &before, wanted)?;
    let mut moved = Moved { pack: wanted.pack.as_ref().is_some_and(|p| *p != before.pack), ..Moved::default() };
    if let Some(features) = &wanted.features {
        moved.features = switch(tx, &before.features, features)?;
    }
    if moved.pack
        && let Some(pack) = &wanted.pack
    {
        past::note(tx, &before.pack, pack)?;
    }
    let mut row = tenant(tx)?;
    row.name = wanted.name.as_ref().map_or(row.name, |n| n.trim().to_owned());
    row.time_zone = wanted.time_zone.clone().unwrap_or(row.time_zone);
    row.locale = wanted.locale.clone().unwrap_or(row.locale);
    row.pack = wanted.pack.clone().unwrap_or(row.pack);
    let (id, at) = (row.id, before.version);
    let changed = tx.as_platform(|p| {
        p.change(tenants::table, |all| {
            diesel::update(all.filter(tenants::id.eq(id)).filter(tenants::version.eq(at))).set((
                tenants::name.eq(row.name),
                tenants::time_zone.eq(row.time_zone),
                tenants::locale.eq(row.locale),
                tenants::pack.eq(row.pack),
                tenants::version.eq(at + 1),
            ))
        })
    })?;
    if changed != 1 {
        return Err(lost_race().into());
    }
    let after = settings(tx)?;
    tx.record(
        Record::of("tenant.settings")
            .on("tenant", id)
            .with("time_zone", after.time_zone.clone())
            .with("locale", after.locale.clone())
            .with("pack", after.pack.clone())
            .with("pack_before", before.pack)
            .with("features", after.features.clone())
            .with("features_before", before.features)
            .with("name_changed", after.name != before.name),
    );
    Ok((after, moved))
}

fn check(tx: &mut TenantTx<'_>, before: &OrganisationSettings, wanted: &SettingsChange) -> Result<(), PackError> {
    let invalid = |what: String, pointer| Err(PackError::Invalid { what, pointer });
    if let Some(name) = &wanted.name
        && (name.trim().is_empty() || name.chars().count() > 100)
    {
        return invalid("a name has 1 to 100 characters".into(), "/name");
    }
    if let Some(zone) = &wanted.time_zone
        && zone.parse::<chrono_tz::Tz>().is_err()
    {
        return invalid(format!("`{zone}` is no IANA time zone, such as Asia/Shanghai"), "/time_zone");
    }
    if let Some(locale) = &wanted.locale
        && !LOCALES.contains(&locale.as_str())
    {
        return invalid(format!("`{locale}` is none of {}", LOCALES.join(", ")), "/locale");
    }
    let pack = match &wanted.pack {
        None => in_force(tx)?,
        Some(name) => by_name(name).ok_or_else(|| PackError::Unknown(name.clone()))?,
    };
    let old = in_force(tx)?;
    if let Some(lacks) = what_it_lacks(&old, &pack) {
        return invalid(
            format!("the pack `{}` lacks {lacks}, which `{}` has", pack.header().name, before.pack),
            "/pack",
        );
    }
    let known = |feature: &String| pack.features().iter().any(|f| f.key == *feature);
    let on = wanted.features.as_ref().map_or(&[][..], Vec::as_slice);
    if let Some(unknown) = on.iter().find(|f| !known(f)) {
        return invalid(format!("no rule of the pack looks at a feature `{unknown}`"), "/features");
    }
    Ok(())
}

/// A pack without a class could not find the key of what is held of it, and one without a role would silence its holders.
fn what_it_lacks(old: &Pack, new: &Pack) -> Option<String> {
    let class = old.classes().iter().find(|c| new.class(c.key.as_str()).is_none_or(|n| n.biometric != c.biometric));
    let role = old.roles().iter().find(|r| !new.roles().iter().any(|n| n.key == r.key));
    class.map(|c| format!("the class `{}`", c.key)).or_else(|| role.map(|r| format!("the role `{}`", r.key)))
}

/// Switches features on and off from this instant; returns which.
fn switch(tx: &mut TenantTx<'_>, before: &[String], wanted: &[String]) -> Stored<Vec<String>> {
    let now = tx.now();
    let off: Vec<String> = before.iter().filter(|f| !wanted.contains(f)).cloned().collect();
    let on: BTreeSet<&String> = wanted.iter().filter(|f| !before.contains(f)).collect();
    let closed = off.clone();
    tx.change(feature_periods::table, |rows| {
        diesel::update(rows.filter(feature_periods::feature.eq_any(closed)).filter(feature_periods::until_at.is_null()))
            .set(feature_periods::until_at.eq(Some(now)))
    })?;
    for feature in &on {
        let period = FeaturePeriod { id: tx.new_id(), feature: (*feature).clone(), from_at: now, until_at: None };
        tx.add(feature_periods::table, &period)?;
    }
    Ok(off.into_iter().chain(on.into_iter().cloned()).collect())
}

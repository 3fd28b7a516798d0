//! The packs that this binary carries, and which one a tenant lives by.
//!
//! Packs are files under `config/packs`, embedded at build time and checked when the process starts: a pack with a gap or
//! a contradiction stops the start, with file, line and what would be right.

mod error;
mod past;
pub mod routes;
mod settings;
mod store;
mod view;

pub use error::PackError;
pub use past::{PackPeriod, pack_periods};
pub use settings::{
    FeaturePeriod, Moved, OrganisationSettings, SettingsChange, change, feature_periods, features_at, settings,
    would_move,
};
pub use store::{TenantRow, find_tenant, find_tenant_by_slug, insert_tenant, list_tenants, tenant};
pub use view::ClauseView;

use crate::platform::db::{StoreError, Stored, TenantTx};
use policy_model::calendar::Calendar;
use policy_model::clause::{Clause, ClauseRegister};
use policy_model::pack::{Pack, PackProblem};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// The five packs, by name: one per source document, the last the base of the others.
pub const EMBEDDED: [(&str, &str); 5] = [
    ("dingtalk", include_str!("../../../config/packs/dingtalk.toml")),
    ("aliyun-office-security", include_str!("../../../config/packs/aliyun-office-security.toml")),
    ("yongchang", include_str!("../../../config/packs/yongchang.toml")),
    ("coremail", include_str!("../../../config/packs/coremail.toml")),
    ("gbt-35273", include_str!("../../../config/packs/gbt-35273.toml")),
];

const CLAUSES: &str = include_str!("../../../config/clauses.csv");
const CALENDAR: &str = include_str!("../../../config/calendars/cn.toml");

/// Everything compiled once.
struct Shelf {
    packs: BTreeMap<&'static str, Arc<Pack>>,
    clauses: ClauseRegister,
    calendar: Arc<Calendar>,
}

static SHELF: LazyLock<Result<Shelf, Vec<String>>> = LazyLock::new(fill_shelf);

fn fill_shelf() -> Result<Shelf, Vec<String>> {
    let calendar = Calendar::parse(CALENDAR).map_err(|e| vec![e.to_string()])?;
    let clauses = clauses().map_err(|wrong| wrong.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let mut packs = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, _) in EMBEDDED {
        match load(name, &embedded) {
            Ok(pack) => drop(packs.insert(name, Arc::new(pack))),
            Err(problems) => wrong.extend(problems.iter().map(ToString::to_string)),
        }
    }
    if wrong.is_empty() { Ok(Shelf { packs, clauses, calendar: Arc::new(calendar) }) } else { Err(wrong) }
}

fn embedded(name: &str) -> Option<String> {
    EMBEDDED.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
}

/// The register of clauses that packs, refusals and tests may cite.
pub fn clauses() -> Result<ClauseRegister, Vec<PackProblem>> {
    ClauseRegister::parse(CLAUSES).map_err(|e| vec![e.into()])
}

/// Loads a pack from texts by name: the embedded ones, or a file an author is working on that extends them.
pub fn load(name: &str, text: &dyn Fn(&str) -> Option<String>) -> Result<Pack, Vec<PackProblem>> {
    Pack::load(name, &|wanted| text(wanted).or_else(|| embedded(wanted)), &clauses()?)
}

/// Checks the packs of this binary. Called at start.
pub fn check() -> Result<(), Vec<String>> {
    match &*SHELF {
        Ok(_) => Ok(()),
        Err(wrong) => Err(wrong.clone()),
    }
}

/// A pack by name.
pub fn by_name(name: &str) -> Option<Arc<Pack>> {
    SHELF.as_ref().ok()?.packs.get(name).cloned()
}

/// Every pack on the shelf, by name.
fn on_shelf() -> Stored<impl Iterator<Item = Arc<Pack>>> {
    let shelf = SHELF.as_ref().map_err(|wrong| StoreError::Unreadable(wrong.join("; ")))?;
    Ok(shelf.packs.values().cloned())
}

/// What may be cited, by id.
fn clause(id: &str) -> Option<&'static Clause> {
    SHELF.as_ref().ok()?.clauses.get(id)
}

/// What these clauses ask and where they stand, each once, in order; those that there are not are left out.
pub fn cited<'c>(ids: impl IntoIterator<Item = &'c str>) -> Vec<ClauseView> {
    let ids: std::collections::BTreeSet<&str> = ids.into_iter().collect();
    ids.into_iter().filter_map(|id| clause(id).map(ClauseView::of)).collect()
}

/// The calendar of working days.
pub fn calendar() -> Stored<Arc<Calendar>> {
    SHELF.as_ref().map(|s| s.calendar.clone()).map_err(|wrong| StoreError::Unreadable(wrong.join("; ")))
}

/// The pack that this tenant lives by.
pub fn in_force(tx: &mut TenantTx<'_>) -> Stored<Arc<Pack>> {
    let row = tenant(tx)?;
    by_name(&row.pack)
        .ok_or_else(|| StoreError::Unreadable(format!("the tenant's pack {} is not on the shelf", row.pack)))
}

/// The tenant's time zone, in which its civil deadlines are computed.
pub fn time_zone(tx: &mut TenantTx<'_>) -> Stored<chrono_tz::Tz> {
    let row = tenant(tx)?;
    row.time_zone.parse().map_err(|_| StoreError::Unreadable(format!("no time zone {}", row.time_zone)))
}

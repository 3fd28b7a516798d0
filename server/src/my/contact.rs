//! Whom people turn to: how the privacy officer is reached, and who decides disputes outside the organisation
//! (gbt35273-5.5-a-1, gbt35273-5.5-a-8). The privacy officer publishes it.

use super::error::MyError;
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts};
use crate::platform::http::Versioned;
use crate::platform::ids::MembershipId;
use crate::platform::record::Record;
use diesel::prelude::*;
use diesel::{pg::Pg, sqlite::Sqlite};
use serde::{Deserialize, Serialize};

tenant_table! {
    notice_contacts (place) {
        place -> Text, contact -> Text, authority -> Text, changed_by -> Nullable<SqlUid>, changed_at -> SqlTs,
        version -> BigInt,
    }
}

const EVERYWHERE: &str = "organisation";

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice_contacts, treat_none_as_default_value = false, check_for_backend(MultiBackend, Pg, Sqlite))]
struct Row {
    place: String,
    contact: String,
    authority: String,
    changed_by: Option<MembershipId>,
    changed_at: Ts,
    version: i64,
}

/// How the privacy officer is reached.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NoticeContact)]
pub struct Contact {
    /// An address, a number, a room: of the office, never a person's own. Empty until it is published.
    pub contact: String,
    /// Who decides disputes outside, and how to reach them.
    pub authority: String,
    /// When it was last changed; absent until it is published.
    pub changed_at: Option<Ts>,
    /// Its version; 0 until it is published.
    pub version: i64,
}

impl Versioned for Contact {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// What is published now.
pub fn contact(tx: &mut TenantTx<'_>) -> Stored<Contact> {
    let found: Option<Row> = tx.first(notice_contacts::table, |rows| {
        rows.filter(notice_contacts::place.eq(EVERYWHERE)).select(Row::as_select())
    })?;
    Ok(found.map_or(Contact { contact: String::new(), authority: String::new(), changed_at: None, version: 0 }, shown))
}

fn shown(row: Row) -> Contact {
    Contact { contact: row.contact, authority: row.authority, changed_at: Some(row.changed_at), version: row.version }
}

/// Publishes another one, if it still stands at the version that was read.
pub fn publish(tx: &mut TenantTx<'_>, version: i64, contact: &str, authority: &str) -> Result<Contact, MyError> {
    let (contact, authority) = (contact.trim(), authority.trim());
    if contact.is_empty() || contact.chars().count() > 300 {
        return Err(MyError::Contact("a contact has 1 to 300 characters"));
    }
    if authority.chars().count() > 300 {
        return Err(MyError::Contact("what is said of who decides outside has at most 300 characters"));
    }
    let before = self::contact(tx)?;
    if before.version != version {
        return Err(MyError::Stale(before.version));
    }
    let row = Row {
        place: EVERYWHERE.into(),
        contact: contact.to_owned(),
        authority: authority.to_owned(),
        changed_by: tx.actor().membership(),
        changed_at: tx.now(),
        version: version + 1,
    };
    let removed = tx.change(notice_contacts::table, |rows| {
        diesel::delete(rows.filter(notice_contacts::place.eq(EVERYWHERE)).filter(notice_contacts::version.eq(version)))
    })?;
    if removed == 0 && version != 0 {
        return Err(MyError::Stale(before.version));
    }
    tx.add(notice_contacts::table, &row)?;
    tx.record(
        Record::of("notice.write").on("notice", EVERYWHERE).with("version", row.version).citing(["gbt35273-11.1-d-8"]),
    );
    Ok(shown(row))
}

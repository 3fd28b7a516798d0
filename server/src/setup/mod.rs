//! Setting an organisation up: what has to be there before the first departure, and what is missing.
//!
//! Nearly all of it shows by itself: who holds which role, which HR system has been heard of, who has come in. What does
//! not, somebody confirms.

mod guide;
pub mod routes;
mod store;

use crate::platform::db::{Stored, TenantTx};
use crate::platform::record::Record;

/// Says that the organisation's name, time zone, language and pack are right. A repeat changes nothing.
pub fn confirm_organisation(tx: &mut TenantTx<'_>) -> Stored<()> {
    store::confirm(tx, guide::ORGANISATION)?;
    tx.record(Record::of("setup.confirm").with("step", guide::ORGANISATION));
    Ok(())
}

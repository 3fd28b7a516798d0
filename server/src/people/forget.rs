//! Forgetting somebody: the keys of their name and of personal texts in records go, and with them every copy that is not
//! accompanied by a key. What stays leads to a subject and to no human being that this organisation could name.

use super::store;
use crate::platform::db::{Stored, TenantTx};
use crate::platform::ids::SubjectId;
use crate::platform::vault::{self, Drawer};

/// Erases what names a subject. Returns whether there was anything; a repeat finds nothing.
pub fn forget(tx: &mut TenantTx<'_>, subject: SubjectId) -> Stored<bool> {
    let identity = vault::erase(tx, subject, Drawer::Identity)?;
    let records = vault::erase(tx, subject, Drawer::Records)?;
    store::clear_name(tx, subject)?;
    Ok(identity || records)
}

//! A departure that is called off: what can still be undone, and what cannot.

use serde::Serialize;

use crate::departure::{Disposition, Line};

/// What becomes of the items of a line when the departure is called off. The four add up to the line's items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Rescinded {
    /// Nothing had been done with these, and nothing will be.
    pub cancelled: u64,
    /// These are taken back: shown again, or back from the successor.
    pub reversed: u64,
    /// These went to the person: a copy that was given, or data that is theirs alone now. It cannot be called back, and
    /// nothing is lost.
    pub with_the_person: u64,
    /// These no longer exist (gbt35273-3.10, gbt35273-3.14).
    pub gone: u64,
}

/// What calling off the departure does to a line of which `items_done` items have been carried out. More than the line
/// has counts as all.
pub fn rescind(line: &Line, items_done: u64) -> Rescinded {
    let done = items_done.min(line.items);
    let rest = Rescinded { cancelled: line.items - done, ..Rescinded::default() };
    match line.disposition {
        // Keeping did nothing that would have to be undone.
        Disposition::Retain => Rescinded { cancelled: line.items, ..rest },
        Disposition::HandOver | Disposition::Hide => Rescinded { reversed: done, ..rest },
        Disposition::Release | Disposition::Detach => Rescinded { with_the_person: done, ..rest },
        Disposition::Anonymise | Disposition::Delete => Rescinded { gone: done, ..rest },
    }
}

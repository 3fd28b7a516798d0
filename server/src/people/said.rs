//! When each thing about a membership was last said. Of two words about one thing the later holds, thing by thing, so that
//! any order in which the same words arrive ends the same; a word about the department does not hide an earlier one about
//! the position.

use super::model::Membership;
use crate::platform::db::{Stored, Ts};
use serde::{Deserialize, Serialize};

/// The instant of the last word about each thing; none where nothing was said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Ts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<Ts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Ts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<Ts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Ts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Ts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Ts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<Ts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_day: Option<Ts>,
}

impl Said {
    /// What is known of a membership. One from before this was kept knows one instant for everything.
    pub(super) fn of(m: &Membership) -> Stored<Self> {
        Ok(match &m.said {
            Some(text) => serde_json::from_str(text)?,
            None => Self {
                name: Some(m.facts_at),
                department: Some(m.facts_at),
                position: Some(m.facts_at),
                manager: Some(m.facts_at),
                email: Some(m.facts_at),
                phone: Some(m.facts_at),
                reason: m.leaving_at,
                successor: m.leaving_at,
                first_day: m.joined_at,
            },
        })
    }

    /// As it is stored.
    pub(super) fn text(&self) -> Stored<Option<String>> {
        Ok(Some(serde_json::to_string(self)?))
    }
}

/// A joining comes before all else that is said of it: of a joining and a change of one instant, the change is later.
pub(super) fn at_joining(said_at: Ts) -> Ts {
    Ts(said_at.0 - chrono::Duration::microseconds(1))
}

/// Whether a word of this instant holds, and if so, notes it. Of two different words of one instant the greater holds, which
/// is as good as any and does not depend on which came first.
pub(super) fn holds_over<T: Ord>(last: &mut Option<Ts>, said_at: Ts, word: &T, known: &T) -> bool {
    (*last != Some(said_at) || word >= known) && holds(last, said_at)
}

/// Whether a word of this instant holds, and if so, notes it.
pub(super) fn holds(last: &mut Option<Ts>, said_at: Ts) -> bool {
    let is_later = last.is_none_or(|last| said_at >= last);
    if is_later {
        *last = Some(said_at);
    }
    is_later
}

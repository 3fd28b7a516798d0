//! Lists are pages: a bound, a key to go on from, no offset. A cursor is opaque to callers and names the last row they saw.

use super::Problem;
use crate::platform::db::Ts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use uuid::Uuid;

/// Rows of a page when the caller does not say, and at most. Set once, at start, from `limits` in the settings.
static BOUNDS: OnceLock<(i64, i64)> = OnceLock::new();

/// Takes the bounds from the settings; the first call counts.
pub fn bound(rows: u32, most: u32) {
    let _ = BOUNDS.set((i64::from(rows), i64::from(most)));
}

fn bounds() -> (i64, i64) {
    BOUNDS.get().copied().unwrap_or((50, 500))
}

/// `?limit=…&cursor=…`
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
pub struct PageQuery {
    /// Rows a page, within the server's limits; 50 and at most 500 unless it was set up otherwise.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// The last row of a page: its sort instant or number, and its id.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
pub struct Cursor {
    /// The sort key: microseconds, or a sequence number.
    pub key: i64,
    /// The tie-breaker.
    pub id: Uuid,
    /// The second half of a key of two ids; nil where one is enough.
    pub second: Uuid,
}

impl Cursor {
    /// A cursor after a row sorted by an instant.
    pub fn after(at: Ts, id: Uuid) -> Self {
        Self { key: at.timestamp_micros(), id, second: Uuid::nil() }
    }

    /// A cursor after a row sorted by a number, or by its id alone when that is 0.
    pub fn numbered(key: i64, id: Uuid) -> Self {
        Self { key, id, second: Uuid::nil() }
    }

    /// A cursor after a row sorted by two ids.
    pub fn pair(id: Uuid, second: Uuid) -> Self {
        Self { key: 0, id, second }
    }

    /// The sort key as an instant.
    pub fn at(&self) -> Ts {
        let at = chrono::DateTime::from_timestamp_micros(self.key).filter(|at| Ts::YEARS.contains(&at.year()));
        Ts(at.unwrap_or_default())
    }

    /// As text for a URL.
    pub fn encode(&self) -> String {
        let mut bytes = self.key.to_be_bytes().to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(self.second.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (key, ids) = bytes.split_at_checked(8)?;
        let (id, second) = ids.split_at_checked(16)?;
        let key = i64::from_be_bytes(key.try_into().ok()?);
        Some(Self { key, id: Uuid::from_slice(id).ok()?, second: Uuid::from_slice(second).ok()? })
    }
}

impl PageQuery {
    /// The bound; refuses one that is out of range rather than guessing.
    pub fn limit(&self) -> Result<i64, Problem> {
        let (usual, most) = bounds();
        match self.limit {
            None => Ok(usual),
            Some(n) if (1..=most).contains(&n) => Ok(n),
            Some(n) => Err(Problem::invalid("request.limit")
                .at("/limit")
                .detail(format!("limit is {n}."))
                .help(format!("Send 1 to {most}."))),
        }
    }

    /// Where to go on.
    pub fn cursor(&self) -> Result<Option<Cursor>, Problem> {
        match &self.cursor {
            None => Ok(None),
            Some(text) => Cursor::decode(text).map(Some).ok_or_else(|| {
                Problem::invalid("request.cursor")
                    .at("/cursor")
                    .detail("This is not a cursor of this list.")
                    .help("Send the `next` of the page before, or leave it out to begin again.")
            }),
        }
    }
}

/// One page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from one row more than `limit`, so that the last page knows that it is the last.
    pub fn cut(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> Cursor) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(|row| cursor(row).encode()) } else { None };
        Self { items: rows, next }
    }

    /// The same page with each row translated.
    pub fn map<U>(self, translate: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(translate).collect(), next: self.next }
    }
}

//! What every route shares: problem documents, answers with ETags, pages with cursors.

pub mod answer;
pub mod body;
pub mod client;
pub mod description;
pub mod events;
pub mod further;
pub mod paging;
pub mod problem;
pub mod query;
pub mod stream;
pub mod watch;

pub use answer::{Answer, Answered, Versioned, unless_known};
pub use body::{OptionalJson, holds_nul};
pub use client::Proxies;
pub use events::{Events, Gone, events};
pub use paging::{Cursor, Page, PageQuery};
pub use problem::{AsProblem, Problem};

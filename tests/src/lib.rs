//! The words of the stories: an organisation, its people, its HR system, its auditor, the connector that keeps its mail.
//!
//! A story talks to the running program over HTTP and the command line and knows nothing of its inside. Every story is told
//! twice, on SQLite and on PostgreSQL, and every organisation in it has a **neighbour** with the same data, whose own view
//! must be unchanged at the end and none of whose ids may have been in any answer. The story owns the clock: nothing sleeps.

#![allow(clippy::missing_panics_doc, reason = "a test fails by a panic")]

pub mod auditor;
pub mod browser;
pub mod clock;
pub mod command_line;
pub mod connector;
pub mod crowd;
pub mod departure;
pub mod events;
pub mod holdings;
pub mod hr_system;
pub mod http;
mod http_server;
mod neighbour;
pub mod newcomer;
pub mod node;
pub mod organisation;
mod patience;
pub mod person;
pub mod postgres;
pub mod second_opinion;
pub mod server;
mod shelf;
pub mod signature;
mod world;

pub use organisation::Organisation;
pub use person::Person;
pub use world::{Database, Tenure, tell};

/// A word that was never used before, for names and keys that must differ.
pub(crate) fn unique() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// A story, told on both databases: `scenario!(a_leaver_loses_access_at_once, |t| { … });` makes the tests
/// `a_leaver_loses_access_at_once::sqlite` and `a_leaver_loses_access_at_once::postgres`.
#[macro_export]
macro_rules! scenario {
    ($(#[$doc:meta])* $name:ident, $story:expr $(,)?) => {
        $(#[$doc])*
        mod $name {
            #[allow(unused_imports, reason = "one story needs what another does not")]
            use super::*;

            fn story(t: &$crate::Tenure) {
                let story: fn(&$crate::Tenure) = $story;
                story(t);
            }

            #[test]
            fn sqlite() {
                $crate::tell($crate::Database::Sqlite, story);
            }

            #[test]
            fn postgres() {
                $crate::tell($crate::Database::Postgres, story);
            }
        }
    };
}

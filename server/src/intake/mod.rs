//! Intake: what HR systems say, by signed webhook. A message is kept, encrypted, before anything is made of it; what
//! cannot be understood or applied stays with its reason and can be replayed. A bad signature, an old timestamp or a
//! repeated id changes nothing.

mod apply;
mod error;
mod event;
mod import;
mod jobs;
mod model;
mod operations;
pub mod routes;
mod sources;
mod store;
mod table;

pub use apply::forget;
pub use error::IntakeError;
pub use event::{EventKind, HrEvent};
pub use jobs::{APPLY, register};
pub use model::{Message, MessageState};
pub use sources::{CreatedSource, Source, SourceStatus, create_source, statuses};

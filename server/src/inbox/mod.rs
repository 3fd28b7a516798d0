//! 待办: everything that waits for one person, in one list. What somebody else must answer, and what one decided lately.
//!
//! It owns no table. Cards are put together from the slices whose things wait: instructions and departures to be decided,
//! departures to be checked and handed in, and what was raised to a person. The instructions of one departure are one card.
//!
//! What always holds: a card is in the list of those who may do something about it, by the functions that would refuse it;
//! and what is decided together is alike in reason and risk, and decided as a whole or not at all.

mod card;
mod decide;
mod error;
mod gather;
pub mod routes;
mod show;

pub use error::InboxError;

//! Black-box stories, told to the running program on both databases. See `tests/src` for their words.

mod access;
mod browser_sessions;
mod console_pages;
mod contract;
mod database;
mod departures;
mod departures_killed;
mod forgetting;
mod holdings;
mod instructions;
mod intake;
mod intake_people;
mod keys;
mod ledger;
mod operations;
mod orders;
mod orders_by_hand;
mod packs;
mod proxies;
mod readme;
mod roles;
mod roles_delegated;
mod rulings;
mod sign_in;
mod sign_in_limits;
mod tenancy;

//! Tenure: governs the data an organisation controls about its people.
//!
//! Start reading at `app.rs`, where everything meets, and at `departures/`, which is what it is for. ARCHITECTURE.md is the map.

pub mod access;
pub mod app;
pub mod attention;
pub mod cases;
pub mod certification;
pub mod cli;
pub mod console;
pub mod decisions;
pub mod departures;
pub mod forgetting;
pub mod health;
pub mod holdings;
pub mod inbox;
pub mod instructions;
pub mod intake;
pub mod ledger;
pub mod my;
pub mod orders;
pub mod organisations;
pub mod packs;
pub mod people;
pub mod platform;
pub mod rehearsals;
pub mod retention;
pub mod sample;
pub mod setup;

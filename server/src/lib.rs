//! Tenure: governs the data an organisation controls about its people.

// pub mod people;
pub mod platform;

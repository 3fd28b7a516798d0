//! Sign-in over a real database, told as what people and organisations do. What all of the
//! server shows is in the scenarios.

mod http;
mod keys;
mod people;
mod sessions;
mod world;

//! The rules of Tenure. Facts go in; answers come out, each with its reason and the clause it rests on.
//!
//! Nothing here reads a file, a clock, a database or a random number, so every answer can be repeated and proved.

pub mod class;
pub mod clause;
pub mod facts;
pub mod pack;
pub mod ruling;

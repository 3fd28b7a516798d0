//! The rules of Tenure. Facts go in; answers come out, each with its reason and the clause it rests on.
//!
//! Nothing here reads a file, a clock, a database or a random number, so every answer can be repeated and proved.

pub mod approval;
pub mod calendar;
pub mod certification;
pub mod class;
pub mod clause;
pub mod decision;
pub mod departure;
pub mod facts;
pub mod instruction;
pub mod ledger;
pub mod mask;
pub mod own_role;
pub mod pack;
pub mod roles;
pub mod ruling;
pub mod schedule;
pub mod separation;
pub mod tenure;

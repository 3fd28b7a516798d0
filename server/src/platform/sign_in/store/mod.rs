//! The tables of sign-in and every query on them. None belongs to a tenant: a person has one account in several.

pub mod accounts;
pub mod keys;
pub mod links;
pub mod sessions;

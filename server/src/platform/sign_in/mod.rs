//! Who somebody is: accounts, passwords, tokens, keys.

use crate::platform::Platform;
use crate::platform::caller::Caller;
use crate::platform::http::Problem;

/// Tells who a bearer token or API key belongs to.
pub fn identify(_platform: &Platform, _bearer: &str) -> Result<Caller, Problem> {
    Err(Problem::unauthenticated("sign-in.required"))
}

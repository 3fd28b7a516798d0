//! Queries before they are read. A word that a route does not know is a mistake: who asks for `?instrution=…` must not be given
//! everything.

use super::Problem;
use super::description::Addresses;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::{self, Query};

/// Refuses a query parameter that the description of the route does not name.
///
/// # Errors
/// `request.query`.
pub async fn refuse_unknown<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    check(&req)?;
    next.call(req).await
}

fn check(req: &ServiceRequest) -> Result<(), Problem> {
    let Some(addresses) = req.app_data::<web::Data<Addresses>>().filter(|_| !req.query_string().is_empty()) else {
        return Ok(());
    };
    let Some(taken) = addresses.at(req.path()).iter().find(|taken| taken.method == req.method().as_str()) else {
        return Ok(());
    };
    // What cannot be read at all, the route itself refuses.
    let Ok(Query(given)) = Query::<Vec<(String, String)>>::from_query(req.query_string()) else { return Ok(()) };
    match given.into_iter().find(|(name, _)| !taken.query.contains(name)) {
        None => Ok(()),
        Some((name, _)) => Err(unknown(&name, &taken.query)),
    }
}

fn unknown(name: &str, known: &[String]) -> Problem {
    let shown: String = name.chars().take(60).collect();
    let help = match known {
        [] => "This address takes none.".to_owned(),
        known => format!("It takes {}.", known.join(", ")),
    };
    Problem::malformed("request.query").detail(format!("There is no query parameter `{shown}` here.")).help(help)
}

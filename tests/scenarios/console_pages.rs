//! The console's pages as a browser gets them. What is in them is told in `tests/browser`; a program that was built
//! without the console answers the same way, with a page that says how to build it.

use scenarios::scenario;

scenario!(a_page_comes_with_a_strict_policy_and_a_wrong_address_of_the_api_is_never_a_page, |t| {
    let asks = |path: &str, accept: &str| t.stranger().send("GET", path, &[("accept", accept)], None);
    let mut nonces = Vec::new();
    for path in ["/", "/inbox", "/departures/01890a5d-ac96-774b-bcce-b302099a8057?tab=lines"] {
        let page = asks(path, "text/html,application/xhtml+xml,*/*;q=0.8");
        assert!([200, 404].contains(&page.status), "{page}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), Some(value), "{name}");
        }
        let policy = page.header("content-security-policy").expect("a policy").to_owned();
        let nonce =
            policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
        assert_eq!(
            policy.replace(&nonce, "…"),
            "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-…'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        );
        assert!(page.body.contains(&nonce) && !page.body.contains("__CSP_NONCE__"), "{page}");
        assert!(!nonces.contains(&nonce), "every answer has a nonce of its own");
        nonces.push(nonce);
    }
    for path in
        ["/api/v1/nothing", "/api", "/hooks/nobody/here", "/.well-known/nothing", "/scim/v2/Users", "/assets/x-1.js"]
    {
        let answer = asks(path, "text/html");
        assert_eq!(answer.status, 404, "{answer}");
        answer.is_refused("address.not-found");
        assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
    }
    asks("/inbox", "application/json").is_refused("address.not-found");
});

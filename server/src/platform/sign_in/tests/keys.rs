//! Machines' keys.

use super::world::{World, identify};
use crate::platform::caller::Actor;
use crate::platform::db::Ts;
use crate::platform::http::PageQuery;
use crate::platform::sign_in::SignInError;
use crate::platform::sign_in::api_keys::{self, NewApiKey};
use chrono::Duration;

fn new(w: &World, scopes: &[&str], days: i64) -> NewApiKey {
    NewApiKey {
        name: "邮件系统".into(),
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        expires_at: Ts(*w.platform.now() + Duration::days(days)),
        connector_id: None,
    }
}

#[test]
fn a_key_opens_what_it_was_made_for_until_it_is_taken_back() {
    let w = World::new();
    let acme = w.organisation("acme");
    let wanted = new(&w, &["holdings.register"], 30);
    let (view, token) = w.in_tenant(acme, |tx| api_keys::create(tx, &wanted)).unwrap();

    let caller = identify(&w.platform, token.expose()).unwrap();
    let actor = Actor::ApiKey { id: view.id, scopes: vec!["holdings.register".into()], connector: None, made_by: None };
    assert_eq!((caller.tenant, caller.actor), (acme, actor));

    assert!(matches!(w.in_tenant(acme, |tx| api_keys::create(tx, &wanted)), Err(SignInError::KeyNameTaken)));
    let listed = w.in_tenant(acme, |tx| api_keys::list(tx, &PageQuery::default())).unwrap();
    assert_eq!(listed.items.len(), 1);
    assert!(listed.items[0].last_used_at.is_some());
    assert!(!serde_json::to_string(&listed).unwrap().contains(&token.expose()[12..]));

    w.in_tenant(acme, |tx| api_keys::revoke(tx, view.id)).unwrap();
    assert_eq!(identify(&w.platform, token.expose()).unwrap_err().code(), "sign-in.required");
    w.in_tenant(acme, |tx| api_keys::create(tx, &wanted)).unwrap();
}

#[test]
fn another_tenants_key_is_not_found() {
    let w = World::new();
    let (acme, other) = (w.organisation("acme"), w.organisation("other"));
    let wanted = new(&w, &["holdings.register"], 30);
    let (view, token) = w.in_tenant(acme, |tx| api_keys::create(tx, &wanted)).unwrap();
    assert!(matches!(w.in_tenant(other, |tx| api_keys::revoke(tx, view.id)), Err(SignInError::UnknownKey)));
    assert!(w.in_tenant(other, |tx| api_keys::list(tx, &PageQuery::default())).unwrap().items.is_empty());
    identify(&w.platform, token.expose()).unwrap();
}

#[test]
fn nobody_gives_a_key_what_they_may_not_do() {
    let w = World::new();
    let acme = w.organisation("acme");
    let wanted = new(&w, &["holdings.register", "records.export"], 30);
    let made = w.in_tenant(acme, |tx| api_keys::create(tx, &wanted));
    assert!(matches!(made, Err(SignInError::ScopeNotYours(scope)) if scope == "records.export"));
}

#[test]
fn what_is_wrong_with_a_key_is_named() {
    let w = World::new();
    let acme = w.organisation("acme");
    let good = new(&w, &["holdings.register"], 30);
    let with = |change: fn(&mut NewApiKey)| {
        let mut wrong = good.clone();
        change(&mut wrong);
        crate::platform::http::AsProblem::problem(&w.in_tenant(acme, |tx| api_keys::create(tx, &wrong)).unwrap_err())
            .code()
            .to_owned()
    };
    assert_eq!(with(|k| k.name = "  ".into()), "keys.name");
    assert_eq!(with(|k| k.name = "a\0b".into()), "keys.name");
    assert_eq!(with(|k| k.name = "长".repeat(81)), "keys.name");
    assert_eq!(with(|k| k.scopes.clear()), "keys.scopes");
    assert_eq!(with(|k| k.scopes = vec!["holdings.register".into(); 65]), "keys.scopes");
    assert_eq!(with(|k| k.scopes = vec!["Holdings *".into()]), "keys.scope");
    assert_eq!(with(|k| k.expires_at = Ts(*k.expires_at - Duration::days(31))), "keys.expiry");
    assert_eq!(with(|k| k.expires_at = Ts(*k.expires_at + Duration::days(340))), "keys.expiry");
}

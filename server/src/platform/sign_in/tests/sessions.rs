//! Tokens, and how a session ends.

use super::world::{PASSWORD, World, identify};
use crate::platform::caller::{Actor, Caller};
use crate::platform::db::tx::platform_tx;
use crate::platform::http::PageQuery;
use crate::platform::sign_in::sessions::{self, Opened};
use crate::platform::sign_in::{
    Owner, SignInError, access_token, end_sessions_of_membership, refresh, rotate_signing_key, signing_keys,
};

fn token(w: &World, opened: &Opened) -> String {
    access_token::issue(&w.platform, &opened.session).unwrap()
}

fn refused(w: &World, token: &str) -> String {
    identify(&w.platform, token).unwrap_err().code().to_owned()
}

fn somebody() -> (World, Opened) {
    let w = World::new();
    let acme = w.organisation("acme");
    w.settles_in(acme, Owner::Person, "lin@acme.cn");
    let opened = w.is_in("lin@acme.cn", None);
    (w, opened)
}

#[test]
fn an_access_token_tells_who_it_is() {
    let (w, opened) = somebody();
    let Caller { tenant, actor } = identify(&w.platform, &token(&w, &opened)).unwrap();
    let s = &opened.session;
    let expected =
        Actor::Member { membership: s.membership_id, subject: s.subject_id, account: s.account_id, session: s.id };
    assert_eq!((tenant, actor), (s.tenant_id, expected));
}

#[test]
fn what_was_changed_or_is_not_ours_is_no_token() {
    let (w, opened) = somebody();
    let (elsewhere, other) = somebody();
    let good = token(&w, &opened);
    let (body, signature) = good.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", body.split('.').nth(1).unwrap());
    for bad in [
        String::new(),
        "x".repeat(5000),
        "tk_00000000_short".into(),
        format!("{body}."),
        format!("{body}.{flipped}{}", &signature[1..]),
        unsigned,
        token(&elsewhere, &other),
    ] {
        assert_eq!(refused(&w, &bad), "sign-in.required", "{bad}");
    }
}

#[test]
fn a_refresh_token_is_good_once_and_a_second_use_ends_the_session() {
    let (w, opened) = somebody();
    let next = refresh(&w.platform, &opened.token).unwrap();
    assert_eq!(next.session.id, opened.session.id);
    let third = refresh(&w.platform, &next.token).unwrap();
    let access = token(&w, &third);
    identify(&w.platform, &access).unwrap();

    assert!(matches!(refresh(&w.platform, &opened.token), Err(SignInError::TokenReused)));
    assert_eq!(refused(&w, &access), "session.ended");
    assert!(matches!(refresh(&w.platform, &third.token), Err(SignInError::SessionEnded)));
    assert!(w.ledger(opened.tenant()).contains(&"sign-out refused token.reused".to_owned()));
}

#[test]
fn the_end_of_a_membership_binds_at_once() {
    let (w, opened) = somebody();
    let (acme, access) = (opened.tenant(), token(&w, &opened));
    let person = platform_tx(&w.platform, |p| {
        crate::platform::sign_in::store::accounts::find_account(p, opened.session.account_id)
    });
    let membership = w.dismisses(acme, person.unwrap().unwrap().person_id);
    let ended = w.in_tenant(acme, |tx| end_sessions_of_membership(tx, membership, "membership.ended")).unwrap();
    assert_eq!(ended, 1);
    assert_eq!(refused(&w, &access), "membership.ended");
    assert!(matches!(refresh(&w.platform, &opened.token), Err(SignInError::SessionEnded)));
    assert!(matches!(w.signs_in("lin@acme.cn", PASSWORD, None), Err(SignInError::MembershipEnded)));
    assert_eq!(w.ledger(acme).last().unwrap(), "sign-in refused membership.ended");
}

#[test]
fn a_refresh_asks_again_whether_the_membership_goes_on() {
    let (w, opened) = somebody();
    let account = opened.session.account_id;
    let found =
        platform_tx(&w.platform, |p| crate::platform::sign_in::store::accounts::find_account(p, account)).unwrap();
    w.dismisses(opened.tenant(), found.unwrap().person_id);
    assert!(matches!(refresh(&w.platform, &opened.token), Err(SignInError::MembershipEnded)));
    assert_eq!(refused(&w, &token(&w, &opened)), "membership.ended");
}

#[test]
fn signing_out_ends_one_session_and_everywhere_ends_all() {
    let (w, first) = somebody();
    let (second, third) = (w.is_in("lin@acme.cn", None), w.is_in("lin@acme.cn", Some("acme")));
    let me = identify(&w.platform, &token(&w, &third)).unwrap();
    let page = PageQuery { limit: Some(2), cursor: None };
    let listed = sessions::list(&w.platform, &me, &page).unwrap();
    assert_eq!(
        listed.items.iter().map(|s| (s.id, s.is_this_one)).collect::<Vec<_>>(),
        [(third.session.id, true), (second.session.id, false)]
    );
    let rest = sessions::list(&w.platform, &me, &PageQuery { limit: Some(2), cursor: listed.next }).unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));

    sessions::sign_out(&w.platform, first.session.id).unwrap();
    sessions::sign_out(&w.platform, first.session.id).unwrap();
    assert_eq!(refused(&w, &token(&w, &first)), "session.ended");
    identify(&w.platform, &token(&w, &second)).unwrap();
    assert_eq!(sessions::sign_out_everywhere(&w.platform, second.session.id).unwrap(), 2);
    assert_eq!(refused(&w, &token(&w, &second)), "session.ended");
    assert_eq!(w.ledger(first.tenant()).iter().filter(|r| r.starts_with("sign-out done")).count(), 2);
}

#[test]
fn a_new_signing_key_is_published_before_it_signs() {
    let (w, opened) = somebody();
    let old = token(&w, &opened);
    let rotation = platform_tx(&w.platform, rotate_signing_key).unwrap();
    assert!(rotation.signs_from > w.platform.now());
    assert!(rotation.others_retire_at > rotation.signs_from);

    let published = serde_json::to_value(signing_keys::jwks(&w.platform).unwrap()).unwrap();
    let kids: Vec<_> = published["keys"].as_array().unwrap().iter().map(|k| k["kid"].clone()).collect();
    assert_eq!(kids.len(), 2);
    assert_eq!(kids[1], rotation.kid.as_str());
    assert!(published["keys"][0].get("d").is_none());

    let signed_with = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    assert_eq!(signed_with(&token(&w, &opened)), signed_with(&old));
    identify(&w.platform, &old).unwrap();
}

/// What only time shows: the clock can be moved in test builds.
#[cfg(feature = "test-clock")]
mod in_time {
    use super::*;
    use chrono::Duration;

    fn later(w: &World, by: Duration) {
        w.platform.clock().set(*w.platform.now() + by);
    }

    #[test]
    fn tokens_end_when_they_say() {
        let (w, opened) = somebody();
        let access = token(&w, &opened);
        later(&w, Duration::minutes(14));
        identify(&w.platform, &access).unwrap();
        later(&w, Duration::minutes(2));
        assert_eq!(refused(&w, &access), "sign-in.required");
        let next = refresh(&w.platform, &opened.token).unwrap();
        later(&w, Duration::days(15));
        assert!(matches!(refresh(&w.platform, &next.token), Err(SignInError::SessionEnded)));
    }

    #[test]
    fn a_lock_ends_by_itself() {
        let (w, _) = somebody();
        for _ in 0..3 {
            let _ = w.signs_in("lin@acme.cn", "wrong password", None);
        }
        assert!(matches!(w.signs_in("lin@acme.cn", PASSWORD, None), Err(SignInError::Locked { .. })));
        later(&w, Duration::minutes(16));
        w.is_in("lin@acme.cn", None);
    }

    #[test]
    fn a_rotated_key_signs_in_its_time_and_the_old_one_goes() {
        let (w, opened) = somebody();
        let old = token(&w, &opened);
        let rotation = platform_tx(&w.platform, rotate_signing_key).unwrap();
        identify(&w.platform, &old).unwrap();
        later(&w, Duration::minutes(11));
        // Another process would look within a minute; this one held its keys a moment ago.
        w.platform.sign_in().signing_keys.look(&w.platform).unwrap();
        let new = token(&w, &opened);
        assert_eq!(jsonwebtoken::decode_header(&new).unwrap().kid.unwrap(), rotation.kid);
        identify(&w.platform, &old).unwrap();
        identify(&w.platform, &new).unwrap();
        later(&w, Duration::minutes(20));
        assert_eq!(
            serde_json::to_value(signing_keys::jwks(&w.platform).unwrap()).unwrap()["keys"].as_array().unwrap().len(),
            1
        );
    }
}

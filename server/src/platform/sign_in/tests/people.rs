//! Who gets in where, and what a tenant cannot do to somebody else's account.

use super::world::{PASSWORD, World, somebody};
use crate::platform::db::tx::platform_tx;
use crate::platform::keyring::Identifier;
use crate::platform::sign_in::accounts::{self, Holder};
use crate::platform::sign_in::{Entry, Owner, SignInError, issue_setup_link, use_setup_link};

#[test]
fn a_new_colleague_gets_in_with_the_link_and_in_no_other_way() {
    let w = World::new();
    let acme = w.organisation("acme");
    let lin = w.hires(acme, Owner::Person, "lin@acme.cn");
    assert!(matches!(w.signs_in("lin@acme.cn", PASSWORD, None), Err(SignInError::Refused)));

    let link = w.link(acme, lin.account);
    assert!(matches!(use_setup_link(&w.platform, &somebody(), &link, "qwertyuiop"), Err(SignInError::Weak(_))));
    assert_eq!(use_setup_link(&w.platform, &somebody(), &link, PASSWORD).unwrap(), acme);
    assert!(matches!(use_setup_link(&w.platform, &somebody(), &link, PASSWORD), Err(SignInError::LinkInvalid)));

    let opened = w.is_in(" Lin@ACME.cn", None);
    assert_eq!((opened.tenant(), opened.roles.as_slice()), (acme, ["hr_admin".to_owned()].as_slice()));
    assert_eq!(w.ledger(acme), ["sign-in refused sign-in.refused", "account.set-up done", "sign-in done"]);
}

#[test]
fn a_newer_link_takes_back_the_one_before() {
    let w = World::new();
    let acme = w.organisation("acme");
    let lin = w.hires(acme, Owner::Person, "lin@acme.cn");
    let (old, new) = (w.link(acme, lin.account), w.link(acme, lin.account));
    assert!(matches!(use_setup_link(&w.platform, &somebody(), &old, PASSWORD), Err(SignInError::LinkInvalid)));
    use_setup_link(&w.platform, &somebody(), &new, PASSWORD).unwrap();
}

#[test]
fn one_human_being_is_one_person_and_each_tenant_confirms_for_itself() {
    let w = World::new();
    let (acme, other) = (w.organisation("acme"), w.organisation("other"));
    let lin = w.settles_in(acme, Owner::Person, "13800138000");
    let again = w.hires(other, Owner::Person, "+86 138-0013-8000");
    assert_eq!((again.person, again.account, again.is_new), (lin.person, lin.account, false));

    assert!(matches!(w.signs_in("13800138000", PASSWORD, Some("other")), Err(SignInError::NotConfirmed)));
    assert_eq!(w.is_in("13800138000", None).tenant(), acme);

    let link = w.link(other, lin.account);
    assert!(matches!(
        use_setup_link(&w.platform, &somebody(), &link, "another good password"),
        Err(SignInError::Refused)
    ));
    use_setup_link(&w.platform, &somebody(), &link, PASSWORD).unwrap();
    assert_eq!(w.is_in("13800138000", Some("other")).tenant(), other);
    match w.signs_in("13800138000", PASSWORD, None).unwrap() {
        Entry::Choose(choices) => {
            assert_eq!(choices.iter().map(|c| c.tenant.as_str()).collect::<Vec<_>>(), ["acme", "other"]);
        }
        Entry::In(_) => panic!("two tenants, and no choice"),
    }
}

#[test]
fn a_tenant_that_names_a_stranger_gets_into_no_other_tenant() {
    let w = World::new();
    let (acme, evil) = (w.organisation("acme"), w.organisation("evil"));
    w.hires(acme, Owner::Person, "lin@acme.cn");
    let stolen = w.settles_in(evil, Owner::Person, "lin@acme.cn");

    assert_eq!(w.is_in("lin@acme.cn", None).tenant(), evil);
    assert!(matches!(w.signs_in("lin@acme.cn", PASSWORD, Some("acme")), Err(SignInError::NotConfirmed)));

    // Nor may it add a name of its own to an account that is the person's.
    let names = [Identifier::email("lin@acme.cn").unwrap(), Identifier::email("boss@evil.cn").unwrap()];
    platform_tx(&w.platform, |p| accounts::find_or_create(p, Owner::Person, &names)).unwrap();
    let held = platform_tx(&w.platform, |p| accounts::identifiers_of(p, stolen.account)).unwrap();
    assert_eq!(held.iter().map(|i| i.as_str().to_owned()).collect::<Vec<_>>(), ["lin@acme.cn"]);
}

#[test]
fn an_enterprise_account_leads_to_its_owner_and_nowhere_else() {
    let w = World::new();
    let (acme, other) = (w.organisation("acme"), w.organisation("other"));
    let work = w.settles_in(acme, Owner::Tenant(acme), "lin@acme.cn");
    let home = w.hires(other, Owner::Person, "lin@acme.cn");
    assert_eq!(work.person, home.person);
    assert_ne!(work.account, home.account);

    assert_eq!(w.is_in("lin@acme.cn", None).tenant(), acme);
    assert!(matches!(w.signs_in("lin@acme.cn", PASSWORD, Some("other")), Err(SignInError::NoMembership)));
    let foreign = platform_tx(&w.platform, |p| issue_setup_link(p, work.account, other));
    assert!(matches!(foreign, Err(SignInError::UnknownAccount)));

    // Its owner may give it another password, which ends what was open.
    let link = w.link(acme, work.account);
    use_setup_link(&w.platform, &somebody(), &link, "quite another password").unwrap();
    assert!(matches!(w.signs_in("lin@acme.cn", PASSWORD, None), Err(SignInError::Refused)));
}

#[test]
fn unknown_wrong_and_locked_are_one_answer() {
    let w = World::new();
    let acme = w.organisation("acme");
    w.settles_in(acme, Owner::Person, "lin@acme.cn");
    for name in ["lin@acme.cn", "nobody@acme.cn", "neither mail nor phone"] {
        for _ in 0..3 {
            assert!(matches!(w.signs_in(name, "wrong password", None), Err(SignInError::Refused)), "{name}");
        }
        let locked = w.signs_in(name, PASSWORD, None);
        assert!(matches!(locked, Err(SignInError::Locked { retry_after_seconds: 890..=901 })), "{name}");
    }
    assert_eq!(w.platform.sign_in().unknown_accounts().get(), 6);
    assert_eq!(w.ledger(acme).iter().filter(|r| *r == "sign-in refused sign-in.refused").count(), 3);
}

#[test]
fn the_lock_holds_without_our_memory_of_it() {
    let w = World::new();
    let acme = w.organisation("acme");
    let lin = w.settles_in(acme, Owner::Person, "lin@acme.cn");
    for _ in 0..3 {
        let _ = w.signs_in("lin@acme.cn", "wrong password", None);
    }
    w.platform
        .sign_in()
        .by_identifier
        .forget(accounts::index(&w.platform, &accounts::sign_in_name("lin@acme.cn").unwrap()).as_bytes());
    assert!(matches!(w.signs_in("lin@acme.cn", PASSWORD, None), Err(SignInError::Refused)));
    let link = w.link(acme, lin.account);
    assert!(matches!(use_setup_link(&w.platform, &somebody(), &link, PASSWORD), Err(SignInError::Refused)));
}

#[test]
fn the_right_password_begins_the_count_anew() {
    let w = World::new();
    let acme = w.organisation("acme");
    w.settles_in(acme, Owner::Person, "lin@acme.cn");
    for _ in 0..3 {
        let _ = w.signs_in("lin@acme.cn", "wrong password", None);
        let _ = w.signs_in("lin@acme.cn", "wrong password", None);
        w.is_in("lin@acme.cn", None);
    }
}

#[test]
fn a_ledger_names_nobody_that_another_tenant_could_recognise() {
    let w = World::new();
    let acme = w.organisation("acme");
    let lin = w.settles_in(acme, Owner::Person, "lin@acme.cn");
    let _ = w.signs_in("lin@acme.cn", "wrong password", None);
    w.is_in("lin@acme.cn", None);
    let all = w.all_of_ledger(acme);
    for secret in [lin.person.to_string(), lin.account.to_string(), "lin@".into(), PASSWORD.into()] {
        assert!(!all.contains(&secret), "{secret}");
    }
}

#[test]
fn a_closed_account_is_nobodys_and_its_names_are_free() {
    let w = World::new();
    let acme = w.organisation("acme");
    let lin = w.settles_in(acme, Owner::Person, "lin@acme.cn");
    w.is_in("lin@acme.cn", None);
    assert_eq!(platform_tx(&w.platform, |p| accounts::close_account(p, lin.account)).unwrap(), 1);
    assert!(matches!(w.signs_in("lin@acme.cn", PASSWORD, None), Err(SignInError::Refused)));
    let anew = w.hires(acme, Owner::Person, "lin@acme.cn");
    assert_ne!((anew.person, anew.account), (lin.person, lin.account));
}

#[test]
fn what_is_taken_or_no_sign_in_name_makes_no_account() {
    let w = World::new();
    let acme = w.organisation("acme");
    w.hires(acme, Owner::Person, "lin@acme.cn");
    let make = |identifier: Identifier| {
        platform_tx(&w.platform, |p| accounts::create_account(p, Holder::New, Owner::Person, &[identifier]))
    };
    assert!(matches!(make(Identifier::email("lin@acme.cn").unwrap()), Err(SignInError::IdentifierTaken)));
    assert!(matches!(make(Identifier::staff_number("A1").unwrap()), Err(SignInError::NotASignInName)));
}

//! The five packs that are shipped: each loads without a complaint, and rules every class as the source documents do.
#![allow(clippy::unwrap_used, reason = "what a test cannot read has failed it")]

mod packs;

use std::collections::BTreeSet;

use packs::{SHIPPED, clauses, pack};
use policy_model::class::{LegalGround, StorageRefused};
use policy_model::facts::{
    Account, Age, Capacity, ClosedFact, Consent, Conversation, Facts, Membership, OpenedBy, Service, Source,
};
use policy_model::pack::Pack;
use policy_model::ruling::Controller::{self, Organisation, Person};

/// Class by class who controls it under each document: `organisation`, `person`al, `depends` on the facts, organisation
/// `if_consented`; empty where the document does not name the class.
const CONTROLLERS: &str = include_str!("controllers.csv");

#[test]
fn every_shipped_pack_passes_every_check() {
    for name in SHIPPED {
        let pack = pack(name);
        assert_eq!(pack.header().name, name);
        assert_eq!(pack.classes().len(), 210);
    }
}

#[test]
fn what_each_clause_asks_reads_in_chinese_and_in_english() {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    for clause in clauses().iter() {
        let (zh, en) = (&clause.requirement_zh, &clause.requirement_en);
        assert!(
            zh.ends_with('。') && zh.chars().filter(|letter| is_chinese(*letter)).count() > 5,
            "{}: {zh}",
            clause.id
        );
        assert!(en.ends_with('.') && !en.chars().any(is_chinese), "{}: {en}", clause.id);
    }
}

#[test]
fn the_dingtalk_pack_rules_every_class_as_the_policy_does() {
    let pack = pack("dingtalk");
    let follow_the_tool = ["log.search_query", "contacts.group_list", "derived.profile_tag"];
    for row in rows() {
        let under_own_account = |facts: &Facts| facts.account == Account::Personal;
        let found = outcomes(&pack, &row.class, under_own_account);
        match row.dingtalk.as_str() {
            "personal" if follow_the_tool.contains(&row.class.as_str()) => assert_eq!(found, both(), "{}", row.class),
            "personal" => assert_eq!(found, only(Person), "{}", row.class),
            "organisation" if row.class.starts_with("account.enterprise") => {
                assert_eq!(
                    outcomes(&pack, &row.class, |facts| facts.account == Account::Enterprise),
                    only(Organisation)
                );
            }
            "organisation" => assert_eq!(outcomes(&pack, &row.class, at_work), only(Organisation), "{}", row.class),
            "depends" => assert_eq!(found, both(), "{}", row.class),
            "if_consented" => {
                let consented = outcomes(&pack, &row.class, |facts| {
                    facts.consent == Consent::Explicit
                        && facts.membership == Membership::Employed
                        && facts.conversation == Conversation::DirectOutsider
                        && administrator_allows(facts)
                });
                assert_eq!(consented, only(Organisation), "{}", row.class);
                let without = outcomes(&pack, &row.class, |facts| {
                    under_own_account(facts)
                        && facts.consent == Consent::None
                        && facts.conversation == Conversation::DirectOutsider
                });
                assert_eq!(without, only(Person), "{}", row.class);
            }
            "" => {}
            other => panic!("{}: {other}", row.class),
        }
    }
}

#[test]
fn the_other_packs_rule_the_classes_that_their_documents_name() {
    let issued = |facts: &Facts| {
        facts.account == Account::Enterprise
            && facts.source == Source::Organisation
            && at_work(facts)
            && administrator_allows(facts)
    };
    for (name, column) in [("aliyun-office-security", 0), ("coremail", 1), ("yongchang", 2)] {
        let pack = pack(name);
        for row in rows() {
            let class = &row.class;
            match row.others[column].as_str() {
                "organisation" => assert_eq!(outcomes(&pack, class, issued), only(Organisation), "{name} {class}"),
                "personal" => assert_eq!(outcomes(&pack, class, |_| true), only(Person), "{name} {class}"),
                "depends" => {
                    let found = outcomes(&pack, class, |_| true);
                    let is_open = found == both() || !pack.rule(&office_facts(class)).is_settled();
                    assert!(is_open, "{name} {class}: {found:?}");
                }
                "" => {}
                other => panic!("{class}: {other}"),
            }
        }
    }
}

#[test]
fn what_must_not_leave_the_device_or_be_kept_is_refused_by_the_vault() {
    let pack = pack("dingtalk");
    let takes = |class: &str, ground| pack.class(class).unwrap().storage.vault_takes(ground);
    for class in ["biometric.face_device_only", "biometric.speaker_tracking_device_only"] {
        assert_eq!(takes(class, LegalGround::Cited), Err(StorageRefused::DeviceOnly));
    }
    assert_eq!(takes("biometric.voiceprint_anonymous", LegalGround::Cited), Err(StorageRefused::Transient));
    for class in ["biometric.fingerprint_image", "biometric.face_base_image", "biometric.face_checkin_photo"] {
        assert_eq!(takes(class, LegalGround::None), Err(StorageRefused::RawBiometric));
        assert_eq!(takes(class, LegalGround::Cited), Ok(()));
    }
    assert_eq!(takes("biometric.face_features", LegalGround::None), Ok(()));
}

#[test]
fn every_class_is_sensitive_for_a_child_of_up_to_fourteen() {
    let pack = pack("gbt-35273");
    assert!(!pack.is_sensitive("hr.department", Age::Adult));
    assert!(!pack.is_sensitive("hr.department", Age::Minor));
    assert!(pack.is_sensitive("hr.department", Age::Fourteen));
    assert!(pack.is_sensitive("hr.department", Age::Child));
    assert!(pack.is_sensitive("hr.salary_bank_account", Age::Adult));
    assert!(pack.is_sensitive("nobody.looked_yet", Age::Adult), "what nobody has looked at is sensitive");
}

#[test]
fn each_pack_promises_the_answer_times_of_its_document() {
    let days = |name| pack(name).deadlines().request_days;
    assert_eq!(SHIPPED.map(days), [30, 15, 15, 30, 30]);
    assert!(SHIPPED.iter().all(|name| pack(name).deadlines().closure_working_days == 15));
}

#[test]
fn silence_ends_what_reaches_data_keeps_who_watches_and_leaves_somebody_who_appoints() {
    use policy_model::certification::{Silence, What, appoints, end_of_silence, on_silence};
    for name in SHIPPED {
        let pack = pack(name);
        let ends: Vec<&str> = pack
            .roles()
            .iter()
            .map(|role| role.key.as_str())
            .filter(|role| on_silence(&pack, What::Role(role)) == Silence::Ends)
            .collect();
        assert_eq!(ends, ["primary_admin", "security_admin", "data_operator", "hr_admin"], "{name}");
        assert_eq!(on_silence(&pack, What::Role("nobody_knows")), Silence::Ends);
        assert_eq!(on_silence(&pack, What::Exceptional), Silence::Ends);
        // Of any number who appoint, silence leaves one.
        let mut left = 3;
        for _ in 0..5 {
            assert!(appoints(&pack, "primary_admin"));
            if end_of_silence(&pack, What::Role("primary_admin"), left) == Silence::Ends {
                left -= 1;
            }
        }
        assert_eq!(left, 1, "{name}");
        assert_eq!(pack.deadlines().certification_working_days, 10, "{name}");
    }
}

#[test]
fn a_pack_reads_its_own_rules_before_those_of_the_base() {
    let pack = pack("dingtalk");
    assert_eq!(pack.extends(), ["gbt-35273"]);
    let first_of_base = pack.control_rules().iter().position(|rule| rule.id.starts_with("gbt35273.")).unwrap();
    assert!(pack.control_rules()[first_of_base..].iter().all(|rule| rule.id.starts_with("gbt35273.")));
    assert!(pack.control_rules()[..first_of_base].iter().all(|rule| rule.id.starts_with("dingtalk.")));
}

#[test]
fn an_overridden_entry_stands_once_and_as_the_extending_pack_has_it() {
    let pack = pack("yongchang");
    let kept: Vec<u32> =
        pack.schedules().iter().filter(|rule| rule.id == "business-records").map(|rule| rule.keep.months).collect();
    assert_eq!(kept, [6]);
}

struct Row {
    class: String,
    dingtalk: String,
    others: [String; 3],
}

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(CONTROLLERS.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let column = |index: usize| row[index].to_owned();
        Row { class: column(0), dingtalk: column(1), others: [column(2), column(3), column(4)] }
    });
    rows.collect()
}

fn only(controller: Controller) -> BTreeSet<&'static str> {
    BTreeSet::from([controller.as_str()])
}

fn both() -> BTreeSet<&'static str> {
    BTreeSet::from([Organisation.as_str(), Person.as_str()])
}

/// An employed member in an application that the administrator opened; messages in a group of the organisation.
fn at_work(facts: &Facts) -> bool {
    facts.capacity == Capacity::Member
        && facts.membership == Membership::Employed
        && facts.service.as_ref().is_some_and(|service| {
            service.opened_by == OpenedBy::Organisation && (service.name == "security") == is_log(&facts.class)
        })
        && (facts.conversation == Conversation::None || is_group_message(facts))
}

/// Logs are the organisation's only where its security application makes them.
fn is_log(class: &str) -> bool {
    class.starts_with("log.")
}

fn is_group_message(facts: &Facts) -> bool {
    facts.class.starts_with("im.") && facts.conversation == Conversation::InternalGroup
}

fn administrator_allows(facts: &Facts) -> bool {
    facts.service.as_ref().is_none_or(|service| service.opened_by == OpenedBy::Organisation)
}

fn office_facts(class: &str) -> Facts {
    let service = Service { name: "office".to_owned(), opened_by: OpenedBy::Organisation };
    Facts {
        capacity: Capacity::Member,
        membership: Membership::Employed,
        service: Some(service),
        source: Source::Produced,
        ..Facts::of(class, Account::Personal)
    }
}

/// Which controllers the pack gives a class to, over all facts that the filter lets through.
fn outcomes(pack: &Pack, class: &str, filter: impl Fn(&Facts) -> bool) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    each_facts(class, |facts| {
        if filter(facts) {
            found.insert(pack.rule(facts).controller().as_str());
        }
    });
    found
}

/// Goes through the facts about a class that differ in what the documents speak of.
fn each_facts(class: &str, mut visit: impl FnMut(&Facts)) {
    let opened = |name: &str, opened_by| Some(Service { name: name.to_owned(), opened_by });
    let services = [
        None,
        opened("office", OpenedBy::Organisation),
        opened("security", OpenedBy::Organisation),
        opened("x", OpenedBy::Person),
    ];
    let conversations = [Conversation::None, Conversation::InternalGroup, Conversation::DirectOutsider];
    for account in Account::VALUES {
        let mut facts = Facts::of(class, *account);
        for service in &services {
            facts.service.clone_from(service);
            for capacity in Capacity::VALUES {
                for membership in Membership::VALUES {
                    for conversation in conversations {
                        for source in Source::VALUES {
                            for consent in [Consent::None, Consent::Explicit] {
                                facts.capacity = *capacity;
                                facts.membership = *membership;
                                facts.conversation = conversation;
                                facts.source = *source;
                                facts.consent = consent;
                                visit(&facts);
                            }
                        }
                    }
                }
            }
        }
    }
}

//! Laws that hold for every set of facts whatever, under the packs that are shipped.
#![allow(clippy::unwrap_used, reason = "what a test cannot read has failed it")]

mod packs;

use std::sync::LazyLock;

use packs::{SHIPPED, pack};
use policy_model::facts::{
    Account, Age, Application, Capacity, Certification, ClosedFact, Consent, Conversation, Facts, Membership, OpenedBy,
    Service, Source,
};
use policy_model::pack::Pack;
use policy_model::ruling::Controller::{Organisation, Person};
use proptest::prelude::*;
use proptest::sample::select;

static PACKS: LazyLock<Vec<Pack>> = LazyLock::new(|| SHIPPED.iter().map(|name| pack(name)).collect());
static DINGTALK: LazyLock<Pack> = LazyLock::new(|| pack("dingtalk"));

fn classes() -> impl Strategy<Value = String> {
    let known: Vec<String> = DINGTALK.classes().iter().map(|class| class.key.to_string()).collect();
    prop_oneof![9 => select(known), 1 => "(hr|im|log|acme)\\.[a-z]{3,8}"]
}

fn services() -> impl Strategy<Value = Option<Service>> {
    let name = select(vec!["office", "security", "im"]);
    let opened_by = select(vec![OpenedBy::Organisation, OpenedBy::Person]);
    prop::option::of((name, opened_by).prop_map(|(name, opened_by)| Service { name: name.to_owned(), opened_by }))
}

fn features() -> impl Strategy<Value = Vec<String>> {
    prop::sample::subsequence(vec!["dedicated_security".to_owned(), "unheard_of".to_owned()], 0..=2)
}

fn closed<T: ClosedFact + std::fmt::Debug>() -> impl Strategy<Value = T> {
    select(T::VALUES)
}

prop_compose! {
    fn any_facts()(
        class in classes(), account in closed::<Account>(), capacity in closed::<Capacity>(),
        membership in closed::<Membership>(), service in services(), conversation in closed::<Conversation>(),
        source in closed::<Source>(), features in features(),
        (consent, age, certification) in (closed::<Consent>(), closed::<Age>(), closed::<Certification>()),
    ) -> Facts {
        Facts { class, account, capacity, membership, service, conversation, source, features, consent, age, certification }
    }
}

const MIXED: [Conversation; 3] =
    [Conversation::OrdinaryGroup, Conversation::DirectOutsider, Conversation::DirectFormerColleague];

proptest! {
    // A failure prints the facts that broke the law; they then become a case in a table, not a file of seeds.
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_compiled_rules_answer_as_the_plain_reading_does(facts in any_facts()) {
        for pack in PACKS.iter() {
            prop_assert_eq!(pack.rule(&facts), pack.explain(&facts).ruling);
        }
    }

    #[test]
    fn what_has_the_same_deciding_facts_is_ruled_alike(facts in any_facts(), other in any_facts()) {
        let other = Facts { class: facts.class.clone(), ..other };
        for pack in PACKS.iter() {
            if pack.deciding_facts(&facts) == pack.deciding_facts(&other) {
                prop_assert_eq!(pack.rule(&facts), pack.rule(&other));
            }
        }
    }

    #[test]
    fn facts_that_no_rule_of_the_class_looks_at_make_no_difference(facts in any_facts(), other in any_facts()) {
        for pack in PACKS.iter() {
            let looked_at = pack.deciding_facts(&facts);
            // Everything that is not looked at is taken from other facts.
            let mut mixed = Facts { class: facts.class.clone(), ..other.clone() };
            if looked_at.contains_key("account") { mixed.account = facts.account; }
            if looked_at.contains_key("capacity") { mixed.capacity = facts.capacity; }
            if looked_at.contains_key("membership") { mixed.membership = facts.membership; }
            if looked_at.contains_key("conversation") { mixed.conversation = facts.conversation; }
            if looked_at.contains_key("source") { mixed.source = facts.source; }
            if looked_at.contains_key("consent") { mixed.consent = facts.consent; }
            if looked_at.contains_key("age") { mixed.age = facts.age; }
            if looked_at.contains_key("certification") { mixed.certification = facts.certification; }
            mixed.service.clone_from(&facts.service);
            mixed.features.clone_from(&facts.features);
            prop_assert_eq!(pack.rule(&facts), pack.rule(&mixed));
        }
    }

    #[test]
    fn an_explanation_ends_with_the_rule_that_decided_and_no_other_fits(facts in any_facts()) {
        for pack in PACKS.iter() {
            let explanation = pack.explain(&facts);
            let fitting: Vec<&str> =
                explanation.read.iter().filter(|read| read.unmet.is_none()).map(|read| read.rule).collect();
            prop_assert_eq!(fitting, explanation.ruling.rule_id().into_iter().collect::<Vec<_>>());
            prop_assert_eq!(explanation.ruling.rule_missing(), explanation.ruling.rule_id().is_none());
        }
    }

    #[test]
    fn what_is_not_settled_or_has_no_rule_is_treated_as_the_persons(facts in any_facts()) {
        for pack in PACKS.iter() {
            let ruling = pack.rule(&facts);
            prop_assert!((ruling.is_settled() && !ruling.rule_missing()) || ruling.controller() == Person);
        }
    }

    #[test]
    fn every_ruling_by_a_rule_cites_a_clause_and_gives_its_reason_in_both_languages(facts in any_facts()) {
        for pack in PACKS.iter() {
            let ruling = pack.rule(&facts);
            prop_assert!(ruling.rule_missing() || !ruling.clauses().is_empty());
            prop_assert!(!ruling.reason_zh().is_empty() && !ruling.reason_en().is_empty());
        }
    }

    #[test]
    fn under_an_enterprise_account_everything_is_the_organisations(facts in any_facts()) {
        let facts = Facts { account: Account::Enterprise, ..facts };
        prop_assert_eq!(DINGTALK.rule(&facts).controller(), Organisation);
    }

    #[test]
    fn without_express_consent_no_mixed_data_is_the_organisations(
        facts in any_facts(), conversation in select(&MIXED[..]), consent in select(&[Consent::None, Consent::Withdrawn][..])
    ) {
        let facts = Facts { account: Account::Personal, conversation, consent, ..facts };
        prop_assert_eq!(DINGTALK.rule(&facts).controller(), Person);
    }

    #[test]
    fn a_minors_own_word_gives_the_organisation_nothing(facts in any_facts(), age in select(&[Age::Child, Age::Fourteen, Age::Minor][..])) {
        let said = Facts { age, consent: Consent::Explicit, ..facts.clone() };
        let silent = Facts { age, consent: Consent::None, ..facts };
        prop_assert_eq!(DINGTALK.rule(&said).controller(), DINGTALK.rule(&silent).controller());
    }

    #[test]
    fn an_application_not_opened_by_the_administrator_gives_the_organisation_nothing(facts in any_facts()) {
        let service = Some(Service { name: "office".to_owned(), opened_by: OpenedBy::Person });
        let facts = Facts { account: Account::Personal, service, ..facts };
        prop_assert_eq!(DINGTALK.rule(&facts).controller(), Person);
    }

    #[test]
    fn adding_consent_never_takes_anything_from_the_organisation(
        facts in any_facts(), given in select(&[Consent::Explicit, Consent::Guardian][..])
    ) {
        for pack in PACKS.iter() {
            let without = Facts { consent: Consent::None, ..facts.clone() };
            let with = Facts { consent: given, ..facts.clone() };
            if pack.rule(&without).controller() == Organisation {
                prop_assert_eq!(pack.rule(&with).controller(), Organisation);
            }
        }
    }

    #[test]
    fn leaving_out_a_fact_never_gives_the_organisation_more(facts in any_facts()) {
        let least = Facts::of(facts.class.clone(), facts.account);
        let mut fewer = vec![
            Facts { capacity: least.capacity, ..facts.clone() },
            Facts { membership: least.membership, ..facts.clone() },
            Facts { source: least.source, ..facts.clone() },
            Facts { features: Vec::new(), ..facts.clone() },
            Facts { consent: least.consent, ..facts.clone() },
            Facts { certification: least.certification, ..facts.clone() },
        ];
        if facts.application() == Application::Opened {
            fewer.push(Facts { service: None, ..facts.clone() });
        }
        for pack in PACKS.iter().filter(|pack| pack.rule(&facts).controller() == Person) {
            for fewer in &fewer {
                prop_assert_eq!(pack.rule(fewer).controller(), Person, "{:?}", fewer);
            }
        }
    }

    #[test]
    fn facts_survive_being_written_and_read(facts in any_facts()) {
        let line = serde_json::to_string(&facts).unwrap();
        prop_assert_eq!(Facts::from_json_line(&line).unwrap(), facts);
    }
}

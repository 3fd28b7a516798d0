use super::*;
use proptest::prelude::*;

fn permitted() -> Facts<'static> {
    Facts {
        tenure: Tenure::Stands,
        separation: Separation::Free,
        relation: Relation::Others,
        operation: "read",
        purpose: "payroll",
        authority: Authority::Permits { source: "i1", task: None },
        control: Control::Organisation,
        sensitive: Sensitive::No,
        case: None,
        restriction: Restriction::None,
        volume: Volume::ONE,
        mask: Mask::PhoneKeep34,
    }
}

const BY_CONSENT: Control = Control::ByConsent(Agreement::Missing);
const MANY: Volume = Volume { people: 100, threshold: Some(100) };
const TASK: Authority<'static> = Authority::Permits { source: "i1", task: Some("i2") };

#[test]
fn every_step_has_its_own_reason() {
    let ok = permitted();
    let cases = [
        (ok, Reason::Permitted),
        (Facts { tenure: Tenure::Ended, ..ok }, Reason::CallerLeft),
        (Facts { separation: Separation::KeptFromData, ..ok }, Reason::KeptFromData),
        (Facts { separation: Separation::KeptFromData, case: Some("c1"), ..ok }, Reason::KeptFromData),
        (Facts { separation: Separation::KeptFromData, relation: Relation::OwnAndVisible, ..ok }, Reason::OwnData),
        (Facts { authority: Authority::Nothing, ..ok }, Reason::NoInstruction),
        (Facts { authority: Authority::OwnApproval, ..ok }, Reason::OwnApproval),
        (Facts { authority: Authority::OutsideDepartment, ..ok }, Reason::OutsideDepartment),
        (Facts { control: Control::Person, ..ok }, Reason::PersonsOwn),
        (Facts { control: Control::Unsettled, ..ok }, Reason::Unsettled),
        (Facts { purpose: " ", ..ok }, Reason::NoPurpose),
        (Facts { authority: Authority::OtherPurpose, ..ok }, Reason::OtherPurpose),
        (Facts { control: BY_CONSENT, ..ok }, Reason::NoConsent),
        (Facts { control: Control::ByConsent(Agreement::InForce), ..ok }, Reason::Permitted),
        (Facts { sensitive: Sensitive::Yes, ..ok }, Reason::NoTask),
        (Facts { sensitive: Sensitive::Yes, authority: TASK, ..ok }, Reason::Permitted),
        (Facts { sensitive: Sensitive::Yes, case: Some("c1"), ..ok }, Reason::Permitted),
        (Facts { authority: Authority::Nothing, case: Some("c1"), ..ok }, Reason::Permitted),
        (Facts { restriction: Restriction::KeptByLaw, ..ok }, Reason::KeptByLaw),
        (Facts { restriction: Restriction::KeptByLaw, authority: TASK, ..ok }, Reason::Permitted),
        (Facts { restriction: Restriction::LetGo, ..ok }, Reason::LetGo),
        (Facts { restriction: Restriction::Gone, ..ok }, Reason::Gone),
        (Facts { restriction: Restriction::SubjectLeft, ..ok }, Reason::SubjectLeft),
        (Facts { volume: MANY, ..ok }, Reason::NeedsApproval),
        (Facts { volume: Volume { people: 99, ..MANY }, ..ok }, Reason::Permitted),
        (Facts { relation: Relation::OwnAndVisible, control: Control::Person, ..ok }, Reason::OwnData),
        (Facts { relation: Relation::OwnAndVisible, tenure: Tenure::Ended, ..ok }, Reason::CallerLeft),
        (
            Facts { relation: Relation::OwnAndVisible, operation: "export", authority: Authority::Nothing, ..ok },
            Reason::NoInstruction,
        ),
    ];
    for (facts, reason) in cases {
        assert_eq!(decide(&facts).reason(), reason, "{facts:?}");
    }
}

#[test]
fn a_permit_names_what_it_rests_on_and_how_the_data_is_shown() {
    let ok = permitted();
    let permit = |rests_on, mask| Answer::Permit { reason: Reason::Permitted, rests_on, mask };
    assert_eq!(decide(&ok), permit("i1", Mask::PhoneKeep34));
    assert_eq!(decide(&Facts { operation: "reveal", ..ok }), permit("i1", Mask::None));
    assert_eq!(decide(&Facts { sensitive: Sensitive::Yes, authority: TASK, ..ok }), permit("i2", Mask::PhoneKeep34));
    assert_eq!(decide(&Facts { volume: MANY, ..ok }), Answer::NeedsApproval(Reason::NeedsApproval));
}

/// Each step, from what permits to what does not.
fn any_facts() -> impl Strategy<Value = Facts<'static>> {
    let authority = prop::sample::select(vec![
        Authority::Nothing,
        Authority::OutsideDepartment,
        Authority::OtherPurpose,
        Authority::OwnApproval,
        TASK,
        permitted().authority,
    ]);
    let control = prop::sample::select(vec![Control::Organisation, BY_CONSENT, Control::Person, Control::Unsettled]);
    let restriction =
        prop::sample::select(vec![Restriction::None, Restriction::KeptByLaw, Restriction::LetGo, Restriction::Gone]);
    let sensitive = prop::sample::select(vec![Sensitive::Yes, Sensitive::No]);
    let tenure = prop::sample::select(vec![Tenure::Stands, Tenure::Ended]);
    let rest = (prop::sample::select(vec!["", "payroll"]), prop::sample::select(vec![None, Some("c1")]), 1u32..200);
    (authority, control, restriction, sensitive, tenure, rest).prop_map(
        |(authority, control, restriction, sensitive, tenure, (purpose, case, people))| Facts {
            tenure,
            authority,
            control,
            restriction,
            sensitive,
            purpose,
            case,
            volume: Volume { people, threshold: Some(100) },
            ..permitted()
        },
    )
}

proptest! {
    #[test]
    fn a_stricter_fact_never_turns_a_no_into_a_yes(facts in any_facts()) {
        let permits = |f: &Facts<'_>| decide(f).reason().permits();
        let stricter = [
            Facts { tenure: Tenure::Ended, ..facts },
            Facts { separation: Separation::KeptFromData, relation: Relation::Others, ..facts },
            Facts { authority: Authority::OwnApproval, case: None, ..facts },
            Facts { authority: Authority::Nothing, case: None, ..facts },
            Facts { control: Control::Person, ..facts },
            Facts { control: BY_CONSENT, ..facts },
            Facts { purpose: "", ..facts },
            Facts { sensitive: Sensitive::Yes, ..facts },
            Facts { case: None, ..facts },
            Facts { restriction: Restriction::Gone, ..facts },
            Facts { volume: MANY, ..facts },
        ];
        for stricter in stricter {
            prop_assert!(permits(&facts) || !permits(&stricter), "{:?} {:?}", facts, stricter);
        }
    }
}

#[test]
fn codes_are_never_shared() {
    let mut codes: Vec<&str> = Reason::ALL.iter().map(|r| r.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Reason::ALL.len());
    assert!(
        Reason::ALL.windows(2).all(|pair| pair[0].step() <= pair[1].step()),
        "the table is in the order of the steps"
    );
}

#[test]
fn the_table_of_reasons_is_the_one_that_people_read() {
    let page = include_str!("../../../docs/reasons.md");
    assert!(
        page.contains(&Reason::table()),
        "docs/reasons.md holds another table; this is the one:\n{}",
        Reason::table()
    );
}

#[test]
fn reading_very_many_is_a_copy_and_orders_have_their_own_threshold() {
    let rule = |actions: Vec<Action>, subjects_from, approvers: &[&str]| ApprovalRule {
        id: "r".into(),
        actions,
        sensitivity: crate::approval::Sensitivity::Any,
        subjects_from,
        approvers: approvers
            .iter()
            .map(|r| crate::approval::Need { role: (*r).into(), count: std::num::NonZeroU32::MIN })
            .collect(),
        expires_after_working_days: std::num::NonZeroU32::MIN,
        clauses: vec![],
        reason_zh: String::new(),
        reason_en: String::new(),
    };
    let rules = [
        rule(vec![Action::Export], 0, &["privacy_officer"]),
        rule(vec![Action::Export], 100, &["primary_admin"]),
        rule(vec![Action::Correct], 10, &["privacy_officer"]),
    ];
    assert_eq!(threshold(&rules, "read"), Some(100));
    assert_eq!(threshold(&rules, "correct"), Some(10));
    assert_eq!(threshold(&rules, "hide"), None);
}

#[test]
fn a_copy_of_ones_own_is_of_what_is_ones_own_and_there() {
    let restrictions = [Restriction::None, Restriction::KeptByLaw, Restriction::LetGo, Restriction::SubjectLeft];
    for restriction in restrictions {
        for control in [Control::Person, Control::Unsettled] {
            assert_eq!(own_copy(control, restriction), Reason::OwnData);
            assert_eq!(own_copy(control, Restriction::Gone), Reason::Gone);
        }
        for control in
            [Control::Organisation, Control::ByConsent(Agreement::InForce), Control::ByConsent(Agreement::Missing)]
        {
            assert_eq!(own_copy(control, restriction), Reason::NoInstruction);
        }
    }
}

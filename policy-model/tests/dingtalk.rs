//! Every case of the DingTalk policy's section 3.6, as a table: the facts, who controls the data, the rule, its clause.
#![allow(clippy::unwrap_used, reason = "what a test cannot read has failed it")]

mod packs;

use packs::{facts, pack};
use policy_model::pack::control::Change;
use policy_model::ruling::Controller::{self, Organisation, Person};

/// What an employee does as a member in an application that the administrator opened.
const MEMBER: &str = r#""account":"personal","capacity":"member","membership":"employed","service":{"name":"office","opened_by":"organisation"}"#;
/// The same employee, privately, where no application of the organisation is involved.
const PRIVATELY: &str = r#""account":"personal","capacity":"private","membership":"employed""#;
const ENTERPRISE: &str = r#""account":"enterprise""#;

/// Class, facts common to many cases, facts of this case; controller, rule without its prefix, clause.
type Case = (&'static str, &'static str, &'static str, Controller, &'static str, &'static str);

fn holds(cases: &[Case]) {
    let pack = pack("dingtalk");
    for (class, common, special, controller, rule, clause) in cases {
        let facts = facts(&format!(r#"{{"class":"{class}",{common}{special}}}"#));
        let ruling = pack.rule(&facts);
        let found = (ruling.controller(), ruling.rule_id().unwrap_or("no rule"));
        assert_eq!(found, (*controller, format!("dingtalk.{rule}").as_str()), "{class} {special}");
        assert!(ruling.clauses().iter().any(|cited| cited == clause), "{class} {special}: {:?}", ruling.clauses());
        assert!(!ruling.rule_missing());
    }
}

#[test]
#[rustfmt::skip] // a case a line
fn everything_under_an_enterprise_account_is_the_organisations() {
    holds(&[
        ("hr.name", ENTERPRISE, "", Organisation, "enterprise-account", "dingtalk-3.6.2"),
        ("basic.nickname", ENTERPRISE, "", Organisation, "enterprise-account", "dingtalk-def-17"),
        ("comm.sms", ENTERPRISE, r#","capacity":"private""#, Organisation, "enterprise-account", "dingtalk-3.6.2"),
        ("im.noncolleague_direct_chat", ENTERPRISE, r#","conversation":"direct_outsider","consent":"withdrawn""#, Organisation, "enterprise-account", "dingtalk-3.6.2"),
        ("im.unaffiliated_group_message", ENTERPRISE, r#","conversation":"ordinary_group""#, Organisation, "enterprise-account", "dingtalk-3.6.2"),
        ("drive.file", ENTERPRISE, r#","service":{"name":"x","opened_by":"person"}"#, Organisation, "enterprise-account", "dingtalk-3.6.2"),
        ("tenant.own_class", ENTERPRISE, "", Organisation, "enterprise-account", "dingtalk-3.6.2"),
    ]);
}

#[test]
#[rustfmt::skip] // a case a line
fn class_1_is_what_the_organisation_assigns_and_its_functions_record() {
    holds(&[
        ("hr.position", PRIVATELY, r#","source":"organisation""#, Organisation, "class-1-assigned", "dingtalk-3.6.1-1"),
        ("hr.office_email", PRIVATELY, r#","source":"organisation""#, Organisation, "class-1-assigned", "dingtalk-3.6.1-1"),
        ("attendance.clock_in", MEMBER, r#","source":"device""#, Organisation, "class-1-records", "dingtalk-3.6.1-1"),
        ("attendance.location", MEMBER, r#","source":"device""#, Organisation, "class-1-records", "dingtalk-3.6.1-1"),
        ("approval.record", MEMBER, r#","source":"produced""#, Organisation, "class-1-records", "dingtalk-3.6.1-1"),
        ("worklog.entry", MEMBER, "", Organisation, "class-1-records", "dingtalk-3.6.1-1"),
        ("calendar.event", MEMBER, "", Organisation, "class-1-records", "dingtalk-3.6.1-1"),
        ("drive.file", MEMBER, "", Organisation, "class-1-records", "dingtalk-3.6.1-1"),
        ("biometric.fingerprint_features", MEMBER, "", Organisation, "class-1-biometric", "dingtalk-3.6.1-1-bio"),
        ("biometric.face_features", MEMBER, "", Organisation, "class-1-biometric", "dingtalk-3.6.1-1-bio"),
        ("device.cheating_software", MEMBER, r#","source":"device""#, Organisation, "attendance-cheating-software", "dingtalk-2.2.3-anticheat"),
    ]);
}

#[test]
#[rustfmt::skip] // a case a line
fn class_2_is_orders_made_as_a_member() {
    holds(&[
        ("order.marketplace", MEMBER, "", Organisation, "class-2-orders", "dingtalk-3.6.1-2"),
        ("order.marketplace", PRIVATELY, "", Person, "private-capacity", "dingtalk-def-4"),
        ("finance.consumption_record", MEMBER, "", Person, "own-finance-and-support", "dingtalk-def-12"),
    ]);
}

#[test]
#[rustfmt::skip] // a case a line
fn class_3_is_what_hr_uploads_or_demands() {
    holds(&[
        ("hr.id_card", PRIVATELY, r#","source":"organisation""#, Organisation, "class-3-uploaded", "dingtalk-3.6.1-3"),
        ("hr.salary_bank_account", PRIVATELY, r#","source":"organisation""#, Organisation, "class-3-uploaded", "dingtalk-3.6.1-3"),
        ("hr.salary_bank_account", MEMBER, "", Organisation, "class-3-demanded", "dingtalk-3.6.1-3"),
        ("contacts.emergency", MEMBER, "", Organisation, "class-3-demanded", "dingtalk-3.6.1-3"),
        ("contacts.business_card", MEMBER, "", Organisation, "class-3-demanded", "dingtalk-3.6.1-3"),
        ("basic.name", MEMBER, "", Person, "own-account-and-profile", "dingtalk-4.1-2"),
    ]);
}

#[test]
#[rustfmt::skip] // a case a line
fn class_4_is_what_a_school_uploads_or_demands() {
    let parent = r#""account":"personal","membership":"none""#;
    holds(&[
        ("edu.child_identity", parent, r#","source":"organisation","age":"child""#, Organisation, "class-4-school-submits", "dingtalk-3.6.1-4"),
        ("edu.parent_contact", parent, r#","service":{"name":"school","opened_by":"organisation"}"#, Organisation, "class-4-school-asks", "dingtalk-3.6.1-4"),
        ("edu.parent_contact", parent, "", Person, "private-capacity", "dingtalk-def-4"),
    ]);
}

#[test]
#[rustfmt::skip] // a case a line
fn class_5_is_the_organisations_groups_and_no_ordinary_group() {
    for kind in ["all_staff_group", "internal_group", "cooperation_group", "service_group", "secret_group"] {
        let conversation: &'static str = format!(r#","conversation":"{kind}""#).leak();
        holds(&[
            ("im.internal_group_message", MEMBER, conversation, Organisation, "class-5-internal-group", "dingtalk-3.6.1-5"),
            ("im.voice_message", MEMBER, conversation, Organisation, "class-5-internal-group", "dingtalk-3.6.1-5"),
            ("contacts.group_list", MEMBER, conversation, Organisation, "organisation-group-in-list", "dingtalk-3.6.1-5"),
        ]);
    }
    holds(&[
        ("im.external_group_message", MEMBER, r#","conversation":"external_group""#, Organisation, "class-5-external-group", "dingtalk-3.6.1-5"),
        ("im.group_file", MEMBER, "", Organisation, "class-5-group-message", "dingtalk-3.6.1-5"),
        ("im.unaffiliated_group_message", MEMBER, r#","conversation":"ordinary_group""#, Person, "mixed-without-consent", "dingtalk-3.6.1-8-noshare"),
        ("im.voice_message", MEMBER, r#","conversation":"ordinary_group""#, Person, "mixed-without-consent", "dingtalk-3.6.1-8"),
        // Whatever the class is called, the conversation decides.
        ("im.internal_group_message", MEMBER, r#","conversation":"ordinary_group""#, Person, "mixed-without-consent", "dingtalk-3.6.1-8"),
    ]);
    let guest = r#""account":"personal","membership":"none""#;
    holds(&[("im.external_group_message", guest, r#","conversation":"external_group""#, Person, "private-capacity", "dingtalk-def-4")]);
}

#[test]
#[rustfmt::skip] // a case a line
fn colleague_chat_needs_the_service_and_both_to_be_employed() {
    let chat = "im.colleague_direct_chat";
    holds(&[
        (chat, MEMBER, r#","conversation":"direct_colleague","features":["dedicated_security"]"#, Organisation, "colleague-chat", "dingtalk-3.6.1-5-direct"),
        (chat, MEMBER, r#","conversation":"direct_colleague""#, Person, "colleague-chat-without-service", "dingtalk-3.6.1-5-direct"),
        (chat, MEMBER, r#","conversation":"direct_former_colleague","features":["dedicated_security"]"#, Person, "former-colleague-chat", "dingtalk-3.6.1-8-former"),
        (chat, PRIVATELY, r#","conversation":"direct_colleague","features":["dedicated_security"]"#, Person, "colleague-chat-in-private", "dingtalk-def-4"),
        (chat, r#""account":"personal","membership":"departed","capacity":"member""#, r#","conversation":"direct_colleague","features":["dedicated_security"]"#, Person, "colleague-chat-without-service", "dingtalk-3.6.1-5-direct"),
    ]);
    let pack = pack("dingtalk");
    let secured = facts(&format!(r#"{{"class":"{chat}",{MEMBER},"conversation":"direct_colleague","features":["dedicated_security"]}}"#));
    assert!(pack.rule(&secured).is_hidden_from_leaver());
    let private = facts(&format!(r#"{{"class":"{chat}",{PRIVATELY},"conversation":"direct_colleague","features":["dedicated_security"]}}"#));
    assert!(!pack.rule(&private).is_settled());
}

#[test]
#[rustfmt::skip] // a case a line
fn class_6_is_the_security_applications_logs_and_no_others() {
    let security = r#""account":"personal","capacity":"member","membership":"employed","service":{"name":"security","opened_by":"organisation"},"source":"produced""#;
    for class in ["log.login_logout", "log.app_access", "log.file_operation", "log.group_operation", "log.screen_capture", "log.device_security", "log.join_organisation", "network.ip_address"] {
        holds(&[
            (class, security, "", Organisation, "class-6-security-log", "dingtalk-3.6.1-6"),
            (class, MEMBER, r#","source":"produced""#, Person, "log-of-the-platform", "dingtalk-2.6-security"),
        ]);
    }
    holds(&[("log.web_browsing", security, "", Person, "own-traces", "dingtalk-def-10")]);
}

#[test]
#[rustfmt::skip] // a case a line
fn class_7_is_whatever_else_the_organisation_submits() {
    holds(&[
        ("health.symptoms", PRIVATELY, r#","source":"organisation""#, Organisation, "class-7-submitted", "dingtalk-3.6.1-7"),
        ("org.other_submitted", PRIVATELY, r#","source":"organisation""#, Organisation, "class-7-to-reclassify", "dingtalk-3.6.1-7"),
        // What is by nature the person's own does not change hands by being submitted.
        ("contacts.friend_list", PRIVATELY, r#","source":"organisation""#, Person, "own-contacts", "dingtalk-def-12"),
        ("im.unaffiliated_group_message", PRIVATELY, r#","source":"organisation","conversation":"ordinary_group""#, Person, "mixed-without-consent", "dingtalk-3.6.1-8-noshare"),
    ]);
}

#[test]
#[rustfmt::skip] // a case a line
fn class_8_needs_the_express_consent_of_a_member_or_of_the_minors_guardian() {
    let departed = r#""account":"personal","membership":"departed""#;
    let outsider = r#""account":"personal","membership":"none""#;
    holds(&[
        ("im.noncolleague_direct_chat", PRIVATELY, r#","conversation":"direct_outsider""#, Person, "mixed-without-consent", "dingtalk-3.6.1-8"),
        ("im.noncolleague_direct_chat", PRIVATELY, r#","conversation":"direct_outsider","consent":"explicit""#, Organisation, "mixed-consented", "dingtalk-3.6.1-8"),
        ("im.noncolleague_direct_chat", PRIVATELY, r#","conversation":"direct_outsider","consent":"withdrawn""#, Person, "mixed-without-consent", "dingtalk-3.6.1-8"),
        ("im.noncolleague_direct_chat", departed, r#","conversation":"direct_former_colleague","consent":"explicit""#, Organisation, "mixed-consented", "dingtalk-3.6.1-8"),
        ("im.noncolleague_direct_chat", PRIVATELY, r#","consent":"explicit""#, Organisation, "mixed-class-consented", "dingtalk-3.6.1-8"),
        ("im.unaffiliated_group_message", PRIVATELY, "", Person, "mixed-class-without-consent", "dingtalk-3.6.1-8"),
        // The policy speaks of end users: somebody who was never a member is none.
        ("im.noncolleague_direct_chat", outsider, r#","conversation":"direct_outsider","consent":"explicit""#, Person, "mixed-without-consent", "dingtalk-3.6.1-8"),
        // A minor's own word is not enough, the guardian's is.
        ("im.noncolleague_direct_chat", PRIVATELY, r#","conversation":"direct_outsider","consent":"explicit","age":"minor""#, Person, "mixed-without-consent", "dingtalk-3.6.1-8"),
        ("im.noncolleague_direct_chat", PRIVATELY, r#","conversation":"direct_outsider","consent":"guardian","age":"child""#, Organisation, "mixed-consented-by-guardian", "dingtalk-7-minor"),
        ("im.unaffiliated_group_message", PRIVATELY, r#","consent":"guardian","age":"minor""#, Organisation, "mixed-class-consented-by-guardian", "dingtalk-7-minor"),
        // Consent reaches mixed data and nothing that is the person's own.
        ("contacts.friend_list", MEMBER, r#","consent":"explicit""#, Person, "own-contacts", "dingtalk-def-12"),
    ]);
}

#[test]
#[rustfmt::skip] // a case a line
fn an_application_that_the_administrator_did_not_open_gives_the_organisation_nothing() {
    let not_opened = r#""account":"personal","capacity":"member","membership":"employed","service":{"name":"office","opened_by":"person"}"#;
    for class in ["attendance.clock_in", "hr.name", "drive.file", "im.internal_group_message", "edu.parent_contact", "order.marketplace"] {
        for special in ["", r#","source":"organisation""#, r#","consent":"explicit","conversation":"ordinary_group""#] {
            holds(&[(class, not_opened, special, Person, "service-not-opened", "dingtalk-def-5")]);
        }
    }
}

#[test]
#[rustfmt::skip] // a case a line
fn what_a_person_does_privately_stays_theirs() {
    holds(&[
        ("drive.file", PRIVATELY, "", Person, "private-capacity", "dingtalk-def-4"),
        ("doc.content", PRIVATELY, r#","service":{"name":"office","opened_by":"organisation"}"#, Person, "private-capacity", "dingtalk-def-4"),
        ("calendar.event", PRIVATELY, "", Person, "private-capacity", "dingtalk-def-4"),
        ("biometric.face_device_only", MEMBER, "", Person, "device-only", "dingtalk-2.2.1-local"),
        ("device.android_id", MEMBER, "", Person, "own-device", "dingtalk-2.6-security"),
        ("work.work_history", MEMBER, "", Person, "own-account-and-profile", "dingtalk-4.1-2"),
        ("log.search_query", MEMBER, "", Organisation, "search-in-organisation-tool", "dingtalk-2.2.3-org"),
        ("log.search_query", PRIVATELY, "", Person, "own-traces", "dingtalk-def-10"),
    ]);
}

#[test]
#[rustfmt::skip] // a case a line
fn what_a_member_makes_in_the_organisations_tools_is_the_organisations() {
    for class in ["doc.content", "doc.edit_trace", "project.task", "project.log", "lowcode.form_data", "meeting.recording", "mail.message"] {
        holds(&[(class, MEMBER, "", Organisation, "member-in-organisation-service", "dingtalk-2.2.3-org")]);
    }
}

#[test]
fn acting_as_a_member_without_being_one_is_not_settled() {
    let pack = pack("dingtalk");
    for membership in ["departed", "none"] {
        let facts = facts(&format!(
            r#"{{"class":"doc.content","account":"personal","capacity":"member","membership":"{membership}","service":{{"name":"office","opened_by":"organisation"}}}}"#
        ));
        let ruling = pack.rule(&facts);
        assert_eq!((ruling.controller(), ruling.is_settled()), (Person, false));
    }
}

#[test]
fn what_no_rule_covers_is_the_persons_and_says_so() {
    let pack = pack("dingtalk");
    let ruling = pack
        .rule(&facts(r#"{"class":"doc.content","account":"personal","capacity":"member","membership":"employed"}"#));
    assert_eq!((ruling.controller(), ruling.rule_missing(), ruling.rule_id()), (Person, true, None));
    assert!(pack.classes_with_a_rule_missing().contains(&"doc.content"));
    assert!(!pack.classes_with_a_rule_missing().contains(&"basic.name"));
}

#[test]
fn only_consent_and_what_follows_from_it_reaches_back() {
    let pack = pack("dingtalk");
    let chat = |special: &str| {
        facts(&format!(
            r#"{{"class":"im.noncolleague_direct_chat",{PRIVATELY},"conversation":"direct_outsider"{special}}}"#
        ))
    };
    let given = pack.rule_anew(&chat(r#","consent":"explicit""#), Change::Consent).unwrap();
    assert_eq!(given.controller(), Organisation);
    let withdrawn = pack.rule_anew(&chat(r#","consent":"withdrawn""#), Change::Consent).unwrap();
    assert_eq!(withdrawn.controller(), Person);
    let made_internal = facts(&format!(r#"{{"class":"im.voice_message",{MEMBER},"conversation":"internal_group"}}"#));
    assert_eq!(pack.rule(&made_internal).controller(), Organisation);
    assert_eq!(
        pack.rule_anew(&chat(r#","consent":"explicit""#), Change::Facts),
        None,
        "consent reaches back, a report does not"
    );
    assert_eq!(
        pack.rule_anew(&made_internal, Change::Facts),
        None,
        "what was said before the group was made internal stays as ruled"
    );
}

#[test]
fn an_explanation_names_what_did_not_fit() {
    let pack = pack("dingtalk");
    let explanation = pack.explain(&facts(&format!(r#"{{"class":"doc.content",{MEMBER}}}"#)));
    let first = serde_json::to_value(&explanation.read[0]).unwrap();
    assert_eq!(
        first,
        serde_json::json!({"rule": "dingtalk.enterprise-account", "unmet": {"fact": "account", "found": "personal", "wanted": ["enterprise"]}})
    );
    let last = explanation.read.last().unwrap();
    assert_eq!((last.rule, &last.unmet), ("dingtalk.member-in-organisation-service", &None));
}

//! The ledger from its records to a stranger's verdict, on an embedded database.

use super::append::LedgerSink;
use super::certify::{self, Case};
use super::export::{Export, Personal, Wanted, announce};
use super::model::RecordFilter;
use super::{keys, seal, search, store};
use crate::platform::caller::{Actor, Caller};
use crate::platform::db::Ts;
use crate::platform::ids::{DepartureId, SubjectId};
use crate::platform::jobs::Step;
use crate::platform::record::{Outcome, Record};
use crate::platform::testing::TestPlatform;
use crate::platform::vault::{self, Drawer};
use chrono::Duration;
use diesel::prelude::*;
use policy_model::ledger::{Fault, Finding, Format, Verified, verify};
use serde_json::json;
use std::sync::Mutex;

/// A ledger with `records` records in transactions of 100, sealed once on the way.
fn ledger_of(records: usize) -> TestPlatform {
    let t = TestPlatform::new(LedgerSink);
    for some in 0..records / 100 {
        t.run(|tx| {
            let subject: SubjectId = tx.new_id();
            for n in 0..100 {
                tx.record(Record::of(if n == 0 { "test" } else { "holdings.read" }).on("holding", n).about(subject));
            }
            Ok(())
        });
        if some == records / 200 {
            t.quietly(seal::seal_now);
        }
    }
    t
}

fn wanted(filter: RecordFilter, format: Format) -> Wanted {
    Wanted { filter, format, personal: Personal::Closed }
}

fn export(t: &TestPlatform, wanted: Wanted) -> String {
    let announced = wanted.clone();
    t.run(move |tx| announce(tx, &announced).map_err(|e| crate::platform::db::StoreError::Unreadable(e.to_string())));
    let caller = Caller { tenant: t.tenant, actor: Actor::Job("test") };
    let bytes = Export::begin(t.platform.clone(), caller, wanted).unwrap().write(Vec::new()).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn verdict(t: &TestPlatform, text: &str) -> Result<Verified, Finding> {
    let key = t.quietly(keys::verifiers).remove(0).parse().unwrap();
    verify(text.as_bytes(), Some(&key))
}

#[test]
fn an_export_holds_its_own_record_and_verifies_and_whoever_changes_a_byte_is_named() {
    let t = ledger_of(1_000);
    for format in [Format::Ndjson, Format::Csv] {
        let text = export(&t, wanted(RecordFilter::default(), format));
        let verified = verdict(&t, &text).unwrap();
        assert!(verified.complete && verified.key_is_trusted && verified.records > 1_000, "{verified:?}");
        assert!(text.contains("\"act\":\"records.export\"") || text.contains("records.export"));
    }
    let text = export(&t, wanted(RecordFilter::default(), Format::Ndjson));
    let at = text.find("\"seq\":776,").unwrap();
    let changed = format!(
        "{}{}",
        &text[..at],
        text[at..].replacen("\"seq\":776,\"subjects\":[\"0", "\"seq\":776,\"subjects\":[\"1", 1)
    );
    assert_ne!(changed, text);
    let finding = verdict(&t, &changed).unwrap_err();
    assert_eq!((finding.seq, finding.fault), (Some(776), Fault::Changed));
}

#[test]
fn a_filtered_export_proves_each_of_its_records() {
    let t = ledger_of(600);
    let subject = t.quietly(|tx| store::find(tx, 250)).unwrap().open().unwrap().subjects[0].parse().unwrap();
    let filters = [
        (RecordFilter { act: Some("test".into()), ..Default::default() }, 6..=20),
        (RecordFilter { subject: Some(subject), ..Default::default() }, 100..=101),
        (RecordFilter { object: Some("7".into()), ..Default::default() }, 6..=6),
        (RecordFilter { outcome: Some("refused".into()), ..Default::default() }, 0..=0),
        (RecordFilter { since: Some(t.platform.now()), ..Default::default() }, 1..=20),
        (RecordFilter { until: Some(t.platform.now()), ..Default::default() }, 600..=620),
    ];
    for (filter, expected) in filters {
        let text = export(&t, wanted(filter.clone(), Format::Ndjson));
        let verified = verdict(&t, &text).unwrap_or_else(|e| panic!("{filter:?}: {e}"));
        assert!(expected.contains(&verified.records) && !verified.complete, "{filter:?}: {verified:?}");
    }
}

#[test]
fn a_list_is_newest_first_and_goes_on_from_its_cursor() {
    let t = ledger_of(300);
    let filter = RecordFilter { act: Some("test".into()), ..Default::default() };
    let seqs = |before| {
        let rows = t.quietly(|tx| store::newest(tx, &filter, before, 3));
        rows.iter().map(|row| row.seq).collect::<Vec<_>>()
    };
    assert_eq!(seqs(None), [200, 100, 0]);
    assert_eq!(seqs(Some(100)), [0]);
    let hour = Duration::hours(1);
    let later = RecordFilter { since: Some(Ts(*t.platform.now() + hour)), ..Default::default() };
    assert!(t.quietly(|tx| store::newest(tx, &later, None, 10)).is_empty());
}

/// Records of a few people, acts, objects and classes, so that terms share blocks and seldom records.
fn mixed_ledger(records: usize) -> (TestPlatform, Vec<SubjectId>) {
    let t = TestPlatform::new(LedgerSink);
    let subjects: Vec<SubjectId> = t.quietly(|tx| Ok((0..7).map(|_| tx.new_id()).collect()));
    for some in 0..records / 100 {
        t.run(|tx| {
            for n in (some * 100)..(some * 100 + 100) {
                // A rare act comes once in two blocks, a rare object once in five.
                let act = if n % 600 == 599 { "rare" } else { ["read", "write", "look"][n % 3] };
                let object = if n % 1_300 == 7 { 4_711 } else { n % 97 };
                let outcome = if n % 41 == 0 { Outcome::Refused } else { Outcome::Permitted };
                let record = Record::of(act).on("holding", object).about(subjects[n * n % 7]).ended(outcome, "test");
                tx.record(if n % 5 == 0 { record.class("hr.name") } else { record });
            }
            Ok(())
        });
    }
    (t, subjects)
}

#[test]
fn a_search_finds_the_same_before_and_after_terms_are_noted_and_misses_nothing() {
    let (t, subjects) = mixed_ledger(3_000);
    let all: Vec<_> =
        t.quietly(|tx| store::newest(tx, &RecordFilter::default(), None, 10_000)?.iter().map(|r| r.open()).collect());
    let word = |word: &str| Some(word.to_owned());
    let mut filters = Vec::new();
    for act in [None, word("read"), word("rare"), word("nothing")] {
        for object in [None, word("4711"), word("12")] {
            for subject in [None, Some(subjects[1]), Some(subjects[2])] {
                for outcome in [None, word("refused"), word("permitted")] {
                    let class = word("hr.name").filter(|_| filters.len() % 2 == 0);
                    let (act, object, outcome) = (act.clone(), object.clone(), outcome);
                    filters.push(RecordFilter { act, object, subject, outcome, class, ..RecordFilter::default() });
                }
            }
        }
    }
    let expected = |filter: &RecordFilter| -> Vec<i64> {
        let is = |asked: &Option<String>, has: Option<&str>| asked.is_none() || asked.as_deref() == has;
        let chosen = all.iter().filter(|body| {
            is(&filter.act, Some(&body.act))
                && is(&filter.object, body.object.as_ref().map(|object| object.id.as_str()))
                && is(&filter.class, body.class.as_deref())
                && is(&filter.outcome, Some(body.outcome.as_str()))
                && filter.subject.is_none_or(|subject| body.subjects.contains(&subject.to_string()))
        });
        chosen.map(|body| store::signed(body.seq).unwrap()).collect()
    };
    let look = |when: &str| {
        for filter in &filters {
            let mut expected = expected(filter);
            let newest = t.quietly(|tx| store::newest(tx, filter, None, 10_000));
            assert_eq!(newest.iter().map(|r| r.seq).collect::<Vec<_>>(), expected, "{when}: {filter:?}");
            let page = t.quietly(|tx| store::newest(tx, filter, Some(2_000), 3));
            let of_page: Vec<i64> = expected.iter().copied().filter(|seq| *seq < 2_000).take(3).collect();
            assert_eq!(page.iter().map(|r| r.seq).collect::<Vec<_>>(), of_page, "{when}, a page: {filter:?}");
            expected.reverse();
            let within: Vec<i64> = expected.into_iter().filter(|seq| (300..2_900).contains(seq)).take(20).collect();
            let oldest = t.quietly(|tx| store::oldest(tx, filter, 300..2_900, 20));
            assert_eq!(oldest.iter().map(|r| r.seq).collect::<Vec<_>>(), within, "{when}, oldest: {filter:?}");
        }
    };
    look("before");
    while t.quietly(search::note) {}
    let head = t.quietly(store::head).unwrap();
    assert!(head.indexed >= 2_816 && head.indexed % 256 == 0, "{head:?}");
    look("after");
}

#[test]
fn forgotten_text_is_gone_and_the_proof_still_holds() {
    let t = TestPlatform::new(LedgerSink);
    let subject: SubjectId = t.quietly(|tx| Ok(tx.new_id()));
    t.run(|tx| {
        let record = Record::of("test").about(subject).ended(Outcome::Refused, "test.reason");
        tx.record(record.personal("note", subject, "林晓的申请").personal("note", subject, "理由"));
        Ok(())
    });
    let opened = || {
        let wanted = Wanted { personal: Personal::Opened, ..wanted(RecordFilter::default(), Format::Ndjson) };
        let text = export(&t, wanted);
        (verdict(&t, &text).unwrap(), text.contains("林晓"))
    };
    let (verified, named) = opened();
    assert!(named && verified.opened == 2 && verified.forgotten == 0, "{verified:?}");
    assert!(t.quietly(|tx| vault::erase(tx, subject, Drawer::Records)));
    let (verified, named) = opened();
    assert!(!named && verified.opened == 0 && verified.forgotten == 2, "{verified:?}");
    // The drawer begins anew under another key, which opens only what comes from now on.
    t.run(|tx| {
        tx.record(Record::of("test").personal("note", subject, "新的申请"));
        Ok(())
    });
    let (verified, named) = opened();
    assert!(!named && verified.opened == 1 && verified.forgotten == 2, "{verified:?}");
}

#[test]
fn a_seal_that_lost_the_race_writes_nothing() {
    let t = ledger_of(300);
    let head = t.quietly(store::head).unwrap();
    t.quietly(seal::seal_now);
    let size = |t: &TestPlatform| t.quietly(store::latest_checkpoint).unwrap().size;
    let sealed = size(&t);
    assert_eq!(t.quietly(|tx| store::advance(tx, head.sealed, &head.edge)), None);
    t.quietly(seal::seal_now);
    assert_eq!((size(&t), t.quietly(store::head).unwrap().sealed), (sealed, sealed));
}

#[test]
fn a_change_of_keys_leaves_what_the_old_one_signed() {
    let t = ledger_of(100);
    let before = export(&t, wanted(RecordFilter::default(), Format::Csv));
    let old = t.quietly(keys::verifiers);
    t.run(|tx| keys::rotate(tx).map(drop));
    let after = export(&t, wanted(RecordFilter::default(), Format::Csv));
    let now = t.quietly(keys::verifiers);
    assert_eq!((now.len(), &now[1]), (2, &old[0]));
    assert!(verdict(&t, &after).is_ok());
    assert!(matches!(verdict(&t, &before), Err(Finding { fault: Fault::WrongKey { .. }, .. })));
    assert!(verify(before.as_bytes(), Some(&old[0].parse().unwrap())).is_ok());
}

#[test]
fn neighbours_have_ledgers_of_their_own() {
    let t = ledger_of(100);
    let neighbour = t.neighbour();
    t.run_as(neighbour, |_| Ok(()));
    assert_eq!(t.run_as(neighbour, store::head).unwrap().next_seq, 1);
    assert_eq!(t.quietly(store::head).unwrap().next_seq, 100);
}

#[test]
fn a_record_that_was_changed_in_the_database_is_named() {
    let t = ledger_of(300);
    let first = export(&t, wanted(RecordFilter::default(), Format::Ndjson));
    assert!(verdict(&t, &first).is_ok());
    let mut behind = SqliteConnection::establish(&t.database().to_string_lossy()).unwrap();
    let change = "UPDATE records SET body = replace(body, 'holdings.read', 'holdings.seen') WHERE seq = 122";
    let refused = diesel::sql_query(change).execute(&mut behind).unwrap_err();
    assert!(refused.to_string().contains("append-only"), "{refused}");
    diesel::sql_query("DROP TRIGGER records_no_update").execute(&mut behind).unwrap();
    diesel::sql_query(change).execute(&mut behind).unwrap();
    let finding = verdict(&t, &export(&t, wanted(RecordFilter::default(), Format::Ndjson))).unwrap_err();
    assert_eq!((finding.seq, finding.fault), (Some(122), Fault::Changed));
}

static KEPT: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[test]
fn a_certificate_holds_the_records_of_its_case_and_verifies() {
    let t = ledger_of(300);
    let departure: DepartureId = t.quietly(|tx| Ok(tx.new_id()));
    let certificate = json!({"departure": departure, "lines": 3, "name": "远山科技"});
    t.run(|tx| {
        tx.record(Record::of("departures.open").on("departure", departure));
        tx.record(Record::of("orders.carry_out").on("order", "o-1").under("i-1"));
        let case = Case { departure, objects: vec!["i-1".into()] };
        certify::certify(tx, case, certificate.clone())
    });
    let cursor = json!({"case": {"departure": departure, "objects": ["i-1"]}, "certificate": certificate});
    let keep: super::KeepCertificate = |_, _, document| {
        KEPT.lock().unwrap().push(document.to_owned());
        Ok(())
    };
    let mut steps = 0;
    while let Step::Again(_) = t.quietly(|tx| {
        certify::step(tx, &cursor, keep).map_err(|e| crate::platform::db::StoreError::Unreadable(e.to_string()))
    }) {
        steps += 1;
    }
    assert_eq!(steps, 1, "it is sealed in a step of its own");
    let document = KEPT.lock().unwrap().pop().unwrap();
    let verified = verdict(&t, &document).unwrap();
    assert_eq!(verified.records, 3, "{document}");
    let forged = document.replace("\"lines\":3", "\"lines\":2");
    assert_eq!(verdict(&t, &forged).unwrap_err().fault, Fault::Certificate);
}

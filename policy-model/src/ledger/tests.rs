//! Stories of an auditor with a file: it was made well, then somebody had it for a while.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::tree::tests::naive_nodes;
use super::*;

const TENANT: &str = "0198f3a2-0000-7000-8000-000000000001";

fn key() -> SignerKey {
    SignerKey::new(&origin_of(TENANT), &[7; 32]).unwrap()
}

fn at(seconds: u64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_774_972_800 + seconds as i64, 123_456_000).unwrap()
}

fn opened_note(seq: u64) -> OpenedText {
    OpenedText { salt: Hash::leaf(&seq.to_le_bytes()), text: format!("林晓, \"no. {seq}\"\n交接\u{1}") }
}

/// Every fifth record has a text about a person.
fn record(seq: u64) -> RecordBody {
    let note = opened_note(seq);
    let personal = seq.is_multiple_of(5).then(|| PersonalText {
        field: "note".into(),
        subject: "person-1".into(),
        commit: PersonalText::commit(note.salt.as_bytes(), &note.text),
        cipher: "c2VhbGVk".into(),
    });
    RecordBody {
        v: Version,
        seq,
        id: format!("0198f3a2-0000-7000-8000-{seq:012}"),
        tenant: TENANT.into(),
        at: at(seq),
        actor: Actor { kind: ActorKind::Member, id: Some("member-7".into()) },
        act: "departures.approve".into(),
        object: Some(Object { kind: "departure".into(), id: format!("=d{seq}") }),
        subjects: vec!["person-1".into()],
        class: seq.is_multiple_of(3).then(|| "hr.salary_bank_account".into()),
        purpose: Some("payroll, \"monthly\"\n发薪".into()),
        instruction: None,
        outcome: Outcome::Done,
        reason: None,
        clauses: vec!["gbt35273-7.1-b".into()],
        request: None,
        detail: json!({ "lines": seq, "share": 0.5 }).as_object().cloned().unwrap(),
        personal: personal.into_iter().collect(),
    }
}

/// A ledger as the server has it.
struct Ledger {
    sealed: Vec<String>,
    leaves: Vec<Hash>,
}

impl Ledger {
    fn of(records: impl IntoIterator<Item = RecordBody>) -> Self {
        let sealed: Vec<String> =
            records.into_iter().map(|record| String::from_utf8(record.canonical_bytes()).unwrap()).collect();
        let leaves = sealed.iter().map(|body| Hash::leaf(body.as_bytes())).collect();
        Self { sealed, leaves }
    }

    fn of_size(size: u64) -> Self {
        Self::of((0..size).map(record))
    }

    fn note(&self, key: &SignerKey) -> String {
        let size = self.leaves.len() as u64;
        let mut edge = Frontier::default();
        self.leaves.iter().for_each(|leaf| {
            edge.push(*leaf);
        });
        Checkpoint { origin: origin_of(TENANT), size, root: edge.root(), time: Some(at(size)) }.sign(key)
    }

    fn opened(seq: u64) -> Opened {
        seq.is_multiple_of(10).then(|| ("note".to_owned(), opened_note(seq))).into_iter().collect()
    }

    fn export(&self, format: Format, range: Range, chosen: Option<&[u64]>) -> Vec<u8> {
        let key = key();
        let header = Header::new(TENANT, key.verifier(), &self.note(&key), range, at(99));
        let header = if chosen.is_some() { header.filtered(json!({ "act": "departures.approve" })) } else { header };
        let all: Vec<u64> = (range.from..range.to).collect();
        let mut writer = ExportWriter::begin(Vec::new(), format, &header, &key).unwrap();
        for &seq in chosen.unwrap_or(&all) {
            let sealed = &self.sealed[seq as usize];
            writer.record(sealed, &Self::opened(seq), naive_nodes(&self.leaves)).unwrap();
        }
        writer.finish().unwrap()
    }

    fn whole(&self, format: Format) -> Vec<u8> {
        self.export(format, Range { from: 0, to: self.leaves.len() as u64 }, None)
    }
}

fn check(file: &[u8]) -> Result<Verified, Finding> {
    verify(file, Some(key().verifier()))
}

fn lines(file: &[u8]) -> Vec<Vec<u8>> {
    file.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// Lines before the first record.
fn heading(format: Format) -> usize {
    match format {
        Format::Ndjson => 1,
        Format::Csv => 2,
    }
}

fn any_format() -> impl Strategy<Value = Format> {
    prop_oneof![Just(Format::Ndjson), Just(Format::Csv)]
}

fn any_range() -> impl Strategy<Value = (Ledger, Range)> {
    (4_u64..40).prop_flat_map(|size| {
        (0..size - 3).prop_flat_map(move |from| {
            (from + 3..=size).prop_map(move |to| (Ledger::of_size(size), Range { from, to }))
        })
    })
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a ledger of {}", self.leaves.len())
    }
}

#[test]
fn a_good_export_is_good_in_both_forms() {
    for size in [0, 1, 2, 7, 64, 100] {
        let ledger = Ledger::of_size(size);
        for format in [Format::Ndjson, Format::Csv] {
            let verified = check(&ledger.whole(format)).unwrap();
            assert!(verified.complete && verified.key_is_trusted);
            assert_eq!((verified.records, verified.size, verified.time), (size, size, Some(at(size))));
            assert_eq!(verified.opened + verified.forgotten, size.div_ceil(5));
            assert_eq!(verified.opened, size.div_ceil(10));
        }
    }
}

#[test]
fn a_part_is_good_and_does_not_claim_to_be_the_whole() {
    let ledger = Ledger::of_size(50);
    for format in [Format::Ndjson, Format::Csv] {
        let some = check(&ledger.export(format, Range { from: 0, to: 50 }, Some(&[3, 4, 17, 49]))).unwrap();
        assert!(!some.complete && some.records == 4);
        let stretch = check(&ledger.export(format, Range { from: 10, to: 20 }, None)).unwrap();
        assert!(!stretch.complete && stretch.records == 10);
    }
}

#[test]
fn without_a_trusted_key_the_answer_says_so_and_another_key_is_refused() {
    let file = Ledger::of_size(5).whole(Format::Ndjson);
    let verified = verify(file.as_slice(), None).unwrap();
    assert!(!verified.key_is_trusted);
    assert!(verified.summary_en().contains("not checked against a key you trust"));
    let other = SignerKey::new(&origin_of(TENANT), &[8; 32]).unwrap();
    let finding = verify(file.as_slice(), Some(other.verifier())).unwrap_err();
    assert!(matches!(finding.fault, Fault::WrongKey { .. }), "{finding}");
}

#[test]
fn a_forger_who_recomputes_everything_is_named_where_he_began() {
    let ledger = Ledger::of_size(20);
    let mut forged = ledger.sealed.clone();
    forged[12] = forged[12].replace("member-7", "member-8");
    let leaves = forged.iter().map(|body| Hash::leaf(body.as_bytes())).collect();
    let forged = Ledger { sealed: forged, leaves };
    // Records and paths are the forger's own tree; he cannot sign, so he keeps the true checkpoint.
    let (true_lines, mut file) = (lines(&ledger.whole(Format::Ndjson)), lines(&forged.whole(Format::Ndjson)));
    file[0] = true_lines[0].clone();
    let finding = check(&file.concat()).unwrap_err();
    assert_eq!((finding.seq, finding.line), (Some(0), 2), "his paths are false from the first record on");
    file[1..13].clone_from_slice(&true_lines[1..13]);
    let finding = check(&file.concat()).unwrap_err();
    assert_eq!((finding.fault, finding.seq, finding.line), (Fault::Changed, Some(12), 14));
}

#[test]
fn renumbering_after_a_removal_does_not_help() {
    let file = lines(&Ledger::of_size(9).whole(Format::Ndjson));
    let mut forged: Vec<Vec<u8>> = file[..5].to_vec();
    for (seq, line) in file.iter().enumerate().take(10).skip(6) {
        let text = String::from_utf8(line.clone()).unwrap();
        forged.push(text.replace(&format!("\"seq\":{}", seq - 1), &format!("\"seq\":{}", seq - 2)).into_bytes());
    }
    forged.push(file[10].clone());
    let finding = check(&forged.concat()).unwrap_err();
    assert_eq!((finding.fault, finding.seq), (Fault::Changed, Some(4)));
}

#[test]
fn a_change_is_called_a_change_wherever_it_is_and_an_insertion_an_insertion() {
    // The record after an odd-numbered one can prove in its place: that must not be taken for an insertion.
    for format in [Format::Ndjson, Format::Csv] {
        for at in 0..9 {
            let mut file = lines(&Ledger::of_size(9).whole(format));
            let (line, seq) = (heading(format) + at, Some(at as u64));
            let text = String::from_utf8(file[line].clone()).unwrap();
            let changed = text.replace("member-7", "member-8").into_bytes();
            let true_one = std::mem::replace(&mut file[line], changed);
            let finding = check(&file.concat()).unwrap_err();
            assert_eq!((&finding.fault, finding.seq), (&Fault::Changed, seq), "{finding}");
            file.insert(line + 1, true_one);
            let finding = check(&file.concat()).unwrap_err();
            assert_eq!((&finding.fault, finding.seq), (&Fault::Inserted, seq), "{finding}");
        }
    }
}

#[test]
fn a_record_written_otherwise_is_called_that() {
    let file = String::from_utf8(Ledger::of_size(9).whole(Format::Ndjson)).unwrap();
    let spaced = file.replace("\"seq\":4,", "\"seq\": 4,");
    let finding = check(spaced.as_bytes()).unwrap_err();
    assert_eq!((finding.fault, finding.seq), (Fault::NotCanonical, Some(4)));
}

#[test]
fn an_altered_cell_is_named_with_what_the_record_says() {
    let file = String::from_utf8(Ledger::of_size(9).whole(Format::Csv)).unwrap();
    assert!(file.contains(",'=d4,"), "a cell cannot be a formula");
    let finding = check(file.replace(",'=d4,", ",'=d5,").as_bytes()).unwrap_err();
    let altered = AlteredColumn { column: "object", found: "'=d5".into(), expected: "'=d4".into() };
    assert_eq!((finding.fault, finding.seq, finding.line), (Fault::Column(altered), Some(4), 7));
}

#[test]
fn a_changed_text_is_noticed_and_one_that_was_taken_out_is_told() {
    let file = String::from_utf8(Ledger::of_size(12).whole(Format::Ndjson)).unwrap();
    let finding = check(file.replace("no. 10", "no. 11").as_bytes()).unwrap_err();
    assert_eq!((finding.fault, finding.seq), (Fault::Opened { field: "note".into() }, Some(10)));
    let forgotten: String = file
        .lines()
        .map(|line| match line.split_once(",\"opened\":") {
            Some((before, _)) => format!("{before}}}\n"),
            None => format!("{line}\n"),
        })
        .collect();
    let verified = check(forgotten.as_bytes()).unwrap();
    assert_eq!(
        (verified.opened, verified.forgotten, verified.redacted),
        (0, 3, 2),
        "a copy without them still proves, and says so"
    );
}

#[test]
fn a_record_of_another_tenant_is_none_of_this_export() {
    let stranger = RecordBody { tenant: "other".into(), ..record(1) };
    let finding = check(&Ledger::of([record(0), stranger]).whole(Format::Ndjson)).unwrap_err();
    assert_eq!((finding.fault, finding.seq), (Fault::OtherTenant { found: "other".into() }, Some(1)));
}

/// What a forger can do who has no key: put together lines that are all genuine.
#[test]
fn a_chosen_few_cannot_be_made_fewer_or_others_by_whoever_writes_the_end_anew() {
    let ledger = Ledger::of_size(50);
    let range = Range { from: 0, to: 50 };
    for format in [Format::Ndjson, Format::Csv] {
        let file = lines(&ledger.export(format, range, Some(&[3, 4, 17, 49])));
        let end = file.len() - 1;
        // Without its last record, and with the end of an export that never had it.
        let mut cut = lines(&ledger.export(format, range, Some(&[3, 4, 17])));
        assert_eq!(check(&cut.concat()).unwrap().records, 3, "the ledger itself may choose so");
        let cut_end = cut.pop().unwrap();
        cut.push(file[end].clone());
        assert_eq!(check(&cut.concat()).unwrap_err().fault, Fault::Count { promised: 4, found: 3 });
        // A count written anew has no signature.
        let anew = String::from_utf8(file[end].clone()).unwrap().replace("records 4", "records 3");
        *cut.last_mut().unwrap() = anew.into_bytes();
        assert_ne!(cut[cut.len() - 1], file[end]);
        assert_eq!(check(&cut.concat()).unwrap_err().fault.code(), "ledger.end-changed");
        // As many, but another one: the lines of two exports under one checkpoint fit each other.
        let other = lines(&ledger.export(format, range, Some(&[3, 4, 17, 48])));
        let mut mixed = file.clone();
        mixed[end - 1] = other[end - 1].clone();
        assert_eq!(check(&mixed.concat()).unwrap_err().fault, Fault::Exchanged);
        // Another filter over the same records, and the end of a file with another header.
        let text = String::from_utf8(file.concat()).unwrap().replace("departures.approve\"}", "departures.reject\"}");
        let text = text.replace("departures.approve\"\"}", "departures.reject\"\"}");
        assert_eq!(check(text.as_bytes()).unwrap_err().fault, Fault::HeaderChanged);
        assert_ne!(cut_end, file[end]);
    }
}

#[test]
fn a_changed_range_is_not_blamed_on_a_record() {
    let file = String::from_utf8(Ledger::of_size(9).whole(Format::Ndjson)).unwrap();
    for changed in ["{\"from\":0,\"to\":7}", "{\"from\":2,\"to\":9}"] {
        let finding = check(file.replace("{\"from\":0,\"to\":9}", changed).as_bytes()).unwrap_err();
        assert_eq!((finding.fault, finding.line), (Fault::HeaderChanged, 1));
    }
}

fn certificate() -> (String, Value) {
    let summary = json!({ "departure": "d1", "lines": [{ "disposition": "delete", "items": 3 }], "subject": "林晓" });
    let mut records: Vec<RecordBody> = (0..30).map(record).collect();
    let last = &mut records[27];
    last.act = CERTIFY.into();
    last.detail.insert(CERTIFICATE_HASH.into(), certificate_hash(&summary).to_string().into());
    let ledger = Ledger::of(records);
    let mut builder = CertificateBuilder::new(key().verifier(), &ledger.note(&key())).unwrap();
    for seq in [3, 10, 11, 27] {
        let sealed = &ledger.sealed[seq as usize];
        builder.record(sealed, Ledger::opened(seq), naive_nodes(&ledger.leaves)).unwrap();
    }
    (builder.finish(&summary).unwrap(), summary)
}

#[test]
fn a_certificate_is_good_and_cannot_be_altered() {
    let (file, _) = certificate();
    let verified = check(file.as_bytes()).unwrap();
    assert_eq!((verified.kind, verified.records, verified.opened), (VerifiedKind::Certificate, 4, 1));
    let finding = check(file.replace("\"items\":3", "\"items\":4").as_bytes()).unwrap_err();
    assert_eq!(finding.fault, Fault::Certificate);
    let finding = check(file.replace("\"seq\":11", "\"seq\":12").as_bytes()).unwrap_err();
    assert_eq!(finding.seq, Some(12));
    assert_eq!(check(format!("{file}\n").as_bytes()).unwrap_err().fault, Fault::AfterEnd);
    let (head, records) = file.split_once("\"records\":").unwrap();
    let records: Vec<Box<RawValue>> = serde_json::from_str(records.strip_suffix("}\n").unwrap()).unwrap();
    for (one, other) in [(0, 1), (1, 2), (0, 3)] {
        let (mut swapped, numbers) = (records.clone(), [3, 10, 11, 27]);
        swapped.swap(one, other);
        let text = format!("{head}\"records\":{}}}\n", serde_json::to_string(&swapped).unwrap());
        let finding = check(text.as_bytes()).unwrap_err();
        assert_eq!((finding.fault, finding.seq), (Fault::Reordered { found: numbers[other] }, Some(numbers[one])));
    }
}

#[test]
fn every_finding_speaks_both_languages() {
    let finding = Finding { fault: Fault::Removed { next: Some(8) }, line: 9, seq: Some(7) };
    assert_eq!(finding.words_en(), "line 9: record 7 was removed: record 8 stands in its place");
    assert_eq!(finding.words_zh(), "第 9 行：第 7 号记录被删除：此处为第 8 号记录");
    let json = serde_json::to_value(&finding).unwrap();
    assert_eq!((&json["code"], &json["seq"]), (&json!("ledger.record-removed"), &json!(7)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_changed_byte_is_found(format in any_format(), (ledger, range) in any_range(), at: Index, byte: u8) {
        let mut file = ledger.export(format, range, None);
        let at = at.index(file.len());
        prop_assume!(file[at] != byte);
        let line = file[..at].iter().filter(|byte| **byte == b'\n').count();
        file[at] = byte;
        let finding = check(&file).expect_err("a byte was changed");
        let count = (range.to - range.from) as usize;
        // The line of a record: the finding names it and the record. (A line end that is gone joins two lines.)
        if (heading(format)..heading(format) + count).contains(&line) {
            prop_assert_eq!(finding.line, line as u64 + 1, "{}", &finding);
            prop_assert_eq!(finding.seq, Some(range.from + (line - heading(format)) as u64), "{}", finding);
        }
    }

    #[test]
    fn a_removed_line_is_named(format in any_format(), (ledger, range) in any_range(), pick: Index) {
        let mut file = lines(&ledger.export(format, range, None));
        let at = pick.index(file.len());
        file.remove(at);
        let finding = check(&file.concat()).expect_err("a line was removed");
        let first = heading(format);
        if at >= first && at < file.len() {
            let is_removed = matches!(finding.fault, Fault::Removed { .. });
            prop_assert!(is_removed, "{}", &finding);
            prop_assert_eq!(finding.seq, Some(range.from + (at - first) as u64));
        }
    }

    #[test]
    fn a_repeated_line_is_named(format in any_format(), (ledger, range) in any_range(), pick: Index, to: Index) {
        let mut file = lines(&ledger.export(format, range, None));
        let first = heading(format);
        let (at, to) = (first + pick.index(file.len() - first - 1), first + to.index(file.len() - first));
        file.insert(to, file[at].clone());
        let finding = check(&file.concat()).expect_err("a line was put in");
        prop_assert_eq!(&finding.fault, &Fault::Inserted, "{}", &finding);
        prop_assert_eq!(finding.seq, Some(range.from + (at - first) as u64));
    }

    #[test]
    fn exchanged_lines_are_named(format in any_format(), (ledger, range) in any_range(), one: Index, other: Index) {
        let mut file = lines(&ledger.export(format, range, None));
        let first = heading(format);
        let count = file.len() - first - 1;
        let (a, b) = (first + one.index(count), first + other.index(count));
        prop_assume!(a != b);
        file.swap(a, b);
        let finding = check(&file.concat()).expect_err("lines were exchanged");
        let (early, late) = (range.from + (a.min(b) - first) as u64, range.from + (a.max(b) - first) as u64);
        prop_assert_eq!(&finding.fault, &Fault::Reordered { found: late }, "{}", &finding);
        prop_assert_eq!((finding.seq, finding.line), (Some(early), a.min(b) as u64 + 1));
    }

    #[test]
    fn a_chosen_few_are_guarded_too(format in any_format(), seed: u64, at: Index, other: Index, byte: u8, edit in 0..4) {
        let ledger = Ledger::of_size(60);
        let chosen: Vec<u64> = (0..60).filter(|seq| seed >> (seq % 64) & 1 == 1).collect();
        prop_assume!(chosen.len() > 2);
        let file = ledger.export(format, Range { from: 0, to: 60 }, Some(&chosen));
        prop_assert!(check(&file).is_ok());
        let mut file_lines = lines(&file);
        let first = heading(format);
        let pick = |index: &Index| first + index.index(chosen.len());
        match edit {
            0 => {
                let mut file = file;
                let at = at.index(file.len());
                prop_assume!(file[at] != byte);
                file[at] = byte;
                file_lines = vec![file];
            }
            1 => drop(file_lines.remove(pick(&at))),
            2 => file_lines.insert(pick(&other), file_lines[pick(&at)].clone()),
            _ => {
                prop_assume!(pick(&at) != pick(&other));
                file_lines.swap(pick(&at), pick(&other));
            }
        }
        let finding = check(&file_lines.concat()).expect_err("it was edited");
        let fits = match (edit, &finding.fault) {
            (1, Fault::Removed { .. } | Fault::Count { .. }) | (2, Fault::Inserted) | (3, Fault::Reordered { .. }) => true,
            (edit, _) => edit == 0,
        };
        prop_assert!(fits, "edit {}: {:?} {}", edit, &finding.fault, &finding);
        if edit == 2 {
            prop_assert_eq!(finding.seq, Some(chosen[pick(&at) - first]));
        }
    }

    #[test]
    fn a_cut_file_is_noticed(format in any_format(), (ledger, range) in any_range(), at: Index) {
        let file = ledger.export(format, range, None);
        prop_assert!(check(&file[..at.index(file.len())]).is_err());
    }

    #[test]
    fn no_certificate_survives_a_changed_byte(at: Index, byte: u8) {
        let mut file = certificate().0.into_bytes();
        let at = at.index(file.len());
        prop_assume!(file[at] != byte);
        file[at] = byte;
        prop_assert!(check(&file).is_err());
    }

    #[test]
    fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}", format in any_format(), at: Index) {
        prop_assert!(check(&bytes).is_err());
        prop_assert!(check(text.as_bytes()).is_err());
        // The same amid a good file, where more of the reader is awake.
        let file = Ledger::of_size(8).whole(format);
        let at = at.index(file.len());
        let mut spoilt = file[..at].to_vec();
        spoilt.extend_from_slice(&bytes);
        spoilt.extend_from_slice(&file[at..]);
        prop_assert!(bytes.is_empty() || check(&spoilt).is_err());
    }
}

//! The ledger: append-only in the database itself, and provable to a stranger. Whoever tampers is named.

use scenarios::{Database, Organisation, Tenure, scenario};

fn with_some_history(t: &Tenure) -> Organisation {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.holds("hr.salary_bank_account").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    acme
}

/// An export with its lines in hand: the header, the records, the end.
fn tampered(export: &str, with: impl Fn(&mut Vec<String>)) -> String {
    let mut lines: Vec<String> = export.lines().map(str::to_owned).collect();
    with(&mut lines);
    lines.join("\n") + "\n"
}

/// Lifts what keeps records as they are, as only the database's administrator can.
fn lifted(t: &Tenure) {
    let lift = match t.database() {
        Database::Sqlite => "DROP TRIGGER records_no_update; DROP TRIGGER records_no_delete",
        Database::Postgres => "ALTER TABLE records DISABLE TRIGGER USER",
    };
    t.server().tampers(lift).expect("the database's administrator may do that");
}

/// Where a record of this act stands, past the first few.
fn place_of(acme: &Organisation, act: &str) -> u64 {
    let records = acme.auditor().verifies_offline();
    let found = records.iter().filter(|r| r["act"] == act).filter_map(|r| r["seq"].as_u64()).find(|seq| *seq > 3);
    found.unwrap_or_else(|| panic!("no record of {act}"))
}

scenario!(a_record_changed_behind_the_triggers_back_is_named_in_both_formats, |t| {
    let acme = with_some_history(t);
    let (auditor, seq) = (acme.auditor(), place_of(&acme, "members.join"));
    lifted(t);
    let tenant = tenant_of(t, &acme);
    let change = format!(
        "UPDATE records SET body = replace(body, 'members.join', 'members.gone') WHERE seq = {seq} AND {tenant}"
    );
    t.server().tampers(&change).expect("and that");
    assert_eq!(auditor.finds(&auditor.exports("ndjson")), ("ledger.record-changed".into(), Some(seq), Some(seq + 2)));
    assert_eq!(auditor.finds(&auditor.exports("csv")), ("ledger.record-changed".into(), Some(seq), Some(seq + 3)));
});

/// The rows of an organisation, whichever way a database writes its id.
fn tenant_of(t: &Tenure, acme: &Organisation) -> String {
    let me = acme.first_admin().gets("/me").ok();
    let id = me["tenant_id"].as_str().expect("an id");
    match t.database() {
        Database::Sqlite => format!("tenant_id = X'{}'", id.replace('-', "")),
        Database::Postgres => format!("tenant_id = '{id}'"),
    }
}

scenario!(whoever_tampers_with_an_export_is_named_with_record_and_line_in_both_formats, |t| {
    let acme = with_some_history(t);
    let auditor = acme.auditor();
    let joined = usize::try_from(place_of(&acme, "members.join")).expect("a place");
    for (format, heading) in [("ndjson", 1), ("csv", 2)] {
        let export = auditor.exports(format);
        auditor.verifies(&export).ok();
        let at = heading + joined;
        let sixth = heading + 5;
        // (what was done, the fault, the record that is named, the line)
        type Case = (Box<dyn Fn(&mut Vec<String>)>, &'static str, Option<usize>, usize);
        let cases: Vec<Case> = vec![
            (
                Box::new(move |lines| lines[at] = lines[at].replace("members.join", "members.gone")),
                "ledger.record-changed",
                Some(joined),
                at,
            ),
            (Box::new(move |lines| drop(lines.remove(sixth))), "ledger.record-removed", Some(5), sixth),
            (
                Box::new(move |lines| lines.insert(sixth, lines[heading + 3].clone())),
                "ledger.record-inserted",
                Some(3),
                sixth,
            ),
            (Box::new(move |lines| lines.swap(sixth, sixth + 1)), "ledger.record-reordered", Some(5), sixth),
            (Box::new(move |lines| lines.truncate(sixth)), "ledger.truncated", None, sixth),
            (
                Box::new(move |lines| lines[heading - 1] = lines[heading - 1].replacen("time 2026", "time 2025", 1)),
                "ledger.bad-signature",
                None,
                heading - 1,
            ),
        ];
        for (tamper, code, seq, line) in cases {
            let forged = tampered(&export, tamper);
            assert_ne!(forged, export, "{format}: {code}");
            let (found, named, place) = auditor.finds(&forged);
            assert_eq!(found, code, "{format}: {named:?} in line {place:?}");
            assert!(
                seq.is_none() || named == seq.map(|seq| seq as u64),
                "{format}: {code} names {named:?}, not {seq:?}"
            );
            assert_eq!(place, Some(line as u64 + 1), "{format}: {code}");
        }
    }
});

scenario!(a_column_of_a_csv_that_says_something_else_than_its_record_is_named, |t| {
    let acme = with_some_history(t);
    let auditor = acme.auditor();
    let seq = place_of(&acme, "members.join");
    let forged = tampered(&auditor.exports("csv"), |lines| {
        let line = &mut lines[usize::try_from(seq).expect("a place") + 2];
        *line = line.replacen("members.join", "members.gone", 1);
    });
    assert_eq!(auditor.finds(&forged), ("ledger.column-altered".into(), Some(seq), Some(seq + 3)));
});

scenario!(an_export_signed_by_somebody_else_is_not_believed, |t| {
    let (acme, other) = (t.organisation("远山科技").pack("dingtalk"), t.organisation("近水科技").pack("dingtalk"));
    let said = acme.auditor().verifies(&other.auditor().exports("ndjson"));
    assert_ne!(said.status, 0, "{said:?}");
});

scenario!(a_part_of_the_ledger_proves_itself_too, |t| {
    let acme = with_some_history(t);
    let auditor = acme.auditor();
    let part = auditor.person().gets("/records/export?format=ndjson&act=members.join");
    auditor.verifies(&part.is_status(200).body).ok();
});

scenario!(exporting_leaves_a_record_of_its_own, |t| {
    let acme = with_some_history(t);
    let auditor = acme.auditor();
    auditor.exports("ndjson");
    let records = auditor.verifies_offline();
    assert!(records.iter().any(|r| r["act"] == "records.export"), "{records:#?}");
});

scenario!(a_csv_for_a_spreadsheet_shows_chinese_and_runs_no_formula, |t| {
    let acme = with_some_history(t);
    let csv = acme.auditor().exports("csv");
    assert!(csv.starts_with('\u{feff}'), "Excel needs the mark to show Chinese");
    let formula = csv.lines().skip(1).flat_map(|l| l.split(',')).find(|cell| cell.starts_with(['=', '+', '@']));
    assert_eq!(formula, None);
});

scenario!(records_hold_no_name_and_no_content, |t| {
    let acme = with_some_history(t);
    let records = acme.auditor().verifies_offline();
    for word in ["林晓", "6222 0200", "example.com"] {
        let found = records.iter().find(|r| r.to_string().contains(word));
        assert!(found.is_none(), "a record holds {word}: {found:?}");
    }
});

scenario!(the_command_line_exports_what_the_api_exports, |t| {
    let acme = with_some_history(t);
    let export = t.cli(["export", "--tenant", acme.slug(), "--format", "ndjson"]).ok();
    acme.auditor().verifies(&export).ok();
});

scenario!(one_record_is_exported_with_its_proof, |t| {
    let acme = with_some_history(t);
    let auditor = acme.auditor();
    let record = auditor.records("act=members.join").pop().expect("somebody joined");
    let proof = auditor.person().gets(&format!("/records/export?seq={}", record["seq"]));
    let text = proof.is_status(200).body.clone();
    assert_eq!(text.lines().count(), 3, "a header, the record, the end: {text}");
    auditor.verifies(&text).ok();
    assert_ne!(auditor.verifies(&text.replacen("members.join", "members.gone", 1)).status, 0);
});

scenario!(records_are_found_by_the_class_of_data, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    let card = acme.holds("hr.salary_bank_account").about(&lin);
    lin.gets(&format!("/holdings/{}/content?purpose=own", card.id)).is_status(200);
    let found = acme.auditor().records("class=hr.salary_bank_account");
    assert!(!found.is_empty());
    assert!(found.iter().all(|r| r["class"] == "hr.salary_bank_account"), "{found:#?}");
    assert_eq!(acme.auditor().records("class=hr.nothing").len(), 0);
});

scenario!(the_volume_of_records_is_counted_by_civil_day_act_and_outcome, |t| {
    let acme = with_some_history(t);
    let auditor = acme.auditor();
    t.clock().passes(chrono::TimeDelta::days(1));
    auditor.exports("ndjson");
    let volume = |query: &str| auditor.person().gets(&format!("/records/volume?{query}"));
    let counted = volume("").ok();
    let buckets = counted["buckets"].as_array().expect("buckets").clone();
    assert_eq!((buckets.len(), &counted["by"]), (2, &"day".into()), "{counted:#}");
    assert_eq!(counted["whole_since"], counted["since"]);
    let of = |bucket: &serde_json::Value, act: &str| {
        let counts = bucket["counts"].as_array().expect("counts").clone();
        counts.iter().filter(|c| c["act"] == act).map(|c| c["records"].as_i64().expect("a number")).sum::<i64>()
    };
    let joined = i64::try_from(auditor.records("act=members.join").len()).expect("few");
    assert_eq!((of(&buckets[0], "members.join"), of(&buckets[1], "members.join")), (joined, 0));
    assert_eq!(of(&buckets[1], "records.export"), 1);
    let narrowed = volume("act=records.export&by=hour").ok();
    assert_eq!((&narrowed["records"], &narrowed["by"]), (&1.into(), &"hour".into()));
    // What ends with the second day's first instant has nothing of that day.
    let second = buckets[1]["at"].as_str().expect("an instant");
    let first_day = volume(&format!("until={second}")).ok();
    assert_eq!(first_day["buckets"].as_array().map(Vec::len), Some(1), "{first_day:#}");
    volume("by=hour&since=2025-01-01T00:00:00Z").is_refused("records.too-wide");
    acme.data_operator().gets("/records/volume").is_refused("power.missing");
});

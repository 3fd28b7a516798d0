//! The ledger: append-only in the database itself, and provable to a stranger. Whoever tampers is named.

use scenarios::{Database, Organisation, Tenure, scenario};

/// What somebody does to the lines of an export.
type Tampering = fn(&mut Vec<String>);

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

scenario!(the_database_itself_refuses_to_change_or_delete_a_record, |t| {
    with_some_history(t);
    let everywhere = [
        "UPDATE records SET outcome = 'done' WHERE seq = 1",
        "DELETE FROM records WHERE seq = 1",
        "UPDATE record_subjects SET seq = seq + 1000000",
        "DELETE FROM record_subjects",
        "DELETE FROM checkpoints",
    ];
    let statements = match t.database() {
        Database::Sqlite => everywhere.to_vec(),
        Database::Postgres => [everywhere.as_slice(), &["TRUNCATE records", "TRUNCATE checkpoints"]].concat(),
    };
    for sql in statements {
        let refusal = t.server().tampers(sql).expect_err(sql);
        assert!(refusal.contains("append-only"), "{sql}: {refusal}");
    }
});

scenario!(a_record_changed_behind_the_triggers_back_is_named, |t| {
    let acme = with_some_history(t);
    let auditor = acme.auditor();
    auditor.verifies_offline();
    let lift = match t.database() {
        Database::Sqlite => "DROP TRIGGER records_no_update",
        Database::Postgres => "ALTER TABLE records DISABLE TRIGGER USER",
    };
    t.server().tampers(lift).expect("the database's administrator may do that");
    t.server()
        .tampers("UPDATE records SET body = replace(body, 'members.join', 'members.gone') WHERE seq > 0")
        .expect("and that");
    let said = auditor.verifies(&auditor.exports("ndjson"));
    assert_ne!(said.status, 0, "{said:?}");
});

scenario!(whoever_tampers_with_an_export_is_named_with_the_place, |t| {
    let acme = with_some_history(t);
    let auditor = acme.auditor();
    let export = auditor.exports("ndjson");
    auditor.verifies(&export).ok();
    let cases: [(&str, Tampering); 6] = [
        ("changed", |lines| lines[6] = lines[6].replace("\"v\":1", "\"v\":1,\"w\":2").replacen("done", "seen", 1)),
        ("removed", |lines| drop(lines.remove(6))),
        ("inserted", |lines| lines.insert(6, lines[3].clone())),
        ("reordered", |lines| lines.swap(6, 7)),
        ("truncated", |lines| lines.truncate(6)),
        ("its checkpoint forged", |lines| lines[0] = lines[0].replacen("time 2026", "time 2025", 1)),
    ];
    for (how, tamper) in cases {
        let forged = tampered(&export, tamper);
        assert_ne!(forged, export, "{how}");
        let said = auditor.verifies(&forged);
        assert_ne!(said.status, 0, "an export that was {how} passed:\n{said:?}");
        let words = said.out + &said.err;
        if ["changed", "removed", "inserted", "reordered"].contains(&how) {
            // The seventh line is the record number 5.
            assert!(words.contains('5') || words.contains('7'), "{how}: {words}");
        }
    }
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

//! What holds in the database itself, whoever has it in their hands: what is recorded stays, and one organisation's rows are
//! not there for another.

use scenarios::{Database, Organisation, Tenure, scenario};

/// Tables to which rows are only ever added.
const APPEND_ONLY: [&str; 5] = ["records", "record_terms", "record_counts", "ledger_blocks", "checkpoints"];

/// More records than a block has, so that every table of the ledger has rows.
fn with_a_full_block(t: &Tenure) -> Organisation {
    let acme = t.organisation("远山科技").pack("dingtalk");
    acme.hires("林晓");
    let officer = acme.privacy_officer();
    for _ in 0..256 {
        officer.gets("/packs/current").ok();
    }
    t.settles();
    acme
}

scenario!(no_statement_changes_or_takes_away_what_the_ledger_holds, |t| {
    let acme = with_a_full_block(t);
    let before = acme.auditor().verifies_offline().len();
    for table in APPEND_ONLY {
        let counted = t.server().names(&format!("SELECT CAST(count(*) AS TEXT) AS name FROM {table}"));
        assert_ne!(counted, ["0"], "{table} is empty: this would show nothing");
        let mut statements = vec![
            format!("UPDATE {table} SET tenant_id = tenant_id"),
            format!("DELETE FROM {table}"),
            format!(
                "WITH doomed AS (SELECT tenant_id FROM {table}) DELETE FROM {table} WHERE tenant_id IN (SELECT tenant_id FROM doomed)"
            ),
        ];
        match t.database() {
            // Every column is in its key: what would take a row's place is that row.
            Database::Sqlite if table == "record_terms" => {}
            // A row that takes another's place deletes it without asking the triggers of deletion.
            Database::Sqlite => statements.extend([
                format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
                format!("REPLACE INTO {table} SELECT * FROM {table}"),
            ]),
            Database::Postgres => statements.extend([format!("TRUNCATE {table}"), format!("TRUNCATE {table} CASCADE")]),
        }
        for sql in statements {
            let refusal = t.server().tampers(&sql).expect_err(&sql);
            assert!(refusal.contains("append-only"), "{sql}: {refusal}");
        }
    }
    assert!(acme.auditor().verifies_offline().len() >= before, "and all of it is there");
});

scenario!(the_server_in_its_own_role_sees_one_organisation_at_a_time_and_none_without_saying_whose, |t| {
    if t.database() != Database::Postgres {
        return;
    }
    let (acme, other) = (t.organisation("远山科技").pack("dingtalk"), t.organisation("近水科技").pack("dingtalk"));
    for organisation in [&acme, &other] {
        let lin = organisation.hires("林晓");
        organisation.holds("hr.salary_bank_account").about(&lin);
        organisation.keeps("mail/lin", "mail.message").about(&lin);
        organisation.hr_system().says_leaving(&lin, "2026-03-31").ok();
        t.settles();
    }
    let tenant = |organisation: &Organisation| {
        let me = organisation.first_admin().gets("/me").ok();
        me["tenant_id"].as_str().expect("an id").to_owned()
    };
    let (own, foreign) = (tenant(&acme), tenant(&other));
    let server = t.server();
    let walled = server
        .names("SELECT c.relname::text AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relrowsecurity ORDER BY 1");
    assert!(walled.len() >= 20, "row-level security on only {walled:?}");
    let mut filled = 0;
    for table in &walled {
        let all = format!("SELECT count(*) AS count FROM {table}");
        let theirs = format!("{all} WHERE tenant_id = '{foreign}'");
        filled += usize::from(server.counts(&theirs) > 0);
        assert_eq!(server.counts_in_its_own_role(None, &all), Ok(0), "{table} without a tenant");
        assert_eq!(server.counts_in_its_own_role(Some(&own), &theirs), Ok(0), "{table} of another");
        let mine = server.counts(&format!("{all} WHERE tenant_id = '{own}'"));
        assert_eq!(server.counts_in_its_own_role(Some(&own), &all), Ok(mine), "{table} of its own");
        // A row of another's can be neither touched nor brought in.
        let touched = format!(
            "WITH touched AS (UPDATE {table} SET tenant_id = tenant_id WHERE tenant_id = '{foreign}' \
                               RETURNING 1) SELECT count(*) AS count FROM touched"
        );
        assert_eq!(server.counts_in_its_own_role(Some(&own), &touched), Ok(0), "{table} of another, updated");
    }
    assert!(filled >= 12, "only {filled} tables have rows to hide");
    let smuggled = format!(
        "WITH put AS (INSERT INTO departments (tenant_id, id, name, created_at) \
         SELECT '{foreign}', gen_random_uuid(), 'x', now() RETURNING 1) SELECT count(*) AS count FROM put"
    );
    let refusal = server.counts_in_its_own_role(Some(&own), &smuggled).expect_err("a row for another organisation");
    assert!(refusal.contains("row-level security"), "{refusal}");
});

scenario!(the_server_refuses_a_role_that_could_become_one_that_sees_everything, |t| {
    if t.database() != Database::Postgres {
        return;
    }
    let (role, powers) = (unused("climber"), unused("powers"));
    let made = format!(
        "CREATE ROLE {powers} BYPASSRLS; CREATE ROLE {role} LOGIN PASSWORD '{}'; GRANT {powers} TO {role}",
        t.server().secret_of_database()
    );
    t.server().tampers(&made).expect("an administrator may");
    let said = t.server().cli_in_role(&role, ["migrate"]);
    t.server().tampers(&format!("DROP ROLE {role}; DROP ROLE {powers}")).expect("an administrator may");
    assert_ne!(said.status, 0, "{said:?}");
    let words = said.out + &said.err;
    assert!(
        words.contains("has BYPASSRLS") && words.contains("NOBYPASSRLS"),
        "it should say what would be right: {words}"
    );
    assert!(!words.contains(&t.server().secret_of_database()), "the password is in the message:\n{words}");
});

/// Roles belong to the whole cluster, in which other stories are told at the same time.
fn unused(word: &str) -> String {
    format!("{word}_{}", uuid::Uuid::now_v7().simple())
}

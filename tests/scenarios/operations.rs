//! What the platform's operator meets: start and stop, settings, health, metrics, the command line.

use scenarios::{Database, scenario};
use serde_json::json;

scenario!(a_running_server_is_healthy_ready_and_counted, |t| {
    let stranger = t.stranger();
    stranger.send("GET", "/healthz", &[], None).is_status(200);
    stranger.send("GET", "/readyz", &[], None).is_status(200);
    let metrics = stranger.send("GET", "/metrics", &[], None);
    assert!(metrics.is_status(200).body.contains("# TYPE "), "{metrics}");
});

scenario!(the_api_describes_itself_and_every_path_that_is_promised_is_there, |t| {
    let described = t.stranger().send("GET", "/api/openapi.json", &[], None).ok();
    assert!(described["openapi"].as_str().is_some_and(|v| v.starts_with("3.1")), "{}", described["openapi"]);
    for path in
        ["/api/v1/departures/{id}/approve", "/api/v1/records/export", "/api/v1/instructions", "/api/v1/auth/sign-in"]
    {
        assert!(!described["paths"][path].is_null(), "{path} is not described");
    }
    for path in described["paths"].as_object().expect("paths").keys() {
        assert!(!path.starts_with("/test/"), "what only a test build has is not part of the API: {path}");
    }
});

scenario!(every_answer_carries_the_request_id_that_the_log_knows, |t| {
    let answer = t.stranger().get("/members");
    let id = answer.header("x-request-id").unwrap_or_else(|| panic!("no request id: {answer}")).to_owned();
    t.waits_until("the log knows the request", || t.server().log().iter().any(|line| line.contains(&id)));
});

scenario!(what_does_not_exist_is_a_problem_document_too, |t| {
    t.stranger().get("/no/such/thing").is_status(404);
    let acme = t.organisation("远山科技").pack("dingtalk");
    acme.hr_admin().gets("/departures/0198f3a2-0000-7000-8000-000000000000").is_refused("departure.not-found");
    let odd = acme.hr_admin().gets("/departures/not-an-id");
    assert!((400..500).contains(&odd.status) && odd.json()["code"].is_string(), "{odd}");
    let broken = acme.hr_admin().caller().send(
        "POST",
        "/api/v1/instructions",
        &[("content-type", "application/json")],
        Some(b"{\"kind\": "),
    );
    assert!((400..500).contains(&broken.status) && broken.json()["detail"].is_string(), "{broken}");
});

scenario!(a_page_has_a_bound_and_a_cursor_that_leads_through_all_of_it, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let hired: Vec<_> = ["甲", "乙", "丙", "丁", "戊"].iter().map(|name| acme.hires(&name.repeat(3))).collect();
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = acme.first_admin().gets(&format!("/members?limit=2{next}")).ok();
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|m| m["staff_number"].clone()));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    for person in &hired {
        assert_eq!(seen.iter().filter(|s| *s == person.staff_number.as_str()).count(), 1, "{seen:?}");
    }
    acme.first_admin().gets("/members?limit=100000").is_status(422);
    acme.first_admin().gets("/members?cursor=nonsense").is_refused("request.cursor");
});

scenario!(a_change_on_an_old_version_is_refused, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.keeps("mail/lin", "mail.message").about(&lin);
    acme.hr_system().says_leaving(&lin, "2026-03-31").ok();
    t.settles();
    let departure = acme.departure_of(&lin);
    let line = departure.line("mail.message");
    let path = format!("/departures/{}/lines/{}", departure.id, line["id"].as_str().expect("an id"));
    let hr = acme.hr_admin().caller();
    hr.patch(&path, "\"999\"", &json!({ "disposition": "retain" })).is_status(412);
    hr.send(
        "PATCH",
        &format!("/api/v1{path}"),
        &[("content-type", "application/json")],
        Some(b"{\"disposition\":\"retain\"}"),
    )
    .is_refused("request.if-match-required");
    departure.changed_by(&acme.hr_admin(), "mail.message", "retain").ok();
    assert_eq!(departure.line("mail.message")["disposition"], "retain");
});

scenario!(a_wrong_setting_is_named_with_its_line_and_what_would_be_right, |t| {
    let file = t.server().file("wrong.toml");
    std::fs::write(&file, "[jobs]\nthreads = 2\npol_ms = 500\n\n[sign_in]\nrefresh_days = \"many\"\n").unwrap();
    let said = t.cli(["serve", "--config", &file.to_string_lossy()]);
    assert_ne!(said.status, 0);
    let words = said.out + &said.err;
    for part in ["wrong.toml:3", "pol_ms", "poll_ms", "wrong.toml:6", "refresh_days"] {
        assert!(words.contains(part), "it should say {part}:\n{words}");
    }
});

scenario!(a_wrong_variable_is_named_with_what_would_be_right, |t| {
    for (name, value, parts) in [
        ("TENURE_LOG", "loud", ["TENURE_LOG", "\"loud\"", "warn, info, debug"]),
        ("TENURE_LISTEN", "8080", ["TENURE_LISTEN", "\"8080\"", "127.0.0.1:8080"]),
        ("TENURE_DATABASE_URL", "mysql://db/tenure", ["TENURE_DATABASE_URL", "not shown", "postgres://"]),
        ("TENURE_DATABSE_URL", "postgres://db/tenure", ["TENURE_DATABSE_URL", "did you mean", "TENURE_DATABASE_URL"]),
        (
            "TENURE_MASTER_KEY",
            "AAAA",
            ["TENURE_MASTER_KEY", "must not be in the environment", "TENURE_MASTER_KEY_FILE"],
        ),
    ] {
        let said = t.server().cli_where((name, value), ["migrate"]);
        assert_ne!(said.status, 0, "{name}={value}: {said:?}");
        for part in parts {
            assert!(said.err.contains(part), "{name}={value}: it should say {part}:\n{}", said.err);
        }
    }
});

scenario!(a_database_that_is_not_there_is_named_by_its_setting_and_without_its_password, |t| {
    if t.database() == Database::Postgres {
        return; // What it has is not asked.
    }
    let nowhere = "postgres://tenure:geheim@127.0.0.1:1/tenure?connect_timeout=1";
    let said = t.server().cli_where(("TENURE_DATABASE_URL", nowhere), ["migrate"]);
    assert_ne!(said.status, 0, "{said:?}");
    assert!(said.err.contains("TENURE_DATABASE_URL") && !said.err.contains("geheim"), "{}", said.err);
});

scenario!(a_disk_that_is_full_is_said_and_ends_nothing_half_way, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let file = t.server().file("records.export");
    std::fs::write(&file, acme.auditor().exports("ndjson")).expect("it is ours");
    let script = |verb: &str| format!("'{}' {verb} > /dev/full", scenarios::server::program().display());
    let said = t.server().shell(&script(&format!("verify '{}'", file.display())));
    assert_eq!(said.status, 2, "there is no verdict where it cannot be read: {said:?}");
    let said = t.server().shell(&script("openapi"));
    assert!(said.status == 1 && said.err.contains("No space left"), "{said:?}");
});

scenario!(starting_again_finds_everything_and_migrating_twice_changes_nothing, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    t.is_killed();
    t.cli(["migrate"]).ok();
    t.cli(["migrate"]).ok();
    t.starts_again();
    lin.signs_in().ok();
});

scenario!(a_second_server_on_the_same_directory_is_refused, |t| {
    if t.database() == Database::Sqlite {
        let said = t.cli(["serve"]);
        assert_ne!(said.status, 0, "{said:?}");
        assert!(said.err.contains("TENURE_DATABASE_URL"), "it should say what would be right: {}", said.err);
        t.stranger().send("GET", "/readyz", &[], None).is_status(200);
    }
});

scenario!(the_server_refuses_a_role_that_could_bypass_row_level_security, |t| {
    if t.database() == Database::Postgres {
        let said = t.server().cli_as_superuser(["serve"]);
        assert_ne!(said.status, 0);
        let words = said.out + &said.err;
        assert!(words.to_lowercase().contains("superuser") || words.contains("bypass"), "{words}");
        assert!(!words.contains(&t.server().secret_of_database()), "the password is in the message:\n{words}");
    }
});

scenario!(secrets_stay_out_of_files_and_logs, |t| {
    let acme = t.organisation("远山科技").pack("dingtalk");
    let lin = acme.hires("林晓");
    acme.holds("hr.salary_bank_account").about(&lin);
    t.settles();
    t.is_killed();
    for file in t.server().files() {
        let bytes = std::fs::read(&file).unwrap_or_default();
        for word in ["林晓", scenarios::holdings::CONTENT, lin.email.as_str(), scenarios::person::PASSWORD] {
            let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!found, "{} holds {word} in the clear", file.display());
        }
    }
});

//! What an operator writes, and what they are told.

use super::*;
use crate::platform::http::client::ForwardedHeader;
use proptest::prelude::*;
use std::path::Path;
use std::time::Duration;

/// Loads `text` as the file that `--config` names. The path in messages is made short.
fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenure.toml");
    std::fs::write(&path, text).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let here = format!("{}/", folder.path().display());
    match Config::load(&Sources::new(Some(path), environment)) {
        Err(ConfigError::Wrong(problems)) => Err(problems.iter().map(|p| p.to_string().replace(&here, "")).collect()),
        found => Ok(found.unwrap()),
    }
}

fn told(text: &str) -> Vec<String> {
    load(text, &[]).unwrap_err()
}

fn told_of(environment: &[(&str, &str)]) -> Vec<String> {
    load("", environment).unwrap_err()
}

#[test]
fn without_a_file_the_defaults_hold() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.data_dir, Path::new("data"));
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.master_key_file, MasterKeyFile::InDataDir("data/master.key".into()));
    assert!(config.database.url.is_none() && config.mail.is_none() && config.public_url.is_none());
    assert_eq!(config.sign_in.access_token, Duration::from_secs(900));
    assert_eq!(config.delivery.retry_after.first(), Some(&Duration::from_secs(5)));
    assert_eq!(config.delivery.retry_after.len(), 9);
    assert!(config.delivery.allow_internal_addresses.is_empty());
    assert_eq!(config.outbound().timeout, Duration::from_secs(20));
}

#[test]
fn the_file_goes_before_the_defaults_and_the_environment_before_the_file() {
    let file = "listen = \"0.0.0.0:80\"\nlog.level = \"warn\"\n[limits]\npage_size = 0x14\n";
    let config = load(file, &[("TENURE_LISTEN", "[::1]:0"), ("HOME", "/root"), ("TENURE_LOG", "")]).unwrap();
    assert_eq!(config.listen.to_string(), "[::1]:0");
    assert_eq!(config.log.level, "warn", "an empty variable is one that is not set");
    assert_eq!(config.limits.page_size, 20);
    assert_eq!(config.limits.page_size_max, 500);
}

#[test]
fn everything_can_be_set() {
    let file = r#"
        data_dir = "/var/lib/tenure"
        public_url = "https://tenure.example.com/"
        master_key_file = "/etc/tenure/master.key"
        [database]
        url = "postgres://tenure:hunter2@db/tenure"
        [http]
        trusted_proxies = ["10.2.0.5", "fd00:12::/32"]
        forwarded_header = "forwarded"
        [log]
        format = "json"
        [delivery]
        retry_after = ["1s", "2m"]
        allow_internal_addresses = ["127.0.0.1", "10.2.0.0/16", "archive.intra"]
        [mail]
        smtp_url = "smtps://u:hunter2@smtp.example.com"
        from = "Tenure <tenure@example.com>"
    "#;
    let config = load(file, &[]).unwrap();
    assert_eq!(config.master_key_file, MasterKeyFile::Given("/etc/tenure/master.key".into()));
    assert_eq!(config.http.proxies.trusted.len(), 2);
    assert_eq!(config.http.proxies.header, ForwardedHeader::Forwarded);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.delivery.retry_after, [Duration::from_secs(1), Duration::from_secs(120)]);
    assert_eq!(config.delivery.allow_internal_addresses.len(), 3);
    assert!(config.outbound().reach.permits("archive.intra", [192, 168, 0, 1].into()));
    let printed = format!("{config:?}");
    assert!(printed.contains("tenure:***@db/tenure") && !printed.contains("hunter2"), "{printed}");
}

#[test]
fn all_that_is_wrong_is_said_at_once_in_the_order_of_the_file() {
    let file =
        "lisen = \"127.0.0.1:1\"\n\n[limits]\npage_size_max = 5000\njson_body_bytes = \"1MB\"\n[jobs]\nthreads = 0\n";
    let said = load(file, &[("TENURE_LISTEN", "8080")]).unwrap_err();
    assert_eq!(
        said,
        [
            "environment variable TENURE_LISTEN: listen is \"8080\"; it must be an IP address and port, such as 127.0.0.1:8080",
            "tenure.toml:1: lisen is not a setting; did you mean listen?",
            "tenure.toml:4: limits.page_size_max is 5000; it must be a whole number from 1 to 1000",
            "tenure.toml:5: limits.json_body_bytes is \"1MB\"; it must be a whole number from 1024 to 67108864",
            "tenure.toml:7: jobs.threads is 0; it must be a whole number from 1 to 64",
        ]
    );
}

#[test]
fn an_unknown_key_comes_with_the_nearest_known_one() {
    for (file, said) in [
        (
            "access_token_minutes = 5",
            "access_token_minutes is not a setting; did you mean sign_in.access_token_minutes?",
        ),
        (
            "[sign_in]\nacces_token_minutes = 5",
            "sign_in.acces_token_minutes is not a setting; did you mean sign_in.access_token_minutes?",
        ),
        ("[signin]\nlockout_minutes = 5", "signin is not a setting; did you mean sign_in?"),
        ("limits = 5", "limits is not a setting; it is a section, so write [limits]"),
        ("[log]\ncolour = true", "log.colour is not a setting; there are log.level, log.format"),
        ("[[jobs]]\nthreads = 2", "jobs is not a setting; it is a section, so write [jobs]"),
        ("[listen]\nport = 1", "listen is a section; it must be an IP address and port, such as 127.0.0.1:8080"),
    ] {
        let found = told(file);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].ends_with(said), "{found:?}");
    }
}

#[test]
fn wrong_values_are_shown_with_what_would_be_right() {
    for (file, said) in [
        ("listen = 8080", "listen is 8080; it must be an IP address and port"),
        ("listen = \"localhost:8080\"", "listen is \"localhost:8080\"; it must be an IP address and port"),
        ("data_dir = \"\"", "data_dir is \"\"; it must be the path of a folder"),
        ("public_url = \"tenure.cn\"", "it must be a URL such as https://tenure.example.com"),
        ("log.level = \"loud=very\"", "log.level is \"loud=very\"; it must be a level"),
        ("log.format = \"xml\"", "log.format is \"xml\"; it must be text or json"),
        ("jobs.poll_ms = 1.5", "jobs.poll_ms is 1.5; it must be a whole number from 10 to 60000"),
        ("jobs.poll_ms = -1", "jobs.poll_ms is -1; it must be a whole number"),
        ("delivery.retry_after = []", "delivery.retry_after is []; it must be a list of 1 to 20 durations"),
        ("delivery.retry_after = [\"5s\", 5]", "delivery.retry_after is [\"5s\", 5]; it must be"),
        ("delivery.retry_after = [\"8d\"]", "delivery.retry_after is [\"8d\"]; it must be"),
        (
            "delivery.allow_internal_addresses = [\"10.0.0.1/8\"]",
            "is [\"10.0.0.1/8\"]; it must be a list of host names",
        ),
        ("mail.from = \"tenure\"", "mail.from is \"tenure\"; it must be an address"),
    ] {
        let found = told(file);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("tenure.toml:1: ") && found[0].contains(said), "{found:?}");
    }
}

#[test]
fn settings_that_do_not_fit_each_other_are_named() {
    let sender = "[mail]\nsmtp_url = \"smtp://localhost\"";
    assert_eq!(told(sender), ["tenure.toml:2: mail.smtp_url is set without mail.from; set both, or neither"]);
    let pool = "database.pool_size is 8; it must be two more than jobs.threads, 12";
    assert_eq!(told("\njobs.threads = 12"), [format!("tenure.toml:2: {pool}")], "at what was set, not at the default");
    let page = "limits.page_size, 50, must not be more than limits.page_size_max, 20";
    assert_eq!(told("limits.page_size_max = 20"), [format!("tenure.toml:1: {page}")]);
}

#[test]
fn no_message_repeats_a_secret() {
    for environment in [
        [("TENURE_DATABASE_URL", "host=db password=hunter2")],
        [("TENURE_DATABASE_URL", "mysql://u:hunter2@db/tenure")],
        [("TENURE_MASTER_KEY", "hunter2")],
    ] {
        let said = told_of(&environment);
        assert!(said.len() == 1 && !said[0].contains("hunter2"), "{said:?}");
    }
    let said = told("[mail]\nsmtp_url = \"hunter2\"");
    assert!(
        said[0].starts_with("tenure.toml:2: mail.smtp_url has a value that is not shown; it must be a URL"),
        "{said:?}"
    );
}

#[test]
fn a_slip_in_a_variable_is_noticed_and_a_strangers_variable_let_be() {
    let said = "environment variable TENURE_DATABSE_URL: this is not a setting; did you mean TENURE_DATABASE_URL?";
    assert_eq!(told_of(&[("TENURE_DATABSE_URL", "postgres://db/tenure")]), [said]);
    let said = "environment variable TENURE_DATA_DIR: this is not UTF-8 text";
    assert_eq!(told_of(&[("TENURE_DATA_DIR", "/srv/\u{fffd}")]), [said]);
    assert!(load("", &[("TENURE_SERVICE_HOST", "10.0.0.1"), ("TENURE_PORT_8080_TCP_ADDR", "10.0.0.1")]).is_ok());
}

#[test]
fn what_is_not_toml_is_named_by_its_line() {
    let said = told("listen = \"127.0.0.1:1\"\npublic_url = https://a.cn\n[limits\n");
    assert!(said.iter().all(|s| s.contains(": this is not TOML: ")), "{said:?}");
    assert!(said[0].starts_with("tenure.toml:2: "), "{said:?}");
    let said = told("listen = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"\n");
    assert!(said[0].starts_with("tenure.toml:2: this is not TOML: duplicate key"), "{said:?}");
}

#[test]
fn a_named_file_must_exist_and_one_in_the_data_dir_need_not() {
    let folder = tempfile::tempdir().unwrap();
    let in_data_dir = || [("TENURE_DATA_DIR".to_owned(), folder.path().display().to_string())];
    let missing = Config::load(&Sources::new(Some(folder.path().join("none.toml")), in_data_dir())).unwrap_err();
    assert!(matches!(missing, ConfigError::Unreadable { .. }), "{missing}");

    assert!(Config::load(&Sources::new(None, in_data_dir())).is_ok());
    std::fs::write(folder.path().join("tenure.toml"), "jobs.threads = 3\n").unwrap();
    let found = Config::load(&Sources::new(None, in_data_dir())).unwrap();
    assert_eq!((found.jobs.threads, found.data_dir.as_path()), (3, folder.path()));

    let other = folder.path().join("other.toml");
    std::fs::write(&other, "jobs.threads = 5\ndata_dir = \"kept\"\n").unwrap();
    let named = [("TENURE_CONFIG".to_owned(), other.display().to_string())];
    let found = Config::load(&Sources::new(None, named)).unwrap();
    assert_eq!((found.jobs.threads, found.data_dir), (5, folder.path().join("kept")));

    std::fs::write(folder.path().join("tenure.toml"), "data_dir = \"/elsewhere\"\n").unwrap();
    let said = Config::load(&Sources::new(None, in_data_dir())).unwrap_err().to_string();
    assert!(
        said.contains("tenure.toml:1: data_dir cannot be set in a file that is found in the data directory"),
        "{said}"
    );
}

#[test]
fn a_master_key_is_made_only_on_a_first_start_in_the_data_dir() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let missing = |found: Result<MasterKey, _>| matches!(found, Err(KeyringError::MasterKeyMissing(_)));
    assert!(missing(MasterKeyFile::Given(path.clone()).load(true)));
    assert!(missing(MasterKeyFile::InDataDir(path.clone()).load(false)));
    let made = MasterKeyFile::InDataDir(path.clone()).load(true).unwrap();
    assert_eq!(MasterKeyFile::Given(path).load(false).unwrap().fingerprint(), made.fingerprint());
}

#[test]
fn the_whole_message_reads_as_a_list() {
    let wrong = |texts: &[&str]| {
        let problem = |text: &&str| Problem { origin: Origin::Variable((*text).to_owned()), message: "no".to_owned() };
        ConfigError::Wrong(texts.iter().map(problem).collect()).to_string()
    };
    assert_eq!(wrong(&["A"]), "1 setting is wrong:\n  environment variable A: no");
    let two = "2 settings are wrong:\n  environment variable A: no\n  environment variable B: no";
    assert_eq!(wrong(&["A", "B"]), two);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_file_and_no_variable_makes_it_panic(text in "\\PC{0,80}", key in "[a-z_.]{1,20}", value in "[\\[\\]\"a-z0-9., {}=\n-]{0,30}") {
        let _ = load(&text, &[("TENURE_LISTEN", &text)]);
        let _ = load(&format!("{key} = {value}"), &[("TENURE_DATABASE_URL", &value)]);
    }
}

#[test]
fn a_word_that_is_no_level_and_a_name_that_is_no_network_are_refused() {
    assert_eq!(
        told_of(&[("TENURE_LOG", "loud")]),
        [
            "environment variable TENURE_LOG: log.level is \"loud\"; it must be a level (error, warn, info, debug, trace, off) or \
             directives such as info,tenure::departures=debug"
        ]
    );
    assert_eq!(
        told("[http]\ntrusted_proxies = [\"10.2.3.4/16\"]\nforwarded_header = \"X-Real-IP\"\n"),
        [
            "tenure.toml:2: http.trusted_proxies is [\"10.2.3.4/16\"]; it must be a list of addresses or networks, such as \
             [\"10.2.0.5\", \"fd00:12::/32\"]",
            "tenure.toml:3: http.forwarded_header is \"X-Real-IP\"; it must be X-Forwarded-For or Forwarded",
        ]
    );
}

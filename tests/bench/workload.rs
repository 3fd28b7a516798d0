//! Tenure from inside, as its own command line has it: opened on a directory or a database, with an organisation to work in.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use tenure::app::{self, Tenure};
use tenure::holdings::{self, Deposit};
use tenure::organisations::{self, NewOrganisation};
use tenure::people::{self, AccountKind, HrFacts, Joining, PeopleError};
use tenure::platform::attempt::{Act, Attempt};
use tenure::platform::caller::Actor;
use tenure::platform::config::{Config, Sources};
use tenure::platform::db::StoreError;
use tenure::platform::ids::{HoldingId, SubjectId, TenantId};
use tenure::platform::keyring::Algorithm;
use tenure::platform::record::{Outcome, Record};

/// Records a transaction: as many as the ledger's blocks have.
pub const BATCH: usize = 256;
/// Persons whom the records are about.
const SUBJECTS: usize = 200;

const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕单解";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰晓雨欣怡子轩浩宇梓涵诗琪思远博文嘉懿若曦";

/// Opens what is there, or begins it: on PostgreSQL when an address is given, else on SQLite in the directory.
pub fn open(dir: &Path, url: Option<&str>) -> Tenure {
    let mut settings = vec![("TENURE_DATA_DIR".to_owned(), dir.display().to_string())];
    settings.extend(url.map(|url| ("TENURE_DATABASE_URL".to_owned(), url.to_owned())));
    let config = Config::load(&Sources::new(None, settings)).unwrap_or_else(|e| panic!("{e}"));
    app::open(config).unwrap_or_else(|e| panic!("{e}"))
}

/// A ledger to append to.
pub struct Ledger {
    tenure: Tenure,
    /// The organisation.
    pub tenant: TenantId,
    /// Its short name.
    pub slug: String,
    subjects: Vec<SubjectId>,
}

impl Ledger {
    /// The ledger of a new organisation.
    pub fn of_new_organisation(tenure: Tenure) -> Self {
        let new = NewOrganisation {
            name: "远山科技".into(),
            slug: Some("yuanshan".into()),
            pack: "dingtalk".into(),
            time_zone: "Asia/Shanghai".into(),
            locale: "zh-CN".into(),
            algorithm: Algorithm::Aes256Gcm,
            admin_name: "管理员".into(),
            admin_email: "admin@yuanshan.example".into(),
        };
        let made = organisations::create(&tenure.platform, &new).unwrap_or_else(|e| panic!("{e}"));
        Self::of(tenure, made.tenant, made.slug)
    }

    /// The ledger of an organisation that is there.
    pub fn of(tenure: Tenure, tenant: TenantId, slug: String) -> Self {
        let now = tenure.platform.now();
        let subjects = (0..SUBJECTS).map(|_| tenure.platform.new_id(now)).collect();
        Self { tenure, tenant, slug, subjects }
    }

    /// One attempt, as a decision makes it, that leaves a batch of records: through the one door, asked, recorded, committed.
    pub fn append(&self) {
        let attempt = Attempt::by(Arc::clone(&self.tenure.platform), self.tenant, Actor::Operator);
        let done = attempt.run_here(&Act::named("data.read"), |tx| {
            for subject in self.subjects.iter().cycle().take(BATCH) {
                let holding: HoldingId = tx.new_id();
                tx.record(
                    Record::of("data.read")
                        .on("holding", holding)
                        .about(*subject)
                        .class("attendance.clock_in")
                        .purpose("payroll")
                        .under("pack:dingtalk#attendance")
                        .ended(Outcome::Permitted, "decision.permitted")
                        .citing(["gbt35273-7.1-a-op"])
                        .with("fields", 4),
                );
            }
            Ok::<_, StoreError>(())
        });
        done.unwrap_or_else(|e| panic!("{e}"));
    }
}

/// Classes of which a person's vault holdings are, with the facts that decide who controls them.
fn kinds() -> [(&'static str, Value); 8] {
    let opened = |name: &str| json!({"name": name, "opened_by": "organisation"});
    [
        ("hr.salary_bank_account", json!({"capacity": "member", "source": "organisation"})),
        ("hr.id_card", json!({"capacity": "member", "source": "organisation"})),
        ("attendance.clock_in", json!({"capacity": "member", "source": "produced", "service": opened("attendance")})),
        ("attendance.location", json!({"capacity": "member", "source": "device", "service": opened("attendance")})),
        ("approval.record", json!({"capacity": "member", "source": "produced", "service": opened("approval")})),
        ("worklog.entry", json!({"capacity": "member", "service": opened("worklog")})),
        ("biometric.face_features", json!({"capacity": "member", "source": "device", "service": opened("attendance")})),
        ("work.work_history", json!({"capacity": "private"})),
    ]
}

/// Puts so many holdings of one person into the vault, of all kinds in turn, half a kilobyte each.
pub fn deposit(tenure: &Tenure, tenant: TenantId, subject: SubjectId, count: usize) {
    let kinds: Vec<(&str, Map<String, Value>)> =
        kinds().into_iter().map(|(class, facts)| (class, facts.as_object().cloned().unwrap_or_default())).collect();
    let all: Vec<Deposit> = (0..count)
        .map(|n| {
            let (class, facts) = &kinds[n % kinds.len()];
            let (class, facts, content) = ((*class).to_owned(), facts.clone(), format!("{n:0512}").into_bytes());
            Deposit { class, subject, staff_number: None, occurred_at: None, facts, legal_ground: false, content }
        })
        .collect();
    for some in all.chunks(1_000) {
        Attempt::by(Arc::clone(&tenure.platform), tenant, Actor::Operator)
            .run_here(&Act::named("holdings.deposit"), |tx| holdings::put_in_vault(tx, some))
            .unwrap_or_else(|e| panic!("{e}"));
    }
}

/// Hires so many people, with names as people have them and the staff numbers `A00000` and on.
pub fn hire(tenure: &Tenure, tenant: TenantId, count: usize) {
    let (surnames, given): (Vec<char>, Vec<char>) = (SURNAMES.chars().collect(), GIVEN.chars().collect());
    let name = |n: usize| -> String {
        let second = (!n.is_multiple_of(5)).then(|| given[n / 7 % given.len()]);
        [Some(surnames[n % surnames.len()]), Some(given[n / 3 % given.len()]), second].into_iter().flatten().collect()
    };
    let numbers: Vec<usize> = (0..count).collect();
    for some in numbers.chunks(1_000) {
        let hired = Attempt::by(Arc::clone(&tenure.platform), tenant, Actor::Operator).run_here(
            &Act::named("members.join"),
            |tx| {
                for n in some {
                    let joining = Joining {
                        person: tx.new_id(),
                        account: tx.new_id(),
                        account_kind: AccountKind::Personal,
                        staff_number: format!("A{n:05}"),
                        first_day: NaiveDate::from_ymd_opt(2024, 5, 1).expect("a day"),
                        last_day: None,
                        contacts: Vec::new(),
                        facts: HrFacts { name: Some(name(*n)), ..HrFacts::default() },
                        said_at: tx.now(),
                    };
                    people::hire(tx, &joining)?;
                }
                Ok::<_, PeopleError>(())
            },
        );
        hired.unwrap_or_else(|e| panic!("{e}"));
    }
}

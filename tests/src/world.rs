//! The world of one story: a server, a clock, and the organisations in it, each with its neighbour.

use crate::clock::Clock;
use crate::command_line::Said;
use crate::http::{Caller, Heard};
use crate::neighbour::Neighbour;
use crate::organisation::{Founding, Organisation};
use crate::patience;
use crate::server::Server;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// When every story begins: an ordinary Monday morning.
const BEGINNING: &str = "2026-03-02T09:00:00+08:00";
const SETTLES_WITHIN: Duration = Duration::from_secs(60);

/// Which database the server keeps its data in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// One file in the data directory.
    Sqlite,
    /// A database in the tests' own cluster.
    Postgres,
}

/// The world of a story.
pub struct Tenure {
    server: Rc<Server>,
    clock: Clock,
    organisations: RefCell<Vec<Organisation>>,
    neighbours: RefCell<Vec<Neighbour>>,
    /// Words that must never be seen in a log.
    personal: Rc<RefCell<Vec<String>>>,
    logs_may_be_personal: Cell<bool>,
}

/// Tells a story, and looks afterwards whether the neighbours noticed anything and whether the log was discreet.
pub fn tell(database: Database, story: fn(&Tenure)) {
    let t = Tenure::beginning(database);
    story(&t);
    t.ends();
}

impl Tenure {
    fn beginning(database: Database) -> Self {
        let server = Rc::new(Server::prepared(database));
        server.start(BEGINNING);
        let clock = Clock::standing_at(&server, BEGINNING);
        Self {
            server,
            clock,
            organisations: RefCell::default(),
            neighbours: RefCell::default(),
            personal: Rc::default(),
            logs_may_be_personal: Cell::new(false),
        }
    }

    /// Founds an organisation: `t.organisation("远山科技").pack("dingtalk")`.
    pub fn organisation<'t>(&'t self, name: &str) -> Founding<'t> {
        Founding::of(self, name)
    }

    /// The clock that everything goes by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The program itself, for its command line and for those who tamper with its database.
    pub fn server(&self) -> &Rc<Server> {
        &self.server
    }

    /// Which database this telling is on.
    pub fn database(&self) -> Database {
        self.server.database()
    }

    /// Somebody who never signed in.
    pub fn stranger(&self) -> Caller {
        Caller::anonymous(&self.server, &Heard::default())
    }

    /// A command line of the operator, beside the running server.
    pub fn cli<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Said {
        self.server.cli(args)
    }

    /// Returns when no job is due and no connector has anything left to do.
    #[track_caller]
    pub fn settles(&self) {
        let (server, stranger) = (&self.server, self.stranger());
        let settled = patience::until(SETTLES_WITHIN, || {
            let quiet = || stranger.send("GET", "/test/settled", &[], None);
            let connectors_idle = || self.organisations.borrow().iter().all(Organisation::connector_is_idle);
            let answer = quiet();
            assert_ne!(answer.status, 404, "the program was built without the test clock: run `make test-build`");
            // What a connector has just reported may have made a job due.
            (answer.status == 200 && connectors_idle() && quiet().status == 200).then_some(())
        });
        assert!(settled.is_some(), "jobs are still due after {SETTLES_WITHIN:?}:\n{}", server.log().join("\n"));
    }

    /// Returns when something has come about outside the server: at a connector, in its log.
    #[track_caller]
    pub fn waits_until(&self, what: &str, has_come_about: impl Fn() -> bool) {
        let came = patience::until(SETTLES_WITHIN, || has_come_about().then_some(()));
        assert!(came.is_some(), "{what}: not within {SETTLES_WITHIN:?}:\n{}", self.server.log().join("\n"));
    }

    /// Lets the server work for a moment that nothing else marks: to be killed wherever it is then.
    pub fn runs_for(&self, moment: Duration) {
        patience::nap(moment);
    }

    /// `kill -9`.
    pub fn is_killed(&self) {
        self.server.kill();
    }

    /// The same program on the same data, at the same time of day.
    pub fn starts_again(&self) {
        self.server.start(&self.clock.now().to_rfc3339());
        for organisation in self.organisations.borrow().iter() {
            organisation.connector_finds(&self.server.base_url());
        }
    }

    /// The operator writes other settings, and starts the server anew.
    pub fn operator_changes_settings(&self, change: impl FnOnce(&str) -> String) {
        self.is_killed();
        self.server.is_configured(change);
        self.starts_again();
    }

    /// Lets the log hold names in this story. There had better be a reason.
    pub fn log_may_be_personal(&self) {
        self.logs_may_be_personal.set(true);
    }

    pub(crate) fn personal_words(&self) -> &Rc<RefCell<Vec<String>>> {
        &self.personal
    }

    pub(crate) fn has(&self, organisation: &Organisation, neighbour: Neighbour) {
        self.organisations.borrow_mut().push(organisation.clone());
        self.neighbours.borrow_mut().push(neighbour);
    }

    fn ends(&self) {
        if !self.server.is_running() {
            self.starts_again();
        }
        self.settles();
        for neighbour in self.neighbours.borrow().iter() {
            neighbour.noticed_nothing();
            for organisation in self.organisations.borrow().iter() {
                neighbour.was_never_heard_of_by(organisation);
            }
        }
        if !self.logs_may_be_personal.get() {
            let (words, log) = (self.personal.borrow(), self.server.log());
            for line in &log {
                let found = words.iter().find(|word| line.contains(word.as_str()));
                assert!(found.is_none(), "the log holds the personal word {found:?}:\n{line}");
            }
        }
    }
}

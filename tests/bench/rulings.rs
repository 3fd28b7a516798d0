//! How many holdings are ruled in a second on one core.

use crate::table::{Against, Runs, Table};
use policy_model::facts::{
    Account, Age, Capacity, Certification, ClosedFact, Consent, Conversation, Facts, Membership, OpenedBy, Service,
    Source,
};
use policy_model::pack::Pack;
use std::collections::HashSet;
use std::hint::black_box;
use std::time::Instant;

const RUNS: usize = 9;
/// More than a processor's caches keep, so that facts come from memory as they do in a departure.
const FACTS: usize = 100_000;
const TIMES: usize = 5;

/// Facts of all kinds, ruled one by one on this thread under the DingTalk pack.
pub fn measure(table: &mut Table) {
    let pack = tenure::packs::by_name("dingtalk").expect("a pack that is shipped");
    let facts = varied(&pack);
    let rules: HashSet<_> = facts.iter().map(|facts| pack.rule(facts).rule_id()).collect();
    assert!(rules.len() > 20, "facts that meet only {} rules are not varied", rules.len());
    let runs = (0..RUNS).map(|_| per_second(&pack, &facts)).collect();
    table.row("rulings, one core", Runs::of(runs), "holdings/s", Against::AtLeast(1_000_000.0));
}

fn per_second(pack: &Pack, facts: &[Facts]) -> f64 {
    let start = Instant::now();
    for _ in 0..TIMES {
        for facts in facts {
            black_box(pack.rule(black_box(facts)).controller());
        }
    }
    (TIMES * facts.len()) as f64 / start.elapsed().as_secs_f64()
}

/// Every class of the pack in turn, and the other facts drawn one independently of the other: always the same ones.
fn varied(pack: &Pack) -> Vec<Facts> {
    let mut dice = Dice(0x5EED);
    let classes = pack.classes();
    let fact = |n: usize, dice: &mut Dice| {
        let service = match dice.roll(4) {
            0 => None,
            by => {
                let names = pack.services();
                let name = names.get(dice.roll(names.len() + 1)).map_or("wiki", |known| known.key.as_str());
                let opened_by = if by == 1 { OpenedBy::Person } else { OpenedBy::Organisation };
                Some(Service { name: name.to_owned(), opened_by })
            }
        };
        let features = pack.features().iter().filter(|_| dice.roll(2) == 0).map(|known| known.key.clone()).collect();
        Facts {
            class: classes[n % classes.len()].key.to_string(),
            account: one_of(Account::VALUES, dice),
            capacity: one_of(Capacity::VALUES, dice),
            membership: one_of(Membership::VALUES, dice),
            service,
            conversation: one_of(Conversation::VALUES, dice),
            source: one_of(Source::VALUES, dice),
            features,
            consent: one_of(Consent::VALUES, dice),
            age: one_of(Age::VALUES, dice),
            certification: one_of(Certification::VALUES, dice),
        }
    };
    (0..FACTS).map(|n| fact(n, &mut dice)).collect()
}

fn one_of<T: ClosedFact>(values: &[T], dice: &mut Dice) -> T {
    values[dice.roll(values.len())]
}

/// A linear congruential generator: the same facts in every run, on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

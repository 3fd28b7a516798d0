//! Conditions as bits.
//!
//! Every fact is a row of bits, one for each value it can have, and facts as they occur set exactly one bit in each row.
//! A rule allows some bits of each row, so whether a rule fits is one AND of two 128-bit words. The rows of applications
//! and features depend on the names that a pack's rules mention.

use crate::facts::{
    Account, Age, Application, Capacity, Certification, ClosedFact, Consent, Conversation, Facts, Membership, Source,
};
use crate::pack::control::{AnyOf, When};

/// Which bits stand for which value of which fact.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The names of applications that have a bit. One more bit stands for all others and for none.
    services: Vec<String>,
    /// The names of features; each is a row of two bits, on and off.
    features: Vec<String>,
}

/// A row of bits: the first and how many.
#[derive(Debug, Clone, Copy)]
struct Row {
    first: u32,
    bits: u32,
}

impl Row {
    const fn after(previous: Self, bits: usize) -> Self {
        Self { first: previous.first + previous.bits, bits: bits as u32 }
    }

    const fn mask(self) -> u128 {
        ((1 << self.bits) - 1) << self.first
    }

    const fn bit(self, index: u32) -> u128 {
        1 << (self.first + index)
    }
}

const ACCOUNT: Row = Row { first: 0, bits: Account::VALUES.len() as u32 };
const CAPACITY: Row = Row::after(ACCOUNT, Capacity::VALUES.len());
const MEMBERSHIP: Row = Row::after(CAPACITY, Membership::VALUES.len());
const APPLICATION: Row = Row::after(MEMBERSHIP, Application::VALUES.len());
const CONVERSATION: Row = Row::after(APPLICATION, Conversation::VALUES.len());
const SOURCE: Row = Row::after(CONVERSATION, Source::VALUES.len());
const CONSENT: Row = Row::after(SOURCE, Consent::VALUES.len());
const AGE: Row = Row::after(CONSENT, Age::VALUES.len());
const CERTIFICATION: Row = Row::after(AGE, Certification::VALUES.len());

const CLOSED: [Row; 9] =
    [ACCOUNT, CAPACITY, MEMBERSHIP, APPLICATION, CONVERSATION, SOURCE, CONSENT, AGE, CERTIFICATION];

/// How many bits are left for the names of applications and, twice each, of features.
pub const BITS_FOR_NAMES: usize = 128 - (CERTIFICATION.first + CERTIFICATION.bits) as usize;

impl Layout {
    /// Lays out the bits for these names; none if they are more than fit.
    pub fn new(services: Vec<String>, features: Vec<String>) -> Option<Self> {
        let needed = services.len() + 1 + 2 * features.len();
        (needed <= BITS_FOR_NAMES).then_some(Self { services, features })
    }

    /// The bits of facts: exactly one in every row.
    pub fn bits(&self, facts: &Facts) -> u128 {
        ACCOUNT.bit(facts.account.index())
            | CAPACITY.bit(facts.capacity.index())
            | MEMBERSHIP.bit(facts.membership.index())
            | APPLICATION.bit(facts.application().index())
            | CONVERSATION.bit(facts.conversation.index())
            | SOURCE.bit(facts.source.index())
            | CONSENT.bit(facts.consent.index())
            | AGE.bit(facts.age.index())
            | CERTIFICATION.bit(facts.certification.index())
            | self.service_bit(facts.service.as_ref().map_or("", |service| &service.name))
            | self.feature_bits(facts)
    }

    /// The bits that a rule allows, of all rows.
    pub fn allowed(&self, when: &When) -> u128 {
        row_of(ACCOUNT, &when.account)
            | row_of(CAPACITY, &when.capacity)
            | row_of(MEMBERSHIP, &when.membership)
            | row_of(APPLICATION, &when.application)
            | row_of(CONVERSATION, &when.conversation)
            | row_of(SOURCE, &when.source)
            | row_of(CONSENT, &when.consent)
            | row_of(AGE, &when.age)
            | row_of(CERTIFICATION, &when.certification)
            | self.allowed_services(&when.service)
            | self.allowed_features(when)
    }

    /// The bits of each row, for whoever reckons with sets of facts.
    pub fn rows(&self) -> Vec<u128> {
        let closed = CLOSED.iter().map(|row| row.mask());
        let features = (0..self.features.len()).map(|index| self.feature_row(index).mask());
        closed.chain([self.service_row().mask()]).chain(features).collect()
    }

    fn service_row(&self) -> Row {
        Row::after(CERTIFICATION, self.services.len() + 1)
    }

    fn feature_row(&self, index: usize) -> Row {
        let services = self.service_row();
        Row { first: services.first + services.bits + 2 * index as u32, bits: 2 }
    }

    fn service_bit(&self, name: &str) -> u128 {
        let known = self.services.iter().position(|service| service == name);
        self.service_row().bit(known.unwrap_or(self.services.len()) as u32)
    }

    fn allowed_services(&self, wanted: &AnyOf<String>) -> u128 {
        if wanted.is_any() {
            return self.service_row().mask();
        }
        wanted.iter().fold(0, |bits, name| bits | self.service_bit(name))
    }

    fn feature_bits(&self, facts: &Facts) -> u128 {
        self.features.iter().enumerate().fold(0, |bits, (index, name)| {
            bits | self.feature_row(index).bit(if facts.has_feature(name) { ON } else { OFF })
        })
    }

    fn allowed_features(&self, when: &When) -> u128 {
        self.features.iter().enumerate().fold(0, |bits, (index, name)| {
            let row = self.feature_row(index);
            let must_be_on = when.feature_on.iter().any(|wanted| wanted == name);
            let must_be_off = when.feature_off.iter().any(|wanted| wanted == name);
            let refused = if must_be_on { row.bit(OFF) } else { 0 } | if must_be_off { row.bit(ON) } else { 0 };
            bits | (row.mask() & !refused)
        })
    }
}

const OFF: u32 = 0;
const ON: u32 = 1;

fn row_of<T: ClosedFact>(row: Row, wanted: &AnyOf<T>) -> u128 {
    if wanted.is_any() {
        return row.mask();
    }
    wanted.iter().fold(0, |bits, value| bits | row.bit(value.index()))
}

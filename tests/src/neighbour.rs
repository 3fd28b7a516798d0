//! The organisation beside the one that a story is about. It has the same data: staff numbers, names, classes, locators.
//! At the end nothing has happened there, and nobody has ever heard one of its ids.

use crate::organisation::Organisation;
use serde_json::Value;

/// An organisation that nothing happens to.
pub struct Neighbour(Organisation);

impl Neighbour {
    pub(crate) fn of(organisation: Organisation) -> Self {
        Self(organisation)
    }

    /// Everybody still works there, nobody's departure was opened, nobody instructed anything, and everything that was held
    /// is held as it was ruled.
    #[track_caller]
    pub(crate) fn noticed_nothing(&self) {
        for member in self.sees("/members?limit=200") {
            assert_eq!(member["state"], "employed", "a neighbour's member: {member}");
            assert_eq!(member["last_day"], Value::Null, "a neighbour's member: {member}");
        }
        assert_eq!(self.sees("/departures?limit=200"), [] as [Value; 0], "a neighbour's departures");
        assert_eq!(self.sees("/instructions?limit=200"), [] as [Value; 0], "a neighbour's instructions");
        for holding in self.holdings() {
            assert_eq!(holding["holding_state"], "held", "a neighbour's holding: {holding}");
        }
        if self.0.has_connector() {
            assert_eq!(self.0.connector().shelf().deeds(), [] as [String; 0], "orders to a neighbour's connector");
        }
    }

    /// None of its ids was in any answer to the other organisation's people, systems and connectors.
    #[track_caller]
    pub(crate) fn was_never_heard_of_by(&self, other: &Organisation) {
        let mut own = Vec::new();
        for list in ["/members?limit=200", "/departments", "/sources", "/connectors", "/role-assignments?limit=200"] {
            self.sees(list).iter().for_each(|item| collect_ids(item, &mut own));
        }
        self.holdings().iter().for_each(|item| collect_ids(item, &mut own));
        assert!(!own.is_empty(), "the neighbour has no ids: this check would check nothing");
        own.push(self.0.slug().to_owned());
        for id in own {
            let asked = other.house().heard.answer_with(&id);
            assert!(asked.is_none(), "{asked:?} was answered with {id}, which is a neighbour's");
        }
    }

    fn sees(&self, list: &str) -> Vec<Value> {
        self.0.first_admin().gets(list).items()
    }

    /// The first admin may not read what is held; whoever may is asked where there is anything.
    fn holdings(&self) -> Vec<Value> {
        if !self.0.has_somebody_in("data_operator") && !self.0.has_connector() {
            return Vec::new();
        }
        self.0.data_operator().gets("/holdings?limit=200").items()
    }
}

fn collect_ids(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, into)),
        Value::Object(members) => members.values().for_each(|item| collect_ids(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

//! The published JSON Schemas say what the code does: the same keys, the same values, and examples that are real.
#![allow(clippy::unwrap_used, reason = "what a test cannot read has failed it")]

mod packs;

use std::collections::BTreeSet;

use packs::{facts, pack};
use policy_model::facts::{
    Account, Age, Capacity, Certification, ClosedFact, Consent, Conversation, Facts, Membership, OpenedBy, Service,
    Source,
};
use policy_model::pack::control::Condition;
use serde_json::{Value, json};

fn schema(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn facts_schema() -> Value {
    schema(include_str!("../../config/schema/facts.schema.json"))
}

fn ruling_schema() -> Value {
    schema(include_str!("../../config/schema/ruling.schema.json"))
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

fn documents<T: ClosedFact>(schema: &Value) {
    let values: Vec<&str> = T::VALUES.iter().map(|value| value.as_str()).collect();
    assert_eq!(schema["properties"][T::NAME]["enum"], json!(values), "{}", T::NAME);
}

#[test]
fn the_schema_of_facts_has_the_keys_the_values_and_the_defaults_of_the_code() {
    let schema = facts_schema();
    let full = Facts {
        service: Some(Service { name: "im".to_owned(), opened_by: OpenedBy::Organisation }),
        features: vec!["dedicated_security".to_owned()],
        ..Facts::of("hr.name", Account::Personal)
    };
    let written = serde_json::to_value(&full).unwrap();
    assert_eq!(keys(&schema["properties"]), keys(&written));
    assert_eq!(keys(&schema["properties"]["service"]["properties"]), keys(&written["service"]));
    documents::<Account>(&schema);
    documents::<Capacity>(&schema);
    documents::<Membership>(&schema);
    documents::<Conversation>(&schema);
    documents::<Source>(&schema);
    documents::<Consent>(&schema);
    documents::<Age>(&schema);
    documents::<Certification>(&schema);
    for (key, property) in schema["properties"].as_object().unwrap() {
        if let Some(default) = property.get("default").filter(|default| default.is_string()) {
            assert_eq!(default, &written[key], "{key}");
        }
    }
    let required = [json!("class"), json!("account")];
    assert_eq!(schema["required"], json!(required));
}

#[test]
fn the_schema_of_rulings_has_the_keys_and_conditions_of_the_code() {
    let schema = ruling_schema();
    let pack = pack("dingtalk");
    let line = serde_json::to_value(pack.rule(&Facts::of("hr.name", Account::Enterprise)).line(1)).unwrap();
    assert_eq!(keys(&schema["properties"]), keys(&line));
    let required: BTreeSet<&str> =
        schema["required"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
    assert_eq!(required, keys(&line));
    let conditions = [Condition::HiddenFromLeaver, Condition::Reclassify];
    assert_eq!(schema["properties"]["conditions"]["items"]["enum"], json!(conditions));
}

#[test]
fn the_examples_are_what_the_dingtalk_pack_answers() {
    let pack = pack("dingtalk");
    let first = facts(&facts_schema()["examples"][0].to_string());
    assert_eq!(serde_json::to_value(pack.rule(&first).line(1)).unwrap(), ruling_schema()["examples"][0]);
    let second = facts(&facts_schema()["examples"][1].to_string());
    assert_eq!(pack.rule(&second).rule_id(), Some("dingtalk.class-3-uploaded"));
}

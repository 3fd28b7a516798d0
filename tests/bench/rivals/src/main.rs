//! The same policy and the same questions, put to casbin, cedar-policy and regorus. Reads a workload as JSON from the file that
//! is its argument; writes what each engine answered, and how many nanoseconds one question took, as JSON.
//!
//! What always holds: nothing that can be prepared is measured. Policies are compiled, requests and inputs built beforehand;
//! each engine is asked in the way that its own documentation shows for speed.

use casbin::{CoreApi, DefaultModel, Enforcer, Model, NullAdapter};
use cedar_policy::{Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write;
use std::hint::black_box;
use std::str::FromStr;
use std::time::Instant;

#[derive(Deserialize)]
struct Workload {
    /// casbin's model.
    model: String,
    /// Who, object, act, purpose, whose, source.
    lines: Vec<[String; 6]>,
    questions: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    names: Vec<String>,
    object: String,
    act: String,
    purpose: String,
    whose: String,
}

const RUNS: usize = 5;

fn main() {
    let file = std::env::args().nth(1).expect("the file of a workload");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file}: {e}"));
    let workload: Workload = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
    let all = json!({ "casbin": casbin(&workload), "cedar-policy": cedar(&workload), "regorus": regorus(&workload) });
    println!("{all}");
}

/// What every question is answered, and how long one takes, run by run.
fn measured(count: usize, mut ask: impl FnMut(usize) -> bool) -> Value {
    let answers: String = (0..count).map(|n| if ask(n) { '1' } else { '0' }).collect();
    let mut runs = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = Instant::now();
        for n in 0..count {
            black_box(ask(black_box(n)));
        }
        runs.push(start.elapsed().as_nanos() as f64 / count as f64);
    }
    json!({ "nanoseconds": runs, "answers": answers })
}

fn casbin(workload: &Workload) -> Value {
    let enforcer: Enforcer = futures_executor::block_on(async {
        let mut model = DefaultModel::from_str(&workload.model).await.expect("a model");
        model.add_policies("p", "p", workload.lines.iter().map(|line| line.to_vec()).collect());
        Enforcer::new_raw(model, NullAdapter).await.expect("an enforcer")
    });
    let ask = |n: usize| {
        let Question { names, object, act, purpose, whose } = &workload.questions[n];
        names.iter().any(|name| {
            let asked = (name.as_str(), object.as_str(), act.as_str(), purpose.as_str(), whose.as_str());
            enforcer.enforce(asked).expect("an answer")
        })
    };
    measured(workload.questions.len(), ask)
}

fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_str(&format!("{kind}::{}", serde_json::to_string(id).expect("text"))).expect("an id")
}

/// One permit a line. Names and patterns of classes are groups that callers and classes are in.
fn cedar(workload: &Workload) -> Value {
    let mut text = String::new();
    for [who, object, act, purpose, whose, _] in &workload.lines {
        let action = if act == "*" { "action".to_owned() } else { format!("action == {}", uid("Action", act)) };
        let (who, object) = (uid("Name", who), uid("Class", object));
        let _ = write!(text, "permit(principal in {who}, {action}, resource in {object})");
        let conditions = [("purpose", purpose), ("whose", whose)].into_iter().filter(|(_, word)| *word != "*");
        let conditions: Vec<String> = conditions.map(|(key, word)| format!("context.{key} == {word:?}")).collect();
        if !conditions.is_empty() {
            let _ = write!(text, " when {{ {} }}", conditions.join(" && "));
        }
        text += ";\n";
    }
    let policies = PolicySet::from_str(&text).expect("policies");
    let patterns: BTreeSet<&str> = workload.lines.iter().map(|line| line[1].as_str()).collect();
    let classes: BTreeSet<&str> = workload.questions.iter().map(|question| question.object.as_str()).collect();
    let covers = |pattern: &str, class: &str| {
        pattern == class || pattern.strip_suffix('*').is_some_and(|before| class.starts_with(before))
    };
    let mut entities = Vec::new();
    for class in classes.iter().chain(&patterns).collect::<BTreeSet<_>>() {
        let parents: HashSet<EntityUid> = patterns
            .iter()
            .filter(|pattern| *pattern != class && !class.contains('*') && covers(pattern, class))
            .map(|pattern| uid("Class", pattern))
            .collect();
        entities.push(Entity::new_no_attrs(uid("Class", class), parents));
    }
    let callers: BTreeSet<&[String]> = workload.questions.iter().map(|question| question.names.as_slice()).collect();
    for names in &callers {
        let parents = names.iter().map(|name| uid("Name", name)).collect();
        entities.push(Entity::new_no_attrs(uid("Caller", &names.join(" ")), parents));
    }
    let entities = Entities::from_entities(entities, None).expect("entities");
    let requests: Vec<Request> = workload
        .questions
        .iter()
        .map(|Question { names, object, act, purpose, whose }| {
            let text = |word: &str| RestrictedExpression::new_string(word.to_owned());
            let pairs = [("purpose".to_owned(), text(purpose)), ("whose".to_owned(), text(whose))];
            let context = Context::from_pairs(pairs).expect("a context");
            let (caller, action, class) = (uid("Caller", &names.join(" ")), uid("Action", act), uid("Class", object));
            Request::new(caller, action, class, context, None).expect("a request")
        })
        .collect();
    let authorizer = Authorizer::new();
    let ask = |n: usize| authorizer.is_authorized(&requests[n], &policies, &entities).decision() == Decision::Allow;
    measured(requests.len(), ask)
}

const REGO: &str = r#"
package tenure

import rego.v1

default allow := false

allow if {
    some name in input.names
    some line in data.lines[name]
    fits(line.act, input.act)
    fits(line.purpose, input.purpose)
    fits(line.whose, input.whose)
    covers(line.object)
}

fits(said, asked) if said == "*"

fits(said, asked) if said == asked

covers(object) if object == input.object

covers(object) if {
    endswith(object, "*")
    startswith(input.object, trim_suffix(object, "*"))
}
"#;

fn regorus(workload: &Workload) -> Value {
    let mut engine = regorus::Engine::new();
    engine.add_policy("tenure.rego".to_owned(), REGO.to_owned()).expect("a policy");
    let mut lines: HashMap<&str, Vec<Value>> = HashMap::new();
    for [who, object, act, purpose, whose, _] in &workload.lines {
        let line = json!({ "object": object, "act": act, "purpose": purpose, "whose": whose });
        lines.entry(who).or_default().push(line);
    }
    engine.add_data_json(&json!({ "lines": lines }).to_string()).expect("data");
    let inputs: Vec<regorus::Value> = workload
        .questions
        .iter()
        .map(|Question { names, object, act, purpose, whose }| {
            let asked = json!({ "names": names, "object": object, "act": act, "purpose": purpose, "whose": whose });
            regorus::Value::from_json_str(&asked.to_string()).expect("an input")
        })
        .collect();
    let ask = |n: usize| {
        engine.set_input(inputs[n].clone());
        let answer = engine.eval_rule("data.tenure.allow".to_owned()).expect("an answer");
        answer == regorus::Value::from(true)
    };
    measured(inputs.len(), ask)
}

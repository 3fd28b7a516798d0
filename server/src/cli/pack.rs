//! `tenure pack check | rule`: for a pack's author.

use super::Outcome;
use crate::packs;
use clap::Subcommand;
use policy_model::facts::Facts;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// `tenure pack …`
#[derive(Subcommand)]
pub enum Verb {
    /// Check a pack file: unknown keys, gaps and contradictions, each with file, line and what would be right.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Read facts as JSON lines on standard input and print the ruling of each.
    Rule {
        /// The pack's name, or a file.
        name: String,
    },
}

/// Runs the verb.
pub fn run(verb: &Verb) -> Outcome {
    match verb {
        Verb::Check { file } => check(file),
        Verb::Rule { name } => rule(name),
    }
}

/// Loads a file under its own name, over the packs of this binary.
fn load(file: &std::path::Path) -> Result<policy_model::pack::Pack, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let name = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    packs::load(&name, &|wanted| (wanted == name).then(|| text.clone())).map_err(|problems| {
        let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
        format!("{} has {} problem(s)\n{}", file.display(), words.len(), words.join("\n")).into()
    })
}

fn check(file: &std::path::Path) -> Outcome {
    let pack = load(file)?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{} is sound: {} classes, {} control rules, {} schedules, {} departure rules, {} approval rules.",
        pack.header().name,
        pack.classes().len(),
        pack.control_rules().len(),
        pack.schedules().len(),
        pack.departure_rules().len(),
        pack.approvals().len(),
    )?;
    for class in pack.classes_with_a_rule_missing() {
        writeln!(out, "note: some facts about `{class}` fit no control rule; such data belongs to the person.")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn rule(name: &str) -> Outcome {
    let path = std::path::Path::new(name);
    let pack = match packs::by_name(name) {
        Some(pack) => pack,
        None if path.is_file() => std::sync::Arc::new(load(path)?),
        None => return Err(format!("there is no pack and no file `{name}`").into()),
    };
    let mut out = std::io::stdout().lock();
    let mut code = ExitCode::SUCCESS;
    for (n, line) in std::io::stdin().lock().lines().enumerate() {
        let number = u64::try_from(n + 1)?;
        let line = match line {
            Ok(line) => line,
            Err(e) if e.kind() == std::io::ErrorKind::InvalidData => {
                eprintln!("line {number}: it is not UTF-8");
                code = ExitCode::FAILURE;
                continue;
            }
            Err(e) => return Err(e.into()),
        };
        if line.trim().is_empty() {
            continue;
        }
        match Facts::from_json_line(&line) {
            Ok(facts) => writeln!(out, "{}", serde_json::to_string(&pack.rule(&facts).line(number))?)?,
            Err(e) => {
                eprintln!("line {number}: {e}");
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

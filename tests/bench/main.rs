//! `make bench`: measures what Tenure promises about speed and memory, prints the set-up and one table, and writes the same
//! to `target/bench.json`.
//!
//! What always holds: a number stands beside a limit, or beside a peer that was measured in the same run on the same
//! machine; the server measured is the released binary, or the library it is made of, with its default settings; and
//! PostgreSQL runs with its own. A name given as an argument (`rulings`, `decisions`, `ledger`, `departure`,
//! `people`, `start`, `console`) measures only that.

mod console;
mod decisions;
mod departure;
mod ledger;
mod load;
mod office;
mod people;
mod program;
mod raw;
mod rulings;
mod setup;
mod start;
mod table;
mod workload;

use table::Table;

/// A part of the bench, and what measures it.
type Part = (&'static str, fn(&mut Table));

const PARTS: [Part; 7] = [
    ("rulings", rulings::measure),
    ("decisions", decisions::measure),
    ("ledger", ledger::measure),
    ("departure", departure::measure),
    ("people", people::measure),
    ("start", start::measure),
    ("console", console::measure),
];

fn main() {
    // cargo hands on `--bench`; whatever is no option names a part.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if wanted.first().is_some_and(|part| part == load::SERVE_NOTHING) {
        return load::serve();
    }
    let mut table = Table::new(setup::here());
    table.print_setup();
    for (name, measure) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|part| part == name) {
            measure(&mut table);
        }
    }
    table.print();
    let file = program::target_dir().join("bench.json");
    std::fs::write(&file, table.to_json()).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    println!("\n{}", file.display());
}

//! The code has the shape that ARCHITECTURE.md draws, and the API's description in the repository is the one that the
//! server gives of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Whom everybody may call; and the one place that may call everybody.
const BELOW_ALL: &str = "platform";
const ABOVE_ALL: [&str; 4] = ["app", "cli", "lib", "main"];

#[test]
fn slices_call_only_those_that_architecture_md_draws_below_them() {
    let undrawn = beyond(&used_arrows(), &drawn_arrows());
    assert!(
        undrawn.is_empty(),
        "the code has arrows that ARCHITECTURE.md does not draw: {undrawn:?}. Down you call, up you announce (tx.announce)"
    );
}

#[test]
fn architecture_md_draws_no_arrow_that_no_code_follows() {
    let unused = beyond(&drawn_arrows(), &used_arrows());
    assert!(unused.is_empty(), "ARCHITECTURE.md draws arrows that no code follows: {unused:?}");
}

#[test]
fn the_arrows_never_come_back_to_where_they_began() {
    let drawn = drawn_arrows();
    let mut left = drawn.clone();
    // Take away whoever calls nobody that is left; what remains goes in a circle.
    while let Some(lowest) =
        left.iter().find(|(_, to)| to.iter().all(|s| !left.contains_key(s))).map(|(s, _)| s.clone())
    {
        left.remove(&lowest);
    }
    assert!(left.is_empty(), "these slices call each other in a circle: {:?}", left.keys().collect::<Vec<_>>());
}

#[test]
fn the_platform_and_the_rules_know_no_slice() {
    let slices: BTreeSet<String> = slices().into_iter().map(|(name, _)| name).collect();
    let knows = |dir: &str| -> BTreeSet<String> { uses_of(&root().join(dir)).intersection(&slices).cloned().collect() };
    assert_eq!(
        knows("server/src/platform"),
        BTreeSet::new(),
        "the platform owns a small trait; app.rs plugs the slice in"
    );
    let manifest = fs::read_to_string(root().join("policy-model/Cargo.toml")).unwrap();
    assert!(!manifest.contains("tenure"), "policy-model depends on nothing of ours");
}

#[test]
fn the_description_of_the_api_is_the_one_that_the_server_gives() {
    let file = root().join("web-admin/openapi.json");
    let reviewed = fs::read_to_string(&file).unwrap_or_default();
    let said = Command::new(scenarios::server::program()).arg("openapi").output().expect("it starts");
    let said = String::from_utf8_lossy(&said.stdout);
    let same_lines = reviewed.lines().zip(said.lines()).take_while(|(a, b)| a == b).count();
    let same = reviewed.trim_end() == said.trim_end();
    assert!(same, "{} differs from line {} on: run `make api` and read the difference", file.display(), same_lines + 1);
}

#[test]
fn every_problem_code_stands_in_one_table_and_no_other_does() {
    let table = fs::read_to_string(root().join("docs/guide/problems.md")).unwrap();
    let (problems, findings) = table.split_once("## `tenure verify`").expect("two tables");
    for (listed, said) in
        [(listed(problems), codes_in("server/src")), (listed(findings), codes_in("policy-model/src/ledger/finding.rs"))]
    {
        assert!(!said.is_empty(), "no code was found: this check would check nothing");
        let (lacks, spare): (Vec<_>, Vec<_>) = (said.difference(&listed).collect(), listed.difference(&said).collect());
        assert!(lacks.is_empty(), "docs/guide/problems.md lacks a row for {lacks:?}");
        assert!(spare.is_empty(), "docs/guide/problems.md has rows for codes that nothing says: {spare:?}");
    }
    for row in problems.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, status, chinese, english] = cells[..] else {
            panic!("a row has a code, a status and two languages: {row}")
        };
        assert!(status.parse::<u16>().is_ok_and(|status| (400..600).contains(&status)), "{row}");
        assert!(!chinese.is_ascii() && english.is_ascii() && !english.is_empty(), "{row}");
    }
}

#[test]
fn what_creates_or_executes_is_done_once_for_one_idempotency_key() {
    let mut kept = 0;
    for file in rust_files(&root().join("server/src")) {
        let text = fs::read_to_string(&file).unwrap();
        for handler in text.split("#[utoipa::path(").skip(1).filter(|text| text.contains("#[post(")) {
            let (described, rest) = handler.split_once("#[post(").unwrap_or_default();
            let body = rest.split("\n}\n").next().unwrap_or_default();
            if described.contains("status = 201") {
                assert!(
                    body.contains(".once("),
                    "{}: POST {}",
                    file.display(),
                    body.lines().next().unwrap_or_default()
                );
                kept += 1;
            }
        }
    }
    assert!(kept >= 20, "only {kept} routes create something: this check would check little");
}

/// The codes that begin the rows of a table.
fn listed(table: &str) -> BTreeSet<String> {
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let all: Vec<String> = rows.map(str::to_owned).collect();
    let set: BTreeSet<String> = all.iter().cloned().collect();
    assert_eq!(set.len(), all.len(), "a code stands twice");
    set
}

/// Every code that the source says.
fn codes_in(path: &str) -> BTreeSet<String> {
    let files = rust_files(&root().join(path)).into_iter().filter(|file| !file.iter().any(|part| part == "tests"));
    files
        .flat_map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            codes_of_problems(code).into_iter().chain(codes_answered(code)).collect::<Vec<_>>()
        })
        .collect()
}

/// The first word of each `Problem`.
fn codes_of_problems(code: &str) -> Vec<String> {
    let made = code.split("Problem::").skip(1).chain(code.split("Self::").skip(1));
    made.filter_map(|rest| {
        let (called, rest) = rest.split_once('"')?;
        let (name, between) = called.split_once('(')?;
        let word = rest.split('"').next()?;
        let is_first_word = MADE_BY.contains(&name) && !between.contains([';', ')', '{']);
        match name {
            "not_found" if is_first_word => Some(format!("{word}.not-found")),
            _ => Some(word.to_owned()).filter(|word| is_first_word && is_code(word)),
        }
    })
    .collect()
}

/// What functions called `code` or `…_code` answer.
fn codes_answered(code: &str) -> Vec<String> {
    let functions = code.split("fn ").skip(1).filter_map(|rest| rest.split_once('('));
    let functions = functions.filter(|(name, _)| *name == "code" || name.ends_with("_code"));
    functions
        .flat_map(|(_, rest)| {
            // Until the brace that closes it, in an `impl` or outside.
            let body = rest.split("\n    }\n\n").next().and_then(|rest| rest.split("\n}\n").next()).unwrap_or_default();
            body.split('"').skip(1).step_by(2).filter(|word| is_code(word)).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// What makes a problem, its code being the first word.
const MADE_BY: [&str; 11] = [
    "new",
    "malformed",
    "unauthenticated",
    "refused",
    "not_found",
    "conflict",
    "stale",
    "too_large",
    "invalid",
    "too_many",
    "unavailable",
];

/// `intake.too-large`: two words of small letters and hyphens.
fn is_code(word: &str) -> bool {
    let is_plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    word.split_once('.').is_some_and(|(slice, what)| is_plain(slice) && is_plain(what))
}

/// The arrows of one that the other does not have; a slice that the other does not name is one by itself.
fn beyond(these: &Arrows, those: &Arrows) -> Vec<String> {
    let none = BTreeSet::new();
    let beyond_of = |(from, to): (&String, &BTreeSet<String>)| -> Vec<String> {
        let unknown = (!those.contains_key(from)).then(|| from.clone());
        let others = to.difference(those.get(from).unwrap_or(&none)).map(|to| format!("{from} -> {to}"));
        unknown.into_iter().chain(others).collect()
    };
    these.iter().flat_map(beyond_of).collect()
}

/// The first fenced block of ARCHITECTURE.md that has arrows: lines such as `departures -> orders, holdings`. Several slices
/// may stand on the left. A `#` begins a remark.
fn drawn_arrows() -> Arrows {
    let file = root().join("ARCHITECTURE.md");
    let text = fs::read_to_string(&file).unwrap_or_else(|e| {
        panic!("ARCHITECTURE.md: {e}. It holds a fenced block of lines such as `departures -> orders, holdings`")
    });
    let blocks = text.split("```").skip(1).step_by(2);
    let block = blocks.into_iter().find(|block| block.lines().filter_map(arrow).count() > 1);
    let block = block.expect("ARCHITECTURE.md has no fenced block of lines such as `departures -> orders, holdings`");
    let mut arrows = Arrows::new();
    for (from, to) in block.lines().filter_map(arrow) {
        for slice in from {
            arrows.entry(slice).or_default().extend(to.clone());
        }
    }
    arrows
}

fn arrow(line: &str) -> Option<(Vec<String>, Vec<String>)> {
    let names = |text: &str| text.split(',').map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect::<Vec<_>>();
    let (from, to) = line.split('#').next()?.split_once("->")?;
    let (from, to) = (names(from), names(to));
    let all_names = from.iter().chain(&to).all(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    (all_names && !from.is_empty()).then_some((from, to))
}

/// What the code says: `crate::<slice>` anywhere but in comments and tests.
fn used_arrows() -> Arrows {
    let slices = slices();
    let names: BTreeSet<String> = slices.iter().map(|(name, _)| name.clone()).collect();
    let uses = |name: &str, path: &Path| uses_of(path).into_iter().filter(|u| u != name && names.contains(u)).collect();
    slices.iter().map(|(name, path)| (name.clone(), uses(name, path))).collect()
}

/// The slices: whatever lies in server/src beside the platform and what puts it all together.
fn slices() -> Vec<(String, PathBuf)> {
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let entries = fs::read_dir(root().join("server/src")).unwrap().map(|entry| entry.unwrap().path());
    let mut slices: Vec<_> = entries.filter(|p| !rust_files(p).is_empty()).map(|p| (name(&p), p)).collect();
    slices.retain(|(name, _)| name != BELOW_ALL && !ABOVE_ALL.contains(&name.as_str()));
    slices.sort();
    slices
}

fn uses_of(path: &Path) -> BTreeSet<String> {
    let mut uses = BTreeSet::new();
    for file in rust_files(path) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().map(|l| l.split("//").next().unwrap_or_default()) {
            for rest in line.split("crate::").skip(1) {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                uses.insert(rest[..end].to_owned());
            }
        }
    }
    uses
}

fn rust_files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return path.extension().is_some_and(|e| e == "rs").then(|| path.to_owned()).into_iter().collect();
    }
    fs::read_dir(path).into_iter().flatten().flat_map(|entry| rust_files(&entry.unwrap().path())).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[test]
fn no_two_types_of_the_api_have_one_name() {
    // The description keeps one schema a name and drops the others without a word.
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in rust_files(&root().join("server/src")) {
        let text = fs::read_to_string(&file).unwrap();
        for name in schema_names(&text) {
            named.entry(name).or_default().push(file.display().to_string());
        }
    }
    assert!(named.len() > 50, "the schemas are not found any more");
    named.retain(|_, files| files.len() > 1);
    assert!(named.is_empty(), "give each its own `#[schema(as = …)]`: {named:#?}");
}

/// The names under which a file's types stand in the API's description.
fn schema_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut described, mut renamed): (bool, Option<String>) = (false, None);
    for line in text.lines().map(str::trim) {
        let says = line.strip_prefix("#[schema(as = ").or(line.split_once(" as \"").map(|(_, rest)| rest));
        if let Some(name) = says.and_then(|rest| rest.split([')', ',', '"']).next()) {
            renamed = Some(name.to_owned());
        }
        described |= line.contains("ToSchema)") || line.starts_with("text_enum! {");
        let declares = ["pub struct ", "struct ", "pub enum ", "enum "].iter().find_map(|word| line.strip_prefix(word));
        let in_macro = described
            && line.ends_with(" {")
            && (line.split(' ').count() == 2 || line.contains(" as \""))
            && !line.starts_with("text_enum");
        let own = declares
            .or(in_macro.then_some(line))
            .map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>());
        if let Some(own) = own {
            let name = renamed.take().unwrap_or(own);
            if std::mem::take(&mut described) && !name.is_empty() {
                names.push(name);
            }
        }
    }
    names
}

#[test]
fn what_the_server_says_has_words_in_the_console() {
    // The other languages have the keys of this one, or the console does not compile.
    let words = |file: &str| -> BTreeSet<String> {
        let text = fs::read_to_string(root().join("web-admin/src/i18n/zh-CN").join(file)).unwrap();
        let keys = text.lines().filter_map(|line| line.trim().split_once(": ")).map(|(key, _)| key.trim_matches('\''));
        keys.map(|key| key.replace("__", ".")).collect()
    };
    let (said, there) = (words("records.ts"), words("problems.ts"));
    let (mut acts, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    let is_test =
        |file: &PathBuf| file.iter().any(|part| ["testing.rs", "tests.rs", "tests"].iter().any(|t| part == *t));
    for file in rust_files(&root().join("server/src")).into_iter().filter(|file| !is_test(file)) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let first_words = |begin: &str| -> Vec<String> {
            let made = code.split(begin).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            made.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
        };
        acts.extend(["Record::of(", "Act::named(", "Act::on("].into_iter().flat_map(first_words));
        kinds.extend(first_words(".on("));
    }
    assert!(acts.len() > 60 && kinds.len() > 15, "they are not found any more: {} {}", acts.len(), kinds.len());
    let lacks: Vec<_> = acts.union(&kinds).filter(|word| !said.contains(*word)).collect();
    assert!(lacks.is_empty(), "records.ts has no words for {lacks:?}");
    let lacks: Vec<_> = codes_in("server/src").into_iter().filter(|code| !there.contains(code)).collect();
    assert!(lacks.is_empty(), "problems.ts has no words for {lacks:?}");
}

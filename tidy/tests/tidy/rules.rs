//! `docs/rules.md` names for every rule the test that shows it, and leaves no rule of the code out.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use crate::sources::text;

fn read(path: &str) -> String {
    text(Path::new(path)).unwrap_or_else(|| panic!("{path} is not UTF-8"))
}

/// The cells of a row of a Markdown table.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(row.split('|').map(str::trim).collect())
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The short names of files.
fn file_names(document: &str) -> BTreeMap<&str, &str> {
    let rows = document.lines().filter_map(cells).filter(|row| row.len() == 2);
    let named = rows.filter_map(|row| Some((*quoted(row[0]).first()?, *quoted(row[1]).first()?)));
    named.collect()
}

struct Rule<'a> {
    number: (usize, usize),
    from: &'a str,
    tests: Vec<&'a str>,
}

fn rules(document: &str) -> Vec<Rule<'_>> {
    let rows = document.lines().filter_map(cells).filter(|row| row.len() == 4);
    rows.filter_map(|row| {
        let (section, place) = row[0].split_once('.')?;
        let number = (section.parse().ok()?, place.parse().ok()?);
        Some(Rule { number, from: row[2], tests: quoted(row[3]) })
    })
    .collect()
}

/// The functions of a file that are tests.
fn tests(source: &str) -> HashSet<&str> {
    let mut tests = HashSet::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if matches!(line, "#[test]" | "#[tokio::test]") || line.starts_with("#[tokio::test(") {
            is_test = true;
        } else if let Some((_, after)) = line.split_once("fn ")
            && std::mem::take(&mut is_test)
        {
            tests.extend(after.split('(').next());
        }
    }
    tests
}

#[test]
fn every_rule_names_tests_that_exist() {
    let document = read("docs/rules.md");
    let names = file_names(&document);
    let cases: serde_json::Value = serde_json::from_str(&read(names["golden"])).unwrap();
    let cases: HashSet<&str> =
        cases["cases"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap()).collect();
    let sources: HashMap<&str, String> =
        names.iter().filter(|(name, _)| **name != "golden").map(|(name, path)| (*name, read(path))).collect();
    let known: HashMap<&str, HashSet<&str>> =
        sources.iter().map(|(name, source)| (*name, tests(source))).collect();
    let mut used = BTreeSet::new();
    for rule in rules(&document) {
        let number = rule.number;
        assert!(["doc", "seen", "ours"].contains(&rule.from), "{number:?} is from {}", rule.from);
        assert!(!rule.tests.is_empty(), "{number:?} has no test");
        for test in rule.tests {
            let (file, name) = test.split_once(':').unwrap_or_else(|| panic!("{number:?}: `{test}`"));
            let exists = match file {
                "golden" => cases.contains(name),
                file => known.get(file).is_some_and(|tests| tests.contains(name)),
            };
            assert!(exists, "{number:?} names `{test}`, which does not exist");
            used.insert(file);
        }
    }
    let unused: Vec<_> = names.keys().filter(|name| !used.contains(*name)).collect();
    assert!(unused.is_empty(), "no rule is shown by {unused:?}");
}

#[test]
fn rules_are_numbered_without_gaps() {
    let document = read("docs/rules.md");
    let numbers: Vec<_> = rules(&document).iter().map(|rule| rule.number).collect();
    let mut expected = (1, 1);
    for number in &numbers {
        if *number == (expected.0 + 1, 1) {
            expected = *number;
        }
        assert_eq!(*number, expected);
        expected.1 += 1;
    }
    assert!(numbers.len() > 150, "{}", numbers.len());
}

/// The texts in quotes of a source, tests aside, that have the form of a refusal's code.
fn codes(source: &str) -> BTreeSet<&str> {
    let source = source.split("#[cfg(test)]").next().unwrap();
    let codes = source.split('"').skip(1).step_by(2).filter(|text| {
        text.split_once('.').is_some_and(|(class, cause)| {
            [class, cause].iter().all(|part| {
                part.starts_with(char::is_uppercase) && part.chars().all(|sign| sign.is_ascii_alphanumeric())
            })
        })
    });
    codes.collect()
}

/// The fields of the switches of rules.
fn switches(source: &str) -> Vec<&str> {
    let body = source.split("pub struct Rules {").nth(1).unwrap().split("\n}").next().unwrap();
    body.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split(':').next()).collect()
}

#[test]
fn no_refusal_and_no_switch_is_left_out() {
    let document = read("docs/rules.md");
    let refusals = read("crates/service/src/rules/refusals.rs");
    let codes = codes(&refusals);
    assert!(codes.len() >= 25, "{codes:?}");
    for code in codes {
        assert!(document.contains(&format!("`{code}`")), "docs/rules.md does not name `{code}`");
    }
    let config = read("crates/service/src/config.rs");
    let switches = switches(&config);
    assert!(switches.len() >= 10, "{switches:?}");
    for switch in switches {
        assert!(
            document.contains(&format!("`rules.{switch}`")),
            "docs/rules.md does not name `rules.{switch}`"
        );
    }
}

#[test]
fn rows_tests_and_codes_are_found() {
    let document = "| file | is |\n|---|---|\n| `a` | `x.rs` |\n\n| no. | rule | from | shown by |\n|---|---|---|---|\n\
                    | 1.1 | b `c` | doc | `a:t`, `a:u` |\n";
    assert_eq!(file_names(document), BTreeMap::from([("a", "x.rs")]));
    let rules = rules(document);
    assert_eq!((rules.len(), rules[0].number, &rules[0].tests), (1, (1, 1), &vec!["a:t", "a:u"]));
    let source = "#[test]\nfn t() {\nfn inner() {}\n}\n#[tokio::test(start_paused = true)]\nasync fn u() {}\nfn v() {}";
    assert_eq!(tests(source), HashSet::from(["t", "u"]));
    assert_eq!(
        codes("x => \"Failed.Cause\", \"a.b\", \"Failed\" #[cfg(test)] \"Other.Cause\""),
        BTreeSet::from(["Failed.Cause"])
    );
    assert_eq!(
        switches("pub struct Rules {\n    /// X.\n    pub a: bool,\n    pub b: u32,\n}\n"),
        ["a", "b"]
    );
}

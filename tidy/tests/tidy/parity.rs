//! The table of what each SDK can do: a "yes" without a test is a promise that nobody keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::sources::{files, root, text};

const LANGUAGES: [&str; 8] = ["Rust", "Java", "PHP", "Python", "Node.js", "C#", "Go", "C++"];

/// A row of a table of the page.
struct Row<'a> {
    feature: &'a str,
    cells: Vec<&'a str>,
    shown_by: &'a str,
}

/// A line of the file beside the page.
struct Shown<'a> {
    feature: &'a str,
    language: &'a str,
    file: &'a str,
    test: &'a str,
}

/// The rows, or what is wrong with their number of cells.
fn rows(page: &str) -> Result<Vec<Row<'_>>, String> {
    let mut rows = Vec::new();
    for line in page.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [feature, cells @ .., shown_by] = &cells[..] else { return Err(format!("no row: {line}")) };
        if cells.len() != LANGUAGES.len() {
            return Err(format!("{} languages in place of eight: {line}", cells.len()));
        }
        if *feature == "feature" {
            if cells != LANGUAGES {
                return Err(format!("other languages, or in another order: {line}"));
            }
        } else if !feature.starts_with("---") {
            rows.push(Row { feature, cells: cells.to_vec(), shown_by });
        }
    }
    Ok(rows)
}

fn shown(lines: &str) -> Result<Vec<Shown<'_>>, String> {
    let mut lines = lines.lines();
    if lines.next() != Some("feature\tlanguage\tfile\ttest") {
        return Err("the file's first line names other columns".to_owned());
    }
    lines
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [feature, language, file, test] => Ok(Shown { feature, language, file, test }),
            _ => Err(format!("not four columns: {line}")),
        })
        .collect()
}

/// The number of the reason that a "no" gives.
fn reason(cell: &str) -> Option<usize> {
    cell.strip_prefix("no (")?.strip_suffix(')')?.parse().ok()
}

/// How many reasons the list at the end of the page has; they are counted without a gap.
fn reasons(page: &str) -> usize {
    let list = page.split("\n## Reasons\n").nth(1).unwrap_or_default();
    (1..).take_while(|number| list.lines().any(|line| line.starts_with(&format!("{number}. ")))).count()
}

/// How the beginning of a test of this name is written in a file.
fn beginnings(file: &str, name: &str) -> Vec<String> {
    let form = |before: &str, after: &str| format!("{before}{name}{after}");
    match Path::new(file).extension().and_then(|extension| extension.to_str()) {
        // The last one is the program text of a README, whose programs rustdoc runs.
        Some("rs") => vec![form("fn ", "()"), form("async fn ", "()"), form("#![doc = ", "]")],
        Some("java") => vec![form("test(\"", "\""), form("Tests.test(\"", "\"")],
        Some("php") => vec![form("'", "' => function (")],
        Some("py") => vec![form("def ", "(")],
        Some("js") => vec![form("test(\"", "\""), form("test(`", "`")],
        Some("cs") => vec![form("public static void ", "()")],
        Some("go") => vec![form("func ", "(t *testing.T)")],
        Some("cpp") => vec![form("TEST(", ")")],
        // The texts of samples, by their digests.
        Some("json") => vec![form("\"", "\":")],
        // The programs that run all tests of a language, which tell of some themselves.
        None => vec![
            form("told(\"", "\""),
            form("told(f\"", "\""),
            form("for name in (\"", "\""),
            form("check \"", "\""),
            form("if ", ";"),
        ],
        _ => Vec::new(),
    }
}

/// Everything that is wrong with the page and the file beside it.
fn faults(
    page: &str,
    beside: &str,
    cases: &BTreeSet<String>,
    read: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let (rows, shown) = match (rows(page), shown(beside)) {
        (Ok(rows), Ok(shown)) => (rows, shown),
        (rows, shown) => return rows.err().into_iter().chain(shown.err()).collect(),
    };
    let mut faults = Vec::new();
    let mut tests: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut texts: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for Shown { feature, language, file, test } in shown {
        *tests.entry((feature, language)).or_default() += 1;
        match texts.entry(file).or_insert_with(|| read(file)) {
            None => faults.push(format!("{file} is not there: {feature}, {language}")),
            Some(text) => {
                let begins = beginnings(file, test);
                if !text.lines().any(|line| begins.iter().any(|begin| line.trim_start().starts_with(begin))) {
                    faults.push(format!("{file} has no test `{test}`: {feature}, {language}"));
                }
            }
        }
    }
    let (count, mut used) = (reasons(page), BTreeSet::new());
    let mut features = BTreeSet::new();
    for Row { feature, cells, shown_by } in &rows {
        if !features.insert(*feature) {
            faults.push(format!("two rows are called {feature}"));
        }
        let named: Vec<&str> = shown_by.split('`').skip(1).step_by(2).collect();
        for name in &named {
            if !cases.contains(*name) {
                faults.push(format!("no conformance case is called {name}: {feature}"));
            }
        }
        if named.is_empty() && !matches!(*shown_by, "*own*" | "–") {
            faults.push(format!("neither a case nor a word for none: {feature}"));
        }
        for (language, cell) in LANGUAGES.into_iter().zip(cells) {
            let own = tests.remove(&(*feature, language)).unwrap_or_default();
            let fault = match *cell {
                "yes" if named.is_empty() && own == 0 => "yes without a test",
                "core" if language == "Rust" => "Rust is the core",
                "core" if cells[0] != "yes" => "core without a test of the core",
                "core" | "untested" if own > 0 => "it has tests of its own, so it is yes",
                "yes" | "core" | "untested" => continue,
                "" => "empty",
                no if reason(no).is_some_and(|number| (1..=count).contains(&number)) => {
                    used.extend(reason(no));
                    if own == 0 {
                        continue;
                    }
                    "a test shows it, so it is yes"
                }
                no if no == "no" || no.starts_with("no ") => "no without a reason that is there",
                // A word for how the language does it says yes.
                _ if own == 0 => "a word without a test of this language",
                _ => continue,
            };
            faults.push(format!("{fault}: {feature}, {language}, `{cell}`"));
        }
    }
    faults
        .extend(tests.keys().map(|(feature, language)| format!("no row or language: {feature}, {language}")));
    faults.extend(
        (1..=count)
            .filter(|number| !used.contains(number))
            .map(|number| format!("no cell has reason {number}")),
    );
    faults
}

/// Every case by its file and id.
fn cases() -> BTreeSet<String> {
    let mut cases = BTreeSet::new();
    for path in files() {
        if path.starts_with("conformance/cases") && path.extension().is_some_and(|it| it == "json") {
            let subject = path.file_stem().unwrap().to_str().unwrap();
            let file: serde_json::Value = serde_json::from_str(&text(&path).unwrap()).unwrap();
            for case in file["cases"].as_array().unwrap() {
                cases.insert(format!("{subject}/{}", case["id"].as_str().unwrap()));
            }
        }
    }
    cases
}

fn read(file: &str) -> Option<String> {
    root().join(file).is_file().then(|| text(Path::new(file)))?
}

#[test]
fn every_cell_of_the_feature_table_is_backed_by_tests_that_exist() {
    let (page, beside) = (read("docs/feature-parity.md").unwrap(), read("docs/feature-parity.tsv").unwrap());
    let faults = faults(&page, &beside, &cases(), read);
    assert!(faults.is_empty(), "docs/feature-parity.md:\n{}", faults.join("\n"));
    let rows = rows(&page).unwrap();
    assert!(rows.len() > 100, "the table was not read: {} rows", rows.len());
}

/// What plays the cases: without a driver a case shows nothing for its language.
#[test]
fn every_language_of_the_feature_table_has_drivers() {
    for folder in ["java", "php", "python", "nodejs", "dotnet", "go", "cpp"] {
        assert!(read(&format!("bindings/{folder}/conformance/drivers")).is_some(), "{folder}");
    }
    assert!(read("crates/sdk/tests/conformance/main.rs").is_some());
}

#[test]
fn what_is_wrong_with_a_feature_table_is_found() {
    let page = |row: &str| {
        format!(
            "| feature | {} | shown by |\n{}|\n| {row} |\n\n## Reasons\n\n1. Because.\n",
            LANGUAGES.join(" | "),
            "|---".repeat(10)
        )
    };
    let head = "feature\tlanguage\tfile\ttest\n";
    let cases = BTreeSet::from(["signing/good".to_owned()]);
    let read = |file: &str| match file {
        "a.py" => Some("class A:\n    def test_it(self):\n        # def test_old(self):\n".to_owned()),
        _ => None,
    };
    let found =
        |row: &str, beside: &str| faults(&page(row), &format!("{head}{beside}"), &cases, read).join("; ");
    let by_case = |cells: &str, case: &str| format!("f | {cells} | `{case}`");
    let all = ["yes"; 8].join(" | ");
    let but = |cell: &str| format!("yes | yes | yes | {cell} | yes | yes | yes | no (1)");
    let python = |file: &str, test: &str| format!("f\tPython\t{file}\t{test}\n");

    // What is right.
    assert_eq!(found(&by_case(&but("yes"), "signing/good"), ""), "");
    assert_eq!(found(&by_case(&but("coroutine"), "signing/good"), &python("a.py", "test_it")), "");
    assert_eq!(found(&by_case(&but("core"), "signing/good"), ""), "");
    // Names that nothing has.
    assert!(
        found(&by_case(&but("yes"), "signing/bad"), "").contains("no conformance case is called signing/bad")
    );
    for (file, test) in [("a.py", "test_i"), ("a.py", "test_old"), ("a.py", "it"), ("b.py", "test_it")] {
        let found = found(&by_case(&but("yes"), "signing/good"), &python(file, test));
        assert!(found.contains("has no test") || found.contains("is not there"), "{file} {test}: {found}");
    }
    assert!(
        found(&by_case(&but("yes"), "signing/good"), "g\tPython\ta.py\ttest_it\n")
            .contains("no row or language: g")
    );
    assert!(
        found(&by_case(&but("yes"), "signing/good"), "f\tPerl\ta.py\ttest_it\n")
            .contains("no row or language: f, Perl")
    );
    // Cells without a test, or without a reason.
    assert!(found(&format!("f | {} | *own*", but("yes")), "").contains("yes without a test: f, Python"));
    assert!(found(&by_case(&but("coroutine"), "signing/good"), "").contains("a word without a test"));
    for cell in ["no", "no (2)", "no (x)"] {
        assert!(found(&by_case(&but(cell), "signing/good"), "").contains("no without a reason"), "{cell}");
    }
    assert!(
        found(&by_case(&but("no (1)"), "signing/good"), &python("a.py", "test_it")).contains("so it is yes")
    );
    assert!(
        found(&by_case(&but("untested"), "signing/good"), &python("a.py", "test_it"))
            .contains("so it is yes")
    );
    assert!(found(&by_case(&but(""), "signing/good"), "").contains("empty"));
    assert!(found(&by_case(&all, "signing/good"), "").contains("no cell has reason 1"));
    // Rows of another shape.
    assert!(found("f | yes | yes | `signing/good`", "").contains("2 languages in place of eight"));
    assert!(found(&format!("f | {all} | some test"), "").contains("neither a case nor"));
}

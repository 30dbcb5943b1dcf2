//! What no file of the repository may contain.

use std::path::Path;

use crate::sources::{files, text};

/// Words that no file may contain, split so that this file does not contain them either, and why.
const BANNED: &[(&[&str], &str)] = &[
    (&["TO", "DO"], "work to be done is an issue, not a comment"),
    (&["FIX", "ME"], "work to be done is an issue, not a comment"),
    (&["/wo", "rk/"], "a path of one machine"),
    (&["/ro", "ot/"], "a path of one machine"),
    (&["/ho", "me/"], "a path of one machine"),
    (&["/tmp/br", "ief"], "a path of one machine"),
    (&["pypi", ".org"], "users choose their own package registry"),
    (&["python", "hosted"], "users choose their own package registry"),
    (&["npm", "js."], "users choose their own package registry"),
    (&["crates", ".io"], "users choose their own package registry"),
    (&["proxy.go", "lang"], "users choose their own package registry"),
    (&["maven", ".org"], "users choose their own package registry"),
    (&["DESIGN", ".md"], "no such file is part of the repository"),
    (&["service-", "behaviour"], "no such file is part of the repository"),
    (&["field-", "cases"], "no such file is part of the repository"),
    (&["official-", "sdks.md"], "no such file is part of the repository"),
    (&["the br", "ief"], "the texts speak of the product, not of how it was made"),
    (&["Cla", "ude"], "the texts speak of the product, not of how it was made"),
    (&["Anthro", "pic"], "the texts speak of the product, not of how it was made"),
    (&["Chat", "GPT"], "the texts speak of the product, not of how it was made"),
    (&["language ", "model"], "the texts speak of the product, not of how it was made"),
];

/// Written by a tool that names its sources, and nothing can be done about it.
fn exempt(path: &Path) -> bool {
    path.ends_with("Cargo.lock")
}

#[test]
fn no_file_contains_what_none_may() {
    let mut found = Vec::new();
    for path in files().iter().filter(|path| !exempt(path)) {
        let Some(text) = text(path) else { continue };
        for (number, line) in text.lines().enumerate() {
            for (word, why) in BANNED {
                if line.contains(&word.concat()) {
                    found.push(format!("{}:{}: \"{}\": {why}", path.display(), number + 1, word.concat()));
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn lock_files_of_npm_name_no_registry() {
    let locks: Vec<_> = files().into_iter().filter(|path| path.ends_with("package-lock.json")).collect();
    assert!(!locks.is_empty());
    for path in locks {
        let text = text(&path).unwrap();
        assert!(text.contains("\"integrity\""), "{}: nothing is pinned", path.display());
        assert!(
            !text.contains("\"resolved\""),
            "{}: made without omit-lockfile-registry-resolved",
            path.display()
        );
    }
}

#[test]
fn text_files_end_with_one_newline_and_have_no_trailing_blanks() {
    let mut found = Vec::new();
    for path in files() {
        let suffix = path.extension().and_then(|suffix| suffix.to_str()).unwrap_or_default();
        if !["rs", "toml", "md", "yml", "py", "js"].contains(&suffix) {
            continue;
        }
        let Some(text) = text(&path) else { continue };
        if !text.ends_with('\n') || text.ends_with("\n\n") {
            found.push(format!("{}: its end", path.display()));
        }
        for (number, line) in text.lines().enumerate().filter(|(_, line)| line.ends_with([' ', '\t'])) {
            found.push(format!("{}:{}: {line:?}", path.display(), number + 1));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

//! Which licences the product may be made of.

use cargo_metadata::DependencyKind;

use crate::dependencies::{below, graph, metadata};

/// Permissive licences only: whoever ships the program must not owe anybody its source. The same list is in deny.toml.
const ALLOWED: &[&str] = &[
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Tools of the tests whose licence is about their own source only; nothing that is shipped is made of them.
const TOOLS: &[(&str, &str)] = &[("cbindgen", "MPL-2.0")];

/// Whether a licence expression can be met with allowed licences only. `A/B` is the old way to write `A OR B`; AND
/// binds tighter than OR.
fn permitted(expression: &str) -> bool {
    let mut tokens: Vec<String> = Vec::new();
    for word in expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").split_whitespace() {
        match tokens.last_mut() {
            // A licence and its exception are one name.
            Some(last) if word == "WITH" || last.ends_with(" WITH") => *last = format!("{last} {word}"),
            _ => tokens.push(word.to_owned()),
        }
    }
    let mut rest = tokens.as_slice();
    let answer = any_of(&mut rest);
    assert!(rest.is_empty(), "cannot read the licence {expression:?}");
    answer
}

fn any_of(tokens: &mut &[String]) -> bool {
    let mut answer = all_of(tokens);
    while next_is(tokens, "OR") {
        answer |= all_of(tokens);
    }
    answer
}

fn all_of(tokens: &mut &[String]) -> bool {
    let mut answer = one(tokens);
    while next_is(tokens, "AND") {
        answer &= one(tokens);
    }
    answer
}

fn one(tokens: &mut &[String]) -> bool {
    if next_is(tokens, "(") {
        let answer = any_of(tokens);
        assert!(next_is(tokens, ")"), "a bracket is not closed");
        return answer;
    }
    let (name, rest) = tokens.split_first().expect("a licence's name");
    *tokens = rest;
    ALLOWED.contains(&name.as_str())
}

fn next_is(tokens: &mut &[String], word: &str) -> bool {
    match tokens.split_first() {
        Some((first, rest)) if first == word => {
            *tokens = rest;
            true
        }
        _ => false,
    }
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    assert!(permitted("MIT OR GPL-3.0"));
    assert!(permitted("MIT/GPL-3.0"));
    assert!(!permitted("MIT AND GPL-3.0"));
    assert!(!permitted("GPL-3.0 OR AGPL-3.0"));
    assert!(permitted("(GPL-3.0 OR MIT) AND ISC"));
    assert!(!permitted("(GPL-3.0 OR AGPL-3.0) AND ISC"));
    assert!(permitted("MIT OR ISC AND GPL-3.0"));
    assert!(permitted("Apache-2.0 WITH LLVM-exception OR GPL-3.0"));
    assert!(!permitted("Apache-2.0 WITH Some-exception"));
}

#[test]
fn every_dependency_is_permissive() {
    let metadata = metadata();
    for package in &metadata.packages {
        let licence =
            package.license.as_deref().unwrap_or_else(|| panic!("{} states no licence", package.name));
        if TOOLS.contains(&(package.name.as_str(), licence)) {
            continue;
        }
        assert!(permitted(licence), "{} is under {licence}, which is not on the list", package.name);
    }
    for package in metadata.workspace_packages() {
        assert_eq!(package.license.as_deref(), Some("MIT OR Apache-2.0"), "{}", package.name);
    }
}

#[test]
fn nothing_that_is_shipped_is_made_of_a_tool_of_the_tests() {
    let metadata = metadata();
    let shipped = graph(&metadata, &[DependencyKind::Normal, DependencyKind::Build]);
    for package in metadata.workspace_packages() {
        let reached = below(&shipped, &package.name);
        for (tool, _) in TOOLS {
            assert!(!reached.contains(*tool), "{} is made of {tool}", package.name);
        }
    }
}

#[test]
fn the_list_for_cargo_deny_is_the_same() {
    let deny = crate::sources::text("deny.toml".as_ref()).unwrap();
    let listed: Vec<&str> = deny
        .lines()
        .skip_while(|line| !line.starts_with("allow = ["))
        .skip(1)
        .take_while(|line| !line.starts_with(']'))
        .map(|line| line.trim().trim_matches(|sign| sign == '"' || sign == ','))
        .collect();
    assert_eq!(listed, ALLOWED);
}

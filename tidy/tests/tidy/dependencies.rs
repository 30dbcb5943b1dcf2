//! Which package may depend on which.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use crate::sources::{parsed, root};

/// The arrows of the design, from the top down. A package may use less, never more.
const ARROWS: &[(&str, &[&str])] = &[
    ("tcsms-api", &[]),
    ("tcsms-auth", &[]),
    ("tcsms-store", &[]),
    // A fault of the client must not hide in code that the service shares with it, beyond signing and the model,
    // whose expected values come from outside.
    ("tcsms-service", &["tcsms-api", "tcsms-auth", "tcsms-store"]),
    ("tcsms", &["tcsms-api", "tcsms-auth"]),
    ("tcsms-testing", &["tcsms"]),
    ("tcsms-bridge", &["tcsms"]),
    ("tcsms-capi", &["tcsms-bridge"]),
    // The official SDKs offer signing as functions of their own; everything else goes through the bridge.
    ("tcsms-java", &["tcsms-auth", "tcsms-bridge"]),
    ("tcsms-nodejs", &["tcsms-auth", "tcsms-bridge"]),
    ("tcsms-python", &["tcsms-auth", "tcsms-bridge"]),
    ("tcsms-cli", &["tcsms", "tcsms-auth", "tcsms-service", "tcsms-store"]),
    ("tcsms-codegen", &[]),
    ("tcsms-conformance-server", &["tcsms-auth"]),
    ("tcsms-benches", &["tcsms", "tcsms-api", "tcsms-auth", "tcsms-store"]),
    (
        "tcsms-fuzz",
        &[
            "tcsms",
            "tcsms-api",
            "tcsms-auth",
            "tcsms-bridge",
            "tcsms-conformance-server",
            "tcsms-service",
            "tcsms-store",
        ],
    ),
    ("tcsms-tidy", &["tcsms"]),
];

/// What does input, output, time or HTTP: nothing of it may be below the two pure packages.
const IMPURE: &[&str] = &[
    "async-std",
    "axum",
    "chrono",
    "getrandom",
    "http",
    "hyper",
    "hyper-util",
    "mio",
    "rand",
    "reqwest",
    "rustls",
    "rusqlite",
    "socket2",
    "time",
    "tokio",
    "tower",
    "tracing",
    "ureq",
];

/// What the source of a pure package may not name: a caller hands in time, nonce and bytes.
const IMPURE_PATHS: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "OnceLock",
];

pub(crate) fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).exec().unwrap()
}

/// Package name → names of the packages it depends on directly, by the wanted kinds of dependency.
pub(crate) fn graph(metadata: &Metadata, kinds: &[DependencyKind]) -> BTreeMap<String, BTreeSet<String>> {
    let name = |id| metadata[id].name.to_string();
    let nodes = &metadata.resolve.as_ref().unwrap().nodes;
    nodes
        .iter()
        .map(|node| {
            let uses = node
                .deps
                .iter()
                .filter(|dep| dep.dep_kinds.iter().any(|info| kinds.contains(&info.kind)))
                .map(|dep| name(&dep.pkg));
            (name(&node.id), uses.collect())
        })
        .collect()
}

/// Everything below a package.
pub(crate) fn below(graph: &BTreeMap<String, BTreeSet<String>>, package: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![package.to_owned()];
    while let Some(next) = open.pop() {
        open.extend(graph[&next].iter().filter(|name| seen.insert((*name).clone())).cloned());
    }
    seen
}

#[test]
fn packages_depend_on_each_other_as_the_design_says() {
    let metadata = metadata();
    let members: BTreeSet<String> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let known: BTreeSet<String> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(members, known, "a package joined or left: say in ARROWS what it may depend on");

    let all = graph(&metadata, &[DependencyKind::Normal, DependencyKind::Build]);
    for (package, allowed) in ARROWS {
        let used: Vec<&String> = all[*package].iter().filter(|name| members.contains(*name)).collect();
        for name in used {
            assert!(allowed.contains(&name.as_str()), "{package} must not depend on {name}");
        }
    }
}

#[test]
fn the_service_never_reaches_the_sdk_not_even_in_tests() {
    let all =
        graph(&metadata(), &[DependencyKind::Normal, DependencyKind::Development, DependencyKind::Build]);
    assert!(below(&all, "tcsms-cli").contains("tcsms-service"), "the graph is empty");
    for package in ["tcsms-service", "tcsms-store"] {
        assert!(!below(&all, package).contains("tcsms"), "{package} reaches the SDK");
    }
}

/// The features that open what the interface of the SDK hides. Features add up over a build, but one that is asked for
/// by nothing else is in no build of a program that people are given.
#[test]
fn only_those_they_are_for_open_the_hidden_doors_of_the_sdk() {
    opened_by("fuzzing", "fuzzing", "tcsms-fuzz");
    opened_by("bridge", "bridging", "tcsms-bridge");
}

fn opened_by(door: &str, name: &str, opener: &str) {
    let metadata = metadata();
    let sdk = metadata.workspace_packages().into_iter().find(|package| *package.name == "tcsms").unwrap();
    assert!(sdk.features.contains_key(door), "{:?}", sdk.features);
    assert!(sdk.features.values().flatten().all(|other| other != door), "{:?}", sdk.features);
    let asking: Vec<String> = metadata
        .workspace_packages()
        .into_iter()
        .filter(|package| {
            let asks = |dep: &cargo_metadata::Dependency| {
                dep.name == "tcsms" && dep.features.iter().any(|feature| feature == door)
            };
            package.dependencies.iter().any(asks)
        })
        .map(|package| package.name.to_string())
        .collect();
    assert_eq!(asking, [opener]);
    let (_, root) = parsed("crates/sdk").into_iter().find(|(path, _)| path.ends_with("lib.rs")).unwrap();
    let code = root.items.iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == name => Some(quote::ToTokens::to_token_stream(module)),
        _ => None,
    });
    let code = code.expect("the module is in lib.rs").to_string().replace(' ', "");
    assert_eq!(code, format!("#[cfg(feature=\"{door}\")]#[doc(hidden)]pubmod{name};"));
}

#[test]
fn signing_and_the_model_are_pure() {
    let all = graph(&metadata(), &[DependencyKind::Normal]);
    assert!(below(&all, "tcsms").contains("tokio"), "the graph is empty");
    for package in ["tcsms-auth", "tcsms-api"] {
        let reached = below(&all, package);
        let impure: Vec<_> = IMPURE.iter().filter(|name| reached.contains(**name)).collect();
        assert!(impure.is_empty(), "{package} is pure, but reaches {impure:?}");
    }
    for package in ["crates/auth", "crates/api"] {
        for (path, file) in parsed(package) {
            let code = code_without_tests(file);
            for name in IMPURE_PATHS {
                assert!(!code.contains(name), "{} is pure, but names {name}", path.display());
            }
        }
    }
}

/// The code of a file, one blank-free line, without test modules and without doc comments.
fn code_without_tests(mut file: syn::File) -> String {
    file.items.retain(
        |item| !matches!(item, syn::Item::Mod(module) if crate::sources::only_for_tests(&module.attrs)),
    );
    struct NoDocs;
    impl syn::visit_mut::VisitMut for NoDocs {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
            attributes.retain(|attribute| !attribute.path().is_ident("doc"));
        }
    }
    syn::visit_mut::visit_file_mut(&mut NoDocs, &mut file);
    quote::ToTokens::to_token_stream(&file).to_string().replace(' ', "")
}

//! What public interfaces and library code may name: no other library's types, no printing, no secret that shows.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::visit::Visit;

use crate::sources::{only_for_tests, parsed};

/// Libraries that the SDK may change for others in any release, so their types are not part of its interface.
const HIDDEN: &[&str] = &[
    "bytes",
    "http",
    "http_body",
    "http_body_util",
    "hyper",
    "hyper_util",
    "metrics",
    "rustls",
    "rustls_pki_types",
    "serde_json",
    "tokio",
    "tokio_rustls",
    "tracing",
];

/// Library packages: they hand answers and errors to their caller and leave the process alone.
const SILENT: &[&str] = &[
    "crates/api",
    "crates/auth",
    "crates/bridge",
    "crates/capi",
    "crates/sdk",
    "crates/service",
    "crates/store",
    "crates/testing",
];

/// Names of fields that hold a secret.
const SECRET_FIELDS: &[&str] = &["secret_key", "secret", "signing_key", "token_secret", "control_token"];

/// Names of types that hold a secret.
const SECRET_TYPES: &[&str] = &["Zeroizing", "SigningKey", "SecretKey", "Secret"];

/// The names that a file's `use` lines bring in from hidden libraries.
struct Imports(BTreeMap<String, String>);

impl Imports {
    fn of(file: &syn::File) -> Imports {
        let mut names = BTreeMap::new();
        for item in &file.items {
            if let syn::Item::Use(item) = item {
                collect(&item.tree, None, &mut names);
            }
        }
        Imports(names)
    }

    /// The hidden libraries that some tokens name, directly or by an imported name.
    fn hidden_in(&self, tokens: impl ToTokens) -> Vec<String> {
        struct Paths<'a> {
            imports: &'a BTreeMap<String, String>,
            found: Vec<String>,
        }
        impl Visit<'_> for Paths<'_> {
            fn visit_path(&mut self, path: &syn::Path) {
                let first = path.segments[0].ident.to_string();
                let library = self.imports.get(&first).unwrap_or(&first);
                if HIDDEN.contains(&library.as_str())
                    && (path.segments.len() > 1 || self.imports.contains_key(&first))
                {
                    self.found.push(path.to_token_stream().to_string());
                }
                syn::visit::visit_path(self, path);
            }
        }
        let mut paths = Paths { imports: &self.0, found: Vec::new() };
        let tokens = tokens.to_token_stream();
        if let Ok(signature) = syn::parse2::<syn::Signature>(tokens.clone()) {
            paths.visit_signature(&signature);
        } else if let Ok(kind) = syn::parse2::<syn::Type>(tokens.clone()) {
            paths.visit_type(&kind);
        } else if let Ok(path) = syn::parse2::<syn::Path>(tokens.clone()) {
            paths.visit_path(&path);
        } else {
            panic!("neither a signature nor a type: {tokens}");
        }
        paths.found
    }
}

/// Notes each name that a `use` tree brings in, with the library it comes from.
fn collect(tree: &syn::UseTree, library: Option<&str>, names: &mut BTreeMap<String, String>) {
    match tree {
        syn::UseTree::Path(path) => {
            let first = path.ident.to_string();
            collect(&path.tree, Some(library.unwrap_or(&first)), names);
        }
        syn::UseTree::Name(name) => {
            let name = name.ident.to_string();
            names.insert(name.clone(), library.unwrap_or(&name).to_owned());
        }
        syn::UseTree::Rename(rename) => {
            let from = rename.ident.to_string();
            names.insert(rename.rename.to_string(), library.unwrap_or(&from).to_owned());
        }
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                collect(tree, library, names);
            }
        }
        syn::UseTree::Glob(_) => {}
    }
}

fn public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

/// Every public signature, field, alias and implementation of a file that names a hidden library. Unreachable public
/// items are a compiler warning here, so what says `pub` is public.
fn leaks(file: &syn::File, public_types: &BTreeSet<String>) -> Vec<String> {
    let imports = Imports::of(file);
    let mut found = Vec::new();
    let mut check = |what: String, tokens: &dyn ToTokens| {
        for path in imports.hidden_in(tokens) {
            found.push(format!("{what} names {path}"));
        }
    };
    for item in &file.items {
        match item {
            syn::Item::Fn(item) if public(&item.vis) => check(item.sig.ident.to_string(), &item.sig),
            syn::Item::Struct(item) if public(&item.vis) => {
                for field in item.fields.iter().filter(|field| public(&field.vis)) {
                    check(item.ident.to_string(), &field.ty);
                }
            }
            syn::Item::Enum(item) if public(&item.vis) => {
                for field in item.variants.iter().flat_map(|variant| &variant.fields) {
                    check(item.ident.to_string(), &field.ty);
                }
            }
            syn::Item::Type(item) if public(&item.vis) => check(item.ident.to_string(), &item.ty),
            syn::Item::Trait(item) if public(&item.vis) => {
                for member in &item.items {
                    if let syn::TraitItem::Fn(function) = member {
                        check(format!("{}::{}", item.ident, function.sig.ident), &function.sig);
                    }
                }
            }
            syn::Item::Use(item) if public(&item.vis) => {
                let mut names = BTreeMap::new();
                collect(&item.tree, None, &mut names);
                for (name, library) in names.iter().filter(|(_, library)| HIDDEN.contains(&library.as_str()))
                {
                    found_use(&mut check, name, library);
                }
            }
            syn::Item::Impl(item) => {
                let target = item.self_ty.to_token_stream().to_string();
                let name = target.split(['<', ' ']).next().unwrap_or_default().to_owned();
                if let Some((path, _)) = &item.trait_ {
                    if public_types.contains(&name) {
                        check(format!("an implementation for {name}"), path);
                    }
                    continue;
                }
                for member in &item.items {
                    match member {
                        syn::ImplItem::Fn(function) if public(&function.vis) => {
                            check(format!("{name}::{}", function.sig.ident), &function.sig);
                        }
                        syn::ImplItem::Const(constant) if public(&constant.vis) => {
                            check(format!("{name}::{}", constant.ident), &constant.ty);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// A public re-export is a leak whatever it names: it is reported through the same check, as the path it brings in.
fn found_use(check: &mut dyn FnMut(String, &dyn ToTokens), name: &str, library: &str) {
    let path: syn::Path = syn::parse_str(&format!("{library}::{name}")).unwrap();
    check("a public use".to_owned(), &path);
}

fn public_types(files: &[(std::path::PathBuf, syn::File)]) -> BTreeSet<String> {
    let items = files.iter().flat_map(|(_, file)| &file.items);
    items
        .filter_map(|item| match item {
            syn::Item::Struct(item) if public(&item.vis) => Some(item.ident.to_string()),
            syn::Item::Enum(item) if public(&item.vis) => Some(item.ident.to_string()),
            _ => None,
        })
        .collect()
}

#[test]
fn leaks_are_found_in_each_kind_of_item() {
    let leaky = syn::parse_file(
        "use hyper::{body::Bytes, Request as Wire};
         pub fn a(x: Wire<()>) {}
         fn private(x: Wire<()>) {}
         pub struct B { pub x: http::Uri, y: http::Uri }
         pub enum C { X(Box<serde_json::Value>) }
         pub type D = Vec<Bytes>;
         pub trait E { fn e(&self) -> tokio::task::JoinHandle<()>; }
         pub use rustls::ClientConfig;
         impl B { pub fn f(&self) -> Result<(), hyper::Error> { Ok(()) } fn g(&self, x: Wire<()>) {} }
         impl From<hyper::Error> for B { fn from(_: hyper::Error) -> B { B } }
         pub struct Fine(pub std::time::Duration);",
    )
    .unwrap();
    let files = [(std::path::PathBuf::new(), leaky)];
    let found = leaks(&files[0].1, &public_types(&files));
    let owners: Vec<&str> = found.iter().map(|leak| leak.split(" names").next().unwrap()).collect();
    assert_eq!(owners, ["a", "B", "C", "D", "E::e", "a public use", "B::f", "an implementation for B"]);
}

#[test]
fn no_type_of_another_library_is_in_the_interface_of_the_sdk_or_the_model() {
    for package in ["crates/sdk", "crates/api"] {
        let files = parsed(package);
        let types = public_types(&files);
        assert!(types.len() > 5, "{package}: no public types found: {types:?}");
        for (path, file) in &files {
            let found = leaks(file, &types);
            assert!(found.is_empty(), "{}: {found:#?}", path.display());
        }
    }
}

/// Finds what prints or ends the process, and types with secrets that derive what would show them.
#[derive(Default)]
struct Manners {
    loud: Vec<String>,
    secrets: usize,
    shown: Vec<String>,
}

impl Manners {
    fn check_type(&mut self, name: &syn::Ident, attributes: &[syn::Attribute], fields: Vec<&syn::Field>) {
        let holds = fields.iter().any(|field| {
            let named =
                field.ident.as_ref().is_some_and(|ident| SECRET_FIELDS.contains(&ident.to_string().as_str()));
            let kind = field.ty.to_token_stream().to_string();
            named || kind.split(|sign: char| !sign.is_alphanumeric()).any(|word| SECRET_TYPES.contains(&word))
        });
        if !holds {
            return;
        }
        self.secrets += 1;
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let derived = attribute.meta.to_token_stream().to_string();
            if derived
                .split(|sign: char| !sign.is_alphanumeric())
                .any(|word| word == "Debug" || word == "Serialize")
            {
                self.shown.push(name.to_string());
            }
        }
    }
}

impl Visit<'_> for Manners {
    fn visit_item_mod(&mut self, item: &syn::ItemMod) {
        if !only_for_tests(&item.attrs) {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &syn::ItemFn) {
        if !only_for_tests(&item.attrs) {
            syn::visit::visit_item_fn(self, item);
        }
    }

    fn visit_macro(&mut self, item: &syn::Macro) {
        let name = item.path.segments.last().unwrap().ident.to_string();
        if ["print", "println", "eprint", "eprintln", "dbg"].contains(&name.as_str()) {
            self.loud.push(format!("{name}!"));
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names.ends_with(&["process".into(), "exit".into()])
            || names.ends_with(&["process".into(), "abort".into()])
        {
            self.loud.push(names.join("::"));
        }
        if names.last().is_some_and(|name| name == "stdout" || name == "stderr") {
            self.loud.push(names.join("::"));
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_item_struct(&mut self, item: &syn::ItemStruct) {
        self.check_type(&item.ident, &item.attrs, item.fields.iter().collect());
    }

    fn visit_item_enum(&mut self, item: &syn::ItemEnum) {
        let fields = item.variants.iter().flat_map(|variant| &variant.fields);
        self.check_type(&item.ident, &item.attrs, fields.collect());
    }
}

#[test]
fn libraries_neither_print_nor_exit() {
    let mut loud = Manners::default();
    loud.visit_file(
        &syn::parse_file("fn f() { println!(); std::process::exit(1); io::stderr(); } #[cfg(test)] mod t { fn g() { dbg!(1); } }")
            .unwrap(),
    );
    assert_eq!(loud.loud, ["println!", "std::process::exit", "io::stderr"], "the check itself is blind");

    for package in SILENT {
        for (path, file) in parsed(package) {
            let mut manners = Manners::default();
            manners.visit_file(&file);
            assert!(manners.loud.is_empty(), "{} uses {:?}", path.display(), manners.loud);
        }
    }
}

#[test]
fn types_with_secrets_derive_neither_debug_nor_serialize() {
    let mut secrets = 0;
    for package in SILENT.iter().chain(&["crates/cli"]) {
        for (path, file) in parsed(package) {
            let mut manners = Manners::default();
            manners.visit_file(&file);
            secrets += manners.secrets;
            assert!(manners.shown.is_empty(), "{}: {:?} would show a secret", path.display(), manners.shown);
        }
    }
    assert!(
        secrets >= 3,
        "the signing key, the SDK's credential and the service's keys hold secrets, found {secrets}"
    );
}

//! Finding and reading the files of the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every file that git would take, as paths from the root: tracked ones and new ones that are not ignored.
pub(crate) fn files() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut files: Vec<PathBuf> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(PathBuf::from)
        .filter(|path| root().join(path).is_file())
        .collect();
    files.sort();
    files.dedup();
    files
}

/// The text of a file, or nothing when it is not UTF-8.
pub(crate) fn text(path: &Path) -> Option<String> {
    String::from_utf8(std::fs::read(root().join(path)).unwrap()).ok()
}

/// The Rust files in the `src` folder of a package folder, parsed.
pub(crate) fn parsed(package: &str) -> Vec<(PathBuf, syn::File)> {
    let src = Path::new(package).join("src");
    let found: Vec<_> = files()
        .into_iter()
        .filter(|path| path.starts_with(&src) && path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let file = syn::parse_file(&text(&path).unwrap())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, file)
        })
        .collect();
    assert!(!found.is_empty(), "{} has no Rust files: was the package renamed?", src.display());
    found
}

/// Whether an item is compiled for tests only.
pub(crate) fn only_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

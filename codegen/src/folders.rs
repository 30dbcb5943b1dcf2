//! The generated folders on disk against what they should hold.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::{FOLDERS, Files};

/// One file that is not as generated.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    /// The content differs.
    Stale(PathBuf),
    /// The file is not there.
    Missing(PathBuf),
    /// The file should not be there.
    Surplus(PathBuf),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, path) = match self {
            Self::Stale(path) => ("stale", path),
            Self::Missing(path) => ("missing", path),
            Self::Surplus(path) => ("surplus", path),
        };
        write!(f, "{word} {}", path.display())
    }
}

/// What has to change below `root` so that the generated folders hold exactly `files`.
///
/// # Errors
/// A folder or file that cannot be read.
pub fn compare(root: &Path, files: &Files) -> Result<Vec<Difference>, String> {
    let mut differences = Vec::new();
    for (path, text) in files {
        match fs::read(root.join(path)) {
            Ok(found) if found == text.as_bytes() => {}
            Ok(_) => differences.push(Difference::Stale(path.clone())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                differences.push(Difference::Missing(path.clone()));
            }
            Err(error) => return Err(failure("read", path, &error)),
        }
    }
    for folder in FOLDERS {
        let mut found = Vec::new();
        list(root, Path::new(folder), &mut found)?;
        found.sort();
        let surplus = found.into_iter().filter(|path| !files.contains_key(path));
        differences.extend(surplus.map(Difference::Surplus));
    }
    Ok(differences)
}

/// Puts right what [`compare`] found; files that are as they should be are not touched.
///
/// # Errors
/// A file that cannot be written or removed.
pub fn write(root: &Path, files: &Files, differences: &[Difference]) -> Result<(), String> {
    for difference in differences {
        match difference {
            Difference::Stale(path) | Difference::Missing(path) => {
                let target = root.join(path);
                if let Some(folder) = target.parent() {
                    fs::create_dir_all(folder)
                        .map_err(|error| failure("create the folder of", path, &error))?;
                }
                fs::write(target, &files[path]).map_err(|error| failure("write", path, &error))?;
            }
            Difference::Surplus(path) => {
                fs::remove_file(root.join(path)).map_err(|error| failure("remove", path, &error))?;
            }
        }
    }
    Ok(())
}

fn list(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = match fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failure("list", folder, &error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| failure("list", folder, &error))?;
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            list(root, &path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

fn failure(verb: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {verb} {}: {error}", path.display())
}

//! The environment variables of the process, or pairs in their place.

use std::path::PathBuf;

/// A source of environment variables. Read when a client is built, never during a call.
pub(crate) struct Environment(Source);

enum Source {
    Process,
    #[cfg(any(test, feature = "fuzzing"))]
    Pairs(Vec<(String, String)>),
}

impl Environment {
    pub(crate) fn of_process() -> Self {
        Self(Source::Process)
    }

    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn of_pairs(pairs: &[(&str, &str)]) -> Self {
        Self(Source::Pairs(
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ))
    }

    /// The variable's value; one that is not Unicode counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        match &self.0 {
            Source::Process => std::env::var(name).ok(),
            #[cfg(any(test, feature = "fuzzing"))]
            Source::Pairs(pairs) => pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()),
        }
    }

    /// The folder of the user's own files.
    pub(crate) fn home(&self) -> Option<PathBuf> {
        ["HOME", "USERPROFILE"]
            .iter()
            .find_map(|name| self.get(name))
            .filter(|home| !home.is_empty())
            .map(Into::into)
    }
}

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

pub use crate::generated::error_code::ErrorCode;
use crate::generated::error_code::KNOWN;

impl ErrorCode {
    /// Every code this version of the crate knows, sorted by its text.
    #[must_use]
    pub fn known() -> &'static [Self] {
        KNOWN
    }

    /// Whether the service refused the call for its rate, before doing anything: `RequestLimitExceeded` and every
    /// code below it, unknown ones included. Such a call may be repeated after a pause, whatever the action.
    #[must_use]
    pub fn is_rate_limit(&self) -> bool {
        self.as_str()
            .strip_prefix("RequestLimitExceeded")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    fn find(text: &str) -> Option<Self> {
        let place = KNOWN.binary_search_by(|code| code.as_str().cmp(text)).ok()?;
        Some(KNOWN[place].clone())
    }
}

impl From<&str> for ErrorCode {
    fn from(text: &str) -> Self {
        Self::find(text).unwrap_or_else(|| Self::Other(text.into()))
    }
}

impl From<String> for ErrorCode {
    fn from(text: String) -> Self {
        Self::find(&text).unwrap_or_else(|| Self::Other(text.into()))
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

// Compared as text: a code that was unknown to one version of the crate stays equal to its variant in the next.

impl PartialEq for ErrorCode {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ErrorCode {}

impl PartialEq<str> for ErrorCode {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for ErrorCode {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialOrd for ErrorCode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ErrorCode {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for ErrorCode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

use std::fmt;

use serde::ser::SerializeMap;
use serde_json::value::RawValue;

/// The members of an answer that this version of the crate does not know, as the JSON text they arrived in.
///
/// The service may add members at any time. They are kept here in the order of arrival and written again when the
/// answer is serialised. They can only be filled from JSON text, by `serde_json`.
#[derive(Clone, Default)]
pub struct Extra(Vec<(Box<str>, Box<RawValue>)>);

impl Extra {
    /// The JSON text of the unknown member `name`, such as `"text"`, `12` or `null`. When the answer had the name
    /// more than once, the last one counts.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rfind(|(known, _)| **known == *name).map(|(_, value)| value.get())
    }

    /// Every unknown member with its JSON text, in the order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, value.get()))
    }

    /// Whether everything that arrived was known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, name: Box<str>, value: Box<RawValue>) {
        self.0.push((name, value));
    }

    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

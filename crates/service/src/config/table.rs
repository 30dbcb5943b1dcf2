//! Reading one table of a TOML file key by key, so that every mistake is reported with its place.
//!
//! Each key is asked for by name; [`Table::finish`] then refuses the keys that nobody asked for and suggests the
//! one that was probably meant.

use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::duration;

/// A mistake in the configuration file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong with which value, and what is allowed.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl std::error::Error for ConfigError {}

/// The file that is read.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) file: &'a str,
}

impl Source<'_> {
    /// An error at this byte of the text.
    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> ConfigError {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        ConfigError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            message: message.into(),
        }
    }
}

/// A value and the byte at which it stands.
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) at: usize,
}

/// One table and the keys that were asked for so far.
pub(super) struct Table<'a, 'i> {
    source: &'a Source<'a>,
    /// The table's name as written in the file, such as `account.key`; empty for the file itself.
    name: String,
    /// Where it begins.
    pub(super) at: usize,
    entries: &'a DeTable<'i>,
    known: Vec<&'static str>,
}

impl<'a, 'i> Table<'a, 'i> {
    pub(super) fn root(source: &'a Source<'a>, entries: &'a DeTable<'i>) -> Self {
        Self { source, name: String::new(), at: 0, entries, known: Vec::new() }
    }

    /// An error at this byte.
    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> ConfigError {
        self.source.error(at, message)
    }

    pub(super) fn string(&mut self, key: &'static str) -> Result<Option<Located<String>>, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::String(text) => Ok(Some(Located { value: text.to_string(), at: value.span().start })),
            _ => Err(self.wrong(key, value, "a text in quotes")),
        }
    }

    pub(super) fn required_string(&mut self, key: &'static str) -> Result<Located<String>, ConfigError> {
        match self.string(key)? {
            Some(text) if text.value.is_empty() => {
                Err(self.error(text.at, format!("`{key}` must not be empty")))
            }
            Some(text) => Ok(text),
            None => Err(self.missing(key)),
        }
    }

    pub(super) fn strings(&mut self, key: &'static str) -> Result<Vec<Located<String>>, ConfigError> {
        const EXPECTED: &str = "a list of texts, such as [\"a\", \"b\"]";
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let list = value.get_ref().as_array().ok_or_else(|| self.wrong(key, value, EXPECTED))?;
        list.iter()
            .map(|element| match element.get_ref().as_str() {
                Some(text) => Ok(Located { value: text.to_owned(), at: element.span().start }),
                None => Err(self.wrong(key, element, EXPECTED)),
            })
            .collect()
    }

    pub(super) fn boolean(&mut self, key: &'static str, default: bool) -> Result<bool, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(default) };
        value.get_ref().as_bool().ok_or_else(|| self.wrong(key, value, "true or false"))
    }

    pub(super) fn integer(
        &mut self,
        key: &'static str,
        allowed: RangeInclusive<u64>,
    ) -> Result<Option<Located<u64>>, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number.filter(|number| allowed.contains(number)) {
            Some(number) => Ok(Some(Located { value: number, at: value.span().start })),
            None => {
                let expected = format!("a whole number of {} to {}", allowed.start(), allowed.end());
                Err(self.wrong(key, value, &expected))
            }
        }
    }

    pub(super) fn required_integer(
        &mut self,
        key: &'static str,
        allowed: RangeInclusive<u64>,
    ) -> Result<Located<u64>, ConfigError> {
        self.integer(key, allowed)?.ok_or_else(|| self.missing(key))
    }

    /// A number of 0 to 4294967295.
    pub(super) fn count(&mut self, key: &'static str, default: u32) -> Result<u32, ConfigError> {
        let number = self.integer(key, 0..=u64::from(u32::MAX))?;
        Ok(number.and_then(|number| u32::try_from(number.value).ok()).unwrap_or(default))
    }

    pub(super) fn duration(&mut self, key: &'static str, default: Duration) -> Result<Duration, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(default) };
        let duration = value.get_ref().as_str().and_then(duration::parse);
        duration.ok_or_else(|| self.wrong(key, value, duration::FORM))
    }

    /// True, false, or nothing said.
    pub(super) fn optional_boolean(&mut self, key: &'static str) -> Result<Option<bool>, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.get_ref().as_bool().map(Some).ok_or_else(|| self.wrong(key, value, "true or false"))
    }

    /// A list of durations.
    pub(super) fn durations(
        &mut self,
        key: &'static str,
        default: Vec<Duration>,
    ) -> Result<Vec<Duration>, ConfigError> {
        const EXPECTED: &str = "a list of durations, such as [\"5s\", \"30s\"]";
        let Some(value) = self.get(key) else { return Ok(default) };
        let list = value.get_ref().as_array().ok_or_else(|| self.wrong(key, value, EXPECTED))?;
        list.iter()
            .map(|element| {
                let duration = element.get_ref().as_str().and_then(duration::parse);
                duration.ok_or_else(|| self.wrong(key, element, EXPECTED))
            })
            .collect()
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
        default: T,
    ) -> Result<T, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(default) };
        let chosen = value
            .get_ref()
            .as_str()
            .and_then(|word| choices.iter().find(|(name, _)| *name == word))
            .map(|(_, chosen)| *chosen);
        chosen.ok_or_else(|| {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            self.wrong(key, value, &format!("one of {}", names.join(", ")))
        })
    }

    pub(super) fn table(&mut self, key: &'static str) -> Result<Option<Self>, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Table(entries) => Ok(Some(self.inner(key, value.span(), entries))),
            _ => Err(self.wrong(key, value, &format!("a table; write it as [{}]", self.path(key)))),
        }
    }

    pub(super) fn tables(&mut self, key: &'static str) -> Result<Vec<Self>, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let expected = || format!("a list of tables; write each as [[{}]]", self.path(key));
        let list = value.get_ref().as_array().ok_or_else(|| self.wrong(key, value, &expected()))?;
        list.iter()
            .map(|element| match element.get_ref() {
                DeValue::Table(entries) => Ok(self.inner(key, element.span(), entries)),
                _ => Err(self.wrong(key, element, &expected())),
            })
            .collect()
    }

    /// Refuses keys that were not asked for.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        let unknown = self.entries.keys().find(|key| !self.known.contains(&key.get_ref().as_ref()));
        let Some(unknown) = unknown else { return Ok(()) };
        let place =
            if self.name.is_empty() { "at the top".to_owned() } else { format!("in [{}]", self.name) };
        let name = unknown.get_ref();
        let advice = match self.known.iter().min_by_key(|known| distance(known, name)) {
            Some(near) if distance(near, name) <= 2 => format!("did you mean `{near}`?"),
            _ => format!("known keys here: {}", self.known.join(", ")),
        };
        Err(self.source.error(unknown.span().start, format!("unknown key `{name}` {place}; {advice}")))
    }

    pub(super) fn missing(&self, key: &str) -> ConfigError {
        self.source.error(self.at, format!("[{}] has no `{key}`; add it", self.name))
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.known.push(key);
        self.entries.get(key)
    }

    fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    fn inner(&self, key: &str, span: Range<usize>, entries: &'a DeTable<'i>) -> Self {
        Self { source: self.source, name: self.path(key), at: span.start, entries, known: Vec::new() }
    }

    /// `key` has a value of the wrong kind. The value is quoted from the file, unless the key is a secret's.
    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) -> ConfigError {
        let span = value.span();
        let given = self.source.text.get(span.clone()).unwrap_or_default();
        let shown = if matches!(key, "secret_key" | "token") {
            String::new()
        } else {
            let line: String = given.lines().next().unwrap_or_default().chars().take(60).collect();
            format!(" = {line}")
        };
        self.source.error(span.start, format!("`{key}`{shown} is not allowed; it must be {expected}"))
    }
}

/// How many single-character changes lead from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, left) in from.bytes().enumerate() {
        let mut diagonal = at;
        let mut last = at + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(to.bytes()) {
            let replaced = diagonal + usize::from(left != right);
            diagonal = *cell;
            *cell = replaced.min(last + 1).min(diagonal + 1);
            last = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or(from.len())
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances() {
        for (from, to, expected) in [
            ("delay", "delay", 0),
            ("delay", "dealy", 2),
            ("delay", "delai", 1),
            ("delay", "", 5),
            ("", "delay", 5),
            ("mode", "modes", 1),
        ] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
    }
}

//! Placeholders: what a case writes in braces because it is known only when it is played.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// What the placeholders of one case stand for: `{NAME}` and `{NAME.port}` for a server, `{folder}` for the case's own
/// folder, `{ca}`, `{ca.text}` and the like for files and what is in them, `{now}` and `{now+SECONDS}` for Unix time,
/// `{TEXT*COUNT}` for a text repeated.
///
/// Anything else in braces is left as it is, JSON texts and template variables such as `{1}` among them.
#[derive(Clone, Debug, Default)]
pub struct Places {
    names: BTreeMap<String, String>,
    /// Texts that are to be repeated are put once.
    brief: bool,
}

/// Far more than any case needs, so that a slip does not fill the memory.
pub(crate) const LONGEST: usize = 64 << 20;

/// What stands for the case's folder, its files and their texts, see [`furnish`](crate::run::furnish).
pub(crate) const FURNITURE: &[&str] = &[
    "folder",
    "ca",
    "ca.text",
    "client",
    "client.text",
    "client_key",
    "client_key.text",
    "other_client",
    "other_client.text",
    "other_client_key",
    "other_client_key.text",
];

impl Places {
    /// Places for a look at a case before it is played: texts that are to be repeated are put once, so that a file
    /// cannot fill the memory of who only reads it.
    pub(crate) fn brief() -> Self {
        Self { brief: true, ..Self::default() }
    }

    /// Says what a name stands for.
    pub fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.names.insert(name.into(), value.into());
    }

    /// The text with its placeholders replaced.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            filled.push_str(&rest[..start]);
            let inner = &rest[start + 1..];
            match inner.find('}').and_then(|end| Some((end, self.meaning(&inner[..end])?))) {
                Some((end, meaning)) => {
                    filled.push_str(&meaning);
                    rest = &inner[end + 1..];
                }
                None => {
                    filled.push('{');
                    rest = inner;
                }
            }
        }
        filled.push_str(rest);
        filled
    }

    /// Replaces the placeholders in all texts of a value; names of members are left alone.
    pub fn fill_all(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.fill(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.fill_all(value)),
            Value::Object(members) => members.values_mut().for_each(|value| self.fill_all(value)),
            _ => {}
        }
    }

    /// The first text in braces that looks like a placeholder and is none.
    pub fn unknown(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => text.split('{').skip(1).find_map(|part| {
                let (inner, _) = part.split_once('}')?;
                let looks = inner.starts_with(|sign: char| sign.is_ascii_lowercase())
                    && inner.chars().all(|sign| {
                        sign.is_ascii_lowercase() || sign.is_ascii_digit() || "_.+*".contains(sign)
                    });
                (looks && self.meaning(inner).is_none()).then(|| inner.to_owned())
            }),
            Value::Array(values) => values.iter().find_map(|value| self.unknown(value)),
            Value::Object(members) => members.values().find_map(|value| self.unknown(value)),
            _ => None,
        }
    }

    fn meaning(&self, inner: &str) -> Option<String> {
        if let Some(value) = self.names.get(inner) {
            return Some(value.clone());
        }
        if let Some(rest) = inner.strip_prefix("now") {
            let more = if rest.is_empty() { 0 } else { rest.strip_prefix('+')?.parse::<u64>().ok()? };
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
            return Some(now.saturating_add(more).to_string());
        }
        let (text, count) = repetition(inner)?;
        Some(text.repeat(if self.brief { 1 } else { count }))
    }

    /// How many bytes all texts together have that are repeated in a value.
    pub(crate) fn repeated(value: &Value) -> usize {
        let sum = |all: usize, value: &Value| all.saturating_add(Self::repeated(value));
        match value {
            // Everything that `fill` could take for one, and some more.
            Value::String(text) => text.split('{').skip(1).fold(0, |all, part| {
                let repetition = part.split_once('}').and_then(|(inner, _)| repetition(inner));
                all.saturating_add(repetition.map_or(0, |(text, count)| text.len() * count))
            }),
            Value::Array(values) => values.iter().fold(0, sum),
            Value::Object(members) => members.values().fold(0, sum),
            _ => 0,
        }
    }
}

/// The text that is to be repeated, and how often.
fn repetition(inner: &str) -> Option<(&str, usize)> {
    let (text, count) = inner.rsplit_once('*')?;
    let count = count.parse::<usize>().ok()?;
    let fits = count.checked_mul(text.len()).is_some_and(|length| length <= LONGEST);
    let is_plain = !text.is_empty() && text.chars().all(char::is_alphanumeric);
    (fits && is_plain).then_some((text, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn places() -> Places {
        let mut places = Places::default();
        places.put("server", "127.0.0.1:9");
        places.put("server.port", "9");
        places
    }

    #[test]
    fn only_what_is_known_is_replaced() {
        for (text, filled) in [
            ("http://{server}/{server.port}", "http://127.0.0.1:9/9"),
            ("{ab*3}-{}-{", "ababab-{}-{"),
            (r#"{"a":{"b":"{1}"}}"#, r#"{"a":{"b":"{1}"}}"#),
            ("{x*99999999999999999999}", "{x*99999999999999999999}"),
            ("{x*99999999999}", "{x*99999999999}"),
        ] {
            assert_eq!(places().fill(text), filled);
        }
        let now: u64 = places().fill("{now}").parse().unwrap();
        let later: u64 = places().fill("{now+60}").parse().unwrap();
        assert!((60..=61).contains(&(later - now)));
    }

    #[test]
    fn a_mistyped_name_is_found() {
        assert_eq!(places().unknown(&json!({"a": ["{sever}"]})).as_deref(), Some("sever"));
        assert_eq!(places().unknown(&json!(["{server} {1} {\"a\":1} {x*3} {now+5}"])), None);
    }
}

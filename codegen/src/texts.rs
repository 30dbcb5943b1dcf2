//! Texts in both languages: how the Chinese ones of `api/overlay/zh` come to the English ones.

use serde::Deserialize;
use toml::{Table, Value};

/// A text in both languages. An overlay has the English one; the Chinese one is added from the file beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Text {
    /// In English.
    pub english: String,
    /// In Chinese.
    pub chinese: String,
}

impl From<String> for Text {
    fn from(english: String) -> Self {
        Self { english: english.trim().to_owned(), chinese: String::new() }
    }
}

impl Text {
    /// The two languages as paragraphs of one text, English first.
    pub(crate) fn both(&self) -> String {
        format!("{}\n\n{}", self.english, self.chinese)
    }
}

/// Something read from a file of the overlay that has a translation beside it.
pub(crate) trait Translated {
    /// Every text, by its place in the file, such as `actions.SendSms.doc`.
    fn texts(&mut self) -> Vec<(String, &mut Text)>;
}

/// Gives `texts` the Chinese texts of the file `zh/NAME.toml`, and reports where one language has a text and the other not.
pub(crate) fn translate(
    name: &str,
    texts: &mut impl Translated,
    chinese: &Table,
    problems: &mut Vec<String>,
) {
    let mut report = |problem: String| problems.push(format!("overlay zh/{name}: {problem}"));
    let mut found = Vec::new();
    flatten("", chinese, &mut found);
    for (place, text) in texts.texts() {
        match found.iter().position(|(it, _)| *it == place) {
            Some(index) => match found.swap_remove(index).1.as_str().map(str::trim) {
                Some(chinese) if !chinese.is_empty() => text.chinese = chinese.to_owned(),
                _ => report(format!("`{place}` is no text")),
            },
            None => report(format!("no Chinese text for `{place}`")),
        }
    }
    found.sort_by(|left, right| left.0.cmp(&right.0));
    for (place, _) in found {
        report(format!("`{place}` has no English text"));
    }
}

/// All values of `table` by their places, which begin with `path`.
fn flatten<'a>(path: &str, table: &'a Table, found: &mut Vec<(String, &'a Value)>) {
    for (key, value) in table {
        let place = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match value {
            Value::Table(table) => flatten(&place, table, found),
            value => found.push((place, value)),
        }
    }
}

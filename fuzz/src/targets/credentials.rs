//! Credentials files: what is taken is clean, what is not is told without the key, and writing it down leads back.

use tcsms::fuzzing::{Profile, profile};

use crate::fields::Fields;

pub(crate) fn run(data: &[u8]) {
    let mut fields = Fields::of(data);
    let section = fields.text();
    let Ok(text) = std::str::from_utf8(fields.rest()) else {
        return;
    };
    match profile(text, &section) {
        Ok(found) => {
            check(&found, text);
            lead_back(&found);
        }
        Err(fault) => {
            assert!(fault.contains("line ") || fault.contains("section"), "no place in {fault:?}");
            for secret in secrets(text).filter(|secret| !section.contains(*secret)) {
                assert!(!fault.contains(secret), "{secret:?} is shown: {fault:?}");
            }
        }
    }
}

/// Nothing that editors, password managers or copying add has become part of a value.
fn check(found: &Profile, text: &str) {
    let values = [Some(&found.secret_id), Some(&found.secret_key), found.token.as_ref()];
    for value in values.into_iter().flatten() {
        let padding = |sign: char| sign.is_whitespace() || "\"'\u{feff}\u{200b}".contains(sign);
        assert!(!value.is_empty() && text.contains(value.as_str()), "{value:?} of {text:?}");
        assert!(!value.starts_with(padding) && !value.ends_with(padding), "{value:?} of {text:?}");
        assert!(!value.contains(|sign: char| sign.is_control() || sign == '\u{feff}'), "{value:?}");
    }
}

fn lead_back(found: &Profile) {
    for (quote, end) in [("", "\n"), ("\"", "\r\n"), ("'", " \n")] {
        let mut text = format!("\u{feff}; comment{end}[other]{end}secret_key = x{end}[again]{end}");
        let mut line = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                text.push_str(&format!("{name} = {quote}{value}{quote}{end}"));
            }
        };
        line("secret_id", Some(&found.secret_id));
        line("SECRET_KEY", Some(&found.secret_key));
        line("token", found.token.as_deref());
        let again = profile(&text, "again").unwrap_or_else(|fault| panic!("{text:?}: {fault}"));
        assert_eq!(again.secret_id, found.secret_id);
        assert_eq!(again.secret_key, found.secret_key);
        assert_eq!(again.token, found.token);
    }
}

/// The values that are keys, long enough not to be a part of a message by chance; not those that a section's name
/// holds too, which may be shown.
fn secrets(text: &str) -> impl Iterator<Item = &str> {
    let named = |value: &str| text.lines().any(|line| line.contains('[') && line.contains(value));
    text.lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| ["secret_key", "token"].contains(&name.trim().to_ascii_lowercase().as_str()))
        .map(|(_, value)| value.trim_matches(|sign: char| sign.is_whitespace() || "\"'".contains(sign)))
        .filter(move |value| value.starts_with("SK") && value.len() > 4 && !named(value))
}

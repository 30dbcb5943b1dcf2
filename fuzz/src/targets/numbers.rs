//! Phone numbers: every accepted form has one canonical form, which is accepted as itself, and a second reader agrees on
//! the mainland's.

use tcsms_service::rules::numbers::{Number, UNKNOWN_COUNTRY, parse};

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(number) = parse(&text) else {
        assert_eq!(mainland(&text), None, "{text:?}");
        return;
    };
    let digits = number.e164.strip_prefix('+').unwrap_or_default();
    assert!(!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()), "{number:?}");
    assert_eq!(format!("+{}{}", number.country_code, number.subscriber()), number.e164);
    assert!(number.iso.len() == 2 || number.iso == UNKNOWN_COUNTRY, "{number:?}");
    assert_eq!(number.mainland.then(|| number.subscriber().to_owned()), mainland(&text), "{text:?}");
    assert_eq!(parse(&number.e164).as_ref(), Some(&number), "{text:?}");
    for lost in [format!(" {text}"), format!("{text} "), format!("{text}-"), format!("+{text}")] {
        assert_eq!(parse(&lost).filter(|_| !is_plain(&lost)), None::<Number>, "{lost:?}");
    }
}

/// Whether a text is of the forms' characters: one `+` at most, and digits.
fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The eleven digits of a mainland number, found from behind.
fn mainland(text: &str) -> Option<String> {
    let (before, subscriber) = text.split_at_checked(text.len().checked_sub(11)?)?;
    let fits = subscriber.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(subscriber.as_bytes(), [b'1', b'3'..=b'9', ..])
        && ["", "86", "0086", "+86", "+860"].contains(&before);
    fits.then(|| subscriber.to_owned())
}

//! What logs show of requests and answers: one line, of bounded length, in which no phone number survives.

use std::fmt::Write;

use tcsms::fuzzing::{shown_body, shown_header, shown_target};

use crate::fields::Fields;

const KINDS: [&str; 4] = ["application/json", "application/x-www-form-urlencoded", "text/html", ""];

/// What of names has its values shown, whole or at the ends.
const SHOWN: [&str; 5] = ["requestid", "serialno", "x-tc-traceid", "signaturemethod", "secretid"];

/// The most bytes that are looked at, of which one becomes six at most, and each value may have a note behind it.
const LONGEST: usize = 8 * (8 << 10);

pub(crate) fn run(data: &[u8]) {
    let mut fields = Fields::of(data);
    let kind = KINDS[(fields.number() % 4) as usize];
    let shape = fields.number() % 4;
    let digits = fields.number();
    let padding = (fields.number() % 9_000) as usize;
    let place = fields.number();
    // The number is of the digits 7, 8 and 9, and nothing else is, so that it is known when it is seen.
    let around: Vec<u8> = fields
        .rest()
        .iter()
        .map(|byte| if (b'7'..=b'9').contains(byte) { byte - 3 } else { *byte })
        .collect();
    if is_shown(&around) {
        return;
    }
    let number: String =
        (0..11 + digits % 5).map(|place| char::from(b'7' + ((digits >> (2 * place)) % 3) as u8)).collect();
    let place = (place % (around.len() as u64 + 1)) as usize;
    let planted = written(&number, shape);
    let mut bytes = vec![b'x'; padding];
    bytes.extend([&around[..place], planted.as_bytes(), &around[place..]].concat());

    let shown = shown_body(kind, &bytes);
    assert!(shown.len() <= LONGEST, "{} bytes", shown.len());
    check(&shown, &number);
    check(&shown_target(&format!("/?{}", String::from_utf8_lossy(&bytes))), &number);
    for name in ["x-own", "x-tc-timestamp", "location"] {
        check(&shown_header(name, &bytes), &number);
    }
}

fn check(shown: &str, number: &str) {
    assert!(!shown.contains(char::is_control), "no single line: {shown:?}");
    let shown = without_sizes(shown);
    // Two digits at each end may be shown.
    for start in 0..=number.len() - 4 {
        let part = &number[start..start + 4];
        assert!(!shown.contains(part), "{part} of {number} is in {shown:?}");
    }
}

/// The text without the numbers of bytes that stand in the place of what is left out.
fn without_sizes(shown: &str) -> String {
    let is_size = |text: &str| text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    let pieces = shown.split(" bytes").map(|piece| match piece.rsplit_once('(') {
        Some((before, size)) if is_size(size) => before,
        _ => piece,
    });
    pieces.collect::<Vec<_>>().join(" bytes")
}

/// The number as different senders write it.
fn written(number: &str, shape: u64) -> String {
    let mut text = String::new();
    for sign in number.bytes() {
        let _ = match shape {
            0 => write!(text, "\\u{sign:04x}"),
            1 => write!(text, "%{sign:02X}"),
            _ => write!(text, "{}", char::from(sign)),
        };
    }
    if shape == 2 { format!("+{text}") } else { text }
}

/// Whether a name may stand in the text whose value is shown by design: an id, say, which may hold anything.
fn is_shown(text: &[u8]) -> bool {
    let plain = unescaped(&String::from_utf8_lossy(text)).to_ascii_lowercase();
    SHOWN.iter().any(|name| plain.contains(name))
}

/// The text with every escape undone, of JSON and of forms alike.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let digits = if rest.starts_with("\\u") { 2..6 } else { 1..3 };
        let code = rest.get(digits.clone()).filter(|_| matches!(sign, '\\' | '%'));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(escaped) => {
                plain.push(escaped);
                rest = &rest[digits.end..];
            }
            None => {
                if sign != '\\' {
                    plain.push(sign);
                }
                rest = &rest[sign.len_utf8()..];
            }
        }
    }
    plain
}

//! Integers that a number of JavaScript's cannot hold.

/// What such an integer begins with, where it stands as a text. No answer has it: it is made of signs without meaning.
pub(crate) const MARK: &str = "\\u0001tcsms-integer:";

/// The largest integer below which all are exact.
const SAFE: u64 = (1 << 53) - 1;

/// A JSON text with each integer beyond ±(2^53-1) as a text that begins with the mark; `None` when there is none.
pub(crate) fn marked(json: &str) -> Option<String> {
    let bytes = json.as_bytes();
    let mut out: Option<String> = None;
    let (mut at, mut copied) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += 1;
                while let Some(byte) = bytes.get(at) {
                    at += match byte {
                        b'\\' => 2,
                        b'"' => break,
                        _ => 1,
                    };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let start = at;
                let mut whole = true;
                while let Some(byte) = bytes.get(at) {
                    match byte {
                        b'0'..=b'9' | b'-' => {}
                        b'.' | b'e' | b'E' | b'+' => whole = false,
                        _ => break,
                    }
                    at += 1;
                }
                let number = &json[start..at];
                if whole && !is_safe(number) {
                    let out = out.get_or_insert_default();
                    out.push_str(&json[copied..start]);
                    for part in ["\"", MARK, number, "\""] {
                        out.push_str(part);
                    }
                    copied = at;
                }
            }
            _ => at += 1,
        }
    }
    if let Some(out) = &mut out {
        out.push_str(&json[copied..]);
    }
    out
}

fn is_safe(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    digits.len() < 16 || digits.parse::<u64>().is_ok_and(|size| size <= SAFE)
}

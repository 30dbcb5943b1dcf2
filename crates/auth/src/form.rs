//! Percent-encoding of `name=value&name=value`, the text of a query string and of a form body.

use std::fmt;

/// Writes pairs as `name=value`, joined by `&`, in the order given.
///
/// Everything except `A-Z a-z 0-9 - _ . ~` is escaped, a blank as `%20`: what is left plain means itself to every
/// reader.
pub fn encode_pairs<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> String {
    let mut text = String::with_capacity(pairs.len() * 32);
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        encode_into(&mut text, name.as_ref(), Escaping::STRICT);
        text.push('=');
        encode_into(&mut text, value.as_ref(), Escaping::STRICT);
    }
    text
}

/// Escapes one name or value as [`encode_pairs`] does.
pub fn encode(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 2);
    encode_into(&mut escaped, text, Escaping::STRICT);
    escaped
}

/// Reads `name=value` pairs in their order: `+` is a blank, `%XX` a byte, a name without `=` has the value "".
/// Empty pieces between two `&` are skipped.
///
/// # Errors
/// [`DecodeError`] when an escape is not two hexadecimal digits or the bytes are not UTF-8, which is the only encoding
/// the service documents.
pub fn decode_pairs(text: &[u8]) -> Result<Vec<(String, String)>, DecodeError> {
    read_pairs(text, Plus::IsBlank)
}

/// Why a query string or form body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// A `%` that is not followed by two hexadecimal digits.
    BadEscape {
        /// Where the `%` stands, in bytes from the start of the text.
        at: usize,
    },
    /// The decoded bytes of a name or value are not UTF-8.
    NotUtf8 {
        /// Where the name or value begins, in bytes from the start of the text.
        at: usize,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadEscape { at } => write!(
                f,
                "the `%` at byte {at} is not followed by two hexadecimal digits; write a literal percent sign as `%25`"
            ),
            Self::NotUtf8 { at } => write!(
                f,
                "the text at byte {at} is not UTF-8 once its escapes are read; encode names and values as UTF-8 before escaping"
            ),
        }
    }
}

impl std::error::Error for DecodeError {}

/// One way of escaping, as the SDKs of the various languages have it.
#[derive(Clone, Copy)]
pub(crate) struct Escaping {
    /// What stays as it is besides letters, digits, `-`, `_` and `.`.
    pub(crate) kept: &'static [u8],
    pub(crate) blank_is_plus: bool,
}

impl Escaping {
    pub(crate) const STRICT: Self = Self { kept: b"~", blank_is_plus: false };
}

pub(crate) fn encode_into(out: &mut String, text: &str, escaping: Escaping) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text.as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(byte.into()),
            b' ' if escaping.blank_is_plus => out.push('+'),
            _ if escaping.kept.contains(&byte) => out.push(byte.into()),
            _ => {
                out.push('%');
                out.push(DIGITS[usize::from(byte >> 4)].into());
                out.push(DIGITS[usize::from(byte & 15)].into());
            }
        }
    }
}

/// What a bare `+` stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    IsBlank,
    IsItself,
}

pub(crate) fn read_pairs(text: &[u8], plus: Plus) -> Result<Vec<(String, String)>, DecodeError> {
    let mut pairs = Vec::with_capacity(text.iter().filter(|byte| **byte == b'&').count() + 1);
    let mut at = 0;
    for piece in text.split(|byte| *byte == b'&') {
        if !piece.is_empty() {
            let equals = piece.iter().position(|byte| *byte == b'=').unwrap_or(piece.len());
            let (name, value) = piece.split_at(equals);
            let name = decode(name, at, plus)?;
            let value = decode(value.get(1..).unwrap_or_default(), at + equals + 1, plus)?;
            pairs.push((name, value));
        }
        at += piece.len() + 1;
    }
    Ok(pairs)
}

fn decode(text: &[u8], at: usize, plus: Plus) -> Result<String, DecodeError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        bytes.push(match first {
            b'+' if plus == Plus::IsBlank => b' ',
            b'%' => {
                let [high, low, after @ ..] = rest else {
                    return Err(DecodeError::BadEscape { at: at + text.len() - rest.len() - 1 });
                };
                let (Some(high), Some(low)) = (hex_digit(*high), hex_digit(*low)) else {
                    return Err(DecodeError::BadEscape { at: at + text.len() - rest.len() - 1 });
                };
                rest = after;
                high << 4 | low
            }
            byte => *byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| DecodeError::NotUtf8 { at })
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_what_could_be_read_otherwise() {
        let pairs = [("SessionContext", "a<b>&c/d e+f'~*!()=%"), ("SignName", "腾讯云"), ("SenderId", "")];
        assert_eq!(
            encode_pairs(&pairs),
            "SessionContext=a%3Cb%3E%26c%2Fd%20e%2Bf%27~%2A%21%28%29%3D%25&SignName=%E8%85%BE%E8%AE%AF%E4%BA%91&SenderId="
        );
        assert_eq!(encode("a b"), "a%20b");
    }

    #[test]
    fn reads_every_sdks_spelling() {
        let expected = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            decode_pairs(b"a=d+e%2Bf%27~*!()%3d%25&&b&c=x=y&=").unwrap(),
            [expected("a", "d e+f'~*!()=%"), expected("b", ""), expected("c", "x=y"), expected("", "")]
        );
        assert_eq!(decode_pairs(b"").unwrap(), []);
    }

    #[test]
    fn names_the_place_of_what_it_cannot_read() {
        assert_eq!(decode_pairs(b"a=1&b=100%"), Err(DecodeError::BadEscape { at: 9 }));
        assert_eq!(decode_pairs(b"a=%4"), Err(DecodeError::BadEscape { at: 2 }));
        assert_eq!(decode_pairs(b"ab=x%g1"), Err(DecodeError::BadEscape { at: 4 }));
        assert_eq!(decode_pairs(b"a=1&b=%ff"), Err(DecodeError::NotUtf8 { at: 6 }));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(pairs: Vec<(String, String)>) {
            // A pair of two empty texts is written as a lone `=`, so every pair leaves a trace.
            prop_assert_eq!(decode_pairs(encode_pairs(&pairs).as_bytes()).unwrap(), pairs);
        }
    }
}

//! A JSON text written anew in the ways of the JSON libraries that clients use. Works on the text, not on values, so
//! that numbers and the order of members stay as they are.

/// A body as it may have been when it was signed.
pub(super) struct Respelled {
    /// In what it differs from the sent one.
    pub(super) how: &'static str,
    pub(super) body: Vec<u8>,
}

/// The other spellings of a JSON text; none when it is not one.
pub(super) fn spellings(body: &[u8]) -> Vec<Respelled> {
    let Some(tokens) = str::from_utf8(body).ok().and_then(tokens) else { return Vec::new() };
    let mut found = Vec::new();
    for blanks in [Blanks::Kept, Blanks::None, Blanks::AfterSeparators] {
        for bits in 0..8 {
            let style = Style { blanks, ascii: bits & 1 != 0, slash: bits & 2 != 0, html: bits & 4 != 0 };
            let body = write(&tokens, style);
            found.push(Respelled { how: style.name(), body });
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Blanks {
    Kept,
    None,
    /// One blank after each comma and colon.
    AfterSeparators,
}

#[derive(Clone, Copy)]
struct Style {
    blanks: Blanks,
    /// Everything outside ASCII as `\uXXXX`.
    ascii: bool,
    /// `/` as `\/`.
    slash: bool,
    /// `<`, `>` and `&` as `\u003c`, `\u003e` and `\u0026`.
    html: bool,
}

impl Style {
    fn name(self) -> &'static str {
        match (self.blanks, self.ascii, self.slash, self.html) {
            (Blanks::None, false, false, false) => "without blanks and with plain characters",
            (Blanks::AfterSeparators, true, false, false) => {
                "with a blank after each comma and colon and with \\u escapes, as Python writes it"
            }
            (Blanks::AfterSeparators, ..) => "with a blank after each comma and colon",
            (_, true, true, _) => "with \\u escapes and \\/, as PHP writes it",
            (_, true, ..) => "with \\u escapes for characters outside ASCII",
            (_, _, true, _) => "with \\/ for each slash, as PHP can write it",
            (_, _, _, true) => "with \\u escapes for <, > and &, as Go writes it",
            (Blanks::Kept, ..) => "with plain characters in place of \\u escapes",
        }
    }
}

enum Token<'a> {
    /// Blanks between values.
    Blank(&'a str),
    /// The characters of a string, unescaped, without the quotes.
    Text(Vec<u16>),
    Separator(char),
    /// Braces, brackets, numbers and words.
    Other(&'a str),
}

/// Splits a text that looks like a JSON object or array.
fn tokens(json: &str) -> Option<Vec<Token<'_>>> {
    if !json.trim_ascii_start().starts_with(['{', '[']) {
        return None;
    }
    let mut tokens = Vec::new();
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        let is_blank = |letter: char| letter.is_ascii_whitespace();
        let is_other = |letter: char| !is_blank(letter) && !matches!(letter, '"' | ',' | ':');
        let length = match first {
            '"' => {
                let (text, length) = read_string(rest)?;
                tokens.push(Token::Text(text));
                length
            }
            ',' | ':' => {
                tokens.push(Token::Separator(first));
                1
            }
            _ => {
                let blank = is_blank(first);
                let end = rest.find(|letter| if blank { !is_blank(letter) } else { !is_other(letter) });
                let (piece, _) = rest.split_at(end.unwrap_or(rest.len()));
                tokens.push(if blank { Token::Blank(piece) } else { Token::Other(piece) });
                piece.len()
            }
        };
        rest = rest.get(length..)?;
    }
    Some(tokens)
}

/// The UTF-16 units of the string at the start of `json`, and its length with its quotes. Units and not characters,
/// because that is what `\u` escapes write.
fn read_string(json: &str) -> Option<(Vec<u16>, usize)> {
    let mut units = Vec::new();
    let mut letters = json.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        let plain = match letter {
            '"' => return Some((units, at + 1)),
            '\\' => match letters.next()?.1 {
                'u' => {
                    let digits = json.get(at + 2..at + 6)?;
                    units.push(u16::from_str_radix(digits, 16).ok()?);
                    letters.nth(3)?;
                    continue;
                }
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'f' => '\u{c}',
                other => other,
            },
            letter => letter,
        };
        units.extend_from_slice(plain.encode_utf16(&mut [0; 2]));
    }
    None
}

fn write(tokens: &[Token<'_>], style: Style) -> Vec<u8> {
    let mut out = String::new();
    for token in tokens {
        match token {
            Token::Blank(blanks) if style.blanks == Blanks::Kept => out.push_str(blanks),
            Token::Blank(_) => {}
            Token::Text(units) => write_string(&mut out, units, style),
            Token::Separator(separator) => {
                out.push(*separator);
                if style.blanks == Blanks::AfterSeparators {
                    out.push(' ');
                }
            }
            Token::Other(piece) => out.push_str(piece),
        }
    }
    out.into_bytes()
}

fn write_string(out: &mut String, units: &[u16], style: Style) {
    out.push('"');
    for letter in char::decode_utf16(units.iter().copied()) {
        match letter {
            Ok('"') => out.push_str("\\\""),
            Ok('\\') => out.push_str("\\\\"),
            Ok('\n') => out.push_str("\\n"),
            Ok('\r') => out.push_str("\\r"),
            Ok('\t') => out.push_str("\\t"),
            Ok('\u{8}') => out.push_str("\\b"),
            Ok('\u{c}') => out.push_str("\\f"),
            Ok('/') if style.slash => out.push_str("\\/"),
            Ok(letter)
                if letter < ' '
                    || (style.html && matches!(letter, '<' | '>' | '&'))
                    || (style.ascii && !letter.is_ascii()) =>
            {
                letter
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
            Ok(letter) => out.push(letter),
            Err(lone) => out.push_str(&format!("\\u{:04x}", lone.unpaired_surrogate())),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(json: &str) -> Vec<String> {
        spellings(json.as_bytes()).into_iter().map(|one| String::from_utf8(one.body).unwrap()).collect()
    }

    #[test]
    fn writes_what_each_language_writes() {
        let plain = r#"{"a":["云😀","b/c<d>\"\n"],"n":-1.50,"t":true}"#;
        let python = r#"{"a": ["\u4e91\ud83d\ude00", "b/c<d>\"\n"], "n": -1.50, "t": true}"#;
        let php = r#"{"a":["\u4e91\ud83d\ude00","b\/c<d>\"\n"],"n":-1.50,"t":true}"#;
        let go = r#"{"a":["云😀","b/c\u003cd\u003e\"\n"],"n":-1.50,"t":true}"#;
        let all = [plain, python, php, go];
        for from in all {
            let found = bodies(from);
            for to in all {
                assert!(found.iter().any(|body| body == to), "{to} from {from}");
            }
        }
    }

    #[test]
    fn keeps_blanks_when_only_escapes_change() {
        assert!(bodies("{ \"a\" :\n\"\\u4e91\" }").contains(&"{ \"a\" :\n\"云\" }".to_owned()));
    }

    #[test]
    fn leaves_what_is_not_json_alone() {
        for text in ["", "a=b", "{\"a", "{\"\\u12", "{\"\\u00云\"}"] {
            assert!(bodies(text).is_empty(), "{text}");
        }
        assert!(spellings(b"{\xff}").is_empty());
        // Half of a pair stays an escape.
        assert!(bodies("[\"\\ud83d\"]").iter().all(|body| body == "[\"\\ud83d\"]"));
    }
}

//! JSON as text: read from where the caller says, and laid out for reading. Numbers and the order of members stay as
//! they are, which they would not if the text went through a tree of values.

use std::io::Read;

use serde::de::IgnoredAny;

use crate::failure::Failure;

/// The parameters of a call: the text itself, `@FILE`, or `-` for standard input. A byte order mark is dropped.
/// Fails unless the text is one JSON object; whether its members are right is the service's to say.
pub(crate) fn read_object(argument: &str) -> Result<String, Failure> {
    let source = match argument.strip_prefix('@') {
        Some(path) => format!("the file {path}"),
        None if argument == "-" => "standard input".to_owned(),
        None => "--json".to_owned(),
    };
    let text = read_text(argument)?;
    if let Err(error) = serde_json::from_str::<IgnoredAny>(&text) {
        let hint = hint(&text);
        return Err(Failure::usage(format!(
            "{source} is no JSON: line {}, column {}: {}{hint}",
            error.line(),
            error.column(),
            reason(&error)
        )));
    }
    if !text.trim_start().starts_with('{') {
        return Err(Failure::usage(format!(
            "{source} is no JSON object: the parameters of an action are written {{\"Name\":value,…}}"
        )));
    }
    Ok(text)
}

/// A text: the argument itself, `@FILE`, or `-` for standard input. A byte order mark is dropped.
pub(crate) fn read_text(argument: &str) -> Result<String, Failure> {
    let text = match argument.strip_prefix('@') {
        Some(path) => read_file(path)?,
        None if argument == "-" => read_standard_input()?,
        None => argument.to_owned(),
    };
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// The parser's words without the place, which is said first.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

fn hint(text: &str) -> &'static str {
    let start = text.trim_start();
    if start.is_empty() {
        "; write {} for an action without parameters"
    } else if start.starts_with("{'") || start.starts_with('\'') {
        "; JSON takes double quotes only"
    } else if start.starts_with('{') && !start.contains('"') {
        "; names and texts need double quotes: in a shell put the whole in single quotes, or use @FILE"
    } else if !start.starts_with(['{', '[']) {
        "; it takes JSON text such as {\"Limit\":5}, @FILE for a file, or - for standard input"
    } else {
        ""
    }
}

fn read_file(path: &str) -> Result<String, Failure> {
    let bytes =
        std::fs::read(path).map_err(|error| Failure::usage(format!("cannot read {path}: {error}")))?;
    utf8(bytes, path)
}

fn read_standard_input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::usage(format!("cannot read standard input: {error}")))?;
    utf8(bytes, "standard input")
}

fn utf8(bytes: Vec<u8>, source: &str) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::usage(format!("{source} is not UTF-8: byte {} cannot be read; save it as UTF-8", at + 1))
    })
}

/// Lays JSON text out with one member a line and two blanks a level. The text must be JSON.
pub(crate) fn pretty(text: &str) -> String {
    let mut laid_out = String::with_capacity(text.len() * 2);
    let mut depth = 0;
    let mut quoted = false;
    let mut escaped = false;
    let mut signs = text.chars().filter(|sign| !sign.is_ascii_control()).peekable();
    while let Some(sign) = signs.next() {
        if quoted {
            laid_out.push(sign);
            quoted = escaped || sign != '"';
            escaped = !escaped && sign == '\\';
            continue;
        }
        match sign {
            ' ' => continue,
            '"' => {
                quoted = true;
                laid_out.push(sign);
            }
            '{' | '[' => {
                laid_out.push(sign);
                while signs.next_if_eq(&' ').is_some() {}
                if let Some(end) = signs.next_if(|next| matches!(next, '}' | ']')) {
                    laid_out.push(end);
                } else {
                    depth += 1;
                    line_break(&mut laid_out, depth);
                }
            }
            '}' | ']' => {
                depth -= 1;
                line_break(&mut laid_out, depth);
                laid_out.push(sign);
            }
            ',' => {
                laid_out.push(sign);
                line_break(&mut laid_out, depth);
            }
            ':' => laid_out.push_str(": "),
            _ => laid_out.push(sign),
        }
    }
    laid_out
}

fn line_break(text: &mut String, depth: usize) {
    text.push('\n');
    for _ in 0..depth {
        text.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_changes_nothing_but_blanks() {
        let text = "{\"a\" : [1, 9007199254740993,\n -1.50e3], \"b\":{ }, \"c\":[\t], \"d, {\\\"x\\\": \\\\\":\"[1, 2]\"}";
        insta::assert_snapshot!(pretty(text), @r#"
        {
          "a": [
            1,
            9007199254740993,
            -1.50e3
          ],
          "b": {},
          "c": [],
          "d, {\"x\": \\": "[1, 2]"
        }
        "#);
    }

    #[test]
    fn an_argument_may_start_with_a_byte_order_mark() {
        assert_eq!(read_object("\u{feff}{\"Limit\":5}").unwrap(), "{\"Limit\":5}");
    }

    #[test]
    fn what_is_no_object_is_refused_with_place_and_advice() {
        let say = |text: &str| read_object(text).unwrap_err().to_string();
        assert_eq!(
            say("Limit=5"),
            "--json is no JSON: line 1, column 1: expected value; it takes JSON text such as {\"Limit\":5}, @FILE for a \
             file, or - for standard input"
        );
        assert!(say("{Limit:5}").contains("line 1, column 2"));
        assert!(say("{Limit:5}").contains("single quotes"));
        assert!(say("{'Limit':5}").contains("double quotes only"));
        assert!(say("{\"a\":1,\n\"b\":}").contains("line 2, column 5"));
        assert!(say("").contains("write {}"));
        assert!(say("[1]").contains("no JSON object"));
        assert!(say("@/nowhere/x.json").starts_with("cannot read /nowhere/x.json: "));
    }
}

//! The corpus of JSON texts for readers in other languages says what serde_json says.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// A line of the corpus.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    why: String,
    /// The bytes of the text.
    hex: String,
    /// The value in plain form; none for what is no JSON.
    value: Option<String>,
}

/// A value in a form that every language writes alike: `null`, `true`, `false`, whole numbers of 64 bits in digits, other
/// numbers as `f` and the bits of the nearest double, texts as `"` and their bytes, objects in the order of their names.
fn plain(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => write!(out, "{flag}").unwrap(),
        Value::Number(number) if number.is_u64() || number.is_i64() => write!(out, "{number}").unwrap(),
        Value::Number(number) => write!(out, "f{:016x}", number.as_f64().unwrap().to_bits()).unwrap(),
        Value::String(text) => plain_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for item in items {
                plain(item, out);
                out.push(' ');
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (name, value) in members {
                plain_text(name, out);
                out.push(':');
                plain(value, out);
                out.push(' ');
            }
            out.push('}');
        }
    }
}

fn plain_text(text: &str, out: &mut String) {
    out.push('"');
    text.bytes().for_each(|byte| write!(out, "{byte:02x}").unwrap());
}

fn unhex(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn the_corpus_of_json_texts_says_what_serde_json_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../json/corpus.jsonl");
    let corpus = std::fs::read_to_string(path).unwrap();
    let lines: Vec<Line> = corpus.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 100 && lines.iter().filter(|line| line.value.is_none()).count() > 50);
    for line in &lines {
        let found = serde_json::from_slice::<Value>(&unhex(&line.hex)).ok().map(|value| {
            let mut out = String::new();
            plain(&value, &mut out);
            out
        });
        assert_eq!(line.value, found, "{}: {}", line.why, line.hex);
    }
}

//! The parameters of a request as names and values, for the wire forms that are not JSON, and what of a caller's JSON
//! is refused before it is sent.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind};

/// Deeper than any structure of the API; the reading is recursive.
const MAX_DEPTH: usize = 32;

/// Writes a JSON object as `Name`, `List.0`, `List.0.Name` pairs, in its order.
///
/// Null and the empty list have no form here and are left out, as documented clients do; `""` is kept. Numbers keep
/// their digits. Null inside a list is refused: left out, it would give the values after it another place.
pub(crate) fn flattened(json: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let mut pairs = Vec::new();
    let object = read::<Members<'_>>(json)?;
    for (name, value) in object.0 {
        flatten(&name, value, MAX_DEPTH, &mut pairs)?;
    }
    Ok(pairs)
}

fn flatten(
    path: &str,
    value: &RawValue,
    depth: usize,
    pairs: &mut Vec<(String, String)>,
) -> Result<(), Error> {
    let invalid =
        |what: &str| Error::local(ErrorKind::InvalidRequest, format!("the parameter {path} {what}"));
    if depth == 0 {
        return Err(invalid("is nested too deeply"));
    }
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            for (name, value) in read::<Members<'_>>(text.as_bytes())?.0 {
                flatten(&format!("{path}.{name}"), value, depth - 1, pairs)?;
            }
        }
        Some(b'[') => {
            for (index, value) in read::<Vec<&RawValue>>(text.as_bytes())?.into_iter().enumerate() {
                if value.get() == "null" {
                    return Err(invalid(
                        "is a list with null in it, which only JSON can say: leave it out, or use POST with TC3-HMAC-SHA256",
                    ));
                }
                flatten(&format!("{path}.{index}"), value, depth - 1, pairs)?;
            }
        }
        Some(b'"') => pairs.push((path.to_owned(), read(text.as_bytes())?)),
        _ if text == "null" => {}
        _ => pairs.push((path.to_owned(), text.to_owned())),
    }
    Ok(())
}

/// The value of a member.
#[derive(Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Text(String),
    /// A number or a truth value, by its letters.
    Plain(&'a str),
    /// A list or a structure, as JSON.
    Nested(&'a str),
}

/// The members of a JSON object, in their order.
pub(crate) fn members(json: &[u8]) -> Result<Vec<(String, Value<'_>)>, Error> {
    let members = read::<Members<'_>>(json)?.0.into_iter().map(|(name, value)| {
        let text = value.get();
        let value = match text.as_bytes().first() {
            Some(b'{' | b'[') => Value::Nested(text),
            Some(b'"') => Value::Text(read(text.as_bytes())?),
            _ if text == "null" => Value::Null,
            _ => Value::Plain(text),
        };
        Ok((name, value))
    });
    members.collect()
}

/// Checks that a caller's text is a JSON object, in which no name is given twice at any level: readers differ in which
/// of the two counts, so what was meant would be a guess. Slips are found here and not by the service.
pub(crate) fn check(json: &str) -> Result<(), Error> {
    check_members(json.as_bytes(), MAX_DEPTH)
}

fn check_members(json: &[u8], depth: usize) -> Result<(), Error> {
    read::<Members<'_>>(json)?.0.into_iter().try_for_each(|(_, value)| check_value(value, depth))
}

fn check_value(value: &RawValue, depth: usize) -> Result<(), Error> {
    let json = value.get().as_bytes();
    match json.first() {
        Some(b'{' | b'[') if depth == 0 => {
            let message = "the parameters are nested too deeply";
            Err(Error::local(ErrorKind::InvalidRequest, message))
        }
        Some(b'{') => check_members(json, depth - 1),
        // The usual list, of texts or numbers, has nothing to look at; it may be long.
        Some(b'[') if !json[1..].iter().any(|byte| matches!(byte, b'{' | b'[' | b'\\')) => Ok(()),
        Some(b'[') => {
            read::<Vec<&RawValue>>(json)?.into_iter().try_for_each(|value| check_value(value, depth - 1))
        }
        // A raw value may escape half a character, which no reader of it would take.
        Some(b'"') if json.contains(&b'\\') => read::<String>(json).map(drop),
        _ => Ok(()),
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(unusable)
}

fn unusable(error: serde_json::Error) -> Error {
    let message = format!("the parameters are no usable JSON object: {error}");
    Error::local(ErrorKind::InvalidRequest, message).because(error)
}

/// The members of an object in their order, each name once.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members: Vec<(String, &RawValue)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, _>()? {
            members.push((name, value));
        }
        let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(A::Error::custom(format_args!("the member {:?} is given twice", pair[0]))),
            None => Ok(Members(members)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_structures_become_paths() {
        let json = r#"{"Z":"","PhoneNumberSet":["+86 1","中\"😀"],"Empty":[],"None":null,"N":18446744073709551615,
            "F":1.50,"B":true,"M":[{"T":"a","P":["x"]},{"T":"b"}]}"#;
        let found = flattened(json.as_bytes()).unwrap();
        let expected = [
            ("Z", ""),
            ("PhoneNumberSet.0", "+86 1"),
            ("PhoneNumberSet.1", "中\"😀"),
            ("N", "18446744073709551615"),
            ("F", "1.50"),
            ("B", "true"),
            ("M.0.T", "a"),
            ("M.0.P.0", "x"),
            ("M.1.T", "b"),
        ];
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_place() {
        for json in ["", "[]", "\"x\"", "{\"a\":}", "{} {}"] {
            let error = check(json).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(error.message().contains("line 1 column"), "{json}: {error}");
        }
        check(" {\"a\": 1}\n").unwrap();
    }

    #[test]
    fn depth_is_bounded() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let json = |depth| format!("{{\"a\":{}1{}}}", open.repeat(depth), close.repeat(depth));
            let error = flattened(json(100_000).as_bytes()).unwrap_err();
            assert!(error.message().contains("nested too deeply"), "{error}");
            let error = check(&json(100_000)).unwrap_err();
            assert!(error.message().contains("nested too deeply"), "{error}");
            check(&json(MAX_DEPTH)).unwrap();
            assert!(check(&json(MAX_DEPTH + 1)).is_err());
        }
    }

    #[test]
    fn a_name_that_is_there_twice_is_refused_at_every_level() {
        for json in [
            r#"{"a":1,"b":2,"a":1}"#,
            r#"{"x":{"a":1,"\u0061":2}}"#,
            r#"{"x":[[1],[{"b":1,"a":null,"a":[]}]]}"#,
        ] {
            for error in [check(json).unwrap_err(), flattened(json.as_bytes()).unwrap_err()] {
                assert_eq!(error.kind(), ErrorKind::InvalidRequest);
                assert!(error.message().contains("the member \"a\" is given twice"), "{error}");
            }
        }
        check(r#"{"a":{"a":[{"a":1},{"a":1}]},"A":1e999,"n":123456789012345678901234567890}"#).unwrap();
    }

    #[test]
    fn half_a_character_is_refused_at_every_level() {
        for json in [
            r#"{"a":"\ud83d"}"#,
            r#"{"a":["b","c\ude00"]}"#,
            r#"{"a":[{"b":"\ude00\ud83d"}]}"#,
            r#"{"\ud83d":1}"#,
        ] {
            assert_eq!(check(json).unwrap_err().kind(), ErrorKind::InvalidRequest, "{json}");
        }
        check(r#"{"a":["\ud83d\ude00","\\ud83d"],"b":"\u2028\""}"#).unwrap();
    }

    #[test]
    fn null_in_a_list_is_refused_where_it_would_move_the_values_after_it() {
        let json = r#"{"M":[{"TemplateParamSet":["1",null,"2"]}]}"#;
        let error = flattened(json.as_bytes()).unwrap_err();
        assert!(error.message().contains("M.0.TemplateParamSet is a list with null"), "{error}");
        check(json).unwrap();
    }
}

//! The parameters of a request as names and values, for the wire forms that are not JSON.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind};

/// Deeper than any structure of the API; the reading is recursive.
const MAX_DEPTH: usize = 32;

/// Writes a JSON object as `Name`, `List.0`, `List.0.Name` pairs, in its order.
///
/// Null and the empty list have no form here and are left out, as documented clients do; `""` is kept. Numbers keep
/// their digits.
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
    if depth == 0 {
        return Err(Error::local(
            ErrorKind::InvalidRequest,
            format!("the parameter {path} is nested too deeply"),
        ));
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
                flatten(&format!("{path}.{index}"), value, depth - 1, pairs)?;
            }
        }
        Some(b'"') => pairs.push((path.to_owned(), read(text.as_bytes())?)),
        _ if text == "null" => {}
        _ => pairs.push((path.to_owned(), text.to_owned())),
    }
    Ok(())
}

/// Checks that a caller's text is a JSON object, so that a slip is found here and not by the service.
pub(crate) fn check(json: &str) -> Result<(), Error> {
    read::<Members<'_>>(json.as_bytes()).map(drop)
}

fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(|error| {
        Error::local(ErrorKind::InvalidRequest, format!("the parameters are not a JSON object: {error}"))
            .because(error)
    })
}

/// The members of an object in their order.
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
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
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
        let json = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(flattened(json.as_bytes()).unwrap_err().message().contains("nested too deeply"));
    }
}
